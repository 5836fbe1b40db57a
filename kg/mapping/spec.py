"""The mapping language: what a mapping YAML may say, checked when it is read.

``docs/mapping-language.md`` explains every key with an example; ``mappings/mapping.schema.json`` is for editors.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kg.mapping.dates import format_of


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


def _as_list(value: Any) -> Any:  # noqa: ANN401
    return value if isinstance(value, list) or value is None else [value]


def _date_formats(texts: list[str]) -> list[str]:
    return [format_of(text) for text in texts]


@lru_cache(maxsize=4096)
def _cell_regex(text: str) -> str:
    """Return an expression that cells can be searched for; its engine knows no look-around and no back-references."""
    try:
        pl.Series([""]).str.contains(text)
    except pl.exceptions.ComputeError as error:
        what = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = next((line for line in what if line.startswith("error:")), what[-1] if what else "wrong")
        raise ValueError(
            f"{text!r} is not a regular expression that cells can be searched for ({said.removeprefix('error: ')})"
        ) from error
    return text


def _column_name(text: str) -> str:
    if text.startswith("~"):
        raise ValueError(f"{text!r} is a pattern; a condition takes the name of one column (derive one with let and first)")
    return text


Regex = Annotated[str, AfterValidator(_regex)]
CellRegex = Annotated[str, AfterValidator(_cell_regex)]
Columns = Annotated[list[str], BeforeValidator(_as_list)]
Words = Annotated[list[str], BeforeValidator(_as_list)]
DateFormats = Annotated[Words, AfterValidator(_date_formats)]


class Strict(BaseModel):
    """Anything a mapping says: unknown keys are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UnitRule(Strict):
    """In which unit the source's number stands: a column that says it, a default where that is empty, or both."""

    column: str | None = None
    default: str | None = None


class Condition(Strict):
    """A test on one column of a row; all keys given must hold."""

    column: Annotated[str, AfterValidator(_column_name)]
    filled: bool | None = None
    among: Words | None = None
    matches: CellRegex | None = None
    lacks: CellRegex | None = Field(None, description="Holds where the cell is empty or the pattern is not found in it.")


class ValueRule(Strict):
    """Where the values of a slot come from, and what is done to them before they are cast.

    Exactly one of ``column``, ``first``, ``constant``, ``template``, ``record``, ``text`` or ``accession`` says where; a
    ``template`` with ``{}`` in it goes with ``column`` and wraps each value.
    """

    column: Columns | None = Field(None, description="Column or columns; each one present gives values of its own.")
    first: Columns | None = Field(None, description="Columns in order of preference; the first filled one counts.")
    constant: str | None = Field(None, description="The same value for every row.")
    template: str | None = Field(None, description="Text or IRI with {column} parts; percent-encoded in IRIs.")
    record: Words | None = Field(
        None, description="Another record of this mapping: its IRI; with key, several are asked in order."
    )
    key: Columns | None = Field(None, description="With record: column that holds the other record's key.")
    text: Columns | None = Field(None, description="Term slots: column with the words.")
    accession: str | None = Field(None, description="Term slots: column with the accession; {n} as in text.")
    ontology: str | None = Field(None, description="Term slots: column with the ontology's name; {n} as in text.")
    split: str | None = Field(None, description="Separator of several values in one cell.")
    pattern: CellRegex | None = Field(None, description="Regular expression; its first group (or all of it) is the value.")
    lower: bool = Field(default=False, description="Whether the value is written in lower case, after pattern.")
    values: dict[str, str] | None = Field(None, description="Map of the source's words to values, case folded.")
    otherwise: Literal["custom", "keep"] = Field("custom", description="What becomes of a word that values lacks.")
    unit: str | UnitRule | None = Field(None, description="Unit of the source's number.")
    date_format: DateFormats | None = Field(None, description="How dates are written: strptime formats, unix, ole and others.")
    missing: Words = Field(default_factory=list, description="More words that mean missing in this slot.")
    when: list[Condition] = Field(default_factory=list, description="Conditions under which this rule holds.")

    @model_validator(mode="after")
    def _one_origin(self) -> ValueRule:
        origins = [k for k in ("column", "first", "constant", "record", "text") if getattr(self, k) is not None]
        if self.template is not None and "{}" not in self.template:
            origins.append("template")
        if self.accession is not None and self.text is None:
            origins.append("accession")
        if len(origins) != 1:
            raise ValueError(f"say exactly one of column, first, constant, template, record, text, accession; found {origins}")
        if self.key is not None and self.record is None:
            raise ValueError("key goes with record")
        if self.key is None and self.record is not None and len(self.record) != 1:
            raise ValueError("several records need a key")
        return self


def _rule(value: Any) -> Any:  # noqa: ANN401
    return {"column": value} if isinstance(value, str) else value


def _rules(value: Any) -> Any:  # noqa: ANN401
    return [_rule(item) for item in _as_list(value)]


def _plain(rules: list[ValueRule]) -> list[ValueRule]:
    for rule in rules:
        odd = [k for k in ("record", "text", "accession", "ontology", "unit") if getattr(rule, k) is not None]
        if odd:
            raise ValueError(f"context is plain text: say column, first, constant or template, not {odd[0]}")
    return rules


Rules = Annotated[list[ValueRule], BeforeValidator(_rules)]
PlainRules = Annotated[Rules, AfterValidator(_plain)]


class Join(Strict):
    """Columns of another table of the same source, put beside a row's own as ``<prefix>.<column>``.

    With ``many`` all rows that fit count, not only the first, and the columns are lists; a list here is then looked up value
    by value. With ``pivot`` the words of that column there (lower case) become the columns, filled from ``value``.
    """

    table: str
    on: dict[str, str] = Field(description="Column here to column there; all must be equal.")
    prefix: str
    many: bool = Field(default=False, description="All rows that fit; the columns are lists.")
    pivot: str | None = Field(None, description="With many: column there whose words name the columns here.")
    value: str | None = Field(None, description="With pivot: column there that fills them.")

    @model_validator(mode="after")
    def _together(self) -> Join:
        if (self.pivot is None) != (self.value is None) or (self.pivot and not self.many):
            raise ValueError("pivot goes with value and many")
        return self


class Inverse(Strict):
    """A statement that ends in this record: the subject is another record, found as in a rule."""

    record: str
    slot: str
    key: Columns | None = None


class RecordRule(Strict):
    """One kind of record that each row of a table gives."""

    name: str
    class_: str = Field(alias="class")
    table: str = "rows"
    id: Words = Field(description="Templates in order of preference; the first whose columns are all filled counts.")
    key: str | None = Field(None, description="Column by which other records refer to this one.")
    main: bool = Field(default=False, description="The record that carries what no rule maps.")
    unique: bool = Field(default=False, description="The same entity stands in many rows: state it once.")
    when: list[Condition] = Field(default_factory=list)
    let: dict[str, Annotated[ValueRule, BeforeValidator(_rule)]] = Field(default_factory=dict)
    joins: list[Join] = Field(default_factory=list)
    inverse: list[Inverse] = Field(default_factory=list)
    slots: dict[str, Rules] = Field(default_factory=dict)
    derived: bool = Field(default=True, description="Whether prov:wasDerivedFrom leads from the record to its source.")
    context: dict[str, PlainRules] | None = Field(None, description="In place of the mapping's context.")
    credited: bool | None = Field(
        None,
        description="Records of people: whether they are credited, such as authors; else the rules tell.",
    )


class TableShape(Strict):
    """What a table must have for its source to be recognised: column patterns."""

    all: Words = Field(default_factory=list)
    any: Words = Field(default_factory=list)
    none: Words = Field(default_factory=list)


class Recognition(Strict):
    """By what a source kind is known; everything said must hold."""

    reader: str
    key: Regex | None = Field(None, description="Searched in the source's key; its named groups become {$name}.")
    key_required: bool = Field(default=True, description="False: the key only lends its groups.")
    facts: dict[str, Regex] = Field(default_factory=dict, description="Fact of the reading to a pattern.")
    tables: dict[str, TableShape] = Field(default_factory=dict)
    rank: int = Field(50, description="When several mappings fit, the lowest rank counts.")


class Companions(Strict):
    """Columns that belong to the column before (or after) them, such as ``Term Source 1 Accession``."""

    accession: Regex | None = None
    ontology: Regex | None = None
    side: Literal["after", "before"] = "after"


class Head(Strict):
    """The part of a mapping that says which sources it takes."""

    mapping: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    recognise: Annotated[list[Recognition], BeforeValidator(_as_list)]


class Mapping(Head):
    """Which columns of a source kind fill which slots of which class."""

    version: str = "1"
    title: str
    include: Words = Field(
        default_factory=list, description="Mappings whose records are taken over, under their own name and a point."
    )
    namespace: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Namespace of what is not mapped.")
    missing: Words = Field(default_factory=lambda: [""], description="Cells, trimmed, that mean no value.")
    companions: Companions | None = None
    withhold: Words = Field(
        default_factory=list,
        description="Columns (or table.column) about people: never in the custom layer unless all persons are kept.",
    )
    context: dict[str, PlainRules] = Field(
        default_factory=dict,
        description="Resolver field to the columns that tell it of a row, for terms whose ontology depends on it: organism.",
    )
    records: list[RecordRule]

    @model_validator(mode="after")
    def _names(self) -> Mapping:
        names = [record.name for record in self.records]
        double = {name for name in names if names.count(name) > 1}
        if double:
            raise ValueError(f"two records are named {sorted(double)}")
        for record in self.records:
            referred = [name for rules in record.slots.values() for r in rules for name in r.record or ()]
            for name in [*referred, *(i.record for i in record.inverse)]:
                if name not in names:
                    raise ValueError(f"record {record.name!r} refers to {name!r}, which no record is named")
        self._same_row()
        return self

    def _same_row(self) -> None:
        """Refuse what refers, without a key, to a record that another table gives."""
        tables = {record.name: record.table for record in self.records}
        for record in self.records:
            pairs = [
                (slot, rule.record[0]) for slot, rules in record.slots.items() for rule in rules if rule.record and not rule.key
            ]
            pairs += [(inverse.slot, inverse.record) for inverse in record.inverse if not inverse.key]
            for slot, other in pairs:
                if tables[other] != record.table:
                    raise ValueError(
                        f"record {record.name!r}, {slot}: {other!r} is of the table {tables[other]!r}; say by which key"
                    )
