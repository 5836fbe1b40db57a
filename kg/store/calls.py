"""Calls: where an update asks other servers (SERVICE, LOAD), and the update with their answers in their places.

Oxigraph asks nobody: in what it evaluates, no call is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from kg.errors import QueryError, RefusedError
from kg.store.lexer import Operation, Token, written
from kg.store.writes import Answer, Upload

_ANY = ""  # an address that is known only while the update is evaluated
_NOWHERE = "DROP GRAPH <urn:uuid:5a0f0a2e-6f0e-4a6c-9c41-7f1f0a0b8a11>"  # fails in an empty store, once all has been parsed


@dataclass(frozen=True, slots=True)
class Call:
    """One SERVICE or LOAD of an update.

    Attributes:
        word: which of the two.
        address: that it asks; empty where a variable says it, or where it stands in the block of another SERVICE.
        silent: whether it may fail.
        start: place of its first token in the operation.
        end: place after its last token.
        block: of a SERVICE: what it asks, with its braces and all IRIs in full.
        graph: of a LOAD: IRI of the graph that the statements go into; None for the default graph.
    """

    word: Literal["SERVICE", "LOAD"]
    address: str
    silent: bool
    start: int
    end: int
    block: str = ""
    graph: str | None = None


@dataclass(frozen=True, slots=True)
class Loading:
    """A LOAD with its answer.

    Attributes:
        address: that was asked, and what IRIs in the file are relative to.
        graph: IRI; None for the default graph.
        upload: the file; None where there is none and the update goes on without.
        silent: whether the update goes on where the file cannot be read.
    """

    address: str
    graph: str | None
    upload: Upload | None
    silent: bool


Step = str | Loading
"""A part of an update: text to be evaluated, or a file to be put in."""


def calls_of(operation: Operation) -> tuple[Call, ...]:
    """Return the calls of one operation, in their order; raises QueryError for a LOAD that is none."""
    if operation[0] == ("word", "LOAD"):
        return (_load(operation),)
    return tuple(_services(operation))


def steps_of(operations: Sequence[Operation], answers: Sequence[Answer]) -> list[Step]:
    """Return an update with answers in the places of its calls, in the order in which its parts are to be done.

    Raises:
        RefusedError: it has a call that was not answered: nobody else may be asked.
        QueryError: a LOAD is none.
    """
    steps: list[Step] = []
    texts: list[str] = []
    left = list(answers)
    for operation in operations:
        found = calls_of(operation)
        given = [_answer(call, left.pop(0) if left else None) for call in found]
        if not found or found[0].word == "SERVICE":
            texts.append(_filled(operation, found, [answer.values for answer in given]))
            continue
        if texts:
            steps.append(" ;\n".join(texts))
            texts = []
        steps.append(Loading(found[0].address, found[0].graph, given[0].upload, found[0].silent))
    return [*steps, " ;\n".join(texts)] if texts or not steps else steps


def check_syntax(operations: Sequence[Operation]) -> None:
    """Find out whether an update is one before anybody is asked for it; raises QueryError."""
    # As valid as the text itself with GRAPH in the place of each call.
    texts = [_harmless(operation) for operation in operations if operation[0] != ("word", "LOAD")]
    try:
        ox.Store().update(" ;\n".join([_NOWHERE, *texts]))
    except SyntaxError as error:
        raise QueryError("update", f"not SPARQL 1.1: {error.msg}") from error
    except (RuntimeError, ValueError):
        return  # there is no such graph, so that nothing was evaluated


def _load(operation: Operation) -> Call:
    silent = operation[1:2] == (Token("word", "SILENT"),)
    named = operation[2:] if silent else operation[1:]
    kinds = tuple(token.kind for token in named)
    words = tuple(token.text for token in named[1:3])
    if kinds != ("iri",) and not (kinds == ("iri", "word", "word", "iri") and words == ("INTO", "GRAPH")):
        raise QueryError("update", "not SPARQL 1.1: expected LOAD <address>, or LOAD <address> INTO GRAPH <graph>")
    graph = named[-1].text[1:-1] if len(named) > 1 else None
    return Call("LOAD", named[0].text[1:-1], silent, 0, len(operation), graph=graph)


def _services(operation: Operation) -> Iterator[Call]:
    end = 0
    for start, token in enumerate(operation):
        if token != ("word", "SERVICE"):
            continue
        silent = operation[start + 1 : start + 2] == (Token("word", "SILENT"),)
        place = start + 1 + silent
        named = operation[place : place + 1]
        # The server asked would ask another one: who that may be is not for it to say.
        known = start >= end and bool(named) and named[0].kind == "iri"
        closing = _closed(operation, place + 1)
        block = written(operation[place + 1 : closing])
        end = max(end, closing)
        yield Call("SERVICE", named[0].text[1:-1] if known else _ANY, silent, start, closing, block)


def _closed(operation: Operation, opening: int) -> int:
    """Return the place after the block that opens here; ``opening`` where there is none."""
    depth = 0
    for place in range(opening, len(operation)):
        kind, text = operation[place]
        if kind == "mark":
            depth += (text in {"{", "{|"}) - (text in {"}", "|}"})
        if depth <= 0:
            return place + 1 if place > opening else opening
    return opening


def _answer(call: Call, answer: Answer | None) -> Answer:
    if answer is None or not call.address or answer.address != call.address:
        raise RefusedError(
            "update", f"{call.word} would ask {call.address or 'a server that is not named'}, which is not allowed here"
        )
    return answer


def _filled(operation: Operation, found: Sequence[Call], values: Sequence[str]) -> str:
    pieces, last = [], 0
    for call, table in zip(found, values, strict=True):
        pieces += [written(operation[last : call.start]), table]
        last = call.end
    return " ".join([*pieces, written(operation[last:])])


def _harmless(operation: Operation) -> str:
    """Return an operation with GRAPH in the place of SERVICE and SERVICE SILENT."""
    service, silent = Token("word", "SERVICE"), Token("word", "SILENT")
    pairs = zip((Token("mark", ""), *operation), operation, strict=False)
    kept = [token for before, token in pairs if (before, token) != (service, silent)]
    return written(tuple(Token("word", "GRAPH") if token == service else token for token in kept))
