"""The exported file is well formed whatever the names, holds the page's own arrays, and asks nobody."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from app import modules
from app.explore import answer
from app.export import html as page
from app.page.state import Run, State
from app.protocol import Request
from app.screen.arrays import text
from app.walks.simulate import simulate
from landscapes import LANDSCAPES, Formula, Rotated
from optim_core import OPTIMIZERS, SGD, Adam, RMSProp

LINK = "https://example.org/?f=valley&run=adam~name=%3Cb%3E"
NASTY = ["</script>", "<!--<script>", "<b>&amp;", "=1+1", "\"quoted\" 'twice'", "😀", "\u2028", "{scene}", ""]


class Parsed(HTMLParser):
    """The texts of a document by the elements that they stand in, and the values of some attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: dict[str, list[str]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "path"):
            self.open.append(tag)
            self.found.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag != "path":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.found[tag][-1] += data

    @property
    def told(self) -> dict:
        """What the page holds: `protocol.Exported`."""
        return next(json.loads(one) for one in self.found["script"] if one.startswith("{"))


def parsed(query: str = "") -> Parsed:
    return Parsed(page.html(State.from_query(query)[0], LINK))


def test_it_holds_what_the_server_would_reply() -> None:
    query = "?f=rosenbrock&run=adam~lr=0.1&steps=30&t=7&theme=dark"
    told = parsed(query).told
    asked = json.loads(text(answer.reply(Request(query, [], {}, mode="dark")).scene))
    assert told["scene"] == asked | {"skeletons": {}}
    assert told["skeletons"]["dark"] == asked["skeletons"]


@pytest.mark.parametrize(("chosen", "modes"), [("auto", {"light", "dark"}), ("light", {"light"}), ("dark", {"dark"})])
def test_it_has_the_skeletons_of_its_themes(chosen: str, modes: set[str]) -> None:
    assert set(parsed(f"?theme={chosen}").told["skeletons"]) == modes


def test_nothing_is_fetched() -> None:
    document = parsed()
    outside = {"src", "srcset", "data", "action", "poster", "background"}
    for tag, attributes in document.tags:
        assert not outside & attributes.keys() and tag not in ("link", "base", "iframe", "img")
    policy = next(of["content"] for tag, of in document.tags if tag == "meta" and "http-equiv" in of)
    assert "default-src 'none'" in policy and "http" not in policy and "eval" not in policy
    assert not re.search(r"url\((?![\"']?data:)|@import", document.found["style"][0])


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_a_text(name: str) -> None:
    state = State(runs=(Run(Adam(), 0, name), Run(SGD(), 1, "other")), n_steps=3)
    document = Parsed(page.html(state, LINK))
    assert document.open == []
    plain = Parsed(page.html(replace(state, runs=(Run(Adam(), 0), state.runs[1])), LINK))
    assert [tag for tag, _ in document.tags] == [tag for tag, _ in plain.tags]
    shown = name or "Adam"
    assert document.found["td"][0] == shown and shown in document.found["title"][0]
    assert len(document.told["scene"]["traces"]["map"]) == 2


def test_scripts_end_where_they_should() -> None:
    assert page.inline("a('</script>', '<!-- x', /<p/)") == "a('<\\/script>', '<\\!-- x', /<p/)"
    scene, plotly, module = parsed().found["script"]
    assert json.loads(scene)
    assert plotly == page.inline(modules.source("plotly.min.js"))
    assert module == page.inline(modules.joined("standalone.mjs"))


def test_what_the_page_imports_is_one_module() -> None:
    scripts = [attributes for tag, attributes in parsed().tags if tag == "script"]
    assert [of.get("type") for of in scripts] == ["application/json", None, "module"]
    assert not re.search(r"^(import|export)\b", modules.joined("standalone.mjs"), re.MULTILINE)


def test_the_caption_says_every_setting() -> None:
    query = "?f=valley~kappa=7&run=rmsprop~eps_inside=1&run=sgd~lr=0.1~pinned=1&start=1,-0.5&steps=60"
    text = parsed(query).found["section"][-1]
    about = "Elongated valley, κ 7, start (1, −0.5), 60 steps"
    for part in (about, "α 0.9", "ε 1e−8", "eps inside: yes", "SGD (ghost)"):
        assert part in text
    assert LINK in text


def test_the_caption_says_what_the_runs_meet() -> None:
    query = (
        "?run=adam~fork=9,sgd,lr=0.02&run=sgd~schedule=stairs,5,0.5&weather=noise=0.5,0.5~clip=norm,3&schedule=cosine"
    )
    text = parsed(query).found["section"][-1]
    for part in (
        "noise σ 0.5; clipped to the norm 3; seed 0; η: cosine",
        "up to step 9 SGD, η 0.02, of whose memory it keeps nothing",
        "η 0.01; η: stairs, k 5, γ 0.5",
    ):
        assert part in text
    assert "lr: cosine" in parsed(f"{query}&letters=pytorch").found["section"][-1]


@pytest.mark.parametrize("link", [LINK, "javascript:alert(1)", 'http://x/"onclick="alert(1)', "=1", ""])
def test_only_an_address_of_a_page_can_be_followed(link: str) -> None:
    document = Parsed(page.html(State(n_steps=2), link))
    followed = [attributes for tag, attributes in document.tags if tag == "a"]
    assert followed == [{"href": link, "rel": "noreferrer"}] * link.startswith("http")
    assert link in document.found["section"][-1]


def test_a_run_that_diverges_says_when() -> None:
    sim = simulate(State(runs=(Run(SGD(lr=50.0), 0), Run(RMSProp(), 1)), n_steps=400))
    document = Parsed(page.html(sim, LINK))
    assert f"diverged at step {sim.walks[0].diverged_at}" in document.found["td"]


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_every_surface(slug: str) -> None:
    document = parsed(f"?f={slug}&steps=5")
    assert document.found["h1"][0] == LANDSCAPES[slug].label and document.found["header"][0].endswith(
        LANDSCAPES[slug].formula
    )


def test_eight_long_runs_stay_small() -> None:
    runs = tuple(Run(cls(), slot) for slot, cls in enumerate([*OPTIMIZERS.values()][:8]))
    assert len(page.html(State(runs=runs, n_steps=2000), LINK).encode()) < 3_000_000


def test_a_projectors_size_stays_with_the_projector() -> None:
    assert parsed("?present=on").told == parsed().told


def test_a_typed_surface_is_told_with_its_window() -> None:
    surface = Rotated(Formula("x^2 + 3*y^2", ((0, 4), (-1, 2.5))), 30.0)
    found = Parsed(page.html(State(surface, n_steps=3), LINK)).found
    assert "x² + 3·y², turned by 30°" in found["p"]
    assert "Own formula, x from 0 to 4, y from −1 to 2.5, turned by 30°, start (" in found["p"][1]
