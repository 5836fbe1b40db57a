"""One TIFF as tables: its tags, where its pages differ, and what its maker's programs left in it.

* ``TiffFile``: one row with the layout and the tags of the first page, under their TIFF names. ``_pixel_width`` and
  ``_pixel_height`` are what the resolution comes to in ``_unit`` (cm or inch; empty where there is none); ``_calibrated`` is 1
  where a pixel is smaller than any printer's dot, so that it is the size of something seen.
* ``TiffPage``: a row per page whose tags differ from those of the first, with only the tags that differ; ``_page`` counts
  from 0.
* a table or several for each block of a maker (`light`, `sem`, `slides`).

Every table has the column ``_file``, so that the tables of several files can stand below one another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import polars as pl

from kg.problem import Problem
from kg.readers.limits import Limits
from kg.readers.tiff import light, sem, slides
from kg.readers.tiff.mm import Acquisition
from kg.readers.tiff.pages import Pages, pages_of
from kg.readers.tiff.tags import DAMAGE, layout, opened
from kg.readers.tiff.texts import below_one_another, rows_of
from kg.table import Reading, Table

FILE, PAGE = "TiffFile", "TiffPage"

_UNITS = {"INCH": ("inch", Fraction(254, 100)), "CENTIMETER": ("cm", Fraction(1))}
_FINEST_PRINT = 1000  # dots per centimetre


@dataclass(frozen=True, slots=True)
class OneTiff:
    """What one TIFF says.

    Attributes:
        frames: kind to table.
        facts: which makers' blocks it has (``dialects``), the root of its XML, the number of pages, what was not read.
        problems: what was wrong on the way.
        acquisition: what Micro-Manager says in it.
    """

    frames: dict[str, pl.DataFrame]
    facts: dict[str, str]
    problems: tuple[Problem, ...]
    acquisition: Acquisition


def tables_of_tiff(content: Path | bytes, name: str, where: str, limits: Limits) -> OneTiff:
    """Return the tables of one TIFF.

    Args:
        content: the file, or its bytes.
        name: how tables name it in ``_file``.
        where: key of the source, for messages.
        limits: bounds on texts and tables.

    Raises:
        SourceError: it cannot be opened, or is damaged in its first page.
        LimitError: a text in it is beyond the limits.
    """
    with opened(content, where) as (tiff, remarks):
        file = pages_of(tiff, name, where, limits, remarks)
        found, dialects = _of_makers(file)
        frames = {FILE: _file(file), **_pages(file), **found}
        facts = {"dialects": " ".join(dialects), "pages": str(file.count or "")}
        said = remarks.problems(where)[:10]
    facts["xml_root"] = next((str(frame["_root"][0]) for frame in found.values() if "_root" in frame.columns), "")
    if file.texts.left_out:
        facts["tags_not_read"] = ", ".join(file.texts.left_out)[:2000]
    own = pl.lit(name).alias("_file")
    named = {kind: frame.drop("_root", strict=False).with_columns(own) for kind, frame in frames.items()}
    problems = (*said, *file.texts.problems, *file.problems)
    return OneTiff(named, {key: value for key, value in facts.items() if value}, problems, file.acquisition)


def joined(tiffs: Iterable[OneTiff], reader: str) -> Reading:
    """Return the tables of several TIFFs below one another."""
    frames: dict[str, list[pl.DataFrame]] = {}
    facts: dict[str, dict[str, None]] = {}
    problems: list[Problem] = []
    for tiff in tiffs:
        problems.extend(tiff.problems)
        for kind, frame in tiff.frames.items():
            frames.setdefault(kind, []).append(frame)
        for name, text in tiff.facts.items():
            facts.setdefault(name, {}).update(dict.fromkeys(text.split(" ") if name == "dialects" else [text]))
    tables = {kind: Table(kind, below_one_another(several).lazy()) for kind, several in frames.items()}
    return Reading(reader, tables, tuple(problems), {name: " ".join(texts) for name, texts in facts.items()})


def _of_makers(file: Pages) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Return the tables of the makers' blocks, and the names of the functions that found some."""
    found: dict[str, pl.DataFrame] = {}
    dialects = []
    for dialect in (*light.DIALECTS, *sem.DIALECTS, *slides.DIALECTS):
        try:
            frames = dialect(file)
        except DAMAGE as error:
            file.damaged(dialect.__name__, error)
            continue
        if frames:
            dialects.append(dialect.__name__)
        for kind, frame in frames.items():
            free = f"{kind}~" if kind in {FILE, PAGE} else kind
            found[free] = below_one_another([found[free], frame]) if free in found else frame
    return found, dialects


def _file(file: Pages) -> pl.DataFrame:
    cells = layout(file.tiff) | ({"Pages": str(file.count)} if file.count else {})
    cells |= file.texts.cells(file.pages[0], file.is_taken)
    frame = rows_of(FILE, [dict(cells)], file.limits, file.where)[FILE]
    unit, per_centimetre = _UNITS.get(cells.get("ResolutionUnit", "NONE"), ("", Fraction(0)))
    wide, high = _fraction(cells.get("XResolution", "")), _fraction(cells.get("YResolution", ""))
    fine = unit and wide and wide / per_centimetre > _FINEST_PRINT
    structure = {
        "_pixel_width": f"{float(1 / wide):.12g}" if wide else None,
        "_pixel_height": f"{float(1 / high):.12g}" if high else None,
        "_unit": unit or None,
        "_calibrated": "1" if fine else None,
    }
    return frame.with_columns(pl.lit(value, pl.String).alias(name) for name, value in structure.items())


def _fraction(text: str) -> Fraction | None:
    """Return a resolution; None where it is zero or no number."""
    try:
        found = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return found if found > 0 else None


def _pages(file: Pages) -> dict[str, pl.DataFrame]:
    first = file.texts.cells(file.pages[0], file.is_taken)
    rows, numbers = [], []
    for number, page in enumerate(file.pages[1:], start=1):
        cells = file.texts.cells(page, file.is_taken)
        differing = {key: cell for key, cell in cells.items() if first.get(key) != cell}
        if differing:
            rows.append(dict(differing))
            numbers.append(str(number))
    if not rows:
        return {}
    frame = rows_of(PAGE, rows, file.limits, file.where)[PAGE]
    return {PAGE: frame.with_columns(pl.Series("_page", numbers, pl.String))}
