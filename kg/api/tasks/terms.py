"""Terms in a worker: what the local index holds of one, how the graph uses it, and which terms texts mean. No network."""

from __future__ import annotations

import json
import weakref
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import __version__
from kg.api.linked.gathering import RDFS_LABEL, Reader
from kg.api.linked.iris import valid
from kg.api.tasks.context import Context, Reply
from kg.curie import GRAPH_ONTOLOGIES, KG, spelt
from kg.paths import user_cache_dir
from kg.schema import load_schema
from kg.store import CHOSEN_TERM
from kg.term import Query
from kg.terms import Advice, Resolver, TermIndex, composed, decision_json, default_index, resolve_all
from kg.terms.browse import Browser
from kg.terms.files.facts import curie_of, iri_of
from kg.terms.resolve.accession import normalise

_COUNTED = 10_000
_CHILDREN = 200
_WORDS = 50
_CHOSEN = ox.NamedNode(CHOSEN_TERM)
_ABOVE = ox.NamedNode(KG + "ancestorOrSelf")
_TEXT = ox.NamedNode(KG + "sourceText")
_ASIDE = frozenset((CHOSEN_TERM, KG + "candidate", KG + "ancestorOrSelf"))


class Opened:
    """An index with what answers from it; closed when the worker lets go of it."""

    def __init__(self, path: Path) -> None:
        """Open the index at a path; raises TermError where it cannot be read."""
        with ExitStack() as stack:
            self.index = stack.enter_context(TermIndex.open(path))
            self.browser = stack.enter_context(Browser.open(path))
            fields, agent = load_schema().fields, f"{KG}software/{__version__}"
            # Without advice: nothing that people decided about texts of a source that the caller may not see, and no network.
            whole = stack.enter_context(composed(self.index, fields, agent, Advice(), user_cache_dir()))
            self.resolver: Resolver = whole.resolver
            weakref.finalize(self, stack.pop_all().close)


def resolve(context: Context, request: Mapping[str, Any]) -> Reply:
    """Say which terms texts mean.

    Args:
        context: of the worker.
        request: ``index`` (path; empty for the one in the cache) and ``queries``: objects with ``field``, ``text``,
            ``accession``, ``ontology`` and ``context`` (pairs of field and text).

    Returns:
        head: ``unknown`` (a field that there is not; empty when all are known) and ``fields`` (all there are); the body is
            a list of decisions as JSON, in the order of the queries.
    """
    fields = load_schema().fields
    said = {name for one in request["queries"] for name in (one["field"], *(field for field, _ in one["context"]))}
    unknown = sorted(said - fields.keys())
    if unknown:
        return Reply({"unknown": unknown[0], "fields": list(fields)})
    queries = [
        Query(one["field"], one["text"], one["accession"], one["ontology"], tuple(sorted((f, t) for f, t in one["context"])))
        for one in request["queries"]
    ]
    answers = resolve_all(opened(context, request["index"]).resolver, queries)
    body = json.dumps([decision_json(answers[query]) for query in queries], ensure_ascii=False)
    return Reply({"unknown": "", "fields": []}, body.encode("utf-8", "surrogatepass"))


def term(context: Context, request: Mapping[str, Any]) -> Reply:
    """Tell of a term.

    Args:
        context: of the worker.
        request: ``index``, ``database`` and ``term`` (a CURIE or an IRI, in any of the usual spellings).

    Returns:
        head: ``found``; the body is JSON: the term as the index holds it, and ``use`` as the caller sees it.
    """
    terms = opened(context, request["index"])
    said = request["term"]
    curie = curie_of(said) if "://" in said else (normalise(said).curie or said)
    told = _held(terms, curie) or _told(context, request["database"], curie, said)
    if told is None:
        return Reply({"found": False})
    shaped = {**told, "use": _use(context.database(request["database"]), told["iri"])}
    return Reply({"found": True}, json.dumps(shaped, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def opened(context: Context, given: str) -> Opened:
    """Return the index at a path (empty for the one in the cache), kept open until it is replaced."""
    path = default_index(Path(given) if given else None)
    stamp = path.stat()
    # An index that was replaced since it was opened is another one.
    return context.kept("index", f"{path}\0{stamp.st_ino}\0{stamp.st_mtime_ns}", lambda _: Opened(path))


def _held(terms: Opened, curie: str) -> dict[str, Any] | None:
    """Return what the index holds of a term; None when no loaded file holds it."""
    index = terms.index
    entry = index.entry(curie)
    if entry is None:
        return None
    names = [(text, scope) for text, scope in index.names(curie) if scope != "label"]
    below = index.count_below(curie, _COUNTED)
    return {
        "curie": spelt(curie), "iri": entry.term.iri, "label": entry.term.label, "definition": index.definition(curie),
        "synonyms": [{"text": text, "scope": scope} for text, scope in names],
        "parents": [_named(index, parent) for parent in index.parents(curie)],
        "children": [_named(index, child) for child in _children(terms.browser, curie)],
        "below": below, "below_is_exact": below < _COUNTED, "xrefs": list(index.xrefs(curie)), "obsolete": entry.obsolete,
        "replaced_by": list(index.replaced_by(curie)), "consider": list(index.consider(curie)),
        "ontology": entry.ontology, "ontologies": list(index.holds(curie)),
    }  # fmt: skip


def _named(index: TermIndex, curie: str) -> dict[str, str]:
    found = index.term(curie)
    return {"curie": spelt(curie), "label": found.label if found else ""}


def _children(browser: Browser, curie: str) -> list[str]:
    found = {
        browser.curie(child)
        for concept in browser.find(curie)
        for shelf in browser.shelves_with(concept)
        for child in browser.below(shelf, concept, most=_CHILDREN)
    }
    return sorted(found)[:_CHILDREN]


def _told(context: Context, database: str, curie: str, said: str) -> dict[str, Any] | None:
    """Return what the graph says of a term that the index lacks."""
    iri = said if "://" in said else iri_of(curie)
    label = Reader(context.database(database)).label(ox.NamedNode(iri)) if valid(iri) else None
    if label is None or not isinstance(label.object, ox.Literal) or label.predicate != RDFS_LABEL:
        return None
    if label.graph_name != ox.NamedNode(GRAPH_ONTOLOGIES):
        return None
    return {"curie": spelt(curie), "iri": iri, "label": label.object.value, "ontology": "", "ontologies": []}


def _use(store: ox.Store, iri: str) -> dict[str, Any]:
    """Return how often a term is used; counting ends at 10,000."""
    node = ox.NamedNode(iri)
    pointing = list(islice(store.quads_for_pattern(None, None, node), _COUNTED))
    records = {quad.subject for quad in pointing if quad.predicate.value not in _ASIDE}
    decisions = {quad.subject for quad in pointing if quad.predicate == _CHOSEN}
    words: Counter[str] = Counter()
    for decision in islice(decisions, _COUNTED // 10):
        words.update(q.object.value for q in store.quads_for_pattern(decision, _TEXT, None) if isinstance(q.object, ox.Literal))
    below = sum(1 for _ in islice(store.quads_for_pattern(None, _ABOVE, node), _COUNTED))
    return {
        "records": len(records), "decisions": len(decisions), "is_exact": len(pointing) < _COUNTED,
        "terms_in_use_at_or_below": below,
        "words": [{"text": text, "decisions": count} for text, count in words.most_common(_WORDS)],
    }  # fmt: skip
