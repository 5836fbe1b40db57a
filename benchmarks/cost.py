"""What a command costs: CPU seconds, wall seconds and peak memory of one process of its own.

As a script it is the small process between the benchmark and the command: on Linux a process's peak memory begins with that of
the process that started it, so a benchmark that has grown itself must not start what it measures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Cost:
    """User and system seconds, wall seconds, peak resident MiB, and what the command wrote to standard output."""

    cpu: float
    wall: float
    peak: float
    said: str


def cost_of(command: Sequence[object]) -> Cost:
    """Run a command and return what it took; what it says on standard error is shown, and a failure ends the benchmark."""
    words = [str(word) for word in command]
    with tempfile.TemporaryDirectory(prefix="kg-cost-") as folder:
        note = Path(folder) / "cost.json"
        between = [sys.executable, "-S", str(HERE / "cost.py"), str(note), *words]
        env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        done = subprocess.run(between, stdout=subprocess.PIPE, text=True, check=False, env=env)
        if done.returncode:
            sys.exit(f"{' '.join(words)} ended with {done.returncode}")
        return Cost(**json.loads(note.read_text("utf-8")), said=done.stdout)


def main() -> int:
    """Run the command after the first word, and write what it took into the file that the first word names."""
    start = time.perf_counter()
    child = subprocess.Popen(sys.argv[2:])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    cost = {"cpu": usage.ru_utime + usage.ru_stime, "wall": time.perf_counter() - start, "peak": usage.ru_maxrss / 1024}
    Path(sys.argv[1]).write_text(json.dumps(cost), "utf-8")
    return abs(child.returncode)


if __name__ == "__main__":
    sys.exit(main())
