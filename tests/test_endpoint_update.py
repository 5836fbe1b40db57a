"""Updates and the Graph Store Protocol over HTTP: who may, what comes back, and nothing acknowledged that can be lost."""

from __future__ import annotations

import asyncio
import gzip
import os
import random
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
import requests
from serving import WRITER_TOKEN, Serving, bearer
from starlette.requests import Request
from test_store import S, batch, persons

from kg.api.writer import Writer
from kg.curie import GRAPH_JOBS
from kg.errors import ServiceError
from kg.store import Store
from kg.store.tokens import Tokens
from kg.store.writes import Update

GRAPH = "http://example.org/graph"
TURTLE = "text/turtle"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Serving]:
    store = tmp_path_factory.mktemp("update") / "store"
    with Serving(store) as serving:
        yield serving


@pytest.fixture(scope="module")
def tokens(server) -> dict[str, str]:
    return {role: Tokens(server.store).add(role, role) for role in ("reader", "writer", "admin")}


@pytest.fixture(autouse=True)
def _empty(request):
    if "server" in request.fixturenames:
        assert request.getfixturevalue("server").update("DROP ALL").status_code == 204


def send(
    server: Serving, method: str, path: str, data: bytes | str | None = None, *, token: str = WRITER_TOKEN, **headers: str
):
    body = data.encode() if isinstance(data, str) else data
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, server.url + path, data=body, headers={**bearer(token), **named}, timeout=60)


def graph_of(server: Serving, path: str, **headers: str) -> list[ox.Triple]:
    response = send(server, "GET", path, token="", **{"Accept": "application/n-triples", **headers})
    assert response.status_code == 200, response.text
    form = ox.RdfFormat.from_media_type(response.headers["Content-Type"].partition(";")[0])
    return [quad.triple for quad in ox.parse(response.content, format=form, base_iri="http://base/")]


def objects(server: Serving, path: str = "/rdf-graph-store?default") -> set[str]:
    return {triple.object.value for triple in graph_of(server, path)}


def test_an_update_is_seen_by_the_next_query_of_anybody(server):
    for number in range(5):
        response = server.update(f"INSERT DATA {{ <urn:s> <urn:p> {number} }}")
        assert (response.status_code, response.content) == (204, b"")
        asked = requests.get(f"{server.url}/sparql", params={"query": f"ASK {{ <urn:s> <urn:p> {number} }}"}, timeout=30)
        assert asked.json()["boolean"] is True
        assert asked.headers["Kg-Generation"] == response.headers["Kg-Generation"]


def test_only_a_token_for_writing_writes(server, tokens):
    text, update = "INSERT DATA { <urn:s> <urn:p> 1 }", "application/sparql-update"
    calls = [("POST", "/update", text, update)]
    calls += [(method, "/rdf-graph-store?default", "<urn:s> <urn:p> 2 .", TURTLE) for method in ("PUT", "POST", "DELETE")]
    for method, path, body, media_type in calls:
        for token, status in (("", 401), ("nobody's", 401), (tokens["reader"], 403)):
            response = send(server, method, path, body, token=token, Content_Type=media_type)
            assert response.status_code == status, (method, path, token)
            assert response.headers["Content-Type"] == "application/problem+json"
            assert ("WWW-Authenticate" in response.headers) == (status == 401)
        for token in (tokens["writer"], tokens["admin"]):
            assert send(server, method, path, body, token=token, Content_Type=media_type).status_code == 204


def test_a_form_says_what_a_text_says(server):
    send(server, "PUT", f"/rdf-graph-store?graph={GRAPH}", "<urn:s> <urn:p> 1 .", Content_Type=TURTLE)
    form = {"update": "INSERT { ?s ?p 2 } WHERE { ?s ?p ?o }", "using-graph-uri": GRAPH}
    assert requests.post(f"{server.url}/update", data=form, headers=bearer(WRITER_TOKEN), timeout=30).status_code == 204
    assert objects(server) == {"2"}
    named = f"/update?using-named-graph-uri={GRAPH}"
    text = "INSERT { ?s ?p 3 } WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert send(server, "POST", named, text, Content_Type="application/sparql-update; charset=UTF-8").status_code == 204
    assert objects(server) == {"2", "3"}
    relative = send(server, "POST", "/update", "INSERT DATA { <#s> <urn:p> 4 }", Content_Type="application/sparql-update")
    assert relative.status_code == 204
    assert server.query("SELECT ?s { ?s ?p 4 }") == [{"s": f"{server.url}/update#s"}]


@pytest.mark.parametrize(
    ("method", "path", "body", "media_type", "status"),
    [
        ("GET", "/update?update=CLEAR%20ALL", None, "", 405),
        ("PUT", "/update", "CLEAR ALL", "application/sparql-update", 405),
        ("POST", "/update", "CLEAR ALL", "text/plain", 415),
        ("POST", "/update", "CLEAR ALL", "", 415),
        ("POST", "/update", "update=CLEAR%20ALL", "", 415),
        ("POST", "/update", "CLEAR ALL".encode("utf-16"), "application/sparql-update", 400),
        ("POST", "/update", "CLEAR ALL".encode("utf-16"), "application/sparql-update; charset=utf-16", 415),
        ("POST", "/update", "update=CLEAR%20ALL&update=CLEAR%20ALL", "application/x-www-form-urlencoded", 400),
        ("POST", "/update", "query=ASK%7B%7D", "application/x-www-form-urlencoded", 400),
        ("POST", "/update", "update=%FF", "application/x-www-form-urlencoded", 400),
        ("POST", "/update?update=CLEAR%20ALL", "CLEAR ALL", "application/sparql-update", 400),
        ("POST", "/update", "CLEAR EVERYTHING", "application/sparql-update", 400),
        ("POST", "/update?using-graph-uri=urn:g", "INSERT{?s ?p 1}USING<urn:h>WHERE{?s ?p ?o}", "application/sparql-update", 400),
        ("POST", "/update?using-graph-uri=urn:g%3E%20WHERE", "INSERT{?s ?p 1}WHERE{?s ?p ?o}", "application/sparql-update", 400),
        ("POST", "/update", "LOAD <http://127.0.0.1:1/>", "application/sparql-update", 403),
        ("POST", "/update", "INSERT DATA {" + "[" * 30_000 + "]" * 30_000 + "}", "application/sparql-update", 400),
        ("POST", "/sparql", "CLEAR ALL", "application/sparql-update", 415),
        ("PATCH", "/rdf-graph-store?default", "CLEAR ALL", "application/sparql-update", 405),
        ("PUT", "/rdf-graph-store", "", TURTLE, 400),
        ("GET", "/rdf-graph-store", None, "", 400),
        ("PUT", "/rdf-graph-store?default&graph=urn:g", "", TURTLE, 400),
        ("PUT", "/rdf-graph-store?graph=urn:g&graph=urn:h", "", TURTLE, 400),
        ("PUT", "/rdf-graph-store/x?graph=urn:g", "", TURTLE, 400),
        ("PUT", "/rdf-graph-store?graph=relative", "", TURTLE, 400),
        ("PUT", "/rdf-graph-store?graph=", "", TURTLE, 400),
        ("PUT", "/rdf-graph-store?graph=urn:g%0D%0AX:y", "", TURTLE, 400),
        ("DELETE", "/rdf-graph-store?graph=http://%5Bx", None, "", 400),
        ("GET", "/rdf-graph-store?graph=urn:g%20x", None, "", 400),
        ("GET", "/rdf-graph-store?graph=urn:%00", None, "", 400),
        ("GET", "/rdf-graph-store?graph=urn:absent", None, "", 404),
        ("DELETE", "/rdf-graph-store?graph=urn:absent", None, "", 404),
        ("PUT", "/rdf-graph-store?graph=urn:g", "<urn:g> { <urn:s> <urn:p> 1 }", "application/trig", 415),
        ("PUT", "/rdf-graph-store?graph=urn:g", "<urn:s> <urn:p> 1 <urn:g> .", "application/n-quads", 415),
        ("PUT", "/rdf-graph-store?graph=urn:g", "x", "", 415),
        ("PUT", "/rdf-graph-store?graph=urn:g", "x", "text/turtle; charset=latin1", 415),
        ("PUT", "/rdf-graph-store?graph=urn:g", "x", TURTLE, 400),
        ("PUT", "/rdf-graph-store?graph=urn:g", "x", "multipart/form-data", 400),
        ("PUT", "/rdf-graph-store?graph=urn:g", "", "multipart/form-data; boundary=b", 400),
        ("PUT", "/rdf-graph-store?graph=urn:g", "--b\r\n\r\n", "multipart/form-data; boundary=b", 400),
        ("PUT", "/rdf-graph-store?graph=urn:g", "--b\r\nA: b\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", 415),
        ("PUT", f"/rdf-graph-store?graph={GRAPH_JOBS}", "", TURTLE, 403),
        ("PUT", "/rdf-graph-store?graph=urn:g", "[" * 20_000, "application/ld+json", 400),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_request_is_said_and_changes_nothing(server, method, path, body, media_type, status):
    server.update("INSERT DATA { <urn:s> <urn:p> 'kept' }")
    headers = {"Content_Type": media_type} if media_type else {}
    response = send(server, method, path, body, **headers)
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    assert objects(server) == {"kept"}


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ("LOAD ;", 400),
        ("CREATE GRAPH <urn:g> ; LOAD <urn:x> INTO GRAPH <urn:g> ;;", 400),
        ("LOAD <http://127.0.0.1:9/x>", 403),
        ("LOAD SILENT <http://127.0.0.1:9/x> INTO GRAPH <urn:g>", 204),
        ("INSERT { <urn:a> <urn:b> ?x } WHERE { SERVICE <http://127.0.0.1:9/x> { ?x ?y } }", 400),
        ("INSERT { <urn:a> <urn:b> ?x } WHERE { SERVICE <http://127.0.0.1:9/x> { ?x ?y ?z } }", 403),
        ("INSERT { <urn:a> <urn:b> 1 } WHERE { SERVICE SILENT <http://127.0.0.1:9/x> { ?x ?y ?z } }", 204),
        ("DROP GRAPH <urn:nowhere>", 422),
        ("INSERT DATA { <urn:a> <urn:b> 1 } ;", 204),
    ],
)
def test_an_update_is_wrong_refused_or_silent_and_each_is_told_apart(server, update, status):
    response = server.update(update)
    assert response.status_code == status, response.text
    assert server.query("ASK { ?s ?p ?o }") is (status == 204 and "INSERT" in update)


def tag_at(server: Serving, path: str, token: str = WRITER_TOKEN, **headers: str) -> str:
    return send(server, "HEAD", path, token=token, **headers).headers["ETag"]


@pytest.mark.parametrize("token", ["", WRITER_TOKEN])
@pytest.mark.parametrize("more", [{}, {"Accept": "application/rdf+xml"}, {"Accept_Encoding": "gzip"}])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_graph_is_written_only_while_it_is_what_its_tag_says(server, method, more, token):
    path = f"/rdf-graph-store?graph={GRAPH}"
    send(server, "PUT", path, "<urn:s> <urn:p> 1 .", Content_Type=TURTLE)
    tag = send(server, "GET", path, token=token, **more).headers["ETag"]
    body = None if method == "DELETE" else "<urn:s> <urn:p> 2 ."
    other = send(server, method, path, body, Content_Type=TURTLE, If_Match='"other"')
    assert (other.status_code, other.json()["code"]) == (412, "ConditionError")
    assert send(server, method, path, body, Content_Type=TURTLE, If_None_Match=f'"x", {tag}').status_code == 412
    assert objects(server, path) == {"1"}
    assert send(server, method, path, body, Content_Type=TURTLE, If_Match=f'"x", {tag}').status_code == 204
    assert send(server, method, path, body, Content_Type=TURTLE, If_Match=tag).status_code == 412


def test_a_graph_is_written_only_where_there_is_one_or_none(server):
    path, some = f"/rdf-graph-store?graph={GRAPH}", "<urn:s> <urn:p> 1 ."
    for method, body in (("PUT", some), ("POST", some), ("DELETE", None)):
        assert send(server, method, path, body, Content_Type=TURTLE, If_Match="*").status_code == 412
    assert send(server, "PUT", path, some, Content_Type=TURTLE, If_None_Match="*").status_code == 201
    assert send(server, "PUT", path, some, Content_Type=TURTLE, If_None_Match="*").status_code == 412
    assert send(server, "PUT", "/rdf-graph-store?default", some, Content_Type=TURTLE, If_None_Match="*").status_code == 412
    assert send(server, "PUT", path, some, Content_Type=TURTLE, If_Match="*").status_code == 204
    both = {"If_Match": "*", "If_None_Match": "*"}
    assert send(server, "PUT", path, some, Content_Type=TURTLE, **both).status_code == 412
    assert send(server, "DELETE", path, If_Match="*").status_code == 204


def test_of_many_writers_with_the_same_tag_one_writes(server):
    path = f"/rdf-graph-store?graph={GRAPH}"
    send(server, "PUT", path, "<urn:s> <urn:p> 0 .", Content_Type=TURTLE)
    tag = tag_at(server, path)
    with ThreadPoolExecutor(8) as threads:
        calls = [
            threads.submit(send, server, "PUT", path, f"<urn:s> <urn:p> {number} .", Content_Type=TURTLE, If_Match=tag)
            for number in range(1, 9)
        ]
        found = [call.result().status_code for call in calls]
    assert sorted(found) == [204] + [412] * 7
    assert objects(server, path) == {str(found.index(204) + 1)}


def test_an_update_is_done_only_while_the_generation_is_the_one_named(server):
    before = server.update("INSERT DATA { <urn:s> <urn:p> 1 }").headers["Kg-Generation"]
    told = {"Content_Type": "application/sparql-update", "If_Match": f'"{before}"'}
    assert send(server, "POST", "/update", "INSERT DATA { <urn:s> <urn:p> 2 }", **told).status_code == 204
    assert send(server, "POST", "/update", "INSERT DATA { <urn:s> <urn:p> 3 }", **told).status_code == 412
    assert objects(server) == {"1", "2"}


def test_a_graph_with_a_relative_name_is_told_to_be_one(server):
    for method in ("GET", "PUT", "DELETE"):
        said = send(server, method, "/rdf-graph-store?graph=foo", "", Content_Type=TURTLE).json()["detail"]
        assert said == "graph: found <foo>, expected an absolute IRI"


def test_updates_see_what_is_written_by_hand_alone_as_their_default_graph(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(batch(tmp_path / "in", {"a": (['"one"'], persons(1))}))
    count = "INSERT {{ GRAPH <urn:cnt> {{ <urn:n> <urn:{0}> ?n }} }} {1} WHERE {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }}"
    with Serving(tmp_path / "store") as serving:
        assert int(serving.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"]) > 0
        assert serving.update(count.format("count", "")).status_code == 204
        assert serving.query("SELECT ?n { GRAPH <urn:cnt> { ?s <urn:count> ?n } }") == [{"n": "0"}]
        assert serving.update(count.format("named", "USING <urn:cnt>")).status_code == 204
        assert serving.query("SELECT ?n { GRAPH <urn:cnt> { ?s <urn:named> ?n } }") == [{"n": "1"}]


def test_a_bomb_of_entities_is_refused_and_the_next_write_is_done(server):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 45}">' for n in range(8))
    bomb = f'<?xml version="1.0"?><!DOCTYPE r [{entities}]><r>&e7;</r>'
    response = send(server, "PUT", "/rdf-graph-store?default", bomb, Content_Type="application/rdf+xml")
    assert response.status_code == 400
    assert "entities" in response.json()["detail"]
    assert server.update("INSERT DATA { <urn:s> <urn:p> 1 }").status_code == 204


FORMATS = {
    TURTLE: "<urn:s> <urn:p> 'é' .",
    "application/n-triples": '<urn:s> <urn:p> "é" .',
    "application/rdf+xml": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:s">'
    '<p xmlns="urn:">é</p></rdf:Description></rdf:RDF>',
    "application/ld+json": '{"@id": "urn:s", "urn:p": "é"}',
    "text/n3": "<urn:s> <urn:p> 'é' .",
}


@pytest.mark.parametrize("media_type", FORMATS)
def test_every_format_goes_in_and_comes_out(server, media_type):
    path, body = f"/rdf-graph-store?graph={GRAPH}", FORMATS[media_type]
    sent = "\ufeff" + body if media_type == TURTLE else body
    assert send(server, "PUT", path, sent, Content_Type=f"{media_type}; charset=utf-8").status_code == 201
    assert (
        send(server, "PUT", path, gzip.compress(body.encode()), Content_Type=media_type, Content_Encoding="gzip").status_code
        == 204
    )
    for wanted in (*FORMATS, "application/trig", "application/n-quads"):
        [triple] = graph_of(server, path, Accept=wanted)
        assert triple.object.value == "é"
        head = send(server, "HEAD", path, token="", Accept=wanted)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Type"].startswith(wanted)
        assert int(head.headers["Content-Length"]) > 0
    assert send(server, "GET", path, Accept="image/png").status_code == 406
    assert send(server, "HEAD", "/rdf-graph-store?graph=urn:absent").status_code == 404


def test_parts_of_a_form_are_one_graph(server):
    parts = {"a": ("a.ttl", "<urn:s> <urn:p> 1 .", TURTLE), "b": ("b.nt", '<urn:s> <urn:p> "2" .'), "c": ("c.ttl", "", TURTLE)}
    for method, status in (("PUT", 201), ("POST", 204)):
        response = requests.request(
            method, f"{server.url}/rdf-graph-store?graph={GRAPH}", files=parts, headers=bearer(WRITER_TOKEN), timeout=30
        )
        assert response.status_code == status, response.text
    assert objects(server, f"/rdf-graph-store?graph={GRAPH}") == {"1", "2"}


def test_a_graph_is_known_by_its_own_address_and_a_new_one_gets_a_name(server):
    assert send(server, "PUT", "/rdf-graph-store/lab/M%C3%BCller", "<> <urn:p> 1 .", Content_Type=TURTLE).status_code == 201
    address = f"{server.url}/rdf-graph-store/lab/M%C3%BCller"
    [triple] = graph_of(server, "/rdf-graph-store/lab/M%C3%BCller")
    assert triple.subject.value == address
    assert server.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } }") == [{"g": address}]
    made = send(server, "POST", "/rdf-graph-store", "<> <urn:p> 2 .", Content_Type=TURTLE)
    assert made.status_code == 201
    place = made.headers["Location"]
    assert place.startswith(f"{server.url}/rdf-graph-store/")
    assert objects(server, place.removeprefix(server.url)) == {"2"}
    assert objects(server, f"/rdf-graph-store?graph={place}") == {"2"}
    assert send(server, "DELETE", place.removeprefix(server.url)).status_code == 204
    assert send(server, "GET", place.removeprefix(server.url)).status_code == 404


def test_statements_about_statements_are_kept(server):
    body = "<urn:s> <urn:p> <urn:o> ~ <urn:r> {| <urn:by> 'me'@en--ltr |} ."
    assert send(server, "PUT", "/rdf-graph-store?default", body, Content_Type=TURTLE).status_code == 204
    assert server.query("SELECT ?who { << <urn:s> <urn:p> <urn:o> ~ ?r >> <urn:by> ?who }") == [{"who": "me"}]


def test_writes_that_come_together_are_published_together_and_answered_each_for_itself(server):
    def write(number: int) -> requests.Response:
        return server.update(f"INSERT DATA {{ <urn:s> <urn:p> {number} }}" if number % 5 else "INSERT DATA {")

    with ThreadPoolExecutor(12) as threads:
        responses = list(threads.map(write, range(40)))
    assert [response.status_code for response in responses] == [204 if number % 5 else 400 for number in range(40)]
    assert objects(server) == {str(number) for number in range(40) if number % 5}


def test_writes_are_done_one_after_the_other(server):
    server.update("INSERT DATA { <urn:n> <urn:p> 0 }")
    text = "DELETE { <urn:n> <urn:p> ?n } INSERT { <urn:n> <urn:p> ?m } WHERE { <urn:n> <urn:p> ?n BIND(?n + 1 AS ?m) }"
    with ThreadPoolExecutor(8) as threads:
        assert {response.status_code for response in threads.map(lambda _: server.update(text), range(24))} == {204}
    assert objects(server) == {"24"}


def test_while_another_job_writes_clients_are_told_when_to_come_again(server):
    with Store.open(server.store) as other, other.writing(5):
        response = server.update("INSERT DATA { <urn:s> <urn:p> 1 }")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert server.update("INSERT DATA { <urn:s> <urn:p> 1 }").status_code == 204


@pytest.fixture(scope="module")
def strict(tmp_path_factory) -> Iterator[Serving]:
    """A server over a store with sources, one of them hidden, that gives an update two seconds."""
    folder = tmp_path_factory.mktemp("strict")
    sources = {"open": (['"x"'], persons(1)), "hidden": (['"y"'], persons(2))}
    with Store.open(folder / "store", create=True) as store:
        store.publish(batch(folder / "in", sources, audience={"hidden": "lab"}))
    with Serving(folder / "store", environment={"KG_DEADLINE": "2"}) as serving:
        yield serving


def test_graphs_of_sources_are_not_written_over_http_and_nobody_learns_which_there_are(strict):
    before = strict.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    said = []
    for source in (S + "open", S + "hidden", S + "none", S + "none/image/1"):
        responses = [
            send(strict, method, f"/rdf-graph-store?graph={source}", "", Content_Type=TURTLE)
            for method in ("PUT", "POST", "DELETE")
        ]
        texts = ("CLEAR GRAPH <{0}>", "DROP SILENT GRAPH <{0}>", "BASE <{0}> DELETE WHERE {{ GRAPH <> {{ ?s ?p ?o }} }}")
        responses += [strict.update(text.format(source)) for text in texts]
        assert {response.status_code for response in responses} == {403}
        said.append([response.json()["detail"].replace(source, "GRAPH") for response in responses])
    assert all(one == said[0] for one in said)
    assert strict.update("DROP ALL").status_code == 403
    assert strict.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == before
    assert strict.update("INSERT DATA { GRAPH <urn:own> { <urn:s> <urn:p> 1 } }").status_code == 204
    with Store.open(strict.store) as store:
        assert store.verify() == []


def writer_of(serving: Serving) -> int | None:
    """The process that has the working database open; None while there is none."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                opened = [str(file.readlink()) for file in (process / "fd").iterdir()]
            except OSError:
                continue
            if any(name.startswith(f"{serving.store}/work-writer-") for name in opened):
                return int(process.name)
    return None


def insert(serving: Serving, number: int) -> int:
    """Insert a pair that must not be torn apart; return the status, 0 where the connection broke."""
    text = f"INSERT DATA {{ <urn:s> <urn:a> {number} }} ; INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:s> <urn:b> {number} }} }}"
    try:
        return serving.update(text).status_code
    except requests.RequestException:
        return 0


def pairs(serving: Serving) -> set[int]:
    halves = [
        {int(row["n"]) for row in serving.query(f"SELECT ?n {{ {pattern} }}")}
        for pattern in ("<urn:s> <urn:a> ?n", f"GRAPH <{GRAPH}> {{ <urn:s> <urn:b> ?n }}")
    ]
    assert halves[0] == halves[1], "half a write"
    return halves[0]


def test_killing_the_writer_at_any_moment_loses_nothing_that_was_acknowledged(server):
    chance = random.Random(5)  # noqa: S311 - for moments
    assert insert(server, 0) == 204
    ended = threading.Event()
    kills = 0

    def killing() -> None:
        nonlocal kills
        while not ended.wait(chance.uniform(0.02, 0.2)):
            pid = writer_of(server)
            if pid:
                os.kill(pid, signal.SIGKILL)
                kills += 1

    killer = threading.Thread(target=killing)
    killer.start()
    statuses: dict[int, int] = {}
    numbers = iter(range(1, 1_000))
    try:
        with ThreadPoolExecutor(4) as threads:
            while kills < 4 and len(statuses) < 200:
                some = [next(numbers) for _ in range(8)]
                statuses |= zip(some, threads.map(lambda number: insert(server, number), some), strict=True)
    finally:
        ended.set()
        killer.join()
    assert kills > 3
    assert set(statuses.values()) <= {204, 503}
    began = time.monotonic()
    assert insert(server, 1000) == 204
    assert time.monotonic() - began < 5
    assert {number for number, status in statuses.items() if status == 204} | {0, 1000} <= pairs(server)
    with Store.open(server.store) as store:
        assert store.verify() == []


def test_killing_the_web_process_loses_nothing_that_was_acknowledged(tmp_path):
    moment = random.Random(6).uniform(0.3, 0.9)  # noqa: S311 - for a moment
    acknowledged: set[int] = set()
    numbers = iter(range(1_000_000))
    with Serving(tmp_path / "store") as serving:
        acknowledged |= {0} if insert(serving, next(numbers)) == 204 else set()
        killer = threading.Timer(moment, lambda: os.kill(serving.process.pid, signal.SIGKILL))
        killer.start()
        status = 204
        while status:
            number = next(numbers)
            status = insert(serving, number)
            acknowledged |= {number} if status == 204 else set()
        killer.join()
    assert acknowledged
    with Serving(tmp_path / "store") as serving:
        assert acknowledged <= pairs(serving)
        began = time.monotonic()
        assert insert(serving, next(numbers)) == 204
        assert time.monotonic() - began < 5


def test_an_update_that_would_take_everything_ends_alone(strict):
    triples = " ".join(f"<urn:s{n}> <urn:many> {n} ." for n in range(2_000))
    assert strict.update(f"INSERT DATA {{ {triples} }}").status_code == 204
    admin = Tokens(strict.store).add("admin", "admin")
    greedy = "INSERT { GRAPH <urn:g> { ?a ?p ?c } } WHERE { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(strict.update, greedy, admin)
        time.sleep(0.3)
        quick = threads.submit(strict.update, "INSERT DATA { <urn:quick> <urn:p> 1 }")
        assert slow.result().status_code in {503, 504, 507}
        assert quick.result().status_code == 204
    assert strict.query("ASK { GRAPH <urn:g> { ?s ?p ?o } }") is False
    assert strict.query("ASK { <urn:quick> <urn:p> 1 }") is True


def test_a_graph_that_could_be_written_can_be_deleted_however_short_the_deadline(tmp_path):
    data = "".join(f"<urn:s{n}> <urn:p{n % 7}> <urn:o{n}> .\n" for n in range(60_000))
    with Serving(tmp_path / "store", environment={"KG_DEADLINE": "1"}) as serving:
        for method, body, status in (
            ("PUT", data, 201),
            ("PUT", "<urn:s> <urn:p> 1 .", 204),
            ("PUT", data, 204),
            ("DELETE", None, 204),
        ):
            response = send(
                serving,
                method,
                f"/rdf-graph-store?graph={GRAPH}",
                body,
                Content_Type="application/n-triples" if body is data else TURTLE,
            )
            assert response.status_code == status, response.text
        assert serving.query("ASK { GRAPH ?g { ?s ?p ?o } }") is False


XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'


@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        ("application/rdf+xml", XML + "<rdf:Description><u:p>" * 100_000 + "</u:p></rdf:Description>" * 100_000 + "</rdf:RDF>", 400),
        (TURTLE, "<urn:s> <urn:p> " + "(" * 100_000 + ")" * 100_000 + " .", 400),
        ("text/n3", "<urn:s> <urn:p> " + "{" * 100_000, 400),
        ("application/rdf+xml", XML + "<rdf:Description><u:p>" * 1_000 + "</u:p></rdf:Description>" * 1_000 + "</rdf:RDF>", 201),
        ("application/rdf+xml", XML + '<!-- <a> --><rdf:Description u:q="a>b"><u:p>1</u:p><u:r/></rdf:Description>' * 9_000 + "</rdf:RDF>", 201),
        (TURTLE, "<urn:s(> <urn:p> ('[[' \"\"\"{\"(\"\"\" [ <urn:q> 'it\\'s ((' ] ) . # ((((\n" * 9_000, 201),
        (TURTLE, "<urn:s> <urn:p> " + "(" * 1_000 + ")" * 1_000 + " .", 201),
    ],
    ids=["xml", "turtle", "n3", "a-long-list-in-xml", "flat-xml", "brackets-in-strings", "a-long-list-in-turtle"],
)  # fmt: skip
def test_what_is_nested_beyond_all_reason_is_refused_before_it_is_parsed(server, media_type, body, status):
    response = send(server, "PUT", f"/rdf-graph-store?graph={GRAPH}", body, Content_Type=media_type)
    assert response.status_code == status, response.text
    if status == 400:
        assert "nested more than 5,000 deep" in response.json()["detail"]


def test_a_clean_stop_leaves_no_working_folder(tmp_path):
    body = "".join(f"<urn:s{n}> <urn:p> {n} .\n" for n in range(100_000))
    with Serving(tmp_path / "store") as serving:
        assert send(serving, "PUT", "/rdf-graph-store?default", body, Content_Type=TURTLE).status_code == 204
        assert list(serving.store.glob("work-*"))
    assert list((tmp_path / "store").glob("work-*")) == []
    with Serving(tmp_path / "store") as serving:
        assert serving.update("INSERT DATA { <urn:s> <urn:p> 'x' }").status_code == 204
        os.kill(writer_of(serving) or 0, signal.SIGKILL)
    assert list((tmp_path / "store").glob("work-*")) == []


ENDLESS = "INSERT { <urn:a> <urn:b> ?x } WHERE { ?x ?p ?b . ?c ?q ?d . ?e ?r ?f . ?g ?t ?h }"
QUICK = Update("INSERT DATA { <urn:quick> <urn:p> 1 }")


def played(folder: Path, play: Callable[[Writer], Awaitable[None]], **limits: float) -> None:
    """Do something with a writer over a store on which one kind of update does not end."""

    async def run() -> None:
        with Store.open(folder / "store", create=True) as store:
            given = {"deadline": 3.0, "waiting": 20, "wait": 20.0, "per_client": 16, **limits}
            writer = Writer(store, 4 << 30, **given)
            try:
                many = " ".join(f"<urn:s{n}> <urn:p> {n} ." for n in range(2_000))
                await writer.write(Update(f"INSERT DATA {{ {many} }}"))
                await play(writer)
            finally:
                await writer.stop()

    asyncio.run(asyncio.wait_for(run(), 90))


async def code_of(write: Awaitable[object]) -> str:
    try:
        await write
    except ServiceError as error:
        return error.code if error.retry_after or error.code not in {"busy", "too-many"} else "no time told"
    return "done"


def test_writes_wait_no_longer_than_they_may_and_a_client_has_so_many(tmp_path):
    async def play(writer: Writer) -> None:
        endless = asyncio.ensure_future(code_of(writer.write(Update(ENDLESS), "one")))
        await asyncio.sleep(0.3)
        waiting = asyncio.ensure_future(code_of(writer.write(QUICK, "one")))
        await asyncio.sleep(0)
        assert await code_of(writer.write(QUICK, "one")) == "too-many"
        assert await code_of(writer.write(QUICK, "other")) == "busy"
        assert await waiting == "busy"
        assert not endless.done()
        assert await endless == "deadline"
        assert await code_of(writer.write(QUICK, "one")) == "done"

    played(tmp_path, play, wait=0.5, per_client=2)


def test_clients_take_turns_however_many_endless_writes_one_of_them_has(tmp_path):
    async def play(writer: Writer) -> None:
        flood = [asyncio.ensure_future(code_of(writer.write(Update(ENDLESS), "one"))) for _ in range(8)]
        await asyncio.sleep(0.3)
        assert await code_of(writer.write(QUICK, "other")) == "done"
        assert sum(not one.done() for one in flood) >= 5

    played(tmp_path, play, wait=60.0)


def test_a_write_that_waits_is_dropped_when_its_asker_leaves(tmp_path):
    async def play(writer: Writer) -> None:
        left = asyncio.Event()

        async def receive() -> dict[str, str]:
            await left.wait()
            return {"type": "http.disconnect"}

        request = Request({"type": "http"}, receive)
        begun = asyncio.ensure_future(code_of(writer.write(Update(ENDLESS), "one")))
        await asyncio.sleep(0.3)
        queued = asyncio.ensure_future(code_of(writer.write(QUICK, "two", request)))
        await asyncio.sleep(0.1)
        assert writer.waiting == 1
        left.set()
        assert await queued == "gone"
        assert writer.waiting == 0
        assert await begun == "deadline"

    played(tmp_path, play)
    with Store.open(tmp_path / "store") as store:
        assert store.current is not None
        assert store.current.query("ASK { <urn:quick> ?p ?o }").boolean is False


def test_many_updates_of_one_client_are_told_to_wait_and_the_next_one_is_done(tmp_path):
    limits = {"KG_DEADLINE": "2s", "KG_PER_CLIENT": "2", "KG_WAIT": "1s"}
    endless = "INSERT { <urn:x> <urn:y> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } }"
    with Serving(tmp_path / "store", environment=limits) as serving:
        assert serving.update("INSERT DATA { " + " ".join(f"<urn:s{n}> <urn:p> {n} ." for n in range(400)) + " }").ok
        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(serving.update, [endless] * 6))
        assert {answer.status_code for answer in answers} <= {429, 503, 504}
        told = [answer for answer in answers if answer.status_code == 429]
        assert told
        assert all(int(answer.headers["Retry-After"]) >= 1 for answer in told)
        assert serving.update("INSERT DATA { <urn:after> <urn:p> 1 }").status_code == 204
        assert not serving.query("ASK { <urn:x> ?p ?o }")
