"""Links of a walked folder: those that lead out of it are refused, as a folder from strangers could show any file by them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from kg.table import Source

OUTWARD = "->"
"""Stands in place of the reader of a source that is refused."""


class Inside:
    """Knows what lies in the files and folders that the user named."""

    def __init__(self, named: Iterable[Path]) -> None:
        """Take what was named; where one of them is a link itself, what it leads to counts."""
        self._named = [os.path.realpath(path) for path in named]

    def holds(self, path: Path) -> bool:
        """Say whether a path ends inside; one that ends nowhere does not lead out."""
        real = os.path.realpath(path)
        return any(real == top or real.startswith(os.path.join(top, "")) for top in self._named) or not os.path.exists(real)  # noqa: PTH110, PTH118 - many, as text

    def refused(self, source: Source) -> Source:
        """Return the source, to be refused where it or one of its files leads out; a named file is taken."""
        if (source.named and source.path.is_file()) or all(self.holds(path) for path in (source.path, *source.parts)):
            return source
        return replace(source, parts=(), reader=OUTWARD)

    def folders_leading_out(self, here: Path, folders: list[str]) -> Iterator[str]:
        """Take the folders that lead out from the list, and yield their names in order."""
        out = [name for name in folders if (here / name).is_symlink() and not self.holds(here / name)]
        folders[:] = [name for name in folders if name not in out]
        yield from out


def reason_of(source: Source) -> str:
    """Return why a source is refused."""
    if source.path.is_symlink():
        return "is a link that leads out of the folder"
    return "consists of several files, one of which is a link that leads out of the folder"
