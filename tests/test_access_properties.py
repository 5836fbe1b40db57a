"""Nobody learns of what is hidden from them: of random sources, on every route."""

from __future__ import annotations

import itertools
import random
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
import requests
from circles import BASE, ROOT_TERM, Circle, filled
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from serving import Serving, bearer

from kg.api.routes import ROUTERS
from kg.curie import GRAPH_JOBS, GRAPH_ONTOLOGIES, GRAPH_SHARED
from kg.store import Store, canonical_lines, shared_graph
from kg.store.audiences import snapshot
from kg.store.tokens import Tokens

AUDIENCES = ("public", "lab-a", "lab-b", "private")
MORE = 10
OTHER = str.maketrans("0123456789abcdef", "123456789abcdef0")
CHECKS = {"suppress_health_check": list(HealthCheck), "deadline": None, "derandomize": True}


@st.composite
def circles(draw, least: int = 1) -> list[Circle]:
    audiences = draw(st.lists(st.sampled_from(AUDIENCES), min_size=least, max_size=5))
    people = st.frozensets(st.integers(1, 3), max_size=3)
    return [
        Circle(
            f"{number}q{draw(st.integers(16**11, 16**12 - 1)):012x}z", audience, draw(people), draw(st.sampled_from((0, 0, 30)))
        )
        for number, audience in enumerate(audiences)
    ]


@settings(max_examples=10, **CHECKS)
@given(circles(), st.frozensets(st.sampled_from(("lab-a", "lab-b", "lab-z")), max_size=2))
def test_a_snapshot_is_what_the_store_would_be_had_the_hidden_sources_never_been_there(sources, groups):
    seen = [one for one in sources if one.audience == "public" or one.audience in groups]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Store.open(folder / "all", create=True) as whole, Store.open(folder / "seen", create=True) as bare:
            filled(whole, folder / "in", sources)
            filled(bare, folder / "in", seen)
            made, wanted = snapshot(whole.current, groups), bare.current
            assert quads(made.database) == canonical_lines(list(wanted.database))
            told = made.about()
            assert {key: told[key] for key in wanted.stats()} == dict(wanted.stats())
            assert whole.verify() == []


def quads(database: Path) -> list[str]:
    return canonical_lines(list(ox.Store.read_only(str(database))))


TOKENS = {
    "": ("anonymous", ()),
    "plain": ("reader", ()),
    "a": ("reader", ("lab-a",)),
    "ab": ("reader", ("lab-a", "lab-b")),
    "writer": ("writer", ()),
    "writer-b": ("writer", ("lab-b",)),
    "admin": ("admin", ()),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[Serving, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("access")
    with Store.open(folder / "store", create=True):
        tokens = Tokens(folder / "store")
    shown = {name: tokens.add(name, role, groups) if name else "" for name, (role, groups) in TOKENS.items()}
    with Serving(folder / "store") as server:
        yield server, shown


def may_see(token: str, circle: Circle) -> bool:
    role, groups = TOKENS[token]
    return circle.audience == "public" or role == "admin" or circle.audience in groups


SHAPES = (
    "SELECT * {{ ?s ?p ?o }}",
    "SELECT * {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT DISTINCT ?g {{ GRAPH ?g {{ }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}",
    "CONSTRUCT {{ ?g <urn:p> ?o }} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s {{ ?s ?p ?o }}",
    "SELECT * FROM <{ontologies}> {{ ?s ?p ?o }}",
    "SELECT * FROM <{jobs}> FROM NAMED <{shared}> {{ ?s ?p ?o }}",
    "SELECT * {{ <{root}> ^(<http://none>|!<http://none>) ?x . ?x ?p ?o }}",
    "SELECT (GROUP_CONCAT(STR(?o)) AS ?all) {{ ?s ?p ?o }}",
)
# About one thing that is named: the answer is that about a thing that nobody knows.
NAMED = (
    "ASK {{ {{ <{iri}> ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p <{iri}> }} }} UNION {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT * FROM <{iri}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(?s = <{iri}> || ?o = <{iri}>) }}",
    "DESCRIBE <{iri}>",
    "CONSTRUCT WHERE {{ <{iri}> ?p ?o }}",
    "ASK {{ ?s ?p ?o FILTER(CONTAINS(STR(?o), '{word}')) }}",
)
WORDS = ("imaging", "Person", "*", "confocal", "study", "term")
ACCEPTS = (
    None,
    "application/sparql-results+json",
    "text/csv",
    "application/n-triples",
    "application/ld+json",
    "application/trig",
)


@settings(max_examples=2, phases=[Phase.generate], **CHECKS)  # a smaller example is not worth the minutes
@given(circles(2), st.integers(0, 2**32))
def test_no_route_tells_a_token_without_the_right_anything_that_is_hidden(served, sources, seed):
    server, shown = served
    dice = random.Random(seed)  # noqa: S311 choices, not secrets
    with Store.open(server.store) as store:
        filled(store, server.store.parent / "in", sources)
    for token in dice.sample(list(TOKENS), 3):
        hidden = [one for one in sources if not may_see(token, one)]
        visible = [one for one in sources if may_see(token, one)]
        session = requests.Session()
        session.headers.update(bearer(shown[token]))
        for method, address, params in some(dice, [*generic(visible), *sparql()]):
            accept = dice.choice(ACCEPTS)
            answer = session.request(
                method, server.url + address, params=params, headers={"Accept": accept} if accept else {}, timeout=60,
                allow_redirects=False,
            )  # fmt: skip
            assert answer.status_code != 500, (method, address, params, answer.text)
            leaked = [one.word for one in hidden if one.word in told_by(answer)]
            assert not leaked, (token, method, address, params)
        for one in hidden[:1]:
            for method, address, params in some(dice, list(about(one))):
                asked = session.request(method, server.url + address, params=params, timeout=60, allow_redirects=False)
                unknown = one.word.translate(OTHER)  # no nearer to any word that is seen
                place, names = (renamed(each, one.word, unknown) for each in (address, params))
                other = session.request(method, server.url + place, params=names, timeout=60, allow_redirects=False)
                assert comparable(asked).replace(one.word, unknown) == comparable(other), (token, method, address, params)


def some(dice: random.Random, requested: list[tuple[str, str, dict[str, str]]]) -> list[tuple[str, str, dict[str, str]]]:
    """A request of every address, and some more."""
    dice.shuffle(requested)
    first = {address.split("%")[0]: (method, address, params) for method, address, params in requested}
    return [*first.values(), *requested[:MORE]]


def test_who_has_the_right_sees_what_is_hidden_from_others(served):
    server, shown = served
    sources = [Circle(f"{n}q{n:06}z", audience) for n, audience in enumerate(AUDIENCES)]
    with Store.open(server.store) as store:
        filled(store, server.store.parent / "in", sources)
    query = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    for token, secret in shown.items():
        text = requests.get(f"{server.url}/sparql", params={"query": query}, headers=bearer(secret), timeout=60).text
        assert [one.audience for one in sources if one.word in text] == [o.audience for o in sources if may_see(token, o)]


def told_by(answer: requests.Response) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{headers}\n{answer.content.decode('utf-8', 'backslashreplace')}"


def comparable(answer: requests.Response) -> str:
    """What an answer says, without what changes from one request to the next."""
    volatile = {"date", "x-request-id", "server-timing", "content-length", "age", "etag"}
    headers = sorted(f"{name.lower()}: {value}" for name, value in answer.headers.items() if name.lower() not in volatile)
    body = re.sub(r'"(took|milliseconds|seconds|timestamp)": ?("[^"]*"|[\d.]+)|_:\w+', "", answer.text)
    return "\n".join((str(answer.status_code), *headers, *sorted(body.splitlines())))


def renamed(value, word: str, by: str):
    if isinstance(value, dict):
        return {name: renamed(each, word, by) for name, each in value.items()}
    return value.replace(word, by)


def sparql() -> Iterator[tuple[str, str, dict[str, str]]]:
    known = {"ontologies": GRAPH_ONTOLOGIES, "jobs": GRAPH_JOBS, "shared": GRAPH_SHARED, "root": ROOT_TERM}
    for shape in SHAPES:
        yield "GET", "/sparql", {"query": shape.format(**known)}
    yield "GET", "/sparql", {"query": SHAPES[0].format(), "default-graph-uri": shared_graph(["lab-a", "lab-b"])}
    yield "GET", "/sparql", {"query": SHAPES[1].format(), "named-graph-uri": shared_graph(["lab-a"])}
    for graph in (GRAPH_ONTOLOGIES, GRAPH_JOBS, GRAPH_SHARED, shared_graph(["lab-a"]), shared_graph(["lab-a", "lab-b"])):
        yield "GET", "/rdf-graph-store", {"graph": graph}
    yield "GET", "/rdf-graph-store", {"default": ""}


def routes() -> list[tuple[str, str]]:
    """Every GET and HEAD that the application has."""
    found = []
    for router in ROUTERS:
        for route in router.routes:
            found += [
                (m, getattr(route, "path", "")) for m in sorted(getattr(route, "methods", ()) or ()) if m in {"GET", "HEAD"}
            ]
    return [*found, ("GET", "/openapi.json"), ("GET", "/")]


def generic(visible: list[Circle]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every route, asked for much, about things that may be seen and about nothing in particular."""
    targets = [GRAPH_JOBS, ROOT_TERM, "FBbi:00000222", "https://orcid.org/0000-0000-0000-0001", "fbbi", "0000-0001"]
    targets += [iri for one in visible[:1] for iri in one.iris()]
    for (method, path), word in itertools.product(routes(), WORDS[:3]):
        if "{" not in path:
            yield method, path, bag(word)
            continue
        for target in targets[: 4 if word == "*" else 1]:
            yield method, filled_in(path, target), bag(word)


def about(hidden: Circle) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every route, asked about one hidden source, and what only it speaks of."""
    for iri, shape in itertools.product(hidden.iris(), NAMED):
        yield "GET", "/sparql", {"query": shape.format(iri=iri, word=hidden.word)}
    for iri in hidden.iris():
        yield "GET", "/sparql", {"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": iri}
        yield "GET", "/sparql", {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": iri}
        for method in ("GET", "HEAD"):
            yield method, "/rdf-graph-store", {"graph": iri}
            if iri.startswith(BASE):
                yield method, "/id/" + iri.removeprefix(BASE), {}
    for (method, path), iri in itertools.product(routes(), (*hidden.iris(), hidden.word)):
        if path == "/metrics":  # counts requests
            continue
        yield method, filled_in(path, iri), {**bag(hidden.word), "iri": iri, "id": iri, "like": iri}


def filled_in(path: str, value: str) -> str:
    return re.sub(r"\{[^}]*\}", lambda _: quote(quote(value, safe=""), safe=""), path)


def bag(word: str) -> dict[str, str]:
    """Parameters by the names that routes use; a route takes those that it knows."""
    return {
        "q": word,
        "text": word,
        "search": word,
        "prefix": word,
        "rows": "100",
        "limit": "100",
        "size": "100",
        "level": "image",
    }
