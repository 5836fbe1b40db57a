"""Say what a store holds: its generation, sources, statements, and records by class."""

from __future__ import annotations

import argparse

from kg.cli.output import print_json, print_table, store_path
from kg.cli.query import shortened
from kg.errors import StoreError
from kg.store import Store


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--store", metavar="DIR", help="the store (or KG_STORE)")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0."""
    path = store_path(options.store)
    with Store.open(path) as store:
        generation = store.current
        if generation is None:
            raise StoreError(str(path), "the store is empty; kg harmonize SOURCE --store DIR fills it")
        sources = store.sources()
        mappings: dict[str, list[int]] = {}
        for source in sources:
            count = mappings.setdefault(source.mapping, [0, 0])
            count[0] += 1
            count[1] += source.rows
        counted = generation.stats()
        classes, statements = counted["classes"], counted["statements"]["all"]
        if options.json:
            print_json(
                {
                    "generation": generation.id,
                    "statements": statements,
                    "sources": len(sources),
                    "mappings": {name: {"sources": n, "rows": rows} for name, (n, rows) in mappings.items()},
                    "classes": dict(classes),
                }
            )
            return 0
    print(f"generation  {generation.id}\nstatements  {statements:,}\nsources     {len(sources):,}\n")
    print_table(["mapping", "sources", "rows"], [[name, f"{n:,}", f"{rows:,}"] for name, (n, rows) in sorted(mappings.items())])
    print()
    print_table(
        ["class", "records"],
        [[shortened(name), f"{count:,}"] for name, count in sorted(classes.items(), key=lambda i: (-i[1], i[0]))],
    )
    return 0
