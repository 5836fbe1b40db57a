"""kg terms pull and kg terms update: releases of ontologies by their prefix, and what newer ones mean for decisions."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.cli.output import plain, print_json, print_table, tell
from kg.cli.terms_add import as_json
from kg.errors import StoreError, TermError, UsageError
from kg.schema import load_schema
from kg.store import Store
from kg.terms import AddReport, TermIndex, add_file, default_index
from kg.terms.changes import Change, Decided, changes, kept
from kg.terms.decided.sssom import read_rows
from kg.terms.download import Progress
from kg.terms.files.facts import curie_of
from kg.terms.release import Pulled, Wish, pull, receipts, release_folder


@dataclass(frozen=True, slots=True)
class _Done:
    """A release that was fetched, with what it gave to the index; None when the index held it already."""

    pulled: Pulled
    report: AddReport | None
    version: str


def pull_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``kg terms pull`` takes."""
    parser.add_argument("prefixes", nargs="+", metavar="PREFIX", help="prefix of an ontology, such as FBbi")
    _common(parser)


def update_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what ``kg terms update`` takes."""
    parser.add_argument("prefixes", nargs="*", metavar="PREFIX", help="prefix of an ontology; all that were pulled by default")
    parser.add_argument(
        "--decisions", action="append", default=[], metavar="FILE", help="decisions to look at, as SSSOM table; may be repeated"
    )
    parser.add_argument("--store", metavar="DIR", help="store whose decisions are looked at (or KG_STORE)")
    _common(parser)


def run_pull(options: argparse.Namespace) -> int:
    """Return 0, or 1 when a release could not be fetched or added; the others are."""
    _refuse_offline(options)
    index = default_index(Path(options.index) if options.index else None)
    wish = Wish(accept_new=options.accept_new, pin=options.pin)
    done = [one for prefix in dict.fromkeys(options.prefixes) if (one := _tried(prefix, index, wish, options))]
    if options.json:
        print_json([_as_json(one) for one in done])
    return 0 if len(done) == len(set(options.prefixes)) else 1


def run_update(options: argparse.Namespace) -> int:
    """Return 0, or 1 when a release could not be fetched or added, whatever the newer ones change."""
    _refuse_offline(options)
    decisions = [*_written(options.decisions), *(_stored(Path(options.store)) if options.store else ())]
    index = default_index(Path(options.index) if options.index else None)
    wanted, failed = _pulled_before(options.prefixes)
    wish = Wish(newer=True, accept_new=options.accept_new, pin=options.pin)
    with kept(index) as earlier:
        done = [one for prefix in wanted if (one := _tried(prefix, index, wish, options))]
        found: tuple[Change, ...] = ()
        if any(one.report for one in done):
            with TermIndex.open(earlier) as before, TermIndex.open(index) as after:
                found = changes(before, after, decisions)
    if options.json:
        print_json({"updated": [_as_json(one) for one in done], "changes": [change.as_dict() for change in found]})
    else:
        _print_changes(found, decisions, done)
    return 1 if failed or len(done) < len(wanted) else 0


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mirror", metavar="URL", help="address that takes the place of scheme and host of each release (or KG_TERMS_MIRROR)"
    )
    parser.add_argument("--accept-new", action="store_true", help="take a file that has another checksum than expected")
    parser.add_argument("--pin", action="store_true", help="take no other checksum from now on, not even in an update")
    parser.add_argument("--offline", action="store_true", help="refuse to ask a server")


def _refuse_offline(options: argparse.Namespace) -> None:
    if options.offline:
        raise UsageError(
            "--offline", f"kg terms {options.part} has to ask a server; kg terms add FILE takes files that are here"
        )


def _tried(prefix: str, index: Path, wish: Wish, options: argparse.Namespace) -> _Done | None:
    """Fetch one release and add it; say why where that fails."""
    mirror = options.mirror or os.environ.get("KG_TERMS_MIRROR", "")
    try:
        with _progress(prefix) as progress:
            pulled = pull(prefix, release_folder(), mirror, wish=wish, progress=progress)
        held = _held(index, pulled.receipt.sha256)
        report = None if held else add_file(index, pulled.file, name=pulled.prefix)
    except TermError as error:
        tell(f"kg terms: {error}")
        return None
    done = _Done(pulled, report, report.version if report else held)
    if not options.json:
        print(plain(_told(done)))
    tell(f"{pulled.prefix}: {pulled.trust}")
    for problem in report.problems if report else ():
        tell(str(problem))
    return done


def _held(index: Path, checksum: str) -> str:
    """Return the version of a file that the index holds, or an empty text."""
    with TermIndex.open(index) as opened:
        return next((ontology.version for ontology in opened.ontologies() if ontology.checksum == checksum), "")


def _told(done: _Done) -> str:
    prefix, report = done.pulled.prefix, done.report
    if report is None:
        return f"unchanged {prefix} {done.version}"
    verb = "replaced" if report.replaced else "added"
    return f"{verb} {prefix} {report.version}: {report.terms:,} terms, {report.synonyms:,} synonyms"


def _as_json(done: _Done) -> dict[str, Any]:
    receipt = done.pulled.receipt
    return {
        **(as_json(done.report) if done.report else {"ontology": done.pulled.prefix, "version": done.version}),
        "state": done.pulled.state,
        "added": done.report is not None,
        "sha256": receipt.sha256,
        "pinned": receipt.pinned,
        "trust": done.pulled.trust,
        "pulled": {"at": receipt.pulled_at, "from": receipt.address},
    }


def _pulled_before(named: Sequence[str]) -> tuple[list[str], bool]:
    """Return the prefixes to update, and whether one was named that was never pulled."""
    there = {receipt.prefix.casefold(): receipt.prefix for receipt in receipts(release_folder())}
    if not there:
        tell("no ontology was pulled yet; kg terms pull PREFIX does it")
    missing = [prefix for prefix in named if prefix.casefold() not in there]
    for prefix in missing:
        tell(f"kg terms: {prefix}: was not pulled yet; kg terms pull {prefix} does it")
    chosen = [there[prefix.casefold()] for prefix in named if prefix.casefold() in there] if named else list(there.values())
    return list(dict.fromkeys(chosen)), bool(missing)


def _written(files: Sequence[str]) -> Iterator[Decided]:
    for name in files:
        rows, problems = read_rows(Path(name))
        for problem in problems:
            tell(str(problem))
        yield from (Decided(row.field, row.text, row.curie) for row in rows if row.status == "accepted")


def _stored(path: Path) -> Iterator[Decided]:
    """Yield the accepted decisions of a store's current generation; none for an empty store."""
    class_ = load_schema().class_("Decision")
    field, text, term = (f"<{class_.slots[name].iri}>" for name in ("field", "source_text", "chosen_term"))
    question = (
        f"SELECT DISTINCT ?field ?text ?term WHERE {{ ?decision a <{class_.iri}> ; {field} ?field ; {term} ?term . "
        f"OPTIONAL {{ ?decision {text} ?text }} }}"
    )
    with Store.open(path) as store:
        for found in store.current.query(question) if store.current else ():
            of, said, chosen = found
            if not isinstance(of, ox.Literal) or not isinstance(chosen, ox.NamedNode):
                raise StoreError(str(path), f"holds a decision without field or term ({chosen})")
            yield Decided(of.value, said.value if isinstance(said, ox.Literal) else "", curie_of(chosen.value))


def _print_changes(found: Sequence[Change], decisions: Sequence[Decided], done: Sequence[_Done]) -> None:
    if found:
        print()
        print_table(
            ["change", "field", "text", "term", "instead", "why"],
            [[c.kind, c.field, c.text, c.curie, ", ".join(c.instead), c.why] for c in found],
        )
    elif not decisions:
        tell("no decisions were given: --store DIR or --decisions FILE shows what a newer release means for them")
    elif any(one.report for one in done):
        tell(f"none of the {len(decisions):,} decisions is touched")


@contextlib.contextmanager
def _progress(name: str) -> Iterator[Progress]:
    """Give what draws a bar on standard error; silent where that is no terminal."""
    from tqdm import tqdm  # noqa: PLC0415 - only who downloads pays for it

    with tqdm(unit="B", unit_scale=True, leave=False, file=sys.stderr, disable=None, dynamic_ncols=True, desc=name) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        yield show
