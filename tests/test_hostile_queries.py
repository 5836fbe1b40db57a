"""Attacks on a real server: it answers everybody else throughout, ends what it is asked in time, and reaches out to nobody."""

from __future__ import annotations

import gzip
import json
import socket
import statistics
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
import pytest
import requests
from serving import Serving, bearer

from kg.store import Batch, SourceEntry, Store

DEADLINE = 2.0
PROMISED = 0.3  # seconds beyond the deadline in which a query is dead
SLACK = 1.0  # what a busy machine may add to that
CANARY = 1.0  # seconds in which ASK {} is answered throughout
WEB_MEMORY = 400 << 20
SOURCE = "https://w3id.org/bioimage-kg/id/source/hostile"
STATEMENTS = 100_000

FULL = "?a ?p ?b . ?c ?q ?d . ?e ?r ?f"
NUMBERS = " ".join(map(str, range(1000)))
CROSS = " ".join(f"VALUES ?v{n} {{{NUMBERS}}}" for n in range(5))
REFUSED = {400, 403, 413, 414}
ENDED = {504, 507}


@dataclass
class Stage:
    """A server under attack, and who watches it."""

    serving: Serving
    listener: socket.socket
    connections: list[str] = field(default_factory=list)
    answers: list[tuple[int, float]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    longest: tuple[float, str] = (0.0, "")
    most_memory: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return urlsplit(self.serving.url).hostname

    @property
    def port(self) -> int:
        return urlsplit(self.serving.url).port

    @property
    def trap(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/trap"

    def sing(self) -> None:
        """Ask the smallest question all the time."""
        session = requests.Session()
        web = psutil.Process(self.serving.process.pid)
        while not self.over.wait(0.1):
            began = time.monotonic()
            try:
                status = session.get(f"{self.serving.url}/sparql", params={"query": "ASK {}"}, timeout=10).status_code
            except requests.RequestException:
                status = 0
            self.answers.append((status, time.monotonic() - began))
            self.most_memory = max(self.most_memory, web.memory_info().rss)

    def trap_calls(self) -> None:
        """Count whoever connects."""
        self.listener.settimeout(0.2)
        while not self.over.is_set():
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            self.connections.append("a connection")
            connection.close()

    def post(
        self, body: bytes, kind: str = "application/sparql-query", path: str = "/sparql", **headers: str
    ) -> requests.Response:
        return self.note(
            lambda: requests.post(
                self.serving.url + path, data=body, headers={"Content-Type": kind, **_named(headers)}, timeout=30
            ),
            repr(body[:60]),
        )

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.note(lambda: requests.get(self.serving.url + path, headers=_named(headers), timeout=30), path[:60])

    def note(self, act: Callable[[], requests.Response], name: str) -> requests.Response:
        began = time.monotonic()
        response = act()
        seconds = time.monotonic() - began
        self.longest = max(self.longest, (seconds, name))
        self.statuses.append(response.status_code)
        assert seconds < DEADLINE + PROMISED + SLACK
        if response.status_code >= 400:
            told = response.json()
            assert response.headers["Content-Type"] == "application/problem+json"
            assert told["status"] == response.status_code
            assert told["detail"]
            assert "Traceback" not in response.text
        return response

    def raw(self, data: bytes, *, linger: float = 5.0) -> bytes:
        """Send bytes and return what comes until the server hangs up, or for some seconds."""
        with socket.create_connection((self.host, self.port), timeout=linger) as sock:
            found = b""
            try:
                sock.sendall(data)
                while piece := sock.recv(65536):
                    found += piece
            except (TimeoutError, ConnectionError):
                pass
        if found.startswith(b"HTTP/1.1 "):
            self.statuses.append(int(found[9:12]))
        return found


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _store(folder: Path) -> Path:
    lines = folder / "own.nq"
    with lines.open("w", encoding="utf-8") as file:
        for number in range(STATEMENTS // 5):
            subject = f"<https://example.org/image/{number}>"
            file.write(f'{subject} <http://www.w3.org/2000/01/rdf-schema#label> "image {number} of a cell" <{SOURCE}> .\n')
            file.write(f"{subject} <https://example.org/next> <https://example.org/image/{number * 7 % 20_000}> <{SOURCE}> .\n")
            file.write(f"{subject} <https://example.org/part> <https://example.org/image/{number // 2}> <{SOURCE}> .\n")
            file.write(
                f'{subject} <https://example.org/size> "{number}"^^<http://www.w3.org/2001/XMLSchema#integer> <{SOURCE}> .\n'
            )
            file.write(f"{subject} <https://example.org/of> <https://example.org/kind/{number % 50}> <{SOURCE}> .\n")
    path = folder / "store"
    entry = SourceEntry(SOURCE, "hostile", str(lines), "0", "test")
    with Store.open(path, create=True) as store:
        store.publish(Batch(sources=(entry,), own=(lines,)))
    return path


@pytest.fixture(scope="module")
def stage(tmp_path_factory) -> Iterator[Stage]:
    store = _store(tmp_path_factory.mktemp("hostile"))
    limits = (
        "--deadline",
        f"{DEADLINE:g}s",
        "--memory",
        "512MiB",
        "--header-time",
        "3s",
        "--body-time",
        "3s",
        "--send-time",
        "4s",
    )
    with socket.create_server(("127.0.0.1", 0)) as listener, Serving(store, options=limits) as serving:
        found = Stage(serving, listener)
        threads = [threading.Thread(target=found.sing), threading.Thread(target=found.trap_calls)]
        for thread in threads:
            thread.start()
        yield found
        found.over.set()
        for thread in threads:
            thread.join()


BOMBS = {
    "cartesian product counted": f"SELECT (COUNT(*) AS ?n) {{ {FULL} }}",
    "cartesian product written out": f"SELECT * {{ {FULL} }} ORDER BY ?nothing",
    "cartesian product made distinct": f"SELECT DISTINCT ?a ?f {{ {FULL} }} OFFSET 100000000",
    "cartesian product of values": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}",
    "sort bomb": f"SELECT * {{ {FULL} }} ORDER BY DESC(STR(?a)) ?f LIMIT 1",
    "sort bomb of values": f"SELECT * {{ {CROSS} }} ORDER BY RAND() LIMIT 1",
    "string doubling": "SELECT (STRLEN(?x40) AS ?n) { BIND('aaaaaaaaaa' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
    + " }",
    "group concat of a cross": f"SELECT (GROUP_CONCAT(?s) AS ?x) {{ {FULL} BIND(CONCAT(STR(?a), STR(?f)) AS ?s) }}",
    "groups without end": f"SELECT ?a ?b ?c (COUNT(*) AS ?n) {{ {FULL} }} GROUP BY ?a ?b ?c HAVING (COUNT(*) > 100000000)",
    "replace blow-up": "SELECT (STRLEN(?x12) AS ?n) { BIND('aaaaaaaaaa' AS ?x0) "
    + " ".join(f"BIND(REPLACE(?x{n}, 'a', 'aaaaaaaaaa') AS ?x{n + 1})" for n in range(12))
    + " }",
    "nested stars": "SELECT (COUNT(*) AS ?n) { ?s ((<https://example.org/next>*)*/(<https://example.org/part>*)*)* ?o }",
    "any path from everywhere": "SELECT (COUNT(*) AS ?n) { ?s (<urn:a>|!<urn:b>)* ?o . ?o (!<urn:c>|^<urn:d>)+ ?t }",
    "long sequence path of anything": "ASK { ?s " + "/".join(["!<urn:x>"] * 40) + " <urn:none> }",
    "construct of a cross": f"CONSTRUCT {{ ?a ?q ?f . ?f ?p ?a }} {{ {FULL} FILTER(STR(?a) = 'no') }}",
    "describe of everything in everything": f"DESCRIBE ?a ?f {{ {FULL} FILTER(?a != ?c && STR(?f) = 'no') }}",
    "exists inside exists": "SELECT (COUNT(*) AS ?n) { ?a ?p ?b FILTER NOT EXISTS { ?c ?q ?d FILTER NOT EXISTS { ?e ?r ?f "
    "FILTER(?a = ?f && ?c = ?b && STR(?e) = 'no') } } }",
    "optional cross": "SELECT (COUNT(*) AS ?n) { ?a ?p ?b OPTIONAL { ?c ?q ?d } OPTIONAL { ?e ?r ?f } OPTIONAL { ?g ?s ?h } }",
    "minus cross": "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d MINUS { ?a ?x ?y . ?d ?z ?w FILTER(STR(?w) = 'no') } }",
    "regex on a cross": f"SELECT (COUNT(*) AS ?n) {{ {FULL} FILTER REGEX(CONCAT(STR(?a), STR(?f)), '(a+)+$', 'i') }}",
    "subselect of subselects": "SELECT (COUNT(*) AS ?n) {"
    + " ".join(f"{{ SELECT ?s{n} {{ ?s{n} ?p{n} ?o{n} }} }}" for n in range(4))
    + " }",
    "hashes of a cross": f"SELECT (MAX(SHA512(CONCAT(STR(?a), STR(?f)))) AS ?n) {{ {FULL} }}",
}


SEEN_THROUGH = {"long sequence path of anything", "construct of a cross", "describe of everything in everything"}
"""What the engine may find an answer to before it has tried everything."""


@pytest.mark.parametrize("name", BOMBS)
def test_a_query_that_has_no_end_is_ended(stage, name):
    assert stage.post(BOMBS[name].encode()).status_code in ENDED | {400} | ({200} if name in SEEN_THROUGH else set())


def _nested(opening: str, closing: str, times: int, inside: str = "") -> str:
    return opening * times + inside + closing * times


DEEP = {
    "parentheses": f"ASK {{ FILTER({_nested('(', ')', 20_000, '1')}) }}",
    "parentheses within the limit": f"ASK {{ FILTER({_nested('(', ')', 450, '1')}) }}",
    "braces": f"ASK {_nested('{', '}', 20_000)}",
    "braces within the limit": f"ASK {_nested('{', '}', 450)}",
    "optionals": f"ASK {{ {_nested('OPTIONAL { ?s ?p ?o ', '}', 5_000)} }}",
    "optionals within the limit": f"ASK {{ {_nested('OPTIONAL { ?s ?p ?o ', '}', 400)} }}",
    "paths": f"ASK {{ ?s {_nested('(', ')*', 20_000, '<urn:p>')} ?o }}",
    "paths within the limit": f"ASK {{ <urn:none> {_nested('(', ')*', 400, '<urn:p>')} ?o }}",
    "triple terms": f"ASK {{ ?s ?p {_nested('<<( <urn:s> <urn:p> ', ' )>>', 8_000, '<urn:o>')} }}",
    "triple terms within the limit": f"ASK {{ ?s ?p {_nested('<<( <urn:s> <urn:p> ', ' )>>', 240, '<urn:o>')} }}",
    "collections": f"ASK {{ ?s ?p {_nested('(', ')', 20_000)} }}",
    "blank nodes": f"ASK {{ ?s ?p {_nested('[ <urn:p> ', ' ]', 20_000, '1')} }}",
    "function calls": f"ASK {{ FILTER({_nested('STR(', ')', 20_000, '1')} = '1') }}",
    "function calls within the limit": f"ASK {{ FILTER({_nested('STR(', ')', 450, '1')} = '1') }}",
    "subselects": f"ASK {{ {_nested('{ SELECT * { ', ' } }', 5_000)} }}",
    "exists": f"ASK {{ {_nested('FILTER EXISTS { ', ' }', 5_000)} }}",
    "negations": "ASK { FILTER(" + "!" * 90_000 + "true) }",
    "negations within the limit": "ASK { FILTER(" + "!" * 2_900 + "true) }",
    "signs": "ASK { FILTER(" + "-" * 2_900 + "1 = 1) }",
}


@pytest.mark.parametrize("name", DEEP)
def test_a_query_that_is_nested_deeply_is_answered_or_refused(stage, name):
    assert stage.post(DEEP[name].encode()).status_code in {200, *REFUSED, *ENDED}


LONG = {
    "ten thousand alternatives": "ASK { ?s ?p ?o FILTER(" + " || ".join(f"?o={n}" for n in range(10_000)) + ") }",
    "three thousand alternatives": "ASK { ?s ?p ?o FILTER(" + " || ".join(f"?o = {n}" for n in range(2_900)) + ") }",
    "ten thousand conjunctions": "ASK { FILTER(" + " && ".join(["1"] * 10_000) + ") }",
    "ten thousand sums": "ASK { FILTER(" + "+".join(["1"] * 10_000) + "= 1) }",
    "ten thousand unions": "ASK {" + "UNION".join(["{}"] * 10_000) + "}",
    "a thousand unions": "ASK {" + "UNION".join(["{ ?s ?p ?o }"] * 990) + "}",
    "a path of a thousand steps": "ASK { ?s " + "/".join(["<urn:p>"] * 1_000) + " ?o }",
    "a path of a thousand steps that are there": "SELECT (COUNT(*) AS ?n) { ?s "
    + "/".join(["<https://example.org/next>"] * 1_000)
    + " ?o }",
    "a path of ten thousand alternatives": "ASK { ?s " + "|".join(["<u:p>"] * 10_000) + " ?o }",
    "ten thousand filters": "ASK {" + "FILTER(1)" * 10_000 + "}",
    "ten thousand binds": "ASK {" + "".join(f"BIND(1 AS ?b{n})" for n in range(6_000)) + "}",
    "ten thousand triples": "ASK {" + "?s ?p ?o." * 9_000 + "}",
    "IN with ten thousand": "ASK { ?s ?p ?o FILTER(?o IN (" + ",".join(map(str, range(10_000))) + ")) }",
    "huge VALUES": "ASK { VALUES ?x {" + " ".join(map(str, range(15_000))) + "} ?x ?p ?o }",
    "VALUES beyond the size": "ASK { VALUES ?x {" + " ".join(map(str, range(60_000))) + "} }",
    "huge literal": "ASK { ?s ?p '" + "a" * 90_000 + "' }",
    "literal beyond the size": "ASK { ?s ?p '" + "a" * 900_000 + "' }",
    "huge IRI": "ASK { <http://example.org/" + "a" * 90_000 + "> ?p ?o }",
    "huge number": "SELECT (" + "9" * 90_000 + " + 1 AS ?n) {}",
    "huge decimal power": "SELECT (1e308 * 1e308 AS ?n) (" + "*".join(["9999999999"] * 500) + " AS ?m) {}",
    "ten thousand prefixes": "".join(f"PREFIX p{n}:<u:{n}> " for n in range(6_000)) + "ASK {}",
    "ten thousand variables": "SELECT " + " ".join(f"?v{n}" for n in range(9_000)) + " {}",
    "ten thousand FROM": "".join(f"FROM<u:{n}>" for n in range(9_000)).join(("ASK ", "{ ?s ?p ?o }")),
    "ten thousand order conditions": "SELECT * { ?s ?p ?o } ORDER BY " + "?s " * 10_000 + "LIMIT 1",
    "nested quantifiers": "ASK { ?s ?p ?o FILTER REGEX(STR(?o), '(((a{100}){100}){100}){100}') }",
    "backtracking regex": "ASK { FILTER REGEX('" + "a" * 5_000 + "!', '^(a|a?)+$') }",
    "regex of alternatives": "ASK { FILTER REGEX('x', '" + "|".join(f"a{n}*b" for n in range(10_000)) + "') }",
    "unicode regex": "ASK { ?s ?p ?o FILTER REGEX(STR(?o), '(\\\\p{L}{1,200}){1,200}$', 'i') }",
}


@pytest.mark.parametrize("name", LONG)
def test_a_query_that_is_long_is_answered_or_refused(stage, name):
    assert stage.post(LONG[name].encode()).status_code in {200, *REFUSED, *ENDED}


FEDERATION = {
    "select": "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <%s> { ?s ?p ?o } }",
    "variable": "SELECT * { VALUES ?u { <%s> } SERVICE ?u { ?s ?p ?o } }",
    "subselect": "SELECT * { { SELECT * { { SELECT * { SERVICE <%s> { ?s ?p ?o } } } } } }",
    "exists": "ASK { FILTER EXISTS { SERVICE <%s> { ?s ?p ?o } } }",
    "not exists in a bind": "SELECT (EXISTS { SERVICE <%s> { ?s ?p ?o } } AS ?x) {}",
    "optional": "SELECT * { OPTIONAL { SERVICE SILENT <%s> {} } }",
    "minus": "SELECT * { ?s ?p ?o MINUS { SERVICE <%s> { ?s ?p ?o } } }",
    "construct": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <%s> { ?s ?p ?o } }",
    "describe": "DESCRIBE ?s { SERVICE <%s> { ?s ?p ?o } }",
    "small letters": "select * { service<%s>{ ?s ?p ?o } }",
    "mixed letters": "SELECT * { sErViCe siLENT<%s>{} }",
    "comment between": "SELECT * { SERVICE#x\n<%s>#y\n{ ?s ?p ?o } }",
    "comment before": "SELECT * { # SERVICE\n SERVICE <%s> {} }",
    "carriage return": "SELECT * { SERVICE\r<%s>\r{ ?s ?p ?o } }",
    "prefixed name": "PREFIX t: <%s> SELECT * { SERVICE t: { ?s ?p ?o } }",
    "no space": "PREFIX t: <%s> SELECT * { ?s ?p trueSERVICEt:{ ?s ?p ?o } }",
    "after a string": "SELECT * { ?s ?p 'it\\'s'SERVICE<%s>{ ?s ?p ?o } }",
    "after a long string": 'SELECT * { ?s ?p """a"b\'c"""SERVICE<%s>{} }',
    "escaped letters": "SELECT * { \\u0053ERVICE <%s> { ?s ?p ?o } }",
    "relative address": "BASE <%s> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "load": "LOAD <%s>",
    "insert where": "INSERT { ?s ?p ?o } WHERE { SERVICE <%s> { ?s ?p ?o } }",
    "from": "SELECT * FROM <%s> { ?s ?p ?o }",
    "from named": "SELECT * FROM NAMED <%s> { GRAPH ?g { ?s ?p ?o } }",
    "graph": "SELECT * { GRAPH <%s> { ?s ?p ?o } }",
}


@pytest.mark.parametrize("name", FEDERATION)
def test_nothing_in_a_query_makes_the_service_reach_out(stage, name):
    # What is SILENT may fail, and fails without having been tried.
    harmless = {"from", "from named", "graph", "silent", "optional", "mixed letters"}
    wanted = {200} if name in harmless else {400, 403}
    assert stage.post((FEDERATION[name] % stage.trap).encode()).status_code in wanted
    assert stage.connections == []


@pytest.mark.parametrize(
    "update",
    [
        "INSERT { ?s ?p ?o } WHERE { SERVICE <%s> { ?s ?p ?o } }",
        "INSERT DATA { <urn:a> <urn:b> <urn:c> } ; LOAD <%s>",
        "LOAD SILENT <%s> INTO GRAPH <urn:g>",
        "LOAD <file:///etc/passwd>#%s",
        "DELETE { ?s ?p ?o } USING <%s> WHERE { SERVICE SILENT <%s> { ?s ?p ?o } }",
    ],
)
def test_nothing_in_an_update_makes_the_service_reach_out(stage, update):
    text = update.replace("%s", stage.trap).encode()
    response = stage.post(text, "application/sparql-update", "/update", **bearer("writer-token-of-a-test"))
    # What is SILENT may fail, and fails without having been tried.
    silent = "SILENT" in update
    assert response.status_code in ({204} if silent else {400, 403, 404})
    assert stage.connections == []


def test_a_file_is_not_loaded_into_an_answer(stage):
    for text in ("LOAD <file:///etc/passwd>", "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"):
        response = stage.post(text.encode())
        assert "root:" not in response.text
        assert response.status_code in {200, 400, 403}


@pytest.mark.parametrize(
    "body",
    [
        b"\0" * 100,
        b"ASK {}\0",
        b"ASK { ?s ?p '\0' }",
        b"\xff\xfeA\0S\0K\0",
        b"ASK { ?s ?p '\xc3\x28' }",
        b"ASK { ?s ?p '\xed\xa0\x80' }",
        b"",
    ],
    ids=["nulls", "null at the end", "null in a literal", "UTF-16", "invalid UTF-8", "surrogate", "nothing"],
)
def test_a_body_that_is_no_text_is_refused(stage, body):
    assert stage.post(body).status_code in {200, 400, 415}
    assert stage.post(b"query=" + body, "application/x-www-form-urlencoded").status_code in {200, 400}


ACCEPTS = {
    "NaN": "text/turtle;q=NaN, application/sparql-results+json;q=nan",
    "infinity": "*/*;q=inf",
    "minus": "*/*;q=-1",
    "exponent": "*/*;q=1e9999",
    "no number": "*/*;q=;q=;;;q",
    "thousands": ",".join(f"a/b{n};q=0.{n % 10}" for n in range(3_000)),
    "commas": "," * 20_000,
    "quotes": 'text/html;x="' + "\\" * 5_000,
    "stars": "*/*/*/*, *,*/, /*",
    "latin": "\xe9/\xe8",
    "nothing": "",
}


@pytest.mark.parametrize("name", ACCEPTS)
def test_no_accept_header_makes_the_service_fail(stage, name):
    value = ACCEPTS[name].encode("latin-1")
    target = "/sparql?query=" + quote("SELECT * { ?s ?p ?o } LIMIT 1")
    found = stage.raw(
        b"GET " + target.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: " + value + b"\r\n\r\n"
    )
    assert int(found[9:12]) in {200, 400, 406, 431}


GRAPH_NAMES = [
    "http://x/\r\nX-Injected: yes",
    "not an iri",
    "<>",
    "http://[",
    "\0",
    "http://x/ y",
    "javascript:alert(1)",
    "a" * 9_000,
]


@pytest.mark.parametrize("graph", GRAPH_NAMES, ids=range(len(GRAPH_NAMES)))
def test_a_graph_name_injects_nothing(stage, graph):
    query = "query=" + quote("ASK { ?s ?p ?o }")
    for path in (f"/sparql?{query}&default-graph-uri={quote(graph)}", f"/sparql?{query}&named-graph-uri={quote(graph)}"):
        response = stage.get(path)
        assert response.status_code in {200, 400}
        assert "X-Injected" not in response.headers
    assert stage.get(f"/rdf-graph-store?graph={quote(graph)}").status_code in {200, 400, 401, 404}


def test_header_injection_in_every_header_that_is_echoed(stage):
    for name in ("X-Request-Id", "Origin", "Host", "Accept", "If-None-Match", "X-Forwarded-For", "Authorization"):
        lines = f"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{name}: a\r\n\tX-Injected: yes\r\n\r\n"
        head = stage.raw(lines.encode()).split(b"\r\n\r\n")[0].lower()
        assert b"\r\nx-injected" not in head
        assert int(head[9:12]) < 500


def test_ten_thousand_graphs_in_a_dataset(stage):
    graphs = "&".join(f"default-graph-uri=urn:g{n}" for n in range(10_000))
    body = f"query={quote('ASK { ?s ?p ?o }')}&{graphs}".encode()
    assert stage.post(body, "application/x-www-form-urlencoded").status_code in {200, *REFUSED}
    assert stage.get(f"/sparql?query={quote('ASK { ?s ?p ?o }')}&{graphs[:30_000]}").status_code in {200, *REFUSED}


def test_gzip_bombs_are_not_unpacked(stage):
    bomb = gzip.compress(b"ASK {}" + b" " * (200 << 20))
    assert stage.post(bomb, Content_Encoding="gzip").status_code == 413
    twice = gzip.compress(bomb)
    assert stage.post(twice, Content_Encoding="gzip, gzip").status_code == 415
    members = gzip.compress(b"ASK {}") * 5_000
    assert stage.post(members, Content_Encoding="gzip").status_code in {400, 413}
    upload = stage.post(bomb, "text/turtle", "/rdf-graph-store?graph=urn:g", Content_Encoding="gzip")
    assert upload.status_code in {401, 404, 413}
    assert stage.post(gzip.compress(b"ASK {}"), Content_Encoding="gzip").status_code == 200


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "compress", "gzip;q=1", "x" * 2_000, "identity, gzip"])
def test_a_body_in_an_encoding_that_nobody_knows_is_refused(stage, encoding):
    assert stage.post(zlib.compress(b"ASK {}"), Content_Encoding=encoding).status_code == 415


def test_a_body_that_only_says_to_be_gzip_is_refused(stage):
    whole = gzip.compress(b"ASK { ?s ?p ?o } #" + bytes(range(65, 91)) * 40)
    for body in (b"ASK {}", whole[:-9], whole[:5], whole + b"more"):
        assert stage.post(body, Content_Encoding="gzip").status_code == 400


def test_multipart_bombs_are_refused(stage):
    part = b'--x\r\nContent-Disposition: form-data; name="query"\r\n\r\nASK {}\r\n'
    body = part * 3_000 + b"--x--\r\n"
    for path in ("/sparql", "/update", "/api/similar"):
        assert stage.post(body, "multipart/form-data; boundary=x", path).status_code in {400, 401, 404, 405, 413, 415}
    assert stage.post(b"--", "multipart/form-data; boundary=" + "b" * 5_000).status_code in {400, 415}


LAUGHS = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(20))
PASSWORDS = (
    b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="urn:a"><p xmlns="urn:">&x;</p></rdf:Description></rdf:RDF>'
)
DOCUMENTS = {
    "RDF/XML laughs": ("application/rdf+xml", b'<!DOCTYPE r [<!ENTITY a "ha">' + LAUGHS + b"]><r>&u;</r>"),
    "RDF/XML with a file in it": ("application/rdf+xml", PASSWORDS),
    "RDF/XML depth": ("application/rdf+xml", b"<a>" * 200_000),
    "JSON-LD depth": ("application/ld+json", b"[" * 200_000 + b"]" * 200_000),
    "JSON-LD depth of keys": ("application/ld+json", b'{"urn:a":' * 100_000 + b"1" + b"}" * 100_000),
    "JSON-LD context": ("application/ld+json", b'{"@context":"TRAP","urn:a":1}'),
    "Turtle depth": ("text/turtle", b"<urn:a> <urn:b> " + b"(" * 300_000),
    "Turtle blank nodes": ("text/turtle", b"<urn:a> <urn:b> " + b"[ <urn:c> " * 200_000),
    "N-Triples terms": ("application/n-triples", b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 100_000),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_is_a_bomb_is_refused_and_publishes_nothing(stage, name):
    kind, body = DOCUMENTS[name]
    before = stage.serving.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    where = "/rdf-graph-store?graph=urn:bomb"
    sent = body.replace(b"TRAP", stage.trap.encode())
    response = stage.post(sent, kind, where, **bearer("writer-token-of-a-test"))
    assert 400 <= response.status_code < 500 or response.status_code in {503, *ENDED}
    assert stage.connections == []
    assert stage.serving.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == before


def _request(body: bytes = b"", *lines: str, target: str = "/sparql") -> bytes:
    head = [f"POST {target} HTTP/1.1", "Host: x", "Content-Type: application/sparql-query", *lines]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def test_slow_headers_and_slow_bodies_are_given_up(stage):
    lazy = []
    for data in (
        b"",
        b"GET /sparql HTTP/1.1\r\n",
        _request(b"ASK", "Content-Length: 100"),
        _request(b"5\r\nASK", "Transfer-Encoding: chunked"),
    ):
        for _ in range(25):
            sock = socket.create_connection((stage.host, stage.port), timeout=10)
            sock.sendall(data)
            lazy.append(sock)
    dripping = socket.create_connection((stage.host, stage.port), timeout=10)
    dripping.sendall(b"GET /sparql HTTP/1.1\r\n")
    began = time.monotonic()
    try:
        while time.monotonic() - began < 9:
            dripping.sendall(b"X-Drip: 1\r\n")
            time.sleep(0.2)
    except ConnectionError:
        pass
    assert time.monotonic() - began < 8
    for sock in [*lazy, dripping]:
        try:
            while sock.recv(65536):
                pass
        except ConnectionError:
            pass
        sock.close()


def test_forty_five_abandoned_queries_leave_nothing_behind(stage):
    abandoned = []
    for number in range(45):
        body = (list(BOMBS.values())[number % 6]).encode()
        sock = socket.create_connection((stage.host, stage.port), timeout=5)
        sock.sendall(_request(body, f"Content-Length: {len(body)}"))
        abandoned.append(sock)
    time.sleep(0.3)
    for number, sock in enumerate(abandoned):
        if number % 2:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    began = time.monotonic()
    assert stage.post(b"SELECT (COUNT(*) AS ?n) { ?s <https://example.org/size> ?o }").status_code == 200
    assert time.monotonic() - began < DEADLINE


def test_clients_that_never_read_are_let_go(stage):
    web = psutil.Process(stage.serving.process.pid)
    query = quote("SELECT * { ?s ?p ?o } LIMIT 40000")
    deaf = []
    for _ in range(6):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(10)
        sock.connect((stage.host, stage.port))
        sock.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        deaf.append(sock)
    ports = {sock.getsockname()[1] for sock in deaf}
    began = time.monotonic()
    while time.monotonic() - began < 20:
        held = [c for c in web.net_connections() if c.raddr and c.raddr.port in ports]
        if not held and time.monotonic() - began > 1:
            break
        time.sleep(0.3)
    for sock in deaf:
        sock.close()
    assert held == []
    metrics = requests.get(f"{stage.serving.url}/metrics", timeout=5).text
    assert 'kg_connections_dropped_total{reason="send"}' in metrics


MALFORMED = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /sparql\r\n\r\n",
    "two lengths": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nASK {}",
    "length and chunks": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative length": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "huge length": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "bad chunk": b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "endless chunk size": b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 100_000,
    "bare line feeds in a value": b"GET /health HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n",
    "NUL in a header": b"GET /health HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
    "space before the colon": b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "bytes in the target": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "long target": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "long header": b"GET /health HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + b"A: b\r\n" * 2_000 + b"\r\n",
    "websocket": b"GET /sparql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n",
    "connect": b"CONNECT localhost:22 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "star": b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "absolute target": b"GET http://localhost:22/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "up and out": b"GET /../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "encoded up and out": b"GET /%2e%2e/%2e%2e/etc/passwd%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "line end in the path": b"GET /id/a%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "bad percent": b"GET /sparql?query=%zz%c3%28 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "odd method": b"BREW /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "trace": b"TRACE /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "pipelined": b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 500 + b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_a_request_that_is_no_good_http_ends_with_an_answer_or_nothing(stage, name):
    found = stage.raw(MALFORMED[name], linger=6.0 if name == "pipelined" else 1.0)
    assert b"x-injected" not in found.lower().split(b"\r\n\r\n")[0]
    assert b"root:" not in found
    if found:
        assert found.startswith(b"HTTP/1.1 ")
        assert int(found[9:12]) < 500 or int(found[9:12]) in {501, 505}
    if name == "pipelined":
        assert found.count(b"HTTP/1.1 200") == 501


def test_a_burst_of_connections_is_answered_or_turned_away(stage):
    crowd = []
    try:
        crowd.extend(socket.create_connection((stage.host, stage.port), timeout=5) for _ in range(700))
    finally:
        for sock in crowd:
            sock.close()
    until = time.monotonic() + 5
    while stage.get("/health").status_code == 503 and time.monotonic() < until:
        time.sleep(0.1)  # the news of 700 closed connections is on its way
    assert stage.get("/health").status_code == 200


def test_the_answer_to_a_long_query_string_is_a_problem(stage):
    assert stage.get("/sparql?query=" + "A" * 60_000).status_code in {400, 414}
    assert stage.get("/sparql?" + "&".join(["a=b"] * 5_000)).status_code in {400, 414}
    assert stage.get("/sparql?query=ASK%20%7B%7D&query=ASK%20%7B%7D").status_code == 400


def test_throughout_everybody_else_was_answered(stage, record_property):
    times = [seconds for _, seconds in stage.answers]
    record_property("canary", {"asked": len(times), "median": statistics.median(times), "longest": max(times)})
    record_property("query", {"longest": stage.longest})
    record_property("memory", stage.most_memory)
    sys.stdout.write(f"\ncanary: {len(times)} asked, median {statistics.median(times):.3f} s, longest {max(times):.3f} s\n")
    sys.stdout.write(f"longest: {stage.longest[0]:.2f} s: {stage.longest[1]}; web process {stage.most_memory >> 20} MiB\n")
    assert {status for status, _ in stage.answers} == {200}
    assert max(times) < CANARY


def test_throughout_nothing_failed_by_a_defect(stage):
    assert 500 not in stage.statuses
    metrics = requests.get(f"{stage.serving.url}/metrics", timeout=5).text
    assert "kg_http_faults_total 0" in metrics.splitlines()
    assert [line for line in stage.serving.lines if " error " in line or "Traceback" in line] == []


def test_throughout_memory_stayed_bounded_and_nobody_was_called(stage):
    assert stage.most_memory < WEB_MEMORY
    assert stage.connections == []


def test_at_the_end_all_workers_are_there_and_no_answer_lies_about(stage):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        told = json.loads(requests.get(f"{stage.serving.url}/ready", timeout=5).content)
        if told["workers"]["alive"] == told["workers"]["wanted"]:
            break
        time.sleep(0.1)
    assert told["status"] == "ready"
    assert told["workers"]["alive"] == told["workers"]["wanted"]
    metrics = requests.get(f"{stage.serving.url}/metrics", timeout=5).text
    assert "kg_tasks_running 0" in metrics
    assert "kg_tasks_waiting 0" in metrics
