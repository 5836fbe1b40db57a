"""eLabFTW (https://doc.elabftw.net/api.html, version 2): experiments and resources, each as its own .eln archive.

The list says when an entry was changed last: what has not changed since is not asked for again.
"""

from __future__ import annotations

import zipfile
from typing import IO
from urllib.parse import urlsplit

from kg.intake.copying import Copying, Json
from kg.intake.mirror import name_of

_LISTS = ("experiments", "items")


def copy(work: Copying) -> None:
    """Copy the entries; the address is that of the site, of its API or of one of its lists."""
    path = urlsplit(work.address).path
    base = work.root + path.partition("/api/v2")[0].rstrip("/")
    chosen = [name for name in _LISTS if path.rstrip("/").endswith(f"/api/v2/{name}")]
    for name in chosen or _LISTS:
        address = f"{base}/api/v2/{name}"
        for page in work.pages(address, {}, _listed):
            for entry in page:
                if not _take(work, address, name, entry):
                    return


def _take(work: Copying, address: str, kind: str, entry: dict[str, Json]) -> bool:
    """Copy one entry; say whether to go on."""
    number = entry.get("id")
    if not isinstance(number, int | str) or not str(number).isdecimal():
        work.fail(address, "lists an entry without a number")
        return True
    ident = f"{kind}/{number}"
    changed = str(entry.get("modified_at") or "")
    work.mirror.still(ident)
    if not work.wanted(changed):
        return True
    if not work.room():
        return False
    work.archive(ident, f"{kind}/{name_of(str(number), '.eln')}", f"{address}/{number}?format=eln", _is_archive, stamp=changed)
    return True


def _listed(said: Json) -> list[Json]:
    if not isinstance(said, list):
        raise ValueError("JSON that is no list of entries")  # noqa: TRY004 - of the data, not of the code
    return said


def _is_archive(file: IO[bytes]) -> None:
    if not zipfile.is_zipfile(file):
        raise ValueError("something that is no .eln archive")
