"""Nodes of a PageTab submission: submissions, sections, files and links, whichever way they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kg.readers.safe_json import JsonValue, dumps, scalar

SUBMISSION, STUDY, FILE, LINK, COMMENT = "submission", "study", "file", "link", "comment"
NAMELESS = "(no name)"
"""Column of values that stand under no name, and of names that have no value."""
_PARTS = ("attributes", "subsections", "links", "files", "section")
_BRITISH = {
    "organisation": "organization",
    "organisations": "organizations",
    "licence": "license",
    "licences": "licenses",
    "colour": "color",
    "labelling": "labeling",
    "programme": "program",
    "acknowledgement": "acknowledgment",
    "acknowledgements": "acknowledgments",
}
_TYPES = (
    "annotation", "annotations", "associations", "author", "authors", "biosample", "contact", "funding", "image acquisition",
    "image analysis", "image correlation", "imaging method", "organism", "organization", "protocol", "publication", "specimen",
    "study component",
)  # fmt: skip
"""Types of sections of REMBI and MIFA, and those that all submissions have."""
_LONG = 9
_GAPS = re.compile(r"[\s_]+")


def fold(name: str) -> str:
    """Return a name without what people write differently by habit: case, spacing, British spelling.

    >>> fold("Image  Acquisition"), fold("organisation"), fold("Image_analysis")
    ('image acquisition', 'organization', 'image analysis')
    """
    words = _GAPS.sub(" ", name).strip().casefold().split(" ")
    return " ".join(_BRITISH.get(word, word) for word in words)


def meant(kind: str) -> str:
    """Return the known type that a slip of one letter, or of two in a long name, made into this one; empty for none.

    >>> meant("image aquisition"), meant("image acquisition"), meant("sample")
    ('image acquisition', '', '')
    """
    if kind in _TYPES:
        return ""
    some = [known for known in _TYPES if known[0] == kind[:1] and abs(len(known) - len(kind)) <= 2]  # noqa: PLR2004
    near = [(apart, known) for known in some if (apart := _apart(kind, known)) <= (2 if len(known) > _LONG else 1)]
    return min(near, default=(0, ""))[1]


def _apart(one: str, other: str) -> int:
    """Return how many letters have to be changed, added or left out to make one text of the other."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        above, row = row, [number]
        for place, wanted in enumerate(other):
            row.append(min(above[place] + (letter != wanted), above[place + 1] + 1, row[place] + 1))
    return row[-1]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name with a value.

    Attributes:
        name: as written.
        value: as written; empty where there is none.
        reference: whether the value is the accession of another section.
        on_value: qualifiers of the value, name and value.
        on_name: qualifiers of the name.
    """

    name: str
    value: str
    reference: bool = False
    on_value: tuple[tuple[str, str], ...] = ()
    on_name: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, eq=False)
class Node:
    """A submission, section, file or link.

    Attributes:
        kind: folded type of a section (that of the root section is ``study``), else what it is.
        type: type of a section as written.
        accno: accession; empty where there is none.
        row: line in a TSV, else the place among all nodes from 1.
        parent: the node around it.
        members: what the format itself gives it, such as the path of a file.
        attributes: in order.
    """

    kind: str
    type: str
    accno: str
    row: int
    parent: Node | None
    members: dict[str, str] = field(default_factory=dict)
    attributes: list[Attribute] = field(default_factory=list)
    ident: str = ""

    @property
    def top(self) -> Node:
        """Return the submission that it belongs to, or the outermost node."""
        here = self
        while here.parent is not None:
            here = here.parent
        return here

    @property
    def title(self) -> str:
        """Return the text by which other sections name this one."""
        named = {fold(a.name): a.value for a in reversed(self.attributes) if a.value}
        return named.get("title") or named.get("name") or ""


def of_json(documents: list[Mapping[str, JsonValue]]) -> Iterator[Node]:
    """Yield the nodes of JSON submissions, or of lists of files or links, in the order of the text.

    Members that PageTab does not define become members of the node, those that are no scalars as JSON.
    """
    todo: list[tuple[Mapping[str, JsonValue], str, Node | None]] = [
        (item, _kind_of(item), None) for item in reversed(documents)
    ]
    count = 0
    while todo:
        said, kind, parent = todo.pop()
        count += 1
        node = _node(said, kind, parent, count)
        yield node
        below: list[tuple[Mapping[str, JsonValue], str, Node | None]] = []
        section = said.get("section")
        if isinstance(section, dict):
            below.append((section, STUDY, node))
        for part, inner in (("files", FILE), ("links", LINK), ("subsections", "")):
            below.extend((item, inner or fold(_text(item.get("type"))) or "section", node) for item in flat(said.get(part)))
        todo.extend(reversed(below))


def flat(value: JsonValue) -> list[Mapping[str, JsonValue]]:
    """Return the objects of an array and of the arrays in it, which PageTab calls tables."""
    todo: list[JsonValue] = [value]
    found: list[Mapping[str, JsonValue]] = []
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo.extend(reversed(item))
        elif isinstance(item, dict):
            found.append(item)
    return found


def _kind_of(said: Mapping[str, JsonValue]) -> str:
    if "section" in said or "accno" in said:
        return SUBMISSION
    return FILE if "path" in said else LINK if "url" in said else SUBMISSION


def _text(value: JsonValue) -> str:
    return "" if value is None else scalar(value) if isinstance(value, (str, bool)) else dumps(value)


def _node(said: Mapping[str, JsonValue], kind: str, parent: Node | None, row: int) -> Node:
    known = {"accno", "type"} if kind not in {FILE, LINK} else set()
    own = {key: _text(value) for key, value in said.items() if key not in _PARTS and key not in known and value is not None}
    type_ = _text(said.get("type")) if known else ""
    node = Node(kind, type_, _text(said.get("accno")) if known else "", row, parent, own)
    node.attributes.extend(_attribute(item) for item in flat(said.get("attributes")))
    for part in _PARTS:
        value = said.get(part)
        strange = isinstance(value, (str, bool)) or (part != "section" and isinstance(value, dict))
        if strange or (part == "section" and isinstance(value, list) and value):
            node.members[part] = _text(value)
        elif isinstance(value, list):
            scalars = [_text(item) for item in value if isinstance(item, (str, bool))]
            node.attributes.extend(Attribute(part, text) for text in scalars)
    return node


def _attribute(said: Mapping[str, JsonValue]) -> Attribute:
    referring = (_text(said.get("reference")), _text(said.get("isReference")))
    extra = {"name", "value", "reference", "isReference", "valqual", "nmqual", "valueAttrs", "nameAttrs"}
    others = tuple((key, _text(value)) for key, value in said.items() if key not in extra and value is not None)
    return Attribute(
        _text(said.get("name")),
        _text(said.get("value")),
        reference="true" in {word.strip().lower() for word in referring},
        on_value=(*_qualifiers(said, "valqual", "valueAttrs"), *others),
        on_name=_qualifiers(said, "nmqual", "nameAttrs"),
    )


def _qualifiers(said: Mapping[str, JsonValue], *keys: str) -> tuple[tuple[str, str], ...]:
    found = [item for key in keys for item in flat(said.get(key))]
    return tuple((_text(item.get("name")), _text(item.get("value"))) for item in found)
