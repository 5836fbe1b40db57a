"""A client of a service: ``kg.connect(url).search(...).to_pandas()``.

It speaks the same HTTP as everybody else, so that whatever it does can be done with any other client (docs/http.md).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import quote

from kg.errors import AccessError, QueryError, ServiceError, UsageError
from kg.later import Later

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import requests
else:
    pd, pl, requests = Later("pandas"), Later("polars"), Later("requests")

Level = Literal["study", "image", "annotation_set"]
_GRAPH = "application/n-triples"
_EITHER = f"application/sparql-results+json, {_GRAPH}"
_NOTHING: Mapping[str, str] = MappingProxyType({})
_BAD, _UNKNOWN, _FORBIDDEN, _SERVER = 400, 401, 403, 500


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a SELECT.

    Attributes:
        variables: names of the columns, in order.
        cells: rows of RDF terms as SPARQL's JSON has them, None where unbound.
        generation: state of the store that answered.
        truncated: whether the service cut the answer.
    """

    variables: tuple[str, ...]
    cells: tuple[tuple[Mapping[str, str] | None, ...], ...] = field(repr=False)
    generation: str = ""
    truncated: bool = False

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.cells)

    def __iter__(self) -> Iterator[tuple[str | None, ...]]:
        """Yield rows of plain texts, None where unbound."""
        for row in self.cells:
            yield tuple(cell["value"] if cell else None for cell in row)

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame of texts; needs pandas (``pip install 'bioimage-kg[frames]'``)."""
        return pd.DataFrame(list(self), columns=list(self.variables))

    def to_polars(self) -> pl.DataFrame:
        """Return a data frame of texts."""
        return pl.DataFrame(list(self), schema=dict.fromkeys(self.variables, pl.String), orient="row")


class Found:
    """What a search found: a page at hand, the rest fetched when it is asked for."""

    def __init__(self, client: Client, asked: Mapping[str, Any], first: Mapping[str, Any]) -> None:
        """Keep the client, what was asked, and the first page."""
        self._client, self._asked = client, asked
        self.page = first
        """The first page, as the service gave it."""

    @property
    def count(self) -> int:
        """Return how many records there are in all, with what the ontologies add."""
        return int(self.page["count"]["expanded"])

    @property
    def exact(self) -> int:
        """Return how many records there are without what the ontologies add."""
        return int(self.page["count"]["exact"])

    @property
    def facets(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return the facets that were asked for."""
        facets: Mapping[str, Sequence[Mapping[str, Any]]] = self.page.get("facets", {})
        return facets

    @property
    def generation(self) -> str:
        """Return the state of the store that the answer rests on."""
        return str(self.page["generation"])

    def __len__(self) -> int:
        """Return how many records there are in all."""
        return self.count

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Yield all hits, page after page, each with the reasons why it was found."""
        page = self.page
        while True:
            yield from page["hits"]
            if not page.get("next"):
                return
            page = self._client.get_json("/api/search", {**self._asked, "cursor": page["next"]})

    def to_polars(self) -> pl.DataFrame:
        """Return the whole result as a data frame, a row for each record."""
        return pl.read_parquet(io.BytesIO(self._parquet()))

    def to_pandas(self) -> pd.DataFrame:
        """Return the whole result as a data frame; needs pandas (``pip install 'bioimage-kg[frames]'``)."""
        frame = self.to_polars()
        return pd.DataFrame(frame.to_dict(as_series=False), columns=frame.columns)

    def _parquet(self) -> bytes:
        answer = self._client.get("/api/search", {**self._asked, "format": "parquet"})
        return answer.content


class Client:
    """A connection to one service; a context manager."""

    def __init__(self, url: str, token: str = "", timeout: float = 120.0) -> None:
        """Take the address of a service, a token where one is needed, and seconds to wait for an answer.

        Raises:
            UsageError: the address is none.
        """
        if not url.startswith(("http://", "https://")):
            raise UsageError("url", f"found {url!r}, expected an address such as http://127.0.0.1:7878")
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def search(
        self,
        text: str = "",
        *,
        where: str | Sequence[str] = (),
        facets: str | Sequence[str] = (),
        level: Level = "image",
        sort: str = "",
        limit: int = 100,
        expand: bool = True,
    ) -> Found:
        """Search, expanded by the ontologies; docs/search.md has the fields.

        Args:
            text: words to be found in names, descriptions and the names of terms.
            where: one condition or several, such as ``organism=mouse``, ``na>1.2`` or ``pixel_size<100 nm``; all must hold.
            facets: fields to count.
            level: what to find.
            sort: field to sort by; by relevance when empty.
            limit: records of a page.
            expand: whether kinds of a term count as the term.

        Raises:
            QueryError: the service does not understand a condition.
            ServiceError: it could not answer.
        """
        asked: dict[str, Any] = {"text": text, "where": _several(where), "facet": _several(facets), "level": level}
        asked |= {"sort": sort, "limit": limit, "expand": "true" if expand else "false"}
        asked = {name: value for name, value in asked.items() if value not in ("", [])}
        return Found(self, asked, self.get("/api/search", asked).json())

    def query(self, sparql: str) -> Rows:
        """Answer a SELECT; raises QueryError where it is wrong."""
        answer = self.get("/sparql", {"query": sparql}, accept=_EITHER)
        found = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        if "results" not in found:
            raise QueryError("query", "is no SELECT; use ask or construct")
        variables = tuple(found["head"]["vars"])
        cells = tuple(tuple(row.get(name) for name in variables) for row in found["results"]["bindings"])
        return Rows(variables, cells, answer.headers.get("Kg-Generation", ""), "Kg-Truncated" in answer.headers)

    def ask(self, sparql: str) -> bool:
        """Answer an ASK; raises QueryError where it is wrong."""
        answer = self.get("/sparql", {"query": sparql}, accept=_EITHER)
        found = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        if "boolean" not in found:
            raise QueryError("query", "is no ASK; use query or construct")
        return bool(found["boolean"])

    def construct(self, sparql: str) -> str:
        """Answer a CONSTRUCT or DESCRIBE as N-Triples; raises QueryError where it is wrong."""
        answer = self.get("/sparql", {"query": sparql}, accept=_EITHER)
        if _GRAPH not in answer.headers.get("Content-Type", ""):
            raise QueryError("query", "is no CONSTRUCT or DESCRIBE; use query or ask")
        return answer.content.decode("utf-8")

    def resolve(self, text: str, field: str) -> Mapping[str, Any]:
        """Return what a text means in a field, with the reason."""
        return self.get_json("/api/resolve", {"text": text, "field": field})

    def record(self, iri: str) -> Mapping[str, Any]:
        """Return what is known of one record, by its IRI or its path below the base; raises QueryError where there is none."""
        return self.get_json("/api/records/" + _in_path(iri))

    def similar(self, iri: str, limit: int = 10) -> Mapping[str, Any]:
        """Return records like one, with the reasons; the IRI as for ``record``; raises QueryError where there is none."""
        return self.get_json("/api/similar/" + _in_path(iri), {"limit": str(limit)})

    def term(self, curie: str) -> Mapping[str, Any]:
        """Return a term and how often it is in use; raises QueryError where it is not known."""
        return self.get_json("/api/terms/" + quote(curie, safe=":"))

    def get_json(self, path: str, parameters: Mapping[str, Any] = _NOTHING) -> Mapping[str, Any]:
        """Return what a route says, as JSON; errors as for ``get``."""
        found: Mapping[str, Any] = self.get(path, parameters).json()
        return found

    def get(
        self, path: str, parameters: Mapping[str, Any] = _NOTHING, accept: str = "application/json, */*"
    ) -> requests.Response:
        """Ask a route, and raise what is wrong as errors of kg.

        Args:
            path: below the address of the service, or a whole address of it.
            parameters: of the query string.
            accept: media types, as HTTP has them.

        Raises:
            QueryError: the service does not understand the question, or there is no such thing.
            AccessError: the token has not the right.
            ServiceError: the service could not answer, or cannot be reached.
        """
        address = path if path.startswith(self.url + "/") else self.url + path
        try:
            answer = self._session.get(address, params=parameters, headers={"Accept": accept}, timeout=self._timeout)
        except requests.exceptions.RequestException as error:
            raise ServiceError(self.url, f"cannot be reached ({type(error).__name__})", "unreachable") from error
        if answer.status_code >= _BAD:
            raise _fault(answer)
        return answer


def connect(url: str, token: str = "", timeout: float = 120.0) -> Client:
    """Return a client of the service at an address; nothing is asked yet.

    >>> connect("http://127.0.0.1:7878").url
    'http://127.0.0.1:7878'

    Raises:
        UsageError: the address is none.
    """
    return Client(url, token, timeout)


def _in_path(iri: str) -> str:
    """Return an IRI, or a path below the base, as a part of an address."""
    return quote(iri, safe="" if "://" in iri or iri.startswith("urn:") else "/%")


def _several(given: str | Sequence[str]) -> list[str]:
    """Return what is one or several as several."""
    return [given] if isinstance(given, str) else list(given)


def _fault(answer: requests.Response) -> Exception:
    """Return what a service says is wrong, as an error of kg."""
    status = answer.status_code
    what, code = f"answered {status}", "unreachable"
    if "json" in answer.headers.get("Content-Type", ""):
        told = answer.json()
        what, code = str(told.get("detail", what)), str(told.get("code", code))
    if status in {_UNKNOWN, _FORBIDDEN}:
        return AccessError("service", what, known=status == _FORBIDDEN)
    if status >= _SERVER:
        after = answer.headers.get("Retry-After", "")
        return ServiceError("service", what, code, float(after) if after.isdecimal() else None)
    return QueryError("service", what)
