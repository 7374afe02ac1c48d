"""Who works next: what is light before what is heavy, neither for ever; and what is equal is done once."""

import asyncio
import json
import math
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug import Request as Asked

from app import limits
from app.protocol import Piece, Plan, Tile, Work
from app.wire import guard
from app.wire.channel import Channel
from app.wire.front import HAND, HEAVY, LIGHT, Front, queue
from app.wire.lane import Busy, Lane, Turns

from ..strategies import unframed

JSON = [(b"content-type", b"application/json")]


def away(work: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns, in a loop of its own: this thread may have one already, that of the browser tests."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()


def order(jobs: list[tuple[str, int]], lane: Lane) -> list[str]:
    """In which order a lane does what waits while it is at something else."""
    done: list[str] = []

    async def crowded() -> None:
        free = threading.Event()
        first = asyncio.ensure_future(lane.do(free.wait))
        await asyncio.sleep(0.02)
        waiting = [asyncio.ensure_future(lane.do(lambda name=name: done.append(name), queue)) for name, queue in jobs]
        await asyncio.sleep(0.02)
        free.set()
        await asyncio.gather(first, *waiting)

    away(crowded())
    return done


def test_what_is_urgent_goes_first() -> None:
    jobs = [("tile 1", HEAVY), ("text", LIGHT), ("tile 2", HEAVY), ("edit 1", HAND), ("edit 2", HAND)]
    assert order(jobs, Lane(9, 9, 9)) == ["edit 1", "edit 2", "text", "tile 1", "tile 2"]


@pytest.mark.parametrize("queue", [LIGHT, HEAVY])
def test_nobody_is_passed_for_ever(queue: int) -> None:
    many = 2 * limits.PASSING + 1
    jobs = [("late", queue), ("late", queue), *(("edit", HAND) for _ in range(many))]
    done = order(jobs, Lane(many, 9, 9))
    assert done.index("late") == limits.PASSING
    assert done[limits.PASSING + 1 :].index("late") == limits.PASSING


def test_those_who_are_passed_all_have_their_turn() -> None:
    many = 4 * limits.PASSING
    jobs = [("tile", HEAVY), ("text", LIGHT), *(("edit", HAND) for _ in range(many))]
    done = order(jobs, Lane(many, 9, 9))
    assert max(done.index("tile"), done.index("text")) <= limits.PASSING + 1


@pytest.mark.parametrize(
    ("priority", "expected"),
    [("u=1", HAND), ("u=0, i", HAND), ("i, u=2", HAND), ("u=3", LIGHT), ("u=7", LIGHT), ("", LIGHT), ("u", LIGHT),
     ("su=1", LIGHT), ("u=12", LIGHT), ("u=-1", LIGHT), ('"', LIGHT), ("u=1" * 999, LIGHT), ("\xff=;,u==", LIGHT)],
)  # fmt: skip
def test_the_page_says_what_is_urgent(priority: str, expected: int) -> None:
    """As RFC 9218 has it; what is heavy waits, whoever says what of it."""
    told = [Asked({"PATH_INFO": path, "HTTP_PRIORITY": priority}) for path in (guard.CHANNEL, guard.TILE, guard.DATA)]
    assert [queue(one) for one in told] == [expected, HEAVY, HEAVY]


def test_either_queue_is_bounded_and_leaves_the_other_alone() -> None:
    async def crowded() -> list[Any]:
        lane = Lane(2, 1)
        sent = [lane.do(lambda: time.sleep(0.05), queue) for queue in (1, 1, 1, 0, 0, 0, 0)]
        results = await asyncio.gather(*sent, return_exceptions=True)
        assert lane.inside == 0
        return [type(one) for one in results]

    assert away(crowded()) == [type(None)] * 2 + [Busy] + [type(None)] * 3 + [Busy]


def test_what_fails_fails_for_whoever_asked_and_the_next_one_works() -> None:
    async def crowded() -> list[Any]:
        lane = Lane(3)
        return await asyncio.gather(lane.do(lambda: 1 / 0), lane.do(lambda: 7), return_exceptions=True)

    failed, worked = away(crowded())
    assert isinstance(failed, ZeroDivisionError) and worked == 7


def test_whoever_leaves_is_not_worked_for() -> None:
    async def crowded() -> list[int]:
        lane, done = Lane(3), []
        free = threading.Event()
        first = asyncio.ensure_future(lane.do(free.wait))
        gone, stays = (asyncio.ensure_future(lane.do(lambda n=n: done.append(n))) for n in (1, 2))
        await asyncio.sleep(0.02)
        gone.cancel()
        await asyncio.sleep(0)
        free.set()
        await asyncio.gather(first, stays)
        assert lane.inside == 0
        return done

    assert away(crowded()) == [2]


def test_those_who_want_the_same_take_turns() -> None:
    async def crowded() -> int:
        turns, together, most = Turns(), 0, 0

        async def one(key: str) -> None:
            nonlocal together, most
            async with turns.take(key):
                together += 1
                most = max(most, together)
                await asyncio.sleep(0.005)
                together -= 1

        await asyncio.gather(*(one("same") for _ in range(5)))
        assert most == 1
        await asyncio.gather(one("this"), one("that"))
        assert len(turns._locks) == 0, "nothing is kept of what is done"
        return most

    assert away(crowded()) == 2


# tiles


class Working:
    """A tab whose tiles take a while, and that counts them."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds, self.made = seconds, 0
        self.answers: dict[type, Callable[[Any], Any]] = {Plan: self.plan, Tile: self.tile}

    def plan(self, message: Plan) -> Work:
        return Work(message.query, ["a", "b"], {})

    def tile(self, message: Tile) -> Piece:
        self.made += 1
        time.sleep(self.seconds)
        return Piece(message.part, {})


def tile(part: str = "a", **changes: Any) -> bytes:
    return json.dumps({"kind": "tile", "key": "?steps=5", "part": part, "tab": "work", **changes}).encode()


def test_a_channel_keeps_tiles_apart_from_answers_and_each_within_bounds() -> None:
    tab = Working()
    channel = Channel({"work": tab}, str)
    assert (
        channel.kept[guard.TILE].bound == limits.TILE_BYTES and channel.kept[guard.CHANNEL].bound == limits.ANSWER_BYTES
    )
    first = channel.answer(tile(), "identity", guard.TILE)
    assert unframed(first) == {"part": "a", "arrays": {}}
    assert channel.answer(tile(), "identity", guard.TILE) == first and tab.made == 1
    assert channel.kept[guard.CHANNEL].size == 0 < channel.kept[guard.TILE].size


@pytest.mark.parametrize(
    ("body", "route", "status"),
    [
        (tile(), guard.CHANNEL, 422),  # it would not wait there
        (b'{"kind": "request", "base": "", "edits": [], "have": {}}', guard.TILE, 422),
        (tile(tab="nowhere"), guard.TILE, 422),
        (tile(seconds=9), guard.TILE, 422),
        (tile(part=1), guard.TILE, 422),
        (b'{"kind": "plan", "query": "", "version": "of yore", "tab": "work"}', guard.TILE, 409),
    ],
)
def test_what_no_page_sends_is_refused(body: bytes, route: str, status: int) -> None:
    tab = Working()
    with pytest.raises(guard.Refused) as refused:
        Channel({"work": tab}, str).answer(body, "identity", route)
    assert refused.value.status == status and tab.made == 0


def asked(
    front: Front, raw: bytes, path: str = guard.TILE, query: bytes = b"", leaves: float = math.inf
) -> Coroutine[Any, Any, dict[str, Any]]:
    """What a front answers to a body, or to none; whoever asks leaves after so many s."""

    async def whole() -> dict[str, Any]:
        coming = [{"type": "http.request", "body": raw, "more_body": False}]
        sent: list[dict[str, Any]] = []
        scope = {
            "type": "http", "method": "POST" if raw else "GET", "raw_path": path.encode(), "query_string": query,
            "http_version": "1.1",
            "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9), "scheme": "http",
            "headers": [*JSON, (b"content-length", str(len(raw)).encode())],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            if coming:
                return coming.pop()
            await asyncio.sleep(min(leaves, 60))
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await front(scope, receive, send)
        return {"status": sent[0]["status"], "headers": dict(sent[0]["headers"])}

    return whole()


def front_of(tab: Working) -> Front:
    """A front before an application that does nothing but answer messages."""
    channel = Channel({"work": tab}, str)

    def wsgi(environ: dict[str, Any], begin: Callable[..., Any]) -> list[bytes]:
        raw = environ["wsgi.input"].read()
        made = channel.answer(raw, "identity", environ["PATH_INFO"])
        begin("200 OK", [("Content-Type", "application/octet-stream")])
        return [made]

    return Front(wsgi, channel, None, lambda response: response, None)  # type: ignore[arg-type]


def test_equal_tiles_of_a_class_are_computed_once() -> None:
    tab = Working(0.05)

    async def a_class() -> list[Any]:
        front = front_of(tab)
        return await asyncio.gather(*(asked(front, tile()) for _ in range(30)))

    assert [one["status"] for one in away(a_class())] == [200] * 30
    assert tab.made == 1


def test_whoever_has_left_is_not_computed_for() -> None:
    """What waits for them never begins; what has begun is kept for the next one, and who waits for the same gets it."""
    tab = Working(0.3)

    async def a_class() -> list[Any]:
        front = front_of(tab)
        first = asyncio.ensure_future(asked(front, tile("begun"), leaves=0.02))
        await asyncio.sleep(0.02)
        gone = [asked(front, tile(str(part)), leaves=0.02) for part in range(9)]
        stays = [asked(front, tile(part)) for part in ("begun", "3", "more")]
        answers = await asyncio.gather(first, *gone, *stays)
        assert front.computing.inside == 0
        return answers

    answers = away(a_class())
    assert [one["status"] for one in answers] == [499] * 10 + [200] * 3
    assert tab.made == 3


def test_a_page_that_a_class_opens_is_made_once() -> None:
    made: list[str] = []

    def wsgi(environ: dict[str, Any], begin: Callable[..., Any]) -> list[bytes]:
        made.append(environ["QUERY_STRING"])
        begin("200 OK" if made[-1] != "gone" else "404 NOT FOUND", [("Content-Type", "text/html")])
        return [made[-1].encode()]

    async def a_class(query: bytes) -> list[Any]:
        return await asyncio.gather(*(asked(front, b"", "/", query) for _ in range(30)))

    front = Front(wsgi, Channel({}, str), None, lambda response: response, None)  # type: ignore[arg-type]
    for query, status in ((b"steps=7", 200), (b"steps=8", 200), (b"steps=7", 200), (b"gone", 404)):
        assert [one["status"] for one in away(a_class(query))] == [status] * 30
    assert made == ["steps=7", "steps=8", *["gone"] * 30], "only a page is kept"


def test_more_than_fits_is_told_when_to_ask_again() -> None:
    async def crowd() -> list[Any]:
        front = front_of(Working(0.2))
        front.computing = Lane(limits.WAITING, limits.WAITING, 1)
        return await asyncio.gather(*(asked(front, tile(str(part))) for part in range(4)))

    answers = away(crowd())
    assert sorted(one["status"] for one in answers) == [200, 200, 503, 503]
    late = next(one for one in answers if one["status"] == 503)
    assert late["headers"][b"retry-after"] == str(limits.RETRY_SECONDS).encode()
