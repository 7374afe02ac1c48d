"""The numbers on which the lessons are built hold on the page, under links that it need not change."""

from typing import Any

import pytest

from app.learn.measures import value
from app.page.state import State

from . import script_first, script_second

NUMBERS = script_first.NUMBERS | script_second.NUMBERS
CASES = [(name, *one) for name, several in NUMBERS.items() for one in several]


@pytest.mark.parametrize(("name", "address", "expression", "wanted"), CASES)
def test_every_number_of_the_script_is_that_of_the_page(name: str, address: str, expression: str, wanted: Any) -> None:
    assert State.from_query(address)[1] == []
    found = value(address, expression)
    if wanted is None or isinstance(wanted, bool):
        assert found is wanted
    elif isinstance(wanted, int):
        assert found == wanted
    else:
        assert found == (pytest.approx(**wanted) if isinstance(wanted, dict) else pytest.approx(wanted, rel=0.02))
