"""Whatever is typed can be taken home in every form, with no warning on the way."""

import pytest

from app.export import files
from app.page.state import Run, State
from landscapes import L2, Formula, Rotated, Surface
from optim_core import SGD, Adam

from ..strategies import ODD


def around(surface: Surface) -> Surface:
    return L2(Rotated(surface, 30.0), 0.1)


@pytest.mark.parametrize("text", ODD)
def test_every_file_can_be_made_of_it(text: str) -> None:
    for surface in (Formula(text), around(Formula(text))):
        state = State(surface, (Run(SGD(lr=0.1), 0), Run(Adam(), 1)), n_steps=4)
        link = f"http://localhost/{state.to_query()}"
        made = {name: files.make(name, state, link).content for name in files.EXPORTS}
        shown = Formula(text).formula
        assert made["gif"].startswith(b"GIF89a") and State.from_query(state.to_query()) == (state, [])
        assert all(shown in made[name] for name in ("numpy", "torch", "keras"))
        assert text in made["json"] and shown in made["html"]
        assert "~text=" in made["csv"] or len(made["csv"].splitlines()) == 1  # no point of it was finite
