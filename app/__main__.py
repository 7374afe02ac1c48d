"""The command `downslope`: serves the explorer and opens it in the browser."""

import argparse
import os
import socket
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Sequence

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from . import command
from .explore import answer
from .main import create_app
from .protocol import Request


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted, 1 when the address cannot be used; or do what `run ...` says."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["run"]:
        return command.main(argv[1:])
    options = _options(argv)
    trouble = _trouble(options.host, options.port)
    if trouble:
        print(trouble, file=sys.stderr)
        return 1
    shown = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{options.port}/"
    print(f"Downslope is at {address}  (Ctrl+C stops it)", flush=True)
    if not options.no_browser:
        threading.Thread(target=_open, args=(address,), daemon=True).start()
    Granian(
        "app.__main__:application",
        factory=True,
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=1,  # more of them only fight over numpy's lock
        respawn_failed_workers=True,
        http1_settings=HTTP1Settings(header_read_timeout=5000, max_buffer_size=16384),
        log_enabled=False,
    ).serve()
    return 0


def application():
    """The WSGI application of one worker, warmed up: the first visitor should not wait for what is made once."""
    server = create_app().server
    answer.reply(Request("", [], {}))
    server.test_client().get("/")
    return server


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="downslope",
        description="See how optimizers walk over loss surfaces.",
        epilog="downslope run --help: walk a comparison without a browser, and write it to files.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
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


def _trouble(host: str, port: int) -> str:
    """Why this address cannot be listened on, in words, or nothing."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except (socket.gaierror, UnicodeError):  # a name that is not one at all fails while it is encoded
        return f"There is no address called {host}."
    except PermissionError:
        return f"Port {port} needs special rights; choose one from 1024 on with --port."
    except OSError:
        return f"Port {port} on {host} is in use; choose another with --port, for example --port {port % 65535 + 1}."
    return ""


def _open(address: str) -> None:
    """Open the browser once the server answers."""
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}health", timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            webbrowser.open(address)
            return


if __name__ == "__main__":
    sys.exit(main())
