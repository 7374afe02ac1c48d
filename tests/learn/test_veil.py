"""While a lesson waits for an answer, no walk is longer than its question shows, in no tab and by no way in."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from app import shell
from app.command import run as run_command
from app.explore import answer
from app.export.files import ALL, make
from app.export.files import LESSONS as WHOLE
from app.main import create_app
from app.page import state as pages
from app.page.lessons import LESSONS, load
from app.page.state import State
from app.page.view import View
from app.protocol import Ask, Forged, Mistake, Plan, Probe, Request, Tile
from app.screen.arrays import frame
from app.walks import simulate
from optim_core import hypers

FILES = [name for name in ALL if name not in WHOLE]  # that of a lesson holds its answers, and says so
QUESTIONS = [(name, n) for name in LESSONS for n in range(len(load(name).questions))]
every_question = pytest.mark.parametrize(("name", "n"), QUESTIONS)
TABS = ("sweep", "basins", "train")  # those whose work is cut into tiles


def asking(name: str, n: int) -> str:
    return f"?lesson={name}&phase={'ask' if n == 0 else f'ask{n + 1}'}"


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many steps, or epochs, each walk was to have that anybody began."""
    lengths: list[int] = []
    for module, function, place in (("run", "_begin", 3), ("ends", "_begin", 3), ("training", "_course", 3)):
        inside = sys.modules[f"optim_core.{module}"]

        monkeypatch.setattr(inside, function, heard(getattr(inside, function), place, lengths))
    simulate.forget()
    yield lengths
    simulate.forget()


def heard(begin: Callable[..., Any], place: int, lengths: list[int]) -> Callable[..., Any]:
    """The same function, of which one argument is written down."""

    def hearing(*given: Any) -> Any:
        lengths.append(int(given[place]))
        return begin(*given)

    return hearing


def asked_everywhere(query: str) -> list[Any]:
    """All that a page, or somebody who knows its messages, can ask of an address; None where it is refused."""
    state = State.from_query(query)[0]
    said: list[Any] = [answer.opening(query), answer.reply(Request(query, [], {})), answer.reply(moved(query))]
    for t in (0, state.n_steps):
        said += [answer.told(Ask(query, t, brief)) for brief in (False, True)]
        said.append(answer.told(Ask(f"{query}&detail=stability&overlay=ellipse&rule=loss", t)))
    for tab in TABS:
        said.append(shell.TABS[tab].answers[Plan](Plan(query)))
    said.append(shell.TABS["basins"].answers[Probe](Probe(query, state.begin)))
    return said


def moved(query: str) -> Request:
    """A page on which everything is tried that might show more."""
    edits = [("number", "steps", "900"), ("action", "ghost.0.0", 1), ("switch", "view.limits", True)]
    edits += [("choice", "view.detail", "now"), ("choice", "view.overlay", "arrows"), ("point", "playhead", 500)]
    return Request(query, edits, {}, coarse=True, open=0)


def test_the_recorder_hears_every_kind_of_walk(walked: list[int]) -> None:
    answer.reply(Request("?run=sgd&steps=33", [], {}))
    answer.ruler.tile(Tile("?run=sgd&steps=34", "0"))
    for tab, query in (("basins", "?run=sgd&steps=35"), ("train", "?tab=train&train=epochs=2"), ("sweep", "?steps=36")):
        work = shell.TABS[tab].answers[Plan](Plan(query))
        shell.TABS[tab].answers[Tile](Tile(work.key, work.parts[0]))
    assert {33, 34, 35, 36, 2} <= {*walked}


@every_question
def test_no_walk_is_longer_than_a_question_shows(name: str, n: int, walked: list[int]) -> None:
    query, shown = asking(name, n), load(name).questions[n].shown
    said = asked_everywhere(query)
    assert max(walked, default=0) <= shown
    assert all(steps == shown for steps in walked)
    if not shown:
        drawn = said[1].scene.traces
        assert not any(line["y"].size for graph in drawn if graph != "map" for line in drawn[graph].values())
    for one in said[3:9]:
        assert (one.said, one.overlays, one.graphs, one.table, one.stories, one.notes) == ([], [], {}, None, None, None)
    for work in said[9:12]:
        assert work.parts == [] and (work.look.get("problem") or work.look.get("empty")) == "Shown after your answer."
        assert all(one["parts"] == [] for one in work.look.get("maps", []))
    assert said[12].text == "Shown after your answer."


@every_question
def test_no_tile_and_no_file_is_made(name: str, n: int, walked: list[int]) -> None:
    query = asking(name, n)
    state, plain = State.from_query(query)[0], pages.asked_of(name, n)
    for tab in (shell.FIRST, *TABS):
        parts = [str(run.slot) for run in plain.runs] if tab == shell.FIRST else []
        if tab in ("sweep", "basins"):
            parts = shell.TABS[tab].answers[Plan](Plan(plain.to_query())).parts[:1]
        for part in (*parts, "0-1", ""):
            with pytest.raises(Forged):
                shell.TABS[tab].answers[Tile](Tile(query, part))
    for file in FILES:
        with pytest.raises(Mistake, match="after your answer"):
            make(file, state, "")
    assert walked == []


@every_question
def test_a_reply_tells_nothing_that_the_veiled_steps_decide(name: str, n: int, monkeypatch: Any) -> None:
    """The same lesson with a longer walk, or where no step is seen with other rates too, is told in the same bytes."""
    query, shown = asking(name, n), load(name).questions[n].shown
    opens = pages.opening(View(lesson=name, phase=query.rpartition("=")[2]))
    runs = tuple(replace(run, name=f"run {run.slot}") for run in opens.runs)  # for some are called by their rates
    told = []
    for other in (runs, runs if shown else tuple(map(faster, runs))):
        longer = State(**opens.model() | {"n_steps": opens.n_steps + 77 * len(told), "runs": other}, view=opens.view)
        monkeypatch.setattr(pages, "_opening", lambda *_, longer=longer: longer)
        pages.state_of.cache_clear()
        assert State.from_query(query)[0].runs == other
        told.append(frame(told_of(query)))
    pages.state_of.cache_clear()
    assert told[0] == told[1]


def faster(run: Any) -> Any:
    most = hypers(run.optimizer)["lr"].bounds[1]
    return replace(run, optimizer=replace(run.optimizer, lr=min(run.optimizer.lr * 1.37, most)))


def told_of(query: str) -> list[Any]:
    """All that is told of a page but what the controls show, which anybody sees."""
    reply = answer.reply(Request(query, [], {}))
    seen = ("end", "why", "show")
    say = {key: text for key, text in reply.shown["say"].items() if key.rpartition(".")[2] in seen}
    return [reply.scene, say, reply.shown["ruler"], reply.live, reply.lesson, answer.told(Ask(query, 0))]


@every_question
def test_when_it_is_answered_all_of_it_is_there(name: str, n: int) -> None:
    query = asking(name, n).replace("ask", "see")
    state = State.from_query(query)[0]
    reply, told = answer.reply(Request(query, [], {})), answer.told(Ask(query, 0))
    assert reply.scene.steps == state.n_steps and reply.shown["ruler"] != {} and not reply.lesson["veiled"]
    assert len(told.said) == len(state.runs) and told.graphs
    if state.view.tab in ("sweep", "train"):
        work = shell.TABS[state.view.tab].answers[Plan](Plan(query))
        assert work.parts and not work.look["problem"]


def test_a_file_is_refused_in_words_by_its_address() -> None:
    client = create_app().server.test_client()
    for file in FILES:
        refused = client.get(f"/export/{file}?lesson=L06")
        assert refused.status_code == 403 and "after your answer" in refused.json["error"]
    assert client.get("/export/csv?lesson=L06&phase=see").status_code == 200


def test_nor_does_a_terminal_tell(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command.main(["?lesson=L06"]) == 2
    assert "waits for an answer" in capsys.readouterr().err
    assert run_command.main(["?lesson=L06&phase=see"]) == 0


def test_what_is_forged_before_the_answer_is_a_4xx() -> None:
    client = create_app().server.test_client()
    for kind, fields in (
        ("tile", {"key": "?lesson=L06", "part": "1", "tab": "explore"}),
        ("tile", {"key": "?lesson=L21", "part": "0-1", "tab": "sweep"}),
        ("tile", {"key": "?lesson=L06", "part": "see", "tab": "learn"}),
    ):
        said = client.post("/channel/tile", json={"kind": kind, "given": "", **fields})
        assert said.status_code == 422, fields
    for query in ("?lesson=", "?lesson=L06&phase=" + quote("ſee"), "?said=;;;;&reason=-1&short=&course=,&lesson=%00"):
        assert client.get(f"/{query}").status_code == 200
