"""Whatever shows a symbol takes it from the table: in a notation of strange signs no paper's letter is left."""

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from app import limits
from app.explore import answer, rail
from app.explore.board import board
from app.export import gif
from app.export.html import html
from app.page.state import Run, State
from app.page.view import CHOICES, View
from app.protocol import Ask, Edit, Request
from app.screen.arrays import text
from app.walks import explain
from app.walks.simulate import simulate
from landscapes import LANDSCAPES
from optim_core import NOTATIONS, OPTIMIZERS, Letters, hypers
from optim_core.notation import symbol
from tests.strategies import settings

WORDS = {"rms", "a", ""}  # symbols that are words as well
KNOWN = {how.symbol for cls in OPTIMIZERS.values() for how in hypers(cls).values()} | {"β"}
for _cls in OPTIMIZERS.values():
    for _line in (line for one in settings(_cls) for line in one.setting.lines):
        KNOWN |= {symbol(name) for name in {_line.name, *_line.expression.reads} - hypers(_cls).keys()}
STRANGE = {paper: chr(0x16A0 + at) for at, paper in enumerate(sorted(KNOWN - WORDS - {"t"}))}  # runes
PAPERS = re.compile("[α-ωΔΠ](?!min|max)|[mv]\u0302")  # λmin and λmax are of the surface
CURVATURE = re.compile("2/λ|λmin|λmax|κ|σ|γ")  # and of noise and schedules, which are no paper's
UNSEEN = {"bdata", "id", "key", "data-term", "aria-describedby"}  # what a message says to the page alone


@pytest.fixture
def strange(monkeypatch: pytest.MonkeyPatch) -> Letters:
    letters = Letters("strange", "nobody's", STRANGE)
    monkeypatch.setitem(NOTATIONS, "strange", letters)
    monkeypatch.setitem(CHOICES, "letters", (*CHOICES["letters"], "strange"))
    return letters


def words(message: Any) -> str:
    """All texts of a message as they are on the wire."""
    return " ".join(_texts(json.loads(text(message))))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        parts = (part for name, part in value.items() if name not in UNSEEN) if isinstance(value, dict) else value
        for part in parts:
            yield from _texts(part)


def left(shown: str) -> list[str]:
    """The papers' letters that are left in what is shown, with their neighbours."""
    shown = CURVATURE.sub("", shown)
    return [shown[max(0, found.start() - 30) : found.end() + 20] for found in PAPERS.finditer(shown)]


def states() -> Iterator[State]:
    """Every optimizer by its defaults and otherwise, at a good rate and at one with which it runs away."""
    optimizers = [one for cls in OPTIMIZERS.values() for one in {cls(), [*settings(cls)][-1]}]
    for surface, lr, kind in (("valley", 0.045, "contour"), ("rosenbrock", 3.0, "side")):
        for first in range(0, len(optimizers), limits.RUNS):
            batch = enumerate(optimizers[first : first + limits.RUNS])
            runs = tuple(Run(dataclasses.replace(one, lr=lr), slot) for slot, one in batch)
            yield State(LANDSCAPES[surface](), runs, n_steps=25, view=View(letters="strange", map=kind))


def test_no_paper_letter_is_left_beside_the_map(strange: Letters) -> None:
    for state in states():
        assert left(words(answer.reply(Request(state.to_query(), [], {})))) == []
        sim = simulate(state)
        for run in state.runs:
            assert left(words(rail.shown(sim, run.slot))) == []
            assert left(" ".join(words(part) for part in rail.rail(state, run.slot))) == []


@pytest.mark.parametrize("detail", CHOICES["detail"])
def test_no_paper_letter_is_left_below_the_map(strange: Letters, detail: str) -> None:
    for state in states():
        query = f"{state.to_query()}&detail={detail}&overlay=arrows"
        for t in range(0, 26, 5 if detail == "off" else 25):
            assert left(words(answer.told(Ask(query, t)))) == []


def test_no_paper_letter_is_left_in_an_equation(strange: Letters) -> None:
    allowed = {*STRANGE.values(), "t", "max", "min", "sign", "rms", "a"}
    for walk in (walk for state in states() for walk in simulate(state).walks):
        for line in explain.inspect(walk, 2, letters=strange):
            for markup in (line.formula, *line.filled):
                assert {node.text for node in ElementTree.fromstring(markup).iter("mi")} <= allowed
            assert left(" ".join([line.formula_text, *line.text])) == []


def test_no_paper_letter_is_left_in_what_is_taken_home(strange: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, draw = [], gif._text
    monkeypatch.setattr(gif, "_text", lambda said, *how, **more: drawn.append(said) or draw(said, *how, **more))
    for state in states():
        page = html(state, "")
        assert left(re.sub("<script>.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)) == []
    gif._sheet(simulate(state), "light")
    assert drawn and left(" ".join(drawn)) == []


def test_no_paper_letter_is_left_in_a_reason(strange: Letters) -> None:
    ghosts = "?letters=strange&run=adam~pinned=1"
    for shared in ("lr", "beta", "eps"):
        reply = answer.reply(Request(ghosts, [Edit("number", f"master.{shared}", "0.5")], {}))
        assert reply.messages and left(str(reply.messages)) == []
    for cls, slug in ((cls, slug) for slug, cls in OPTIMIZERS.items()):
        wrong = "".join(f"~{name}=nonsense" for name in hypers(cls))
        notices = answer.reply(Request(f"?letters=strange&run={slug}{wrong}", [], {})).notices
        assert len(notices) == len(hypers(cls)) and left(str(notices)) == []


def test_what_is_built_before_a_notation_is_chosen_names_them_alone() -> None:
    shown = words(board())
    for letters in NOTATIONS.values():
        assert letters.label in shown
        shown = shown.replace(letters.label, "")
    assert left(shown) == []


def test_a_name_of_a_users_own_is_left_alone(strange: Letters) -> None:
    query = "?letters=strange&run=adam~name=%CE%B7%20is%20%CE%B5&detail=results"
    assert "η is ε" in words(answer.reply(Request(query, [], {})).shown)
    told = answer.told(Ask(query, 3))
    assert told.said[0].text.startswith("η is ε ") and told.table.rows[0].cells[0].text == "η is ε"


@pytest.mark.parametrize("letters", CHOICES["letters"])
def test_a_notation_is_in_the_address_and_builds_the_rail_anew(letters: str) -> None:
    reply = answer.reply(Request("", [Edit("choice", "view.letters", letters)], {}))
    assert reply.query == ("" if letters == "paper" else f"?letters={letters}")
    assert State.from_query(reply.query) == (State(view=View(letters=letters)), [])
    assert reply.shown["choice"]["view.letters"] == letters
    plain = answer.reply(Request("", [], {}))
    again = answer.reply(Request(reply.query, [], {"rail": plain.rail}))
    assert (again.components is None) == (letters == "paper")
