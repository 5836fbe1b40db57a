"""Where sidecars lie: ``sidecars/<generation>/<audience key>/`` in the store's folder; always to be made again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.paths import user_cache_dir
from kg.store.audiences import folder_name

FOLDER = "sidecars"
DESCRIPTION, SOURCES = "search.json", "sources.txt"
FORMAT = 4
KEEP = 2
"""Whole sidecars of an audience that stay: the newest, and one for who still reads the one before."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The whole sidecars of a generation for an audience.

    Attributes:
        path: folder.
        generation: id of the generation that they were made from.
    """

    path: Path
    generation: str

    def sources(self) -> frozenset[str]:
        """Return the IRIs of the sources that it was made from, as far as it was told."""
        return frozenset((self.path / SOURCES).read_text("utf-8").split("\n")) - {""}

    def about(self) -> dict[str, Any]:
        """Return the description: generation, counts, seconds."""
        found: dict[str, Any] = json.loads((self.path / DESCRIPTION).read_text("utf-8"))
        return found


def sidecar_path(store: Path, generation: str, audience: str) -> Path:
    """Return where the sidecars of a generation for an audience lie, whether they are there or not."""
    return store / FOLDER / generation / folder_name(audience)


def sidecars(store: Path, audience: str) -> list[Sidecar]:
    """Return the whole sidecars for an audience, newest first."""
    return sorted(_whole(store, audience), key=lambda one: number_of(one.generation), reverse=True)


def _whole(store: Path, audience: str) -> Iterator[Sidecar]:
    key = folder_name(audience)
    with suppress(OSError):
        for folder in (store / FOLDER).iterdir():
            path = folder / key
            with suppress(OSError, ValueError):
                if json.loads((path / DESCRIPTION).read_text("utf-8")).get("format") == FORMAT:
                    yield Sidecar(path, folder.name)


def newest(store: Path, audience: str) -> Sidecar | None:
    """Return the newest whole sidecars for an audience; None where there are none."""
    return next(iter(sidecars(store, audience)), None)


def number_of(generation: str) -> int:
    """Return the number of a generation, by which they follow each other; -1 for what is no generation.

    >>> number_of("00000007-20260101T000000Z")
    7
    """
    head = generation.partition("-")[0]
    return int(head) if head.isascii() and head.isdigit() else -1


def remove_older(store: Path, audience: str) -> None:
    """Remove the sidecars of an audience but the newest few; readers that have mapped them keep what they read."""
    for old in sidecars(store, audience)[KEEP:]:
        # First what makes it whole, so that nobody opens half of it.
        (old.path / DESCRIPTION).unlink(missing_ok=True)
        shutil.rmtree(old.path, ignore_errors=True)
        with suppress(OSError):
            old.path.parent.rmdir()


def known_index(given: str = "") -> Path | None:
    """Return the term index: the one given, that of ``KG_INDEX``, or the one in the cache; None where there is no such file."""
    path = Path(given or os.environ.get("KG_INDEX") or user_cache_dir() / "index.sqlite")
    return path if path.is_file() else None
