"""OMERO.web (https://docs.openmicroscopy.org/omero/latest/developers/json-api.html): a file per object, as the API gives it.

Projects, datasets, screens, plates and images come from ``/api/v0/m/``, wells as pages of their plate, and map annotations from
the lists of the web client, asked for a page of objects at once. An object that a list shows as it was before is not asked for
again. Public servers want no token; else it is the session of a browser (cookie ``sessionid``).

An address can be that of the site, or of one object with all below it: ``.../webclient/?show=project-12`` or
``.../api/v0/m/projects/12/``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qs, urlencode, urlsplit

from kg.errors import SourceError
from kg.intake.asker import Silence
from kg.intake.copying import Copying, Json, json_of

_API, _CLIENT = "/api/v0/m", "/webclient/api/annotations/"
_ONE = re.compile(r"/api/v0/m/(\w+?)s/(\d+)/?$")
_SHOWN = re.compile(r"^(project|dataset|screen|plate|image)-(\d+)$")
_TOP = ("project", "dataset", "screen", "plate", "image")
_BELOW: Mapping[str, str] = MappingProxyType({"project": "dataset", "dataset": "image", "screen": "plate"})
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class _Site:
    """The address before ``/api``, and the run."""

    base: str
    work: Copying

    def list(self, path: str) -> Iterator[list[dict[str, Json]]]:
        """Yield the pages of a list below ``/api/v0/m``."""
        yield from self.work.pages(f"{self.base}{_API}/{path}/", {}, _data)


def copy(work: Copying) -> None:
    """Copy the objects."""
    split = urlsplit(work.address)
    base = work.root + re.split(r"/(?:api/v0|webclient|api)(?:/|$)", split.path)[0].rstrip("/")
    site = _Site(base, work)
    one = _SHOWN.match(parse_qs(split.query).get("show", [""])[0]) or _named(split.path)
    if one is None:
        for kind in _TOP:
            if not _listed(site, kind, f"{kind}s"):
                return
        return
    kind, number = one[1], one[2]
    found, _ = work.asker.get(f"{base}{_API}/{kind}s/{number}/", _object)
    if found is not None:
        _page(site, kind, [found])


def _named(path: str) -> re.Match[str] | None:
    match = _ONE.search(path)
    return match if match and match[1] in _TOP else None


def _listed(site: _Site, kind: str, path: str) -> bool:
    """Copy what a list shows; say whether there is room for more."""
    is_below = path != f"{kind}s"
    return all(_page(site, kind, page, below=is_below) for page in site.list(path))


def _page(site: _Site, kind: str, page: Sequence[dict[str, Json]], *, below: bool = True) -> bool:
    """Copy the objects of a page, their annotations, and where asked for what lies below them."""
    numbers: list[int] = []
    for member in page:
        number = member.get("@id")
        if not isinstance(number, int):
            site.work.fail(f"{kind}s", "lists an object without @id")
            continue
        site.work.mirror.still(f"{kind}/{number}")
        if not site.work.room():
            _annotations(site, kind, numbers)
            return False
        _take(site, kind, number, member)
        numbers.append(number)
    _annotations(site, kind, numbers)
    for number in numbers:
        if kind == "plate":
            _wells(site, number)
        elif below and kind in _BELOW and not _listed(site, _BELOW[kind], f"{kind}s/{number}/{_BELOW[kind]}s"):
            return False
    return True


def _take(site: _Site, kind: str, number: int, member: dict[str, Json]) -> None:
    """Copy one object: an image from its own address, which says more than the list, any other as the list has it."""
    ident, name = f"{kind}/{number}", f"{kind}s/{number}.json"
    if kind == "image":
        stamp = hashlib.sha256(json.dumps(member, sort_keys=True).encode()).hexdigest()[:16]
        address = f"{site.base}{_API}/images/{number}/"
        site.work.document(ident, name, address, lambda said: _id_of(said) == number, stamp=stamp)
    else:
        site.work.mirror.put(ident, name, _text({"data": member}))


def _wells(site: _Site, plate: int) -> None:
    """Copy the wells of a plate, a file for each page of the list."""

    def taken() -> None:
        for number, page in enumerate(site.list(f"plates/{plate}/wells")):
            ident = f"plate/{plate}/wells/{number}"
            site.work.mirror.put(ident, f"plates/{plate}-wells-{number:04d}.json", _text({"data": page}))

    site.work.attempt(f"plate/{plate}/wells/0", taken)


def _annotations(site: _Site, kind: str, numbers: Sequence[int]) -> None:
    """Copy the map annotations of objects, a file for each object that has any."""
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        try:
            found, people = _asked(site, kind, some)
        except Silence:
            raise
        except SourceError as error:
            for number in some:
                site.work.mirror.still(f"{kind}/{number}/annotations")
            site.work.fail(error.where, error.what)
            continue
        for number in some:
            own = [each for each in found if _parent(each) == number]
            if own:
                known = {each.get("owner", {}).get("id") for each in own if isinstance(each.get("owner"), dict)}
                body = {"annotations": own, "experimenters": [one for one in people if one.get("id") in known]}
                site.work.mirror.put(f"{kind}/{number}/annotations", f"annotations/{kind}-{number}.json", _text(body))


def _asked(site: _Site, kind: str, numbers: Sequence[int]) -> tuple[list[dict[str, Json]], list[dict[str, Json]]]:
    """Return the annotations of objects and who made them, of all pages."""
    found: dict[str, dict[str, Json]] = {}
    people: list[dict[str, Json]] = []
    size, number = site.work.asker.manners.entries, 1
    while True:
        query = urlencode([("type", "map"), *((kind, each) for each in numbers), ("page", number), ("limit", size)])
        said, _ = site.work.asker.get(f"{site.base}{_CLIENT}?{query}", _annotated)
        listed = (said or {}).get("annotations", [])
        new = {json.dumps([each.get("id"), _parent(each)]): each for each in listed}
        is_new = not new.keys() <= found.keys()
        found.update(new)
        people += (said or {}).get("experimenters", [])
        if not is_new or len(listed) < size:
            return list(found.values()), people
        number += 1


def _annotated(body: bytes) -> dict[str, Json]:
    said = json_of(body)
    for name in ("annotations", "experimenters"):
        listed = said.get(name, []) if isinstance(said, dict) else None
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise ValueError("JSON that holds no annotations")
    return dict(said)


def _parent(annotation: dict[str, Json]) -> Json:
    link = annotation.get("link")
    parent = link.get("parent") if isinstance(link, dict) else None
    return parent.get("id") if isinstance(parent, dict) else None


def _data(said: Json) -> list[Json]:
    data = said.get("data") if isinstance(said, dict) else None
    if not isinstance(data, list):
        raise ValueError("JSON that holds no list of objects")  # noqa: TRY004 - of the data, not of the code
    return data


def _object(body: bytes) -> dict[str, Json]:
    said = json_of(body)
    if _id_of(said) is None:
        raise ValueError("JSON that holds no object")
    return dict(said["data"])


def _id_of(said: Json) -> Json:
    data = said.get("data") if isinstance(said, dict) else None
    return data.get("@id") if isinstance(data, dict) else None


def _text(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
