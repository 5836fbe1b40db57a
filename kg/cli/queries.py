"""List the questions that come with kg, with their parameters; ``kg query NAME`` runs one."""

from __future__ import annotations

import argparse

from kg.cli.output import print_json, print_table
from kg.queries import Question, load_questions


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0."""
    questions = load_questions()
    if options.json:
        print_json([_json(question) for question in questions])
        return 0
    rows = [[q.name, q.title, " ".join(f"{p.name}={p.default or '?'}" for p in q.parameters)] for q in questions]
    print_table(["name", "question", "parameters"], rows)
    return 0


def _json(question: Question) -> dict[str, object]:
    return {
        "name": question.name,
        "title": question.title,
        "asks": list(question.asks),
        "note": question.note,
        "parameters": [{"name": p.name, "kind": p.kind, "default": p.default, "about": p.about} for p in question.parameters],
    }
