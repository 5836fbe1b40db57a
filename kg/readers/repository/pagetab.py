"""PageTab, the submission format of BioStudies, BioImage Archive and ArrayExpress, as JSON or tab-separated text.

https://github.com/EBIBioStudies/page-tab-specification ; also its lists of files, which are documents of their own.

* A table per type of section, named by the type without case, spacing and British spelling (``image acquisition``, ``author``,
  ``organization``); ``_type`` is the type as written. The root section is in ``study`` whatever its type; ``submission``,
  ``file``, ``link`` and ``comment`` (of a TSV) are tables too.
* An attribute is a column, named as the source first spells it; other spellings of the same name share the column and stand in
  ``_raw.<column>``. Repeated attributes are lists. ``<column> [Q]`` qualifies the value, ``<column> (Q)`` the name, at the same
  place of the list. What has no name, or no value, is in ``(no name)``.
* A type with a slip (``Image Aquisition``) is taken for the known one, which a Problem says.
* ``accno`` is the accession as written; ``_id`` is it too where only one section has it, else made unique. ``_parent``,
  ``_parent_kind`` and ``_study`` (accession of the submission) say where a row belongs.
* ``_to.<column>`` has the ids of the sections that a value speaks of: references, and the titles in ``Associations``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers.repository.pagetab_links import Links, identify
from kg.readers.repository.pagetab_nodes import FILE, LINK, STUDY, SUBMISSION, Node, flat, meant, of_json
from kg.readers.repository.pagetab_tables import tables_of
from kg.readers.repository.pagetab_tsv import of_tsv
from kg.readers.safe_json import loads
from kg.readers.safe_xml import load
from kg.readers.text import decode
from kg.table import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "pagetab"
RANK = 40
TITLE = "PageTab submissions of BioStudies and BioImage Archive (.json, .tsv), and their file lists"

_SHOWN = 20
_ACCNO, _ATTRIBUTES = re.compile(r'"accno"\s*:'), re.compile(r'"attributes"\s*:\s*\[')
_SECTION = re.compile(
    r'"(section|subsections)"\s*:|"type"\s*:\s*"submission"|"name"\s*:\s*"(Title|ReleaseDate|AttachTo|Template)"'
)
_FILE_LIST = re.compile(r'\[\s*\{\s*"(path|size|type|attributes)"\s*:')
_TSV = re.compile(r"(#[^\n]*\n|\s)*\"?submission\"?[ ]*(\t[^\n]*)?(\n|$)", re.IGNORECASE)
_TSV_FILES = re.compile(r"\"?files\"?\t", re.IGNORECASE)


def claims(peek: Peek) -> bool:
    """Claim JSON with accessions and attribute lists, a list of paths with attributes, and text that begins with Submission."""
    text = peek.text.lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        if "@context" in text[:2000]:
            return False
        if text.startswith("[") and _FILE_LIST.match(text):
            return '"path"' in text and '"attributes"' in text
        return bool(_ACCNO.search(text) and _ATTRIBUTES.search(text) and _SECTION.search(text))
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return bool(_TSV.match(lines) or (_TSV_FILES.match(lines) and peek.suffix == ".tsv"))


def read(source: Source, limits: Limits) -> Reading:
    """Read a submission or a list of files.

    Raises:
        SourceError: not JSON, or neither a submission nor a list of files.
        LimitError: beyond the limits.
    """
    data = load(source.path, limits, source.key)
    problems: list[Problem] = []
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")) or b"\0" in data[:4]:
        document = loads(data, limits, source.key)
        value = document.value
        if isinstance(value, dict) and isinstance(value.get("submissions"), list):
            value = value["submissions"]
        nodes = list(of_json(flat(value)))
        problems.extend(document.problems)
    else:
        try:
            text = decode(data).text
        except UnicodeDecodeError as error:
            raise SourceError(
                source.key, f"has bytes that are no text at {error.start:,}, expected tab-separated text"
            ) from error
        nodes, odd = of_tsv(text, limits, source.key)
        problems.extend(odd)
    kinds = {node.kind for node in nodes}
    if not kinds & {STUDY, SUBMISSION, FILE, LINK}:
        raise SourceError(source.key, "has no section, expected a PageTab submission with a root section")
    problems.extend(_mended(nodes, source.key))
    identify(nodes)
    links = Links(nodes, source.key)
    tables = tables_of(nodes, links, limits, source.key)
    links.lacking(nodes)
    return Reading(NAME, tables, (*problems, *links.problems), _facts(nodes))


def _mended(nodes: list[Node], where: str) -> Iterator[Problem]:
    """Take types of sections with a slip for the known ones, and say so once for each spelling."""
    odd: dict[str, list[Node]] = {}
    for node in nodes:
        if node.type and node.kind not in {STUDY, SUBMISSION, FILE, LINK}:
            odd.setdefault(node.kind, []).append(node)
    for kind, some in odd.items():
        known = meant(kind)
        for node in some if known else ():
            node.kind = known
        if known:
            rows = tuple(node.row for node in some[:_SHOWN])
            found, repair = f"a section of type {some[0].type!r}", f"read as {known!r}"
            yield Problem(where, "section-type", found, f"the type {known!r}", "", rows, len(some), repair, "info")


def _facts(nodes: list[Node]) -> dict[str, str]:
    tops = [node for node in nodes if node.parent is None and node.kind == SUBMISSION]
    facts = {"document": "submission" if any(node.kind == STUDY for node in nodes) else "file list"}
    if len(tops) == 1 and tops[0].accno:
        facts["accno"] = tops[0].accno
    templates = {a.value for top in tops for a in top.attributes if a.name == "Template"}
    if len(templates) == 1:
        facts["template"] = templates.pop()
    return facts
