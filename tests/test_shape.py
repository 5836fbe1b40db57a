"""What a query's text says of itself, and how calls to other servers are found in it."""

from __future__ import annotations

import time
from contextlib import suppress

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError, RefusedError
from kg.store.guard import calls, check_query, without_calls
from kg.store.shape import shape_of


@pytest.mark.parametrize(
    ("text", "names_dataset"),
    [
        ("SELECT * FROM <urn:g> {}", True),
        ("SELECT * from named <urn:g> {}", True),
        ("CONSTRUCT { ?s ?p ?o } FROM <urn:g> { ?s ?p ?o }", True),
        ("CONSTRUCT FROM <urn:g> WHERE { ?s ?p ?o }", True),
        ("DESCRIBE <urn:x> FROM<urn:g>", True),
        ("ASK FROM\n#x\n<urn:g> {}", True),
        ("PREFIX ex: <urn:> SELECT * FROMex:g {}", True),
        ("SELECT ?from { ?from ?p 'FROM <urn:g>' } # FROM <urn:g>", False),
        ("PREFIX from: <urn:> DESCRIBE from:x", False),
        ("PREFIX from: <urn:> SELECT * { from:from from:named from:x }", False),
        ("SELECT * { ?s ?p 'a'@from }", False),
    ],
)
def test_a_dataset_of_its_own_is_seen(text, names_dataset):
    assert shape_of(text).names_dataset is names_dataset
    store = ox.Store()
    store.update("INSERT DATA { GRAPH <urn:other> { <urn:x> <urn:p> 1 } }")
    store.query(text)  # all are legal, as odd as they look


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("SELECT * {} LIMIT 5", 5),
        ("SELECT * {} LIMIT#1\n5 OFFSET 7", 5),
        ("SELECT * { { SELECT * {} LIMIT 3 } }", None),
        ("PREFIX limit: <urn:l> SELECT * { ?s limit:limit 3 }", None),
        ("SELECT ?limit {} ORDER BY ?limit # LIMIT 3", None),
    ],
)
def test_the_limit_of_the_whole_is_told_from_others(text, limit):
    assert shape_of(text).limit == limit


def test_what_changes_by_itself_is_seen():
    for text in ("SELECT (NOW() AS ?x) {}", "ASK { FILTER(rand()<1) }", "SELECT (uuid() AS ?u) {}"):
        assert not shape_of(text).repeatable
    for text in ("SELECT ?now {}", "PREFIX now: <urn:n> ASK { now:now now:rand 'NOW()' }", "ASK {} # NOW()"):
        assert shape_of(text).repeatable


@given(st.text(alphabet="SELECT FROM{}()<>\"'#:?@\n\\limt 5", max_size=80))
def test_any_text_has_some_shape(text):
    assert shape_of(text).kind in {"select", "ask", "construct", "describe", "other"}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://a/> { ?s ?p ?o } }",
        "SELECT * { service silent ?x { ?s ?p ?o } SERVICE <http://b/> {} }",
        "PREFIX ex: <http://a/> SELECT * { SERVICESILENTex:b{ ?s ?p ?o } }",
        "PREFIX ex: <http://a/> SELECT * { ?s ?p true SERVICE#x\nex:{ SERVICE ex:y { } } }",
        "SELECT * { OPTIONAL { SERVICE <http://a/#b> { { SELECT * {} } UNION { ?a ?b ?c } } } } # SERVICE",
    ],
)
def test_a_query_without_its_calls_is_as_valid_and_calls_nobody(text):
    with pytest.raises(RefusedError):
        check_query(text, read_only=True)
    harmless = without_calls(text)
    assert not calls(harmless)
    check_query(harmless, read_only=True)
    ox.Store().query(harmless)
    with pytest.raises(SyntaxError):
        ox.Store().query(harmless.replace("{", "", 1))


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX service: <urn:> SELECT * { service:a service:b service:c }",
        "PREFIX : <#> SELECT * { ?s :p 'service' }",
        "PREFIX s: <urn:> SELECT * { ?s s:service ?o . { ?o s:serviceOf ?s } }",
        "PREFIX load: <urn:> SELECT * { load:load load:a.load ?load }",
        "SELECT * { ?s ?p <mailto:service@example.org#x> { ?s ?p 'a' } }",
        "SELECT * { ?s ?p 'it''s service' }".replace("''", "\\'"),
    ],
)
def test_a_legal_query_that_only_speaks_of_services_passes(text):
    check_query(text, read_only=True)
    ox.Store().query(text, base_iri="http://example.org/")


def test_updates_may_not_load_where_queries_may_say_the_word():
    text = "PREFIX s: <urn:> SELECT * { ?s s:v1.load ?o }"
    check_query(text, read_only=True)
    with pytest.raises(RefusedError):
        check_query(text)


@pytest.mark.parametrize(
    "unit",
    [
        "service",
        "#service",
        "service<",
        "service ",
        "service\\x",
        "service#\n",
        "aservice:x ",
        "service#x",
        "service:",
        "service{",
    ],
)
def test_no_text_makes_the_search_for_calls_long(unit):
    start = time.monotonic()
    with suppress(QueryError):
        check_query(unit * (99_000 // len(unit)))
    assert time.monotonic() - start < 20
