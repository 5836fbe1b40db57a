"""Read, map, resolve and load sources, and publish one generation of the store.

Sources are files, folders and archives. What cannot be read is listed with the reason, and the rest goes on; the exit code is 1
when a source that was named could not be harmonized.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg import __version__
from kg.cli.advice import add_advice, advice_of
from kg.cli.audience import add_audience, tell_of_nobody
from kg.cli.fetching import add_fetching, fetched
from kg.cli.output import print_json, print_table, progress_bar, store_path, tell
from kg.cli.persons import add_persons, persons_of
from kg.errors import UsageError
from kg.jobs import Job, summary_of, write_report
from kg.pipeline import Pipeline, Settings

_LEFT: Mapping[str, str] = MappingProxyType(
    {"part": "(part of another)", "unsupported": "(no reader)", "unreadable": "(unreadable)", "unmapped": "(no mapping)"}
)
_CELLS: Mapping[str, str] = MappingProxyType(
    {"mapped": "mapped", "custom": "kept as they are", "missing": "declared missing", "withheld": "about people left out"}
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="file, folder or archive")
    add_fetching(parser)
    parser.add_argument("--store", metavar="DIR", help="folder of the store, made where it is absent (or KG_STORE)")
    parser.add_argument(
        "--mapping", metavar="NAME|FILE", help="use this mapping, or this YAML file, instead of recognising one"
    )
    parser.add_argument(
        "--report",
        metavar="FILE",
        action="append",
        default=[],
        help="write a report: FILE.html or FILE.json; may be given twice",
    )
    parser.add_argument("--index", metavar="FILE", help="term index (or KG_INDEX)")
    add_persons(parser)
    add_audience(parser)
    add_advice(parser)
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0 when every named source was harmonized, else 1."""
    reports = [Path(name) for name in options.report]
    for path in reports:
        if path.suffix not in {".html", ".json"}:
            raise UsageError("--report", f"{path.name} should end in .html or .json")
        if not path.parent.is_dir():  # better now than after the work
            raise UsageError("--report", f"there is no folder {path.parent} to write {path.name} into")
    settings = Settings(
        index=Path(options.index) if options.index else None,
        advice=advice_of(options),
        mapping=options.mapping,
        persons=persons_of(options),
        audience=options.audience or None,
        version=__version__,
    )
    store = store_path(options.store)
    paths = [*map(Path, options.sources), *fetched(options, store)]
    pipeline = Pipeline(settings)
    tell_of_nobody("kg harmonize", settings.audience, store)
    progress, bar = progress_bar()
    with bar:
        job = Job.run(pipeline, paths, store, progress)
    for path in reports:
        write_report(job, path)
    failed = [source for source in job.result.sources if source.named and source.status != "harmonized"]
    for source in failed:
        tell(f"kg harmonize: {source.key}: {source.reason}")
    summary = summary_of(job)
    if options.json:
        print_json(summary)
    else:
        _print(summary, [str(path) for path in reports])
    return 1 if failed else 0


def _print(summary: dict[str, Any], reports: Sequence[str]) -> None:
    rows: dict[str, list[int]] = {}
    for source in summary["sources"]:
        count = rows.setdefault(source["mapping"] or _LEFT[source["status"]], [0, 0])
        count[0] += 1
        count[1] += source["rows"]
    print_table(["mapping", "sources", "rows"], [[name, f"{n:,}", f"{r:,}"] for name, (n, r) in rows.items()])
    cells = summary["cells"]
    if filled := cells["filled"]:
        parts = [f"{cells[key] / filled:.1%} {words}" for key, words in _CELLS.items() if cells[key] or key != "withheld"]
        print(f"\ncells    {filled:,}: {', '.join(parts)}")
    status = {s: sum(counts[s] for counts in summary["terms"].values()) for s in ("accepted", "review", "none")}
    print(f"terms    {status['accepted']:,} accepted, {status['review']:,} for review, {status['none']:,} without a term")
    print(f"problems {sum(p['count'] for p in summary['problems']):,} in {len(summary['problems']):,} kinds")
    if summary["generation"]:
        print(f"store    generation {summary['generation']}, {summary['seconds']:.1f} s")
    for path in reports:
        print(f"report   {path}")
