"""Draft a mapping for a table that no mapping knows: for each column a slot, its unit, a score and the reason.

What speaks for a slot is the header in whatever spelling, the values (units, dates, accessions, names of terms in the local
index), what all packaged mappings and the curators of the Image Data Resource call such columns, and the schema itself. The
draft runs as it is (kg harmonize --mapping FILE.yaml) and loses nothing: what it does not map is kept. docs/suggest.md goes
through an example.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kg import __version__
from kg.cli.output import plain, print_json, print_table, tell, written_to
from kg.curie import KG
from kg.suggest import Draft, Suggestion, draft_of, mapping_text, named


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("source", metavar="SOURCE", help="file, or folder that is one source")
    parser.add_argument("--out", metavar="FILE.yaml", help="write the draft, a mapping for kg harmonize --mapping")
    parser.add_argument(
        "--table", metavar="KIND", action="append", default=[], help="look at this table instead of the largest; repeatable"
    )
    parser.add_argument("--index", metavar="FILE", help="term index (or KG_INDEX)")
    parser.add_argument("--json", action="store_true", help="print as JSON, with up to three candidates for each column")


def run(options: argparse.Namespace) -> int:
    """Return 0; a source that cannot be read raises."""
    index = Path(options.index) if options.index else None
    draft = draft_of(Path(options.source), index=index, agent=f"{KG}software/{__version__}", kinds=options.table)
    if options.json:
        print_json(_json(draft))
    else:
        _print(draft)
    if options.out:
        out = Path(options.out)
        written_to(out, mapping_text(draft, named(out.name)))
        tell(f"written to {out}; kg inspect --mapping {out} {options.source} shows what comes of it")
    return 0


def _json(draft: Draft) -> dict[str, Any]:
    return {
        "source": draft.source.key,
        "reader": draft.reading.reader,
        "mapping": draft.taken_by or None,
        "tables": [
            {"table": one.kind, "rows": one.rows, "class": one.class_, "columns": [_column(column) for column in one.columns]}
            for one in draft.tables
        ],
        "left_out": list(draft.left_out),
    }


def _column(one: Suggestion) -> dict[str, Any]:
    return {
        "column": one.column,
        "filled": one.profile.filled,
        "distinct": one.profile.distinct,
        "missing": list(one.profile.missing),
        "separator": one.split,
        "slot": f"{one.best.target.class_}.{one.best.target.slot}" if one.best else None,
        "candidates": [
            {
                "slot": f"{c.target.class_}.{c.target.slot}",
                "score": c.score,
                "unit": c.unit or None,
                "field": c.field or None,
                "needs": c.needs or None,
                "why": c.why,
            }
            for c in one.candidates
        ],
        "unit_column": one.unit_column or None,
        "of": one.of or None,
        "role": one.role or None,
        "reason": one.reason or None,
        "idr": [{"group": s.group or None, "name": s.name, "why": s.why} for s in one.shown],
    }


def _print(draft: Draft) -> None:
    for place, one in enumerate(draft.tables):
        print(
            "\n" * min(place, 1)
            + plain(f"{draft.source.key}, table {one.kind}: {one.rows:,} rows, each taken for one {one.class_}")
            + "\n"
        )
        print_table(
            ["column", "slot", "unit", "term", "missing", "score", "why", "or"], [_row(column) for column in one.columns]
        )
    if draft.left_out:
        print(plain(f"\nnot looked at: {', '.join(draft.left_out)}; --table names one"))
    if draft.taken_by:
        tell(f"mapping {draft.taken_by} takes this source already; kg inspect shows what it makes of it")


def _row(one: Suggestion) -> list[str]:
    missing = ", ".join(one.profile.missing)
    best = one.best
    others = one.candidates[1:] if best else one.candidates
    also = ", ".join(f"{c.target.class_}.{c.target.slot} {c.score:.2f}" for c in others)
    if best is None:
        return [
            one.column,
            f"({one.role})" if one.of else "-",
            "",
            "",
            missing,
            "",
            one.reason or "nothing is sure enough",
            also,
        ]
    slot = f"{best.target.class_}.{best.target.slot}"
    unit = best.unit or (f"in {one.unit_column}" if one.unit_column else "?" if best.needs else "")
    return [one.column, slot, unit, best.field, missing, f"{best.score:.2f}", best.why, also]
