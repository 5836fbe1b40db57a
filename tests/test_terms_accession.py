"""Accessions as sources spell them, and texts that name no term."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.terms.normalise import key, squash
from kg.terms.resolve import abstain
from kg.terms.resolve.accession import normalise, spelt_out


@pytest.mark.parametrize(
    ("spelt", "word", "expected", "curie"),
    [
        ("FBbi_00000246", "", (), "FBbi:00000246"),
        ("Fbbi_00000246", "", (), "FBbi:00000246"),
        ("FBbi:00000246", "", (), "FBbi:00000246"),
        ("Fbbi:00000246", "Fbbi", (), "FBbi:00000246"),
        ("00000369", "Fbbi", (), "FBbi:00000369"),
        ("369", "", ("FBbi",), "FBbi:00000369"),
        ("9606", "NCBITaxon", (), "NCBITaxon:9606"),
        ("9606.0", "NCBI Taxonomy", (), "NCBITaxon:9606"),
        ("09606", "NCBITaxon", (), "NCBITaxon:9606"),
        ("0000540", "CL", (), "CL:0000540"),
        ("0001185", "EFO", (), "EFO:0001185"),
        ("9606", "", ("NCBITaxon",), "NCBITaxon:9606"),
        ("9606", "", ("EFO", "NCBITaxon"), None),
        ("9606", "my own list", ("EFO", "NCBITaxon"), None),
        ("NCBI:txid9606", "", (), "NCBITaxon:9606"),
        ("txid9606", "", (), "NCBITaxon:9606"),
        ("NCBITaxon 10090", "", (), "NCBITaxon:10090"),
        ("taxon:10090", "", (), "NCBITaxon:10090"),
        ("obo:FBbi_00000251", "", (), "FBbi:00000251"),
        ("obo:FBbi:00000251", "", (), "FBbi:00000251"),
        ("http://purl.obolibrary.org/obo/FBbi_00000251", "", (), "FBbi:00000251"),
        ("https://purl.obolibrary.org/obo/NCBITaxon_9606", "", (), "NCBITaxon:9606"),
        ("<http://www.ebi.ac.uk/efo/EFO_0001185>", "", (), "EFO:0001185"),
        ("http://www.ebi.ac.uk/cmpo/CMPO_0000198", "", (), "CMPO:0000198"),
        ("http://www.bioassayontology.org/bao#BAO_0000218", "", (), "BAO:0000218"),
        ("http://www.orpha.net/ORDO/Orphanet_123", "", (), "Orphanet:123"),
        ("https://identifiers.org/taxonomy/9606", "", (), "NCBITaxon:9606"),
        ("https://identifiers.org/taxonomy:9606", "", (), "NCBITaxon:9606"),
        ("http://identifiers.org/efo/EFO:0001185", "", (), "EFO:0001185"),
        ("https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?mode=Info&id=9606", "", (), "NCBITaxon:9606"),
        ("http://www.ontobee.org/ontology/FBbi?iri=http://purl.obolibrary.org/obo/FBbi_00000246", "", (), "FBbi:00000246"),
        (
            "https://www.ebi.ac.uk/ols4/ontologies/fbbi/classes/http%253A%252F%252Fpurl.obolibrary.org%252Fobo%252FFBbi_00000246",
            "",
            (),
            "FBbi:00000246",
        ),
        ("data:0940", "", (), "EDAM:data_0940"),
        ("EDAM:topic_3382", "", (), "EDAM:topic_3382"),
        ("CVCL_0030", "", (), "CVCL:0030"),
        ("NCIT:C3171", "", (), "NCIT:C3171"),
        ("uberon:0003089", "", (), "UBERON:0003089"),
        ("chebi:140672", "", (), "CHEBI:140672"),
        ("MI:0663", "", (), "MI:0663"),
        ("CMPO:0005634", "", (), "CMPO:0005634"),
        ("SNOMED_F-0011A", "", (), None),
        ("mesh:D055986", "", (), None),
        ("EFO_10011851", "", (), None),
        ("UBERON_abc", "", (), None),
        ("HeLa", "", (), None),
        ("N/A", "EFO", (), None),
        ("", "", (), None),
        ("-", "", ("FBbi",), None),
    ],
)
def test_spellings_seen_in_the_wild_become_their_curie(spelt, word, expected, curie):
    found = normalise(spelt, word, expected)
    assert found.curie == curie
    assert curie or found.why


def test_the_prefix_of_the_accession_wins_over_the_column_beside_it():
    found = normalise("GO_0008104", "EFO")
    assert found.curie == "GO:0008104"
    assert "the source names EFO beside it" in found.why


def test_what_was_repaired_is_told():
    assert normalise("369", "FBbi").why == "a bare number, read as FBbi (named beside it); leading zeros restored"


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_accession_breaks_the_normaliser_and_its_result_is_stable(spelt, word):
    found = normalise(spelt, word)
    if found.curie:
        assert normalise(found.curie).curie == found.curie


@pytest.mark.parametrize(
    "text", ["HeLa", "MCF 10A", "U2OS", "9606", "GFP+/-", "23 years", "CL_1", "MI_1", "SO_2", "confocal microscopy", "C57BL/6"]
)
def test_a_name_is_no_accession(text):
    assert spelt_out(text) is None


@given(st.text(max_size=80))
def test_a_key_is_its_own_key_but_for_further_quotes(text):
    once = key(text)
    assert "  " not in once
    assert squash(once) == squash(text)


def test_keys_even_out_form_case_blanks_and_quotes_only():
    assert key("\uff23onfocal\u00a0\u00a0Microscopy") == "confocal microscopy"
    assert key("\u201cHeLa\u201d") == "hela"
    assert key("Stra\u00dfe") == "strasse"
    assert key("light-sheet") != key("light sheet")
    assert key("U-2 OS") != key("U2OS")


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "?", "N/A", "n.a.", "NA", "none", "Unknown", "not applicable", "untreated", "WT", "control", "Negative Control",
     "positive control 1", "my cells", "mixed", "blank", "not specified.", "(unknown)", "\u2014"],
)  # fmt: skip
def test_nulls_and_controls_name_nothing(text):
    assert abstain.nothing(text)


@pytest.mark.parametrize(
    "text",
    ["HeLa", "normal", "male", "disease", "DMSO", "controlled vocabulary", "Nanog", "noneuploid", "brain", "H9", "C6", "7"],
)
def test_names_are_not_taken_for_nothing(text):
    assert abstain.nothing(text) is None


@pytest.mark.parametrize(
    ("text", "looks_like"),
    [
        ("B03", "a plate well"),
        ("well B03", "a plate well"),
        ("Channel 1", "a position on a plate or in a file"),
        ("31", "a number"),
        ("-9.6299", "a number"),
        ("23 years", "a quantity"),
        ("0.5 \u00b5M", "a quantity"),
        ("9\u00b015'12.27''", "a coordinate"),
        ("2020-01-31", "a date"),
        ("https://example.org/x", "an address on the web"),
        ("plate1.tif", "a file name"),
        ("GFP+/-", "a symbol of expression"),
        ("Hangartner-463", "an identifier or code"),
        ("one two three four five six seven eight nine ten eleven twelve thirteen", "prose of more than 12 words"),
        ("confocal microscopy", None),
        ("HeLa", None),
    ],
)
def test_shapes_are_recognised(text, looks_like):
    assert abstain.shape(text) == looks_like
