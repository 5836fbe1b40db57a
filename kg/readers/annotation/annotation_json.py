"""Files of annotations in JSON: COCO, GeoJSON (QuPath and others), EMDB-SFF, LabelMe, PathologyCore, Cytomine.

The generic reader would make a row of every object and a cell of every outline; here objects are counted as they pass by, and
only the text of the file and one object are in memory. Tables: `kg.readers.annotation.carrier`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.readers.annotation import json_forms as forms
from kg.readers.annotation.json_stream import members, text_of_json, top_members
from kg.readers.peek import HEAD_BYTES
from kg.readers.safe_xml import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.annotation.json_forms import Gather
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Reading, Source

NAME = "annotation_json"
RANK = 50
TITLE = "Annotations in JSON: COCO, GeoJSON (QuPath), EMDB-SFF, LabelMe, PathologyCore, Cytomine"

_FEATURE = re.compile(r'^\s*\[?\s*\{.{0,400}?"type"\s*:\s*"(?:FeatureCollection|Feature)"', re.DOTALL)
_COCO_IMAGE = re.compile(r'^\[\s*\{[^{}\]]*"file_name"')
_COCO_OBJECT = re.compile(r'^\[\s*\{.*?"image_id"\s*:.*?(?:"category_id"|"bbox"|"caption"|\Z)', re.DOTALL)
_SFF = {"primary_descriptor", "primaryDescriptor"}
_STREAMS = {
    "coco": frozenset(("images", "annotations", "categories")),
    "geojson": frozenset(("features",)),
    "sff": frozenset(("segment_list", "segments", "lattice_list", "lattices")),
    "labelme": frozenset(("shapes",)),
    "pathologycore": frozenset[str](),
    "cytomine": frozenset(("collection",)),
}
_GATHER: dict[str, Gather] = {
    "coco": forms.coco,
    "geojson": forms.geojson,
    "sff": forms.sff,
    "labelme": forms.labelme,
    "pathologycore": forms.pathologycore,
    "cytomine": forms.cytomine,
}


def claims(peek: Peek) -> bool:
    """Claim JSON whose outermost keys are those of one of the formats."""
    text = peek.text.lstrip()
    return text[:1] in {"{", "["} and bool(form_of(text, whole=len(peek.head) < HEAD_BYTES))


def form_of(head: str, *, whole: bool) -> str:
    """Return which of the formats the head of a document is in; empty for none.

    >>> form_of('{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {}}', whole=True)
    'geojson'
    """
    top = top_members(head)
    if _is_geojson(top, head):
        return "geojson"
    if _is_coco(top, whole=whole):
        return "coco"
    if _SFF & top.keys() and top.keys() & {
        "segments",
        "segment_list",
        "transforms",
        "transform_list",
        "software",
        "software_list",
    }:
        return "sff"
    if {"shapes", "imagePath"} <= top.keys() or ("shapes" in top and '"shape_type"' in top["shapes"]):
        return "labelme"
    if {"content", "type", "id"} <= top.keys() and {"slideId", "slideDesc"} & top.keys():
        return "pathologycore"
    if "be.cytomine" in head and ({"annotation", "collection"} & top.keys() or "location" in top):
        return "cytomine"
    return ""


def _is_geojson(top: Mapping[str, str], head: str) -> bool:
    kind = top.get("type", "")
    if kind.startswith('"FeatureCollection"'):
        return True
    if kind.startswith('"Feature"'):
        return bool({"geometry", "properties"} & top.keys())
    # the outline of a first feature may be longer than the head
    return ("geometry" in top or "features" in top) and (not kind or bool(_FEATURE.match(head))) and '"coordinates"' in head


def _is_coco(top: Mapping[str, str], *, whole: bool) -> bool:
    if _COCO_OBJECT.match(top.get("annotations", "")) and (not whole or "images" in top):
        return True
    listed = "images" in top and ("categories" in top or "annotations" in top or not whole)
    return listed and bool(_COCO_IMAGE.match(top["images"]) or ({"annotations", "categories"} <= top.keys()))


def read(source: Source, limits: Limits) -> Reading:
    """Read a file of annotations.

    Raises:
        SourceError: not JSON, or cut off.
        LimitError: beyond the limits.
    """
    text = text_of_json(load(source.path, limits, source.key), limits, source.key)
    head = text[:HEAD_BYTES].lstrip()
    form = form_of(head, whole=len(text) < HEAD_BYTES)
    if not form:
        raise SourceError(source.key, "is JSON but none of the formats of annotations that are known")
    found = _GATHER[form](members(text, source.key, _STREAMS[form]))
    return found.reading(NAME, source, limits)
