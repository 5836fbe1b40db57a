"""What an update may write, told from its text: which graphs, whether it reads, whom else it would ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.errors import QueryError
from kg.store.calls import Call, Step, calls_of, steps_of
from kg.store.lexer import Operation, Token, read_operations, resolved, written
from kg.store.writes import Answer

MAX_CLAUSES = 1_000
MAX_OPERATORS = 3_000
_CLAUSES = frozenset(("UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "AS", "GRAPH", "EXISTS", "SELECT", "VALUES", "LATERAL"))
_OPERATORS = frozenset(("||", "&&", "-", "!", "|", "/", "^", "*", "+"))
_CHANGING = frozenset(("WITH", "INSERT", "DELETE"))
_TRANSFERS = frozenset(("ADD", "MOVE", "COPY"))
_DATA = 2  # tokens before the braces of INSERT DATA, DELETE DATA and DELETE WHERE


@dataclass(slots=True)
class Targets:
    """What an update may write, and what else it does.

    Attributes:
        graphs: IRIs of named graphs that it names as targets.
        default: whether it may write the default graph.
        everything: whether it speaks of all graphs, or of all named ones.
        unknown: whether a variable says which graph it writes.
        reads: whether what it writes may depend on what is in the store.
    """

    graphs: set[str] = field(default_factory=set)
    default: bool = False
    everything: bool = False
    unknown: bool = False
    reads: bool = False

    @property
    def open(self) -> bool:
        """Say whether it may write graphs that it does not name."""
        return self.everything or self.unknown


@dataclass(frozen=True, slots=True)
class ReadUpdate:
    """An update as it was read.

    Attributes:
        operations: to be done, every IRI in full.
        targets: what it may write.
        calls: what it asks of other servers, in order.
    """

    operations: tuple[Operation, ...]
    targets: Targets
    calls: tuple[Call, ...] = ()

    @property
    def text(self) -> str:
        """Return the update as text without base, which means what was read and nothing else."""
        return " ;\n".join(map(written, self.operations))

    def steps(self, answers: Sequence[Answer] = ()) -> list[Step]:
        """Return its parts with answers in the places of its calls; raises RefusedError where one has no answer."""
        return steps_of(self.operations, answers)


def read_update(text: str, base: str = "", using: Sequence[str] = (), using_named: Sequence[str] = ()) -> ReadUpdate:
    """Read an update.

    Args:
        text: SPARQL 1.1 Update.
        base: IRI that relative ones are relative to.
        using: IRIs of ``using-graph-uri``: where WHERE looks without GRAPH.
        using_named: IRIs of ``using-named-graph-uri``.

    Raises:
        QueryError: it is no update, is too deep or too long a chain, or says USING or WITH where ``using`` is given.
    """
    targets = Targets()
    dataset = tuple(
        token
        for graphs, words in ((using, ("USING",)), (using_named, ("USING", "NAMED")))
        for graph in graphs
        for token in (*(Token("word", word) for word in words), Token("iri", f"<{resolved(graph, base)}>"))
    )
    operations = []
    for operation in read_operations(text, base):
        _note(operation, targets)
        operations.append(_using(operation, dataset) if dataset else operation)
    return ReadUpdate(tuple(operations), targets, tuple(call for operation in operations for call in calls_of(operation)))


def _note(operation: Operation, targets: Targets) -> None:
    word = operation[0].text if operation[0].kind == "word" else ""
    second = operation[1].text if len(operation) > 1 else ""
    if word in {"CLEAR", "DROP", "CREATE"}:
        _note_graphs(operation[1:], targets)
    elif word in _TRANSFERS:
        _note_graphs(operation if word == "MOVE" else _after(operation, "TO"), targets)
        targets.reads = True
    elif word == "LOAD":
        [call] = calls_of(operation)
        targets.graphs |= {call.graph} if call.graph else set()
        targets.default = targets.default or call.graph is None
    elif word in _CHANGING:
        _note_change(operation, second, targets)
    else:
        raise QueryError(
            "update", f"not SPARQL 1.1: found {operation[0].text[:40]!r}, expected an operation such as INSERT DATA"
        )


def _note_graphs(tokens: Sequence[Token], targets: Targets) -> None:
    """Note every graph that these tokens of a management operation speak of."""
    for token in tokens:
        if token.kind == "iri":
            targets.graphs.add(token.text[1:-1])
        if token.kind == "word":
            targets.default = targets.default or token.text in {"DEFAULT", "ALL"}
            targets.everything = targets.everything or token.text in {"ALL", "NAMED"}


def _after(operation: Operation, word: str) -> Operation:
    """Return what follows a word; everything where it is missing."""
    place = next((place for place, token in enumerate(operation) if token == ("word", word)), 0)
    return operation[place:]


def _note_change(operation: Operation, second: str, targets: Targets) -> None:
    data = second == "DATA"
    if operation[0].text == "WITH" and operation[1:2]:
        targets.graphs.add(operation[1].text[1:-1])
    targets.default = True
    targets.reads = targets.reads or not (data or (operation[0].text, second) == ("DELETE", "WHERE"))
    template, _ = _parts(operation)
    for place, token in enumerate(template):
        if token == ("word", "GRAPH"):
            _note_target(template[place + 1 : place + 2], targets)
    if not data:
        _check_size(operation)


def _note_target(named: Sequence[Token], targets: Targets) -> None:
    if named and named[0].kind == "iri":
        targets.graphs.add(named[0].text[1:-1])
    else:
        targets.unknown = True


def _parts(operation: Operation) -> tuple[Operation, Operation]:
    """Return a change up to its WHERE, and from there on; the pattern of DELETE WHERE is what is deleted, so all of that."""
    depth = 0
    for place, token in enumerate(operation):
        if token.kind == "mark":
            depth += (token.text in {"{", "{|"}) - (token.text in {"}", "|}"})
        if depth == 0 and token == ("word", "WHERE") and operation[place - 1] != ("word", "DELETE"):
            return operation[:place], operation[place:]
    return operation, ()


def _using(operation: Operation, dataset: Operation) -> Operation:
    """Return an operation that looks into a dataset given from outside."""
    head = operation[:_DATA]
    if operation[0].text not in _CHANGING or head[1:] == (("word", "DATA"),):
        return operation
    if head == (("word", "DELETE"), ("word", "WHERE")):
        pattern = operation[_DATA:]
        return (head[0], *pattern, *dataset, head[1], *pattern)
    template, where = _parts(operation)
    if any(token.kind == "word" and token.text in {"USING", "WITH"} for token in template):
        raise QueryError("update", "says USING or WITH itself, so that using-graph-uri cannot be given beside it")
    return (*template, *dataset, *where)


def _check_size(operation: Operation) -> None:
    clauses = sum(token.kind == "word" and token.text in _CLAUSES for token in operation)
    operators = sum(token.kind == "mark" and token.text in _OPERATORS for token in operation)
    if clauses > MAX_CLAUSES or operators > MAX_OPERATORS:
        raise QueryError("update", f"more than {MAX_CLAUSES:,} clauses or {MAX_OPERATORS:,} operators; VALUES takes long lists")
