"""Repair: a pointer that is lost or damaged is set again, to a generation that was looked through."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.problem import Problem
from kg.store.audiences import make_public
from kg.store.faults import store_faults
from kg.store.generation import Generation
from kg.store.pointer import GENERATIONS, current_id, is_whole, point_to, whole_generations
from kg.store.store import Store
from kg.store.verify import verify


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did.

    Attributes:
        generation: id of the one that is current now.
        changed: whether the pointer was set; not where it was in order.
        given_up: ids of newer generations that are damaged; the next job removes them.
    """

    generation: str
    changed: bool
    given_up: tuple[str, ...] = ()


def repair(store: Store, *, older: bool = False) -> Repaired:
    """Point to the newest whole generation where the pointer cannot be followed; nothing changes where all is in order.

    Args:
        store: the store.
        older: whether to go back to an older generation where the newest one is damaged.

    Raises:
        StoreError: no generation is whole, or only an older one is and ``older`` is not set, or another job writes.
    """
    with store.writing(mending=True), store_faults(str(store.path)):
        named = followed(store.path)
        left = [folder for folder in reversed(whole_generations(store.path)) if named is None or folder.name <= named]
        given_up: list[str] = []
        for folder in left:
            damage = damage_of(folder)
            if damage is None:
                if folder.name != named:
                    make_public(folder)
                    point_to(store.path, folder.name)
                return Repaired(folder.name, folder.name != named, tuple(given_up))
            given_up.append(folder.name)
            if not older and len(left) > 1:
                what = f"generation {folder.name} is damaged ({damage}); --older goes back to one before it that is whole"
                raise StoreError(str(store.path), f"{what}, 'kg store restore BACKUP --force' brings a backup back")
    raise StoreError(str(store.path), "no generation is whole; 'kg store restore BACKUP --force' brings a backup back")


def followed(store: Path) -> str | None:
    """Return the id that the pointer names, or None where it cannot be followed."""
    try:
        name = current_id(store)
    except StoreError:
        return None
    return name if name and is_whole(store / GENERATIONS / name) else None


def damage_of(folder: Path) -> str | None:
    """Return what is wrong with the generation in a folder, or None; it reads every statement once."""
    try:
        with store_faults(folder.name), Generation(folder) as generation:
            problems = looked_through(generation)
    except (StoreError, KeyError) as error:
        return error.what if isinstance(error, StoreError) else f"its description lacks {error}"
    return str(problems[0]) if problems else None


def looked_through(generation: Generation) -> list[Problem]:
    """Return what is wrong with a generation; raises what its database raises where a file of it is damaged."""
    # First without SPARQL: a query that counts does not end at a block that cannot be read.
    for graph in (*generation.database.named_graphs(), ox.DefaultGraph()):
        deque(generation.database.quads_for_pattern(None, None, None, graph), maxlen=0)
    deque(generation.database, maxlen=0)
    return verify(generation)
