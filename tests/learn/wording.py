"""How everything that teaches is worded: what tests of it share."""

import re

from app.page.lessons import FIELD

MOST_WORDS = 18
FORBIDDEN = {
    "en": "powerful elegant simply obviously just magic magical magically fatal wrong stupid clever smart boots "
    "wants zoom amazing unfortunately sadly trivial trivially easy easily basically actually very",
    "de": "mächtig elegant einfach offensichtlich magisch magie fatal falsch dumm klug schlau trivial leider sehr "
    "eigentlich natürlich selbstverständlich",
}
PHRASES = {"en": ("step size", "do you think", "of course", "let us", "let's"), "de": ("schrittweite", "was glaubst")}
SENTENCE = re.compile(r"(?<=[.?!])[”’]?\s+(?=[“(±½√{]*[\wÄÖÜ{])")


def sentences(text: str) -> list[str]:
    return [one for one in SENTENCE.split(text) if one]


def words(sentence: str) -> list[str]:
    """Its words; a field is one, a sign between numbers is none."""
    return [word for word in FIELD.sub("1", sentence).split() if re.search(r"\w", word)]
