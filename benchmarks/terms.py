"""The resolver against its peers: the same questions, the same names, the same ontologies per field, in one run.

usage: terms.py --gold GOLD.tsv --index FILE [--peers exact,gilda,text2term] [--python PYTHON] [--unseen] [--out FOLDER]

The questions are made and the answers scored by ../shared/bench/terms/score.py. kg answers as users run it, by
`kg resolve --batch`. The peers answer from the labels and synonyms of the same index, restricted to the ontologies that the
schema names for the field; a peer's answers are its best five, accepted unless it names a tie.

  exact      a dictionary of lower-cased names; the first of the field's ontologies wins, label before synonym; two of one
             rank are a tie
  gilda      Gilda 1.6.1, a Grounder of the same names; best score first, the field's order as its namespace priority
  text2term  the TF-IDF mapper of text2term 4.6, at its default score of 0.3 and at 0.8. It is called directly, because
             text2term takes an ontology as a file or an address only; a field's ontologies are vectorised at each call,
             as map_terms does

The peers are no dependency of this project; their environment, whose interpreter goes to --python, is made by

  python3 -m venv peers
  peers/bin/pip install gilda==1.6.1 text2term==4.6.0

The index is made by `kg terms add ../shared/data/ontologies --index FILE`. `--out` keeps questions and answers.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cost import HERE, Cost, cost_of

from kg.schema import load_schema
from kg.terms.layout import NAMES, SCOPES

SHARED = Path(os.environ.get("KG_SHARED", HERE.parent.parent / "shared"))
SCORE = SHARED / "bench" / "terms" / "score.py"
PEERS = {"exact": ("exact",), "gilda": ("gilda",), "text2term": ("text2term-0.3", "text2term-0.8")}
"""Which answers each peer gives."""

_FIRST = ("bio", "phenotype", "all_idr_bia", "all")
_NAMES = f"""
SELECT c.curie, n.scope, coalesce(n.text, n.key) FROM name n
JOIN term t ON t.concept = n.concept AND t.ontology = n.ontology AND t.role & {NAMES} AND NOT t.obsolete
JOIN concept c ON c.id = n.concept
"""  # noqa: S608 - numbers of our own


def fields_asked(questions: Path) -> dict[str, list[str]]:
    """Return the ontologies of each field that is asked about, best first."""
    with questions.open(encoding="utf-8", newline="") as lines:
        asked = {row["field"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    fields = load_schema().fields
    return {name: list(dict.fromkeys(branch.ontology for branch in fields[name])) for name in sorted(asked)}


def names_of(index: Path, prefixes: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the CURIE, scope and words of each name of the live terms of some ontologies."""
    with contextlib.closing(sqlite3.connect(index.resolve().as_uri() + "?mode=ro&immutable=1", uri=True)) as connection:
        for curie, scope, text in connection.execute(_NAMES):
            if curie.partition(":")[0] in prefixes:
                yield curie, SCOPES[scope], text


def write_names(index: Path, prefixes: set[str], file: Path) -> int:
    """Write the names for the peers, once each, and return how many there are."""
    seen: set[tuple[str, str]] = set()
    with file.open("w", encoding="utf-8", newline="") as out:
        for curie, scope, text in names_of(index, prefixes):
            words = " ".join(text.split())
            if words and (curie, words) not in seen:
                seen.add((curie, words))
                out.write(f"{curie}\t{scope}\t{words}\n")
    return len(seen)


def score(gold: Path, answers: Path, options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Return the figures of every group, as score.py gives them."""
    more = ["--unseen"] if options.unseen else []
    figures: dict[str, dict[str, Any]] = json.loads(cost_of([sys.executable, SCORE, gold, answers, "--json", *more]).said)
    return figures


def ask_kg(options: argparse.Namespace, work: Path) -> Cost:
    """Answer with kg; an index that lacks the tables of this version of kg gets them before the clock runs."""
    kg = [sys.executable, "-m", "kg.cli.main", "resolve", "--offline", "--index", options.index]
    cost_of([*kg, "microscopy", "--field", "imaging_method"])
    return cost_of([*kg, "--batch", work / "questions.tsv", "--out", work / "kg.tsv"])


def ask_peer(options: argparse.Namespace, work: Path, method: str) -> Cost:
    """Answer with a peer, in a process of its own."""
    python = sys.executable if method == "exact" else options.python
    files = [work / name for name in ("names.tsv", "questions.tsv", "fields.json")]
    return cost_of([python, HERE / "terms_peers.py", method, *files, work])


def run(options: argparse.Namespace, work: Path) -> dict[str, dict[str, Any]]:
    """Run all methods and return cost and figures of each, by name."""
    more = ["--unseen"] if options.unseen else []
    cost_of([sys.executable, SCORE, options.gold, "--make", work / "questions.tsv", *more])
    fields = fields_asked(work / "questions.tsv")
    (work / "fields.json").write_text(json.dumps(fields), "utf-8")
    costs = {"kg": (ask_kg(options, work), {})}
    if options.peers:
        count = write_names(options.index, {prefix for prefixes in fields.values() for prefix in prefixes}, work / "names.tsv")
        print(f"{count:,} names for the peers", file=sys.stderr)
    for method in options.peers:
        print(f"{method} ...", file=sys.stderr)
        cost = ask_peer(options, work, method)
        costs.update(dict.fromkeys(PEERS[method], (cost, json.loads(cost.said))))
    return {
        name: {
            "cpu": round(cost.cpu, 2), "wall": round(cost.wall, 2), "peak": round(cost.peak), **parts,
            "groups": score(options.gold, work / f"{name}.tsv", options),
        }
        for name, (cost, parts) in costs.items()
    }  # fmt: skip


def table(results: dict[str, dict[str, Any]]) -> str:
    """Return what was measured as two tables in Markdown."""
    lines = ["| method | CPU s | of which answering | wall s | peak MiB |", "|---|---|---|---|---|"]
    for name, result in results.items():
        answering = result.get("answering", result["cpu"])
        lines.append(f"| {name} | {result['cpu']:.1f} | {answering:.2f} | {result['wall']:.1f} | {result['peak']:,} |")
    groups = results["kg"]["groups"]
    ordered = [name for name in _FIRST if name in groups] + [name for name in groups if name not in _FIRST]
    lines += ["", "P@1 / R@1 / R@5 / rejected", "", f"| group (terms, no term) | {' | '.join(results)} |"]
    lines.append("|---" * (len(results) + 1) + "|")
    for name in ordered:
        cells = [_cell(result["groups"][name]) for result in results.values()]
        lines.append(f"| {name} ({groups[name]['n']}, {groups[name]['no_term']}) | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(figures: dict[str, Any]) -> str:
    shown = (figures[name] for name in ("P@1", "R@1", "R@5", "rejected"))
    return "/".join("-" if value is None else f"{value:.3f}".removeprefix("0") for value in shown)


def main() -> None:
    """Run, print the tables, and keep the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, default=SHARED / "data" / "gold" / "grounding-dev.tsv")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--peers", default="exact,gilda,text2term", help="some of them, or an empty text for none")
    parser.add_argument("--python", default="python3", help="interpreter of the environment of the peers")
    parser.add_argument("--unseen", action="store_true", help="only rows that the gold marks as not seen in development")
    parser.add_argument("--out", type=Path, help="keep questions, answers and figures (result.json) in this folder")
    options = parser.parse_args()
    options.peers = [name for name in options.peers.split(",") if name]
    if unknown := [name for name in options.peers if name not in PEERS]:
        parser.error(f"--peers {','.join(unknown)} is unknown; the peers are {', '.join(PEERS)}")
    with contextlib.ExitStack() as stack:
        work = options.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kg-bench-")))
        work.mkdir(parents=True, exist_ok=True)
        results = run(options, work)
        if options.out:
            (work / "result.json").write_text(json.dumps(results, indent=1), "utf-8")
    print(table(results))


if __name__ == "__main__":
    main()
