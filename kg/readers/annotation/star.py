"""STAR files of RELION and others: loops and blocks as tables; of long loops, such as particles, only what they hold in all.

https://relion.readthedocs.io/ ; https://www.iucr.org/resources/cif/spec . A short loop (optics groups, micrographs of a small
set) is a table named by its block, a row per line, with the labels without their underscore; a block of single values has one
row. A loop of more than 1,000 rows, and every loop of particles, becomes the tables of `kg.readers.annotation.carrier`: number,
columns, classes, and images with their numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import LimitError, SourceError
from kg.problem import Problem
from kg.readers.annotation import carrier
from kg.readers.annotation.carrier import Carrier
from kg.readers.safe_xml import load
from kg.readers.text import decode
from kg.readers.tree import tables_of
from kg.table import Reading, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek
    from kg.table import Source

NAME = "star"
RANK = 45
TITLE = "STAR files of RELION and others (.star): optics groups, micrographs, particles"

_TOKEN = re.compile(r"'(?:[^']|'(?=\S))*'(?=\s|$)|\"(?:[^\"]|\"(?=\S))*\"(?=\s|$)|#.*|\S+")
_LABEL = re.compile(r"^_\S+")
_BLOCK = re.compile(r"^\s*data_\S*", re.MULTILINE)
_PARTICLE = re.compile(r"rlnCoordinate[XYZ]$|wrpCoordinate[XYZ]\d*$|rlnCenteredCoordinate[XYZ]Angst$")
_IMAGE = re.compile(r"(?:rln|wrp)(?:MicrographName|TomoName|SourceHash)$")
_CLASS = re.compile(r"rlnClassNumber$")
_FEW = 1_000


def claims(peek: Peek) -> bool:
    """Claim text with a data block followed by labels, named .star or with labels of RELION."""
    text = peek.text
    if not _BLOCK.search(text) or not re.search(r"^\s*_\w", text, re.MULTILINE):
        return False
    return peek.suffix == ".star" or re.search(r"^\s*_rln[A-Z]", text, re.MULTILINE) is not None


@dataclass(slots=True)
class _Block:
    name: str
    labels: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    loop: bool = False
    count: int = 0
    particles: bool = False
    images: int | None = None
    classes: int | None = None


def read(source: Source, limits: Limits) -> Reading:
    """Read all blocks.

    Raises:
        SourceError: no text, or no block with labels.
        LimitError: more labels than a table may have columns.
    """
    try:
        text = decode(load(source.path, limits, source.key)).text
    except UnicodeDecodeError as error:
        raise SourceError(source.key, f"is no text ({error.reason}), expected STAR") from error
    found = Carrier("STAR")
    blocks = _Blocks(found, limits, source.key)
    for number, line in enumerate(text.splitlines(), start=1):
        blocks.take(line, number)
    if not any(block.labels for block in blocks.all):
        raise SourceError(source.key, "has no block with labels, expected a STAR file")
    return _reading(blocks, found, source, limits)


def _reading(blocks: _Blocks, found: Carrier, source: Source, limits: Limits) -> Reading:
    tables: dict[str, Table] = {}
    long = [block for block in blocks.all if block.particles or block.count > _FEW]
    for block in blocks.all:
        if block.rows and block not in long:
            for kind, table in tables_of(block.rows, limits, source.key, root=block.name or "data").items():
                tables[_free(kind, tables)] = table
    if blocks.odd:
        said = ("a line with another number of values than the loop has labels", "a value for each label")
        where = tuple(blocks.odd[:5])
        found.problems.append(Problem(source.key, "star-line", *said, rows=where, count=len(blocks.odd), repair="skipped"))
    facts = {
        "file": source.key.rpartition("/")[2],
        "format": found.form,
        "blocks": ", ".join(block.name for block in blocks.all)[:200],
    }
    if any(label.startswith("rln") for block in blocks.all for label in block.labels):
        facts["dialect"] = "relion"
    if not long:
        return Reading(NAME, tables, tuple(found.problems), facts)
    found.derived["_columns"] = list(dict.fromkeys(label for block in long for label in block.labels))
    found.derived["_blocks"] = [block.name or "data" for block in long]
    found.count = sum(block.count for block in long)
    if any(block.particles for block in long):
        found.kinds(carrier.POINTS)
        found.unit = _unit(block.labels for block in long)
    told = found.reading(NAME, source, limits)
    return Reading(NAME, {**tables, **told.tables}, told.problems, facts)


def _unit(labels: Iterable[Sequence[str]]) -> str:
    """Return the unit that RELION defines for its coordinates; empty where loops differ or it is another program's."""
    units = {
        "angstrom" if label.endswith("Angst") else "pixel"
        for some in labels
        for label in some
        if re.fullmatch(r"rlnCoordinate[XYZ]|rlnCenteredCoordinate[XYZ]Angst", label)
    }
    return units.pop() if len(units) == 1 else ""


def _free(kind: str, tables: dict[str, Table]) -> str:
    while kind in tables:
        kind += "_"
    return kind


class _Blocks:
    """The blocks of a file while its lines are read."""

    def __init__(self, found: Carrier, limits: Limits, where: str) -> None:
        self.all: list[_Block] = []
        self.odd: list[int] = []
        self._found = found
        self._limits = limits
        self._where = where

    def take(self, line: str, number: int) -> None:
        """Read one line."""
        bare = line.strip()
        if not bare or bare.startswith("#"):
            return
        if bare.startswith("data_"):
            self.all.append(_Block(bare[5:].split()[0] if len(bare) > 5 else ""))  # noqa: PLR2004 - data_
        elif not self.all:
            self.odd.append(number)
        elif bare == "loop_":
            if self.all[-1].labels:  # a second loop in one block
                self.all.append(_Block(self.all[-1].name))
            self.all[-1].loop = True
        elif _LABEL.match(bare) and not (self.all[-1].loop and self.all[-1].count):
            self._label(self.all[-1], bare)
        else:
            self._values(self.all[-1], bare, number)

    def _label(self, block: _Block, bare: str) -> None:
        words = _words(bare)
        label = words[0][1:]
        if len(block.labels) >= self._limits.columns:
            raise LimitError(self._where, f"a block has more than {self._limits.columns:,} labels")
        block.labels.append(label)
        if block.loop:
            at = len(block.labels) - 1
            block.particles = block.particles or bool(_PARTICLE.search(label))
            block.images = at if block.images is None and _IMAGE.search(label) else block.images
            block.classes = at if block.classes is None and _CLASS.search(label) else block.classes
        else:
            if not block.rows:
                block.rows.append({})
            block.rows[0][label] = " ".join(words[1:])

    def _values(self, block: _Block, bare: str, number: int) -> None:
        words = _words(bare)
        if not block.loop or len(words) != len(block.labels):
            self.odd.append(number)
            return
        block.count += 1
        if not block.particles and block.count <= _FEW:
            block.rows.append(dict(zip(block.labels, words, strict=True)))
            return
        if block.count == _FEW + 1:  # those kept so far count like the rest
            for row in block.rows:
                self._tally(block, [row.get(label, "") for label in block.labels])
            block.rows.clear()
        self._tally(block, words)

    def _tally(self, block: _Block, words: list[str]) -> None:
        for at, tally in ((block.images, self._found.images), (block.classes, self._found.classes)):
            if at is not None:
                # a particle names its micrograph as 000001@path
                name = words[at].rpartition("@")[2]
                tally.add(name, cells={block.labels[at]: name})


def _words(line: str) -> list[str]:
    words: list[str] = []
    for match in _TOKEN.finditer(line):
        word = match[0]
        if word.startswith("#"):
            break
        words.append(word[1:-1] if len(word) > 1 and word[0] in "'\"" and word[0] == word[-1] else word)
    return words
