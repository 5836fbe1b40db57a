"""Access over HTTP: who sees what, tokens that come and go, and what is written down of it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from circles import Circle, filled, kg
from serving import WRITER_TOKEN, Serving, bearer

from kg.store import Store, shared_graph
from kg.store.audiences import audience_of, found, leftovers, may_hear, snapshot, snapshots
from kg.store.tokens import TOKENS, Tokens

OPEN, CLOSED, SECRET = (
    Circle("1open", "public", frozenset({1})),
    Circle("2closed", "lab-a", frozenset({1, 2})),
    Circle("3secret", "private"),
)
NAMES = "SELECT ?name { ?s <http://schema.org/name> ?name FILTER(STRSTARTS(?name, 'image')) } ORDER BY ?name"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
DOCS = Path(__file__).resolve().parent.parent / "docs" / "access.md"


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("access")
    with Store.open(folder / "store", create=True) as store:
        filled(store, folder / "in", [OPEN, CLOSED, SECRET])
    with Serving(folder / "store", options=("--audit-log", str(folder / "audit.jsonl"))) as server:
        yield server


def seen_with(server: Serving, token: str) -> list[str]:
    return [row["name"].removeprefix("image ") for row in server.query(NAMES, token)]


def status(server: Serving, **headers: str) -> int:
    return requests.get(f"{server.url}/sparql", params={"query": "ASK {}"}, headers=headers, timeout=30).status_code


def test_each_sees_what_the_groups_of_the_token_allow(served):
    tokens = Tokens(served.store)
    a, other, admin = (
        tokens.add("a", "reader", ["lab-a", "lab-z"]),
        tokens.add("o", "reader", ["lab-z"]),
        tokens.add("r", "admin"),
    )
    assert seen_with(served, "") == ["1open"]
    assert seen_with(served, other) == ["1open"]
    assert seen_with(served, a) == ["1open", "2closed"]
    assert seen_with(served, admin) == ["1open", "2closed", "3secret"]
    assert seen_with(served, WRITER_TOKEN) == ["1open"]


def test_a_token_stops_working_in_a_running_server(served):
    tokens = Tokens(served.store)
    secret = tokens.add("short", "reader", ["lab-a"])
    assert seen_with(served, secret) == ["1open", "2closed"]
    tokens.remove("short")
    answer = requests.get(f"{served.url}/sparql", params={"query": "ASK {}"}, headers=bearer(secret), timeout=30)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert "not known here" in answer.json()["detail"]
    over = tokens.add("over", "reader", expires="2999-01-01")
    file = served.store / TOKENS
    file.write_text(file.read_text("utf-8").replace("2999-01-01", "2020-01-01"))
    assert status(served, **bearer(over)) == 401


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic dXNlcjpwYXNz",
        "Digest a=b",
        "bearer\tx",
        "x",
        "é",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 5000,
        ",",
    ],
)
@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/no/such/place", "/api/stats"])
def test_what_is_no_token_is_refused_on_every_route(served, value, path):
    answer = requests.get(served.url + path, headers={"Authorization": value.encode("latin-1")}, timeout=30)
    assert answer.status_code == 401
    assert WRITER_TOKEN not in answer.text


@pytest.mark.parametrize("name", ["access_token", "access%5Ftoken"])
def test_a_token_in_the_address_is_refused_and_not_repeated(served, name):
    answer = requests.get(f"{served.url}/api/stats?{name}={WRITER_TOKEN}", timeout=30)
    assert answer.status_code == 400
    assert "Authorization: Bearer TOKEN" in answer.json()["detail"]
    assert WRITER_TOKEN not in answer.text + "".join(served.lines)
    assert requests.get(f"{served.url}/health?{name}=x", timeout=30).ok


@pytest.mark.parametrize("name", ["Public", "PRIVATE"])
def test_a_misspelt_audience_is_no_group(tmp_path, examples, name):
    ran = kg("harmonize", examples / "idr9002", "--store", tmp_path / "store", "--audience", name)
    assert ran.code == 2
    assert f"did you mean '{name.lower()}'" in ran.err


def test_a_group_that_no_token_has_is_told(tmp_path, examples):
    words = ("harmonize", examples / "idr9002", "--store", tmp_path / "store", "--audience", "lab-q")
    assert "no token has the group 'lab-q'" in kg(*words).err
    Tokens(tmp_path / "store").add("a", "reader", ["lab-q"])
    assert "no token" not in kg(*words).err


def test_two_tokens_in_one_request_are_none(served):
    address = urlsplit(served.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as sock:
        line = f"Authorization: Bearer {WRITER_TOKEN}\r\n"
        sock.sendall(f"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{line}{line}\r\n".encode())
        assert b"401" in sock.recv(100).split(b"\r\n")[0]


def test_a_reader_may_not_write_and_a_writer_may(served):
    reader = Tokens(served.store).add("only-reads", "reader")
    update = "INSERT DATA { GRAPH <urn:test:written> { <urn:s> <urn:p> 'written' } }"
    assert served.update(update, "").status_code == 401
    assert served.update(update, reader).status_code == 403
    assert served.update(update).ok
    assert served.query("ASK { GRAPH <urn:test:written> { ?s ?p ?o } }")


def test_what_is_written_is_seen_at_once_by_everybody_though_sources_are_hidden(served):
    group = Tokens(served.store).add("g", "reader", ["lab-a"])
    for number in range(3):
        assert served.update(f"INSERT DATA {{ <urn:n:{number}> <urn:p> {number} }}").ok
        for token in ("", group):
            assert served.query(f"ASK {{ <urn:n:{number}> <urn:p> {number} }}", token)
            assert not served.query(f"ASK {{ ?s ?p '{SECRET.word}.csv' }}", token)
    assert served.update("DELETE DATA { <urn:n:0> <urn:p> 0 }").ok
    assert not served.query("ASK { <urn:n:0> ?p ?o }", group)
    assert kg("store", "verify", "--store", served.store).code == 0


def test_a_writer_cannot_copy_what_it_may_not_see(served):
    before = served.query(COUNT)
    update = f"INSERT {{ GRAPH <urn:loot> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{SECRET.iri}> {{ ?s ?p ?o }} }}"
    assert served.update(update).status_code == 403
    assert served.query(COUNT) == before


def test_shared_graphs_tell_no_names_of_other_groups(served):
    with Store.open(served.store) as store:
        filled(store, served.store.parent / "in", [OPEN, CLOSED, SECRET, Circle("4other", "lab-b", frozenset({2}))])
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { } }"
    a = Tokens(served.store).add("a-of-two", "reader", ["lab-a"])
    named = {row["g"] for row in served.query(graphs, a)}
    assert shared_graph(["lab-a"]) in named
    assert not [name for name in named if "lab-b" in name or "private" in name]
    assert served.query("SELECT ?n { <https://orcid.org/0000-0000-0000-0002> <http://schema.org/name> ?n }", a) == [
        {"n": "Person 2"}
    ]


def test_an_answer_for_one_audience_is_not_taken_for_that_of_another(served):
    a = Tokens(served.store).add("cache", "reader", ["lab-a"])
    address, params = f"{served.url}/sparql", {"query": NAMES}
    with_token = requests.get(address, params=params, headers=bearer(a), timeout=30)
    assert "authorization" in with_token.headers["Vary"].lower()
    tag = with_token.headers.get("ETag", "")
    again = requests.get(address, params=params, headers={"If-None-Match": tag}, timeout=30)
    assert again.status_code == 200
    assert CLOSED.word not in again.text


def test_the_audit_log_says_who_and_when_and_nothing_of_what_was_asked(served):
    file = served.store.parent / "audit.jsonl"
    secret = Tokens(served.store).add("audited", "reader")
    query = {"query": "SELECT ?secretvariable { ?s ?p 'secretliteral' }"}
    requests.get(f"{served.url}/sparql", params=query, headers=bearer(secret), timeout=30)
    requests.get(f"{served.url}/sparql", params=query, headers=bearer("kg_wrongtoken"), timeout=30)
    requests.get(f"{served.url}/sparql", params={"query": "ASK { <urn:anonymous> ?p ?o }"}, timeout=30)
    served.update("INSERT DATA { <urn:secretsubject> <urn:p> 1 }")
    until = time.monotonic() + 10
    while "/update" not in file.read_text().splitlines()[-1] and time.monotonic() < until:
        time.sleep(0.05)
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    told = [(one["token"], one["role"], one["method"], one["route"], one["status"] // 100) for one in entries[-3:]]
    assert told == [
        ("audited", "reader", "GET", "/sparql", 2),
        ("", "refused", "GET", "", 4),
        ("KG_WRITER_TOKEN", "writer", "POST", "/update", 2),
    ]
    assert set(entries[-1]) == {"time", "token", "role", "method", "route", "status", "generation", "milliseconds"}
    with Store.open(served.store) as store:
        assert entries[-1]["generation"] == store.current.id
    text = file.read_text()
    assert not [
        word
        for word in ("secretvariable", "secretliteral", "secretsubject", "wrongtoken", secret, WRITER_TOKEN, "127.0.0.1")
        if word in text
    ]
    assert not any(secret in line or WRITER_TOKEN in line for line in served.lines)
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_audit_log_that_cannot_be_written_is_told_at_the_start(tmp_path):
    ran = kg("serve", "--store", tmp_path / "store", "--audit-log", tmp_path / "none" / "audit.jsonl")
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_a_snapshot_is_made_once_and_for_groups_that_have_sources(tmp_path):
    with Store.open(tmp_path / "store", create=True) as store:
        filled(store, tmp_path / "in", [OPEN, CLOSED, SECRET])
        current = store.current
        assert [one.audience for one in snapshots(current)] == ["public"]
        assert found(current, "lab-a") is None
        draft = current.path / "audiences" / "draft-lab-a"
        draft.mkdir()
        assert snapshot(current, ["lab-a", "lab-z"]) == snapshot(current, ["lab-a"])
        assert leftovers(current) == []
        assert audience_of(current, ["lab-z"]) == "public"
        assert audience_of(current, ["private"]) == "public"
        assert audience_of(current, [], everything=True) == "*"
        filled(store, tmp_path / "in", [OPEN])
        assert audience_of(store.current, [], everything=True) == "public"
        assert snapshot(store.current).folder == store.current.path


def test_a_public_source_does_not_learn_from_a_hidden_one():
    assert not may_hear("public", "private")
    assert may_hear("private", "lab-a")


def test_a_source_keeps_its_audience_when_it_is_harmonized_again(tmp_path, examples):
    table = tmp_path / "plate.csv"
    shutil.copyfile(examples / "idr9001" / "idr9001-screenA-annotation.csv", table)
    store = tmp_path / "store"
    assert kg("harmonize", table, "--store", store, "--audience", "private").code == 0
    assert kg("harmonize", table, "--store", store).code == 0
    assert audiences(store) == ["private"]
    assert kg("harmonize", table, "--store", store, KG_AUDIENCE="lab-a").code == 0
    assert audiences(store) == ["lab-a"]
    ran = kg("harmonize", table, "--store", store, "--audience", "lab a")
    assert (ran.code, "expected letters, digits" in ran.err) == (2, True)


def audiences(store: Path) -> list[str]:
    with Store.open(store) as opened:
        return [entry.audience for entry in opened.sources()]


def test_the_five_commands_of_the_docs_share_sources_with_a_group(tmp_path, examples, monkeypatch):
    block = re.search(r"```sh\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)[1]
    commands = [shlex.split(line) for line in block.splitlines()]
    assert [words[:2] for words in commands] == [["kg", name] for name in ("harmonize", "harmonize", "token", "serve")] + [
        ["curl", "-H"]
    ]
    monkeypatch.chdir(tmp_path)
    shutil.copytree(examples / "idr9002", tmp_path / "published")
    shutil.copytree(examples / "idr9001", tmp_path / "unpublished")
    token = ""
    for words in commands[:3]:
        ran = kg(*words[1:])
        assert ran.code == 0, ran.err
        token = ran.out.strip().splitlines()[-1]
    options = commands[3][commands[3].index("--store") + 2 :]
    with Serving(tmp_path / "store", options=tuple(options)) as server:
        curl = [word.replace("$TOKEN", token).replace("http://127.0.0.1:7878", server.url) for word in commands[4]]
        header = curl[curl.index("-H") + 1].split(": ", 1)
        address = next(word for word in curl if word.startswith("http"))
        counts = [
            int(requests.get(address, headers=headers, timeout=30).json()["results"]["bindings"][0]["n"]["value"])
            for headers in ({}, dict([header]))
        ]
        assert 0 < counts[0] < counts[1]
