"""Stores in which some sources are hidden from some people, each with a word of its own that must not come out."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Ran

from kg.cli.main import main
from kg.curie import GRAPH_JOBS, KG
from kg.store import CHOSEN_TERM, Batch, SourceEntry, Store

BASE = KG + "id/"
OBO = "http://purl.obolibrary.org/obo/FBbi_"
ROOT_TERM = OBO + "00000222"
NAME, DESCRIPTION = "http://schema.org/name", "http://schema.org/description"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PROV = "http://www.w3.org/ns/prov#"
IMAGE, STUDY = "http://purl.obolibrary.org/obo/IAO_0000101", "http://schema.org/Dataset"
METHOD = "http://rs.tdwg.org/dwc/iri/measurementMethod"


@dataclass(frozen=True, slots=True)
class Circle:
    """A source for some people.

    Attributes:
        word: its own; it stands in its names, texts, IRIs and terms.
        audience: who sees it.
        people: numbers of people whom it names, as other sources may.
        bulk: further statements, so that hidden sources are larger or smaller than seen ones.
    """

    word: str
    audience: str
    people: frozenset[int] = frozenset()
    bulk: int = 0

    @property
    def iri(self) -> str:
        return f"{BASE}source/{self.word}.csv"

    @property
    def image(self) -> str:
        return f"{self.iri}/image/{self.word}"

    @property
    def study(self) -> str:
        return f"{BASE}study/{self.word}"

    @property
    def term(self) -> str:
        return OBO + self.word

    def iris(self) -> tuple[str, ...]:
        return self.iri, self.image, self.study, self.term

    def own(self) -> Iterator[tuple[str, str, str]]:
        yield self.iri, TYPE, f"<{KG}SourceRecord>"
        yield self.iri, NAME, f'"{self.word}.csv"'
        yield self.image, TYPE, f"<{IMAGE}>"
        yield self.image, NAME, f'"image {self.word}"'
        yield self.image, DESCRIPTION, f'"confocal imaging of {self.word} in cells"'
        yield self.image, METHOD, f"<{self.term}>"
        yield self.image, PROV + "wasDerivedFrom", f"<{self.iri}>"
        decision = f"{self.iri}/decision/{self.word}"
        yield self.image, KG + "decision", f"<{decision}>"
        yield decision, TYPE, f"<{KG}Decision>"
        yield decision, KG + "sourceText", f'"method {self.word}"'
        yield decision, KG + "field", '"imaging_method"'
        yield decision, KG + "status", '"review"'
        yield decision, CHOSEN_TERM, f"<{self.term}>"
        for number in range(self.bulk):
            yield f"{self.iri}/image/{number}", NAME, f'"{self.word} {number}"'

    def claims(self) -> Iterator[tuple[str, str, str]]:
        yield self.study, TYPE, f"<{STUDY}>"
        yield self.study, NAME, f'"study of {self.word}"'
        yield self.study, PROV + "wasDerivedFrom", f"<{self.iri}>"
        for number in sorted(self.people):
            person = f"https://orcid.org/0000-0000-0000-{number:04}"
            yield person, TYPE, f"<{PROV}Agent>"
            yield person, NAME, f'"Person {number}"'
            yield person, f"{KG}heardOf", f'"{self.word}"'

    def job(self) -> Iterator[tuple[str, str, str]]:
        job = f"{BASE}job/{self.word}"
        yield job, TYPE, f"<{PROV}Activity>"
        yield job, PROV + "used", f"<{self.iri}>"
        yield job, PROV + "generated", f"<{job}/report>"
        yield f"{job}/report", NAME, f'"report on {self.word}"'


def said_of_terms(terms: Collection[str]) -> Iterator[str]:
    """As an index would say it: labels of all, ancestors of the terms in use."""
    ancestor = f"<{KG}ancestorOrSelf>"
    for term in sorted(terms):
        yield f"<{term}> {ancestor} <{term}> ."
        yield f"<{term}> {ancestor} <{ROOT_TERM}> ."
        yield f'<{term}> <{LABEL}> "term {term.removeprefix(OBO)}" .'
    if terms:
        yield f'<{ROOT_TERM}> <{LABEL}> "imaging method" .'


def filled(store: Store, folder: Path, circles: Sequence[Circle]) -> None:
    """Publish these sources in place of those that the store has."""
    folder.mkdir(parents=True, exist_ok=True)
    own, claims, jobs = folder / "own.nq", folder / "claims.nq", folder / "jobs.nt"
    _write(own, ((c, c.own()) for c in circles))
    _write(claims, ((c, c.claims()) for c in circles))
    jobs.write_text("".join(f"<{s}> <{p}> {o} .\n" for c in circles for s, p, o in c.job()))
    entries = tuple(
        SourceEntry(
            iri=c.iri, key=f"{c.word}.csv", origin=f"/data/{c.word}", digest="0" * 64, mapping="m 1", audience=c.audience
        )
        for c in circles
    )
    gone = tuple({entry.iri for entry in store.sources()} - {entry.iri for entry in entries})
    store.publish(Batch(entries, (own,), (claims,), (jobs,), withdrawn=gone, describe=said_of_terms))


def _write(file: Path, said: Iterable[tuple[Circle, Iterable[tuple[str, str, str]]]]) -> None:
    file.write_text("".join(f"<{s}> <{p}> {o} <{c.iri}> .\n" for c, lines in said for s, p, o in lines))


def kg(*words: object, **environment: str) -> Ran:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in environment.items():
            patch.setenv(name, value)
        code = main([str(word) for word in words])
    return Ran(code, out.getvalue(), err.getvalue())


__all__ = ["BASE", "GRAPH_JOBS", "ROOT_TERM", "Circle", "filled", "kg", "said_of_terms"]
