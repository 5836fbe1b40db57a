"""Columns of packaged mappings: what each calls the slots that it fills, cached, as reading them all takes seconds."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kg import __version__
from kg.mapping import Mapping as MappingSpec
from kg.mapping import Shelf
from kg.mapping.spec import ValueRule
from kg.paths import data_dir, user_cache_dir
from kg.suggest.header import folded
from kg.suggest.patterns import spelt_out

Said = tuple[str, str, str, str]
"""Mapping, class, slot and the words of a column, folded."""


def packaged_columns() -> list[Said]:
    """Return what all packaged mappings call the slots that they fill.

    Raises:
        MappingError: one of them is wrong.
    """
    cached = user_cache_dir() / "suggest" / f"{_digest()}.json"
    try:
        return [(m, c, s, p) for m, c, s, p in json.loads(cached.read_text("utf-8"))]
    except (OSError, ValueError):
        shelf = Shelf.packaged()
        said = [one for name in shelf.names for one in columns_of(shelf.whole(name))]
        _keep(cached, said)
        return said


def columns_of(mapping: MappingSpec) -> Iterator[Said]:
    """Yield what a mapping calls the slots that it fills, once each."""
    seen: set[Said] = set()
    for record in mapping.records:
        for slot, rules in record.slots.items():
            for phrase in sorted({phrase for rule in rules for phrase in _phrases(rule, record.let)}):
                said = (mapping.mapping, record.class_, slot, phrase)
                if said not in seen:
                    seen.add(said)
                    yield said


def _phrases(rule: ValueRule, lets: dict[str, ValueRule]) -> Iterator[str]:
    for pattern in rule.column or rule.first or rule.text or ():
        inner = lets.get(pattern)
        if inner is not None:
            yield from _phrases(inner, {})
        elif not pattern.startswith(("_", "$")):
            for text in spelt_out(pattern):
                yield " ".join(folded(text.rpartition(".")[2] or text))


def _digest() -> str:
    """Return what the files of the mappings are known by: names, sizes and times, and the version of kg."""
    own = hashlib.sha256(__version__.encode())
    files = [*sorted(data_dir("mappings").glob("*.yaml")), *sorted(Path(__file__).parent.glob("*.py"))]
    for file in files:
        told = file.stat()
        own.update(f"{file}\0{told.st_size}\0{told.st_mtime_ns}\n".encode())
    return own.hexdigest()[:24]


def _keep(path: Path, said: list[Said]) -> None:
    """Write the cache at one stroke, in place of those of other versions; where that is not possible, do without."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False) as file:
            json.dump(said, file)
        os.replace(file.name, path)  # noqa: PTH105 - the same, with a text
        for other in path.parent.glob("*.json"):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError:
        return
