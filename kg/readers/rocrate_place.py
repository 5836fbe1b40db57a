"""Several crates in one archive: where each lies, and how its ids are spelt so that they do not meet those of the others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.readers.rocrate_graph import Graph, Node, key

_SCHEME = re.compile(r"[A-Za-z][\w.+-]*:")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a crate lies in its archive, and what its ids begin with for that reason."""

    folder: str = ""
    prefix: str = ""

    def inside(self, name: str) -> str:
        """Return the name of a member as the ids of the crate would spell it."""
        return f"{self.prefix}{name.removeprefix(self.folder)}"


def placed(folder: str, first: str, graph: Graph) -> Place:
    """Return the place of a further crate.

    Args:
        folder: where it lies, with a slash at its end.
        first: where the first crate of the archive lies.
        graph: that of the first crate, which may have an id for the folder.
    """
    inner = folder.removeprefix(first)
    if inner == folder and first:
        return Place(folder, f"../{folder}")
    known = graph.get(inner)
    return Place(folder, known.id if known is not None else f"./{inner}")


def moved(graph: Graph, prefix: str, root: Node | None) -> Graph:
    """Return the graph of a crate that lies in a folder of another, its local ids below that folder; nodes stay the same.

    Args:
        graph: what `flatten` returned; its nodes are renamed in place.
        prefix: folder with a slash at its end, which becomes the id of the root.
        root: the root data entity.
    """

    def there(ident: str) -> str:
        if _SCHEME.match(ident):
            return ident
        bare = key(ident)
        return prefix if root is not None and bare == key(old_root) else f"{prefix}{'' if bare == './' else bare}"

    old_root = root.id if root is not None else ""
    respelt: dict[int, dict[str, dict[str, str]]] = {}
    owners = {}
    references = []
    for name, owner, target in graph.references:
        node = graph.get(target)
        spelt = node.id if node is not None else target
        respelt.setdefault(id(owner), {}).setdefault(name, {}).update({target: there(spelt), spelt: there(spelt)})
        owners[id(owner)] = owner
        references.append((name, owner, there(spelt)))
    for ident, names in respelt.items():
        cells = owners[ident].cells
        for name, new in names.items():
            cells[name] = [new.get(value, value) for value in cells.get(name, ())]
    for node in graph.nodes.values():
        node.id = there(node.id)
        node.parent = None if node.parent is None else there(node.parent)
    return Graph({key(node.id): node for node in graph.nodes.values()}, references, graph.problems, graph.context)
