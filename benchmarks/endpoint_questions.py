"""The questions of the endpoint benchmark: what is asked of our service, and the same in SPARQL for peers.

Which terms are asked for is drawn from the store itself, so that any store of `endpoint_load.py` will do, with any index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from endpoint_data import SUBJECTS, Size, image_iris

from kg.curie import PREFIXES, base_iri, compress

_PREFIXES = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("kg", "schema", "dwciri", "obo", "ome", "rdfs"))
TEXT = "mitosis kinetochore"
NA = 1.2
PAGE = 50
_TERMS, _VARIANTS = 8, 40
FACETS: Mapping[str, str] = {
    "imaging_method": "?image dwciri:measurementMethod ?value",
    "organism": "?image schema:taxonomicRange ?value",
    "cell_type": "?image kg:cellType ?value",
    "organism_part": "?image kg:organismPart ?value",
    "disease": "?image schema:healthCondition ?value",
    "licence": "?image schema:isPartOf/schema:license ?value",
}
_USED = """PREFIX kg: <https://w3id.org/bioimage-kg/>
SELECT ?above (COUNT(DISTINCT ?term) AS ?n) WHERE {
  ?decision kg:field "FIELD" ; kg:chosenTerm ?term . ?term kg:ancestorOrSelf ?above
} GROUP BY ?above ORDER BY DESC(?n) ?above"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask our service: path and query of the address, one for each record, and the media type asked for."""

    name: str
    paths: tuple[str, ...]
    accept: str = "application/json"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, how much CPU it may cost, and how each side is asked.

    Attributes:
        name: short, for tables.
        target: CPU milliseconds in a worker.
        ways: of asking our service; the first that it knows counts.
        sparql: for peers; requests of several queries have them one after the other. Several requests take turns.
        virtuoso: the same where Virtuoso needs other words; empty for ``sparql``. Those of the text need its index of words.
        count: a query whose only cell must be the same everywhere; empty for the number of rows.
        slow: whether peers take seconds for it, so that they are asked a few times only.
    """

    name: str
    target: float
    ways: tuple[Way, ...]
    sparql: tuple[tuple[str, ...], ...]
    virtuoso: tuple[tuple[str, ...], ...] = ()
    count: str = ""
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, several of each so that no answer is the last one again: terms by IRI, first those that have about a
    quarter of the terms in use below them, and images."""

    methods: tuple[str, ...]
    organisms: tuple[str, ...]
    cell_types: tuple[str, ...]
    images: tuple[str, ...] = field(repr=False)

    @classmethod
    def drawn(cls, database: ox.Store, size: Size, rows: list[int], many: int = 500) -> Asked:
        terms = [_middle(database, name) for name in ("imaging_method", "organism", "cell_type")]
        return cls(*terms, images=tuple(image_iris(size, rows, many)))

    def combined(self) -> list[tuple[str, str, str]]:
        """Return method, organism and cell type in many combinations, the first ones first."""
        return [
            (
                self.methods[number % len(self.methods)],
                self.organisms[number // 2 % len(self.organisms)],
                self.cell_types[number // 3 % len(self.cell_types)],
            )
            for number in range(_VARIANTS)
        ]


def _middle(database: ox.Store, name: str) -> tuple[str, ...]:
    """Return the ancestors whose part of the terms in use is nearest to a quarter of them."""
    rows = database.query(_USED.replace("FIELD", name), use_default_graph_as_union=True)
    counts = {row["above"].value: int(row["n"].value) for row in rows}
    most = max(counts.values())
    return tuple(sorted(counts, key=lambda iri: (abs(counts[iri] - most / 4), iri))[:_TERMS])


def questions(asked: Asked) -> Iterator[Question]:
    """Yield the questions."""
    combined = asked.combined()
    method, organism, cell = combined[0]
    base = base_iri()
    yield Question(
        "describe a record",
        0.5,
        (
            Way("SPARQL DESCRIBE", tuple(_sparql(f"DESCRIBE <{iri}>") for iri in asked.images), "text/turtle"),
            Way("/data", tuple("/data/" + iri.removeprefix(base) for iri in asked.images), "text/turtle"),
            Way("/api/records", tuple("/api/records/" + quote(iri.removeprefix(base)) for iri in asked.images)),
        ),
        tuple((f"SELECT ?p ?o {{ <{iri}> ?p ?o }}",) for iri in asked.images),
        count=f"SELECT (COUNT(*) AS ?n) {{ <{asked.images[0]}> ?p ?o }}",
    )
    pages = [
        f"?term kg:ancestorOrSelf <{one}> . ?image dwciri:measurementMethod ?term . ?image a obo:IAO_0000101"
        for one in asked.methods
    ]
    some = [f"{_PREFIXES}SELECT ?image {{ {page} }} LIMIT {PAGE}" for page in pages]
    yield Question(
        "term and closure, page of 50",
        1,
        (
            Way("SPARQL", tuple(map(_sparql, some)), "application/sparql-results+json"),
            Way("/api/search", tuple(_search([_where("imaging_method", one)]) for one in asked.methods)),
        ),
        tuple((one,) for one in some),
        count=_counted(pages[0]),
    )
    said = "?image a obo:IAO_0000101 ; schema:description ?text . FILTER({})"
    scan = said.format(" && ".join(f'CONTAINS(LCASE(?text), "{word}")' for word in TEXT.split()))
    words = " AND ".join(TEXT.split())
    index = f"?image a obo:IAO_0000101 ; schema:description ?text . ?text bif:contains '{words}' "
    yield Question(
        "text, top 50 with count",
        2,
        (Way("/api/search", tuple(_search([("text", words)]) for words in _texts())),),
        (_page_and_count(scan),),
        (_page_and_count(index),),
        count=_counted(scan),
        slow=True,
    )
    # As Oxigraph does it best: the closure first, in a sub-query. Virtuoso finds its own way.
    plain = (
        f"?m kg:ancestorOrSelf <{method}> . ?o kg:ancestorOrSelf <{organism}> . "
        "?image a obo:IAO_0000101 ; dwciri:measurementMethod ?m ; schema:taxonomicRange ?o"
    )
    found = (
        f"{{ SELECT ?image {{ {{ SELECT ?m {{ ?m kg:ancestorOrSelf <{method}> }} }} "
        "?image dwciri:measurementMethod ?m ; a obo:IAO_0000101 } } "
        f"?image schema:taxonomicRange ?o . ?o kg:ancestorOrSelf <{organism}>"
    )
    filters = [[_where("imaging_method", one), _where("organism", two)] for one, two, _ in combined]
    counted = [("facet", name) for name in FACETS]
    yield Question(
        "six facets of a filtered search",
        60,
        (Way("/api/search", tuple(_search([*where, *counted], limit=0) for where in filters)),),
        (tuple(_facet(f"{{ SELECT ?image {{ {found} }} }} {pattern}") for pattern in FACETS.values()),),
        (tuple(_facet(f"{plain} . {pattern}") for pattern in FACETS.values()),),
        count=_counted(found),
        slow=True,
    )
    rest = (
        f"?c kg:ancestorOrSelf|kg:partOfAncestor <{cell}> . "
        f"?image kg:cellType ?c ; kg:objective/ome:lens_na ?na ; ome:acquisition_date ?date . FILTER(?na > {NA})"
    )
    sort = [("where", f"na>{NA}"), ("sort", "-acquisition_date")]
    four = [[*where, _where("cell_type", three), *sort] for where, (_, _, three) in zip(filters, combined, strict=True)]
    yield Question(
        "four filters, sorted",
        10,
        (Way("/api/search", tuple(map(_search, four))),),
        ((_sorted(f"{{ SELECT ?image {{ {found} }} }} {rest}"),),),
        ((_sorted(f"{plain} . {rest}"),),),
        count=_counted(f"{{ SELECT ?image {{ {found} }} }} {rest}"),
        slow=True,
    )


def _texts() -> list[str]:
    """Return pairs of words, that of the peers first."""
    return [TEXT, *(f"{one} {two}" for one, two in zip(SUBJECTS[::2], SUBJECTS[41::2], strict=False))][:_VARIANTS]


def _where(name: str, iri: str) -> tuple[str, str]:
    return "where", f"{name}={compress(iri) or iri}"


def _page_and_count(pattern: str) -> tuple[str, str]:
    return f"{_PREFIXES}SELECT ?image {{ {pattern} }} LIMIT {PAGE}", _counted(pattern)


def _counted(pattern: str) -> str:
    return f"{_PREFIXES}SELECT (COUNT(*) AS ?n) {{ {pattern} }}"


def _facet(pattern: str) -> str:
    return f"{_PREFIXES}SELECT ?value (COUNT(?image) AS ?n) {{ {pattern} }} GROUP BY ?value ORDER BY DESC(?n) LIMIT 10"


def _sorted(pattern: str) -> str:
    return f"{_PREFIXES}SELECT ?image ?date {{ {pattern} }} ORDER BY DESC(?date) LIMIT {PAGE}"


def _sparql(query: str) -> str:
    return _path("/sparql", [("query", query)])


def _search(pairs: list[tuple[str, str]], limit: int = PAGE) -> str:
    return _path("/api/search", [("level", "image"), *pairs, ("limit", str(limit))])


def _path(place: str, pairs: list[tuple[str, str]]) -> str:
    return f"{place}?{urlencode(pairs, quote_via=quote)}"
