"""A Question: SPARQL with a head of comment lines.

::

    # title: Studies by imaging method, with every kind of it
    # asks: 2, 8
    # param: method term = FBbi:00000251 | imaging method
    SELECT ... WHERE { VALUES ?method { obo:FBbi_00000251 } ... }

The file is valid SPARQL as it stands, with the defaults. A value given for a parameter takes the place of what stands between
the braces of ``VALUES ?name { ... }``, written as one RDF term, so that no text can become part of the query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from kg.curie import PREFIXES, expand, is_iri
from kg.errors import QueryError
from kg.paths import data_dir

Kind = Literal["term", "iri", "text", "integer", "decimal", "date"]
_HEAD = re.compile(r"#\s*(title|asks|param|note):\s*(.*)")
_PARAM = re.compile(r"(?P<name>\w+)\s+(?P<kind>\w+)(?:\s*=\s*(?P<default>[^|]*?))?\s*(?:\|\s*(?P<about>.*))?")
_PLACE = re.compile(r'VALUES\s+\?(?P<name>\w+)\s*\{(?:"(?:[^"\\\n]|\\.)*"|[^}"])*\}')
# "\u" is told apart from an escaped code point in two ways, since engines replace those before or while they read strings.
_ESCAPED = MappingProxyType({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\\u": "\\\\\\u0075", "\\U": "\\\\\\u0055"})
_TO_ESCAPE = re.compile(r'\\[uU]|[\\"\n\r]')
_SHAPES = MappingProxyType(
    {"integer": r"[+-]?[0-9]+", "decimal": r"[+-]?[0-9]+(\.[0-9]+)?", "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}"}
)
_EXAMPLES = MappingProxyType({"integer": "such as 2", "decimal": "such as 1.2", "date": "such as 2021-03-15"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a question takes.

    Attributes:
        name: name of the SPARQL variable, without the question mark.
        kind: ``term`` is a CURIE or an IRI.
        default: used when none is given; None where one must be given.
        about: what it means.
    """

    name: str
    kind: Kind
    default: str | None
    about: str


@dataclass(frozen=True, slots=True)
class Question:
    """One query file.

    Attributes:
        name: file name without ``.rq``.
        title: one line for people.
        asks: numbers of the competency questions that it answers.
        note: what the answer does not cover; may be empty.
        parameters: in the order of the head.
        sparql: the whole text.
    """

    name: str
    title: str
    asks: tuple[int, ...]
    note: str
    parameters: tuple[Parameter, ...]
    sparql: str


def load_question(path: Path) -> Question:
    """Read one query file.

    Raises:
        QueryError: it cannot be read, or its head is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(path.name, f"cannot be read ({error})") from error
    return parse_question(path.stem, text)


def parse_question(name: str, text: str) -> Question:
    """Read the head of a query text.

    >>> parse_question("mine", "# asks: 7, 10").asks
    (7, 10)

    Raises:
        QueryError: its head is wrong.
    """
    head: dict[str, list[str]] = {"title": [], "asks": [], "param": [], "note": []}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        found = _HEAD.match(line)
        if found:
            head[found.group(1)].append(found.group(2).strip())
    asks = tuple(int(number) for line in head["asks"] for number in re.findall(r"\d+", line))
    parameters = tuple(_parameter(name, line) for line in head["param"])
    places = {found["name"] for found in _PLACE.finditer(text)}
    for parameter in parameters:
        if parameter.name not in places:
            raise QueryError(name, f"has no VALUES ?{parameter.name} {{ ... }} for its parameter {parameter.name}")
    return Question(name, " ".join(head["title"]) or name, asks, " ".join(head["note"]), parameters, text)


def _parameter(name: str, line: str) -> Parameter:
    found = _PARAM.fullmatch(line)
    if found is None or found["kind"] not in get_args(Kind):
        kinds = "|".join(get_args(Kind))
        raise QueryError(name, f"the head says 'param: {line}'; expected NAME {kinds} = DEFAULT | what it means")
    kind: Kind = found["kind"]  # type: ignore[assignment]
    return Parameter(found["name"], kind, found["default"] or None, found["about"] or "")


def load_questions(folder: Path | None = None) -> tuple[Question, ...]:
    """Read all questions of a folder (the packaged ones by default), sorted by name."""
    return tuple(load_question(path) for path in sorted((folder or data_dir("queries")).glob("*.rq")))


def question_named(name: str, folder: Path | None = None) -> Question:
    """Return a packaged question; raises QueryError with all names when there is none."""
    questions = load_questions(folder)
    for question in questions:
        if question.name == name:
            return question
    raise QueryError(name, f"no question has this name; there are {', '.join(q.name for q in questions)}")


def bound(question: Question, given: Mapping[str, str]) -> str:
    """Return a question's SPARQL with the given values in place of the defaults.

    Raises:
        QueryError: a parameter is unknown, missing or not of its kind.
    """
    names = [parameter.name for parameter in question.parameters]
    for name in given:
        if name not in names:
            raise QueryError(question.name, f"has no parameter {name!r}; it has {', '.join(names) or 'none'}")
    terms: dict[str, str] = {}
    for parameter in question.parameters:
        text = given.get(parameter.name, parameter.default)
        if text is None:
            raise QueryError(question.name, f"needs --param {parameter.name}=... ({parameter.kind}: {parameter.about})")
        terms[parameter.name] = _term(question.name, parameter, text)

    # One pass: what is put in is never searched for the next parameter.
    def filled(place: re.Match[str]) -> str:
        name = place["name"]
        return f"VALUES ?{name} {{ {terms[name]} }}" if name in terms else place.group()

    return _PLACE.sub(filled, question.sparql)


def _term(question: str, parameter: Parameter, text: str) -> str:
    """Return a value as one RDF term in SPARQL."""
    if parameter.kind in {"term", "iri"}:
        iri = _iri(text)
        if iri is None:
            raise QueryError(question, f"parameter {parameter.name}: {text!r} is no CURIE with a known prefix and no IRI")
        return f"<{iri}>"
    if parameter.kind == "text":
        return f'"{_string(question, parameter, text)}"'
    if not _fits(parameter.kind, text):
        raise QueryError(question, f"parameter {parameter.name}: {text!r} is no {parameter.kind} ({_EXAMPLES[parameter.kind]})")
    return f'"{text}"^^<{PREFIXES["xsd"]}{parameter.kind}>'


def _iri(text: str) -> str | None:
    if is_iri(text) and "//" in text:
        return text
    iri = expand(text)
    return iri if iri and is_iri(iri) and text.partition(":")[2] else None


def _string(question: str, parameter: Parameter, text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QueryError(question, f"parameter {parameter.name}: {text!r} holds bytes that are no UTF-8")
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found.group()], text)


def _fits(kind: str, text: str) -> bool:
    if not re.fullmatch(_SHAPES[kind], text):
        return False
    if kind == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
    return True
