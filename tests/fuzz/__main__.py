"""Texts of every kind, ever new ones, for what reads what somebody else has written.

    python -m pip install -e ".[test,fuzz]"
    python -m tests.fuzz --seconds 60

A third of the time goes to formulas, to addresses and to CSV files each. What is read gives a result or says clearly
why not; anything else, a warning and seconds without an answer too, ends it and shows the text that did it.
"""

import argparse
import math
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from . import seeds

SLOWEST = 5  # s for one text, on a machine that has other things to do


def formula(text: bytes) -> None:
    """A formula is a surface, or an error that shows its place in the text."""
    from landscapes import Formula, FormulaError

    shown = text.decode("utf-8", "surrogateescape")
    try:
        surface = Formula(shown)
    except FormulaError as error:
        assert error.what and str(error).encode("utf-8")
        assert error.position is None or 0 <= error.position < error.end <= len(shown)
        return
    for point in ((0.0, 0.0), (-1.25, 0.7), (1e200, -1e-320), (math.inf, math.nan)):
        numbers = surface.value(*point), *surface.partials(*point)
        assert all(type(number) is float for number in numbers)
        assert not math.isnan(numbers[0]) or all(map(math.isnan, numbers))
    assert Formula(surface.formula).formula == surface.formula


def address(query: bytes) -> None:
    """An address is a page, whose own address is that page without a notice."""
    from app.page.state import State

    state, notices = State.from_query(query)
    assert all(str(notice) for notice in notices)
    assert State.from_query(state.to_query()) == (state, [])


def table(raw: bytes) -> None:
    """A CSV file is a table, and its columns are samples of finite numbers, or it is said why not."""
    import numpy as np

    from landscapes.datasets import read_csv

    try:
        found = read_csv(raw, size=2_000_000, rows=20_000, columns=50)
    except ValueError as reason:
        assert str(reason).isprintable() and not isinstance(reason, UnicodeError)
        return
    for name in found.names:
        try:
            data = found.data(name)
        except ValueError as reason:
            assert str(reason).isprintable()
            continue
        assert np.isfinite(data.features).all() and np.isfinite(data.target).all()
        data.regression()


TARGETS: dict[str, tuple[Callable[[bytes], None], Sequence[bytes]]] = {
    "formula": (formula, [text.encode("utf-8", "surrogatepass") for text in seeds.GOOD + seeds.HOSTILE]),
    "address": (address, seeds.QUERIES),
    "table": (table, seeds.TABLES),
}


def fuzz(name: str, seconds: int) -> None:
    """Does not return: ends the process, with 0 where nothing was found."""
    import atheris

    target, begin = TARGETS[name]
    with atheris.instrument_imports(include=["app", "landscapes", "optim_core"]):
        import app.page.state  # noqa: F401 - and with it the landscapes
        from landscapes import datasets  # noqa: F401
    warnings.simplefilter("error")
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    (texts := folder / "texts").mkdir()
    for place, text in enumerate(begin):
        (texts / f"seed-{place}").write_bytes(text)
    words = folder / "words"
    words.write_text("\n".join(map(_entry, seeds.WORDS)))
    limits = [f"-max_total_time={seconds}", f"-timeout={SLOWEST}", "-max_len=4200"]
    told = [f"-dict={words}", f"-artifact_prefix={folder}/found-", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, *told, str(texts)], target)
    atheris.Fuzz()


def _entry(word: str) -> str:
    """As libFuzzer reads it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"'


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--target", choices=TARGETS, help="only this one")
    given = parser.parse_args(argv)
    if given.target:
        fuzz(given.target, given.seconds)
    share = str(max(given.seconds // len(TARGETS), 1))
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", share, "--target"]
    return max(subprocess.call([*command, name]) for name in TARGETS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
