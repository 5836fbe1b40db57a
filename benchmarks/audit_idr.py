"""Audit every table of the IDR studies and count what is found.

usage: audit_idr.py --index FILE [--idr FOLDER] [--show KIND]
"""

from __future__ import annotations

import argparse
import re
import resource
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from kg import readers
from kg.errors import SourceError
from kg.mapping import Mapping as MappingSpec
from kg.mapping import load_mappings, recognise
from kg.mapping.columns import fold
from kg.mapping.plan import plan_table
from kg.mapping.values import cleaned, values_of
from kg.schema import Schema, load_schema
from kg.table import ROW, Reading
from kg.terms import TermIndex
from kg.terms.audit import KINDS, Audited, Finding, audit
from kg.terms.resolve.accession import is_empty, normalise

IDR = Path(__file__).resolve().parents[2] / "shared/data/inputs/idr"
DRAGGED = {
    ("idr0056", "HeLa"): 2208,
    ("idr0056", "Homo sapiens"): 2208,
    ("idr0070", "Homo sapiens"): 3,
    ("idr0072", "MCF 10A"): 211,
    ("idr0072", "NMuMG"): 80,
    ("idr0072", "Mus musculus"): 155,
}
"""Texts known to have been dragged down, with their distinct accessions, the right one that each run starts with among them."""
JUDGED = {("idr0096", "Tail")}
"""Runs found elsewhere and judged by hand to be dragged: UBERON_0002415 (tail), then 2419, 2424, 2429 in three rows on end."""
INDEX = "_i"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--idr", type=Path, default=IDR)
    parser.add_argument("--show", action="append", default=[], choices=[*KINDS, "all"], help="print the findings of a kind")
    given = parser.parse_args()
    started = time.process_time()
    schema = load_schema()
    pairs: set[tuple[str, str, str]] = set()
    spent = 0.0
    findings: list[Finding] = []
    with TermIndex.open(given.index) as index:
        for cells in columns(given.idr, schema):
            pairs.update((study(cell.source), cell.text, cell.accession) for cell in cells)
            before = time.process_time()
            findings += audit(cells, index, schema.fields)
            spent += time.process_time() - before
    report(findings, pairs)
    for found in findings:
        if found.kind in given.show or "all" in given.show:
            print(f"{found.kind} {found.certainty:.2f} {found.problem()}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{time.process_time() - started:.1f} CPU s in all, {spent:.1f} of them auditing; {memory:,.0f} MiB at most")


def report(findings: list[Finding], pairs: set[tuple[str, str, str]]) -> None:
    print(f"{'kind':<18}{'findings':>9}{'pairs':>8}{'with proposal':>15}")
    for kind in KINDS:
        mine = [found for found in findings if found.kind == kind]
        concerned = {(study(found.source), *pair) for found in mine for pair in found.pairs}
        print(f"{kind:<18}{len(mine):>9,}{len(concerned):>8,}{sum(bool(found.proposal) for found in mine):>15,}")
    runs = [found for found in findings if found.kind == "fill-down"]
    flagged = {(study(found.source), *pair) for found in runs for pair in found.pairs}
    print(f"\n{'known runs':<28}{'there':>7}{'flagged':>9}")
    for (where, text), number in DRAGGED.items():
        print(f"{where + ' ' + text:<28}{number:>7,}{sum((a, b) == (where, text) for a, b, _ in flagged):>9,}")
    print(f"{'all':<28}{sum(DRAGGED.values()):>7,}{sum((a, b) in DRAGGED for a, b, _ in flagged):>9,}")
    # One text with one accession is one pair, however many studies say it.
    rest = {(text, accession) for where, text, accession in pairs if (where, text) not in DRAGGED}
    new = {(where, text): None for where, text, _ in flagged if (where, text) not in DRAGGED}
    wrong = {(b, c) for a, b, c in flagged if (a, b) not in DRAGGED and (a, b) not in JUDGED}
    print(f"\nelsewhere: {len(rest):,} distinct pairs; runs beside {', '.join(' '.join(name) for name in new) or 'no text'}")
    print(f"false alarms: {len(wrong)} pairs, {len(wrong) / max(1, len(rest)):.2%} (target: under 0.5%)")


def study(source: str) -> str:
    return next((part for part in source.split("/") if part.startswith("idr0")), source)


def columns(folder: Path, schema: Schema) -> Iterator[list[Audited]]:
    """Yield the pairs of one column after the other, in the order of its rows."""
    mappings = load_mappings()
    for source in readers.discover([folder]):
        if "_derived" in source.key:
            continue
        try:
            reading = readers.read(source)
        except SourceError as error:
            if not isinstance(error, readers.UnsupportedSource):
                print(f"not read: {error}")
            continue
        taken = recognise(reading, source.key, mappings)
        if taken:
            yield from _of_reading(reading, source.key, taken.mapping, taken.variables, schema)
        for path in reading.scratch:
            path.unlink(missing_ok=True)


def _of_reading(
    reading: Reading, key: str, mapping: MappingSpec, variables: Mapping[str, str], schema: Schema
) -> Iterator[list[Audited]]:
    for kind, table in reading.tables.items():
        said = [pl.lit(value).alias("$" + name) for name, value in variables.items() if value]
        raw = table.frame.with_columns(*said).collect()
        plan = plan_table(mapping, schema, kind, raw.columns)
        frame = cleaned(raw, plan.headers, mapping.missing).with_row_index(INDEX)
        uses = {
            (use.column, use.accession): use
            for record in plan.records
            for use in record.uses
            if use.slot.field
            and use.column in frame.columns
            and (use.accession in frame.columns or use.slot.field == "organism")
        }
        organism = next((use.column for use in uses.values() if use.slot.field == "organism"), None)
        for use in uses.values():
            if use.accession in frame.columns:
                cells = values_of(use, frame).cells.join(frame.select(INDEX, ROW), on=INDEX)
                yield from _column(cells, frame, use.slot.field, use.column, key, organism, schema)
        for text, accession in _unmapped(frame.columns, mapping, {name for pair in uses for name in pair}):
            cells = frame.select(INDEX, ROW, value=text, accession=accession)
            yield from _column(cells, frame, "", text, key, organism, schema)


def _unmapped(headers: list[str], mapping: MappingSpec, taken: set[str | None]) -> Iterator[tuple[str, str]]:
    """Yield the columns that no term slot takes, with the accessions beside them."""
    if mapping.companions is None or mapping.companions.accession is None:
        return
    is_accession = re.compile(mapping.companions.accession, re.IGNORECASE)
    is_ontology = re.compile(mapping.companions.ontology or "$^", re.IGNORECASE)
    anchor = ""
    for header in headers:
        if is_accession.fullmatch(fold(header)):
            if anchor and header not in taken:
                yield anchor, header
        elif not is_ontology.fullmatch(fold(header)):
            anchor = header


def _column(
    cells: pl.DataFrame, frame: pl.DataFrame, field: str, column: str, key: str, organism: str | None, schema: Schema
) -> Iterator[list[Audited]]:
    if "ontology" not in cells.columns:
        cells = cells.with_columns(ontology=pl.lit(None, pl.String))
    beside = organism is not None and organism != column and frame.schema[organism] == pl.String
    context = frame.select(INDEX, organism=organism if beside else pl.lit(None, pl.String))
    cells = cells.join(context, on=INDEX, how="left", maintain_order="left")
    pairs = (
        cells.filter(pl.col("accession").is_not_null())
        .group_by(pl.col("value").fill_null(""), "accession", pl.col("ontology").fill_null(""), maintain_order=True)
        .agg(rows=pl.col(ROW).head(20), count=pl.len(), organisms=pl.col("organism").drop_nulls().unique(maintain_order=True))
    )
    prefixes = [branch.ontology for branch in schema.fields.get(field, ())]
    found = [
        Audited(
            field, column, key, row["value"], row["accession"],
            normalise(row["accession"], row["ontology"], prefixes).curie, tuple(row["rows"]), row["count"],
            row["organisms"][0] if len(row["organisms"]) == 1 else "", row["ontology"],
        )
        for row in pairs.iter_rows(named=True)
        if not is_empty(row["accession"])
    ]  # fmt: skip
    if found:
        yield found


if __name__ == "__main__":
    main()
