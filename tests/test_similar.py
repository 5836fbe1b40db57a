"""Records like one: against the definition, computed the long way, and with reasons that hold."""

from __future__ import annotations

import http.client
import json
import math
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from serving import Serving

from kg.cli.main import main
from kg.errors import QueryError, SourceError
from kg.pipeline import Pipeline, Settings
from kg.search import Search, build
from kg.search.example import example_from, example_of, examples_in
from kg.search.foreign import examples_of
from kg.search.opened import Opened
from kg.search.similar import Similar
from kg.store import Store
from kg.terms import default_index

STUDY = "https://w3id.org/bioimage-kg/id/study/idr9001"
CONFOCAL, SPINNING = "http://purl.obolibrary.org/obo/FBbi_00000251", "http://purl.obolibrary.org/obo/FBbi_00000253"
OME = (
    '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0" Name="mine">'
    '<Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="8" SizeY="8" SizeZ="1" SizeC="1" SizeT="1">'
    '<Channel ID="Channel:0:0" AcquisitionMode="SpinningDiskConfocal" SamplesPerPixel="1"/><MetadataOnly/></Pixels>'
    "</Image></OME>"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("similar") / "store"
    assert main(["demo", "--store", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def search(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("similar") / "sidecars"
    with Store.open(store) as opened:
        build(opened.current.path / "db", folder, generation=opened.current.id, index=default_index())
    return Search(folder)


def every_example(search):
    return [replace(one, text="") for one in examples_in(search.opened)]


def expected(search, example):
    """Return the score of every record by the definition, pair by pair."""
    opened = search.opened
    view = opened.view(example.level)
    terms = opened.terms

    def values(field, record):
        coded = view.coded(field)
        return coded.codes[coded.values_of(record)].tolist()

    def closure(code):
        return {code, *terms.above(code).tolist()}

    fields = [opened.fields.fields[name] for name in example.terms if view.has(opened.fields.fields[name])]
    found = [0.0] * view.count
    said = [0.0] * view.count
    own = 0.0
    for field in fields:
        everything = [code for record in range(view.count) for code in values(field, record)]

        def tells(code, field=field, everything=everything):
            count = sum(code in closure(one) and (field.whole or one in terms.below(code, whole=False)) for one in everything)
            return math.log(view.count / min(max(count, 1), view.count)) / math.log(view.count) if view.count > 1 else 1.0

        mine = [terms.known(iri) for iri in example.terms[field.name]]
        own += sum(map(tells, mine))
        for record in range(view.count):
            theirs = values(field, record)
            said[record] += sum(map(tells, theirs))
            for code in mine:
                shared = [tells(one) for their in theirs for one in closure(code) & closure(their)]
                found[record] += max(shared, default=0.0)
    return [min(f / math.sqrt(s * own), 1.0) if s * own > 1e-12 else 0.0 for f, s in zip(found, said, strict=True)]


def test_scores_are_those_of_the_definition_for_every_record_as_the_example(search):
    compared = 0
    for example in every_example(search):
        view = search.opened.view(example.level)
        wanted = expected(search, example)
        got = {alike.iri: alike.score for alike in Similar(search.opened, example.level).to(example, view.count)}
        for iri, score in zip(view.iris(range(view.count)), wanted, strict=True):
            if iri != example.iri:
                assert got.get(iri, 0.0) == pytest.approx(score, abs=2e-4), (example.iri, iri)
                compared += score > 0
    assert compared > 20


def test_the_likest_come_first_and_never_the_example_itself(search):
    for example in examples_in(search.opened):
        found = Similar(search.opened, example.level).to(example, 5)
        assert example.iri not in [one.iri for one in found]
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        assert all(0 < one.score <= 1 and one.why for one in found)


def test_a_copy_of_a_record_is_wholly_like_it(search):
    example = replace(example_of(search.opened, STUDY), iri="", text="")
    first = Similar(search.opened, "study").to(example, 1)[0]
    assert first.iri == STUDY
    assert first.score == pytest.approx(1.0)


def test_reasons_name_both_terms_and_the_nearest_that_they_share(search):
    example = example_from(search, ["imaging_method=FBbi:00000251"], level="study")
    found = {alike.iri: alike.why for alike in Similar(search.opened, "study").to(example)}
    (reason,) = found[STUDY]
    assert reason["sentence"] == "imaging method: spinning disk confocal microscopy is a kind of confocal microscopy"
    assert (reason["mine"]["curie"], reason["theirs"]["curie"], reason["shared"]["curie"]) == (
        "FBbi:00000251",
        "FBbi:00000253",
        "FBbi:00000251",
    )


def test_a_term_that_no_record_has_is_compared_by_what_lies_above_it(search):
    example = replace(example_from(search, ["imaging_method=FBbi:00000251"], level="study"), above={"urn:new": [CONFOCAL]})
    example = replace(example, terms={"imaging_method": ["urn:new"]})
    found = [alike.iri for alike in Similar(search.opened, "study").to(example)]
    assert STUDY in found


def test_words_count_where_terms_say_nothing(search):
    found = Similar(search.opened, "study").to(example_from(search, [], "kinases in dividing cells", "study"))
    assert found[0].iri == STUDY
    assert found[0].why[0]["field"] == "text"
    assert "kinases" in found[0].why[0]["words"]


def test_an_example_that_says_nothing_or_no_terms_is_refused(search):
    with pytest.raises(QueryError, match="give conditions"):
        example_from(search, [])
    with pytest.raises(QueryError, match="alike in terms"):
        example_from(search, ["na>1.2"], level="image")
    with pytest.raises(QueryError, match="no term that is known"):
        example_from(search, ["organism=unicorn"])
    assert example_of(search.opened, "urn:nobody") is None


def test_a_file_that_is_not_in_the_store_is_an_example(search, tmp_path):
    file = tmp_path / "mine.ome.xml"
    file.write_text(OME, "utf-8")
    example = examples_of(file, Settings())[0]
    assert SPINNING in example.terms["imaging_method"]
    found = Similar(search.opened, "image").to(example, 20)
    assert found
    assert any("spinning disk confocal microscopy" in reason["sentence"] for reason in found[0].why)


def test_a_file_that_nobody_can_read_is_refused_with_a_reason(tmp_path):
    file = tmp_path / "noise.bin"
    file.write_bytes(b"\x00\x01\x02")
    with pytest.raises(SourceError, match="noise"):
        examples_of(file, Settings())


def test_a_file_is_the_example_that_it_would_be_if_it_were_harmonized(tmp_path):
    file = tmp_path / "mine.ome.xml"
    file.write_text(OME, "utf-8")
    run = Pipeline(Settings()).harmonize([file], tmp_path / "store")
    with run.generation as generation:
        build(generation.path / "db", tmp_path / "whole", generation=generation.id, index=default_index())
    assert examples_of(file, Settings()) == examples_in(Opened(tmp_path / "whole"))


def test_whatever_is_written_while_a_file_is_compared_lies_in_the_folder_that_was_named(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    file = tmp_path / "large.ome.xml"
    file.write_text(OME, "utf-8")
    seen, done = set(), threading.Event()

    def look():
        while not done.is_set():
            seen.update(path.name.rpartition("-")[0] for path in scratch.rglob("kg-*"))
            time.sleep(0.01)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        examples_of(file, Settings(), scratch)
    finally:
        done.set()
        looking.join()
    assert seen == {"kg-example", "kg-reading"}
    assert list(scratch.iterdir()) == []


@pytest.fixture(scope="module")
def temporary(tmp_path_factory):
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def serving(store, temporary):
    with Serving(store, environment={"TMPDIR": str(temporary)}) as running:
        running.searchable()
        yield running


def test_the_service_answers_for_records_examples_and_files(serving, search):
    like = requests.get(f"{serving.url}/api/similar/study/idr9001", params={"limit": 2}, timeout=60).json()
    assert like["level"] == "study"
    assert like["hits"][0]["why"]
    assert like["generation"]
    posted = requests.post(
        f"{serving.url}/api/similar", json={"where": ["organism=mouse"], "level": "study"}, timeout=60
    ).json()
    assert posted["hits"][0]["why"][0]["field"] == "organism"
    file = {"name": "../mine.ome.xml"}
    answer = requests.post(f"{serving.url}/api/similar/file", params=file, data=OME.encode(), timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.json()["like"]["terms"]["imaging_method"] == [SPINNING]
    assert answer.json()["hits"][0]["why"]


def test_the_service_says_what_is_not_there_and_what_is_wrong(serving):
    assert requests.get(f"{serving.url}/api/similar/study/nowhere", timeout=60).status_code == 404
    wrong = requests.post(f"{serving.url}/api/similar", json={"where": ["organism=unicorn"]}, timeout=60)
    assert wrong.status_code == 400
    assert "no term that is known" in wrong.json()["detail"]
    assert requests.post(f"{serving.url}/api/similar/file", params={"name": ".."}, data=b"x", timeout=60).status_code == 400
    bad = requests.post(f"{serving.url}/api/similar/file", params={"name": "x.czi"}, data=b"no image", timeout=60)
    assert bad.status_code == 422
    assert "x.czi" in bad.json()["detail"]


def left_over(temporary: Path) -> list[str]:
    return [path.name for path in temporary.rglob("*") if path.name.startswith(("example-", "kg-reading-", "kg-example-"))]


def test_a_name_may_be_longer_than_a_disk_takes_and_nothing_is_left_of_the_file(serving, temporary):
    for name in ("é" * 188 + ".ome.xml", "." * 150 + "a.ome.xml"):
        answer = requests.post(f"{serving.url}/api/similar/file", params={"name": name}, data=OME.encode(), timeout=60)
        assert answer.status_code == 200, answer.text
    refused = requests.post(f"{serving.url}/api/similar/file", params={"name": "é" * 200}, data=b"x", timeout=60)
    assert refused.status_code == 422
    assert left_over(temporary) == []


def test_a_client_has_one_file_compared_at_a_time(serving, temporary):
    parts = urlsplit(serving.url)
    head = f"POST /api/similar/file?name=a.ome.xml HTTP/1.1\r\nHost: x\r\nContent-Length: {len(OME)}\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as slow:
        slow.sendall(head.encode() + OME[:10].encode())
        until = time.monotonic() + 30
        while not left_over(temporary) and time.monotonic() < until:
            time.sleep(0.02)
        second = requests.post(f"{serving.url}/api/similar/file", params={"name": "b.ome.xml"}, data=OME.encode(), timeout=60)
        assert (second.status_code, second.json()["code"]) == (429, "too-many")
        assert int(second.headers["Retry-After"]) >= 1
        slow.sendall(OME[10:].encode())
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_file_that_takes_too_long_is_told_so_in_words_of_its_own(store):
    with Serving(store, options=("--deadline", "0.2s")) as hurried:
        hurried.searchable()
        name = {"name": "a.ome.xml"}
        answer = requests.post(f"{hurried.url}/api/similar/file", params=name, data=OME.encode(), timeout=60)
    assert answer.status_code == 504
    assert "LIMIT" not in answer.json()["detail"]
    assert "smaller" in answer.json()["detail"]


@pytest.mark.parametrize("closing", [False, True])
def test_a_file_that_is_too_large_is_refused_and_the_client_gets_to_know(serving, closing):
    parts = urlsplit(serving.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    piece = bytes(1 << 20)
    size = (8 if closing else 100) << 20  # what is said decides; what is sent must not reset the connection
    connection.putrequest("POST", "/api/similar/file?name=a.czi")
    connection.putheader("Content-Length", str(260 << 20))
    if closing:
        connection.putheader("Connection", "close")
    connection.endheaders()
    for _ in range(size >> 20):
        connection.send(piece)
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"268,435,456" in answer.read()
    connection.close()


def test_the_command_finds_records_like_a_record_and_like_a_file(store, tmp_path, capsys):
    assert main(["search", "--like", STUDY, "--store", str(store)]) == 0
    assert "spinning disk confocal microscopy is a kind of confocal microscopy" in capsys.readouterr().out
    file = tmp_path / "mine.ome.xml"
    file.write_text(OME, "utf-8")
    capsys.readouterr()
    assert main(["search", "--like", str(file), "--json", "--store", str(store)]) == 0
    assert json.loads(capsys.readouterr().out)["hits"][0]["why"]


def test_the_command_refuses_what_is_neither_record_nor_file_and_what_does_not_go_together(store, capsys):
    assert main(["search", "--like", "urn:nobody", "--store", str(store)]) == 1
    assert "no record of this store and no file" in capsys.readouterr().err
    assert main(["search", "cells", "--like", STUDY, "--store", str(store)]) == 2
