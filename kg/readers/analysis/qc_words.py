"""Headers of tables of quality control: which column has which role, in the words of ``ontologies/qc-words.tsv``."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kg.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VALUES = ("observed", "expected", "installation", "tolerance", "lower", "upper", "deviation")
"""Roles whose cells are numbers of the measurement, each with a unit."""
ROLES = (
    "metric", *VALUES, "unit", "passed", "date", "instrument", "serial", "objective", "channel", "wavelength", "operator",
    "sample", "comment",
)  # fmt: skip
"""Roles that a column can have, in the order of the columns."""

_CONTEXT = tuple(role for role in ROLES if role not in {"metric", *VALUES})
_TARGETS = {"expected", "installation", "tolerance", "lower", "upper"}
_MICROSCOPE = {"instrument", "objective", "channel", "wavelength", "installation"}
_OCCASION = {"date", "instrument", "serial", "objective", "sample", "operator", "about"}
_BRACKET = re.compile(r"(?P<label>.*?)\s*[\[(](?P<inside>[^\[\]()]*)[\])]\s*", re.DOTALL)
_TAIL = re.compile(r"(?P<label>.*[^\W\d_])(?P<digits>\s?\d+\s?(?:nm)?)?\s*(?:_|,|/| in )\s*(?P<unit>[^\s_,/]+)\s*", re.DOTALL)
_POWERS = frozenset({"W", "mW", "uW", "nW"})
_LASER = re.compile(r"\b(?:laser|\d{3} ?nm|\d{3})\b")
_EDGE = r"(?:\W|_)+"
_LONGEST = 200  # characters of a header that is looked at
_MOST_COLUMNS = 300


@dataclass(frozen=True, slots=True)
class Head:
    """A header taken apart.

    Attributes:
        column: as it stands.
        label: without its unit.
        unit: as written in brackets or after a comma or underscore; empty where there is none.
        words: the label folded, without brackets.
    """

    column: str
    label: str
    unit: str
    words: str


@dataclass(frozen=True, slots=True)
class Form:
    """What the columns of a table of quality control mean.

    Attributes:
        roles: role to the one column that has it.
        measures: of a wide table, what is measured to the columns of its values by role; empty for a long table.
    """

    roles: Mapping[str, Head]
    measures: Mapping[str, Mapping[str, Head]]


@dataclass(frozen=True, slots=True)
class _Words:
    phrases: Mapping[str, tuple[str, ...]]
    symbols: frozenset[str]


def fold(text: str) -> str:
    """Return a text for comparison: words in lower case, one space between them.

    >>> fold("Stage_Repeatability:"), fold("Pass/Fail")
    ('stage repeatability', 'pass fail')
    """
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def plain_unit(text: str) -> str:
    """Return a unit with one spelling of micro."""
    return unicodedata.normalize("NFKC", text.strip()).replace("\u03bc", "u").replace("\u00b5", "u")


@cache
def _words() -> _Words:
    phrases: dict[str, list[str]] = {}
    with (data_dir("ontologies") / "qc-words.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
            phrases.setdefault(row["role"], []).append(row["phrase"])
    symbols = frozenset(map(plain_unit, phrases.pop("symbol")))
    return _Words({role: tuple(map(fold, some)) for role, some in phrases.items()}, symbols)


@cache
def _found_in(role: str) -> re.Pattern[str]:
    """Return a pattern that finds the phrases of a role anywhere in a folded text."""
    return re.compile(rf"\b(?:{'|'.join(sorted(_words().phrases[role], key=len, reverse=True))})\b")


@cache
def _around(role: str) -> re.Pattern[str]:
    """Return a pattern for a label that begins or ends with a phrase of a role."""
    some = sorted(_words().phrases[role], key=len)  # "expected" before "expected fwhm", which is both
    words = "|".join(_EDGE.join(map(re.escape, phrase.split())) for phrase in some)
    return re.compile(rf"(?:{words}){_EDGE}(?P<after>.+)|(?P<before>.+?){_EDGE}(?:{words})\W*", re.IGNORECASE | re.DOTALL)


def ratio_pattern() -> str:
    """Return a regular expression for folded metrics that are numbers without a unit."""
    return _found_in("ratio").pattern


def head_of(column: str) -> Head:
    """Take a header apart; what stands in brackets and is no unit belongs to the label.

    >>> head = head_of("Laser power (488 nm) [mW]")
    >>> head.label, head.unit, head.words
    ('Laser power (488 nm)', 'mW', 'laser power')
    >>> head_of("fwhm_x_um").unit, head_of("Result (mean)").unit
    ('um', '')
    """
    label, unit = column.strip(), ""
    if len(label) > _LONGEST:
        return Head(column, label, "", "")
    symbols = _words().symbols
    bracket = _BRACKET.fullmatch(label)
    tail = _TAIL.fullmatch(label)
    if bracket and plain_unit(bracket["inside"]) in symbols:
        label, unit = bracket["label"], bracket["inside"].strip()
    elif tail and plain_unit(tail["unit"]) in symbols and len(tail["unit"]) > 1:
        label, unit = f"{tail['label']}{tail['digits'] or ''}".strip(), tail["unit"]
    return Head(column, label, unit, fold(re.sub(r"[\[(][^\[\]()]*[\])]", " ", label)))


def form_of(columns: Sequence[str]) -> Form | None:
    """Return what the columns mean if they are those of a table of quality control, else None."""
    if not 1 < len(columns) <= _MOST_COLUMNS:
        return None
    heads = [head_of(column) for column in columns]
    return _long(heads) or _wide(heads) or _log(heads)


def _roles(heads: Sequence[Head], roles: Sequence[str], *, loose: bool) -> dict[str, Head]:
    """Return the column of each role; no column has two."""
    by_words: dict[str, Head] = {}
    for head in heads:
        by_words.setdefault(head.words, head)
    found: dict[str, Head] = {}
    for role in [*roles, *(f"{role}?" for role in roles if loose)]:
        for phrase in _words().phrases.get(role, ()):
            named = by_words.get(phrase)
            if named is not None and named not in found.values():
                found.setdefault(role.rstrip("?"), named)
    return {role: found[role] for role in roles if role in found}


def _long(heads: Sequence[Head]) -> Form | None:
    """Return the form of a table with a row per measurement."""
    strict = _roles(heads, ROLES, loose=False)
    roles = _roles(heads, ROLES, loose=True)
    if not {"metric", "observed"} <= roles.keys():
        return None
    microscope = bool(_MICROSCOPE & strict.keys()) or any(_found_in("measure").search(fold(head.label)) for head in heads)
    if _TARGETS & roles.keys():
        told = microscope or ({"metric", "observed"} <= strict.keys() and bool(_TARGETS & strict.keys()))
    else:
        told = microscope and "metric" in strict and bool({"date", "passed"} & strict.keys())
    if not told:
        return None
    if "deviation" in roles or roles["observed"].words in {"mean", "average"}:  # then min and max are of the measured values
        roles = {role: head for role, head in roles.items() if role not in {"lower", "upper"} or role in strict}
    return Form(roles if microscope else {**roles, **strict}, {})


def _wide(heads: Sequence[Head]) -> Form | None:
    """Return the form of a table with a column per metric."""
    roles = _roles(heads, _CONTEXT, loose=False)
    about = _roles(heads, ("about",), loose=False)
    taken = [*roles.values(), *about.values()]
    rest = [head for head in heads if head not in taken]
    sure = [head for head in rest if _found_in("measure").search(fold(head.label))]
    able = [head for head in rest if head in sure or _found_in("measure?").search(fold(head.label))]
    measured = [head for head in rest if head in able or (head.unit and _found_in("ratio").search(fold(head.label)))]
    measured += [head for head in rest if head not in measured and _found_in("ratio").search(fold(head.label))]
    if not (_OCCASION & {*roles, *about}) or not able:
        return None
    with_unit = any(head.unit for head in sure)
    several = len(sure) > 1 and bool({"instrument", "objective"} & roles.keys())
    # a power alone may be a setting of an image, unless the table is about nothing else
    logged = {"date", "instrument"} <= roles.keys() and any(head.unit for head in able) and len(measured) == len(rest)
    return Form(roles, _measures(measured)) if with_unit or several or logged else None


def _log(heads: Sequence[Head]) -> Form | None:
    """Return the form of a log of the power of lasers: each column is a power, what was set, or tells of laser and occasion."""
    roles = _roles(heads, _CONTEXT, loose=True)
    settings = _roles_all(heads, "setting")
    powers = [head for head in heads if head not in roles.values() and head not in settings]
    if not powers or not all(
        plain_unit(head.unit) in _POWERS and _found_in("power").search(fold(head.label)) for head in powers
    ):
        return None
    measures = _measures(powers)
    compared = any(_TARGETS & some.keys() for some in measures.values())
    lasers = "wavelength" in roles or all(_LASER.search(fold(head.label)) for head in powers)
    return Form(roles, measures) if lasers and ("date" in roles or compared) else None


def _roles_all(heads: Sequence[Head], role: str) -> list[Head]:
    """Return all columns whose words are a phrase of a role."""
    return [head for head in heads if head.words in _words().phrases[role]]


def _measures(heads: Sequence[Head]) -> dict[str, dict[str, Head]]:
    """Return what is measured with its columns: ``Expected FWHM X`` is the expected value of ``FWHM X``."""
    measures: dict[str, dict[str, Head]] = {}
    spelt: dict[str, str] = {}
    for head in sorted(heads, key=lambda head: _role_of(head)[0] != "observed"):
        role, label = _role_of(head)
        name = spelt.setdefault(fold(label), label)
        while role in measures.get(name, {}):  # the same once more: a measurement of its own
            name += " (2)"
        measures.setdefault(name, {})[role] = head
    order = [head.column for head in heads]
    return dict(sorted(measures.items(), key=lambda item: min(order.index(head.column) for head in item[1].values())))


def _role_of(head: Head) -> tuple[str, str]:
    """Return the role of a column of a wide table, and what it measures."""
    for role in (*VALUES[1:], "observed"):
        match = _around(role).fullmatch(head.label)
        label = ((match["after"] or match["before"]) if match else "").strip()
        if label and any(_found_in(some).search(fold(label)) for some in ("measure", "measure?", "ratio", "power")):
            return role, label
    return "observed", head.label
