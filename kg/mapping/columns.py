"""Column patterns: how a mapping names the columns of headers that are spelt in many ways."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.errors import MappingError

_SPACES = re.compile(r"\s+")
_N = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=16384)
def fold(header: str) -> str:
    """Return a header without the differences that mean nothing: runs of white space, the space before a bracket.

    >>> fold("Comment [ Image  File Path]")
    'Comment[Image File Path]'
    """
    text = _SPACES.sub(" ", header.strip())
    return text.replace(" [", "[").replace("[ ", "[").replace(" ]", "]")


@lru_cache(maxsize=16384)
def _lower(header: str) -> str:
    return fold(header).lower()


@dataclass(frozen=True, slots=True)
class Found:
    """A column that a pattern matched, with what its groups held.

    Attributes:
        name: the column as the table has it.
        groups: named parts, such as ``{"n": "3"}`` for ``Phenotype {n}``.
    """

    name: str
    groups: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=8192)  # re's own cache is smaller than what a few mappings say
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the expression for a column pattern: ``~`` leads a regular expression, ``{n}`` stands for a number.

    Matching ignores case and looks at folded headers, as a whole.

    Raises:
        MappingError: the regular expression is wrong.
    """
    if pattern.startswith("~"):
        source = pattern[1:]
    else:
        parts = _N.split(fold(pattern))
        source = "".join(re.escape(part) if i % 2 == 0 else rf"(?P<{part}>\d+)" for i, part in enumerate(parts))
    try:
        return re.compile(source, re.IGNORECASE)
    except re.error as error:
        raise MappingError("column pattern", f"{pattern!r} is not a regular expression: {error}") from error


def find(pattern: str, headers: Sequence[str]) -> list[Found]:
    """Return the columns that match, in the order of the header.

    >>> [f.name for f in find("Phenotype {n}", ["Phenotype 2", "phenotype 1", "Phenotype 1 Term Name"])]
    ['Phenotype 2', 'phenotype 1']
    """
    if pattern in headers:
        return [Found(pattern)]
    if not pattern.startswith("~") and "{" not in pattern:  # a plain name, as most are; to compile it would take longest
        name = _lower(pattern)
        return [Found(header) for header in headers if _lower(header) == name]
    expression = compile_pattern(pattern)
    found = []
    for header in headers:
        match = expression.fullmatch(fold(header))
        if match:
            found.append(Found(header, tuple((k, v) for k, v in match.groupdict().items() if v is not None)))
    return found


def fill(pattern: str, found: Found) -> str:
    """Return a companion's pattern with the groups of the anchor put in for ``{n}``.

    >>> fill("Phenotype {n} Term Accession", Found("Phenotype 3", (("n", "3"),)))
    'Phenotype 3 Term Accession'
    """
    for key, value in found.groups:
        pattern = pattern.replace("{" + key + "}", value)
    return pattern


def beside(anchor: str, headers: Sequence[str], expression: str, stop: Sequence[str], side: str) -> str | None:
    """Return the companion column next to an anchor: the first that matches before any column that is no companion.

    Args:
        anchor: the column whose companion is sought.
        headers: the table's header, in order.
        expression: pattern of the companion.
        stop: patterns of all kinds of companion; a column that matches none of them ends the search.
        side: ``after`` or ``before``.
    """
    step = 1 if side == "after" else -1
    place = headers.index(anchor) + step
    while 0 <= place < len(headers):
        folded = fold(headers[place])
        if re.fullmatch(expression, folded, re.IGNORECASE):
            return headers[place]
        if not any(re.fullmatch(other, folded, re.IGNORECASE) for other in stop):
            return None
        place += step
    return None
