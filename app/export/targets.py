"""What a script is written for: whether the library's own optimizer makes the same walk, and what is called if not.

How a library calls its optimizers stands in `optim_core.libraries`, and where it differs in `optim_core.conventions`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from optim_core import LIBRARIES, Library, Optimizer, calls, conventions_of, follows
from optim_core.conventions import EPS_CORRECTED

from ..page.names import continued


class Target(NamedTuple):
    """How the runs of a script are spelled for a library."""

    module: str  # whose functions an update is written in
    by_hand: str  # what is called with `given` and an update: its function, settings and memory
    given: tuple[str, ...] = ()
    before: str = ""  # what stands before a call of the library's own optimizer
    library: Library | None = None  # None: there are no optimizers to choose from
    mended: Mapping[str, tuple[str, str]] = MappingProxyType({})  # what it does -> around the call, and what to know

    def own(self, optimizer: Optimizer, scheduled: bool = False) -> tuple[str, str]:
        """The call of the library's optimizer, empty where it does not walk the same way, and what to know of it.

        `scheduled`: where η changes from step to step.
        """
        if self.library is None:
            return "", ""
        why = self._otherwise(optimizer, scheduled or _says_where_the_rate_is(optimizer))
        if why:
            return "", f"written out: {why}"
        notes = [*_unclamped(optimizer), *self._under_a_schedule(optimizer)]
        call = calls.written(optimizer, self.library)
        for point in calls.beyond(type(optimizer), self.library):
            around, note = self.mended[point]
            call, notes = around.format(call), [*notes, note]
        return self.before + call, ", ".join(notes)

    def _under_a_schedule(self, optimizer: Optimizer) -> list[str]:
        """What the library does otherwise, where that is no other path as long as η is constant."""
        does = calls.otherwise(optimizer, self.library, scheduled=True)
        return [_said(self.library, does)] if does else []

    def _otherwise(self, optimizer: Optimizer, scheduled: bool) -> str:
        """Why the library's own optimizer would walk another way, empty where it would not."""
        library = self.library
        if library.signature_of(type(optimizer)) is None:
            return f"{library.name} has no such optimizer"
        refusal = calls.refusal(optimizer, library)
        beyond = [point for point in calls.beyond(type(optimizer), library) if point not in self.mended]
        does = [*calls.otherwise(optimizer, library, scheduled), *beyond]
        return refusal or _said(library, does)


def _said(library: Library, does: list[str]) -> str:
    return f"in {library.name} {continued(does[0])}" if does else ""


def _says_where_the_rate_is(optimizer: Optimizer) -> bool:
    """Whether a flag says what is no other path as long as η is constant: then it is meant, and kept."""
    return any(one.scheduled and follows(optimizer, one) for one in conventions_of(optimizer))


def _unclamped(optimizer: Optimizer) -> list[str]:
    centered = getattr(optimizer, "centered", False)
    return ["the centered variance may fall below 0 by rounding: NaN, where the page has 0"] if centered else []


NUMPY = Target("np", "")
PYTORCH = Target("torch", "lambda params: ByHand", ("params",), "lambda params: ", LIBRARIES["torch"])
CORRECTED = ("Corrected({})", "Keras adds epsilon before the correction: see Corrected")
KERAS = Target("np", "ByHand", library=LIBRARIES["keras"], mended=MappingProxyType({EPS_CORRECTED.there: CORRECTED}))
