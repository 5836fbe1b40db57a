"""Kinds: which mapping takes a source - the one that recognises it, or the one that the user chose."""

from __future__ import annotations

from collections.abc import Mapping

from kg.mapping import Mapping as MappingSpec
from kg.mapping import Shelf, misfit, recognise, variables_for
from kg.table import Reading


class Kinds:
    """Finds the mapping of each source."""

    def __init__(self, shelf: Shelf, chosen: str | None) -> None:
        """Take the mappings, and the name or path of the one to use for every source.

        Raises:
            MappingError: what was chosen is wrong or not there.
        """
        self._shelf = shelf
        self._chosen = shelf.chosen(chosen) if chosen else None

    def mapping_of(self, reading: Reading, key: str) -> tuple[MappingSpec | None, Mapping[str, str], str]:
        """Return the mapping of a source, what the source lends to it, and what is to be said about the choice.

        That is the reason why no mapping takes the source, or why the one that the user chose says nothing about it: then
        everything goes to the custom layer.

        Raises:
            MappingError: a mapping that may take it is wrong.
        """
        if self._chosen is not None:
            return self._chosen, variables_for(self._chosen, reading, key), misfit(self._chosen, reading)
        fitting = recognise(reading, key, self._shelf.heads(reading.reader))
        if fitting is None:
            return None, {}, f"no mapping takes what reader {reading.reader} found in it ({_columns_shown(reading)})"
        return self._shelf.whole(fitting.mapping.mapping), fitting.variables, ""

    def version(self, name: str) -> str:
        """Return the version of a mapping that took a source."""
        if self._chosen is not None and self._chosen.mapping == name:
            return self._chosen.version
        return self._shelf.whole(name).version


def _columns_shown(reading: Reading) -> str:
    return "; ".join(
        f"{kind}: {', '.join(n for n in table.frame.collect_schema().names() if not n.startswith('_'))[:120]}"
        for kind, table in list(reading.tables.items())[:3]
    )
