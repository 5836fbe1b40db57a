"""The report on a Job: JSON for programs, one HTML page without outside parts for people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg.errors import UsageError
from kg.jobs.job import Job

_STATUS_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "harmonized": "harmonized",
        "part": "part of another source",
        "unmapped": "read, but no mapping takes it",
        "unsupported": "no reader takes it",
        "unreadable": "cannot be read",
    }
)
_GRAVITY = ("error", "warning", "info")
_ROWS_SHOWN = 500


def summary_of(job: Job) -> dict[str, Any]:
    """Return the whole report as JSON values."""
    result = job.result
    fields: dict[str, dict[str, int]] = {}
    for (field, status), count in sorted(result.decisions.items()):
        fields.setdefault(field, {"accepted": 0, "review": 0, "none": 0})[status] += count
    columns: list[dict[str, Any]] = [asdict(column) for column in result.columns]
    return {
        "started": job.started.isoformat(timespec="seconds"),
        "seconds": round(job.seconds, 2),
        "cpu_seconds": round(job.cpu_seconds, 2),
        "peak_mib": round(job.peak_mib),
        "generation": result.generation.id if result.generation else None,
        "statements": result.generation.stats()["statements"]["all"] if result.generation else 0,
        "ontologies": dict(result.index),
        "sources": [
            {
                "key": s.key,
                "status": s.status,
                "reason": s.reason,
                "iri": s.iri,
                "reader": s.reader,
                "mapping": s.mapping,
                "rows": s.rows,
            }
            for s in result.sources
        ],
        "rows": sum(s.rows for s in result.sources),
        "cells": {key: sum(c[key] for c in columns) for key in ("filled", "mapped", "custom", "missing", "withheld")},
        "records": dict(sorted(result.records.items())),
        "terms": fields,
        "columns": columns,
        "unmapped": [c for c in sorted(columns, key=lambda c: -c["custom"]) if c["custom"]],
        "problems": [p.as_dict() for p in result.problems],
    }


def write_report(job: Job, path: Path) -> None:
    """Write the report as ``.json`` or ``.html``, as the file's ending says.

    Raises:
        UsageError: the file cannot be written.
    """
    summary = summary_of(job)
    text = json.dumps(summary, indent=1, ensure_ascii=False) if path.suffix == ".json" else html_of(summary)
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(str(path), f"the report cannot be written ({error.strerror})") from error


def html_of(summary: dict[str, Any]) -> str:
    """Return the report as one HTML page; every text of a source is escaped."""
    parts = [_HEAD, f"<h1>Harmonization report</h1><p>{escape(summary['started'])}, {summary['seconds']:,} s, "]
    parts.append(f"{summary['cpu_seconds']:,} CPU s, peak memory {summary['peak_mib']:,} MiB. ")
    made = (
        f"Generation {summary['generation']} with {summary['statements']:,} statements."
        if summary["generation"]
        else "Nothing was loaded."
    )
    parts.append(f"{escape(made)}</p>")
    parts.append(_cells(summary["cells"]))
    parts.append(_sources(summary["sources"]))
    parts.append(_terms(summary["terms"]))
    parts.append(_unmapped(summary["unmapped"]))
    parts.append(_problems(summary["problems"]))
    records = [[name, f"{count:,}"] for name, count in sorted(summary["records"].items(), key=lambda i: -i[1])]
    parts.append(_table("Records", ["class", "records"], records))
    parts.append(
        _table("Ontologies used", ["ontology", "version"], [[k, str(v)] for k, v in sorted(summary["ontologies"].items())])
    )
    parts.append("</main></body></html>\n")
    return "".join(parts)


def _cells(cells: dict[str, int]) -> str:
    filled = cells["filled"] or 1
    bars = "".join(
        f'<div class="bar {key}" style="width:{100 * cells[key] / filled:.2f}%" title="{key} {cells[key]:,}"></div>'
        for key in ("mapped", "custom", "missing")
    )
    words = (
        f"{cells['filled']:,} filled cells: {cells['mapped']:,} ({cells['mapped'] / filled:.1%}) mapped to the schema, "
        f"{cells['custom']:,} ({cells['custom'] / filled:.1%}) kept as they are in the custom layer, "
        f"{cells['missing']:,} ({cells['missing'] / filled:.1%}) declared to mean no value"
        + (f", {cells['withheld']:,} about people left out." if cells["withheld"] else ".")
    )
    return f'<h2>Cells</h2><div class="bars" role="img" aria-label="{escape(words)}">{bars}</div><p>{words}</p>'


def _sources(sources: Sequence[dict[str, Any]]) -> str:
    counts: Counter[tuple[str, str]] = Counter()
    rows: Counter[tuple[str, str]] = Counter()
    for source in sources:
        key = (source["status"], source["mapping"] or source["reader"] or "-")
        counts[key] += 1
        rows[key] += source["rows"]
    table = [[_STATUS_WORDS[k[0]], k[1], f"{n:,}", f"{rows[k]:,}"] for k, n in counts.most_common()]
    listed = [[s["key"], _STATUS_WORDS[s["status"]], s["mapping"], f"{s['rows']:,}", s["reason"]] for s in sources]
    left = [row for row, s in zip(listed, sources, strict=True) if s["status"] != "harmonized"]
    return (
        _table("Sources", ["outcome", "mapping or reader", "sources", "rows"], table)
        + _details(f"{len(left):,} sources that were not harmonized", ["source", "outcome", "mapping", "rows", "why"], left)
        + _details(f"All {len(listed):,} sources", ["source", "outcome", "mapping", "rows", "why"], listed)
    )


def _terms(fields: dict[str, dict[str, int]]) -> str:
    rows = [[f, f"{c['accepted']:,}", f"{c['review']:,}", f"{c['none']:,}"] for f, c in sorted(fields.items())]
    return _table("Terms, by field", ["field", "accepted", "for review", "none"], rows)


def _unmapped(columns: Sequence[dict[str, Any]]) -> str:
    rows = [[c["column"], c["mapping"], c["table"], f"{c['custom']:,}", f"{c['filled']:,}"] for c in columns]
    return _table("Columns that are not mapped, by frequency", ["column", "mapping", "table", "cells kept", "cells"], rows)


def _problems(problems: Sequence[dict[str, Any]]) -> str:
    by_code: Counter[tuple[str, str]] = Counter()
    for problem in problems:
        by_code[problem["severity"], problem["code"]] += problem["count"]
    short = [[severity, code, f"{count:,}"] for (severity, code), count in by_code.most_common()]
    rows = [
        [
            p["severity"],
            p["source"],
            p["column"],
            ", ".join(map(str, p["rows"][:5])),
            p["found"],
            p["expected"],
            f"{p['count']:,}",
            p["repair"],
        ]
        for p in sorted(problems, key=lambda p: _GRAVITY.index(p["severity"]))
    ]
    headers = ["severity", "source", "column", "first rows", "found", "expected", "times", "what was done"]
    return _table("Problems", ["severity", "kind", "times"], short) + _details(f"{len(rows):,} Problems", headers, rows)


def _table(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return f"<h2>{escape(title)}</h2>" + (_rows(headers, rows) if rows else "<p>None.</p>")


def _details(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return f"<details><summary>{escape(title)}</summary>{_rows(headers, rows)}</details>" if rows else ""


def _rows(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Iterable[str], tag: str) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        return "<tr>" + "".join(f"<{tag}{scope}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line(row, "td") for row in rows[:_ROWS_SHOWN])
    more = f"<p>{len(rows) - _ROWS_SHOWN:,} more; the JSON report has them all.</p>" if len(rows) > _ROWS_SHOWN else ""
    return f"<table><thead>{line(headers, 'th')}</thead><tbody>{body}</tbody></table>{more}"


_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Harmonization report</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1rem; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; }
th, td { vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; }
.bars { display: flex; height: 1.5rem; border-radius: .25rem; overflow: hidden; background: #8882; }
.mapped { background: #2a7f62; } .custom { background: #c98b2b; } .missing { background: #8a8f98; }
summary { cursor: pointer; padding: .25rem 0; }
</style></head><body><main>
"""
