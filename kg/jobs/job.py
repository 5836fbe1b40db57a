"""A Job: one run of the pipeline over named sources, with when it ran and what it cost."""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.pipeline import Harmonized, Pipeline, Progress


@dataclass(frozen=True, slots=True)
class Job:
    """What was run, and what came of it.

    Attributes:
        arguments: sources as the user named them.
        started: when, with time zone.
        seconds: wall time.
        cpu_seconds: user and system time of the process.
        peak_mib: largest resident memory of the process so far.
        result: what came of it.
    """

    arguments: tuple[str, ...]
    started: dt.datetime
    seconds: float
    cpu_seconds: float
    peak_mib: float
    result: Harmonized

    @staticmethod
    def run(pipeline: Pipeline, sources: Sequence[Path], store: Path, progress: Progress | None = None) -> Job:
        """Harmonize sources into a store; raises what ``Pipeline.harmonize`` raises."""
        started, wall, cpu = dt.datetime.now(dt.UTC), time.perf_counter(), time.process_time()
        result = pipeline.harmonize(sources, store, progress)
        # Linux counts kibibytes, macOS bytes.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        return Job(
            tuple(str(path) for path in sources), started, time.perf_counter() - wall, time.process_time() - cpu, peak, result
        )
