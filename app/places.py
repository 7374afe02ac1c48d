"""Where workers take connections: sockets of the process that starts them, so that nobody is lost with a worker.

On Linux the places of all workers share an address, and for each new connection the kernel chooses one of them: any, or
one of those that it is told of. A place outlives its worker, and whoever waits there is served by the next one.
Elsewhere a worker listens for itself.
"""

import array
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress

from . import limits

CHOSEN_BY = 51  # the socket option by which the kernel is given a program that chooses (SO_ATTACH_REUSEPORT_CBPF)
LOAD, MODULO, UNLESS, RETURN = 0x20, 0x94, 0x15, 0x06  # instructions of such a program
RANDOM = 0xFFFFF038  # where it finds a random number


class Places:
    """One place for each worker, at each of the addresses.

    There are none where the system does not share an address, or one is taken by now, of which the worker complains.
    """

    def __init__(self, count: int, port: int, addresses: Sequence[str]) -> None:
        self.count, self.open = count, [*range(count)]
        self.groups: list[list[socket.socket]] = []  # of each address, the sockets of all workers
        if sys.platform == "linux":
            with suppress(OSError):
                for address in addresses:
                    self.groups.append([])
                    for _ in range(count):  # in their order, by which the kernel knows them
                        self.groups[-1].append(_listening(address, port))
                return
        self.close()

    def of(self, index: int) -> list[int]:
        """The file numbers of a worker's sockets, in the order of the addresses."""
        return [group[index].fileno() for group in self.groups]

    def choose(self, indices: Sequence[int]) -> None:
        """Send new connections to these places; to all where these are none."""
        wanted = [*indices] or [*range(self.count)]
        if wanted == self.open:
            return
        self.open = wanted
        program = array.array("B", _program(wanted))
        where, _ = program.buffer_info()
        told = struct.pack("HP", len(program) // 8, where)
        for group in self.groups:
            with suppress(OSError):  # a system without: it goes on choosing among all
                group[0].setsockopt(socket.SOL_SOCKET, CHOSEN_BY, told)

    def close(self) -> None:
        for group in self.groups:
            for one in group:
                one.close()
        self.groups = []


def _listening(address: str, port: int) -> socket.socket:
    """A socket that connections inherit their options from. Raises OSError."""
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.SOCKET_BYTES)
        made.bind((address, port))
        made.listen(limits.CONNECTIONS)
    except OSError:
        made.close()
        raise
    return made


def _program(indices: Sequence[int]) -> bytes:
    """One of these numbers by chance, in the language of the kernel's filters."""
    steps = [(LOAD, 0, 0, RANDOM), (MODULO, 0, 0, len(indices))]
    for turn, index in enumerate(indices):
        steps += [(UNLESS, 0, 1, turn), (RETURN, 0, 0, index)]
    steps.append((RETURN, 0, 0, indices[0]))  # which is never reached, but a program has to end so
    return b"".join(struct.pack("HBBI", *step) for step in steps)
