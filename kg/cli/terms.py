"""The local term index: kg terms add FILE, kg terms list, kg terms show CURIE.

Adding an ontology (OBO, OWL in RDF/XML, Turtle; gzip, xz or bzip2) makes its labels, synonyms and hierarchy available to
kg resolve and kg harmonize, without any network. Adding a newer file of the same ontology takes the place of the older one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kg.cli.output import plain, print_json, print_table, tell
from kg.errors import TermError
from kg.terms import TermIndex, add_file, default_index, show


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="add|list|show")
    add = parts.add_parser("add", help="add ontology files to the index")
    add.add_argument("files", nargs="+", metavar="FILE")
    add.add_argument(
        "--name", metavar="NAME", help="name to list it under, where the file does not say or two should stand side by side"
    )
    every = parts.add_parser("list", help="which ontologies the index holds")
    one = parts.add_parser("show", help="what the index holds about a term")
    one.add_argument("curie", metavar="CURIE", help="such as FBbi:00000251")
    for part in (add, every, one):
        part.add_argument("--index", metavar="FILE", help="term index (or KG_INDEX)")
        part.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0, or 1 when a file could not be added; raises when a term is unknown."""
    index = default_index(Path(options.index) if options.index else None)
    if options.part == "add":
        return _add(options, index)
    with TermIndex.open(index) as opened:
        return _list(options, opened) if options.part == "list" else _show(options, opened)


def _add(options: argparse.Namespace, index: Path) -> int:
    done = []
    for name in options.files:
        try:
            report = add_file(index, Path(name), name=options.name)
        except TermError as error:
            tell(f"kg terms: {error}")
            continue
        done.append(
            {"ontology": report.ontology, "version": report.version, "terms": report.terms, "synonyms": report.synonyms}
        )
        if not options.json:
            verb = "replaced" if report.replaced else "added"
            print(plain(f"{verb} {report.ontology} {report.version}: {report.terms:,} terms, {report.synonyms:,} synonyms"))
        for problem in report.problems:
            tell(str(problem))
    if options.json:
        print_json(done)
    return 0 if len(done) == len(options.files) else 1


def _list(options: argparse.Namespace, index: TermIndex) -> int:
    found = index.ontologies()
    if options.json:
        print_json(
            [{"name": o.name, "prefix": o.prefix, "version": o.version, "licence": o.licence, "terms": o.terms} for o in found]
        )
    else:
        print_table(
            ["ontology", "version", "terms", "licence"], [[o.name, o.version, f"{o.terms:,}", o.licence] for o in found]
        )
    return 0


def _show(options: argparse.Namespace, index: TermIndex) -> int:
    info = show(index, options.curie)
    if info is None:
        raise TermError(options.curie, "the index does not hold this term; kg terms add FILE adds an ontology")
    if options.json:
        print_json(info.as_dict())
        return 0
    print(f"{info.term.curie}  {plain(info.term.label)}")
    print(f"{info.term.iri}\n")
    if info.obsolete:
        instead = ", ".join(info.replaced_by or info.consider)
        print(plain(f"obsolete{f'; use {instead}' if instead else ''}"), end="\n\n")
    if info.definition:
        print(plain(info.definition), end="\n\n")
    rows = [["name", f"{text} ({scope})"] for text, scope in info.names]
    rows += [["is a", f"{curie} {label} ({distance})"] for curie, label, distance in info.ancestors]
    rows += [["xref", xref] for xref in info.xrefs]
    rows += [["terms below it", f"{info.children:,}"], ["ontology", "; ".join(info.ontologies)]]
    print_table(["what", "value"], rows)
    return 0
