"""What a query gives: rows, a yes or no, or triples, read as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from types import MappingProxyType
from typing import IO, TypeAlias

import pyoxigraph as ox

from kg.errors import QueryError
from kg.store.faults import query_faults

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_ROWS = MappingProxyType(
    {
        "json": ox.QueryResultsFormat.JSON,
        "csv": ox.QueryResultsFormat.CSV,
        "tsv": ox.QueryResultsFormat.TSV,
        "xml": ox.QueryResultsFormat.XML,
    }
)
_TRIPLES = MappingProxyType(
    {
        "ttl": ox.RdfFormat.TURTLE,
        "nt": ox.RdfFormat.N_TRIPLES,
        "jsonld": ox.RdfFormat.JSON_LD,
        "xml": ox.RdfFormat.RDF_XML,
    }
)


class Answer:
    """The answer to one query; it can be read once, by iteration or by ``serialize``."""

    def __init__(self, results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> None:
        """Wrap what Oxigraph returned."""
        self._results = results

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the column names of a SELECT without ``?``; empty for other queries."""
        results = self._results
        return tuple(variable.value for variable in results.variables) if isinstance(results, ox.QuerySolutions) else ()

    @property
    def boolean(self) -> bool | None:
        """Return what an ASK says; None for other queries."""
        return bool(self._results) if isinstance(self._results, ox.QueryBoolean) else None

    @property
    def is_triples(self) -> bool:
        """Say whether the query is a CONSTRUCT or DESCRIBE."""
        return isinstance(self._results, ox.QueryTriples)

    @property
    def triples(self) -> Iterator[ox.Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE; none for other queries."""
        if isinstance(self._results, ox.QueryTriples):
            with query_faults():
                yield from self._results

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        """Yield the rows of a SELECT in the order of ``variables``, None where unbound; none for other queries."""
        if isinstance(self._results, ox.QuerySolutions):
            with query_faults():
                for solution in self._results:
                    yield tuple(solution)

    def serialize(self, form: str) -> bytes:
        """Return the answer as bytes: see ``write``."""
        with BytesIO() as output:
            self.write(form, output)
            return output.getvalue()

    def write(self, form: str, output: IO[bytes]) -> None:
        """Write the answer: rows and booleans as json, csv, tsv or xml; triples as ttl, nt, jsonld or xml.

        CSV and TSV are those of SPARQL 1.1 (https://www.w3.org/TR/sparql11-results-csv-tsv/).

        Args:
            form: the format.
            output: binary file that receives it in pieces.

        Raises:
            QueryError: the format does not fit the kind of query.
        """
        kind, formats = ("CONSTRUCT or DESCRIBE", _TRIPLES) if self.is_triples else ("SELECT or ASK", _ROWS)
        if form not in formats:
            raise QueryError("query", f"a {kind} cannot be written as {form}; possible are {', '.join(formats)}")
        with query_faults():
            if isinstance(self._results, ox.QueryTriples):
                self._results.serialize(output, format=_TRIPLES[form])
            else:
                self._results.serialize(output, format=_ROWS[form])
