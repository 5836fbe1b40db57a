"""Casts: a raw text becomes an object of its slot's range, or says what was expected."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.mapping.cast import CANONICAL, XSD, cast, literal
from kg.schema import Slot

PLAIN = Slot(
    name="x", iri="https://w3id.org/bioimage-kg/x", range="string", kind="literal", datatype=None, multivalued=False, required=False,
    unit=None, minimum=None, maximum=None, pattern=None, field=None, branches=(), values=None, description="",
)  # fmt: skip


def slot(datatype=None, **changes):
    return replace(PLAIN, datatype=datatype and XSD + datatype, **changes)


@pytest.mark.parametrize(
    ("datatype", "raw", "text", "exact"),
    [("integer", "12", "12", True), ("integer", "007", "7", False), ("integer", "+5", "5", False), ("integer", "-0", "0", False),
     ("integer", "9007199254740993", "9007199254740993", True), ("integer", "3.0", "3", False), ("decimal", "1.50", "1.5", False),
     ("decimal", "0.1678", "0.1678", True), ("decimal", "1e-3", "0.001", False), ("boolean", "yes", "true", False),
     ("boolean", "false", "false", True), ("date", "2016-12-16", "2016-12-16", True), ("date", "2016-12-16T10:00:00Z", "2016-12-16", False),
     ("dateTime", "2010-02-23T12:51:30", "2010-02-23T12:51:30", True), ("dateTime", "2021-04-14 00:00+0200", "2021-04-14T00:00:00+02:00", False)],
)  # fmt: skip
def test_a_text_of_the_range_is_cast(datatype, raw, text, exact):
    done = cast(slot(datatype), raw)
    assert done.object == f'"{text}"^^<{XSD}{datatype}>'
    assert done.exact is exact


@pytest.mark.parametrize(
    ("datatype", "raw"),
    [("integer", "1,5"), ("integer", "7.9"), ("integer", "nan"), ("integer", "99999999999999999999"), ("decimal", "notafloat"),
     ("decimal", "5 apples"), ("decimal", "1e999"), ("decimal", "1e-400"), ("boolean", "maybe"), ("date", "2016-02-30"), ("date", "12/13/2016"), ("dateTime", "07:12:23:16:11:11"),
     ("dateTime", "2021-04-14T25:00:00")],
)  # fmt: skip
def test_a_text_outside_the_range_is_refused_with_what_was_expected(datatype, raw):
    done = cast(slot(datatype), raw)
    assert done.object is None
    assert done.expected


def test_a_number_is_converted_to_the_unit_of_its_slot():
    um = slot("decimal", unit="um")
    assert cast(um, "65", "nm").object == f'"0.065"^^<{XSD}decimal>'
    assert cast(um, "9.0577E-08", "m").object == f'"0.090577"^^<{XSD}decimal>'
    assert cast(um, "0.5", "µm").exact
    assert cast(um, "12 nm", "m").object == f'"0.012"^^<{XSD}decimal>', "a unit in the cell wins"


@pytest.mark.parametrize("unit", ["", "pixel", "furlong", "s"])
def test_a_number_without_a_fitting_unit_is_refused(unit):
    done = cast(slot("decimal", unit="um"), "5", unit)
    assert done.object is None
    assert "unit" in done.expected


def test_bounds_of_a_slot_are_kept():
    na = slot("decimal", minimum=0.0, maximum=2.0)
    assert cast(na, "1.4").object is not None
    assert cast(na, "14").object is None
    assert cast(na, "-1").object is None


def test_a_permissible_value_is_found_whatever_its_case_and_gaps():
    kinds = slot(values={"screen": "https://w3id.org/bioimage-kg/screen", "bounding_boxes": ""})
    assert cast(kinds, "Screen").object == "<https://w3id.org/bioimage-kg/screen>"
    assert cast(kinds, "Bounding Boxes").object == '"bounding_boxes"'
    assert "screen" in cast(kinds, "film").expected


@pytest.mark.parametrize(
    ("raw", "iri"),
    [("https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by/4.0/"), ("orcid:0000-0001-0000-0000", "https://orcid.org/0000-0001-0000-0000"),
     ("www.cellmorph.org", "https://www.cellmorph.org"), ("CC BY 4.0", None), ("http://a b", None), ("http://[x", None), ("https://x/%zz", None)],
)  # fmt: skip
def test_only_an_absolute_iri_becomes_one(raw, iri):
    assert cast(replace(PLAIN, kind="iri"), raw).object == (iri and f"<{iri}>")


@given(st.text())
def test_any_text_survives_as_a_literal(text):
    line = f"<urn:s> <urn:p> {literal(text)} .\n".encode("utf-8", "replace")
    [quad] = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
    assert quad.object.value == text.encode("utf-8", "replace").decode()


@given(st.from_regex(CANONICAL[XSD + "decimal"], fullmatch=True) | st.from_regex(CANONICAL[XSD + "integer"], fullmatch=True))
def test_the_store_gives_canonical_numbers_back_unchanged(text):
    kind = "decimal" if "." in text else "integer"
    text = text.rstrip("\n")
    if text == "-0" or (text.startswith("-0.") and not text.strip("-0.")):
        return
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(text, datatype=ox.NamedNode(XSD + kind))))
    assert next(iter(store)).object.value == text
