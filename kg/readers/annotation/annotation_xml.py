"""Files of annotations in XML: ASAP, Aperio ImageScope, Pascal VOC, CVAT and TrackMate.

The generic reader would make a row of every point of an outline; here objects are counted as they pass by and taken out of the
tree (`kg.readers.annotation.xml_forms`). Tables: `kg.readers.annotation.carrier`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.readers.annotation.carrier import Carrier
from kg.readers.annotation.xml_forms import FORMS, Form
from kg.readers.safe_xml import iterparse, load, root_name, split_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree.ElementTree import Element

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Reading, Source

NAME = "annotation_xml"
RANK = 50
TITLE = "Annotations in XML: ASAP, Aperio ImageScope, Pascal VOC, CVAT, TrackMate"

_MARKS: Mapping[str, tuple[bytes, ...]] = {
    "ASAP_Annotations": (b"",),
    "Annotations": (b"<Regions", b"MicronsPerPixel", b"<RegionAttributeHeaders"),
    "annotation": (b"<filename", b"<bndbox", b"<segmented"),
    "annotations": (b"<meta", b"<image ", b"<track "),
    "TrackMate": (b"",),
}


def claims(peek: Peek) -> bool:
    """Claim XML whose root element, and for common words an element below it, is that of one of the formats."""
    root = root_name(peek.head)
    return root is not None and any(mark in peek.head for mark in _MARKS.get(root.local, ()))


def read(source: Source, limits: Limits) -> Reading:
    """Read a file of annotations.

    Raises:
        SourceError: not valid XML.
        LimitError: beyond the limits.
    """
    data = load(source.path, limits, source.key)
    root = root_name(data[:65536])
    form = FORMS.get(root.local) if root else None
    if form is None:
        raise SourceError(source.key, "is no XML of a format of annotations that is known")
    found = Carrier(form.title, unit=form.unit, whole=form.title == "CVAT XML")
    top = _gathered(data, form, found, limits, source.key)
    value = _value(top)
    found.own = value if isinstance(value, dict) else {}
    form.finish(found)
    return found.reading(NAME, source, limits)


def _gathered(data: bytes, form: Form, found: Carrier, limits: Limits, where: str) -> Element:
    """Return the root with all that stands beside the objects, which have been taken by the form."""
    above: list[Element] = []
    inside = 0
    for event, element in iterparse(data, limits, where):
        take = form.objects.get(split_name(element.tag).local) if above else None
        if event == "start":
            inside += take is not None
            above.append(element)
            continue
        above.pop()
        if take is None:
            continue
        inside -= 1
        if not inside:
            take(found, element)
            above[-1].remove(element)
        if not above:
            break
    return element


def _value(element: Element) -> dict[str, object] | str | None:
    """Return an element as a tree of values: attributes and children by name, repeated ones as a list.

    Its own depth is bound by the parser's limit, and goes no deeper than that of the document.
    """
    text = (element.text or "").strip()
    members: dict[str, object] = dict(element.attrib)
    for child in element:
        name = split_name(child.tag).local
        value = _value(child)
        if value is None:
            continue
        known = members.get(name)
        members[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    if not members:
        return text or None
    if text:
        members["_text"] = text
    return members
