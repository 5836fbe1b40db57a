"""What a run is asked to do, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kg.errors import SourceError
from kg.mapping import ColumnCount
from kg.mapping.people import Persons
from kg.problem import Problem
from kg.readers import Limits
from kg.store import Generation
from kg.table import Reading, Source
from kg.term import Decision
from kg.terms import Advice

Outcome = Literal["harmonized", "part", "unsupported", "unreadable", "unmapped"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to harmonize.

    Attributes:
        index: the term index; None for the default one.
        advice: what the resolver listens to beside the index: policy, decisions, an OLS.
        mapping: name of the mapping to use for every source, or path of its YAML file; None to recognise each.
        persons: whose data are kept: nobody's, those of authors and other credited people, or everybody's.
        limits: bounds for foreign files.
        version: version of the software, for provenance.
        audience: who may see the sources: ``public``, ``private`` or a group; None leaves each as it was, and new ones public.
    """

    index: Path | None = None
    advice: Advice = field(default_factory=Advice)
    mapping: str | None = None
    persons: Persons = "authors"
    limits: Limits = field(default_factory=Limits)
    version: str = ""
    audience: str | None = None


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What became of one source.

    Attributes:
        key: its name.
        iri: its IRI and graph; empty unless harmonized.
        status: what became of it.
        reason: why it was not harmonized; empty otherwise.
        reader: which reader took it.
        mapping: which mapping took it.
        rows: how many rows its tables have.
        named: whether the user named this very file.
    """

    key: str
    status: Outcome
    reason: str = ""
    iri: str = ""
    reader: str = ""
    mapping: str = ""
    rows: int = 0
    named: bool = False


@dataclass(frozen=True, slots=True)
class Harmonized:
    """The result of a run.

    Attributes:
        generation: what was published; None when no source could be harmonized.
        sources: every source found, in order.
        columns: where the cells went, the most filled column first.
        decisions: how many Decisions there are, by field and status.
        problems: everything found wrong.
        records: how many records were made, by class.
        index: name and version of each ontology in the term index.
    """

    generation: Generation | None
    sources: tuple[SourceOutcome, ...]
    columns: tuple[ColumnCount, ...]
    decisions: Mapping[tuple[str, str], int]
    problems: tuple[Problem, ...]
    records: Mapping[str, int]
    index: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a source says, and what a mapping makes of it.

    Attributes:
        source: the source.
        reading: its tables and facts.
        mapping: the mapping that takes it; None when none does.
        columns: where its cells would go.
        decisions: the term texts it holds, resolved.
        problems: what is wrong with it.
        trig: the statements, as TriG.
    """

    source: Source
    reading: Reading
    mapping: str | None
    columns: tuple[ColumnCount, ...]
    decisions: tuple[Decision, ...]
    problems: tuple[Problem, ...]
    trig: str


Progress = Callable[[int, int, str], None]
"""Called with sources done, sources in all, and the name of the current one."""

Refused = Callable[[Source, SourceError], None]
"""Told of a source that cannot be read, and why."""

Wanted = Callable[[Source], bool]
"""Says whether a source that was found is to be taken."""
