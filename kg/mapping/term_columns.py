"""TermColumns: the term columns of one batch - audited, decided, and written as terms with the Decisions about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from kg.mapping.audit import ColumnTexts, texts_by_source
from kg.mapping.context import Context
from kg.mapping.decisions import Decisions, TermCell
from kg.mapping.fragments import SEPARATOR, distinct, looked_up, term_keys
from kg.mapping.plan import RecordPlan, Use
from kg.mapping.taken import INDEX
from kg.mapping.values import Values
from kg.term import Decision

ORGANISM = "organism"
"""The field of context that an audit is told of."""
_Repairs = Mapping[str, Mapping[str, Decision]]


class TermColumns:
    """Decides the texts of term columns, those of many sources at once."""

    def __init__(self, decisions: Decisions, sources: pl.Series, rows: pl.Series, names: Mapping[str, str]) -> None:
        """Take the source and the number of each row of the batch, and what the sources are called."""
        self._decisions, self._names = decisions, names
        self._sources, self._rows = sources, rows
        self._only = sources[0] if sources.n_unique() == 1 else None
        self._audited: dict[tuple[str, ...], list[tuple[pl.Series, pl.Series, _Repairs]]] = {}

    def written(self, record: RecordPlan, use: Use, values: Values, context: Context) -> pl.Series:
        """Return what each value of a column says: the terms, and the Decision about them; null where nothing stands.

        Args:
            record: the record that the use belongs to.
            use: fills a term slot.
            values: its values.
            context: what stands beside the rows of the record.
        """
        places = None if values.single else values.cells[INDEX]
        parts = [values.part(name) for name in ("value", "accession", "ontology")]
        keys = self._keys(use, parts, context, places)
        repairs = self._repairs(use, keys, context.only(ORGANISM), places) if self._decisions.audits else {}
        return self._said(record, use, keys, _at(self._sources, places), repairs)

    def constant(self, record: RecordPlan, use: Use, context: Context, rows: pl.Series) -> pl.Series:
        """Return what each row says by a use that has the same text in all rows for which it holds."""
        text = rows.to_frame("on").select(pl.when("on").then(pl.lit(use.rule.constant or "")).alias("text"))["text"]
        nothing = pl.repeat(None, text.len(), dtype=pl.String, eager=True)
        keys = self._keys(use, [text, nothing, nothing], context, None)
        return self._said(record, use, keys, self._sources, {})

    def _keys(self, use: Use, parts: Sequence[pl.Series], context: Context, places: pl.Series | None) -> pl.Series:
        beside = context.pairs(self._decisions.wants_context(_field(use)))
        return term_keys(parts, None if beside is None else _at(beside, places))

    def _said(self, record: RecordPlan, use: Use, keys: pl.Series, sources: pl.Series, repairs: _Repairs) -> pl.Series:
        slot = record.class_.slots.get("decision")
        marked = slot.iri if slot else ""
        if self._only is not None:
            return looked_up(keys, self._texts(use, self._only, distinct(keys), marked, repairs))
        both = pl.DataFrame({"s": sources, "k": keys}).select(pl.concat_str("s", "k", separator=SEPARATOR).alias("b"))["b"]
        by_source: dict[str, list[str]] = {}
        for pair in distinct(both):
            source, _, key = pair.partition(SEPARATOR)
            by_source.setdefault(source, []).append(key)
        answers: dict[str, str | None] = {}
        for source, some in by_source.items():
            texts = self._texts(use, source, some, marked, repairs)
            answers.update({f"{source}{SEPARATOR}{key}": text for key, text in texts.items()})
        return looked_up(both, answers)

    def _texts(self, use: Use, source: str, keys: Sequence[str], marked: str, repairs: _Repairs) -> dict[str, str | None]:
        def text(cell: TermCell) -> str:
            said = f"<{use.slot.iri}>{cell.objects};" if cell.objects else ""
            return said + (f"<{marked}><{cell.decision}>;" if marked else "")

        cells = self._decisions.cells(_field(use), source, use.slot.iri, keys, repairs.get(source, {}))
        return {key: text(cell) for key, cell in cells.items()}

    def _repairs(self, use: Use, keys: pl.Series, organism: pl.Series | None, places: pl.Series | None) -> _Repairs:
        """Return what an audit changes, by source; of records that read a column alike only the first asks."""
        named = _field(use), use.column or "", use.accession or ""
        none = pl.repeat(None, self._rows.len(), dtype=pl.String, eager=True)
        beside = _at(organism if organism is not None else none, places)
        known = self._audited.setdefault(named, [])
        for before, also, found in known:
            if before.equals(keys) and also.equals(beside):
                return found
        told = texts_by_source(_at(self._sources, places), _at(self._rows, places), keys, beside)
        columns = (ColumnTexts(*named, source, self._names.get(source, source), texts) for source, texts in told)
        repairs = {column.source: said for column in columns if (said := self._decisions.repairs(column))}
        known.append((keys, beside, repairs))
        return repairs


def _field(use: Use) -> str:
    return use.slot.field or use.slot.name


def _at(series: pl.Series, places: pl.Series | None) -> pl.Series:
    return series if places is None else series.gather(places)
