"""Run a question that comes with kg (kg queries lists them), a SPARQL file, or SPARQL from standard input (-)."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

from kg.cli.output import print_table, store_path
from kg.cli.parquet import parquet_of
from kg.curie import PREFIXES, TERM_NAMESPACES
from kg.errors import QueryError, StoreError, UsageError
from kg.queries import Question, bound, load_question, parse_question, question_named
from kg.store import Answer, Store, text_of

OutputFormat = Literal["table", "csv", "tsv", "json", "xml", "ttl", "nt", "jsonld", "parquet"]
FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)

_EXPANDS = re.compile(r"ancestorOrSelf|partOfAncestor")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("query", metavar="NAME|FILE|-", help="name of a question, a file, or - for standard input")
    parser.add_argument("--param", metavar="k=v", action="append", default=[], help="value of a parameter")
    parser.add_argument("--format", choices=FORMATS, default="table", help="how the answer is written (default: table)")
    parser.add_argument("--store", metavar="DIR", help="the store (or KG_STORE)")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="same as --format json")


def run(options: argparse.Namespace) -> int:
    """Return 0; an empty answer is an answer."""
    question = _question(options.query)
    given: dict[str, str] = {}
    for pair in options.param:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError("--param", f"{pair!r} is not of the form name=value")
        if name in given:
            raise UsageError("--param", f"{name} is given twice")
        given[name] = value
    sparql = bound(question, given)
    with Store.open(store_path(options.store)) as store:
        generation = store.current
        if generation is None:
            raise StoreError(str(store.path), "the store is empty; kg harmonize SOURCE --store DIR fills it")
        print_answer(generation.query(sparql), options.format)
        if options.format == "table" and _EXPANDS.search(sparql):
            print(_versions(sparql, generation.stats()["ontologies"]))
    return 0


def _versions(sparql: str, ontologies: Mapping[str, str]) -> str:
    """Return which ontologies said what lies below the terms that a query names, or all of them where it names none."""
    prefixes = {prefix for prefix, space in TERM_NAMESPACES.items() if space in sparql or f"{prefix}:" in sparql}
    named = {title: version for title, version in ontologies.items() if title.split()[0] in prefixes} or ontologies
    return "below a term, as said by " + ", ".join(f"{title} {version}" for title, version in sorted(named.items()))


def _question(name: str) -> Question:
    if name == "-":
        try:
            return parse_question("standard input", sys.stdin.buffer.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise QueryError("standard input", f"is not text in UTF-8 ({error.reason})") from error
    path = Path(name)
    return load_question(path) if path.suffix in {".rq", ".sparql"} or path.is_file() else question_named(name)


def print_answer(answer: Answer, kind: OutputFormat, *, width: int | None = None) -> None:
    """Print an answer: as a table for people, or in one of the standard formats."""
    if kind == "parquet":
        _print_parquet(answer)
    elif kind != "table":
        data = answer.serialize(kind)
        sys.stdout.buffer.write(data if data.endswith(b"\n") else data + b"\n")
    elif answer.boolean is not None:
        print("yes" if answer.boolean else "no")
    elif answer.is_triples:
        sys.stdout.write(answer.serialize("ttl").decode())
    else:
        rows = [[shortened(text_of(cell)) for cell in row] for row in answer]
        print_table(answer.variables, rows, width=width)
        print(f"\n{len(rows):,} row{'s' if len(rows) != 1 else ''}")


def _print_parquet(answer: Answer) -> None:
    if sys.stdout.isatty():
        raise UsageError(
            "--format", "parquet is not for a terminal; send it into a file: kg query ... --format parquet > FILE.parquet"
        )
    sys.stdout.buffer.write(parquet_of(answer))


def shortened(text: str) -> str:
    """Return an IRI as a CURIE where its namespace is known, anything else as it is.

    >>> shortened("http://purl.obolibrary.org/obo/FBbi_00000251")
    'FBbi:00000251'
    """
    for prefixes in (TERM_NAMESPACES, PREFIXES):
        for prefix, namespace in prefixes.items():
            if text.startswith(namespace) and "/" not in text[len(namespace) :]:
                return f"{prefix}:{text[len(namespace) :]}"
    return text
