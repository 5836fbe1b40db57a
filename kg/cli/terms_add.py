"""kg terms add: ontology files, folders of them and the tables of installed packages go into the term index."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kg.cli.output import plain, print_json, tell
from kg.errors import TermError, UsageError
from kg.terms import AddReport, default_index
from kg.terms.build import add_files
from kg.terms.files.ontology_file import facts_of
from kg.terms.files.packages import PACKAGES, package_files
from kg.terms.reason import classified


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="ontology file, or a folder: every ontology file in it")
    parser.add_argument(
        "--name", metavar="NAME", help="name to list it under, where the file does not say or two should stand side by side"
    )
    parser.add_argument(
        "--package",
        nargs="+",
        default=[],
        metavar=("NAME", "PREFIX"),
        help=f"installed PyPI package whose ontology tables are added ({' or '.join(PACKAGES)}), all of them or those named",
    )

    parser.add_argument(
        "--reason", action="store_true", help="classify each file first, so that what follows counts too (needs Java)"
    )
    parser.add_argument(
        "--import",
        dest="imports",
        action="append",
        default=[],
        metavar="FILE",
        help="file that --reason reads beside; may be repeated",
    )


def run(options: argparse.Namespace) -> int:
    """Return 0, or 1 when a file could not be added; what a folder holds beside ontologies is listed and changes nothing."""
    if not options.files and not options.package:
        raise UsageError("", "give an ontology FILE, a folder of them, or --package NAME")
    files, failed = _gathered([Path(name) for name in options.files])
    if options.package:
        package, *prefixes = options.package
        files += package_files(package, prefixes)
    if options.name and len(files) > 1:
        raise UsageError("--name", f"goes with one file, found {len(files)}: under one name each would replace the one before")
    if options.imports and not options.reason:
        raise UsageError("--import", "goes with --reason")
    index = default_index(Path(options.index) if options.index else None)
    with tempfile.TemporaryDirectory(prefix="kg-reason-") as folder:
        ready = _reasoned(files, Path(folder), [Path(name) for name in options.imports]) if options.reason else files
        failed += len(files) - len(ready)
        done, missed = _added(index, ready, options)
    if options.json:
        print_json(done)
    return 1 if failed or missed else 0


def _added(index: Path, files: Sequence[Path], options: argparse.Namespace) -> tuple[list[dict[str, Any]], int]:
    """Add files and say so; return what they gave and how many failed."""
    done: list[dict[str, Any]] = []
    failed = 0
    for outcome in add_files(index, files, options.name):
        if isinstance(outcome, TermError):
            failed += 1
            tell(f"kg terms: {outcome}")
            continue
        done.append(as_json(outcome))
        if not options.json:
            print(plain(told(outcome)))
        for problem in outcome.problems:
            tell(str(problem))
    return done, failed


def _reasoned(files: Sequence[Path], folder: Path, imports: Sequence[Path]) -> list[Path]:
    """Return the classified files, in folders of their own since names may repeat; say what was inferred, and what failed."""
    ready = []
    for number, file in enumerate(files):
        own = folder / str(number)
        own.mkdir()
        try:
            result = classified(file, own, tuple(imports))
        except TermError as error:
            tell(f"kg terms: {error}")
            continue
        tell(f"{file.name}: {result.inferred:,} subclass statements inferred")
        if result.left_out:
            tell(f"{file.name}: imports left out: {', '.join(result.left_out)}")
        if result.unsatisfiable:
            tell(f"{file.name}: {len(result.unsatisfiable)} classes can have no members: {', '.join(result.unsatisfiable)}")
        ready.append(result.path)
    return ready


def told(report: AddReport) -> str:
    """Return what was added, for people."""
    verb = "replaced" if report.replaced else "added"
    return f"{verb} {report.ontology} {report.version}: {report.terms:,} terms, {report.synonyms:,} synonyms"


def as_json(report: AddReport) -> dict[str, Any]:
    """Return what was added, for programs."""
    return {"ontology": report.ontology, "version": report.version, "terms": report.terms, "synonyms": report.synonyms}


def _gathered(named: Sequence[Path]) -> tuple[list[Path], int]:
    """Return the files to add, folders opened, and how many folders hold none."""
    files: list[Path] = []
    barren = 0
    for path in named:
        if not path.is_dir():
            files.append(path)
            continue
        inside = [file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith(".")]
        known = [file for file in inside if _is_ontology(file)]
        if not known:
            barren += 1
            tell(f"kg terms: {path}: holds no ontology file")
        files += known
    return files, barren


def _is_ontology(file: Path) -> bool:
    """Say whether a file begins as an ontology does, and say what it is where it does not."""
    try:
        next(iter(facts_of(file)), None)
    except TermError as error:
        tell(f"passed over: {error.where}" if "in no form" in error.what else f"passed over: {error}")
        return False
    return True
