"""A run in other libraries: their defaults, the call that makes it there, and where that one parts from it."""

import math

import numpy as np
import pytest

from app.page import paste
from app.walks.elsewhere import Same, alike, defaults, elsewhere
from app.walks.results import APART, diagonal
from landscapes import ElongatedValley
from optim_core import (
    LIBRARIES,
    OPTIMIZERS,
    SGD,
    Adam,
    AdamW,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RMSProp,
    RMSPropAveragedRates,
    Rprop,
    calls,
    hypers,
    run,
)

from ..strategies import settings, walk

VALLEY = ElongatedValley()
every_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)


def told(optimizer: Optimizer) -> dict[tuple[str, str], Same]:
    return {(same.library, same.way): same for same in elsewhere(walk(optimizer), VALLEY)}


def test_the_defaults_that_differ_come_with_their_libraries() -> None:
    assert defaults(RMSProp) == (
        "Where a call leaves it out, η: PyTorch 0.01, Keras 0.001, optax none, here 0.01; "
        "α: PyTorch 0.99, Keras 0.9, optax 0.9, here 0.9; ε: PyTorch 1e−8, Keras 1e−7, optax 1e−8, here 1e−8."
    )
    assert defaults(SGD) == "Where a call leaves it out, η: PyTorch 0.001, Keras 0.01, optax none, here 0.01."
    assert defaults(RMSPropAveragedRates) == ""  # no library has it


@every_optimizer
def test_a_default_is_what_a_library_has_where_a_call_leaves_it_out(cls: type[Optimizer]) -> None:
    for library in LIBRARIES.values():
        for name, value in calls.left_to(library, cls).items():
            symbol = hypers(cls)[name].symbol or name
            line = next((line for line in defaults(cls)[:-1].split("; ") if f"{symbol}: " in line), None)
            assert line is None or (f"{library.name} none" in line) == (value is None)


@every_optimizer
def test_what_is_called_the_same_walk_is_the_run(cls: type[Optimizer]) -> None:
    for optimizer in settings(cls):
        found = told(optimizer)
        for (key, way), same in found.items():
            library = LIBRARIES[key]
            is_run = way == "numbers" and calls.same_path(optimizer, library)
            assert is_run == (not same.text) == (same.call in alike([*found.values()]) and same.strays == (0.0, None))


@every_optimizer
def test_the_first_step_is_where_the_paths_part(cls: type[Optimizer]) -> None:
    for optimizer in settings(cls):
        mine = walk(optimizer)
        for (key, way), same in told(optimizer).items():
            if same.strays is None or same.strays.first_step is None:
                continue
            other = run(calls.WAYS[way](optimizer, LIBRARIES[key]), VALLEY, None, 100).params
            with np.errstate(all="ignore"):
                apart = np.linalg.norm(other - mine.trajectory.params, axis=1)
            step = same.strays.first_step
            near = APART * diagonal(VALLEY)
            assert (apart[:step] <= near).all() and (apart[step] > near or not math.isfinite(apart[step]))
            assert f"from step {step} on" in same.text


@every_optimizer
def test_a_call_that_is_shown_can_be_pasted(cls: type[Optimizer]) -> None:
    for optimizer in settings(cls):
        for (key, way), same in told(optimizer).items():
            other = calls.WAYS[way](optimizer, LIBRARIES[key])
            if other is None:
                assert "refuses" in same.text and not same.call
                continue
            assert same.call in (same.text or alike([same])) and paste.read(same.call).optimizer == other


def test_pytorch_s_memory_is_the_default_that_shows() -> None:
    same = told(RMSProp(lr=0.045))["torch", "words"]
    assert same.text.startswith("In PyTorch with its own defaults: torch.optim.RMSprop(params, lr=0.045). On this path")
    assert same.strays.first_step == 1


def test_a_form_is_named_with_the_call() -> None:
    assert ", where ε stands under the root" in told(RMSProp(lr=0.045, eps=0.1))["keras", "numbers"].text
    flagged = told(Momentum(lr_inside=True))
    assert {library for library, _ in flagged} == {*LIBRARIES} and not any(same.text for same in flagged.values())
    assert ", where there is no schedule" in told(NAdam())["optax", "numbers"].text
    assert ("keras", "numbers") not in told(Rprop()) and told(RMSPropAveragedRates()) == {}


def test_where_no_optimizer_here_walks_so_there_is_no_ghost() -> None:
    found = told(Adam())
    assert found["keras", "numbers"].text.endswith("No optimizer here walks exactly so.")
    assert found["keras", "numbers"].strays is None and ("keras", "words") not in found
    assert found["torch", "numbers"].strays == (0.0, None)


def test_what_a_library_refuses_is_said() -> None:
    found = told(Nesterov(momentum=0.0))["torch", "numbers"]
    assert found.text == "PyTorch refuses nesterov without momentum." and found.strays is None


def test_a_number_that_is_not_our_default_is_kept_in_words() -> None:
    found = told(AdamW(weight_decay=0.5, eps=1e-3))
    assert ("optax", "words") not in found
    assert found["optax", "numbers"].call == "optax.adamw(learning_rate=0.001, eps=0.001, weight_decay=0.5)"
