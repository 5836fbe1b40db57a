"""DICOM: every element of a file but the pixels, as tables (https://www.dicomstandard.org/current, part 10 files).

* The data set is the table ``root``, an element a column by its keyword (``ObjectiveLensPower``); a private or unknown element
  is ``(gggg,eeee) name``. The file meta information stands in columns ``FileMeta.<keyword>``.
* A sequence is a table by its keyword, an item a row. A sequence of one code is no table: its members are columns of the item
  around it (``ConceptNameCodeSequence.CodeMeaning``).
* Bytes (pixels, overlays, look-up tables, private blocks) are not taken over; the column ``./_bytes`` lists their elements with
  the length. Of the functional groups of single frames the first 1,000 are read.
* Pairs are also taken apart: ``_pixel_height`` and ``_pixel_width`` are those of ``PixelSpacing`` (the distance of rows, then
  of columns), ``_light_cut_in`` and so on the ends of pass bands. ``_segments`` counts the segments of a file; ``_place`` is
  ``_id`` under a name of its own, for joins in a row.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.needs import needed
from kg.readers.safe_xml import load
from kg.readers.tree import ROOT, tables_of
from kg.table import Reading, Source, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "dicom"
RANK = 15
TITLE = "DICOM (.dcm), also slide microscopy, segmentations and annotations"

_PREAMBLE = 128
_MAGIC = b"DICM"
_BYTES = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN"))
_CODE = frozenset(
    ("CodeValue", "LongCodeValue", "URNCodeValue", "CodingSchemeDesignator", "CodingSchemeVersion", "CodeMeaning")
)
_PIXELS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
_FRAMES = "PerFrameFunctionalGroupsSequence"
_SEGMENTS = "SegmentSequence"
_PAIRS = (
    ("PixelSpacing", "_pixel_height", "_pixel_width"),
    ("LightPathFilterPassBand", "_light_cut_in", "_light_cut_out"),
    ("ImagePathFilterPassBand", "_image_cut_in", "_image_cut_out"),
)
_DEEPEST = 32
_MOST_FRAMES = 1_000
_MOST_ELEMENTS = 2_000_000
_SHOWN = 5
# What the library raises at foreign bytes: a wrong length, an unknown transfer syntax or character set, nesting without end.
_DAMAGE_OF_FILE = (
    *(ValueError, TypeError, LookupError, AttributeError, NotImplementedError, EOFError, ArithmeticError, RecursionError),
    *(struct.error, zlib.error),
)


def claims(peek: Peek) -> bool:
    """Claim what has ``DICM`` after 128 bytes, and files that only their name calls DICOM."""
    return peek.head[_PREAMBLE : _PREAMBLE + len(_MAGIC)] == _MAGIC or (peek.suffix == ".dcm" and bool(peek.head))


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of a file; pixels are skipped.

    Raises:
        SourceError: it is no DICOM, or damaged beyond reading.
        LimitError: nested deeper or with more elements than any real file.
    """
    pydicom = needed("pydicom", source.key, "bioimage-kg")
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        data = _data_set(pydicom, source, limits)
        # sequences are parsed from bytes in memory: no disk is at fault for an OSError there
        walk = _Walk(source.key, (*_DAMAGE_OF_FILE, OSError, pydicom.errors.BytesLengthException))
        root = walk.members(data, 0)
        meta = getattr(data, "file_meta", None)
        if meta is not None and len(meta):
            root["FileMeta"] = walk.members(meta, 0)
    tables = {kind: _with_structure(table, root) for kind, table in tables_of(root, limits, source.key).items()}
    said = sorted({str(remark.message)[:300] for remark in remarks})
    problems = [
        Problem(source.key, "dicom", text, "values as the standard has them", severity="info") for text in said[:_SHOWN]
    ]
    return Reading(NAME, tables, (*walk.problems, *problems), _facts(root))


def _data_set(pydicom: Any, source: Source, limits: Limits) -> Any:  # noqa: ANN401 - the library is loaded on use
    """Return the parsed data set; values are decoded when they are looked at."""
    packed = source.path.suffix.lower() == ".gz"
    stream = io.BytesIO(load(source.path, limits, source.key)) if packed else source.path
    try:
        data = pydicom.dcmread(stream, stop_before_pixels=True, force=True)
    except (*_DAMAGE_OF_FILE, pydicom.errors.BytesLengthException) as error:
        raise SourceError(source.key, f"is damaged DICOM ({str(error)[:300]})") from error
    except MemoryError:  # the library makes room for whatever length stands in the file
        raise SourceError(source.key, "is damaged DICOM (an element claims to be longer than memory)") from None
    if not len(data):
        raise SourceError(source.key, "has no DICOM element that can be read, expected a DICOM file")
    return data


class _Walk:
    """Elements as nested objects, with what could not be read on the way."""

    def __init__(self, where: str, damage: tuple[type[Exception], ...]) -> None:
        self.problems: list[Problem] = []
        self._where = where
        self._damage = damage
        self._left = _MOST_ELEMENTS

    def members(self, data: Any, depth: int) -> dict[str, object]:  # noqa: ANN401 - a data set of pydicom
        """Return an object by keyword for a data set."""
        if depth > _DEEPEST:
            raise LimitError(self._where, f"has sequences nested deeper than {_DEEPEST}")
        found: dict[str, object] = {}
        left_out: list[str] = []
        for name, element in self._elements(data):
            if element.VR in _BYTES:
                left_out.append(f"{name} {len(element.value) if element.value is not None else 0}")
            elif element.VR == "SQ":
                items = [self.members(item, depth + 1) for item in self._items(name, element.value)]
                found[name] = items[0] if len(items) == 1 and items[0].keys() <= _CODE else items
            else:
                found[name] = _value(element.value)
        if left_out:
            found["_bytes"] = left_out
        return found

    def _items(self, name: str, items: Any) -> Iterator[Any]:  # noqa: ANN401 - a sequence of pydicom
        """Yield the items of a sequence; of single frames the first ones, as they differ in little but where they lie."""
        count = len(items)
        if name == _FRAMES and count > _MOST_FRAMES:
            found, expected = f"{count:,} frames that are described one by one", f"at most {_MOST_FRAMES:,}"
            repair = f"the first {_MOST_FRAMES:,} are read"
            self.problems.append(Problem(self._where, "dicom-frames", found, expected, name, repair=repair))
            count = _MOST_FRAMES
        yield from (items[at] for at in range(count))

    def _elements(self, data: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a data set of pydicom
        for tag in sorted(data.keys()):
            if int(tag) in _PIXELS:
                continue
            self._left -= 1
            if self._left < 0:
                raise LimitError(self._where, f"has more than {_MOST_ELEMENTS:,} elements")
            try:
                element = data[tag]
                name = element.keyword or f"({tag.group:04x},{tag.element:04x}) {element.name.strip('[]')}"
            except self._damage as error:
                found = f"an element that cannot be decoded ({error})"[:300]
                place = f"({tag.group:04x},{tag.element:04x})"
                self.problems.append(
                    Problem(self._where, "dicom-element", found, "a value of its kind", place, repair="left out")
                )
                continue
            yield name, element


def _value(value: object) -> object:
    """Return a value as text, or a list of texts; an empty element is an empty text."""
    if value is None:
        return ""
    if isinstance(value, (str, bytes)):
        return value
    if isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue":
        return [_value(item) for item in value]  # type: ignore[attr-defined]
    original = getattr(value, "original_string", None)
    return original if isinstance(original, str) else str(value)


def _with_structure(table: Table, root: Mapping[str, object]) -> Table:
    """Return a table with the columns of structure that it can have."""
    columns = table.frame.collect_schema()
    added = [pl.col("_id").alias("_place")]
    for pair, *names in _PAIRS:
        if columns.get(pair) == pl.List(pl.String):
            added += [pl.col(pair).list.get(at, null_on_oob=True).alias(name) for at, name in enumerate(names)]
    segments = root.get(_SEGMENTS)
    if table.kind == ROOT and isinstance(segments, list) and segments:
        added.append(pl.lit(str(len(segments))).alias("_segments"))
    return Table(table.kind, table.frame.with_columns(added))


def _facts(root: Mapping[str, object]) -> dict[str, str]:
    names = {"modality": "Modality", "sop_class": "SOPClassUID", "manufacturer": "Manufacturer"}
    return {fact: str(root[name]) for fact, name in names.items() if root.get(name)}
