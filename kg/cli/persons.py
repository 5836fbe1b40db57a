"""The options about people: whose data a command keeps."""

from __future__ import annotations

import argparse

from kg.errors import UsageError
from kg.mapping.people import Persons

_WORDS: dict[str, Persons] = {"none": "none", "authors": "authors", "all": "all"}


def add_persons(parser: argparse.ArgumentParser) -> None:
    """Declare ``--persons`` and its short forms."""
    parser.add_argument(
        "--persons",
        choices=tuple(_WORDS),
        default="authors",
        help="whose names and addresses are kept: nobody's, those of credited people such as authors (default), or everybody's",
    )
    parser.add_argument("--no-persons", action="store_true", help="leave out everything about people (--persons none)")
    parser.add_argument("--all-persons", action="store_true", help="keep everything about people (--persons all)")


def persons_of(options: argparse.Namespace) -> Persons:
    """Return whose data are kept; raises UsageError where two options contradict each other."""
    if options.no_persons and options.all_persons:
        raise UsageError("--all-persons", "contradicts --no-persons; say one of them")
    if options.no_persons:
        return "none"
    return "all" if options.all_persons else _WORDS[options.persons]
