"""What slide scanners and others leave in TIFF tags: Aperio, Hamamatsu, XML and JSON of any maker, EXIF, GeoTIFF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers.elements import tables_of
from kg.readers.safe_json import loads
from kg.readers.safe_xml import root_name
from kg.readers.tiff.pages import Pages
from kg.readers.tiff.tags import DAMAGE
from kg.readers.tiff.texts import LINE, Members, add, below_one_another, members_of, pairs, rows_of

Frames = dict[str, pl.DataFrame]

_APERIO = "Aperio "
_NDPI_MARK, _NDPI_TEXT = 65420, 65449
_NDPI = {
    65421: "SourceLens", 65422: "XOffsetFromSlideCentre", 65423: "YOffsetFromSlideCentre", 65424: "ZOffsetFromSlideCentre",
    65425: "TissueIndex", 65427: "Reference", 65428: "AuthCode", 65434: "Fluorescence", 65435: "CellsPerSlide",
    65442: "SerialNumber", 65444: "FocusTime", 65439: "FocusPoints", 65451: "JPEGQuality", 65455: "ValidationRoi",
    65456: "Format", 65457: "OpticalStructure",
}  # fmt: skip
_EXIF, _GPS = 34665, 34853
_XML_TAGS = {700: "XMP", 42112: "GDAL_METADATA", 65000: "65000", 65001: "65001"}
# What tifffile takes apart, table by table.
_PARSED = {
    "nih_metadata": ("NIHImage", (43314,)),
    "pilatus_metadata": ("Pilatus", ()),
    "andor_metadata": ("Andor", tuple(range(4864, 5031))),
    "epics_metadata": ("EPICS", tuple(range(65000, 65500))),
    "tvips_metadata": ("TVIPS", (37706,)),
    "mdgel_metadata": ("MDGel", tuple(range(33445, 33453))),
    "astrotiff_metadata": ("AstroTIFF", ()),
    "streak_metadata": ("Streak", ()),
    "geotiff_metadata": ("GeoTIFF", (33550, 33922, 34264, 34735, 34736, 34737)),
}


def aperio(file: Pages) -> Frames:
    """Return ``Aperio``: one row with the pairs of the first page's description, and in ``line`` the lines before them."""
    found = next(((tag, text) for number, tag, text in file.descriptions() if not number and text.startswith(_APERIO)), None)
    if found is None:
        return {}
    tag, text = found
    header, *rest = text.split("|")
    members = pairs(rest)
    for line in header.splitlines():
        add(members, LINE, line.strip())
    file.take(tag)
    return rows_of("Aperio", [members], file.limits, file.where)


def hamamatsu(file: Pages) -> Frames:
    """Return ``NDPI``: one row with the private tags of Hamamatsu, and the lines of key and value of tag 65449."""
    if next((tag for tag in file.pages[0].tags if tag.code == _NDPI_MARK), None) is None:
        return {}
    members: Members = {}
    for tag in file.pages[0].tags:
        if tag.code == _NDPI_TEXT:
            members |= pairs(file.text(tag).splitlines())
        elif tag.code in _NDPI and file.texts.text(tag) is not None:
            members[_NDPI[tag.code]] = file.text(tag)
        else:
            continue
        file.take(tag)
    return rows_of("NDPI", [members], file.limits, file.where) if members else {}


def xml(file: Pages) -> Frames:
    """Return the elements of XML in descriptions and in tags that hold XML, with the number of the page in ``_page``."""
    found: dict[str, list[pl.DataFrame]] = {}
    texts = [(number, tag, text) for number, tag, text in file.descriptions() if not file.is_taken(tag)]
    texts += [(number, tag, file.text(tag)) for code in _XML_TAGS for number, tag in file.tags(code) if not file.is_taken(tag)]
    for number, tag, text in texts:
        if not text.lstrip("\ufeff \r\n\t").startswith("<"):
            continue
        data = text.strip("\ufeff \r\n\t\0").encode()
        try:
            frames = tables_of(data, file.limits, file.where)
        except LimitError:
            raise
        except SourceError as error:
            file.damaged(str(tag.name), error)
            continue
        file.take(tag)
        root = root_name(data[:65536])
        page = (pl.lit(str(number)).alias("_page"), pl.lit(root.local if root else "").alias("_root"))
        for kind, frame in frames.items():
            found.setdefault(kind, []).append(frame.with_columns(page))
    return {kind: below_one_another(frames) for kind, frames in found.items()}


def json(file: Pages) -> Frames:
    """Return the tree of JSON in the first page's description, as programs in Python write it, in table ``Description``."""
    for number, tag, text in file.descriptions():
        if number or file.is_taken(tag) or not text.lstrip().startswith("{"):
            continue
        try:
            document = loads(text.strip().encode(), file.limits, file.where)
        except LimitError:
            raise
        except SourceError:  # a text in braces
            continue
        if isinstance(document.value, dict) and document.value:
            file.take(tag)
            file.problems.extend(document.problems)
            return rows_of("Description", [dict(document.value)], file.limits, file.where)
    return {}


def exif(file: Pages) -> Frames:
    """Return ``Exif`` and ``GPS``: a row with the tags of these directories, and ``_exposure_time`` in seconds."""
    frames: Frames = {}
    for code, kind in ((_EXIF, "Exif"), (_GPS, "GPS")):
        tag = file.first(code)
        value = file.parsed(tag) if tag is not None else None
        if isinstance(value, dict) and value:
            rows = members_of(value, file.leave_out, kind)
            exposure = _decimal(rows.get("ExposureTime"))
            rows = {key: _rational(item) for key, item in rows.items()}
            frames |= rows_of(kind, [rows], file.limits, file.where)
            if exposure:
                frames[kind] = frames[kind].with_columns(pl.lit(exposure).alias("_exposure_time"))
            file.take(*(other for _, other in file.tags(code)))
    return frames


def _is_rational(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and len(value) == 2 and all(type(item) is int for item in value)  # noqa: PLR2004 - a fraction


def _rational(value: object) -> object:
    """Return two whole numbers, as EXIF gives a fraction, as a fraction."""
    return f"{value[0]}/{value[1]}" if _is_rational(value) else value


def _decimal(value: object) -> str:
    return f"{value[0] / value[1]:.12g}" if _is_rational(value) and value[1] else ""


def parsed(file: Pages) -> Frames:
    """Return a table of one row for each block that tifffile knows how to take apart, besides those of the other functions."""
    frames: Frames = {}
    for name, (kind, codes) in _PARSED.items():
        try:
            value = getattr(file.tiff, name)
        except DAMAGE as error:
            file.damaged(kind, error)
            continue
        members = members_of(value, file.leave_out, kind)
        if members:
            frames |= rows_of(kind, [members], file.limits, file.where)
            file.take(*(tag for code in codes for _, tag in file.tags(code)))
    return frames


DIALECTS: Sequence[Any] = (aperio, hamamatsu, xml, json, exif, parsed)
