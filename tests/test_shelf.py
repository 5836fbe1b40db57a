"""The shelf of mappings: each is read when it is needed, by name or by path, and a wrong one is told by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT
from test_pipeline import harmonized, status

from kg.cli.main import main
from kg.errors import MappingError
from kg.mapping import Mapping, Shelf, load_mapping, load_mappings
from kg.pipeline import Pipeline, Settings

OWN = """
mapping: plates
title: Plates of a lab
namespace: lab
recognise: {reader: delimited, tables: {rows: {all: [Well]}}}
records:
  - {name: well, class: Well, id: "well/{Well}", slots: {well_name: Well}}
"""


@pytest.fixture
def table(tmp_path) -> Path:
    (tmp_path / "plate.csv").write_text("Well,Mood\nA1,fine\n")
    return tmp_path / "plate.csv"


@pytest.fixture
def own(tmp_path) -> Path:
    (tmp_path / "mine.yaml").write_text(OWN)
    return tmp_path / "mine.yaml"


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "mappings").glob("*.yaml"))])
def test_what_stands_before_the_records_tells_which_sources_a_mapping_takes(name):
    whole = load_mapping(ROOT / "mappings" / f"{name}.yaml")
    shelf = Shelf.packaged()
    for rule in whole.recognise:
        [head] = [head for head in shelf.heads(rule.reader) if head.mapping == name]
        assert head.recognise == whole.recognise
        assert not isinstance(head, Mapping), "the records are not read"


def test_every_packaged_mapping_is_named_after_its_file():
    assert sorted(mapping.mapping for mapping in load_mappings()) == list(Shelf.packaged().names)


def test_a_mapping_that_is_wrong_does_not_stand_in_the_way_of_others(tmp_path):
    (tmp_path / "good.yaml").write_text(OWN.replace("plates", "good"))
    (tmp_path / "wrong.yaml").write_text("mapping: wrong\nrecognise: {reader: other}\nrecords: 5\n")
    (tmp_path / "no-yaml.yaml").write_text("{")
    shelf = Shelf.packaged(tmp_path)
    assert [head.mapping for head in shelf.heads("delimited")] == ["good"]
    assert shelf.whole("good").title == "Plates of a lab"
    with pytest.raises(MappingError, match=r"wrong\.yaml: title: Field required"):
        shelf.whole("wrong")
    with pytest.raises(MappingError, match=r"no-yaml\.yaml: is not YAML"):
        shelf.whole("no-yaml")


def test_a_head_that_is_wrong_is_told_where_it_may_take_the_source(tmp_path):
    (tmp_path / "wrong.yaml").write_text("mapping: wrong\nrecognise: {reader: delimited, wolves: 3}\nrecords: []\n")
    with pytest.raises(MappingError, match=r"wrong\.yaml"):
        Shelf.packaged(tmp_path).heads("delimited")


def test_a_file_that_is_named_otherwise_than_its_mapping_is_refused(tmp_path):
    (tmp_path / "other.yaml").write_text(OWN)
    with pytest.raises(MappingError, match=r"other\.yaml: is named 'plates' inside; the file should be plates\.yaml"):
        load_mappings(tmp_path)


def test_a_mapping_that_is_absent_is_told_with_those_that_are_there():
    with pytest.raises(MappingError, match=r"no mapping has this name; there are .*ome"):
        Pipeline(Settings(mapping="omen"))


def test_a_mapping_of_ones_own_is_taken_by_its_path(table, own, capsys):
    assert main(["inspect", str(table), "--mapping", str(own), "--json"]) == 0
    [seen] = json.loads(capsys.readouterr().out)
    assert seen["mapping"] == "plates"
    assert {column["column"]: (column["mapped"], column["custom"]) for column in seen["columns"]} == {
        "Well": (1, 0),
        "Mood": (0, 1),
    }
    assert seen["problems"] == []


def test_a_mapping_of_ones_own_harmonizes(table, own, tmp_path):
    done = harmonized(tmp_path, table, "--mapping", own)
    assert (done.ran.code, status(done)) == (0, {"plate.csv": "harmonized"})
    assert done.summary["sources"][0]["mapping"] == "plates"


def test_a_mapping_that_is_not_where_it_should_be_is_told_by_its_path(table, tmp_path, capsys):
    assert main(["inspect", str(table), "--mapping", str(tmp_path / "absent.yaml")]) == 1
    assert "absent.yaml: cannot be read (No such file or directory)" in capsys.readouterr().err


def test_a_mapping_that_is_wrong_is_told_with_its_key(table, tmp_path, capsys):
    (tmp_path / "mine.yaml").write_text(OWN.replace("well_name", "wellname"))
    assert main(["inspect", str(table), "--mapping", str(tmp_path / "mine.yaml")]) == 1
    assert "Well.wellname" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "reason"),
    [(OWN.replace("Well,", "Mood,").replace("class: Mood,", "class: Well,").replace("{Well}", "{Pit}").replace(": Well}}", ": Pit}}"), "none of the columns that mapping plates names is in it; there are Well, Mood"),
     (OWN.replace("class: Well,", "class: Well, table: wells,"), "mapping plates reads other tables (wells); there is rows")],
)  # fmt: skip
def test_a_mapping_that_says_nothing_about_a_source_is_told_so(table, tmp_path, text, reason):
    (tmp_path / "mine.yaml").write_text(text)
    [seen] = Pipeline(Settings(mapping=str(tmp_path / "mine.yaml"))).inspect(table)
    [problem] = seen.problems
    assert (problem.code, problem.found) == ("misfit", reason)
    assert sum(column.custom for column in seen.columns) == 2, "nothing is lost"


def test_mappings_of_other_readers_are_not_even_parsed():
    shelf = Shelf.packaged()
    assert shelf.heads("no_such_reader") == []
    assert shelf._heads == {}
