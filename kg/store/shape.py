"""The shape of a query, told from its text before anything is evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kg.store.guard import TOKEN

Kind = Literal["select", "ask", "construct", "describe", "other"]
_KINDS = frozenset(("select", "ask", "construct", "describe"))
# What makes an engine look at more than the first rows, or at one row for long.
_HEAVY = frozenset(
    (
        *("order", "group", "distinct", "reduced", "having", "count", "sum", "avg", "min", "max", "sample", "select"),
        *("regex", "replace", "concat", "contains", "service", "exists", "filter", "optional", "union", "minus"),
    )
)
_CHANGING = frozenset(("now", "rand", "uuid", "struuid", "bnode"))
_NUMBER = re.compile(r"(?:\s|#[^\n\r]*)*+(\d+)")
_LIGHT_CHARACTERS, _LIGHT_ROWS = 4_000, 1_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What a query's text says of itself.

    Attributes:
        kind: of query; ``other`` where the text has none of the four.
        names_dataset: whether FROM says which graphs it sees.
        limit: of the outermost query; None where it has none.
        light: whether it may be expected to be answered at once; a guess that only decides who waits for whom.
        repeatable: whether it has the same answer as long as the data stay: it asks for no time, chance or new names.
    """

    kind: Kind
    names_dataset: bool
    limit: int | None
    light: bool
    repeatable: bool


def shape_of(text: str) -> Shape:
    """Return the shape of a query; a text that is no query has some shape, too.

    >>> shape_of("SELECT * FROM <urn:g> { ?s ?p ?o } LIMIT 5 # NOW()")
    Shape(kind='select', names_dataset=True, limit=5, light=True, repeatable=True)
    >>> shape_of("PREFIX ask: <urn:a> CONSTRUCT { ?s ?p 'limit' } { ?s ?p ?o }").kind
    'construct'
    """
    kind: Kind = "other"
    names_dataset = False
    repeatable = True
    limit: int | None = None
    depth, groups = 0, 0
    heavy = len(text) > _LIGHT_CHARACTERS
    tokens = [token for token in TOKEN.finditer(text) if token.lastgroup != "comment"]
    for place, token in enumerate(tokens):
        match token.lastgroup:
            case "open":
                depth += 1
                groups += token.group() == "{"
            case "close":
                depth -= 1
            case "operator":
                heavy = heavy or (token.group() in {"*", "+"} and depth > 0)
            case "word" if not _is_name(text, token, tokens[place - 1] if place else None):
                word = token.group().lower()
                if kind == "other" and word in _KINDS:
                    kind = word  # type: ignore[assignment]
                    continue
                heavy = heavy or word in _HEAVY
                repeatable = repeatable and word not in _CHANGING
                if depth == 0:
                    names_dataset = names_dataset or word.startswith("from")
                    if groups and word == "limit":
                        found = _NUMBER.match(text, token.end())
                        limit = int(found[1]) if found else limit
    bounded = kind == "ask" or (limit is not None and limit <= _LIGHT_ROWS)
    return Shape(kind, names_dataset, limit, bounded and not heavy, repeatable)


def _is_name(text: str, token: re.Match[str], before: re.Match[str] | None) -> bool:
    """Say whether a word is a prefix (``limit:x``), the rest of a name, or a language tag (``@from``)."""
    follows = before is not None and before.end() == token.start() and before.lastgroup in {"local", "variable"}
    return follows or _is_prefix(text, token) or text.startswith("@", max(token.start() - 1, 0))


def _is_prefix(text: str, token: re.Match[str]) -> bool:
    """Say whether a word is a prefix; the parser needs no space after FROM, so that ``fromex:g`` is one if it is declared."""
    word = token.group()
    if not text.startswith(":", token.end()):
        return False
    return not word.lower().startswith("from") or re.search(rf"prefix\s*{word}:", text, re.IGNORECASE) is not None
