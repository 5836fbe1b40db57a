"""Mappings: YAML files that say which columns of a source kind fill which slots, and the engine that runs them on Polars."""

from kg.mapping.audit import Audit, ColumnTexts, TextAt
from kg.mapping.check import Check, Checked
from kg.mapping.decisions import Decisions, Resolve, Wants
from kg.mapping.recognise import Recognised, misfit, recognise, variables_for
from kg.mapping.run import Loaded, Run, Sink
from kg.mapping.shelf import Shelf, load_mapping, load_mappings
from kg.mapping.spec import Head, Mapping
from kg.mapping.tally import ColumnCount, Tally

__all__ = [
    "Audit",
    "Check",
    "Checked",
    "ColumnCount",
    "ColumnTexts",
    "Decisions",
    "Head",
    "Loaded",
    "Mapping",
    "Recognised",
    "Resolve",
    "Run",
    "Shelf",
    "Sink",
    "Tally",
    "TextAt",
    "Wants",
    "load_mapping",
    "load_mappings",
    "misfit",
    "recognise",
    "variables_for",
]
