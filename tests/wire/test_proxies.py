"""Behind a proxy: under a path, with TLS, in a notebook hub, and two servers that answer in turn."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_core.paths import jupyter_runtime_dir
from playwright.sync_api import BrowserContext

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


def test_two_servers_in_turn_say_the_same_bytes(told: Server, tmp_path: Path) -> None:
    """Whichever server is asked, the answer is the same: it depends on the request alone."""
    queries = ["", LINK, "?f=himmelblau&tab=basins", "?tab=sweep", "?tab=train", "?f=beale&run=adam&detail=stability"]
    with Server((*COMMAND, "--proxy", "127.0.0.1")) as another, proxies.nginx(tmp_path, [told, another]) as both:
        for query in queries:
            for path, body in (
                ("channel", {"kind": "request", "base": query, "edits": [], "have": {}}),
                ("channel", {"kind": "ask", "query": query, "t": 7}),
                *((("export/csv" + query), None), (("export/json" + query), None)),
            ):
                assert len({fetched(both.under_a_path + path, body) for _ in range(4)}) == 1, (path, body)
