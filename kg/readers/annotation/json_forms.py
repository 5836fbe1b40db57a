"""Annotation files in JSON, one object at a time: COCO, GeoJSON, EMDB-SFF, LabelMe, PathologyCore, Cytomine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.problem import Problem
from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier
from kg.readers.annotation.json_stream import ITEMS
from kg.readers.safe_json import Number

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.safe_json import JsonValue
    from kg.table import Reading, Source

Members = Iterator[tuple[str, "JsonValue"]]
Gather = Callable[[Members], Carrier]

_GEOMETRIES = {
    "Point": carrier.POINTS,
    "MultiPoint": carrier.POINTS,
    "LineString": carrier.SHAPES,
    "MultiLineString": carrier.SHAPES,
    "Polygon": carrier.SHAPES,
    "MultiPolygon": carrier.SHAPES,
    "GeometryCollection": carrier.SHAPES,
}
_CLASS_KEYS = ("classification", "class", "class_name", "className", "label", "category", "type")
_QUPATH = frozenset(("objectType", "isLocked", "measurements", "object_type"))
_SHOWN = 10
_BULKY = frozenset(("segmentation", "bbox", "keypoints", "counts", "points", "area", "id", "image_id", "category_id"))


def _text(value: object) -> str:
    return str(value) if isinstance(value, str) else ""


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


# ------------------------------------------------------------------------------------------------------------------- COCO


@dataclass(slots=True)
class _Coco(Carrier):
    """A carrier whose objects refer to images and classes by number.

    Attributes:
        absent: key of a list to the numbers that it lacks, with how many objects refer to each.
    """

    absent: dict[str, dict[str, int]] = field(default_factory=dict)

    def reading(self, reader: str, source: Source, limits: Limits) -> Reading:
        """Return the tables, and a Problem for each list that lacks something."""
        self.problems += [_absent(source.key, key, some) for key, some in self.absent.items() if some]
        return Carrier.reading(self, reader, source, limits)


def coco(members: Members) -> Carrier:
    """Gather COCO (https://cocodataset.org/#format-data): coordinates are pixels of the image.

    Objects may stand before the images and categories that they refer to, so they are counted by number first. What is
    referred to and not listed is told as a Problem, and is neither an image nor a class.
    """
    found = _Coco("COCO JSON", unit="pixel", whole=True)
    images: dict[str, str] = {}
    classes: dict[str, str] = {}
    of_image: dict[str, int] = {}
    of_class: dict[str, int] = {}
    for key, value in members:
        item = _object(value)
        if key == "images" and item:
            number = _text(item.get("id"))
            name = (
                _text(item.get("file_name")) or _text(item.get("coco_url")) or number or f"image {len(found.images.rows) + 1}"
            )
            images[number] = name
            found.images.declare(name, item)
        elif key == "categories" and item:
            number = _text(item.get("id"))
            classes[number] = _text(item.get("name")) or number or f"class {len(found.classes.rows) + 1}"
            found.classes.declare(classes[number], item)
        elif key == "annotations" and item:
            _coco_object(found, item, of_image, of_class)
        elif key not in {"images", "categories", "annotations"}:
            found.own[key] = value
    for tally, counts, names, list_ in (
        (found.images, of_image, images, "images"),
        (found.classes, of_class, classes, "categories"),
    ):
        for number, count in counts.items():
            if number in names:
                tally.add(names[number], count)
        found.absent[list_] = {number: count for number, count in counts.items() if number not in names}
    return found


def _absent(where: str, list_: str, absent: Mapping[str, int]) -> Problem:
    """Say which ids objects refer to that a list of the file does not have."""
    count, some = sum(absent.values()), list(absent)[:_SHOWN]
    more = f" and {len(absent) - len(some)} more" if len(absent) > len(some) else ""
    ids = f"{', '.join(some)}{more}"
    found = f"{count:,} annotation{'s' if count > 1 else ''} that refer{'' if count > 1 else 's'} to absent {list_} ({ids})"
    repair = "counted as annotations, and in no image" if list_ == "images" else "counted as annotations, and in no class"
    key = "image_id" if list_ == "images" else "category_id"
    return Problem(where, "absent", found, f"an id of {list_}", f"annotations.{key}", count=count, repair=repair)


def _coco_object(found: Carrier, item: Mapping[str, object], of_image: dict[str, int], of_class: dict[str, int]) -> None:
    found.count += 1
    for number, counts in ((_text(item.get("image_id")), of_image), (_text(item.get("category_id")), of_class)):
        if number:
            counts[number] = counts.get(number, 0) + 1
    outline = item.get("segmentation")
    if isinstance(outline, Mapping):
        found.kinds(carrier.INSTANCES)
    elif outline:
        found.kinds(carrier.SHAPES)
    if item.get("bbox"):
        found.kinds(carrier.BOXES)
    if item.get("keypoints"):
        found.kinds(carrier.POINTS)
    if "caption" in item:
        found.kinds(carrier.OTHER)
    for key, value in item.items():
        if key not in _BULKY:
            found.say(f"annotations.{key}", value)


# ---------------------------------------------------------------------------------------------------------------- GeoJSON


def geojson(members: Members) -> Carrier:
    """Gather GeoJSON (RFC 7946), also with what QuPath adds: there coordinates are pixels of the full resolution.

    A single feature has its members at the top; other files name no unit, so none is said.
    """
    found = Carrier("GeoJSON")
    alone: dict[str, object] = {}
    for key, value in members:
        if key in {"features", ITEMS}:
            _feature(found, _object(value))
        elif key in {"geometry", "properties", "id"}:
            alone[key] = value
        else:
            found.own[key] = value
    if alone and found.own.get("type") == "Feature":
        _feature(found, {**alone, "type": found.own.pop("type")})
    else:
        found.own |= alone
    return found


def _feature(found: Carrier, feature: Mapping[str, object]) -> None:
    kind = _text(_object(feature.get("geometry")).get("type"))
    properties = _object(feature.get("properties"))
    found.count += 1
    found.say("geometry.type", kind)
    found.kinds(_GEOMETRIES.get(kind, carrier.OTHER))
    if not _QUPATH.isdisjoint(properties):
        found.form, found.unit = "QuPath GeoJSON", "pixel"
    where, name, cells = _class_of(properties)
    if name:
        found.classes.add(name, cells=cells)
    _measurements(found, properties.get("measurements"))
    for key, value in properties.items():
        if key not in {"measurements", where}:
            found.say(f"properties.{key}", value)
    for key, value in feature.items():
        if key not in {"geometry", "properties"}:
            found.say(key if key != "type" else "feature.type", value)


def _class_of(properties: Mapping[str, object]) -> tuple[str, str, dict[str, object]]:
    """Return the property that says of which class a feature is, the class, and its cells."""
    for key in _CLASS_KEYS:
        value = properties.get(key)
        if isinstance(value, Mapping):
            names = value.get("names")
            name = _text(value.get("name")) or (": ".join(map(str, names)) if isinstance(names, list) else "")
            if name:
                return key, name, dict(value)
        elif isinstance(value, str) and value and not (isinstance(value, Number) and key == "type"):
            return key, str(value), {"name": value}
    return "", "", {}


def _measurements(found: Carrier, value: object) -> None:
    """Note what is measured: an object of names in newer files of QuPath, a list of name and value in older ones."""
    if isinstance(value, Mapping):
        found.measure(list(value))
    elif isinstance(value, list):
        found.measure([_text(_object(item).get("name")) for item in value if _object(item).get("name")])


# --------------------------------------------------------------------------------------------------------------- EMDB-SFF

_SEGMENTS = ("segment_list", "segments")
_DATA = frozenset(("data", "meshes", "mesh_list", "vertices", "normals", "polygons", "triangles"))


def sff(members: Members) -> Carrier:
    """Gather EMDB-SFF 0.7 and 0.8 (https://www.ebi.ac.uk/emdb/documentation/): a row of ``Class`` per segment.

    A segment may stand for several instances. Packed lattices and meshes are left out.
    """
    found = Carrier("EMDB-SFF")
    references: dict[str, list[object]] = {}
    for key, value in members:
        if key in _SEGMENTS:
            _segment(found, _object(value))
        elif key in {"lattice_list", "lattices"}:
            cells = {name: item for name, item in _object(value).items() if name != "data"}
            references.setdefault("lattices", []).append(cells)
        else:
            found.own[key] = value
    found.own |= references
    listed = found.own.get("software_list") or [found.own.get("software")]
    named = [
        " ".join(_text(tool.get(key)) for key in ("name", "version")).strip()
        for tool in map(_object, listed if isinstance(listed, list) else ())
    ]
    if any(named):
        found.derived["_software"] = [name for name in named if name]
    return found


def _segment(found: Carrier, segment: Mapping[str, object]) -> None:
    found.count += 1
    cells = {key: value for key, value in segment.items() if not _DATA.intersection((key,))}
    about = _object(segment.get("biological_annotation") or segment.get("biologicalAnnotation"))
    cells.pop("biologicalAnnotation", None)
    cells.pop("biological_annotation", None)
    cells |= about
    instances = _text(about.get("number_of_instances") or about.get("numberOfInstances"))
    number = _text(segment.get("id"))
    key = f"{number} {_text(about.get('name'))}".strip() or str(found.count)
    found.classes.add(key, int(instances) if instances.isdecimal() and len(instances) < 10 else 1, cells)  # noqa: PLR2004
    if any(segment.get(name) for name in ("three_d_volume", "threeDVolume", "volume")):
        found.kinds(carrier.INSTANCES)
    if any(segment.get(name) for name in ("mesh_list", "meshes", "shape_primitive_list", "shapes")):
        found.kinds(carrier.SHAPES)


# ---------------------------------------------------------------------------------------------------------------- LabelMe


def labelme(members: Members) -> Carrier:
    """Gather LabelMe (https://github.com/wkentaro/labelme): pixels; the copy of the image inside is left out."""
    found = Carrier("LabelMe JSON", unit="pixel")
    image: dict[str, object] = {}
    for key, value in members:
        item = _object(value)
        if key == "shapes" and item:
            found.count += 1
            kind = _text(item.get("shape_type")) or "polygon"
            found.kinds(
                {"rectangle": carrier.BOXES, "point": carrier.POINTS, "points": carrier.POINTS, "mask": carrier.INSTANCES}.get(
                    kind, carrier.SHAPES
                )
            )
            if item.get("label"):
                found.classes.add(_text(item["label"]))
            for name, cell in item.items():
                if name not in {"points", "mask", "label"}:
                    found.say(f"shapes.{name}", cell)
        elif key in {"imagePath", "imageHeight", "imageWidth"}:
            image[key] = value
        elif key == "imageData":
            found.derived["_embedded_image"] = str(value is not None).lower()
        elif key != "shapes":
            found.own[key] = value
    found.derived["_software"] = f"LabelMe {_text(found.own.get('version'))}".strip()
    name = _text(image.get("imagePath"))
    if name:
        found.images.add(name, found.count, image)
    else:
        found.own |= image
    return found


# ------------------------------------------------------------------------------------------------- viewers of whole slides


def pathologycore(members: Members) -> Carrier:
    """Gather an annotation of PathologyCore (Sectra): coordinates are fractions of the image."""
    found = Carrier("PathologyCore JSON", unit="fraction of the image")
    one: dict[str, JsonValue] = {}
    for key, value in members:
        for item in (_object(value),) if key == ITEMS else ():
            _area(found, item)
        if key != ITEMS:
            one[key] = value
    if one:
        _area(found, one)
    return found


def _area(found: Carrier, item: Mapping[str, object]) -> None:
    found.count += 1
    kind = _text(item.get("type"))
    found.kinds(carrier.POINTS if kind.lower() in {"point", "marker", "arrow"} else carrier.SHAPES)
    slide = _text(item.get("slideId"))
    if slide:
        found.images.add(slide, cells={"slideId": slide, "slideDesc": item.get("slideDesc")})
    rest = {key: value for key, value in item.items() if key not in {"content", "slideId", "slideDesc"}}
    if found.count == 1:
        found.own |= rest
    else:
        for key, value in rest.items():
            found.say(f"annotation.{key}", value)


def cytomine(members: Members) -> Carrier:
    """Gather annotations of Cytomine's interface: WKT in pixels of the image, counted from below."""
    found = Carrier("Cytomine JSON", unit="pixel")
    for key, value in members:
        item = _object(value)
        if key == "annotation":
            _cytomine_object(found, item)
            found.own["annotation"] = {name: cell for name, cell in item.items() if name not in {"location", "image", "term"}}
        elif key in {"collection", ITEMS}:
            _cytomine_object(found, item)
            for name, cell in item.items():
                if name not in {"location", "image", "term", "id"}:
                    found.say(f"annotation.{name}", cell)
        else:
            found.own[key] = value
    return found


def _cytomine_object(found: Carrier, item: Mapping[str, object]) -> None:
    found.count += 1
    shape = _text(item.get("location")).partition("(")[0].strip().upper()
    found.say("annotation.geometry", shape)
    found.kinds(carrier.POINTS if shape.endswith("POINT") else carrier.SHAPES)
    image = _text(item.get("image"))
    if image:
        found.images.add(image, cells={"image": image, "imageFilename": item.get("instanceFilename")})
    terms = item.get("term")
    for term in terms if isinstance(terms, list) else ():
        found.classes.add(_text(term) or _text(_object(term).get("name")), cells={"id": term})
