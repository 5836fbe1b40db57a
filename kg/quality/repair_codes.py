"""Identifiers with a fixed shape: ORCID, ROR, PubMed, PubMed Central, NCBI Taxonomy.

ORCID and ROR carry check characters of ISO 7064 (https://support.orcid.org/hc/en-us/articles/360006897674,
https://ror.readme.io/docs/identifier).
"""

from __future__ import annotations

import re

from kg.quality.repair_text import Repair, placeholder

_ORCID_FINE = re.compile(r"(?:https?://(?:www\.)?orcid\.org/|orcid:\s?)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?", re.IGNORECASE)
_ORCID_ANY = re.compile(r"(?<!\d)\d(?:[\s\u2010-\u2015\u2212_.-]*\d){14}[\s\u2010-\u2015\u2212_.-]*[\dXx](?!\d)")
_ORCID_WORDS = re.compile(r"[\s:/.#()=]*(?:https?|www|orcid(?:\.org)?|id|[\s:/.#()=])*", re.IGNORECASE)
_ROR_FINE = re.compile(r"(?:https?://(?:www\.)?)?(?:ror\.org/|ror:\s?)?(0[0-9a-hj-km-np-tv-z]{6}\d{2})/?", re.IGNORECASE)
_ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_ROR_CHECK = 97
_PUBMED = re.compile(
    r"(?:https?://(?:www\.)?(?:ncbi\.nlm\.nih\.gov/pubmed|pubmed\.ncbi\.nlm\.nih\.gov|europepmc\.org/(?:abstract|article)/med)/|"
    r"(?:pubmed(?: id)?|pmid)[\s:#]*)(\d{1,8})[/.]?",
    re.IGNORECASE,
)
_PMC = re.compile(r"(?:\S*/)?pmc[\s:#-]*(?:id)?[\s:#-]*(?:pmc)?(\d{3,9})[/.]?", re.IGNORECASE)
_TAXON = re.compile(
    r"(?:https?://\S*/|\S*[?&]id=)?(?:ncbi[\s_]?taxon|ncbi|taxonomy|taxon|tax)?[\s_:/-]*(?:txid|taxid|taxon|id)?[\s_:]*0*([1-9]\d{0,8})",
    re.IGNORECASE,
)
_TAXON_FINE = re.compile(r"(?:NCBITaxon[:_]|NCBI:txid|txid|http://purl\.obolibrary\.org/obo/NCBITaxon_)?([1-9]\d{0,8})")


def orcid(text: str) -> Repair:
    """Look at an ORCID; its normal form is the IRI under https://orcid.org/.

    >>> orcid("0000000218250097").value, orcid("0000-0002-1825-0098").reason
    ('https://orcid.org/0000-0002-1825-0097', 'the check digit says that a digit is wrong')
    """
    fine = _ORCID_FINE.fullmatch(text)
    found = fine[1] if fine else ""
    if not found:
        if nothing := placeholder(text):
            return nothing
        several = _ORCID_ANY.findall(text)
        if len(several) != 1:
            return Repair("", "not an ORCID, which has 16 digits" if not several else f"{len(several)} ORCIDs in one text")
        digits = re.sub(r"[^\dXx]", "", several[0])
        found = "-".join(digits[i : i + 4] for i in range(0, 16, 4))
    found = found.upper()
    if _mod_11_2(found.replace("-", "")[:-1]) != found[-1]:
        return Repair("", "the check digit says that a digit is wrong")
    iri = f"https://orcid.org/{found}"
    if fine:
        return Repair(iri)
    around = _ORCID_ANY.sub(" ", text)
    if not _ORCID_WORDS.fullmatch(around):
        return Repair("", f"{around.strip()!r} beside the ORCID", iri)
    return Repair(iri, "not in groups of four with hyphens")


def _mod_11_2(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)  # noqa: PLR2004 - ISO 7064 writes ten as X


def ror(text: str) -> Repair:
    """Look at a ROR identifier; its normal form is the IRI under https://ror.org/.

    >>> ror("02catss52").value
    'https://ror.org/02catss52'
    """
    fine = _ROR_FINE.fullmatch(text)
    if fine is None:
        return placeholder(text) or Repair("", "not a ROR identifier, which has nine characters and begins with 0")
    code = fine[1].lower()
    number = 0
    for char in code[1:7]:
        number = number * 32 + _ROR_DIGITS.index(char)
    if (98 - (number * 100) % _ROR_CHECK) % _ROR_CHECK != int(code[7:]) % _ROR_CHECK:
        return Repair("", "the check digits say that a character is wrong")
    return Repair(f"https://ror.org/{code}")


def pubmed(text: str) -> Repair:
    """Look at a PubMed identifier; its normal form is the number.

    >>> pubmed("PMID: 32004455").value, pubmed("in revision").value
    ('32004455', '')
    """
    if re.fullmatch(r"[1-9]\d{0,7}", text):
        return Repair(text)
    if found := _PUBMED.fullmatch(text):
        return Repair(found[1].lstrip("0"))
    if nothing := placeholder(text):
        return nothing
    if found := _PMC.fullmatch(text):
        return Repair("", "an identifier of PubMed Central, not of PubMed")
    compact = re.sub(r"[\s,.]+", "", text)
    if re.fullmatch(r"[1-9]\d{5,7}", compact):
        return Repair(compact, "white space or punctuation in the number")
    return Repair("", "not a PubMed identifier, which is a number")


def pmc(text: str) -> Repair:
    """Look at a PubMed Central identifier; its normal form is ``PMC`` and the number.

    >>> pmc("PMCID: PMC123456").value
    'PMC123456'
    """
    if found := _PMC.fullmatch(text):
        return Repair(f"PMC{found[1]}")
    if nothing := placeholder(text):
        return nothing
    if re.fullmatch(r"\d{4,8}", text):
        return Repair("", "a number without PMC before it", f"PMC{text}")
    return Repair("", "not a PubMed Central identifier, which is PMC and a number")


def taxon(text: str) -> Repair:
    """Look at an NCBI Taxonomy identifier; its normal form is the IRI of the term.

    >>> taxon("NCBI:txid9606").value, taxon("Taxonomy ID: 9606").reason
    ('http://purl.obolibrary.org/obo/NCBITaxon_9606', 'a spelling of no registry')
    """
    if found := _TAXON_FINE.fullmatch(text):
        return Repair(f"http://purl.obolibrary.org/obo/NCBITaxon_{found[1]}")
    if nothing := placeholder(text):
        return nothing
    if found := _TAXON.fullmatch(text):
        return Repair(f"http://purl.obolibrary.org/obo/NCBITaxon_{found[1]}", "a spelling of no registry")
    return Repair("", "not an identifier of NCBI Taxonomy, which is a number")
