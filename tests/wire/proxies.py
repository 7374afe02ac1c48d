"""Real proxies before a real server: Debian's nginx under a path and with TLS, and a notebook hub's."""

import json
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from ..browser.server import PATIENCE, Server, free_port

MISSING = "There is no nginx here: `sudo apt-get install nginx-light openssl` on Debian."
UNCHECKED = ssl._create_unverified_context()  # the certificate is of nobody
DIRECT = build_opener(ProxyHandler({}), HTTPSHandler(context=UNCHECKED))
SYSTEM = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
PREFIX = "/class/downslope"
HUB = "/user/ada/"
CONFIG = """
daemon off; pid {folder}/pid; error_log stderr warn; worker_processes 1; events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fast;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream downslope {{ {servers} }}
    server {{
        listen 127.0.0.1:{port};
        location {prefix}/ {{ proxy_set_header X-Forwarded-Prefix {prefix}; {said} proxy_pass http://downslope/; }}
    }}
    server {{
        listen 127.0.0.1:{secure} ssl; ssl_certificate {folder}/own.pem; ssl_certificate_key {folder}/own.key;
        location / {{ {said} proxy_pass http://downslope; }}
    }}
}}
"""
SAID = "proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host;"


class Nginx:
    """nginx before servers, which it asks in turn: under a path in the open, and at the root with TLS."""

    def __init__(self, folder: Path, servers: Sequence[Server]) -> None:
        self.port, self.secure = free_port(), free_port()
        self.under_a_path = f"http://127.0.0.1:{self.port}{PREFIX}/"
        self.with_tls = f"https://127.0.0.1:{self.secure}/"
        asked = " ".join(f"server 127.0.0.1:{one.port};" for one in servers)
        config = CONFIG.format(
            folder=folder, port=self.port, secure=self.secure, servers=asked, prefix=PREFIX, said=SAID
        )
        (folder / "conf").write_text(config)
        key = ["-newkey", "rsa:2048", "-nodes", "-keyout", folder / "own.key", "-out", folder / "own.pem"]
        named = ["openssl", "req", "-x509", "-subj", "/CN=127.0.0.1", "-days", "1", *key]
        subprocess.run(named, check=True, capture_output=True)
        program = shutil.which("nginx", path=SYSTEM)
        assert program, MISSING
        self.words = [program, "-c", str(folder / "conf"), "-p", str(folder)]


@contextmanager
def nginx(folder: Path, servers: Sequence[Server]) -> Iterator[Nginx]:
    """A running one, ended with what is inside."""
    made = Nginx(folder, servers)
    with running(made.words, f"{made.under_a_path}health"):
        yield made


@contextmanager
def hub(folder: Path) -> Iterator[str]:
    """A notebook server with jupyter-server-proxy, as a hub starts it for a user; the address of its root."""
    port = free_port()
    words = [
        sys.executable, "-m", "jupyter", "server", "--allow-root", "--no-browser", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}", f"--ServerApp.base_url={HUB}", "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    with running(words, f"http://127.0.0.1:{port}{HUB}api"):
        yield f"http://127.0.0.1:{port}{HUB}"


@contextmanager
def running(words: Sequence[str], answers: str) -> Iterator[None]:
    """A program until what is inside is done; it has to answer at an address first."""
    said = subprocess.PIPE
    with subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        try:
            deadline = time.monotonic() + PATIENCE
            while not is_there(answers):
                gone = process.poll() is not None
                assert not gone and time.monotonic() < deadline, (
                    process.stdout.read() if gone else f"{words[0]}: silent"
                )
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=20)


def is_there(address: str) -> bool:
    try:
        DIRECT.open(address, timeout=2).close()
    except OSError:
        return False
    return True


def fetched(address: str, body: object = None, **headers: str) -> bytes:
    """What is at an address, or the answer to a message. Raises HTTPError for an answer that is none."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = None if body is None else json.dumps(body).encode()
    with DIRECT.open(Request(address, raw, {"Content-Type": "application/json", **named}), timeout=20) as answer:
        return answer.read()
