"""Audiences: who sees which sources, and the snapshot of what one set of groups sees.

A snapshot says nothing that would not be said if the hidden sources had never been there. It lies in the folder of its
generation (``audiences/<name>/``) with a database and a description of its own, and goes with it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.store.batch import PRIVATE, PUBLIC
from kg.store.disk import remove_tree, sync_tree, writer_lock
from kg.store.faults import store_faults
from kg.store.follow import follow_view, is_followed
from kg.store.generation import DATABASE, DESCRIPTION, Generation
from kg.store.view import build_view

EVERYTHING = "*"
"""Audience of the owner and of admins: all sources."""

_FOLDER, _LOCK, _DRAFT = "audiences", "lock", "draft-"
_LONGEST = 80
_PATIENCE = 3600.0  # seconds for another process that makes a snapshot of the same generation


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one audience sees of a generation.

    Attributes:
        audience: names of the groups, joined by ``+``; ``public``, or ``*`` for everything.
        folder: where the database and the description lie; that of the generation itself where nothing is hidden.
    """

    audience: str
    folder: Path

    @property
    def database(self) -> Path:
        """Return the folder of the database."""
        return self.folder / DATABASE

    def about(self) -> dict[str, Any]:
        """Return its description: ``sources``, ``statements``, ``classes``, ``ontologies`` as in ``Generation.stats``.

        Raises:
            StoreError: it cannot be read.
        """
        with store_faults(str(self.folder)):
            about: dict[str, Any] = json.loads((self.folder / DESCRIPTION).read_text("utf-8"))
        return about


def audience_of(generation: Generation, groups: Collection[str], *, everything: bool = False) -> str:
    """Return the name of what a member of these groups sees: one name for one content.

    Groups that have no source make no difference; where nothing is hidden from anybody, all see ``public``.
    """
    there = generation.audiences - {PUBLIC}
    if not there:
        return PUBLIC
    visible = (there & set(groups)) - {PRIVATE}
    if everything or visible == there:
        return EVERYTHING
    return "+".join(sorted(visible)) or PUBLIC


def may_hear(listener: str, speaker: str) -> bool:
    """Say whether sources of an audience may be told what sources of another one say.

    >>> may_hear("public", "lab-a"), may_hear("lab-a", "public"), may_hear("private", "lab-a"), may_hear("lab-a", "lab-b")
    (False, True, True, False)
    """
    return speaker in {PUBLIC, listener} or listener == PRIVATE


def found(generation: Generation, audience: str) -> Snapshot | None:
    """Return the snapshot of an audience (see ``audience_of``), or None where it has to be made first."""
    if audience == EVERYTHING or not generation.audiences - {PUBLIC}:
        return Snapshot(audience, generation.path)
    folder = generation.path / _FOLDER / folder_name(audience)
    return Snapshot(audience, folder) if (folder / DESCRIPTION).is_file() else None


def snapshot(generation: Generation, groups: Collection[str] = ()) -> Snapshot:
    """Return the snapshot of what these groups see, which is made where it is not there; that takes as long as loading it.

    Several processes may ask at the same time.

    Raises:
        StoreError: the disk refuses.
    """
    audience = audience_of(generation, groups)
    return found(generation, audience) or _made(generation, audience)


def make_snapshot(generation: str, groups: Iterable[str]) -> None:
    """Make the snapshot of a generation's folder for groups; for a process of its own."""
    with Generation(Path(generation)) as opened:
        snapshot(opened, tuple(groups))


def make_public(folder: Path) -> None:
    """Make what anonymous clients see of a new generation, before it is published."""
    with Generation(folder) as generation:
        snapshot(generation)


def folder_name(audience: str) -> str:
    """Return a name for a folder about an audience, also where there are many groups or names differ in case alone.

    >>> folder_name("lab-a+lab-b"), folder_name("*"), folder_name("Lab-A")
    ('lab-a+lab-b', '+all', '+8a13f5191f753a38')
    """
    if audience == EVERYTHING:
        return "+all"
    if len(audience) <= _LONGEST and audience == audience.lower() and not audience.endswith("."):
        return audience
    return "+" + blake2b(audience.encode(), digest_size=8).hexdigest()


def place_of(generation: Path, audience: str) -> Path:
    """Return where the snapshot of an audience lies in the folder of a generation."""
    return generation / _FOLDER / folder_name(audience)


def leftovers(generation: Generation) -> list[Path]:
    """Return drafts of snapshots that were never finished (or are being made)."""
    folder = generation.path / _FOLDER
    return sorted(folder.glob(_DRAFT + "*")) if folder.is_dir() else []


def snapshots(generation: Generation) -> list[Snapshot]:
    """Return the snapshots that are there, by name of their folder."""
    folder = generation.path / _FOLDER
    whole = sorted(path.parent for path in folder.glob(f"*/{DESCRIPTION}") if not path.parent.name.startswith(_DRAFT))
    return [Snapshot(json.loads((path / DESCRIPTION).read_text("utf-8"))["audience"], path) for path in whole]


def groups_of(audience: str) -> frozenset[str]:
    """Return the audiences that a snapshot of this name shows; raises ValueError for ``*``, which has no list.

    >>> sorted(groups_of("lab-a"))
    ['lab-a', 'public']
    """
    if audience == EVERYTHING:
        raise ValueError(audience)
    return frozenset({PUBLIC, *audience.split("+")})


def _followed(generation: Generation, audience: str, draft: Path) -> bool:
    """Build a snapshot from that of the generation before, where only writes lie between the two; say whether it was built."""
    if generation.parent is None:
        return False
    with suppress(StoreError), Generation(generation.path.with_name(generation.parent)) as before:
        there = found(before, audience)
        if there and there.folder != before.path and is_followed(generation, before.path, there.about()["statements"]["all"]):
            follow_view(generation, before.path, there.folder, draft)
            return True
    return False


def _made(generation: Generation, audience: str) -> Snapshot:
    parent = generation.path / _FOLDER
    with store_faults(str(generation.path)):
        parent.mkdir(exist_ok=True)
        with writer_lock(parent / _LOCK, _PATIENCE):
            there = found(generation, audience)
            if there:
                return there
            # The lock was free: whoever began these is gone.
            for old in leftovers(generation):
                remove_tree(old)
            draft = parent / f"{_DRAFT}{folder_name(audience)}"
            try:
                draft.mkdir()
                if not _followed(generation, audience, draft):
                    build_view(generation, draft, groups_of(audience), audience)
                sync_tree(draft)
                draft.rename(parent / folder_name(audience))
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
            sync_tree(parent)
    made = found(generation, audience)
    if made is None:
        raise StoreError(str(parent), f"the snapshot of {audience} that was just made is gone; was the folder changed by hand?")
    return made
