"""Let language models ask: a server of the Model Context Protocol on standard input and output, with five tools.

It asks a running service (--url), or serves a store by itself (--store) as long as it runs. Needs the extra: pip install
'bioimage-kg[agents]'.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from kg.agents import Tools, mcp_server_of
from kg.cli.output import store_path
from kg.client import connect
from kg.errors import StoreError, UsageError
from kg.store import Store

_ENDING = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--url", metavar="URL", help="address of a running service (or KG_URL)")
    parser.add_argument("--token", metavar="TOKEN", help="token for it; better in the environment, as KG_TOKEN")
    parser.add_argument("--store", metavar="DIR", help="store to serve, where no --url is given (or KG_STORE)")


def run(options: argparse.Namespace) -> int:
    """Answer until the input ends; return 0."""
    if find_spec("mcp") is None:
        raise UsageError("kg mcp", "needs the package mcp: pip install 'bioimage-kg[agents]'")
    if options.url:
        _answer(options.url, options.token or "")
        return 0
    with _served(_present(options)) as url:
        _answer(url, "")
    return 0


def _present(options: argparse.Namespace) -> Path:
    """Return the store that is to be served; raises StoreError where there is none, which a service would make."""
    path = store_path(options.store)
    Store.open(path).close()
    return path


def _answer(url: str, token: str) -> None:
    with connect(url, token) as client:
        client.ask("ASK {}")  # whoever is not there should be told now, and not at the first question
        mcp_server_of(Tools(client)).run("stdio")


@contextmanager
def _served(store: Path) -> Iterator[str]:
    """Serve a store on loopback in a process of its own; yield its address.

    Raises:
        StoreError: it did not start.
    """
    command = [sys.executable, "-m", "kg.cli.main", "serve", "--store", str(store), "--host", "127.0.0.1", "--port", "0"]
    # Standard output belongs to the protocol; what the service says goes on to our standard error.
    with subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=_environment()
    ) as service:
        try:
            address = _address(service, store)
            threading.Thread(target=_pass_on, args=(service,), daemon=True).start()
            yield address
        finally:
            service.terminate()
            try:
                service.wait(_ENDING)
            except subprocess.TimeoutExpired:
                service.kill()


def _pass_on(service: subprocess.Popen[str]) -> None:
    """Give what the service says to our own standard error, so that it never waits for a reader."""
    for line in service.stderr or ():
        sys.stderr.write(line)


def _environment() -> dict[str, str]:
    """Return the environment without what would let somebody else in or write."""
    return {name: value for name, value in os.environ.items() if name not in {"KG_WRITER_TOKEN", "KG_HOST", "KG_PORT"}}


def _address(service: subprocess.Popen[str], store: Path) -> str:
    said = ""
    for line in service.stderr or ():
        said = line.strip() or said
        found = re.search(r"on (http://\S+:\d+)", line)
        if found:
            return found[1]
    raise StoreError(str(store), f"cannot be served: {said}")
