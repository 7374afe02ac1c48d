"""Where a browser finds a port of the kernel's machine: the notebook's own server may hand on to it.

A hub names its user's path, and jupyter-server-proxy stands there; https://jupyter-server-proxy.readthedocs.io.
"""

import json
import os
from importlib.util import find_spec
from pathlib import Path

HUB = "JUPYTERHUB_SERVICE_PREFIX"  # what a hub gives every server that it starts
UNREACHED = (
    "The explorer runs beside the kernel, where your browser finds no way to it: this hub has no jupyter-server-proxy."
)


def path(port: int) -> str:
    """The path under which the notebook's server hands on to a port; "" where it does not."""
    base = os.environ.get(HUB) or _base_of_server()
    return f"{base.rstrip('/')}/proxy/{port}/" if base and find_spec("jupyter_server_proxy") else ""


def is_reached(port: int) -> bool:
    """Whether the browser finds the port: handed on, or, where no hub is, on the machine that it shares."""
    return bool(path(port)) or HUB not in os.environ


def _base_of_server() -> str:
    """The path of the notebook's server that started this kernel, which wrote it down; "" where there is none."""
    parent = os.environ.get("JPY_PARENT_PID", "")
    if not parent.isdigit() or not find_spec("jupyter_core"):
        return ""
    from jupyter_core.paths import jupyter_runtime_dir

    try:
        told = json.loads(Path(jupyter_runtime_dir(), f"jpserver-{parent}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(told.get("base_url", ""))
