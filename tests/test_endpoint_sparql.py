"""``/sparql`` over HTTP: the protocol, the forms of answers, what is refused, and how the service describes itself."""

from __future__ import annotations

import gzip
import http.client
import json
import re
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
import rdflib
import requests
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from serving import WRITER_TOKEN, Serving
from SPARQLWrapper import CSV, JSON, RDFXML, TURTLE, XML, SPARQLWrapper
from test_store import NAME, S, batch, persons

from kg.api.app import EXPOSED
from kg.store import Store

ROWS = 50
SELECT = "application/sparql-results+json"
A, B = S + "a", S + "b"
FORMS = [
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
    "text/n3",
    "application/trig",
    "application/n-quads",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("sparql")
    with Store.open(place / "store", create=True) as store:
        store.publish(batch(place / "in", {"a": (['"one"', '"zwei"@de'], persons(1, 2)), "b": (['"three"'], persons(2, 3))}))
    return place / "store"


@pytest.fixture(scope="module")
def served(folder):
    with Serving(folder, options=("--rows", str(ROWS), "--deadline", "5")) as serving:
        yield serving


def ask(served, query=None, method="GET", accept="", **params):
    fields = {} if query is None else {"query": query}
    named = {name.replace("_", "-"): value for name, value in params.items()}
    headers = {"Accept": accept} if accept else {}
    return requests.request(method, f"{served.url}/sparql", params={**fields, **named}, headers=headers, timeout=30)


def post(served, body, media_type, **more):
    headers = {"Content-Type": media_type} if media_type else {}
    return requests.post(f"{served.url}/sparql", data=body, headers={**headers, **more.pop("headers", {})}, timeout=30, **more)


def names(response):
    assert response.status_code == 200, response.text
    return sorted(row["o"]["value"] for row in response.json()["results"]["bindings"])


def detail(response):
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()["detail"]


OWN = f"SELECT ?o {{ ?s <{NAME}> ?o FILTER(STRSTARTS(STR(?s), '{S}')) }}"


# Protocol


def test_a_query_can_be_got_posted_as_a_form_and_posted_as_it_is(served):
    expected = ["one", "three", "zwei"]
    assert names(ask(served, OWN)) == expected
    assert names(post(served, {"query": OWN}, "application/x-www-form-urlencoded")) == expected
    assert names(post(served, OWN, "application/sparql-query; charset=UTF-8")) == expected


@pytest.mark.parametrize("how", ["get", "form", "text"])
def test_the_dataset_of_the_protocol_wins_over_that_of_the_query(served, how):
    def sent(query, **dataset):
        fields = [(name.replace("_", "-"), iri) for name, iris in dataset.items() for iri in iris]
        match how:
            case "get":
                return requests.get(f"{served.url}/sparql", params=[("query", query), *fields], timeout=30)
            case "form":
                return requests.post(f"{served.url}/sparql", data=[("query", query), *fields], timeout=30)
        return post(served, query, "application/sparql-query", params=fields)

    query = OWN.replace("{", f"FROM <{B}> {{", 1)
    assert names(sent(query)) == ["three"], "FROM counts, though the default graph is the union"
    assert names(sent(query, default_graph_uri=[A])) == ["one", "zwei"]
    assert names(sent(query, default_graph_uri=[A, B, A])) == ["one", "three", "zwei"]
    assert names(sent(query, named_graph_uri=[A])) == []
    in_graphs = f"SELECT ?o FROM NAMED <{B}> {{ GRAPH ?g {{ ?s <{NAME}> ?o }} }}"  # noqa: S608 - SPARQL
    assert names(sent(in_graphs)) == ["three"]
    assert names(sent(in_graphs, named_graph_uri=[A])) == ["one", "zwei"]
    assert names(sent(in_graphs, default_graph_uri=[A])) == []
    assert names(sent(in_graphs, default_graph_uri=[B], named_graph_uri=[A, B])) == ["one", "three", "zwei"]


@pytest.mark.parametrize(
    ("params", "status", "said"),
    [
        ({"query": ["ASK {}", "ASK {}"]}, 400, "one request asks one query"),
        ({"query": ""}, 400, "query: is empty"),
        ({"query": "SELEC * { ?s ?p ?o }"}, 400, "found 'SELEC', expected SELECT"),
        ({"query": "SELECT * { ?s no:x ?o }"}, 400, "or shortly before"),
        ({"update": "DROP ALL"}, 400, "updates are posted to /update"),
        ({"query": "SELECT *\n{ ?s ?p }"}, 400, "not SPARQL 1.1: error at 2:"),
        ({"query": "DROP ALL"}, 400, "this is an update; POST it to /update"),
        ({"query": "PREFIX a: <urn:a> # x\nINSERT DATA { a:b a:c 1 }"}, 400, "POST it to /update"),
        ({"query": "ASK {}", "timeout": "nan"}, 400, "no number of seconds"),
        ({"query": "ASK {}", "timeout": "0"}, 400, "no number of seconds"),
        ({"query": "ASK {}", "timeout": "5m"}, 400, "no number of seconds"),
        ({"query": "ASK {}", "timeout": "-1"}, 400, "no number of seconds"),
        ({"query": "ASK {}", "timeout": "soon"}, 400, "no number of seconds"),
        ({"query": "ASK {}", "format": "parquet"}, 400, "is none of json"),
        ({"query": "ASK {}", "default-graph-uri": "relative"}, 400, "no absolute IRI"),
        ({"query": "ASK {}", "default-graph-uri": ""}, 400, "no absolute IRI"),
        ({"query": "ASK {}", "named-graph-uri": "http://a/\r\nSet-Cookie: x=y"}, 400, "no absolute IRI"),
        ({"query": "ASK {}", "default-graph-uri": "http://[x"}, 400, "no absolute IRI"),
        ({"query": "SELECT ?x { BIND(<urn:f>(1) AS ?x) }"}, 422, "cannot be answered"),
        ({"query": "SELECT * { ?s \x00 ?o }"}, 400, "not SPARQL 1.1"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(served, params, status, said):
    response = requests.get(f"{served.url}/sparql", params=params, timeout=30)
    assert (response.status_code, said in detail(response)) == (status, True), response.text


@pytest.mark.parametrize(
    "query", ["SELECT * { ?s ?p ?o", "SELECT ?x { BIND(1 AS ?x", "SELECT * {?s rdf:type/ ?o}", "ASK {} LIMIT x"]
)
def test_a_fault_of_syntax_is_told_with_its_place_and_without_classes_of_characters(served, query):
    said = detail(ask(served, query))
    assert re.fullmatch(r"query: not SPARQL 1\.1: error at 1:\d+(:| or) .{1,100}", said), said
    assert "\\u{" not in said
    assert "[_]" not in said


def test_a_time_to_wait_may_have_its_unit(served):
    assert ask(served, "ASK {}", timeout="5s").status_code == 200


def test_a_form_that_is_named_wins_over_one_that_is_meant_by_a_star(served):
    response = ask(served, "SELECT * { ?s ?p ?o }", accept="application/sparql-results+xml, application/rdf+xml, */*")
    assert response.headers["Content-Type"] == "application/sparql-results+xml"


def test_columns_of_a_star_come_in_the_order_of_the_alphabet(served):
    found = ask(served, "SELECT * { ?z ?b ?a } LIMIT 1", accept="text/csv").text
    assert found.splitlines()[0] == "a,b,z"


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        ("ASK {}", None, 415),
        ("ASK {}", "text/plain", 415),
        ("ASK {}", "application/sparql-update", 415),
        ("query=ASK%20%7B%7D", "application/json", 415),
        ("ASK {}".encode("utf-16"), "application/sparql-query", 400),
        ("ASK {}".encode("utf-16"), "application/sparql-query; charset=UTF-16", 400),
        (b"ASK { ?s ?p '\xff' }", "application/sparql-query", 400),
        (b"query=ASK%20%7B?s?p'%FF'%7D", "application/x-www-form-urlencoded", 400),
        (b"query=ASK {}\xc3\xa9", "application/x-www-form-urlencoded", 400),
        ("other=1", "application/x-www-form-urlencoded", 400),
        ("query=ASK%7B%7D&query=ASK%7B%7D", "application/x-www-form-urlencoded", 400),
        ("", "application/sparql-query", 400),
        ("ASK {}" + " " * (300 << 10), "application/sparql-query", 413),
    ],
)
def test_a_wrong_body_is_refused(served, body, media_type, status):
    response = post(served, body, media_type)
    assert response.status_code == status, response.text
    assert detail(response)


def test_a_packed_body_is_refused_or_read_and_never_a_crash(served):
    response = post(served, gzip.compress(b"ASK {}"), "application/sparql-query", headers={"Content-Encoding": "gzip"})
    assert response.status_code in {200, 415}


def test_an_address_that_is_no_utf8_is_refused(served):
    response = requests.get(f"{served.url}/sparql?query=ASK%7B?s?p'%FF'%7D", timeout=30)
    assert (response.status_code, "UTF-8" in detail(response)) == (400, True)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(served, method):
    response = ask(served, "ASK {}", method)
    assert response.status_code == 405
    assert detail(response)


def test_ten_thousand_graphs_are_no_crash(served):
    iris = [f"urn:graph:{number}" for number in range(10_000)]
    query = "ASK " + " ".join(f"FROM <{iri}>" for iri in iris) + " {}"
    for response in (
        post(served, query, "application/sparql-query"),
        post(served, {"query": "ASK {}", "default-graph-uri": iris}, "application/x-www-form-urlencoded"),
        requests.get(f"{served.url}/sparql", params={"query": "ASK {}", "named-graph-uri": iris}, timeout=30),
    ):
        assert response.status_code in {200, 400, 413, 414, 431}
    assert served.query("ASK {}") is True


def test_head_has_the_headers_and_no_body(served):
    got, head = (ask(served, OWN, method) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert {name: head.headers[name] for name in ("etag", "content-type")} == {
        name: got.headers[name] for name in ("etag", "content-type")
    }


def test_a_client_may_wait_for_less_than_the_server_would(served):
    digits = " ".join(map(str, range(1000)))
    query = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?a {{ {digits} }} VALUES ?b {{ {digits} }} VALUES ?c {{ {digits} }} }}"
    response = ask(served, query, timeout="0.3")
    assert (response.status_code, "took longer" in detail(response)) == (504, True)


# Forms


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", SELECT),
        ("*/*", SELECT),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/json", "application/json"),
        ("text/csv, */*;q=0.1", "text/csv; charset=utf-8"),
        ("text/tab-separated-values;q=NaN", "text/tab-separated-values; charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", SELECT),
        ("garbage", SELECT),
        ("text/turtle, application/sparql-results+xml;q=0.1", "application/sparql-results+xml"),
    ],
)
def test_rows_come_in_the_form_that_the_client_takes(served, accept, expected):
    response = ask(served, OWN, accept=accept)
    assert (response.status_code, response.headers["content-type"]) == (200, expected)
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize("accept", FORMS)
def test_triples_come_in_the_form_that_the_client_takes(served, accept):
    response = ask(served, f"CONSTRUCT {{ ?s ?p ?o }} FROM <{A}> {{ ?s ?p ?o }}", accept=accept)
    assert response.headers["content-type"].partition(";")[0] == accept
    form = ox.RdfFormat.from_media_type(accept)
    assert {quad.object.value for quad in ox.parse(response.content, format=form)} == {"one", "zwei"}
    profiled = ask(
        served,
        "DESCRIBE <https://orcid.org/1>",
        accept='application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted, x"',
    )
    assert "Person 1" in json.dumps(profiled.json())


def test_turtle_has_the_prefixes_of_the_project(served):
    text = ask(served, "DESCRIBE <https://orcid.org/1>", accept="text/turtle").text
    assert "orcid:1 schema:name" in text


@pytest.mark.parametrize(
    ("query", "accept"), [(OWN, "text/turtle"), ("DESCRIBE <urn:a>", "text/csv"), ("ASK {}", "image/*"), (OWN, "*/*;q=0")]
)
def test_a_form_that_there_is_not_is_told_with_those_there_are(served, query, accept):
    told = ask(served, query, accept=accept)
    assert told.json()["code"] == "not-acceptable"
    assert "Accept" in told.headers["Vary"]
    response = ask(served, query, accept=accept)
    assert (response.status_code, bool(response.json()["available"])) == (406, True)


def test_a_yes_or_no_comes_in_every_form(served):
    for accept in ("text/csv", "text/tab-separated-values", "text/boolean", "text/plain"):
        assert ask(served, "ASK {}", accept=accept).text == "true"
    assert ask(served, "ASK {}").json()["boolean"] is True


@pytest.mark.parametrize(
    ("name", "rows", "triples"),
    [
        ("json", SELECT, "application/ld+json"),
        ("xml", "application/sparql-results+xml", "application/rdf+xml"),
        ("csv", "text/csv", ""),
        ("ttl", "", "text/turtle"),
        ("text/csv", "text/csv", ""),
    ],
)
def test_a_short_name_says_more_than_the_header(served, name, rows, triples):
    for query, expected in ((OWN, rows), ("DESCRIBE <urn:a>", triples)):
        for param in ("format", "output"):
            response = ask(served, query, accept="application/sparql-results+xml", **{param: name})
            assert response.status_code == (200 if expected else 406)
            assert not expected or response.headers["content-type"].partition(";")[0] == expected


def test_an_answer_that_is_too_long_says_so_everywhere(served):
    query = "SELECT * { VALUES ?a { 1 2 3 4 5 6 7 8 9 } VALUES ?b { 1 2 3 4 5 6 7 8 9 } }"
    for accept in (SELECT, "application/sparql-results+xml"):
        response = ask(served, query, accept=accept)
        assert response.headers["Kg-Truncated"] == f"rows={ROWS}"
        assert "https://w3id.org/bioimage-kg/truncated" in response.text
        form = ox.QueryResultsFormat.from_media_type(accept)
        assert sum(1 for _ in ox.parse_query_results(response.content, format=form)) == ROWS
    assert ask(served, query).json()["truncated"]["rows"] == ROWS
    assert ask(served, query, accept="text/csv").text.splitlines()[-1].startswith(f'"# cut after {ROWS} rows')
    made = ask(served, query.replace("SELECT *", "CONSTRUCT { [] <urn:p> ?a, ?b }"), accept="text/turtle")
    assert made.headers["Kg-Truncated"] == f"triples={ROWS}"
    whole = ask(served, query + f" LIMIT {ROWS}")
    assert "Kg-Truncated" not in whole.headers
    assert "truncated" not in whole.json()


# Caching


def test_what_a_client_has_is_not_sent_again(served):
    first = ask(served, OWN, accept=SELECT)
    tag, generation = first.headers["ETag"], first.headers["Kg-Generation"]
    assert (first.headers["Cache-Control"], tag[:2]) == ("no-cache", "W/")
    assert generation.startswith("00000001-")

    def again(query=OWN, accept=SELECT, **headers):
        return requests.get(
            f"{served.url}/sparql",
            params={"query": query},
            headers={"Accept": accept, "If-None-Match": tag, **headers},
            timeout=30,
        )

    assert (again().status_code, again().content, again().headers["ETag"]) == (304, b"", tag)
    assert again(**{"If-None-Match": f'"other", {tag}'}).status_code == 304
    assert again(query=OWN + " ").status_code == 200
    assert again(accept="text/csv").status_code == 200
    authorized = again(Authorization=f"Bearer {WRITER_TOKEN}")
    assert authorized.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("query", ["SELECT (NOW() AS ?n) {}", "SELECT (Rand() AS ?n) {}", "SELECT (STRUUID() AS ?n) {}"])
def test_what_changes_by_itself_has_no_tag(served, query):
    assert "ETag" not in ask(served, query).headers


def test_headers_for_scripts_are_named(served):
    exposed = requests.get(
        f"{served.url}/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://a.example"}, timeout=30
    )
    allowed = exposed.headers.get("access-control-expose-headers", "").lower()
    assert all(name.lower() in allowed for name in EXPOSED)


def test_an_answer_of_megabytes_arrives_whole(folder):
    digits = " ".join(map(str, range(300)))
    query = f"SELECT * {{ VALUES ?a {{ {digits} }} VALUES ?b {{ {digits} }} }}"
    with Serving(folder) as serving:
        response = requests.get(f"{serving.url}/sparql", params={"query": query}, timeout=30)
        assert len(response.json()["results"]["bindings"]) == 90_000
        head = requests.head(
            f"{serving.url}/sparql", params={"query": query}, headers={"Accept-Encoding": "identity"}, timeout=30
        )
        assert int(head.headers["Content-Length"]) == len(response.content)


# Refused


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403),
        ("SELECT * { SERVICE SILENT ?x { ?s ?p ?o } }", 403),
        ("PREFIX e: <http://a/> ASK { SERVICEe:x{ SELECT * { ?s ?p ?o } } }", 403),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p } }", 400),
        ("SELECT * { SERVICE { ?s ?p ?o } }", 400),
        ("SELECT * { SERVICE SILENT <http://a/> { ?s ?p ?o }", 400),
        ("LOAD <http://127.0.0.1:9/>", 400),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400),
        ("SELECT * { " + "(" * 600 + " }", 400),
        ("PREFIX load: <urn:> PREFIX service: <urn:> SELECT * { ?s load:load service:service }", 200),
    ],
)
def test_other_servers_are_not_asked_and_what_is_no_query_is_told_first(served, query, status):
    assert ask(served, query).status_code == status


# Description


@pytest.mark.parametrize("accept", FORMS)
@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/sparql/examples"])
def test_descriptions_come_in_every_form(served, path, accept):
    response = requests.get(served.url + path, headers={"Accept": accept}, timeout=30)
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, accept)
    assert list(ox.parse(response.content, format=ox.RdfFormat.from_media_type(accept)))
    tag = {"If-None-Match": response.headers["ETag"], "Accept": accept}
    assert requests.get(served.url + path, headers=tag, timeout=30).status_code == 304


def described(served, path, **headers):
    graph = rdflib.Graph()
    return graph.parse(data=requests.get(served.url + path, headers={"Accept": "text/turtle", **headers}, timeout=30).text)


def test_the_service_describes_itself(served):
    graph = described(served, "/sparql")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = graph.subjects(sd.supportedLanguage, sd.SPARQL11Query)
    assert str(graph.value(service, sd.endpoint)) == f"{served.url}/sparql"
    assert (service, sd.feature, sd.UnionDefaultGraph) in graph
    assert {str(name) for name in graph.objects(None, sd.name)} <= {A, B}
    assert len(set(graph.objects(service, sd.resultFormat))) == 11
    (updates,) = graph.subjects(sd.supportedLanguage, sd.SPARQL11Update)
    assert str(graph.value(updates, sd.endpoint)) == f"{served.url}/update"
    for one in (service, updates):
        taken = {str(name).rpartition("/")[2] for name in graph.objects(one, sd.inputFormat)}
        assert taken == {"Turtle", "N-Triples", "RDF_XML", "JSON-LD", "N3"}


def test_a_plain_default_graph_is_described_as_one(tmp_path):
    with Serving(tmp_path / "empty") as serving:
        assert "UnionDefaultGraph" not in requests.get(f"{serving.url}/sparql", timeout=30).text
        void = requests.get(f"{serving.url}/.well-known/void", timeout=30)
        assert re.search(r"void:triples 0\b", void.text) or '"0"' in void.text


def test_the_data_are_described_with_their_numbers(served):
    graph = described(served, "/.well-known/void")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    (dataset,) = graph.subjects(void.sparqlEndpoint, None)
    counted = served.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"]
    assert str(graph.value(dataset, void.triples)) == counted


def test_browsers_get_a_page(served):
    response = requests.get(f"{served.url}/sparql", headers={"Accept": "text/html, */*;q=0.1"}, timeout=30)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "&lt;" in response.text


def test_examples_are_executables_that_run(served):
    graph = described(served, "/sparql/examples")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    found = list(graph.subject_objects(sh.select))
    assert len(found) >= 20
    for node, text in found:
        assert (node, rdflib.RDF.type, sh.SPARQLSelectExecutable) in graph
        assert ask(served, str(text)).status_code == 200
    assert requests.get(f"{served.url}/sparql/examples", headers={"Accept": "image/png"}, timeout=30).status_code == 406


def test_questions_are_listed_and_answered(served):
    listed = requests.get(f"{served.url}/api/questions", timeout=30).json()["questions"]
    (one,) = [question for question in listed if question["name"] == "by-organism"]
    assert one["parameters"][0]["name"] == "organism"
    response = requests.get(one["url"], params={"organism": "NCBITaxon:10090", "format": "csv"}, timeout=30)
    assert (response.status_code, response.text.partition("\r")[0]) == (200, "source,label,words,records,why")
    for params, said in (
        ({"organism": "a b"}, "no CURIE"),
        ({"other": "1"}, "has no parameter"),
        ({"organism": ["GO:1", "GO:2"]}, "twice"),
        ({"format": "x"}, "none of"),
    ):
        wrong = requests.get(one["url"], params=params, timeout=30)
        assert (wrong.status_code, said in detail(wrong)) == (400, True)
    assert requests.get(f"{served.url}/api/questions/none", timeout=30).status_code == 404


# Clients


def test_sparqlwrapper_reads_every_kind_of_answer(served):
    client = SPARQLWrapper(f"{served.url}/sparql")
    client.setQuery(OWN)
    client.setReturnFormat(JSON)
    found = client.queryAndConvert()
    assert {row["o"]["value"] for row in found["results"]["bindings"]} == {"one", "three", "zwei"}
    client.setReturnFormat(XML)
    assert len(client.queryAndConvert().getElementsByTagName("result")) == 3
    client.setReturnFormat(CSV)
    assert client.queryAndConvert().startswith(b"o\r\n")
    client.setMethod("POST")
    client.setQuery("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    for form, name in ((TURTLE, "turtle"), (RDFXML, "xml")):
        client.setReturnFormat(form)
        assert len(rdflib.Graph().parse(data=client.query().response.read(), format=name)) == 6
    client.setQuery("ASK {}")
    client.setReturnFormat(JSON)
    assert client.queryAndConvert()["boolean"] is True


def test_the_store_of_rdflib_reads_the_endpoint(served):
    graph = rdflib.Graph(SPARQLStore(f"{served.url}/sparql"))
    assert {str(o) for o in graph.objects(rdflib.URIRef(S + "a/1"), rdflib.URIRef(NAME))} == {"one", "zwei"}
    assert len(graph) == 6
    assert bool(graph.query("ASK {}")) is True
    assert len(list(graph.query(OWN))) == 3
    assert len(graph.query("CONSTRUCT WHERE { ?s ?p ?o }").graph) == 6


# What the engine gets wrong; docs/sparql.md names these tests.


@pytest.mark.parametrize(
    ("literal", "written", "datatype"),
    [
        ('"007"^^xsd:integer', "7", "integer"),
        ('"1"^^xsd:int', "1", "integer"),
        ('"1.50"^^xsd:decimal', "1.5", "decimal"),
        ('"1.0e2"^^xsd:double', "100", "double"),
        ('"1"^^xsd:boolean', "true", "boolean"),
        ('"2020-01-01T00:00:00+00:00"^^xsd:dateTime', "2020-01-01T00:00:00Z", "dateTime"),
    ],
)
def test_known_fault_literals_are_rewritten(served, literal, written, datatype):
    query = f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ?x {{ VALUES ?x {{ {literal} }} FILTER(BOUND(?x)) BIND(?x AS ?y) }}"
    cell = ask(served, query).json()["results"]["bindings"][0]["x"]
    shown = (cell["value"], cell["datatype"].rpartition("#")[2])
    stored = ox.Store()
    stored.update(f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> INSERT DATA {{ <urn:s> <urn:p> {literal} }}")
    kept = next(iter(stored)).object
    assert (kept.value, kept.datatype.value.rpartition("#")[2]) == (written, datatype)
    assert shown in {(written, datatype), (re.findall('"([^"]*)"', literal)[0], literal.rpartition(":")[2])}


def test_known_fault_a_zero_length_path_misses_terms_that_the_store_does_not_hold(served):
    assert served.query("SELECT ?s { ?s <urn:p>* <urn:nowhere> }") == []


def test_known_fault_graphs_without_statements_are_not_seen_by_a_graph_variable_that_is_not_used():
    store = ox.Store()
    store.update("CREATE GRAPH <urn:empty>")
    assert [str(row["g"]) for row in store.query("SELECT ?g { GRAPH ?g {} }")] == ["<urn:empty>"]
    assert [row["n"].value for row in store.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")] == []


def test_known_fault_the_union_repeats_a_statement_that_stands_in_two_graphs():
    store = ox.Store()
    store.update("INSERT DATA { GRAPH <urn:a> { <urn:s> <urn:p> 1 } GRAPH <urn:b> { <urn:s> <urn:p> 1 } }")
    assert len(list(store.query("SELECT * { ?s ?p ?o }", use_default_graph_as_union=True))) == 2
    assert len(list(store.query("SELECT DISTINCT * { ?s ?p ?o }", use_default_graph_as_union=True))) == 1


def test_known_fault_the_engine_lets_the_union_win_over_from_and_we_do_not(served):
    store = ox.Store()
    store.update("INSERT DATA { GRAPH <urn:a> { <urn:s> <urn:p> 1 } }")
    assert len(list(store.query("SELECT * FROM <urn:b> { ?s ?p ?o }", use_default_graph_as_union=True))) == 1
    assert names(ask(served, OWN.replace("{", f"FROM <{B}> {{", 1))) == ["three"]


def test_known_fault_json_ld_cannot_say_triple_terms(served):
    response = ask(served, "CONSTRUCT { <urn:s> <urn:p> <<( <urn:a> <urn:b> 1 )>> } {}", accept="application/ld+json")
    assert (response.status_code, "cannot be written as application/ld+json" in detail(response)) == (400, True)


def test_nothing_of_all_this_was_an_error_of_ours(served):
    assert not [line for line in served.lines if "Traceback" in line or "status=500" in line]


def test_a_request_line_as_no_library_sends_it_is_no_crash(served):
    place = urlsplit(served.url)
    for target in (
        "/sparql?query",
        "/sparql?&&&=",
        "/sparql?query=ASK+{}&query=",
        "/sparql?" + "a=1&" * 12_000,
        "/sparql?query=" + quote("ASK {} #\ud800", errors="surrogatepass"),
    ):
        connection = http.client.HTTPConnection(place.netloc, timeout=20)
        connection.putrequest("GET", target, skip_accept_encoding=True)
        connection.putheader("Accept", "*/*;q=NaN, " + "a/b," * 5_000)
        connection.endheaders()
        assert connection.getresponse().status in {200, 400, 414, 431}
        connection.close()
