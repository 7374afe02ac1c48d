"""The way in for a call as it stands in somebody's code."""

import pytest
from playwright.sync_api import expect

from optim_core import SGD, RMSProp

from .explorer import Explorer

CALL = "optimizer = torch.optim.RMSprop(\n    model.parameters(),  # all\n    lr=0.045,\n    maximize=True,\n)\n"


@pytest.fixture
def open_page(page: Explorer) -> Explorer:
    page.open("?run=sgd")
    page.tab.locator(".paste summary").click()
    return page


def test_a_call_of_several_lines_is_a_run_as_soon_as_it_is_pasted(open_page: Explorer) -> None:
    page, field = open_page, open_page.control("text", "paste")
    field.fill(CALL)
    field.press("ControlOrMeta+a")
    field.press("ControlOrMeta+x")
    with page.change():
        field.press("ControlOrMeta+v")
    page.committed()
    assert [run.optimizer for run in page.state.runs] == [SGD(), RMSProp(0.045, 0.99)]
    expect(page.tab.locator("#notices")).to_contain_text("PyTorch's RMSprop: maximize=True is not followed")
    assert page.shown("paste", "text") == ""
    page.tab.locator("#graph-map").click()  # a field that is left says so once more
    page.committed()
    assert len(page.state.runs) == 2


@pytest.mark.parametrize("way", ["button", "keys", "leaving"])
def test_a_call_that_is_typed_is_a_run_when_it_is_done(open_page: Explorer, way: str) -> None:
    page, field = open_page, open_page.control("text", "paste")
    field.fill("optax.sgd(\n0.5)")
    with page.change():
        if way == "button":
            page.tab.get_by_role("button", name="Add it as a run").click()
        else:
            field.press("ControlOrMeta+Enter" if way == "keys" else "Tab")
    page.committed()
    assert [run.optimizer for run in page.state.runs] == [SGD(), SGD(0.5)]


def test_what_cannot_be_read_stays_with_the_reason_until_it_can(open_page: Explorer) -> None:
    page, field = open_page, open_page.control("text", "paste")
    field.fill("optim.Adm(\n)")
    with page.change():
        field.press("ControlOrMeta+Enter")
    expect(page.error("paste")).to_have_text("PyTorch has no optimizer “Adm” that can be followed here; perhaps Adam")
    expect(field).to_have_value("optim.Adm(\n)")
    expect(field).to_be_focused()
    with page.change():
        field.fill("optim.Adam()")
        field.press("ControlOrMeta+Enter")
    page.committed()
    expect(page.error("paste")).to_have_count(0)
    assert len(page.state.runs) == 2


def test_a_space_in_a_call_does_not_play(open_page: Explorer) -> None:
    open_page.control("text", "paste").press("Space")
    assert not open_page.js("downslope.playhead.playing()")
    expect(open_page.control("text", "paste")).to_have_value(" ")
