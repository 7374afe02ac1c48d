"""How the page is served, as its operator chose: a value that travels from the command to every process."""

import ipaddress
import json
import re
import socket
from typing import NamedTuple, Self

ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)


class Unusable(ValueError):
    """What the operator said cannot be followed; why, in words."""


class Serving(NamedTuple):
    """What is not asked for stays as it is on one's own machine."""

    embed: tuple[str, ...] = ()  # the origins whose pages may frame this one, beside its own
    proxy: tuple[str, ...] = ()  # the addresses of the proxy, whose forwarded headers are believed
    link: str = ""  # the address of the page for a class, "" where it is for nobody else
    log: bool = False  # whether every request leaves a line
    shelf: str = ""  # the directory of the answers that all its processes share, "" where there is none

    def to_text(self) -> str:
        return json.dumps(self)

    @classmethod
    def from_text(cls, text: str) -> Self:
        embed, proxy, *rest = json.loads(text)
        return cls(tuple(embed), tuple(proxy), *rest)


HERE = Serving()  # on one's own machine, for oneself


def origin(text: str) -> str:
    """An origin as a browser names it: https://lms.example.edu. Raises Unusable for what is none."""
    plain = text.strip().removesuffix("/")
    if not ORIGIN.fullmatch(plain):
        raise Unusable(f"{text[:80]} is no origin: https://lms.example.edu is one, without a path")
    return plain.lower()


def proxy(text: str) -> tuple[str, ...]:
    """The addresses of a proxy from its name or number. Raises Unusable where there is none."""
    try:
        found = socket.getaddrinfo(text.strip("[]") or "\0", None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        raise Unusable(f"There is no address called {text[:80]}: --proxy takes that of the proxy.") from None
    return tuple(dict.fromkeys(str(ipaddress.ip_address(str(where[0]).partition("%")[0])) for *_, where in found))
