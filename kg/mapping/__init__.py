"""Mappings: YAML files that say which columns of a source kind fill which slots, and the engine that runs them on Polars."""

from kg.mapping.audit import Audit, ColumnTexts, TextAt
from kg.mapping.decisions import Decisions, Resolve, Wants
from kg.mapping.recognise import Recognised, recognise, variables_for
from kg.mapping.run import Loaded, Run, Sink
from kg.mapping.spec import Mapping, load_mapping, load_mappings
from kg.mapping.tally import ColumnCount, Tally

__all__ = [
    "Audit",
    "ColumnCount",
    "ColumnTexts",
    "Decisions",
    "Loaded",
    "Mapping",
    "Recognised",
    "Resolve",
    "Run",
    "Sink",
    "Tally",
    "TextAt",
    "Wants",
    "load_mapping",
    "load_mappings",
    "recognise",
    "variables_for",
]
