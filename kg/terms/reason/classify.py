"""Classifying an ontology: the file as it is, with what follows from its definitions added at its end.

Editors' files define classes and leave it to a reasoner to place them; unclassified, half of what is below a class is missing.
"""

from __future__ import annotations

import importlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import TermError
from kg.terms.files.annotations import OWL, RDFS
from kg.terms.files.facts import curie_of
from kg.terms.files.ontology_file import facts_of, recognise
from kg.terms.files.packed import opened, peek
from kg.terms.reason.hermit import Hierarchy, hermit, missing
from kg.terms.reason.logic import Logic, logic_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = 1 << 14
_RDF: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {
        "rdfxml": ox.RdfFormat.RDF_XML,
        "turtle": ox.RdfFormat.TURTLE,
        "ntriples": ox.RdfFormat.N_TRIPLES,
        "jsonld": ox.RdfFormat.JSON_LD,
    }
)
_PACKED = frozenset({".xz", ".gz", ".bz2", ".zst", ".lzma"})
# The bracket that closes an ontology in functional syntax: only blanks and comments come after it.
_END = re.compile(rb"\)(?=(?:\s|#[^\n]*(?:\n|\Z))*\Z)")
_TAIL = 1 << 16
_SUBCLASS, _SAME = "SubClassOf", "EquivalentClasses"
_PREDICATES: Mapping[str, str] = MappingProxyType({_SUBCLASS: RDFS + "subClassOf", _SAME: OWL + "equivalentClass"})


@dataclass(frozen=True, slots=True)
class Classified:
    """An ontology that has been classified.

    Attributes:
        path: file that says all that the original says and what follows from it: in functional syntax if the original is,
            else in N-Triples. ``kg.terms.add_file`` takes it.
        inferred: how many statements that one class is directly below another were added.
        unsatisfiable: CURIEs of the classes that nothing can belong to; nothing is inferred about them.
        left_out: IRIs of the imported ontologies that were not given and so not thought of.
    """

    path: Path
    inferred: int
    unsatisfiable: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def classified(
    file: Path, folder: Path, imports: Sequence[Path] = (), *, timeout: float = 600.0, memory: int = 2000
) -> Classified:
    """Classify an ontology in OWL and write it, with the inferred hierarchy of its named classes, into a folder.

    Individuals, rules and datatypes outside OWL 2 are not thought of. Nothing is fetched: of what the ontology imports only
    ``imports`` counts, and of that nothing is written but where a class of the ontology stands below it.

    Args:
        file: OWL in functional syntax or as RDF/XML, Turtle, N-Triples or JSON-LD; may be packed.
        folder: made if it is absent; a file of the same name in it is replaced.
        imports: files of imported ontologies, in the same forms.
        timeout: seconds that the reasoner may take.
        memory: MiB that the reasoner may take for its data.

    Raises:
        TermError: owlready2, py-horned-owl or Java is missing; a file cannot be read or is no OWL; the ontology contradicts
            itself; or the reasoner needs more than it may take.
    """
    reasoner = hermit()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".reason-") as inner:
            workshop = Path(inner)
            logical, whole = workshop / "logic.nt", workshop / "whole.nt"
            with logical.open("w", encoding="utf-8") as sink, whole.open("w", encoding="utf-8") as copy:
                copy.write("# Triples of an ontology, with what follows from its definitions at the end.\n")
                own, original = _gathered(file, workshop, "own", sink, copy)
                others = [_gathered(path, workshop, f"import{i}x", sink, None)[0] for i, path in enumerate(imports)]
            hierarchy = reasoner.classify(logical, file.name, timeout, memory)
            new = tuple(_new(own, hierarchy))
            path = folder / f"{_stem(file)}.classified.{'ofn' if original else 'nt'}"
            done = workshop / path.name
            if original:
                _append_functional(original, done, new, file.name)
            else:
                _append_triples(whole, done, new)
            done.replace(path)
    except OSError as error:
        raise TermError(str(folder), f"cannot be written: {error.strerror}") from error
    given = {iri for logic in others for iri in logic.called}
    asked = own.imports.union(*(logic.imports for logic in others))
    return Classified(
        path,
        sum(word == _SUBCLASS for word, _, _ in new),
        tuple(sorted(curie_of(iri) for iri in hierarchy.unsatisfiable)),
        tuple(sorted(asked - given - own.called)),
    )


def _gathered(file: Path, workshop: Path, mark: str, sink: IO[str], copy: IO[str] | None) -> tuple[Logic, Path | None]:
    """Write the logic of a file into ``sink``; return what it says of itself, and its unpacked copy in functional syntax.

    ``copy`` gets all triples of a file in RDF.
    """
    for _ in facts_of(file):  # refuses, with the place, what is broken, too deep or too large for the readers below
        pass
    place = Path(tempfile.mkdtemp(dir=workshop)) / file.name
    with opened(file) as stream, place.open("wb") as unpacked:
        syntax = recognise(peek(stream, _HEAD, file.name), file.name)
        shutil.copyfileobj(stream, unpacked)
    if syntax == "functional":
        return logic_of(_as_rdf(place), ox.RdfFormat.RDF_XML, mark, sink), place
    if syntax not in _RDF:
        raise TermError(
            file.name,
            "is no OWL, so it holds nothing to classify by; expected OWL in functional syntax or as RDF/XML or Turtle",
        )
    return logic_of(place, _RDF[syntax], mark, sink, copy), None


def _as_rdf(place: Path) -> Path:
    """Return an ontology in functional syntax as RDF/XML, beside it under the same name in a folder of its own."""
    try:
        horned: Any = importlib.import_module("pyhornedowl")
    except ImportError as error:
        raise missing("py-horned-owl") from error
    target = Path(tempfile.mkdtemp(dir=place.parent)) / place.name
    try:
        horned.open_ontology_from_file(str(place), "ofn").save_to_file(str(target), "rdf")
    except ValueError as error:
        raise TermError(place.name, f"cannot be read by py-horned-owl: {str(error)[:200]}") from error
    return target


def _stem(file: Path) -> str:
    inner = file.stem if file.suffix.lower() in _PACKED else file.name
    return Path(inner).stem


def _new(own: Logic, hierarchy: Hierarchy) -> Iterator[tuple[str, str, str]]:
    """Yield what follows about the classes of an ontology and is not stated there: word, class, other class."""
    for child in sorted(own.classes & (hierarchy.above.keys() | hierarchy.same.keys())):
        for parent in sorted(_reached(child, own, hierarchy)):
            if (child, parent) not in own.below:
                yield _SUBCLASS, child, parent
        same = sorted(hierarchy.same.get(child, ()))
        first = next((iri for iri in same if iri in own.classes), "")
        for other in same if child == first else ():
            if other != child and frozenset({child, other}) not in own.same:
                yield _SAME, child, other


def _reached(child: str, own: Logic, hierarchy: Hierarchy) -> set[str]:
    """Return the classes directly above a class, and beyond imported ones the nearest of the ontology itself.

    Imported classes get no statements of their own here, so the way up must not depend on them.
    """
    reached: set[str] = set()
    waiting = [child]
    while waiting:
        for parent in hierarchy.above.get(waiting.pop(), ()):
            if parent not in reached:
                reached.add(parent)
                if parent not in own.classes:
                    waiting.append(parent)
    return {parent for parent in reached if parent in own.classes or parent in hierarchy.above.get(child, ())}


def _append_functional(original: Path, target: Path, new: Sequence[tuple[str, str, str]], name: str) -> None:
    content = original.read_bytes()
    start = max(0, len(content) - _TAIL)
    end = _END.search(content, start)
    if end is None:
        raise TermError(name, f"has more than {_TAIL} characters of comment behind its last bracket")
    with target.open("wb") as file:
        file.write(content[: end.start()] + b"\n")
        for word, one, other in new:
            file.write(f"{word}(<{one}> <{other}>)\n".encode())
        file.write(b")\n")


def _append_triples(whole: Path, target: Path, new: Sequence[tuple[str, str, str]]) -> None:
    with whole.open("a", encoding="utf-8") as file:
        file.writelines(f"<{one}> <{_PREDICATES[word]}> <{other}> .\n" for word, one, other in new)
    whole.replace(target)
