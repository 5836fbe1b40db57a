"""A real ``kg serve`` for tests: a process of its own on loopback, bounded in time, ended by its id."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

WRITER_TOKEN = "writer-token-of-a-test"  # noqa: S105 - opens nothing but servers of tests
_STARTING = 60.0


@dataclass
class Serving:
    """A server over a store; a context manager.

    Attributes:
        store: its folder.
        options: further words of the command line.
        environment: further variables.
        url: address, once it runs.
        lines: what it wrote to standard error.
    """

    store: Path
    options: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    lines: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        command = [sys.executable, "-m", "kg.cli.main", "serve", "--store", str(self.store), "--port", "0", *self.options]
        environment = {**os.environ, "KG_WRITER_TOKEN": WRITER_TOKEN, **self.environment}
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
        )
        self.url = ""
        self._ready = threading.Event()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        until = time.monotonic() + _STARTING
        while time.monotonic() < until and self.process.poll() is None:
            if self._ready.wait(0.05) and self._answers():
                return
        self.stop()
        raise RuntimeError("the server did not start:\n" + "\n".join(self.lines))

    def _listen(self) -> None:
        assert self.process.stderr
        with self.process.stderr as lines:
            for line in lines:
                self.lines.append(line.rstrip())
                found = re.search(r"on (http://\S+:\d+)", line)
                if found and not self.url:
                    self.url = found[1]
                    self._ready.set()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/sparql", params={"query": "ASK {}"}, timeout=5).ok
        except requests.RequestException:
            return False

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Ask it to stop; kill it where it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(5)
        self._listening.join(5)  # it ends with the last process that holds the pipe

    def searchable(self, token: str = "") -> None:
        """Wait until there are search data of the present generation."""
        until = time.monotonic() + _STARTING
        while time.monotonic() < until:
            answer = requests.get(f"{self.url}/api/search", params={"limit": 0}, headers=bearer(token), timeout=30)
            if answer.ok and not (answer.json()["sidecar"] or {}).get("behind", 0):
                return
            time.sleep(0.1)
        raise RuntimeError("there are no search data")

    def query(self, sparql: str, token: str = "", **params: str) -> Any:
        """Return the rows of a SELECT as dicts of plain values, or the boolean of an ASK."""
        response = requests.get(
            f"{self.url}/sparql",
            params={"query": sparql, **params},
            headers={"Accept": "application/sparql-results+json", **bearer(token)},
            timeout=60,
        )
        response.raise_for_status()
        found = json.loads(response.content)
        if "boolean" in found:
            return found["boolean"]
        return [{name: cell["value"] for name, cell in row.items()} for row in found["results"]["bindings"]]

    def update(self, sparql: str, token: str = WRITER_TOKEN) -> requests.Response:
        """Send an update."""
        return requests.post(
            f"{self.url}/update",
            data=sparql.encode(),
            headers={"Content-Type": "application/sparql-update", **bearer(token)},
            timeout=60,
        )


def bearer(token: str) -> dict[str, str]:
    """Return the header that shows a token; none for an empty one."""
    return {"Authorization": f"Bearer {token}"} if token else {}
