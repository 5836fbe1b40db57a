"""An example that is not in the store: a file is read, mapped and resolved as ``kg harmonize`` would, and thrown away.

Somebody waits for it. So only what an example is compared by is made: no custom layer of tables that no rule reads, no store,
no search data of fields that are not compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from kg import readers
from kg.curie import GRAPH_ONTOLOGIES, KG
from kg.errors import SourceError
from kg.mapping import Decisions, Loaded, Run, Shelf, Tally
from kg.mapping import Mapping as MappingSpec
from kg.paths import user_cache_dir
from kg.pipeline import Settings
from kg.pipeline.auditing import Auditor
from kg.pipeline.checking import checked
from kg.pipeline.closure import describer
from kg.pipeline.guarding import PersonGuard
from kg.pipeline.kinds import Kinds
from kg.pipeline.runs import discard
from kg.pipeline.sinks import Files
from kg.pipeline.sources import iri_of
from kg.readers.confined import Confined
from kg.schema import load_schema
from kg.search.build import build
from kg.search.example import Example, examples_in, speaks
from kg.search.fields import load_fields
from kg.search.opened import Opened
from kg.store.batch import CHOSEN_TERM
from kg.store.faults import store_faults
from kg.table import Reading
from kg.terms import TermIndex, composed, default_index, resolve_all

_IN_MEMORY = 32 << 20  # bytes of statements; more go to the disk


def examples_of(path: Path, settings: Settings, scratch: Path | None = None) -> Sequence[Example]:
    """Return what a file or folder holds as examples, the richest of each level first; never empty.

    Args:
        path: of the source.
        settings: of the run that reads it.
        scratch: folder for whatever is written meanwhile; the system's when None.

    Raises:
        SourceError: it cannot be read, no mapping takes it, or it has no record of any level.
        TermError: the term index cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="kg-example-", dir=scratch) as folder:
        place = Path(folder)
        with TermIndex.open(default_index(settings.index)) as index:
            files = _mapped(path, settings, index, place)
            database = _loaded(files, index, place)
        compared = replace(every := load_fields(), fields={one.name: one for one in every.fields.values() if speaks(one)})
        build(database, place / "sidecars", fields=compared)
        found = examples_in(Opened(place / "sidecars"))
    if not found:
        raise SourceError(path.name, "has no study, image or annotation set that others could be like")
    return found


def _mapped(path: Path, settings: Settings, index: TermIndex, place: Path) -> Files:
    """Return the statements about the sources of a path; raises SourceError when there are none."""
    schema, agent = load_schema(), f"{KG}software/{settings.version or 'unknown'}"
    kinds = Kinds(Shelf.packaged(), settings.mapping)
    refused: list[str] = []
    taken = 0
    with (
        _written(place) as files,
        Confined(settings.limits, place) as confined,
        composed(index, schema.fields, agent, settings.advice, user_cache_dir()) as whole,
    ):
        for source in readers.discover([path], confined.gathered):
            try:
                reading = confined.read(source)
            except SourceError as error:
                refused.append(error.what)
                continue
            try:
                mapping, variables, reason = kinds.mapping_of(reading, source.key)
                if mapping is None:
                    refused.append(reason)
                    continue
                tally = Tally()
                auditor = Auditor(whole.index, whole.fields, whole.repair, tally, agent)
                resolve = partial(resolve_all, whole.resolver)
                deciding = Decisions(schema, resolve, agent, wants_context=whole.context_of, audit=auditor, check=checked)
                run = Run(mapping, schema, deciding, tally, files, persons=settings.persons, guard=PersonGuard())
                run.add([Loaded(iri_of(source.key), source.key, _spoken_of(reading, mapping), variables)])
                taken += 1
            finally:
                discard(reading)
    if not taken:
        raise SourceError(path.name, refused[0] if refused else "holds nothing that can be read")
    return files


@contextmanager
def _written(place: Path) -> Iterator[Files]:
    files = Files(place)
    try:
        yield files
    finally:
        files.close()


def _spoken_of(reading: Reading, mapping: MappingSpec) -> Reading:
    """Return a reading without the tables that no rule of a mapping speaks of, which would all go to the custom layer."""
    wanted = {record.table for record in mapping.records} | {join.table for record in mapping.records for join in record.joins}
    return replace(reading, tables={kind: table for kind, table in reading.tables.items() if kind in wanted})


def _loaded(files: Files, index: TermIndex, place: Path) -> ox.Store:
    """Return a database of what was mapped, with what lies above its terms."""
    paths = (files.own_path, files.shared_path)
    with store_faults("the example"):
        database = ox.Store() if sum(path.stat().st_size for path in paths) < _IN_MEMORY else ox.Store(str(place / "db"))
        for path in paths:
            database.bulk_load(path=str(path), format=ox.RdfFormat.TRIG)
        chosen = database.quads_for_pattern(None, ox.NamedNode(CHOSEN_TERM), None)
        terms = sorted({quad.object.value for quad in chosen if isinstance(quad.object, ox.NamedNode)})
        above = "\n".join(line.strip() for line in describer(index)(terms))
        database.load(above, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(GRAPH_ONTOLOGIES))
    return database
