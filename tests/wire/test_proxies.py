"""Behind a proxy: under a path, with TLS, in a notebook hub, and two servers that answer in turn."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_core.paths import jupyter_runtime_dir
from playwright.sync_api import BrowserContext, expect

from app import limits

from ..browser.server import ROOT, Server
from ..conftest import watched
from . import proxies
from .proxies import Nginx, fetched

pytestmark = pytest.mark.proxy
COMMAND = (sys.executable, "-m", "app")
LINK = "?run=sgd~lr=0.03&steps=40"


@pytest.fixture(scope="module")
def plain() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def told() -> Iterator[Server]:
    """A server that believes the proxy."""
    with Server((*COMMAND, "--proxy", "127.0.0.1")) as running:
        yield running


@pytest.fixture(scope="module")
def nginx(plain: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with proxies.nginx(tmp_path_factory.mktemp("nginx"), [plain]) as running:
        yield running


@pytest.fixture(scope="module")
def believed(told: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with proxies.nginx(tmp_path_factory.mktemp("believed"), [told]) as running:
        yield running


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with proxies.hub(tmp_path_factory.mktemp("hub")) as address:
        yield address


@pytest.fixture
def fresh(chromium: BrowserContext) -> Iterator[BrowserContext]:
    context = chromium.browser.new_context(ignore_https_errors=True, accept_downloads=True)
    yield context
    context.close()


def works(context: BrowserContext, address: str) -> None:
    """The whole page: it opens, answers, changes tabs, and takes a file home; nothing is fetched from beside it."""
    tab = context.new_page()
    with watched(tab, address) as page:
        page.open(LINK)
        assert page.js("document.querySelectorAll('.run').length") == 1
        with page.change():
            page.slider("master.lr").press("ArrowRight")
        assert page.js("location.pathname") == address.split("/", 3)[3].join(("/", ""))
        for name in ("Sweep", "Basins", "Train", "Explore"):
            with page.change():
                page.tab.get_by_role("radio", name=name, exact=True).first.click()
        with tab.expect_download() as taken:
            page.js("document.querySelector('[data-export=csv]').click()")
        assert Path(taken.value.path()).stat().st_size > 1000
        home = {one.url.split("?")[0].startswith(address) for one in page.requests if one.url.startswith("http")}
        assert home == {True}, "every address is relative to the page's own"


def test_under_a_path(nginx: Nginx, fresh: BrowserContext) -> None:
    works(fresh, nginx.under_a_path)


def test_with_tls(nginx: Nginx, fresh: BrowserContext) -> None:
    works(fresh, nginx.with_tls)


def test_in_a_notebook_hub_without_an_option(plain: Server, hub: str, fresh: BrowserContext) -> None:
    works(fresh, f"{hub}proxy/{plain.port}/")


def test_explore_in_a_kernel_links_to_where_the_hub_hands_on(hub: str) -> None:
    """Begun by the notebook's own server, the kernel says a path below it, and the page is there."""
    started = json.loads(fetched(f"{hub}api/kernels", {"name": "python3"}))
    kernel = BlockingKernelClient()
    kernel.load_connection_file(str(Path(jupyter_runtime_dir(), f"kernel-{started['id']}.json")))
    kernel.start_channels()
    said: list[str] = []
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from app.notebook import explore; print(repr(explore()))"
    try:
        kernel.wait_for_ready(timeout=60)
        kernel.execute_interactive(code, timeout=60, output_hook=lambda told: said.append(str(told["content"])))
        (path,) = re.findall(rf"{proxies.HUB}proxy/\d+/", "".join(said))
        page = fetched(hub.removesuffix(proxies.HUB) + path).decode()
        assert "<title>Downslope</title>" in page and "127.0.0.1" not in "".join(said)
    finally:
        kernel.shutdown()
        kernel.stop_channels()


@pytest.mark.parametrize("way", ["under_a_path", "with_tls"])
def test_links_in_exports_are_those_of_the_browser_where_the_proxy_is_believed(believed: Nginx, way: str) -> None:
    address = getattr(believed, way)
    said = json.loads(fetched(f"{address}export/json{LINK}"))
    assert f"{address}{LINK}" in json.dumps(said)


def test_nobody_else_is_believed(plain: Server) -> None:
    lies = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https", "X_Forwarded_Prefix": "/evil"}
    assert b"evil" not in fetched(f"{plain.url}export/json{LINK}", **lies), "no proxy was named"
    with Server((*COMMAND, "--proxy", "192.0.2.7")) as other:
        assert b"evil" not in fetched(f"{other.url}export/json{LINK}", **lies), "another one was named"


@pytest.fixture
def another() -> Iterator[Server]:
    with Server((*COMMAND, "--proxy", "127.0.0.1")) as running:
        yield running


@pytest.fixture
def both(told: Server, another: Server, tmp_path: Path) -> Iterator[Nginx]:
    with proxies.nginx(tmp_path, [told, another]) as running:
        yield running


def test_two_servers_in_turn_say_the_same_bytes(both: Nginx) -> None:
    """Whichever server is asked, the answer is the same: it depends on the request alone."""
    for query in [
        "",
        LINK,
        "?f=himmelblau&tab=basins",
        "?tab=sweep",
        "?tab=train",
        "?f=beale&run=adam&detail=stability",
    ]:
        for path, body in (
            ("channel", {"kind": "request", "base": query, "edits": [], "have": {}}),
            ("channel", {"kind": "ask", "query": query, "t": 7}),
            *((("export/csv" + query), None), (("export/json" + query), None)),
        ):
            assert len({fetched(both.together + path, body) for _ in range(4)}) == 1, (path, body)


def test_the_page_works_with_either(both: Nginx, fresh: BrowserContext) -> None:
    works(fresh, both.together)


def test_what_one_cannot_answer_another_does(both: Nginx, another: Server) -> None:
    asked = {"kind": "request", "base": LINK, "edits": [], "have": {}}
    before = fetched(f"{both.together}channel", asked)
    another.stop()
    assert {fetched(f"{both.together}channel", asked) for _ in range(20)} == {before}
    another.start()


def test_a_file_of_ones_own_comes_along_to_whoever_does_not_know_it(both: Nginx, fresh: BrowserContext) -> None:
    """Whichever server is asked, also for an export; and the largest goes through."""
    rows = [f"{n},{(7 * n) % 11}.25,{3 * n + 1}" for n in range(60)]
    file = {"name": "prices.csv", "mimeType": "text/csv", "buffer": "\n".join(["a,b,c", *rows]).encode()}
    with watched(fresh.new_page(), both.together) as page:
        page.allowed = (*page.allowed, "status of 422")  # an export is asked for without the file first
        page.open("?tab=train&run=adam&train=epochs=4~shuffles=1")
        page.tab.locator("#train input[type=file]").set_input_files(file)
        expect(page.tab.locator("#train-about")).to_contain_text("48 samples, 12 held out", timeout=20_000)
        for rate in ("0.01", "0.02", "0.03", "0.04"):
            page.type("master.lr", rate)
            page.until("document.getElementById('train').ariaBusy === 'false'")
            expect(page.tab.locator("#train-table tbody tr")).to_have_count(1)
            expect(page.tab.locator("#train-problem")).to_be_hidden()
            with page.tab.expect_download() as taken:
                page.js("document.querySelector('[data-export=train-csv]').click()")
            assert Path(taken.value.path()).stat().st_size > 1000
    large = b"a,b\n" + b"1.5,2.5\n" * (limits.FILE_ROWS - 1)
    large = large.replace(b"1.5,", b"1.5" + b"0" * 80 + b",")
    assert 1_500_000 < len(large) < limits.FILE_BYTES
    assert json.loads(fetched(f"{both.together}data", large))["rows"] == limits.FILE_ROWS - 1
    assert json.loads(fetched(f"{both.under_a_path}data", large))["rows"] == limits.FILE_ROWS - 1
