"""Likeness: names found by their grams and loose keys, and how alike a text and a name are."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.terms import TermIndex, add_file
from kg.terms.build import add_files
from kg.terms.grams import gram_text, grams_of
from kg.terms.refile import loose_hash
from kg.terms.resolve.compare import Comparer
from kg.terms.resolve.profile import load_profiles
from kg.terms.words import load_words

WORDS = load_words()
HEAD = "curie\tlabel\tsynonyms\tobsolete\n"
NAMES, SEED = 5000, 11
LETTERS = "abcdefghijklmnopqrstuvwxyz"
STEMS = st.lists(
    st.sampled_from(["increase", "size", "cell", "left", "kidney", "t", "cd4", "alpha", "nucleus", "no", "2"]), max_size=6
)


def names_of(count: int) -> list[str]:
    """Return names like those of ontologies: one to four words of common parts, always the same."""
    chance = random.Random(SEED)  # noqa: S311 - names, no secrets
    starts = [
        "cyto",
        "neuro",
        "hepa",
        "myo",
        "osteo",
        "endo",
        "peri",
        "micro",
        "macro",
        "gastro",
        "nephro",
        "dermo",
        "lipo",
        "chondro",
    ]
    middles = ["blas", "cyt", "plas", "gen", "phil", "troph", "som", "derm", "card", "gli", "lymph", "granul", "fibr", "vas"]
    ends = ["tic", "al", "oma", "ule", "ium", "in", "ase", "osis", "ary", "oid"]
    found: dict[str, None] = {}
    while len(found) < count:
        words = [
            chance.choice(starts) + chance.choice(middles) + chance.choice(ends) for _ in range(chance.choice([1, 2, 2, 3, 4]))
        ]
        found[" ".join(words)] = None
    return list(found)


def misspelt(name: str, chance: random.Random) -> str:
    """Return a name with one letter dropped, doubled, changed or exchanged with the next."""
    place = chance.choice([place for place, letter in enumerate(name[:-1]) if letter != " " and name[place + 1] != " "])
    kind = chance.randrange(4)
    if kind == 0:
        return name[:place] + name[place + 1 :]
    if kind == 1:
        return name[:place] + name[place] + name[place:]
    if kind == 2:
        other = chance.choice([letter for letter in LETTERS if letter != name[place]])
        return name[:place] + other + name[place + 1 :]
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("likeness")
    large = "".join(f"GEN:{number:07d}\t{name}\t\t\n" for number, name in enumerate(names_of(NAMES)))
    (folder / "gen.tsv").write_text(f"# ontology: GEN\n# version: 1\n{HEAD}{large}", "utf-8")
    small = (
        "FBbi:00000251\tconfocal microscopy\tCLSM|pinhole imaging [related]\t\n"
        "FBbi:00000300\tconfocal microscopyx\t\ttrue\n"
        "UBERON:0000955\tbrain\tencephalon\t\nUBERON:0000956\tbrains\t\t\n"
        "UBERON:0001\ta\t\t\nUBERON:0002\t???\t\t\n"
    )
    (folder / "fbbi.tsv").write_text(f"# ontology: FBbi\n# version: 2\n{HEAD}{small}", "utf-8")
    add_files(folder / "index.sqlite", [folder / "gen.tsv", folder / "fbbi.tsv"])
    return folder / "index.sqlite"


@pytest.fixture(scope="module")
def terms(path):
    with TermIndex.open(path) as index:
        yield index


def test_a_name_with_one_letter_wrong_is_found_among_five_thousand(terms):
    chance = random.Random(SEED)  # noqa: S311 - names, no secrets
    names = names_of(NAMES)
    sample = [(number, misspelt(names[number], chance)) for number in chance.sample(range(NAMES), 300)]
    near = {text: [hit.curie for hit in terms.near(WORDS.stems(text), ["GEN"], 10)] for _, text in sample}
    first = sum(near[text][:1] == [f"GEN:{number:07d}"] for number, text in sample)
    found = sum(f"GEN:{number:07d}" in near[text] for number, text in sample)
    assert found / len(sample) >= 0.95
    assert first / len(sample) >= 0.80


def test_a_name_itself_is_nearest_to_itself(terms):
    for number in range(0, NAMES, 250):
        name = names_of(NAMES)[number]
        best, *_ = terms.near(WORDS.stems(name), ["GEN"], 5)
        assert (best.curie, best.text, best.ontology) == (f"GEN:{number:07d}", name, "GEN 1")


def test_the_nearest_come_with_all_their_names_and_of_the_ontologies_asked_for_alone(terms):
    hits = terms.near(WORDS.stems("confocal microscope"), ["FBbi"], 10)
    assert {(hit.text, hit.scope) for hit in hits if hit.curie == "FBbi:00000251"} == {
        ("confocal microscopy", "label"),
        ("CLSM", "exact"),
        ("pinhole imaging", "related"),
    }
    assert {hit.curie for hit in hits} <= {"FBbi:00000251", "FBbi:00000300"}
    assert [hit.obsolete for hit in hits if hit.curie == "FBbi:00000300"] == [True]
    assert terms.near(WORDS.stems("confocal microscope"), ["UBERON"], 10) == []
    assert terms.near(WORDS.stems("confocal microscope"), ["ABSENT"], 10) == []
    assert terms.near((), ["FBbi"], 10) == []


def test_no_more_terms_come_than_asked_for(terms):
    for limit in (1, 3, 20):
        hits = terms.near(WORDS.stems("cytoblastic neurocytal"), ["GEN"], limit)
        assert 1 <= len({hit.curie for hit in hits}) <= limit


def test_a_loose_key_finds_all_terms_that_have_it_once_each(terms):
    assert sorted(hit.curie for hit in terms.loosely("brain")) == ["UBERON:0000955", "UBERON:0000956"]
    (hit,) = terms.loosely(WORDS.loose("Confocal-microscopies (CLSM)").removesuffix("clsm"))
    assert (hit.curie, hit.scope, hit.ontology) == ("FBbi:00000251", "label", "FBbi 2")
    assert terms.loosely("") == []
    assert terms.loosely("no such key") == []


def test_two_keys_that_share_a_hash_are_told_apart(path, tmp_path):
    """Forty-eight bits do collide in principle; a row filed under a foreign hash stands in for that."""
    copy = tmp_path / "index.sqlite"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        (concept,) = connection.execute("SELECT id FROM concept WHERE curie = 'UBERON:0000955'").fetchone()
        connection.execute("INSERT INTO loose VALUES (?, ?, 1)", (loose_hash("kidney"), concept))
        connection.commit()
    with TermIndex.open(copy) as index:
        assert index.loosely("kidney") == []
        assert [hit.curie for hit in index.loosely("encephalon")] == ["UBERON:0000955"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=LETTERS + " 0123456789", max_size=40))
def test_grams_are_the_distinct_runs_of_three(text):
    expected = {text[place : place + 3] for place in range(len(text) - 2)}
    found = {bytes([code >> 16, code >> 8 & 255, code & 255]).decode() for code in grams_of(text).tolist()}
    assert found == expected
    assert grams_of(text).dtype == np.uint32


def test_words_are_set_apart_by_blanks_in_what_grams_are_cut_from():
    assert gram_text(("t", "cell")) == " t cell "
    assert grams_of("ab").tolist() == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_asked_for_nearness_is_ordered_and_bounded(terms, text):
    hits = terms.near(WORDS.stems(text), ["GEN", "FBbi", "UBERON"], 4)
    curies = list(dict.fromkeys(hit.curie for hit in hits))
    assert len(curies) <= 4
    assert curies == list(dict.fromkeys(hit.curie for hit in terms.near(WORDS.stems(text), ["GEN", "FBbi", "UBERON"], 4)))


def compare(field: str, text: str, name: str) -> tuple[float, str]:
    likeness = Comparer(WORDS, load_profiles().of(field)).compare(WORDS.stems(text), WORDS.stems(name))
    return likeness.score, likeness.against


@pytest.mark.parametrize(
    ("field", "text", "name"),
    [
        ("phenotype", "larger cells", "increased cell size"),
        ("phenotype", "smaller cell", "decreased cell size"),
        ("phenotype", "more actin fibres", "increased number of actin filaments"),
        ("phenotype", "dead cells", "cell death"),
        ("phenotype", "binucleated cells", "binucleate cell"),
        ("organism_part", "cortex of the kidney", "kidney cortex"),
        ("organism_part", "renal cortex", "cortex of kidney"),
        ("cell_type", "mitochondrial cell", "cell of mitochondria"),
    ],
)
def test_the_same_in_other_words_is_fully_alike(field, text, name):
    score, against = compare(field, text, name)
    assert (score >= 0.8, against) == (True, "")


@pytest.mark.parametrize(
    ("text", "name", "part"),
    [
        ("increased cell size", "decreased cell size", "the opposite"),
        ("left kidney", "right kidney", "the opposite"),
        ("anterior lobe", "posterior lobe", "the opposite"),
        ("male gamete", "female gamete", "the opposite"),
        ("T cell", "B cell", "'b', 't'"),
        ("CD4 positive cell", "CD8 positive cell", "'cd4', 'cd8'"),
        ("CD4+ cell", "CD4- cell", "the opposite"),
        ("type 1 cell", "type 2 cell", "'1', '2'"),
        ("type II cell", "type III cell", "'2', '3'"),
        ("alpha cell", "beta cell", "'alpha', 'beta'"),
        ("HeLa S3", "HeLa", "'s3'"),
        ("non neuronal cell", "neuronal cell", "'non'"),
        ("drug resistant cell", "drug cell", "'resistant'"),
    ],
)
def test_what_keeps_two_names_apart_is_said(text, name, part):
    for one, other in ((text, name), (name, text)):
        score, against = compare("default", one, other)
        assert part in against
        assert 0 < score <= 1


@pytest.mark.parametrize(("one", "other"), [("hct116", "hct115"), ("abc", "abd"), ("cd4", "cd44")])
def test_a_letter_in_a_short_word_or_a_code_makes_another_word(one, other):
    assert compare("default", one, other)[0] == 0.0


@settings(max_examples=300, deadline=None)
@given(STEMS, STEMS, st.sampled_from(["default", "phenotype", "organism_part"]))
def test_likeness_is_the_same_both_ways_and_full_for_the_same_words(one, other, field):
    comparer = Comparer(WORDS, load_profiles().of(field))
    there, back = comparer.compare(one, other), comparer.compare(other, one)
    assert there.score == pytest.approx(back.score)
    assert bool(there.against) == bool(back.against)
    assert 0 <= there.score <= 1
    same = comparer.compare(one, list(reversed(one)))
    assert field == "phenotype" or same.score == pytest.approx(1.0 if comparer.words_of(one) else 0.0)


def test_a_name_that_came_with_a_later_file_is_found_too(path, tmp_path):
    copy = tmp_path / "index.sqlite"
    copy.write_bytes(path.read_bytes())
    (tmp_path / "more.tsv").write_text(f"# ontology: MORE\n{HEAD}UBERON:0000955\tbrain\tcerebral organ\t\n", "utf-8")
    add_file(copy, tmp_path / "more.tsv")
    with TermIndex.open(copy) as index:
        assert "UBERON:0000955" in {hit.curie for hit in index.near(WORDS.stems("cerebral organs"), ["UBERON"], 5)}
        assert [(hit.curie, hit.scope) for hit in index.loosely("cerebralorgan")] == [("UBERON:0000955", "exact")]
