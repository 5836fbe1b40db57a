"""Templates and the one rule by which texts become parts of IRIs."""

from __future__ import annotations

import polars as pl
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.curie import encode
from kg.errors import MappingError
from kg.mapping.template import encoded, iris, parse_iri, parse_text, texts

TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_the_vectorised_rule_is_the_rule(values):
    assert encoded(pl.Series(values)).to_list() == [encode(value) for value in values]


@given(TEXT)
def test_an_encoded_text_is_accepted_by_the_strict_parser(text):
    [quad] = ox.parse(f"<https://x/{encode(text)}> <urn:p> <urn:o> .", format=ox.RdfFormat.N_TRIPLES)
    assert quad.subject.value.startswith("https://x/")


@given(TEXT, TEXT)
def test_different_texts_never_share_an_encoding(one, other):
    assert (encode(one) == encode(other)) == (one == other)


def frame(**columns):
    rows = len(next(iter(columns.values())))
    return pl.DataFrame(
        {"_row": list(range(2, rows + 2)), "_source": ["https://s/1"] * rows, **columns}, schema_overrides={"_row": pl.UInt32}
    )


@pytest.mark.parametrize(
    ("template", "iri"),
    [("well/{P}/{W}", "https://s/1/well/p%5B1%5D/A1"), ("obo:{W}", "http://purl.obolibrary.org/obo/A1"), ("https://x/{W}", "https://x/A1"),
     ("row/{_row}", "https://s/1/row/2"), ("constant", "https://s/1/constant"), ("NCBITaxon:9606", "http://purl.obolibrary.org/obo/NCBITaxon_9606")],
)  # fmt: skip
def test_a_template_is_filled(template, iri):
    assert iris(parse_iri(template), frame(P=["p[1]"], W=["A1"]), pl.col("_source")).to_list() == [iri]


def test_a_template_with_an_empty_part_gives_nothing():
    assert iris(parse_iri("x/{A}/{B}"), frame(A=["1", None], B=["2", "3"]), pl.col("_source")).to_list() == [
        "https://s/1/x/1/2",
        None,
    ]


@pytest.mark.parametrize(
    ("cell", "taken"),
    [("https://orcid.org/0000-0001-2345-6789", True), ("http://localhost:5000/users/34", False), ("#local", False), ("./x", False),
     ("https://a.b/c d", False), ("person://abc", False), ("https://x.org/a%zz", False), ("https://www.ebi.ac.uk/biostudies/S-BIAD1", True),
     ("https://host", False)],
)  # fmt: skip
def test_only_a_web_iri_is_taken_as_it_is(cell, taken):
    assert iris(parse_iri("{id|iri}"), frame(id=[cell]), pl.col("_source")).to_list() == [cell if taken else None]


def test_an_unknown_prefix_is_a_mistake_of_the_mapping():
    with pytest.raises(MappingError, match="unknown prefix 'nope'"):
        parse_iri("nope:{x}")


def test_a_text_template_keeps_texts_as_they_are():
    assert texts(parse_text("{A} ({B})"), frame(A=["a b"], B=["[1]"])).to_list() == ["a b ([1])"]
