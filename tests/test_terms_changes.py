"""What a newer version of an ontology means for decisions: each kind of change is found, and nothing else."""

from __future__ import annotations

import pytest

from kg.schema import Branch
from kg.terms import TermIndex, add_file
from kg.terms.changes import Decided, changes, kept

FIELDS = {"shape": (Branch("PATO", ("PATO:0000001",)),), "anything": (Branch("PATO", ()),)}
ROOT = "[Term]\nid: PATO:0000001\nname: shape\n"
ROUND = "[Term]\nid: PATO:0000002\nname: round\nis_a: PATO:0000001\n"


@pytest.fixture
def compare(tmp_path):
    """Compare two states of an ontology for decisions; gives kind, text and what to take instead."""

    def run(before: str, after: str, *decisions: tuple[str, str, str]):
        indices = []
        for name, terms in (("before", before), ("after", after)):
            file = tmp_path / f"{name}.obo"
            file.write_text(f"format-version: 1.2\ndata-version: {name}\nontology: pato\n\n{ROOT}\n{terms}")
            indices.append(tmp_path / f"{name}.sqlite")
            add_file(indices[-1], file)
        with TermIndex.open(indices[0]) as old, TermIndex.open(indices[1]) as new:
            return changes(old, new, [Decided(*each) for each in decisions], fields=FIELDS)

    return run


ABOUT_ROUND = ("shape", "roundish", "PATO:0000002")


@pytest.mark.parametrize(
    ("after", "kind", "instead", "why"),
    [
        (f"{ROUND}is_obsolete: true\nreplaced_by: PATO:0000001\n", "obsolete", ("PATO:0000001",), "replaced by PATO:0000001"),
        (f"{ROUND}is_obsolete: true\nconsider: PATO:0000001\n", "obsolete", ("PATO:0000001",), "proposed in its place"),
        (f"{ROUND}is_obsolete: true\n", "obsolete", (), "nothing replaced it"),
        (
            "[Term]\nid: PATO:0000003\nname: circular\nalt_id: PATO:0000002\n",
            "obsolete",
            ("PATO:0000003",),
            "merged into another",
        ),
        ("", "gone", (), "no loaded file holds PATO:0000002 any longer"),
        (ROUND.replace("round", "circular"), "relabelled", (), "was called 'round' and is called 'circular' now"),
        (
            "[Term]\nid: PATO:0000002\nname: round\n",
            "moved",
            (),
            "is no longer below PATO:0000001, which the field shape asks for",
        ),
    ],
)
def test_each_kind_of_change_of_a_term_is_found(compare, after, kind, instead, why):
    [change] = compare(ROUND, after, ABOUT_ROUND, ABOUT_ROUND)
    assert (change.kind, change.text, change.curie, change.instead) == (kind, "roundish", "PATO:0000002", instead)
    assert change.before == "round"
    assert why in change.why
    assert change.as_dict()["kind"] == kind


def test_a_text_that_names_another_term_now_is_found(compare):
    other = "[Term]\nid: PATO:0000003\nname: flat\nis_a: PATO:0000001\n{}"
    before = f'{ROUND}synonym: "disc" EXACT []\n\n{other.format("")}'
    after = f"{ROUND}\n{other}".format('synonym: "disc" EXACT []\n')
    [change] = compare(before, after, ("shape", "disc", "PATO:0000002"))
    assert (change.kind, change.instead) == ("elsewhere", ("PATO:0000003",))


def test_a_text_that_names_two_terms_now_is_found(compare):
    other = "[Term]\nid: PATO:0000003\nname: flat\nis_a: PATO:0000001\n{}"
    before = f'{ROUND}synonym: "disc" EXACT []\n\n{other.format("")}'
    after = before + 'synonym: "disc" EXACT []\n'
    [change] = compare(before, after, ("shape", "disc", "PATO:0000002"))
    assert (change.kind, change.instead) == ("ambiguous", ("PATO:0000002", "PATO:0000003"))


def test_a_text_whose_term_is_gone_is_told_with_the_term_it_names_now(compare):
    [change] = compare(ROUND, ROUND.replace("0000002", "0000009"), ("shape", "round", "PATO:0000002"))
    assert (change.kind, change.instead) == ("gone", ("PATO:0000009",))


@pytest.mark.parametrize(
    "decided",
    [
        ABOUT_ROUND,
        ("shape", "round", "PATO:0000002"),
        ("shape", "flat", "PATO:0000002"),  # a person decided against the name, before and after
        ("", "round", "PATO:0000002"),
        ("shape", "", "PATO:0000002"),
        ("colour", "round", "PATO:0000002"),
        ("shape", "old", "PATO:0000004"),  # obsolete all along
        ("shape", "somewhere", "UBERON:0000001"),  # never in the index
        ("shape", "nothing", ""),
    ],
)
def test_what_was_so_before_is_no_change(compare, decided):
    flat = "\n[Term]\nid: PATO:0000003\nname: flat\nis_a: PATO:0000001\n"
    old = "\n[Term]\nid: PATO:0000004\nname: obsolete old\nis_obsolete: true\nreplaced_by: PATO:0000003\n"
    new = "\n[Term]\nid: PATO:0000005\nname: new\n"
    assert compare(ROUND + flat + old, ROUND + flat + old + new, decided) == ()


def test_a_term_may_leave_a_branch_that_its_field_does_not_ask_for(compare):
    assert compare(ROUND, "[Term]\nid: PATO:0000002\nname: round\n", ("anything", "roundish", "PATO:0000002")) == ()


def test_the_state_of_an_index_can_be_kept_while_it_is_exchanged(tmp_path):
    index, file = tmp_path / "index.sqlite", tmp_path / "x.obo"
    for version in ("1", "2"):
        file.write_text(f"format-version: 1.2\ndata-version: {version}\nontology: pato\n\n{ROOT}")
        if version == "1":
            add_file(index, file)
    with kept(index) as earlier:
        add_file(index, file)
        with TermIndex.open(earlier) as before, TermIndex.open(index) as after:
            assert [before.ontologies()[0].version, after.ontologies()[0].version] == ["1", "2"]
    assert {path.name for path in tmp_path.iterdir()} <= {"index.sqlite", "index.sqlite.lock", "x.obo"}
