"""Tiers: which of the fields that the 4DN-BINA-OME specifications ask of a microscopy image a graph gives, and which not.

The fields, with the class and slot of our schema that hold them, stand in ``ontologies/nbo-tiers.tsv``; tiers are those of the
specifications, version 2.01 (https://github.com/WU-BIMAC/NBOMicroscopyMetadataSpecs).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import SchemaError
from kg.paths import data_dir
from kg.schema import Schema

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_COLUMNS = ("class", "slot", "tier", "field")


@dataclass(frozen=True, slots=True, order=True)
class TierField:
    """A field that the specifications ask for.

    Attributes:
        tier: 1 for what every image needs, 2 for what reproducible work needs.
        class_: class of our schema.
        slot: slot of our schema.
        field: element and attribute in the specifications, such as ``Objective/LensNA``.
    """

    tier: int
    class_: str
    slot: str
    field: str


@dataclass(frozen=True, slots=True)
class Tiers:
    """What a graph says of the fields of all tiers.

    Attributes:
        given: fields that at least one record of their class has.
        absent: the others, lowest tier first.
    """

    given: tuple[TierField, ...]
    absent: tuple[TierField, ...]

    def missing(self, tier: int) -> tuple[TierField, ...]:
        """Return the absent fields of one tier."""
        return tuple(field for field in self.absent if field.tier == tier)

    def count(self, tier: int) -> tuple[int, int]:
        """Return how many fields of a tier are given, and how many there are."""
        given = sum(field.tier == tier for field in self.given)
        return given, given + len(self.missing(tier))


def tier_fields(schema: Schema, path: Path | None = None) -> tuple[TierField, ...]:
    """Return all fields, lowest tier first.

    Raises:
        SchemaError: the table names a class or slot that the schema lacks, or has other columns.
    """
    table = path or data_dir("ontologies") / "nbo-tiers.tsv"
    with table.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        if tuple(rows.fieldnames or ()) != _COLUMNS:
            raise SchemaError(table.name, f"has the columns {rows.fieldnames}, expected {', '.join(_COLUMNS)}")
        fields = [TierField(int(row["tier"]), row["class"], row["slot"], row["field"]) for row in rows]
    for field in fields:
        schema.slot(field.class_, field.slot)
    return tuple(sorted(fields))


def tiers_of(quads: Iterable[ox.Quad | ox.Triple], schema: Schema) -> Tiers:
    """Say which fields the records of a graph fill; records of subclasses count for their superclass.

    An empty graph gives no field.
    """
    classes = {class_.iri: name for name, class_ in schema.classes.items()}
    types: dict[object, set[str]] = {}
    said: dict[object, set[str]] = {}
    for quad in quads:
        if quad.predicate.value == _TYPE and isinstance(quad.object, ox.NamedNode):
            name = classes.get(quad.object.value)
            if name:
                types.setdefault(quad.subject, set()).update((name, *schema.class_(name).ancestors))
        else:
            said.setdefault(quad.subject, set()).add(quad.predicate.value)
    filled = {(name, predicate) for subject, names in types.items() for name in names for predicate in said.get(subject, ())}
    given: list[TierField] = []
    absent: list[TierField] = []
    for field in tier_fields(schema):
        is_given = (field.class_, schema.slot(field.class_, field.slot).iri) in filled
        (given if is_given else absent).append(field)
    return Tiers(tuple(given), tuple(absent))
