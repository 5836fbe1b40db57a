"""The option ``--audience``: who may see the sources that a command takes."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from kg.cli.output import tell
from kg.store import PUBLIC
from kg.store.batch import PRIVATE
from kg.store.tokens import Tokens


def add_audience(parser: argparse.ArgumentParser) -> None:
    """Declare the option; what it says is checked by the pipeline."""
    parser.add_argument(
        "--audience",
        metavar="NAME",
        help="who may see these sources where the store is served: public, private (admins alone) or the name of a group; "
        "sources taken before keep theirs, new ones are public (or KG_AUDIENCE)",
    )


def tell_of_nobody(command: str, audience: str | None, store: Path) -> None:
    """Say on standard error that no token has a group; nothing where one has, or where it is no group."""
    if audience in {None, PUBLIC, PRIVATE}:
        return
    today = datetime.now(UTC).date()
    if not any(audience in token.groups and token.valid(today) for token in Tokens(store).all()):
        tell(
            f"{command}: no token has the group {audience!r} yet, so that admins alone see these sources; "
            f"kg token add NAME --group {audience} makes one"
        )
