"""Words between words: the name that was probably meant, and a sentence that goes on in another."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

LONGEST = 40  # letters of a text that are compared


def perhaps(typed: str, known: Mapping[str, Iterable[str]]) -> str:
    """In words the name that is nearest, or nothing where none is near.

    `known` are the names, each with what else it is called.
    """
    spelled = {_plain(word): name for name, others in known.items() for word in (name, *others)}
    found = get_close_matches(_plain(typed[:LONGEST]), filter(None, spelled), 1)
    return f"; perhaps {spelled[found[0]]}" if found else ""


def continued(sentence: str) -> str:
    """A sentence as it stands within another one: its first letter small, without its stop."""
    return f"{sentence[0].lower()}{sentence[1:].rstrip('.')}"


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
