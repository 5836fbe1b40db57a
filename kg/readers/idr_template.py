"""The template of IDR study files: which first cells are keys, which keys run in parallel, which hold one text.

https://github.com/IDR/idr-metadata
"""

from __future__ import annotations

import re

_GROUPS: tuple[tuple[str, str], ...] = (
    ("Study Person ", "Person"),
    ("Protocol ", "Protocol"),
    ("Phenotype ", "Phenotype"),
    ("Processed Data Column ", "ProcessedColumn"),
    ("Feature Level Data Column ", "FeatureColumn"),
    ("Term Source ", "TermSource"),
)
_PUBLICATION = frozenset({
    "Study PubMed ID", "Study PMC ID", "Study DOI", "Study Publication Title", "Study Author List",
    "Study Publication Preprint",
})  # fmt: skip
_PREFIXES = (
    "Study ", "Screen ", "Experiment ", "Comment[", "Library ", "Protocol ", "Phenotype ", "Processed Data ", "Assay ",
    "Feature Level Data ", "Raw ", "Term Source ", "Quality Control ",
)  # fmt: skip
_KEY_LENGTH = 80
_KEY_SHAPE = re.compile(r"[A-Z][A-Za-z0-9]*( [A-Za-z0-9/()-]+){0,8}")
SINGLE = frozenset({
    "Comment[IDR Study Accession]", "Study Title", "Study Description", "Study Public Release Date", "Study License",
    "Study License URL", "Study Copyright", "Study Data Publisher", "Study BioImage Archive Accession",
    "Study BioStudies Accession", "Study EMPIAR Accession", "Study Screens Number", "Study Experiments Number",
    "Study Version History",
    "Comment[IDR Name]", "Number", "Sample Type", "Description", "Data DOI", "Data Publisher", "Assay File",
    "Assay File Format", "Library File Name", "Library File Format", "Library Manufacturer", "Quality Control Description",
    "Raw Image Organization", "Raw Image Data Format",
})  # fmt: skip
"""Columns of Study and Component that are one text; every other column of the two is a list."""
_COMPANION = re.compile(r" (Term (?:Source REF|Source|Accession|Name)|File (?:Name|Format|Description))( \(\d+\))?$")
SWALLOWED = re.compile(rf"[\r\n]\"?({'|'.join(re.escape(prefix) for prefix in _PREFIXES)})[^\t\r\n]{{0,60}}\t")
"""A line end with a key after it, as it stands inside a cell whose quote never closed."""


def is_key(name: str, *, with_values: bool) -> bool:
    """Say whether a first cell is a key: of the template, or shaped like one and with values beside it.

    >>> is_key("Study Title", with_values=False), is_key("Novel Key", with_values=True), is_key("2 Town, UK", with_values=True)
    (True, True, False)
    """
    if len(name) > _KEY_LENGTH:
        return False
    if name.startswith(_PREFIXES):
        return True
    return with_values and _KEY_SHAPE.fullmatch(name) is not None


def group_of(name: str) -> str:
    """Return the table of keys that run in parallel, position by position; empty for a key that stands alone.

    >>> group_of("Study Person Email"), group_of("Study DOI"), group_of("Study Title")
    ('Person', 'Publication', '')
    """
    if name in _PUBLICATION:
        return "Publication"
    return next((kind for prefix, kind in _GROUPS if name.startswith(prefix)), "")


def aligned(lists: dict[str, list[str]]) -> dict[str, list[str]]:
    """Fill lists that belong together (a value, its ontology, its accession) with empty cells to one length."""
    families: dict[str, list[str]] = {}
    for name in lists:
        match = _COMPANION.search(name)
        stem = name[: match.start()] if match else name
        file = match is not None and match[1].startswith("File")
        repeat = (match[2] or "") if match else ""
        if match and not file and stem not in lists and f"{stem} Type" in lists:
            stem = f"{stem} Type"  # "Screen Technology Term Source REF" stands beside "Screen Technology Type"
        families.setdefault(f"{stem}{' File' if file else ''}{repeat}", []).append(name)
    aligned: dict[str, list[str]] = {}
    for names in families.values():
        size = max(len(lists[name]) for name in names)
        aligned.update({name: lists[name] + [""] * (size - len(lists[name])) for name in names})
    return aligned
