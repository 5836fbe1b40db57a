"""Recognition: which mapping takes a source, and what its name and facts lend to the mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.mapping.columns import find
from kg.mapping.spec import Mapping as MappingSpec
from kg.mapping.spec import Recognition
from kg.table import Reading


@dataclass(frozen=True, slots=True)
class Recognised:
    """A mapping that takes a source.

    Attributes:
        mapping: the mapping.
        variables: named groups of the source's key, and every fact of the reading.
    """

    mapping: MappingSpec
    variables: Mapping[str, str]


def recognise(reading: Reading, key: str, mappings: Sequence[MappingSpec]) -> Recognised | None:
    """Return the mapping that takes a source, or None.

    The lowest rank counts; among equals the mapping that is named first in the alphabet.
    """
    headers = {kind: table.frame.collect_schema().names() for kind, table in reading.tables.items()}
    found: list[tuple[int, str, Recognised]] = []
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
