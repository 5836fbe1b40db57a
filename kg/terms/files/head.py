"""The head of an ontology file: which ontology it is, in which version, under which licence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.curie import TERM_NAMESPACES
from kg.terms.files.facts import OBO, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"(?<![\d.])v?(\d+(?:\.\d+)+)(?![\d.])")


@dataclass(frozen=True, slots=True)
class Head:
    """What an ontology file says about itself, made usable.

    Attributes:
        name: name under which it is listed and replaced, such as ``FBbi`` or ``uberon/musculoskeletal``.
        prefix: prefix of the terms that it defines.
        version: a date where one is stated.
        iri: IRI of the ontology; may be empty.
        licence: may be empty.
        source: where it comes from.
    """

    name: str
    prefix: str
    version: str
    iri: str
    licence: str
    source: str


def head_of(
    heads: Mapping[Kind, Sequence[tuple[str, str]]], prefixes: Mapping[str, int], file_name: str, checksum: str
) -> Head:
    """Return the head of an ontology file.

    Args:
        heads: what the file says about itself; per kind the texts with the subject they were said of.
        prefixes: how many terms each prefix has.
        file_name: stands in where the file does not say what it is.
        checksum: a part of it stands in for the version where neither the file nor its name states one.
    """
    (_, identifier) = next(iter(heads.get(Kind.ONTOLOGY, ())), ("", ""))

    def said(kind: Kind) -> list[str]:
        return [text for subject, text in heads.get(kind, ()) if subject in ("", identifier) and text]

    prefix = max(prefixes, key=lambda known: prefixes[known], default="")
    called = _name_of(identifier)
    # Its own terms may be the smaller part: EFO imports more than it defines, and so do subsets; import modules define nothing.
    first = called.partition("/")[0].lower()
    canonical = {known.lower(): known for known in TERM_NAMESPACES}.get(first, called)
    if canonical in prefixes and "/imports/" not in called:
        prefix = canonical
        called = canonical if "/" not in called else called
    return Head(
        name=called or prefix or file_name,
        prefix=prefix,
        version=_version_of(said(Kind.VERSION)) or _dated(file_name) or f"sha256:{checksum[:12]}",
        iri=identifier if identifier.startswith("http") else f"{OBO}{identifier}.owl" if identifier else "",
        licence=next(iter(said(Kind.LICENCE)), ""),
        source=next(iter(said(Kind.SOURCE)), file_name),
    )


def _name_of(identifier: str) -> str:
    """Return the short name of an ontology: ``fbbi`` of its IRI, ``uberon/musculoskeletal`` of a subset."""
    short = identifier.removeprefix("<").removesuffix(">")
    for base in (OBO, "http://www.ebi.ac.uk/", "http://www.bioassayontology.org/", "http://edamontology.org/"):
        short = short.removeprefix(base)
    short = re.sub(r"\.(owl|obo|ttl|rdf)$", "", short).strip("/#")
    parts = short.split("/")
    if len(parts) == 2 and parts[0].lower() == parts[1].lower():  # noqa: PLR2004 - efo/efo, cmpo/cmpo
        return parts[0]
    return "EDAM" if short == "http://edamontology.org" else short


def _dated(file_name: str) -> str:
    """Return the date in the name of a file that states no version itself, or an empty text."""
    found = _DATE.search(file_name)
    return found.group() if found else ""


def _version_of(texts: list[str]) -> str:
    """Return the most telling of the versions that a file states: a date, else a number, else the text."""
    for pattern in (_DATE, _NUMBER):
        for text in texts:
            if "/" in text and (found := pattern.search(text)):
                return found.group(1) if pattern is _NUMBER else found.group()
    plain = [text for text in texts if "/" not in text]
    return (plain or texts or [""])[0]
