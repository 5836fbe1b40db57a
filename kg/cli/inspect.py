"""Show what a source says, which mapping takes it, what each column becomes, and what stays unmapped.

Of a folder, every source is shown; what cannot be read is listed with the reason.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kg import __version__
from kg.cli.advice import add_advice, advice_of
from kg.cli.output import plain, print_json, print_table, tell
from kg.cli.persons import add_persons, persons_of
from kg.errors import SourceError
from kg.pipeline import Inspected, Pipeline, Settings
from kg.table import Source


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("source", metavar="SOURCE", help="file, folder or archive")
    parser.add_argument(
        "--mapping", metavar="NAME|FILE", help="use this mapping, or this YAML file, instead of recognising one"
    )
    parser.add_argument("--index", metavar="FILE", help="term index (or KG_INDEX)")
    add_persons(parser)
    add_advice(parser)
    parser.add_argument("--rdf", action="store_true", help="print the statements as TriG instead")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0; a source that was named and cannot be read raises."""
    index = Path(options.index) if options.index else None
    settings = Settings(
        index=index, advice=advice_of(options), mapping=options.mapping, persons=persons_of(options), version=__version__
    )
    listed: list[dict[str, Any]] = []

    def refused(source: Source, error: SourceError) -> None:
        listed.append({"source": source.key, "refused": error.what})
        tell(f"{source.key}: {error.what}")

    for place, one in enumerate(Pipeline(settings).inspect_each(Path(options.source), refused)):
        if options.json:
            listed.append(_json(one))
        elif options.rdf:
            print(one.trig, end="")
        else:
            print("\n" * min(place, 1), end="")
            _print(one)
    if options.json:
        print_json(listed)
    return 0


def _json(one: Inspected) -> dict[str, Any]:
    return {
        "source": one.source.key,
        "reader": one.reading.reader,
        "facts": dict(one.reading.facts),
        "mapping": one.mapping,
        "tables": {kind: table.frame.collect_schema().names() for kind, table in one.reading.tables.items()},
        "columns": [
            {
                "table": c.table,
                "column": c.column,
                "filled": c.filled,
                "mapped": c.mapped,
                "custom": c.custom,
                "missing": c.missing,
                "withheld": c.withheld,
            }
            for c in one.columns
        ],
        "terms": [
            {
                "field": d.query.field,
                "text": d.query.text,
                "accession": d.query.accession,
                "status": d.status,
                "why": d.why,
                "terms": [{"curie": m.term.curie, "label": m.term.label} for m in d.matches],
            }
            for d in one.decisions
        ],
        "problems": [p.as_dict() for p in one.problems],
    }


def _print(one: Inspected) -> None:
    print(f"source   {one.source.key}")
    facts = ", ".join(f"{name} {value}" for name, value in one.reading.facts.items() if value)
    print(f"reader   {plain(one.reading.reader + (f' ({facts})' if facts else ''))}")
    print(f"mapping  {one.mapping or 'none takes it; name one with --mapping, or write one (docs/mapping-language.md)'}")
    if one.columns:
        print()
        rows = [
            [c.table, c.column, *(f"{count:,}" for count in (c.filled, c.mapped, c.custom, c.missing, c.withheld))]
            for c in one.columns
        ]
        print_table(["table", "column", "filled", "mapped", "kept", "missing", "left out"], rows)
    elif one.mapping is None:
        for kind, table in one.reading.tables.items():
            print(plain(f"{kind}: {', '.join(n for n in table.frame.collect_schema().names() if not n.startswith('_'))}"))
    if one.decisions:
        print()
        rows = [
            [
                d.query.field,
                d.query.text or d.query.accession,
                d.status,
                " | ".join(f"{m.term.curie} {m.term.label}" for m in d.matches),
                d.why,
            ]
            for d in one.decisions
        ]
        print_table(["field", "text", "status", "term", "why"], rows)
    for problem in one.problems:
        print(f"\n{plain(f'{problem.severity}: {problem}')}")
