"""Free text: an index of words for each level, and one of the names of terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import tantivy

TOKENIZER = "words"
"""Name of the tokenizer: runs of letters and digits of any language, in lower case, without accents."""

PARTS = ("name", "identifier", "text")
CODES = "codes"
"""Part that holds the terms of a record, as ``token_of`` writes them."""

_HEAP = 128 << 20
_LONGEST_WORD = 100


def token_of(code: int) -> str:
    """Return a term as the index of words holds it.

    >>> token_of(12)
    't12'
    """
    return f"t{code}"


def analyzer() -> tantivy.TextAnalyzer:
    """Return the tokenizer, the same for texts and for what is asked."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_WORD))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )


def open_index(path: Path) -> tantivy.Index:
    """Open an index for reading."""
    index = tantivy.Index.open(str(path))
    index.register_tokenizer(TOKENIZER, analyzer())
    return index


def _made(path: Path, texts: Iterable[str], numbers: Iterable[str]) -> tantivy.Index:
    builder = tantivy.SchemaBuilder()
    for name in texts:
        builder.add_text_field(name, stored=False, tokenizer_name=TOKENIZER, index_option="position")
    for name in numbers:
        builder.add_unsigned_field(name, stored=False, indexed=False, fast=True)
    path.mkdir()
    index = tantivy.Index(builder.build(), path=str(path))
    index.register_tokenizer(TOKENIZER, analyzer())
    return index


def write_texts(folder: Path, tables: duckdb.DuckDBPyConnection, level: str, records: int) -> None:
    """Index the texts of a level's records; nothing where there are none."""
    if not records:
        return
    parts = (*PARTS, CODES)
    index = _made(folder / level / "words", parts, ("record",))
    columns = ", ".join(f"string_agg(value, ' | ') FILTER (part = '{part}') AS {part}" for part in parts)
    rows = _rows(tables, f"SELECT record, {columns} FROM text_{level} GROUP BY record ORDER BY record")  # noqa: S608 - own names
    writer = index.writer(_HEAP, 1)
    for row in rows:
        document = tantivy.Document()
        document.add_unsigned("record", row[0])
        for part, text in zip(parts, row[1:], strict=True):
            if text:
                document.add_text(part, text)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def write_names(folder: Path, names: Iterable[tuple[int, str, str]]) -> None:
    """Index the names of terms, one document for each."""
    index = _made(folder / "names", ("name",), ("term",))
    writer = index.writer(_HEAP, 1)
    for number, name, _ in names:
        document = tantivy.Document()
        document.add_unsigned("term", number)
        document.add_text("name", name)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _rows(tables: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[Any, ...]]:
    cursor = tables.execute(sql)
    while rows := cursor.fetchmany(10_000):
        yield from rows
