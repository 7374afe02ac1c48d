"""Who takes nothing of an answer is hung up on; who takes a little is not."""

import contextlib
import socket
import time

from app.wire.readers import OPEN, Readers

PATIENCE = 0.3  # s


def pair() -> tuple[socket.socket, socket.socket]:
    """Both ends of a connection, of which one is full."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(listening.getsockname())
        writer, _ = listening.accept()
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    writer.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            writer.send(bytes(4096))
    time.sleep(0.5)  # until the system has taken over what it does for the reader
    return reader, writer


def is_open(writer: socket.socket) -> bool:
    try:
        writer.send(b"x")
    except BlockingIOError:
        return True
    except OSError:
        return False
    return True


def test_a_reader_who_stops_is_hung_up_on_and_one_who_reads_is_not() -> None:
    readers = Readers(PATIENCE, rate=1000)
    (idle, to_idle), (busy, to_busy) = pair(), pair()
    with idle, to_idle, busy, to_busy:
        for _ in range(6):
            readers.look()
            busy.recv(4096)
            time.sleep(PATIENCE / 2)
        assert not is_open(to_idle)
        assert is_open(to_busy)


def test_a_connection_on_which_nothing_is_said_stays() -> None:
    readers = Readers(0.0, rate=1000)
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.create_connection(listening.getsockname()) as one:
        other, _ = listening.accept()
        with other:
            readers.look()
            readers.look()
            assert is_open(one) and is_open(other)


def test_looking_leaves_nothing_open() -> None:
    before = len(list(OPEN.iterdir()))
    for _ in range(20):
        Readers().look()
    assert len(list(OPEN.iterdir())) < before + 5
