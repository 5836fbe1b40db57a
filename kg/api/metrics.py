"""Counts of what the service does, in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, kind (``counter`` or ``gauge``), a line of help, and its values by labels."""

    name: str
    kind: str
    help: str
    values: Iterable[tuple[Labels, float]]


@dataclass(slots=True)
class _Histogram:
    buckets: list[int] = field(default_factory=lambda: [0] * (len(_BOUNDS) + 1))
    seconds: float = 0.0


class Metrics:
    """Counts of requests; one for each service, used by the event loop alone."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.began = time.time()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds: dict[str, _Histogram] = {}
        self.running = 0
        self.faults = 0
        """Requests that failed in a way that nobody foresaw."""

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is the pattern of the address, never the address, so that there are few of them."""
        self._requests[route, method if method in _METHODS else "OTHER", status] += 1
        histogram = self._seconds.get(route)
        if histogram is None:
            histogram = self._seconds[route] = _Histogram()
        histogram.buckets[bisect_left(_BOUNDS, seconds)] += 1
        histogram.seconds += seconds

    def text(self, more: Iterable[Family] = ()) -> str:
        """Return everything in Prometheus' text format, with families that others count."""
        lines: list[str] = []
        requests = [
            ({"route": route, "method": method, "status": str(status)}, number)
            for (route, method, status), number in sorted(self._requests.items())
        ]
        for family in (
            Family("kg_http_requests_total", "counter", "Requests answered.", requests),
            Family("kg_http_requests_running", "gauge", "Requests under way.", [({}, self.running)]),
            Family("kg_http_faults_total", "counter", "Requests that failed by a defect.", [({}, self.faults)]),
            *more,
            *_process(self.began),
        ):
            lines += _lines(family)
        return "\n".join([*lines, *self._durations()]) + "\n"

    def _durations(self) -> Iterable[str]:
        name = "kg_http_request_seconds"
        yield f"# HELP {name} Time from the headers of a request to the end of its answer."
        yield f"# TYPE {name} histogram"
        for route, histogram in sorted(self._seconds.items()):
            label = f'route="{_escaped(route)}"'
            sums = list(accumulate(histogram.buckets))
            for bound, number in zip([*map(str, _BOUNDS), "+Inf"], sums, strict=True):
                yield f'{name}_bucket{{{label},le="{bound}"}} {number}'
            yield f"{name}_sum{{{label}}} {histogram.seconds:.6f}"
            yield f"{name}_count{{{label}}} {sums[-1]}"


def resident_bytes() -> int:
    """Return the memory of this process; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.is_file() else 0


def _process(began: float) -> list[Family]:
    used = os.times()
    families = [
        Family("process_cpu_seconds_total", "counter", "Processor time of the web process.", [({}, used.user + used.system)]),
        Family("process_resident_memory_bytes", "gauge", "Memory of the web process.", [({}, resident_bytes())]),
        Family("process_start_time_seconds", "gauge", "When the service was started.", [({}, round(began, 3))]),
    ]
    handles = Path("/proc/self/fd")
    if handles.is_dir():
        families.append(Family("process_open_fds", "gauge", "Files and sockets open.", [({}, len(list(handles.iterdir())))]))
    return families


def _lines(family: Family) -> Iterable[str]:
    yield f"# HELP {family.name} {family.help}"
    yield f"# TYPE {family.name} {family.kind}"
    for labels, value in family.values:
        said = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        yield f"{family.name}{{{said}}} {value}" if said else f"{family.name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
