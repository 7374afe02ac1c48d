"""What the Learn tab costs those who never open it: bytes of the first load of Explore, as they are sent."""

from app import modules
from app.main import create_app
from app.wire.encodings import CODINGS
from app.wire.static import ASSETS

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
BEFORE = 129_145  # bytes without the tab: of the page, its styles, and its two modules
MOST = 10 * 1024  # that the tab may add


def test_it_adds_little_to_the_first_load_of_explore() -> None:
    app = create_app()
    with app.server.test_client() as client:
        page = client.get("/", headers=BROWSER)
    own = [path for path in app.static.paths() if path.startswith(ASSETS) and not path.endswith(modules.PLOTLY)]
    first = [path for path in own if path.removeprefix(ASSETS) not in (*modules.TABS, modules.SHARED)]
    assert {path.rpartition("/")[2] for path in first} >= {"style.css", modules.PAGE, modules.LATER}
    files = sum(len(CODINGS["br"].best(app.static.find(path).content)) for path in first)
    assert 0 < len(page.data) + files - BEFORE <= MOST


def test_its_own_module_and_style_come_when_it_is_opened() -> None:
    with create_app().server.test_client() as client:
        explore, learn = client.get("/").text, client.get("/?tab=learn").text
    for part in ("/learn.mjs", "/css/learn.css"):
        assert part not in explore and part in learn
