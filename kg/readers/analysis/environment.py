"""Software environments: requirements and ``pip freeze``, what ``conda`` exports and lists, lock files of Poetry, uv and pip.

https://pip.pypa.io/en/stable/reference/requirements-file-format/ ; https://docs.conda.io/ ; https://packaging.python.org/en/latest/specifications/pylock-toml/

* ``packages`` has a row per package: ``name``, ``version`` where it is pinned, ``specifier`` (other bounds),
  ``extras``, ``marker``, ``url``, ``build``, ``channel``, ``hash`` (each as ``algorithm:digits``), ``option`` (such as ``-e``),
  ``manager``, ``remark``.
* ``lines`` has what is no package: remarks and options, each with its line in ``_row``.
* Environments in YAML have ``packages`` besides the tables of their document; lock files in TOML are read as they stand
  (`kg.readers.tree`), their packages in ``package`` or ``packages``. The fact ``form`` says which of all these it is.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError, SourceError
from kg.readers import yaml_document
from kg.readers.safe_xml import load
from kg.readers.text import decode
from kg.readers.tree import tables_of
from kg.table import ROW, Reading, Source, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "environment"
RANK = 70
TITLE = "Software environment: requirements.txt, pip freeze, conda export and list, lock files"

_FILE_NAMES = re.compile(
    r"(?:.*[-_.])?(?:requirements|constraints|pip[-_]?(?:freeze|list)|freeze|conda[-_]?(?:list|explicit|export))(?:[-_.].*)?\.(?:txt|in|lst)"
)
_PINNED = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w,.\s-]*\])?===?[^\s=]+(?:\s*;.*)?(?:\s+\\)?")
_YAML_HEADS = (re.compile(r"^dependencies:\s*(?:#.*)?$", re.MULTILINE), re.compile(r"^(?:channels|name|prefix):", re.MULTILINE))
_TOML_HEAD = re.compile(r"^\[\[packages?\]\]\s*$", re.MULTILINE)
_CONDA_LIST = "# packages in environment at"
_EXPLICIT = "@EXPLICIT"
_ARCHIVE = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)-(?P<build>[^-]+)\.(?:conda|tar\.bz2)")
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[(?P<extras>[^\]]*)\])?\s*(?:@\s*(?P<url>\S+)|(?P<specifier>\(?[=<>!~][^;]*))?\s*(?:;\s*(?P<marker>.*))?"
)
_EXACT = re.compile(r"===?\s*([^\s,*]+)")
_CONDA = re.compile(r"(?:(?P<channel>[^\s:]+)::)?(?P<name>[A-Za-z0-9_][\w.-]*)(?P<rest>[\s=<>!~].*)?")
_HASH = re.compile(r"--hash[=\s]+(\w+:[0-9A-Fa-f]+)")
_EGG = re.compile(r"[#&]egg=([\w.-]+)")
_COLUMNS = ("name", "version", "specifier", "extras", "marker", "url", "build", "channel", "option", "manager")
_MOST_LINES = 1_000_000

Cells = dict[str, "str | list[str] | None"]


def claims(peek: Peek) -> bool:
    """Claim by the marks that tools write, by names that are usual, and lists in which every line pins a version."""
    text = peek.text
    if not text.strip():
        return False
    if peek.suffix in {".yml", ".yaml"}:
        return all(mark.search(text) for mark in _YAML_HEADS)
    if peek.suffix in {".lock", ".toml"}:
        return bool(_TOML_HEAD.search(text))
    if peek.suffix not in {".txt", ".in", ".lst", ""}:
        return False
    if _CONDA_LIST in text[:2000] or _EXPLICIT in text[:4000].splitlines():
        return True
    lines = [line.strip() for line in text.splitlines()[:200] if line.strip() and not line.lstrip().startswith(("#", "-"))]
    if _FILE_NAMES.fullmatch(peek.name):
        return any(_requirement(line) is not None for line in lines[:20])
    return len(lines) > 1 and all(_PINNED.fullmatch(line) for line in lines[:50])


def read(source: Source, limits: Limits) -> Reading:
    """Return the packages of an environment.

    Raises:
        SourceError: not the YAML or TOML that it begins as.
        LimitError: beyond the limits.
    """
    if source.path.name.lower().removesuffix(".gz").endswith((".yml", ".yaml")):
        return _yaml(source, limits)
    try:
        text = decode(load(source.path, limits, source.key)).text
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"begins as {error.encoding} but breaks off being so at byte {error.start:,}") from error
    if _TOML_HEAD.search(text):
        return _toml(text, source, limits)
    found = _Found(source.key, limits)
    lines = _joined(text)
    if len(lines) > _MOST_LINES:
        raise LimitError(source.key, f"has {len(lines):,} lines, at most {_MOST_LINES:,} are read")
    form = found.conda_list(lines) if _CONDA_LIST in text else found.explicit(lines) if _EXPLICIT in text else found.pip(lines)
    return Reading(NAME, found.tables(), (), {"form": form})


def _toml(text: str, source: Source, limits: Limits) -> Reading:
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SourceError(source.key, f"is not TOML: {error}") from error
    return Reading(NAME, tables_of(value, limits, source.key), (), {"form": "lock file"})


def _yaml(source: Source, limits: Limits) -> Reading:
    reading = yaml_document.read(source, limits)
    found = _Found(source.key, limits)
    for kind, column, manager in (("root", "dependencies", "conda"), ("dependencies", "pip", "pip")):
        table = reading.tables.get(kind)
        if table is None or column not in table.frame.collect_schema().names():
            continue
        # the packages are rows of their own, so the list itself is structure
        cells = table.frame.select(column).collect()[column]
        values = cells.explode() if isinstance(cells.dtype, pl.List) else cells
        for number, text in enumerate(values.drop_nulls().to_list(), start=1):
            found.add(number, _conda(text) if manager == "conda" else _requirement(text), manager)
    tables = {kind: Table(kind, _without_lists(table.frame, kind)) for kind, table in reading.tables.items()}
    return Reading(NAME, {**tables, **found.tables()}, reading.problems, {**reading.facts, "form": "conda environment"})


def _without_lists(frame: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    lists = {"root": "dependencies", "dependencies": "pip"}
    return frame.drop(lists[kind], strict=False) if kind in lists else frame


def _joined(text: str) -> list[tuple[int, str]]:
    """Return the lines with their numbers; one that ends in a backslash goes on in the next."""
    lines: list[tuple[int, str]] = []
    open_ = False
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if open_:
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {content.removesuffix(chr(92)).strip()}")
        elif content:
            lines.append((number, content.removesuffix(chr(92)).strip()))
        open_ = content.endswith(chr(92))
    return lines


def _requirement(text: str) -> Cells | None:
    """Return the parts of a requirement, or None where it is none.

    >>> _requirement("numpy[x]==2.1.0 ; python_version>'3.9' --hash=sha256:ab")["version"]
    '2.1.0'
    """
    hashes: list[str] = _HASH.findall(text)
    rest = re.sub(r"\s#.*$", "", _HASH.sub("", text)).strip()
    remark = re.search(r"\s#\s*(.*)$", text)
    option = ""
    if rest.startswith(("-e ", "--editable ")):
        option, _, rest = rest.partition(" ")
        rest = rest.strip()
    egg = _EGG.search(rest)
    if option or rest.startswith(("git+", "hg+", "http://", "https://", "file:")):
        cells: Cells = {"name": egg[1] if egg else None, "url": rest}
    else:
        match = _REQUIREMENT.fullmatch(rest)
        if match is None:
            return None
        cells = {key: value.strip() if value else None for key, value in match.groupdict().items()}
        exact = _EXACT.fullmatch(str(cells["specifier"] or ""))
        if exact:
            cells |= {"version": exact[1], "specifier": None}
    return {**cells, "option": option or None, "hash": hashes or None, "remark": remark[1] if remark else None}


def _conda(text: str) -> Cells | None:
    """Return the parts of a match specification of conda, or None where it is none.

    >>> [_conda("conda-forge::numpy=1.26.4=py311_0")[key] for key in ("name", "version", "build", "channel")]
    ['numpy', '1.26.4', 'py311_0', 'conda-forge']
    """
    match = _CONDA.fullmatch(text.strip())
    if match is None:
        return None
    cells: Cells = {"name": match["name"], "channel": match["channel"]}
    rest = (match["rest"] or "").strip()
    exact = re.fullmatch(r"={1,2}\s*([^\s=<>!~*,|]+)(?:=(\S+))?", rest) or re.fullmatch(
        r"([\d][^\s=<>!~*,|]*)(?:\s+(\S+))?", rest
    )
    if exact:
        return {**cells, "version": exact[1], "build": exact[2]}
    return {**cells, "specifier": rest or None}


@dataclass(slots=True)
class _Found:
    """Packages and other lines of one source while it is read."""

    where: str
    limits: Limits
    packages: list[tuple[int, Cells]] = field(default_factory=list)
    lines: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, cells: Cells | None, manager: str, text: str = "") -> None:
        """File a package, or its line where it could not be taken apart."""
        if cells is None:
            self.lines.append((number, text))
        else:
            self.packages.append((number, {**cells, "manager": manager}))

    def pip(self, lines: Sequence[tuple[int, str]]) -> str:
        """Read requirements; also ``name=version=build``, as ``conda list --export`` writes them."""
        conda = any(re.fullmatch(r"[\w.-]+=[\w.!+-]+=[\w.-]+", line) for _, line in lines)
        for number, line in lines:
            if line.startswith(("#", "-", "@")) and not line.startswith(("-e ", "--editable ")):
                self.lines.append((number, line))
            else:
                self.add(number, _conda(line) if conda else _requirement(line), "conda" if conda else "pip", line)
        return "conda list --export" if conda else "requirements"

    def explicit(self, lines: Sequence[tuple[int, str]]) -> str:
        """Read the addresses of ``conda list --explicit``; what follows ``#`` is an MD5, or a SHA-256 with its name."""
        for number, line in lines:
            address, _, digest = line.partition("#")
            place, _, name = address.strip().rpartition("/")
            match = _ARCHIVE.fullmatch(name) if place.startswith(("http", "file")) else None
            if match is None:
                self.lines.append((number, line))
                continue
            algorithm, _, digits = digest.rpartition(":")
            hashed = [f"{algorithm or ('sha256' if len(digits) == 64 else 'md5')}:{digits}"] if digits else None  # noqa: PLR2004
            self.add(number, {**match.groupdict(), "url": address.strip(), "channel": place, "hash": hashed}, "conda")
        return "conda list --explicit"

    def conda_list(self, lines: Sequence[tuple[int, str]]) -> str:
        """Read the table of ``conda list``."""
        for number, line in lines:
            parts = line.split()
            if line.startswith("#") or not 2 <= len(parts) <= 4:  # noqa: PLR2004 - name and version, perhaps build and channel
                self.lines.append((number, line))
                continue
            named = dict(zip(("name", "version", "build", "channel"), parts, strict=False))
            self.add(number, {**named}, "pip" if named.get("channel") == "pypi" else "conda")
        return "conda list"

    def tables(self) -> dict[str, Table]:
        """Return ``packages`` and ``lines``, each where it has a row."""
        tables: dict[str, Table] = {}
        if self.packages:
            columns: Mapping[str, list[str | list[str] | None]] = {
                name: [cells.get(name) for _, cells in self.packages] for name in (*_COLUMNS, "remark")
            }
            filled = {name: pl.Series(name, cells, pl.String) for name, cells in columns.items() if any(cells)}
            hashes = [cells.get("hash") for _, cells in self.packages]
            if any(hashes):
                filled["hash"] = pl.Series("hash", hashes, pl.List(pl.String))
            rows = pl.Series(ROW, [number for number, _ in self.packages], pl.UInt32)
            tables["packages"] = Table("packages", pl.DataFrame([rows, *filled.values()]).lazy())
        if self.lines:
            frame = pl.DataFrame(
                {ROW: [n for n, _ in self.lines], "text": [t for _, t in self.lines]}, {ROW: pl.UInt32, "text": pl.String}
            )
            tables["lines"] = Table("lines", frame.lazy())
        if not tables:
            raise SourceError(self.where, "names no package")
        return tables
