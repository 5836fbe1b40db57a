"""Values: the cells of a batch as a rule sees them - trimmed, without missing words, split, in lock step with companions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kg.mapping.fragments import mapped_words
from kg.mapping.plan import Use
from kg.mapping.spec import Condition, ValueRule
from kg.mapping.taken import INDEX, PLACE

_EMPTY = pl.lit([], dtype=pl.List(pl.String))
PARTS = ("value", "accession", "ontology", "unit")


def cleaned(frame: pl.DataFrame, headers: Sequence[str], missing: Sequence[str]) -> pl.DataFrame:
    """Return the frame with every cell of the named columns trimmed, and null where it means no value."""
    words = list(missing)

    def clean(text: pl.Expr) -> pl.Expr:
        trimmed = text.str.strip_chars()
        void = (trimmed == "") if words == [""] else trimmed.is_in(words)
        return pl.when(~void).then(trimmed)

    schema = frame.schema  # worked out anew each time it is asked for
    lists = {name for name in headers if isinstance(schema[name], pl.List)}
    return frame.with_columns(
        (pl.col(name).list.eval(clean(pl.element())) if name in lists else clean(pl.col(name))).alias(name) for name in headers
    )


def holds(conditions: Sequence[Condition], frame: pl.DataFrame) -> pl.Series | None:
    """Return the rows in which all conditions hold; None when there are no conditions."""
    if not conditions:
        return None
    tests: list[pl.Expr] = []
    for condition in conditions:
        if condition.column not in frame.columns:
            unfilled = condition.filled is False or (condition.filled is None and condition.lacks is not None)
            tests.append(pl.lit(unfilled and not condition.among and not condition.matches))
            continue
        is_list = isinstance(frame.schema[condition.column], pl.List)
        cell = pl.col(condition.column).list.join("\n", ignore_nulls=True) if is_list else pl.col(condition.column)
        filled = (cell.is_not_null() & (cell != "")) if is_list else cell.is_not_null()
        if condition.filled is not None:
            tests.append(filled if condition.filled else ~filled)
        if condition.among is not None:
            words = [word.casefold() for word in condition.among]
            tests.append(cell.str.to_lowercase().is_in(words).fill_null(value=False))
        if condition.matches is not None:
            tests.append(cell.str.contains(condition.matches).fill_null(value=False))
        if condition.lacks is not None:
            tests.append(~cell.str.contains(condition.lacks).fill_null(value=False))
    return frame.with_columns(pl.all_horizontal(tests).alias("_holds"))["_holds"]


@dataclass(frozen=True, slots=True)
class Values:
    """Values of one use.

    Attributes:
        cells: ``_i`` and, where cells were split or are lists, ``_p``; columns ``value``, ``accession``, ``ontology``, ``unit``
            as far as the use has them.
        failed: words that the rule's value map lacks, with what was expected.
        changed: True where a rule made another text of the source's; None when that is nowhere.
    """

    cells: pl.DataFrame
    failed: dict[str, str]
    changed: pl.Series | None

    def part(self, name: str) -> pl.Series:
        """Return a column, all null where the use does not have it."""
        if name in self.cells.columns:
            return self.cells[name]
        return pl.repeat(None, self.cells.height, dtype=pl.String, eager=True)

    @property
    def single(self) -> bool:
        """Say whether there is one value per row, in the order of the rows."""
        return PLACE not in self.cells.columns


def values_of(use: Use, frame: pl.DataFrame) -> Values:
    """Return the values of a use, in lock step with its companions."""
    rule = use.rule
    names = {
        part: column
        for part, column in zip(PARTS, (use.column, use.accession, use.ontology, use.unit_column), strict=True)
        if column is not None
    }
    cells = frame.select(INDEX, *(pl.col(column).alias(part) for part, column in names.items()))
    mask = holds(rule.when, frame)
    for column in use.unless:
        empty = (
            frame[column].is_null()
            if frame.schema[column] == pl.String
            else frame[column].list.drop_nulls().list.len().fill_null(0) == 0
        )
        mask = empty if mask is None else mask & empty
    if mask is not None:
        cells = (
            cells.with_columns(mask.alias("_on"))
            .with_columns(pl.when("_on").then(pl.col(p)).alias(p) for p in names)
            .drop("_on")
        )
    cells = _flat(cells, list(names), rule.split)
    if rule.missing:
        cells = cells.with_columns(pl.when(~pl.col("value").is_in(rule.missing)).then("value").alias("value"))
    failed: dict[str, str] = {}
    before = cells["value"] if "value" in cells.columns else None
    if rule.pattern is not None:
        cells = cells.with_columns(_extracted(rule, cells["value"]))
    if rule.values is not None:
        words, failed = mapped_words(cells["value"], rule.values, rule.otherwise)
        cells = cells.with_columns(words.alias("value"))
    if rule.lower:
        cells = cells.with_columns(pl.col("value").str.to_lowercase())
    told = before is not None and (rule.lower or rule.pattern is not None or rule.values is not None)
    return Values(cells, failed, (cells["value"] != before).fill_null(value=True) if told and before is not None else None)


def made_words(rule: ValueRule, made: pl.Series) -> tuple[pl.Series, dict[str, str]]:
    """Return what a rule makes of texts that a template of whole rows made, and the words that its value map lacks."""
    words, failed = made, dict[str, str]()
    if rule.missing:
        words = words.to_frame("value").select(pl.when(~pl.col("value").is_in(rule.missing)).then("value").alias("value"))[
            "value"
        ]
    if rule.pattern is not None:
        words = words.to_frame("value").select(_extracted(rule, words).alias("value"))["value"]
    if rule.values is not None:
        words, failed = mapped_words(words, rule.values, rule.otherwise)
    return words.str.to_lowercase() if rule.lower else words, failed


def _extracted(rule: ValueRule, values: pl.Series) -> pl.Series:
    pattern = rule.pattern or ""
    groups = (
        values.to_frame("value").select(pl.col("value").str.extract_groups(pattern).struct.field("*"))
        if "(" in pattern
        else None
    )
    if groups is not None and groups.width:
        return groups.select(pl.coalesce(pl.all()).str.strip_chars().alias("value"))["value"]
    return values.str.extract(f"({pattern})", 1).alias("value")


def _flat(cells: pl.DataFrame, parts: Sequence[str], split: str | None) -> pl.DataFrame:
    lists = [part for part in parts if isinstance(cells.schema[part], pl.List)]
    if lists:
        cells = _exploded(cells, lists)
    if split is None:
        return cells
    halves = [part for part in ("value", "accession", "ontology") if part in parts]
    cells = cells.with_columns(pl.col(part).str.split(split) for part in halves)
    apart = [
        part for part in halves
        if part == "value" or (cells[part].list.len().fill_null(0) > 1).any()
    ]  # fmt: skip
    kept = [part for part in halves if part not in apart]
    cells = cells.with_columns(pl.col(part).list.first() for part in kept)
    if PLACE not in cells.columns:
        cells = cells.with_columns(pl.lit(0, pl.UInt32).alias(PLACE))
    place = cells[PLACE].name
    cells = _exploded(cells.rename({place: "_kept"}), apart).drop(PLACE).rename({"_kept": PLACE})
    trimmed = [pl.col(part).str.strip_chars() for part in apart]
    return cells.with_columns(pl.when(text != "").then(text).alias(part) for part, text in zip(apart, trimmed, strict=True))


def _exploded(cells: pl.DataFrame, lists: Sequence[str]) -> pl.DataFrame:
    size = pl.max_horizontal(pl.col(part).list.len().fill_null(0) for part in lists).clip(1)
    steps = cells.select(pl.int_ranges(0, size, dtype=pl.UInt32).alias(PLACE))[PLACE]
    cells = cells.with_columns(steps)
    padded = [pl.col(part).fill_null(_EMPTY).list.gather(pl.col(PLACE), null_on_oob=True) for part in lists]
    return cells.with_columns(padded).explode([*lists, PLACE])
