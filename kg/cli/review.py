"""Decisions that wait for a person: list them, accept or reject terms, and have the graph corrected at once.

kg review list shows the texts with an id each. What a person says goes into a table of decisions (SSSOM), which kg harmonize
reads from the next run on; the graph is corrected without reading a source, as one new generation.
"""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from kg import __version__
from kg.cli.advice import add_advice, advice_of
from kg.cli.output import plain, print_json, print_table, store_path, tell, written_to
from kg.curie import KG
from kg.errors import UsageError
from kg.paths import user_cache_dir
from kg.pipeline.correct import Corrected
from kg.pipeline.decided import decisions_file
from kg.pipeline.review import Review
from kg.pipeline.waiting import Waiting
from kg.schema import load_schema
from kg.store import Store
from kg.terms import TermIndex, composed, default_index
from kg.terms.decided import NO_TERM, Row

_STATUSES = ("review", "none", "accepted")
_SHOWN, _TERMS = 50, 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="list|accept|reject|undo|apply|export|import")
    listed = parts.add_parser("list", help="texts that wait for a person, those of most records first")
    listed.add_argument("--field", metavar="F", default="", help="only this resolver field")
    listed.add_argument("--status", choices=_STATUSES, help="only texts with this status instead of review")
    listed.add_argument("--all", action="store_true", help="texts of every status")
    listed.add_argument("--limit", metavar="N", default=str(_SHOWN), help=f"show so many; 0 for all ({_SHOWN} by default)")
    accept = parts.add_parser("accept", help="the text means this term; several terms are a set")
    reject = parts.add_parser("reject", help="the text names no term, or never this one")
    undo = parts.add_parser("undo", help="take a decision out again; kg decides as before")
    for part in (accept, reject, undo):
        _about(part, terms="TERM" if part is accept else "[TERM]")
    for part in (accept, reject):
        part.add_argument("--by", metavar="NAME", help="who decides, as a name or as orcid:...; your login name by default")
        part.add_argument("--why", metavar="TEXT", default="", help="a remark, kept with the decision")
    apply = parts.add_parser("apply", help="correct the graph after the table of decisions was changed by hand")
    apply.add_argument("--everything", action="store_true", help="ask about all texts again, as after kg terms add")
    export = parts.add_parser("export", help="write what waits as a table for a spreadsheet")
    export.add_argument("--out", metavar="FILE", required=True, help="such as queue.sssom.tsv")
    export.add_argument("--status", choices=_STATUSES, default="review", help="texts with this status (review by default)")
    taken = parts.add_parser("import", help="take an exported table back; rows whose kg_status you changed are used")
    taken.add_argument("file", metavar="FILE", help="the table")
    taken.add_argument("--by", metavar="NAME", help="who decided, as a name or as orcid:...; your login name by default")
    for part in (accept, taken):
        part.add_argument("--unchecked", action="store_true", help="take a term that the term index does not hold")
        part.add_argument(
            "--anyway", action="store_true", help="take a term that is obsolete or not where the field asks for it"
        )
    for part in (listed, accept, reject, undo, apply, export, taken):
        part.add_argument("--store", metavar="DIR", help="folder of the store (or KG_STORE)")
        part.add_argument("--index", metavar="FILE", help="term index (or KG_INDEX)")
        add_advice(part)
        part.add_argument("--project", metavar="P", default="", help="decide for this project only, and use what it decided")
        part.add_argument("--json", action="store_true", help="print as JSON")


def _about(part: argparse.ArgumentParser, terms: str) -> None:
    part.add_argument("words", nargs="*", metavar=f"ID {terms}", help="id of the text, then terms such as FBbi:00000251")
    part.add_argument("--text", metavar="T", help="the text itself instead of an id; goes with --field")
    part.add_argument("--field", metavar="F", default="", help="resolver field of --text")
    part.add_argument("--accession", metavar="A", default="", help="only where this accession stands beside --text")


def run(options: argparse.Namespace) -> int:
    """Return 0, or 1 when rows of a table could not be used."""
    path = store_path(options.store)
    file = decisions_file(path, Path(options.decisions) if options.decisions else None)
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(path))
        index = stack.enter_context(TermIndex.open(default_index(Path(options.index) if options.index else None)))
        schema, agent = load_schema(), f"{KG}software/{__version__}"
        advice = replace(advice_of(options, new=True), decisions=(), projects=(options.project,) if options.project else ())
        whole = stack.enter_context(composed(index, schema.fields, agent, advice, user_cache_dir()))
        for problem in whole.problems:
            tell(str(problem))
        review = Review(store, whole, schema, file, agent=agent)
        return _PARTS[options.part](options, review)


def _list(options: argparse.Namespace, review: Review) -> int:
    if not options.limit.isdecimal():
        raise UsageError("--limit", f"found {options.limit!r}, expected a number; 0 shows all")
    if options.all and options.status:
        raise UsageError("--all", "does not go with --status")
    statuses = _STATUSES if options.all else (options.status or "review",)
    found = review.waiting(statuses, options.field, int(options.limit) or None)
    if options.json:
        print_json([_json(one) for one in found])
        return 0
    if not found:
        print("nothing waits" if statuses == ("review",) else "there is no such text")
        return 0
    rows = [[o.id, f"{o.records:,}", o.field, _shown(o), o.status, _terms(o), o.why] for o in found]
    print_table(["id", "records", "field", "text", "status", "terms", "why"], rows)
    return 0


def _json(one: Waiting) -> dict[str, Any]:
    return {**asdict(one), "terms": [{"curie": t.curie, "label": t.label, "iri": t.iri} for t in one.terms]}


def _shown(one: Waiting) -> str:
    return f"{one.text} ({one.accession})" if one.text and one.accession else one.text or one.accession


def _terms(one: Waiting) -> str:
    more = f"; {len(one.terms) - _TERMS} more" if len(one.terms) > _TERMS else ""
    return "; ".join(f"{term.curie} {term.label}".strip() for term in one.terms[:_TERMS]) + more


def _accept(options: argparse.Namespace, review: Review) -> int:
    about, words = _row(options, review)
    if not words:
        raise UsageError("", "say which term: kg review accept ID TERM, such as FBbi:00000251")
    terms = [review.placed(about.field, word, unchecked=options.unchecked, anyway=options.anyway) for word in words]
    named = [replace(about, curie=term.curie, label=term.label, ontology=term.ontology) for term in terms]
    rows = [row.decided("accepted", _who(options), _today(), why=options.why) for row in named]
    return _told(options, review.decide(rows), len(rows))


def _reject(options: argparse.Namespace, review: Review) -> int:
    about, words = _row(options, review)
    named = [replace(about, curie=t.curie, label=t.label) for w in words for t in (_known(about, review, w),)]
    # That a text names no term at all is itself accepted.
    rows = [row.decided("rejected", _who(options), _today(), why=options.why) for row in named] or [
        about.decided("accepted", _who(options), _today(), why=options.why)
    ]
    return _told(options, review.decide(rows), len(rows))


def _undo(options: argparse.Namespace, review: Review) -> int:
    about, words = _row(options, review)
    if len(words) > 1:
        raise UsageError("", "one term at a time, or none for all that was decided about the text")
    curie = _known(about, review, words[0]).curie if words else NO_TERM
    return _told(options, review.undo(replace(about, curie=curie)), 0)


def _known(about: Row, review: Review, word: str) -> Row:
    return review.placed(about.field, word, unchecked=True, anyway=True)


def _apply(options: argparse.Namespace, review: Review) -> int:
    return _told(options, review.apply(everything=options.everything), 0)


def _export(options: argparse.Namespace, review: Review) -> int:
    out = Path(options.out)
    if not out.parent.is_dir():
        raise UsageError("--out", f"there is no folder {out.parent} to write {out.name} into")
    text = review.exported((options.status,), out.name, project=options.project, day=_today())
    written_to(out, text)
    tell(f"kg review: wrote {out}")
    return 0


def _import(options: argparse.Namespace, review: Review) -> int:
    rows, problems = review.taken_in(
        Path(options.file), _who(options), _today(), unchecked=options.unchecked, anyway=options.anyway
    )
    for problem in problems:
        tell(str(problem))
    _told(options, review.decide(rows), len(rows))
    return 1 if problems else 0


def _row(options: argparse.Namespace, review: Review) -> tuple[Row, Sequence[str]]:
    """Return what a person speaks about, and the terms named."""
    words: list[str] = options.words
    if options.text is not None or (options.accession and options.field):
        if not options.field:
            raise UsageError("--text", "goes with --field, such as --field imaging_method")
        return review.row(options.field, options.text or "", options.accession, project=options.project), words
    if not words:
        raise UsageError("", "say which text: its id from kg review list, or --text T --field F")
    one = review.find(words[0])
    candidates = tuple(term.curie for term in one.terms)
    accession = one.meant if one.text.strip() else one.accession
    about = review.row(one.field, one.text, accession, project=options.project)
    return replace(about, candidates=candidates), words[1:]


def _told(options: argparse.Namespace, done: Corrected, rows: int) -> int:
    decisions = sum(done.decisions.values())
    generation = done.generation.id if done.generation else None
    if options.json:
        print_json({"rows": rows, "decisions": decisions, "records": done.records, "generation": generation})
    elif generation:
        print(plain(f"corrected {decisions:,} decisions and {done.records:,} records; generation {generation}"))
    else:
        print("nothing changes in the graph: it says so already, or no source has this text")
    return 0


def _who(options: argparse.Namespace) -> str:
    who: str = options.by or ""
    if who.strip():
        return who.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:  # a system without login names
        raise UsageError("--by", "say who decides: --by NAME") from error


def _today() -> date:
    return datetime.now(UTC).date()


_PARTS = {
    "list": _list, "accept": _accept, "reject": _reject, "undo": _undo, "apply": _apply, "export": _export, "import": _import,
}  # fmt: skip
