"""Reading the text of a SPARQL update: operations of tokens, every IRI in full, nothing that can be read in two ways.

Oxigraph's parser takes a keyword without space around it (``trueGRAPH <g>``) and tries another reading where an IRI or an
escape is invalid. So what is evaluated is not the text that came but the tokens found here, written anew with space between
them: what was checked is what is done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import pyoxigraph as ox

from kg.errors import QueryError

Kind = Literal["iri", "blank", "variable", "string", "tag", "number", "word", "mark"]


class Token(NamedTuple):
    """A token: its kind, and its text as it is written anew; IRIs in full in angle brackets, keywords in capitals."""

    kind: Kind
    text: str


Operation = tuple[Token, ...]

MAX_NESTING = 500
_MARGIN = 40  # characters of a text that an error shows
_GLUED = frozenset(("CONCAT", "COALESCE", "BNODE"))

_OTHER = r"[^\x00-\x7f]"
_UCHAR = r"\\u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}|\\U00(?:0[1-9A-Fa-f]|10)[0-9A-Fa-f]{4}"
_ESCAPE = rf"\\[tbnrf\"'\\]|{_UCHAR}"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_NAME = rf"[A-Za-z0-9_\-]|{_OTHER}"
_LOCAL = rf"(?:{_NAME}|[:]|{_PLX})"
_EXPONENT = r"[eE][+-]?[0-9]+"
_TOKEN = re.compile(
    rf"(?P<space>[ \t\r\n]+|\#[^\r\n]*)"
    rf"|(?P<iri><(?:[^\x00-\x20<>\"{{}}|^`\\]|{_UCHAR})*+>)"
    rf"|(?P<string>\"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_ESCAPE}))*+\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*+'''"
    rf"|\"(?:[^\"\\\r\n]|{_ESCAPE})*+\"|'(?:[^'\\\r\n]|{_ESCAPE})*+')"
    rf"|(?P<blank>_:(?:[A-Za-z0-9_]|{_OTHER})(?:{_NAME}|\.+(?={_NAME}))*+)"
    rf"|(?P<name>(?:(?:[A-Za-z]|{_OTHER})(?:{_NAME}|\.+(?={_NAME}))*+)?:(?:(?!-){_LOCAL}(?:{_LOCAL}|\.+(?={_LOCAL}))*+)?)"
    rf"|(?P<variable>[?$](?:[A-Za-z0-9_]|{_OTHER})+)"
    rf"|(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)"
    rf"|(?P<number>[+-]?(?:[0-9]+\.[0-9]*{_EXPONENT}|\.?[0-9]+{_EXPONENT}|[0-9]*\.[0-9]+|[0-9]+))"
    r"|(?P<word>[A-Za-z][A-Za-z0-9_]*+)"
    r"|(?P<mark>\^\^|<<\(|\)>>|<<|>>|\{\||\|\}|\|\||&&|<=|>=|!=|[{}()\[\];,.|/^?*+\-!=<>~])",
    re.DOTALL,
)
_OPEN = frozenset(("{", "(", "[", "<<(", "<<", "{|"))
_CLOSE = frozenset(("}", ")", "]", ")>>", ">>", "|}"))
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_LOCAL_ESCAPE = re.compile(r"\\(.)")
_REFERENCE = re.compile(rf"(?:[^\x00-\x20<>\"{{}}|^`\\]|{_UCHAR})*+")
_CALLED = re.compile(r"[ \t\r\n]*\(")
_VALUES = frozenset(("true", "false"))  # in small letters to Oxigraph
# A word that is none of these is refused: it could be two words to the parser.
_WORDS = frozenset(
    (
        *("ADD", "ALL", "AS", "ASC", "ASK", "BASE", "BIND", "BY", "CLEAR"),
        *("CONSTRUCT", "COPY", "CREATE", "DATA", "DEFAULT", "DELETE", "DESC", "DESCRIBE", "DISTINCT"),
        *("DROP", "EXISTS", "FILTER", "FROM", "GRAPH", "GROUP", "HAVING", "IN"),
        *("INSERT", "INTO", "LATERAL", "LIMIT", "LOAD", "MINUS", "MOVE", "NAMED", "NOT"),
        *("OFFSET", "OPTIONAL", "ORDER", "PREFIX", "REDUCED", "SELECT", "SEPARATOR", "SERVICE", "SILENT"),
        *("TO", "UNDEF", "UNION", "USING", "VALUES", "VERSION", "WHERE", "WITH"),
    )
)


@dataclass(slots=True)
class _Names:
    """What IRIs are relative to, and what prefixes stand for, at one place of the text."""

    base: str
    prefixes: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def iri(self, reference: str) -> str:
        """Return an IRI in full; ``reference`` is without its brackets."""
        if _ABSOLUTE.match(reference) and "\\" not in reference and "/." not in reference:
            return reference
        found = self.known.get(reference)
        if found is None:
            found = self.known[reference] = resolved(reference, self.base)
        return found

    def rebase(self, base: str) -> None:
        self.base = base
        self.known.clear()

    def name(self, text: str) -> str:
        """Return the IRI of a prefixed name."""
        prefix, _, local = text.partition(":")
        start = self.prefixes.get(prefix)
        if start is None:
            raise QueryError("update", f"the prefix {prefix + ':'!r} is not declared")
        return start + (_LOCAL_ESCAPE.sub(r"\1", local) if "\\" in local else local)


def resolved(reference: str, base: str, where: str = "update") -> str:
    """Return an IRI reference in full, as Oxigraph resolves it; raises QueryError where it is none, about ``where``."""
    try:
        if not _REFERENCE.fullmatch(reference):
            raise ValueError(reference)  # noqa: TRY301 - one end for all that is no IRI
        parsed = ox.parse(f"<{reference}> <urn:p> <urn:o> .", format=ox.RdfFormat.TURTLE, base_iri=base or None)
        subject = next(iter(parsed)).subject
    except (SyntaxError, ValueError, StopIteration) as error:
        raise QueryError(where, f"found <{reference[:100]}>, expected an absolute IRI") from error
    return str(getattr(subject, "value", ""))


def read_operations(text: str, base: str = "") -> list[Operation]:
    """Return the operations of an update, without their prologues.

    >>> [" ".join(token.text for token in one) for one in read_operations("PREFIX e: <urn:> CREATE GRAPH e:g; clear all")]
    ['CREATE GRAPH <urn:g>', 'CLEAR ALL']

    Raises:
        QueryError: it cannot be read, is nested too deeply, or has a relative IRI and there is no base.
    """
    names = _Names(base)
    operations = []
    for raw in _split(text):
        tokens = list(_written(_without_prologue(raw, names), names))
        operations.append(tuple(tokens))
    if operations and not operations[-1]:
        operations.pop()
    if not all(operations):
        raise QueryError("update", "found ';' where an operation was expected")
    return operations


def written(operation: Operation) -> str:
    """Return an operation as text, in one reading only."""
    pieces: list[str] = []
    before = ""
    for kind, text in operation:
        # A language tag and a datatype belong to the string before them, and the engine wants the brackets of some functions
        # right after their names.
        glued = not pieces or before == "^^" or kind == "tag" or text == "^^" or (text == "(" and before in _GLUED)
        pieces.append(text if glued else " " + text)
        before = text
    return "".join(pieces)


def _split(text: str) -> Iterator[list[tuple[str, str]]]:
    """Yield the raw tokens of each operation: the name of the group, and the text."""
    found: list[tuple[str, str]] = []
    end = depth = 0
    for match in _TOKEN.finditer(text):
        if match.start() != end:
            break
        end = match.end()
        kind, piece = str(match.lastgroup), match.group()
        if kind == "space":
            continue
        if kind == "mark":
            depth += (piece in _OPEN) - (piece in _CLOSE)
            if depth > MAX_NESTING:
                raise QueryError("update", f"brackets nested more than {MAX_NESTING} deep")
            if piece == ";" and depth == 0:
                yield found
                found = []
                continue
        if kind == "word":
            piece = _keyword(piece, text, end)
        found.append((kind, piece))
    if end != len(text):
        raise QueryError("update", f"not SPARQL 1.1: cannot read {text[end : end + _MARGIN]!r} (character {end + 1})")
    yield found


def _keyword(word: str, text: str, end: int) -> str:
    if word == "a" or word.lower() in _VALUES:
        return word
    capitals = word.upper()
    if capitals in _WORDS or _CALLED.match(text, end):
        return capitals
    raise QueryError("update", f"not SPARQL 1.1: found {word[:_MARGIN]!r}, which is no keyword and no function")


def _without_prologue(raw: list[tuple[str, str]], names: _Names) -> list[tuple[str, str]]:
    place = 0
    while place < len(raw) and raw[place][0] == "word" and raw[place][1] in {"BASE", "PREFIX", "VERSION"}:
        kinds = [kind for kind, _ in raw[place + 1 : place + 3]]
        match raw[place][1]:
            case "BASE" if kinds[:1] == ["iri"]:
                names.rebase(names.iri(raw[place + 1][1][1:-1]))
                place += 2
            case "PREFIX" if kinds == ["name", "iri"] and raw[place + 1][1].find(":") == len(raw[place + 1][1]) - 1:
                names.prefixes[raw[place + 1][1][:-1]] = names.iri(raw[place + 2][1][1:-1])
                place += 3
            case "VERSION" if kinds[:1] == ["string"]:
                place += 2
            case word:
                raise QueryError("update", f"not SPARQL 1.1: {word} is not followed by what it declares")
    return raw[place:]


def _written(raw: list[tuple[str, str]], names: _Names) -> Iterator[Token]:
    for kind, piece in raw:
        match kind:
            case "iri":
                yield Token("iri", f"<{names.iri(piece[1:-1])}>")
            case "name":
                yield Token("iri", f"<{names.name(piece)}>")
            case _:
                yield Token(kind, piece)  # type: ignore[arg-type]
