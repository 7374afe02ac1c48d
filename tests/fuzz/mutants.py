"""Requests that no page sends: messages by the grammar of `app.protocol`, twisted, and bytes that are no request."""

import json
import random
import types
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin, get_type_hints

from app.protocol import ASKED, Edit
from app.wire.guard import WITH_FILE

from . import seeds

MARK = "zq<i>7"  # stands in no answer that a browser reads as a page
KINDS = ("slider", "number", "choice", "text", "switch", "action", "point", MARK, "")
KEYS = (
    "master.lr", "master.beta.equal", "surface", "surface.kappa", "formula.text", "scene", "experiment", "run.0.lr",
    "run.7.remove", "run.1.optimizer", "run.0.name", "run.2.fork", "add", "paste", "preset.tuned", "start", "start.x",
    "steps", "view.tab", "view.detail", "view.lesson", "tolerance", "ghost.0.0", "sweep.rates", "basins.size",
    "train.epochs", "train.file", "playhead", "playhead.train", "reset", "goto", "weather.noise.sigma", "schedule",
    "lesson.open", "lesson.phase", "lesson.said", "lesson.reason", "lesson.course", "lesson.way", MARK, "",
)  # fmt: skip
PARTS = ("", "see", "why", "try", "pca", "0|0", "adam|0", "ruler", "fine-0", "ahead-0", "48-0", "final", MARK)
TABS = ("explore", "sweep", "basins", "train", "learn", "", MARK)
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 10**19, 10**25, -0.0, 0.5, 1e308, 1e-320, 7.5, "", "0", "nan", "1e999", MARK,
    "\ud800", "\u2028", "'; DROP", "../../etc/passwd", "%00", "A" * 5000, [], [[]], {}, {"": {}}, [1, 2], {"a": [None]},
)  # fmt: skip
PATHS = (
    "/channel", "/channel/tile", "/data", "/", "/health", "/export/csv", "/export/json", "/export/html", "/export/code",
    "/export/lesson", "/worksheet/L06", "/worksheet", "/qr/L06", "/_dash-layout", "/_dash-update-component",
    "/assets/", f"/assets/{MARK}", "/export/" + MARK, "/..%2f..%2fetc/passwd", "//evil.example/", "/%00", "/\udcff",
)  # fmt: skip
HEADERS = (
    "Host: x", "Host: evil.example", "Host:", f"Host: {MARK}", "Content-Type: application/json",
    "Content-Type: text/csv",
    "Content-Type: text/plain", f"Accept: text/html, {MARK}", "Accept: text/html", "Accept-Encoding: zstd, br",
    "Range: bytes=0-5",
    "Accept-Encoding: " + MARK, "Expect: 100-continue", "Transfer-Encoding: chunked", "Content-Length: 5",
    "Cookie: a=b",
    "Content-Length: -1", "Content-Length: 99999999", "If-None-Match: *", "X-Forwarded-Host: " + MARK,
    "Connection: close",
    "X: " + "y" * 9000, "Upgrade: websocket", "Origin: null", "\udcfe: \udcff",
)  # fmt: skip


class Mutants:
    """An endless row of requests, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chosen = random.Random(seed)
        self.pick = self.chosen.choice

    def request(self) -> bytes:
        """One request, ready for a socket: most are twisted messages, some are twisted HTTP, a few are whole."""
        kind = self.chosen.random()
        if kind < 0.7:
            body = self._bytes(json.dumps(self.message()).encode("utf-8", "surrogatepass"))
            path = "/channel/tile" if b'"tile"' in body or b'"plan"' in body else "/channel"
            if self.chosen.random() < 0.05:
                return self._posted(path, body + b"\n" + self.pick(seeds.TABLES), WITH_FILE)
            return self._posted(self.pick(PATHS) if self.chosen.random() < 0.03 else path, body)
        if kind < 0.8:
            path = self.pick(("/data", "/data", "/data", "/export/csv"))
            return self._posted(path, self._bytes(self.pick(seeds.TABLES)), "text/csv")
        return self._strange()

    def message(self) -> Any:
        """A message of a declared kind, with a few of its nodes twisted."""
        name = self.pick([*ASKED])
        made = {"kind": name, **{field: self._made(field, kind) for field, kind in get_type_hints(ASKED[name]).items()}}
        for _ in range(self.chosen.choice((0, 0, 1, 1, 2, 4))):
            made = self._twisted(made)
        return made

    # --- by the grammar ---

    def _made(self, field: str, kind: Any) -> Any:
        named: dict[str, Callable[[], Any]] = {
            "version": lambda: self.pick(("", "", "", MARK)),
            "tab": lambda: self.pick(TABS),
            "part": lambda: self.pick(PARTS),
            "given": lambda: self.pick(("", "", "{}", MARK, "1|2|3", "[" * 50)),
            "t": lambda: self.pick((0, 1, 7, 100, -5, 10**9)),
        }
        if field in named:
            return named[field]()
        if field in ("base", "query", "key"):
            return self._query()
        return self._of(kind)

    def _of(self, kind: Any) -> Any:
        origin, parts = get_origin(kind), get_args(kind)
        if kind is Edit:
            return [
                self.pick(KINDS),
                self.pick(KEYS),
                self.pick((0, -1.5, "adam", "rosenbrock", True, None, [1, 2], MARK)),
            ]
        if origin is Literal:
            return self.pick(parts)
        if origin is types.UnionType:
            return self._of(self.pick(parts))
        if origin is list:
            return [self._of(parts[0]) for _ in range(self.chosen.choice((0, 1, 1, 2, 5)))]
        if origin is tuple:
            return [self._of(part) for part in parts]
        if origin is dict:
            return {
                self.pick(("map", "ground", "rail", "traces map", MARK)): self.pick(("", "x", MARK)) for _ in range(2)
            }
        plain: dict[Any, Any] = {
            str: self.pick(("", MARK)), int: self.pick((0, 3)), float: self.pick((0.0, -2.5)), bool: True,
            types.NoneType: None,
        }  # fmt: skip
        return plain.get(kind)

    def _query(self) -> str:
        query = "?" + self.pick(seeds.QUERIES).decode("utf-8", "replace").lstrip("?")
        if self.chosen.random() < 0.3:
            query += "&" + self.pick(
                ("tab=train", "tab=basins", "tab=sweep", "tab=learn", "lesson=L06", "phase=see", "lock=runs")
            )
        if self.chosen.random() < 0.2:
            place = self.chosen.randrange(len(query))
            query = query[:place] + self.pick((MARK, "~", "&", "=", "%", "\0", "9" * 30)) + query[place:]
        return query

    # --- twisted ---

    def _twisted(self, value: Any) -> Any:
        """The same tree with one of its nodes another one."""
        if isinstance(value, dict) and value and self.chosen.random() < 0.8:
            name = self.pick([*value])
            how = self.chosen.random()
            if how < 0.15:
                return {key: one for key, one in value.items() if key != name}
            if how < 0.3:
                return value | {self.pick((MARK, "kind", "seq", "__class__", "")): self.pick(ODD)}
            return value | {name: self._twisted(value[name])}
        if isinstance(value, list) and value and self.chosen.random() < 0.7:
            place = self.chosen.randrange(len(value))
            if self.chosen.random() < 0.2:
                return value * self.pick((2, 3, 70))
            return [*value[:place], self._twisted(value[place]), *value[place + 1 :]]
        return self.pick(ODD)

    def _bytes(self, raw: bytes) -> bytes:
        """Mostly as they are; else cut, doubled, or with another byte."""
        how, place = self.chosen.random(), self.chosen.randrange(len(raw) + 1)
        if how < 0.85:
            return raw
        if how < 0.9:
            return raw[:place]
        if how < 0.93:
            return raw + raw
        return raw[:place] + self.chosen.randbytes(self.pick((1, 1, 4, 60))) + raw[place + 1 :]

    # --- around them ---

    def _posted(self, path: str, body: bytes, kind: str = "application/json") -> bytes:
        coding = self.pick(("", "Accept-Encoding: zstd\r\n", "Accept: text/html\r\n"))
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n{coding}Content-Length: {len(body)}\r\n\r\n"
        return head.encode("utf-8", "surrogateescape") + body

    def _strange(self) -> bytes:
        method = self.pick(
            ("GET", "GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", MARK, "")
        )
        query = self.pick(("", self._query().replace(" ", "+"), "?" + "a" * 5000))
        version = self.pick(("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", ""))
        lines = [
            f"{method} {self.pick(PATHS)}{query} {version}",
            *self.chosen.choices(HEADERS, k=self.chosen.randrange(6)),
        ]
        raw = "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n"
        body = self.pick((b"", b"", b"{}", b"5\r\nhello\r\n0\r\n\r\n", self.chosen.randbytes(40)))
        if self.chosen.random() < 0.05:
            return self.chosen.randbytes(self.chosen.randrange(1, 400))
        return self._bytes(raw) + body
