"""The care of a store: check it, make it small, copy it and bring it back, and say which sources it holds and for whom.

Every part works while a server or a job uses the store. What changes a store publishes a new generation, whole or not at all.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg.cli.output import plain, print_json, print_table, store_path
from kg.errors import StoreError, UsageError
from kg.store import SourceEntry, Store
from kg.store.backup import back_up, check_backup, restore, restore_into
from kg.store.checkup import CHECKS, check_store
from kg.store.compact import ROOM, compact
from kg.store.regroup import change_audience
from kg.store.repair import repair
from kg.store.tokens import check_audience

_SHOWN = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parts = parser.add_subparsers(
        dest="part", required=True, metavar="verify|repair|compact|backup|restore|sources|withdraw|audience"
    )
    parts.add_parser("verify", help="check that all is whole: pointer, statements, claims, snapshots; 1 if something is not")
    mend = parts.add_parser("repair", help="point to the newest whole generation where the pointer is lost or damaged")
    mend.add_argument(
        "--older",
        action="store_true",
        help="go back to an older generation where the newest one is damaged; what was published since is given up",
    )
    parts.add_parser(
        "compact",
        help=f"write the database anew without what was taken out, if that is smaller; needs up to {ROOM} times its size on "
        "the disk",
    )
    backup = parts.add_parser(
        "backup", help="copy the current generation and people's decisions; a backup is a store of one generation"
    )
    backup.add_argument("folder", metavar="DIR2", help="absent or empty; on another disk, if it is to outlive this one")
    backup.add_argument("--with-tokens", action="store_true", help="copy the hashes of the tokens, too")
    back = parts.add_parser("restore", help="make a store of a backup")
    back.add_argument("folder", metavar="DIR2", help="the backup")
    back.add_argument(
        "--force",
        action="store_true",
        help="publish it as the next generation of a store that holds something; its own decisions and tokens stay",
    )
    parts.add_parser("sources", help="which sources it holds: audience, rows, statements")
    away = parts.add_parser("withdraw", help="publish without sources, and without what only they said")
    away.add_argument("sources", metavar="IRI|KEY", nargs="+", help="as kg store sources shows them")
    who = parts.add_parser("audience", help="change who may see sources, without reading them again")
    who.add_argument("sources", metavar="IRI|KEY", nargs="+", help="as kg store sources shows them")
    who.add_argument("audience", metavar="AUDIENCE", help="public, private, or the name of a group")
    for part in parts.choices.values():
        part.add_argument("--store", metavar="DIR", help="the store (or KG_STORE)")
        part.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0, or 1 when the store is not in order."""
    return _PARTS[options.part](options, store_path(options.store))


def _verify(options: argparse.Namespace, path: Path) -> int:
    with Store.open(path) as store:
        problems = check_store(store)
        current = _current(store)
    if options.json:
        print_json({"generation": current, "checks": list(CHECKS), "problems": [problem.as_dict() for problem in problems]})
    else:
        for problem in problems[:_SHOWN]:
            print(plain(str(problem)))
        if len(problems) > _SHOWN:
            print(f"and {len(problems) - _SHOWN:,} more (--json lists all)")
        if not problems:
            print(f"in order: generation {current}" if current else "in order: nothing is published yet")
    return 1 if problems else 0


def _current(store: Store) -> str | None:
    """Return the id of the generation that can be asked; None where there is none."""
    with suppress(StoreError):
        return store.current.id if store.current else None
    return None


def _repair(options: argparse.Namespace, path: Path) -> int:
    with Store.open(path) as store:
        done = repair(store, older=options.older)
    said = "the store points to it now" if done.changed else "the store points to it, and it is whole; nothing was changed"
    gone = f"; {', '.join(done.given_up)} is damaged and goes with the next job" if done.given_up else ""
    told = {"generation": done.generation, "changed": done.changed, "given_up": list(done.given_up)}
    _say(options, told, f"generation {done.generation}: {said}{gone}")
    return 0


def _compact(options: argparse.Namespace, path: Path) -> int:
    with Store.open(path) as store:
        done = compact(store)
        told = {"generation": done.generation.id, "published": done.gained, "before": done.before, "after": done.after}
    if not done.gained:
        small = f"{done.before / 1e6:,.1f} MB, and {done.after / 1e6:,.1f} MB written anew"
        _say(options, told, f"nothing to gain ({small}); generation {told['generation']} stays")
        return 0
    sizes = f"{done.before / 1e6:,.1f} MB before, {done.after / 1e6:,.1f} MB now"
    _say(options, told, f"generation {told['generation']}: {sizes}; the one before goes with the next job")
    return 0


def _backup(options: argparse.Namespace, path: Path) -> int:
    with Store.open(path) as store:
        done = back_up(store, Path(options.folder), tokens=options.with_tokens).id
    _say(options, {"generation": done, "folder": options.folder}, f"generation {done} is in {options.folder}, and whole")
    return 0


def _restore(options: argparse.Namespace, path: Path) -> int:
    backup = Path(options.folder)
    check_backup(backup)
    if not options.force:
        if path.is_dir() and any(path.iterdir()):
            raise UsageError("--store", f"{path} holds something; --force publishes the backup as its next generation")
        done = restore(backup, path)
    else:
        with Store.open(path, create=True) as store:
            done = restore_into(backup, store).id
    _say(options, {"generation": done, "store": str(path)}, f"generation {done} is in {path}, and whole")
    return 0


def _sources(options: argparse.Namespace, path: Path) -> int:
    with Store.open(path) as store:
        entries = store.sources()
    if options.json:
        names = ("iri", "key", "audience", "mapping", "rows", "statements")
        print_json([{name: getattr(entry, name) for name in names} for entry in entries])
        return 0
    rows = [[e.key, e.audience, e.mapping, f"{e.rows:,}", f"{e.statements:,}"] for e in entries]
    print_table(["source", "audience", "mapping", "rows", "statements"], rows)
    return 0


def _withdraw(options: argparse.Namespace, path: Path) -> int:
    with Store.open(path) as store, store.writing():
        named = _named(store.sources(), options.sources)
        done = store.withdraw([entry.iri for entry in named]).id
    _say(options, {"generation": done, "withdrawn": _keys(named)}, f"generation {done} is without {', '.join(_keys(named))}")
    return 0


def _audience(options: argparse.Namespace, path: Path) -> int:
    check_audience(options.audience)
    with Store.open(path) as store, store.writing():
        named = _named(store.sources(), options.sources)
        done = change_audience(store, {entry.iri: options.audience for entry in named}).id
    told = {"generation": done, "audience": options.audience, "sources": _keys(named)}
    _say(options, told, f"generation {done}: {', '.join(_keys(named))} now {options.audience}")
    return 0


def _named(entries: Iterable[SourceEntry], words: Iterable[str]) -> list[SourceEntry]:
    """Return the sources that are named, each once; raises UsageError for a name that none has, or that several have."""
    named: dict[str, SourceEntry] = {}
    there = list(entries)
    for word in words:
        found = [entry for entry in there if word == entry.iri] or [entry for entry in there if word == entry.key]
        if not found:
            raise UsageError("source", f"the store has no source {word!r}; kg store sources lists them")
        if len(found) > 1:
            iris = ", ".join(entry.iri for entry in found)
            raise UsageError("source", f"{len(found)} sources are called {word!r}; take the IRI: {iris}")
        named[found[0].iri] = found[0]
    return list(named.values())


def _keys(entries: Iterable[SourceEntry]) -> list[str]:
    return [entry.key for entry in entries]


def _say(options: argparse.Namespace, values: Mapping[str, Any], sentence: str) -> None:
    if options.json:
        print_json(values)
    else:
        print(plain(sentence))


_PARTS: Mapping[str, Callable[[argparse.Namespace, Path], int]] = MappingProxyType(
    {
        "verify": _verify,
        "repair": _repair,
        "compact": _compact,
        "backup": _backup,
        "restore": _restore,
        "sources": _sources,
        "withdraw": _withdraw,
        "audience": _audience,
    }
)
