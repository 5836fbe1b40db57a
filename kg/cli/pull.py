"""Copy what a repository or a notebook on the web says into a folder, as sources for kg harmonize.

A later run into the same folder asks only for what may have changed, goes on where one was stopped, and tells what the server
no longer has. Pixels are never asked for. The exit code is 1 when something could not be had.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from kg.cli.output import plain, print_json, tell
from kg.errors import UsageError
from kg.intake import KINDS, Copied, Manners, Wish, pull
from kg.intake.pull import day

_SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    titles = "; ".join(f"{name}: {kind.title}" for name, kind in KINDS.items())
    parser.add_argument("kind", choices=list(KINDS), metavar="KIND", help=titles)
    parser.add_argument("address", metavar="ADDRESS", help="where it is, such as https://www.ebi.ac.uk/biostudies/BioImages")
    parser.add_argument("--to", metavar="DIR", help="folder of the copy, made where it is absent")
    parser.add_argument("--since", metavar="DAY", help="leave out what was published or changed before, such as 2026-01-31")
    parser.add_argument("--limit", metavar="N", type=int, default=0, help="look at no more than N entries")
    parser.add_argument("--token-env", metavar="NAME", help="variable of the environment that holds a token or API key")
    parser.add_argument("--query", metavar="FILE", help="for sparql: a CONSTRUCT query, instead of all statements")
    parser.add_argument(
        "--pause", metavar="SECONDS", type=float, default=Manners().pause, help="least time between requests (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print what was copied as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0 when all that was asked for was had, else 1."""
    if not options.to:
        raise UsageError("--to", "say into which folder: --to DIR")
    if options.limit < 0 or not 0 <= options.pause <= Manners().longest_pause:
        raise UsageError("--limit, --pause", f"take a number from 0; a pause at most {Manners().longest_pause:g} seconds")
    wish = Wish(
        since=day(options.since) if options.since else None,
        limit=options.limit,
        query=Path(options.query) if options.query else None,
    )
    manners = replace(Manners(), pause=options.pause)
    copied = pull(options.kind, options.address, Path(options.to), wish, _token(options.token_env), manners)
    for problem in copied.problems:
        tell(f"kg pull: {problem.source}: {problem.found}")
    if options.json:
        print_json(
            {
                "new": list(copied.new),
                "unchanged": copied.unchanged,
                "vanished": list(copied.vanished),
                "complete": copied.complete,
                "problems": [problem.as_dict() for problem in copied.problems],
            }
        )
    else:
        _print(copied, options.to)
    return 1 if copied.problems else 0


def _token(name: str | None) -> str:
    if not name:
        return ""
    token = os.environ.get(name, "").strip()
    if not token:
        raise UsageError("--token-env", f"there is no variable {name} in the environment, or it is empty")
    return token


def _print(copied: Copied, folder: str) -> None:
    print(f"new or changed  {len(copied.new):,}")
    print(f"unchanged       {copied.unchanged:,}")
    if copied.vanished:
        print(f"gone there      {len(copied.vanished):,}, kept here:")
        for name in copied.vanished[:_SHOWN]:
            print(f"  {plain(name)}")
        if len(copied.vanished) > _SHOWN:
            print(f"  and {len(copied.vanished) - _SHOWN:,} more (--json lists all)")
    if not copied.complete:
        print("not all that is there was looked at")
    print(f"next            kg harmonize {plain(folder)} --store DIR")
