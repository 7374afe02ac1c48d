"""A deadline for whoever reads an answer: the server underneath has none, and what it holds would stay for ever.

Linux alone says how much of an answer was taken. Elsewhere a reader who stops keeps a connection, of which there is a
bound, and at most one piece of an answer.
"""

import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .. import limits

OPEN = Path("/proc/self/fd")
ACKNOWLEDGED = slice(120, 128)  # bytes of the system's account of a connection (struct tcp_info)
AT_ONCE = struct.pack("ii", 1, 0)  # what was not sent yet is thrown away


class Mark(NamedTuple):
    at: float  # s, monotonic
    taken: int  # bytes


class Readers:
    """Looks after the connections of this process."""

    def __init__(self, seconds: float = limits.CHUNK_SECONDS, rate: float = limits.READ_RATE) -> None:
        self.seconds, self.rate = seconds, rate
        self._marks: dict[object, Mark] = {}

    def look(self) -> None:
        """Hang up on those who have taken too little since they were marked; call it every few seconds."""
        marks, now = {}, time.monotonic()
        for connection in connections():
            with connection, suppress(OSError):  # it ends by itself
                if not is_waiting(connection):
                    continue
                peer, taken = connection.getpeername(), acknowledged(connection)
                mark = self._marks.get(peer, Mark(now, taken))
                if now - mark.at < self.seconds:
                    marks[peer] = mark
                elif taken - mark.taken < self.rate * self.seconds:
                    hang_up(connection)
                else:
                    marks[peer] = Mark(now, taken)
        self._marks = marks


def is_alone() -> bool:
    """Whether nobody is connected to this process, as far as the system tells."""
    for connection in connections():
        connection.close()
        return False
    return True


def connections() -> Iterator[socket.socket]:
    """Every TCP socket of this process that is connected; each to be closed, which changes nothing."""
    for file in OPEN.iterdir() if sys.platform == "linux" else ():
        with suppress(OSError):  # closed by now
            one = _socket(os.dup(int(file.name)))
            if one is not None and _is_tcp(one) and not _listens(one):
                yield one
            elif one is not None:
                one.close()


def _socket(number: int) -> socket.socket | None:
    try:
        return socket.socket(fileno=number)
    except OSError:  # a file
        os.close(number)
        return None


def _is_tcp(one: socket.socket) -> bool:
    return one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM


def _listens(one: socket.socket) -> bool:
    return bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def is_waiting(connection: socket.socket) -> bool:
    """Whether something was sent that the other side has not taken."""
    import fcntl
    import termios

    unsent = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(unsent, sys.byteorder) > 0


def acknowledged(connection: socket.socket) -> int:
    """Bytes that the other side has taken so far."""
    account = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, ACKNOWLEDGED.stop)
    return int.from_bytes(account[ACKNOWLEDGED], sys.byteorder)


def hang_up(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    connection.shutdown(socket.SHUT_RDWR)
