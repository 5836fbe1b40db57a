"""What a command costs: CPU seconds, wall seconds and peak memory of one process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
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
    start = time.perf_counter()
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(HERE.parent)}
    ) as child:
        said = child.stdout.read() if child.stdout else ""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(words)} ended with {child.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024, said)
