"""Under which address a browser found the page: what the operator's own proxy says is believed, and nobody else.

The page itself needs none of it, for all its addresses are relative; what the server writes does: links in exports.
"""

import ipaddress
import re
from collections.abc import Sequence
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

Environ = dict[str, Any]
SAID = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PREFIX")
FITS = {  # what makes an address that can stand in a file
    SAID[0]: re.compile(r"https?", re.IGNORECASE),
    SAID[1]: re.compile(r"[\w.-]{1,253}(:\d{1,5})?|\[[0-9a-f:.]{2,45}\](:\d{1,5})?", re.ASCII | re.IGNORECASE),
    SAID[2]: re.compile(r"\d{1,5}", re.ASCII),
    SAID[3]: re.compile(r"(/[\w.~@%+-]+)*/?", re.ASCII),
}
_FIXED = ProxyFix(lambda environ, _: environ, x_for=0, x_proto=1, x_host=1, x_port=1, x_prefix=1)  # type: ignore


def believed(environ: Environ, proxies: Sequence[str]) -> Environ:
    """The request as the browser made it, where one of these addresses forwarded it; else as it came."""
    if not proxies or _plain(environ["REMOTE_ADDR"]) not in proxies:
        return environ
    kept = {key: value for key, value in environ.items() if key not in SAID or _last(value, FITS[key])}
    return _FIXED(kept, lambda *_: None)  # type: ignore[return-value]


def _last(said: str, fits: re.Pattern[str]) -> bool:
    """Whether what the nearest proxy has said is what it should be."""
    return fits.fullmatch(said.split(",")[-1].strip(" ")) is not None


def _plain(address: str) -> str:
    """An IPv4 address that came through an IPv6 socket is one."""
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(getattr(number, "ipv4_mapped", None) or number)
