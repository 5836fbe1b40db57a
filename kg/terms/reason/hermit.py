"""HermiT, the reasoner: run as a process of its own, bounded in time and memory, its answer read as a hierarchy.

Owlready2 brings HermiT along; only the files are used, because owlready2 itself sets no time limit and keeps what it loads
for as long as the process lives.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import TermError
from kg.terms.files.annotations import OWL

if TYPE_CHECKING:
    from collections.abc import Iterator

THING, NOTHING = OWL + "Thing", OWL + "Nothing"
_ANSWER = re.compile(r"^(SubClassOf|EquivalentClasses)\(((?: <[^>]*>)+) \)$")
_IRI = re.compile(r"<([^>]*)>")
_FAULT = re.compile(r"^(?:Exception in thread \S+ |It all went pear-shaped: |Caused by: )(?P<what>.+)$", re.MULTILINE)
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What follows from an ontology about its named classes, by IRI.

    Attributes:
        above: the classes directly above each, ``owl:Thing`` left out; all of those that mean the same.
        same: for each class that means the same as others, all of them with itself.
        unsatisfiable: the classes that nothing can belong to; they stand in neither of the others.
    """

    above: dict[str, set[str]] = field(default_factory=dict)
    same: dict[str, frozenset[str]] = field(default_factory=dict)
    unsatisfiable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hermit:
    """A HermiT that can be run.

    Attributes:
        java: the program that runs it.
        folder: where owlready2 keeps it.
    """

    java: str
    folder: Path

    def classify(self, ontology: Path, name: str, timeout: float, memory: int) -> Hierarchy:
        """Return the hierarchy of an ontology.

        Args:
            ontology: a file in a syntax that HermiT reads, without imports; nothing but this file is read.
            name: what people call it, for error messages.
            timeout: seconds after which HermiT is ended.
            memory: most memory for its data, in MiB.

        Raises:
            TermError: the ontology contradicts itself, or HermiT cannot classify it within these limits.
        """
        command = [
            self.java, f"-Xmx{memory}m", "-Djava.awt.headless=true",
            "-cp", f"{self.folder}{os.pathsep}{self.folder / 'HermiT.jar'}", "org.semanticweb.HermiT.cli.CommandLine",
            "--classify", "--ignoreUnsupportedDatatypes", ontology.resolve().as_uri(),
        ]  # fmt: skip
        answer, errors = ontology.with_suffix(".answer"), ontology.with_suffix(".errors")
        try:
            with answer.open("wb") as out, errors.open("wb") as err:
                done = subprocess.run(  # noqa: S603 - the words are ours, the file is one that kg wrote
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=False, timeout=timeout
                )
        except subprocess.TimeoutExpired as error:
            raise TermError(name, f"could not be classified in {timeout:g} seconds, so HermiT was ended") from error
        except OSError as error:
            raise TermError(name, f"could not be classified: {self.java} cannot be run ({error.strerror})") from error
        with answer.open(encoding="utf-8", errors="replace") as lines:
            # A Java that cannot start says so where the answer is expected.
            said = errors.read_text("utf-8", "replace") + (lines.read(_LONGEST) if done.returncode else "")
            _check(said, done.returncode, name, memory)
            return _hierarchy(_statements(lines))


def hermit() -> Hermit:
    """Return the HermiT of this machine; raises TermError, with what to install, when it or Java is missing."""
    package = find_spec("owlready2")
    if package is None or not package.submodule_search_locations:
        raise missing("owlready2")
    folder = Path(package.submodule_search_locations[0]) / "hermit"
    if not (folder / "HermiT.jar").is_file():
        raise TermError(
            "owlready2", f"is installed without HermiT: there is no {folder / 'HermiT.jar'}; please install it again"
        )
    java = shutil.which("java")
    if java is None:
        raise TermError(
            "Java",
            "is not installed, or `java` is not on the PATH; the reasoner HermiT needs it, so please install a Java runtime "
            "(on Debian and Ubuntu: apt-get install default-jre-headless), or add the ontology without classifying it",
        )
    return Hermit(java, folder)


def missing(package: str) -> TermError:
    """Return the error that says that a package is not there, which classification needs."""
    return TermError(package, 'is not installed, which classification needs; please run pip install "bioimage-kg[reason]"')


def _check(said: str, code: int, name: str, memory: int) -> None:
    """Raise TermError when HermiT failed; it ends with 0 also where it could not even read the file."""
    faults = [found["what"].strip() for found in _FAULT.finditer(said)]
    if not faults and code == 0:
        return
    if "InconsistentOntologyException" in said:
        raise TermError(name, "contradicts itself (HermiT finds it inconsistent), so that anything would follow from it")
    if "OutOfMemoryError" in said or "Too small maximum heap" in said:
        raise TermError(name, f"could not be classified in {memory} MiB of memory")
    first = next(iter(faults), next(iter(said.strip().splitlines()), f"it ended with {code}"))
    raise TermError(name, f"could not be classified; HermiT says: {first[:_LONGEST]}")


def _statements(lines: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    for line in lines:
        if found := _ANSWER.match(line):
            yield found[1], _IRI.findall(found[2])


def _hierarchy(statements: Iterator[tuple[str, list[str]]]) -> Hierarchy:
    edges: list[tuple[str, str]] = []
    same: dict[str, frozenset[str]] = {}
    for word, iris in statements:
        if word == "SubClassOf":
            edges.append((iris[0], iris[1]))
        else:
            same.update(dict.fromkeys(iris, frozenset(iris)))
    nothing, everything = same.get(NOTHING, frozenset({NOTHING})), same.get(THING, frozenset({THING}))
    above: dict[str, set[str]] = {}
    for below, parent in edges:
        # HermiT names one of several classes that mean the same; what it says is true of each of them.
        for child in same.get(below, (below,)):
            if below not in nothing and parent not in everything:
                above.setdefault(child, set()).update(same.get(parent, (parent,)))
    told = {iri: group for iri, group in same.items() if iri not in nothing and iri not in everything}
    return Hierarchy(above, told, nothing - {NOTHING})
