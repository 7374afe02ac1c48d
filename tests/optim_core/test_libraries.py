"""The table of signatures is the libraries' own, and what is read from it walks as they do."""

import inspect
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optim_core import LIBRARIES, NOTATIONS, OPTIMIZERS, Exponential, Library, Optimizer, calls, hypers, run
from optim_core.libraries import REQUIRED

from ..strategies import Given, settings

GRADS = np.random.default_rng(3).normal([0.5, -0.2], 1.0, (40, 2))
FALLING = Exponential(0.9)

every_library = pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
every_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)

SIGNATURES = [(library, name) for library in LIBRARIES.values() for name in library.signatures]
every_signature = pytest.mark.parametrize(("library", "name"), SIGNATURES, ids=lambda one: getattr(one, "name", one))


@every_library
def test_every_class_is_called_in_one_way(library: Library) -> None:
    made = {name: signature.chosen({})[0] for name, signature in library.signatures.items()}
    assert len(set(made.values())) == len(made)
    for cls in OPTIMIZERS.values():
        found = library.signature_of(cls)
        if cls in made.values():
            assert made[found[0]] is cls and found[1].flag_for(cls) == ""
        elif found:
            assert found[1].instead[found[1].flag_for(cls)] is cls


@every_signature
def test_what_says_which_class_it_is_is_an_argument(library: Library, name: str) -> None:
    signature = library.signatures[name]
    assert set(signature.instead) <= set(signature.defaults)
    assert set(signature.in_order) <= set(signature.defaults)


@every_library
def test_a_librarys_letters_are_the_arguments_of_its_own_optimizers(library: Library) -> None:
    known: set[str] = set()
    for cls in OPTIMIZERS.values():
        found = library.signature_of(cls)
        for name, declared in hypers(cls).items():
            changed = library.letters.of(declared.symbol) != declared.symbol
            if found and changed and library.argument(cls, name)[0] in found[1].defaults:
                known.add(declared.symbol)
    symbols = {how.symbol for cls in OPTIMIZERS.values() if library.signature_of(cls) for how in hypers(cls).values()}
    assert known == set(library.letters.changes) & symbols
    assert library.letters in NOTATIONS.values()


@every_library
@every_optimizer
def test_a_field_that_no_call_says_has_a_form_that_is_told(library: Library, cls: type[Optimizer]) -> None:
    found = library.signature_of(cls)
    for mine in settings(cls) if found else ():
        same = calls.as_in(mine, library)
        assert calls.as_in(same, library) == same and not calls.otherwise(same, library, scheduled=True)
        for name in hypers(cls):
            if name in library.fields(cls, found[1]):
                assert getattr(same, name) == getattr(mine, name)


@every_library
@every_optimizer
def test_what_is_done_otherwise_is_another_path(library: Library, cls: type[Optimizer]) -> None:
    """And nothing else is, with a constant rate as with one that falls."""
    for mine in settings(cls) if library.signature_of(cls) else ():
        same = calls.as_in(mine, library)
        for schedule in (None, FALLING) if same else ():
            walks = [run(one, Given(GRADS), [0.3, -0.2], 40, schedule=schedule).params for one in (mine, same)]
            otherwise = calls.otherwise(mine, library, scheduled=schedule is not None)
            assert (np.abs(walks[0] - walks[1]).max() > 1e-12 * np.abs(walks[0]).max()) == bool(otherwise), mine
            alone = not otherwise and not calls.beyond(cls, library)
            assert calls.same_path(mine, library, schedule is not None) == alone


@every_library
@every_optimizer
def test_nothing_is_said_of_a_class_that_a_library_has_not(library: Library, cls: type[Optimizer]) -> None:
    has = library.signature_of(cls) is not None
    assert (calls.written(cls(), library) is not None) == has
    assert all((way(cls(), library) is not None) == has for way in calls.WAYS.values())
    assert bool(calls.left_to(library, cls)) == has


# the libraries themselves


@pytest.mark.golden
@every_signature
def test_a_signature_is_the_library_s_own(make: Any, library: Library, name: str) -> None:
    theirs = {"PyTorch": make.torch.optim, "Keras": make.keras.optimizers, "optax": make.optax}[library.name]
    found = inspect.signature(getattr(theirs, name)).parameters.values()
    named = [one for one in found if one.kind is not one.VAR_KEYWORD]
    defaults = {one.name: REQUIRED if one.default is one.empty else one.default for one in named}
    assert library.signatures[name].defaults == defaults
    assert list(library.signatures[name].defaults) == list(defaults)
    assert library.signatures[name].in_order == tuple(one.name for one in named if one.kind is not one.KEYWORD_ONLY)


@pytest.mark.golden
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
@pytest.mark.parametrize("shortly", [False, True])
@every_library
@every_optimizer
def test_a_call_walks_as_the_library_does(
    built: Any, library_walk: Any, library: Library, cls: type[Optimizer], shortly: bool
) -> None:
    """With the numbers of ours and with the library's own defaults, but where no class here walks so."""
    if library.signature_of(cls) is None:
        return
    for mine in settings(cls) if shortly else (cls(lr=0.05),):
        for way in calls.WAYS.values():
            other = way(mine, library)
            call = calls.written(other, library, shortly)
            theirs = np.array(library_walk(library.name, built(library.name, call), GRADS))
            ours = run(other, Given(GRADS), theirs[0], len(GRADS)).params
            if calls.beyond(cls, library):
                assert shortly or np.abs(theirs - ours).max() > 1e-11, call
            else:
                np.testing.assert_allclose(theirs, ours, rtol=1e-9, atol=1e-11, err_msg=call)


@pytest.mark.golden
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@every_library
@every_optimizer
def test_under_a_schedule_a_call_walks_as_the_library_does(
    built: Any, library_walk: Any, library: Library, cls: type[Optimizer]
) -> None:
    """By the library's own schedule, fed with the rates of ours."""
    factors = FALLING.factors(len(GRADS)).tolist()
    there = {calls.as_in(replace(mine, lr=0.05), library) for mine in settings(cls)} - {None}
    for same in there if not calls.beyond(cls, library) else ():
        call, more = calls.written(same, library), []
        if library.name == "PyTorch":
            theirs, more = built(library.name, call), [factors]
        else:
            rates = [0.05 * factor for factor in factors]
            theirs = built(library.name, call.replace("learning_rate=0.05", "learning_rate=rates"), rates)
        points = np.array(library_walk(library.name, theirs, GRADS, *more))
        ours = run(same, Given(GRADS), points[0], len(GRADS), schedule=FALLING).params
        np.testing.assert_allclose(points, ours, rtol=1e-12, atol=1e-13, err_msg=call)
