"""Review: what a person says about a text is in the graph at once, as if every source had been read again with it."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pytest
from conftest import ROOT, harmonized

from kg.cli.main import main
from kg.curie import GRAPH_SHARED, KG
from kg.errors import StoreError, TermError, UsageError
from kg.mapping import Decisions, Loaded, Mapping, Run, Tally
from kg.pipeline.closure import describer, versions
from kg.pipeline.review import Review
from kg.pipeline.sinks import Files
from kg.pipeline.waiting import review_id
from kg.schema import load_schema
from kg.store import Amendment, Batch, SourceEntry, Store, canonical_lines
from kg.table import Reading, Table
from kg.terms import Advice, TermIndex, composed, default_index, resolve_all
from kg.terms.decided import Row, append_rows, read_rows

SCHEMA = load_schema()
AGENT = KG + "software/test"
DAY = date(2026, 11, 21)
SOURCES = [f"{KG}id/source/{name}.csv" for name in "ab"]
STUDY = "https://example.org/study/1"
CONFOCAL, SPINNING, HELA = "FBbi:00000251", "FBbi:00000253", "EFO:0001185"
FBBI, GO = "http://purl.obolibrary.org/obo/FBbi_", "http://purl.obolibrary.org/obo/GO_"
ROWS = [
    [
        {"Name": "1", "Target": "odd dots", "Method": "odd scope", "Other": "confocal microscopy", "Line": "HeLa Kyoto"},
        {"Name": "2", "Target": "Odd dots", "Method": "odd scope", "Other": "CLSM", "Line": "HeLa Kyoto", "Acc": "EFO_0001185"},
    ],
    [{"Name": "1", "Target": "odd dots", "Method": "odd scope", "Line": "my own line"}],
]
MAPPING = Mapping.model_validate(
    {
        "mapping": "t", "title": "t", "namespace": "t", "recognise": {"reader": "delimited"},
        "records": [
            {"name": "image", "class": "Image", "id": ["image/{Name}"], "slots": {
                "biological_process_or_component": "Target", "imaging_method": ["Method", "Other"],
                "cell_line": {"text": "Line", "accession": "Acc"}}},
            {"name": "reagent", "class": "Reagent", "id": ["reagent/{Name}"], "slots": {"target_component": "Target"}},
            {"name": "study", "class": "Study", "id": [STUDY], "unique": True, "slots": {
                "imaging_method": ["Method", {"constant": "odd scope"}], "organism": {"constant": "odd beast"}}},
        ],
    }
)  # fmt: skip


def table(rows: list[dict[str, str]]) -> Table:
    columns = dict.fromkeys(("Name", "Target", "Method", "Other", "Line", "Acc"), pl.String)
    frame = pl.DataFrame([{"_row": i, **row} for i, row in enumerate(rows, 2)], schema={"_row": pl.UInt32, **columns})
    return Table("rows", frame.lazy())


def fill(store: Path, index: TermIndex, rows: tuple[Row, ...] = ()) -> None:
    """What a run does with sources that are read: map, resolve, publish."""
    work = store.parent / f"{store.name}-work"
    work.mkdir()
    files = Files(work)
    with composed(index, SCHEMA.fields, AGENT, Advice(), store.parent) as whole:
        resolve = partial(resolve_all, whole.listening_to(rows))
    sources = [
        Loaded(iri, iri[-5:], Reading("delimited", {"rows": table(r)}), {}) for iri, r in zip(SOURCES, ROWS, strict=True)
    ]
    Run(MAPPING, SCHEMA, Decisions(SCHEMA, resolve, AGENT), Tally(), files).add(sources)
    files.close()
    entries = tuple(SourceEntry(iri, iri[-5:], f"/data/{iri[-5:]}", "0" * 64, "t 1") for iri in SOURCES)
    described = {"describe": describer(index), "ontologies": versions(index)}
    with Store.open(store, create=True) as opened:
        opened.publish(Batch(entries, (files.own_path,), (files.shared_path,), **described))


@pytest.fixture(scope="module")
def index(_own_cache):
    with TermIndex.open(default_index(None)) as opened:
        yield opened


@pytest.fixture(scope="module")
def template(index, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "store"
    fill(path, index)
    return path


@pytest.fixture
def store(template, tmp_path) -> Path:
    return shutil.copytree(template, tmp_path / "store")


@contextmanager
def reviewing(store: Path, index: TermIndex):
    asked = composed(index, SCHEMA.fields, AGENT, Advice(), store.parent)
    with Store.open(store) as opened, asked as whole:
        yield Review(opened, whole, SCHEMA, store / "decisions.sssom.tsv", agent=AGENT)


def lines(store: Path) -> list[str]:
    with Store.open(store) as opened:
        assert opened.verify() == []
        return canonical_lines(opened.current.database)


def said(text: str, field: str, *curies: str, status: str = "accepted", accession: str = "", why: str = "") -> list[Row]:
    about = Row(text=text, field=field, accession=accession, status="review")
    return [about.decided(status, "Ada Lovelace", DAY, why=why, curie=curie) for curie in curies or ("",)]


def terms_of(store: Path, subject: str, property_: str) -> set[str]:
    with Store.open(store) as opened:
        quads = opened.current.database.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(property_), None)
        return {quad.object.value for quad in quads}


def kg(*words: object) -> int:
    return main(["review", *map(str, words)])


# ---------------------------------------------------------------------------------------------------------------- the graph


@pytest.mark.parametrize(
    "steps",
    [
        [said("odd scope", "imaging_method", CONFOCAL, SPINNING, why="both are in the paper")],
        [said("ODD  dots", "biological_process_or_component", "GO:0005634"), said("odd beast", "organism", "NCBITaxon:9606")],
        [said("confocal microscopy", "imaging_method"), said("CLSM", "imaging_method", CONFOCAL, status="rejected")],
        [said("HeLa Kyoto", "cell_line", "CLO:0003684"), said("my own line", "cell_line", "CVCL:9999")],
        [said("HeLa Kyoto", "cell_line", "CLO:0003684", accession=HELA)],
        [said("odd scope", "imaging_method", CONFOCAL), said("odd scope", "imaging_method", SPINNING)],
        [said("odd scope", "imaging_method", CONFOCAL), said("CLSM", "imaging_method", SPINNING)],
        [said("in no source", "cell_line", HELA)],
    ],
    ids=["set", "two-properties-and-a-constant", "no-term-and-never", "unknown", "accession", "anew", "both", "nowhere"],
)
def test_a_corrected_graph_is_the_one_that_a_new_run_with_the_same_decisions_gives(store, index, tmp_path, steps):
    with reviewing(store, index) as review:
        for rows in steps:
            review.decide(rows)
    rows, problems = read_rows(store / "decisions.sssom.tsv")
    assert problems == ()
    fill(tmp_path / "fresh", index, rows)
    assert lines(store) == lines(tmp_path / "fresh")
    with Store.open(store) as corrected, Store.open(tmp_path / "fresh") as fresh:
        assert corrected.current.stats() == fresh.current.stats()
        assert corrected.current.count() == fresh.current.count()
        claims = [sorted(one.current.ledger.shared_statements()) for one in (corrected, fresh)]
        assert claims[0] == claims[1]


def test_any_order_of_decisions_and_undoings_ends_where_a_new_run_ends(template, index, tmp_path):
    dice = random.Random(3)  # noqa: S311 choices, not secrets
    texts = [
        ("odd scope", "imaging_method", (CONFOCAL, SPINNING)), ("CLSM", "imaging_method", (CONFOCAL, "FBbi:00000246")),
        ("confocal microscopy", "imaging_method", (SPINNING, CONFOCAL)), ("odd dots", "biological_process_or_component", ("GO:0005634",)),
        ("odd beast", "organism", ("NCBITaxon:9606",)), ("HeLa Kyoto", "cell_line", (HELA, "CLO:0003684")),
    ]  # fmt: skip
    store = shutil.copytree(template, tmp_path / "store")
    with reviewing(store, index) as review:
        for _ in range(9):
            text, field, curies = dice.choice(texts)
            some = dice.sample(curies, dice.randint(0, len(curies)))
            if dice.random() < 0.25:
                try:
                    review.undo(said(text, field)[0])
                except UsageError as error:
                    assert "there is no decision about it" in str(error)  # noqa: PT017 - chance says whether there is one
            else:
                review.decide(said(text, field, *some, status="rejected" if some and dice.random() < 0.4 else "accepted"))
    rows, _ = read_rows(store / "decisions.sssom.tsv")
    assert rows
    fill(tmp_path / "fresh", index, rows)
    assert lines(store) == lines(tmp_path / "fresh")


def test_one_text_under_two_properties_is_corrected_under_both(store, index):
    with reviewing(store, index) as review:
        done = review.decide(said("odd dots", "biological_process_or_component", "GO:0005634"))
    assert (sum(done.decisions.values()), done.records) == (6, 6), "an image and a reagent of three rows"
    image, reagent = f"{SOURCES[0]}/image/1", f"{SOURCES[0]}/reagent/1"
    assert terms_of(store, image, KG + "biologicalProcessOrComponent") == {GO + "0005634"}
    assert terms_of(store, reagent, KG + "targetComponent") == {GO + "0005634"}
    assert terms_of(store, image, KG + "targetComponent") == set()
    assert terms_of(store, reagent, KG + "biologicalProcessOrComponent") == set()


def test_a_record_keeps_a_term_that_another_of_its_texts_means(store, index):
    method = SCHEMA.slot("Image", "imaging_method").iri
    first = f"{SOURCES[0]}/image/1"
    with reviewing(store, index) as review:
        review.decide(said("odd scope", "imaging_method", CONFOCAL))
        review.decide(said("odd scope", "imaging_method", SPINNING))
        assert terms_of(store, first, method) == {FBBI + "00000251", FBBI + "00000253"}, "its other column says confocal"
        review.decide(said("confocal microscopy", "imaging_method"))
        assert terms_of(store, first, method) == {FBBI + "00000253"}


def test_a_shared_record_keeps_what_several_sources_claim_until_the_last_one_leaves(store, index):
    method = SCHEMA.slot("Study", "imaging_method").iri
    with reviewing(store, index) as review:
        review.decide(said("odd scope", "imaging_method", SPINNING))
    with Store.open(store) as opened:
        claimed = ox.Quad(
            ox.NamedNode(STUDY), ox.NamedNode(method), ox.NamedNode(FBBI + "00000253"), ox.NamedNode(GRAPH_SHARED)
        )
        assert claimed in opened.current.database
        assert claimed in opened.withdraw([SOURCES[0]]).database
        assert claimed not in opened.withdraw([SOURCES[1]]).database
        assert opened.verify() == []


def test_a_new_term_comes_with_its_label_and_what_stands_above_it_and_goes_with_them(store, index):
    above = FBBI + "00000251"
    with reviewing(store, index) as review:
        review.decide(said("confocal microscopy", "imaging_method"))
        review.decide(said("CLSM", "imaging_method"))
        assert terms_of(store, FBBI + "00000253", KG + "ancestorOrSelf") == set()
        review.decide(said("odd scope", "imaging_method", SPINNING))
        assert above in terms_of(store, FBBI + "00000253", KG + "ancestorOrSelf")
        assert terms_of(store, above, "http://www.w3.org/2000/01/rdf-schema#label") == {"confocal microscopy"}
        review.undo(said("odd scope", "imaging_method")[0])
        assert terms_of(store, above, "http://www.w3.org/2000/01/rdf-schema#label") == set()


def test_a_decision_that_is_undone_leaves_the_graph_as_it_was(store, index):
    before = lines(store)
    with reviewing(store, index) as review:
        review.decide(said("odd scope", "imaging_method", CONFOCAL, SPINNING))
        assert lines(store) != before
        review.undo(said("odd scope", "imaging_method", CONFOCAL)[0])
        method = SCHEMA.slot("Image", "imaging_method").iri
        assert terms_of(store, f"{SOURCES[1]}/image/1", method) == {FBBI + "00000253"}, "one term of the set is left"
        review.undo(said("odd scope", "imaging_method")[0])
        assert lines(store) == before
        with pytest.raises(UsageError, match=r"odd scope: there is no decision about it in decisions\.sssom\.tsv"):
            review.undo(said("odd scope", "imaging_method")[0])


def test_who_decided_and_why_stands_on_the_decision_and_no_path_of_the_machine(store, index):
    with reviewing(store, index) as review:
        review.decide(said("odd scope", "imaging_method", CONFOCAL, why="see the paper"))
    with Store.open(store) as opened:
        [row] = opened.current.query(
            f'SELECT DISTINCT ?who ?why ?tier ?status {{ ?d <{KG}sourceText> "odd scope" ; <{KG}why> ?why ;'
            f" <{KG}decisionTier> ?tier ; <{KG}status> ?status ; <http://www.w3.org/ns/prov#wasAttributedTo> ?who }}"
        )
        who, why, tier, status = (value.value for value in row)
        assert (tier, status) == ("curated", "accepted")
        assert who.endswith("/id/curator/Ada%20Lovelace")
        assert "Ada Lovelace decided on 2026-11-21" in why
        assert "see the paper" in why
        assert not any(str(store) in line for line in canonical_lines(opened.current.database))


def test_the_same_decision_twice_changes_nothing_the_second_time(store, index):
    rows = said("odd scope", "imaging_method", CONFOCAL)
    with reviewing(store, index) as review:
        first = review.decide(rows).generation
        text = (store / "decisions.sssom.tsv").read_text("utf-8")
        assert review.decide(rows).generation is None
    assert (store / "decisions.sssom.tsv").read_text("utf-8") == text
    with Store.open(store) as opened:
        assert opened.current.id == first.id


def test_a_table_changed_by_hand_is_applied_and_taken_back(store, index):
    before = lines(store)
    append_rows(store / "decisions.sssom.tsv", said("odd scope", "imaging_method", CONFOCAL))
    with reviewing(store, index) as review:
        done = review.apply()
        assert (sum(done.decisions.values()), done.records) == (2, 5), "in each source its images and the study"
        (store / "decisions.sssom.tsv").unlink()
        review.apply()
    assert lines(store) == before


# ------------------------------------------------------------------------------------------------------- when things go wrong


def test_while_another_job_writes_nothing_is_decided(store, index):
    script = "import sys\nfrom kg.store import Store\nwith Store.open(sys.argv[1]).writing():\n  print('in', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(store)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout.readline() == b"in\n"
        with reviewing(store, index) as review, pytest.raises(StoreError, match="another job is writing"):
            review.decide(said("odd scope", "imaging_method", CONFOCAL))
        child.stdin.close()
    assert not (store / "decisions.sssom.tsv").exists()


def test_a_correction_that_fails_leaves_table_and_graph_as_they_were(index, tmp_path):
    obo, larger, store = tmp_path / "x.obo", tmp_path / "larger.sqlite", tmp_path / "store"
    obo.write_text("format-version: 1.2\nontology: xyz\ndata-version: 9\n\n[Term]\nid: XYZ:0000001\nname: thing\n")
    assert main(["terms", "add", str(obo), "--index", str(larger)]) == 0
    with TermIndex.open(larger) as other:
        fill(store, other)
        with reviewing(store, other) as review:
            review.decide(said("CLSM", "imaging_method", SPINNING))
    before, text = lines(store), (store / "decisions.sssom.tsv").read_text("utf-8")
    generations = sorted((store / "generations").iterdir())
    for rows in (said("odd scope", "imaging_method", CONFOCAL), said("CLSM", "imaging_method")):
        with (
            reviewing(store, index) as review,
            pytest.raises(StoreError, match="with xyz, which this term index lacks; say --index"),
        ):
            review.decide(rows)
        assert (store / "decisions.sssom.tsv").read_text("utf-8") == text
    assert lines(store) == before
    assert sorted((store / "generations").iterdir()) == generations


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_review_killed_at_any_moment_leaves_a_whole_generation_and_can_be_said_again(store, index, tmp_path):
    before = lines(store)
    done = shutil.copytree(store, tmp_path / "done")
    rows = said("odd scope", "imaging_method", CONFOCAL)
    with reviewing(done, index) as review:
        review.decide(rows)
    after = lines(done)
    script = (
        "import sys; from pathlib import Path; from datetime import date; sys.path.insert(0, 'tests')\n"
        "from test_review import *\n"
        "with TermIndex.open(default_index(None)) as index, reviewing(Path(sys.argv[1]), index) as review:\n"
        "  print('in', flush=True)\n"
        "  while True:\n"
        "    review.decide(said('odd scope', 'imaging_method', CONFOCAL)); review.undo(said('odd scope', 'imaging_method')[0])\n"
    )
    dice = random.Random(7)  # noqa: S311 moments, not secrets
    with subprocess.Popen([sys.executable, "-c", script, str(store)], stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout.readline() == b"in\n"
        time.sleep(dice.uniform(0.1, 1.5))
        child.send_signal(signal.SIGKILL)
    assert lines(store) in (before, after)
    with reviewing(store, index) as review:
        review.decide(rows)
    assert lines(store) == after


def amendment(tmp_path: Path, **files: str) -> Amendment:
    paths = {}
    for name, text in files.items():
        path = tmp_path / f"{name}.nq"
        path.write_text(text)
        paths[name] = (path,)
    return Amendment(**paths)


@pytest.mark.parametrize(
    ("files", "said_"),
    [
        ({"removed": f"<{SOURCES[0]}/x> <{KG}y> <{KG}z> <{SOURCES[0]}> .\n"}, "which is not in the store"),
        ({"unclaimed": f"<{KG}x> <{KG}y> <{KG}z> <{SOURCES[0]}> .\n"}, "a statement that it does not claim"),
        ({"added": f"<{KG}x> <{KG}y> <{KG}z> <{KG}stranger> .\n"}, "stranger: is amended, but is no source that stays"),
        ({"claimed": f"<{KG}x> <{KG}y> <{KG}z> <{KG}stranger> .\n"}, "expected a graph that is a source"),
    ],
)
def test_a_store_refuses_to_amend_what_is_not_there(store, tmp_path, files, said_):
    before = lines(store)
    with Store.open(store) as opened, pytest.raises(StoreError, match=said_):
        opened.publish(Batch(amendment=amendment(tmp_path, **files)))
    assert lines(store) == before


def test_rows_that_cannot_be_used_are_not_lost_when_a_decision_changes(store, index):
    file = store / "decisions.sssom.tsv"
    with reviewing(store, index) as review:
        review.decide(said("odd scope", "imaging_method", CONFOCAL))
        text = file.read_text("utf-8")
        file.write_text(
            text + text.splitlines()[-1].replace("FBbi:00000251", "nonsense").replace("FBbi_00000251", "nonsense") + "\n"
        )
        before = file.read_text("utf-8")
        with pytest.raises(TermError, match="has rows that cannot be used and would be lost; mend them first"):
            review.decide(said("odd scope", "imaging_method", SPINNING))
    assert file.read_text("utf-8") == before


# ------------------------------------------------------------------------------------------------------------------ commands


@pytest.fixture
def own(demo, tmp_path, monkeypatch) -> Path:
    """The examples, in a store that the test may change."""
    monkeypatch.setenv("KG_STORE", str(tmp_path / "mine"))
    return shutil.copytree(demo.store, tmp_path / "mine")


def test_what_waits_is_listed_most_used_first_with_candidates_labels_and_reason(own, capsys):
    assert kg("list", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["records"] for one in found] == sorted((one["records"] for one in found), reverse=True)
    kyoto = next(one for one in found if one["text"] == "HeLa Kyoto")
    assert kyoto["id"] == review_id("cell_line", "HeLa Kyoto")
    assert {"curie": HELA, "label": "HeLa", "iri": "http://www.ebi.ac.uk/efo/EFO_0001185"} in kyoto["terms"]
    assert kyoto["why"]
    assert {one["status"] for one in found} == {"review"}
    assert kg("list", "--all", "--limit", "0", "--json") == 0
    assert {one["status"] for one in json.loads(capsys.readouterr().out)} == {"review", "none", "accepted"}
    assert kg("list", "--field", "cell_line", "--limit", "1") == 0
    assert "HeLa Kyoto" in capsys.readouterr().out
    assert kg("list", "--field", "sex") == 0
    assert capsys.readouterr().out == "nothing waits\n"


def test_an_accepted_text_waits_no_longer_and_the_decision_is_a_row_of_the_table(own, capsys):
    name = review_id("cell_line", "HeLa Kyoto")
    assert kg("accept", name[:5], "efo_0001185", "--by", "orcid:0000-0002-1825-0097", "--why", "a line of HeLa", "--json") == 0
    assert {"rows": 1, "decisions": 1, "records": 1}.items() <= json.loads(capsys.readouterr().out).items()
    [row], _ = read_rows(own / "decisions.sssom.tsv")
    assert (row.text, row.field, row.curie, row.label, row.status) == ("HeLa Kyoto", "cell_line", HELA, "HeLa", "accepted")
    assert (row.authors, row.why) == (("orcid:0000-0002-1825-0097",), "a line of HeLa")
    assert kg("list", "--field", "cell_line") == 0
    assert capsys.readouterr().out == "nothing waits\n"
    assert kg("reject", name, HELA) == 0
    assert kg("undo", name) == 0
    assert kg("list", "--field", "cell_line") == 0
    assert "HeLa Kyoto" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said_"),
    [
        (["accept", "--text", "HeLa Kyoto", "--field", "cell_line", "EFO:9999999"], 1, "EFO:9999999: the term index does not hold this term; --unchecked"),
        (["accept", "--text", "HeLa Kyoto", "--field", "cell_line", CONFOCAL], 1, "'confocal microscopy' stands below FBbi:"),
        (["accept", "--text", "HeLa Kyoto", "--field", "cell_line", "HeLa"], 1, "expected a term such as FBbi:00000251"),
        (["accept", "--text", "HeLa Kyoto", "--field", "cel_line", HELA], 2, "cel_line: no such field; the fields are"),
        (["accept", "--text", "HeLa Kyoto", HELA], 2, "--text: goes with --field"),
        (["accept"], 2, "say which text"),
        (["accept", "zzz", HELA], 2, "zzz: is no id that kg review list shows"),
        (["undo", "--text", "HeLa Kyoto", "--field", "cell_line"], 2, "there is no decision about it"),
        (["list", "--limit", "few"], 2, "--limit: found 'few', expected a number"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_changes_nothing(own, capsys, words, code, said_):
    before = lines(own)
    assert kg(*words) == code
    assert said_ in capsys.readouterr().err
    assert lines(own) == before
    assert not (own / "decisions.sssom.tsv").exists()


def test_a_person_may_insist_on_a_term_that_is_unknown_or_stands_elsewhere(own, capsys):
    about = ("accept", "--text", "HeLa Kyoto", "--field", "cell_line", "--by", "Ada")
    assert kg(*about, "EFO:9999999", "--unchecked") == 0
    assert kg(*about, CONFOCAL, "--anyway") == 0
    [row], _ = read_rows(own / "decisions.sssom.tsv")
    assert row.curie == CONFOCAL, "the later word takes the place of the earlier one"


def test_a_table_that_was_edited_in_a_spreadsheet_comes_back(own, tmp_path, capsys):
    out = tmp_path / "queue.sssom.tsv"
    assert kg("export", "--out", out) == 0
    head, _, body = out.read_text("utf-8").partition("subject_label\t")
    cells = list(csv.reader(("subject_label\t" + body).splitlines(), delimiter="\t"))
    status, text, term = (cells[0].index(name) for name in ("kg_status", "subject_label", "object_id"))
    assert {row[status] for row in cells[1:]} == {"review"}
    assert kg("import", out, "--by", "Ada") == 0, "nothing was edited"
    assert not (own / "decisions.sssom.tsv").exists()
    kyoto = [row for row in cells[1:] if row[text] == "HeLa Kyoto"]
    kyoto[0][status] = "accepted"
    bad = next(row for row in cells[1:] if row[text] != "HeLa Kyoto")
    bad[status], bad[term] = "accepted", "EFO:9999999"
    out.write_text(head + "".join("\t".join(row) + "\n" for row in cells), "utf-8")
    capsys.readouterr()
    assert kg("import", out, "--by", "Ada", "--json") == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["rows"] == 1
    assert re.search(r"queue\.sssom\.tsv, row \d+: found EFO:9999999: the term index does not hold this term", told.err)
    [row], _ = read_rows(own / "decisions.sssom.tsv")
    assert (row.text, row.status, row.authors) == ("HeLa Kyoto", "accepted", ("Ada",))


def test_a_store_without_a_generation_has_nothing_to_review(tmp_path, index, capsys):
    asked = composed(index, SCHEMA.fields, AGENT, Advice(), tmp_path)
    with Store.open(tmp_path / "empty", create=True) as opened, asked as whole:
        review = Review(opened, whole, SCHEMA, tmp_path / "d.sssom.tsv", agent=AGENT)
        assert review.waiting() == []
        assert review.decide(said("odd scope", "imaging_method", CONFOCAL)).generation is None
    assert (tmp_path / "d.sssom.tsv").exists(), "the decision is there for the first run"


def test_a_table_may_stand_in_the_folder_before_the_first_run(tmp_path, examples):
    (tmp_path / "store").mkdir()
    append_rows(tmp_path / "store" / "decisions.sssom.tsv", said("HeLa Kyoto", "cell_line", HELA))
    done = harmonized(tmp_path, examples / "microscope")
    assert done.ran.code == 0
    assert kg("apply", "--store", done.store) == 0


def test_the_commands_of_the_page_on_review_run_in_their_order(own, tmp_path, monkeypatch, capsys):
    page = (ROOT / "docs/review.md").read_text("utf-8")
    commands = [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
        for line in block.replace("\\\n", " ").splitlines()
    ]
    assert len(commands) >= 6
    monkeypatch.chdir(tmp_path)
    for line in commands:
        [word, *words] = next(csv.reader([line], delimiter=" ", quotechar='"', skipinitialspace=True))
        assert word == "kg", line
        assert main(words) == 0, f"{line}: {capsys.readouterr().err}"
