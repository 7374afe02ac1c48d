"""The command `downslope`: what it is told, where it listens, and what it says."""

import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from app import __main__ as command
from app import addresses, serve
from app.serving import HERE

from .processes import Running, health, until

HAS_IPV6 = (
    Path("/proc/net/if_inet6").exists() and "00000000000000000000000000000001" in Path("/proc/net/if_inet6").read_text()
)


class Recorded:
    """Takes the place of the supervisor, and notes what it is asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *args: Any) -> "Recorded":
        self.calls.append(args)
        return self

    def run(self) -> int:
        return 0


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    monkeypatch.setattr(serve, "Supervisor", recorded)
    return recorded


# what it is told


def test_the_command_serves(supervised: Recorded, free: int, capsys: pytest.CaptureFixture) -> None:
    assert serve.main(["--port", str(free), "--workers", "2"]) == 0
    ((count, port, numbers, _, serving),) = supervised.calls
    assert (count, port, numbers, serving._replace(shelf="")) == (2, free, ["127.0.0.1"], HERE)
    assert serving.shelf and not Path(serving.shelf).exists(), "it is taken away with the server"
    assert capsys.readouterr().out == f"Downslope is at http://127.0.0.1:{free}/  (Ctrl+C stops it)\n"


def test_the_browser_opens_once_the_server_answers(
    supervised: Recorded, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(serve.webbrowser, "open", opened.append)
    for words, expected in (([], [f"http://127.0.0.1:{free}/"]), (["--no-browser"], [])):
        serve.main(["--port", str(free), *words])
        assert opened == [], "nothing answers yet"
        supervised.calls[-1][3]()
        assert until(lambda expected=expected: opened == expected, 2)
        opened.clear()


def test_the_command_ends_with_what_the_server_says(
    supervised: Recorded, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # pytest keeps its own
    assert command.main(["--port", str(free), "--no-browser"]) == 0
    assert len(supervised.calls) == 1


@pytest.mark.parametrize("port", ["0", "-1", "65536", "80.5", "http", "", "٨٠", "1e3", "9" * 30])
def test_a_port_is_a_number_from_1_to_65535(supervised: Recorded, port: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as stopped:
        serve.main([f"--port={port}"])
    assert stopped.value.code == 2
    assert "a port is a number from 1 to 65535" in capsys.readouterr().err
    assert supervised.calls == []


@pytest.mark.parametrize("workers", ["0", "65", "many", "-1"])
def test_workers_are_a_number(supervised: Recorded, workers: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        serve.main([f"--workers={workers}"])
    assert "workers are a number from 1 to 64" in capsys.readouterr().err
    assert supervised.calls == []


# where it listens


def test_a_taken_port_is_said_in_words(supervised: Recorded, taken: int, capsys: pytest.CaptureFixture) -> None:
    assert serve.main(["--port", str(taken), "--no-browser"]) == 1
    said = capsys.readouterr()
    assert f"Port {taken} " in said.err and "in use" in said.err and "--port" in said.err
    assert said.out == "" and supervised.calls == []


@pytest.mark.parametrize("host", ["no such host", "a..b", "x" * 70, "999.0.0.1", ""])
def test_an_unknown_host_is_said_in_words(
    supervised: Recorded, host: str, free: int, capsys: pytest.CaptureFixture
) -> None:
    assert serve.main(["--host", host, "--port", str(free), "--no-browser"]) == 1
    said = capsys.readouterr().err
    assert f"no address called {host}" in said and "Traceback" not in said
    assert supervised.calls == []


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7"])
def test_an_address_of_another_machine_is_said_in_words(
    supervised: Recorded, host: str, free: int, capsys: pytest.CaptureFixture
) -> None:
    assert serve.main(["--host", host, "--port", str(free)]) == 1
    assert capsys.readouterr().err == f"This machine does not have the address {host}.\n"


def test_a_name_is_resolved_once_and_for_all(free: int) -> None:
    place = addresses.place("localhost", free)
    assert set(place.numbers) <= {"127.0.0.1", "::1"} and place.numbers
    assert place.here == f"http://localhost:{free}/" and place.others == []


def test_ipv6_is_written_in_brackets_or_said_to_be_missing(free: int) -> None:
    if HAS_IPV6:
        place = addresses.place("::1", free)
        assert (place.numbers, place.here) == (["::1"], f"http://[::1]:{free}/")
    else:
        with pytest.raises(addresses.Unusable, match="does not have the address ::1"):
            addresses.place("::1", free)


def test_an_address_for_everyone_is_shown_as_others_reach_it(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    found = [(socket.AF_INET, "10.1.2.3"), (socket.AF_INET6, "2001:db8::5"), (socket.AF_INET, "127.0.1.1")]
    found += [(socket.AF_INET6, "fe80::1%eth0")]
    monkeypatch.setattr(addresses, "_towards", {socket.AF_INET: "10.1.2.3", socket.AF_INET6: ""}.get)

    def named(host: str, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        if host == "0.0.0.0":
            return [(socket.AF_INET, 1, 6, "", (host, free))]
        return [(family, 1, 6, "", (number, 0)) for family, number in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", named)
    place = addresses.place("0.0.0.0", free)
    assert place.others == [f"http://10.1.2.3:{free}/"], "neither loopback nor IPv6, which it does not serve"
    said = addresses.words(place)
    assert said.startswith(f"Downslope is at http://127.0.0.1:{free}/ ")
    assert f"Anyone who can reach this machine can open it at http://10.1.2.3:{free}/" in said


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (addresses.Place(["::1"], "http://[::1]:1/", []), ""),
        (addresses.Place(["10.1.2.3"], "http://lab:1/", ["http://lab:1/"]), "can open it there"),
        (addresses.Place(["::"], "http://[::1]:1/", ["http://a/", "http://b/"]), "open it at http://a/ or http://b/"),
        (addresses.Place(["0.0.0.0"], "http://127.0.0.1:1/", []), "no address of it for others is known"),
    ],
)
def test_it_is_said_when_others_can_reach_the_page(place: addresses.Place, words: str) -> None:
    first, *rest = addresses.words(place).splitlines()
    assert place.here in first
    assert len(rest) == bool(words) and words in "".join(rest)


@pytest.mark.parametrize("host", ["localhost", "::", "0.0.0.0", "127.0.0.2"])
def test_it_answers_where_it_says(host: str, monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    if host == "::" and not HAS_IPV6:
        with pytest.raises(addresses.Unusable, match="does not have the address"):
            addresses.place(host, free)
        return
    place = addresses.place(host, free)
    with Running(free, 1, "--host", host):
        for url in {place.here, *place.others}:
            near = url.removeprefix("http://").rpartition(":")[0].strip("[]")
            assert until(lambda near=near: health(near, free), 20), url
