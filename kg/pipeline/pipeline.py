"""The steps in their order: discover, read, recognise, map, resolve, load, publish."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from kg import readers
from kg.curie import KG, base_iri, is_iri
from kg.errors import SourceError, UsageError
from kg.mapping import Decisions, Loaded, Resolve, Run, Shelf, Tally
from kg.mapping import Mapping as MappingSpec
from kg.mapping.cast import XSD, literal
from kg.paths import user_cache_dir
from kg.pipeline.auditing import Auditor
from kg.pipeline.checking import checked
from kg.pipeline.closure import describer, versions
from kg.pipeline.decided import decisions_file, memory_of
from kg.pipeline.guarding import PersonGuard
from kg.pipeline.kinds import Kinds
from kg.pipeline.results import Harmonized, Inspected, Progress, Refused, Settings, SourceOutcome, Wanted
from kg.pipeline.runs import Ready, Runs, discard
from kg.pipeline.sinks import Files, Memory
from kg.pipeline.sources import Found, Known, digest_of, found, iri_of
from kg.problem import Problem
from kg.readers import UnsupportedSource, parts_of
from kg.readers.confined import Confined
from kg.schema import Schema, load_schema
from kg.store import PUBLIC, Batch, Generation, SourceEntry, Store, check_audience, may_hear
from kg.table import Reading, Source
from kg.term import Decision, Query
from kg.terms import Composed, TermIndex, composed, default_index, resolve_all


class Pipeline:
    """Reads, maps, resolves, loads and publishes."""

    def __init__(
        self,
        settings: Settings | None = None,
        mappings: Sequence[MappingSpec] | None = None,
        confined: Confined | None = None,
    ) -> None:
        """Take settings, mappings in place of the packaged ones, and a process to read in in place of one for each call.

        Raises:
            MappingError: the mapping asked for is wrong, or there is none of its name.
            UsageError: KG_BASE_IRI is no namespace, or the audience is none.
        """
        self._settings = settings or Settings()
        if self._settings.audience is not None:
            check_audience(self._settings.audience)
        self._confined = confined
        shelf = Shelf.packaged() if mappings is None else Shelf({}, mappings)
        self._kinds = Kinds(shelf, self._settings.mapping)
        self._agent = f"{KG}software/{self._settings.version or 'unknown'}"
        if not is_iri(base_iri()) or not base_iri().endswith(("/", "#", ":")):
            raise UsageError("KG_BASE_IRI", f"found {base_iri()!r}, expected an IRI that ends in / or #")

    def _reading(self) -> AbstractContextManager[Confined]:
        """Return the process to read in; one that was given stays with who gave it."""
        return nullcontext(self._confined) if self._confined else Confined(self._settings.limits)

    @property
    def schema(self) -> Schema:
        """Return the schema that the mappings fill; raises SchemaError when it is wrong."""
        return load_schema()

    def harmonize(
        self, paths: Sequence[Path], store: Path, progress: Progress | None = None, wanted: Wanted | None = None
    ) -> Harmonized:
        """Harmonize sources into a store and publish one generation.

        A source that cannot be read is listed with the reason and changes nothing; the others go on.

        Args:
            paths: files and folders.
            store: folder of the store.
            progress: told how far it is.
            wanted: says which of the sources found are taken; None for all.

        Raises:
            StoreError: the store cannot be written.
            TermError: the term index cannot be read.
        """
        with (
            self._reading() as confined,
            Store.open(store, create=True) as opened,
            opened.writing(),
            TermIndex.open(default_index(self._settings.index)) as index,
        ):
            there = found(paths, confined.gathered)
            if wanted:
                there = replace(there, sources=tuple(filter(wanted, there.sources)))
            # Beside the generations: a writer clears there what an interrupted one left.
            work = Path(tempfile.mkdtemp(prefix="work-", dir=store / "generations"))
            try:
                with self._resolving(index, opened, there.sources) as whole:
                    run = _Harmonizing(
                        self._settings,
                        schema=self.schema,
                        kinds=self._kinds,
                        agent=self._agent,
                        store=opened,
                        whole=whole,
                        work=work,
                        confined=confined,
                    )
                    return run.run(there, progress)
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def inspect(self, path: Path) -> list[Inspected]:
        """Say what sources hold and what becomes of it, without a store.

        Raises:
            SourceError: a source cannot be read, or no reader takes it.
        """
        return list(self.inspect_each(path))

    def inspect_each(self, path: Path, refused: Refused | None = None) -> Iterator[Inspected]:
        """Inspect one source after the other; the tables of each can be read until the next one is asked for.

        Args:
            path: file, folder or archive.
            refused: told of each source inside a folder that cannot be read; without it such a source raises, too.

        Raises:
            SourceError: a source cannot be read, or no reader takes it.
        """
        with (
            self._reading() as confined,
            TermIndex.open(default_index(self._settings.index)) as index,
            composed(index, self.schema.fields, self._agent, self._settings.advice, user_cache_dir()) as whole,
        ):
            for source in readers.discover([path], confined.gathered):
                try:
                    reading = confined.read(source)
                except SourceError as error:
                    if refused is None or source.named:
                        raise
                    refused(source, error)
                    continue
                try:
                    yield self._inspect(source, reading, whole)
                finally:
                    discard(reading)

    def _resolving(self, index: TermIndex, store: Store, sources: Sequence[Source]) -> AbstractContextManager[Composed]:
        """Return the resolver of a run: with the store's own decisions, and with what its other sources say."""
        entries = store.sources()
        known = Known(entries)
        again = {known.iri(source) for source in sources}
        told = _audiences(entries, again, self._settings.audience)
        # What one audience sees must not rest on what others say in a circle of their own.
        unheard = {entry.iri for entry in entries if not all(may_hear(audience, entry.audience) for audience in told)}
        advice = self._settings.advice
        if not advice.decisions:
            advice = replace(advice, decisions=(decisions_file(store.path),))
        memory = memory_of(store.current, again | unheard)
        return composed(index, self.schema.fields, self._agent, advice, user_cache_dir(), memory)

    def _inspect(self, source: Source, reading: Reading, whole: Composed) -> Inspected:
        tally = Tally()
        for problem in (*whole.problems, *reading.problems):
            tally.note(problem)
        mapping, variables, reason = self._kinds.mapping_of(reading, source.key)
        if mapping is not None and reason:
            tally.note(_misfit(source.key, reason))
        seen: dict[Query, Decision] = {}
        resolver = whole.resolver

        def resolve(queries: Sequence[Query]) -> Mapping[Query, Decision]:
            answers = resolve_all(resolver, queries)
            seen.update(answers)
            return answers

        memory = Memory()
        if mapping is not None:
            run = Run(
                mapping,
                self.schema,
                _deciding(self.schema, whole, resolve, tally, self._agent),
                tally,
                memory,
                persons=self._settings.persons,
                guard=PersonGuard(),
            )
            run.add([Loaded(iri_of(source.key), source.key, reading, variables)])
        name = mapping.mapping if mapping else None
        return Inspected(source, reading, name, tally.columns(), tuple(seen.values()), tally.problems(), "".join(memory.blocks))


class _Harmonizing:
    """One run: what it works with, and what it has found so far."""

    def __init__(
        self,
        settings: Settings,
        *,
        schema: Schema,
        kinds: Kinds,
        agent: str,
        store: Store,
        whole: Composed,
        work: Path,
        confined: Confined,
    ) -> None:
        self._settings, self._schema, self._kinds = settings, schema, kinds
        self._store, self._index, self._work, self._confined = store, whole.index, work, confined
        self._tally, self._files = Tally(), Files(work)
        for problem in whole.problems:
            self._tally.note(problem)
        decisions = _deciding(schema, whole, partial(resolve_all, whole.resolver), self._tally, agent)
        self._runs = Runs(schema, decisions, self._tally, self._files, persons=settings.persons)

    def run(self, there: Found, progress: Progress | None) -> Harmonized:
        known = Known(self._store.sources())
        for failed in there.failed:
            self._note(failed.key, "unreadable", failed.reason, "a file or a folder")
        outcomes, origins = list(there.failed), {}
        for done, source in enumerate(there.sources):
            if progress:
                progress(done, len(there.sources), source.key)
            outcome, digest = self._take(source, known.iri(source))
            outcomes.append(outcome)
            if digest:
                origins[outcome.iri] = (str(source.path), digest)
        self._runs.flush()
        self._files.close()
        before = {entry.iri: entry.audience for entry in self._store.sources()}
        if progress:
            progress(len(there.sources), len(there.sources), "loading")
        rows, tally = self._tally.rows, self._tally
        outcomes = [replace(o, rows=rows[o.key]) if o.status == "harmonized" else o for o in outcomes]
        parts = [SourceOutcome(p.key, "part", f"is part of {p.owner}") for p in parts_of(there.sources)]
        entries = [self._entry(o, *origins[o.iri], before.get(o.iri, PUBLIC)) for o in outcomes if o.status == "harmonized"]
        generation = self._publish(entries) if entries else self._store.current
        return Harmonized(
            generation,
            (*outcomes, *parts),
            tally.columns(),
            self._runs.decisions,
            tally.problems(),
            dict(tally.records),
            versions(self._index),
        )

    def _take(self, source: Source, iri: str) -> tuple[SourceOutcome, str]:
        """Read, recognise and map one source, or say what stands in the way; also return its digest where it was taken."""
        failed = SourceOutcome(source.key, "unreadable", named=source.named)
        try:
            reading = self._confined.read(source)
            digest, size = digest_of(source)
        except UnsupportedSource as error:
            self._note(source.key, "unsupported", error.what, "a kind of source that has a reader", grave=source.named)
            return replace(failed, status="unsupported", reason=error.what), ""
        except SourceError as error:
            self._note(source.key, "unreadable", error.what, "a file that can be read")
            return replace(failed, reason=error.what), ""
        except OSError as error:  # it was read, and is gone now
            self._note(source.key, "unreadable", error.strerror or str(error), "a file that stays while it is read")
            return replace(failed, reason=f"cannot be read any more ({error.strerror or error})"), ""
        for problem in reading.problems:
            self._tally.note(problem)
        mapping, variables, reason = self._kinds.mapping_of(reading, source.key)
        if mapping is None:
            discard(reading)
            self._note(
                source.key, "unmapped", "tables that no mapping takes", "a source kind with a mapping", grave=source.named
            )
            return replace(failed, status="unmapped", reason=reason, reader=reading.reader), ""
        if reason:
            self._tally.note(_misfit(source.key, reason))
        outcome = replace(failed, status="harmonized", iri=iri, reader=reading.reader, mapping=mapping.mapping)
        self._runs.add(Ready(Loaded(iri, source.key, reading, variables), mapping, size))
        return outcome, digest

    def _note(self, key: str, code: str, what: str, expected: str, *, grave: bool = True) -> None:
        severity: Literal["error", "info"] = "error" if grave else "info"
        self._tally.note(Problem(key, code, what, expected, severity=severity))

    def _entry(self, outcome: SourceOutcome, origin: str, digest: str, audience: str) -> SourceEntry:
        version = self._kinds.version(outcome.mapping)
        return SourceEntry(
            iri=outcome.iri,
            key=outcome.key,
            origin=origin,
            digest=digest,
            mapping=f"{outcome.mapping} {version}",
            audience=self._settings.audience or audience,
            rows=outcome.rows,
        )

    def _publish(self, entries: Sequence[SourceEntry]) -> Generation:
        records = self._work / "sources.trig"
        with records.open("w", encoding="utf-8") as file:
            file.writelines(self._source_record(entry) for entry in entries)
        own, shared = ([path] if path.stat().st_size else [] for path in (self._files.own_path, self._files.shared_path))
        return self._store.publish(
            Batch(
                tuple(entries),
                (*own, records),
                tuple(shared),
                describe=describer(self._index),
                ontologies=versions(self._index),
            )
        )

    def _source_record(self, entry: SourceEntry) -> str:
        record = self._schema.class_("SourceRecord")
        name, _, version = entry.mapping.partition(" ")
        said = {
            "name": literal(entry.key),
            "source_path": literal(entry.key),
            "content_digest": literal(entry.digest if ":" in entry.digest else f"sha256:{entry.digest}"),
            "mapping_name": literal(name),
            "mapping_version": literal(version),
            "schema_version": literal(self._schema.version),
            "row_count": literal(str(entry.rows), XSD + "integer"),
            "person_data": literal(self._settings.persons),
        }
        body = "".join(f"<{record.slots[slot].iri}>{value};" for slot, value in said.items())
        return f"<{entry.iri}>{{<{entry.iri}> a <{record.iri}>;{body}}}\n"


def _audiences(entries: Iterable[SourceEntry], again: Collection[str], wanted: str | None) -> set[str]:
    """Return the audiences of the sources of a run: the one that is wanted, or those they have."""
    had = {entry.iri: entry.audience for entry in entries}
    return {wanted or had.get(iri, PUBLIC) for iri in again}


def _deciding(schema: Schema, whole: Composed, resolve: Resolve, tally: Tally, agent: str) -> Decisions:
    """Return what decides about texts: the resolver, with what stands beside them, after an audit of their accessions."""
    auditor = Auditor(whole.index, whole.fields, whole.repair, tally, agent)
    return Decisions(schema, resolve, agent, wants_context=whole.context_of, audit=auditor, check=checked)


def _misfit(key: str, reason: str) -> Problem:
    expected, repair = "a source of the kind that the chosen mapping is for", "every text is kept in the custom layer"
    return Problem(key, "misfit", reason, expected, repair=repair)
