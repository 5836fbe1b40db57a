"""Answers that are too long: cut after exactly so many rows, whatever stands in them, and still what their form wants."""

from __future__ import annotations

import csv
import io
import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.api import cut
from kg.api.tasks.context import Context
from kg.api.tasks.sparql import answer

JSON, XML, CSV, TSV = (
    ox.QueryResultsFormat.JSON,
    ox.QueryResultsFormat.XML,
    ox.QueryResultsFormat.CSV,
    ox.QueryResultsFormat.TSV,
)
TEXTS = st.text(alphabet='a}{,"\\\r\n\t<>& é', max_size=8)
CELLS = st.one_of(st.none(), TEXTS, TEXTS.map(lambda text: (text, "en")))
TABLES = st.integers(0, 3).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=7))


def written(cell):
    if cell is None:
        return "UNDEF"
    return str(ox.Literal(cell[0], language=cell[1]) if isinstance(cell, tuple) else ox.Literal(cell))


def query_of(table):
    width = len(table[0]) if table else 1
    names = " ".join(f"?v{n}" for n in range(width))
    rows = " ".join("(" + " ".join(map(written, row)) + ")" for row in table)
    return f"SELECT {names or '*'} {{ VALUES ({names}) {{ {rows} }} }}"


def passed(query, form, most, pieces):
    """Return what comes through, in pieces of the given sizes, and whether it was cut."""
    whole = ox.Store().query(query).serialize(format=form)
    output = io.BytesIO()
    rows = cut.Cut(output, form, most)
    try:
        at = 0
        while at < len(whole):
            size = pieces[at % len(pieces)]
            rows.write(whole[at : at + size])
            at += size
        rows.close()
    except cut.Enough:
        output.write(cut.table_end(form, most, rows.columns))
    got, (old, new) = output.getvalue(), cut.table_start(form, most)
    return whole, got.replace(old, new, 1) if rows.is_cut and old else got, rows.is_cut


@given(TABLES, st.integers(1, 8), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_a_table_has_the_first_rows_and_no_more(table, most, pieces):
    query = query_of(table)
    for form in (JSON, XML):
        whole, got, is_cut = passed(query, form, most, pieces)
        assert is_cut == (len(table) > most)
        assert got == whole or is_cut
        rows = list(ox.parse_query_results(got, format=form))
        assert list(map(str, rows)) == list(map(str, ox.parse_query_results(whole, format=form)))[:most]
    whole, got, is_cut = passed(query, CSV, most, pieces)
    lines = list(csv.reader(io.StringIO(got.decode(), newline="")))
    assert is_cut == (len(table) > most)
    assert lines[: most + 1] == list(csv.reader(io.StringIO(whole.decode(), newline="")))[: most + 1]
    assert len(lines) == min(len(table), most) + 1 + is_cut
    whole, got, is_cut = passed(query, TSV, most, pieces)
    assert is_cut == (len(table) > most)
    assert got.split(b"\n")[: most + 1] == whole.split(b"\n")[: most + 1]


def test_a_cut_table_says_so_in_its_own_words():
    rows = '{ VALUES (?a ?b) { (1 "},{") (2 2) (3 3) } }'
    ends = {form: passed(f"SELECT ?a ?b {rows}", form, 2, [5])[1] for form in (JSON, XML, CSV, TSV)}
    assert json.loads(ends[JSON])["truncated"]["rows"] == 2
    assert ends[XML].endswith(
        b"<!-- cut after 2 rows: there are more; ask for less, or in parts with ORDER BY, LIMIT and OFFSET --></sparql>"
    )
    assert ends[CSV].splitlines()[-1].startswith(b'"# cut after 2 rows')
    assert ends[CSV].endswith(b'",\r\n'), "as many cells as columns"
    assert ends[TSV].splitlines()[-1].startswith(b"# cut after 2 rows")


# Legal, and odd: none may be answered otherwise because answers can be cut.
ODD = [
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } } LIMIT 2",
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } } LIMIT 4 # LIMIT 1",
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } } # the end, without a line end",
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } } OFFSET 1 LIMIT 4",
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } } ORDER BY DESC(?x) OFFSET 3",
    "SELECT ?x ?y { VALUES ?y { 1 2 } } VALUES ?x { 5 6 7 }",
    "SELECT ?x { VALUES ?x { 1 2 3 } } LIMIT 2 VALUES ?x { 1 2 3 }",
    "SELECT (COUNT(*) AS ?n) ?x { VALUES ?x { 1 1 2 3 4 } } GROUP BY ?x HAVING (COUNT(*) < 3) ORDER BY ?x LIMIT 9",
    "SELECT ?x { { SELECT ?x { VALUES ?x { 1 2 3 4 5 } } ORDER BY ?x LIMIT 4 } }",
    "SELECT DISTINCT ?x { VALUES ?x { 1 1 1 2 2 3 4 } }",
    "SELECT REDUCED ?x { VALUES ?x { 1 2 3 } }",
    "PREFIX limit: <urn:l#> SELECT ?limit { VALUES ?limit { limit:limit limit:LIMIT limit:values limit:ask } }",
    "PREFIX service: <urn:s#> SELECT ?s { VALUES ?s { service:service service:load.x service:SILENT service:a-b 'SERVICE' } }",
    "PREFIX load: <urn:s#> SELECT ?s { VALUES ?s { load:load load:v1.load <urn:load> 'LOAD' } }",
    "BASE <http://example.org/a#b> SELECT ?s { VALUES ?s { <#x> <?y> <../z> 'service' } }",
    "base <urn:x:y> prefix : <urn:p> select*{values ?x{:a :b :c <>}}",
    "SELECT * { BIND(<<( <urn:a> <urn:b> 'x,y\"z' )>> AS ?t) }",
    "SELECT * { BIND(TRIPLE(<urn:a>, <urn:b>, 1) AS ?t) BIND(SUBJECT(?t) AS ?s) FILTER(isTRIPLE(?t)) }",
    "SELECT ?x FROM <urn:g> FROM NAMED <urn:h> { VALUES ?x { 1 2 3 4 } OPTIONAL { ?x !(<urn:p>|^<urn:q>)/<urn:r>* ?y } }",
    "ASK FROM <urn:g> { FILTER NOT EXISTS { ?s ?p ?o } }",
    "ASK { { SELECT ?x { VALUES ?x { 1 2 3 4 5 } } } }",
    "SELECT * {}",
    "SELECT ?nothing {}",
    "SELECT (STRLEN('''a'b''c\n''') AS ?n) (\"\"\"\\\"\"\"\" AS ?q) {}",
    "SELECT ?x { VALUES ?x { 'a,b' 'a\"b' '},{' '\\r\\n' 'x\\ty' } }",
    "CONSTRUCT { ?x <urn:p> 'limit 1' } { VALUES ?x { <urn:1> <urn:2> <urn:3> <urn:4> } } LIMIT 3",
    "CONSTRUCT { [] <urn:p> ?x } { VALUES ?x { 1 2 3 4 } }",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE <urn:a>",
    "# only\n# comments\rSELECT\n#x\n?x\n{\nVALUES ?x { 1 2 3 4 }\n}#",
    "SELECT ?x { VALUES ?x { 1 2 3 4 } FILTER(?x<3&&?x>0) }",
    "SELECT ?from ?service { VALUES (?from ?service) { (1 2) (3 4) (5 6) (7 8) } }",
    "SELECT $x WHERE { VALUES $x { 1.5 -2 +3 1e3 true } }",
]


def plain(query):
    results = ox.Store().query(query, base_iri="http://example.org/sparql")
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    if isinstance(results, ox.QueryTriples):
        return [str(triple.object) for triple in results]
    return [[str(cell) for cell in row] for row in results]


@pytest.mark.parametrize("query", ODD)
@pytest.mark.parametrize("most", [1, 3, 4, 1000])
def test_an_odd_query_is_answered_as_the_engine_answers_it(tmp_path, query, most):
    forms = {"rows": JSON.media_type, "boolean": XML.media_type, "triples": "application/n-triples"}
    request = {"database": "", "query": query, "base": "http://example.org/sparql", "limit": most, "bytes": 1 << 20, **forms}
    reply = answer(Context(tmp_path), request)
    expected = plain(query)
    match reply.head["kind"]:
        case "boolean":
            assert bool(ox.parse_query_results(reply.body, format=XML)) == expected
            return
        case "rows":
            got = [[str(cell) for cell in row] for row in ox.parse_query_results(reply.body, format=JSON)]
        case _:
            got = [str(quad.object) for quad in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)]
    assert got == expected[:most]
    assert reply.head["truncated"] == (len(expected) > most)


@pytest.mark.parametrize(
    "form",
    [
        "text/turtle",
        "application/n-triples",
        "application/rdf+xml",
        "application/ld+json",
        "text/n3",
        "application/trig",
        "application/n-quads",
    ],
)
@pytest.mark.parametrize("size", [10, 40_000])
def test_a_cut_graph_can_be_read_and_says_so(tmp_path, form, size):
    query = f"CONSTRUCT {{ ?s <urn:p> ?t }} {{ VALUES ?s {{ <urn:1> <urn:2> <urn:3> }} BIND('{'x' * size}' AS ?t) }}"
    request = {"database": "", "query": query, "base": "http://a/", "limit": 2, "bytes": 1 << 24, "triples": form}
    reply = answer(Context(tmp_path), request)
    assert reply.head["truncated"]
    assert b"cut after 2 triples" in reply.body
    quads = list(ox.parse(reply.body, format=ox.RdfFormat.from_media_type(form)))
    assert len([quad for quad in quads if quad.predicate.value == "urn:p"]) == 2


def test_a_long_answer_that_is_cut_lies_in_one_file(tmp_path):
    values = " ".join(f"<urn:{number}>" for number in range(60))
    query = f"SELECT * {{ VALUES ?a {{ {values} }} VALUES ?b {{ {values} }} VALUES ?c {{ {values} }} }}"
    for media_type, form in (("application/json", JSON), ("text/xml", XML), ("text/csv", CSV)):
        request = {"database": "", "query": query, "base": "http://a/", "limit": 100_000, "bytes": 1 << 26, "rows": media_type}
        reply = answer(Context(tmp_path), request)
        assert reply.head == {"kind": "rows", "media_type": media_type, "truncated": True}
        assert list(tmp_path.iterdir()) == [reply.body]
        text = reply.body.read_bytes()
        reply.body.unlink()
        if form != CSV:
            assert b"https://w3id.org/bioimage-kg/truncated" in text[:400]
            assert sum(1 for _ in ox.parse_query_results(text, format=form)) == 100_000
        else:
            assert text.count(b"\r\n") == 100_002


def test_xml_that_no_reader_would_take_is_not_written(tmp_path):
    query = "SELECT ?x { VALUES ?x { 'a\\rb' 'a\\u0001b' } }"
    request = {"database": "", "query": query, "base": "http://a/", "limit": 9, "bytes": 1 << 20, "rows": XML.media_type}
    rows = list(ox.parse_query_results(answer(Context(tmp_path), request).body, format=XML))
    assert [row[0].value for row in rows] == ["a\rb", "a\N{REPLACEMENT CHARACTER}b"]
