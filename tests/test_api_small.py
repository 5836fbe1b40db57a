"""The small APIs: records, terms, resolving, reviewing, sources, jobs and counts, and the pages that list them."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import requests
from serving import WRITER_TOKEN, Serving, bearer
from test_linked_data import BASE, KG, SCHEMA, STUDY, published

from kg.api.app import create_app
from kg.api.settings import Settings
from kg.store import Batch, SourceEntry, Store

ROOT = Path(__file__).resolve().parent.parent
IMAGE = BASE + "source/examples/microscope/HeLa_H2B_001.ome.xml/image/Image%3A0"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def served(demo):
    with Serving(demo.store) as serving:
        yield serving


@pytest.fixture(scope="module")
def odd(_own_cache, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    member, owner = published(folder)
    with Serving(folder / "store") as serving:
        serving.member, serving.owner = member, owner
        yield serving


def got(serving: Serving, path: str, token: str = "", **params: object):
    return requests.get(serving.url + path, params=params, headers=bearer(token), timeout=60)


def posted(serving: Serving, path: str, body: object, token: str = "") -> requests.Response:
    return requests.post(serving.url + path, json=body, headers=bearer(token), timeout=120)


def is_problem(response: requests.Response, status: int) -> bool:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    return True


# ------------------------------------------------------------------------------------------------------------------- records


def test_a_record_has_names_for_its_fields_and_labels_for_its_terms(served):
    record = got(served, "/api/records/study/idr9001").json()
    assert record["iri"] == STUDY
    assert [one["name"] for one in record["types"]] == ["Study"]
    fields = {field["property"]["name"]: field["values"] for field in record["fields"]}
    assert fields["accession"] == [{"value": "idr9001"}]
    assert fields["date_published"] == [{"value": "2021-03-15", "datatype": "xsd:date"}]
    (taxon,) = next(field["values"] for field in record["fields"] if field["property"]["iri"] == SCHEMA + "taxonomicRange")
    assert taxon == {"iri": "http://purl.obolibrary.org/obo/NCBITaxon_9606", "label": "Homo sapiens", "curie": "NCBITaxon:9606"}
    assert record["truncated"] == []


def test_a_record_tells_its_decisions_sources_parts_and_wholes(served):
    study = got(served, "/api/records/study/idr9001").json()
    assert {one["status"] for one in study["decisions"]} == {"accepted"}
    organism = next(one for one in study["decisions"] if one["field"] == "organism")
    assert organism["text"] == "Homo sapiens"
    assert organism["terms"][0]["label"] == "Homo sapiens"
    assert organism["why"]
    assert organism["tier"]
    assert [one["label"] for one in study["sources"]] == ["examples/idr9001/idr9001-study.txt"]
    assert {one["iri"] for one in study["parts"]} == {STUDY + "/screenA", STUDY + "/screenB"}
    part = got(served, "/api/records/study/idr9001/screenA").json()
    assert [one["iri"] for one in part["wholes"]] == [STUDY]


@pytest.mark.parametrize(
    "path",
    [
        "https%3A%2F%2Fw3id.org%2Fbioimage-kg%2Fid%2Fsource%2Fexamples%2Fmicroscope%2FHeLa_H2B_001.ome.xml%2Fimage%2FImage%253A0",
        "https://w3id.org/bioimage-kg/id/source/examples/microscope/HeLa_H2B_001.ome.xml/image/Image%3A0",
        "source/examples/microscope/HeLa_H2B_001.ome.xml/image/Image%3A0",
    ],
)
def test_a_record_is_named_by_its_iri_or_its_path(served, path):
    assert requests.get(f"{served.url}/api/records/{path}", timeout=30).json()["iri"] == IMAGE


def test_no_more_than_wanted_points_to_a_record(odd):
    record = got(odd, "/api/records/source/odd/whole", incoming=3).json()
    assert len(record["incoming"]) == 3
    assert record["truncated"] == ["incoming"]
    assert is_problem(got(odd, "/api/records/source/odd/whole", incoming=100_000), 400)


def test_an_unchanged_record_is_not_sent_again(served):
    one = got(served, "/api/records/study/idr9001")
    again = requests.get(one.url, headers={"If-None-Match": one.headers["ETag"]}, timeout=30)
    assert again.status_code == 304


# --------------------------------------------------------------------------------------------------------------------- terms


def test_a_term_is_told_with_its_neighbours_and_its_use(served):
    term = got(served, "/api/terms/FBbi:00000251").json()
    assert (term["label"], term["iri"]) == ("confocal microscopy", "http://purl.obolibrary.org/obo/FBbi_00000251")
    assert "CLSM" in [one["text"] for one in term["synonyms"]]
    assert {"curie": "FBbi:00000253", "label": "spinning disk confocal microscopy"} in term["children"]
    assert term["parents"]
    assert term["ontology"].startswith("FBbi")
    disk = got(served, "/api/terms/FBbi:00000253").json()
    assert disk["use"]["records"] >= 1
    assert disk["use"]["decisions"] >= 1
    assert disk["use"]["is_exact"] is True
    assert disk["use"]["words"]


@pytest.mark.parametrize(
    "name",
    ["NCBITaxon:9606", "NCBITaxon_9606", "http%3A%2F%2Fpurl.obolibrary.org%2Fobo%2FNCBITaxon_9606",
     "http://purl.obolibrary.org/obo/NCBITaxon_9606"],
)  # fmt: skip
def test_a_term_is_named_in_any_of_the_usual_spellings(served, name):
    assert requests.get(f"{served.url}/api/terms/{name}", timeout=30).json()["curie"] == "NCBITaxon:9606"


def test_an_unknown_term_is_not_found(served):
    for name in ("zz:1", "FBbi:99999999", "%20", "x" * 3_000, "http://[x", "http://x:abc/", "urn:%EF%BF%BE", "a", "%FF"):
        assert is_problem(requests.get(f"{served.url}/api/terms/{name}", timeout=30), 404)


def test_the_use_of_a_term_is_counted_as_the_caller_sees_it(tmp_path):
    from kg.store.tokens import Tokens  # noqa: PLC0415

    source, term = BASE + "source/s", "http://purl.obolibrary.org/obo/FBbi_00000253"
    (tmp_path / "s.nq").write_text(
        f"<{source}/i> <{SCHEMA}measurementMethod> <{term}> <{source}> .\n"
        f"<{source}/decision/1> <{KG}chosenTerm> <{term}> <{source}> .\n"
        f'<{source}/decision/1> <{KG}sourceText> "secret words" <{source}> .\n',
        "utf-8",
    )
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(Batch(sources=(SourceEntry(source, "s", "/s", "d", "m", "lab"),), own=(tmp_path / "s.nq",)))
    member = Tokens(tmp_path / "store").add("member", "reader", ["lab"])
    with Serving(tmp_path / "store") as serving:
        anyone, one = (got(serving, "/api/terms/FBbi:00000253", token).json()["use"] for token in ("", member))
        assert (anyone["records"], anyone["decisions"], anyone["words"]) == (0, 0, [])
        assert (one["records"], one["decisions"]) == (1, 1)
        assert one["words"] == [{"text": "secret words", "decisions": 1}]
        assert got(serving, "/api/review").json()["total"] == 0


# ----------------------------------------------------------------------------------------------------------------- resolving


def test_resolving_says_what_the_command_says(served, process):
    answer = got(served, "/api/resolve", field="imaging_method", text="spinning disk confocal").json()
    ran = process("resolve", "spinning disk confocal", "--field", "imaging_method", "--json", "--offline")
    assert json.loads(ran.out) == answer
    assert answer["status"] == "accepted"
    assert answer["matches"][0]["curie"] == "FBbi:00000253"


def test_what_stands_beside_a_text_counts(served):
    fish = got(served, "/api/resolve", field="organism_part", text="brain", context="organism=Danio rerio").json()
    assert fish["matches"]
    one = posted(served, "/api/resolve", {"queries": [
        {"field": "organism_part", "text": "brain", "context": {"organism": "Danio rerio"}},
    ]}).json()  # fmt: skip
    assert one == [fish]


def test_a_thousand_texts_are_answered_in_their_order(served):
    words = ["mouse", "human", "no such animal", "zebrafish"]
    queries = [{"field": "organism", "text": f"{words[n % 4]}"} for n in range(1_000)]
    answers = posted(served, "/api/resolve", {"queries": queries}).json()
    assert [one["text"] for one in answers] == [query["text"] for query in queries]
    assert [one["status"] for one in answers[:4]] == ["accepted", "accepted", "none", "accepted"]


def test_a_field_that_there_is_not_is_told_with_those_there_are(served):
    near = got(served, "/api/resolve", field="imaging_methode", text="x")
    assert is_problem(near, 400)
    assert "did you mean imaging_method?" in near.json()["detail"]
    assert "cell_line" in got(served, "/api/resolve", field="qqq", text="x").json()["detail"]
    assert "organism" in got(served, "/api/fields").json()["fields"]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"queries": []}, {"queries": [{"text": "x"}]}, {"queries": [{"field": "organism", "text": "x"}] * 1_001}, [], "x",
        {"queries": [{"field": "organism", "text": "x" * 10_001}]}, {"queries": [{"field": "organism", "text": 5}]},
        {"queries": [{"field": "organism", "text": "\ud800"}]}, {"queries": [{"field": "organism", "tekst": "x"}]}, {"queries": [{"field": "organism", "context": {"nope": "x"}}]},
    ],
)  # fmt: skip
def test_a_batch_that_is_none_is_refused_with_a_reason(served, body):
    assert is_problem(posted(served, "/api/resolve", body), 400)


@pytest.mark.parametrize("text", ["\0", "\n\t", "\u202e", "%", "' OR 1=1 --", "*" * 9_999, "{}", "😀", "\ufffe"])
def test_any_text_is_a_text(served, text):
    assert got(served, "/api/resolve", field="organism", text=text).json()["status"] in {"none", "review"}


def test_a_context_without_a_field_is_refused(served):
    assert is_problem(got(served, "/api/resolve", field="organism", text="x", context="mouse"), 400)


# ----------------------------------------------------------------------------------------------------------------- reviewing


def test_texts_that_wait_are_listed_page_by_page(served, process):
    every = got(served, "/api/review").json()
    assert every["total"] == len(every["items"]) == 3
    pages = [got(served, "/api/review", limit=1, offset=n).json()["items"] for n in range(4)]
    assert [one["id"] for page in pages for one in page] == [one["id"] for one in every["items"]]
    told = json.loads(process("review", "list", "--store", served.store, "--json").out)
    assert {one["id"] for one in told} == {one["id"] for one in every["items"]}
    hela = next(one for one in every["items"] if one["text"] == "HeLa Kyoto")
    assert "HeLa" in {term["label"] for term in hela["terms"]}


def test_texts_are_listed_by_field_and_status(served):
    some = got(served, "/api/review", field="cell_line", status="review").json()["items"]
    assert [one["text"] for one in some] == ["HeLa Kyoto"]
    assert got(served, "/api/review", status="accepted", limit=1).json()["total"] > 5
    assert is_problem(got(served, "/api/review", field="nope"), 400)
    assert is_problem(got(served, "/api/review", status="nope"), 400)


def test_deciding_needs_a_writer(served, odd):
    for verdict in ("accept", "reject"):
        assert is_problem(posted(served, f"/api/review/0ca9cc5b/{verdict}", {"terms": ["CLO:0003684"]}), 401)
        assert is_problem(posted(odd, f"/api/review/0ca9cc5b/{verdict}", {"terms": ["CLO:0003684"]}, odd.member), 403)


def test_what_a_person_says_is_written_and_the_graph_follows(examples, process, tmp_path):
    store = tmp_path / "store"
    assert process("harmonize", examples / "microscope", "--store", store).code == 0
    with Serving(store) as serving:
        (waiting,) = [one for one in got(serving, "/api/review").json()["items"] if one["text"] == "HeLa Kyoto"]
        before = got(serving, "/api/generation").json()["id"]
        path = f"/api/review/{waiting['id']}"
        wrong = posted(serving, path + "/accept", {"terms": ["FBbi:00000251"]}, WRITER_TOKEN)
        assert is_problem(wrong, 400)
        assert "cell_line" in wrong.json()["detail"]
        assert str(tmp_path) not in wrong.text
        done = posted(serving, path + "/accept", {"terms": ["CLO:0003684"], "why": "--store=x", "by": "--by"}, WRITER_TOKEN)
        assert done.status_code == 200, done.text
        assert done.json()["applied"] is True
        assert done.json()["decisions"] == 1
        assert done.json()["generation"] == got(serving, "/api/generation").json()["id"] != before
        assert waiting["id"] not in {one["id"] for one in got(serving, "/api/review").json()["items"]}
        (now,) = got(serving, "/api/review", status="accepted", id=waiting["id"]).json()["items"]
        assert [term["curie"] for term in now["terms"]] == ["CLO:0003684"]
        table = (store / "decisions.sssom.tsv").read_text("utf-8")
        assert "HeLa Kyoto" in table
        assert "--store=x" in table
        again = posted(serving, path + "/reject", {}, WRITER_TOKEN)
        assert again.status_code == 200
        assert got(serving, "/api/review", id=waiting["id"], status="none").json()["total"] == 1


@pytest.mark.parametrize(
    "body",
    [{"terms": ["--store=x"]}, {"terms": ["FBbi:1 2"]}, {"terms": [], "why": "a\nb"}, {"terms": ["x"] * 21}, {"x": 1}, []],
)
def test_a_decision_that_is_none_is_refused(served, body):
    assert is_problem(posted(served, "/api/review/0ca9cc5b/accept", body, WRITER_TOKEN), 400)


def test_only_a_text_that_the_caller_sees_can_be_decided(served):
    assert is_problem(posted(served, "/api/review/ffffffff/accept", {"terms": ["CLO:0003684"]}, WRITER_TOKEN), 404)
    assert is_problem(posted(served, "/api/review/--help/accept", {"terms": ["CLO:0003684"]}, WRITER_TOKEN), 400)


# ------------------------------------------------------------------------------------------------ sources, jobs, counts, state


def test_sources_are_listed_as_the_caller_sees_them(odd):
    anyone, member, owner = (got(odd, "/api/sources", token).json() for token in ("", odd.member, odd.owner))
    assert [(one["name"], one["audience"], one["rows"]) for one in anyone["items"]] == [("odd", "public", 3)]
    assert anyone["total"] == 1
    assert "hidden" not in json.dumps(anyone)
    for seen in (member, owner):
        assert [(one["name"], one["audience"]) for one in seen["items"]] == [("odd", "public"), ("hidden", "lab")]
    assert "/o" not in {one.get("origin") for one in owner["items"]}


def test_sources_come_page_by_page(served):
    every = got(served, "/api/sources").json()
    assert every["total"] == len(every["items"]) == 10
    assert got(served, "/api/sources", offset=9, limit=5).json()["items"] == every["items"][9:]
    assert is_problem(got(served, "/api/sources", offset=-1), 400)
    assert requests.get(served.url + every["items"][0]["document"], timeout=30).status_code == 200


def test_counts_are_those_of_the_caller(odd):
    anyone, member = (got(odd, "/api/stats", token).json() for token in ("", odd.member))
    assert (anyone["sources"], member["sources"]) == (1, 2)
    assert member["statements"]["all"] == anyone["statements"]["all"] + 3


def test_counts_are_those_of_the_command(served, process):
    told = json.loads(process("stats", "--store", served.store, "--json").out)
    stats = got(served, "/api/stats").json()
    assert stats["statements"]["all"] == told["statements"]
    assert {one["iri"]: one["records"] for one in stats["classes"]} == told["classes"]
    assert "Decision" in {one["name"] for one in stats["classes"]}


def test_jobs_that_the_graph_tells_of_are_listed_the_latest_first(tmp_path):
    jobs = [f"{BASE}job/{n}" for n in (1, 2)]
    lines = [f"<{job}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{KG}Job> ." for job in jobs]
    started = "http://www.w3.org/ns/prov#startedAtTime"
    lines += [f'<{job}> <{started}> "2026-01-0{n}T00:00:00Z"^^<{XSD}dateTime> .' for n, job in enumerate(jobs, 1)]
    (tmp_path / "jobs.nt").write_text("\n".join(lines) + "\n", "utf-8")
    with Store.open(tmp_path / "store", create=True) as store:
        store.publish(Batch(jobs=(tmp_path / "jobs.nt",)))
    with Serving(tmp_path / "store") as serving:
        found = got(serving, "/api/jobs").json()
        assert [one["iri"] for one in found["items"]] == jobs[::-1]
        assert found["items"][0]["started_at"].startswith("2026-01-02")


def test_an_empty_store_answers_everything(tmp_path):
    with Serving(tmp_path / "store") as serving:
        assert got(serving, "/api/sources").json() == {"total": 0, "offset": 0, "items": []}
        assert got(serving, "/api/jobs").json()["items"] == []
        assert got(serving, "/api/review").json()["items"] == []
        assert got(serving, "/api/generation").json()["id"] == ""
        assert got(serving, "/api/stats").json()["statements"] == {"all": 0}
        assert is_problem(got(serving, "/id/x"), 404)
        assert got(serving, "/").status_code == got(serving, "/docs").status_code == 200
        assert got(serving, "/vocab/Decision").status_code == 200


# --------------------------------------------------------------------------------------------------------------------- pages


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        assert tag != "script"
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]


def test_pages_need_nothing_from_elsewhere_and_their_links_work(served):
    for path in ("/", "/docs"):
        response = got(served, path)
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        page = _Links()
        page.feed(response.text)
        local = {address for address in page.found if address.startswith("/")}
        assert local
        assert {requests.get(served.url + address, timeout=30).status_code for address in local} == {200}
    assert "2,288" in got(served, "/").text


def test_robots_stay_away_from_what_has_no_end(served):
    text = got(served, "/robots.txt").text
    assert "Disallow: /sparql" in text
    assert "Disallow: /\n" not in text


def described(tmp_path: Path) -> dict:
    return create_app(Settings(store=tmp_path / "store")).openapi()


def test_the_description_of_the_service_is_whole(tmp_path):
    about = described(tmp_path)
    names = set(about["components"]["schemas"])
    assert set(re.findall(r"#/components/schemas/([^\"]+)", json.dumps(about))) <= names
    for path in ("/id/{local}", "/data/{local}", "/api/records/{id}", "/api/resolve", "/api/review/{id}/accept"):
        for told in about["paths"][path].values():
            assert told["summary"]
            assert "application/problem+json" in told["responses"]["default"]["content"]
    ids = [told["operationId"] for methods in about["paths"].values() for told in methods.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "path",
    [
        *("/sparql", "/sparql/examples", "/update", "/rdf-graph-store", "/.well-known/void"),
        *("/ols/api", "/ols/api/search", "/health", "/ready", "/metrics", "/"),
    ],
)
def test_addresses_of_protocols_are_described(tmp_path, path):
    paths = described(tmp_path)["paths"]
    for told in paths[path].values():
        assert told["summary"]
        assert told["responses"]
    wanted = {"/sparql": "query", "/rdf-graph-store": "graph"}.get(path)
    assert not wanted or wanted in {one["name"] for one in paths[path]["get"]["parameters"]}
    forms = paths["/update"]["post"]["requestBody"]["content"]
    assert "update" in forms["application/x-www-form-urlencoded"]["schema"]["properties"]


def test_addresses_that_are_described_are_there(served, tmp_path):
    for path, methods in described(tmp_path)["paths"].items():
        if "get" in methods and "{" not in path:
            assert "there is nothing at this address" not in got(served, path).text


@pytest.mark.parametrize("path", ["/id", "/api/records", "/sparql/", "/health/", "/api/stats/"])
def test_nobody_is_sent_to_another_host(served, path):
    response = requests.get(served.url + path, headers={"Host": "evil.example"}, allow_redirects=False, timeout=30)
    assert is_problem(response, 404)
    assert response.json()["code"] == "not-found"


def test_wrong_requests_are_told_in_sentences_of_ours(served):
    told = {
        "/api/sources?limit=many": "limit: expected a whole number",
        "/api/sources?limit=-1": "limit: expected",
        "/api/resolve": "field: is missing",
    }
    for path, sentence in told.items():
        response = got(served, path)
        assert is_problem(response, 400)
        assert sentence in response.json()["detail"]
        assert "Input" not in response.json()["detail"]
    form = requests.post(served.url + "/api/search", data={"q": "x"}, timeout=30)
    assert is_problem(form, 415)
    assert "send JSON" in form.json()["detail"]
    broken = requests.post(served.url + "/api/search", data="{", headers={"Content-Type": "application/json"}, timeout=30)
    assert is_problem(broken, 400)
    assert broken.json()["detail"].startswith("the body: is no JSON")
    for body in ([], "text", 1):
        assert posted(served, "/api/search", body).json()["detail"] == "the body: expected a JSON object"


def test_every_problem_has_a_word_for_programs(served):
    codes = {
        ("GET", "/nowhere"): "not-found", ("DELETE", "/api/stats"): "method-not-allowed",
        ("GET", "/update"): "method-not-allowed", ("POST", "/sparql"): "unsupported-media-type",
    }  # fmt: skip
    for (method, path), code in codes.items():
        assert requests.request(method, served.url + path, timeout=30).json()["code"] == code
    response = requests.get(served.url + "/sparql", headers={"Accept": "image/png"}, timeout=30)
    assert (response.status_code, response.json()["code"]) == (406, "not-acceptable")
    assert "Accept" in response.headers["Vary"]


def test_every_address_stands_in_the_documentation(tmp_path):
    text = (ROOT / "docs/http.md").read_text("utf-8")
    routes = list(create_app(Settings(store=tmp_path / "store")).routes)
    while routes:
        route = routes.pop()
        inner = getattr(route, "original_router", None)
        routes += inner.routes if inner else []
        path = re.sub(r":\w+}", "}", getattr(route, "path", ""))
        assert not path or f"`{path}`" in text, path
