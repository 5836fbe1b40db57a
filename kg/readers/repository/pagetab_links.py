"""What PageTab sections say of one another: by accession (references) or, in ``Associations``, by title."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.problem import Problem, Severity
from kg.readers.repository.pagetab_nodes import FILE, LINK, NAMELESS, SUBMISSION, Attribute, Node, fold

ASSOCIATIONS = "associations"
_ACCNO = re.compile(r"[A-Za-z][\w .-]*\d+")
_SEVERAL = re.compile(r"\s*[,;]\s*")
_SPACES = re.compile(r"\s+")
_SHOWN = 60
_NO_SECTIONS = frozenset({SUBMISSION, FILE, LINK})
_NAMED = frozenset({"author", "organization"})
"""Types whose sections PageTab asks for a Name."""
_NUMBERED = re.compile(r"column \d+")


def identify(nodes: Sequence[Node]) -> None:
    """Give each node an id of its own: its accession where only it has it, else a kind with a number.

    Ids do not depend on what stands elsewhere in the file except for sections of the same kind or accession.
    """
    uses: dict[tuple[int, str], int] = {}
    kinds: dict[tuple[int, str], int] = {}
    tops = [node for node in nodes if node.parent is None]
    for node in nodes:
        top = id(node.top) if len(tops) > 1 else 0
        prefix = f"{node.top.accno or node.top.row}/" if len(tops) > 1 and node.parent is not None else ""
        if node.parent is None:
            node.ident = node.accno or f"{node.kind} {node.row}"
        elif node.accno:
            key = (top, node.accno)
            uses[key] = uses.get(key, 0) + 1
            node.ident = prefix + node.accno + (f"~{uses[key]}" if uses[key] > 1 else "")
        else:
            kind = (top, node.kind)
            kinds[kind] = kinds.get(kind, 0) + 1
            node.ident = f"{prefix}{node.kind} {kinds[kind]}"


@dataclass(slots=True)
class Targets:
    """Where the sections of one submission are.

    Attributes:
        accnos: accession to the sections that have it.
        titles: kind, then folded title, to the sections that have it.
    """

    accnos: dict[str, list[Node]]
    titles: dict[str, dict[str, list[Node]]]


class Links:
    """Resolves what sections say of one another, and notes what leads nowhere."""

    def __init__(self, nodes: Sequence[Node], where: str) -> None:
        """Take all nodes of a source; ``where`` is its key."""
        self._where = where
        self.problems: list[Problem] = []
        self._targets: dict[int, Targets] = {}
        for node in nodes:
            if node.kind in _NO_SECTIONS:
                continue
            there = self._targets.setdefault(id(node.top), Targets({}, {}))
            if node.accno:
                there.accnos.setdefault(node.accno, []).append(node)
            if node.title:
                there.titles.setdefault(node.kind, {}).setdefault(_loose(node.title), []).append(node)
        for there in self._targets.values():
            for accno, some in there.accnos.items():
                if len(some) > 1:
                    self._note(
                        "accno", f"{accno!r} {len(some)} times", "an accession for one section only", "accno", some[1], "info"
                    )

    def target(self, node: Node, attribute: Attribute) -> list[str]:
        """Return the ids of the sections that an attribute speaks of; empty where it speaks of none."""
        there = self._targets.get(id(node.top))
        value = attribute.value.strip()
        if there is None or not value:
            return []
        if node.kind == ASSOCIATIONS:
            return self._associated(node, attribute, there)
        words = [word for word in _SEVERAL.split(value) if word]
        named = [there.accnos[word][0] for word in words if word in there.accnos]
        if attribute.reference:
            if len(named) < len(words) and value not in there.accnos:
                lost = next(word for word in words if word not in there.accnos)
                self._note("reference", repr(lost), "the accession of a section", f"{node.type}.{attribute.name}", node)
            return [found.ident for found in (there.accnos[value][:1] if value in there.accnos else named)]
        if named and len(named) == len(words) and all(_ACCNO.fullmatch(word) and word != node.accno for word in words):
            expected = f"<{attribute.name}>, marked as a reference to a section"
            self._note("reference", repr(value), expected, f"{node.type}.{attribute.name}", node, repair="read as a reference")
            return [found.ident for found in named]
        return []

    def _associated(self, node: Node, attribute: Attribute, there: Targets) -> list[str]:
        kind = fold(attribute.name)
        value = attribute.value.strip()
        known = there.titles.get(kind, {})
        found = known.get(_loose(value)) or [n for n in there.accnos.get(value, ()) if n.kind == kind]
        if found:
            exact = [n for n in found if n.title.strip() == value]
            return [(exact or found)[0].ident]
        near = _near(value, [n.title for some in known.values() for n in some])
        expected = f"the title of a section of type {attribute.name}"
        if near:
            repair = f"proposed: {_shown(near)}"
        elif known:
            repair = f"there are {', '.join(_shown(some[0].title) for some in list(known.values())[:3])}"
        else:
            repair = f"there is no section of type {attribute.name}"
        self._note("association", _shown(value), expected, f"{node.type}.{attribute.name}", node, repair=repair)
        return []

    def lacking(self, nodes: Sequence[Node]) -> None:
        """Note names that lost their meaning, and people and organizations without a name."""
        for node in nodes:
            for attribute in node.attributes:
                if _NUMBERED.fullmatch(fold(attribute.name)):
                    found = f"the attribute {attribute.name!r} with {_shown(attribute.value)}"
                    self._note(
                        "attribute-name", found, "a name that says what the value is", node.type or node.kind, node, "info"
                    )
                elif attribute.name.strip() and not attribute.value.strip() and not attribute.on_value:
                    found = f"the attribute {_shown(attribute.name)} without a value"
                    repair = f"kept under {NAMELESS}"
                    self._note("attribute-value", found, "a value", node.type or node.kind, node, "info", repair)
            if node.kind in _NAMED and node.attributes and not node.title:
                others = ", ".join(_shown(a.name) for a in node.attributes[:4])
                self._note("nameless", f"{node.type} with {others} and no name", "a Name", node.type, node)

    def _note(
        self, code: str, found: str, expected: str, column: str, node: Node, severity: Severity = "warning", repair: str = ""
    ) -> None:
        self.problems.append(Problem(self._where, code, found, expected, column, (node.row,), 1, repair, severity))


def _loose(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold()


def _shown(text: str) -> str:
    text = _SPACES.sub(" ", text).strip()
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")


def _near(value: str, titles: Sequence[str]) -> str:
    """Return the one title that a text most likely means: one that begins with the other, or nearly the same words."""
    begun = [title for title in titles if _loose(title).startswith(_loose(value)) or _loose(value).startswith(_loose(title))]
    if len(begun) == 1:
        return begun[0]
    close = difflib.get_close_matches(_loose(value)[:500], [_loose(title)[:500] for title in titles[:500]], n=2, cutoff=0.85)
    if len(close) != 1:
        return ""
    return next(title for title in titles if _loose(title)[:500] == close[0])


def columns_of(nodes: Sequence[Node]) -> Mapping[str, str]:
    """Return the column of each folded attribute name: the first spelling in the source."""
    spelt: dict[str, str] = {}
    for name in _names(nodes):
        spelt.setdefault(fold(name), name)
    return spelt


def _names(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        for attribute in node.attributes:
            if attribute.name.strip():
                yield _SPACES.sub(" ", attribute.name).strip()
