"""docs/imaging-methods.md: every imaging method of the shared submissions, once, with what became of it and why."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

from kg.errors import SourceError

ROOT = Path(__file__).resolve().parent.parent
CELL = re.compile(r"(?<!\\)\|")


@pytest.fixture(scope="module")
def script() -> dict:
    return runpy.run_path(str(ROOT / "scripts" / "make_methods.py"))


@pytest.fixture(scope="module")
def pagetab(shared) -> Path:
    return shared / "data" / "inputs" / "bia" / "pagetab"


@pytest.fixture(scope="module")
def decisions(script, pagetab) -> dict:
    return script["decided"](script["collected"](pagetab)[0])[0]


def rows(text: str) -> list[list[str]]:
    """Cells of the table of a page, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in CELL.split(line)[1:-1]] for line in lines[2:]]


def written(folder: Path, **studies: object) -> Path:
    for name, content in studies.items():
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    return folder


def submission(*methods: str, **more: object) -> dict:
    attributes = [{"name": "Imaging method", "value": method} for method in methods]
    return {"section": {"type": "Study", "subsections": [{"type": "Image acquisition", "attributes": attributes}, more]}}


def test_the_page_is_what_the_script_writes(script, pagetab):
    assert (ROOT / "docs/imaging-methods.md").read_text("utf-8") == script["page"](pagetab)


def test_every_text_that_is_called_an_imaging_method_stands_on_the_page_once(script, pagetab):
    # Found without the walk of the script: by the lines of the files.
    named = re.compile(r'"name"\s*:\s*"Imaging [Mm]ethod"\s*,\s*"value"\s*:\s*"((?:[^"\\]|\\.)*)"')
    termed = re.compile(r'"name"\s*:\s*"Ontology Value"\s*,\s*"value"\s*:\s*"((?:[^"\\]|\\.)*)"')
    texts = set()
    for file in pagetab.glob("*.json"):
        text = file.read_text("utf-8")
        sections = re.findall(r'"type"\s*:\s*"Imaging Method".*?\]', text, re.DOTALL)
        texts |= set(named.findall(text)) | {value for section in sections for value in termed.findall(section)}
    assert len(texts) >= 15
    shown = [row[0] for row in rows((ROOT / "docs/imaging-methods.md").read_text("utf-8"))]
    assert sorted(shown) == sorted(script["_escaped"](text.strip()) for text in texts)


def test_every_decision_on_the_page_has_a_reason_and_its_terms():
    for text, studies, status, term, tier, why, _beside in rows((ROOT / "docs/imaging-methods.md").read_text("utf-8")):
        assert int(studies) > 0, text
        assert why, text
        assert bool(term) == bool(tier) == (status != "no term"), text
        assert ("?" in term) == (status == "waits for review"), text


def test_no_decision_about_a_submission_has_an_empty_reason(script, pagetab, decisions):
    used, _ = script["collected"](pagetab)
    assert {query.text for query in decisions} == {said.text for said in used}
    assert [query for query, decision in decisions.items() if not decision.why.strip()] == []


def test_what_names_a_method_in_the_submissions_is_accepted(decisions):
    # "single cell" is a scale, and "spatial transcriptomic" stands beside an instrument that reads molecules.
    open_ = {query.text for query, decision in decisions.items() if decision.status != "accepted"}
    assert open_ <= {"single cell", "spatial transcriptomic"}


def test_methods_are_found_as_attributes_with_qualifiers_and_as_sections(script):
    content = [
        {"type": "Image acquisition", "attributes": [
            {"name": "Imaging method", "value": " confocal microscopy ", "valqual": [{"name": "TermId", "value": "FBbi_00000251"}]},
            {"name": "Imaging instrument", "value": "LSM 880"},
            {"name": "Imaging method", "value": None},
        ]},
        {"type": "Imaging Method", "attributes": [
            {"name": "Ontology Value", "value": "SPIM"},
            {"name": "Ontology Name", "value": "FBBI"},
            {"name": "Ontology Term ID", "value": "FBbi:00000369"},
        ]},
    ]  # fmt: skip
    said = script["Said"]
    assert list(script["methods"](content)) == [
        said("confocal microscopy", "FBbi_00000251"),
        said("SPIM", "FBbi:00000369", "FBBI"),
    ]


def test_a_study_counts_once_and_frequent_texts_come_first(script, tmp_path):
    folder = written(tmp_path, one=submission("SPIM", "FRAP", "FRAP", "FRAP"), two=submission("SPIM"))
    assert [(row[0], row[1]) for row in rows(script["page"](folder))] == [("SPIM", "2"), ("FRAP", "1")]


def test_a_list_of_methods_is_accepted_as_all_of_them(script, tmp_path):
    folder = written(tmp_path, one=submission("confocal microscopy; light sheet"))
    ((_, _, status, term, *_),) = rows(script["page"](folder))
    assert status == "accepted"
    assert re.findall(r"FBbi:\d+", term) == ["FBbi:00000251", "FBbi:00000369"]


def test_text_that_would_break_the_table_stands_in_one_cell(script, tmp_path):
    folder = written(tmp_path, one=submission("a|b\n<b>`c`"))
    (row,) = rows(script["page"](folder))
    assert len(row) == 7
    assert row[0] == r"a\|b &lt;b>\`c\`"


def test_an_accession_that_says_another_thing_is_shown_beside_the_text(script, tmp_path):
    own = {"type": "Imaging Method", "attributes": [
        {"name": "Ontology Value", "value": "SPIM"}, {"name": "Ontology Term ID", "value": "FBbi:00000251"},
    ]}  # fmt: skip
    folder = written(tmp_path, one=submission("SPIM", **own))
    (row,) = rows(script["page"](folder))
    assert row[2:4] == ["accepted", "`FBbi:00000369` SPIM"]
    assert row[6].startswith("FBbi:00000251: ")


def test_a_folder_without_submissions_and_a_broken_file_are_named(script, tmp_path):
    with pytest.raises(SourceError, match="holds no PageTab submissions"):
        script["page"](tmp_path)
    (tmp_path / "broken.json").write_text("{", "utf-8")
    with pytest.raises(SourceError, match=r"broken\.json: is no JSON"):
        script["page"](tmp_path)
