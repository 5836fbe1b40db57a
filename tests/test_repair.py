"""Repairs of single texts: what is mended is only syntax, what is uncertain is only proposed, what is right stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.quality import repair_licences
from kg.quality.repair import KINDS, repair

MENDED = [
    ("doi", "DOI: https://doi.org/10.5555/Abc.93764.", "https://doi.org/10.5555/abc.93764"),
    ("doi", "https://doi.org/DOI: 10.5555/lsa.2024", "https://doi.org/10.5555/lsa.2024"),
    ("doi", "0.1101/2025.03.24.000001", "https://doi.org/10.1101/2025.03.24.000001"),
    ("doi", "https:// dx.doi.org/10.5555/protocols/v1", "https://doi.org/10.5555/protocols/v1"),
    ("doi", "https://doi.org/10.5555/2025.04.08 Funding", "https://doi.org/10.5555/2025.04.08"),
    ("doi", "https://doi.org/https://doi.org/10.5555/x1", "https://doi.org/10.5555/x1"),
    ("email", "a.b@mail.orga.b@mail.org", "a.b@mail.org"),
    ("email", "Ada Example <ada@mail.org>", "ada@mail.org"),
    ("email", "ada@mail.org.", "ada@mail.org"),
    ("email", "ada (at) mail.org", "ada@mail.org"),
    ("url", "https:// example.org/a", "https://example.org/a"),
    ("url", "https://https://example.org/a", "https://example.org/a"),
    ("url", "doi.org/10.5555/8gcn.3", "https://doi.org/10.5555/8gcn.3"),
    ("url", "github.com/some/code", "https://github.com/some/code"),
    ("orcid", "0000 0002 1825 0097", "https://orcid.org/0000-0002-1825-0097"),
    ("licence", "CC-BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    ("licence", "Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/"),
    ("licence", "CC-0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ("date", "31/05/2024", "2024-05-31"),
    ("date", "May 1st, 2024", "2024-05-01"),
    ("taxon", "Taxonomy ID: 9606", "http://purl.obolibrary.org/obo/NCBITaxon_9606"),
    ("pubmed", "35 587 651", "35587651"),
]
RIGHT = [
    ("doi", "10.5555/S0092-8674(00)80000-1", "https://doi.org/10.5555/s0092-8674(00)80000-1"),
    ("doi", "doi: 10.5555/x1", "https://doi.org/10.5555/x1"),
    (
        "doi",
        "10.1002/(SICI)1097(1996)205:2<122::AID>3.0.CO;2-K",
        "https://doi.org/10.1002/(sici)1097(1996)205:2%3C122::aid%3E3.0.co;2-k",
    ),
    ("email", "o'neil+x@a-b.co.uk", "o'neil+x@a-b.co.uk"),
    ("url", "ftp://example.org/x", "ftp://example.org/x"),
    ("url", "https://example.org/wiki/X_(y)", "https://example.org/wiki/X_(y)"),
    ("url", "https://example.org/files/Figure 1/a b.tif", "https://example.org/files/Figure%201/a%20b.tif"),
    ("orcid", "0000-0001-5109-3700", "https://orcid.org/0000-0001-5109-3700"),
    ("ror", "02catss52", "https://ror.org/02catss52"),
    ("licence", "CC BY-NC-SA 3.0", "https://creativecommons.org/licenses/by-nc-sa/3.0/"),
    ("licence", "https://creativecommons.org/licenses/by/4.0/legalcode", "https://creativecommons.org/licenses/by/4.0/"),
    ("date", "2024-05-31", "2024-05-31"),
    ("pmc", "PMC123456", "PMC123456"),
    ("pubmed", "PMID: 32004455", "32004455"),
    ("taxon", "NCBI:txid9606", "http://purl.obolibrary.org/obo/NCBITaxon_9606"),
]
OPEN = [
    ("doi", "2024.09.23.000001", "https://doi.org/10.1101/2024.09.23.000001"),
    ("doi", "https://www.biorxiv.org/content/10.1101/2024.09.23.000001v1.full", "https://doi.org/10.1101/2024.09.23.000001"),
    ("doi", "10.5555/a1; 10.5555/b2", ""),
    ("doi", "TBD", ""),
    ("email", "ada@mail..org", ""),
    ("email", "ada@ut", ""),
    ("email", "ada.b@b@mail.org", "ada.b@mail.org"),
    ("email", "a@mail.org, b@mail.org", ""),
    ("url", "LC3 and p62", ""),
    ("url", "ERP007058", ""),
    ("orcid", "0000-0002-1825-0098", ""),
    ("ror", "https://ror.org/02catss53", ""),
    ("licence", "CC BY", "https://creativecommons.org/licenses/by/4.0/"),
    ("licence", "all rights reserved", ""),
    ("date", "05/06/2024", ""),
    ("date", "2024-13-01", ""),
    ("pubmed", "in revision", ""),
    ("pmc", "123456", "PMC123456"),
    ("taxon", "human", ""),
]


@pytest.mark.parametrize(("kind", "text", "value"), MENDED)
def test_a_text_with_one_possible_meaning_is_mended_and_told(kind, text, value):
    found = repair(kind, text)
    assert (found.value, found.proposal) == (value, "")
    assert found.reason


@pytest.mark.parametrize(("kind", "text", "value"), RIGHT)
def test_an_allowed_spelling_gets_its_normal_form_without_a_word(kind, text, value):
    assert (repair(kind, text).value, repair(kind, text).reason) == (value, "")


@pytest.mark.parametrize(("kind", "text", "proposal"), OPEN)
def test_what_is_not_certain_gets_no_value(kind, text, proposal):
    found = repair(kind, text)
    assert (found.value, found.proposal) == ("", proposal)
    assert found.reason


@pytest.mark.parametrize(("kind", "text", "value"), [*MENDED, *RIGHT])
def test_what_was_mended_is_right(kind, text, value):
    again = repair(kind, value)
    assert (again.value, again.reason) == (value, "")


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=60))
def test_any_text_has_a_value_or_a_reason(kind, text):
    found = repair(kind, text)
    assert found.value or found.reason
    assert not (found.value and found.proposal)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_long_text_is_looked_at_quickly(kind):
    for text in ("10." * 3000, "a@" * 3000, "https://" * 2000, "0000-" * 3000, "doi " * 3000, "CC BY " * 2000, "1 " * 3000):
        assert repair(kind, text).reason or kind in {"url", "licence"}


def test_a_text_of_another_kind_is_right_as_it_is():
    assert repair("colour", " red ").value == "red"


@pytest.mark.parametrize("text", ["https://example.org/licence#a#b", "(https://[)", "see https://exa|mple.org"])
def test_a_licence_with_an_address_that_is_no_iri_is_told_and_not_taken(text):
    assert repair_licences.licence(text).value == ""
