"""What `downslope` does without a browser: a word, and the command behind it."""

from collections.abc import Callable, Sequence

from . import run

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"run": run.main}
