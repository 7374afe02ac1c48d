"""How many students this machine holds: what its processes compute at once, measured, over what a student asks for."""

import json
import os
import statistics
import subprocess
import sys
import time

from .serving import HERE

EACH = 2.9  # updates a second of a student who drags a slider, thinks, and drags again
SHARE = 0.7  # of what can be computed: beyond it those who wait become many
SECONDS = 3.0  # of measuring
BLOCK = 50  # updates between two looks at the clock


def main(workers: int) -> int:
    """Print the answer."""
    each = [float(one) for one in _measured(min(workers, os.cpu_count() or 1))]
    total = sum(each)
    print(f"{len(each)} processes make {total:.0f} updates a second together ({statistics.mean(each):.0f} each).")
    print(f"That holds about {students(total)} students who all drag sliders: {SHARE} x {total:.0f} / {EACH}.")
    return 0


def students(updates: float) -> int:
    """So many, from the updates a second that the machine makes."""
    return int(SHARE * updates / EACH)


def _measured(processes: int) -> list[str]:
    """What each process makes while all of them do."""
    script = "from app import check; print(check.updates())"
    words = [sys.executable, "-c", script]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=_found()) for _ in range(processes)]
    return [one.communicate()[0] for one in running]


def _found() -> dict[str, str]:
    """The surroundings of a process that finds this package."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def updates() -> float:
    """Updates a second that one process makes, none of which was asked before."""
    from .worker import application

    channel = application(HERE).channel
    raw = [_asked(number) for number in range(4000)]
    begun, made = time.monotonic(), 0
    while time.monotonic() - begun < SECONDS and made < len(raw):
        for one in raw[made : made + BLOCK]:
            channel.answer(one, "zstd")
        made += BLOCK
    return made / (time.monotonic() - begun)


def _asked(number: int) -> bytes:
    """An edit of a drag that nobody has made before."""
    edits = [["slider", "master.lr", round(-3 + 0.0005 * number, 6)]]
    return json.dumps({"kind": "request", "base": "?steps=200", "edits": edits, "have": {}, "coarse": True}).encode()
