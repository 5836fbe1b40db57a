"""Linked data: every IRI that kg makes tells of itself, exactly, in every form, and harmlessly."""

from __future__ import annotations

import http.client
import json
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
import rdflib
import requests
from hypothesis import given
from hypothesis import strategies as st
from serving import Serving, bearer

from kg.api.linked.gathering import Bounds, Reader
from kg.api.linked.iris import data_address, on_the_wire, spellings
from kg.api.linked.jsonld import compact
from kg.api.linked.pages import safe
from kg.curie import KG, encode, is_iri
from kg.schema import load_schema
from kg.store import Batch, SourceEntry, Store
from kg.store.tokens import Tokens

BASE = KG + "id/"
STUDY = BASE + "study/idr9001"
RDF = {
    "ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML, "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS, "n3": ox.RdfFormat.N3, "jsonld": ox.RdfFormat.JSON_LD,
}  # fmt: skip
SCHEMA = "http://schema.org/"
ODD = (
    "source/odd/M%C3%BCller", "source/odd/Müller", "source/odd/a%2Fb", "source/odd/a//b/", "source/odd/.%2Fdot", "source/odd/x.ttl",
    "source/odd/x#part", "source/odd/x#", "source/odd/a?b=c&d", "source/odd/a/../b", "source/odd/line%0Aend", "source/odd/100%25",
    "source/odd/plus+and;semi,colon=", "source/odd/'quote'(x)*!$", "source/odd/日本", "source/odd/😀", "source/odd/trailing/",
)  # fmt: skip


@pytest.fixture(scope="module")
def served(demo):
    with Serving(demo.store) as serving:
        yield serving


def published(folder, *, private: bool = True) -> tuple[str, str]:
    """Make a store of odd public things and a hidden source; return a token of the group and one of an admin."""
    odd, hidden = BASE + "source/odd", BASE + "source/hidden"
    lines = [f'<{odd}> <{SCHEMA}name> "odd" <{odd}> .']
    lines += [f'<{BASE}{name}> <{SCHEMA}name> "thing {n}" <{odd}> .' for n, name in enumerate(ODD)]
    evil = f"{odd}/evil"
    lines += [
        f'<{evil}> <{SCHEMA}name> "<script>alert(1)</script>\\u202Egnp" <{odd}> .',
        f"<{evil}> <{SCHEMA}url> <javascript:alert(1)> <{odd}> .",
        f'<{evil}> <{SCHEMA}sameAs> <https://example.org/"onmouseover=x> <{odd}> .'.replace('"', "%22"),
        f'<{evil}> <{KG}custom/x/50%25> "no name in XML" <{odd}> .',
        f'<{odd}/bell> <{SCHEMA}name> "bell \\u0007" <{odd}> .',
        f"<{odd}/doi> <{SCHEMA}sameAs> <doi:10.1/x> <{odd}> .",
        f'<{odd}/doi> <{KG}doi> "10.1/x" <{odd}> .',
    ]
    lines += [f"<{odd}/part/{n}> <{SCHEMA}isPartOf> <{odd}/whole> <{odd}> ." for n in range(150)]
    secret = [
        f'<{hidden}> <{SCHEMA}name> "secret" <{hidden}> .',
        f"<{hidden}/image/1> <{SCHEMA}about> <{hidden}/only-pointed-to> <{hidden}> .",
        f"<{hidden}/image/1> <{SCHEMA}isPartOf> <{odd}/whole> <{hidden}> .",
    ]
    (folder / "odd.nq").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "hidden.nq").write_text("\n".join(secret) + "\n", "utf-8")
    entries = [
        SourceEntry(odd, "odd", "/o", "d1", "m 1", rows=3),
        SourceEntry(hidden, "hidden", "/h", "d2", "m 1", "lab", rows=4),
    ]
    files = [folder / "odd.nq", folder / "hidden.nq"]
    store = folder / "store"
    with Store.open(store, create=True) as opened:
        opened.publish(Batch(sources=tuple(entries[: 1 + private]), own=tuple(files[: 1 + private])))
    tokens = Tokens(store)
    return tokens.add("member", "reader", ["lab"]), tokens.add("owner", "admin")


@pytest.fixture(scope="module")
def odd(_own_cache, tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    member, owner = published(folder)
    with Serving(folder / "store") as serving:
        serving.member, serving.owner = member, owner
        yield serving


def raw(serving: Serving, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """Ask with the path exactly as it is, which requests would not."""
    place = urlsplit(serving.url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def followed(serving: Serving, path: str, accept: str = "application/n-triples", token: str = "") -> requests.Response:
    return requests.get(serving.url + path, headers={"Accept": accept, **bearer(token)}, timeout=30)


def triples_of(data: bytes, form: ox.RdfFormat) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(data, format=form)}


def links(response: requests.Response) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for link in requests.utils.parse_header_links(response.headers["Link"]):
        found.setdefault(link["rel"], []).append(link["url"])
    return found


def test_a_thing_is_seen_in_its_document(served):
    response = requests.get(f"{served.url}/id/study/idr9001", allow_redirects=False, timeout=30)
    assert response.status_code == 303
    assert response.headers["Location"] == "/data/study/idr9001"
    document = followed(served, "/id/study/idr9001", "text/turtle")
    assert document.headers["Content-Type"].startswith("text/turtle")
    assert document.headers["Content-Location"] == "/data/study/idr9001?format=ttl"
    graph = rdflib.Graph().parse(data=document.content, format="turtle")
    assert (rdflib.URIRef(STUDY), rdflib.URIRef(SCHEMA + "identifier"), rdflib.Literal("idr9001")) in graph


def test_all_forms_say_the_same(served):
    want = triples_of(followed(served, "/data/study/idr9001").content, ox.RdfFormat.N_TRIPLES)
    assert len(want) > 30
    for name, form in RDF.items():
        response = requests.get(f"{served.url}/data/study/idr9001", params={"format": name}, timeout=30)
        assert triples_of(response.content, form) == want, name


def test_a_document_holds_labels_sources_decisions_and_who_points_to_it(served):
    graph = rdflib.Graph().parse(data=followed(served, "/data/study/idr9001").content, format="nt")
    study = rdflib.URIRef(STUDY)
    (taxon,) = graph.objects(study, rdflib.URIRef(SCHEMA + "taxonomicRange"))
    assert str(graph.value(taxon, rdflib.RDFS.label)) == "Homo sapiens"
    decisions = list(graph.objects(study, rdflib.URIRef(KG + "decision")))
    assert decisions
    assert all(graph.value(decision, rdflib.URIRef(KG + "why")) for decision in decisions)
    (source,) = graph.objects(study, rdflib.URIRef("http://www.w3.org/ns/prov#wasDerivedFrom"))
    assert graph.value(source, rdflib.URIRef(SCHEMA + "name"))
    assert (rdflib.URIRef(STUDY + "/screenA"), rdflib.URIRef(SCHEMA + "isPartOf"), study) in graph


def test_every_iri_of_ours_in_the_graph_dereferences(served):
    rows = served.query(
        "SELECT DISTINCT ?x WHERE { { ?x ?p ?o } UNION { ?s ?x ?o } UNION { ?s ?p ?x } UNION { GRAPH ?x { ?s ?p ?o } }"
        f" FILTER(isIRI(?x) && STRSTARTS(STR(?x), '{KG}')) }}"
    )
    assert len(rows) > 200
    names = [row["x"] for row in rows]
    with requests.Session() as session:
        for iri in names[::6] + [name for name in names if "%" in name or "custom/" in name or "graph/" in name]:
            local = iri.removeprefix(BASE)
            path = f"/id/{on_the_wire(local)}" if local != iri else f"/vocab/{on_the_wire(iri.removeprefix(KG))}"
            response = session.get(served.url + path, headers={"Accept": "text/turtle"}, timeout=30)
            assert response.status_code == 200, iri
            assert ox.parse(response.content, format=ox.RdfFormat.TURTLE)


def test_every_word_of_the_schema_dereferences(served):
    schema = load_schema()
    iris = {class_.iri for class_ in schema.classes.values()}
    iris |= {slot.iri for class_ in schema.classes.values() for slot in class_.slots.values()}
    iris |= {iri for c in schema.classes.values() for slot in c.slots.values() for iri in (slot.values or {}).values() if iri}
    ours = sorted(iri for iri in iris if iri.startswith(KG))
    assert len(ours) > 300
    with requests.Session() as session:
        for iri in ours[::10]:
            response = session.get(f"{served.url}/vocab/{on_the_wire(iri.removeprefix(KG))}", timeout=30)
            assert response.status_code == 200, iri
            assert iri in response.text or iri.replace(KG, "kg:") in response.text


def test_the_whole_vocabulary_its_shapes_and_its_context_are_given(served):
    for path in ("/vocab", "/vocab/"):
        turtle = followed(served, path, "text/turtle")
        assert len(rdflib.Graph().parse(data=turtle.content, format="turtle")) > 1_000
    assert KG + "Decision" in followed(served, "/vocab/", "text/html").text
    assert rdflib.Graph().parse(data=followed(served, "/vocab/shapes.ttl").content, format="turtle")
    assert rdflib.Graph().parse(data=followed(served, "/vocab/ontology.ttl").content, format="turtle")
    assert "$defs" in followed(served, "/vocab/schema.json").json()
    context = followed(served, "/vocab/context.jsonld").json()["@context"]
    assert context["Decision"] == KG + "Decision"
    assert context["chosen_term"] == {"@id": KG + "chosenTerm", "@type": "@id"}


@pytest.mark.parametrize("name", ["", "ontology.ttl", "schema.json", "context.jsonld"])
def test_the_vocabulary_is_not_sent_again(served, name):
    first = requests.get(f"{served.url}/vocab/{name}", timeout=60)
    again = requests.get(f"{served.url}/vocab/{name}", headers={"If-None-Match": first.headers["ETag"]}, timeout=60)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_graphs_the_software_and_the_generation_tell_of_themselves(served):
    name = requests.get(f"{served.url}/api/generation", timeout=30).json()
    for path in ("/vocab/graph/ontologies", "/vocab/software/0.1.0", "/vocab/generation/" + name["id"]):
        response = followed(served, path)
        assert response.status_code == 200, path
        assert "#type>" in response.text
    assert name["iri"] == KG + "generation/" + name["id"]
    assert followed(served, "/vocab/generation/00000000-19700101T000000Z").status_code == 404


def test_what_the_graph_says_of_an_iri_of_others_is_told_too(served):
    iri = "http://purl.obolibrary.org/obo/FBbi_00000253"
    response = requests.get(f"{served.url}/resolve", params={"iri": iri}, headers={"Accept": "text/turtle"}, timeout=30)
    assert response.status_code == 200
    assert "spinning disk" in response.text


@pytest.mark.parametrize("name", ODD)
def test_an_iri_is_taken_letter_by_letter(odd, name):
    iri = BASE + name
    response = requests.get(f"{odd.url}/resolve", params={"iri": iri}, headers={"Accept": "application/n-triples"}, timeout=30)
    assert response.status_code == 200
    said = {str(t.subject): t.object.value for t in ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES)}
    assert said == {f"<{iri}>": f"thing {ODD.index(name)}"}
    record = requests.get(f"{odd.url}/api/records/{quote(iri, safe='')}", timeout=30)
    if "%0A" not in name:  # no path may hold a line end
        assert record.json()["iri"] == iri


@pytest.mark.parametrize("name", [name for name in ODD if "#" not in name and "%0A" not in name and name != ODD[0]])
def test_the_path_as_it_is_sent_is_the_iri(odd, name):
    response, _ = raw(odd, "/id/" + on_the_wire(name))
    assert response.status == 303
    response, body = raw(odd, response.headers["Location"], Accept="application/n-triples")
    assert response.status == 200
    assert f'"thing {ODD.index(name)}"'.encode() in body


@given(st.text(max_size=20))
def test_what_kg_makes_of_any_text_comes_back_from_the_wire(text):
    local = encode(text)
    assert spellings(on_the_wire(local))[0] == local
    address = data_address(BASE + local, BASE)
    assert address.isascii()
    if local and is_iri(BASE + local) and address.startswith("/data/"):
        assert spellings(address.removeprefix("/data/"))[0] == local


def test_absent_and_hidden_things_are_told_apart_by_nothing(odd):
    hidden, absent = "source/hidden/image/1", "source/hidden/image/2"
    for where in ("/id/{}", "/data/{}", "/api/records/{}", "/resolve?iri=" + BASE + "{}", "/data?iri=" + BASE + "{}"):
        one, other = (raw(odd, where.format(name)) for name in (hidden, absent))
        assert one[0].status == other[0].status == 404
        assert one[1] == other[1]
        assert one[0].headers["Content-Type"] == "application/problem+json"
        names = [{k.lower() for k in response.headers} for response, _ in (one, other)]
        assert names[0] == names[1]
    for name in ("source/hidden", "source/hidden/only-pointed-to"):
        assert raw(odd, "/id/" + name)[0].status == 404


def test_members_see_what_their_group_has_and_nobody_else_in_links_and_lists(odd):
    for token in (odd.member, odd.owner):
        response = followed(odd, "/id/source/hidden/image/1", token=token)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-cache"
    whole = requests.get(f"{odd.url}/api/records/source/odd/whole?incoming=1000", timeout=30)
    assert "hidden" not in whole.text
    assert len(whole.json()["incoming"]) == 150
    seen = requests.get(f"{odd.url}/api/records/source/odd/whole?incoming=1000", headers=bearer(odd.member), timeout=30).json()
    assert len(seen["incoming"]) == 151


def test_a_document_that_is_cut_says_so(odd):
    response = followed(odd, "/data/source/odd/whole")
    assert "incoming" in response.headers["KG-Truncated"]
    assert "Not all is told here" in response.text
    page = followed(odd, "/data/source/odd/whole", "text/html").text
    assert "Not all is shown" in page


def test_a_tag_stands_for_one_generation_one_form_and_one_reader(odd):
    path = f"{odd.url}/data/source/odd/Müller"
    one = requests.get(path, headers={"Accept": "text/turtle"}, timeout=30)
    other = requests.get(path, headers={"Accept": "application/n-triples"}, timeout=30)
    member = requests.get(path, headers={"Accept": "text/turtle", **bearer(odd.member)}, timeout=30)
    tags = [response.headers["ETag"] for response in (one, other, member)]
    assert len(set(tags)) == 3
    again = requests.get(path, headers={"Accept": "text/turtle", "If-None-Match": f'"x", W/{tags[0]}'}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")
    assert "Accept" in one.headers["Vary"]
    assert "Authorization" in one.headers["Vary"]


def test_head_is_get_without_the_bytes(served):
    got, headed = (requests.request(m, f"{served.url}/data/study/idr9001", timeout=30) for m in ("GET", "HEAD"))
    assert headed.status_code == 200
    assert headed.content == b""
    for name in ("Content-Type", "Link", "ETag"):
        assert headed.headers[name] == got.headers[name]
    seen = requests.head(f"{served.url}/id/study/idr9001", timeout=30)
    assert seen.status_code == 303


def test_signposts_lead_to_licence_authors_parts_forms_and_the_dataset(served):
    response = followed(served, "/data/study/idr9001")
    found = links(response)
    assert found["cite-as"] == [STUDY]
    assert found["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert "https://orcid.org/0000-0002-1825-0097" in found["author"]
    assert STUDY + "/screenA" in found["item"]
    assert SCHEMA + "Dataset" in found["type"]
    assert found["canonical"] == ["/data/study/idr9001"]
    assert found["http://rdfs.org/ns/void#inDataset"] == ["/.well-known/void"]
    for address in found["describedby"] + found["linkset"]:
        assert requests.get(served.url + address, timeout=30).status_code == 200
    part = links(followed(served, "/data/study/idr9001/screenA"))
    assert part["collection"] == [STUDY]


def test_a_link_set_holds_all_signposts(served):
    response = followed(served, "/data/study/idr9001", "application/linkset+json")
    (context,) = response.json()["linkset"]
    assert context["anchor"] == STUDY
    assert {"cite-as", "license", "author", "type", "item", "describedby"} <= context.keys()


def test_a_doi_is_how_to_cite(odd):
    assert links(followed(odd, "/data/source/odd/doi"))["cite-as"] == ["https://doi.org/10.1/x"]


def test_an_iri_with_the_scheme_of_a_prefix_keeps_its_meaning_in_json_ld(odd):
    response = requests.get(f"{odd.url}/data/source/odd/doi", timeout=30)
    said = triples_of(response.content, ox.RdfFormat.JSON_LD)
    assert ("sameAs", "doi:10.1/x") in {(t.predicate.value.removeprefix(SCHEMA), t.object.value) for t in said}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action"}]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)


def test_a_page_shows_what_a_source_said_and_does_nothing_it_wants(odd):
    response = followed(odd, "/id/source/odd/evil", "text/html")
    page = _Page()
    page.feed(response.text)
    assert "script" not in page.tags
    assert not [address for address in page.addresses if not address.startswith(("/", "http://", "https://"))]
    assert "javascript:alert(1)" in response.text
    assert "\u202e" not in response.text
    assert "U+202E" in response.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@given(st.text())
def test_no_text_breaks_out_of_a_page(text):
    page = _Page()
    page.feed(f'<p title="{safe(text)}">{safe(text)}</p>')
    assert page.tags == ["p"]


def test_a_form_that_cannot_say_it_is_refused_with_the_reason(odd):
    response = followed(odd, "/data/source/odd/evil", "application/rdf+xml")
    assert response.status_code == 406
    assert "RDF/XML has no name for the property" in response.json()["detail"]
    assert "control character" in followed(odd, "/data/source/odd/bell", "application/rdf+xml").json()["detail"]
    assert followed(odd, "/data/source/odd/bell", "text/turtle").status_code == 200


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/data/study/idr9001", "image/png", 406),
        ("/data/study/idr9001?format=docx", "*/*", 400),
        ("/resolve", "*/*", 400),
        ("/data", "*/*", 400),
        ("/resolve?iri=no%20iri%0d%0aX-Evil:%201", "*/*", 404),
        ("/resolve?iri=http%3A%2F%2Fx%3Aabc%2F", "*/*", 404),
        ("/resolve?iri=urn%3A%EF%BF%BE", "*/*", 404),
        ("/api/records/http%3A%2F%2Fa%40b%40c%2F", "*/*", 404),
        ("/resolve?iri=%3Cscript%3E", "text/html", 404),
        ("/id/", "*/*", 404),
        ("/id/%00", "*/*", 400),
        ("/vocab/no-such-word", "*/*", 404),
        ("/data/" + "a" * 5_000, "*/*", 404),
        ("/data/%ff%fe", "*/*", 404),
    ],
)
def test_what_cannot_be_told_is_a_problem_with_a_reason(served, path, accept, status):
    response, body = raw(served, path, Accept=accept)
    assert response.status == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-Evil"] is None
    assert json.loads(body)["detail"]


def test_browsers_get_a_page_and_programs_the_form_they_prefer(served):
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    wishes = {
        browser: "text/html",
        "": "application/ld+json",
        "*/*": "application/ld+json",
        "application/json": "application/json",
    }
    wishes |= {"text/turtle;q=0.2, application/rdf+xml": "application/rdf+xml", "application/xml": "application/xml"}
    for accept, media_type in wishes.items():
        response, _ = raw(served, "/data/study/idr9001", Accept=accept)
        assert response.headers["Content-Type"].partition(";")[0] == media_type, accept


def test_pages_of_other_origins_may_read_it(served):
    response = requests.get(f"{served.url}/data/study/idr9001", headers={"Origin": "https://x.example"}, timeout=30)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Link" in response.headers["Access-Control-Expose-Headers"].split(", ")


def test_another_base_has_its_things_below_id_too(tmp_path):
    iri, base = "https://example.org/kg#thing/1", "https://example.org/kg#"
    source = "https://example.org/kg#source"
    (tmp_path / "a.nq").write_text(f'<{iri}> <{SCHEMA}name> "one" <{source}> .\n', "utf-8")
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(Batch(sources=(SourceEntry(source, "s", "/s", "d", "m"),), own=(tmp_path / "a.nq",)))
    with Serving(tmp_path / "store", environment={"KG_BASE_IRI": base}) as serving:
        for path in ("/id/thing/1", "/resolve?iri=" + quote(iri, safe="")):
            assert '"one"' in followed(serving, path).text


NODES = st.sampled_from([ox.NamedNode("http://schema.org/a"), ox.NamedNode("doi:x"), ox.NamedNode("kg:y"), ox.BlankNode("b")])
LITERALS = st.one_of(
    st.integers().map(lambda n: ox.Literal(str(n), datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))),
    st.sampled_from(["007", "1e3", "true", "1", " 5", "-0", "9" * 30]).flatmap(
        lambda text: st.sampled_from(["integer", "boolean", "decimal", "string", "date"]).map(
            lambda kind: ox.Literal(text, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#" + kind))
        )
    ),
    st.text(st.characters(exclude_categories=["Cs"])).map(ox.Literal),
    st.just(ox.Literal("x", language="de")),
)
TRIPLES = st.builds(
    ox.Triple,
    NODES,
    st.sampled_from(
        [ox.NamedNode(SCHEMA + "p"), ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(KG + "q")]
    ),
    st.one_of(NODES, LITERALS),
)


@given(st.lists(TRIPLES, min_size=1, max_size=8))
def test_json_ld_says_just_the_triples(triples):
    back = {quad.triple for quad in ox.parse(compact(triples, "http://schema.org/a"), format=ox.RdfFormat.JSON_LD)}
    one, other = ox.Dataset(), ox.Dataset()
    for dataset, some in ((one, set(triples)), (other, back)):
        for triple in some:
            dataset.add(ox.Quad(triple.subject, triple.predicate, triple.object))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(one) == set(other)


def test_every_part_of_a_description_is_bounded():
    store, thing = ox.Store(), ox.NamedNode("https://x/thing")
    for n in range(50):
        node = ox.BlankNode()
        store.add(ox.Quad(thing, ox.NamedNode("https://x/p"), node))
        store.add(ox.Quad(node, ox.NamedNode("https://x/p"), thing))
        store.add(ox.Quad(ox.NamedNode(f"https://x/{n}"), ox.NamedNode("https://x/to"), thing))
        store.add(ox.Quad(thing, ox.NamedNode(KG + "decision"), ox.NamedNode(f"https://y/decision/{n}")))
    bounds = Bounds(own=80, below=5, decisions=3, incoming=7, labels=2)
    found = Reader(store).gather(thing.value, bounds)
    assert (len(found.own), len(found.incoming)) == (80, 7)
    assert set(found.cut) >= {"statements", "parts", "incoming"}
    assert len(found.below) <= 6
