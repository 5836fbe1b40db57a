"""Decisions in SSSOM/TSV, in and out: https://mapping-commons.github.io/sssom/.

A text is the subject of a literal mapping, its field the subject's category; project, context and accession stand in ``other``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.curie import KG, PREFIXES, TERM_NAMESPACES, base_iri, encode
from kg.errors import TermError
from kg.terms.decided.reading import (
    BY_PEOPLE,
    CONTEXT,
    LITERAL,
    NO_TERM_FOUND,
    PROPAGATED,
    Same,
    joined,
    lines_of,
    parts,
    read_each,
    row_of,
    same_of,
)
from kg.terms.decided.row import NO_TERM, Relation, Row
from kg.terms.decided.sheet import Sheet, changing, read_sheet, sheet_text, write_sheet
from kg.terms.files.facts import iri_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Any

    from kg.problem import Problem

Records = list[tuple[int, list[str]]]
_UNLICENSED = "https://w3id.org/sssom/license/unspecified"
STATUS = "kg_status"
"""The one column that SSSOM has no word for: whether a row is a decision or waits for one."""
_COLUMNS = (
    "subject_label", "subject_type", "subject_category", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "confidence", "object_source_version", "author_id", "author_label", "reviewer_id",
    "reviewer_label", "mapping_date", "mapping_tool", "other", "comment",
)  # fmt: skip
_PREDICATES: Mapping[Relation, str] = MappingProxyType({
    "exact": "skos:exactMatch", "close": "skos:closeMatch", "broad": "skos:broadMatch", "narrow": "skos:narrowMatch",
})  # fmt: skip
_JUSTIFIED: Mapping[str, str] = MappingProxyType({
    "label": "LexicalMatching", "synonym": "LexicalMatching", "variant": "LexicalMatching", "ols": "LexicalMatching",
    "ngram": "LexicalSimilarityThresholdMatching", "embedding": "SemanticSimilarityThresholdMatching",
    "accession": "BackgroundKnowledgeBasedMatching", "memory": "BackgroundKnowledgeBasedMatching",
})  # fmt: skip


def read_rows(path: Path) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Read the decisions of a file in its order; a row that cannot be used becomes a Problem, the others are returned.

    Raises:
        TermError: the file cannot be read, or is no SSSOM table.
    """
    lines, surplus = lines_of(str(path), _sheet_of(path))
    rows, problems = read_each(lines, row_of)
    return tuple(rows), (*surplus, *problems)


def read_same(path: Path) -> tuple[tuple[Same, ...], tuple[Problem, ...]]:
    """Read the pairs of terms that a mapping set calls exactly the same; its other mappings are passed over.

    Raises:
        TermError: the file cannot be read, or is no SSSOM table.
    """
    lines, surplus = lines_of(str(path), _sheet_of(path))
    pairs, problems = read_each(lines, same_of)
    return tuple(pair for pair in pairs if pair), (*surplus, *problems)


def same_groups(pairs: Iterable[Same]) -> Mapping[str, frozenset[str]]:
    """Return for each term those that mapping sets call the same, as ``kg.terms.IndexResolver`` takes them."""
    groups: dict[str, set[str]] = {}
    for pair in pairs:
        groups.setdefault(pair.one, set()).add(pair.other)
        groups.setdefault(pair.other, set()).add(pair.one)
    return {curie: frozenset(others) for curie, others in groups.items()}


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Put rows in the place of all that a file holds, at once; its metadata stay.

    Raises:
        TermError: the file cannot be written, or what stands there is no SSSOM table.
    """
    with changing(path):
        present = _sheet_of(path) if path.exists() else _new_sheet(path.name)
        write_sheet(path, _with(Sheet(present.meta, present.header), tuple(rows)))


def append_rows(path: Path, rows: Iterable[Row]) -> None:
    """Add rows at the end of a file, which is made if need be; what stands there stays, rows that cannot be used too.

    Raises:
        TermError: the file cannot be written, or what stands there is no SSSOM table.
    """
    with changing(path):
        write_sheet(path, _with(_sheet_of(path) if path.exists() else _new_sheet(path.name), tuple(rows)))


def rows_text(name: str, rows: Iterable[Row]) -> str:
    """Return the text of a new file of this name."""
    return sheet_text(_with(_new_sheet(name), tuple(rows)))


def _sheet_of(path: Path) -> Sheet:
    sheet = read_sheet(path)
    missing = [name for name in ("object_id", "predicate_id") if name not in sheet.header]
    if not {"subject_label", "subject_id"} & set(sheet.header):
        missing.append("subject_label")
    if missing:
        raise TermError(str(path), f"is no SSSOM table: its header has no {' and no '.join(missing)}")
    return sheet


def _new_sheet(name: str) -> Sheet:
    stem = name.removesuffix(".tsv").removesuffix(".sssom")
    return Sheet({"mapping_set_id": f"{base_iri()}mapping-set/{encode(stem)}", "license": _UNLICENSED}, list(_COLUMNS))


def _with(sheet: Sheet, rows: tuple[Row, ...]) -> Sheet:
    """Return a sheet with rows added, its columns and metadata extended by what they need."""
    meta, header = dict(sheet.meta), list(sheet.header)
    prefixes = dict(meta.get("curie_map") or {})
    cells = [_cells(row, prefixes) for row in rows]
    needed = {name for row in cells for name, cell in row.items() if cell} - {STATUS}
    if any(row.status not in {"accepted", "rejected"} for row in rows):  # of the others standard columns say as much
        needed.add(STATUS)
    if STATUS in {*needed, *header}:
        prefixes["kg"] = KG
        meta["extension_definitions"] = _definitions(meta.get("extension_definitions"))
        if not sheet.records and STATUS not in header:
            header.insert(header.index("object_id") + 1, STATUS)  # where a person with a spreadsheet sees it
    meta["curie_map"] = {name: prefixes[name] for name in sorted(prefixes, key=str.lower)}
    header += sorted(needed - set(header))
    records = _spread(meta, header, sheet.records, needed)
    return Sheet(meta, header, [*records, *((0, [row.get(name, "") for name in header]) for row in cells)])


def _spread(meta: dict[str, Any], header: list[str], records: Records, needed: set[str]) -> Records:
    """Move into the lines what the metadata say for all of them, where a new line says something of its own."""
    records = [(number, [*row, *("",) * (len(header) - len(row))]) for number, row in records]
    for name in PROPAGATED:
        if name in needed and name in meta:
            place, said = header.index(name), str(meta.pop(name))
            if not any(row[place].strip() for _, row in records):
                for _, row in records:
                    row[place] = said
    return records


def _definitions(present: Any) -> list[dict[str, str]]:  # noqa: ANN401 - whatever the file says
    kept = [dict(entry) for entry in present or () if isinstance(entry, dict)]
    known = {entry.get("slot_name") for entry in kept}
    return kept if STATUS in known else [*kept, {"slot_name": STATUS, "property": "kg:status"}]


def _cells(row: Row, prefixes: dict[str, str]) -> dict[str, str]:
    extra = dict(row.extra)
    rest = parts(extra.pop("other", ""))
    for name in (*row.authors, *row.reviewers):
        if _is_identifier(name) and "://" not in name:
            prefixes.setdefault(name.partition(":")[0], PREFIXES[name.partition(":")[0]])
    return {
        **extra,
        "subject_label": row.text or row.accession,
        "subject_type": LITERAL,
        "subject_category": row.field,
        "predicate_id": _PREDICATES[row.relation],
        "predicate_modifier": "Not" if row.status == "rejected" else "",
        "object_id": NO_TERM_FOUND if row.curie == NO_TERM else _spelt(row.curie, prefixes),
        "object_label": row.label,
        STATUS: row.status,
        "mapping_justification": _justification(row),
        "confidence": "" if row.score is None else f"{row.score:.6g}",
        "object_source_version": row.ontology,
        **_people("author", row.authors),
        **_people("reviewer", row.reviewers),
        "mapping_date": row.day.isoformat() if row.day else "",
        "mapping_tool": row.tool,
        "other": joined((*_scope(row), *rest)),
        "comment": row.why,
    }


def _scope(row: Row) -> list[str]:
    said = {
        "project": row.project,
        **{CONTEXT + name: text for name, text in row.context},
        "accession": row.accession,
        "tier": row.tier,
        "candidates": " ".join(row.candidates),
    }
    return [f"{name}={value}" for name, value in said.items() if value]


def _people(role: str, names: tuple[str, ...]) -> dict[str, str]:
    return {
        f"{role}_id": joined(tuple(name for name in names if _is_identifier(name))),
        f"{role}_label": joined(tuple(name for name in names if not _is_identifier(name))),
    }


def _justification(row: Row) -> str:
    """Return SSSOM's word for how a row came about; it keeps apart what a person has said and what waits for one."""
    by_people = row.justification in BY_PEOPLE
    if row.status in {"accepted", "rejected"}:
        if by_people:
            return row.justification
        return "semapv:MappingReview" if row.tier or row.justification else "semapv:ManualMappingCuration"
    if row.justification and not by_people:
        return row.justification
    return f"semapv:{_JUSTIFIED.get(row.tier, 'UnspecifiedMatching')}"


def _spelt(curie: str, prefixes: dict[str, str]) -> str:
    """Return a CURIE in the file's spelling; a prefix that it lacks is added to it."""
    if "://" in curie:
        return curie
    prefix, _, local = curie.partition(":")
    namespace = TERM_NAMESPACES.get(prefix) or iri_of(curie).removesuffix(local)
    own = next((name for name, space in prefixes.items() if space == namespace), None)
    if own is None:
        own = prefix
        if prefixes.setdefault(prefix, namespace) != namespace:
            return namespace + local  # the file uses the prefix for something else
    return f"{own}:{local}"


def _is_identifier(name: str) -> bool:
    prefix, colon, _ = name.partition(":")
    return "://" in name or (bool(colon) and prefix in PREFIXES and " " not in name)
