"""A watched folder: files are taken once they rest, with what they lack; the writers are real processes."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import tifffile

from kg.cli.main import COMMANDS, main, parser_of
from kg.errors import LimitError, StoreError, UsageError
from kg.intake import KINDS, Settling, open_for_writing, sign_of
from kg.jobs import Watch
from kg.jobs.watch import Gone, said_by
from kg.pipeline import Pipeline
from kg.quality.tiers import tier_fields, tiers_of
from kg.store import Batch, SourceEntry, Store

ROOT = Path(__file__).resolve().parent.parent
GROWS = """
import sys, time
with open(sys.argv[1], "wb", buffering=0) as file:
    for piece in open(sys.argv[2], "rb").read().split(b"|"):
        file.write(piece)
        print(len(piece), flush=True)
        sys.stdin.readline()
"""


class Hands:
    """A clock that is moved by hand."""

    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


def image(path: Path) -> Path:
    metadata = {"axes": "YX", "PhysicalSizeX": 0.1, "PhysicalSizeXUnit": "µm", "Channel": {"Name": "DAPI"}}
    tifffile.imwrite(path, np.zeros((4, 6), np.uint8), ome=True, metadata=metadata)
    return path


def notebook(path: Path, name: str, checksum: str = "0" * 64) -> Path:
    crate = {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "about": {"@id": "./"},
                "sdPublisher": {"@id": "#eLabFTW"},
            },
            {"@id": "#eLabFTW", "@type": "Organization", "name": "eLabFTW"},
            {"@id": "./", "@type": "Dataset", "hasPart": [{"@id": "./fins"}]},
            {"@id": "./fins", "@type": "Dataset", "name": "Fins of day 3", "hasPart": [{"@id": f"./fins/{name}"}]},
            {"@id": f"./fins/{name}", "@type": "File", "name": name, "sha256": checksum},
        ],
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export/ro-crate-metadata.json", json.dumps(crate))
    return path


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "microscope"
    folder.mkdir()
    return folder


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def watch(place, tmp_path, hands):
    with Watch(Pipeline(), place, tmp_path / "store", 5.0, hands) as watch:
        yield watch


def said(watch):
    return {arrival.outcome.key.rpartition("/")[2]: arrival for arrival in watch.round()}


def test_a_file_is_taken_once_it_has_rested_and_never_twice(watch, hands, place):
    image(place / "a.ome.tiff")
    assert said(watch) == {}
    assert watch.growing == (place / "a.ome.tiff",)
    hands.time = 4.9
    assert said(watch) == {}
    hands.time = 5.0
    found = said(watch)["a.ome.tiff"]
    assert (found.outcome.status, found.outcome.key, found.changed) == ("harmonized", "microscope/a.ome.tiff", False)
    assert said(watch) == {}
    assert watch.growing == ()


def test_what_is_missing_is_told_with_the_file(watch, hands, place):
    image(place / "a.ome.tiff")
    said(watch)
    hands.time = 9
    found = said(watch)["a.ome.tiff"]
    given, there = found.tiers.count(1)
    assert 0 < given < there
    assert "Objective/LensNA" in {field.field for field in found.tiers.missing(1)}
    assert found.links == ()


def test_a_record_of_a_notebook_is_found_by_name_and_by_checksum_also_when_it_comes_later(watch, hands, place):
    image(place / "a.ome.tiff")
    said(watch)
    hands.time = 9
    assert said(watch)["a.ome.tiff"].links == ()
    notebook(place / "fins.eln", "a.ome.tiff")
    said(watch)
    hands.time = 18
    found = said(watch)
    assert found["fins.eln"].is_notebook
    assert [(link.name, link.by) for link in found["a.ome.tiff"].links] == [("Fins of day 3", "name")]
    digest = hashlib.sha256((place / "a.ome.tiff").read_bytes()).hexdigest()
    notebook(place / "fins.eln", "old name.tiff", digest)
    said(watch)
    hands.time = 27
    assert said(watch)["fins.eln"].outcome.status == "harmonized"
    shutil.copy2(place / "a.ome.tiff", place / "b.ome.tiff")
    said(watch)
    hands.time = 36
    assert [(link.name, link.by) for link in said(watch)["b.ome.tiff"].links] == [("Fins of day 3", "checksum")]


def test_a_file_that_cannot_be_read_is_tried_again_when_it_changes_and_only_then(watch, hands, place):
    whole = image(place.parent / "whole.ome.tiff").read_bytes()
    (place / "a.ome.tiff").write_bytes(whole[:60])
    said(watch)
    hands.time = 9
    assert said(watch)["a.ome.tiff"].outcome.status in {"unreadable", "unsupported", "unmapped"}
    hands.time = 99
    assert said(watch) == {}
    (place / "a.ome.tiff").write_bytes(whole)
    assert said(watch) == {}
    hands.time = 108
    assert said(watch)["a.ome.tiff"].outcome.status == "harmonized"


@pytest.fixture
def writer(place, tmp_path):
    """A process that writes a file piece by piece, the next one each time it is told to."""
    pieces = tmp_path / "pieces"
    pieces.write_bytes(b"name,organism\n|one,Danio rerio\n|two,Mus musculus\n")
    running = subprocess.Popen(
        [sys.executable, "-c", GROWS, str(place / "table.csv"), str(pieces)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with running:
        running.stdout.readline()
        yield running
        running.kill()


@pytest.mark.skipif(not Path("/proc/self/fdinfo").exists(), reason="only Linux shows which files are open for writing")
def test_a_file_that_a_process_writes_is_left_alone_however_long_it_pauses(watch, hands, place, writer):
    said(watch)
    for moment in (100, 200):
        hands.time = moment
        assert said(watch) == {}
        assert watch.growing == (place / "table.csv",)
        writer.stdin.write(b"\n")
        writer.stdin.flush()
        writer.stdout.readline()
    writer.stdin.close()
    writer.wait()
    said(watch)
    hands.time = 300
    assert said(watch)["table.csv"].path == place / "table.csv"


@pytest.mark.skipif(not Path("/proc/self/fdinfo").exists(), reason="only Linux shows which files are open for writing")
def test_what_a_killed_writer_leaves_is_taken_as_it_is_and_again_when_it_is_whole(watch, hands, place, writer):
    path = place / "table.csv"
    assert open_for_writing([sign_of(path)]) == {sign_of(path)}
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert open_for_writing([sign_of(path)]) == set()
    said(watch)
    hands.time = 9
    assert list(said(watch)) == ["table.csv"]
    path.write_text("name,organism\none,Danio rerio\n")
    said(watch)
    hands.time = 18
    assert list(said(watch)) == ["table.csv"]


def test_a_file_that_is_renamed_into_its_place_is_taken_under_that_name_only(watch, hands, place):
    part = image(place.parent / "a.ome.tiff").rename(place / "a.ome.tiff.part")
    said(watch)
    hands.time = 50
    assert said(watch) == {}
    part.rename(place / "a.ome.tiff")
    assert said(watch) == {}
    hands.time = 60
    assert list(said(watch)) == ["a.ome.tiff"]


def test_a_watch_that_is_started_anew_knows_what_is_in_the_store(watch, hands, place, tmp_path):
    image(place / "a.ome.tiff")
    said(watch)
    hands.time = 9
    assert len(said(watch)) == 1
    before = Store.open(tmp_path / "store").current.id
    with Watch(Pipeline(), place, tmp_path / "store", 5.0, hands) as again:
        said(again)
        hands.time = 18
        assert said(again) == {}
    assert Store.open(tmp_path / "store").current.id == before


def test_the_keys_are_those_of_a_run_over_the_folder(watch, hands, place, tmp_path, capsys):
    (place / "day 1").mkdir()
    image(place / "day 1/a.ome.tiff")
    shutil.copy(place / "day 1/a.ome.tiff", place / "a.ome.tiff")
    said(watch)
    hands.time = 9
    list(watch.round())
    assert main(["harmonize", str(place), "--store", str(tmp_path / "other")]) == 0
    keys = [{(e.key, e.iri) for e in Store.open(tmp_path / name).sources()} for name in ("store", "other")]
    assert keys[0] == keys[1] != set()


def test_a_file_that_is_renamed_ends_as_one_source_and_one_that_is_removed_stays_and_is_told(watch, hands, place, tmp_path):
    image(place / "a.ome.tiff")
    said(watch)
    hands.time = 9
    said(watch)
    (place / "a.ome.tiff").rename(place / "b.ome.tiff")
    said(watch)
    assert watch.gone == ()
    hands.time = 18
    said(watch)
    assert watch.gone == (Gone("microscope/a.ome.tiff", place / "a.ome.tiff", "microscope/b.ome.tiff"),)
    assert [entry.key for entry in Store.open(tmp_path / "store").sources()] == ["microscope/b.ome.tiff"]
    (place / "b.ome.tiff").rename(tmp_path / "archived.ome.tiff")
    said(watch)
    assert watch.gone == (Gone("microscope/b.ome.tiff", place / "b.ome.tiff"),)
    said(watch)
    assert watch.gone == ()
    assert [entry.key for entry in Store.open(tmp_path / "store").sources()] == ["microscope/b.ome.tiff"]


def test_what_is_gone_is_a_line(place, tmp_path, capsys):
    image(place / "a.ome.tiff")
    words = ["watch", str(place), "--store", str(tmp_path / "store"), "--once", "--settle", "0"]
    assert main(words) == 0
    (place / "a.ome.tiff").unlink()
    capsys.readouterr()
    assert main(words) == 0
    assert capsys.readouterr().out == "gone: microscope/a.ome.tiff; its statements stay in the store\n"


def test_a_record_that_a_source_shares_with_others_counts_for_its_tiers(place, tmp_path):
    schema = Pipeline().schema
    field = next(field for field in tier_fields(schema) if field.tier == 1)
    source, record = "https://example.org/source", "<https://example.org/shared>"
    rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    own, claims = tmp_path / "own.nq", tmp_path / "claims.nq"
    own.write_text(f'<{source}#a> <https://example.org/p> "1" <{source}> .\n')
    claims.write_text(
        f"{record} {rdf_type} <{schema.classes[field.class_].iri}> <{source}> .\n"
        f'{record} <{schema.slot(field.class_, field.slot).iri}> "1" <{source}> .\n'
    )
    entry = SourceEntry(source, "microscope/a", str(place / "a"), "0", "some 1", rows=1)
    with Store.open(tmp_path / "store", create=True) as store:
        generation = store.publish(Batch(sources=(entry,), own=(own,), claims=(claims,)))
        said = list(said_by(generation, source))
    assert len(said) == 3
    assert field in tiers_of(said, schema).given


def test_a_store_that_another_job_writes_is_tried_again_in_the_next_round(watch, hands, place, tmp_path):
    image(place / "a.ome.tiff")
    said(watch)
    hands.time = 9
    with Store.open(tmp_path / "store", create=True) as store, store.writing(), pytest.raises(StoreError):
        said(watch)
    assert list(said(watch)) == ["a.ome.tiff"]


def test_a_folder_beyond_all_bounds_and_a_store_inside_are_refused(place, tmp_path, hands):
    for name in "abc":
        (place / name).touch()
    with pytest.raises(LimitError, match="more than 2 files"):
        Settling(place, 1, hands, most=2).look()
    with pytest.raises(UsageError, match="lies in the folder"):
        Watch(Pipeline(), place, place / "store", 1, hands)
    with pytest.raises(UsageError, match="is no folder"):
        Watch(Pipeline(), place / "a", tmp_path / "store", 1, hands)


def test_links_that_lead_in_a_circle_end(place, hands):
    (place / "deep").mkdir()
    (place / "deep/up").symlink_to(place)
    (place / "a.csv").touch()
    settling = Settling(place, 0, hands)
    settling.look()
    assert list(settling.files()) == [place / "a.csv"]


def test_once_takes_what_is_there_and_says_it_in_lines_or_json(place, tmp_path, capsys):
    image(place / "a.ome.tiff")
    (place / "b.csv").write_text("a,b\n1,2\n")
    words = ["watch", str(place), "--store", str(tmp_path / "store"), "--once", "--settle", "0.1"]
    assert main(words) == 0
    out = capsys.readouterr()
    assert "microscope/a.ome.tiff: ome, " in out.out
    assert "missing " in out.out
    assert "notebook: no record names it" in out.out
    assert "kg watch: 1 harmonized, 0 not" in out.err
    (place / "a.ome.tiff").touch()
    image(place / "c.ome.tiff")
    assert main([*words, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [found] = [line for line in lines if line["status"] == "harmonized"]
    assert (found["key"], found["links"], found["notebook"]) == ("microscope/c.ome.tiff", [], False)
    assert 0 < found["tier1"]["given"] < found["tier1"]["of"]
    assert "Objective/LensNA" in found["tier1"]["missing"]


def test_it_ends_cleanly_when_it_is_interrupted_and_the_store_is_whole(place, tmp_path):
    image(place / "a.ome.tiff")
    words = ["watch", str(place), "--store", str(tmp_path / "store"), "--settle", "0.05"]
    with subprocess.Popen(
        [sys.executable, "-m", "kg.cli.main", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        line = process.stdout.readline()
        assert "a.ome.tiff: ome" in line, process.stderr.read()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.splitlines() == ["kg watch: 1 harmonized, 0 not", "kg watch: interrupted"]
    assert Store.open(tmp_path / "store").verify() == []


def test_the_commands_of_the_document_are_ones_that_kg_takes(capsys):
    text = (ROOT / "docs/intake.md").read_text("utf-8")
    lines = [line for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE) for line in block.splitlines()]
    assert len(lines) >= 9
    for line in lines:
        _, name, *words = shlex.split(line)
        parser_of(name, importlib.import_module(COMMANDS[name][0])).parse_args(words)
    kinds = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert sorted(kinds) == sorted(KINDS)
