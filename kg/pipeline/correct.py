"""Correcting the graph: a Decision that now turns out otherwise is rewritten where it stands, and no source is read again."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from kg.errors import StoreError
from kg.mapping.decisions import Blocks, Place, Resolve, chosen
from kg.pipeline.closure import describer, versions
from kg.schema import Schema
from kg.store import Amendment, Batch, Generation, Store
from kg.store.batch import is_shared_graph
from kg.term import REPAIRED, Decision, Query, Status
from kg.terms import TermIndex

Concerned = Callable[[Query], bool]
_FILES = ("removed", "added", "unclaimed", "claimed")


@dataclass(frozen=True, slots=True)
class Standing:
    """A Decision as it stands in the graph: where, what was asked, and what became of it."""

    place: Place
    query: Query
    status: Status
    repaired: bool


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction did.

    Attributes:
        generation: what was published; None when everything stood as it should, so that nothing was.
        decisions: how many Decisions changed, by status before and after.
        records: how many records now point to other terms.
    """

    generation: Generation | None
    decisions: Mapping[tuple[str, str], int]
    records: int


def standing(generation: Generation, schema: Schema) -> Iterator[Standing]:
    """Yield every Decision of a generation, in no particular order."""
    class_ = schema.class_("Decision")
    slot = {name: f"<{class_.slots[name].iri}>" for name in class_.slots}
    optional = ("source_text", "source_accession", "source_ontology", "decides", "why")
    said = " ".join(f"OPTIONAL {{ ?d {slot[name]} ?{name} }}" for name in optional)
    rows = generation.query(
        f"SELECT ?g ?d ?field ?status {' '.join(f'?{name}' for name in optional)} WHERE {{ GRAPH ?g {{"
        f" ?d a <{class_.iri}> ; {slot['field']} ?field ; {slot['decision_status']} ?status . {said} }} }}"
    )
    context = ox.NamedNode(class_.slots["context_text"].iri)
    for row in rows:
        source, name, field, status, text, accession, ontology, decides, why = (_value(term) for term in row)
        beside = (quad.object for quad in generation.database.quads_for_pattern(ox.NamedNode(name), context, None))
        pairs = tuple(sorted((f, t) for f, _, t in (_value(value).partition("=") for value in beside)))
        query = Query(field, text, accession, ontology, pairs)
        yield Standing(Place(source, name, decides), query, cast("Status", status), repaired=why.startswith(REPAIRED))


def _is_curated(decision: Decision) -> bool:
    return any(match.tier == "curated" for match in decision.matches)


def correct(store: Store, schema: Schema, index: TermIndex, resolve: Resolve, *, concerned: Concerned, agent: str) -> Corrected:
    """Ask again about the texts that are concerned, and publish what comes out as one generation, whole or not at all.

    The result is what reading all sources again with the same resolver would give for these texts.

    Args:
        store: the store.
        schema: the schema that the store was filled with.
        index: where labels and closure of the terms come from.
        resolve: answers with what is decided now.
        concerned: says which texts to ask about.
        agent: IRI of the software that decides where no person did.

    Raises:
        StoreError: another job writes, or the store cannot be written.
    """
    with store.writing():
        generation = store.current
        if generation is None:
            return Corrected(None, {}, 0)
        wanted = [one for one in standing(generation, schema) if concerned(one.query)]
        old = next((one for one in wanted if not one.place.decides), None)
        if old is not None:
            found = f"was harmonized by a kg that did not note which property a decision is about ({old.place.name})"
            raise StoreError(str(store.path), f"{found}; harmonize its sources again")
        answers = resolve(list(dict.fromkeys(one.query for one in wanted)))
        # A repair rests on the whole column, which is not read again: only a person's word takes its place.
        wanted = [one for one in wanted if not one.repaired or _is_curated(answers[one.query])]
        work = Path(tempfile.mkdtemp(prefix="work-", dir=store.path / "generations"))
        try:
            with ExitStack() as open_files:
                files = {name: open_files.enter_context(_new(work / f"{name}.nq")) for name in _FILES}
                edit = _Edit(generation.database, schema, Blocks(schema, agent), files)
                edit.run(wanted, answers)
            if not edit.changed:
                return Corrected(None, {}, 0)
            _check_index(generation, index)
            amendment = Amendment(*(((work / f"{name}.nq"),) for name in _FILES))
            batch = Batch(amendment=amendment, describe=describer(index), ontologies=versions(index))
            return Corrected(store.publish(batch), dict(edit.changed), edit.records)
        finally:
            shutil.rmtree(work, ignore_errors=True)


class _Edit:
    """Works out which statements go and which come, and writes them to files."""

    def __init__(self, db: ox.Store, schema: Schema, blocks: Blocks, files: Mapping[str, IO[str]]) -> None:
        slots = schema.class_("Decision").slots
        self._db, self._blocks, self._files = db, blocks, files
        self._chosen, self._decides = (ox.NamedNode(slots[name].iri) for name in ("chosen_term", "decides"))
        self._points = ox.NamedNode(schema.slot("Record", "decision").iri)
        self._after: dict[str, frozenset[str]] = {}
        self.changed: Counter[tuple[str, str]] = Counter()
        self.records = 0
        # A record points to few Decisions, and many records to the same.
        self._before = lru_cache(maxsize=65_536)(lambda name: self._objects(name, self._chosen))
        self._property = lru_cache(maxsize=65_536)(lambda name: self._objects(name, self._decides))

    def run(self, wanted: Iterable[Standing], answers: Mapping[Query, Decision]) -> None:
        """Compare each Decision with what is decided now, then change the records that point to those that differ."""
        moved = []
        for one in wanted:
            decision = answers[one.query]
            if self._rewrite(one, decision):
                self.changed[one.status, decision.status] += 1
                self._after[one.place.name] = frozenset(chosen(decision))
                moved.append(one.place)
        touched = sum(self._records(place) for place in moved if self._after[place.name] != self._before(place.name))
        self.records = touched

    def _rewrite(self, one: Standing, decision: Decision) -> bool:
        node, graph = ox.NamedNode(one.place.name), ox.NamedNode(one.place.source)
        there = set(self._db.quads_for_pattern(node, None, None, graph))
        memory = ox.Store()  # spells literals as the store does
        memory.load(self._blocks.block(one.place, one.query, decision), format=ox.RdfFormat.TRIG)
        wanted = set(memory)
        self._write("removed", there - wanted)
        self._write("added", wanted - there)
        return there != wanted

    def _records(self, place: Place) -> int:
        """Change what points to a Decision; return how many records that are."""
        before, after = self._before(place.name), self._after[place.name]
        count, predicate, source = 0, ox.NamedNode(place.decides), ox.NamedNode(place.source)
        for pointer in self._db.quads_for_pattern(None, self._points, ox.NamedNode(place.name)):
            record = cast("ox.NamedNode", pointer.subject)
            gone = [term for term in before - after if self._goes(term, pointer, place)]
            files = ("unclaimed", "claimed") if is_shared_graph(_value(pointer.graph_name)) else ("removed", "added")
            for name, terms in zip(files, (gone, after - before), strict=True):
                self._write(name, (ox.Quad(record, predicate, ox.NamedNode(term), source) for term in terms))
            count += 1
        return count

    def _goes(self, term: str, pointer: ox.Quad, place: Place) -> bool:
        """Say whether a record loses a term: no other text of it in this source means the same; of several one is to say so."""
        beside = [
            name
            for quad in self._db.quads_for_pattern(pointer.subject, self._points, None, pointer.graph_name)
            if (name := _value(quad.object)).startswith(f"{place.source}/decision/") and place.decides in self._property(name)
        ]
        stays = any(term in self._after.get(name, self._before(name)) for name in beside)
        return not stays and place.name == min(name for name in beside if term in self._before(name))

    def _objects(self, name: str, predicate: ox.NamedNode) -> frozenset[str]:
        return frozenset(_value(quad.object) for quad in self._db.quads_for_pattern(ox.NamedNode(name), predicate, None))

    def _write(self, name: str, quads: Iterable[ox.Quad]) -> None:
        self._files[name].writelines(f"{quad} .\n" for quad in quads)


def _new(path: Path) -> IO[str]:
    return path.open("w", encoding="utf-8", newline="\n")


def _check_index(generation: Generation, index: TermIndex) -> None:
    """Refuse an index that would take labels and closure from terms that are in use."""
    held = {_plain(title) for title in versions(index)}
    missing = sorted({_plain(title) for title in generation.stats()["ontologies"]} - held)
    if missing:
        shown = ", ".join(missing)
        raise StoreError(generation.id, f"its terms were described with {shown}, which this term index lacks; say --index FILE")


def _plain(title: str) -> str:
    return title.partition(" (")[0]


def _value(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""
