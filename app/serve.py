"""What `downslope` does unless it is told one of the words of `command`: listen, say where, and open the browser."""

import argparse
import os
import sys
import threading
import webbrowser
from collections.abc import Sequence

from . import addresses
from .supervisor import Supervisor


def main(argv: Sequence[str]) -> int:
    """Serve until told to stop; 1 when the address cannot be used."""
    options = _options(argv)
    try:
        place = addresses.place(options.host, options.port)
    except addresses.Unusable as reason:
        print(reason, file=sys.stderr)
        return 1
    print(addresses.words(place), flush=True)

    def served() -> None:
        if not options.no_browser:
            threading.Thread(target=webbrowser.open, args=(place.here,), daemon=True).start()

    return Supervisor(_share(options.workers), options.port, place.numbers, served).run()


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="downslope",
        description="See how optimizers walk over loss surfaces.",
        epilog="downslope run --help, or sweep, basins, train: without a browser, on the terminal and in files.",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="name or address to listen on (default: this machine only; :: for everyone)"
    )
    parser.add_argument("--port", type=_port, default=8050, help="port to listen on (default: 8050)")
    parser.add_argument(
        "--workers", type=_workers, default=_cores(), help="processes (default: one for each core, at most 4)"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    return parser.parse_args(argv)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError("workers are a number from 1 to 64")
    return int(text)


def _cores() -> int:
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _share(workers: int) -> int:
    """Only Linux shares the connections to a port among processes."""
    return workers if sys.platform == "linux" else 1
