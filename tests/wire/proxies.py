"""Real proxies before a real server: Debian's nginx under a path and with TLS, and a notebook hub's."""

import json
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from ..browser.server import PATIENCE, ROOT, Server, free_port

MISSING = "There is no nginx here: `sudo apt-get install nginx-light openssl` on Debian."
UNCHECKED = ssl._create_unverified_context()  # the certificate is of nobody
DIRECT = build_opener(ProxyHandler({}), HTTPSHandler(context=UNCHECKED))
SYSTEM = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
PREFIX = "/class/downslope"
HUB = "/user/ada/"
README = (ROOT / "README.md").read_text(encoding="utf-8")
ALONE, TOGETHER = re.findall(r"```nginx\n(.*?)```", README, re.DOTALL)
HOME = "127.0.0.1:8050"  # where the README's server is
CONFIG = """
daemon off; pid {folder}/pid; error_log stderr warn; worker_processes 1; events {{ }}
http {{
    access_log off; client_body_buffer_size 4m;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fast;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; {alone} }}
    {together}
}}
"""


class Nginx:
    """nginx as the README has it: one server under a path, several in turn at the root, in the open and with TLS."""

    def __init__(self, folder: Path, servers: Sequence[Server]) -> None:
        port, together, secure = (free_port() for _ in range(3))
        self.under_a_path = f"http://127.0.0.1:{port}{PREFIX}/"
        self.together, self.with_tls = f"http://127.0.0.1:{together}/", f"https://127.0.0.1:{secure}/"
        config = CONFIG.format(folder=folder, port=port, **recipes(servers, folder, together, secure))
        (folder / "conf").write_text(config)
        key = ["-newkey", "rsa:2048", "-nodes", "-keyout", folder / "own.key", "-out", folder / "own.pem"]
        named = ["openssl", "req", "-x509", "-subj", "/CN=127.0.0.1", "-days", "1", *key]
        subprocess.run(named, check=True, capture_output=True)
        program = shutil.which("nginx", path=SYSTEM)
        assert program, MISSING
        self.words = [program, "-c", str(folder / "conf"), "-p", str(folder)]


def recipes(servers: Sequence[Server], folder: Path, port: int, secure: int) -> dict[str, str]:
    """The README's blocks with the servers of a test, and a certificate where nginx listens with TLS."""
    asked = [f"127.0.0.1:{one.port}" for one in servers]
    several = re.sub(r"(?:\s*server 10[\d.:]+;)+", "".join(f" server {one};" for one in asked), TOGETHER)
    listens = f"listen 127.0.0.1:{port}; listen 127.0.0.1:{secure} ssl;"
    listens += f" ssl_certificate {folder}/own.pem; ssl_certificate_key {folder}/own.key;"
    return {"alone": ALONE.replace(HOME, asked[0]), "together": several.replace("listen 80;", listens)}


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
    """What is at an address, or the answer to a message, or to a file in bytes. Raises HTTPError for a refusal."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    kind = "text/csv" if isinstance(body, bytes) else "application/json"
    with DIRECT.open(Request(address, raw, {"Content-Type": kind, **named}), timeout=20) as answer:
        return answer.read()
