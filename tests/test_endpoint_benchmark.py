"""The endpoint benchmark at a thousand images: what is made is a store like any other, and the runner asks it everything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.schema import load_schema
from kg.store import Store
from kg.terms import default_index

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
IMAGES = 1_000


def ran(script: str, *words: object) -> str:
    command = [sys.executable, BENCHMARKS / script, *words]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


@pytest.fixture(scope="module")
def index() -> Path:
    return default_index()


@pytest.fixture(scope="module")
def made(index, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    ran("endpoint_load.py", "make", folder, IMAGES, 20, index)
    return folder


@pytest.fixture(scope="module")
def loaded(index, tmp_path_factory) -> Path:
    store = tmp_path_factory.mktemp("loaded") / "store"
    ran("endpoint_load.py", "--images", IMAGES, "--store", store, "--index", index)
    return store


def graph(file: Path) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(file), format=ox.RdfFormat.TRIG)
    return store


def number(store: ox.Store, query: str) -> int:
    rows = store.query(query, use_default_graph_as_union=True)
    return int(next(iter(rows))[0].value)


def test_the_same_seed_makes_the_same_bytes_and_another_one_others(made, index, tmp_path):
    for seed in (20, 21):
        (tmp_path / str(seed)).mkdir()
        ran("endpoint_load.py", "make", tmp_path / str(seed), IMAGES, seed, index)
    for name in ("own.trig", "claims.trig", "sources.json"):
        assert (tmp_path / "20" / name).read_bytes() == (made / name).read_bytes()
    assert (tmp_path / "21" / "own.trig").read_bytes() != (made / "own.trig").read_bytes()


def test_as_many_images_as_asked_for_with_about_fifteen_statements_each(made):
    store = graph(made / "own.trig")
    image = f"<{load_schema().class_('Image').iri}>"
    assert number(store, f"SELECT (COUNT(*) AS ?n) {{ ?s a {image} }}") == IMAGES
    said = number(store, f"SELECT (COUNT(*) AS ?n) {{ ?s a {image} ; ?p ?o }}")
    assert 14 <= said / IMAGES <= 18


def test_no_statement_stands_twice_and_none_has_a_blank_node(made):
    quads = list(ox.parse(path=str(made / "own.trig"), format=ox.RdfFormat.TRIG))
    assert len({quad.triple for quad in quads}) == len(quads)
    assert not [quad for quad in quads if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)]


def test_every_predicate_of_an_image_is_a_slot_of_the_schema(made):
    image = load_schema().class_("Image")
    known = {slot.iri for slot in image.slots.values()} | {"http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}
    rows = graph(made / "own.trig").query(f"SELECT DISTINCT ?p {{ GRAPH ?g {{ ?s a <{image.iri}> ; ?p ?o }} }}")
    assert {row[0].value for row in rows} <= known


def test_terms_are_decided_labelled_and_below_others(loaded):
    with Store.open(loaded) as store:
        generation = store.current
        assert generation is not None
        kg = "PREFIX kg: <https://w3id.org/bioimage-kg/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
        decided = f"{kg} ASK {{ ?image kg:decision/kg:chosenTerm ?term . FILTER NOT EXISTS {{ ?term rdfs:label ?label }} }}"
        assert generation.query(decided).boolean is False
        above = (
            f"{kg} ASK {{ ?image kg:decision/kg:chosenTerm ?term . ?term kg:ancestorOrSelf ?other . FILTER(?other != ?term) }}"
        )
        assert generation.query(above).boolean is True


def test_what_was_loaded_is_whole(loaded):
    with Store.open(loaded) as store:
        assert store.verify() == []


def test_the_runner_asks_every_question_of_us_and_of_the_bare_engine(loaded, index, tmp_path):
    figures = tmp_path / "figures.json"
    said = ran("endpoint.py", "--store", loaded, "--index", index, "--seconds", "0.2", "--clients", 1, 2, "--json", figures)
    found = json.loads(figures.read_text("utf-8"))["questions"]
    assert len(found) == 5
    for name, sides in found.items():
        assert name in said
        assert sides["bare pyoxigraph in process"]["inside"] > 0
        assert sides["bare pyoxigraph over HTTP"]["1"]["statuses"].keys() == {"200"}
    assert found["describe a record"]["ours"]["SPARQL DESCRIBE"]["2"]["statuses"].keys() == {"200"}
