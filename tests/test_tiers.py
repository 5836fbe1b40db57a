"""Tiers: which fields of the microscopy specifications a graph gives."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.errors import SchemaError
from kg.quality.tiers import tier_fields, tiers_of
from kg.schema import load_schema


@pytest.fixture(scope="module")
def schema():
    return load_schema()


def quads(schema, class_name, **slots):
    subject = ox.NamedNode("urn:x")
    yield ox.Quad(
        subject, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(schema.class_(class_name).iri)
    )
    for slot, value in slots.items():
        yield ox.Quad(subject, ox.NamedNode(schema.slot(class_name, slot).iri), ox.Literal(value))


def test_every_field_names_a_slot_of_the_schema_and_one_of_two_tiers(schema):
    fields = tier_fields(schema)
    assert {field.tier for field in fields} == {1, 2}
    assert len({(field.class_, field.slot) for field in fields}) == len(fields)


def test_an_empty_graph_gives_no_field(schema):
    tiers = tiers_of([], schema)
    assert tiers.given == ()
    assert tiers.absent == tier_fields(schema)


def test_a_field_is_given_when_a_record_of_its_class_has_it(schema):
    tiers = tiers_of(quads(schema, "Objective", lens_na="1.4", working_distance="150"), schema)
    assert {field.field for field in tiers.given} == {"Objective/LensNA", "Objective/WorkingDistance"}
    assert tiers.count(1)[0] == tiers.count(2)[0] == 1


def test_a_record_of_a_subclass_counts_for_its_superclass(schema):
    tiers = tiers_of(quads(schema, "NboObjective", lens_na="1.4"), schema)
    assert [field.field for field in tiers.given] == ["Objective/LensNA"]


def test_the_same_slot_on_a_record_of_another_class_does_not_count(schema):
    assert tiers_of(quads(schema, "Study", name="x"), schema).given == ()


def test_a_table_with_a_slot_that_the_schema_lacks_is_refused(schema, tmp_path):
    path = tmp_path / "tiers.tsv"
    path.write_text("class\tslot\ttier\tfield\nObjective\tlens_nna\t1\tObjective/LensNA\n", encoding="utf-8")
    with pytest.raises(SchemaError, match="no such slot"):
        tier_fields(schema, path)
