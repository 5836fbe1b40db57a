"""The pointer: the file of a store that names its current generation, and what is known where it is lost or damaged.

A pointer that cannot be followed is never taken for an empty store: nobody reads or writes until a person has said which
generation counts.
"""

from __future__ import annotations

import re
from pathlib import Path

from kg.errors import StoreError
from kg.store.disk import replace_text
from kg.store.faults import store_faults
from kg.store.generation import DATABASE, DESCRIPTION, LEDGER

CURRENT, GENERATIONS = "CURRENT", "generations"
_NONE = "none"  # stands there while the first generation is made
_ID = re.compile(r"\d{8,}-[\w-]+", re.ASCII)


def current_id(store: Path) -> str | None:
    """Return the id that the pointer of a store names; None where nothing was ever published.

    Raises:
        StoreError: it is lost or names no generation; the sentence says what mends it.
    """
    text = _text(store)
    if text == _NONE:
        return None
    if text is None:
        if not whole_generations(store):
            return None
        raise lost(store, "is not there")
    if not _ID.fullmatch(text):
        raise lost(store, f"names no generation: {text[:40]!r}" if text else "is empty")
    return text


def check_followed(store: Path, name: str) -> None:
    """Raise StoreError where the generation that the pointer names is not there, or not whole."""
    if not is_whole(store / GENERATIONS / name):
        raise lost(store, f"names generation {name}, which is not there or not whole")


def point_to(store: Path, name: str | None) -> None:
    """Make a generation the current one; None says that nothing was published yet."""
    replace_text(store / CURRENT, (name or _NONE) + "\n")


def has_pointer(store: Path) -> bool:
    """Say whether there is a pointer, whatever it says."""
    return (store / CURRENT).exists()


def whole_generations(store: Path) -> list[Path]:
    """Return the folders of generations with all their parts, oldest first; whether these are sound is not looked at."""
    return sorted(folder for folder in (store / GENERATIONS).iterdir() if is_whole(folder))


def is_whole(folder: Path) -> bool:
    """Say whether a folder has all parts of a generation; a writer that was killed early leaves one that has not."""
    return (folder / DESCRIPTION).is_file() and (folder / LEDGER).is_file() and (folder / DATABASE).is_dir()


def lost(store: Path, what: str) -> StoreError:
    """Return the error about a pointer that cannot be followed, with what mends it."""
    whole = whole_generations(store)
    if whole:
        how = f"the newest whole generation is {whole[-1].name}: 'kg store repair' points to it"
    else:
        how = "and no generation is whole: 'kg store restore BACKUP --force' brings a backup back"
    return StoreError(str(store / CURRENT), f"{what}; {how}. Nothing was changed")


def _text(store: Path) -> str | None:
    file = store / CURRENT
    with store_faults(str(file)):
        try:
            return file.read_bytes().decode("utf-8", "replace").strip().strip("\0")
        except FileNotFoundError:
            return None
