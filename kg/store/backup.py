"""Backup and restoring: a store of one generation beside this one, whole or not there.

A backup is a store itself: it can be asked and served where it lies. On one disk it shares the files of the database with the
store (hard links; they never change), else they are copied.
"""

from __future__ import annotations

import json
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store.disk import replace_text, sync_tree
from kg.store.faults import store_faults
from kg.store.generation import DATABASE, DESCRIPTION, LEDGER, Generation
from kg.store.holds import make_holdable
from kg.store.pointer import GENERATIONS, point_to
from kg.store.repair import damage_of
from kg.store.store import DECISIONS, Store
from kg.store.tokens import TOKENS

_DRAFT = ".kg-backup-"


def back_up(store: Store, target: Path, *, tokens: bool = False) -> Generation:
    """Copy the current generation and people's decisions into an absent or empty folder, and check the copy.

    It may be done while somebody writes: what is copied is the generation that was current at the start.

    Args:
        store: the store.
        target: folder to make; it must not lie in the store.
        tokens: whether the hashes of the tokens are copied, too.

    Raises:
        StoreError: the store is empty, the target holds something, the disk refuses, or the copy is not whole.
    """
    current = store.current
    if current is None:
        raise StoreError(str(store.path), "the store is empty; there is nothing to copy")
    names = [DECISIONS, *([TOKENS] if tokens else [])]
    _fill_new(target, current, {name: store.path / name for name in names}, store.path)
    return current


def restore(backup: Path, target: Path) -> str:
    """Copy a backup into an absent or empty folder, with its decisions and tokens; return the generation's id.

    Raises:
        StoreError: the backup is none or is damaged, the target holds something, or the disk refuses.
    """
    with _opened(backup) as store:
        whole = _whole(store)
        _fill_new(target, whole, {name: backup / name for name in (DECISIONS, TOKENS)}, backup)
        return whole.id


def restore_into(backup: Path, store: Store) -> Generation:
    """Publish what a backup holds as the next generation of a store; its decisions and tokens are brought where it has none.

    The store may be damaged, its pointer too.

    Raises:
        StoreError: the backup is none or is damaged, another job writes, or the disk refuses.
    """
    with _opened(backup) as opened:
        whole = _whole(opened)
        made = store.install(lambda folder, parent: _next(whole, folder, parent), mending=True)
    _check(made, store.path)
    for name in (DECISIONS, TOKENS):
        if (backup / name).is_file() and not (store.path / name).exists():
            _copy_file(backup / name, store.path / name)
    return made


def check_backup(backup: Path) -> None:
    """Raise StoreError where a folder is no backup; whether it is sound is found out when it is restored."""
    if not (backup / GENERATIONS).is_dir():
        raise StoreError(str(backup), "there is no backup here; 'kg store backup DIR2 --store DIR' makes one")


def _opened(backup: Path) -> Store:
    check_backup(backup)
    return Store.open(backup)


def _whole(store: Store) -> Generation:
    if store.current is None:
        raise StoreError(str(store.path), "this is no backup: nothing was published in it")
    damage = damage_of(store.current.path)
    if damage:
        raise StoreError(str(store.path), f"this backup is damaged, and nothing was restored: {damage}")
    return store.current


def _check(generation: Generation, where: Path) -> None:
    damage = damage_of(generation.path)
    if damage:
        raise StoreError(str(where), f"the copy is not whole: {damage}")


def _fill_new(target: Path, generation: Generation, files: dict[str, Path], source: Path) -> None:
    with store_faults(str(target)):
        _refuse_taken(target, source)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Under another name first, so that what is there under its own name is whole.
        draft = target.parent / f"{_DRAFT}{secrets.token_hex(8)}"
        draft.mkdir()
        try:
            folder = draft / GENERATIONS / generation.id
            folder.parent.mkdir()
            folder.mkdir()
            _copy(generation, folder, source)
            shutil.copyfile(generation.path / DESCRIPTION, folder / DESCRIPTION)
            for name, file in files.items():
                if file.is_file():
                    _copy_file(file, draft / name)
            _check_copy(folder, generation, target, source)
            sync_tree(draft)
            point_to(draft, generation.id)
            if target.exists():
                target.rmdir()
            draft.rename(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise


def _refuse_taken(target: Path, source: Path) -> None:
    if target.resolve().is_relative_to(source.resolve()):
        raise StoreError(str(target), "lies in the folder that is copied; name one outside of it")
    if target.exists() and not target.is_dir():
        raise StoreError(str(target), "is a file, and not a folder; nothing was written to it")
    if target.exists() and any(target.iterdir()):
        raise StoreError(str(target), "is there already, and not empty; nothing was written to it")


def _check_copy(folder: Path, generation: Generation, target: Path, source: Path) -> None:
    damage = damage_of(folder)
    if damage and (before := damage_of(generation.path)):
        raise StoreError(str(source), f"generation {generation.id} is damaged, and nothing was copied: {before}")
    if damage:
        raise StoreError(str(target), f"the copy is not whole: {damage}")


def _copy(generation: Generation, folder: Path, source: Path) -> None:
    """Copy database and ledger; the description comes last, as it makes a folder a generation."""
    with store_faults(str(source)):
        # Not the generation's own handle, which would stay open with it.
        database = ox.Store.read_only(str(generation.path / DATABASE))
    database.backup(folder / DATABASE)
    generation.ledger.copy_to(folder / LEDGER)
    make_holdable(folder)


def _next(backup: Generation, folder: Path, parent: Generation | None) -> None:
    folder.mkdir()
    _copy(backup, folder, backup.path)
    about: dict[str, Any] = json.loads((backup.path / DESCRIPTION).read_text("utf-8"))
    about |= {
        "id": folder.name,
        "parent": parent.id if parent else None,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (folder / DESCRIPTION).write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")
    sync_tree(folder)


def _copy_file(file: Path, to: Path) -> None:
    """Copy a small file; that of the tokens is readable by its owner alone."""
    replace_text(to, file.read_text("utf-8"), secret=to.name == TOKENS)
