"""Tokens for kg serve: who may read sources of groups, and who may write. A token is shown once, when it is made.

Roles: reader (reads), writer (also writes graphs), admin (also sees private sources and those of all groups).
A running server knows new tokens, and refuses removed ones, from the next request on.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import get_args

from kg.cli.output import print_json, print_table, store_path, tell
from kg.store import Store
from kg.store.tokens import Token, TokenRole, Tokens


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="add|list|remove")
    add = parts.add_parser("add", help="make a token and print it, once")
    add.add_argument("name", metavar="NAME", help="for people: whose it is, or what for")
    add.add_argument("--role", choices=get_args(TokenRole), default="reader", help="what it allows (default: reader)")
    add.add_argument(
        "--group", metavar="GROUP", action="append", default=[], help="may see the sources of this group; may be given often"
    )
    add.add_argument("--expires", metavar="DAY", default="", help="last day on which it counts (UTC), such as 2027-01-31")
    every = parts.add_parser("list", help="which tokens there are; the tokens themselves are not kept")
    away = parts.add_parser("remove", help="take a token back")
    away.add_argument("name", metavar="NAME", help="as kg token list shows it")
    for part in (add, every, away):
        part.add_argument("--store", metavar="DIR", help="the store (or KG_STORE)")
        part.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0."""
    path = store_path(options.store)
    with Store.open(path):  # a folder that is no store gets no tokens
        tokens = Tokens(path)
    if options.part == "add":
        secret = tokens.add(options.name, options.role, options.group, options.expires)
        if options.json:
            print_json({"name": options.name, "token": secret})
        else:
            print(secret)
            tell("kg token: keep it now; it cannot be shown again")
    elif options.part == "remove":
        tokens.remove(options.name)
        if options.json:
            print_json({"removed": options.name})
        else:
            tell(f"kg token: {options.name} is removed")
    else:
        _list(tokens.all(), as_json=options.json)
    return 0


def _list(tokens: tuple[Token, ...], *, as_json: bool) -> None:
    today = datetime.now(UTC).date()
    if as_json:
        print_json(
            [
                {
                    "name": token.name,
                    "role": token.role,
                    "groups": list(token.groups),
                    "created": token.created,
                    "expires": token.expires or None,
                    "valid": token.valid(today),
                }
                for token in tokens
            ]
        )
        return
    rows = [[t.name, t.role, ", ".join(t.groups), t.created, t.expires + ("" if t.valid(today) else " (over)")] for t in tokens]
    print_table(["name", "role", "groups", "created", "expires"], rows)
