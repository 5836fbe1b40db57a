"""Writes: what a client may ask to be changed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError


@dataclass(frozen=True, slots=True)
class Upload:
    """A file with RDF.

    Attributes:
        file: its path.
        media_type: without parameters.
    """

    file: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What another server answered to a SERVICE or LOAD of an update.

    Attributes:
        address: that was asked.
        values: what stands in the place of a SERVICE: a VALUES block; empty for LOAD.
        upload: what LOAD fetched; None for SERVICE, and where the update goes on without it.
    """

    address: str
    values: str = ""
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold at the moment of writing.

    Attributes:
        generation: id of the generation that must still be the current one; empty for none published; None for any.
        exists: whether the graph that is written must be there; None for either.
    """

    generation: str | None = None
    exists: bool | None = None


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL 1.1 Update.

    Attributes:
        text: its operations; all of them are done, or none.
        base_iri: what relative IRIs are relative to; empty for nothing.
        using_graphs: IRIs of graphs that WHERE sees as its default graph; empty for what the text says.
        using_named_graphs: IRIs of graphs that WHERE sees by name; empty for what the text says.
        sees_everything: whether who asks may see the sources of all groups, so that the update may depend on them.
        answers: of other servers, for each SERVICE and LOAD in their order; an update with one that has none is refused.
        condition: under which it is done.
    """

    text: str
    base_iri: str = ""
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()
    sees_everything: bool = False
    answers: tuple[Answer, ...] = ()
    condition: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class PutGraph:
    """The statements of files become those of a graph.

    Attributes:
        graph: IRI; None for the default graph.
        uploads: the files; none makes an empty graph.
        base_iri: what relative IRIs are relative to.
        condition: under which it is done.
    """

    graph: str | None
    uploads: tuple[Upload, ...]
    base_iri: str = ""
    condition: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class PostGraph:
    """The statements of files are added to a graph; attributes as for ``PutGraph``."""

    graph: str | None
    uploads: tuple[Upload, ...]
    base_iri: str = ""
    condition: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class DeleteGraph:
    """A graph goes, with its statements; None for the default graph, which becomes empty."""

    graph: str | None
    condition: Condition = ALWAYS


Write = Update | PutGraph | PostGraph | DeleteGraph


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one write.

    Attributes:
        error: why it was not done; None when it was.
        existed: whether the graph was there before; always true for the default graph and for updates.
        changed: whether anything is different now, or may be.
    """

    error: KgError | None = None
    existed: bool = True
    changed: bool = True

    @property
    def done(self) -> bool:
        """Say whether it was done."""
        return self.error is None
