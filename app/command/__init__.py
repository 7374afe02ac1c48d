"""What `downslope` does without a browser: a module for each word."""

from collections.abc import Sequence
from importlib import import_module

WORDS = ("run", "sweep", "basins", "train")


def main(word: str, argv: Sequence[str]) -> int:
    """Do what a word and the arguments behind it say; the exit status."""
    return import_module(f".{word}", __name__).main(argv)  # when it is said: each worker imports this package
