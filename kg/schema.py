"""The Schema at run time: classes, slots, units and allowed ontology branches, read from the LinkML files alone.

Knows nothing of linkml, which takes half a second to import and is needed only to generate and to validate.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import yaml

from kg.errors import SchemaError
from kg.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

ROOT = "bioimage-kg"
"""Name of the module that imports all others."""

SlotKind = Literal["literal", "iri", "term", "object"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_DATATYPES: Mapping[str, str | None] = MappingProxyType(
    {
        "string": None,
        "integer": _XSD + "integer",
        "decimal": _XSD + "decimal",
        "float": _XSD + "float",
        "double": _XSD + "double",
        "boolean": _XSD + "boolean",
        "date": _XSD + "date",
        "datetime": _XSD + "dateTime",
        "time": _XSD + "time",
    }
)
_IRI_RANGES = frozenset({"uri", "uriorcurie", "curie"})


@dataclass(frozen=True, slots=True)
class Branch:
    """Terms that a slot may take from one ontology.

    Attributes:
        ontology: prefix of the ontology, spelt as in the registry, such as ``FBbi``.
        roots: CURIEs of the terms at or below which a term must lie; empty for the whole ontology.
    """

    ontology: str
    roots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A property of a class, inheritance and refinements applied.

    Attributes:
        name: name in mappings and in instances.
        iri: full IRI of the predicate.
        range: name of the LinkML type, class or enumeration.
        kind: how the value stands in the graph; an enumeration whose values all have a meaning is ``iri``, else ``literal``.
        datatype: full XSD IRI of a literal; None for plain strings and for everything that is no literal.
        multivalued: whether there may be several values.
        required: whether there must be one.
        unit: UCUM code of the one unit that values are stored in.
        minimum: least value, itself allowed.
        maximum: greatest value, itself allowed.
        pattern: regular expression that a value must match (LinkML: searched, so the schema anchors it).
        field: resolver field of a term slot.
        branches: where terms may come from, best first; empty unless there is a field.
        values: for an enumeration, each permissible value with the IRI that it means, or an empty text.
        description: what the slot holds.
        personal: whether the value is about a person, so that it can be left out.
        credits: whether it names people to whom the work is owed, such as authors, who are kept by default.
        check: kind of text, such as ``doi``, that is looked at before it is cast; empty for none.
    """

    name: str
    iri: str
    range: str
    kind: SlotKind
    datatype: str | None
    multivalued: bool
    required: bool
    unit: str | None
    minimum: float | None
    maximum: float | None
    pattern: str | None
    field: str | None
    branches: tuple[Branch, ...]
    values: Mapping[str, str] | None
    description: str
    personal: bool = False
    check: str = ""
    credits: bool = False


@dataclass(frozen=True, slots=True)
class Class_:  # noqa: N801 - "Class" alone reads as the keyword
    """A class of records or of value objects.

    Attributes:
        name: name in mappings.
        iri: full IRI of the class.
        ancestors: names of superclasses and mixins, nearest first.
        shared: whether statements about its records stand in the graph that all sources share.
        abstract: whether it has records only through its subclasses.
        slots: all slots by name, the inherited ones too.
        description: what it stands for.
        personal: whether its records are people, so that they can be left out.
    """

    name: str
    iri: str
    ancestors: tuple[str, ...]
    shared: bool
    abstract: bool
    slots: Mapping[str, Slot]
    description: str
    personal: bool = False

    @property
    def is_record(self) -> bool:
        """Say whether its instances have an IRI of their own (and are not value objects)."""
        return "id" in self.slots


@dataclass(frozen=True, slots=True)
class Schema:
    """The whole model.

    Attributes:
        classes: classes by name.
        prefixes: namespace of each prefix that the schema uses.
        version: version of the schema.
        fields: branches of each resolver field, best first.
    """

    classes: Mapping[str, Class_]
    prefixes: Mapping[str, str]
    version: str
    fields: Mapping[str, tuple[Branch, ...]]

    def class_(self, name: str) -> Class_:
        """Return a class; raises SchemaError with the nearest names when there is none."""
        try:
            return self.classes[name]
        except KeyError:
            raise SchemaError(name, f"no such class{_near(name, self.classes)}") from None

    def slot(self, class_name: str, slot_name: str) -> Slot:
        """Return a slot of a class; raises SchemaError with the nearest names when there is none."""
        slots = self.class_(class_name).slots
        try:
            return slots[slot_name]
        except KeyError:
            raise SchemaError(f"{class_name}.{slot_name}", f"no such slot{_near(slot_name, slots)}") from None


def load_schema(path: Path | None = None) -> Schema:
    """Read the schema from a root module, or the packaged one.

    Raises SchemaError when a module is missing or names something that is not defined. The packaged schema is read once.
    """
    return _packaged() if path is None else _read(path)


@cache
def _packaged() -> Schema:
    return _read(data_dir("ontologies") / f"{ROOT}.yaml")


def _read(path: Path) -> Schema:
    modules = list(_modules(path))
    prefixes: dict[str, str] = {}
    classes: dict[str, Mapping[str, Any]] = {}
    slots: dict[str, Mapping[str, Any]] = {}
    enums: dict[str, Mapping[str, Any]] = {}
    for module in modules:
        prefixes.update({prefix: str(namespace) for prefix, namespace in (module.get("prefixes") or {}).items()})
        for found, into in ((module.get("classes"), classes), (module.get("slots"), slots), (module.get("enums"), enums)):
            for name, body in (found or {}).items():
                if name in into:
                    raise SchemaError(name, "is defined in two modules")
                into[name] = body or {}
    builder = _Builder(prefixes, classes, slots, enums, _people(classes))
    built = {name: builder.class_(name) for name in classes}
    return Schema(
        classes=MappingProxyType(built),
        prefixes=MappingProxyType(prefixes),
        version=str(modules[0].get("version") or ""),
        fields=MappingProxyType(_fields(built.values())),
    )


def _modules(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the root module and, once each, the modules that it imports from its folder."""
    seen = {path.stem}
    waiting = [path]
    while waiting:
        file = waiting.pop(0)
        try:
            module = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
        except OSError as error:
            raise SchemaError(str(file), "cannot be read") from error
        except yaml.YAMLError as error:
            raise SchemaError(str(file), f"is not YAML: {error}") from error
        if not isinstance(module, dict):
            raise SchemaError(str(file), "is not a LinkML module")
        yield module
        for name in module.get("imports") or ():
            if ":" not in name and name not in seen:
                seen.add(name)
                waiting.append(file.parent / f"{name}.yaml")


def _fields(classes: Iterable[Class_]) -> dict[str, tuple[Branch, ...]]:
    fields: dict[str, tuple[Branch, ...]] = {}
    for class_ in classes:
        for slot in class_.slots.values():
            if slot.field and fields.setdefault(slot.field, slot.branches) != slot.branches:
                raise SchemaError(f"{class_.name}.{slot.name}", f"field {slot.field} has other branches elsewhere")
    return dict(sorted(fields.items()))


def _people(classes: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Return the ranges that can be a person: the classes of people, and those right above them."""
    people = {name for name, body in classes.items() if (body.get("annotations") or {}).get("personal")}
    above = {str(classes[name]["is_a"]) for name in people if "is_a" in classes[name]}
    return frozenset(people | above)


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else ""


@dataclass(frozen=True, slots=True)
class _Builder:
    """Turns the raw modules into classes and slots."""

    prefixes: Mapping[str, str]
    classes: Mapping[str, Mapping[str, Any]]
    slots: Mapping[str, Mapping[str, Any]]
    enums: Mapping[str, Mapping[str, Any]]
    people: frozenset[str]
    made: dict[str, Slot] = field(default_factory=dict)

    def class_(self, name: str) -> Class_:
        body = self.classes[name]
        ancestors = self._ancestors(name)
        lineage = (name, *ancestors)
        slots: dict[str, Slot] = {}
        for owner in lineage:
            attributes = self.classes[owner].get("attributes") or {}
            for slot_name in (*(self.classes[owner].get("slots") or ()), *attributes):
                if slot_name not in slots:
                    slots[slot_name] = self._slot_in(lineage, owner, slot_name)
        return Class_(
            name=name,
            iri=self._expand(body.get("class_uri") or f"kg:{name}"),
            ancestors=ancestors,
            shared=bool((body.get("annotations") or {}).get("shared")),
            abstract=bool(body.get("abstract") or body.get("mixin")),
            slots=MappingProxyType(slots),
            description=_line(body),
            personal=bool((body.get("annotations") or {}).get("personal")),
        )

    def _ancestors(self, name: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        waiting = [name]
        while waiting:
            body = self.classes[waiting.pop(0)]
            for parent in (*(body.get("mixins") or ()), *((body["is_a"],) if "is_a" in body else ())):
                if parent not in self.classes:
                    raise SchemaError(name, f"no such superclass or mixin: {parent}{_near(parent, self.classes)}")
                if parent not in found:
                    found[parent] = None
                    waiting.append(parent)
        return tuple(found)

    def _slot_in(self, lineage: Sequence[str], owner: str, name: str) -> Slot:
        """Return a slot as a class has it; the same one where the class refines nothing, as most do."""
        own = (self.classes[owner].get("attributes") or {}).get(name)
        raw = own or self.slots.get(name)
        if raw is None:
            raise SchemaError(f"{owner}.{name}", f"no such slot{_near(name, self.slots)}")
        refined = [(self.classes[refining].get("slot_usage") or {}).get(name) for refining in reversed(lineage)]
        if own is None and not any(refined):
            if name not in self.made:
                self.made[name] = self._slot(name, raw)
            return self.made[name]
        for refinement in refined:  # the nearest refinement wins
            raw = {**raw, **(refinement or {})}
        return self._slot(name, raw)

    def _slot(self, name: str, raw: Mapping[str, Any]) -> Slot:
        range_ = str(raw.get("range") or "string")
        field = (raw.get("annotations") or {}).get("field")
        values = self._values(range_)
        return Slot(
            name=name,
            iri=self._expand(raw.get("slot_uri") or f"kg:{name}"),
            range=range_,
            kind=self._kind(name, range_, values, is_term=field is not None),
            datatype=_DATATYPES.get(range_),
            multivalued=bool(raw.get("multivalued")),
            required=bool(raw.get("required") or raw.get("identifier")),
            unit=(raw.get("unit") or {}).get("ucum_code"),
            minimum=raw.get("minimum_value"),
            maximum=raw.get("maximum_value"),
            pattern=raw.get("pattern"),
            field=field,
            branches=self._branches(name, raw) if field else (),
            values=values,
            description=_line(raw),
            personal=bool((raw.get("annotations") or {}).get("personal")) or range_ in self.people,
            check=str((raw.get("annotations") or {}).get("check") or ""),
            credits=bool((raw.get("annotations") or {}).get("credits")),
        )

    def _kind(self, name: str, range_: str, values: Mapping[str, str] | None, *, is_term: bool) -> SlotKind:
        if values is not None:
            return "iri" if all(values.values()) else "literal"
        if range_ in self.classes:
            return "object"
        if range_ in _IRI_RANGES:
            return "term" if is_term else "iri"
        if range_ not in _DATATYPES:
            raise SchemaError(name, f"no such range: {range_}")
        return "literal"

    def _values(self, range_: str) -> Mapping[str, str] | None:
        if range_ not in self.enums:
            return None
        values = self.enums[range_].get("permissible_values") or {}
        return MappingProxyType(
            {value: self._expand(meaning) if (meaning := (body or {}).get("meaning")) else "" for value, body in values.items()}
        )

    def _branches(self, name: str, raw: Mapping[str, Any]) -> tuple[Branch, ...]:
        """Return the branches of the enumeration that a term slot is bound to."""
        bound = [binding["range"] for binding in raw.get("bindings") or ()]
        missing = [enum for enum in bound if enum not in self.enums]
        if missing or not bound:
            raise SchemaError(name, f"is a term slot and must be bound to a known enumeration, found {missing or 'none'}")
        reaches = [entry["reachable_from"] for enum in bound for entry in self.enums[enum].get("include") or ()]
        return tuple(
            Branch(ontology=_prefix(str(reach["source_ontology"])), roots=tuple(reach.get("source_nodes") or ()))
            for reach in reaches
        )

    def _expand(self, curie: str) -> str:
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in self.prefixes:
            raise SchemaError(curie, "has a prefix that no module declares")
        return self.prefixes[prefix] + local


def _prefix(source_ontology: str) -> str:
    """Return the registry prefix at the end of an ontology's CURIE, such as ``obo:FBbi`` or ``kg:ontology/EFO``."""
    return source_ontology.rpartition(":")[2].rpartition("/")[2]


def _line(body: Mapping[str, Any]) -> str:
    return " ".join(str(body.get("description") or "").split())
