"""Decisions as data: rows in and out of SSSOM, what people said before what kg finds, and what sources agree on."""

from __future__ import annotations

import contextlib
import doctest
import multiprocessing
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import TermError
from kg.schema import Branch
from kg.term import Decision, Match, Query, Term
from kg.terms import IndexResolver, TermIndex, add_file
from kg.terms.decided import (
    NO_TERM,
    CuratedResolver,
    Memory,
    MemoryResolver,
    Row,
    append_rows,
    check_rows,
    exported,
    read_rows,
    read_same,
    remembered,
    rows_of,
    rows_text,
    same_groups,
    takes_by,
    write_rows,
)

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 21)
HEAD = "curie\tlabel\tparents\tsynonyms\tobsolete\treplaced_by\n"
TABLES = {
    "FBbi": "FBbi:00000222\timaging method\t\t\t\t\nFBbi:00000251\tconfocal microscopy\tFBbi:00000222\tCLSM\t\t\n"
    "FBbi:00000369\tSPIM\tFBbi:00000222\tLSFM|duplex\t\t\n"
    "FBbi:00000370\tother sheet\tFBbi:00000222\tduplex\t\t\n"
    "FBbi:00000300\tobsolete laser microscopy\t\t\ttrue\tFBbi:00000251\n"
    "FBbi:00000301\tobsolete strange method\t\t\ttrue\t\nFBbi:00000026\tcryosection\t\t\t\t\n",
    "EFO": "EFO:0000001\texperimental factor\t\t\t\t\nEFO:0001185\tHeLa\tEFO:0000001\t\t\t\nEFO:0002000\tH9\tEFO:0000001\t\t\t\n",
}
FIELDS = {"imaging_method": (Branch("FBbi", ("FBbi:00000222",)),), "cell_line": (Branch("EFO", ()),)}
MANUAL = "semapv:ManualMappingCuration"
HEADER = (
    "subject_label\tsubject_category\tpredicate_id\tpredicate_modifier\tobject_id\tother\tmapping_date\tconfidence\tkg_status\n"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("decided")
    for name, rows in TABLES.items():
        (folder / f"{name}.tsv").write_text(f"# ontology: {name}\n# version: 1\n{HEAD}{rows}", "utf-8")
        add_file(folder / "index.sqlite", folder / f"{name}.tsv")
    return folder / "index.sqlite"


@pytest.fixture(scope="module")
def terms(built):
    with TermIndex.open(built) as index:
        yield index


@pytest.fixture(scope="module")
def inner(terms) -> IndexResolver:
    return IndexResolver(terms, FIELDS, "kg 0.1.0")


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "decisions.sssom.tsv"


@pytest.fixture
def answer(inner, terms):
    """Ask with rows: status, CURIEs and reason."""

    def ask(rows, field="imaging_method", text="", *, accession="", context=(), projects=()):
        resolver = CuratedResolver(inner, rows, terms, projects)
        decision = resolver.resolve(Query(field, text, accession, context=context))
        return decision.status, [match.term.curie for match in decision.matches], decision.why

    return ask


def row(text, curie=NO_TERM, **more) -> Row:
    return Row(text=text, curie=curie, **{"authors": ("Ada",), "day": TODAY, **more})


# What `sssom validate` and `sssom parse` do, less the register of all prefixes of the world, which takes 20 s to load.
THROUGH_SSSOM = """
import sys
from sssom.parsers import parse_tsv, to_mapping_set_document
from sssom.util import to_mapping_set_dataframe
from sssom.validators import validate
from sssom.writers import write_tsv
found = validate(parse_tsv(sys.argv[1]))
print(*(result.message for report in found.values() for result in report.results), end="")
write_tsv(to_mapping_set_dataframe(to_mapping_set_document(parse_tsv(sys.argv[1]))), sys.argv[2])
"""


def through_sssom(file: Path, out: Path) -> str:
    """Validate with sssom-py and write again what it has understood; return all that it complains of."""
    command = [sys.executable, "-W", "ignore", "-c", THROUGH_SSSOM, str(file), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


FULL = (
    row('light "sheet"', "FBbi:00000369", field="imaging_method", label="SPIM", why="yes\tso, 100 %", ontology="FBbi 2019"),
    row("H9", "EFO:0002000", status="rejected", project="idr0056", context=(("organism", "Mus musculus"), ("strain", "a|b=c")), score=0.5),
    row("magic", authors=("orcid:0000-0002-1825-0097", "Ada"), reviewers=("https://example.org/bob", "Eve")),
    row("", "EFO:0001185", accession="EFO_1185x", authors=(), day=None),
    row("metre", "http://qudt.org/vocab/unit/M", relation="broad", tier="ngram", justification="semapv:LexicalMatching", tool="kg 0.1.0"),
)  # fmt: skip
WAITING = row(
    "blob",
    "FBbi:00000251",
    status="review",
    authors=(),
    tier="ngram",
    score=0.81,
    candidates=("FBbi:00000251", "FBbi:00000369"),
)


def test_rows_come_back_as_they_were_written(file):
    barred = row("barred", authors=("Ada | Eve", "Bob\\"))
    write_rows(file, [*FULL, WAITING, barred])
    rows, problems = read_rows(file)
    assert problems == ()
    assert rows == (*FULL, WAITING, barred)
    assert [row.label for row in rows] == [row.label for row in FULL] + ["", ""]
    assert {row.file for row in rows} == {str(file)}
    lines = file.read_text("utf-8").split("\n")
    assert [lines[row.number - 1].partition("\t")[0] for row in rows] == [
        '"light ""sheet"""',
        "H9",
        "magic",
        "EFO_1185x",
        "metre",
        "blob",
        "barred",
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.text(), st.sampled_from(["accepted", "rejected", "review"])), min_size=1))
def test_any_text_survives_writing_and_reading(tmp_path_factory, said):
    file = tmp_path_factory.mktemp("any") / "a.sssom.tsv"
    printable = re.compile(r"[\x00\ud800-\udfff]")
    texts = [(printable.sub("", text), printable.sub("", remark).strip(), status) for text, remark, status in said]
    rows = tuple(row(text, "EFO:0001185", why=remark, status=status) for text, remark, status in texts if text.strip())
    write_rows(file, rows)
    assert read_rows(file) == (rows, ())


def test_a_file_of_decisions_is_clean_for_sssom_py_and_comes_back_from_it(file, tmp_path):
    write_rows(file, FULL)
    other = tmp_path / "other.sssom.tsv"
    assert through_sssom(file, other) == ""
    rows, problems = read_rows(other)
    assert problems == ()
    assert sorted(rows, key=repr) == sorted(FULL, key=repr)


def test_a_proposal_that_loses_its_status_in_other_tools_does_not_become_a_decision(file, tmp_path):
    write_rows(file, [*FULL, WAITING, row("auto", "EFO:0001185", status="automatic", authors=(), tier="label")])
    other = tmp_path / "other.sssom.tsv"
    assert "No attr for kg_status" in through_sssom(file, other)
    assert "kg_status" not in other.read_text("utf-8").partition("subject_label")[2]
    found = {row.text: row.status for row in read_rows(other)[0]}
    assert found == {**{row.text: row.status for row in FULL}, "blob": "review", "auto": "review"}


def test_appending_keeps_what_stands_there_even_a_row_that_cannot_be_used(file):
    file.write_text(
        "#curie_map:\n#  fb: http://purl.obolibrary.org/obo/FBbi_\n#license: https://example.org/l\n#mapping_date: 2020-01-01\n"
        "subject_label\tpredicate_id\tobject_id\tmy_column\nfirst\tskos:exactMatch\tfb:00000251\tmine\nbad\t\t???\tkept\n",
        "utf-8",
    )
    append_rows(file, [row("second", "FBbi:00000369", project="p")])
    append_rows(file, [row("third", "EFO:0001185", status="review")])
    text = file.read_text("utf-8")
    assert "first\tskos:exactMatch\tfb:00000251\tmine\t" in text
    assert "bad\t\t???\tkept\t" in text
    assert "license: https://example.org/l" in text
    assert "\tfb:00000369\t" in text  # in the file's own spelling
    rows, problems = read_rows(file)
    assert [(row.text, row.curie, row.status, row.project, row.day) for row in rows] == [
        ("first", "FBbi:00000251", "accepted", "", date(2020, 1, 1)),
        ("second", "FBbi:00000369", "accepted", "p", TODAY),
        ("third", "EFO:0001185", "review", "", TODAY),
    ]
    assert dict(rows[0].extra) == {"my_column": "mine"}
    assert [(problem.column, problem.rows) for problem in problems] == [("object_id", (11,))]  # four lines of metadata more


def test_rewriting_keeps_metadata_and_further_columns(file):
    file.write_text(
        "#mapping_set_title: Ours\nsubject_label\tpredicate_id\tobject_id\tsee_also\tother\n"
        "a\tskos:exactMatch\tEFO:0001185\thttps://example.org/a\tproject=p|house=own\n", "utf-8",
    )  # fmt: skip
    rows, _ = read_rows(file)
    write_rows(file, [replace(rows[0], why="checked"), row("b", "EFO:0002000")])
    again, problems = read_rows(file)
    assert problems == ()
    assert [row.why for row in again] == ["checked", ""]
    assert dict(again[0].extra) == {"see_also": "https://example.org/a", "other": "house=own"}
    assert again[0].project == "p"
    assert "mapping_set_title: Ours" in file.read_text("utf-8")


def _append(file: Path, name: str) -> None:
    for number in range(5):
        append_rows(file, [row(f"{name} {number}", "EFO:0001185")])


def test_two_processes_that_append_lose_nothing(file):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append, args=(file, name)) for name in ("one", "two")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert len(read_rows(file)[0]) == 10
    assert list(file.parent.iterdir()) == [file]


BAD_ROWS = [
    ("\t\tskos:exactMatch\t\tEFO:0001185\t\t\t\t", "subject_label", "neither text nor accession", "the row is left out"),
    ("a\t\tskos:exactMatch\t\t\t\t\t\t", "object_id", "nothing", "the row is left out"),
    ("a\t\tskos:exactMatch\t\t42\t\t\t\t", "object_id", "'42'", "the row is left out"),
    ("a\t\tskos:exactMatch\tNot\tsssom:NoTermFound\t\t\t\t", "object_id", "sssom:NoTermFound", "the row is left out"),
    ("a\t\tskos:relatedMatch\t\tEFO:0001185\t\t\t\t", "predicate_id", "'skos:relatedMatch'", "the row is left out"),
    ("a\t\tskos:exactMatch\tnever\tEFO:0001185\t\t\t\t", "predicate_modifier", "'never'", "the row is left out"),
    ("a\t\tskos:exactMatch\t\tEFO:0001185\torganism\t\t\t", "other", "'organism'", "the row is left out"),
    ("a\t\tskos:exactMatch\t\tEFO:0001185\t\t\t\tyes", "kg_status", "'yes'", "the row is left out"),
    ("a\t\tskos:exactMatch\t\tEFO:0001185\t\t\t\t\tmore", "", "10 cells, the last 'more'", "the row is left out"),
    ("a\t\tskos:exactMatch\t\tEFO:0001185\t\t21.11.2026\t\t", "mapping_date", "'21.11.2026'", "the row is used without it"),
    ("a\t\tskos:exactMatch\t\tEFO:0001185\t\t\t0,9\t", "confidence", "'0,9'", "the row is used without it"),
]


@pytest.mark.parametrize(("line", "column", "found", "repair"), BAD_ROWS)
def test_a_bad_row_is_told_with_its_row_and_the_others_are_used(file, line, column, found, repair):
    file.write_text(
        f"#license: x\n{HEADER}ok\t\tskos:exactMatch\t\tEFO:0001185\n\n{line}\nalso\t\tskos:exactMatch\t\tEFO:2000\n", "utf-8"
    )
    rows, (problem,) = read_rows(file)
    assert (problem.column, problem.rows, problem.found, problem.repair) == (column, (5,), found, repair)
    used = repair == "the row is used without it"
    assert [row.text for row in rows] == ["ok", "a", "also"] if used else ["ok", "also"]
    assert problem.severity == ("warning" if used else "error")
    assert rows[-1].curie == "EFO:0002000"
    assert rows[-1].number == 6


def test_a_mapping_between_terms_is_no_decision(file):
    file.write_text("subject_id\tsubject_label\tpredicate_id\tobject_id\nCLO:1\tHeLa\tskos:exactMatch\tEFO:0001185\n", "utf-8")
    rows, (problem,) = read_rows(file)
    assert rows == ()
    assert "`same` files" in problem.expected


def test_pairs_of_the_same_are_read_and_grouped(file):
    file.write_text(
        "#curie_map:\n#  clo: http://purl.obolibrary.org/obo/CLO_\nsubject_id\tpredicate_id\tpredicate_modifier\tobject_id\n"
        "clo:0003684\tskos:exactMatch\t\tEFO:0001185\nhttp://purl.obolibrary.org/obo/CL_0000000\towl:equivalentClass\t\tEFO:0000324\n"
        "clo:1\tskos:broadMatch\t\tEFO:3\nclo:2\tskos:exactMatch\tNot\tEFO:4\nclo:3\tskos:exactMatch\t\tsssom:NoTermFound\n"
        "clo:4\tskos:exactMatch\t\t\nEFO:0001185\tskos:exactMatch\t\tCVCL:0030\n", "utf-8",
    )  # fmt: skip
    pairs, (problem,) = read_same(file)
    assert [(pair.one, pair.other, pair.place) for pair in pairs] == [
        ("CLO:0003684", "EFO:0001185", "decisions.sssom.tsv row 4"),
        ("CL:0000000", "EFO:0000324", "decisions.sssom.tsv row 5"),
        ("EFO:0001185", "CVCL:0030", "decisions.sssom.tsv row 10"),
    ]
    assert (problem.column, problem.rows) == ("object_id", (9,))
    assert same_groups(pairs)["EFO:0001185"] == {"CLO:0003684", "CVCL:0030"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no header line"),
        (b"#license: x\n", "has no header line"),
        (b"a\tb\n1\t2\n", "its header has no object_id and no predicate_id and no subject_label"),
        (b"#a: [\nsubject_label\tpredicate_id\tobject_id\n", "its metadata is not YAML"),
        (b"#- a\nsubject_label\tpredicate_id\tobject_id\n", "not a set of keys and values"),
        (b"subject_label\tsubject_label\tpredicate_id\tobject_id\n", "names a column twice or not at all: 'subject_label'"),
        (b"subject_label\tpredicate_id\tobject_id\n\xff\n", "is not UTF-8"),
        (b'subject_label\tpredicate_id\tobject_id\n"a\tb\tc\n', "is not a table"),
    ],
)
def test_a_file_that_is_no_table_of_decisions_is_refused(file, content, said):
    file.write_bytes(content)
    with pytest.raises(TermError, match=re.escape(said)):
        read_rows(file)
    with pytest.raises(TermError):
        append_rows(file, [row("a")])
    assert file.read_bytes() == content


def test_what_a_spreadsheet_does_to_a_file_is_forgiven(file):
    file.write_bytes(
        b"\xef\xbb\xbf#curie_map:\t\t\t\r\n#  fb: http://purl.obolibrary.org/obo/FBbi_\t\t\t\r\n"
        b'"#mapping_set_title: ""Ours"""\t\t\t\r\n#creator_label: [Ada, Eve]\t\t\t\r\n'
        b"subject_label\tpredicate_id\tobject_id\tkg_status\t\t\r\nlate sheet\tskos:exactMatch\tfb:00000369\tACCEPTED\t\t\r\n\t\t\t\t\t\r\n"
    )
    (found,), problems = read_rows(file)
    assert problems == ()
    assert (found.text, found.curie, found.status, found.authors, found.number) == (
        "late sheet",
        "FBbi:00000369",
        "accepted",
        ("Ada", "Eve"),
        6,
    )


def test_commas_and_metadata_beside_the_file_are_read_too(tmp_path):
    (tmp_path / "a.sssom.csv").write_text('subject_label,predicate_id,object_id\n"a, b",skos:exactMatch,fb:00000369\n', "utf-8")
    (tmp_path / "a.sssom.yml").write_text(
        "curie_map: {fb: 'http://purl.obolibrary.org/obo/FBbi_'}\nsubject_type: rdfs literal\nmapping_date: 2026-01-02\n",
        "utf-8",
    )
    (found,), problems = read_rows(tmp_path / "a.sssom.csv")
    assert (found.text, found.curie, found.day, problems) == ("a, b", "FBbi:00000369", date(2026, 1, 2), ())


def test_a_curated_row_comes_before_what_the_index_says(inner, terms):
    rows = [row("CLSM ", "FBbi:00000369", field="imaging_method", authors=("orcid:0000-0002-1825-0097",), why="our slang")]
    decision = CuratedResolver(inner, rows, terms).resolve(Query("imaging_method", "clsm"))
    (match,) = decision.matches
    assert (decision.status, match.term.curie, match.term.label) == ("accepted", "FBbi:00000369", "SPIM")
    assert (match.tier, match.score, match.matched, match.scope, match.ontology) == ("curated", 1.0, "CLSM", "exact", "FBbi 1")
    assert match.term.iri == "http://purl.obolibrary.org/obo/FBbi_00000369"
    assert decision.decided_by == "https://orcid.org/0000-0002-1825-0097"
    assert decision.why == "orcid:0000-0002-1825-0097 decided on 2026-11-21: 'CLSM' is FBbi:00000369 'SPIM' (our slang)"


def test_a_text_without_a_row_is_answered_by_the_other_resolver(inner, terms):
    query = Query("imaging_method", "CLSM")
    rows = [row("SPIM", "FBbi:00000251"), row("CLSM", "EFO:0001185", field="cell_line"), row("CLSM", "EFO:1", status="review")]
    assert CuratedResolver(inner, rows, terms).resolve(query) == inner.resolve(query)


def test_the_most_specific_row_counts(answer):
    context = (("organism", "Danio rerio"),)
    rows = [
        row("x", "EFO:0000001", project="atlas", field="imaging_method", context=context),
        row("x", "FBbi:00000222", project="atlas", day=date(2030, 1, 1)),
        row("x", "FBbi:00000251", context=context, day=date(2030, 1, 1)),
        row("x", "FBbi:00000369", field="imaging_method", day=date(2030, 1, 1)),
        row("x", "FBbi:00000370", day=date(2030, 1, 1)),
    ]
    beside = (("organism", " danio  RERIO"), ("sex", "male"))
    assert answer(rows, text="x", context=beside, projects=("atlas", "other"))[1] == ["EFO:0000001"]
    assert answer(rows, text="x", projects=("atlas",))[1] == ["FBbi:00000222"]
    assert answer(rows, text="x", context=beside)[1] == ["FBbi:00000251"]
    assert answer(rows, text="x", context=(("organism", "Mus musculus"),))[1] == ["FBbi:00000369"]
    assert answer(rows, "cell_line", "x")[1] == ["FBbi:00000370"]


def test_several_rows_of_one_text_are_a_set(answer):
    rows = [row("both", "FBbi:00000369"), row("both", "FBbi:00000251", authors=("Eve",))]
    status, curies, why = answer(rows, text="both")
    assert (status, curies) == ("accepted", ["FBbi:00000369", "FBbi:00000251"])
    assert "Ada decided" in why
    assert "Eve decided" in why


def test_a_term_that_is_ruled_out_leaves_the_rest_to_a_person(answer):
    never = row("duplex", "FBbi:00000370", status="rejected", why="never ours")
    status, curies, why = answer([never], text="duplex")
    assert (status, curies) == ("review", ["FBbi:00000369"])
    assert why.endswith("but Ada decided on 2026-11-21: 'duplex' is not FBbi:00000370 (never ours)")
    status, curies, why = answer([row("CLSM", "FBbi:00000251", status="rejected")], text="CLSM")
    assert (status, curies) == ("none", [])
    assert "'CLSM' is not FBbi:00000251" in why


def test_a_term_ruled_out_for_all_can_be_accepted_by_a_project_and_the_other_way_round(answer):
    rows = [
        row("CLSM", "FBbi:00000251", status="rejected"),
        row("CLSM", "FBbi:00000251", project="atlas", day=date(2000, 1, 1)),
    ]
    assert answer(rows, text="CLSM")[0] == "none"
    assert answer(rows, text="CLSM", projects=("atlas",))[:2] == ("accepted", ["FBbi:00000251"])
    rows = [
        row("both", "FBbi:00000251"),
        row("both", "FBbi:00000369"),
        row("both", "FBbi:00000251", status="rejected", project="atlas"),
    ]
    assert answer(rows, text="both", projects=("atlas",))[:2] == ("accepted", ["FBbi:00000369"])
    assert answer(rows, text="both")[1] == ["FBbi:00000251", "FBbi:00000369"]


def test_a_text_that_names_no_term_is_left_without_one(answer):
    assert answer([row("HeLa")], "cell_line", "HeLa") == ("none", [], "Ada decided on 2026-11-21: 'HeLa' names no term")


def test_the_last_word_counts_by_date_and_then_by_place(answer):
    before = date(2026, 1, 1)
    assert answer([row("x", "FBbi:00000251", day=TODAY), row("x", day=before)], text="x")[1] == ["FBbi:00000251"]
    assert answer([row("x", "FBbi:00000251", day=before), row("x")], text="x")[0] == "none"
    assert answer([row("x", "FBbi:00000251"), row("x", "FBbi:00000251", status="rejected")], text="x")[0] == "none"
    assert answer([row("x", "FBbi:00000251", status="rejected"), row("x", "FBbi:00000251")], text="x")[1] == ["FBbi:00000251"]
    assert answer([row("x"), row("x", "FBbi:00000251", day=None)], text="x")[0] == "none"


def test_a_row_with_an_accession_holds_where_the_source_gives_it_however_spelt(answer):
    rows = [row("odd", "FBbi:00000251", accession="FBbi_369"), row("", "FBbi:00000370", accession="FBbi:00000222")]
    assert answer(rows, text="odd", accession="Fbbi:00000369")[1] == ["FBbi:00000251"]
    assert answer(rows, text="odd")[0] == "none"
    assert answer(rows, text="odd", accession="FBbi_1")[1] != ["FBbi:00000251"]
    assert answer(rows, text="anything", accession="FBbi_00000222")[1] == ["FBbi:00000370"]


def test_a_row_whose_term_is_obsolete_is_offered_with_its_replacement(answer, terms):
    rows = [row("old laser", "FBbi:00000300"), row("old strange", "FBbi:00000301")]
    status, curies, why = answer(rows, text="old laser")
    assert (status, curies) == ("review", ["FBbi:00000251"])
    assert "obsolete by now (FBbi 1), replaced by FBbi:00000251" in why
    assert answer(rows, text="old strange")[:2] == ("review", ["FBbi:00000301"])
    first, second = check_rows([replace(each, file="d.tsv", number=2 + place) for place, each in enumerate(rows)], terms)
    assert (first.code, first.rows, first.repair) == ("decision-obsolete", (2,), "FBbi:00000251 is offered for review")
    assert second.repair == "the text waits for a person"


def test_a_term_that_the_index_does_not_hold_is_a_persons_choice_all_the_same(answer):
    status, curies, why = answer([row("Vero", "CVCL:0059", label="Vero")], "cell_line", "Vero")
    assert (status, curies) == ("accepted", ["CVCL:0059"])
    assert why.endswith("'Vero' is CVCL:0059 'Vero'; the local index does not hold it")


def test_rows_that_are_never_used_or_contradicted_are_reported(terms):
    rows = [
        row("a", "EFO:0001185", field="cellline", file="d.tsv", number=2),
        row("b", "EFO:0001185", file="d.tsv", number=3, day=date(2026, 1, 1)),
        row("b", "EFO:0001185", file="d.tsv", number=4, status="rejected"),
        row("c", "EFO:0001185", file="d.tsv", number=5),
        row("c", "EFO:0002000", file="d.tsv", number=6),
        row("c", file="e.tsv", number=2, status="review"),
    ]
    wrong, contradicted = check_rows(rows, terms, FIELDS)
    assert (wrong.code, wrong.rows, wrong.found) == ("decision-field", (2,), "'cellline'")
    assert (contradicted.code, contradicted.rows) == ("decision-contradicted", (3,))
    assert contradicted.expected == "what d.tsv row 4 says: EFO:0001185 rejected"


def test_the_queue_goes_to_a_spreadsheet_and_back(file, inner, terms):
    decisions = [inner.resolve(Query("imaging_method", text)) for text in ("duplex", "grblfx", "CLSM", "duplex")]
    assert [decision.status for decision in decisions] == ["review", "none", "accepted", "review"]
    file.write_text(exported(decisions, TODAY, "atlas"), "utf-8")
    rows, problems = read_rows(file)
    assert problems == ()
    assert [(row.text, row.curie, row.status, row.project) for row in rows] == [
        ("duplex", "FBbi:00000369", "review", "atlas"),
        ("duplex", "FBbi:00000370", "review", "atlas"),
        ("grblfx", NO_TERM, "review", "atlas"),
    ]
    assert rows[0].candidates == ("FBbi:00000369", "FBbi:00000370")
    assert (rows[0].tier, rows[0].score, rows[0].tool, rows[0].ontology) == ("synonym", 0.95, "kg 0.1.0", "FBbi 1")
    unchanged = CuratedResolver(inner, rows, terms, ("atlas",))
    assert unchanged.resolve(decisions[0].query) == decisions[0]
    lines = file.read_text("utf-8").splitlines(keepends=True)
    lines[-2] = lines[-2].replace("\treview\t", "\taccepted\t")
    lines[-1] = lines[-1].replace("\treview\t", "\taccepted\t")
    file.write_text("".join(lines), "utf-8")
    curated = CuratedResolver(inner, read_rows(file)[0], terms, ("atlas",))
    assert [term.curie for term in curated.resolve(decisions[0].query).terms] == ["FBbi:00000370"]
    assert curated.resolve(decisions[1].query).why.endswith("'grblfx' names no term (" + decisions[1].why + ")")


def test_what_kg_accepted_by_itself_is_listed_but_is_nobodys_word(inner, terms, file):
    decision = inner.resolve(Query("imaging_method", "CLSM", context=(("organism", "Danio rerio"),)))
    rows = rows_of(decision, TODAY)
    assert [(row.status, row.curie, row.context) for row in rows] == [
        ("automatic", "FBbi:00000251", (("organism", "Danio rerio"),))
    ]
    write_rows(file, rows)
    assert read_rows(file)[0] == rows
    assert CuratedResolver(inner, rows, terms).resolve(decision.query) == decision


def test_a_person_decides_a_row_of_the_queue(inner):
    (first, _) = rows_of(inner.resolve(Query("imaging_method", "duplex")), TODAY)
    accepted = first.decided("accepted", "Ada", date(2026, 12, 1), why="sure")
    assert (accepted.curie, accepted.label, accepted.authors, accepted.day, accepted.why) == (
        "FBbi:00000369", "SPIM", ("Ada",), date(2026, 12, 1), "sure",
    )  # fmt: skip
    other = first.decided("accepted", "Ada", TODAY, curie="FBbi:00000251", label="confocal microscopy")
    assert (other.curie, other.label, other.tier, other.score, other.why) == (
        "FBbi:00000251",
        "confocal microscopy",
        "",
        None,
        first.why,
    )
    assert MANUAL in rows_text("a", [other])
    assert "semapv:MappingReview" in rows_text("a", [accepted])


@pytest.fixture
def recall(inner, terms):
    """Ask with a memory: status, CURIEs and reason."""

    def ask(said, text, field="imaging_method", accession=""):
        memory = Memory((field, spelt, curie, source) for spelt, curie, source in said)
        decision = MemoryResolver(inner, memory, terms, takes_by(terms, FIELDS), "kg 0.1.0").resolve(
            Query(field, text, accession)
        )
        return decision.status, [match.term.curie for match in decision.matches], decision.why

    return ask


TWO = [("gizmotron", "FBbi:00000369", "study 1"), (" Gizmotron", "FBbi:00000369", "study 2")]


def test_what_two_sources_agree_on_is_believed(recall):
    status, curies, why = recall(TWO, "GIZMOTRON")
    assert (status, curies) == ("accepted", ["FBbi:00000369"])
    assert why == "study 1, study 2 say that 'GIZMOTRON' is FBbi:00000369, and no source says otherwise"


def test_one_source_alone_is_offered_and_so_are_several_that_differ(recall):
    status, curies, why = recall(TWO[:1] * 3, "gizmotron")
    assert (status, curies) == ("review", ["FBbi:00000369"])
    assert "study 1 says that" in why
    status, curies, why = recall([*TWO, ("gizmotron", "FBbi:00000251", "study 3")], "gizmotron")
    assert (status, curies) == ("review", ["FBbi:00000369", "FBbi:00000251"])
    assert recall(TWO[:1], "CLSM")[0] == "accepted"


def test_a_set_of_terms_is_remembered_as_a_set(recall):
    both = [("both", curie, source) for curie in ("FBbi:00000369", "FBbi:00000251") for source in ("study 1", "study 2")]
    assert recall(both, "both")[:2] == ("accepted", ["FBbi:00000251", "FBbi:00000369"])
    assert recall(both[:3], "both")[0] == "review"


def test_memory_never_overrules_the_index_in_silence(recall):
    status, curies, why = recall([("CLSM", "FBbi:00000369", "study 1"), ("CLSM", "FBbi:00000369", "study 2")], "CLSM")
    assert (status, curies) == ("review", ["FBbi:00000369", "FBbi:00000251"])
    assert "study 1, study 2 say" in why
    assert "an exact synonym of FBbi:00000251" in why
    status, curies, why = recall([("CLSM", "FBbi:00000251", source) for source in ("study 1", "study 2")], "CLSM")
    assert (status, curies) == ("accepted", ["FBbi:00000251"])
    assert "study 1, study 2 say" in why
    assert recall([("CLSM", "FBbi:00000369", "study 1")], "CLSM")[:2] == ("accepted", ["FBbi:00000251"])


def test_memory_settles_a_tie_among_what_the_index_offers(recall):
    said = [("duplex", "FBbi:00000370", source) for source in ("study 1", "study 2")]
    assert recall(said, "duplex")[:2] == ("accepted", ["FBbi:00000370"])


@pytest.mark.parametrize("curie", ["FBbi:00000026", "EFO:0001185", "FBbi:00000300"])
def test_memory_offers_no_term_that_the_field_does_not_take_or_that_is_obsolete(recall, curie):
    assert recall([("gizmotron", curie, source) for source in ("study 1", "study 2")], "gizmotron")[:2] == ("none", [])


def test_memory_is_not_asked_where_there_is_an_accession_or_nothing_to_name(recall):
    assert recall(TWO, "gizmotron", accession="FBbi_00000251")[1] == ["FBbi:00000251"]
    assert recall(TWO, "gizmotron", accession="N/A")[1] == ["FBbi:00000369"]
    assert recall([("control", "FBbi:00000369", source) for source in ("study 1", "study 2")], "control")[:2] == ("none", [])


def test_a_source_that_gives_one_text_many_terms_is_no_witness(recall):
    filled_down = [("gizmotron", f"FBbi:{number:08}", "study 3") for number in (222, 251, 369, 370)]
    assert Memory(("f", *each) for each in filled_down).about("f", "gizmotron") == {}
    assert recall(filled_down, "gizmotron")[:2] == ("none", [])
    assert recall([*TWO, *filled_down], "gizmotron")[:2] == ("accepted", ["FBbi:00000369"])


def test_only_what_people_have_said_is_remembered():
    def decided(tier, status="accepted", text="a"):
        return Decision(
            Query("f", text), status, (Match(Term("EFO:1"), 1.0, tier, ""),), "", "Ada" if tier == "curated" else "kg"
        )

    said = [
        decided("accession"),
        decided("curated"),
        decided("label"),
        decided("accession", "review"),
        decided("accession", text=" "),
    ]
    assert list(remembered("study 1", said)) == [("f", "a", "EFO:1", "study 1"), ("f", "a", "EFO:1", "Ada")]


def test_every_example_of_the_page_on_deciding_runs(built, tmp_path):
    page = (ROOT / "docs/deciding.md").read_text("utf-8")
    blocks = re.findall(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert {name for _, name, _ in blocks} == {"", "decisions.sssom.tsv", "same.sssom.tsv", "policy.yaml"}
    (tmp_path / "terms.sqlite").write_bytes(built.read_bytes())
    for _, name, text in blocks:
        if name:
            (tmp_path / name).write_text(text, "utf-8")
    assert through_sssom(tmp_path / "decisions.sssom.tsv", tmp_path / "out.sssom.tsv") == ""
    code = "\n".join(text for language, _, text in blocks if language == "python")
    test = doctest.DocTestParser().get_doctest(code, {}, "deciding.md", "docs/deciding.md", 0)
    said: list[str] = []
    with contextlib.chdir(tmp_path):
        results = doctest.DocTestRunner().run(test, out=said.append)
    assert results.attempted > 25
    assert results.failed == 0, "".join(said)
