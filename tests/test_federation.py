"""SERVICE and LOAD where the settings allow them: asked by us, of servers that are named, within bounds."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
import requests
from serving import Serving
from test_store import NAME, batch, persons

from kg.api.federation import fetched
from kg.api.outbound import Allowed, opened
from kg.api.settings import Settings
from kg.errors import RefusedError, ServiceError
from kg.store import Store

REMOTE = f'<https://orcid.org/1> <urn:likes> "tea, \\"green\\"" , "thé"@fr , 7 . <https://orcid.org/2> <urn:likes> [ <{NAME}> "nobody" ] .'


class Remote(BaseHTTPRequestHandler):
    """Another endpoint; what it does is in the path."""

    asked: list[str] = []  # noqa: RUF012 - what a test looks at
    data = ox.Store()

    def do_POST(self):
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.asked.append(fields["query"][0])
        match self.path.rpartition("/")[2]:
            case "sparql":
                self._send(self.data.query(fields["query"][0]).serialize(format=ox.QueryResultsFormat.JSON))
            case "moved":
                self._send(b"", 302, {"Location": "/sparql"})
            case "broken":
                self._send(b"out of order", 500)
            case "garbage":
                self._send(b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"urn:a> } DROP"}}]}}')
            case "deep":
                self._send(b"[" * 100_000)
            case "many":
                rows = [{"x": {"type": "literal", "value": str(number)}} for number in range(10_001)]
                self._send(json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": rows}}).encode())
            case "huge":
                self._send(b" " * (9 << 20))
            case "slow":
                self.send_response(200)
                self.end_headers()
                for _ in range(100):
                    self.wfile.write(b" ")
                    time.sleep(0.1)

    def do_GET(self):
        self.asked.append(self.path)
        match self.path.rpartition("/")[2]:
            case "named.ttl":
                self._send(b"<> <urn:p> 'by name' .", headers={"Content-Type": "text/plain"})
            case "large.ttl":
                self._send(b"<urn:s> <urn:p> 1 . #" + b"." * 3_000, headers={"Content-Type": "text/turtle"})
            case "wrong.ttl":
                self._send(b"<urn:s> <urn:p>", headers={"Content-Type": "text/turtle"})
            case "quads":
                self._send(b"<urn:g> { <urn:s> <urn:p> 1 }", headers={"Content-Type": "application/trig"})
            case "away":
                self._send(b"", 302, {"Location": "/closed/data.ttl"})
            case "absent":
                self._send(b"", 404)
            case _:
                self._send(b"<urn:s> <urn:p> 1 .", headers={"Content-Type": "text/turtle; charset=utf-8"})

    def _send(self, body, status=200, headers=None):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            return

    def log_message(self, *_words):
        return


@pytest.fixture(scope="module")
def remote():
    Remote.data.load(REMOTE.encode(), format=ox.RdfFormat.TURTLE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Remote)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture(scope="module")
def served(tmp_path_factory, remote):
    place = tmp_path_factory.mktemp("federation")
    with Store.open(place / "store", create=True) as store:
        store.publish(batch(place / "in", {"a": (['"one"'], persons(1, 2))}))
    with Serving(place / "store", options=("--deadline", "3", "--allow-service", f"{remote}/open/")) as serving:
        yield serving


@pytest.fixture(autouse=True)
def _nothing_asked():
    Remote.asked.clear()


def ask(served, query):
    return requests.get(f"{served.url}/sparql", params={"query": query}, timeout=30)


def test_what_another_server_says_is_joined_with_what_we_say(served, remote):
    query = f"PREFIX ex: <urn:> SELECT ?name ?what {{ ?p <{NAME}> ?name . SERVICE <{remote}/open/sparql> {{ ?p ex:likes ?what }} FILTER(!isIRI(?what)) }}"
    response = ask(served, query)
    rows = response.json()["results"]["bindings"]
    assert {(row["name"]["value"], row["what"]["value"], row["what"].get("xml:lang")) for row in rows} == {
        ("Person 1", 'tea, "green"', None),
        ("Person 1", "thé", "fr"),
        ("Person 1", "7", None),
    }
    assert "ETag" not in response.headers, "nobody knows when the other server changes"
    assert "PREFIX ex: <urn:>" in Remote.asked[0]


def test_an_endpoint_may_be_a_prefixed_name_and_there_may_be_several(served, remote):
    query = f"PREFIX o: <{remote}/open/> SELECT * {{ SERVICE o:sparql {{ ?a <urn:likes> 7 }} SERVICE SILENT o:sparql {{ ?a <urn:likes> ?b }} }}"
    assert len(ask(served, query).json()["results"]["bindings"]) == 3
    assert len(Remote.asked) == 2


def test_a_blank_node_of_another_server_becomes_an_iri(served, remote):
    rows = served.query(
        f"SELECT ?x ?y {{ SERVICE <{remote}/open/sparql> {{ ?x <urn:likes> ?b . ?b <{NAME}> ?y BIND(?b AS ?z) }} }}"
    )
    assert rows == [{"x": "https://orcid.org/2", "y": "nobody"}]
    (row,) = served.query(f"SELECT ?b {{ SERVICE <{remote}/open/sparql> {{ ?x <urn:likes> ?b FILTER(isBlank(?b)) }} }}")
    assert "/.well-known/genid/" in row["b"]


def test_a_block_without_variables_is_a_condition(served, remote):
    for thing, expected in (("7", True), ("8", False)):
        assert (
            served.query(f"ASK {{ SERVICE <{remote}/open/sparql> {{ <https://orcid.org/1> <urn:likes> {thing} }} }}")
            is expected
        )


@pytest.mark.parametrize("path", ["moved", "broken", "garbage", "deep", "many", "huge", "slow"])
def test_a_server_that_fails_is_an_error_or_silence(served, remote, path):
    response = ask(served, f"SELECT * {{ SERVICE <{remote}/open/{path}> {{ ?x ?y ?z }} }}")
    assert (response.status_code, remote in response.json()["detail"]) == (502, True), response.text
    silent = ask(served, f"SELECT * {{ SERVICE SILENT <{remote}/open/{path}> {{ ?x ?y ?z }} BIND(1 AS ?one) }}")
    assert [list(row) for row in silent.json()["results"]["bindings"]] == [["one"]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT * {{ SERVICE <{remote}/closed/sparql> {{ ?x ?y ?z }} }}", 403),
        ("SELECT * {{ SERVICE <{remote}/open/../closed/sparql> {{ ?x ?y ?z }} }}", 403),
        ("SELECT * {{ SERVICE <{remote}/open/%2e%2e/closed/sparql> {{ ?x ?y ?z }} }}", 403),
        ("SELECT * {{ SERVICE <{remote}/openly> {{ ?x ?y ?z }} }}", 403),
        ("SELECT * {{ SERVICE <http://127.0.0.1:9/open/sparql> {{ ?x ?y ?z }} }}", 403),
        ("SELECT * {{ VALUES ?s {{ <{remote}/open/sparql> }} SERVICE ?s {{ ?x ?y ?z }} }}", 403),
        ("SELECT * {{ SERVICE SILENT <{remote}/closed/sparql> {{ ?x ?y ?z }} }}", 200),
        ("SELECT * {{ SERVICE <{remote}/open/sparql> {{ SERVICE <{remote}/closed/sparql> {{ ?x ?y ?z }} }} }}", 403),
        ("SELECT * {{ SERVICE <{remote}/closed/sparql> {{ ?x ?y }} }}", 400),
    ],
)
def test_nobody_else_is_asked(served, remote, query, status):
    assert ask(served, query.format(remote=remote)).status_code == status
    assert Remote.asked == []


def test_a_call_that_may_not_be_made_fails_in_silence_where_it_may_fail(served, remote):
    closed = f"SERVICE SILENT <{remote}/closed/sparql> {{ ?x ?y ?z }}"
    mixed = ask(served, f"SELECT * {{ {closed} SERVICE <{remote}/open/sparql> {{ ?a ?b ?c }} }}").json()["results"]["bindings"]
    assert mixed
    assert all("x" not in row and "a" in row for row in mixed)
    assert len(Remote.asked) == 1
    assert "?a ?b ?c" in Remote.asked[0]


def test_prefixes_are_compared_by_their_parts():
    allowed = Allowed(("https://example.org/sparql", "http://data.example.org:8080/"))
    for address in (
        "https://example.org/sparql",
        "https://EXAMPLE.org:443/sparql/x",
        "https://example.org/sparql?a",
        "http://data.example.org:8080/x",
    ):
        assert allowed.entry(address)
    for address in (
        "http://example.org/sparql",
        "https://example.org.evil.net/sparql",
        "https://example.org@evil.net/sparql",
        "https://example.org/sparqlx",
        "https://example.org:444/sparql",
        "https://example.org/sparql/../admin",
        "https://example.org/sparql/%2E%2e/admin",
        "https://example.org\\@evil.net/sparql",
        "http://data.example.org/x",
        "http://data.example.org:99999/",
        "file:///etc/passwd",
        "https://[::1/sparql",
        "",
    ):
        assert allowed.entry(address) is None


def test_a_name_that_leads_into_a_private_network_is_not_asked(remote):
    # Spellings of this machine that are no address in figures to us: what matters is where the connection comes out.
    port = remote.rpartition(":")[2]
    for host in ("127.1", "2130706433"):
        allowed = Allowed((f"http://{host}:{port}/",))
        told = pytest.raises(ServiceError, match="private network")
        with told, opened(f"http://{host}:{port}/sparql", allowed, {}, 3, {"query": "ASK {}"}):
            pass
    assert Remote.asked == []
    with opened(f"{remote}/sparql", Allowed((remote,)), {}, 3, {"query": "SELECT * {}"}) as (_, pieces):
        assert b"bindings" in b"".join(pieces)


def test_load_fetches_into_a_file_what_is_allowed(tmp_path, remote):
    settings = Settings(store=tmp_path / "store", allow_service=(f"{remote}/open/",))
    path, media_type = fetched(f"{remote}/open/data.ttl", settings, tmp_path)
    assert (path.read_bytes(), media_type, path.parent) == (b"<urn:s> <urn:p> 1 .", "text/turtle", tmp_path)
    with pytest.raises(RefusedError, match="not allowed here"):
        fetched(f"{remote}/closed/data.ttl", settings, tmp_path)
    small = Settings(store=tmp_path / "store", allow_service=(f"{remote}/open/",), upload_bytes=10)
    with pytest.raises(ServiceError, match="more than 10 bytes"):
        fetched(f"{remote}/open/data.ttl", small, tmp_path)
    assert list(tmp_path.glob("load-*")) == [path]


def loaded(served):
    return {row["o"] for row in served.query("SELECT ?o { GRAPH <urn:loaded> { ?s ?p ?o } }")}


def test_an_update_loads_what_is_allowed_in_its_order(served, remote):
    text = f"""
        LOAD <{remote}/open/data.ttl> INTO GRAPH <urn:loaded> ; CLEAR GRAPH <urn:loaded> ;
        PREFIX o: <{remote}/open/> LOAD o:named.ttl INTO GRAPH <urn:loaded> ;
        LOAD SILENT o:absent INTO GRAPH <urn:loaded> ; LOAD SILENT o:wrong.ttl INTO GRAPH <urn:loaded> ;
        INSERT {{ GRAPH <urn:loaded> {{ ?s ?p "after" }} }} WHERE {{ GRAPH <urn:loaded> {{ ?s ?p "by name" }} }}
    """
    response = served.update(text)
    assert response.status_code == 204, response.text
    assert loaded(served) == {"by name", "after"}
    assert served.query("SELECT DISTINCT ?s { GRAPH <urn:loaded> { ?s ?p ?o } }") == [{"s": f"{remote}/open/named.ttl"}]
    assert [path.rpartition("/")[2] for path in Remote.asked] == ["data.ttl", "named.ttl", "absent", "wrong.ttl"]


@pytest.mark.parametrize(("name", "status"), [("absent", 502), ("away", 502), ("wrong.ttl", 400), ("quads", 400)])
def test_an_update_whose_load_fails_is_not_done(served, remote, name, status):
    assert served.update("DROP SILENT GRAPH <urn:loaded> ; INSERT DATA { GRAPH <urn:loaded> { <urn:s> <urn:p> 'kept' } }").ok
    text = f"DROP GRAPH <urn:loaded> ; LOAD <{remote}/open/{name}> INTO GRAPH <urn:loaded>"
    response = served.update(text)
    assert (response.status_code, f"/open/{name}" in response.json()["detail"]) == (status, True), response.text
    assert len(Remote.asked) == 1
    assert loaded(served) == {"kept"}
    assert served.update(text.replace("LOAD", "LOAD SILENT")).status_code == 204
    assert loaded(served) == set()


def test_an_update_takes_what_another_server_answers(served, remote):
    text = f"""
        PREFIX ex: <urn:> DROP SILENT GRAPH <urn:loaded> ;
        PREFIX ex: <urn:> INSERT {{ GRAPH <urn:loaded> {{ ?p ex:likes ?what }} }} WHERE {{
            SERVICE <{remote}/open/sparql> {{ ?p ex:likes ?what FILTER(isLiteral(?what)) }} SERVICE SILENT <{remote}/open/broken> {{ }} }} ;
        LOAD <{remote}/open/data.ttl> INTO GRAPH <urn:loaded>
    """
    response = served.update(text)
    assert response.status_code == 204, response.text
    assert loaded(served) == {'tea, "green"', "thé", "7", "1"}
    broken = served.update(f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{remote}/open/broken> {{ ?s ?p ?o }} }}")
    assert (broken.status_code, remote in broken.json()["detail"]) == (502, True)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("LOAD <{remote}/closed/data.ttl>", 403),
        ("LOAD <{remote}/open/data.ttl> ; LOAD <{remote}/closed/data.ttl>", 403),
        ("LOAD <{remote}/open/../closed/data.ttl>", 403),
        ("LOAD <{remote}/openly>", 403),
        ("LOAD <file:///etc/passwd>", 403),
        ("INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE SILENT <{remote}/closed/sparql> {{ ?s ?p ?o }} }}", 204),
        ("LOAD SILENT <{remote}/closed/data.ttl>", 204),
        ("INSERT {{ ?s ?p ?o }} WHERE {{ BIND(<{remote}/open/sparql> AS ?e) SERVICE ?e {{ ?s ?p ?o }} }}", 403),
        (
            "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{remote}/open/sparql> {{ SERVICE <{remote}/open/sparql> {{ ?s ?p ?o }} }} }}",
            403,
        ),
        ("LOAD <{remote}/open/data.ttl> ; INSERT DATA {{ <urn:s> <urn:p> }}", 400),
        ("LOAD <{remote}/open/data.ttl> INTO <urn:g>", 400),
        ("LOAD <{remote}/open/data.ttl>" + " ; LOAD <{remote}/open/data.ttl>" * 8, 400),
    ],
)
def test_for_an_update_nobody_else_is_asked(served, remote, text, status):
    response = served.update(text.format(remote=remote))
    assert response.status_code == status, response.text
    assert Remote.asked == []


def test_what_is_loaded_is_bounded_in_all(tmp_path, remote):
    options = ("--allow-service", f"{remote}/open/", "--upload-bytes", "4000")
    with Serving(tmp_path / "store", options=options) as serving:
        load = f"LOAD <{remote}/open/large.ttl>"
        assert serving.update(load).status_code == 204
        twice = serving.update(f"{load} ; {load}")
        assert (twice.status_code, "sent more than" in twice.json()["detail"]) == (502, True)
        assert serving.query("SELECT ?o { ?s ?p ?o }") == [{"o": "1"}]
