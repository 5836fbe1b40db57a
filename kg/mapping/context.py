"""Context: what stands beside the term texts of a record, such as the organism, worked out once per batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from kg.mapping.fragments import PAIR, SEPARATOR, wrapped
from kg.mapping.plan import RecordPlan, Use
from kg.mapping.taken import INDEX
from kg.mapping.template import texts
from kg.mapping.values import Values, holds, values_of


class Context:
    """The context of the rows of one record, as the record's plan says where it stands."""

    def __init__(self, record: RecordPlan, frame: pl.DataFrame) -> None:
        """``frame`` is the record's own: with its joins and the columns that it derives."""
        self._uses = dict(record.context)
        self._frame = frame
        self._known: dict[str, pl.Series | None] = {}
        self._together: dict[tuple[str, ...], pl.Series | None] = {}

    def pairs(self, fields: Iterable[str]) -> pl.Series | None:
        """Return the pairs of each row, sorted, as they end a look-up key; null where there is none, None if nowhere is any."""
        names = tuple(sorted(set(fields) & self._uses.keys()))
        if names not in self._together:
            found = [series.alias(name) for name in names if (series := self._of(name)) is not None]
            self._together[names] = _joined(found)
        return self._together[names]

    def only(self, field: str) -> pl.Series | None:
        """Return the text of each row in a field, null where there is none or are several; None if nowhere is any."""
        found = self._of(field)
        if found is None:
            return None
        one = ~pl.col("p").str.contains(SEPARATOR, literal=True)
        return found.to_frame("p").select(pl.when(one).then(pl.col("p").str.strip_prefix(field + PAIR)).alias("t"))["t"]

    def _of(self, name: str) -> pl.Series | None:
        if name not in self._known:
            self._known[name] = self._read(name) if name in self._uses else None
        return self._known[name]

    def _read(self, name: str) -> pl.Series | None:
        found = [cells for use in self._uses[name] if (cells := _cells(use, self._frame))["value"].null_count() < cells.height]
        if not found:
            return None
        if len(found) == 1 and found[0].height == self._frame.height and found[0][INDEX].equals(self._frame[INDEX]):
            return wrapped(found[0]["value"], name + PAIR, "")
        each = pl.concat(found).drop_nulls().unique().sort(INDEX, "value")
        each = each.with_columns(wrapped(each["value"], name + PAIR, ""))
        whole = each.group_by(INDEX, maintain_order=True).agg(pl.col("v").str.join(SEPARATOR))
        return self._frame.select(INDEX).join(whole, on=INDEX, how="left", maintain_order="left")["v"]


def _cells(use: Use, frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``_i`` and ``value`` of one use: a row for each value, null where there is none."""
    if use.column is None:
        return _of_row(use, frame)
    values = values_of(use, frame)
    text = values.part("value")
    if use.template is not None:
        text = texts(use.template, _beside(values, frame).with_columns(text.alias("")))
    filled = pl.when(pl.col("value").str.strip_chars() != "").then("value").alias("value")
    return values.cells.select(INDEX, text.alias("value")).with_columns(filled)


def _beside(values: Values, frame: pl.DataFrame) -> pl.DataFrame:
    return frame if values.single else frame.select(pl.all().gather(values.cells[INDEX]))


def _of_row(use: Use, frame: pl.DataFrame) -> pl.DataFrame:
    said = texts(use.template, frame) if use.template is not None else pl.lit(use.rule.constant)
    made = frame.select(INDEX, said.alias("value"))
    mask = holds(use.rule.when, frame)
    return made if mask is None else made.with_columns(pl.when(mask).then("value").alias("value"))


def _joined(found: Sequence[pl.Series]) -> pl.Series | None:
    if len(found) < 2:  # noqa: PLR2004 - what is joined is two or more
        return found[0] if found else None
    frame = pl.DataFrame(found)
    some = pl.any_horizontal(pl.all().is_not_null())
    return frame.select(pl.when(some).then(pl.concat_str(pl.all(), separator=SEPARATOR, ignore_nulls=True)).alias("p"))["p"]
