"""Which media type a client gets: weights, wildcards, and headers that no library writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.api.formats import BOOLEAN, GRAPH_FORMATS, HTML, ROW_FORMATS, ROWS, TRIPLES, check_name
from kg.api.negotiate import best
from kg.errors import QueryError

JSON, XML, TURTLE = "application/sparql-results+json", "application/sparql-results+xml", "text/turtle"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "a/one"),
        ("", "a/one"),
        ("*/*", "a/one"),
        ("*", "a/one"),
        ("A/Two", "a/two"),
        ("a/*", "a/one"),
        ("a/two, */*", "a/two"),
        ("*/*, b/three, c/four", "b/three"),
        ("a/two;q=0.5, */*;q=0.6", "a/one"),
        ("b/*", "b/three"),
        ("a/one;q=0.2, a/two;q=0.3", "a/two"),
        ("a/two, a/one", "a/one"),
        ("a/one;q=0, */*", "a/two"),
        ("a/one;q=0, a/*;q=0, */*;q=0.1", "b/three"),
        ("a/one;q=0", None),
        ("c/four", None),
        ("c/four, */*;q=0", None),
        ("a/two;q=NaN", "a/two"),
        ("a/two;q=inf, a/one;q=-1", "a/two"),
        ("a/two;q=1e400", "a/two"),
        ("a/two;q=high", "a/two"),
        ('a/two;profile="x,b/three;q=0";q=0.5', "a/two"),
        ("a/two; charset=utf-8 ; q=0.5 , b/three;q=0.4", "a/two"),
        (";;;,,,;q=1", "a/one"),
        ("nonsense", "a/one"),
        ("text/html, application/xhtml+xml, image/*;q=0.8, */*;q=0.1", "a/one"),
        ('a/two;x="', "a/two"),
    ],
)
def test_the_best_media_type_is_chosen(accept, expected):
    assert best(accept, ("a/one", "a/two", "b/three")) == expected


@given(st.text(alphabet='ab/*;,=q.01 "\\N-x\t', max_size=60))
def test_any_header_gives_something_on_offer_or_nothing(accept):
    assert best(accept, ("a/b", "b/a")) in {"a/b", "b/a", None}


@pytest.mark.parametrize("unit", ["a/b;q=0.1,", '"', "*/*;", "a;b,", ';x="', "\\"])
def test_a_very_long_header_takes_no_time(unit):
    best(unit * (60_000 // len(unit)), ("text/turtle",))


def test_browsers_get_what_comes_first():
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    assert (ROWS.chosen(browser, ""), TRIPLES.chosen(browser, "")) == (JSON, TURTLE)
    assert ROWS.chosen(HTML, "") == JSON


def test_short_names_stand_for_the_form_of_the_kind_of_answer():
    assert [forms.chosen("text/csv", "xml") for forms in (ROWS, TRIPLES)] == [XML, "application/rdf+xml"]
    assert [forms.chosen("text/csv", "json") for forms in (ROWS, TRIPLES)] == [JSON, "application/ld+json"]
    assert TRIPLES.chosen(None, "rdf xml") == "application/rdf+xml"
    assert (TRIPLES.chosen("*/*", "csv"), ROWS.chosen("*/*", "ttl")) == ("", "")


def test_every_form_on_offer_can_be_written():
    assert set(BOOLEAN.offered) == set(ROW_FORMATS)
    assert set(TRIPLES.offered) == set(GRAPH_FORMATS)
    for forms in (BOOLEAN, TRIPLES):
        assert set(forms.names.values()) <= set(forms.offered)


def test_a_form_that_nobody_knows_is_refused_with_the_names_there_are():
    check_name("")
    check_name("TTL")
    with pytest.raises(QueryError, match="format: 'parquet' is none of json, srj"):
        check_name("parquet")
