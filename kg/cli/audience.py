"""The option ``--audience``: who may see the sources that a command takes."""

from __future__ import annotations

import argparse


def add_audience(parser: argparse.ArgumentParser) -> None:
    """Declare the option; what it says is checked by the pipeline."""
    parser.add_argument(
        "--audience",
        metavar="NAME",
        help="who may see these sources where the store is served: public, private (admins alone) or the name of a group; "
        "sources taken before keep theirs, new ones are public (or KG_AUDIENCE)",
    )
