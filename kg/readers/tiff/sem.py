"""What programs of electron microscopes leave in TIFF tags: FEI and Thermo Fisher, Zeiss, Olympus SIS, Gatan."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers.em.dm_tags import read_tags
from kg.readers.tiff.pages import Pages
from kg.readers.tiff.texts import Members, add, members_of, rows_of, sections

Frames = dict[str, pl.DataFrame]

_FEI = (34682, 34680)
_ZEISS = 34118
_SIS_INI, _SIS = 33471, 33560
_WIDTH = 256
_GATAN_TAGS = 65027
_GATAN = {
    65003: "x unit", 65004: "y unit", 65005: "z unit", 65006: "x origin", 65007: "y origin", 65008: "z origin",
    65009: "x scale", 65010: "y scale", 65011: "z scale", 65012: "x unit name", 65013: "y unit name", 65014: "z unit name",
    65022: "intensity unit", 65024: "intensity origin", 65025: "intensity scale",
}  # fmt: skip
_GATAN_NEEDS = (65009, 65010)
_ZEISS_PIXEL = 3
_ZEISS_REFERENCE = 1024  # pixels across the screen that the unnamed numbers are about
_NEAR = Decimal("0.02")


def fei(file: Pages) -> Frames:
    """Return ``FEI``: one row, a column per key of each section, as ``EBeam.HV``.

    The structure column ``_beam`` names the section of the beam that made the image, ``_pixel_width`` and ``_pixel_height`` are
    what its field of view and the number of pixels come to (metre).
    """
    members: Members = {}
    for code in _FEI:
        tag = file.first(code)
        if tag is not None:
            members |= sections(file.text(tag))
            file.take(tag)
    if not members:
        return {}
    frames = rows_of("FEI", [members], file.limits, file.where)
    beam = _member(members, "Beam", "Beam")
    structure = {"_beam": beam}
    for column, field, pixels in (("_pixel_width", "HFW", "ResolutionX"), ("_pixel_height", "VFW", "ResolutionY")):
        structure[column] = _ratio(_member(members, beam, field), _member(members, "Image", pixels))
    frames["FEI"] = _with(frames["FEI"], structure)
    return frames


def _member(members: Members, section: str, key: str) -> str:
    held = members.get(section)
    value = held.get(key) if isinstance(held, dict) else None
    return value if isinstance(value, str) else ""


def _with(frame: pl.DataFrame, structure: dict[str, str]) -> pl.DataFrame:
    return frame.with_columns(pl.lit(value or None, pl.String).alias(name) for name, value in structure.items())


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None


def _ratio(whole: str, parts: str) -> str:
    """Return a positive number divided by another, in no more digits than a float has; empty where there is none."""
    number, count = _number(whole), _number(parts)
    return f"{number / count:.12g}" if number and count else ""


def zeiss(file: Pages) -> Frames:
    """Return ``ZeissSEM``: one row, a column per key such as ``AP_WD``, with the value and its unit as written.

    The structure column ``_pixel_size`` (metre) is that of the stored image. ``AP_PIXEL_SIZE`` is that of the screen, as is the
    fourth of the unnamed numbers (column ``numbers``), which is about 1024 pixels across.
    """
    tag = file.first(_ZEISS)
    if tag is None:
        return {}
    members: Members = {}
    numbers: list[str] = []
    key = ""
    for line in file.text(tag).splitlines():
        text = line.strip()
        if text and text == text.upper() and "_" in text and " " not in text and "=" not in text:
            key = text
        elif key and text:
            at = min((place for place in (text.find("="), text.find(":")) if place > 0), default=-1)
            add(members, key, text[at + 1 :].strip())
            key = ""
        elif text:
            numbers.append(text)
    if not members:
        return {}
    file.take(tag)
    if numbers:
        members["numbers"] = numbers
    frames = rows_of("ZeissSEM", [members], file.limits, file.where)
    frames["ZeissSEM"] = _with(frames["ZeissSEM"], {"_pixel_size": _zeiss_pixel(file, members, numbers)})
    return frames


def _zeiss_pixel(file: Pages, members: Members, numbers: Sequence[str]) -> str:
    """Return the pixel size in metre: the exact one, if what the named values say with fewer digits agrees; else that."""
    said = _metre(str(members.get("AP_IMAGE_PIXEL_SIZE", "")))
    across = next((int(tag.value) for tag in file.pages[0].tags if tag.code == _WIDTH), 0)
    width = _metre(str(members.get("AP_WIDTH", "")))
    if said is None and width and across:
        said = width / across
    exact = _number(numbers[_ZEISS_PIXEL]) if len(numbers) > _ZEISS_PIXEL else None
    if exact and across:
        exact = exact * _ZEISS_REFERENCE / across
        if said is None or abs(exact - said) <= _NEAR * said:
            said = exact
    return f"{said:.12g}" if said else ""


def _metre(text: str) -> Decimal | None:
    number, _, unit = text.strip().partition(" ")
    factor = {"m": "1", "mm": "1e-3", "\u00b5m": "1e-6", "\u03bcm": "1e-6", "um": "1e-6", "nm": "1e-9", "pm": "1e-12"}.get(unit)
    found = _number(number)
    return found * Decimal(factor) if found and factor else None


def sis(file: Pages) -> Frames:
    """Return ``SIS``: one row with what Olympus SIS writes, the lengths in metre, and the sections of its INI text."""
    members: Members = {}
    for code in (_SIS_INI, _SIS):
        tag = file.first(code)
        if tag is None:
            continue
        if code == _SIS_INI:
            members |= sections(file.text(tag))
            file.take(tag)
            continue
        value = file.parsed(tag)
        if isinstance(value, dict):
            members |= members_of(value, file.leave_out, "OlympusSIS")
            file.take(*(other for _, other in file.tags(code)))
    return rows_of("SIS", [members], file.limits, file.where) if members else {}


def gatan(file: Pages) -> Frames:
    """Return ``GatanTIFF``: one row with scale, origin and unit of the axes, and the tag tree of DigitalMicrograph (65027)."""
    tags = {code: tag for code in _GATAN if (tag := file.first(code)) is not None}
    if not all(code in tags for code in _GATAN_NEEDS):
        return {}
    members: Members = {_GATAN[code]: file.text(tag) for code, tag in tags.items()}
    file.take(*tags.values())
    tree = file.first(_GATAN_TAGS)
    if tree is not None:
        data = file.bytes_of(tree)
        try:
            held = read_tags(io.BytesIO(data), len(data), file.where)
        except LimitError:
            raise
        except SourceError as error:
            file.damaged("65027", error)
        else:
            members |= held.root if isinstance(held.root, dict) else {"tags": held.root}
            for name in held.arrays:
                file.leave_out(name)
            file.take(tree)
    return rows_of("GatanTIFF", [members], file.limits, file.where)


DIALECTS: Sequence[Any] = (fei, zeiss, sis, gatan)
