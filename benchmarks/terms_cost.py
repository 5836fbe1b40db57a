"""What the term index costs: start, memory, look-ups, decisions, misspelt names, and the build.

usage: terms_cost.py --index FILE [--build FOLDER] [--names N] [--misspelt N] [--runs N] [--json FILE]

Each part runs in a process of its own. What is asked is drawn from the index with a fixed seed; misspelt names have one letter
dropped, doubled, changed or swapped with its neighbour, two in names of twelve letters and more. `--build` also builds an
index from a folder of ontology files, as `kg terms add FOLDER` does. Pages of the file are as warm as the system keeps them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import resource
import sqlite3
import statistics
import string
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cost import cost_of

from kg.schema import Branch, load_schema
from kg.term import Query
from kg.terms import IndexResolver, TermIndex
from kg.terms.normalise import key

SEED = 20261121
TARGETS = {"start": "0.3 s", "memory": "150 MiB", "lookups": "20,000 per CPU s", "misspelt": "5 ms"}
_SHORTEST, _LONG = 6, 12
Step = Callable[[Path, dict[str, Any]], dict[str, Any]]


def drawn(index: Path, names: int, misspelt: int) -> dict[str, Any]:
    """Draw names over the whole index, and per field names of its ontologies with a misspelt form."""
    chance = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    with _rows(index) as connection, TermIndex.open(index) as terms:
        last = connection.execute("SELECT max(id) FROM concept").fetchone()[0]
        texts: list[str] = []
        while len(texts) < names:
            rows = connection.execute("SELECT key FROM name WHERE concept = ?", (chance.randint(1, last),)).fetchall()
            texts += [chance.choice(rows)[0]] if rows else []
        asked = {}
        for field, branches in sorted(load_schema().fields.items()):
            few = max(1, misspelt // len(branches))
            asked[field] = [pair for branch in branches for pair in _of_branch(connection, terms, branch, few, chance)]
    return {"names": texts, "fields": {field: pairs for field, pairs in asked.items() if pairs}}


def _rows(index: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(index.resolve().as_uri() + "?mode=ro&immutable=1", uri=True))


def _of_branch(
    connection: sqlite3.Connection, terms: TermIndex, branch: Branch, count: int, chance: random.Random
) -> list[tuple[str, str, str]]:
    """Return (CURIE, name, misspelt name) of some live terms of a branch."""
    prefix, found = branch.ontology, []
    rows = connection.execute("SELECT id, curie FROM concept WHERE curie >= ? AND curie < ?", (f"{prefix}:", f"{prefix};"))
    concepts = sorted(rows.fetchall())
    chance.shuffle(concepts)
    for concept, curie in concepts:
        if len(found) == count:
            break
        names = connection.execute(
            "SELECT DISTINCT n.key FROM name n JOIN term t ON t.concept = n.concept AND t.ontology = n.ontology"
            " WHERE n.concept = ? AND NOT t.obsolete AND n.scope <= 1 AND length(n.key) BETWEEN ? AND 60 ORDER BY 1",
            (concept, _SHORTEST),
        ).fetchall()
        if names and (not branch.roots or terms.is_below(curie, branch.roots)):
            name = chance.choice(names)[0]
            found.append((curie, name, mutated(name, chance)))
    return found


def mutated(name: str, chance: random.Random) -> str:
    """Return a name with a slip of the keyboard, or two in a long one."""
    for _ in range(2 if len(name) >= _LONG else 1):
        place = chance.randrange(1, len(name) - 1)
        before, letter, after = name[:place], name[place], name[place + 1 :]
        slips = (
            before + after,
            before + letter + letter + after,
            before + chance.choice(string.ascii_lowercase) + after,
            before + after[0] + letter + after[1:],
        )
        name = chance.choice(slips)
    return name


def start(file: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Open the index and look one name up; the process's own start is measured from outside."""
    cpu, wall = time.process_time(), time.perf_counter()
    with TermIndex.open(file) as index:
        found = len(index.lookup(asked["names"][0]))
    return {"found": found, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def memory(file: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Look ten thousand names up and see what is resident then."""
    before = _resident()
    with TermIndex.open(file) as index:
        for name in asked["names"][:10_000]:
            index.lookup(name)
        return {"before": before, "after": _resident(), "peak": _peak()}


def lookups(file: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Look up names that are there, as people write them, and names that are not."""
    there = asked["names"]
    absent = [f"{name} {number}x" for number, name in enumerate(there)]
    with TermIndex.open(file) as index:
        hits, misses = _rate(index, there), _rate(index, absent)
        found = sum(bool(index.lookup(key(name))) for name in there[:1000])
    return {"hits": hits, "misses": misses, "found": found / 1000, "names": len(there)}


def _rate(index: TermIndex, names: list[str]) -> float:
    before = time.process_time()
    for name in names:
        index.lookup(key(name))
    return len(names) / (time.process_time() - before)


def decisions(file: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Decide about names spelt right, each once, in a field that takes them."""
    queries = [Query(field, name) for field, names in asked["fields"].items() for _, name, _ in names]
    with TermIndex.open(file) as index:
        resolver = IndexResolver(index, load_schema().fields, agent="benchmark")
        _warm(resolver, asked)
        before = time.process_time()
        accepted = sum(resolver.resolve(query).status == "accepted" for query in queries)
        spent = time.process_time() - before
    return {"queries": len(queries), "per_second": len(queries) / spent, "accepted": accepted / len(queries), "peak": _peak()}


def misspelt(file: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Decide about misspelt names: CPU per query, and how often the term meant is first, among five, or missed for another."""
    figures = {}
    with TermIndex.open(file) as index:
        resolver = IndexResolver(index, load_schema().fields, agent="benchmark")
        _warm(resolver, asked)
        for field, names in asked["fields"].items():
            figures[field] = _slips(resolver, field, names)
        after = _resident()
    return {"fields": figures, "after": after, "peak": _peak()}


def _slips(resolver: IndexResolver, field: str, names: list[tuple[str, str, str]]) -> dict[str, Any]:
    spent, first, five, wrong = [], 0, 0, 0
    for curie, _, slip in names:
        before = time.process_time_ns()
        decision = resolver.resolve(Query(field, slip))
        spent.append((time.process_time_ns() - before) / 1e6)
        curies = [match.term.curie for match in decision.matches[:5]]
        first += curies[:1] == [curie]
        five += curie in curies
        wrong += decision.status == "accepted" and curie not in curies
    spent.sort()
    count = len(names)
    return {
        "queries": count, "median": statistics.median(spent), "mean": statistics.fmean(spent), "p95": spent[int(count * 0.95)],
        "worst": spent[-1], "first": first / count, "five": five / count, "wrongly_accepted": wrong / count,
    }  # fmt: skip


def _warm(resolver: IndexResolver, asked: dict[str, Any]) -> None:
    for field in asked["fields"]:
        resolver.resolve(Query(field, "a text that nobody has asked for"))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _peak() -> float:
    """Return the peak of this program alone; what getrusage says begins with that of the process that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


STEPS: dict[str, Step] = {
    "start": start, "memory": memory, "lookups": lookups, "decisions": decisions, "misspelt": misspelt,
}  # fmt: skip


def measured(options: argparse.Namespace, work: Path) -> dict[str, Any]:
    """Run all steps and return their figures."""
    asked = work / "asked.json"
    asked.write_text(json.dumps(drawn(options.index, options.names, options.misspelt)), "utf-8")
    one = work / "one.json"
    one.write_text('{"names": ["confocal microscopy"]}', "utf-8")

    def step(name: str, questions: Path) -> dict[str, Any]:
        cost = cost_of([sys.executable, __file__, "--index", options.index, "--step", name, "--asked", questions])
        return {**json.loads(cost.said), "process_cpu": cost.cpu, "process_wall": cost.wall, "process_peak": cost.peak}

    runs = [step("start", one) for _ in range(options.runs)]
    figures: dict[str, Any] = {"start": {name: statistics.median(run[name] for run in runs) for name in runs[0]}}
    figures |= {name: step(name, asked) for name in ("memory", "lookups", "decisions", "misspelt")}
    figures["file_mib"] = options.index.stat().st_size / 2**20
    if options.build:
        cost = cost_of([sys.executable, "-m", "kg.cli.main", "terms", "add", options.build, "--index", work / "built.sqlite"])
        size = (work / "built.sqlite").stat().st_size / 2**20
        figures["build"] = {"cpu": cost.cpu, "wall": cost.wall, "peak": cost.peak, "file_mib": size}
    return figures


def table(figures: dict[str, Any]) -> str:
    """Return the figures as two tables in Markdown, the targets beside them."""
    begun, kept, asked, decided, slips = (figures[name] for name in STEPS)
    rows = [
        ("open and first look-up", f"{begun['cpu'] * 1000:.0f} ms CPU, {begun['wall'] * 1000:.0f} ms wall", ""),
        ("the whole process", f"{begun['process_cpu']:.2f} CPU s, {begun['process_wall']:.2f} s wall", TARGETS["start"]),
        ("resident after 10,000 look-ups", f"{kept['after']:.0f} MiB ({kept['before']:.0f} before)", TARGETS["memory"]),
        ("look-ups of names", f"{asked['hits']:,.0f} per CPU s ({asked['found']:.1%} found)", TARGETS["lookups"]),
        ("look-ups that miss", f"{asked['misses']:,.0f} per CPU s", TARGETS["lookups"]),
        ("decisions, names spelt right", f"{decided['per_second']:,.0f} per CPU s ({decided['accepted']:.1%} accepted)", ""),
        (
            "resident after misspelt names in all fields",
            f"{slips['after']:.0f} MiB, {slips['peak']:.0f} peak",
            TARGETS["memory"],
        ),
        ("file", f"{figures['file_mib']:,.0f} MiB", ""),
    ]
    if built := figures.get("build"):
        rows.append(("build", f"{built['cpu']:.0f} CPU s, {built['wall']:.0f} s wall, {built['peak']:,.0f} MiB peak", ""))
    lines = ["| what | measured | target |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows), ""]
    lines += [
        "Misspelt names, CPU ms per decision (target 5), and where the term meant stands:", "",
        "| field | n | median | mean | 95 % | worst | first | in five | another accepted |", "|---" * 9 + "|",
    ]  # fmt: skip
    for field, f in figures["misspelt"]["fields"].items():
        times = " | ".join(f"{f[name]:.1f}" for name in ("median", "mean", "p95", "worst"))
        shares = " | ".join(f"{f[name]:.3f}" for name in ("first", "five", "wrongly_accepted"))
        lines.append(f"| {field} | {f['queries']} | {times} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print; with --step, be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--build", type=Path, help="folder of ontology files to build an index from, too")
    parser.add_argument("--names", type=int, default=100_000, help="names to look up (default 100,000)")
    parser.add_argument("--misspelt", type=int, default=100, help="misspelt names per field (default 100)")
    parser.add_argument("--runs", type=int, default=5, help="starts, of which the median counts (default 5)")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--asked", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step](options.index, json.loads(options.asked.read_text("utf-8")))))
        return
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder:
        figures = measured(options, Path(folder))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), "utf-8")
    print(table(figures))


if __name__ == "__main__":
    main()
