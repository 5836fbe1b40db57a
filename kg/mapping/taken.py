"""Taken: which cells of a table batch became statements of schema slots, so that all others reach the custom layer."""

from __future__ import annotations

import polars as pl

INDEX, PLACE = "_i", "_p"
"""Number of the row within the batch; place of the value within its list (0 in a plain cell)."""


class Taken:
    """Marks of one batch.

    A cell is *mapped* when at least one rule made a statement of it, and *kept* when the store gives its text back unchanged.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        """Start with nothing taken; ``frame`` has ``_i`` and the cleaned columns."""
        self._lists = {name for name, kind in frame.schema.items() if isinstance(kind, pl.List)}
        self._index = frame.select(INDEX)
        self._masks: dict[str, tuple[pl.Series, pl.Series]] = {}
        self._places: dict[str, list[pl.DataFrame]] = {}

    def mark(self, column: str, cells: pl.DataFrame) -> None:
        """Mark the values of a column.

        Args:
            column: name of the column.
            cells: ``_i``, ``_p``, and the booleans ``ok`` and ``exact``; a plain cell that was split is mapped when all
                its parts are.
        """
        if column in self._lists:
            self._places.setdefault(column, []).append(
                cells.group_by(INDEX, PLACE).agg(pl.col("ok").all(), pl.col("exact").all())
            )
            return
        if PLACE in cells.columns:
            some = cells.group_by(INDEX).agg(pl.col("ok").all(), pl.col("exact").all())
            cells = self._index.join(some, on=INDEX, how="left", maintain_order="left").with_columns(
                pl.col("ok", "exact").fill_null(value=False)
            )
        self.mark_rows(column, cells["ok"], cells["exact"])

    def mark_rows(self, column: str, ok: pl.Series, exact: pl.Series | None = None) -> None:
        """Mark plain cells row by row; ``exact`` defaults to ``ok``."""
        kept = ok if exact is None else ok & exact
        if column in self._masks:
            before = self._masks[column]
            ok, kept = before[0] | ok, before[1] | kept
        self._masks[column] = (ok, kept)

    def mark_lists(self, column: str, values: pl.Series, rows: pl.Series, *, exact: bool = True) -> None:
        """Mark all values of a list column in some rows."""
        cells = (
            self._index.with_columns(values.alias("v"), rows.fill_null(value=False).alias("ok")).filter("ok").drop_nulls("v")
        )
        steps = pl.int_ranges(0, pl.col("v").list.len(), dtype=pl.UInt32).alias(PLACE)
        cells = cells.with_columns(steps).explode("v", PLACE).drop_nulls("v")
        self.mark(column, cells.select(INDEX, PLACE, "ok", pl.lit(value=exact).alias("exact")))

    def masks(self, column: str) -> tuple[pl.Series, pl.Series] | None:
        """Return the mapped and the kept rows of a plain column; None when no rule took any."""
        return self._masks.get(column)

    def places(self, column: str) -> pl.DataFrame | None:
        """Return ``_i``, ``_p``, ``ok``, ``exact`` of a list column's values that a rule took; None when there are none."""
        parts = self._places.get(column)
        if not parts:
            return None
        both = (pl.col("ok") & pl.col("exact")).any().alias("exact")
        return pl.concat(parts).group_by(INDEX, PLACE).agg(pl.col("ok").any(), both)
