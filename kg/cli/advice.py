"""The options that every command that resolves terms has: what to listen to beside the index."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from kg.errors import UsageError
from kg.terms import Advice
from kg.terms.ols import EBI


def add_advice(parser: argparse.ArgumentParser, *, store: bool = True) -> None:
    """Declare the options; a command with a store has decisions of its own by default."""
    default = "; decisions.sssom.tsv in the store by default" if store else ""
    parser.add_argument("--policy", metavar="FILE", help="policy of a project: its ontologies, thresholds and decisions")
    parser.add_argument(
        "--decisions",
        metavar="FILE",
        help=f"table of what people decided (SSSOM; or KG_DECISIONS){default}",
    )
    parser.add_argument(
        "--ols",
        nargs="?",
        const=EBI,
        metavar="URL",
        help="ask an Ontology Lookup Service (OLS 4) for what the index lacks; without URL the one of EMBL-EBI (or KG_OLS_URL)",
    )
    parser.add_argument("--offline", action="store_true", help="make no network call, whatever --ols or KG_OLS_URL say")
    parser.add_argument(
        "--embedding",
        action="store_true",
        help="put look-alikes in order by sentence embeddings, if they are installed",
    )


def advice_of(options: argparse.Namespace, *, new: bool = False) -> Advice:
    """Return what the options say; ``new`` allows a table of decisions that does not exist yet.

    Raises UsageError for an address that is none, and for a table of decisions that is not there.
    """
    if options.decisions and not new and not Path(options.decisions).is_file():
        raise UsageError("--decisions", f"there is no file {options.decisions}")
    ols = options.ols or os.environ.get("KG_OLS_URL", "")
    if ols and not ols.startswith(("http://", "https://")):
        raise UsageError("--ols", f"{ols!r} is no address; expected one like {EBI}")
    return Advice(
        policy=Path(options.policy) if options.policy else None,
        decisions=(Path(options.decisions),) if options.decisions else (),
        ols="" if options.offline else ols,
        embedding=options.embedding,
    )
