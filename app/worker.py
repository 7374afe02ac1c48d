"""One process that answers requests, for as long as the process that started it is there."""

import asyncio
import ctypes
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.net import SocketHolder
from granian.server import embed

from . import limits, shelf
from .explore import answer
from .exporter import Exporter
from .main import Explorer, create_app
from .protocol import Request
from .serving import HERE, Serving
from .supervisor import OUTGROWN
from .wire.front import Front
from .wire.readers import Readers, is_alone
from .wire.static import Static, Store

BEAT = 0.5  # s between two signs of life
BEGIN = 0.02  # s until the servers have begun; whoever comes before waits at their place
GONE = 0.1  # s between two looks whether all connections have ended
LOOK = 5.0  # s between two looks at the readers
STUCK = 30.0  # s of one computation after which nobody believes in its end; an export has a deadline of its own
LOW = 15  # how nice work in the background is
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # as malloc.h numbers them
LARGE = 128 * 1024  # bytes of an array that gets memory of its own
TICK = 0.001  # s for which one thread may keep the interpreter: what is made already should not wait for what is not


def main(argv: Sequence[str]) -> None:
    """`compress`, or `serve SERVING PORT ADDRESSES FILES`: the numbers of its sockets, if it is given some.

    Standard input ends with the parent, and says when another one takes this place; the output bears beats.
    """
    _be_frugal()
    task, *rest = argv
    beats = os.dup(1)
    os.dup2(2, 1)  # what anybody prints is no beat
    serving = HERE if task == "compress" else Serving.from_text(rest[0])
    parent = Parent(serving.shelf)
    if task == "compress":
        _be_modest()
        if Store().is_lasting():
            Static(create_app()).compress_all()
    else:
        asyncio.run(_serve(serving, _places(*rest[1:]), beats, parent))
    os._exit(0)  # whatever still computes, for nobody


class Place(NamedTuple):
    """Where to serve."""

    address: str
    port: int
    file: int | None  # the number of the socket that listens there


def _places(port: str, addresses: str, files: str) -> list[Place]:
    numbers = map(int, filter(None, files.split(",")))
    return [Place(address, int(port), next(numbers, None)) for address in addresses.split(",")]


def application(serving: Serving = HERE) -> Explorer:
    """The explorer, warmed up: the first visitor should not wait for what is made once."""
    app = create_app(serving)
    answer.reply(Request("", [], {}))
    app.server.test_client().get("/")
    gc.collect()
    gc.freeze()  # what is here stays: to look for garbage in it too would take those who drag a tenth of a second
    return app


def _be_frugal() -> None:
    """Have the C library hand large arrays back as soon as they are free, and keep one heap for all threads."""
    with suppress(OSError, AttributeError):  # another C library than GNU's
        set_option = ctypes.CDLL(None).mallopt
        for option, value in ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, LARGE)):
            set_option(option, value)


def _be_modest() -> None:
    """Take what the others leave, among the processes of a session and among sessions."""
    if hasattr(os, "nice"):
        os.nice(LOW)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(LOW))


class Parent:
    """The process that started this one: it ends with it, and hears when another one takes its place.

    A parent that was killed has not taken its directory away.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.dismissed: Callable[[], object] = lambda: None
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while os.read(0, 1):
                self.dismissed()
        shelf.clear(self.folder)
        os._exit(0)


class Server(embed.Server):
    """Serves at a socket that this process was given, if there is one; the library would bind one of its own."""

    def __init__(self, *given: Any, file: int | None, **named: Any) -> None:
        super().__init__(*given, **named)
        self.file = file

    def _init_shared_socket(self) -> None:
        if self.file is None:
            super()._init_shared_socket()
        else:
            self._shd, self._sfd = SocketHolder(self.file, False, self.backlog), self.file

    def deafen(self) -> None:
        """Take no more connections: where they came from, nobody is heard any more in this process.

        To stop the library's server would end the connections that are there, at whatever moment that is for them.
        """
        if self.file is not None:
            with socket.socket(socket.AF_UNIX) as nowhere:
                nowhere.setblocking(False)
                nowhere.bind("")
                nowhere.listen()
                os.dup2(nowhere.fileno(), self.file)


async def _serve(serving: Serving, places: Sequence[Place], beats: int, parent: Parent) -> None:
    app = application(serving)
    exporter = Exporter(serving)
    front = Front(app.server, app.channel, app.static, app.protect, exporter, serving)
    servers = [_server(front, place) for place in places]
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":  # which ends processes without a word
        loop.add_signal_handler(signal.SIGTERM, lambda: [server.stop() for server in servers])
    parent.dismissed = lambda: asyncio.run_coroutine_threadsafe(_leave(front, servers), loop)
    sys.setswitchinterval(TICK)
    background = [loop.create_task(_beat(front, beats)), loop.create_task(_look(exporter, beats))]
    if not app.static.store.is_lasting():
        threading.Thread(target=_compress, args=(app.static,), daemon=True).start()
    await asyncio.gather(*(server.serve() for server in servers))
    for task in background:
        task.cancel()


async def _leave(front: Front, servers: Sequence[Server]) -> None:
    """Let each connection end with the next answer, or with its silence; then end."""
    front.leaving = True
    for server in servers:
        server.deafen()
    while not await asyncio.to_thread(is_alone):
        await asyncio.sleep(GONE)
    for server in servers:
        server.stop()


def _server(front: Front, place: Place) -> Server:
    return Server(
        front,
        address=place.address,
        port=place.port,
        file=place.file,
        backlog=limits.CONNECTIONS,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backpressure=_connections(),
        http1_settings=HTTP1Settings(header_read_timeout=int(1000 * limits.HEAD_SECONDS), max_buffer_size=16384),
        log_enabled=False,
    )


def _connections() -> int:
    """As many at once as there may be, each with a file for its answer."""
    try:
        import resource
    except ImportError:  # Windows has no such bound
        return limits.CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * limits.CONNECTIONS + 100
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return limits.CONNECTIONS if soft == resource.RLIM_INFINITY else max(16, min(limits.CONNECTIONS, (soft - 100) // 2))


async def _beat(front: Front, beats: int) -> None:
    """Tell the parent that requests are answered."""
    await asyncio.sleep(BEGIN)
    while True:
        if not front.computing.is_stuck(STUCK):
            os.write(beats, b".")
        await asyncio.sleep(BEAT)


async def _look(exporter: Exporter, beats: int) -> None:
    readers = Readers()
    while True:
        if memory() > limits.TRIM_BYTES:
            await asyncio.to_thread(_give_back)
        if memory() > limits.WORKER_BYTES:
            os.write(beats, OUTGROWN)
        await asyncio.to_thread(readers.look)
        await asyncio.to_thread(exporter.rest)
        await asyncio.sleep(LOOK)


def memory() -> int:
    """Bytes that this process holds; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _give_back() -> None:
    """Hand free memory back to the system, which the C library keeps for later."""
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library than GNU's
        ctypes.CDLL(None).malloc_trim(0)


def _compress(static: Static) -> None:
    if sys.platform == "linux":  # where a thread can be nice alone
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW)
    static.compress_all()
