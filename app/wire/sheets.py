"""/worksheet/<lesson>, its key, and those of a selection; /qr/<lesson>?at=<address>: what a teacher prints;
/qr?of=<address>: what a class is shown."""

import re
from html import escape
from urllib.parse import urlencode

from dash import Dash
from flask import Response, abort, request

from .. import limits, modules, qr
from ..cache import ByteCache
from ..export import printed
from ..learn import key, sheet
from ..page.lessons import LANGS, LESSONS, load
from .guard import SHEETS as ROOM
from .static import ASSETS

MODULE = ASSETS.strip("/") + "/" + modules.SHEET
HOME = re.compile(r"""https?://[^\s?#"'<>\\]+/""")  # where a page may stand
NO_LESSON = "There is no such lesson."
KEPT: ByteCache[str] = ByteCache(limits.SHEET_BYTES)


def register(app: Dash) -> None:
    @app.server.get(f"{ROOM}/<name>")
    def one(name: str) -> Response:
        return _selection(True) if name == "key" else _page([name], False, "../")

    @app.server.get(f"{ROOM}/<name>/key")
    def of_one(name: str) -> Response:
        return _page([name], True, "../../")

    @app.server.get(ROOM)
    def several() -> Response:
        return _selection(False)

    @app.server.get("/qr")
    def link() -> Response:
        of = request.args.get("of", "")
        home, _, query = of.partition("?")
        if len(home) > limits.HOME_LENGTH or len(query) > limits.LINK_BYTES or not HOME.fullmatch(home):
            abort(422, "of: the address of a page is expected, as http://127.0.0.1:8050/?f=booth")
        return Response(qr.svg(of), mimetype="image/svg+xml")

    @app.server.get("/qr/<name>")
    def code(name: str) -> Response:
        if name not in LESSONS:
            abort(404, NO_LESSON)
        at = request.args.get("at", "")
        if len(at) > limits.HOME_LENGTH or not HOME.fullmatch(at):
            abort(422, "at: the address of the page is expected, as http://127.0.0.1:8050/")
        return Response(qr.svg(f"{at}?lesson={name}"), mimetype="image/svg+xml")


def _selection(is_key: bool) -> Response:
    """The sheets of the lessons that `course=` names, in its order; without it, of all."""
    course = request.args.get("course", "")
    names = list(dict.fromkeys(filter(None, course.split(",")))) or list(LESSONS)
    return _page(names[: limits.SHEETS], is_key, "../" if is_key else "./")


def _page(names: list[str], is_key: bool, home: str) -> Response:
    known, lang = [name for name in names if name in LESSONS], request.args.get("lang", "en")
    if not known:
        abort(404, NO_LESSON)
    lang = lang if lang in LANGS else "en"
    size = request.args.get("size", "").lower()
    size = size if size in printed.SIZES else "a4"
    title = ", ".join(known) if len(known) > 1 else f"{known[0]}: {load(known[0], lang).title}"
    title = f"{'Key' if is_key else 'Worksheet'} {title}"
    made = [_asked_for(name) if is_key and len(known) > 1 else _kept(name, lang, is_key) for name in known]
    notes = _left_out([name for name in names if name not in known])
    shown = printed.page(
        title, [one.replace("{home}", home) for one in made], size, home, MODULE, _ways(size), notes, lang
    )
    return Response(shown, mimetype="text/html")


def _asked_for(name: str) -> str:
    """The place of a key that the browser asks for by itself: many at once would take too long."""
    link = f'<a href="{{home}}{ROOM.strip("/")}/{name}/key">Key to {name}</a>'
    return f'<section class="sheet" data-key="{name}"><p>{link} is being computed …</p></section>'


def _kept(name: str, lang: str, is_key: bool) -> str:
    known = KEPT.get((name, lang, is_key))
    if known is None:
        known = key.key(name, lang) if is_key else sheet.sheet(name, lang)
        KEPT.put((name, lang, is_key), known)
    return known


def _ways(size: str) -> str:
    """The same page for either size of paper."""
    return "".join(
        f'<a href="?{escape(urlencode({**request.args, "size": one}))}"{" aria-current=true" if one == size else ""}>'
        f"{paper.title() if paper != 'A4' else paper}</a>"
        for one, (paper, *_) in printed.SIZES.items()
    )


def _left_out(unknown: list[str]) -> str:
    if not unknown:
        return ""
    named = ", ".join(name[: limits.COLUMN_NAME] for name in unknown[: limits.NAMED])
    return f"<p>Left out: {escape(named)}, which is no lesson.</p>"
