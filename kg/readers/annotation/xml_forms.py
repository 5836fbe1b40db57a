"""Annotation files in XML, one object at a time: ASAP, Aperio, Pascal VOC, CVAT, TrackMate.

A form names the elements that are objects; each is handed over when it ends and then taken out of the tree, so that only what
stands beside the objects is left of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Take = Callable[[Carrier, "Element"], None]
_ASAP = {"Dot": carrier.POINTS, "PointSet": carrier.POINTS, "Rectangle": carrier.BOXES}
_CVAT = {
    "box": carrier.BOXES,
    "points": carrier.POINTS,
    "mask": carrier.INSTANCES,
    "tag": carrier.LABELS,
    "cuboid": carrier.BOXES,
}
_VOC = {"bndbox": carrier.BOXES, "polygon": carrier.SHAPES, "point": carrier.POINTS, "robndbox": carrier.BOXES}


@dataclass(frozen=True, slots=True)
class Form:
    """One format.

    Attributes:
        title: its name.
        unit: unit of its coordinates, where the format says it.
        objects: element name to what takes it.
        finish: what is done with the tree that is left.
    """

    title: str
    unit: str
    objects: Mapping[str, Take]
    finish: Callable[[Carrier], None]


def _leave(found: Carrier) -> None:
    del found


def _attributes(found: Carrier, place: str, element: Element, leave: frozenset[str] = frozenset()) -> None:
    for name, value in element.attrib.items():
        if name not in leave:
            found.say(f"{place}.{name}", value)


# ------------------------------------------------------------------------------------------------------- ASAP and Aperio


def _asap(found: Carrier, element: Element) -> None:
    found.count += 1
    found.kinds(_ASAP.get(element.get("Type", ""), carrier.SHAPES))
    group = element.get("PartOfGroup", "None")
    if group not in {"None", ""}:
        found.classes.add(group)
    _attributes(found, "Annotation", element)
    for name in element.iter("Attribute"):
        found.say(f"Annotation.{name.get('Name', 'Attribute')}", name.get("Value"))


def _asap_group(found: Carrier, element: Element) -> None:
    name = element.get("Name", "")
    if name:
        found.classes.declare(name, {key: value for key, value in element.attrib.items() if key != "Name"} | {"name": name})


def _aperio_region(found: Carrier, element: Element) -> None:
    found.count += 1
    found.kinds(carrier.SHAPES)
    if element.get("Text"):
        found.classes.add(element.get("Text", ""))
    for name in ("Type", "Text", "InputRegionId", "NegativeROA", "Analyze"):
        found.say(f"Region.{name}", element.get(name))
    found.measure([name for name in element.attrib if "Area" in name or "Length" in name])


# ------------------------------------------------------------------------------------------------------ Pascal VOC, CVAT


def _voc(found: Carrier, element: Element) -> None:
    found.count += 1
    if element.findtext("name"):
        found.classes.add((element.findtext("name") or "").strip())
    for child in element:
        if child.tag in _VOC:
            found.kinds(_VOC[child.tag])
        elif not len(child) and child.tag != "name":
            found.say(f"object.{child.tag}", (child.text or "").strip())


def _voc_image(found: Carrier) -> None:
    """Take the words about the image out of the rest: name, folder and size."""
    cells: dict[str, object] = {key: found.own.pop(key) for key in ("filename", "folder", "path", "size") if key in found.own}
    name = str(cells.get("filename") or cells.get("path") or "")
    if name:
        found.images.add(name, found.count, cells)
    else:
        found.own |= cells


def _cvat_image(found: Carrier, element: Element) -> None:
    name = str(element.get("name") or element.get("id", ""))
    found.images.declare(name, dict(element.attrib))
    for shape in element:
        _cvat_shape(found, shape)
        found.images.add(name)


def _cvat_track(found: Carrier, element: Element) -> None:
    found.tracks = (found.tracks or 0) + 1
    found.kinds(carrier.TRACKS)
    for shape in element:
        shape.set("label", element.get("label", ""))
        _cvat_shape(found, shape)


def _cvat_shape(found: Carrier, shape: Element) -> None:
    found.count += 1
    found.kinds(_CVAT.get(shape.tag, carrier.SHAPES))
    if shape.get("label"):
        found.classes.add(shape.get("label", ""))
    found.say("shape.source", shape.get("source"))
    found.say("shape.type", shape.tag)
    for attribute in shape.iter("attribute"):
        found.say(f"attribute.{attribute.get('name', '')}", (attribute.text or "").strip())


# -------------------------------------------------------------------------------------------------------------- TrackMate


def _spot(found: Carrier, element: Element) -> None:
    found.count += 1
    if (element.text or "").strip():  # the outline of a spot that was segmented
        found.kinds(carrier.SHAPES)


def _frame(found: Carrier, element: Element) -> None:
    found.derived["_frames"] = str(int(str(found.derived.get("_frames", "0"))) + 1)
    for spot in element.iter("Spot"):
        _spot(found, spot)


def _track(found: Carrier, element: Element) -> None:
    found.tracks = (found.tracks or 0) + 1
    found.derived["_edges"] = str(int(str(found.derived.get("_edges", "0"))) + len(element.findall("Edge")))


def _drop(found: Carrier, element: Element) -> None:
    del found, element


def _trackmate(found: Carrier) -> None:
    """Say the unit and the image in the words of the file, which has them as attributes of Model and ImageData."""
    found.kinds(carrier.POINTS)
    if found.tracks:
        found.kinds(carrier.TRACKS)
    version = found.own.get("version")
    found.derived["_software"] = f"TrackMate {version}" if isinstance(version, str) else "TrackMate"
    model = found.own.get("Model")
    units = (
        {key: str(model[key]) for key in ("spatialunits", "timeunits") if model.get(key)} if isinstance(model, Mapping) else {}
    )
    found.unit = units.get("spatialunits", "")
    settings = found.own.get("Settings")
    if isinstance(settings, dict) and isinstance(settings.get("ImageData"), dict):
        image = settings.pop("ImageData")
        name = str(image.get("filename") or "")
        if name:
            found.images.add(name, found.count, {**image, **units})
        else:
            settings["ImageData"] = image


def _cvat(found: Carrier) -> None:
    """Declare the labels that the task lists, whether or not they were used."""
    meta = found.own.get("meta")
    for about in (meta.get(key) for key in ("task", "job", "project")) if isinstance(meta, Mapping) else ():
        labels = about.get("labels") if isinstance(about, Mapping) else None
        listed = labels.get("label") if isinstance(labels, Mapping) else None
        for label in listed if isinstance(listed, list) else [listed]:
            if isinstance(label, Mapping) and isinstance(label.get("name"), str):
                found.classes.declare(label["name"], label)
        if isinstance(about, dict) and isinstance(labels, Mapping):
            about.pop("labels")


FORMS = {
    "ASAP_Annotations": Form("ASAP XML", "pixel", {"Annotation": _asap, "Group": _asap_group}, _leave),
    "Annotations": Form("Aperio ImageScope XML", "pixel", {"Region": _aperio_region}, _leave),
    "annotation": Form("Pascal VOC XML", "pixel", {"object": _voc}, _voc_image),
    "annotations": Form("CVAT XML", "pixel", {"image": _cvat_image, "track": _cvat_track}, _cvat),
    "TrackMate": Form("TrackMate XML", "", {"SpotsInFrame": _frame, "Track": _track, "TrackID": _drop}, _trackmate),
}
"""Formats by the name of their root element."""
