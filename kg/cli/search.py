"""Search a store by words and fields, expanded over the ontologies, with the reason for each hit.

Conditions: organism=mouse  method!=confocal  na>1.2  'pixel_size<100 nm'  na=0.5..1.4  date>=2020-05  licence=open
gene=TP53|BRCA1 (one of both)  name~division (holds the text)  licence (has one)  !licence (has none)
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kg import __version__
from kg.cli.output import json_text, plain, print_json, print_table, store_path, tell, written_to
from kg.errors import QueryError, StoreError, UsageError
from kg.pipeline import Settings
from kg.search import Search, SearchQuery, asked, build, load_fields, remove_older, sidecar_path
from kg.search.example import Example, example_of
from kg.search.export import columns_of, exported
from kg.search.foreign import examples_of
from kg.search.order import all_ordered
from kg.search.places import DESCRIPTION
from kg.search.similar import Similar
from kg.store import Generation, Store
from kg.terms import TermIndex, default_index

_EVERYTHING = "*"
_HEADS = ["field", "meaning", "kind", "unit", "levels", "also"]
_FORMATS = ("table", "json", "csv", "jsonl", "parquet")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "text", nargs="*", metavar="TEXT", help='words that must all be found; "a phrase", a beginning*, -without'
    )
    parser.add_argument(
        "--where", action="append", default=[], metavar="field=value", help="condition on a field; may be repeated"
    )
    parser.add_argument(
        "--facet", action="append", default=[], metavar="field", help="count the values of a field; may be repeated"
    )
    parser.add_argument("--level", default="", help="study (default), image or annotation_set")
    parser.add_argument("--like", metavar="IRI|FILE", help="records like a record, or like a file that is not in the store")
    parser.add_argument("--sort", default="", metavar="field", help="order by a field, -field for descending, or relevance")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="hits to show (default: 20, at most 1,000)")
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="hits to leave out")
    parser.add_argument("--show", action="append", default=[], metavar="field", help="field to show with each hit; * for all")
    parser.add_argument("--exact", action="store_true", help="only the asked terms themselves, nothing below them")
    parser.add_argument("--format", choices=_FORMATS, default="table", help="csv, jsonl and parquet write the whole result")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="same as --format json")
    parser.add_argument("--safe", action="store_true", help="csv: no cell that a spreadsheet takes for a formula")
    parser.add_argument("--out", metavar="FILE", help="write there instead of to standard output")
    parser.add_argument("--fields", action="store_true", help="list the fields that can be searched")
    parser.add_argument("--store", metavar="DIR", help="the store (or KG_STORE)")


def run(options: argparse.Namespace) -> int:
    """Return 0, whether anything is found or not."""
    fields = load_fields()
    if options.fields:
        _list_fields(options.format)
        return 0
    query = asked(
        fields,
        text=" ".join(options.text),
        where=options.where,
        facets=options.facet,
        level=options.level,
        sort=options.sort,
        offset=options.offset,
        limit=options.limit,
        expand=not options.exact,
    )
    index = default_index()
    with Store.open(store_path(options.store)) as store:
        generation = store.current
        if generation is None:
            raise StoreError(str(store.path), "the store is empty; kg harmonize SOURCE --store DIR fills it")
        with TermIndex.open(index) as terms:
            search = Search(sidecars_of(store.path, generation, index), terms)
            if options.like:
                _answer_like(search, options)
            else:
                _answer(search, query, options)
    return 0


def sidecars_of(store: Path, generation: Generation, index: Path | None) -> Path:
    """Return the folder of a generation's sidecars for somebody who sees everything; they are made where they are missing."""
    folder = sidecar_path(store, generation.id, _EVERYTHING)
    if not (folder / DESCRIPTION).is_file():
        tell(f"making the search data of generation {generation.id} (once for each generation) ...")
        about = build(generation.path / "db", folder, generation=generation.id, index=index)
        tell(f"search data: {_records(about)}, {about['seconds']:.1f} s")
        remove_older(store, _EVERYTHING)
    return folder


def _records(about: Mapping[str, Any]) -> str:
    return ", ".join(f"{level['records']:,} {level['title'].lower()}" for level in about["levels"].values())


def _answer(search: Search, query: SearchQuery, options: argparse.Namespace) -> None:
    shown = [name for given in options.show for name in given.split(",")]
    if options.format in {"csv", "jsonl", "parquet"}:
        _export(search, query, shown, options)
        return
    result = search.find(query, shown).as_json()
    if options.format == "json":
        text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
        written_to(Path(options.out), text) if options.out else print_json(result)
        return
    _print(result)


def _answer_like(search: Search, options: argparse.Namespace) -> None:
    """Print the records that are like an example.

    Raises:
        UsageError: something else is asked at the same time, or the format is for searches.
        QueryError: there is no such record.
        SourceError: the file cannot be read.
    """
    if options.text or options.where or options.facet or options.format not in {"table", "json"}:
        raise UsageError("--like", "goes with --level, --limit and --json; words and conditions are another search")
    example = _example(search, options.like, options.level)
    hits = Similar(search.opened, options.level or example.level).to(example, options.limit)
    if options.format == "json":
        found = {"generation": search.opened.generation, "level": options.level or example.level}
        text = json_text({**found, "hits": [asdict(hit) for hit in hits]})
        written_to(Path(options.out), text) if options.out else sys.stdout.write(text)
        return
    for hit in hits:
        print(f"\n{hit.score:.2f}  {plain(hit.name) or '(no name)'}\n  {hit.iri}")
        for reason in hit.why:
            print(f"  - {plain(reason['sentence'])}")
    print(f"\n{len(hits)} like it" if hits else "nothing is like it")


def _example(search: Search, like: str, level: str) -> Example:
    found = example_of(search.opened, like)
    if found:
        return found
    if not Path(like).exists():
        raise QueryError("--like", f"{like!r} is no record of this store and no file")
    settings = Settings(index=default_index(), version=__version__)
    read = examples_of(Path(like), settings)
    return next((one for one in read if one.level == level), read[0])


def _export(search: Search, query: SearchQuery, shown: Sequence[str], options: argparse.Namespace) -> None:
    if options.format == "parquet" and not options.out and sys.stdout.isatty():
        raise UsageError("--format", "parquet is not for a terminal; name a file with --out")
    found = search.all(query)
    records = all_ordered(search.opened, found.view, found.mask, found.scores, query)
    names = columns_of(search.opened, found.view, shown)
    try:
        with open(options.out, "wb") if options.out else io.BytesIO() as out:  # noqa: PTH123 - one of two kinds of file
            count = exported(search.opened, found, records, names, options.format, out, safe=options.safe)
            if isinstance(out, io.BytesIO):
                sys.stdout.buffer.write(out.getvalue())
    except OSError as error:
        raise UsageError("--out", f"cannot be written ({error.strerror or error})") from error
    tell(f"{count:,} records")


def _print(result: Mapping[str, Any]) -> None:
    for meant in result["asked"]["terms"]:
        terms = ", ".join(f"{term['label']} ({term['curie']})" for term in meant["terms"][:5])
        print(f"{meant['field']} '{plain(meant['asked'])}': {plain(terms) or 'nothing is known by this name'}")
    for hit in result["hits"]:
        print(f"\n{plain(hit['name']) or '(no name)'}\n  {hit['iri']}")
        for reason in hit["why"]:
            print(f"  - {plain(reason['sentence'])}")
        values = [f"{name}: {_shown(value)}" for name, value in hit["fields"].items() if name != "description"]
        print(f"  {plain('; '.join(values))[:300]}")
    for name, values in result["facets"].items():
        print(f"\n{name}")
        print_table(["value", "label", "records"], [[row["value"], row["label"], f"{row['count']:,}"] for row in values])
    count = result["count"]
    print(f"\n{count['expanded']:,} found, {count['exact']:,} of them without what lies below the asked terms")
    for other in result["did_you_mean"]:
        level = f" at the level {other['level']}" if other.get("level") else ""
        print(f"did you mean {plain(other.get('where') or other['try'])}{level} instead of {plain(other['asked'])}?")


def _shown(values: Sequence[Any]) -> str:
    return ", ".join(str(value["label"] if isinstance(value, dict) else value) for value in values[:4])


def _list_fields(form: str) -> None:
    fields = load_fields().fields.values()
    if form == "json":
        print_json(
            [
                {
                    "name": one.name,
                    "title": one.title,
                    "kind": one.kind,
                    "unit": one.unit,
                    "levels": list(one.levels),
                    "aliases": list(one.aliases),
                }
                for one in fields
            ]
        )
        return
    cells = [[one.name, one.title, one.kind, one.unit, ", ".join(one.levels), ", ".join(one.aliases)] for one in fields]
    if form == "csv":
        csv.writer(sys.stdout).writerows([_HEADS, *cells])
    else:
        print_table(_HEADS, cells)
