"""The custom layer: every filled cell that no rule took, as one statement with the raw text."""

from __future__ import annotations

import polars as pl

from kg.curie import KG, encode
from kg.mapping.batch import Batch, Subjects
from kg.mapping.cast import literal
from kg.mapping.fragments import escaped, wrapped
from kg.mapping.taken import INDEX, PLACE
from kg.mapping.tally import Tally


def property_iri(namespace: str, column: str) -> str:
    """Return the property of a column in the namespace of a vendor, repository or lab.

    >>> property_iri("idr", "Comment [X]")
    'https://w3id.org/bioimage-kg/custom/idr/Comment%20%5BX%5D'
    """
    return f"{KG}custom/{namespace}/{encode(column)}"


class CustomLayer:
    """Adds to a batch what its rules left, and counts every cell."""

    def __init__(self, mapping: str, namespace: str, tally: Tally) -> None:
        """``namespace`` is that of the mapping; ``tally`` is added to."""
        self._mapping, self._namespace, self._tally = mapping, namespace, tally
        self._described: set[tuple[str, str]] = set()

    def add(self, batch: Batch, raw: pl.DataFrame) -> None:
        """Write what the rules of a batch left, and tally.

        Args:
            batch: after its rules have run.
            raw: the same rows before cleaning.
        """
        fragments: list[pl.Series] = []
        schema, empty = raw.schema, _empty(raw)
        for column in batch.plan.headers:
            if column in empty:
                self._count(batch, column, 0, 0, 0)
                continue
            is_list = isinstance(schema[column], pl.List)
            left = self._listed(batch, raw, column) if is_list else self._plain(batch, raw, column)
            if left is not None:
                fragments.append(left)
                self._describe(batch, column, left)
        batch.finish(fragments)
        lost = self._orphans(batch, fragments)
        if lost is not None:
            batch.emit(None, lost, fragments)

    def _count(self, batch: Batch, column: str, filled: int, missing: int, mapped: int, withheld: int = 0) -> None:
        key = (self._mapping, batch.plan.kind, column)
        self._tally.filled[key] += filled
        self._tally.missing[key] += missing
        self._tally.mapped[key] += mapped
        self._tally.withheld[key] += withheld
        self._tally.custom[key] += filled - missing - mapped - withheld

    def _plain(self, batch: Batch, raw: pl.DataFrame, column: str) -> pl.Series | None:
        there = batch.frame[column].is_not_null()
        texts = raw[column]
        filled = int((texts.str.strip_chars() != "").sum())
        mapped, kept = batch.taken.masks(column) or (None, None)
        hidden = there if batch.hides(column) else masks[0] if (masks := batch.withheld.masks(column)) else None
        withheld = None if hidden is None else hidden & there if mapped is None else hidden & there & ~mapped
        self._count(
            batch,
            column,
            filled,
            filled - int(there.sum()) - batch.guarded.get(column, 0),
            0 if mapped is None else int((mapped & there).sum()),
            batch.guarded.get(column, 0) + (0 if withheld is None else int(withheld.sum())),
        )
        left = there if kept is None else there & ~kept
        if hidden is not None:
            left = left & ~hidden
        if not left.any():
            return None
        values = texts if left.all() else pl.DataFrame({"v": texts, "l": left}).select(pl.when("l").then("v").alias("v"))["v"]
        values = batch.masked(column, values)
        return wrapped(escaped(values), f'<{property_iri(self._namespace, column)}>"', '";')

    def _listed(self, batch: Batch, raw: pl.DataFrame, column: str) -> pl.Series | None:
        texts = raw.select(column).with_columns(batch.frame[INDEX], batch.frame[column].alias("_clean")).drop_nulls(column)
        steps = pl.int_ranges(0, pl.col(column).list.len(), dtype=pl.UInt32).alias(PLACE)
        cells = texts.with_columns(steps).explode([column, "_clean", PLACE])
        filled = int((cells[column].str.strip_chars() != "").sum())
        there = cells.filter(pl.col("_clean").is_not_null())
        places, hidden = batch.taken.places(column), batch.withheld.places(column)
        no = pl.lit(value=False)
        known = there.with_columns(no.alias("ok"), no.alias("exact"), no.alias("hidden"))
        if places is not None:
            known = known.drop("ok", "exact").join(places, on=[INDEX, PLACE], how="left", maintain_order="left")
        if hidden is not None:
            secret = hidden.select(INDEX, PLACE, pl.col("ok").alias("hidden"))
            known = known.drop("hidden").join(secret, on=[INDEX, PLACE], how="left", maintain_order="left")
        if batch.hides(column):
            known = known.with_columns(pl.lit(value=True).alias("hidden"))
        known = known.with_columns(pl.col("ok", "exact", "hidden").fill_null(value=False))
        left = known.filter(~pl.col("exact") & ~pl.col("hidden"))
        known = known.with_columns(pl.col("hidden") & ~pl.col("ok"))
        guarded = batch.guarded.get(column, 0)
        missing = filled - there.height - guarded
        self._count(batch, column, filled, missing, int(known["ok"].sum()), int(known["hidden"].sum()) + guarded)
        if not left.height:
            return None
        said = wrapped(
            escaped(batch.masked(column, left[column], left[INDEX])), f'<{property_iri(self._namespace, column)}>"', '";'
        )
        joined = (
            left.select(INDEX).with_columns(said.alias("f")).group_by(INDEX, maintain_order=True).agg(pl.col("f").str.join(""))
        )
        return batch.frame.select(INDEX).join(joined, on=INDEX, how="left", maintain_order="left")["f"]

    def _orphans(self, batch: Batch, fragments: list[pl.Series]) -> Subjects | None:
        """Return the rows whose cells have no record to hang on: they become records of their own."""
        main = batch.subjects.get(batch.plan.main or "")
        if not fragments or (main is not None and not main.iri.has_nulls()):
            return None
        wanted = pl.DataFrame({str(i): f for i, f in enumerate(fragments)}).select(
            pl.any_horizontal(pl.all().is_not_null()).alias("w")
        )["w"]
        if main is not None:
            wanted = wanted & main.iri.is_null()
        row = pl.concat_str(pl.col("_source"), pl.lit(f"/row/{encode(batch.plan.kind)}/"), pl.col("_row").cast(pl.String))
        iri = batch.frame.with_columns(pl.when(wanted).then(row).alias("r"))["r"]
        return Subjects(iri, pl.Series("own", [True]).new_from_index(0, batch.frame.height), {})

    def _describe(self, batch: Batch, column: str, left: pl.Series) -> None:
        sources = batch.frame["_source"].filter(left.is_not_null()).unique().to_list()
        for source in sources:
            if (source, column) in self._described:
                continue
            self._described.add((source, column))
            block = (
                f"<{source}>{{<{property_iri(self._namespace, column)}> a <{KG}CustomColumn>;<{KG}rawKey>{literal(column)};"
                f'<{KG}keySpace>"{self._namespace}";<{KG}mappingStatus>"unmapped";}}\n'
            )
            batch.shared.append(pl.Series("_block", [block]))


def _empty(raw: pl.DataFrame) -> frozenset[str]:
    """Return the columns that have no cell at all, as most have where records differ."""
    counts = raw.null_count().row(0)
    return frozenset(name for name, nulls in zip(raw.columns, counts, strict=True) if nulls == raw.height)
