"""What stands below the map in rough weather, at a changing rate and around a fork."""

import pytest

from app.page.view import CHOICES
from app.walks.simulate import simulate

from .asking import asked, numbers, state

ROUGH = [
    "?run=sgd~lr=0.06~fork=20,adam,lr=0.1&run=adam~fork=10,adam,lr=0.5&run=sgd~fork=60,momentum&steps=40",
    "?run=sgd~lr=0.02&run=momentum~lr=0.01&steps=40&weather=noise=0.5,0.2~seed=3~clip=norm,1~sparse=0.5,1&schedule=cosine",
    "?f=rosenbrock&run=sgd~lr=0.001&run=rmsprop~eps=0&steps=40&weather=pulse=x,3,3~drift=steady,0.01,0",
]


@pytest.mark.parametrize("query", ROUGH)
def test_every_kind_in_rough_weather(query: str) -> None:
    for detail in CHOICES["detail"]:
        for overlay, t in (("arrows", 1), ("ellipse", 10), ("arrows", 20), ("arrows", 40)):
            told, sim = asked(query, t, detail=detail, overlay=overlay)
            assert len(told["said"]) == len(sim.walks) and all(one["text"] for one in told["said"])
            for row in told.get("rows", []):
                assert all(cell["text"] and "nan" not in cell["text"].lower() for cell in row["cells"])


def test_what_was_told_stands_beside_the_gradient_in_rough_weather_alone() -> None:
    told, sim = asked(ROUGH[1], 7, detail="now")
    for axis, name in enumerate("xy"):
        wanted = [walk.trajectory.seen_grad[6, axis] for walk in sim.walks]
        assert numbers(told, f"Told of {name}") == wanted
    assert numbers(asked(ROUGH[1], 0, detail="now")[0], "Told of x") == [None, None]
    assert not any(title.startswith("Told") for title in asked(ROUGH[0], 7, detail="now")[0]["columns"])


def test_the_rate_in_use_is_that_of_the_step() -> None:
    assert numbers(asked(ROUGH[1], 10, detail="stability")[0], "η in use") == [
        walk.rates[10] for walk in simulate(state(ROUGH[1])).walks
    ]
    before, after = (asked(ROUGH[0], t, detail="stability")[0] for t in (19, 20))
    assert numbers(before, "η in use")[0] == 0.1 and numbers(after, "η in use")[0] == 0.06
    assert numbers(before, "Stable up to η")[0] is None
    assert numbers(after, "Stable up to η")[0] == pytest.approx(0.05)


def test_a_forked_run_has_a_story_before_and_one_behind() -> None:
    told, sim = asked(ROUGH[0], 5, detail="steps")
    parts = [(one["slot"], one["first"], one["last"]) for one in told["stories"]]
    slots = list(dict.fromkeys(slot for slot, *_ in parts))
    assert parts == [
        (slots[0], 0, 20), (slots[0], 20, 40), (slots[1], 0, 10), (slots[1], 10, 40), (slots[2], 0, 40),
    ]  # fmt: skip
    assert told["stories"][0]["label"] == f"{sim.walks[0].label}: until step 20 Adam"
