"""What people and other sources have decided, and what an audit may repair, at work in whole runs."""

from __future__ import annotations

import json

import pytest

from kg.cli.main import main
from kg.store import Store, canonical_lines, text_of

HEAD = "Plate,Well,Characteristics [Cell Line],Term Source 1 REF,Term Source 1 Accession,Gene Symbol"
HELA, MCF7 = "http://www.ebi.ac.uk/efo/EFO_0001185", "http://www.ebi.ac.uk/efo/EFO_0001203"
ASKED = """
PREFIX kg: <https://w3id.org/bioimage-kg/>
SELECT DISTINCT ?text ?status ?tier ?term WHERE {
  ?d a kg:Decision ; kg:field "cell_line" ; kg:sourceText ?text ; kg:status ?status .
  OPTIONAL { ?d kg:chosenTerm ?term ; kg:decisionTier ?tier } FILTER(CONTAINS(STR(?d), "STUDY")) }
"""


def source(folder, number, *rows):
    """A folder with the annotation table of one study; rows are (well, cell line, ontology, accession)."""
    study = folder / f"idr{number}"
    study.mkdir(parents=True)
    lines = [f"P1,{well},{line},{ref},{accession},GENE{place}" for place, (well, line, ref, accession) in enumerate(rows)]
    (study / f"idr{number}-screenA-annotation.csv").write_text("\n".join([HEAD, *lines]) + "\n", "utf-8")
    return study


def decided(store, number):
    with Store.open(store) as opened:
        rows = opened.current.query(ASKED.replace("STUDY", f"idr{number}"))
        return {tuple(text_of(cell) for cell in row) for row in rows}


@pytest.fixture
def kg(capsys):
    def command(*words):
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def run(kg):
    def harmonize(*words):
        code, out, err = kg("harmonize", *words, "--json")
        assert code == 0, err
        return json.loads(out)

    return harmonize


def test_two_sources_that_agree_are_a_memory_for_a_third_and_one_alone_is_an_offer(run, tmp_path):
    first = source(
        tmp_path / "a", 9201, ("A1", "the usual line", "EFO", "EFO_0001185"), ("A2", "lone line", "EFO", "EFO_0001203")
    )
    second = source(tmp_path / "b", 9202, ("A1", "The usual  line", "EFO", "EFO_0001185"))
    third = source(tmp_path / "c", 9203, ("A1", "the usual line", "", ""), ("A2", "lone line", "", ""))
    store = tmp_path / "store"
    run(third, "--store", store)
    assert {row[1] for row in decided(store, 9203)} == {"none"}, "nobody has said anything yet"
    run(first, second, "--store", store)
    run(third, "--store", store)
    found = {row[0]: row[1:] for row in decided(store, 9203)}
    assert found == {"the usual line": ("accepted", "memory", HELA), "lone line": ("review", "", "")}


def test_a_decision_corrects_the_graph_is_used_by_later_runs_and_is_what_a_fresh_run_would_say(run, kg, tmp_path):
    one = source(tmp_path / "a", 9211, ("A1", "lab line 7", "", ""), ("A2", "HeLa", "EFO", "EFO_0001185"))
    two = source(tmp_path / "b", 9212, ("B1", "Lab Line 7", "", ""))
    store, fresh, table = tmp_path / "store", tmp_path / "fresh", tmp_path / "decisions.sssom.tsv"
    run(one, "--store", store)
    shared = ("--store", store, "--decisions", table)
    code, _, err = kg("review", "accept", "--text", "lab line 7", "--field", "cell_line", "EFO:0001203", "--by", "Ada", *shared)
    assert code == 0, err
    assert ("lab line 7", "accepted", "curated", MCF7) in decided(store, 9211)
    run(one, "--store", fresh, "--decisions", table)
    with Store.open(store) as corrected, Store.open(fresh) as anew:
        statements = [canonical_lines(s.current.database.quads_for_pattern(None, None, None, None)) for s in (corrected, anew)]
    assert statements[0] == statements[1]
    run(two, *shared)
    assert decided(store, 9212) == {("Lab Line 7", "accepted", "curated", MCF7)}


def test_a_dragged_accession_is_told_and_only_repaired_where_the_policy_allows(run, tmp_path):
    rows = [(f"A{n}", "HeLa", "EFO", f"EFO_{1185 + n:07d}") for n in range(12)]
    table, policy = source(tmp_path, 9221, *rows), tmp_path / "policy.yaml"
    policy.write_text("name: p\nrepair: [fill-down]\n", "utf-8")
    told = run(table, "--store", tmp_path / "s1")["problems"]
    assert [p["count"] for p in told if p["code"] == "fill-down"] == [12]
    assert "review" in {row[1] for row in decided(tmp_path / "s1", 9221)}
    mended = run(table, "--store", tmp_path / "s2", "--policy", policy)["problems"]
    assert "was put in place" in next(p["repair"] for p in mended if p["code"] == "fill-down")
    assert {row[1:] for row in decided(tmp_path / "s2", 9221)} == {("accepted", "accession", HELA)}
