"""How an operator has the page served: what is told, and what comes of it in every answer."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import addresses, check, qr, serve
from app.main import create_app
from app.serving import HERE, Serving, Unusable, origin, proxy
from app.wire.forwarded import SAID, believed

FORWARDED = dict(zip(SAID, ("https", "lms.example.edu", "443", "/class/downslope"), strict=True))


@pytest.mark.parametrize(
    "text", ["https://lms.example.edu", "HTTPS://LMS.example.edu/", "http://10.0.0.7:8080", "https://*.instructure.com"]
)
def test_an_origin_is_a_scheme_and_a_host(text: str) -> None:
    assert origin(text) == text.lower().removesuffix("/")


@pytest.mark.parametrize(
    "text",
    ["", "lms.example.edu", "https://", "https://a.b/c", "ftp://a.b", "https://a b", "*", "'self'", "https://*",
     "https://a.b; script-src *", "https://a.b https://c.d", "https://a.b\r\nX: y", "javascript:1", "https://a.b:999999"],
)  # fmt: skip
def test_what_is_no_origin_is_refused_in_words(text: str) -> None:
    with pytest.raises(Unusable, match="is no origin"):
        origin(text)


@given(st.text(max_size=40))
def test_nothing_that_is_an_origin_adds_to_the_policy(text: str) -> None:
    try:
        found = origin(text)
    except Unusable:
        return
    assert not set(found) & set(" ;,'\"\r\n\t")


def test_those_who_may_frame_it_stand_in_the_policy_of_every_answer() -> None:
    embed = ("https://lms.example.edu", "https://other.example")
    client = create_app(Serving(embed=embed)).server.test_client()
    for path in ("/", "/health", "/no/such/page", "/export/csv"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert policy.endswith(f"frame-ancestors 'self' {' '.join(embed)}")
    assert create_app().server.test_client().get("/").headers["Content-Security-Policy"].endswith("'self'")


def test_a_proxy_is_named_by_name_or_number() -> None:
    assert proxy("127.0.0.1") == ("127.0.0.1",)
    assert proxy("[::1]") == ("::1",)
    assert set(proxy("localhost")) <= {"127.0.0.1", "::1"}
    for text in ("", "no such host", "http://10.0.0.1", "a" * 300):
        with pytest.raises(Unusable, match="--proxy"):
            proxy(text)


def test_it_travels_to_every_process_as_a_text() -> None:
    for one in (HERE, Serving(("https://a.example",), ("127.0.0.1", "::1"), "http://192.0.2.2:8050/", True)):
        assert Serving.from_text(one.to_text()) == one


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_the_proxy_says_where_the_browser_found_the_page(address: str) -> None:
    seen = believed(
        {"REMOTE_ADDR": address, "HTTP_HOST": "127.0.0.1:8050", "PATH_INFO": "/", **FORWARDED}, ["127.0.0.1"]
    )
    assert (seen["wsgi.url_scheme"], seen["HTTP_HOST"], seen["SCRIPT_NAME"]) == (
        "https", "lms.example.edu:443", "/class/downslope",
    )  # fmt: skip


@pytest.mark.parametrize("proxies", [[], ["192.0.2.7"], ["::1"]])
def test_nobody_else_says_it(proxies: list[str]) -> None:
    came = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8050", "PATH_INFO": "/", **FORWARDED}
    assert believed(came, proxies) == came


@given(st.sampled_from(SAID), st.text(max_size=60))
def test_what_a_proxy_hands_through_cannot_make_a_false_address(name: str, text: str) -> None:
    came = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "here", "PATH_INFO": "/", "SCRIPT_NAME": "", name: text}
    seen = believed({**came, "wsgi.url_scheme": "http"}, ["127.0.0.1"])
    written = seen["wsgi.url_scheme"] + seen["HTTP_HOST"] + seen["SCRIPT_NAME"]
    assert not set(written) & set("<>\"'\\ \r\n\t\0?#;")


def test_a_class_is_given_an_address_and_its_code() -> None:
    place = addresses.Place(["::"], "http://[::1]:8050/", ["http://192.0.2.2:8050/", "http://[fd00::2]:8050/"])
    assert addresses.link(place) == "http://192.0.2.2:8050/"
    assert addresses.link(place._replace(others=[])) == place.here
    drawn = qr.terminal(addresses.link(place))
    assert drawn.count("\n") > 10 and set(drawn) <= set("█▀▄ \n")


def test_the_command_says_what_was_chosen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[Serving] = []

    class Supervisor:
        def __init__(self, *given: object) -> None:
            asked.append(given[-1])

        def run(self) -> int:
            return 0

    monkeypatch.setattr(serve, "Supervisor", Supervisor)
    words = [
        "--class",
        "--no-browser",
        "--port",
        "8799",
        "--embed",
        "https://a.example",
        "--embed",
        "https://b.example",
    ]
    assert serve.main([*words, "--proxy", "127.0.0.1", "--log"]) == 0
    said = capsys.readouterr().out
    assert asked[0].embed == ("https://a.example", "https://b.example") and asked[0].proxy == ("127.0.0.1",)
    assert asked[0].log and asked[0].link and f"For the class: {asked[0].link}" in said
    assert "Anyone who can reach this machine can open it" in said
    assert "https://a.example, https://b.example may frame it" in said


@pytest.mark.parametrize("words", [["--embed", "lms"], ["--proxy", "no such host"]])
def test_a_mistake_is_said_in_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        serve.main(words)
    assert words[1] in capsys.readouterr().err


def test_students_follow_from_what_the_machine_makes() -> None:
    assert check.students(491) == int(0.7 * 491 / 2.9)


def test_the_check_measures_a_real_server(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "WARM", 2.0)
    monkeypatch.setattr(check, "SECONDS", 3.0)
    with ThreadPoolExecutor(1) as apart:  # this thread may have a loop already: that of the browser tests
        assert apart.submit(check.main, 1).result() == 0
    process, held = capsys.readouterr().out.splitlines()
    made = int(re.fullmatch(r"1 process answered (\d+) updates a second\.", process)[1])
    assert made > 0 and f"about {check.students(made)} students" in held


def test_a_check_of_a_server_that_does_not_start_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check.sys, "executable", "/bin/false")
    assert check.main(1) == 1
    assert "does not answer" in capsys.readouterr().err
