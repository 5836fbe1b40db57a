"""What an .eln archive says beside its crate: its files, and the custom fields that eLabFTW and Kadi4Mat keep as JSON.

The .eln format is https://github.com/TheELNConsortium/TheELNFileFormat .
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kg.errors import SourceError
from kg.problem import Problem
from kg.readers import safe_json
from kg.readers.notebook import rspace_xml
from kg.readers.rocrate_graph import CUSTOM_FIELDS
from kg.readers.rocrate_side import SideTables, is_reaction
from kg.readers.rocrate_tables import Rows, column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from kg.readers.limits import Limits
    from kg.readers.rocrate_graph import Graph
    from kg.readers.rocrate_place import Place
    from kg.readers.safe_json import JsonValue
    from kg.readers.safe_zip import Archive, Member

EXPORT = "export-elabftw.json"
METADATA = "elabftw_metadata"
_NAMED = ("unit", "type", "description", "group", "term")
_OWN_COLUMN = frozenset({*_NAMED, "key", "value"})


def archive_rows(members: Sequence[Member], place: Place, graph: Graph, crate: str | None) -> Rows:
    """Return a row for each file of a crate's archive; ``_described`` says whether the crate has an entity for it."""
    described = {_path(node.id) for node in graph.nodes.values()}
    texts: dict[str, list[str | None]] = {
        "_crate": [crate] * len(members),
        "path": [member.name for member in members],
        "size": [str(member.size) for member in members],
        "crc32": [f"{member.crc:08x}" for member in members],
        "_described": [safe_json.scalar(_path(place.inside(member.name)) in described) for member in members],
    }
    return Rows([member.row for member in members], texts, {})


def _path(ident: str) -> str:
    """Return what the name of a file and its @id have in common."""
    return unquote(ident).replace("//", "/").removeprefix("./").rstrip("/")


@dataclass(frozen=True, slots=True)
class _Field:
    """One custom field: where it was said, of which entity, its name, and everything said of it."""

    row: int
    entity: str | None
    path: str
    name: str
    facts: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One record of a side file: every leaf under its dotted path."""

    kind: str
    entity: str | None
    path: str
    leaves: Mapping[str, list[str]]


class Fields:
    """Gathers rows of the tables ``ExtraField``, ``ElabftwExport`` and ``KadiRecord``."""

    def __init__(self, graph: Graph, limits: Limits, where: str, crate: str | None) -> None:
        """Start empty; ``problems`` grows while JSON is read."""
        self.problems: list[Problem] = []
        self._graph = graph
        self._limits = limits
        self._where = where
        self._crate = crate
        self._fields: list[_Field] = []
        self._entries: list[_Entry] = []
        self._side = SideTables(limits, where)

    def take_crate(self) -> None:
        """Take the ``elabftw_metadata`` texts of the crate itself."""
        nodes = [node for node in self._graph.nodes.values() if node.first("propertyID") == METADATA]
        owners = {target: owner.id for name, owner, target in self._graph.references if name in CUSTOM_FIELDS} if nodes else {}
        for node in nodes:
            self._take_metadata(node.first("value"), owners.get(node.id), node.row, node.id)

    def take_side_files(self, archive: Archive, members: Sequence[Member], place: Place) -> None:
        """Take what notebooks keep beside the crate: ``export-elabftw.json``, ``<record>/<record>.json`` and ``.xml``."""
        for member in members:
            parent, _, name = member.name.rpartition("/")
            if name == f"{parent.rpartition('/')[2]}.xml":
                self._take_document(archive, member, place)
                continue
            if name != EXPORT and name != f"{parent.rpartition('/')[2]}.json":
                continue
            data = archive.try_read(member)
            value = self._parse(data, member.name) if data is not None else None
            if name == EXPORT:
                for entry in value if isinstance(value, list) else [value]:
                    if isinstance(entry, dict):
                        self._take_export(entry, member.name, place, member.row)
            elif isinstance(value, dict) and is_reaction(value):
                self._side.take_reaction(value, self._entity(None, place.inside(member.name)), member.name)
            elif isinstance(value, dict) and isinstance(value.get("extras"), list):
                entity = self._entity(value.get("identifier"), place.inside(member.name))
                self._take_leaves("KadiRecord", value, entity, member.name)
                self._take_extras(value["extras"], entity, member.name, member.row, ())

    def _take_document(self, archive: Archive, member: Member, place: Place) -> None:
        """Take ``<document>/<document>.xml`` of RSpace."""
        data = archive.try_read(member)
        if data is None or not rspace_xml.is_document(data):
            return
        try:
            self._side.take_rspace(data, self._entity(None, place.inside(member.name)), member.name)
        except SourceError as error:
            problem = Problem(self._where, "embedded-xml", error.what, "XML of RSpace", member.name, repair="listed only")
            self.problems.append(problem)

    def _take_export(self, entry: dict[str, JsonValue], path: str, place: Place, row: int) -> None:
        entity = self._entity(entry.get("elabid"), place.inside(path))
        self._take_leaves("ElabftwExport", entry, entity, path)
        self._side.take_entry(entry, entity, path)
        metadata = entry.get("metadata")
        if isinstance(metadata, dict):
            self._take_extra_fields(metadata, entity, row, path)
        elif isinstance(metadata, str):
            self._take_metadata(metadata, entity, row, path)

    def _take_leaves(self, kind: str, entry: dict[str, JsonValue], entity: str | None, path: str) -> None:
        leaves: dict[str, list[str]] = {}
        for name, leaf in _leaves(entry, ""):
            leaves.setdefault(name, []).append(leaf)
        if len(leaves) > self._limits.columns:
            found, most = f"{len(leaves):,} different paths", f"at most {self._limits.columns:,}"
            self.problems.append(Problem(self._where, "columns", found, most, path, repair="left aside", severity="error"))
        else:
            self._entries.append(_Entry(kind, entity, path, leaves))

    def _entity(self, identifier: JsonValue, path: str) -> str | None:
        """Return the @id of the Dataset that a record is: the one with its identifier, else the one of its folder."""
        for node in self._graph.nodes.values():
            if identifier and node.first("identifier") == identifier:
                return node.id
        parent = _path(path.rpartition("/")[0])
        return next((node.id for node in self._graph.nodes.values() if parent and _path(node.id) == parent), None)

    def _take_metadata(self, text: str, entity: str | None, row: int, path: str) -> None:
        metadata = self._parse(text.encode("utf-8", "replace"), path) if text.strip() else None
        if isinstance(metadata, dict):
            self._take_extra_fields(metadata, entity, row, path)

    def _take_extra_fields(self, metadata: Mapping[str, JsonValue], entity: str | None, row: int, path: str) -> None:
        """Take the ``extra_fields`` of eLabFTW: an object of name to facts."""
        fields = metadata.get("extra_fields")
        names = group_names(metadata.get("elabftw"))
        for name, said in fields.items() if isinstance(fields, dict) else ():
            facts: dict[str, JsonValue] = dict(said) if isinstance(said, dict) else {"value": said}
            group = facts.get("group_id")
            if isinstance(group, str) and group in names:
                facts["group"] = names[group]
            self._fields.append(_Field(row, entity, path, name, facts))

    def _take_extras(self, extras: JsonValue, entity: str | None, path: str, row: int, outer: tuple[str, ...]) -> None:
        """Take the ``extras`` of Kadi4Mat: lists of facts, nested; names are joined by dots, places in lists count from 0."""
        for place, facts in enumerate(extras if isinstance(extras, list) else ()):
            if not isinstance(facts, dict):
                continue
            name = facts.get("key")
            names = (*outer, name if isinstance(name, str) else str(place))
            inner = facts.get("value")
            nested = isinstance(inner, list)
            if nested:
                self._take_extras(inner, entity, path, row, names)
            if not nested or not facts.keys() <= {"key", "type", "value"}:
                said = {**facts, "value": None} if nested else facts
                self._fields.append(_Field(row, entity, path, ".".join(names), said))

    def _parse(self, data: bytes, path: str) -> JsonValue:
        try:
            document = safe_json.loads(data, self._limits, f"{self._where}, {path}")
        except SourceError as error:
            self.problems.append(Problem(self._where, "embedded-json", error.what, "JSON", path, repair="kept as text"))
            return None
        self.problems.extend(document.problems)
        return document.value

    def rows(self) -> dict[str, Rows]:
        """Return the tables that have rows."""
        found = {"ExtraField": self._field_rows()} if self._fields else {}
        for kind in dict.fromkeys(entry.kind for entry in self._entries):
            found[kind] = self._entry_rows([entry for entry in self._entries if entry.kind == kind])
        return found

    def frames(self) -> dict[str, pl.DataFrame]:
        """Return what files beside the crate say in tables of their own; ``ExtraField`` adds to that of `rows`."""
        return self._side.frames()

    def _field_rows(self) -> Rows:
        fields = self._fields
        texts: dict[str, list[str | None]] = {
            "_crate": [self._crate] * len(fields),
            "_entity": [field.entity for field in fields],
            "_path": [field.path for field in fields],
            "key": [field.name for field in fields],
            **{name: [_one(field.facts.get(name)) for field in fields] for name in _NAMED},
            "raw": [_rest(field.facts) for field in fields],
        }
        return Rows([field.row for field in fields], texts, {"value": [_several(field.facts.get("value")) for field in fields]})

    def _entry_rows(self, entries: list[_Entry]) -> Rows:
        texts: dict[str, list[str | None]] = {
            "_crate": [self._crate] * len(entries),
            "_entity": [entry.entity for entry in entries],
            "_path": [entry.path for entry in entries],
        }
        names = dict.fromkeys(name for entry in entries for name in entry.leaves)
        lists = {column(name): [entry.leaves.get(name) for entry in entries] for name in names}
        return Rows(range(1, len(entries) + 1), texts, lists)


def group_names(elabftw: JsonValue) -> dict[str, str]:
    """Return the names of the groups of custom fields of eLabFTW, by their number."""
    groups = elabftw.get("extra_fields_groups") if isinstance(elabftw, dict) else None
    found = {}
    for group in groups if isinstance(groups, list) else ():
        if isinstance(group, dict):
            ident, name = group.get("id"), group.get("name")
            if isinstance(ident, str) and isinstance(name, str):
                found[str(ident)] = name
    return found


def _leaves(value: JsonValue, path: str) -> Iterator[tuple[str, str]]:
    """Yield dotted path and text of every leaf; places in arrays are left out of the path."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, path)
    elif value is not None:
        yield path, safe_json.scalar(value)


def _one(value: JsonValue) -> str | None:
    if value is None:
        return None
    return safe_json.dumps(value) if isinstance(value, (dict, list)) else safe_json.scalar(value)


def _several(value: JsonValue) -> list[str] | None:
    if value is None:
        return None
    return [text for item in (value if isinstance(value, list) else [value]) if (text := _one(item)) is not None]


def _rest(facts: Mapping[str, JsonValue]) -> str | None:
    rest = {name: value for name, value in facts.items() if name not in _OWN_COLUMN}
    return safe_json.dumps(rest) if rest else None
