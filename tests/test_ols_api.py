"""The OLS4-compatible API of `kg serve`: addresses, shapes, paging, errors, and what it finds."""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ols_index import BODY, KIDNEY, LOST, NEPHRON, OBO, ODD, ORGAN, PART_OF, built, twice
from serving import Serving

from kg.terms import add_file, add_files, default_index
from kg.terms.browse import Browser, Search, Wish
from kg.terms.words import load_words


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("ols")


@pytest.fixture(scope="module")
def server(folder):
    with Serving(folder / "store", environment={"KG_INDEX": str(built(folder))}) as serving:
        yield serving


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    """A server that is reached under another address, with an index of its own."""
    folder = tmp_path_factory.mktemp("public")
    environment = {"KG_INDEX": str(default_index(folder / "index.sqlite")), "KG_PUBLIC_URL": "https://terms.example.org/kg"}
    with Serving(folder / "store", environment=environment) as serving:
        yield serving


@pytest.fixture(scope="module")
def get(server):
    """Ask the API; the path is sent as it is."""

    def asked(path, status=200, **params):
        response = requests.get(f"{server.url}/ols/api{path}", params=params, timeout=60)
        assert response.status_code == status, response.text
        return response.json()

    return asked


@pytest.fixture(scope="module")
def index(folder, server):
    with Browser.open(folder / "index.sqlite") as browser:
        yield browser


def iris(answer):
    return [term["iri"] for term in answer["_embedded"]["terms"]]


def found(answer):
    return [doc["iri"] for doc in answer["response"]["docs"]]


# ---------------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize("iri", [KIDNEY, ODD])
@pytest.mark.parametrize("encoded", [twice, lambda iri: quote(iri, safe="")])
def test_an_iri_may_be_encoded_twice_or_once(get, iri, encoded):
    assert get(f"/ontologies/ma/terms/{encoded(iri)}")["iri"] == iri
    assert get(f"/v2/ontologies/ma/classes/{encoded(iri)}")["iri"] == iri
    assert ORGAN in iris(get(f"/ontologies/ma/terms/{encoded(iri)}/parents"))
    assert iris(get(f"/terms/{encoded(iri)}")) == [iri]


def test_an_iri_that_a_server_in_between_has_decoded_is_understood(server):
    for rest in (KIDNEY, KIDNEY + "/parents"):
        request = requests.Request("GET", f"{server.url}/ols/api/ontologies/ma/terms/{rest}").prepare()
        assert requests.Session().send(request, timeout=30).status_code == 200


def test_every_link_of_an_answer_leads_somewhere(get, server):
    root = get("")["_links"]
    root.pop("profile")  # as OLS has it, for a description that nobody reads
    term = get(f"/ontologies/ma/terms/{twice(NEPHRON)}")
    kidney = get(f"/ontologies/ma/terms/{twice(KIDNEY)}")
    ontology = get("/ontologies/ma")
    pages = get("/ontologies/xao/terms", page=1, size=100)
    assert set(pages["_links"]) == {"first", "prev", "self", "next", "last"}
    for links in (root, term["_links"], kidney["_links"], ontology["_links"], pages["_links"]):
        for link in links.values():
            assert link["href"].startswith(f"{server.url}/ols/api")
            assert requests.get(link["href"], timeout=30).status_code == 200, link
    assert "part_of" in term["_links"]
    assert "children" not in term["_links"]


def test_links_carry_the_address_under_which_people_reach_the_service(public):
    links = requests.get(f"{public.url}/ols/api/ontologies/cl", timeout=30).json()["_links"]
    assert links["terms"]["href"] == "https://terms.example.org/kg/ols/api/ontologies/cl/terms"


# ------------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    "path",
    [
        "/ontologies/nothing",
        "/ontologies/nothing/terms",
        "/ontologies/ma/terms/" + twice("http://example.org/x"),
        "/ontologies/ma/terms/" + twice("http://example.org/x") + "/children",
        "/ontologies/ma/terms?iri=http://example.org/x",
        "/ontologies/ma/children?id=MA:9999999",
        "/ontologies/cl/terms/" + twice(KIDNEY),
        "/ontologies/ma/properties/" + twice(PART_OF),
        "/v2/ontologies/nothing/classes",
        "/v2/ontologies/ma/classes/" + twice("http://example.org/x"),
        "/v2/ontologies/ma/classes/" + twice(KIDNEY) + "/llm_embedding",
        "/v2/ontologies/ma/individuals/" + twice(KIDNEY),
        "/nothing",
        "/v2",
        "/ontologies/ma/terms/" + twice(KIDNEY) + "/children/more",
    ],
)
def test_what_is_not_there_is_said_in_the_shape_of_ols(get, path):
    error = get(path, 404)
    assert (error["status"], error["error"]) == (404, "Not Found")
    assert {"timestamp", "message", "path"} <= error.keys()
    assert error["path"].startswith("/ols/api/")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/search", "q"),
        ("/select", "q"),
        ("/suggest", "q"),
        ("/search?q=x&rows=many", "rows"),
        ("/search?q=x&rows=-1", "rows"),
        ("/search?q=x&start=1e3", "start"),
        ("/search?q=x&exact=perhaps", "exact"),
        ("/search?q=x&ontology=a%20b", "ontology"),
        ("/search?q=" + "x" * 1001, "q"),
        ("/search?q=x&lang=%27", "lang"),
        ("/ontologies?size=0", "size"),
        ("/ontologies?page=-1", "page"),
        ("/ontologies/ma/terms?page=99999999999999999999", "page"),
        ("/v2/classes?size=x", "size"),
        ("/v2/classes?colour=red", "colour"),
        ("/v2/classes?search=x&searchFields=colour", "searchFields"),
    ],
)
def test_a_wrong_query_is_refused_with_the_name_of_what_is_wrong(get, path, named):
    error = get(path, 400)
    assert error["error"] == "Bad Request"
    assert error["message"].startswith(f"{named}: ")


def test_other_methods_are_refused_and_a_browser_of_any_origin_may_read(server):
    assert requests.post(f"{server.url}/ols/api/search", data={"q": "x"}, timeout=30).status_code == 405
    assert requests.head(f"{server.url}/ols/api/search?q=kidney", timeout=30).status_code == 200
    response = requests.get(f"{server.url}/ols/api/search?q=kidney", headers={"Origin": "https://a.example"}, timeout=30)
    assert response.headers["access-control-allow-origin"]
    assert response.headers["content-type"] == "application/json"


def test_without_an_index_the_service_runs_and_says_why_there_are_no_terms(tmp_path):
    (tmp_path / "index.sqlite").write_bytes(b"no index at all" * 100)
    with Serving(tmp_path / "store", environment={"KG_INDEX": str(tmp_path / "index.sqlite")}) as serving:
        response = requests.get(f"{serving.url}/ols/api/ontologies", timeout=30)
    assert (response.status_code, response.json()["error"]) == (503, "Service Unavailable")
    assert "not a term index" in response.json()["message"]


def test_an_exchanged_index_is_answered_from_at_once(public):
    folder = public.store.parent
    address = f"{public.url}/ols/api/search"
    assert requests.get(address, {"q": "brand new organ"}, timeout=30).json()["response"]["numFound"] == 0
    (folder / "new.obo").write_text("format-version: 1.2\nontology: ma\n\n[Term]\nid: MA:0000009\nname: brand new organ\n")
    add_file(folder / "index.sqlite", folder / "new.obo")
    assert requests.get(address, {"q": "brand new organ"}, timeout=30).json()["response"]["numFound"] == 1


PLACES = (
    "ontologies terms ma cl v2 classes entities search select suggest roots children graph jstree descendants properties"
    " hierarchicalAncestors individuals findByIdAndIsDefiningOntology MA:0000003 % %25 %00 .. http:"
)
NAMES = (
    "q iri id ontology rows start page size fieldList queryFields exact childrenOf allChildrenOf obsoletes search searchFields"
    " lang type groupField inclusive"
)


def test_any_path_and_query_is_answered_without_a_fault(server):
    words = st.text(st.characters(codec="utf-8"), max_size=12)
    known = st.sampled_from((*PLACES.split(), twice(KIDNEY), twice(ODD)))
    parts = st.lists(st.one_of(known, words.map(lambda word: quote(word, safe=""))), max_size=6)
    names = st.sampled_from(NAMES.split())
    values = st.one_of(
        words, st.sampled_from(["1", "0", "true", "label", KIDNEY, "*", "a* b*", '"kidney"', "description", "\\"])
    )

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(parts, st.lists(st.tuples(names, values), max_size=4))
    def asked(path, query):
        url = f"{server.url}/ols/api/{'/'.join(path)}"
        response = session.get(url, params=query, timeout=60)
        assert response.status_code in {200, 400, 404}, (url, query, response.text)
        if response.request.path_url.startswith("/ols/api"):  # dots may have led out of it
            assert isinstance(response.json(), dict | list)

    with requests.Session() as session:
        asked()


# ------------------------------------------------------------------------------------------------------------------- paging


def test_pages_hold_every_term_once(get):
    seen = []
    for number in range(7):
        page = get("/ontologies/xao/terms", page=number, size=200)
        assert page["page"] == {"size": 200, "totalElements": 1201, "totalPages": 7, "number": number}
        seen += iris(page)
    assert len(seen) == len(set(seen)) == 1201
    assert ("next" in page["_links"], "prev" in page["_links"]) == (False, True)


def test_a_page_is_cut_at_the_size_of_ols_and_one_beyond_the_end_is_empty(get):
    assert len(iris(get("/ontologies/xao/terms", size=5000))) == 1000
    assert len(found(get("/search", q="*", ontology="xao", rows=5000))) == 1000
    beyond = get("/ontologies/xao/terms", page=100, size=500)
    assert (beyond["_embedded"], beyond["page"]["totalElements"]) == ({"terms": []}, 1201)
    second = get("/v2/ontologies/xao/classes", page=1, size=1000)
    assert (second["page"], second["numElements"], second["totalPages"], second["totalElements"]) == (1, 201, 2, 1201)
    all_terms = get("/terms", page=0, size=1)["page"]["totalElements"]
    assert (
        all_terms == get("/v2/stats")["numberOfClasses"] == get("/v2/entities", includeObsoleteEntities="true")["totalElements"]
    )


def test_searches_are_paged_by_rows_and_start(get):
    first = get("/search", q="numbered structure", rows=3, start=0)["response"]
    second = get("/search", q="numbered structure", rows=3, start=3)["response"]
    assert first["numFound"] == second["numFound"] == 1200
    assert (first["start"], second["start"]) == (0, 3)
    assert not {doc["iri"] for doc in first["docs"]} & {doc["iri"] for doc in second["docs"]}


# ------------------------------------------------------------------------------------------------------------ v1 and v2 terms


def test_a_term_says_what_the_index_holds_and_nothing_else(get):
    kidney = get(f"/ontologies/ma/terms/{twice(KIDNEY)}")
    assert (kidney["is_defining_ontology"], kidney["has_children"], kidney["is_root"]) == (True, True, False)
    assert kidney["annotation"] == {"has_dbxref": ["UBERON:0002113", "Wikipedia:Kidney"]}
    assert [kidney[name] for name in ("in_subset", "obo_definition_citation", "term_replaced_by")] == [None] * 3
    imported = get("/ontologies/ma/terms", obo_id="UBERON:0002113")["_embedded"]["terms"][0]
    assert (imported["ontology_name"], imported["is_defining_ontology"]) == ("ma", False)
    assert get("/ontologies/ma/terms/roots")["page"]["totalElements"] == 2  # organ is only part of the body
    assert set(iris(get("/ontologies/ma/terms", obsoletes="true"))) == {LOST}
    assert LOST not in iris(get("/ontologies/ma/terms", obsoletes="false"))


def test_a_class_of_v2_names_scopes_and_relations_by_their_properties(get):
    in_owl = "http://www.geneontology.org/formats/oboInOwl#"
    kidney = get(f"/v2/ontologies/ma/classes/{twice(KIDNEY)}", lang="en")
    assert kidney[in_owl + "hasExactSynonym"] == "renal organ"
    assert kidney[in_owl + "hasNarrowSynonym"] == "left kidney"
    assert kidney["hierarchicalAncestor"] == [ORGAN, BODY]
    assert (kidney["directParent"], kidney["directAncestor"]) == (ORGAN, ORGAN)
    assert (kidney["numDescendants"], kidney["numHierarchicalDescendants"]) == (0.0, 1.0)
    nephron = get(f"/v2/ontologies/ma/entities/{twice(NEPHRON)}")
    assert nephron["relatedTo"]["value"] == KIDNEY
    assert nephron["relatedTo"]["property"] == PART_OF
    assert {BODY, ORGAN, KIDNEY, PART_OF} <= nephron["linkedEntities"].keys()
    assert "relatedTo" not in kidney
    assert "definition" not in nephron
    for relation, expected in (("children", set()), ("hierarchicalChildren", {NEPHRON}), ("ancestors", {ORGAN})):
        elements = get(f"/v2/ontologies/ma/classes/{twice(KIDNEY)}/{relation}")["elements"]
        assert {element["iri"] for element in elements} == expected


def test_classes_of_v2_are_filtered_and_searched(get):
    def ask(**params):
        return {(one["ontologyId"], one["iri"]) for one in get("/v2/classes", size=1000, **params)["elements"]}

    uberon = OBO + "UBERON_0002113"
    assert ask(iri=uberon) == {("ma", uberon), ("uberon", uberon)}
    assert ask(iri=uberon, isDefiningOntology="true") == {("uberon", uberon)}
    assert ask(curie="MA:0000005") == set()
    assert ask(curie="MA:0000005", includeObsoleteEntities="true") == {("ma", LOST)}
    assert ask(ontologyId="ma", isObsolete="true") == {("ma", LOST)}
    assert ask(search="renal organ", searchFields="label^5 synonym", ontologyId="ma") == {("ma", KIDNEY)}
    assert ask(search="organ", exactMatch="true", ontologyId="ma") == {("ma", ORGAN)}
    assert ask(label="Kidney", ontologyId="ma") == {("ma", KIDNEY), ("ma", uberon)}
    assert ask(type="property") == set()
    assert {one["ontologyId"] for one in get("/v2/ontologies", search="mouse")["elements"]} >= {"ma"}


def test_the_tree_leads_from_the_root_to_the_term_and_the_graph_to_its_neighbours(get):
    tree = get(f"/ontologies/ma/terms/{twice(NEPHRON)}/jstree")
    paths = {node["id"]: node for node in tree}
    ends = [node for node in tree if node["state"].get("selected")]
    lines = set()
    for end in ends:
        line, node = [end["text"]], end
        while node["parent"] != "#":
            node = paths[node["parent"]]
            line.append(node["text"])
        lines.add(" ".join(line))
    assert lines == {"nephron organ body", "nephron kidney organ body"}
    graph = get(f"/ontologies/ma/terms/{twice(KIDNEY)}/graph")
    assert {(edge["source"], edge["label"], edge["target"]) for edge in graph["edges"]} == {
        (KIDNEY, "is a", ORGAN),
        (NEPHRON, "part of", KIDNEY),
    }
    assert {node["iri"] for node in graph["nodes"]} == {KIDNEY, ORGAN, NEPHRON}


# ------------------------------------------------------------------------------------------------------------------ searching


def test_a_term_that_is_called_so_comes_before_one_that_has_the_words(get):
    answer = get("/search", q="kidney", ontology="ma", fieldList="iri,label,score,is_defining_ontology")
    assert [doc["iri"] for doc in answer["response"]["docs"]] == [KIDNEY, OBO + "UBERON_0002113", NEPHRON]
    assert [doc["is_defining_ontology"] for doc in answer["response"]["docs"]] == [True, False, True]
    assert set(answer["response"]["docs"][0]) == {"iri", "label", "score", "is_defining_ontology"}
    assert set(answer) == {"responseHeader", "response", "facet_counts"}


def test_identifiers_find_their_terms(get):
    for said in ("MA:0000003", "ma:0000003", "MA_0000003", KIDNEY):
        assert found(get("/search", q=said))[0] == KIDNEY
    assert found(get("/search", q="MA:0000003", queryFields="label,synonym")) == []
    assert found(get("/search", q="Knot")) == [ODD]


def test_exact_means_the_same_words_in_the_named_fields(get):
    assert found(get("/search", q="renal organ", exact="true", queryFields="label,synonym")) == [KIDNEY]
    assert found(get("/search", q="RENAL  organ", exact="true")) == [KIDNEY]
    assert found(get("/search", q="renal", exact="true")) == []
    assert found(get("/search", q="renal", ontology="ma")) == [KIDNEY]
    assert found(get("/search", q="renal organ", exact="true", queryFields="label")) == []
    assert found(get("/search", q="urine", queryFields="description")) == [KIDNEY]
    assert found(get("/search", q="100%", queryFields="description")) == [KIDNEY]
    assert found(get("/search", q="100_", queryFields="description")) == []


def test_branches_limit_searches(get):
    below = {NEPHRON, KIDNEY, ODD, ORGAN, OBO + "UBERON_0002113"}
    assert set(found(get("/search", q="*", allChildrenOf=BODY, ontology="ma"))) == below
    assert set(found(get("/search", q="*", childrenOf=BODY, ontology="ma"))) == below  # as in OLS, one and the same in searches
    assert set(found(get("/select", q="*", childrenOf=BODY, ontology="ma"))) == set()
    assert set(found(get("/select", q="*", childrenOf=ORGAN, ontology="ma"))) == below - {ORGAN}
    assert set(found(get("/search", q="kidney", allChildrenOf=f"{KIDNEY},http://example.org/x"))) == {NEPHRON}
    assert set(found(get("/search", q="kidney", allChildrenOf=KIDNEY, inclusive="true"))) == {NEPHRON, KIDNEY}
    assert found(get("/search", q="kidney", allChildrenOf="http://example.org/x")) == []
    assert set(found(get("/search", q="kidney", ontology="ma", isLeaf="true"))) == {NEPHRON, OBO + "UBERON_0002113"}


def test_obsolete_foreign_and_doubled_terms_are_shown_as_asked(get):
    uberon = OBO + "UBERON_0002113"
    assert found(get("/search", q="glomerular knot")) == []
    assert found(get("/search", q="glomerular knot", obsoletes="true")) == [LOST]
    assert found(get("/search", q="kidney", exact="true")).count(uberon) == 2
    assert found(get("/search", q="kidney", exact="true", groupField="iri")).count(uberon) == 1
    assert found(get("/search", q="kidney", exact="true", local="true")).count(uberon) == 1
    assert found(get("/search", q="kidney", type="property")) == []
    assert found(get("/search", q="kidney", slim="x")) == []


def test_begun_words_select_and_suggest(get):
    answer = get("/select", q="ren org")
    assert found(answer) == [KIDNEY]
    (marked,) = answer["highlighting"].values()
    assert marked["synonym"] == ["<b>ren</b>al <b>org</b>an", "<b>ren</b>"]
    assert answer["responseHeader"]["params"] == {"q": "ren org"}
    labels = [doc["autosuggest"] for doc in get("/suggest", q="kidn", ontology="ma")["response"]["docs"]]
    assert labels == ["kidney"]
    assert get("/suggest", q="k", ontology="ma")["response"]["docs"] == [{"autosuggest": "kidney"}]


def test_a_search_by_words_finds_all_names_with_these_words_and_no_others(index):
    stems = load_words().stems
    names: dict[tuple[str, int], set[str]] = {}
    for shelf in index.shelves:
        for concept in index.members(shelf):
            entity = index.entity(shelf, concept)
            said = (entity.label, *(name for name, _ in index.names(shelf, entity)))
            if not entity.obsolete:
                names[shelf.id, concept] = {stem for name in said for stem in stems(name)}
    everything = sorted({stem for some in names.values() for stem in some if len(stem) > 1})
    search = Search(index)

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from(everything), min_size=1, max_size=3, unique=True))
    def as_by_hand(words):
        hits = search.find(Wish(" ".join(words), frozenset({"label", "synonym"})), index.shelves)
        wanted = {stem for word in words for stem in stems(word)}
        expected = {place for place, held in names.items() if wanted <= held}
        got = {(hit.shelf.id, hit.concept) for hit in hits if hit.kind != 2}
        assert len(hits) == len({(hit.shelf.id, hit.concept) for hit in hits})
        assert expected <= {(hit.shelf.id, hit.concept) for hit in hits}
        assert got <= expected | {(hit.shelf.id, hit.concept) for hit in hits if hit.kind < 2}

    as_by_hand()


def test_many_clients_are_answered_at_once(server):
    wrong = []

    def ask(number):
        response = requests.get(
            f"{server.url}/ols/api/search", {"q": f"numbered structure {number}", "exact": "true"}, timeout=60
        )
        if found(response.json()) != [f"{OBO}XAO_{number:07}"]:
            wrong.append((number, response.text))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(1, 41)))
    assert wrong == []
    assert threading.active_count() < 50


# ------------------------------------------------------------------------------------------- shapes, against recorded answers


HELD_NOWHERE = {"in_subset", "obo_definition_citation"}  # the index does not have them: null, whatever OLS has
V2_NOT_HELD = {"hasIndividuals", "relatedFrom", "individuals"}


def shape(value):
    if value is None:
        return {"null"}
    if isinstance(value, bool):
        return {"bool"}
    if isinstance(value, int | float):
        return {"number"}
    if isinstance(value, list):
        return {"list"} | {f"list of {kind}" for item in value for kind in shape(item)}
    return {type(value).__name__}


def recorded_terms(shared, pattern):
    """Return what was recorded of each term: all forms of it, by IRI."""
    terms = defaultdict(list)
    for file in sorted((shared / "data/ols4-recorded/ols4-apitester").glob(pattern)):
        content = json.loads(file.read_text())
        for term in content if isinstance(content, list) else [content]:
            if "iri" in term:
                terms[term["iri"]].append(term)
    return terms


@pytest.fixture(scope="module")
def recorded_server(shared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded")
    index = default_index(folder / "index.sqlite")
    names = ("uberon-efo-slim.obo.xz", "bfo-core.owl.xz", "psi-ms.obo.xz", "pato.obo.xz")
    files = [shared / "data/ontologies" / name for name in names]
    if missing := [file.name for file in files if not file.is_file()]:
        pytest.skip(f"../shared has no {missing}")
    add_files(index, files)
    with Serving(folder / "store", environment={"KG_INDEX": str(index)}) as serving:
        yield serving


def forms(terms):
    """Return for each key the forms that its values have anywhere in the recorded answers, and the keys that are always there."""
    kinds = defaultdict(set)
    every = [form for some in terms.values() for form in some]
    for form in every:
        for name, value in form.items():
            kinds[name] |= shape(value)
    return kinds, {name for name in kinds if all(name in form for form in every)}


def test_terms_of_v1_have_the_keys_and_types_of_recorded_answers(recorded_server, shared):
    terms = recorded_terms(shared, "ontologies*terms*.json")
    kinds, always = forms(terms)
    compared = 0
    for iri, recorded in terms.items():
        ours = requests.get(f"{recorded_server.url}/ols/api/terms", {"iri": iri}, timeout=30).json()["_embedded"]["terms"]
        for term in ours:
            compared += 1
            assert always <= term.keys()
            for name, value in term.items():
                if value is not None and name != "term_replaced_by":
                    assert shape(value) <= kinds[name] | {"list"}, (iri, name, value)
            assert {name for form in recorded for name in form} - term.keys() == set()
            assert term["short_form"] == recorded[0]["short_form"]
            assert term["obo_id"] == recorded[0]["obo_id"]
            assert set(term["_links"]) >= {"self", "graph"}
            assert term["_links"]["self"]["href"].endswith(f"/terms/{twice(iri)}?lang=en")
            for xref in term["obo_xref"] or []:
                assert {"database", "id"} <= xref.keys()
    assert compared > 40


def test_a_term_has_exactly_the_keys_that_the_public_ols_gives(recorded_server, shared):
    real = (shared / "data/ols4-recorded/seek-vcr/fetch_obo_haustorium.yml").read_text()
    body = json.loads(re.search(r'string: \|-\n(\s+\{\s+"iri".*?\n        \})', real, re.DOTALL)[1])
    ours = requests.get(f"{recorded_server.url}/ols/api/ontologies/pato/terms", {"size": 50}, timeout=30).json()
    for term in ours["_embedded"]["terms"]:
        assert term.keys() == body.keys()
        for name in body.keys() - HELD_NOWHERE - {"obo_xref", "obo_synonym", "term_replaced_by", "_links"}:
            assert type(term[name]) is type(body[name]), name
    assert ours["page"].keys() == {"size", "totalElements", "totalPages", "number"}


def test_classes_of_v2_have_the_keys_and_types_of_recorded_answers(recorded_server, shared):
    terms = recorded_terms(shared, "v2__*classes*.json")
    kinds, always = forms(terms)
    compared = 0
    for iri in terms:
        answer = requests.get(f"{recorded_server.url}/ols/api/v2/classes", {"iri": iri}, timeout=30).json()
        assert answer.keys() >= {"page", "numElements", "totalPages", "totalElements", "elements"}
        for term in answer["elements"]:
            compared += 1
            assert {name for name in always if "://" not in name} - V2_NOT_HELD <= term.keys()
            for name, value in term.items():
                if name in kinds:  # one value stands as it is, several as a list
                    plain = {kind.removeprefix("list of ") for kind in kinds[name]}
                    assert {kind.removeprefix("list of ") for kind in shape(value)} <= plain | {"list"}, (iri, name, value)
            for linked in term["linkedEntities"].values():
                assert {"curie", "label", "type"} <= linked.keys()
    assert compared > 15


def test_ontologies_have_the_keys_and_types_of_recorded_answers(recorded_server, shared):
    folder = shared / "data/ols4-recorded/ols4-apitester"
    for version, file in (("", "ontologies.json"), ("/v2", "v2__ontologies.json")):
        kinds, always = forms({"": json.loads((folder / file).read_text())})
        answer = requests.get(f"{recorded_server.url}/ols/api{version}/ontologies", {"size": 100}, timeout=30).json()
        for ontology in answer["elements"] if version else answer["_embedded"]["ontologies"]:
            assert {name for name in always if "://" not in name} <= ontology.keys()
            for name, value in ontology.items():
                if name in kinds:
                    assert shape(value) <= kinds[name] | {"list", "list of str"}, (name, value)
    config = {name for one in json.loads((folder / "ontologies.json").read_text()) for name in one["config"]}
    v1 = requests.get(f"{recorded_server.url}/ols/api/ontologies/pato", timeout=30).json()
    assert config <= v1["config"].keys()
