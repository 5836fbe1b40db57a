"""Decisions as data: what people said about texts and terms, in SSSOM tables, used before anything else."""

from kg.terms.decided.curated import CuratedResolver, check_rows
from kg.terms.decided.memory import Memory, MemoryResolver, remembered, takes_by
from kg.terms.decided.queue import exported, rows_of
from kg.terms.decided.reading import Same
from kg.terms.decided.row import NO_TERM, Row
from kg.terms.decided.sssom import append_rows, read_rows, read_same, rows_text, same_groups, write_rows

__all__ = [
    "NO_TERM",
    "CuratedResolver",
    "Memory",
    "MemoryResolver",
    "Row",
    "Same",
    "append_rows",
    "check_rows",
    "exported",
    "read_rows",
    "read_same",
    "remembered",
    "rows_of",
    "rows_text",
    "same_groups",
    "takes_by",
    "write_rows",
]
