"""The OLS client: what it asks, what it believes, what it keeps, and when it gives up - against a server with every trap."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
import yaml
from ols_server import BAO, CELL, KIDNEY, NEURON, OBO, Class, OlsServer, twice

from kg.errors import TermError, UsageError
from kg.terms.ols import Manners, OlsClient, Outage, answers
from kg.terms.ols.breaker import Breaker

QUICK = Manners(rate=2000, connect=5, silence=10, whole=20, attempts=2, pause=0.01, longest_pause=0.1, failures=4, rest=30)
HASTY = {"silence": 0.25, "whole": 0.4}


@pytest.fixture
def ols(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with OlsServer() as server:
        thread = server.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def client(ols, tmp_path):
    with OlsClient(ols.url, tmp_path / "ols.sqlite", QUICK) as client:
        yield client


def again(ols, tmp_path, **manners) -> OlsClient:
    """Return another client with the same cache, as a later run has it."""
    return OlsClient(ols.url, tmp_path / "ols.sqlite", replace(QUICK, **manners))


def named(client, text, *prefixes, **how):
    places = [client.ontology(prefix) for prefix in prefixes or ("CL",)]
    return [(one.found.iri, one.name, one.by) for one in client.named(text, places, **how)]


def outage(act, *words) -> str:
    with pytest.raises(Outage) as caught:
        act(*words)
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------------ what is asked


def test_an_exact_search_names_its_fields_its_ontologies_and_what_it_wants_to_know(ols, client):
    assert named(client, " Pyramidal   Neuron", "CL", "EFO") == [(OBO + "CL_0000598", "pyramidal neuron", "label")]
    (asked,) = ols.searched
    assert (asked["q"], asked["exact"], asked["queryFields"]) == ("pyramidal neuron", "true", "label,synonym")
    assert (asked["ontology"], asked["type"], asked["obsoletes"]) == ("cl,efo", "class", "false")
    assert {"synonym", "is_defining_ontology", "obo_id"} <= set(asked["fieldList"].split(","))


def test_nothing_is_sent_for_a_text_without_words_or_without_an_ontology(ols, client):
    assert client.named("neuron", []) == ()
    assert client.named("  ", [client.ontology("CL")]) == ()
    assert ols.searched == []


def test_the_branch_is_asked_for_by_all_children(ols, client):
    assert named(client, "neuron", below=(CELL,)) == [(NEURON, "neuron", "label")]
    assert named(client, "membrane bit", below=(CELL,)) == []
    assert {asked["allChildrenOf"] for asked in ols.searched} == {CELL}
    assert all("childrenOf" not in asked for asked in ols.searched)


def test_obsolete_terms_need_a_search_of_their_own(ols, client):
    assert named(client, "lost cell") == []
    assert named(client, "lost cell", obsolete=True) == [(OBO + "CL_0000002", "lost cell", "label")]
    assert [asked["obsoletes"] for asked in ols.searched] == ["false", "true"]


@pytest.mark.parametrize(("iri", "prefix"), [(NEURON, "CL"), (BAO + "BAO_0002003", "BAO")])
def test_the_iri_of_a_term_is_encoded_twice_in_a_path(ols, client, iri, prefix):
    term = client.term(client.ontology(prefix), iri)
    assert term.iri == iri
    assert ols.asked[-1].endswith(f"/classes/{twice(iri)}")
    once = requests.get(f"{ols.url}/api/v2/ontologies/{prefix.lower()}/classes/{twice(iri).replace('%25', '%')}", timeout=5)
    assert once.status_code == 404


def test_quotes_and_backslashes_do_not_break_out_of_the_phrase(ols, client):
    assert named(client, 'the "quoted" assay', "BAO")[0][1] == 'the "quoted" assay'
    assert named(client, 'x" OR label_s:"neuron', "CL", "BAO") == []
    assert named(client, "back\\slash\\") == []
    unescaped = requests.get(f"{ols.url}/api/search", {"q": 'a"b', "exact": "true", "queryFields": "label"}, timeout=5)
    assert unescaped.status_code == 500, "the server takes it as OLS does"


def test_quotes_around_a_text_stay_behind(ols, client):
    assert named(client, "\u201cNeuron\u201d") == [(NEURON, "neuron", "label")]
    assert ols.searched[0]["q"] == "neuron"


def test_a_text_that_is_no_unicode_finds_nothing_and_breaks_nothing(client):
    assert named(client, "neuron\udcff") == []


def test_no_password_of_a_netrc_file_is_sent(ols, client, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    named(client, "neuron")
    assert all("Authorization" not in headers for headers in ols.sent_headers)
    assert all(headers["User-Agent"].startswith("bioimage-kg/") for headers in ols.sent_headers)


@pytest.mark.parametrize("url", ["", "ols", "file:///etc/passwd", "ftp://a.org/", "http://", "http://a.org:x/", "http://[a/"])
def test_an_address_that_is_none_is_refused_at_the_door(url, tmp_path):
    with pytest.raises(UsageError, match="is no address"):
        OlsClient(url, tmp_path / "c")


@pytest.mark.parametrize("url", ["https://me:secret@a.org/ols4", "https://a.org/ols4?key=secret", "https://a.org/#secret"])
def test_an_address_with_a_secret_in_it_is_refused_without_saying_it(url, tmp_path):
    with pytest.raises(UsageError) as caught:
        OlsClient(url, tmp_path / "c")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("end", ["", "/", "/api", "/api/"])
def test_the_address_may_end_in_api(ols, end, tmp_path):
    with OlsClient(ols.url + end, tmp_path / "ols.sqlite", QUICK) as client:
        assert client.address == ols.url
        assert client.ontology("cl").id == "cl"


# --------------------------------------------------------------------------------------------------------- what is believed


def test_what_ols_calls_exact_is_compared_once_more(ols, client):
    ols.traps.loose_exact = True
    assert named(client, "neuron") == [(NEURON, "neuron", "label")]
    assert named(client, "cell", "CL", "EFO") == [(CELL, "cell", "label"), (CELL, "cell", "label")]
    assert named(client, "CL:0000540") == [], "an identifier is no name"


def test_a_hit_in_an_ontology_that_was_not_asked_for_is_dropped(ols, client):
    ols.classes = [replace(c, ontology="CL2") if c.ontology == "efo" else c for c in ols.classes]
    body = ols.answer("/api/search", {"q": "neuron", "exact": "true", "queryFields": "label"})[1]
    place = client.ontology("CL")
    ols.traps.body = json.dumps(body).encode()
    assert [one.found.ontology for one in client.named("neuron", [place])] == ["cl"]


def test_missing_identifiers_empty_synonyms_and_tagged_labels_are_read(ols, client):
    ols.traps.no_curie = ols.traps.no_defining = ols.traps.blank_synonyms = ols.traps.tagged = True
    (one,) = client.named("nerve cell", [client.ontology("CL")])
    assert (one.found.iri, one.found.label, one.found.curie, one.found.defining) == (NEURON, "neuron", "", None)
    assert "" not in one.found.synonyms


def test_hits_are_taken_from_all_pages_each_once(ols, tmp_path):
    ols.classes = [Class(f"{OBO}CL_1{n:06}", "many", "cl") for n in range(25)]
    with again(ols, tmp_path, rows=10) as client:
        assert len(named(client, "many")) == 25
        assert [asked["start"] for asked in ols.searched] == ["0", "10", "20"]


@pytest.mark.parametrize("factor", [0, 0.5, 100])
def test_a_wrong_number_of_hits_neither_loses_any_nor_goes_on_for_ever(ols, tmp_path, factor):
    ols.classes = [Class(f"{OBO}CL_1{n:06}", "many", "cl") for n in range(25)]
    ols.traps.wrong_total = factor
    with again(ols, tmp_path, rows=10) as client:
        assert len(named(client, "many")) == 25
    assert len(ols.searched) <= 4


def test_pages_that_repeat_themselves_come_to_an_end(ols, tmp_path):
    ols.classes = [Class(f"{OBO}CL_1{n:06}", "many", "cl") for n in range(25)]
    ols.traps.repeats = True
    with again(ols, tmp_path, rows=10) as client:
        assert len(named(client, "many")) == 10
    assert len(ols.searched) == 2


@pytest.mark.parametrize(("factor", "cap"), [(1, 0), (1, 2), (0, 2), (50, 2), (0.3, 1)])
def test_ontologies_are_listed_by_page_number_whatever_links_and_totals_say(ols, client, factor, cap):
    ols.traps.wrong_total, ols.traps.cap = factor, cap
    names = {c.ontology for c in ols.classes}
    assert {name for name in names if client.ontology(name)} == names
    pages = [asked for asked in ols.asked if urlsplit(asked).path.endswith("/ontologies")]
    assert [f"page={n}&" in asked for n, asked in enumerate(pages)] == [True] * len(pages)
    assert len(pages) <= -(-len(names) // (cap or 500)) + 1


def test_a_list_that_repeats_its_first_page_comes_to_an_end(ols, client):
    ols.traps.repeats, ols.traps.cap, ols.traps.wrong_total = True, 2, 9
    assert client.ontology("bao").id == "bao"
    assert client.ontology("mondo") is None
    assert len(ols.asked) == 2


def test_an_ontology_is_found_by_its_name_or_prefix_and_says_its_version(ols, client):
    assert client.ontology("CL").title == "OLS cl 2026-01-08"
    assert client.ontology("EFO").version == "2025-02-03", "from the version IRI"
    assert client.ontology("bao").version == "2026-11-01", "the day on which OLS took it"
    assert client.ontology("KGAT") is None


def test_the_scope_of_a_synonym_comes_from_the_term(client):
    term = client.term(client.ontology("CL"), NEURON)
    assert dict(term.synonyms) == {"nerve cell": "exact", "neuronal thing": "related", "brain cell": "broad"}


def test_without_v2_only_synonyms_with_a_cross_reference_have_a_scope(ols, client):
    ols.traps.no_v2 = True
    term = client.term(client.ontology("CL"), NEURON)
    assert dict(term.synonyms) == {"nerve cell": None, "neuronal thing": "related", "brain cell": None}
    gone = client.term(client.ontology("CL"), OBO + "CL_0000001")
    assert (gone.obsolete, gone.replaced_by) == (True, ("CL_0000000",))


def test_a_term_that_ols_does_not_have_is_none_and_is_asked_for_again(ols, client):
    place = client.ontology("CL")
    assert client.term(place, OBO + "CL_7") is None
    ols.classes.append(Class(OBO + "CL_7", "new", "cl"))
    assert client.term(place, OBO + "CL_7").label == "new"


# ------------------------------------------------------------------------------------------------------------- what is kept


def test_an_answer_is_kept_over_runs_and_a_later_run_asks_nothing(ols, client, tmp_path):
    assert named(client, "neuron") == named(client, "Neuron ")
    asked = len(ols.asked)
    assert asked == 2, "the ontologies and the search"
    ols.traps.status = 503
    with again(ols, tmp_path) as later:
        assert named(later, "NEURON") == [(NEURON, "neuron", "label")]
    assert len(ols.asked) == asked


def test_that_there_is_no_such_name_is_kept_too(ols, client):
    assert named(client, "no such thing") == named(client, "no such thing") == []
    assert len(ols.searched) == 1


def test_a_new_version_of_the_ontology_makes_the_answer_old(ols, client, tmp_path):
    assert named(client, "new cell") == []
    ols.classes.append(Class(OBO + "CL_8", "new cell", "cl"))
    with again(ols, tmp_path) as same:
        assert named(same, "new cell") == [], "kept under the version in which it was asked"
    ols.versions["cl"] = "2026-02-02"
    with sqlite3.connect(tmp_path / "ols.sqlite") as connection:  # a day later
        connection.execute("DELETE FROM responses WHERE value LIKE '%/api/ontologies?%'")
    connection.close()
    with again(ols, tmp_path) as later:
        assert later.ontology("CL").version == "2026-02-02"
        assert named(later, "new cell") == [(OBO + "CL_8", "new cell", "label")]


def test_a_list_of_ontologies_that_is_too_old_is_asked_for_anew_but_better_than_none(ols, tmp_path):
    with again(ols, tmp_path, fresh=1) as client:
        assert client.ontology("CL").version == "2026-01-08"
    time.sleep(1.1)
    ols.traps.status = 503
    with again(ols, tmp_path, fresh=1) as client:
        assert client.ontology("CL").version == "2026-01-08"
    ols.traps.status, ols.versions["cl"] = 200, "2026-03-03"
    with again(ols, tmp_path, fresh=1) as client:
        assert client.ontology("CL").version == "2026-03-03"


BROKEN = {
    "an error": {"status": 500},
    "too many requests": {"status": 429},
    "a web page": {"body": b"<!doctype html><html><body>maintenance</body></html>"},
    "a web page not found": {"status": 404, "body": b"<html>no such page</html>"},
    "half a JSON": {"body": b'{"response": {"numFound": 1, "docs": ['},
    "another JSON": {"body": b'{"error": "x"}'},
    "a list": {"body": b"[]"},
    "nothing": {"body": b""},
    "a hit that is none": {"body": b'{"response": {"docs": [{"label": "neuron"}]}}'},
    "hits that are none": {"body": b'{"response": {"docs": [7]}}'},
    "a deep JSON": {"body": b'{"a":' * 100_000 + b"1" + b"}" * 100_000},
    "deep docs": {"body": b'{"response": {"docs": [{"iri": ' + b"[" * 900 + b"]" * 900 + b"}]}}"},
    "no UTF-8": {"body": b'{"response": "\xff\xfe'},
    "a cut body": {"cut": 20},
    "a packed body": {"packed": "gzip"},
    "silence": {"hangs": 0.6},
    "a drip": {"drips": 0.05},
    "no answer": {"fails": 1000},
    "no such page": {"status": 404, "body": b'{"status": 404}'},
    "not allowed": {"status": 403},
}


@pytest.mark.parametrize("kind", BROKEN)
def test_no_outage_is_kept_or_taken_for_not_found(ols, tmp_path, kind):
    with again(ols, tmp_path) as client:
        place = client.ontology("CL")
    for name, value in BROKEN[kind].items():
        setattr(ols.traps, name, value)
    with again(ols, tmp_path, **(HASTY if kind in {"silence", "a drip"} else {})) as client:
        said = outage(client.named, "neuron", [place])
    assert said.startswith(f"{ols.url}: OLS was not asked with success: ")
    ols.traps = type(ols.traps)()
    with again(ols, tmp_path) as later:
        assert named(later, "neuron") == [(NEURON, "neuron", "label")]


def test_a_huge_body_is_not_read_to_its_end(ols, tmp_path):
    with again(ols, tmp_path, size=10_000) as client:
        place = client.ontology("CL")
        ols.traps.body = b'{"response": {"docs": [], "x": "' + b"x" * 50_000_000 + b'"}}'
        began = time.monotonic()
        assert "more than 10,000 bytes" in outage(client.named, "neuron", [place])
        assert time.monotonic() - began < 5


def test_a_file_that_is_no_cache_is_named(ols, tmp_path):
    (tmp_path / "ols.sqlite").write_bytes(b"not a database at all, but long enough to be one" * 100)
    with (
        again(ols, tmp_path) as client,
        pytest.raises(TermError, match=r"ols\.sqlite: cannot keep answers of OLS .* delete it"),
    ):
        client.ontology("CL")


def test_a_cache_that_breaks_on_the_way_is_an_outage(ols, client, tmp_path):
    place = client.ontology("CL")
    with sqlite3.connect(tmp_path / "ols.sqlite") as connection:
        connection.execute("DROP TABLE responses")
    connection.close()
    assert "cannot be read or written" in outage(client.named, "neuron", [place])


def test_threads_may_share_a_client(ols, client):
    found = []
    threads = [threading.Thread(target=lambda: found.append(named(client, "neuron"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[(NEURON, "neuron", "label")]] * 8
    assert len(ols.searched) == 1


# --------------------------------------------------------------------------------------------------------- when it gives up


def test_a_short_fault_is_got_over(ols, client):
    ols.traps.fails = 1
    assert named(client, "neuron") == [(NEURON, "neuron", "label")]


def test_a_server_that_fails_again_and_again_is_left_alone_and_tried_again_later(ols, tmp_path):
    with again(ols, tmp_path, rest=0.8, longest_rest=0.8) as client:
        place = client.ontology("CL")
        ols.traps.status = 502
        said = [outage(client.named, f"text {n}", [place]) for n in range(6)]
        assert len(ols.searched) == 4, "as many failures in a row as are borne"
        assert said[0].endswith("it answered 502 (Bad Gateway)")
        assert "it is left alone for another 1 s, because it answered 502" in said[-1]
        time.sleep(0.85)
        outage(client.named, "text", [place])
        assert len(ols.searched) == 5, "one request tries"
        ols.traps.status = 200
        time.sleep(0.85)
        assert named(client, "neuron") == [(NEURON, "neuron", "label")]


def test_what_is_kept_is_given_while_the_server_is_left_alone(ols, client):
    named(client, "neuron")
    place = client.ontology("CL")
    ols.traps.status = 503
    for n in range(4):
        outage(client.named, f"text {n}", [place])
    assert named(client, "neuron") == [(NEURON, "neuron", "label")]


def test_a_refusal_is_not_repeated_and_does_not_count_as_failure(ols, client):
    place = client.ontology("CL")
    ols.traps.status = 400
    for n in range(9):
        assert "answered 400 (Bad Request)" in outage(client.named, f"text {n}", [place])
    assert len(ols.searched) == 9


def test_a_server_that_is_slow_costs_a_bounded_time(ols, client, tmp_path):
    place = client.ontology("CL")
    ols.traps.hangs = 5
    began = time.monotonic()
    with again(ols, tmp_path, **HASTY) as hasty:
        said = [outage(hasty.named, f"text {n}", [place]) for n in range(40)]
    assert time.monotonic() - began < 10, "forty texts, each asked twice, would take twenty seconds"
    assert len(ols.searched) == 4
    assert "it does not answer in time" in said[0]


def test_nobody_there_is_an_outage(tmp_path, ols):
    with OlsClient("http://127.0.0.1:9/ols4", tmp_path / "ols.sqlite", QUICK) as client:
        assert "it cannot be reached" in outage(client.ontology, "CL")


def test_a_short_wish_to_be_asked_later_is_granted(ols, tmp_path):
    with again(ols, tmp_path, longest_pause=3) as client:
        place = client.ontology("CL")
        ols.traps.status, ols.traps.headers = 429, {"Retry-After": "1"}
        outage(client.named, "neuron", [place])
        assert ols.times[-1] - ols.times[-2] >= 1


def test_a_long_wish_to_be_left_alone_is_granted_too(ols, client):
    place = client.ontology("CL")
    ols.traps.status, ols.traps.headers = 503, {"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}
    outage(client.named, "neuron", [place])
    assert len(ols.searched) == 1
    assert "left alone for another 900 s, because it answered 503" in outage(client.named, "cell", [place])
    assert len(ols.searched) == 1


def test_requests_keep_their_distance(ols, tmp_path):
    began = time.monotonic()
    with again(ols, tmp_path, rate=20) as client:
        for n in range(5):
            client.named(f"text {n}", [client.ontology("CL")])
    assert len(ols.asked) == 6
    assert time.monotonic() - began >= 5 / 20


def test_a_breaker_rests_longer_each_time_and_an_answer_makes_it_whole():
    breaker = Breaker(2, 100, 300)
    breaker.failed("a")
    assert breaker.resting == ""
    rests = []
    for _ in range(4):
        breaker.failed("b")
        rests.append(breaker.resting)
    assert rests == [f"it is left alone for another {seconds} s, because b" for seconds in (100, 200, 300, 300)]
    breaker.succeeded()
    assert breaker.resting == ""
    breaker.failed("c")
    assert breaker.resting == ""


# -------------------------------------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_site_is_followed(ols, client, status):
    ols.traps.redirect, ols.traps.moved = "/moved{}", status
    assert named(client, "neuron") == [(NEURON, "neuron", "label")]


def test_a_redirect_for_good_is_kept_with_its_answer(ols, client):
    ols.traps.redirect = "/moved{}"
    named(client, "neuron")
    asked = len(ols.asked)
    named(client, "neuron")
    assert len(ols.asked) == asked


@pytest.mark.parametrize(
    "target", ["http://localhost:{port}/ols4/api/search", "https://evil.example/x", "file:///etc/passwd", "//["]
)
def test_a_redirect_to_anywhere_else_is_not_followed(ols, client, target):
    place = client.ontology("CL")
    ols.traps.redirect = target.replace("{port}", str(ols.server_address[1]))
    asked = len(ols.asked)
    said = outage(client.named, "neuron", [place])
    assert "another site" in said or "more than 3 times" in said
    assert len(ols.asked) - asked <= 4


def test_a_circle_of_redirects_comes_to_an_end(ols, client):
    place = client.ontology("CL")
    ols.traps.redirect = "{}"
    assert "more than 3 times" in outage(client.named, "neuron", [place])


# ---------------------------------------------------------------------------------------------- that the server is like OLS


def test_the_server_shows_what_the_client_guards_against(ols):
    def found(where="search", **query):
        answer = requests.get(f"{ols.url}/api/{where}", query, timeout=5).json()["response"]
        return [doc["iri"].rpartition("_")[2] for doc in answer["docs"]]

    assert len(found(q="neuron", exact="true")) > len(found(q="neuron", exact="true", queryFields="label")), "edismax"
    assert found(q="lost cell", obsoletes="true") == ["0000002"]
    assert found(q="neuron", obsoletes="true") == [], "only obsolete ones"
    assert found(q="pyramidal", childrenOf=CELL) == found(q="pyramidal", allChildrenOf=CELL) == ["0000598"]
    assert found("select", q="pyramidal", childrenOf=CELL) == []
    assert found("select", q="pyramidal", childrenOf=NEURON) == ["0000598"]
    assert len(found(q="cell", ontology="efo", local="true")) < len(found(q="cell", ontology="efo"))
    assert len(found(q="cell", groupField="whatever", rows=50)) < len(found(q="cell", rows=50))
    plain = requests.get(f"{ols.url}/api/search", {"q": "kidney"}, timeout=5).json()["response"]["docs"][0]
    assert "synonym" not in plain
    assert plain["iri"] == KIDNEY


# --------------------------------------------------------------------------------------------------------- what was recorded


@pytest.fixture(scope="module")
def recorded(shared):
    return shared / "data" / "ols4-recorded"


def test_the_cassettes_of_the_public_ols_are_read(recorded):
    bodies = {
        file.stem: yaml.safe_load(file.read_text("utf-8"))["http_interactions"][0]
        for file in sorted((recorded / "seek-vcr").glob("*.yml"))
    }
    assert len(bodies) == 3
    for name, label in (("haustorium", "haustorium"), ("plant_cell_papilla", "plant cell papilla")):
        held = bodies[f"fetch_obo_{name}"]
        term = answers.term(json.loads(held["response"]["body"]["string"]))
        assert (term.label, term.ontology, term.defining, term.obsolete) == (label, "go", True, False)
        assert answers.curie_of(term.iri, term.curie, "GO") == term.curie
        assert urlsplit(held["request"]["uri"]).path == f"/ols4/api/ontologies/go/terms/{twice(term.iri)}"
    missing = bodies["fetch_obo_bad_term"]["response"]
    assert missing["status"]["code"] == 404
    with pytest.raises(answers.Malformed):
        answers.term(json.loads(missing["body"]["string"]))


def test_every_recorded_answer_of_the_test_suite_is_read(recorded):
    counts = {"ontology": 0, "term": 0, "scoped": 0, "missing": 0}
    scopes = set()
    files = sorted((recorded / "ols4-apitester").glob("*.json"))
    for file in files:
        held = json.loads(file.read_text("utf-8"))
        for body in held if isinstance(held, list) else [held]:
            if "message" in body and "iri" not in body and "ontologyId" not in body:
                with pytest.raises(answers.Malformed):
                    answers.term(body)
                counts["missing"] += 1
            elif file.stem in {"ontologies", "v2__ontologies"}:
                assert answers.ontology(body).edition or file.stem.startswith("v2")
                counts["ontology"] += 1
            else:
                term = answers.term(body)
                assert term.label
                assert term.ontology
                told = body.get("obo_synonym") or []
                assert {entry["name"] for entry in told} <= {name for name, scope in term.synonyms if scope}
                assert {*answers.texts(body.get("synonyms"))} <= {name for name, _ in term.synonyms}
                counts["scoped"] += len(told)
                scopes |= {scope for _, scope in term.synonyms}
                counts["term"] += 1
    assert len(files) == 364
    assert counts["missing"] == 44
    assert counts["scoped"] == 554
    assert counts["term"] > 1100
    assert counts["ontology"] > 100
    assert scopes == {"exact", "related", "narrow", "broad", None}


def test_recorded_versions_are_told(recorded):
    held = json.loads((recorded / "ols4-apitester" / "ontologies.json").read_text("utf-8"))
    versions = {found.id: found.version for found in map(answers.ontology, held)}
    assert versions["efo-iri-labels"] == "3.42.0"
    assert versions["duo"] == "2021-02-23"
    assert versions["ontology-annotations-version-ncbitaxon"] == "2022-08-18"


def test_the_rows_of_a_recorded_search_give_curies(recorded):
    header, *rows = (recorded / "metaharmonizer-ncit_disease_corpus.csv").read_text("utf-8").splitlines()
    assert header.startswith("iri,")
    iris = [row.split(",")[0] for row in rows if row.startswith("http")]
    assert len(iris) > 15_000
    assert all(answers.curie_of(iri, "", "NCIT").startswith("NCIT:C") for iri in iris)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()), ("", ()), (7, ()), (True, ()), (["a", "a", ""], ("a",)), ({"value": " a "}, ("a",)), ({"lang": "en"}, ()),
        ([{"value": "Zelle", "lang": "de"}, {"value": "cell", "lang": "en"}], ("cell", "Zelle")),
        ({"value": {"value": "cell", "lang": "fr"}, "axioms": [{"x": "y"}]}, ("cell",)), ([["a"], {"value": ["b"]}], ("a", "b")),
    ],
)  # fmt: skip
def test_texts_are_found_in_whatever_form_they_come(value, expected):
    assert answers.texts(value) == expected
