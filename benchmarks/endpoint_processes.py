"""Services under test: processes that are started, asked over HTTP, watched in /proc, and ended by their own numbers."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cost import HERE

_TICK = os.sysconf("SC_CLK_TCK")
_STARTING = 120.0
_LOOK, _STILL = 1.0, 0.05  # seconds between looks, and the part of a core that counts as standing still


@dataclass(frozen=True, slots=True)
class Measured:
    """What many requests took: CPU milliseconds of each in all processes of the service and in the first of them, waiting
    times in milliseconds, the rate, what the client itself cost, statuses and the last answer."""

    cpu: float
    web: float
    p50: float
    p99: float
    rps: float
    client: float
    bytes: float
    requests: int
    statuses: Mapping[str, int]
    last: str

    @property
    def ok(self) -> bool:
        return set(self.statuses) == {"200"}


class Running:
    """A service that runs: where it answers, and its processes."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        self.url, self.process = url, process

    def pids(self) -> list[int]:
        """Return the process and all below it."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    found += [int(child) for child in task.read_text("ascii").split()]
        return found

    def cpu(self) -> dict[int, float]:
        """Return the CPU seconds of each process until now."""
        return {pid: seconds for pid in self.pids() if (seconds := _cpu(pid)) is not None}

    def settled(self) -> None:
        """Wait until the service stands still: workers have started, nothing is being built."""
        until = time.monotonic() + _STARTING
        before = sum(self.cpu().values())
        while time.monotonic() < until:
            time.sleep(_LOOK)
            now = sum(self.cpu().values())
            if now - before <= _STILL * _LOOK:
                return
            before = now

    def peak(self) -> float:
        """Return the sum of the peak resident MiB of all processes; pages that they share count in each."""
        return sum(_peak(pid) for pid in self.pids())

    def resident(self) -> float:
        """Return the resident MiB of all processes now, shared pages shared out."""
        return sum(_share(pid) for pid in self.pids())

    def asked(self, paths: Sequence[str], accept: str, clients: int = 1, seconds: float = 3.0, most: int = 0) -> Measured:
        """Ask for a while and return what it took."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as plan:
            said = {"paths": list(paths), "accept": accept, "clients": clients, "seconds": seconds, "most": most}
            json.dump(said, plan)
            plan.flush()
            before = self.cpu()
            command = [sys.executable, HERE / "endpoint_client.py", self.url, plan.name]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            after = self.cpu()
        found: dict[str, Any] = json.loads(done.stdout)
        spent = {pid: seconds - before.get(pid, 0.0) for pid, seconds in after.items()}
        per = 1e3 / found["requests"]
        return Measured(
            cpu=sum(spent.values()) * per,
            web=spent.get(self.process.pid, 0.0) * per,
            client=found["client_cpu"],
            **{name: found[name] for name in ("p50", "p99", "rps", "bytes", "requests", "statuses", "last")},
        )

    def answer(self, path: str, accept: str) -> tuple[int, bytes]:
        """Ask once; return status and body."""
        request = urllib.request.Request(self.url + path, headers={"Accept": accept})  # noqa: S310 - http on loopback
        try:
            with urllib.request.urlopen(request, timeout=300) as response:  # noqa: S310 - as above
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


@contextlib.contextmanager
def started(
    command: Sequence[object], url: str = "", environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[Running]:
    """Start a service, wait until it answers, and end it; without ``url`` the address is what it writes to standard error."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=subprocess.DEVNULL,
            stderr=said,
            text=True,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(HERE.parent), **(environment or {})},
        )
        try:
            yield Running(_address(process, said, url), process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _address(process: subprocess.Popen[str], said: Any, url: str) -> str:  # noqa: ANN401 - a text file
    until = time.monotonic() + _STARTING
    while time.monotonic() < until and process.poll() is None:
        if not url:
            said.seek(0)
            found = re.search(r"on (http://\S+:\d+)", said.read())
            url = found[1] if found else ""
        if url:
            with contextlib.suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"{url}/sparql?query=ASK%20%7B%7D", timeout=10).close()  # noqa: S310 - http on loopback
                return url
        time.sleep(0.1)
    said.seek(0)
    raise RuntimeError(f"the service did not start: {said.read()[-2_000:]}")


def _cpu(pid: int) -> float | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    # With the time of children that have ended, and been waited for.
    return sum(map(int, fields[11:15])) / _TICK


def _peak(pid: int) -> float:
    return _kib(Path(f"/proc/{pid}/status"), "VmHWM:") / 1024


def _share(pid: int) -> float:
    return _kib(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") / 1024


def _kib(file: Path, name: str) -> int:
    try:
        return next((int(line.split()[1]) for line in file.read_text("utf-8").splitlines() if line.startswith(name)), 0)
    except OSError:
        return 0
