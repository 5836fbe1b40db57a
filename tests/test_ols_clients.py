"""Clients of OLS4 that others wrote work against `kg serve` as they are: ols_client, ols-py, oaklib, and kg's own."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import pytest
import requests
from ols_client import Client
from ols_index import BODY, KIDNEY, LOST, NEPHRON, OBO, ORGAN, PART_OF, built
from ols_py.client import Ols4Client
from serving import Serving

from kg.terms import default_index
from kg.terms.ols import Manners, OlsClient


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ols")
    with Serving(folder / "store", environment={"KG_INDEX": str(built(folder))}) as serving:
        yield serving


# --------------------------------------------------------------------------------------------------------------- ols_client


@pytest.fixture(scope="module")
def client(server):
    return Client(f"{server.url}/ols")


def test_ols_client_lists_the_ontologies_and_describes_one(client):
    listed = {one["ontologyId"]: one for one in client.get_ontologies()}
    assert {"ma", "xao", "cl", "fbbi", "ncbitaxon"} <= listed.keys()
    assert client.get_ontology("MA")["config"]["preferredPrefix"] == "MA"
    assert listed["ma"]["version"] == "2026-02-03"
    assert listed["ma"]["numberOfTerms"] == 7
    assert client.get_description("ma") is None  # no file of the index describes itself


def test_ols_client_gets_a_term_by_its_iri(client):
    (term,) = client.get_term("ma", KIDNEY)["_embedded"]["terms"]
    assert (term["label"], term["obo_id"], term["short_form"]) == ("kidney", "MA:0000003", "MA_0000003")
    assert term["description"] == ["An organ that makes urine; 100% of it."]
    assert set(term["synonyms"]) == {"renal organ", "ren", "left kidney"}


def test_ols_client_searches_and_suggests(client):
    assert [doc["iri"] for doc in client.search("nephron")] == [NEPHRON]
    hits = client.search("renal organ", query_fields=["synonym"], params={"exact": "true", "ontology": "ma"})
    assert [doc["obo_id"] for doc in hits] == ["MA:0000003"]
    assert client.search("renal organ", query_fields=["label"]) == []
    suggested = client.suggest("neph", ontology=["ma", "xao"])
    assert suggested["response"]["docs"] == [{"autosuggest": "nephron"}]


def test_ols_client_walks_terms_ancestors_and_labels(client):
    assert {"body", "kidney", "obsolete glomerular knot", "odd knot"} <= set(client.iter_labels("ma"))
    assert [term["iri"] for term in client.iter_ancestors("ma", NEPHRON)] == [ORGAN]
    assert {term["iri"] for term in client.iter_hierarchical_ancestors("ma", NEPHRON)} == {ORGAN, KIDNEY, BODY}
    assert list(client.iter_ancestors_labels("ma", BODY)) == []  # where OLS4 itself makes the client fail
    assert len(list(client.iter_terms("xao", size=500))) == 500  # the client asks for one page only
    assert ("organ", "kidney") in set(client.iter_hierarchy("ma", size=100))
    assert ("kidney", "nephron") in set(client.iter_hierarchy("ma"))


def test_ols_client_is_told_where_something_is_not_there(client):
    for ask in (
        lambda: client.get_ontology("nothing"),
        lambda: client.get_term("ma", "http://example.org/x"),
        lambda: client.get_embedding("ma", KIDNEY),
    ):
        with pytest.raises(requests.HTTPError) as caught:
            ask()
        assert caught.value.response.status_code == 404


# ------------------------------------------------------------------------------------------------------------------- ols-py


@pytest.fixture(scope="module")
def ols_py(server):
    return Ols4Client(base_url=f"{server.url}/ols/api/")


def test_ols_py_reads_the_root_and_the_ontologies(ols_py, server):
    assert str(ols_py.get_api_info().links.ontologies.href) == f"{server.url}/ols/api/ontologies"
    page = ols_py.get_ontologies(page=1, size=3)
    assert (page.page.number, page.page.size, len(page.embedded.ontologies)) == (1, 3, 3)
    assert ols_py.get_ontology("ma").status == "LOADED"


def test_ols_py_gets_terms_in_every_way(ols_py):
    term = ols_py.get_term("ma", KIDNEY)
    assert {(one.name, one.scope) for one in term.obo_synonym} == {
        ("renal organ", "hasExactSynonym"),
        ("ren", "hasRelatedSynonym"),
        ("left kidney", "hasNarrowSynonym"),
    }
    assert ("UBERON", "0002113") in {(one.database, one.id) for one in term.obo_xref}
    assert ols_py.get_term("ma", LOST).is_obsolete
    assert ols_py.get_term("ma", LOST).term_replaced_by == NEPHRON
    for params in ({"iri": KIDNEY}, {"short_form": "MA_0000003"}, {"obo_id": "MA:0000003"}):
        assert [one.label for one in ols_py.get_terms("ma", params).embedded.terms] == ["kidney"]
        assert [one.ontology_name for one in ols_py.find_terms(params).embedded.terms] == ["ma"]
    assert ols_py.get_terms("xao", {"size": 1000, "page": 1}).page.totalElements == 1201


def test_ols_py_finds_a_term_in_the_ontology_that_defines_it(ols_py):
    everywhere = {one.ontology_name for one in ols_py.find_terms({"obo_id": "UBERON:0002113"}).embedded.terms}
    assert everywhere == {"ma", "uberon"}
    for ask in (
        {"iri": OBO + "UBERON_0002113"},
        {"params": {"short_form": "UBERON_0002113"}},
        {"params": {"id": "UBERON:0002113"}},
    ):
        assert [one.ontology_name for one in ols_py.get_term_in_defining_ontology(**ask).embedded.terms] == ["uberon"]
    assert ols_py.get_term_in_defining_ontology(iri="http://example.org/x").embedded.terms == []


@pytest.mark.parametrize(
    ("method", "term", "expected"),
    [
        ("get_term_parents", NEPHRON, {ORGAN}),
        ("get_term_hierarchical_parents", NEPHRON, {ORGAN, KIDNEY}),
        ("get_term_children", "MA:0000002", {KIDNEY, NEPHRON, OBO + "UBERON_0002113"}),
        ("get_term_ancestors", "MA_0000004", {ORGAN}),
        ("get_term_descendants", BODY, set()),
        ("get_term_hierarchical_ancestors", NEPHRON, {ORGAN, KIDNEY, BODY}),
        ("get_term_hierarchical_descendants", NEPHRON, {ORGAN, KIDNEY, BODY}),  # the client asks for the ancestors
    ],
)
def test_ols_py_walks_up_and_down(ols_py, method, term, expected):
    found = {str(one.iri) for one in getattr(ols_py, method)("ma", term).embedded.terms if "example.org" not in str(one.iri)}
    assert found == expected


def test_ols_py_follows_a_relation(ols_py):
    related = ols_py.get_related_term_by_property("ma", NEPHRON, PART_OF)
    assert [one.label for one in related.embedded.terms] == ["kidney"]
    assert ols_py.get_related_term_by_property("ma", NEPHRON, OBO + "RO_0002202").embedded.terms == []


def test_ols_py_searches_and_selects(ols_py):
    everything = ["description", "iri", "label", "obo_id", "ontology_name", "ontology_prefix", "short_form", "synonym", "type"]
    params = {"ontology": ["ma"], "type": "class", "exact": True, "queryFields": ["label", "synonym"], "fieldList": everything}
    (hit,) = ols_py.search("Renal Organ", params).response.docs
    assert (hit.label, hit.ontology_prefix, hit.type) == ("kidney", "MA", "class")
    assert "renal organ" in hit.synonyms
    assert {one.label for one in ols_py.search("kid", {"ontology": "ma"}, add_wildcards=True).response.docs} == {
        "kidney",
        "nephron",
    }
    below = ols_py.search("*", {"ontology": "ma", "allChildrenOf": [KIDNEY], "rows": 50, "start": 0}).response
    assert (below.numFound, below.docs[0].iri) == (1, NEPHRON)
    assert ols_py.search("glomerular knot", {"obsoletes": True}).response.docs[0].iri == LOST
    assert ols_py.select("kidney", {"local": True, "groupField": True}).response.docs[0].label == "kidney"


def test_ols_py_is_told_that_there_are_no_properties_and_no_individuals(ols_py):
    for ask in (ols_py.get_property, ols_py.get_individual):
        with pytest.raises(requests.HTTPError, match="404"):
            ask("ma", PART_OF)
    assert ols_py.get("/ontologies/ma/properties")["page"]["totalElements"] == 0
    assert ols_py.get("/individuals")["_embedded"] == {"individuals": []}


# ------------------------------------------------------------------------------------------------------------------- oaklib


@pytest.fixture(scope="module")
def oak(server):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, about what oaklib's libraries ask of it
        from oaklib.implementations.ols import BaseOlsImplementation  # noqa: PLC0415 - its libraries warn when imported
        from oaklib.resource import OntologyResource  # noqa: PLC0415

    class Local(Client):
        def __init__(self):
            super().__init__(f"{server.url}/ols")

    class LocalImplementation(BaseOlsImplementation):
        ols_client_class = Local

    return LocalImplementation(OntologyResource(slug="ma"))


def test_oaklib_gives_labels_and_definitions(oak):
    assert oak.label("MA:0000003") == "kidney"
    assert dict(oak.labels(["MA:0000001", "MA:0000002"])) == {"MA:0000001": "body", "MA:0000002": "organ"}
    assert oak.definition("MA:0000003") == "An organ that makes urine; 100% of it."
    assert [(curie, text) for curie, text, _ in oak.definitions(["MA:0000001"], include_missing=True)] == [("MA:0000001", None)]


def test_oaklib_walks_up_and_down_through_all_pages(oak):
    is_a = "rdfs:subClassOf"
    assert set(oak.ancestors("MA:0000004")) == {"MA:0000001", "MA:0000002", "MA:0000003", "MA:0000004"}
    assert set(oak.ancestors("MA:0000004", predicates=[is_a], reflexive=False)) == {"MA:0000002"}
    assert {"MA:0000003", "MA:0000004"} <= set(oak.descendants(["MA:0000001"]))
    assert set(oak.descendants("MA:0000003", predicates=[is_a], reflexive=False)) == set()
    oak.focus_ontology = "xao"
    try:
        assert len(set(oak.descendants("XAO:0000000"))) == 1201
    finally:
        oak.focus_ontology = "ma"


def test_oaklib_searches(oak):
    from oaklib.datamodels.search import SearchConfiguration, SearchProperty  # noqa: PLC0415

    assert next(iter(oak.basic_search("kidney"))) == "MA:0000003"
    exact = SearchConfiguration(is_complete=True, properties=[SearchProperty.ALIAS])
    assert list(oak.basic_search("ren", config=exact)) == ["MA:0000003"]
    by_definition = SearchConfiguration(properties=[SearchProperty.DEFINITION])
    assert list(oak.basic_search("makes urine", config=by_definition)) == ["MA:0000003"]
    assert list(oak.basic_search("MA:0000004", config=SearchConfiguration(properties=[SearchProperty.IDENTIFIER]))) == [
        "MA:0000004"
    ]


# ---------------------------------------------------------------------------------------------------------------------- kg


def test_the_client_of_kg_finds_names_and_scopes(server, tmp_path):
    manners = Manners(rate=500, connect=5, silence=20, whole=30)
    with OlsClient(f"{server.url}/ols", tmp_path / "ols.sqlite", manners) as client:
        anatomy = client.ontology("MA")
        assert (anatomy.id, anatomy.version) == ("ma", "2026-02-03")
        found = client.named('"Renal  organ"', [anatomy], below=(ORGAN,))
        assert [(one.found.iri, one.name, one.by) for one in found] == [(KIDNEY, "renal organ", "synonym")]
        assert client.named("renal organ", [anatomy], below=(NEPHRON,)) == ()
        assert [one.found.iri for one in client.named("obsolete glomerular knot", [anatomy], obsolete=True)] == [LOST]
        term = client.term(anatomy, KIDNEY)
        assert set(term.synonyms) == {("renal organ", "exact"), ("ren", "related"), ("left kidney", "narrow")}
        assert client.term(anatomy, LOST).replaced_by == (NEPHRON,)
        assert client.term(anatomy, "http://example.org/x") is None


def test_kg_resolve_asks_a_kg_serve(server, tmp_path):
    command = [sys.executable, "-m", "kg.cli.main", "resolve", "nephron", "--field", "organism_part", "--json"]
    asked = [*command, "--ols", f"{server.url}/ols", "--index", str(default_index(tmp_path / "alone.sqlite"))]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=True)
    matches = json.loads(done.stdout)["matches"]
    assert [match["iri"] for match in matches] == [NEPHRON], done.stderr
    assert matches[0]["ontology"].startswith("OLS ma 2026-02-03")
