"""Checking: texts of a known kind (DOI, e-mail, ...) are looked at before they are cast, and repaired where that is exact."""

from __future__ import annotations

from kg.mapping.check import Checked
from kg.quality.repair import repair

_EXPECTED = {
    "doi": "a DOI like https://doi.org/10.1234/abcd",
    "email": "an e-mail address",
    "url": "a web address",
    "orcid": "an ORCID like https://orcid.org/0000-0002-1825-0097",
    "ror": "a ROR identifier like https://ror.org/02catss52",
    "licence": "a licence with a version, or its IRI",
    "date": "a date like 2024-05-31",
    "pubmed": "a PubMed number",
    "pmc": "a PubMed Central identifier like PMC123456",
    "taxon": "a taxon like NCBITaxon:9606",
}


def checked(kind: str, text: str) -> Checked:
    """Return what may be cast in place of a text of a kind, and what to tell; the raw text is kept all the same."""
    found = repair(kind, text)
    if found.is_fine:
        return Checked(found.value)
    expected = f"{_EXPECTED[kind]} ({found.reason})"
    if found.value:
        return Checked(found.value, expected, f"repaired: {found.value}")
    done = f"proposed: {found.proposal}" if found.proposal else "no repair is certain"
    return Checked("", expected, f"{done}; the text is kept in the custom layer")
