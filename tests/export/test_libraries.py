"""The arguments that a script calls a library's optimizers with, and the names that the page gives them."""

import ast

import pytest

from app.export.libraries import KERAS, PYTORCH, Library
from optim_core import NOTATIONS, hypers


def arguments(call: str) -> dict[str, str]:
    """Field of ours -> the argument of theirs that it is handed to, "betas[0]" where that is one of several."""
    spelled = ast.parse(call.replace("{", "").replace("}", ""), mode="eval")
    found: dict[str, str] = {}
    for keyword in (one for node in ast.walk(spelled) if isinstance(node, ast.Call) for one in node.keywords):
        if isinstance(keyword.value, ast.Tuple):
            found |= {part.id: f"{keyword.arg}[{at}]" for at, part in enumerate(keyword.value.elts)}
        elif isinstance(keyword.value, ast.Name):
            found[keyword.value.id] = keyword.arg
    return found


@pytest.mark.parametrize(("notation", "library"), [("pytorch", PYTORCH), ("keras", KERAS)])
def test_a_librarys_letters_are_the_arguments_of_its_own_optimizers(notation: str, library: Library) -> None:
    letters, checked = NOTATIONS[notation], set()
    for cls, native in library.natives.items():
        for field, argument in arguments(native.call).items():
            declared = hypers(cls)[field]
            if declared.scale != "switch":
                assert letters.of(declared.symbol) == argument, (cls.label, field)
                checked.add(declared.symbol)
    named = {symbol for cls in library.natives for symbol in (how.symbol for how in hypers(cls).values())}
    assert checked == set(letters.changes) & named
