"""Write ontologies/column-words.tsv: what curators of IDR made of the columns of their annotation tables, as counted facts.

usage: make_column_words.py [--shared DIR] [--check]

A row says: in so many studies, a column with these words was shown in this group under this name, and the slot is the one that
mappings/idr-annotation.yaml gives such a column. ``=`` stands for the column's own words.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from kg.mapping import load_mapping
from kg.mapping.columns import find
from kg.suggest.header import header_of
from kg.suggest.shown import name_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "ontologies" / "column-words.tsv"
COLUMNS = ("phrase", "wrapper", "group", "name", "slot", "studies")
_GROUPS = "openmicroscopy.org/"
_CLASSES = (
    "Well", "Image", "Biosample", "Plate", "Specimen", "ImageAcquisition", "Instrument", "Objective", "SignalChannel",
    "Reagent", "Gene", "PreparationProtocol", "Person",
)  # fmt: skip
_HEAD = """\
# How curators of the Image Data Resource showed the columns of their annotation tables (https://github.com/IDR/idr-metadata),
# as counts: the words of the column, the group and name under which it is shown (= for its own words), the slot that
# mappings/idr-annotation.yaml gives such a column, and in how many studies. Written by scripts/make_column_words.py.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A column that a study shows: study, header, group (empty for none) and name."""

    study: str
    header: str
    group: str
    name: str


def rules(folder: Path) -> Iterator[Rule]:
    """Yield the columns that the studies show; a column that is only made into an address a second time counts once."""
    for file in sorted(folder.glob("idr*/*bulkmap-config.yml")):
        content = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
        shown = list(_columns(content.get("columns") or (), ""))
        plain = {(group, str(column["name"])) for group, column in shown if not column.get("clientvalue")}
        for group, column in shown:
            header = str(column["name"]).strip()
            if not column.get("clientvalue") or (group, str(column["name"])) not in plain:
                yield Rule(file.parent.name, header, group, str(column.get("clientname") or header).strip())


def _columns(columns: Iterable[dict[str, Any]], group: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for column in columns:
        inner = column.get("group")
        if inner:
            yield from _columns(inner.get("columns") or (), str(inner.get("namespace") or group).removeprefix(_GROUPS))
        else:
            yield group, column


@lru_cache(maxsize=8192)
def slots_of(header: str) -> tuple[str, ...]:
    """Return the slots that the mapping written by hand for IDR gives a column; empty for what it leaves."""
    mapping = _by_hand()
    found: dict[str, str] = {}
    for record in mapping.records:
        if record.class_ not in _CLASSES:
            continue
        for slot, some in record.slots.items():
            patterns = [p for rule in some for p in (rule.column or rule.first or rule.text or ())]
            patterns += [q for p in patterns if p in record.let for q in (record.let[p].column or record.let[p].first or ())]
            if any(find(pattern, [header]) for pattern in patterns if not pattern.startswith(("_", "$"))):
                found.setdefault(slot, f"{record.class_}.{slot}")
    return tuple(sorted(found.values()))


@lru_cache(maxsize=1)
def _by_hand() -> Any:  # noqa: ANN401 - a mapping
    return load_mapping(ROOT / "mappings" / "idr-annotation.yaml")


def rows(some: Iterable[Rule]) -> list[dict[str, str]]:
    """Return the rows of the table for the rules of some studies."""
    studies: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for rule in some:
        header = header_of(rule.header)
        slots = "|".join(slots_of(rule.header))
        key = (" ".join(header.words), header.wrapper, rule.group, name_rule(header, rule.name), slots)
        studies[key].add(rule.study)
    return [dict(zip(COLUMNS, (*key, str(len(in_))), strict=True)) for key, in_ in sorted(studies.items())]


def text(folder: Path) -> str:
    """Return the table."""
    lines = ["\t".join(row[name] for name in COLUMNS) for row in rows(rules(folder))]
    return _HEAD + "\n".join(["\t".join(COLUMNS), *lines]) + "\n"


def main() -> int:
    """Write the table, or with --check say whether it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the shared inputs; by default ../shared")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if the table differs")
    options = parser.parse_args()
    folder = options.shared / "data" / "inputs" / "idr"
    if not folder.is_dir():
        sys.exit(f"{folder} is not there")
    made = text(folder)
    if not options.check:
        FILE.write_text(made, encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != made:
        print(f"{FILE.relative_to(ROOT)} differs from what scripts/make_column_words.py writes")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
