"""What `downslope` does unless it is told one of the words of `command`: listen, say where, and open the browser."""

import argparse
import os
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from . import addresses, check, codes
from .serving import Serving, Unusable, origin, proxy
from .shelf import shared
from .supervisor import Supervisor


def main(argv: Sequence[str]) -> int:
    """Serve until told to stop; 1 when the address cannot be used."""
    options = _options(argv)
    if options.check:
        return check.main(options.workers)
    try:
        place = _place(options)
    except addresses.Unusable as reason:
        print(reason, file=sys.stderr)
        return 1
    serving = Serving(tuple(options.embed), options.proxy, addresses.link(place) if options.room else "", options.log)
    print(addresses.words(place), flush=True)
    for line in _besides(serving):
        print(line, flush=True)

    def served() -> None:
        if not options.no_browser:
            threading.Thread(target=webbrowser.open, args=(place.here,), daemon=True).start()

    with shared() as folder:
        serving = serving._replace(shelf=folder)
        return Supervisor(_share(options.workers), options.port, place.numbers, served, serving).run()


def _place(options: argparse.Namespace) -> addresses.Place:
    """Where to listen: where it is said, else for this machine, or for a class. Raises Unusable."""
    if options.host is not None or not options.room:
        return addresses.place("127.0.0.1" if options.host is None else options.host, options.port)
    try:
        return addresses.place("::", options.port)
    except addresses.Unusable:  # a machine without IPv6
        return addresses.place("0.0.0.0", options.port)


def _besides(serving: Serving) -> Iterator[str]:
    """What else there is to say of how the page is served."""
    if serving.link:
        yield f"For the class: {serving.link}\n\n{codes.terminal(serving.link)}"
    if serving.embed:
        yield f"Pages of {', '.join(serving.embed)} may frame it."
    if serving.proxy:
        yield f"What {' and '.join(serving.proxy)} says of forwarded addresses is believed."


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="downslope",
        description="See how optimizers walk over loss surfaces.",
        epilog="downslope run --help, or sweep, basins, train: without a browser, on the terminal and in files.",
    )
    parser.add_argument("--host", help="name or address to listen on (default: this machine only; :: for everyone)")
    parser.add_argument("--port", type=_port, default=8050, help="port to listen on (default: 8050)")
    parser.add_argument(
        "--workers", type=_workers, default=_cores(), help="processes (default: one for each core, at most 4)"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument(
        "--class", dest="room", action="store_true", help="listen for others too, and show a QR code of the address"
    )
    parser.add_argument(
        "--embed", type=_of(origin), action="append", default=[], metavar="ORIGIN",
        help="let pages of this origin frame it, as https://lms.example.edu (may be repeated)",
    )  # fmt: skip
    parser.add_argument(
        "--proxy", type=_of(proxy), default=(), metavar="ADDRESS",
        help="the proxy before it, whose X-Forwarded headers are believed, for links in exports",
    )  # fmt: skip
    parser.add_argument("--log", action="store_true", help="a line for each request, on the standard error")
    parser.add_argument("--check", action="store_true", help="say how many students this machine holds, and end")
    return parser.parse_args(argv)


def _of(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """What an option is read by, with its reason where it cannot be."""

    def given(text: str) -> Any:
        try:
            return read(text)
        except Unusable as reason:
            raise argparse.ArgumentTypeError(str(reason)) from None

    return given


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
