"""CURIEs, namespaces and the one rule by which any text becomes part of an IRI."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType

KG = "https://w3id.org/bioimage-kg/"
"""The vocabulary namespace: every class, slot and enum value that is our own lives here, nowhere else."""

GRAPH_ONTOLOGIES = KG + "graph/ontologies"
GRAPH_SHARED = KG + "graph/shared/public"
GRAPH_JOBS = KG + "graph/jobs"

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "kg": KG,
        "schema": "http://schema.org/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "prov": "http://www.w3.org/ns/prov#",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "pav": "http://purl.org/pav/",
        "sosa": "http://www.w3.org/ns/sosa/",
        "ome": "https://ld.openmicroscopy.org/core/",
        "dwc": "http://rs.tdwg.org/dwc/terms/",
        "dwciri": "http://rs.tdwg.org/dwc/iri/",
        "bao": "http://www.bioassayontology.org/bao#",
        "obo": "http://purl.obolibrary.org/obo/",
        "orcid": "https://orcid.org/",
        "ror": "https://ror.org/",
        "doi": "https://doi.org/",
        "pubmed": "https://pubmed.ncbi.nlm.nih.gov/",
        "ncbigene": "https://identifiers.org/ncbigene:",
        "linkml": "https://w3id.org/linkml/",
    }
)

TERM_NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        **{
            prefix: f"http://purl.obolibrary.org/obo/{prefix}_"
            for prefix in (
                "FBbi",
                "NCBITaxon",
                "UBERON",
                "CL",
                "GO",
                "CHEBI",
                "PATO",
                "OBI",
                "CLO",
                "BTO",
                "DOID",
                "MONDO",
                "HP",
                "PO",
                "FBbt",
                "FBdv",
                "ZFA",
                "ZFS",
                "WBbt",
                "WBls",
                "HsapDv",
                "MmusDv",
                "UO",
                "IAO",
                "BFO",
                "RO",
                "NCIT",
                "FMA",
                "MA",
                "EMAPA",
                "MP",
                "SO",
                "PR",
                "TO",
                "FYPO",
                "APO",
                "MS",
                "ECO",
                "CARO",
                "BSPO",
                "SBO",
                "XAO",
                "HANCESTRO",
                "CHMO",
            )
        },
        "EFO": "http://www.ebi.ac.uk/efo/EFO_",
        "CMPO": "http://www.ebi.ac.uk/cmpo/CMPO_",
        "BAO": "http://www.bioassayontology.org/bao#BAO_",
        "CVCL": "https://www.cellosaurus.org/CVCL_",
        "Orphanet": "http://www.orpha.net/ORDO/Orphanet_",
        "SNOMED": "http://snomed.info/id/",
        "EDAM": "http://edamontology.org/",
        "KGAT": KG + "annotation-type/",
    }
)
"""Prefix of an ontology, as its CURIEs are written, to the namespace of its term IRIs."""

# RFC 3987 iunreserved: ASCII letters, digits, "-._~" and ucschar stay; all else, "%" too, is percent-encoded as UTF-8.
_SAFE = re.compile(
    "[A-Za-z0-9\\-._~\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    "\U00010000-\U0001fffd\U00020000-\U0002fffd\U00030000-\U0003fffd\U00040000-\U0004fffd\U00050000-\U0005fffd"
    "\U00060000-\U0006fffd\U00070000-\U0007fffd\U00080000-\U0008fffd\U00090000-\U0009fffd\U000a0000-\U000afffd"
    "\U000b0000-\U000bfffd\U000c0000-\U000cfffd\U000d0000-\U000dfffd\U000e1000-\U000efffd]"
)
_IRI_FORBIDDEN = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_IRI_SHAPE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s]+")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def base_iri() -> str:
    """Return the namespace of instances: ``KG_BASE_IRI`` or ``https://w3id.org/bioimage-kg/id/``."""
    return os.environ.get("KG_BASE_IRI") or KG + "id/"


def encode(text: str) -> str:
    """Percent-encode a text as one segment of an IRI, by RFC 3987 section 2.2 (iunreserved stays).

    >>> encode("200972726[5176]_kinome 100%")
    '200972726%5B5176%5D_kinome%20100%25'
    >>> encode("Müller/β")
    'Müller%2Fβ'
    """
    return "".join(
        c if _SAFE.match(c) else "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "surrogatepass")) for c in text
    )


def encode_path(text: str) -> str:
    """Percent-encode a relative path, keeping its slashes.

    >>> encode_path("idr0012/a b.csv")
    'idr0012/a%20b.csv'
    """
    return "/".join(encode(part) for part in text.split("/"))


def is_iri(text: str) -> bool:
    """Say whether a text can stand as an absolute IRI just as it is.

    >>> is_iri("https://doi.org/10.1/x"), is_iri("https://a b"), is_iri("cat"), is_iri("http://[x")
    (True, False, False, False)
    """
    return (
        _IRI_SHAPE.fullmatch(text) is not None
        and _IRI_FORBIDDEN.search(text) is None
        and _BAD_PERCENT.search(text) is None
        and "[" not in text
        and text.count("#") <= 1
        and "]" not in text
    )


def expand(curie: str) -> str | None:
    """Return the IRI of a CURIE with a known prefix, or None.

    >>> expand("FBbi:00000251")
    'http://purl.obolibrary.org/obo/FBbi_00000251'
    >>> expand("schema:name")
    'http://schema.org/name'
    """
    prefix, colon, local = curie.partition(":")
    if not colon:
        return None
    namespace = TERM_NAMESPACES.get(prefix) or PREFIXES.get(prefix)
    return namespace + local if namespace else None


def compress(iri: str) -> str | None:
    """Return the CURIE of a term IRI in a known ontology namespace, or None.

    >>> compress("http://purl.obolibrary.org/obo/FBbi_00000251")
    'FBbi:00000251'
    """
    for prefix, namespace in TERM_NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return None


def spelt(curie: str) -> str:
    """Return a CURIE as its ontology writes its own identifiers: Cellosaurus puts an underscore where others have a colon.

    >>> spelt("CVCL:0030"), spelt("EFO:0001185")
    ('CVCL_0030', 'EFO:0001185')
    """
    return curie.replace("CVCL:", "CVCL_", 1) if curie.startswith("CVCL:") else curie
