"""Harmonize the files of a folder as they come, each once it has stopped growing, and say at once what is missing.

A file is taken when its size and time have not changed for a while and no program has it open for writing (as far as the system
shows it). Of each is told which fields of tier 1 it lacks, and whether a record of a lab notebook names it. End it with Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kg import __version__
from kg.cli.advice import add_advice, advice_of
from kg.cli.audience import add_audience
from kg.cli.output import plain, store_path, tell
from kg.cli.persons import add_persons, persons_of
from kg.errors import SourceError, StoreError, UsageError
from kg.intake import Clock, SystemClock
from kg.jobs import Arrival, Watch
from kg.jobs.watch import Gone
from kg.pipeline import Pipeline, Settings
from kg.quality.tiers import Tiers

_SETTLE, _LONGEST = 10.0, 86_400.0
_LOOK, _SELDOM = 0.05, 10.0
_REFUSED = _SHOWN = 20
_WORDS = {
    "harmonized": "harmonized",
    "unsupported": "no reader takes it",
    "unreadable": "cannot be read",
    "unmapped": "no mapping takes it",
    "part": "part of another",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("folder", metavar="DIR", help="folder to watch, with all folders in it")
    parser.add_argument("--store", metavar="STORE", help="folder of the store, made where it is absent (or KG_STORE)")
    parser.add_argument("--once", action="store_true", help="take what is there and rests, then end")
    parser.add_argument(
        "--settle", metavar="SECONDS", type=float, default=_SETTLE, help="how long a file must stay as it is (%(default)s)"
    )
    parser.add_argument("--index", metavar="FILE", help="term index (or KG_INDEX)")
    add_persons(parser)
    add_audience(parser)
    add_advice(parser)
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each file")


def run(options: argparse.Namespace) -> int:
    """Return 0 when all that was taken could be read, else 1; without --once it goes on until it is interrupted."""
    if not 0 <= options.settle <= _LONGEST:
        raise UsageError("--settle", f"take seconds from 0 to {_LONGEST:,.0f}")
    settings = Settings(
        index=Path(options.index) if options.index else None,
        advice=advice_of(options),
        persons=persons_of(options),
        audience=options.audience or None,
        version=__version__,
    )
    clock = SystemClock()
    count = _Count()
    try:
        with Watch(Pipeline(settings), Path(options.folder), store_path(options.store), options.settle, clock) as watch:
            _watch(watch, clock, options, count)
    finally:
        tell(f"kg watch: {count.taken:,} harmonized, {count.refused:,} not")
    return 1 if count.refused else 0


class _Count:
    """How many sources were taken, and how many could not be read."""

    taken = 0
    refused = 0


def _watch(watch: Watch, clock: Clock, options: argparse.Namespace, count: _Count) -> None:
    """Look round by round; a store that another job writes is waited for, as is a folder that changes, though not for ever."""
    pause = max(_LOOK, min(options.settle / 2, _SELDOM))
    first, faults = clock.now(), 0
    while True:
        is_last = options.once and clock.now() - first >= options.settle
        try:
            for arrival in watch.round():
                count.taken += arrival.outcome.status == "harmonized"
                count.refused += arrival.outcome.status == "unreadable"
                _show(arrival, as_json=options.json)
            _show_gone(watch.gone, as_json=options.json)
            faults = 0
        except (StoreError, SourceError) as error:
            faults += 1
            if faults >= _REFUSED:
                raise
            tell(f"kg watch: {error}; trying again")
        else:
            if is_last:
                for path in watch.growing:
                    tell(f"kg watch: {path}: still growing, or open in another program; left out")
                return
        clock.sleep(pause)


def _show(arrival: Arrival, *, as_json: bool) -> None:
    line = json.dumps(_values(arrival), ensure_ascii=False) if as_json else _line(arrival)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _show_gone(gone: Sequence[Gone], *, as_json: bool) -> None:
    for each in gone if as_json else gone[:_SHOWN]:
        line = json.dumps({"gone": each.key, "path": str(each.path), "now": each.now}, ensure_ascii=False)
        told = "its statements stay in the store"
        if each.now:
            told = f"it is now {each.now}, and what was said under the old name was withdrawn"
        sys.stdout.write((line if as_json else plain(f"gone: {each.key}; {told}")) + "\n")
    if len(gone) > _SHOWN and not as_json:
        sys.stdout.write(f"gone: {len(gone) - _SHOWN:,} more (--json lists all)\n")
    sys.stdout.flush()


def _values(arrival: Arrival) -> dict[str, Any]:
    outcome, tiers = arrival.outcome, arrival.tiers
    given, there = tiers.count(1) if tiers else (0, 0)
    return {
        "key": outcome.key,
        "path": str(arrival.path),
        "status": outcome.status,
        "reason": outcome.reason,
        "iri": outcome.iri,
        "mapping": outcome.mapping,
        "rows": outcome.rows,
        "changed": arrival.changed,
        "tier1": {"given": given, "of": there, "missing": list(_missing(tiers))} if tiers else None,
        "notebook": arrival.is_notebook,
        "links": [asdict(link) for link in arrival.links],
    }


def _missing(tiers: Tiers) -> tuple[str, ...]:
    """Return the fields of tier 1 that are absent, each once: the specifications ask for some of more than one thing."""
    return tuple(dict.fromkeys(field.field for field in tiers.missing(1)))


def _line(arrival: Arrival) -> str:
    outcome, tiers = arrival.outcome, arrival.tiers
    if outcome.status != "harmonized":
        return plain(f"{outcome.key}: {_WORDS[outcome.status]}: {outcome.reason}; it is tried again when it changes")
    parts = [f"{outcome.key}: {outcome.mapping}, {outcome.rows:,} rows"]
    if tiers:
        given, there = tiers.count(1)
        missing = ", ".join(_missing(tiers))
        parts.append(f"tier 1: {given} of {there} fields" + (f", missing {missing}" if missing else ""))
    else:
        parts.append("tier 1: it says nothing of a microscope")
    if arrival.is_notebook:
        parts.append("is a record of a notebook itself")
    elif arrival.links:
        link = arrival.links[0]
        parts.append(f"notebook: named by {link.name or link.record} (same {link.by})")
    else:
        parts.append("notebook: no record names it")
    if arrival.changed:
        parts.append("it changed while it was read, and is taken again")
    return plain("; ".join(parts))
