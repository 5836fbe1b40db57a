"""The text in which NIS-Elements writes how an image was taken, as cells.

Lines are ``key: value``; settings of a camera or scanner are ``{key}: value``, several of them in a line apart by tabs. After
``Plane #1:`` come those of the first channel, and so on. In a confocal scan a line that begins with the name of a detector
(``CH2``) and the lines below it, which begin with a tab, are about that detector and its laser.
"""

from __future__ import annotations

import re

_PLANE = re.compile(r"\s*Plane #(\d+):\s*")
_ITEM = re.compile(r"\{([^{}]+)\}:[ ]?([^\t{}]*)")
_PAIR = re.compile(r"\s*-?\s*([^:{}]{1,80}):(?:\s+(.*))?")
_DETECTOR = re.compile(r"\s*((?:CH|TD|Ch|IR)\w{0,8})\t")
_MOST_LINES = 100_000

Cells = dict[str, object]


def planes_of(text: str) -> tuple[Cells, list[Cells]]:
    r"""Return what is said of the image as a whole, and of each channel.

    ``detectors`` of a channel is a list of cells. Where as many detectors are named as there are channels, ``own`` of a channel
    is its detector among them.

    >>> general, planes = planes_of("Camera Name: Cam\nPlane #1:\n Name: GFP\n Exposure: 50 ms\n")
    >>> general, planes
    ({'Camera Name': 'Cam'}, [{'Name': 'GFP', 'Exposure': '50 ms'}])
    """
    general: Cells = {}
    planes: list[Cells] = []
    here, detector = general, None
    for line in text.splitlines()[:_MOST_LINES]:
        if _PLANE.fullmatch(line):
            here, detector = {}, None
            planes.append(here)
            continue
        named = _DETECTOR.match(line)
        if named:
            detector = {"detector": named[1]}
            _list(here, "detectors").append(detector)
        elif not re.match(r"\s*\t", line):
            detector = None
        items = _ITEM.findall(line)
        for key, value in items:
            _put(here if detector is None else detector, key.strip(), value.strip())
        pair = None if items else _PAIR.fullmatch(line)
        if pair and (pair[2] or "").strip():
            _nested(here, pair[1].strip(), pair[2].strip())
    _give_detectors(planes)
    return general, planes


def _nested(here: Cells, key: str, value: str) -> None:
    """Take over a pair; a heading may stand before the first of its own: ``Microscope Settings:   Microscope: Ti``."""
    inner = _PAIR.fullmatch(value) if key.endswith("Settings") else None
    if inner and (inner[2] or "").strip():
        _put(here, inner[1].strip(), inner[2].strip())
    else:
        _put(here, key, value)


def _put(cells: Cells, key: str, value: str) -> None:
    if value:
        cells.setdefault(key, value)


def _list(cells: Cells, key: str) -> list[Cells]:
    found = cells.setdefault(key, [])
    return found if isinstance(found, list) else []


def _give_detectors(planes: list[Cells]) -> None:
    """Leave each channel its own detector, where all are listed for each and are as many."""
    for at, plane in enumerate(planes):
        detectors = _list(plane, "detectors") if "detectors" in plane else []
        if len(detectors) == len(planes):
            plane["own"] = detectors[at]
