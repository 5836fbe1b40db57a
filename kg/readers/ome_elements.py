"""The OME dialect of XML: which elements its tables are about, and how they name what encloses them."""

from __future__ import annotations

import re

from kg.readers.elements import Dialect
from kg.readers.safe_xml import split_name

OME_NAMESPACE = re.compile(
    r"https?://(?:www\.)?openmicroscopy\.org/(?:XML)?schemas/(?P<part>\w+)/(?P<version>[^/]+)", re.IGNORECASE
)
ROOT = "OME"


def kind_of(tag: str) -> str:
    """Return the table that an element belongs to: its local name, with the namespace if that is none of OME's.

    >>> kind_of("{http://www.openmicroscopy.org/Schemas/SPW/2010-06}Plate")
    'Plate'
    >>> kind_of("{http://www.w3.org/2000/svg}path")
    '{http://www.w3.org/2000/svg}path'
    """
    namespace, local = split_name(tag)
    return local if not namespace or OME_NAMESPACE.match(namespace) else tag


def _as_written(name: str) -> str:
    return name


DIALECT = Dialect(
    root=ROOT,
    kind_of=kind_of,
    attribute_of=_as_written,
    scopes=("_image", "_instrument", "_plate", "_roi", "_annotation"),
    always=frozenset(("_image", "_instrument", "_plate")),
    opens={"Image": 0, "Instrument": 1, "Plate": 2, "ROI": 3},
    opens_below={"StructuredAnnotations": 4},
    pixels=frozenset(("BinData", "BinaryData")),
    blank_text=frozenset(("M",)),
    foreign=frozenset((("Value", "XMLAnnotation"),)),
    references=True,
    units_beside=False,
    always_lists=True,
)
