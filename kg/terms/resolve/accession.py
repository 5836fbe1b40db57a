"""Accessions as sources spell them, brought to the CURIE that they mean - or to None with the reason.

``FBbi_00000246``, ``Fbbi:00000246``, ``obo:FBbi_00000246``, full IRIs, bare numbers beside an ontology's name: no look-up here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kg.curie import TERM_NAMESPACES
from kg.terms.normalise import squash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDTHS: Mapping[str, int] = MappingProxyType({
    **dict.fromkeys(("FBbi", "FBbt", "FBdv"), 8),
    **dict.fromkeys(
        ("EFO", "UBERON", "CL", "GO", "PATO", "OBI", "CLO", "CMPO", "BAO", "BTO", "MONDO", "HP", "MP", "PO", "TO", "UO", "IAO",
         "BFO", "RO", "SO", "ZFA", "ZFS", "WBbt", "WBls", "HsapDv", "MmusDv", "EMAPA", "MA", "MS", "ECO", "FYPO", "APO"),
        7,
    ),
})  # fmt: skip
"""How many digits the identifiers of an ontology have; ontologies that do not pad are not here."""

_UNPADDED = frozenset({"NCBITaxon", "CHEBI", "SNOMED", "Orphanet"})
_LOCAL: Mapping[str, str] = MappingProxyType({
    "NCIT": r"C\d+",
    "CVCL": r"[A-Z0-9]{4}",
    "EDAM": r"(?:data|operation|topic|format)_\w+",
    "KGAT": r"\w+",
    "PR": r"(?:\d{9}|[A-Z0-9\-]{6,12})",
    "FBbi": r"(?:\d+|root_\d+)",
})  # fmt: skip
_OBO_SHAPED = frozenset({
    "MI", "OMIT", "EMAP", "ENVO", "GAZ", "OGG", "OGMS", "OMIABIS", "CHMO", "NBO", "STATO", "SWO", "VO", "VT", "XCO", "PW",
    "PSO",
    "RS", "TAXRANK", "TADS", "SYMP", "DDANAT", "DIDEO", "FAO", "FOODON", "GENO", "HAO", "IDO", "INO", "MAMO", "MFOMD",
    "MMO", "MOD",
    "MOP", "OBA", "OMO", "OMP", "OPL", "ORNASEQ", "PCO", "PDRO", "PECO", "PLANA", "RXNO", "SEPIO", "TTO", "UPHENO", "VTO",
    "WBPHENOTYPE",
    "XPO", "ZECO", "ZP", "CLYH", "CEPH", "CTENO", "PORO", "FBCV", "FLOPO", "AISM", "COLAO", "LEPAO", "CVDO",
})  # fmt: skip
"""Prefixes of the OBO Foundry whose ontologies no field uses; their identifiers are digits and their IRIs follow one rule."""

_WORDS: Mapping[str, str] = MappingProxyType({
    "ncbitaxonomy": "NCBITaxon", "ncbitaxonomydatabase": "NCBITaxon", "ncbi": "NCBITaxon", "taxonomy": "NCBITaxon",
    "ncbitaxid": "NCBITaxon", "taxid": "NCBITaxon", "txid": "NCBITaxon", "newt": "NCBITaxon", "ncbitaxonid": "NCBITaxon",
    "ncbiorganismalclassification": "NCBITaxon", "taxon": "NCBITaxon",
    "experimentalfactorontology": "EFO", "biologicalimagingmethodsontology": "FBbi", "cellontology": "CL",
    "geneontology": "GO",
    "cellularmicroscopyphenotypeontology": "CMPO", "celllineontology": "CLO", "bioassayontology": "BAO",
    "edambioimaging": "EDAM",
    "humandiseaseontology": "DOID", "diseaseontology": "DOID", "do": "DOID", "mondodiseaseontology": "MONDO",
    "ncithesaurus": "NCIT",
    "ordo": "Orphanet", "snomedct": "SNOMED", "cellosaurus": "CVCL", "humanphenotypeontology": "HP", "hpo": "HP",
    "plantontology": "PO",
    "phenotypeandtraitontology": "PATO", "ontologyforbiomedicalinvestigations": "OBI",
    "chemicalentitiesofbiologicalinterest": "CHEBI",
})  # fmt: skip
_PREFIXES: Mapping[str, str] = MappingProxyType({
    **{prefix.lower(): prefix for prefix in (*_OBO_SHAPED, *TERM_NAMESPACES)}, **_WORDS,
})  # fmt: skip

_NULLS = frozenset(
    {"", "na", "none", "null", "nan", "notapplicable", "unknown", "missing", "notavailable", "notprovided", "tbd"}
)
_SHORT = re.compile(r"(?:obo[:_])?([A-Za-z][A-Za-z ]*?)\s*[:_ ]\s*([A-Za-z0-9][\w\-]*)", re.IGNORECASE)
_EDAM = re.compile(r"(?:edam[:_])?(data|operation|topic|format)[:_](\d{4})", re.IGNORECASE)
_TAXON = re.compile(r"(?:ncbi\s*)?(?:taxon(?:omy)?|tax)?\s*(?:id)?\s*[:_]?\s*(?:tx|tax)id\s*[:_]?\s*(\d+)", re.IGNORECASE)
_LONGEST = 1_000
_BARE = re.compile(r"\d+(?:\.0)?")
_HUB = re.compile(
    r"(?:identifiers\.org|bioregistry\.io|n2t\.net|bio2rdf\.org)/([A-Za-z]+)[/:](?:[A-Za-z]+:)?(\w+)$", re.IGNORECASE
)
_TAXONOMY = re.compile(r"ncbi\.nlm\.nih\.gov/(?:taxonomy/|.*wwwtax\.cgi\?(?:.*&)?id=)(\d+)", re.IGNORECASE)
_NAMESPACES = tuple(
    (prefix, re.compile(re.escape(re.sub(r"^https?://(www\.)?", "", namespace)) + r"([\w\-]+)", re.IGNORECASE))
    for prefix, namespace in TERM_NAMESPACES.items()
)
_OBO_IRI = re.compile(r"purl\.obolibrary\.org/obo/([A-Za-z]+)[_:](\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Accession:
    """What an accession means.

    Attributes:
        curie: the identifier; None when it is none that can be understood.
        guessed: whether the ontology is only supposed, because a bare number names none.
        why: what was done to it, or why it is none; empty when it stood there just so.
    """

    curie: str | None
    why: str = ""
    guessed: bool = False


def is_empty(accession: str) -> bool:
    """Say whether an accession is a way of saying that there is none.

    >>> is_empty(" N/A "), is_empty("-"), is_empty("EFO_0001185")
    (True, True, False)
    """
    return squash(accession) in _NULLS


def normalise(accession: str, ontology: str = "", expected: Sequence[str] = ()) -> Accession:
    """Return the CURIE that an accession means.

    Args:
        accession: as the source spells it.
        ontology: the source's word for the ontology, such as ``EFO`` or ``NCBI Taxonomy``; may be empty.
        expected: prefixes that the field takes; a bare number is read with them only when there is exactly one.

    >>> normalise("Fbbi_00000246").curie, normalise("9606", "NCBI Taxonomy").curie, normalise("NCBI:txid9606").curie
    ('FBbi:00000246', 'NCBITaxon:9606', 'NCBITaxon:9606')
    >>> normalise("data:0940").curie, normalise("369", expected=("FBbi",)).curie, normalise("SNOMED_F-0011A").curie
    ('EDAM:data_0940', 'FBbi:00000369', None)
    >>> normalise("GO_0008104", "EFO").why
    'the accession says GO, the source names EFO beside it; the accession counts'
    """
    text = " ".join(accession[: _LONGEST + 1].split()).strip("<>\"'").strip()
    if len(accession) > _LONGEST:
        return Accession(None, f"the accession {accession.strip()[:60]!r}... is longer than any")
    if is_empty(text):
        return Accession(None, "there is no accession")
    named = _prefix(ontology) if ontology else None
    if _BARE.fullmatch(text):
        return _bare(text.removesuffix(".0"), named, ontology, expected)
    found = _iri(text) if "//" in text or "www." in text else _short(text)
    if found is None:
        return Accession(None, f"the accession {accession.strip()[:60]!r} has no form that is known")
    curie, why = _shaped(*found)
    if curie is None:
        return Accession(None, f"the accession {accession.strip()[:60]!r} {why}")
    if named and named != curie.partition(":")[0]:
        note = (
            f"the accession says {curie.partition(':')[0]}, the source names {ontology.strip()} beside it; the accession counts"
        )
        return Accession(curie, "; ".join(filter(None, (note, why))))
    return Accession(curie, why)


def spelt_out(text: str) -> str | None:
    """Return the CURIE when a text is itself an accession with a known prefix, such as ``FBbi_00000246``, else None.

    >>> spelt_out("NCBITaxon:9606"), spelt_out("9606"), spelt_out("CL_1")
    ('NCBITaxon:9606', None, None)
    """
    stripped = text.strip()
    if " " in stripped or not any(sign in stripped for sign in ":_/") or not any(letter.isdigit() for letter in stripped):
        return None
    prefix, _, local = (normalise(stripped).curie or "").partition(":")
    # Without a column that says so, only a full identifier is one: "CL_1" may be the source's own numbering.
    return f"{prefix}:{local}" if prefix in TERM_NAMESPACES and local in stripped else None


def _prefix(word: str) -> str | None:
    return _PREFIXES.get(squash(word))


def _bare(number: str, named: str | None, ontology: str, expected: Sequence[str]) -> Accession:
    distinct = tuple(dict.fromkeys(expected))
    if named is None and len(distinct) != 1:
        reason = (
            f"{ontology.strip()!r} beside it is no ontology that is known"
            if ontology.strip()
            else "no ontology stands beside it"
        )
        return Accession(None, f"the accession {number} is a bare number, and {reason}")
    prefix = named or distinct[0]
    curie, why = _shaped(prefix, number)
    origin = "named beside it" if named else "the field's only one"
    note = f"a bare number, read as {prefix} ({origin})"
    return (
        Accession(curie, "; ".join(filter(None, (note, why))), named is None)
        if curie
        else Accession(None, f"the accession {number} {why}")
    )


def _short(text: str) -> tuple[str, str] | None:
    if edam := _EDAM.fullmatch(text):
        return "EDAM", f"{edam[1].lower()}_{edam[2]}"
    if taxon := _TAXON.fullmatch(text):
        return "NCBITaxon", taxon[1]
    found = _SHORT.fullmatch(text)
    prefix = _prefix(found[1]) if found else None
    return (prefix, found[2]) if found and prefix else None


def _iri(text: str) -> tuple[str, str] | None:
    """Return prefix and local part of the last term IRI inside an address; browsers of terms wrap them, percent-encoded."""
    address = unquote(unquote(text))
    if taxon := _TAXONOMY.search(address):
        return "NCBITaxon", taxon[1]
    if hub := _HUB.search(address):
        prefix = _prefix(hub[1])
        return (prefix, hub[2]) if prefix else _short(f"{hub[1]}:{hub[2]}")
    if obo := _OBO_IRI.search(address):
        prefix = _prefix(obo[1])
        return (prefix, obo[2]) if prefix else None
    for prefix, pattern in _NAMESPACES:
        if found := pattern.search(address):
            return prefix, found[1]
    return _short(address.rpartition("/")[2])


def _shaped(prefix: str, local: str) -> tuple[str | None, str]:
    """Return the CURIE of a prefix and a local part, digits padded as the ontology does, and what was done; or the reason."""
    if not re.fullmatch(_LOCAL.get(prefix, r"\d+"), local):
        return None, f"is not formed as identifiers of {prefix} are"
    if not local.isdigit():
        return f"{prefix}:{local}", ""
    if prefix in _UNPADDED:
        bare = local.lstrip("0") or "0"
        return f"{prefix}:{bare}", "leading zeros dropped" if bare != local else ""
    width = _WIDTHS.get(prefix, 0)
    if len(local) > width > 0:
        if not local[: len(local) - width].strip("0"):
            return f"{prefix}:{local[-width:]}", "leading zeros dropped"
        return None, f"has {len(local)} digits, identifiers of {prefix} have {width}"
    return f"{prefix}:{local.zfill(width)}", "leading zeros restored" if len(local) < width else ""
