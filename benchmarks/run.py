"""The benchmarks, all in one run, each step a process of its own: CPU seconds and peak memory, ratios against the peers.

usage: run.py [--copies N] [--runs N] [--peer PYTHON] [--idr] [--log]

  --copies N     how often the 3,840 rows of the shared table are repeated (default 313: 1.2 M rows)
  --runs N       runs of each step; the median counts (default 3)
  --peer PYTHON  interpreter of an environment with morph-kgc, to run it too (it pins an old pyoxigraph)
  --idr          also harmonize ../shared/data/inputs/idr end to end, against a bare bulk_load of the same statements
  --log          append the result to RESULTS.md
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("KG_SHARED", HERE.parent.parent / "shared"))
PEERS = SHARED / "bench" / "mapping"


@dataclass(frozen=True, slots=True)
class Cost:
    """Median cost of a step: user and system seconds of the process and its children, peak resident MiB."""

    cpu: float
    peak: float

    def __str__(self) -> str:
        return f"{self.cpu:.1f} CPU s, {self.peak:,.0f} MiB"


def measure(command: Sequence[str], runs: int, cwd: Path) -> Cost:
    """Run a command some times and return the median cost; the output of a run that fails is shown."""
    cpus, peaks = [], []
    for _ in range(runs):
        for path in (cwd / "store", cwd / "kgstore"):
            shutil.rmtree(path, ignore_errors=True)
        child = subprocess.Popen(
            command, cwd=cwd, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(HERE.parent)}
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"{' '.join(command)} ended with {child.returncode}")
        cpus.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss / 1024)
    return Cost(statistics.median(cpus), statistics.median(peaks))


def mapping(work: Path, copies: int, runs: int, peer: str | None) -> list[str]:
    """One table, one mapping: the floor, the engine, and what the store costs by itself."""
    python = sys.executable
    subprocess.run([python, PEERS / "gen.py", str(copies), work / "t.csv"], check=True)
    floor = measure([python, str(PEERS / "polars_floor.py"), "t.csv", "floor.nt"], runs, work)
    ours = measure([python, str(HERE / "map_table.py"), "t.csv", "ours.trig"], runs, work)
    statements = sum(1 for _ in ox.parse(path=str(work / "floor.nt"), format=ox.RdfFormat.N_TRIPLES))
    mine = sum(1 for _ in ox.parse(path=str(work / "ours.trig"), format=ox.RdfFormat.TRIG))
    lines = [
        f"{copies * 3840:,} rows; {statements:,} statements by the floor, {mine:,} by kg",
        f"floor (polars_floor.py): {floor}, {statements / floor.cpu / 1e6:.2f} M statements per CPU s",
        (
            f"kg mapping engine: {ours}, {mine / ours.cpu / 1e6:.2f} M statements per CPU s, "
            f"{ours.cpu / floor.cpu:.2f} x the floor (target 2)"
        ),
    ]
    if peer:
        subprocess.run([python, PEERS / "mk_rml.py", work / "t.csv", work / "t.rml.ttl"], check=True, cwd=PEERS)
        (work / "morph.ini").write_text(
            "[CONFIGURATION]\noutput_file: morph.nt\nnumber_of_processes: 1\n[T]\nmappings: t.rml.ttl\n"
        )
        other = measure([peer, "-m", "morph_kgc", "morph.ini"], 1, work)
        lines.append(f"morph-kgc: {other}, {other.cpu / ours.cpu:.1f} x kg (target: at least 5)")
    load = measure([python, str(PEERS / "bulk_load.py"), "floor.nt", "store"], 1, work)
    lines.append(f"bulk_load.py of the floor's statements: {load}; mapping is {ours.cpu / load.cpu:.0%} of it")
    return lines


def idr(work: Path) -> list[str]:
    """All shared IDR tables and study files end to end, against a bare load of what came out."""
    source = SHARED / "data" / "inputs" / "idr"
    whole = measure(
        [sys.executable, "-m", "kg.cli.main", "harmonize", str(source), "--store", "kgstore", "--report", "r.json"], 1, work
    )
    report = json.loads((work / "r.json").read_text())
    current = work / "kgstore" / "generations" / report["generation"] / "db"
    store = ox.Store.read_only(str(current))
    with (work / "all.nq").open("wb") as file:
        store.dump(file, format=ox.RdfFormat.N_QUADS)
    del store
    shutil.move(work / "kgstore", work / "kept")
    bare = measure([sys.executable, str(PEERS / "bulk_load.py"), "all.nq", "store"], 1, work)
    return [
        (
            f"idr: {len(report['sources']):,} files, {report['rows']:,} rows, {report['cells']['filled']:,} cells, "
            f"{report['statements']:,} statements"
        ),
        f"kg harmonize: {whole}, {report['seconds']:.0f} s wall (targets: 120 s, 2,048 MiB)",
        f"bare bulk_load of the same quads: {bare}; harmonize is {whole.cpu / bare.cpu:.2f} x (target 1.3)",
    ]


def main() -> None:
    """Run, print, and log when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=313)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer")
    parser.add_argument("--idr", action="store_true")
    parser.add_argument("--log", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder:
        lines = mapping(Path(folder), options.copies, options.runs, options.peer)
        if options.idr:
            lines += idr(Path(folder))
    print(*lines, sep="\n")
    if options.log:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True, cwd=HERE
        ).stdout.strip()
        command = "python benchmarks/run.py " + " ".join(a for a in sys.argv[1:] if "/" not in a)
        with (HERE / "RESULTS.md").open("a") as file:
            file.write(f"\n## {datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {commit}, `{command.strip()}`\n\n")
            file.writelines(f"- {line}\n" for line in lines)


if __name__ == "__main__":
    main()
