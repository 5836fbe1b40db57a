"""Say which ontology term a text means in a field, why, and what else it could mean.

With --batch, a tab-separated file with the columns field and text (optional accession, context) is answered line by line: the
columns curie, label, score, tier, why and status (accepted, review, none) are added, several terms separated by a pipe.
context says what stands beside the text in its record, such as organism=Danio rerio; docs/terms.md explains all of it.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from kg import __version__
from kg.cli.advice import add_advice, advice_of
from kg.cli.output import json_text, plain, print_table, tell, written_to
from kg.curie import KG, spelt
from kg.errors import SourceError, UsageError
from kg.paths import user_cache_dir
from kg.schema import load_schema
from kg.term import Decision, Query
from kg.terms import Resolver, TermIndex, composed, decision_json, default_index, resolve_all

_LONGEST_CELL = 100_000_000
_ADDED = ["curie", "label", "score", "tier", "why", "status"]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("text", nargs="?", metavar="TEXT", help="the words of the source")
    parser.add_argument(
        "--field", metavar="F", help="resolver field, such as imaging_method (docs/schema/fields.md lists them)"
    )
    parser.add_argument("--accession", metavar="A", default="", help="accession that the source gives with the text")
    parser.add_argument("--batch", metavar="IN.tsv", help="answer every line of a file")
    parser.add_argument("--out", metavar="OUT.tsv", help="where the answers of --batch go; standard output by default")
    parser.add_argument("--index", metavar="FILE", help="term index (or KG_INDEX)")
    parser.add_argument("--ontology", metavar="O", default="", help="the source's own word for the ontology of the accession")
    parser.add_argument(
        "--context",
        metavar="F=T",
        action="append",
        default=[],
        help="what stands beside the text, such as organism=Danio rerio",
    )
    add_advice(parser, store=False)
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0, whether or not a term was found."""
    if (options.batch is None) == (options.text is None):
        raise UsageError("", "give either a TEXT, or --batch IN.tsv")
    if options.out and options.batch is None:
        raise UsageError("--out", "goes with --batch IN.tsv")
    if options.index and not Path(options.index).is_file():
        raise UsageError("--index", f"there is no index {options.index}; kg terms add FILE --index {options.index} makes one")
    schema = load_schema()
    with ExitStack() as stack:
        index = stack.enter_context(TermIndex.open(default_index(Path(options.index) if options.index else None)))
        cache, agent = user_cache_dir(), f"{KG}software/{__version__}"
        whole = stack.enter_context(composed(index, schema.fields, agent, advice_of(options), cache))
        for problem in whole.problems:
            tell(str(problem))
        resolver = whole.resolver
        if options.batch is not None:
            return _batch(options, resolver, set(schema.fields))
        if options.field not in schema.fields:
            near = difflib.get_close_matches(options.field or "", schema.fields, n=2)
            meant = f"did you mean {' or '.join(near)}?" if near else f"the fields are {', '.join(sorted(schema.fields))}"
            raise UsageError("--field", f"{options.field or 'none given'}; {meant}")
        context = _pairs(options.context, set(schema.fields), "--context")
        decision = resolver.resolve(Query(options.field, options.text, options.accession, options.ontology, context))
    if options.json:
        sys.stdout.write(json_text(decision_json(decision)))
        return 0
    print(plain(f"{decision.status}: {decision.why}"))
    rows = [[spelt(m.term.curie), m.term.label, f"{m.score:.2f}", m.tier, m.ontology, m.why] for m in decision.matches]
    if len(rows) == 1:  # the first line says why
        print_table(["term", "label", "score", "tier", "ontology"], [rows[0][:-1]])
    elif rows:
        print_table(["term", "label", "score", "tier", "ontology", "why"], rows)
    return 0


def _batch(options: argparse.Namespace, resolver: Resolver, fields: set[str]) -> int:
    path = Path(options.batch)
    headers, rows = _questions(path)
    for place, row in enumerate(rows, start=2):
        if row["field"] not in fields:
            raise SourceError(
                path.name, f"row {place}: field {row['field']!r} is unknown; the fields are {', '.join(sorted(fields))}"
            )
    queries = [_query(row, fields, f"{path.name}, row {place}") for place, row in enumerate(rows, start=2)]
    answers = resolve_all(resolver, queries)
    if options.json:
        text = json_text([decision_json(answers[query]) for query in queries])
    else:
        said = ([row.get(name) or "" for name in headers] for row in rows)
        lines = [[*headers, *_ADDED], *([*cells, *_cells(answers[query])] for cells, query in zip(said, queries, strict=True))]
        text = "".join("\t".join(line) + "\n" for line in lines)
    if options.out:
        written_to(Path(options.out), text)
    else:
        sys.stdout.write(text)
    return 0


def _questions(path: Path) -> tuple[Sequence[str], list[dict[str, str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            headers = list(reader.fieldnames or [])
            if "field" not in headers or "text" not in headers:
                raise SourceError(
                    path.name,
                    f"has the columns {', '.join(headers) or '(none)'}; expected at least field and text, with tabs between",
                )
            return headers, list(reader)
    except OSError as error:
        raise SourceError(path.name, f"cannot be read ({error.strerror or error})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(path.name, f"is not tab-separated text in UTF-8 ({error})") from error


def _query(row: dict[str, str], fields: set[str], place: str) -> Query:
    context = _pairs((row.get("context") or "").split(";"), fields, place)
    return Query(row["field"], row["text"] or "", row.get("accession") or "", context=context)


def _pairs(said: Sequence[str], fields: set[str], place: str) -> tuple[tuple[str, str], ...]:
    """Return what stands beside a text; raises UsageError where a part is not of the form ``field=text``."""
    parts = [part for part in said if part.strip()]
    pairs = []
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals or name.strip() not in fields:
            raise UsageError(
                place, f"has the context {part.strip()[:60]!r}, expected a field and a text, such as organism=Mus musculus"
            )
        pairs.append((name.strip(), value.strip()))
    return tuple(sorted(pairs))


def _cells(decision: Decision) -> Iterator[str]:
    matches = decision.matches
    yield "|".join(spelt(m.term.curie) for m in matches)
    yield "|".join(m.term.label for m in matches)
    yield "|".join(f"{m.score:.3f}" for m in matches)
    yield "|".join(m.tier for m in matches)
    yield " ".join(decision.why.split())
    yield decision.status
