"""What is said to somebody whose formula cannot be used."""


class FormulaError(ValueError):
    """A text is no formula: `what` is wrong, between `position` and `end` of the text, and a `hint` what to write.

    Both places count characters from 0 in the text as it was given; they are None where it is wrong as a whole.
    """

    def __init__(self, what: str, hint: str = "", position: int | None = None, end: int | None = None) -> None:
        super().__init__(what, hint, position, end)
        self.what, self.hint, self.position, self.end = what, hint, position, end

    def __str__(self) -> str:
        where = "" if self.position is None else f", at character {self.position + 1}"
        return f"{self.what}{where}" + (f": {self.hint}" if self.hint else "")
