"""Following: the view of a generation from that of one before, where only hand-written graphs differ between the two.

A write is acknowledged within milliseconds; building the view of the whole anew would take as long as loading it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.curie import GRAPH_JOBS, GRAPH_ONTOLOGIES
from kg.store.batch import is_shared_graph
from kg.store.generation import DATABASE, DESCRIPTION, LEDGER, Generation

_FEW = 10_000  # statements written by hand that are always compared


def is_followed(generation: Generation, before: Path, visible: int) -> bool:
    """Say whether a generation differs from the one in the folder ``before`` by hand-written graphs alone, and these are few.

    Args:
        generation: the new one.
        before: folder of an older one.
        visible: statements of sources that are seen; comparing more written ones than these is no gain.
    """
    # Generations that only a write tells apart share one ledger file.
    same = (before / LEDGER).samefile(generation.path / LEDGER)
    return same and generation.stats()["statements"].get("written", 0) <= max(_FEW, visible)


def is_small(about: Mapping[str, Any], seen: Mapping[str, Any]) -> bool:
    """Say whether so little is written by hand that comparing it is cheaper than making a view anew.

    Args:
        about: description of the generation.
        seen: description of a view of the one before.
    """
    return bool(about["statements"].get("written", 0) <= max(_FEW, seen["statements"]["all"]))


def follow_view(generation: Generation, before: Path, view: Path, folder: Path) -> None:
    """Build the view of a generation in ``folder`` from ``view``, which is that of the generation in the folder ``before``."""
    ox.Store.read_only(str(view / DATABASE)).backup(folder / DATABASE)
    db = ox.Store(folder / DATABASE)
    move_view(db, generation.database, _kept(generation))
    db.flush()
    old, new, seen = (_about(path) for path in (before, generation.path, view))
    (folder / DESCRIPTION).write_text(described(old, new, seen), "utf-8", newline="\n")


def move_view(db: ox.Store, whole: ox.Store, kept: frozenset[str]) -> None:
    """Make the graphs of a view that are written by hand the same as those of the whole.

    Args:
        db: the view.
        whole: the database of the generation.
        kept: names of the graphs that harmonizing keeps, the shared ones left out.
    """
    for quad in list(_written(db, kept)):
        if quad not in whole:
            db.remove(quad)
    missing = [quad for quad in _written(whole, kept) if quad not in db]
    # Loading makes files, which is worth it for many statements.
    (db.extend if len(missing) <= _FEW else db.bulk_extend)(missing)
    names = {graph for graph in whole.named_graphs() if graph.value not in kept}
    for graph in list(db.named_graphs()):
        if graph.value not in kept and not is_shared_graph(graph.value) and graph not in names:
            db.remove_graph(graph)
    for graph in names:
        if not is_shared_graph(graph.value):
            db.add_graph(graph)


def described(old: Mapping[str, Any], new: Mapping[str, Any], seen: Mapping[str, Any]) -> str:
    """Return the text of the description of a view, from those of the generations before and now and of the view before."""
    moved = {
        **new,
        **{name: seen[name] for name in ("audience", "sources")},
        "statements": _moved(seen["statements"], old["statements"], new["statements"]),
        "classes": {name: n for name, n in _moved(seen["classes"], old["classes"], new["classes"]).items() if n},
    }
    return json.dumps(moved, indent=1, ensure_ascii=False) + "\n"


def _kept(generation: Generation) -> frozenset[str]:
    """Return the names of the graphs that harmonizing keeps, the shared ones left out."""
    return frozenset({GRAPH_JOBS, GRAPH_ONTOLOGIES, *(entry.iri for entry in generation.ledger.sources())})


def _written(db: ox.Store, kept: frozenset[str]) -> chain[ox.Quad]:
    names = [graph for graph in db.named_graphs() if graph.value not in kept and not is_shared_graph(graph.value)]
    return chain.from_iterable(db.quads_for_pattern(None, None, None, graph) for graph in (ox.DefaultGraph(), *names))


def _moved(seen: Mapping[str, int], old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, int]:
    """Return counts of a view, moved by what the counts of the whole have moved."""
    names = sorted(seen.keys() | new.keys())
    return {name: seen.get(name, 0) + new.get(name, 0) - old.get(name, 0) for name in names}


def _about(folder: Path) -> dict[str, Any]:
    about: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    return about
