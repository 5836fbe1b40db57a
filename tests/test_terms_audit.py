"""The audits: what is found in pairs of text and accession, what is left alone, and what a policy may put right."""

from __future__ import annotations

import csv
import gzip
import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.schema import Branch
from kg.term import Term
from kg.terms import TermIndex, add_file
from kg.terms.audit import KINDS, Audited, audit, repaired
from kg.terms.audit.names import Names
from kg.terms.audit.specificity import Specificity
from kg.terms.audit.taxon import line_taxa, ontology_taxa
from kg.terms.resolve.accession import normalise

HEAD = "curie\tlabel\tparents\tsynonyms\tobsolete\treplaced_by\n"
TABLES = {
    "EFO": "EFO:0000001\texperimental factor\t\t\t\t\n"
    "EFO:0001185\tHeLa\tEFO:0000001\tHela cell\t\t\nEFO:0001186\tHepG2\tEFO:0000001\t\t\t\n"
    "EFO:0001187\tHUVEC\tEFO:0000001\t\t\t\nEFO:0001203\tMCF-7\tEFO:0000001\t\t\t\n"
    "EFO:0002887\tmouse cell line\tEFO:0000001\t\t\t\nEFO:0009000\tABC-1\tEFO:0002887\t\t\t\n"
    "EFO:0000962\tobsolete_skin\t\t\ttrue\tUBERON:0000014\nEFO:0000963\tobsolete thing\t\tthing\ttrue\t\n",
    "CMPO": "CMPO:0000001\tcellular phenotype\t\t\t\t\nCMPO:0000140\tbright nuclei phenotype\tCMPO:0000001\t\t\t\n"
    "CMPO:0000141\tlarge nuclei phenotype\tCMPO:0000001\t\t\t\nCMPO:0000142\tround nuclei phenotype\tCMPO:0000001\t\t\t\n"
    "CMPO:0000143\tbinuclear cell phenotype\tCMPO:0000001\t\t\t\nCMPO:0005635\tspread cells\tCMPO:0000001\t\t\t\n"
    + "".join(f"CMPO:{number:07d}\tphenotype {number}\tCMPO:0000001\t\t\t\n" for number in range(300, 330)),
    "GO": "GO:0005634\tnucleus\t\t\t\t\nGO:0005737\tcytoplasm\t\t\t\t\n",
    "UBERON": "UBERON:0000014\tzone of skin\t\t\t\t\nUBERON:0002415\ttail\t\t\t\t\nUBERON:0002419\tskin gland\t\t\t\t\n"
    "UBERON:0000955\tbrain\t\t\t\t\n",
    "ZFA": "ZFA:0000008\tbrain\t\t\t\t\n",
    "NCBITaxon": "NCBITaxon:1\troot\t\t\t\t\nNCBITaxon:9443\tPrimates\tNCBITaxon:1\t\t\t\n"
    "NCBITaxon:9606\tHomo sapiens\tNCBITaxon:9443\thuman\t\t\nNCBITaxon:9601\tPongo abelii\tNCBITaxon:9443\t\t\t\n"
    "NCBITaxon:10088\tMus\tNCBITaxon:1\t\t\t\nNCBITaxon:10090\tMus musculus\tNCBITaxon:10088\tmouse\t\t\n"
    "NCBITaxon:7955\tDanio rerio\tNCBITaxon:1\tzebrafish\t\t\n",
}
FIELDS = {
    "cell_line": (Branch("EFO", ()), Branch("CLO", ())),
    "organism": (Branch("NCBITaxon", ()),),
    "organism_part": (Branch("UBERON", ()), Branch("EFO", ()), Branch("ZFA", ())),
    "phenotype": (Branch("CMPO", ()), Branch("GO", ())),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terms")
    for name, rows in TABLES.items():
        (folder / f"{name}.tsv").write_text(f"# ontology: {name}\n# version: 1\n{HEAD}{rows}", "utf-8")
        add_file(folder / "index.sqlite", folder / f"{name}.tsv")
    with TermIndex.open(folder / "index.sqlite") as opened:
        yield opened


def cell(text, accession, row=2, field="cell_line", organism="", ontology="", column="Cell Line"):
    curie = normalise(accession, ontology, [branch.ontology for branch in FIELDS.get(field, ())]).curie
    return Audited(field, column, "t.csv", text, accession, curie, (row,), 1, organism, ontology)


def dragged(text, numbers, stem="EFO_", width=7, **more):
    return [cell(text, f"{stem}{number:0{width}d}", row, **more) for row, number in enumerate(numbers, 2)]


def of_kind(found, kind):
    return [one for one in found if one.kind == kind]


def flagged(cells, index):
    return {pair for one in of_kind(audit(cells, index, FIELDS), "fill-down") for pair in one.pairs}


# ---------------------------------------------------------------------------------------------------------- runs
def test_a_dragged_accession_is_found_whole_and_the_right_one_proposed(index):
    cells = dragged("HeLa", range(1185, 1245))
    (found,) = audit(cells, index, FIELDS)
    assert found.kind == "fill-down"
    assert found.pairs == tuple(one.pair for one in cells)
    assert found.proposal == Term("EFO:0001185")
    assert found.count == 60
    problem = found.problem()
    assert (problem.code, problem.severity, problem.count) == ("fill-down", "warning", 60)
    assert "60 of them" in str(problem)
    assert "EFO:0001185 'HeLa' is proposed for all of them" in str(problem)


@pytest.mark.parametrize(
    ("what", "numbers"),
    [
        ("ascending", range(700, 720)),
        ("descending", range(720, 700, -1)),
        ("in steps of two", range(700, 740, 2)),
        ("three on end", (700, 701, 702)),
        ("rows taken out", (700, 701, 704, 709, 711, 712, 720)),
        ("sorted by something else", (705, 700, 703, 701, 704, 702)),
        ("begun again", (700, 701, 702, 703, 704, 900, 901, 902, 903, 904)),
        ("on into the next digit", (9_999_998, 9_999_999, 0, 1)),
    ],
)
def test_runs_are_told_from_their_numbers_alone(index, what, numbers):
    cells = dragged("unheard-of line", numbers, stem="CLO_")
    assert flagged(cells, index) == {one.pair for one in cells}, what


def test_spellings_of_a_prefix_do_not_break_a_run(index):
    cells = [cell("HeLa", spelling, row) for row, spelling in enumerate(["EFO_0001185", "efo:0001186", "Efo_0001187"], 2)]
    assert flagged(cells, index) == {one.pair for one in cells}


def test_accessions_that_mean_nothing_known_are_runs_too(index):
    cells = dragged("a patient group", range(55, 61), stem="SNOMED_S-", width=5)
    assert {one.curie for one in cells} == {None}
    assert flagged(cells, index) == {one.pair for one in cells}


def test_a_run_over_texts_that_take_turns_is_found_beside_each(index):
    texts = ["line A", "line B", "line A", "line C", "line B", "line A"]
    cells = [cell(text, f"CLO_{number:07d}", number) for number, text in enumerate(texts, 800)]
    assert flagged(cells, index) == {one.pair for one in cells}


def test_four_numbers_with_gaps_are_a_run_only_when_the_first_is_the_texts_own_term(index):
    gaps = (2415, 2419, 2424, 2429)
    tail = dragged("Tail", gaps, stem="UBERON_", field="organism_part")
    (found,) = of_kind(audit(tail, index, FIELDS), "fill-down")
    assert found.proposal == Term("UBERON:0002415")
    assert flagged(dragged("Crest", gaps, stem="UBERON_", field="organism_part"), index) == set()


def test_neighbouring_terms_of_different_texts_are_no_run(index):
    texts = ["bright nuclei", "large nuclei", "round nuclei", "two nuclei", "no nuclei", "many nuclei"]
    cells = [cell(text, f"CMPO_{number:07d}", number, "phenotype") for number, text in enumerate(texts, 140)]
    assert flagged(cells, index) == set()


def test_one_text_curated_to_two_or_three_terms_is_no_run(index):
    assert flagged(dragged("bright large nuclei", (140, 141), "CMPO_", field="phenotype"), index) == set()
    assert flagged(dragged("bright large round nuclei", (140, 141, 142), "CMPO_", field="phenotype"), index) == set()
    assert flagged(dragged("odd", (140, 250, 17, 391, 77), "CMPO_", field="phenotype"), index) == set()


def test_the_right_pair_of_a_run_is_audited_on_and_the_others_are_not(index):
    cells = dragged("HeLa", range(1185, 1195), organism="Pongo abelii")
    found = audit(cells, index, FIELDS)
    assert [one.kind for one in found] == ["fill-down", "taxon"]
    assert found[1].pairs == (("HeLa", "EFO_0001185"),)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(1, 9_000_000),
    length=st.integers(8, 60),
    step=st.sampled_from([1, 1, -1, 2, 3]),
    lost=st.floats(0, 0.4),
    seed=st.integers(0, 1000),
)
def test_whatever_rows_are_lost_a_run_is_flagged_completely(index, start, length, step, lost, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    numbers = [start + 200 + step * place for place in range(length)]
    kept = [number for number in numbers if chance.random() >= lost]
    if len(kept) < 6:
        kept = numbers
    cells = dragged("unheard-of line", kept, stem="CLO_")
    assert flagged(cells, index) == {one.pair for one in cells}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(1, 400), min_size=1, max_size=40, unique=True), ordered=st.booleans())
def test_texts_with_one_accession_each_are_never_a_run(index, numbers, ordered):
    rows = sorted(numbers) if ordered else numbers
    cells = [cell(f"text {number}", f"CLO_{number:07d}", row) for row, number in enumerate(rows, 2)]
    assert flagged(cells, index) == set()


def test_the_runs_in_the_shared_tables_are_flagged_completely(shared, index):
    there = {
        ("idr0056", "HeLa"): 6,
        ("idr0056", "Homo sapiens"): 6,
        ("idr0072", "MCF 10A"): 211,
        ("idr0070", "Homo sapiens"): 3,
    }
    tables = ["idr0056/idr0056-screenC", "idr0070/idr0070-experimentA", "idr0072/idr0072-screenA"]
    counted = {}
    for table in tables:
        content = gzip.decompress((shared / f"data/inputs/idr/{table}-annotation.csv.gz").read_bytes()).decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(content))
        for field, column in (("organism", "Characteristics [Organism]"), ("cell_line", "Characteristics [Cell Line]")):
            if column in head:
                place = head.index(column)
                triples = dict.fromkeys((row[place], row[place + 2], row[place + 1]) for row in rows if row[place + 2])
                cells = [cell(a, b, n, field, ontology=c) for n, (a, b, c) in enumerate(triples, 2)]
                for text, _ in flagged(cells, index):
                    counted[table[:7], text] = counted.get((table[:7], text), 0) + 1
    assert counted == there


# ---------------------------------------------------------------------------------------------------------- pairs
def test_an_accession_of_another_thing_is_told_with_the_texts_own_term(index):
    (found,) = audit([cell("MCF-7", "EFO_0001187")], index, FIELDS)
    assert (found.kind, found.proposal) == ("label-accession", Term("EFO:0001203"))
    assert found.found == "EFO:0001187, which is 'HUVEC', beside 'MCF-7'"


@pytest.mark.parametrize(
    ("text", "accession"),
    [
        ("HeLa", "EFO_0001185"), ("HELA cells", "EFO_0001185"), ("HeLa Kyoto", "EFO_0001185"), ("MCF7", "EFO_0001203"),
        ("Hep G2 (liver)", "EFO_0001186"), ("N/A", "EFO_0001187"), ("3", "EFO_0001187"), ("EFO_0001185", "EFO_0001187"),
    ],
)  # fmt: skip
def test_a_text_that_shares_something_with_the_term_or_says_nothing_is_left_alone(index, text, accession):
    assert audit([cell(text, accession)], index, FIELDS) == ()


def test_accessions_that_no_file_holds_are_one_remark_for_a_column(index):
    cells = [cell("one", "EFO_0077001"), cell("two", "EFO_0066002"), cell("three", "EFO_0055003")]
    (found,) = audit(cells, index, FIELDS)
    assert found.kind == "label-accession"
    assert found.problem().severity == "info"
    assert "3 accessions, such as EFO:0077001 beside 'one', not in the index" in found.found


@pytest.mark.parametrize("accession", ["EFO_0001158", "EFO_0001105", "EFO_0011855"])
def test_a_slip_of_one_digit_is_told_from_the_texts_own_term(index, accession):
    (found,) = audit([cell("HeLa", accession)], index, FIELDS)
    assert (found.kind, found.proposal) == ("typo", Term("EFO:0001185"))


def test_the_right_number_under_the_wrong_prefix_is_found_in_the_other_ontologies(index):
    (found,) = audit([cell("nucleus", "CMPO_0005634", field="phenotype")], index, FIELDS)
    assert (found.kind, found.proposal) == ("prefix", Term("GO:0005634"))


def test_an_ontology_beside_the_accession_that_is_another_is_told(index):
    (found,) = audit([cell("nucleus", "GO_0005634", field="phenotype", ontology="EFO")], index, FIELDS)
    assert (found.kind, found.proposal) == ("prefix", "")
    assert found.found == "GO:0005634 beside the ontology 'EFO'"
    assert audit([cell("nucleus", "GO_0005634", field="phenotype", ontology="Gene Ontology")], index, FIELDS) == ()


def test_an_ontology_that_the_field_does_not_take_is_told_once_for_a_column(index):
    cells = [cell("brain", "UBERON_0000955", field="cell_line"), cell("tail", "UBERON_0002415", 3, field="cell_line")]
    (found,) = audit(cells, index, FIELDS)
    assert (found.kind, len(found.pairs)) == ("prefix", 2)
    assert audit(cells, index) == ()  # without fields any ontology will do


def test_an_obsolete_term_comes_with_its_replacement(index):
    (found,) = audit([cell("skin", "EFO_0000962", field="organism_part")], index, FIELDS)
    assert (found.kind, found.proposal) == ("obsolete", Term("UBERON:0000014"))
    (open_end,) = audit([cell("thing", "EFO_0000963", field="organism_part")], index, FIELDS)
    assert (open_end.kind, open_end.proposal) == ("obsolete", "")


def test_the_replacement_of_a_term_that_the_text_never_meant_is_not_proposed(index):
    (found,) = audit([cell("brain", "EFO_0000962", field="organism_part")], index, FIELDS)
    assert (found.kind, found.proposal) == ("label-accession", Term("UBERON:0000955"))


# ---------------------------------------------------------------------------------------------------------- taxa
@pytest.mark.parametrize("organism", ["Pongo abelii", "NCBITaxon:9601", "NCBI:txid9601", "mouse"])
def test_hela_is_no_orang_utan(index, organism):
    (found,) = audit([cell("HeLa cells", "EFO_0001185", organism=organism)], index, FIELDS)
    assert (found.kind, found.proposal) == ("taxon", Term("NCBITaxon:9606"))
    assert "CVCL:0030" in found.expected


@pytest.mark.parametrize("organism", ["Homo sapiens", "human", "Primates", "", "Martian", "Homo sapiens; Mus musculus"])
def test_an_organism_that_agrees_or_is_not_known_is_left_alone(index, organism):
    assert audit([cell("HeLa", "EFO_0001185", organism=organism)], index, FIELDS) == ()


def test_a_class_above_a_cell_line_tells_its_organism(index):
    (found,) = audit([cell("ABC-1", "EFO_0009000", organism="Homo sapiens")], index, FIELDS)
    assert (found.kind, found.proposal) == ("taxon", Term("NCBITaxon:10090"))
    assert "mouse cell line" in found.expected


def test_anatomy_of_one_taxon_beside_another_is_told(index):
    (found,) = audit([cell("brain", "ZFA_0000008", field="organism_part", organism="Mus musculus")], index, FIELDS)
    assert (found.kind, found.proposal) == ("taxon", "")
    assert audit([cell("brain", "ZFA_0000008", field="organism_part", organism="zebrafish")], index, FIELDS) == ()


def test_the_tables_of_taxa_are_sound():
    lines = line_taxa()
    assert len(lines) >= 150
    assert {origin.taxon.partition(":")[0] for origin in (*lines.values(), *ontology_taxa().values())} == {"NCBITaxon"}
    assert (lines["hela"].taxon, lines["nih3t3"].taxon, lines["mdck"].taxon) == (
        "NCBITaxon:9606", "NCBITaxon:10090", "NCBITaxon:9615",
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- specificity
def test_a_root_says_almost_nothing_and_a_leaf_says_all(index):
    score = Specificity(Names(index))
    assert score.score("CMPO:0000001") == pytest.approx(0, abs=0.05)
    assert score.score("CMPO:0000140") == 1
    assert score.score("GO:0005634") is None  # too little of GO is loaded to tell
    (found,) = audit([cell("cellular phenotype", "CMPO_0000001", field="phenotype")], index, FIELDS)
    assert (found.kind, found.proposal, found.problem().severity) == ("near-root", "", "info")


# ---------------------------------------------------------------------------------------------------------- repairs
def test_a_policy_says_what_is_repaired_and_every_repair_is_recorded(index):
    (found,) = audit(dragged("HeLa", range(1185, 1195)), index, FIELDS)
    done = repaired(found, {"fill-down"})
    assert set(done.terms) == set(found.pairs)
    assert set(done.terms.values()) == {Term("EFO:0001185")}
    assert done.problem.repair == "EFO:0001185 'HeLa' was put in place of the accessions"
    left = repaired(found, {"typo"})
    assert left.terms == {}
    assert left.problem == found.problem()


def test_a_doubtful_proposal_and_a_contradiction_are_never_repaired(index):
    (doubtful,) = audit([cell("MCF-7", "EFO_0001187")], index, FIELDS)
    (contradiction,) = audit([cell("HeLa", "EFO_0001185", organism="mouse")], index, FIELDS)
    assert [repaired(one, KINDS).terms for one in (doubtful, contradiction)] == [{}, {}]


def test_a_policy_with_an_unknown_kind_is_refused(index):
    (found,) = audit([cell("MCF-7", "EFO_0001187")], index, FIELDS)
    with pytest.raises(UsageError, match="filldown: no such kind"):
        repaired(found, {"filldown"})


def test_columns_do_not_mix_and_nothing_gives_nothing(index):
    assert audit([], index, FIELDS) == ()
    cells = [cell("a line", f"CLO_{number:07d}", column=f"Cell Line {number}") for number in range(700, 720)]
    assert flagged(cells, index) == set()
