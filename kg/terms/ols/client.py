"""OlsClient: what kg asks of an OLS 4, and asks in the way in which its answers can be trusted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, TypeVar
from urllib.parse import quote, urlsplit

from kg.errors import UsageError
from kg.terms.normalise import key
from kg.terms.ols import answers
from kg.terms.ols.answers import Found, OlsOntology, OlsTerm, Page
from kg.terms.ols.asking import Asker
from kg.terms.ols.breaker import Outage
from kg.terms.ols.manners import Manners

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

T = TypeVar("T")

EBI = "https://www.ebi.ac.uk/ols4"
"""The public OLS 4."""

_PAGE = 500
_FIELDS = "iri,label,synonym,ontology_name,obo_id,is_defining_ontology"
_QUOTES = "\"'`\u201c\u201d\u201e\u2018\u00ab\u00bb"


@dataclass(frozen=True, slots=True)
class Named:
    """A term that has a name, in one ontology.

    Attributes:
        found: the hit.
        name: the label or synonym that is the same words as the text, as OLS spells it.
        by: which of both it is.
    """

    found: Found
    name: str
    by: Literal["label", "synonym"]


class OlsClient:
    """Asks one OLS 4; use it in a ``with`` statement, or close it."""

    def __init__(self, base_url: str, cache: Path, manners: Manners | None = None) -> None:
        """Take the address and the file that keeps the answers; nothing is asked or opened yet.

        Args:
            base_url: for example ``https://www.ebi.ac.uk/ols4``; ``/api`` at its end may be left out.
            cache: a SQLite file, made when it is not there; several processes may share it.
            manners: how often and how long it is asked.

        Raises UsageError for what is no plain address of http or https.
        """
        self.address = _base(base_url)
        self._manners = manners or Manners()
        self._asker = Asker(self.address, cache, self._manners)
        self._ontologies: dict[str, OlsOntology] = {}

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close connection and cache."""
        self._asker.close()

    def ontology(self, prefix: str) -> OlsOntology | None:
        """Return the ontology with a prefix, however it is capitalised; None when this OLS does not have it.

        Raises Outage when the list of ontologies cannot be had.
        """
        if not self._ontologies:
            listed = self._pages("/api/ontologies")
            # The name in addresses counts before the prefix that an ontology prefers: it is the one that is unique.
            by_prefix = {entry.prefix.casefold(): entry for entry in reversed(listed) if entry.prefix}
            self._ontologies = by_prefix | {entry.id.casefold(): entry for entry in listed}
        return self._ontologies.get(prefix.casefold())

    def named(
        self, text: str, ontologies: Iterable[OlsOntology], *, below: tuple[str, ...] = (), obsolete: bool = False
    ) -> tuple[Named, ...]:
        """Return the classes that have a text as label or synonym, in the order of OLS, one entry per class and ontology.

        Equality is looked at here, by the key under which the local index files names; what OLS calls exact is not enough.

        Args:
            text: the words looked for.
            ontologies: where; none of them means nowhere.
            below: IRIs of the classes of which one must be above, by is-a and part-of.
            obsolete: whether to look among the obsolete classes, instead of among all others.
        """
        places = {ontology.id: ontology for ontology in ontologies}
        said = sent(text)
        if not places or not said:
            return ()
        params = {
            # In exact searches it becomes a phrase of a Solr query just as it comes.
            "q": said.replace("\\", "\\\\").replace('"', '\\"'),
            "exact": "true",
            "queryFields": "label,synonym",  # without them "exact" is not even meant to be exact
            "fieldList": _FIELDS,
            "ontology": ",".join(places),
            "type": "class",
            "obsoletes": "true" if obsolete else "false",  # true means: obsolete ones only
            "rows": str(self._manners.rows),
        }
        if below:
            params["allChildrenOf"] = ",".join(below)
        hits = self._hits(params, _edition(places.values()), self._life(places.values()))
        return tuple(named for found in hits if found.ontology in places and (named := _named(found, key(text))))

    def term(self, ontology: OlsOntology, iri: str) -> OlsTerm | None:
        """Return a term with the scopes of its synonyms; None when the ontology does not have it. Raises Outage."""
        twice = quote(quote(iri, safe=""), safe="")  # the server in front of OLS decodes once, OLS once more
        # v1 tells the scope only of synonyms that have a cross reference.
        for path in (f"/api/v2/ontologies/{ontology.id}/classes/{twice}", f"/api/ontologies/{ontology.id}/terms/{twice}"):
            if found := self._asker.get(path, answers.term, edition=_edition([ontology]), life=self._life([ontology])):
                return found
        return None

    def _life(self, ontologies: Iterable[OlsOntology]) -> int:
        """Return how long answers are kept: not for long where nothing would say that an ontology has changed."""
        return self._manners.kept if all(ontology.edition for ontology in ontologies) else self._manners.fresh

    def _hits(self, params: dict[str, str], edition: str, life: int) -> Iterator[Found]:
        """Yield the hits of all pages of a search, each once. The server's own word on where a page starts is often 0."""
        seen: set[tuple[str, str]] = set()
        start = 0
        for _ in range(self._manners.pages):
            page = self._ask("/api/search", answers.search_page, {**params, "start": str(start)}, edition=edition, life=life)
            new = [found for found in page.items if (found.iri, found.ontology) not in seen]
            seen.update((found.iri, found.ontology) for found in new)
            yield from new
            start += len(page.items)
            if not new or (start >= page.total and len(page.items) < self._manners.rows):
                return

    def _pages(self, path: str) -> list[OlsOntology]:
        """Return what stands on all pages of a list, each once, by page number: links and totals of OLS are not reliable."""
        listed: dict[str, OlsOntology] = {}
        for number in range(self._manners.pages):
            params = {"page": str(number), "size": str(_PAGE)}
            page = self._ask(path, answers.ontology_page, params, life=self._manners.fresh)
            before = len(listed)
            listed.update((item.id, item) for item in page.items)
            is_full = len(page.items) >= (min(page.size, _PAGE) or _PAGE)
            if len(listed) == before or (number + 1 >= page.total and not is_full):
                break
        if not listed:
            raise Outage(self.address, "OLS was not asked with success: it says that it has no ontology at all")
        return list(listed.values())

    def _ask(
        self, path: str, read: Callable[[answers.Json], Page[T]], params: dict[str, str], *, edition: str = "", life: int
    ) -> Page[T]:
        answer = self._asker.get(path, read, params, edition=edition, life=life)
        if answer is None:
            raise Outage(self.address, f"OLS was not asked with success: it has no {path}, is it an OLS 4?")
        return answer


def _base(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError("OLS", f"{url!r} is no address; expected one such as {EBI}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError("OLS", "the address has a user, a password or a query in it, and must have none")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/api').rstrip('/')}"


def sent(text: str) -> str:
    """Return a text as it is sent: in small letters, as OLS itself makes it, one blank between words, no quotes around it.

    >>> sent(' "Confocal  Microscopy"')
    'confocal microscopy'
    """
    said = " ".join(text.encode("utf-8", "ignore").decode().split()).lower()
    bare = said[1:-1].strip()
    return bare if said[:1] in _QUOTES and bare and key(bare) == key(said) else said


def _named(found: Found, filed: str) -> Named | None:
    if found.label and key(found.label) == filed:
        return Named(found, found.label, "label")
    synonym = next((name for name in found.synonyms if key(name) == filed), None)
    return Named(found, synonym, "synonym") if synonym else None


def _edition(ontologies: Iterable[OlsOntology]) -> str:
    """Return by what answers about these ontologies are told from those about other states of them."""
    said = "\n".join(sorted(f"{ontology.id} {ontology.edition}" for ontology in ontologies))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
