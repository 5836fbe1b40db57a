"""Repair: what is wrong with one text of a known kind, and what should stand there, decided from the text alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kg.quality.repair_addresses import doi, email, url
from kg.quality.repair_codes import orcid, pmc, pubmed, ror, taxon
from kg.quality.repair_dates import date
from kg.quality.repair_licences import licence
from kg.quality.repair_text import Repair

__all__ = ["KINDS", "Repair", "repair"]

KINDS: Mapping[str, Callable[[str], Repair]] = MappingProxyType(
    {
        "doi": doi,
        "email": email,
        "url": url,
        "orcid": orcid,
        "ror": ror,
        "licence": licence,
        "date": date,
        "pubmed": pubmed,
        "pmc": pmc,
        "taxon": taxon,
    }
)
"""Kind of text to the function that looks at it."""


def repair(kind: str, text: str) -> Repair:
    """Look at one text.

    Args:
        kind: one of `KINDS`; of any other the text is right as it is.
        text: as the source has it; white space around it does not count.

    >>> repair("doi", "https://doi.org/DOI: 10.1234/Abc.5").value
    'https://doi.org/10.1234/abc.5'
    >>> repair("email", "a.b@c..org").value, repair("email", "a.b@c..org").reason
    ('', 'two dots in a row: a letter or a word is missing')
    """
    looked_at = KINDS.get(kind)
    return looked_at(text.strip()) if looked_at else Repair(text.strip())
