"""The local term index: kg terms add FILE, kg terms pull PREFIX, kg terms update, kg terms list, show and remove.

Adding an ontology makes its labels, synonyms and hierarchy available to kg resolve and kg harmonize, without any network.
Adding a newer file of the same ontology takes the place of the older one. Only pull and update ask a server, and only then.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kg.cli import terms_add, terms_pull
from kg.cli.output import plain, print_json, print_table
from kg.errors import TermError
from kg.terms import TermIndex, default_index, show
from kg.terms.build import remove
from kg.terms.entries import Ontology
from kg.terms.release import Receipt, receipts, release_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="add|pull|update|list|show|remove")
    add = parts.add_parser("add", help="add ontology files to the index")
    terms_add.arguments(add)
    pull = parts.add_parser("pull", help="fetch the releases of ontologies, and add them to the index")
    terms_pull.pull_arguments(pull)
    update = parts.add_parser("update", help="fetch newer releases, and say what they mean for decisions already made")
    terms_pull.update_arguments(update)
    every = parts.add_parser("list", help="which ontologies the index holds")
    one = parts.add_parser("show", help="what the index holds about a term")
    one.add_argument("curie", metavar="CURIE", help="such as FBbi:00000251")
    away = parts.add_parser("remove", help="take an ontology that was added out of the index")
    away.add_argument("name", metavar="NAME", help="as kg terms list shows it")
    for part in (add, pull, update, every, one, away):
        part.add_argument("--index", metavar="FILE", help="term index (or KG_INDEX)")
        part.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0, or 1 when a file or a release could not be added; raises when a term is unknown."""
    acting = {"add": terms_add.run, "pull": terms_pull.run_pull, "update": terms_pull.run_update}
    if options.part in acting:
        return acting[options.part](options)
    index = default_index(Path(options.index) if options.index else None)
    if options.part == "remove":
        return _remove(options, index)
    with TermIndex.open(index) as opened:
        return _list(options, opened) if options.part == "list" else _show(options, opened)


def _remove(options: argparse.Namespace, index: Path) -> int:
    remove(index, options.name)
    if options.json:
        print_json({"removed": options.name})
    else:
        print(plain(f"removed {options.name}"))
    return 0


def _list(options: argparse.Namespace, index: TermIndex) -> int:
    pulled = {receipt.sha256: receipt for receipt in receipts(release_folder())}
    found = [(ontology, pulled.get(ontology.checksum)) for ontology in index.ontologies()]
    if options.json:
        print_json([_listed(ontology, receipt) for ontology, receipt in found])
        return 0
    rows = [[o.title, o.version, f"{o.terms:,}", f"{o.synonyms:,}", o.licence, _origin(o, receipt)] for o, receipt in found]
    print_table(["ontology", "version", "terms", "synonyms", "licence", "from"], rows)
    return 0


def _listed(ontology: Ontology, receipt: Receipt | None) -> dict[str, Any]:
    return {
        "name": ontology.name,
        "prefix": ontology.prefix,
        "version": ontology.version,
        "licence": ontology.licence,
        "terms": ontology.terms,
        "synonyms": ontology.synonyms,
        "source": ontology.source,
        "embedded": ontology.embedded,
        "pulled": {"at": receipt.pulled_at, "from": receipt.address, "pinned": receipt.pinned} if receipt else None,
    }


def _origin(ontology: Ontology, receipt: Receipt | None) -> str:
    return f"{receipt.address}, pulled {receipt.pulled_at[:10]}" if receipt else ontology.source


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
