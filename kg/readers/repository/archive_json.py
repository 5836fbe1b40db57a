"""JSON of BioImage Archive (website, search, integrator) and of EMPIAR (API and deposition).

Models: https://github.com/BioImage-Archive/bia-integrator , https://www.ebi.ac.uk/empiar/api/ and
https://github.com/emdb-empiar/empiar-depositor . The document is an object, a list of objects, a map from accessions or UUIDs
to objects, or the answer of a search; below it objects of one type stand at many places, which tables by place would not bring
together.

* An object that names its model (``model.type_name``) is a row of the table of that name, once however often it is repeated;
  where it stood, its UUID stands. All other documents are rows of ``entry``, with the key of the map in ``_key``.
* The rest is as in `kg.readers.tree`; maps from UUIDs to objects, such as ``file_references``, are tables, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.readers.safe_json import JsonValue, dumps, loads
from kg.readers.safe_xml import load
from kg.readers.tree import tables_of
from kg.table import Reading, Source

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "archive_json"
RANK = 45
TITLE = "JSON of BioImage Archive and EMPIAR (.json, .json.gz)"

_UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_ACCESSION = re.compile(r"S-[A-Z]+[\w-]*\d[\w-]*|S-BIAD\w+|EMPIAR-\w+|" + _UUID.pattern, re.IGNORECASE)
_MODEL = re.compile(r'"type_name"\s*:')
_MAP = re.compile(r'\s*\{\s*"(?:' + _ACCESSION.pattern + r')"\s*:\s*\{', re.IGNORECASE)
_BIA = re.compile(r'"(?:object_creator|submitted_in_study_uuid|accession_id|model)"\s*:')
_INTEGRATOR = re.compile(r'"(?:imaging_type|example_image_uri|file_references|archive_file|release_date)"\s*:')
_EMPIAR = re.compile(r'"(?:imagesets|entry_doi|experiment_type)"\s*:')
_MAPS = frozenset({"file_references", "images", "annotation_files", "archive_files", "representations"})


def claims(peek: Peek) -> bool:
    """Claim JSON whose first objects have the members of an archive's models."""
    text = peek.text.lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")) or '"@context"' in text[:4000]:
        return False
    if _BIA.search(text) and (_MODEL.search(text) or ('"accession_id"' in text and _INTEGRATOR.search(text))):
        return True
    members = _EMPIAR.findall(text)
    return len(set(members)) > 1 or (bool(members) and _MAP.match(text) is not None)


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of a document.

    Raises:
        SourceError: not JSON, or without any object.
        LimitError: beyond the limits.
    """
    document = loads(load(source.path, limits, source.key), limits, source.key)
    entries = list(_entries(document.value))
    if not entries:
        raise SourceError(source.key, "has no object in it, expected a study, an image or a deposition")
    typed: dict[str, dict[str, JsonValue]] = {}
    plain: dict[str, JsonValue] = {}
    for number, (key, entry) in enumerate(entries):
        lifted = _lift(dict(entry), typed)
        if isinstance(lifted, dict):
            plain[key or str(number)] = lifted
    tree: dict[str, JsonValue] = {}
    if plain:
        tree["entry"] = plain if any(key for key, _ in entries) else list(plain.values())
    tree.update({kind: list(rows.values()) for kind, rows in typed.items()})
    tables = tables_of(tree, limits, source.key, is_map=_is_map)
    tables.pop("root", None)
    return Reading(NAME, tables, document.problems, _facts(entries, typed))


def _entries(value: JsonValue) -> Iterator[tuple[str, Mapping[str, JsonValue]]]:
    """Yield the objects that a document is about, with the key that it gives them."""
    if isinstance(value, list):
        for item in value:
            yield from _entries(item) if isinstance(item, dict) else ()
        return
    if not isinstance(value, dict):
        return
    hits = value.get("hits")
    if isinstance(hits, dict):
        hits = hits.get("hits")
    if isinstance(hits, list):
        found = [hit.get("_source", hit) for hit in hits if isinstance(hit, dict)]
        yield from _entries(found)
    elif value and all(_ACCESSION.fullmatch(key) and isinstance(item, dict) for key, item in value.items()):
        for key, item in value.items():
            if isinstance(item, dict):
                yield key, item
    else:
        yield "", value


def _type_of(value: Mapping[str, JsonValue]) -> str:
    model = value.get("model")
    name = model.get("type_name") if isinstance(model, dict) else None
    return name if isinstance(name, str) and name and name != "entry" else ""


def _lift(value: JsonValue, typed: dict[str, dict[str, JsonValue]]) -> JsonValue:
    """Move the objects that name their model into tables of their own; return what stands in place of the value.

    Recursion is bounded by the depth that the JSON was let in with.
    """
    if isinstance(value, list):
        return [_lift(item, typed) for item in value]
    if not isinstance(value, dict):
        return value
    inner: dict[str, JsonValue] = {key: _lift(item, typed) for key, item in value.items()}
    kind = _type_of(value)
    if not kind:
        return inner
    known = typed.setdefault(kind, {})
    known.setdefault(dumps(inner), inner)
    uuid = inner.get("uuid")
    return uuid if isinstance(uuid, str) else None


def _is_map(path: str, members: Mapping[str, object]) -> bool:
    last = path.rpartition(".")[2]
    return path == "entry" or last in _MAPS or all(_UUID.fullmatch(key) for key in members)


def _facts(entries: list[tuple[str, Mapping[str, JsonValue]]], typed: Mapping[str, object]) -> dict[str, str]:
    _, first = entries[0]
    members = {"imagesets", "entry_doi", "experiment_type"} & first.keys()
    if typed:
        document = "bia"
    elif members:
        document = "empiar" if {"entry_doi", "deposition_date", "dataset_size"} & first.keys() else "empiar-deposition"
    else:
        document = "bia-integrator"
    keys = [key for key, _ in entries if key and not _UUID.fullmatch(key)]
    return {"document": document, **({"accession": keys[0]} if len(keys) == 1 else {})}
