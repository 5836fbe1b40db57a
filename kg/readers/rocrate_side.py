"""What notebooks put beside a crate in files of their own, as tables that lead to the crate's entities by ``_entity``.

* RSpace: the XML of each document (`kg.readers.notebook.rspace_xml`).
* AI4Green: the JSON of each reaction; kinds are called ``AI4Green:<list>``, the reaction itself ``AI4Green:root``.
* eLabFTW up to version 4: ``ElabftwStep`` has the steps of ``export-elabftw.json`` once more, a row each, under names that
  begin with ``_``; the cells themselves stand in ``ElabftwExport``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kg.readers import safe_json
from kg.readers.notebook import rspace_xml
from kg.readers.rocrate_tables import stacked
from kg.readers.tree import tables_of
from kg.table import ROW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.limits import Limits
    from kg.readers.safe_json import JsonValue

AI4GREEN = "AI4Green:"
_CHEMICALS = ("reactants", "reagents", "products", "solvents")
_STEPS = "ElabftwStep"
_MARK = {"reaction_id", "reaction_name"}


class SideTables:
    """Frames by kind while the files of an archive are gone through."""

    def __init__(self, limits: Limits, where: str) -> None:
        """Start empty."""
        self._limits = limits
        self._where = where
        self._frames: dict[str, list[pl.DataFrame]] = {}

    def take_rspace(self, data: bytes, entity: str | None, path: str) -> None:
        """Take the XML of an RSpace document; raises SourceError or LimitError where it is damaged."""
        where = f"{self._where}, {path}"
        for kind, frame in rspace_xml.document(data, self._limits, where, entity).items():
            place = "_path" if kind == "ExtraField" else "_document"
            self._frames.setdefault(kind, []).append(frame.with_columns(pl.lit(path).alias(place)))

    def take_reaction(self, value: Mapping[str, JsonValue], entity: str | None, path: str) -> None:
        """Take the JSON of a reaction of AI4Green."""
        for kind, table in tables_of(value, self._limits, f"{self._where}, {path}").items():
            added = (pl.lit(entity, pl.String).alias("_entity"), pl.lit(path).alias("_document"))
            self._frames.setdefault(f"{AI4GREEN}{kind}", []).append(table.frame.collect().with_columns(*added))

    def take_entry(self, entry: Mapping[str, JsonValue], entity: str | None, path: str) -> None:
        """Take the steps of an entry of eLabFTW."""
        items = entry.get("steps")
        rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        if not rows:
            return
        names = dict.fromkeys(fact for row in rows for fact in row)
        series = [pl.Series(ROW, range(1, len(rows) + 1), pl.UInt32)]
        series.extend(pl.Series(f"_{fact}", [_text(row.get(fact)) for row in rows], pl.String) for fact in names)
        added = (pl.lit(entity, pl.String).alias("_entity"), pl.lit(path).alias("_document"))
        self._frames.setdefault(_STEPS, []).append(pl.DataFrame(series).with_columns(added))

    def frames(self) -> dict[str, pl.DataFrame]:
        """Return kind to frame."""
        return {kind: stacked(frames) for kind, frames in self._frames.items()}


def is_reaction(value: JsonValue) -> bool:
    """Say whether a JSON document is a reaction of AI4Green."""
    return (
        isinstance(value, dict) and bool(_MARK & value.keys()) and any(isinstance(value.get(name), list) for name in _CHEMICALS)
    )


def _text(value: JsonValue) -> str | None:
    if value is None:
        return None
    return safe_json.dumps(value) if isinstance(value, (dict, list)) else safe_json.scalar(value)
