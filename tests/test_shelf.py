"""What the processes of a server share: found by all, whole or not at all, and bounded."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import limits
from app.main import create_app
from app.serving import HERE
from app.shelf import Shelf, clear, shared

from .strategies import unframed

ASKED = b'{"kind": "request", "base": "?steps=7", "edits": [], "have": {}}'


def held(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_what_one_has_made_every_other_one_finds(tmp_path: Path) -> None:
    one, other = Shelf(str(tmp_path)), Shelf(str(tmp_path))
    assert other.get("a") is None
    one.put("a", b"made")
    assert other.get("a") == b"made" and [path.name for path in tmp_path.iterdir()] == ["a"]


@given(sizes=st.lists(st.integers(0, 400), max_size=200))
def test_it_is_bounded_however_many_put(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    folder = tmp_path_factory.mktemp("shelf")
    shelves = [Shelf(str(folder), 3200) for _ in range(2)]
    for number, size in enumerate(sizes):
        shelves[number % 2].put(str(number), bytes(size))
        assert held(folder) <= 3200 * (1 + 2 / 16) + 400, "what each may put before it looks"


def test_the_oldest_go_first(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path), 1600)
    for number in range(40):
        shelf.put(str(number), bytes(100))
        os.utime(tmp_path / str(number), (number, number))
    assert shelf.get("39") and shelf.get("0") is None and shelf.get("10") is None


def test_what_is_too_large_for_it_is_not_kept(tmp_path: Path) -> None:
    Shelf(str(tmp_path), 1600).put("a", bytes(101))
    assert held(tmp_path) == 0


def test_without_a_directory_nothing_is_kept_and_nothing_fails(tmp_path: Path) -> None:
    for folder in ("", str(tmp_path / "gone")):
        shelf = Shelf(folder, 160)
        for number in range(99):
            shelf.put(str(number), bytes(10))
        assert shelf.get("0") is None


def test_nobody_finds_half_of_a_file(tmp_path: Path) -> None:
    seen: set[bytes | None] = set()
    one, other, done = Shelf(str(tmp_path)), Shelf(str(tmp_path)), threading.Event()

    def reads() -> None:
        while not done.is_set():
            seen.add(other.get("a"))

    reader = threading.Thread(target=reads)
    reader.start()
    for number in range(300):
        one.put("a", bytes([number % 7]) * 9000)
    done.set()
    reader.join()
    assert seen <= {None, *(bytes([number]) * 9000 for number in range(7))}


def test_a_server_has_one_for_as_long_as_it_serves_and_nobody_else_reads_it() -> None:
    with shared() as folder:
        assert Path(folder).stat().st_mode & 0o077 == 0
        Shelf(folder).put("a", b"made")
    assert not Path(folder).exists()
    clear("")


def test_an_answer_is_made_once_for_all_processes(tmp_path: Path) -> None:
    """The second application has another memory, as a process that takes the place of one; files of readers are not."""
    first, second = (create_app(HERE._replace(shelf=str(tmp_path))).channel for _ in range(2))
    made = first.answer(ASKED, "identity")
    second._answered = None  # type: ignore[method-assign]  it has nothing to do
    assert second.answer(ASKED, "identity") == made and unframed(made)["query"]
    for coding, route in (("zstd", "/channel"), ("identity", "/channel/tile")):
        assert second.known(ASKED, coding, route) is None, "another question"


def test_it_is_stated_in_bytes() -> None:
    assert Shelf("").bound == limits.SHELF_BYTES
