"""The first answer travels in the page, and is what the page would have been answered."""

import json
import re

import pytest

from app.explore.answer import opening, reply
from app.main import create_app
from app.protocol import Request
from app.screen import theme
from app.screen.arrays import embedded, text

QUERIES = ("", "?f=rosenbrock&run=adam~lr=0.05&steps=300", "?map=surface", "?map=side&present=on", "?f=nonsense")


@pytest.mark.parametrize("mode", theme.TOKENS)
@pytest.mark.parametrize("query", QUERIES)
def test_in_either_light_it_is_the_answer_to_the_request(query: str, mode: str) -> None:
    first = opening(query)
    look = first.looks[mode]
    scene = first.reply.scene._replace(skeletons=look.skeletons)
    joined = first.reply._replace(keys=first.reply.keys | look.keys, scene=scene)
    assert text(joined) == text(reply(Request(query, [], {}, mode=mode)))
    assert first.base == query


@pytest.mark.parametrize("mode", theme.TOKENS)
def test_a_light_that_is_chosen_comes_alone(mode: str) -> None:
    assert list(opening(f"?theme={mode}").looks) == [mode]


@pytest.mark.parametrize("query", [*QUERIES, "?run=adam~name=</script><script>alert(1)</script>", "?run=%FF%00&%22"])
def test_the_page_holds_it_whatever_the_address_says(query: str) -> None:
    page = create_app().server.test_client().get(f"/{query}").text
    held = re.search(r'<script type="application/json" id="opening">(.*?)</script>', page, re.DOTALL)[1]
    told = json.loads(held)
    assert "<" not in held
    assert json.loads(embedded(opening(told["base"]))) == told
    assert told["base"].startswith("?") or not query
