"""Answering SPARQL queries in a worker: evaluated, cut where too long, written out in the form asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from kg.api import cut
from kg.api.formats import GRAPH_FORMATS, ROW_FORMATS
from kg.api.tasks.context import Context, Reply, Spool
from kg.curie import PREFIXES
from kg.errors import QueryError, RefusedError
from kg.store.faults import query_faults
from kg.store.guard import calls, check_query, without_calls

_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}".encode()
_BLOCK = 1 << 20


def answer(context: Context, request: Mapping[str, Any]) -> Reply:
    """Answer a query.

    Args:
        context: of the worker.
        request: ``database`` (path of the snapshot), ``query``, ``checked`` (the query as a person wrote it, where ours holds
            answers of other servers), ``base``, ``union`` (whether the default graph is the union), ``default_graphs`` and
            ``named_graphs`` (lists of IRIs; when both are empty the query's own FROM counts), ``rows``, ``boolean`` and
            ``triples`` (the media type for each kind of answer; empty where the client takes none), ``limit`` (most rows),
            ``bytes`` (most bytes).

    Returns:
        head: ``kind`` (``rows``, ``boolean``, ``triples``), ``media_type`` (empty when the client takes none of this kind; then
        there is no body), ``truncated``.

    Raises:
        QueryError: the query is wrong or refused.
    """
    _admit(request.get("checked") or request["query"], request["base"])
    with query_faults():
        results = context.database(request["database"]).query(request["query"], base_iri=request["base"], **_dataset(request))
    kind, write = _written(results)
    media_type = request[kind]
    if not media_type:
        return Reply({"kind": kind, "media_type": "", "truncated": False})
    with Spool(context.scratch, request["bytes"]) as spool, _written_faults(media_type):
        is_cut = write(results, spool.file(), media_type, request["limit"])
        body = spool.body()
    if is_cut:
        body = _marked(body, kind, media_type, request["limit"])
    return Reply({"kind": kind, "media_type": media_type, "truncated": is_cut}, body)


def _admit(text: str, base: str) -> None:
    """Refuse what must not be evaluated; a text that is no query is told to be none, whatever it calls."""
    try:
        check_query(text, read_only=True)
    except RefusedError:
        harmless = without_calls(text)
        if not calls(harmless):
            with query_faults(), suppress(ValueError, RuntimeError, OSError):  # what fails while it is evaluated
                ox.Store().query(harmless, base_iri=base)
        raise


def _dataset(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return which graphs the query sees, as the engine takes it."""
    default, named = request.get("default_graphs") or [], request.get("named_graphs") or []
    if not default and not named:
        return {"use_default_graph_as_union": bool(request.get("union"))}
    return {
        "default_graph": [_graph("default-graph-uri", iri) for iri in default],
        "named_graphs": [_graph("named-graph-uri", iri) for iri in named],
    }


def _graph(where: str, iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise QueryError(where, f"{iri[:200]!r} is no absolute IRI ({error})") from error


@contextmanager
def _written_faults(media_type: str) -> Iterator[None]:
    """Tell an answer that its form cannot say from one that cannot be found."""
    with query_faults():
        try:
            yield
        except OSError as error:
            if "does not support" not in str(error):
                raise
            raise QueryError("answer", f"cannot be written as {media_type}: {error}") from error


def _written(results: Any) -> tuple[str, Any]:  # noqa: ANN401 - one of three classes of the engine
    if isinstance(results, ox.QueryTriples):
        return "triples", _write_triples
    return ("boolean" if isinstance(results, ox.QueryBoolean) else "rows"), _write_table


def _write_table(results: ox.QuerySolutions | ox.QueryBoolean, output: IO[bytes], media_type: str, most: int) -> bool:
    """Write rows or a boolean; say whether it was cut."""
    form = ROW_FORMATS[media_type]
    sink = _Xml(output).file() if form == ox.QueryResultsFormat.XML else output
    if isinstance(results, ox.QueryBoolean):
        results.serialize(sink, format=form)
        return False
    rows = cut.Cut(sink, form, most)
    with suppress(cut.Enough):
        results.serialize(rows.file(), format=form)
        rows.close()
    if rows.is_cut:
        output.write(cut.table_end(form, most, rows.columns))
    return rows.is_cut


def _write_triples(results: ox.QueryTriples, output: IO[bytes], media_type: str, most: int) -> bool:
    """Write triples; say whether they were cut."""
    form = GRAPH_FORMATS[media_type]
    triples = cut.Counted(results, most)
    sink = _Xml(output).file() if form == ox.RdfFormat.RDF_XML else output
    ox.serialize(triples, sink, format=form, prefixes=dict(PREFIXES))
    return triples.is_cut


class _Xml:
    """A binary file for XML: what the engine would write so that no reader gets it back is written so that readers do.

    A carriage return is kept; a control character, which XML cannot say, becomes the sign for an unknown one.
    """

    def __init__(self, output: IO[bytes]) -> None:
        """Take the file that receives the bytes."""
        self._output = output

    def write(self, data: bytes) -> int:
        """Take more bytes."""
        self._output.write(_NO_XML.sub(_UNKNOWN, data.replace(b"\r", b"&#13;")))
        return len(data)

    def flush(self) -> None:
        """Bring the bytes to the file."""
        self._output.flush()

    def file(self) -> IO[bytes]:
        """Return self as what serializers take."""
        return cast("IO[bytes]", self)


def _marked(body: bytes | Path, kind: str, media_type: str, most: int) -> bytes | Path:
    """Put into an answer that was cut where it says so: into the head of a table, at the end of a graph."""
    if kind == "triples":
        return _ended(body, *cut.graph_end(GRAPH_FORMATS[media_type], most))
    old, new = cut.table_start(ROW_FORMATS[media_type], most)
    if not old:
        return body
    if isinstance(body, bytes):
        return body.replace(old, new, 1)
    copy = body.with_name(body.name + "-cut")
    with body.open("rb") as whole, copy.open("wb") as marked:
        marked.write(whole.read(_BLOCK).replace(old, new, 1))
        while block := whole.read(_BLOCK):
            marked.write(block)
    body.unlink()
    return copy


def _ended(body: bytes | Path, dropped: int, end: bytes) -> bytes | Path:
    """Put an end in place of the last bytes."""
    if isinstance(body, bytes):
        return body[: len(body) - dropped] + end
    with body.open("r+b") as file:
        file.seek(-dropped, 2)
        file.write(end)
    return body
