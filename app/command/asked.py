"""What a command is asked for: its options, the state that they and a link mean, and the files that it writes."""

import argparse
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote, urlsplit

from landscapes import LANDSCAPES, Formula
from optim_core import OPTIMIZERS, SCHEDULES

from ..page import paste, veil, weather
from ..page.fields import Notice
from ..page.names import perhaps
from ..page.spelled import TYPED, called, written
from ..page.state import KEYS, RUNS_OF_TABS, State
from ..protocol import Mistake
from .terminal import STDOUT

OPTIONS = {
    "surface": ("NAME[~KEY=VALUE...]", "where to walk"),
    "formula": ("TEXT[~window=X0,X1,Y0,Y1]", "the same, as one types it: x^2 + 3*y^2"),
    "optimizer": (
        "NAME[~KEY=VALUE...]",
        "a run, or a call of PyTorch, Keras or optax; may be repeated; without any, those with which the surface opens",
    ),
    "start": ("X,Y", "where the walks begin"),
    "steps": ("N", "how many steps they take; else 100, or as many as the surface opens with"),
    "weather": (
        "KIND=NUMBERS[~...]",
        "what they are told of the gradient, as noise=0.5,0.2~seed=1~clip=norm,3",
    ),
    "schedule": ("NAME[,NUMBERS]", "how their learning rates change over time, as cosine or warm-up,20,stairs,30,0.1"),
}  # name -> what it takes, and what it is
FIELDS = {"surface": "f", "formula": "f", "optimizer": "run"}  # option -> its key in a link, where that is another word
SURFACES = {**LANDSCAPES, TYPED: Formula}
OPTION_OF = {"f": "surface", "run": "optimizer", "runs": "optimizer"}  # the first word of a notice -> option
HOME = "http://127.0.0.1:8050/"  # where `downslope` serves a link unless told otherwise
REGISTRIES = {"surfaces": LANDSCAPES, "optimizers": OPTIMIZERS, "weather": weather.KINDS, "schedules": SCHEDULES}


def _names(common: Container[str]) -> str:
    """What may stand in these options."""
    known = {what: ", ".join(registry) for what, registry in REGISTRIES.items() if what.rstrip("s") in common}
    if "surfaces" in known:
        known["surfaces"] += ", or a --formula"
    return "\n\n".join(f"{what}: {names}" for what, names in known.items())


NAMES = _names(OPTIONS)


@dataclass(frozen=True)
class Word:
    """A command: what it is called and does, the files that it writes, and the settings of the tab that shows the same.

    `settings` are names of settings, each with what it takes and what it is; of `runs` the option counts the runs from
    1, where a link has their slots; `more` are options of the command alone; a flag has the setting that it turns on.
    """

    name: str
    does: str
    example: str
    files: Mapping[str, str]  # option -> what it writes
    tab: str = ""  # the field of the state and of the query that holds the settings
    settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    runs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    more: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    flags: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()  # settings that no option says
    common: Mapping[str, tuple[str, str]] = field(default_factory=lambda: OPTIONS)  # what it has of OPTIONS

    @property
    def said(self) -> tuple[str, ...]:
        """The settings of its tab that may be said."""
        return (*self.settings, *(setting for setting, _ in self.flags.values()), *self.hidden)


def options(word: Word, argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"downslope {word.name}",
        description=word.does,
        epilog=f"example: {word.example}\n\n{_names(word.common)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("link", nargs="?", default="", help="an address of the explorer, or its part from the ? on")
    files = {name: ("FILE", f"write {does}; {STDOUT} is the standard output") for name, does in word.files.items()}
    for name, (shape, about) in {**word.common, **word.settings, **word.runs, **word.more, **files}.items():
        parser.add_argument(f"--{name}", metavar=shape, action="append", default=[], help=about)
    for name, (setting, about) in word.flags.items():
        parser.add_argument(f"--{name}", dest=setting, action="append_const", const="1", default=[], help=about)
    parser.set_defaults(**{name: [] for name in OPTIONS if name not in word.common})
    return parser.parse_args(_joined(argv))


def one(options: argparse.Namespace, name: str) -> str | None:
    """What an option says that may be given once. Raises Mistake where it is given twice."""
    given = getattr(options, name, [])
    if len(given) > 1:
        raise Mistake(f"--{name} is given twice")
    return given[0] if given else None


def _joined(argv: Sequence[str]) -> list[str]:
    """--start -1,2 as one word, or the -1 would be taken for an option; and so with a formula."""
    words: list[str] = []
    for word in argv:
        if words and words[-1] in ("--start", "--formula"):
            words[-1] += f"={word}"
        else:
            words.append(word)
    return words


def files(word: Word, options: argparse.Namespace) -> dict[str, str]:
    """Export -> the file that it goes to. Raises Mistake where one would take another's place."""
    given = {name: one(options, name) for name in word.files}
    wanted = {name: file for name, file in given.items() if file is not None}
    for file in wanted.values():
        if list(wanted.values()).count(file) > 1:
            raise Mistake(f"only one of the files can be {file}")
    return wanted


def state(word: Word, options: argparse.Namespace) -> tuple[State, str]:
    """The state that is asked for, and the address that its link begins with.

    Raises Mistake for whatever a page would have changed: who reads numbers, or a script, does not see that it did.
    """
    home, query = _split(options.link)
    given = _given(options)
    replaced = {FIELDS.get(name, name) for name, values in given.items() if values}
    opens = [f"tab={word.tab}"] if word.tab in RUNS_OF_TABS else []  # whose runs are not those of the surface
    replaced |= {"tab"} if opens else set()
    kept = [part for part in query.split("&") if part and _key(part) not in replaced]
    added = [f"{FIELDS.get(name, name)}={quote(value, safe='~=,')}" for name in OPTIONS for value in given[name]]
    settings = {name: one(options, name) for name in word.said}
    settings = {name: value for name, value in settings.items() if value is not None}
    found, notices = State.from_query("&".join([*_with(kept, word.tab, settings), *opens, *added]))
    if veil.why(found):
        raise Mistake("this page of a lesson waits for an answer: take the one behind it, phase=see")
    said = {setting: option for option, (setting, _) in word.flags.items()}
    reasons = [
        _reason(notice, given, word.tab, {name: said.get(name, name) for name in settings}) for notice in notices
    ]
    if reasons:
        raise Mistake("\n".join(reasons))
    return _chosen(word, options, found), home


def _chosen(word: Word, options: argparse.Namespace, state: State) -> State:
    """The state with the runs that the options of its tab name."""
    places = {name: one(options, name) for name in word.runs}
    slots = {name: _slot(name, text, state) for name, text in places.items() if text is not None}
    return replace(state, **{word.tab: replace(getattr(state, word.tab), **slots)}) if slots else state


def _slot(name: str, text: str, state: State) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= len(state.runs):
        raise Mistake(f"--{name}: “{text}” is not a whole number from 1 to {len(state.runs)}, the number of runs")
    return state.runs[int(text) - 1].slot


def _with(fields: list[str], tab: str, settings: Mapping[str, str]) -> list[str]:
    """The fields of a link with these settings of a tab in place of what it says of them.

    What separates settings is written twice over where it stands in one of them.
    """
    if not settings:
        return fields
    own = [field.partition("=")[2] for field in fields if _key(field) == tab]
    pairs = [pair for pair in "~".join(own).split("~") if pair and unquote(pair).partition("=")[0] not in settings]
    twice = {name: value.replace("%", "%25").replace("~", "%7E") for name, value in settings.items()}
    pairs += [quote(f"{name}={value}", safe="=,") for name, value in twice.items()]
    return [*(field for field in fields if _key(field) != tab), f"{tab}={'~'.join(pairs)}"]


def _given(options: argparse.Namespace) -> dict[str, list[str]]:
    """Option -> what it says, as a link would. Raises Mistake for a name that there is not."""
    given = {name: getattr(options, name) for name in OPTIONS}
    given["optimizer"] = [_uncalled(text) for text in given["optimizer"]]
    given["formula"] = [f"{TYPED}~text={text}" for text in given["formula"]]
    _known(given["surface"], SURFACES, "surface")
    _known(given["optimizer"], OPTIMIZERS, "optimizer")
    if given["surface"] and given["formula"]:
        raise Mistake("--surface and --formula both say where to walk")
    return given


def _uncalled(call: str) -> str:
    """A run as a link has it, where it is a call in a library's words. Raises Mistake for what cannot be followed."""
    if "(" not in call.partition("~")[0]:
        return call
    try:
        pasted = paste.read(call)
    except Mistake as reason:
        raise Mistake(f"--optimizer: {reason}") from None
    if pasted.l2:
        raise Mistake(f"--optimizer: weight_decay is L2, a part of the surface: write --surface ...~l2={pasted.l2:g}")
    if pasted.notices:
        raise Mistake("\n".join(f"--optimizer: {notice}" for notice in pasted.notices))
    return written(pasted.optimizer)


def _key(part: str) -> str:
    """The key of a field of a link. Raises Mistake for one that no page reads."""
    key = unquote(part.partition("=")[0])
    if key not in KEYS:
        raise Mistake(f"the link: {key!r} is not known{perhaps(key, dict.fromkeys(KEYS, ()))}")
    return key


def _reason(notice: Notice, given: Mapping[str, list[str]], tab: str, settings: Mapping[str, str]) -> str:
    """Why something cannot be used, beginning with the option or the link that said it; setting -> its option."""
    first, rest = re.fullmatch(r"(\w+)(.*)", notice.refusal, re.DOTALL).groups()
    if first == tab and (setting := re.match(r", (\w+)( and (\w+))?", rest)):
        names = [settings[name] for name in setting.group(1, 3) if name in settings]
        if names:
            return f"--{' and --'.join(names)}{rest[setting.end() :]}"
    option = OPTION_OF.get(first, first)
    if option == "surface" and given["formula"]:
        option, rest = "formula", rest.removeprefix(", text")
    return f"--{option}{rest}" if given.get(option) else f"the link: {notice.refusal}"


def _split(link: str) -> tuple[str, str]:
    """The address before the query, and the query."""
    try:
        parts = urlsplit(link)
    except ValueError as reason:
        raise Mistake(f"{link} is not an address: {reason}") from None
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}{parts.path or '/'}", parts.query
    query = link.removeprefix("?").partition("#")[0]
    if query and "=" not in query:
        raise Mistake(f"{link} is not an address, nor a part of one such as ?f=rosenbrock&run=adam\n{NAMES}")
    return HOME, query


def _known(texts: list[str], registry: dict[str, type], what: str) -> None:
    for name in (text.partition("~")[0] for text in texts):
        if name not in registry:
            meant = perhaps(name, called(registry))
            raise Mistake(f"there is no {what} called {name!r}{meant}; there are {', '.join(registry)}")
