"""kg demo: what a newcomer sees first, without network, without set-up, wherever it is run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

from kg.store import Store

QUESTIONS = (
    "1. What was imaged with a confocal microscope?",
    "2. Which genes stop the cell cycle when they are lost, in two screens or more?",
    "3. Who imaged tubulin at 488 ± 10 nm, and how sharp was the objective?",
)


@pytest.fixture(scope="module")
def shown(process, tmp_path_factory):
    """The demo, run in an empty directory."""
    folder = tmp_path_factory.mktemp("empty")
    ran = process("demo", cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    return ran.out, list(folder.iterdir())


def lines_after(text: str, question: str) -> list[str]:
    """The rows of the table under a question."""
    lines = text.split(question, 1)[1].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("---")) + 1
    rows = lines[start:]
    return rows[: next((number for number, row in enumerate(rows) if not row.strip()), len(rows))]


def test_the_demo_asks_three_questions_and_answers_them(shown):
    text, _ = shown
    assert all(question in text for question in QUESTIONS)
    assert [len(lines_after(text, question)) for question in QUESTIONS] == [7, 2, 1]
    assert "PLK1" in lines_after(text, QUESTIONS[1])[0]
    assert "EGFP-tubulin" in lines_after(text, QUESTIONS[2])[0]
    assert "Live imaging of HeLa H2B" in lines_after(text, QUESTIONS[2])[0]


def test_the_demo_names_four_kinds_of_source(shown):
    text, _ = shown
    rows = lines_after(text, QUESTIONS[0])
    assert {row.split("  ")[0] for row in rows} == {"IDR table", "microscope", "notebook", "repository"}


def test_the_demo_shows_words_that_a_search_would_miss_and_why_they_count(shown):
    text, _ = shown
    assert "A search for 'confocal' finds 3 of 7." in text
    assert "'CLSM' is an exact synonym of FBbi:00000251" in text


def test_the_demo_fits_on_a_screen(shown):
    text, _ = shown
    lines = text.splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100


def test_the_demo_leaves_nothing_behind(shown):
    _, left = shown
    assert left == []


def test_the_demo_says_its_answers_as_json(process, tmp_path):
    ran = process("demo", "--json", cwd=tmp_path)
    said = json.loads(ran.out)
    assert {source["kind"] for source in said["sources"]} == {"IDR table", "microscope", "notebook", "repository"}
    assert set(said["answers"]) == {"confocal", "genes", "channels"}
    assert all(said["answers"].values())
    assert said["statements"] > 1000


def test_a_demo_that_is_kept_can_be_asked_more(process, tmp_path):
    ran = process("demo", "--store", "kept", cwd=tmp_path)
    assert ran.code == 0
    assert "--store kept" in ran.out
    asked = process("query", "notebook-files-without-image", "--store", "kept", "--format", "csv", cwd=tmp_path)
    assert asked.out.splitlines()[1].endswith(",HeLa_H2B_002.ome.tif")
    # Once more into the same store changes nothing.
    assert process("demo", "--store", "kept", cwd=tmp_path).out == ran.out
    with Store.open(tmp_path / "kept") as store:
        assert len(store.sources()) == 10


def test_the_demo_needs_no_network(tmp_path):
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace can be made here (unshare -rn)")
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-m", "kg.cli.main", "demo"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KG_CACHE": str(tmp_path / "cache"), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert all(question in done.stdout for question in QUESTIONS)
