"""ColumnTexts: all texts of one term column of a source, in the order of its rows, for an audit to look over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from kg.mapping.fragments import SEPARATOR
from kg.term import Decision


@dataclass(frozen=True, slots=True)
class TextAt:
    """The same text, accession and organism in neighbouring cells of a column.

    Attributes:
        key: names them in the answer of an audit.
        text: the words of the source; may be empty when there is an accession.
        accession: the accession as the source spells it; may be empty.
        ontology: the source's own word for the ontology; may be empty.
        row: the first row that has them, counted as a spreadsheet does.
        count: how many cells have them, until another text comes; empty cells do not count.
        organism: the organism of these rows in the words of the source; empty when there is none or are several.
    """

    key: str
    text: str
    accession: str
    ontology: str
    row: int
    count: int
    organism: str = ""


@dataclass(frozen=True, slots=True)
class ColumnTexts:
    """The term texts of one column of a source, or of as many of its rows as are mapped at once.

    Attributes:
        field: resolver field of the slot that the column fills.
        column: header of the column with the words; empty when there is only an accession.
        accession_column: header of the column with the accession; empty when there are only words.
        source: IRI of the source.
        key: name of the source for people.
        texts: what stands in the column, in the order of its rows; a text that returns later is there again.
    """

    field: str
    column: str
    accession_column: str
    source: str
    key: str
    texts: tuple[TextAt, ...]


Audit = Callable[[ColumnTexts], Mapping[str, Decision]]
"""Looks over a column; answers with what is decided instead about some of its keys, in these rows and those that follow."""


def texts_by_source(
    sources: pl.Series, rows: pl.Series, keys: pl.Series, organisms: pl.Series
) -> Iterator[tuple[str, tuple[TextAt, ...]]]:
    """Yield the texts of each source that has any.

    Args:
        sources: IRI of the source of each cell.
        rows: number of the row of each cell.
        keys: look-up key of each cell, null where it is empty.
        organisms: organism of each cell, null where there is none.
    """
    frame = pl.DataFrame({"s": sources, "r": rows, "k": keys, "o": organisms})
    frame = frame.with_columns(pl.col("o").fill_null("")).drop_nulls("k")
    if not frame.height:
        return
    fresh = pl.any_horizontal(pl.col("s", "k", "o") != pl.col("s", "k", "o").shift()).fill_null(value=True)
    runs = frame.with_row_index("n").filter(fresh)
    end = pl.col("n").shift(-1).fill_null(frame.height)
    parts = pl.col("k").str.split(SEPARATOR)
    runs = runs.with_columns((end - pl.col("n")).alias("c"), *(parts.list.get(i).alias(f"p{i}") for i in range(3)))
    for (source,), some in runs.group_by("s", maintain_order=True):
        columns = some.select("k", "p0", "p1", "p2", "r", "c", "o")
        yield str(source), tuple(TextAt(*cells) for cells in columns.iter_rows())
