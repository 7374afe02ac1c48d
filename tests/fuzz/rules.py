"""What every answer of the server keeps to, whatever it was asked."""

import json
from typing import NamedTuple

from ..wire.decoded import DECODED
from .mutants import MARK

CLOSED = "closed"  # what is no request may be closed without a word: nobody there speaks HTTP
DRAWN = ("html", "svg", "xml")  # what a browser makes a page of
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Broken(Exception):
    """A rule that an answer does not keep."""


class Busy(Exception):
    """An answer that says when to ask again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"busy, come again in {seconds:g} s")
        self.seconds = seconds


class Answer(NamedTuple):
    status: str
    phrase: str
    headers: dict[str, str]  # by their names in small letters
    head: bytes
    body: bytes  # as a browser reads it


def judged(raw: bytes, asked: bytes) -> str:
    """The status of an answer, as a key of the histogram. Raises Broken, and Busy for one that is none yet."""
    if not raw:
        if is_request(asked):
            raise Broken("closed without an answer")
        return CLOSED
    said = read(raw)
    if said.status == "503" and said.headers.get("retry-after", "").isdigit():
        raise Busy(float(said.headers["retry-after"]))
    if said.status[0] not in "234":
        raise Broken(f"a status of {said.status}")
    kind = said.headers.get("content-type", "")
    if MARK.encode() in said.head or (any(one in kind for one in DRAWN) and MARK.encode() in said.body):
        raise Broken("what was sent comes back")
    if said.body and "default-src 'none'" not in said.headers.get("content-security-policy", ""):
        raise Broken("a body without the policy")
    if said.status[0] == "4" and not asked.startswith(b"HEAD") and not reason(said):
        raise Broken("no reason")
    return said.status


def reason(said: Answer) -> str:
    """Why it was refused: in the body, or in the status alone where the line speaks no HTTP that we could answer."""
    if not said.headers.get("content-security-policy"):
        return said.phrase
    if "html" in said.headers.get("content-type", ""):
        return said.body.partition(b"<p>")[2].partition(b"</p>")[0].decode()
    try:
        return json.loads(said.body)["error"]
    except (ValueError, KeyError, TypeError):
        return ""


def read(raw: bytes) -> Answer:
    """An answer as it came, without what a pipelined request got behind it. Raises Broken for what is none."""
    head, _, body = raw.removeprefix(CONTINUE).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, status = first.partition(" ")
    number, _, phrase = status.partition(" ")
    if version not in ("HTTP/1.0", "HTTP/1.1") or len(number) != 3 or not number.isdigit():
        raise Broken("no HTTP")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    coding = headers.get("content-encoding", "identity")
    body = body[: int(headers.get("content-length", len(body)))]
    return Answer(number, phrase, headers, head, DECODED[coding](body) if body else b"")


def is_whole(raw: bytes, asked: bytes) -> bool:
    """Whether all of an answer is there, as far as it says."""
    head, found, body = raw.removeprefix(CONTINUE).partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
    return bool(found) and (asked.startswith(b"HEAD") or (bool(length) and len(body) >= int(length)))


def is_request(asked: bytes) -> bool:
    """Whether HTTP/1.1 has an answer for it: a method, a target, a version, a host, one length."""
    head, ends, _ = asked.partition(b"\r\n\r\n")
    words = head.split(b"\r\n", 1)[0].split(b" ")
    whole = len(words) == 3 and words[0].isalpha() and words[1].startswith(b"/") and words[2] == b"HTTP/1.1"
    return (
        bool(ends) and whole and head.lower().count(b"\r\nhost: x") == 1 and head.lower().count(b"content-length") < 2
    )
