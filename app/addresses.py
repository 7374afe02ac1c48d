"""Where to listen, and what to call it: one reading of a host for the check, the server and the words on the screen."""

import errno
import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

EVERY = {"0.0.0.0": (socket.AF_INET,), "::": (socket.AF_INET, socket.AF_INET6)}  # those that each of them stands for
FAR = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}  # of nobody; asked for the way, never written to


class Unusable(ValueError):
    """This host and port cannot be listened on; why, in words."""


class Place(NamedTuple):
    """Where the server listens, and the addresses of the page."""

    numbers: list[str]  # of the interfaces, as digits
    here: str  # the page's address for this machine
    others: list[str]  # and those for other machines


def place(host: str, port: int) -> Place:
    """What a host that somebody typed means. Raises Unusable."""
    numbers = _resolved(host, port)
    free = [number for number in numbers if _is_free(number, port, host)]
    if not free:
        raise Unusable(f"This machine does not have the address {_called(host, numbers)}.")
    if free[0] in EVERY:
        local = "::1" if free[0] == "::" else "127.0.0.1"
        return Place(free, url(local, port), [url(one, port) for one in _own(EVERY[free[0]])])
    others = [] if all(ipaddress.ip_address(one).is_loopback for one in free) else [url(host, port)]
    return Place(free, url(host, port), others)


def url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def link(place: Place) -> str:
    """The address that others are given: the likeliest one, or that of this machine where no other is known."""
    return (place.others or [place.here])[0]


def words(place: Place) -> str:
    """Where the page is, and who can reach it."""
    said = f"Downslope is at {place.here}  (Ctrl+C stops it)"
    others = [one for one in place.others if one != place.here]
    if others:
        return f"{said}\nAnyone who can reach this machine can open it at {' or '.join(others)}"
    if place.others:
        return f"{said}\nAnyone who can reach this machine can open it there."
    if place.numbers[0] in EVERY:
        return f"{said}\nAnyone who can reach this machine can open it, but no address of it for others is known."
    return said


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):  # a name that is not one at all fails while it is encoded
        found = []
    numbers = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not host or not numbers:
        raise Unusable(f"There is no address called {host}.")
    if any("%" in number for number in numbers):
        raise Unusable(f"{host} belongs to one network card; listen on another address, or on :: for all.")
    return numbers


def _is_free(number: str, port: int, host: str) -> bool:
    """Whether it can be listened on; False for an address of another machine. Raises Unusable where it is taken."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in number else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((number, port))
    except PermissionError:
        raise Unusable(f"Port {port} needs special rights; choose one from 1024 on with --port.") from None
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            return False
        other = f"choose another with --port, for example --port {port % 65535 + 1}."
        raise Unusable(f"Port {port} on {host} is in use; {other}") from None
    return True


def _called(host: str, numbers: Sequence[str]) -> str:
    return host if numbers == [host] else f"{host} ({', '.join(numbers)})"


def _own(families: Sequence[socket.AddressFamily]) -> list[str]:
    """The addresses of this machine that others may know, the likeliest first."""
    found = [_towards(family) for family in families]
    with suppress(OSError):
        named = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
        found += [str(address[0]) for family, *_, address in named if family in families]
    return [one for one in dict.fromkeys(found) if one and _is_for_others(one)]


def _towards(family: socket.AddressFamily) -> str:
    """The own address that a packet to far away would bear; nothing is sent."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((FAR[family], 9))
            return asked.getsockname()[0]
    except OSError:
        return ""


def _is_for_others(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)
