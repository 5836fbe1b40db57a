"""Fragments: predicate-object texts in Turtle, made for a whole column of values at once.

Whatever needs more than putting a text between quotes (casts, units, words, terms) is worked out once per distinct value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from kg.mapping.cast import CANONICAL, Cast, cast
from kg.mapping.check import Check
from kg.mapping.plan import Use
from kg.mapping.spec import UnitRule
from kg.mapping.units import unit_code
from kg.term import Query

_ESCAPE_FROM, _ESCAPE_TO = ["\\", '"', "\n", "\r"], ["\\\\", '\\"', "\\n", "\\r"]
SEPARATOR = "\U0010ffff"
"""Between the parts of a look-up key: a noncharacter, which Unicode sets aside for use inside programs (section 23.7)."""
PAIR = "="
"""Between the field and the text of a pair of context."""


@dataclass(frozen=True, slots=True)
class Column:
    """What became of a column of values.

    Attributes:
        text: predicate and objects, or null where nothing came of the value.
        inexact: True where the store will not give the raw text back, None when that is nowhere.
        failed: distinct values that could not be cast, with what was expected; empty when all could.
        told: distinct values that a check found wrong, whether they could be repaired or not.
    """

    text: pl.Series
    inexact: pl.Series | None
    failed: Mapping[str, str]
    told: Mapping[str, Cast] = field(default_factory=dict)


def escaped(values: pl.Series) -> pl.Series:
    """Escape a String column for a literal between double quotes; clean columns cost one look."""
    if not values.str.contains(r'["\\\n\r]').any():
        return values
    return values.str.replace_many(_ESCAPE_FROM, _ESCAPE_TO)


def wrapped(values: pl.Series, before: str, after: str) -> pl.Series:
    """Put two texts around each value; null stays null."""
    return pl.DataFrame({"v": values}).select(pl.concat_str(pl.lit(before), pl.col("v"), pl.lit(after)).alias("v"))["v"]


def looked_up(values: pl.Series, answers: Mapping[str, str | None]) -> pl.Series:
    """Replace each value by its answer; null where there is none."""
    keys = list(answers)
    return values.replace_strict(keys, [answers[key] for key in keys], default=None, return_dtype=pl.String)


def distinct(values: pl.Series) -> list[str]:
    """Return the distinct values that are not null."""
    return values.drop_nulls().unique().to_list()


class Caster:
    """Casts values of one use, remembering what it has cast."""

    def __init__(self, use: Use, check: Check | None = None) -> None:
        """Bind to one use; the cache lives as long as the run, and ``check`` looks at texts whose slot asks for it."""
        self._use = use
        self._check = check if use.slot.check and not use.rule.date_format else None
        self._cache: dict[str, Cast] = {}
        unit = use.rule.unit
        self._formats = tuple(use.rule.date_format or ())
        self._unit = (unit.default or "") if isinstance(unit, UnitRule) else unit or ""

    def column(self, values: pl.Series, units: pl.Series | None) -> Column:
        """Cast a column; ``units`` has the source's unit of each row, or is None when the rule's unit counts."""
        slot = self._use.slot
        predicate = f"<{slot.iri}>"
        plain = slot.kind == "literal" and slot.values is None and units is None and self._check is None
        if plain and slot.datatype is None and slot.pattern is None:
            return Column(wrapped(escaped(values), f'{predicate}"', '";'), None, {})
        shape = CANONICAL.get(slot.datatype or "") if plain and self._unconverted() and slot.values is None else None
        if shape is None:
            return self._by_value(values, units, predicate)
        fits = values.str.contains(shape)
        fast = wrapped(values, f'{predicate}"', f'"^^<{slot.datatype}>;')
        if fits.all():
            return Column(fast, None, {})
        slow = self._by_value(
            pl.DataFrame({"v": values, "f": fits}).select(pl.when(~pl.col("f")).then("v"))["v"], None, predicate
        )
        frame = pl.DataFrame({"fast": fast, "slow": slow.text, "fits": fits})
        text = frame.select(pl.when("fits").then("fast").otherwise("slow").alias("text"))["text"]
        return Column(text, slow.inexact, slow.failed)

    def _unconverted(self) -> bool:
        slot = self._use.slot
        return (
            (not slot.unit or unit_code(self._unit, slot.unit) == slot.unit) and slot.minimum is None and slot.maximum is None
        )

    def _by_value(self, values: pl.Series, units: pl.Series | None, predicate: str) -> Column:
        keys = values if units is None else _keys([values, units])
        answers: dict[str, str | None] = {}
        inexact: list[str] = []
        failed: dict[str, str] = {}
        told: dict[str, Cast] = {}
        for key in distinct(keys):
            raw, _, unit = key.partition(SEPARATOR)
            done = self._cache.get(key)
            if done is None:
                done = self._cache[key] = self._cast(raw, unit or self._unit)
            if done.repair:
                told[raw] = done
            answers[key] = f"{predicate}{done.object};" if done.object else None
            if done.object is None:
                failed[raw] = done.expected
            elif not done.exact:
                inexact.append(key)
        return Column(looked_up(keys, answers), keys.is_in(inexact) if inexact else None, failed, told)

    def _cast(self, raw: str, unit: str) -> Cast:
        if self._check is None:
            return cast(self._use.slot, raw, unit, self._formats)
        seen = self._check(self._use.slot.check, raw)
        done = cast(self._use.slot, seen.value, unit) if seen.value else Cast(None, expected=seen.expected)
        done = replace(done, exact=done.exact and seen.value == raw)
        return replace(done, expected=seen.expected, repair=seen.repair) if seen.repair else done


def _keys(parts: Sequence[pl.Series]) -> pl.Series:
    frame = pl.DataFrame({str(i): part for i, part in enumerate(parts)})
    return frame.select(pl.when(pl.col("0").is_not_null()).then(pl.concat_str(pl.all().fill_null(""), separator=SEPARATOR)))[
        "0"
    ]


def term_keys(parts: Sequence[pl.Series], context: pl.Series | None = None) -> pl.Series:
    """Return the look-up keys of term cells: text, accession, ontology, and the pairs of context where there are any.

    Null where neither text nor accession is filled. Without context a key is what it would be if the mapping named none.
    """
    frame = pl.DataFrame(dict(zip(("t", "a", "o"), parts, strict=True)))
    filled = pl.col("t").is_not_null() | pl.col("a").is_not_null()
    key = pl.concat_str(pl.col("t", "a", "o").fill_null(""), separator=SEPARATOR)
    if context is not None:
        frame = frame.with_columns(context.alias("c"))
        key = pl.concat_str(key, "c", separator=SEPARATOR, ignore_nulls=True)
    return frame.select(pl.when(filled).then(key).alias("k"))["k"]


def query_of(field: str, key: str) -> Query:
    """Return what a look-up key asks in a field."""
    text, accession, ontology, *pairs = key.split(SEPARATOR)
    context = sorted((name, said) for name, _, said in (pair.partition(PAIR) for pair in pairs))
    return Query(field, text, accession, ontology, tuple(context))


def mapped_words(values: pl.Series, words: Mapping[str, str], otherwise: str) -> tuple[pl.Series, dict[str, str]]:
    """Replace the source's words by the mapping's; what is not among them is kept or fails."""
    folded = {key.casefold(): value for key, value in words.items()}
    answers: dict[str, str | None] = {}
    failed: dict[str, str] = {}
    for value in distinct(values):
        found = folded.get(value.casefold())
        answers[value] = found if found is not None else value if otherwise == "keep" else None
        if answers[value] is None:
            failed[value] = "one of " + ", ".join(list(words)[:8])
    return looked_up(values, answers), failed
