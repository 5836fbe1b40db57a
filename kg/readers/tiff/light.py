"""What programs of light microscopes leave in TIFF tags: ImageJ, MetaMorph, Zeiss LSM, ScanImage, FluoView, Micro-Manager."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers.tiff.mm_tags import json_of, micromanager
from kg.readers.tiff.pages import Pages
from kg.readers.tiff.tags import DAMAGE
from kg.readers.tiff.texts import Members, members_of, pairs, plain, properties, rows_of, sections, unescaped

Frames = dict[str, pl.DataFrame]

_IJ_COUNTS, _IJ_METADATA = 50838, 50839
_IJ_STARTS = ("ImageJ=", "SCIFIO=")
_IJ_BINARY = ("LUTs", "Plot", "ROI", "Overlays")
_UIC = (33628, 33629, 33630, 33631)
_LSM, _FLUOVIEW, _FLUOVIEW_STAMP = 34412, 34361, 34362
_METAMORPH = ("MetaSeries", "MetaMorph", "MetaXpress", "MetaFluor")
_ARTIST = 315
_OF_A_PLANE = frozenset((
    "ZDistance", "TimeCreated", "TimeModified", "DatetimeCreated", "DatetimeModified", "Wavelengths", "StageLabel",
))  # fmt: skip
_OF_A_SUMMARY = {"ChNames", "MicroManagerVersion", "Prefix"}


def imagej(file: Pages) -> Frames:
    """Return ``ImageJ`` (one row: the lines of the description, and Info) and ``Label`` (a row per labelled slice).

    ``ImageJ`` has the structure columns ``_unit``, ``_zunit`` (escapes taken off) and ``_rois``, ``_overlays`` (how many there
    are). An Info of lines of key and value is a table of its own, ``Info``, lines below the first of a label are columns of
    ``Label``; an Info of JSON is what Micro-Manager says.
    """
    described = ((tag, text) for number, tag, text in file.descriptions() if not number)
    found = next(((tag, text) for tag, text in described if text.startswith(_IJ_STARTS)), None)
    if found is None:
        return {}
    tag, text = found
    row = pairs(text.splitlines())
    file.take(tag)
    extra = _ij_metadata(file)
    frames: Frames = {}
    info = extra.pop("Info", None)
    if isinstance(info, str) and info.strip():
        frames |= _ij_info(file, info.strip(), row)
    labels = extra.pop("Labels", None)
    if isinstance(labels, list) and any(labels):
        frames |= rows_of("Label", [_label(str(label)) for label in labels], file.limits, file.where)
    unit = str(row.get("unit", ""))
    structure = {"_unit": unescaped(unit), "_zunit": unescaped(str(row.get("zunit", unit)))}
    for name, column in (("ROI", "_rois"), ("Overlays", "_overlays")):
        held = extra.pop(name, None)
        structure[column] = str(len(held) if isinstance(held, list) else int(held is not None))
    row |= {key: value for key, value in extra.items() if key not in _IJ_BINARY}
    for name in extra.keys() & set(_IJ_BINARY):
        file.leave_out(f"IJMetadata {name}")
    frames |= rows_of("ImageJ", [row], file.limits, file.where)
    columns = (pl.lit(value or None, pl.String).alias(name) for name, value in structure.items())
    frames["ImageJ"] = frames["ImageJ"].with_columns(columns)
    return frames


def _ij_metadata(file: Pages) -> dict[str, Any]:
    tag = file.first(_IJ_METADATA)
    value = file.parsed(tag) if tag is not None else None
    if not isinstance(value, dict):
        return {}
    file.take(tag, file.first(_IJ_COUNTS))
    return {key: held if key in _IJ_BINARY else plain(held, file.leave_out, f"IJMetadata {key}") for key, held in value.items()}


def _ij_info(file: Pages, info: str, row: Members) -> Frames:
    if info.startswith("{"):
        found = json_of(file, info, "Info")
        if isinstance(found, dict):
            if found.keys() & _OF_A_SUMMARY:
                file.acquisition.summary.update(found)
            else:
                file.acquisition.frames.append({"_frame": file.name, **found})
            return {}
    lines = info.splitlines()
    members = pairs(lines, "=:")
    if len(members) > 1 and len(lines) > 1:
        return rows_of("Info", [members], file.limits, file.where)
    row["Info"] = info
    return {}


def _label(label: str) -> Members:
    """Return a label: its first line, and the lines of key and value that some programs write below."""
    title, _, rest = label.partition("\n")
    return {"Label": title, **pairs(rest.splitlines(), "=:")}


def metaseries(file: Pages) -> Frames:
    """Return ``MetaSeries``: a row per page with its properties, as ``PlaneInfo.wavelength``, and the lines of its description.

    MetaMorph before 7.5 writes only the lines: then there are only these.
    """
    rows: list[Members] = []
    numbers: list[int] = []
    by_name = file.software.startswith(_METAMORPH)
    for number, tag, text in file.descriptions():
        if text.lstrip().startswith("<MetaData>"):
            try:
                row = properties(text.strip().encode(), file.limits, file.where)
            except LimitError:
                raise
            except (SourceError, ValueError) as error:
                file.damaged("ImageDescription", error)
                continue
            if isinstance(row.get("Description"), str):
                row["Description"] = pairs(str(row["Description"]).splitlines(), ":")
        elif by_name and "\0" not in text and not text.lstrip().startswith(("<", "{")):
            row = {"Description": pairs(text.splitlines(), ":")}
        else:
            continue
        rows.append(row)
        numbers.append(number)
        file.take(tag)
    if not rows or file.first(_UIC[0]) is not None:
        return {}
    frames = rows_of("MetaSeries", rows, file.limits, file.where)
    page = pl.Series("_page", [str(number) for number in numbers], pl.String)
    frames["MetaSeries"] = frames["MetaSeries"].with_columns(page)
    return frames


def stk(file: Pages) -> Frames:
    """Return ``STK`` (MetaMorph stack: what holds for the file) and ``STKPlane`` (a row per plane)."""
    tags = [file.first(code) for code in _UIC]
    if tags[0] is None:
        return {}
    try:
        held: Mapping[str, Any] = file.tiff.stk_metadata or {}
    except DAMAGE as error:
        file.damaged("UIC1tag", error)
        return {}
    file.take(*tags)
    members = members_of(held, file.leave_out, "STK")
    count = int(held.get("NumberPlanes") or 1)
    planes: list[Members] = [{} for _ in range(min(count, file.limits.archive_members))]
    for number, tag, _ in file.descriptions():
        if not number:
            texts = file.bytes_of(tag).rstrip(b"\0").split(b"\0")
            for plane, text in zip(planes, texts, strict=False):
                plane["Description"] = pairs(text.decode("utf-8", "replace").splitlines(), ":")
            file.take(tag)
    members.pop("PlaneDescriptions", None)
    for key, value in list(members.items()):
        if isinstance(value, list) and len(value) == count and (count > 1 or isinstance(value[0], list)):
            del members[key]
            for plane, item in zip(planes, value, strict=False):
                plane[key] = _point(item)
        elif key in _OF_A_PLANE:
            planes[0][key] = members.pop(key)
    return rows_of("STK", [members], file.limits, file.where) | rows_of("STKPlane", planes, file.limits, file.where)


def _point(item: object) -> object:
    return {"x": item[0], "y": item[1]} if isinstance(item, list) and len(item) == 2 else item  # noqa: PLR2004 - x and y


def lsm(file: Pages) -> Frames:
    """Return ``LSM`` (one row, with the scan information as ``ScanInformation.Objective``) and a table per list in it."""
    tag = file.first(_LSM)
    value = file.parsed(tag) if tag is not None else None
    if not isinstance(value, dict):
        return {}
    file.take(tag)
    value = {key: held for key, held in value.items() if not (key.startswith("Offset") and isinstance(held, int))}
    members = members_of(value, file.leave_out, "CZ_LSMINFO")
    colours = members.pop("ChannelColors", None)
    frames: Frames = {}
    if isinstance(colours, dict):
        names, codes = colours.pop("ColorNames", None) or [], colours.pop("Colors", None) or []
        rows: list[Members] = [{"ColorName": name, "Color": code} for name, code in zip_longest(names, codes)]
        frames = rows_of("ChannelColor", rows, file.limits, file.where) if rows else {}
        members |= {f"ChannelColors.{key}": held for key, held in colours.items()}
    if "" in members:
        del members[""]
    return frames | rows_of("LSM", [members], file.limits, file.where)


def fluoview(file: Pages) -> Frames:
    """Return ``FluoView`` (one row), ``Dimensions`` (a row per axis) and the sections of the description."""
    tag = file.first(_FLUOVIEW)
    value = file.parsed(tag) if tag is not None else None
    if not isinstance(value, dict):
        return {}
    file.take(tag, *(stamp for _, stamp in file.tags(_FLUOVIEW_STAMP)))
    members = members_of(value, file.leave_out, "MMHeader")
    for key in ("Dimensions", "GrayChannel"):
        held = members.get(key)
        if isinstance(held, list):
            axes = [_axis(axis) for axis in (held if key == "Dimensions" else [held])]
            members[key] = [axis for axis in axes if axis.get("Name")]
    for number, text_tag, text in file.descriptions():
        if not number and "[" in text:
            members["ImageDescription"] = sections(text)
            file.take(text_tag)
    return rows_of("FluoView", [members], file.limits, file.where)


def _axis(axis: object) -> Members:
    names = ("Name", "Size", "Origin", "Resolution", "Unit")
    return dict(zip(names, axis, strict=False)) if isinstance(axis, list) else {}


def scanimage(file: Pages) -> Frames:
    """Return ``ScanImage`` (one row, a column per setting) and ``ScanImageFrame`` (what each page says of its frame)."""
    software = next((tag for tag in file.pages[0].tags if file.text(tag).startswith("SI.")), None)
    described = [(tag, text) for _, tag, text in file.descriptions()]
    first = described[0][1] if described else ""
    if software is None and not first.startswith("state.") and "scanimage.SI" not in first and "SI." not in first[:200]:
        return {}
    frames: Frames = {}
    members: Members = pairs(file.text(software).splitlines()) if software is not None else {}
    rows = [pairs(text.splitlines()) for _, text in described]
    if software is None and rows:
        members = {key: value for key, value in rows[0].items() if all(row.get(key) == value for row in rows)}
        rows = [{key: value for key, value in row.items() if key not in members} for row in rows]
    file.take(software, *(tag for tag, _ in described))
    if any(rows):
        frames |= rows_of("ScanImageFrame", rows, file.limits, file.where)
    for _, artist in file.tags(_ARTIST):
        text = file.text(artist)
        if text.lstrip().startswith("{"):  # regions, not a person
            held = json_of(file, text, "Artist") if "RoiGroups" not in members else None
            if isinstance(held, dict):
                members["RoiGroups"] = held.get("RoiGroups", held)
            file.take(artist)
    return frames | rows_of("ScanImage", [members], file.limits, file.where)


DIALECTS: Sequence[Any] = (imagej, micromanager, stk, metaseries, lsm, fluoview, scanimage)
