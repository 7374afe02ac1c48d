"""What an expression of a lesson is worth on an address: `python -m tests.learn.ask "?run=rmsprop" "loss(0, end)"`.

Without an expression, or with --help, it lists what may be called.
"""

import sys
import time

from app.learn.expressions import PLAIN, Odd
from app.learn.measures import LAZY, WATCHES, value
from app.page.state import State


def main(argv: list[str]) -> int:
    if len(argv) < 2 or "--help" in argv:
        print(__doc__, *sorted([*PLAIN, *WATCHES, *LAZY]), sep="\n")
        return 0
    query, *expressions = argv
    state, notices = State.from_query(query)
    print("runs:", *(f"{place} {run.optimizer}" for place, run in enumerate(state.runs)), sep="\n  ")
    for notice in notices:
        print(f"NOTICE: {notice}")
    for one in expressions:
        begun = time.perf_counter()
        try:
            print(f"{one} = {value(query, one)!r}   ({time.perf_counter() - begun:.2f} s)")
        except Odd as why:
            print(f"{one}: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
