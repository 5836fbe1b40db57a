"""Words: spellings and forms of one word meet, and no rule makes two things one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.terms.resolve.profile import load_profiles
from kg.terms.resolve.variants import is_acronym_in_s, variants
from kg.terms.words import load_words

WORDS = load_words()
# Letters that the rules know most about, so that the search meets endings, Greek, signs and possessives often.
TANGLED = st.text(alphabet="abceghilmnorstuxyz '+-\u2019\u03b1\u03c3\u00fc\u00df12()", max_size=24)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Confocal Microscopy", "confocal microscopy"),
        ("light-sheet microscopy", "lightsheet microscopy"),
        ("U-2 OS", "U2OS"),
        ("TGF\u03b21", "TGF-beta 1"),
        ("\u0391-synuclein", "alpha synuclein"),
        ("M\u00fcller cell", "muller cell"),
        ("nuclei", "nucleus"),
        ("bronchi", "bronchus"),
        ("mitochondria", "mitochondrion"),
        ("lamellipodia", "lamellipodium"),
        ("neuroepithelia", "neuroepithelium"),
        ("vertebrae", "vertebra"),
        ("cortices", "cortex"),
        ("bodies", "body"),
        ("classes", "class"),
        ("synapses", "synapse"),
        ("mice", "mouse"),
        ("biopsies", "biopsy"),
        ("T-cells", "T cell"),
        ("Alzheimer's disease", "Alzheimer disease"),
        ("Alzheimer\u2019s diseases", "Alzheimer disease"),
        ("tumours", "tumor"),
        ("colour", "color"),
        ("behaviour", "behavior"),
        ("haemoglobin", "hemoglobin"),
        ("leukaemia", "leukemia"),
        ("oestrogen", "estrogen"),
        ("oesophagus", "esophagus"),
        ("foetal", "fetal"),
        ("lymphoedema", "lymphedema"),
        ("localisation", "localization"),
        ("polarised", "polarized"),
        ("labelled fibres", "labeled fibers"),
        ("signalling", "signaling"),
        ("grey", "gray"),
        ("micrometre", "micrometer"),
        ("sulphate", "sulfate"),
        ("leucocyte", "leukocyte"),
        ("type II", "type 2"),
        ("stage IV", "stage 4"),
        ("CD4+ cell", "CD4-positive cells"),
        ("species", "species"),
    ],
)
def test_spellings_of_one_name_are_filed_together(one, other):
    assert WORDS.loose(one) == WORDS.loose(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("increased cell size", "decreased cell size"),
        ("left kidney", "right kidney"),
        ("HCT116", "HCT15"),
        ("Atg5+/+ MEF", "Atg5-/- MEF"),
        ("HCT116", "HCT11"),
        ("MCF-7", "MCF-7A"),
        ("T cell", "B cell"),
        ("CD4+", "CD4-"),
        ("CD4+", "CD4"),
        ("CD4", "CD8"),
        ("alpha cell", "a cell"),
        ("\u03b1 cell", "\u03b2 cell"),
        ("type II", "type III"),
        ("type I", "type 11"),
        ("4-OHT", "40HT"),
        ("(R)-citalopram", "(S)-citalopram"),
        ("D-glucose", "L-glucose"),
        ("ES cell", "E cell"),
        ("Ras", "Ra"),
        ("gas", "ga"),
        ("axis", "axe"),
    ],
)
def test_names_of_different_things_are_filed_apart(one, other):
    assert WORDS.loose(one) != WORDS.loose(other)


def test_a_roman_number_counts_only_after_a_word_that_is_numbered():
    assert WORDS.stems("type IV") == ("type", "4")
    assert WORDS.stems("drip iv") == ("drip", "iv")
    assert WORDS.stems("I-band") == ("i", "band")


def test_a_text_without_letters_and_digits_has_no_key():
    assert (WORDS.stems(" -/+ \u2026 "), WORDS.loose("?!")) == ((), "")


def test_signs_of_charge_are_words_only_at_the_end_of_a_word():
    assert WORDS.stems("CD4+CD8- cell") == ("cd4", "cd8", "negative", "cell")
    assert WORDS.stems("CD4+, CD8- cell") == ("cd4", "positive", "cd8", "negative", "cell")
    assert WORDS.stems("light-sheet") == ("light", "sheet")


@settings(max_examples=1500, deadline=None)
@given(st.one_of(TANGLED, st.text(max_size=40)))
def test_stems_are_plain_lower_case_and_stay_what_they_are(text):
    stems = WORDS.stems(text)
    assert all(stem.isascii() and stem.isalnum() and stem == stem.lower() for stem in stems)
    assert WORDS.stems(" ".join(stems)) == stems


@settings(max_examples=500, deadline=None)
@given(TANGLED)
def test_blanks_and_case_change_no_key(text):
    assert WORDS.loose(f" \t{text}\n") == WORDS.loose(text)
    assert WORDS.loose(text.replace(" ", "   ")) == WORDS.loose(text)
    if "\u00df" not in text:
        assert WORDS.loose(text.upper()) == WORDS.loose(text)


def readings(text: str, field: str) -> dict[str, tuple[str, float]]:
    """Return the readings of a text by their keys."""
    return {loose: (how, score) for loose, how, score in variants(text, load_profiles().of(field), WORDS)}


@pytest.mark.parametrize(
    ("field", "text", "name", "how"),
    [
        ("imaging_method", "Confocal-microscopy", "confocal microscopy", "spelling apart"),
        ("imaging_method", "confocal", "confocal microscopy", "with 'microscopy' after it"),
        ("imaging_method", "SPIM imaging", "SPIM", "without the word 'imaging' at its end"),
        ("imaging_method", "Microscopy, confocal", "confocal microscopy", "the part after the comma first"),
        ("imaging_method", "confocal microscopy (live)", "confocal microscopy", "without the words in brackets"),
        ("imaging_method", "our set-up (CLSM)", "CLSM", "by the words in brackets alone"),
        ("cell_line", "HeLa cells", "HeLa", "without the word 'cell' at its end"),
        ("cell_line", "HeLa", "HeLa cell", "with 'cell' after it"),
        ("cell_type", "hepatocytes", "hepatocyte cell", "with 'cell' after it"),
        ("cell_type", "primary human hepatocytes", "hepatocyte", "without 'primary human', which says where it comes from"),
        ("organism_part", "mouse kidney tissue", "kidney", "without 'mouse', which says where it comes from"),
        ("disease", "Crohn's", "Crohn disease", "with 'disease' after it"),
        ("developmental_stage", "larval", "larval stage", "with 'stage' after it"),
    ],
)
def test_each_rule_gives_its_reading_and_says_so(field, text, name, how):
    found = readings(text, field)
    assert found[WORDS.loose(name)][0].endswith(how)


def test_head_words_belong_to_their_field():
    assert WORDS.loose("confocal") in readings("confocal microscopy", "imaging_method")
    assert WORDS.loose("confocal") not in readings("confocal microscopy", "disease")
    assert WORDS.loose("kidney") in readings("human kidney", "organism_part")
    assert WORDS.loose("kidney") not in readings("human kidney", "imaging_method")


def test_a_head_word_alone_is_left_as_it_is():
    assert set(readings("microscopy", "imaging_method")) >= {"microscopy"}
    assert "" not in readings("cell line culture", "cell_type")


@pytest.mark.parametrize(
    "field", ["imaging_method", "cell_type", "cell_line", "organism_part", "disease", "phenotype", "compound"]
)
@settings(max_examples=150, deadline=None)
@given(text=TANGLED)
def test_readings_have_a_reason_and_grow_no_surer_than_the_text_itself(field, text):
    found = [*variants(text, load_profiles().of(field), WORDS)]
    assert len({variant.loose for variant in found}) == len(found)
    assert all(variant.loose and variant.how and 0 < variant.score <= 0.96 for variant in found)
    # One letter is no reading, and a word in capitals that ends in S has none: it is no plural.
    if len(WORDS.loose(text)) > 1 and not is_acronym_in_s(text):
        assert found[0].loose == WORDS.loose(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("E10.5", "E105"),
        ("HAP1-11", "HAP11-1"),
        ("A-54-9", "A-549"),
        ("158.2", "1582"),
        ("(+)-catechin", "(-)-catechin"),
        ("TP53(+/-)", "TP53(-/-)"),
        ("CD4\u2212 cell", "CD4 cell"),
        ("CD4\u207b cell", "CD4 cell"),
        ("NK.49D+.Sp", "NK.49D-.Sp"),
    ],
)
def test_numbers_and_signs_are_kept(one, other):
    assert WORDS.loose(one) != WORDS.loose(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("embryos", "embryo"),
        ("carcinomas", "carcinoma"),
        ("fibrosarcomata", "fibrosarcoma"),
        ("areas", "area"),
        ("retinas", "retina"),
        ("fetuses", "fetus"),
        ("sinuses", "sinus"),
        ("hippocampi", "hippocampus"),
        ("glomeruli", "glomerulus"),
        ("exercises", "exercise"),
    ],
)
def test_further_plurals_meet_their_singular(one, other):
    assert WORDS.loose(one) == WORDS.loose(other)
