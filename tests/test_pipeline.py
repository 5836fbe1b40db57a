"""From sources to a store: what cannot be read, what comes again, what goes, and what is said about people."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from conftest import ROOT, Demo, harmonized

from kg.curie import GRAPH_SHARED
from kg.errors import StoreError
from kg.pipeline import Pipeline, Settings
from kg.store import Store, canonical_lines

OME = '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0" Name="{name}"/></OME>'


def lines_of(store: Path) -> list[str]:
    with Store.open(store) as opened:
        return canonical_lines(opened.current.database)


def status(done: Demo) -> dict[str, str]:
    return {source["key"]: source["status"] for source in done.summary["sources"]}


def reason(done: Demo, key: str) -> str:
    return next(source["reason"] for source in done.summary["sources"] if source["key"] == key)


@pytest.fixture
def dump():
    """Everything a store can show: statements, ledger, and the bytes of its text files."""

    def read(store: Path) -> str:
        text = "\n".join(lines_of(store))
        with Store.open(store) as opened:
            text += "\n".join(map(str, opened.sources()))
            text += "\n".join(line for line, _ in opened.current.ledger.shared_statements())
        return text + "".join(path.read_text("utf-8") for path in store.glob("generations/*/*.json"))

    return read


# ---------------------------------------------------------------------------------------------------------------- bad input


@pytest.fixture(scope="module")
def bad(tmp_path_factory, examples) -> Path:
    folder = tmp_path_factory.mktemp("bad") / "bad"
    folder.mkdir()
    (folder / "cut.eln").write_bytes((examples / "notebook/mitosis.eln").read_bytes()[:700])
    (folder / "nothing.csv").write_bytes(b"")
    (folder / "photo.csv").write_bytes(random.Random(1).randbytes(4000))  # noqa: S311 - noise, the same each time
    (folder / "broken.ome.xml").write_text(OME.format(name="x")[:-20])
    (folder / "ro-crate-metadata.json").write_text('{"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": [')
    (folder / "paper.pdf").write_bytes(b"%PDF-1.7\n")
    (folder / "away.csv").symlink_to(folder / "unmounted" / "away.csv")
    return folder


BAD = {
    "cut.eln": ("unreadable", "is not a whole zip archive (its directory at the end is missing; is the file complete?)"),
    "nothing.csv": ("unsupported", "is empty (0 bytes)"),
    "photo.csv": ("unsupported", "looks like binary data of an unknown kind, for which there is no reader"),
    "broken.ome.xml": ("unreadable", "line 1, column 64: not valid XML: the document ends in the middle of a tag"),
    "ro-crate-metadata.json": ("unreadable", "is not JSON at line 1, column 66: "),
    "paper.pdf": ("unsupported", "looks like a PDF document, for which there is no reader"),
}


def test_bad_sources_that_were_named_are_told_one_by_one_and_the_others_still_load(bad, examples, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    named = [*(bad / name for name in BAD), tmp_path / "missing.csv", tmp_path / "pipe"]
    done = harmonized(tmp_path, *named, examples / "idr9001")
    assert done.ran.code == 1
    told = dict(line.removeprefix("kg harmonize: ").split(": ", 1) for line in done.ran.err.splitlines())
    assert len(told) == len(named) == len(done.ran.err.splitlines()), "one line each"
    for name, (outcome, sentence) in BAD.items():
        assert told[name].startswith(sentence), name
        assert status(done)[name] == outcome
    assert told[str(tmp_path / "missing.csv")] == "does not exist, expected a file or a folder"
    assert told[str(tmp_path / "pipe")] == "is a device or a pipe, expected a file or a folder"
    loaded = [source for source in done.summary["sources"] if source["status"] == "harmonized"]
    assert len(loaded) == 3
    with Store.open(done.store) as store:
        assert {entry.key for entry in store.sources()} == {source["key"] for source in loaded}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_source_says_what_was_expected_instead(bad, tmp_path, name):
    done = harmonized(tmp_path, bad / name)
    assert done.ran.code == 1
    [problem] = done.summary["problems"]
    assert (problem["source"], problem["severity"], problem["count"]) == (name, "error", 1)
    assert problem["found"].startswith(BAD[name][1])
    assert problem["expected"]
    assert done.summary["generation"] is None
    assert "Nothing was loaded." in done.html


def test_bad_sources_inside_a_folder_are_listed_with_the_reason_and_change_nothing(bad, tmp_path):
    (tmp_path / "in").mkdir()
    shutil.copytree(bad, tmp_path / "in/bad", symlinks=True)
    (tmp_path / "in/good.ome.xml").write_text(OME.format(name="good"))
    done = harmonized(tmp_path, tmp_path / "in")
    assert (done.ran.code, done.ran.err) == (0, "")
    assert status(done)["in/good.ome.xml"] == "harmonized"
    for name, (outcome, sentence) in BAD.items():
        assert status(done)[f"in/bad/{name}"] == outcome
        assert reason(done, f"in/bad/{name}").startswith(sentence)
    assert "No such file" in reason(done, "in/bad/away.csv")


def test_nothing_that_was_found_vanishes(bad, examples, tmp_path):
    folder = tmp_path / "in"
    shutil.copytree(bad, folder / "bad", symlinks=True)
    shutil.copytree(examples, folder / "examples")
    (folder / "notes.txt").write_text("Plates are in the cold room.\n")
    (folder / "Müller β.csv").write_text("a,b\n1,2\n")
    done = harmonized(tmp_path, folder)
    there = sorted(
        f"in/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file() or path.is_symlink()
    )
    assert sorted(status(done)) == there
    assert all(source["reason"] for source in done.summary["sources"] if source["status"] != "harmonized")
    for key in there:
        assert key in done.html.replace("&amp;", "&")


def test_a_file_name_that_is_no_utf_8_is_told_and_does_no_harm(tmp_path):
    name = os.fsdecode(b"plate_\xff.csv")
    (tmp_path / name).write_text("Plate,Well,Gene Symbol\nP,A1,PLK1\n")
    words = [
        "harmonize",
        tmp_path / name,
        os.fsdecode(b"lost_\xfe.csv"),
        "--store",
        tmp_path / "store",
        "--report",
        tmp_path / "r.html",
        "--json",
    ]
    done = subprocess.run([sys.executable, "-m", "kg.cli.main", *words], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [source["key"] for source in json.loads(done.stdout)["sources"]] == ["lost_\\xfe.csv", "plate_\\xff.csv"]


def test_a_table_that_no_mapping_takes_is_listed_with_its_columns(tmp_path):
    (tmp_path / "shopping.csv").write_text("milk,bread\n1,2\n")
    done = harmonized(tmp_path, tmp_path / "shopping.csv")
    assert done.ran.code == 1
    assert reason(done, "shopping.csv") == "no mapping takes what reader delimited found in it (rows: milk, bread)"


def test_a_mapping_can_be_named_for_a_source_that_is_not_recognised(tmp_path):
    (tmp_path / "shopping.csv").write_text("milk,bread\n1,2\n")
    done = harmonized(tmp_path, tmp_path / "shopping.csv", "--mapping", "idr-annotation")
    assert status(done) == {"shopping.csv": "harmonized"}
    assert done.summary["cells"]["custom"] == 2
    assert '"1"' in "\n".join(lines_of(done.store))


# ------------------------------------------------------------------------------------------------- again, changed, withdrawn


@pytest.fixture
def some(examples, tmp_path) -> Path:
    """A copy of two of the examples' folders, to be changed."""
    for name in ("idr9002", "repository"):
        shutil.copytree(examples / name, tmp_path / "some" / name)
    return tmp_path / "some"


def test_harmonizing_twice_gives_the_same_graph(demo, examples, tmp_path):
    shutil.copytree(demo.store, tmp_path / "store")
    again = harmonized(tmp_path, examples)
    assert again.summary["generation"] != demo.summary["generation"]
    assert lines_of(again.store) == lines_of(demo.store)
    for part in ("statements", "cells", "terms", "records"):
        assert again.summary[part] == demo.summary[part]


def test_the_order_of_sources_does_not_change_the_graph(some, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, order in ((one, ("idr9002", "repository")), (other, ("repository", "idr9002"))):
        folder.mkdir()
        for name in order:
            harmonized(folder, some / name)
    assert lines_of(one / "store") == lines_of(other / "store")


def test_a_changed_source_replaces_exactly_its_own_statements(some, tmp_path):
    before = lines_of(harmonized(tmp_path, some).store)
    study = some / "idr9002/idr9002-study.txt"
    study.write_text(study.read_text().replace("Vessels of the whole mouse brain", "Capillaries of the whole mouse brain"))
    after = lines_of(harmonized(tmp_path, study).store)
    gone, new = set(before) - set(after), set(after) - set(before)
    assert len(before) == len(after)
    assert all("Vessels" in line or "sha256" in line or "idr9002-study.txt" in line for line in gone), gone
    assert any("Capillaries" in line for line in new)
    assert not any("Vessels" in line for line in after)
    with Store.open(tmp_path / "store") as store:
        assert len(store.sources()) == sum(path.is_file() for path in some.rglob("*"))
        assert store.verify() == []


def test_a_source_keeps_its_iri_whatever_path_leads_to_it(tmp_path):
    folder = tmp_path / "a/scans/today"
    folder.mkdir(parents=True)
    file = folder / "scan.ome.xml"
    file.write_text(OME.format(name="cell"))
    (tmp_path / "link").symlink_to(tmp_path / "a")
    first = harmonized(tmp_path, folder.parent)
    before = [line.replace("scans/today/", "") for line in lines_of(first.store)]
    for path in (tmp_path / "a", folder, file, tmp_path / "link/scans", tmp_path / "a/../a/scans"):
        again = harmonized(tmp_path, path)
        assert again.summary["sources"][0]["iri"] == first.summary["sources"][0]["iri"], path
        with Store.open(first.store) as store:
            assert len(store.sources()) == 1
    # The last path names it as the first did.
    assert [line.replace("scans/today/", "") for line in lines_of(first.store)] == before


def test_two_files_of_one_name_in_different_folders_are_two_sources(tmp_path):
    for folder in ("monday", "tuesday"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "scan.ome.xml").write_text(OME.format(name=folder))
    first = harmonized(tmp_path, tmp_path / "monday/scan.ome.xml").summary["sources"][0]["iri"]
    second = harmonized(tmp_path, tmp_path / "tuesday/scan.ome.xml").summary["sources"][0]["iri"]
    assert first != second
    assert harmonized(tmp_path, tmp_path / "monday/scan.ome.xml").summary["sources"][0]["iri"] == first
    assert harmonized(tmp_path, tmp_path / "tuesday/scan.ome.xml").summary["sources"][0]["iri"] == second
    text = "\n".join(lines_of(tmp_path / "store"))
    assert '"monday"' in text
    assert '"tuesday"' in text


def test_a_source_that_became_unreadable_stays_as_it_was(tmp_path):
    file = tmp_path / "scan.ome.xml"
    file.write_text(OME.format(name="first"))
    before = lines_of(harmonized(tmp_path, file).store)
    file.write_text(OME.format(name="second")[:-9])
    done = harmonized(tmp_path, file)
    assert done.ran.code == 1
    assert lines_of(done.store) == before


def test_withdrawing_a_source_leaves_nothing_of_it(some, tmp_path):
    done = harmonized(tmp_path, some)
    with Store.open(done.store) as store:
        [crate] = [entry for entry in store.sources() if "S-DEMO2" in entry.key]
        assert store.current.count() > store.withdraw([crate.iri]).count()
        assert store.verify() == []
    text = "\n".join(lines_of(done.store))
    for said in (
        crate.iri,
        "S-DEMO2",
        "Growth of single bacteria",
        "Escherichia coli",
        "NCBITaxon_562",
        "phase contrast",
        "Bo Martins",
    ):
        assert said not in text, said
    assert "Spindles of arrested cells" in text
    (some / "repository/S-DEMO2-ro-crate-metadata.json").unlink()
    (tmp_path / "without").mkdir()
    assert lines_of(harmonized(tmp_path / "without", some).store) == lines_of(done.store)


def test_withdrawing_every_source_leaves_an_empty_graph(examples, tmp_path):
    done = harmonized(tmp_path, examples / "idr9002")
    with Store.open(done.store) as store:
        assert store.withdraw([entry.iri for entry in store.sources()]).count() == 0


def test_a_count_of_everything_is_the_number_of_distinct_triples(demo):
    with Store.open(demo.store) as store:
        [(count,)] = store.current.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        quads = list(store.current.database)
        assert int(count.value) == len(quads) == len({quad.triple for quad in quads})
        assert store.verify() == []


def test_what_two_sources_say_of_one_paper_stands_once(demo):
    with Store.open(demo.store) as store:
        [(count,)] = store.current.query(
            "SELECT (COUNT(*) AS ?n) { <https://doi.org/10.5555/kg.demo.2021> a <http://schema.org/ScholarlyArticle> }"
        )
        assert int(count.value) == 1
        assert GRAPH_SHARED in store.current.graphs()


def test_no_statement_tells_where_on_this_machine_a_source_lies(demo, tmp_path, examples):
    text = "\n".join(lines_of(demo.store))
    assert str(examples.parent) not in text
    assert str(demo.store.parent) not in text


# -------------------------------------------------------------------------------------------------------- folders and locks


def test_a_folder_with_other_things_in_it_is_no_store_and_stays_as_it_is(examples, tmp_path, process):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/cat.jpg").write_bytes(b"\xff\xd8\xff")
    ran = process("harmonize", examples / "idr9002", "--store", tmp_path / "photos")
    assert (ran.code, ran.out) == (1, "")
    assert "this folder holds other files and is not a store; nothing was written to it" in ran.err
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["cat.jpg"]


def test_a_second_writer_is_refused_at_once(examples, tmp_path, process):
    done = harmonized(tmp_path, examples / "idr9002")
    with Store.open(done.store) as store, store.writing():
        ran = process("harmonize", examples / "idr9002", "--store", done.store)
        assert (ran.code, ran.out) == (1, "")
        assert "another job is writing to this store; try again when it is done" in ran.err
        with pytest.raises(StoreError, match="another"):
            Pipeline(Settings()).harmonize([examples / "idr9002"], done.store)


def test_nothing_temporary_stays_behind(demo):
    [generation] = demo.store.glob("generations/*")
    assert sorted(path.name for path in generation.iterdir()) == ["db", "generation.json", "hold", "ledger.sqlite"]


# ------------------------------------------------------------------------------------------------------------------- people

PEOPLE = re.compile(r"lindqvist|\banna\b|okafor|ngozi|martins|0000-0002-1825-0097|anna@|0a1b2c", re.IGNORECASE)


def test_people_are_in_the_graph_unless_they_are_left_out(demo):
    text = "\n".join(lines_of(demo.store))
    assert {name.lower() for name in PEOPLE.findall(text)} >= {"lindqvist", "anna", "okafor", "martins", "0000-0002-1825-0097"}


def test_without_persons_nothing_about_people_is_in_store_report_or_output(examples, tmp_path, dump):
    done = harmonized(tmp_path, examples, "--no-persons")
    assert done.ran.code == 0
    assert len({source["mapping"] for source in done.summary["sources"]}) == 5, "every kind of source"
    everything = "\n".join(
        [dump(done.store), json.dumps(done.summary, ensure_ascii=False), done.html, done.ran.out, done.ran.err]
    )
    assert sorted(set(PEOPLE.findall(everything))) == []
    cells = done.summary["cells"]
    assert cells["withheld"] > 0
    assert cells["filled"] == sum(cells[key] for key in ("mapped", "custom", "missing", "withheld"))
    assert "about people left out" in done.html


NOBODY = "Quetzalcoatl"


def test_without_persons_even_damaged_and_unexpected_words_about_people_stay_out(examples, tmp_path, dump):
    folder = tmp_path / "in"
    shutil.copytree(examples, folder)
    study = folder / "idr9001/idr9001-study.txt"
    study.write_text(
        study.read_text()
        .replace("anna@example.org", f"{NOBODY} at home")
        .replace("0000-0002-1825-0097", f"{NOBODY}-ORCID")
        .replace("Study Person Roles", f"Study Person Phone\t{NOBODY}\nStudy Person Roles")
    )
    crate = folder / "repository/S-DEMO2-ro-crate-metadata.json"
    crate.write_text(
        crate.read_text().replace('"name": "Bo Martins"', f'"name": "{NOBODY}", "telephone": "{NOBODY}", "email": "{NOBODY}"')
    )
    image = folder / "microscope/HeLa_H2B_001.ome.xml"
    image.write_text(
        image.read_text().replace('LastName="Lindqvist"', f'LastName="{NOBODY}" UserName="{NOBODY}" Email="{NOBODY}"')
    )
    notebook = folder / "notebook/mitosis.eln"
    with zipfile.ZipFile(notebook) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(
                name, data.replace(b'"givenName": "Anna"', f'"givenName": "{NOBODY}", "telephone": "{NOBODY}"'.encode())
            )
    notebook.write_bytes(out.getvalue())
    assert all(NOBODY in path.read_text() for path in (study, crate, image))
    done = harmonized(tmp_path, folder, "--no-persons")
    assert set(status(done).values()) == {"harmonized"}
    parts = {"store": dump(done.store), "report": json.dumps(done.summary) + done.html, "output": done.ran.out + done.ran.err}
    assert {name: re.findall(rf".{{0,150}}{NOBODY}.{{0,60}}", text)[:5] for name, text in parts.items() if NOBODY in text} == {}
    cells = done.summary["cells"]
    assert cells["filled"] == sum(cells[key] for key in ("mapped", "custom", "missing", "withheld"))
