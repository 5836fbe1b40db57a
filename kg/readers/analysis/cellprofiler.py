r"""CellProfiler pipelines as text (.cppipe, .cp), inside a project (.cpproj) or a file of measurements (.h5), or as JSON.

https://github.com/CellProfiler/CellProfiler/wiki

* ``pipeline`` has one row: what stands above the modules (``Version``, ``DateRevision``, ``ModuleCount`` and others).
* ``modules`` has a row per module in order: ``_number``, ``module``, and what stands in its brackets (``enabled``, ``notes``,
  ``variable_revision_number`` and others).
* ``settings`` has a row per setting: ``_module`` is the number of its module, ``setting`` its text, ``value`` its value;
  ``kind`` (JSON only) is the class of the setting.

Older versions escape bytes in the values (``\x5B``, even twice); they are read as the characters that are meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers.needs import needed
from kg.readers.safe_json import loads
from kg.readers.safe_xml import load
from kg.readers.text import decode
from kg.readers.tree import text_of
from kg.table import ROW, Reading, Source, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "cellprofiler"
RANK = 40
TITLE = "CellProfiler pipeline (.cppipe, .cp, .cpproj, JSON)"

_MAGIC = "CellProfiler Pipeline: http"
_HDF5 = b"\x89HDF"
_PLACE = "Measurements"
_MODULE = re.compile(r"(?P<name>[^:\s][^:]*):\[(?P<inside>.*)\]\s*$")
_ESCAPE = re.compile(r"\\+x([0-9A-Fa-f]{2})")
_UNICODE = re.compile(r"\\+u([0-9A-Fa-f]{4})")
_MOST_SETTINGS = 1_000_000
_MOST_TEXT = 64 * 1024 * 1024

_MODULE_FIELD = re.compile(
    r"(?:^|\|)(module_num|svn_version|variable_revision_number|show_window|notes|batch_state|enabled|wants_pause):"
)
"""The fields that CellProfiler writes of a module; its notes may hold anything that looks like one more."""


def claims(peek: Peek) -> bool:
    """Claim text that begins as a pipeline, its JSON, and projects by their suffix."""
    if peek.head.startswith(_HDF5):
        return peek.suffix == ".cpproj"
    text = peek.text.lstrip()
    if text.startswith("{"):
        return '"module_name"' in text and ('"date_revision"' in text or '"variable_revision_number"' in text)
    return text.startswith(_MAGIC)


def read(source: Source, limits: Limits) -> Reading:
    """Return the modules of a pipeline with their settings.

    Raises:
        SourceError: there is no pipeline in it.
        LimitError: beyond the limits.
    """
    with source.path.open("rb") as stream:
        head = stream.read(4)
    found = _Pipeline(source.key, limits)
    if head == _HDF5:
        found.text(_from_project(source))
        return Reading(NAME, found.tables(), (), {"form": "project"})
    data = load(source.path, limits, source.key)
    if data.lstrip().startswith(b"{"):
        document = loads(data, limits, source.key)
        found.json(document.value)
        return Reading(NAME, found.tables(), document.problems, {"form": "JSON"})
    try:
        found.text(decode(data).text)
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"begins as {error.encoding} but breaks off being so at byte {error.start:,}") from error
    return Reading(NAME, found.tables(), (), {"form": "text"})


def _from_project(source: Source) -> str:
    """Return the text of the pipeline that a project holds: ``/Measurements/<time>/Experiment/Pipeline_Pipeline/data``."""
    h5py: Any = needed("h5py", source.key, "bioimage-kg")
    try:
        with h5py.File(source.path, "r") as file:
            for name in list(file.get(_PLACE, ()))[:100]:
                data = file.get(f"{_PLACE}/{name}/Experiment/Pipeline_Pipeline/data")
                if data is None or data.shape != (1,):
                    continue
                value = data[0]
                if len(value) > _MOST_TEXT:
                    raise LimitError(source.key, f"the pipeline is longer than {_MOST_TEXT:,} characters")
                return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise SourceError(source.key, f"cannot be read as a CellProfiler project: {error}") from error
    raise SourceError(source.key, "is a CellProfiler project without a pipeline")


def plain(text: str) -> str:
    r"""Return a value with the escapes of older versions resolved.

    >>> plain(r"^(?P<Well>\x5BA-P\x5D)"), plain(r"Default\\x7CNone")
    ('^(?P<Well>[A-P])', 'Default|None')
    """
    return _UNICODE.sub(lambda m: chr(int(m[1], 16)), _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text))


def _inside(text: str) -> dict[str, str]:
    """Return what the brackets of a module say; its notes may hold any character, but not the name of the next field.

    >>> _inside("module_num:2|notes:['a|b: c']|enabled:True")
    {'module_num': '2', 'notes': "['a|b: c']", 'enabled': 'True'}
    """
    parts = _MODULE_FIELD.split(text)
    found: dict[str, str] = {}
    for name, value in zip(parts[1::2], parts[2::2], strict=True):
        found[name] = plain(value)
    return found


@dataclass(slots=True)
class _Pipeline:
    """A pipeline while it is read."""

    where: str
    limits: Limits
    head: dict[str, str] = field(default_factory=dict)
    modules: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    settings: list[tuple[int, str, str, str, str | None]] = field(default_factory=list)

    def text(self, text: str) -> None:
        """Read the text form."""
        if not text.lstrip().startswith(_MAGIC):
            raise SourceError(self.where, f"does not begin with {_MAGIC!r}, as a CellProfiler pipeline does")
        for number, line in enumerate(text.splitlines(), start=1):
            match = _MODULE.fullmatch(line)
            if match and not line[0].isspace():
                self.modules.append((number, {"module": plain(match["name"]), **_inside(match["inside"])}))
            elif line[:1].isspace() and line.strip() and self.modules:
                name, _, value = line.strip().partition(":")
                self.setting(number, plain(name), plain(value))
            elif ":" in line and not self.modules:
                name, _, value = line.partition(":")
                self.head[name.strip()] = value.strip()
            elif line.strip():  # after the modules: the list of image planes, which is a table of files
                break

    def json(self, value: object) -> None:
        """Read the JSON form."""
        modules = value.get("modules") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(modules, list):
            raise SourceError(self.where, "has no list 'modules', as a CellProfiler pipeline in JSON has")
        self.head = {name: text_of(item) or "" for name, item in value.items() if name != "modules"}
        for number, module in enumerate(modules, start=1):
            if isinstance(module, dict):
                self._module(number, module)

    def _module(self, number: int, module: Mapping[str, object]) -> None:
        attributes = module.get("attributes")
        inner = attributes if isinstance(attributes, dict) else {}
        rest = {name: item for name, item in module.items() if name not in {"attributes", "settings"}}
        cells = {name: text for name, item in {**rest, **inner}.items() if (text := text_of(item)) is not None}
        name = cells.pop("module_name", "") or cells.get("name", "").rpartition(".")[2]
        self.modules.append((number, {"module": name, **cells}))
        settings = module.get("settings")
        for setting in settings if isinstance(settings, list) else []:
            if isinstance(setting, dict):
                said, value, kind = (text_of(setting.get(name)) for name in ("text", "value", "name"))
                self.setting(number, said or kind or "", value or "", kind)

    def setting(self, row: int, name: str, value: str, kind: str | None = None) -> None:
        """File a setting of the module that was last seen."""
        if len(self.settings) >= _MOST_SETTINGS:
            raise LimitError(self.where, f"has more than {_MOST_SETTINGS:,} settings")
        if len(value) > self.limits.cell_bytes:
            raise LimitError(self.where, f"the setting {name[:60]!r} is longer than {self.limits.cell_bytes:,} characters")
        if name or value:
            self.settings.append((row, str(len(self.modules)), name, value, kind))

    def tables(self) -> dict[str, Table]:
        """Return ``pipeline``, ``modules`` and ``settings``."""
        columns = list(dict.fromkeys(name for _, cells in self.modules for name in cells))
        if len(columns) > self.limits.columns:
            raise LimitError(self.where, f"its modules have more than {self.limits.columns:,} different fields")
        modules = pl.DataFrame(
            [
                pl.Series(ROW, [row for row, _ in self.modules], pl.UInt32),
                pl.Series("_number", [str(at) for at, _ in enumerate(self.modules, start=1)], pl.String),
                *(pl.Series(name, [cells.get(name) for _, cells in self.modules], pl.String) for name in columns),
            ]
        )
        settings = pl.DataFrame(
            [
                pl.Series(ROW, [cells[0] for cells in self.settings], pl.UInt32),
                pl.Series("_module", [cells[1] for cells in self.settings], pl.String),
                pl.Series("_index", [str(at) for at, _ in enumerate(self.settings, start=1)], pl.String),
                pl.Series("setting", [cells[2] for cells in self.settings], pl.String),
                pl.Series("value", [cells[3] for cells in self.settings], pl.String),
                pl.Series("kind", [cells[4] for cells in self.settings], pl.String),
            ]
        )
        head = pl.DataFrame([pl.Series(ROW, [1], pl.UInt32), *(pl.Series(k, [v], pl.String) for k, v in self.head.items())])
        return {
            "pipeline": Table("pipeline", head.lazy()),
            "modules": Table("modules", modules.lazy()),
            "settings": Table("settings", settings.lazy()),
        }
