"""BioStudies (https://www.ebi.ac.uk/biostudies/help): studies of a collection as PageTab JSON, a file each.

Addresses that are understood: of a collection (``.../biostudies/BioImages``, also of its API) and of one study
(``.../biostudies/studies/S-BIAD7``, ``.../biostudies/BioImages/studies/S-BIAD7``). The list is paged by number; whether a study
has changed is asked by its entity tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, unquote

from kg.errors import UsageError
from kg.intake.asker import parsed
from kg.intake.copying import Copying, Json, json_of
from kg.intake.mirror import name_of

_PLACE = "biostudies"
_OURS = frozenset({"api", "v1", "search", "studies", ""})


def copy(work: Copying) -> None:
    """Copy the studies."""
    base, collection, accession = _parts(work)
    if accession:
        if work.room():
            _study(work, base, accession)
        return
    for hit in _hits(work, f"{base}/{quote(collection)}/search"):
        accession = str(hit.get("accession") or "")
        if not accession:
            work.fail(collection, "lists an entry without accession")
            continue
        work.mirror.still(accession)
        if work.wanted(str(hit.get("release_date") or "")):
            if not work.room():
                return
            _study(work, base, accession)


def _study(work: Copying, base: str, accession: str) -> None:
    name = name_of(accession, ".json")
    work.document(accession, name, f"{base}/studies/{quote(accession, safe='')}", lambda said: _is_study(said, accession))


def _is_study(said: Json, accession: str) -> bool:
    return isinstance(said, dict) and said.get("accno") == accession and isinstance(said.get("section"), dict)


def _hits(work: Copying, address: str) -> Iterator[dict[str, Json]]:
    """Yield each entry of the list once, page by page, until a page brings nothing new."""
    seen: set[str] = set()
    number = 1
    while True:
        asked = {"page": str(number), "pageSize": str(work.asker.manners.entries)}
        hits, _ = work.asker.get(address, _listed, params=asked)
        new = [hit for hit in hits or () if str(hit.get("accession")) not in seen]
        if not new:
            return
        for hit in new:
            seen.add(str(hit.get("accession")))
            yield hit
        number += 1


def _listed(body: bytes) -> list[dict[str, Json]]:
    said = json_of(body)
    hits = said.get("hits") if isinstance(said, dict) else None
    if hits is None and isinstance(said, dict) and said.get("totalHits") == 0:
        return []
    if not isinstance(hits, list) or not all(isinstance(hit, dict) for hit in hits):
        raise ValueError("JSON that holds no list of studies")
    return hits


def _parts(work: Copying) -> tuple[str, str, str]:
    """Return the address of the API, the collection and, where one study is meant, its accession."""
    parts = [unquote(part) for part in parsed(work.address).path.split("/") if part]
    at = parts.index(_PLACE) + 1 if _PLACE in parts else 0
    base = "/".join((work.root, *map(quote, parts[:at]), "api", "v1"))
    rest = parts[at:]
    if "studies" in rest[:-1]:
        return base, "", rest[rest.index("studies") + 1]
    names = [part for part in rest if part not in _OURS]
    if len(names) != 1:
        raise UsageError("ADDRESS", "names no collection; expected one like https://www.ebi.ac.uk/biostudies/BioImages")
    return base, names[0], ""
