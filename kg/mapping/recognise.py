"""Recognition: which mapping takes a source, and what its name and facts lend to the mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kg.mapping.columns import find
from kg.mapping.plan import named_columns
from kg.mapping.spec import Head, Recognition, RecordRule
from kg.mapping.spec import Mapping as MappingSpec
from kg.mapping.template import parse_text
from kg.table import Reading, is_content

_SHOWN = 12
Kind = TypeVar("Kind", bound=Head)


@dataclass(frozen=True, slots=True)
class Recognised(Generic[Kind]):
    """A mapping that takes a source.

    Attributes:
        mapping: the mapping, or its head.
        variables: named groups of the source's key, and every fact of the reading.
    """

    mapping: Kind
    variables: Mapping[str, str]


def recognise(reading: Reading, key: str, mappings: Sequence[Kind]) -> Recognised[Kind] | None:
    """Return the mapping that takes a source, or None.

    The lowest rank counts; among equals the mapping that is named first in the alphabet.
    """
    headers = {kind: table.frame.collect_schema().names() for kind, table in reading.tables.items()}
    found: list[tuple[int, str, Recognised[Kind]]] = []
    for mapping in mappings:
        for rule in mapping.recognise:
            variables = _fits(rule, reading, key, headers)
            if variables is not None:
                found.append((rule.rank, mapping.mapping, Recognised(mapping, variables)))
                break
    return min(found, key=lambda item: item[:2])[2] if found else None


def variables_for(mapping: MappingSpec, reading: Reading, key: str) -> Mapping[str, str]:
    """Return what a source lends to a mapping that the user chose by name."""
    variables = dict(reading.facts)
    for rule in mapping.recognise:
        match = re.search(rule.key, key) if rule.key else None
        if match:
            variables.update({name: value for name, value in match.groupdict().items() if value})
    return variables


def misfit(mapping: MappingSpec, reading: Reading) -> str:
    """Return why a mapping that the user chose says nothing about a source; empty where it says something."""
    wanted = {record.table for record in mapping.records}
    there = {kind: table for kind, table in reading.tables.items() if kind in wanted}
    if not there:
        shown = _shown("table", list(reading.tables))
        return f"mapping {mapping.mapping} reads other tables ({_some(sorted(wanted))}); there {shown}"
    columns = {kind: list(filter(is_content, table.frame.collect_schema().names())) for kind, table in there.items()}
    named = [(record.table, pattern) for record in mapping.records for pattern in _patterns(record)]
    if not named or any(find(pattern, columns[kind]) for kind, pattern in named if kind in columns):
        return ""
    shown = _shown("column", [name for names in columns.values() for name in names])
    return f"none of the columns that mapping {mapping.mapping} names is in it; there {shown}"


def _patterns(record: RecordRule) -> list[str]:
    """Return the columns that a record names, in its ids and templates, too."""
    rules = [*record.let.values(), *(rule for some in record.slots.values() for rule in some)]
    texts = [*record.id, *(rule.template or "" for rule in rules)]
    return [*named_columns(record), *(name for text in texts for name in parse_text(text).columns if name)]


def _shown(what: str, names: Sequence[str]) -> str:
    if not names:
        return f"is no {what}"
    return f"{'is' if len(names) == 1 else 'are'} {_some(names)}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")


def _fits(rule: Recognition, reading: Reading, key: str, headers: Mapping[str, Sequence[str]]) -> dict[str, str] | None:
    if rule.reader != reading.reader:
        return None
    variables = dict(reading.facts)
    if rule.key is not None:
        match = re.search(rule.key, key)
        if match is None and rule.key_required:
            return None
        variables.update({name: value for name, value in (match.groupdict() if match else {}).items() if value})
    if any(re.search(pattern, reading.facts.get(fact, "")) is None for fact, pattern in rule.facts.items()):
        return None
    for kind, shape in rule.tables.items():
        columns = headers.get(kind)
        if columns is None:
            return None
        if not all(find(pattern, columns) for pattern in shape.all):
            return None
        if shape.any and not any(find(pattern, columns) for pattern in shape.any):
            return None
        if any(find(pattern, columns) for pattern in shape.none):
            return None
    return variables
