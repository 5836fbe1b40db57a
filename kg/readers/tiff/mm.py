"""What Micro-Manager says of an acquisition, in all its notations: a summary, and properties of each frame.

Micro-Manager 1.4 writes properties as plain JSON values, 2.0 as ``{PropVal, PropType}`` or ``{type, scalar}``: the notations
are taken off. A property that is the same in all frames is a cell of the one row of ``Settings``; the rest, and what belongs
to a frame by its nature, are cells of ``Frame``. The lists of ``Summary`` that have an item per channel are columns of
``Channel``.

``Frame`` has the structure columns ``_c``, ``_z``, ``_t``, ``_p`` (indexes of channel, slice, time and position from 0) and
``_first`` (1 for the first frame of a channel), ``Channel`` has ``_c`` and ``_name``.

https://micro-manager.org/Micro-Manager_File_Formats
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from kg.readers.limits import Limits
from kg.readers.safe_json import JsonValue
from kg.readers.tiff.texts import rows_of

SUMMARY, SETTINGS, FRAME, CHANNEL = "Summary", "Settings", "Frame", "Channel"
TABLES = frozenset((SUMMARY, SETTINGS, FRAME, CHANNEL))

_FRAME_KEY = re.compile(r"FrameKey-(\d+)-(\d+)-(\d+)")
_COORDS = {"_c": "channel", "_z": "z", "_t": "time", "_p": "position"}
_INDEXES = {
    "_c": ("ChannelIndex", "Coords.channel", "channelIndex"),
    "_z": ("SliceIndex", "Coords.z", "Coords.slice"),
    "_t": ("FrameIndex", "Coords.time", "Coords.t"),
    "_p": ("PositionIndex", "Coords.position", "Coords.stagePosition"),
}
_OF_A_FRAME = re.compile(
    r"(?i)(Coords|Axes)\.|_frame$|(Time|ReceivedTime|ElapsedTime-ms|StartTime-ms|StartTimeMs|Exposure(-ms)?|[XYZ]Position_?Um|FileName|UUID|"
    r"(Frame|Slice|Channel|Position)(Index|Name)?|SlicePosition|ImageNumber|Camera|TimeReceivedByCore|Comments)$"
)
_PER_CHANNEL = ("ChNames", "ChColors", "ChContrastMin", "ChContrastMax")


@dataclass(slots=True)
class Acquisition:
    """What was found of one acquisition, in whatever files.

    Attributes:
        summary: the summary; empty where there is none.
        frames: properties of each frame.
        others: kind to trees for what is neither (display settings, comments).
    """

    summary: dict[str, JsonValue] = field(default_factory=dict)
    frames: list[dict[str, JsonValue]] = field(default_factory=list)
    others: dict[str, list[dict[str, JsonValue]]] = field(default_factory=dict)

    def tables(self, limits: Limits, where: str) -> dict[str, pl.DataFrame]:
        """Return the tables; errors as for `kg.readers.tree.tables_of`."""
        flat = [_flat(frame) for frame in self.frames]
        places = _places(flat)
        names = _channel_names(self.summary, flat, places)
        summary, channels = _channels(self.summary, names)
        settings, frames = _constant(flat)
        tables: dict[str, pl.DataFrame] = {}
        if summary:
            tables |= rows_of(SUMMARY, [summary], limits, where)
        if channels:
            index = pl.Series("_c", [str(at) for at in range(len(channels))], pl.String)
            tables[CHANNEL] = rows_of(CHANNEL, channels, limits, where)[CHANNEL].with_columns(
                index, pl.Series("_name", names, pl.String)
            )
        if settings:
            tables |= rows_of(SETTINGS, [settings], limits, where)
        if frames:
            rows = rows_of(FRAME, frames, limits, where)
            rows[FRAME] = rows[FRAME].with_columns(
                pl.Series(name, [place.get(name) for place in places], pl.String) for name in (*_INDEXES, "_first")
            )
            tables |= rows
        for kind, trees in self.others.items():
            tables |= rows_of(kind, trees, limits, where)
        return tables


def unwrapped(value: JsonValue) -> JsonValue:
    """Return a value without the notations in which Micro-Manager 2.0 says what type it has.

    >>> unwrapped({"Camera-Gain": {"PropVal": "2", "PropType": "String"}, "x": {"type": "INTEGER", "scalar": 1}})
    {'Camera-Gain': '2', 'x': 1}
    """
    if isinstance(value, dict):
        if "PropVal" in value and set(value) <= {"PropVal", "PropType"}:
            return unwrapped(value["PropVal"])
        if isinstance(value.get("type"), str) and len(value) == 2:  # noqa: PLR2004 - the type and what has it
            held = next((value[key] for key in ("scalar", "array") if key in value), None)
            if "scalar" in value or "array" in value:
                return unwrapped(held)
        if isinstance(value.get("map"), dict) and "encoding" in value:
            return unwrapped(value["map"])
        return {key: unwrapped(item) for key, item in value.items()}
    return [unwrapped(item) for item in value] if isinstance(value, list) else value


def acquisition_of(document: Mapping[str, JsonValue]) -> Acquisition:
    """Return what a metadata.txt holds: ``Summary``, and members that begin with ``FrameKey-``, ``Coords-``, ``Metadata-``."""
    found = Acquisition()
    by_file: dict[str, dict[str, JsonValue]] = {}
    for key, value in document.items():
        plain = unwrapped(value)
        members: dict[str, JsonValue] = plain if isinstance(plain, dict) else {"": plain}
        kind, _, name = key.partition("-")
        if key == SUMMARY:
            found.summary.update(members)
        elif _FRAME_KEY.fullmatch(key):
            found.frames.append({"_frame": key, **members})
        elif kind in {"Coords", "Metadata"} and name:
            frame = by_file.setdefault(name, {"_frame": name})
            frame.update({"Coords": members} if kind == "Coords" else members)
        else:
            found.others.setdefault(key or "Other", []).append(members)
    found.frames.extend(by_file.values())
    return found


def _flat(frame: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a frame with the objects in it spread out: ``Axes.channel``, and device properties of 2.0 without their group."""
    flat: dict[str, JsonValue] = {}
    todo = [("", frame)]
    while todo:
        prefix, members = todo.pop()
        for key, value in members.items():
            if isinstance(value, dict):
                todo.append(("" if key in {"ScopeData", "scopeData"} else f"{prefix}{key}.", value))
            else:
                flat[f"{prefix}{key}"] = value
    return flat


def _places(frames: Sequence[Mapping[str, JsonValue]]) -> list[dict[str, str]]:
    """Return for each frame where it stands: from its key, its index properties, or its axes, whose words are numbered."""
    seen: dict[str, dict[str, str]] = {name: {} for name in _INDEXES}
    places = []
    firsts: set[str] = set()
    for frame in frames:
        match = _FRAME_KEY.fullmatch(str(frame.get("_frame", "")))
        keyed = dict(zip(("_t", "_c", "_z"), match.groups(), strict=True)) if match else {}
        place = {}
        for name, keys in _INDEXES.items():
            axis = frame.get(f"Axes.{_COORDS[name]}")
            if axis is not None:
                word = str(axis)
                known = seen[name].setdefault(word, word if word.isdigit() else str(len(seen[name])))
                place[name] = known
                continue
            index = keyed.get(name) or next((str(frame[key]) for key in keys if frame.get(key) is not None), None)
            if index is not None:
                place[name] = index
        channel = place.get("_c", "0")
        if channel not in firsts:
            firsts.add(channel)
            place["_first"] = "1"
        places.append(place)
    return places


def _channel_names(
    summary: Mapping[str, JsonValue], frames: Sequence[Mapping[str, JsonValue]], places: Sequence[Mapping[str, str]]
) -> list[str]:
    """Return the names of the channels: those of the summary, else those of the frames."""
    names = summary.get("ChNames")
    if isinstance(names, list) and names:
        return [str(name) for name in names]
    found: dict[str, str] = {}
    for frame, place in zip(frames, places, strict=True):
        name = frame.get("Axes.channel", frame.get("Channel"))
        if name is not None:
            found.setdefault(place.get("_c", "0"), str(name))
    return list(found.values())


def _channels(
    summary: Mapping[str, JsonValue], names: Sequence[str]
) -> tuple[dict[str, JsonValue], list[dict[str, JsonValue]]]:
    """Return the summary without its lists by channel, and these by channel."""
    lists = {}
    for key in _PER_CHANNEL:
        held = summary.get(key)
        if isinstance(held, list) and len(held) == len(names):
            lists[key] = held
    rest = {key: value for key, value in summary.items() if key not in lists}
    return rest, [{key: held[at] for key, held in lists.items()} for at in range(len(names))]


def _constant(frames: Sequence[Mapping[str, JsonValue]]) -> tuple[dict[str, JsonValue], list[dict[str, JsonValue]]]:
    """Return what is the same in all frames, and what is left of each frame."""
    if not frames:
        return {}, []
    first = frames[0]
    same = {
        key: value
        for key, value in first.items()
        if not _OF_A_FRAME.match(key) and all(key in frame and frame[key] == value for frame in frames)
    }
    return same, [
        {("key" if key == "_frame" else key): value for key, value in frame.items() if key not in same} for frame in frames
    ]
