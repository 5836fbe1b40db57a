"""Clients that others wrote, and our own, against a real service."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from serving import Serving
from SPARQLWrapper import JSON, TURTLE, SPARQLWrapper

import kg
from kg.cli.main import main
from kg.errors import AccessError, QueryError, ServiceError, UsageError

NOTEBOOK = Path(__file__).resolve().parent.parent / "docs" / "notebooks" / "first-steps.ipynb"
DATASETS = "SELECT ?s { ?s a <http://schema.org/Dataset> }"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    store = tmp_path_factory.mktemp("clients") / "store"
    assert main(["demo", "--store", str(store)]) == 0
    with Serving(store) as serving:
        serving.searchable()
        yield serving


@pytest.fixture(scope="module")
def service(demo):
    with kg.connect(demo.url) as client:
        yield client


def test_sparqlwrapper_reads_rows_and_graphs(demo):
    wrapper = SPARQLWrapper(f"{demo.url}/sparql")
    wrapper.setQuery(DATASETS)
    wrapper.setReturnFormat(JSON)
    assert len(wrapper.queryAndConvert()["results"]["bindings"]) == 4
    wrapper.setQuery("CONSTRUCT WHERE { ?s a <http://schema.org/Dataset> }")
    wrapper.setReturnFormat(TURTLE)
    assert len(Graph().parse(data=wrapper.queryAndConvert())) == 4


def test_rdflib_asks_the_service_as_its_own_store(demo):
    graph = Graph(SPARQLStore(f"{demo.url}/sparql"))
    datasets = {row.s for row in graph.query(DATASETS)}
    assert len(datasets) == 4
    assert all(list(graph.triples((one, URIRef("http://schema.org/name"), None))) for one in datasets)


def test_a_search_becomes_a_data_frame_with_every_hit(service):
    found = service.search(where=["imaging_method=confocal microscopy"], level="image", limit=2, facets=["organism"])
    frame = found.to_pandas()
    assert len(frame) == len(found) == found.count == len(list(found)) > 2
    assert found.to_polars().height == len(frame)
    assert {hit["iri"] for hit in found} == set(frame["iri"])
    assert sum(row["count"] for row in found.facets["organism"]) >= 1
    assert found.generation.startswith("0000")


def test_a_query_becomes_a_data_frame_with_its_columns_in_order(service):
    rows = service.query("SELECT ?s ?nothing { ?s a <http://schema.org/Dataset> }")
    assert rows.variables == ("s", "nothing")
    assert rows.to_pandas().shape == (4, 2) == rows.to_polars().shape
    assert not rows.truncated
    assert rows.generation.startswith("0000")
    assert service.query("SELECT ?s { ?s a <urn:nothing> }").to_polars().columns == ["s"]
    assert service.ask("ASK {}")
    assert service.construct("CONSTRUCT WHERE { ?s a <http://schema.org/Dataset> }").count("\n") == 4


def test_a_record_and_those_like_it_and_a_term_and_a_text_can_be_asked_for(service):
    hit = next(iter(service.search(where=["imaging_method=confocal microscopy"], level="image")))
    assert service.record(hit["iri"])["iri"] == hit["iri"]
    assert service.similar(hit["iri"])["hits"]
    assert service.similar("study/idr9001")["hits"]
    assert service.record("study/idr9001")["iri"].endswith("/study/idr9001")
    assert service.search(where="organism=mouse", level="study").count == 1
    assert service.term("FBbi:00000251")["label"] == "confocal microscopy"
    assert service.resolve("CLSM", "imaging_method")


def test_what_is_wrong_is_raised_as_a_sentence(service, demo):
    with pytest.raises(QueryError, match="SPARQL"):
        service.query("SELECT nothing")
    with pytest.raises(QueryError, match="no SELECT"):
        service.query("ASK {}")
    with pytest.raises(QueryError, match="no SELECT"):
        service.query("CONSTRUCT WHERE { ?s ?p ?o }")
    with pytest.raises(QueryError, match="no CONSTRUCT"):
        service.construct("ASK {}")
    with pytest.raises(QueryError, match="no ASK"):
        service.ask("DESCRIBE <urn:a>")
    with pytest.raises(QueryError):
        service.record("urn:nowhere")
    with kg.connect(demo.url, "kg_unknown") as stranger, pytest.raises(AccessError, match="not known"):
        stranger.query(DATASETS)
    with kg.connect("http://127.0.0.1:9") as nobody, pytest.raises(ServiceError, match="cannot be reached"):
        nobody.ask("ASK {}")
    with pytest.raises(UsageError, match="expected an address"):
        kg.connect("ftp://somewhere")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the notebook's own libraries
def test_the_notebook_runs_from_top_to_bottom(demo, monkeypatch, tmp_path):
    monkeypatch.setenv("KG_URL", demo.url)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "outputs are not kept"
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = "".join(out.get("text", "") for cell in notebook.cells for out in cell.get("outputs", ()))
    assert "images, " in shown
    assert "confocal" in shown
