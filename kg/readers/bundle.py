"""Bundle: files of one folder that are one source, such as a plate with its sidecars or an OME-Zarr image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Folder:
    """What lies in a folder.

    Attributes:
        path: the folder.
        files: names of its files in order, hidden ones too.
        folders: names of its folders in order, hidden ones too.
    """

    path: Path
    files: tuple[str, ...]
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files that are one source.

    Attributes:
        primary: name of the file that stands for all; empty where it is the folder itself.
        members: the other files that are read, relative to the folder.
        whole: whether nothing else below the folder is a source of its own.
    """

    primary: str
    members: tuple[str, ...] = ()
    whole: bool = False


class Gathers(Protocol):
    """A reader that knows which files belong together; ``gather`` is optional in a reader.

    ``gather`` looks at names, and at most at the heads of a few files: it is called for every folder of a walk.
    """

    NAME: str

    def gather(self, folder: Folder) -> Iterable[Bundle]:
        """Yield the bundles of a folder; nothing where there are none."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The bundles of a folder, none of which shares a file with another.

    Attributes:
        bundles: reader and bundle.
        parts: name of a file to the name of the primary that it is part of.
    """

    bundles: tuple[tuple[str, Bundle], ...] = ()

    @property
    def whole(self) -> tuple[str, Bundle] | None:
        """Return the bundle that takes the whole folder, or None."""
        return next((pair for pair in self.bundles if pair[1].whole), None)

    @property
    def parts(self) -> dict[str, str]:
        """Return the name of each member with the name of the primary that it belongs to."""
        return {member: bundle.primary for _, bundle in self.bundles for member in bundle.members}


def gathered(folder: Folder, readers: Sequence[Gathers]) -> Gathered:
    """Return what belongs together in a folder; where two readers want the same file, the one asked first has it."""
    taken: set[str] = set()
    found: list[tuple[str, Bundle]] = []
    for reader in readers:
        for bundle in reader.gather(folder):
            if bundle.whole:
                return Gathered(((reader.NAME, bundle),))
            wanted = {bundle.primary, *bundle.members}
            if taken.isdisjoint(wanted):
                taken |= wanted
                found.append((reader.NAME, bundle))
    return Gathered(tuple(found))


def below(folder: Path, *, most: int) -> Iterator[Path]:
    """Yield the files below a folder in order of names, at most so many; links to folders are not followed."""
    left = most
    todo = [folder]
    while todo:
        here = todo.pop()
        entries = sorted(here.iterdir(), key=lambda entry: entry.name)
        for entry in entries:
            if entry.is_file():
                left -= 1
                if left < 0:
                    return
                yield entry
        todo.extend(entry for entry in reversed(entries) if entry.is_dir() and not entry.is_symlink())
