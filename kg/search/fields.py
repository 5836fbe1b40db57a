"""Fields: what can be searched at which level, and where in the graph it is said (``ontologies/search.yaml``)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

import yaml

from kg.curie import expand
from kg.errors import QueryError, SchemaError
from kg.paths import data_dir
from kg.schema import Branch, Schema, load_schema
from kg.search.lists import Split

Kind = Literal["term", "number", "date", "text", "flag", "licence"]
OWN = "own"
"""Name of the place that is the record itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: along a predicate or against it, to a thing of a class (any where that is empty)."""

    predicate: str
    back: bool = False
    to: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A way from the record, or from an earlier place, to a thing that says something about the record."""

    start: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Things whose statements count for a record.

    Attributes:
        name: of the place.
        said: what answers call it.
        rank: its values count only while no place of a lower rank has one.
        paths: ways to it.
    """

    name: str
    said: str
    rank: int
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Borrowing:
    """Values that records of another level lend.

    Attributes:
        of: the other level.
        by: place of this level that leads there; empty where ``back`` is given.
        back: place of the other level that leads here.
        ranks: values of the other level up to this rank are taken.
        rank: of the values here.
        said: what answers call where they were said.
    """

    of: str
    by: str
    back: str
    ranks: int
    rank: int
    said: str


@dataclass(frozen=True, slots=True)
class Level:
    """A kind of record that a search can find."""

    name: str
    title: str
    classes: tuple[str, ...]
    stands_for: str
    places: tuple[Place, ...]
    borrows: tuple[Borrowing, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """Where values of a field are said.

    Attributes:
        predicates: IRIs that lead to the value.
        at: names of places; empty for all of the level.
        through: IRIs that lead from a place to the thing that has the predicates; empty for the place itself.
        levels: where it holds; empty for all levels of the field.
    """

    predicates: tuple[str, ...]
    at: frozenset[str] = frozenset()
    through: tuple[str, ...] = ()
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    """Something that records can be searched by.

    Attributes:
        name: in queries and answers.
        title: for people.
        kind: of its values.
        levels: where it is asked for.
        bindings: where its values are said.
        exists: for a flag, names of places whose being there makes it true.
        unit: UCUM code of a number; empty for none.
        aliases: other names in queries.
        branches: for a term, where its terms may come from.
        whole: whether being a part of the asked term is enough.
        facet: whether its values are offered with their counts.
        inherit: whether places of a rank above 0 count.
        borrow: whether values of other levels count.
        text: whether free text finds its values.
        split: how texts that hold several values are taken apart.
        first: whether of one thing only the first predicate counts that says something.
        below: how answers say that a term lies below the asked one; empty for ``is a``.
        also: name of a field whose values are other names of this one's; empty for none.
    """

    name: str
    title: str
    kind: Kind
    levels: tuple[str, ...]
    bindings: tuple[Binding, ...] = ()
    exists: frozenset[str] = frozenset()
    unit: str = ""
    aliases: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()
    whole: bool = False
    facet: bool = True
    inherit: bool = True
    borrow: bool = True
    text: bool = False
    split: Split = ""
    first: bool = False
    also: str = ""
    below: str = ""

    @property
    def is_coded(self) -> bool:
        """Say whether values are things of a list (terms, texts, licences, yes and no), not numbers or dates."""
        return self.kind not in {"number", "date"}

    @property
    def has_terms(self) -> bool:
        """Say whether values are terms that lie below others."""
        return self.kind in {"term", "licence"}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that is known by a part of its IRI."""

    match: str
    label: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """All that can be searched.

    Attributes:
        levels: by name, the first is the one that is meant where none is named.
        fields: by name.
        licences: those known, the first that matches counts.
        groups: of licences, with what they mean.
    """

    levels: Mapping[str, Level]
    fields: Mapping[str, Field]
    licences: tuple[Licence, ...]
    groups: Mapping[str, str]

    def level(self, name: str) -> Level:
        """Return a level; raises QueryError, naming those there are."""
        if name not in self.levels:
            raise QueryError("level", f"there is no level {name[:80]!r}; there are {', '.join(self.levels)}")
        return self.levels[name]

    def of_level(self, level: str) -> Iterator[Field]:
        """Yield the fields of a level."""
        return (field for field in self.fields.values() if level in field.levels)

    def field(self, name: str, level: str) -> Field:
        """Return the field that a name or alias means at a level.

        Raises:
            QueryError: there is none; the nearest names are named.
        """
        wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
        there = {spelt: field for field in self.of_level(level) for spelt in (*field.aliases, field.name)}
        if wanted in there:
            return there[wanted]
        elsewhere = [field for field in self.fields.values() if wanted in (field.name, *field.aliases)]
        if elsewhere:
            where = ", ".join(elsewhere[0].levels)
            raise QueryError(name[:80], f"is no field at the level {level}; it is one at the level {where}")
        near = difflib.get_close_matches(wanted[:80], list(there), n=3, cutoff=0.5)
        names = list(dict.fromkeys(there[one].name for one in near))
        told = f"did you mean {' or '.join(names)}?" if names else "'kg search --fields' and /api/facets list them"
        raise QueryError(name[:80], f"is no field that can be searched; {told}")


def load_fields() -> Fields:
    """Return the packaged fields; they are read once.

    Raises:
        SchemaError: the file names a slot, level or place that there is not.
    """
    return _packaged()


@cache
def _packaged() -> Fields:
    path = data_dir("ontologies") / "search.yaml"
    about = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    schema = load_schema()
    levels = {name: _level(name, body) for name, body in about["levels"].items()}
    reader = _Reader(schema, levels)
    fields = {name: reader.field(name, body) for name, body in about["fields"].items()}
    covered = {iri for field in fields.values() for binding in field.bindings for iri in binding.predicates}
    for name in sorted({slot.name for class_ in schema.classes.values() for slot in class_.slots.values() if slot.field}):
        if name not in fields and not covered.issuperset(reader.slot_iris(name)):
            fields[name] = reader.field(name, {"kind": "term", "title": name.replace("_", " ").capitalize()})
    licences = tuple(Licence(row["match"].lower(), row["label"], tuple(row["groups"])) for row in about["licences"]["known"])
    return Fields(
        MappingProxyType(levels), MappingProxyType(fields), licences, MappingProxyType(dict(about["licences"]["groups"]))
    )


def _level(name: str, body: Mapping[str, Any]) -> Level:
    places = [Place(OWN, OWN, 0, ())]
    for place, about in (body.get("places") or {}).items():
        known = {one.name for one in places}
        paths = tuple(_path(steps, known) for steps in about["paths"])
        places.append(Place(place, about.get("said", place), about.get("rank", 0), paths))
    borrows = tuple(
        Borrowing(one["of"], one.get("by", ""), one.get("back", ""), one["ranks"], one["rank"], one["said"])
        for one in body.get("borrows") or ()
    )
    classes = tuple(_iri(curie) for curie in body["classes"])
    return Level(name, body["title"], classes, body.get("stands_for", ""), tuple(places), borrows)


def _path(steps: list[str], places: Iterable[str]) -> Path:
    start = steps[0] if steps[0] in set(places) else OWN
    return Path(start, tuple(_step(step) for step in (steps[1:] if start != OWN else steps)))


def _step(text: str) -> Step:
    predicate, _, to = text.partition(" ")
    return Step(_iri(predicate.removeprefix("^")), predicate.startswith("^"), _iri(to) if to else "")


def _iri(curie: str) -> str:
    iri = expand(curie)
    if iri is None:
        raise SchemaError(curie, "is named in search.yaml, and has no known prefix")
    return iri


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads fields against the schema."""

    schema: Schema
    levels: Mapping[str, Level]

    def slot_iris(self, name: str) -> tuple[str, ...]:
        """Return the predicates that a slot of this name has in any class."""
        found = sorted({class_.slots[name].iri for class_ in self.schema.classes.values() if name in class_.slots})
        if not found:
            raise SchemaError(name, "is named in search.yaml, and no class has such a slot")
        return tuple(found)

    def field(self, name: str, body: Mapping[str, Any]) -> Field:
        kind = body["kind"]
        if kind not in get_args(Kind):
            raise SchemaError(name, f"has the kind {kind!r} in search.yaml, expected one of {', '.join(get_args(Kind))}")
        levels = tuple(body.get("levels") or self.levels)
        plain = name in {slot for class_ in self.schema.classes.values() for slot in class_.slots}
        first = {"slots": [name] if plain and "exists" not in body and "predicates" not in body else [], **body}
        bindings = [self._binding(first)] if first["slots"] or "predicates" in first else []
        bindings += [self._binding(more) for more in body.get("more") or ()]
        every = {level for binding in bindings for level in binding.levels}
        slots = [slot for part in (first, *(body.get("more") or ())) for slot in part.get("slots") or ()]
        self._check_places(name, [*bindings, Binding((), frozenset(body.get("exists") or ()))])
        return Field(
            name=name,
            title=body["title"],
            kind=kind,
            levels=tuple(level for level in self.levels if level in levels or level in every),
            bindings=tuple(bindings),
            exists=frozenset(body.get("exists") or ()),
            unit=body.get("unit", self._unit(slots) if kind == "number" else ""),
            aliases=tuple(body.get("aliases") or ()),
            branches=self._branches(slots),
            whole=body.get("expand") == "whole",
            facet=bool(body.get("facet", True)),
            inherit=bool(body.get("inherit", True)),
            borrow=bool(body.get("borrow", True)),
            text=bool(body.get("text", False)),
            split=self._split(name, body.get("split", "")),
            first=bool(body.get("first", False)),
            also=body.get("also", ""),
            below=body.get("below", ""),
        )

    def _split(self, field: str, split: str) -> Split:
        if split not in get_args(Split):
            raise SchemaError(field, f"is split by {split!r} in search.yaml, expected one of {', '.join(get_args(Split))}")
        return cast("Split", split)

    def _binding(self, body: Mapping[str, Any]) -> Binding:
        predicates = [iri for slot in body.get("slots") or () for iri in self.slot_iris(slot)]
        predicates += [_iri(curie) for curie in body.get("predicates") or ()]
        through = tuple(iri for slot in body.get("through") or () for iri in self.slot_iris(slot))
        levels = frozenset(body.get("levels") or ())
        return Binding(tuple(dict.fromkeys(predicates)), frozenset(body.get("at") or ()), through, levels)

    def _check_places(self, field: str, bindings: Iterable[Binding]) -> None:
        known = {place.name for level in self.levels.values() for place in level.places}
        strange = sorted({place for binding in bindings for place in binding.at} - known)
        if strange:
            raise SchemaError(field, f"names the place {strange[0]!r} in search.yaml, which no level has")

    def _slots(self, names: Iterable[str]) -> Iterator[Any]:
        for name in names:
            yield from (class_.slots[name] for class_ in self.schema.classes.values() if name in class_.slots)

    def _unit(self, names: Iterable[str]) -> str:
        return next((slot.unit for slot in self._slots(names) if slot.unit), "")

    def _branches(self, names: Iterable[str]) -> tuple[Branch, ...]:
        return next((slot.branches for slot in self._slots(names) if slot.field), ())
