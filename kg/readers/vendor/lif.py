"""Leica LIF, LOF and XLIF: the XML that describes the images of a file, in whatever of the three containers it lies.

A LIF begins with its XML, a LOF ends with it, both in UTF-16 behind a marker and two lengths; an XLIF (and XLEF, XLCF) is the
XML itself. The tables are those of the XML (`kg.readers.elements`). ``_image`` and ``_setting`` are the places of the image and
of the settings of one scan that an element belongs to; some columns are worked out from several elements:

* ``DimensionDescription._spacing``: the distance of two samples, in ``Unit``; ``Length`` is that of the first and the last.
* ``Image._started``: the first time stamp, in steps of 100 ns since 1601 (as Windows counts); ``Image._channels``: how many.
* ``Detector._channel``, ``MultiBand._channel``, ``WideFieldChannelInfo._channel``: the ChannelDescription that a detector
  recorded, where the active detectors of all scans are as many as the channels; ``Detector._line``: the wavelength, where one
  laser line alone was on. Bands and lines that were swept are left out, as the setting then shows the last step.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, DivisionByZero, InvalidOperation
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers.elements import Dialect, tables_of
from kg.readers.safe_xml import load, root_name
from kg.table import Reading, Source, Table

if TYPE_CHECKING:
    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "lif"
RANK = 30
TITLE = "Leica LIF, LOF and XLIF (.lif, .lof, .xlif); metadata only"

_ROOTS = ("LMSDataContainerHeader", "LMSDataContainerEnhancedHeader")
_HEAD = struct.Struct("<IIBI")
_OBJECT = struct.Struct("<BIBIBQ")
_MARK, _TEST = 0x70, 0x2A
_MAGIC, _SUFFIXES = b"\x70\0\0\0", {".lif", ".lof"}
_OBJECT_FILE = "LMS_Object_File"
_EMISSION_SWEEP, _EXCITATION_SWEEP = "5", "9"
_STAMP_DIGITS = 16  # hexadecimal, of a number of 64 bits
_MOST_MAGNITUDE = 30
_DIGITS = Context(prec=12)
_SETTING = "ATLConfocalSettingDefinition"
_SEQUENCE = "LDM_Block_Sequential_List"

_DIALECT = Dialect(
    opens={"Image": 0, "Element": 1, _SETTING: 2, "ATLCameraSettingDefinition": 2, "Attachment": 3},
    scopes=("_image", "_element", "_setting", "_attachment"),
)

Rows = Sequence[Mapping[str, str | None]]


def claims(peek: Peek) -> bool:
    """Claim the three containers by their first bytes; a damaged one by its name too, so that the damage is told."""
    if _is_marked(peek.head) or (peek.head.startswith(_MAGIC) and peek.suffix in _SUFFIXES):
        return True
    root = root_name(peek.head)
    return root is not None and root.local in _ROOTS


def read(source: Source, limits: Limits) -> Reading:
    """Return the tables of the XML; facts say in which container it lay.

    Raises:
        SourceError: cut off, damaged, or not valid XML.
        LimitError: beyond the limits.
    """
    container, xml = _xml(source, limits)
    frames = dict(tables_of(xml, limits, source.key, _DIALECT))
    _derive(frames)
    tables = {kind: Table(kind, frame.lazy()) for kind, frame in frames.items()}
    return Reading(NAME, tables, (), {"format": container})


def _is_marked(head: bytes) -> bool:
    if len(head) < _HEAD.size + 4:
        return False
    mark, length, test, characters = _HEAD.unpack_from(head)
    text = head[_HEAD.size : _HEAD.size + 4].decode("utf-16-le", "replace")
    return mark == _MARK and test == _TEST and length >= 2 * characters and text in {"<L", "<?", "LM", "<D", "\ufeff<"}


def _xml(source: Source, limits: Limits) -> tuple[str, bytes]:
    """Return the name of the container and the XML in UTF-8 (or as it is, for a file of XML)."""
    with source.path.open("rb") as stream:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if stream.read(len(_MAGIC)) != _MAGIC:
            return "XLIF", load(source.path, limits, source.key)
        stream.seek(0)
        text = _block(stream, size, limits, source.key)
        if text != _OBJECT_FILE:
            if not text.lstrip("\ufeff").startswith("<"):
                raise SourceError(
                    source.key, f"is damaged: at byte {_HEAD.size} there should be the XML that describes its images"
                )
            return "LIF", _utf8(text)
        head = stream.read(_OBJECT.size)
        if len(head) < _OBJECT.size or {head[0], head[5], head[10]} != {_TEST}:
            raise SourceError(source.key, "is damaged: the length of the pixels is not where a LOF file has it")
        *_, pixels = _OBJECT.unpack(head)
        if stream.tell() + pixels >= size:
            raise SourceError(source.key, "is cut off within its pixels; the metadata come after them")
        stream.seek(pixels, io.SEEK_CUR)
        text = _block(stream, size, limits, source.key)
    if text.lstrip("\ufeff \r\n\t").startswith("<Data"):  # older files leave out what stands around the image
        text = f"<{_ROOTS[0]}><Element>{text}</Element></{_ROOTS[0]}>"
    return "LOF", _utf8(text)


def _block(stream: BinaryIO, size: int, limits: Limits, where: str) -> str:
    """Return the text of the block at this place."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise SourceError(where, "is cut off before its metadata")
    mark, length, test, characters = _HEAD.unpack(head)
    if mark != _MARK or test != _TEST:
        raise SourceError(where, f"is damaged: at byte {stream.tell() - _HEAD.size:,} there should be a text")
    if length < 2 * characters:
        what = f"is damaged: of its metadata two lengths are given, {length:,} bytes and {characters:,} letters of two bytes"
        raise SourceError(where, what)
    if 2 * characters > limits.file_bytes:
        raise LimitError(where, f"its metadata are longer than {limits.file_bytes:,} bytes")
    if stream.tell() + 2 * characters > size:
        raise SourceError(where, f"is cut off within its metadata, which should end at byte {stream.tell() + 2 * characters:,}")
    return stream.read(2 * characters).decode("utf-16-le", "replace")


def _utf8(text: str) -> bytes:
    """Return XML in UTF-8, without a declaration that says otherwise."""
    text = text.lstrip("\ufeff").rstrip("\0")
    if text.startswith("<?xml"):
        text = text.partition("?>")[2]
    return text.encode("utf-8", "replace")


def _derive(frames: dict[str, pl.DataFrame]) -> None:
    """Add the columns that are worked out from several elements."""
    if "DimensionDescription" in frames:
        dimensions = _rows(frames, "DimensionDescription", ("NumberOfElements", "Length"))
        _add(frames, "DimensionDescription", "_spacing", [_spacing(row) for row in dimensions])
    if "Image" not in frames:
        return
    channels: dict[str, list[str]] = {}
    for row in _rows(frames, "ChannelDescription", ("_image", "_id")):
        channels.setdefault(row["_image"] or "", []).append(row["_id"] or "")
    images = [row["_image"] or "" for row in _rows(frames, "Image", ("_image",))]
    _add(frames, "Image", "_channels", [str(len(channels[image])) if image in channels else None for image in images])
    started = _started(frames)
    _add(frames, "Image", "_started", [started.get(image) for image in images])
    _assign_detectors(frames, channels)


def _assign_detectors(frames: dict[str, pl.DataFrame], channels: Mapping[str, Sequence[str]]) -> None:
    """Say of detectors which channel they recorded, of their bands the same, and of laser lines that were on alone."""
    swept: dict[str, set[str]] = {}
    for row in _rows(frames, "DimensionDescription", ("_image", "DimID")):
        swept.setdefault(row["_image"] or "", set()).add(row["DimID"] or "")
    lines = _only_lines(frames)
    detectors = _rows(frames, "Detector", ("_image", "_setting", "Channel", "IsActive"))
    channel_of = _recorded(detectors, "IsActive", channels)
    line_of = {
        at: lines.get(detectors[at]["_setting"] or "")
        for at in channel_of
        if _EXCITATION_SWEEP not in swept.get(detectors[at]["_image"] or "", ())
    }
    if detectors:
        _add(frames, "Detector", "_channel", [channel_of.get(at) for at in range(len(detectors))])
        _add(frames, "Detector", "_line", [line_of.get(at) for at in range(len(detectors))])
    named = {(detectors[at]["_setting"], detectors[at]["Channel"]): channel for at, channel in channel_of.items()}
    bands = _rows(frames, "MultiBand", ("_image", "_setting", "Channel", "_parent_kind"))
    if bands:
        cells = [
            named.get((row["_setting"], row["Channel"]))
            if row["_parent_kind"] == "Spectro" and _EMISSION_SWEEP not in swept.get(row["_image"] or "", ())
            else None
            for row in bands
        ]
        _add(frames, "MultiBand", "_channel", cells)
    cameras = _rows(frames, "WideFieldChannelInfo", ("_image", "_setting", "Active"))
    if cameras:
        by_camera = _recorded(cameras, "Active", channels)
        _add(frames, "WideFieldChannelInfo", "_channel", [by_camera.get(at) for at in range(len(cameras))])


def _recorded(rows: Rows, active: str, channels: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Return the place of each row that recorded a channel to that channel, for images with as many of both.

    In a sequence of scans those of its steps alone count, not those of the settings around.
    """
    sequential = {row["_image"] for row in rows if _SEQUENCE in (row["_setting"] or "")}
    ats: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        setting, image = row["_setting"] or "", row["_image"]
        if image and setting and row[active] in {"1", None} and (_SEQUENCE in setting or image not in sequential):
            ats.setdefault(image, []).append(at)
    found: dict[int, str] = {}
    for image, places in ats.items():
        if len(places) == len(channels.get(image, ())):
            found |= dict(zip(places, channels[image], strict=True))
    return found


def _only_lines(frames: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Return setting to the wavelength of the one laser line that was on in it."""
    on: dict[str, list[str]] = {}
    for row in _rows(frames, "LaserLineSetting", ("_setting", "LaserLine", "IntensityDev")):
        if (_number(row["IntensityDev"]) or 0) > 0 and row["LaserLine"]:
            on.setdefault(row["_setting"] or "", []).append(row["LaserLine"])
    return {setting: lines[0] for setting, lines in on.items() if len(lines) == 1}


def _started(frames: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Return image to its first time stamp, as a decimal number."""
    started: dict[str, str] = {}
    for row in _rows(frames, "TimeStamp", ("_image", "_parent_kind", "_index", "HighInteger", "LowInteger")):
        if row["_parent_kind"] == "TimeStampList" and row["_index"] == "0" and row["_image"]:
            high, low = _number(row["HighInteger"]), _number(row["LowInteger"])
            if high is not None and low is not None:
                started.setdefault(row["_image"], str(int(high) * 2**32 + int(low)))
    frame = frames["Image"]
    if "TimeStampList" in frame.columns:
        for image, said in frame.select("_image", "TimeStampList").iter_rows():
            text = said if isinstance(said, str) else (said or [""])[0]
            words = (text or "").split(maxsplit=1)
            if image and words and len(words[0]) <= _STAMP_DIGITS and set(words[0].lower()) <= set("0123456789abcdef"):
                started.setdefault(image, str(int(words[0], 16)))
    return {image: stamp for image, stamp in started.items() if stamp != "0"}


def _spacing(row: Mapping[str, str | None]) -> str | None:
    """Return the distance of two samples; None where there is but one, or what is said is no number."""
    whole, samples = _number(row["Length"]), _number(row["NumberOfElements"])
    if whole is None or samples is None or samples <= 1:
        return None
    try:
        return format(_DIGITS.divide(abs(whole), samples - 1).normalize(), "f")
    except (DivisionByZero, InvalidOperation):
        return None


def _number(text: str | None) -> Decimal | None:
    """Return a number as Leica writes it (``6.603309e-006``); None for anything else, and for what is out of all proportion."""
    try:
        number = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < _MOST_MAGNITUDE else None


def _rows(frames: Mapping[str, pl.DataFrame], kind: str, columns: Sequence[str]) -> list[dict[str, str | None]]:
    """Return some columns of a table as rows; none where there is no such table, and None where there is no such column."""
    if kind not in frames:
        return []
    frame = frames[kind]
    there = [name for name in columns if name in frame.columns and frame.schema[name] == pl.String]
    nothing = dict.fromkeys(columns)
    return [nothing | row for row in frame.select(there).iter_rows(named=True)] if there else [nothing] * frame.height


def _add(frames: dict[str, pl.DataFrame], kind: str, column: str, cells: Sequence[str | None]) -> None:
    frames[kind] = frames[kind].with_columns(pl.Series(column, cells, pl.String()))
