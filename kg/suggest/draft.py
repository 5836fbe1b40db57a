"""Drafting: suggestions as a mapping that runs as it is, in YAML that a person can go on with."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.schema import Schema, Slot, load_schema
from kg.suggest.columns import ACCEPT, NUMBERED, TWINS, Suggested, Suggestion, is_in_plane
from kg.suggest.judge import KEYED, Candidate
from kg.suggest.profile import ANSWERS, LOOKED_AT
from kg.suggest.suggest import Draft

_DEEPEST = 4
_BOTH = frozenset({"compound", "compound_name", "fluorophore", "fluorophore_term", "phenotype", "phenotype_text"})
"""Slots of which both of a pair are filled; of others that hold a number, too, only where the cells themselves say the unit."""
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_TIMES = "[xX\N{MULTIPLICATION SIGN}]"
_TIMES_ALL, _TIMES_SOME = rf"^(\d+(?:\.\d+)?) ?{_TIMES}$", rf"^(\d+(?:\.\d+)?) ?{_TIMES}?$"
_WIDE = 130
_CREDIT, _CREDITED = frozenset({"author", "creator"}), frozenset({"Study", "AnnotationSet", "Publication", "ExperimentRecord"})
_SAME = frozenset(
    {
        "Plate",
        "Instrument",
        "Objective",
        "Detector",
        "LightSource",
        "Laser",
        "Filter",
        "Person",
        "Organization",
        "Gene",
        "Reagent",
        "Study",
        "StudyComponent",
    }
)
"""Classes whose records are one where everything said about them is the same, and something names them."""
_NAMING = frozenset(
    {"name", "model", "identifier", "accession", "device_label", "serial_number", "catalog_number", "rrid", "orcid", "email"}
)
_AVOIDED = frozenset(
    {"annotations", "derived_from", "decision", "extra_fields", "linked_records", "is_based_on", "image_of_origin"}
)


@dataclass(eq=False)
class _Record:
    """One record of the draft while it grows; its slots hold rules in YAML, each with the reason beside it."""

    name: str
    class_: str
    columns: list[str] = field(default_factory=list)
    slots: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    leads: list[_Record] = field(default_factory=list)

    @property
    def all_columns(self) -> list[str]:
        """Return its columns and those of the records that it leads to: where none is filled, there is no such record."""
        return list(dict.fromkeys([*self.columns, *(name for record in self.leads for name in record.all_columns)]))

    def take(self, slot: str, rule: str, why: str, column: str) -> None:
        """Add the rule of a column."""
        self.slots.setdefault(slot, []).append((rule, why))
        if column not in self.columns:
            self.columns.append(column)

    def link(self, slot: str, record: _Record) -> None:
        """Add the way to another record, once."""
        if record not in self.leads:
            self.leads.append(record)
        link = (f"{{record: {record.name}}}", "")
        if link not in self.slots.setdefault(slot, []):
            self.slots[slot].append(link)


def mapping_text(draft: Draft, name: str = "") -> str:
    """Return a draft as the YAML text of a mapping, with reasons and open questions as comments.

    Args:
        draft: what is suggested.
        name: name of the mapping; made from the source's name by default.
    """
    schema = load_schema()
    name = name or named(draft.source.key)
    lines = [
        f"# Drafted by kg suggest from {_comment(draft.source.key)}. Behind each line stand its score (0 to 1) and the",
        "# reason. What stands under Open needs a word from you. What no line takes goes to the custom layer, as it is.",
        "# docs/mapping-language.md explains every key; kg inspect --mapping THIS_FILE SOURCE shows what comes of it.",
        f"mapping: {name}",
        'version: "1"',
        f"title: {_quoted('Tables like ' + draft.source.key.rpartition('/')[2])}",
        f"namespace: {name}",
        "recognise:",
        f"  reader: {draft.reading.reader}",
        "  tables:",
    ]
    lines += [f"    {_quoted(one.kind)}: {{all: [{', '.join(map(_quoted, _telling(one)))}]}}" for one in draft.tables]
    everywhere = _missing_everywhere(draft)
    lines += ["  rank: 60", f"missing: {_value(['', *everywhere])}", *_context(draft), "records:"]
    for place, one in enumerate(draft.tables):
        lines += _records(one, draft.keys.get(one.kind, ()), schema, f"_{place + 1}" if place else "")
    return "\n".join(lines) + "\n"


def named(key: str) -> str:
    """Return a name for the mapping of a source, by the source's name.

    >>> named("lab/My Table (2).csv")
    'my-table-2'
    """
    stem = key.rpartition("/")[2].partition(".")[0].lower()
    return _NOT_NAME.sub("-", stem).strip("-")[:40].strip("-") or "draft"


def _telling(one: Suggested) -> list[str]:
    """Return columns by which such a table is known again: those that it is surest of."""
    sure = sorted((c for c in one.columns if c.best), key=lambda c: -(c.best.score if c.best else 0))
    return [c.column for c in (sure or one.columns)[:4] if not c.column.startswith("~")]


def _missing_everywhere(draft: Draft) -> list[str]:
    """Return the words for no value that are an answer in no column."""
    columns = [column for one in draft.tables for column in one.columns]
    words = dict.fromkeys(word for column in columns for word in column.profile.missing)
    said = {value for column in columns for value in column.profile.values}
    return [word for word in words if word not in said and word.lower() not in ANSWERS]


def _context(draft: Draft) -> Iterator[str]:
    organisms = dict.fromkeys(
        c.column for one in draft.tables for c in one.columns if c.best and c.best.target.slot == "organism"
    )
    if organisms:
        yield "context:"
        yield f"  organism: {{column: [{', '.join(map(_quoted, organisms))}]}}"


def _records(one: Suggested, keys: Sequence[str], schema: Schema, suffix: str) -> Iterator[str]:
    grown = _Records(one.class_, schema, suffix)
    open_: list[str] = []
    for column in one.columns:
        taken = [(candidate, _rule(column, candidate, one, schema)) for candidate in _taken(column)]
        for candidate, rule in taken:
            number = column.header.number if candidate.target.class_ in NUMBERED else ""
            record = grown.reached(candidate.target.class_, number) if rule else None
            if record is not None and rule:
                record.take(candidate.target.slot, rule, f"{candidate.score:.2f} {candidate.why}", column.column)
                if candidate.target == ("Well", "plate_name"):
                    plate = grown.reached("Plate", "")
                    plate.take("name", rule, "", column.column) if plate else None
            elif candidate is taken[0][0]:
                open_ += _asked(column)
        open_ += [] if taken else _asked(column)
    yield f"  # {'-' * 20} table {_comment(one.kind)}: a row is taken for one {one.class_}"
    for record in grown.records.values():
        yield from _written(record, one, keys, is_main=record is grown.main)
    if open_:
        yield "  # Open:"
        yield from (f"  # {line}" for line in open_)


class _Records:
    """The records of one table, and the ways between them."""

    def __init__(self, main: str, schema: Schema, suffix: str) -> None:
        self._schema, self._suffix = schema, suffix
        self.main = _Record(_snake(main) + suffix, main)
        self.records = {(main, ""): self.main}

    def reached(self, class_: str, number: str) -> _Record | None:
        """Return the record of a class, made with all that lead to it from that of the row; None where there is no way."""
        if class_ == self.main.class_:
            return self.main
        if (class_, number) in self.records:
            return self.records[class_, number]
        path = way(self._schema, self.main.class_, class_)
        if path is None:
            return None
        here = self.main
        for slot, to in path:
            key = (to, number if to == class_ else "")
            if key not in self.records:
                told = f"_{key[1]}" if key[1] else ""
                self.records[key] = _Record(f"{_snake(to)}{told}{self._suffix}", to)
            here.link(slot, self.records[key])
            here = self.records[key]
        return here


def _taken(column: Suggestion) -> list[Candidate]:
    """Return the candidate that is taken, and its twin where that is as likely."""
    best = column.best
    if best is None:
        return []
    both = best.target.slot in _BOTH or column.profile.units or best.needs.startswith("date_format")
    twin = "pixel_size_y" if is_in_plane(column) else TWINS.get(best.target.slot) if both else None
    also = [
        c
        for c in column.candidates[1:]
        if c.target.slot == twin and c.target.class_ == best.target.class_ and c.score >= ACCEPT
    ]
    return [best, *also]


def _asked(column: Suggestion) -> Iterator[str]:
    """Yield what a person is asked about a column; nothing where there is nothing to say."""
    for candidate in column.candidates[:2]:
        needs = f"; it needs a {candidate.needs}" if candidate.needs else ""
        slot = f"{candidate.target.class_}.{candidate.target.slot}"
        lost = "; the header's unit is lost where a cell is a bare number" if _unit_lost(column) and not needs else ""
        yield f"{_comment(column.column)}: {slot}? {candidate.score:.2f} {_comment(candidate.why)}{needs}{lost}"


def way(schema: Schema, start: str, end: str) -> tuple[tuple[str, str], ...] | None:
    """Return the shortest way between two classes, as slots and the class each leads to; None where there is none.

    >>> way(load_schema(), "Image", "Objective")
    (('objective', 'Objective'),)
    """
    waiting: deque[tuple[str, tuple[tuple[str, str], ...]]] = deque([(start, ())])
    seen = {start}
    while waiting:
        here, path = waiting.popleft()
        for slot in schema.class_(here).slots.values():
            if (
                slot.kind != "object"
                or slot.name in _AVOIDED
                or (slot.name in _CREDIT and here not in _CREDITED)
                or (slot.range == "Record" and slot.name not in _GENERAL_WAYS)
            ):
                continue
            for to in _GENERAL_WAYS[slot.name] if slot.range == "Record" else (end, slot.range):
                if to != slot.range and slot.range not in schema.class_(to).ancestors:
                    continue
                if to == end:
                    return (*path, (slot.name, to))
                if (
                    slot.name not in _ENDS
                    and to not in seen
                    and len(path) + 1 < _DEEPEST
                    and schema.class_(to).is_record
                    and not schema.class_(to).abstract
                ):
                    seen.add(to)
                    waiting.append((to, (*path, (slot.name, to))))
    return None


_GENERAL_WAYS: Mapping[str, tuple[str, ...]] = {
    "part_of": ("Plate", "StudyComponent", "Study"),
    "generated_by": ("ImageAcquisition",),
    "has_part": ("Image",),
}
"""Slots that lead to records of any class, with the classes that they are meant for."""
_ENDS = frozenset({"part_of"})
"""Slots by which no way goes on: what a thing is part of says little about the thing."""


def _rule(column: Suggestion, candidate: Candidate, one: Suggested, schema: Schema) -> str | None:
    """Return the rule for a column as flow YAML; None where a person has to say something first."""
    slot, profile = schema.slot(candidate.target.class_, candidate.target.slot), column.profile
    if slot.kind == "object" or candidate.needs:
        return None
    rule: dict[str, Any] = {"text" if slot.kind == "term" else "column": column.column}
    if slot.kind == "term":
        rule |= {c.role: c.column for c in one.columns if c.of == column.column and c.role in {"accession", "ontology"}}
    if profile.separator and slot.multivalued:
        rule["split"] = profile.separator
    if slot.unit:
        said = {"default": candidate.unit} if candidate.unit else {}
        rule["unit"] = {"column": column.unit_column, **said} if column.unit_column else candidate.unit
    if profile.date_format and slot.datatype and slot.datatype.endswith(("#date", "#dateTime")):
        rule["date_format"] = profile.date_format
    if profile.shapes.get("magnification", 0) > ACCEPT and slot.datatype:
        rule["pattern"] = _TIMES_SOME if profile.numbers else _TIMES_ALL
    if slot.kind == "literal" and not slot.datatype and not slot.unit and _unit_lost(column) and slot.name not in KEYED:
        return None
    template = _template(slot, column)
    if template:
        rule["template"] = template
    if profile.missing:
        rule["missing"] = list(profile.missing)
    return _flow(rule)


def _template(slot: Slot, column: Suggestion) -> str:
    """Return what is written around each value: the column's name where that is part of what it says; empty for nothing."""
    if slot.name == "rrid" and not column.profile.shapes.get("rrid"):
        return "RRID:{}"
    if slot.name in KEYED and slot.kind == "literal":
        return f"{column.header.own.replace('{', '(').replace('}', ')')}: {{}}"
    if slot.kind == "literal" and not slot.datatype and not slot.unit and _bare(column):
        return f"{{}} {column.header.unit_text}"
    return ""


def _bare(column: Suggestion) -> bool:
    """Say whether the cells are numbers without the unit that the header says."""
    profile = column.profile
    return bool(column.header.unit and profile.values) and profile.numbers == 1 and not profile.units


def _unit_lost(column: Suggestion) -> bool:
    """Say whether only some cells are such numbers, so that no template fits all of them."""
    profile = column.profile
    if not column.header.unit or not profile.numbers or _bare(column):
        return False
    return sum(profile.units.values()) < len(profile.values[:LOOKED_AT])


def _written(record: _Record, one: Suggested, keys: Sequence[str], *, is_main: bool) -> Iterator[str]:
    """Yield the lines of a record."""
    base = _snake(record.class_).replace("_", "-") + "".join(re.findall(r"_\d+(?=_|$)", record.name)[:1]).replace("_", "-")
    plain = all(_plain(name) for name in record.columns)
    is_same = not is_main and record.class_ in _SAME and plain and not record.leads and any(map(_names, record.slots))
    own = "/".join(f"{{{key}}}" for key in (keys if is_main else record.columns if is_same else ()))
    yield f"  - name: {record.name}"
    yield f"    class: {record.class_}"
    yield f"    table: {_quoted(one.kind)}"
    ids = ([f"{base}/{own}"] if own else []) + [f"{base}/row/{{_row}}"]
    yield f"    id: [{', '.join(map(_quoted, ids))}]"
    if is_main:
        yield "    main: true"
    if is_same:
        yield "    unique: true"
    if not is_main:
        yield f"    let: {{_any: {{first: [{', '.join(map(_quoted, record.all_columns))}]}}}}"
        yield "    when: [{column: _any, filled: true}]"
    yield "    slots:" if record.slots else "    slots: {}"
    for slot, rules in record.slots.items():
        if len(rules) == 1:
            yield f"      {slot}: {rules[0][0]}{_beside(rules[0][1])}"
        else:
            yield f"      {slot}:"
            yield from (f"        - {text}{_beside(why)}" for text, why in rules)


def _names(slot: str) -> bool:
    """Say whether a slot tells which thing it is, as a measure such as a working distance does not."""
    return slot in _NAMING or slot.endswith(("_name", "_identifier", "_symbol"))


def _beside(why: str) -> str:
    return f"  # {_comment(why)}" if why else ""


def _comment(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_WIDE]


def _flow(rule: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in rule.items()) + "}"


def _value(value: Any) -> str:  # noqa: ANN401 - texts, lists and maps of them
    if isinstance(value, dict):
        return _flow(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _quoted(value)


def _quoted(text: str) -> str:
    """Return a text as a YAML scalar in double quotes, which is what JSON writes; without them where it is a plain word."""
    if re.fullmatch(r"[A-Za-z][A-Za-z ]*[A-Za-z]", text) and text.lower() not in _YAML_WORDS:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _plain(name: str) -> bool:
    """Say whether a column can stand in a template."""
    return not set(name) & set("{}|")


_YAML_WORDS = frozenset({"yes", "no", "true", "false", "null", "on", "off", "y", "n"})


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
