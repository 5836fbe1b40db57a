"""Suggesting a mapping for a source: read it, look at its largest tables, draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kg import readers
from kg.errors import LimitError, SourceError
from kg.mapping import Shelf, recognise
from kg.paths import user_cache_dir
from kg.readers import Limits
from kg.readers.confined import Confined
from kg.schema import Schema, load_schema
from kg.suggest.columns import Suggested, suggested
from kg.suggest.judge import Judge
from kg.suggest.known import WORDS, Known, table, votes_of
from kg.suggest.lookups import Lookups
from kg.suggest.packaged import packaged_columns
from kg.suggest.profile import Profile, profile_of
from kg.suggest.shown import Showing
from kg.table import Reading, Source, is_content
from kg.terms import Advice, TermIndex, composed, default_index

MOST_COLUMNS = 2_000
MOST_TABLES = 8
MOST_ROWS = 200_000
_KEYS = (("plate_name", "well_name"), ("dataset_name", "name"), ("name",), ("file_path",), ("accession",),
         ("dataset_name", "file_path"), ("orcid",), ("email",))  # fmt: skip
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """What is suggested for a source.

    Attributes:
        source: the source.
        reading: what its reader found.
        tables: what is suggested for each of its largest tables.
        left_out: kinds of tables that were not looked at.
        taken_by: name of the mapping that takes such a source already; empty where none does.
        keys: columns by which the rows of a table can be told apart, by kind of table.
    """

    source: Source
    reading: Reading
    tables: tuple[Suggested, ...]
    left_out: tuple[str, ...]
    taken_by: str
    keys: Mapping[str, tuple[str, ...]]


def draft_of(path: Path, *, index: Path | None = None, agent: str = "kg", kinds: Iterable[str] = ()) -> Draft:
    """Read a source and suggest a mapping for its largest tables.

    Args:
        path: the source, a file or a folder that is one.
        index: the term index; None for the default one.
        agent: name to sign look-ups with.
        kinds: kinds of tables to look at instead of the largest.

    Raises:
        SourceError: it cannot be read, is more than one source, or has no table with columns.
        LimitError: a table has more than `MOST_COLUMNS` columns.
        TermError: the term index cannot be read.
    """
    schema, shelf = load_schema(), Shelf.packaged()
    rows = table(WORDS)
    with Confined(Limits()) as confined, TermIndex.open(default_index(index)) as terms:
        source = _only(readers.discover([path], confined.gathered), path)
        reading = confined.read(source)
        with composed(terms, schema.fields, agent, Advice(), user_cache_dir()) as whole:
            judge = Judge(
                schema, Known(votes_of(schema, packaged_columns(), rows)), Lookups(terms, whole.resolver, schema.fields)
            )
            return _drafted(source, reading, shelf, schema, judge, Showing(rows), tuple(kinds))


def _drafted(
    source: Source,
    reading: Reading,
    shelf: Shelf,
    schema: Schema,
    judge: Judge,
    showing: Showing,
    wanted: tuple[str, ...],
) -> Draft:
    frames = {kind: frame for kind, one in reading.tables.items() if (frame := _content(source, kind, one.frame)) is not None}
    if absent := [kind for kind in wanted if kind not in frames]:
        raise SourceError(source.key, f"has no table {absent[0]!r}; there are {', '.join(frames) or 'none'}")
    sizes = {kind: frame.height * (frame.width - 1) for kind, frame in frames.items()}
    largest = sorted(frames, key=lambda kind: (-sizes[kind], kind))[:MOST_TABLES]
    chosen = [kind for kind in frames if kind in (wanted or largest)]
    if not chosen:
        raise SourceError(source.key, "has no table with columns of its own, so there is nothing to map")
    tables = tuple(suggested(kind, profiles(frames[kind]), judge, showing, schema) for kind in chosen)
    fitting = recognise(reading, source.key, shelf.heads(reading.reader))
    keys = {kind: _keys(frames[kind], one) for kind, one in zip(chosen, tables, strict=True)}
    left_out = tuple(kind for kind in frames if kind not in chosen)
    return Draft(source, reading, tables, left_out, fitting.mapping.mapping if fitting else "", keys)


def profiles(frame: pl.DataFrame) -> dict[str, Profile]:
    """Return the profile of each column that holds what the source says."""
    return {name: profile_of(frame[name]) for name in frame.columns if is_content(name)}


def _content(source: Source, kind: str, frame: pl.LazyFrame) -> pl.DataFrame | None:
    """Return the first rows of a table; None for one without columns or rows."""
    names = frame.collect_schema().names()
    own = [name for name in names if is_content(name)]
    if len(own) > MOST_COLUMNS:
        what = f"table {kind!r} has {len(own):,} columns, and kg suggest looks at no more than {MOST_COLUMNS:,}"
        raise LimitError(source.key, f"{what}: is it a matrix of measurements, or lying on its side?")
    if not own:
        return None
    taken = frame.head(MOST_ROWS).collect()
    return taken if taken.height else None


def _keys(frame: pl.DataFrame, told: Suggested) -> tuple[str, ...]:
    """Return columns that together tell the rows of a table apart; empty where none do."""
    by_slot: dict[str, str] = {}
    for one in told.columns:
        if one.best and one.best.target.class_ == told.class_:
            by_slot.setdefault(one.best.target.slot, one.column)
    for slots in _KEYS:
        columns = [by_slot[slot] for slot in slots if slot in by_slot]
        if len(columns) == len(slots) and all(_plain(name) for name in columns):
            some = frame.select(pl.col(name).cast(pl.String) for name in columns if frame[name].dtype == pl.String)
            filled = some.width == len(columns) and all(
                (some[name].fill_null("").str.strip_chars() != "").all() for name in columns
            )
            if filled and some.n_unique() == frame.height:
                return tuple(columns)
    return ()


def _plain(name: str) -> bool:
    """Say whether a column can stand in a template."""
    return not set(name) & set("{}|")


def _only(sources: list[Source], path: Path) -> Source:
    if len(sources) == 1:
        return sources[0]
    shown = ", ".join(source.key for source in sources[:_NAMED]) + (" ..." if len(sources) > _NAMED else "")
    raise SourceError(str(path), f"holds {len(sources)} sources ({shown}); name one of them")
