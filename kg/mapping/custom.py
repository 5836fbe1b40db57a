"""The custom layer: every filled cell that no rule took, as one statement with the raw text."""

from __future__ import annotations

import json

import polars as pl

from kg.curie import KG, encode
from kg.mapping.batch import Batch, Subjects
from kg.mapping.cast import literal
from kg.mapping.fragments import escaped, wrapped
from kg.mapping.taken import INDEX, PLACE
from kg.mapping.tally import Tally

_NUMBER = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"


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
        self._described: dict[tuple[str, str], bool] = {}

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
                fragments.append(left[0])
                self._describe(batch, column, *left)
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

    def _plain(self, batch: Batch, raw: pl.DataFrame, column: str) -> tuple[pl.Series, pl.Series] | None:
        """Return the statements of a column, and True where all of them are raw texts of mapped values."""
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
        raws = left & mapped if mapped is not None else pl.Series([False]).new_from_index(0, left.len())
        return wrapped(escaped(values), f'<{property_iri(self._namespace, column)}>"', '";'), raws

    def _listed(self, batch: Batch, raw: pl.DataFrame, column: str) -> tuple[pl.Series, pl.Series] | None:
        """Return the statements of a column of lists, and True where all of them are raw texts of mapped values."""
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
        texts = _whole(left.select(INDEX, "ok", batch.masked(column, left[column], left[INDEX]).alias("v")))
        said = wrapped(escaped(texts["v"]), f'<{property_iri(self._namespace, column)}>"', '";')
        joined = (
            texts.with_columns(said.alias("f"))
            .group_by(INDEX, maintain_order=True)
            .agg(pl.col("f").str.join(""), pl.col("ok").all())
        )
        whole = batch.frame.select(INDEX).join(joined, on=INDEX, how="left", maintain_order="left")
        return whole["f"], whole["ok"].fill_null(value=False)

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

    def _describe(self, batch: Batch, column: str, left: pl.Series, raws: pl.Series) -> None:
        there = batch.frame.select("_source").with_columns(raws.alias("raw")).filter(left.is_not_null())
        for source, raw in there.group_by("_source").agg(pl.col("raw").all()).iter_rows():
            self._described[source, column] = self._described.get((source, column), True) and raw

    def columns(self) -> pl.Series | None:
        """Return what is to be said of the columns that were added since this was last asked, or None.

        A column of which only raw texts of mapped values are kept is approved: a mapping takes it.
        """
        blocks = [
            f"<{source}>{{<{property_iri(self._namespace, column)}> a <{KG}CustomColumn>;<{KG}rawKey>{literal(column)};"
            f'<{KG}keySpace>"{self._namespace}";<{KG}mappingStatus>"{"approved" if raw else "unmapped"}";}}\n'
            for (source, column), raw in self._described.items()
        ]
        self._described.clear()
        return pl.Series("_block", blocks) if blocks else None


def _whole(cells: pl.DataFrame) -> pl.DataFrame:
    """Return texts of lists (``_i``, ``v``, ``ok``) with those of a list that repeats, or is of numbers, as one JSON array."""
    number = pl.col("v").str.contains(_NUMBER)
    many = pl.len().over(INDEX) > 1
    ordered = cells.select(many & (number.all().over(INDEX) | (pl.col("v").n_unique().over(INDEX) < pl.len().over(INDEX))))
    is_array = ordered.to_series()
    if not is_array.any():
        return cells
    arrays = cells.filter(is_array)
    quoted = {text: json.dumps(text, ensure_ascii=False) for text in arrays.filter(~number)["v"].unique()}
    arrays = (
        arrays.with_columns(pl.col("v").replace(quoted))
        .group_by(INDEX, maintain_order=True)
        .agg(pl.col("ok").all(), pl.format("[{}]", pl.col("v").str.join(", ")).alias("v"))
        .select(INDEX, "ok", "v")
    )
    return pl.concat([cells.filter(~is_array), arrays])


def _empty(raw: pl.DataFrame) -> frozenset[str]:
    """Return the columns that have no cell at all, as most have where records differ."""
    counts = raw.null_count().row(0)
    return frozenset(name for name, nulls in zip(raw.columns, counts, strict=True) if nulls == raw.height)
