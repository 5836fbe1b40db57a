"""OME-Zarr on the web (http, https, public S3 by its web address): its metadata objects copied into a folder, never a chunk.

`mirror` asks for objects that the metadata themselves name - the paths of multiscales, plates, wells, labels and series - and
for the few fixed names that every node has. It never lists, never follows a redirect to another host, and asks one thing at a
time. The folder is then a source like any other.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from kg.errors import LimitError, SourceError
from kg.readers import safe_json
from kg.readers.limits import Limits
from kg.readers.needs import needed
from kg.readers.ome.zarr_paths import OME, at, below, flat, folder_name
from kg.readers.ome.zarr_store import ARRAY, ATTRIBUTES, CONSOLIDATED, CRATE, GROUP, OME_XML, V3

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from kg.readers.ome.zarr_grid import Json
    from kg.readers.safe_json import JsonValue

_CHUNK = 64 * 1024
_MOST_REDIRECTS = 3
_OK = 200
_ABSENT = frozenset((403, 404, 410))  # S3 answers 403 for what is not there where listing is not allowed
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_AGENT = "bioimage-kg (metadata only)"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of one copy.

    Attributes:
        objects: most requests.
        object_bytes: largest single object.
        total_bytes: most bytes in all.
        seconds: longest time without an answer, for each request.
        total_seconds: longest time in all.
        pause: seconds between two requests, so as not to be a burden.
        private: whether addresses of this machine and its network are allowed.
    """

    objects: int = 20_000
    object_bytes: int = 64 * 1024 * 1024
    total_bytes: int = 512 * 1024 * 1024
    seconds: float = 20.0
    total_seconds: float = 1800.0
    pause: float = 0.02
    private: bool = False


_DEFAULT = FetchLimits()


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def mirror(url: str, folder: Path, limits: FetchLimits = _DEFAULT) -> Path:
    """Copy the metadata objects of one OME-Zarr and return the folder that holds them, named as the address ends.

    Args:
        url: address of the top group, with or without the name of a metadata object at its end.
        folder: where the copy is made; it is created if it is absent. What an earlier copy left there is not asked for again.
        limits: bounds.

    Raises:
        SourceError: no zarr there, not reachable, or it redirects to another host.
        LimitError: beyond the limits.
    """
    with needed("requests", url, "bioimage-kg").Session() as session:
        session.headers["User-Agent"] = _AGENT
        session.auth = _nobody  # else requests would look for a password in .netrc
        return _Mirror(url, folder, limits, session).run()


@dataclass(slots=True)
class _Mirror:
    """One copy while it is made."""

    url: str
    folder: Path
    limits: FetchLimits
    session: requests.Session
    asked: int = 0
    size: int = 0
    deadline: float = 0.0
    is_third: bool = False
    known: dict[str, bytes] = field(default_factory=dict)  # what a consolidated copy gave already
    top: Json = field(default_factory=dict)

    def run(self) -> Path:
        self.deadline = time.monotonic() + self.limits.total_seconds
        split = urlsplit(self.url)
        if split.scheme not in {"http", "https"} or not split.hostname:
            raise SourceError(
                self.url, "is no web address, expected http:// or https:// (for S3: the address of the bucket on the web)"
            )
        if split.username or split.password:
            raise SourceError(split.hostname, "the address holds a password; only public stores are fetched")
        if split.query:
            raise SourceError(
                split.hostname, "the address holds a query (after ?), expected the plain address of a public store"
            )
        self._check_host(split.hostname)
        path = split.path.rstrip("/")
        for name in (V3, ATTRIBUTES, GROUP, CONSOLIDATED):
            path = path.removesuffix(f"/{name}")
        self.url = urlunsplit((split.scheme, split.netloc, path, "", ""))
        top = self.folder / folder_name(unquote(path.rpartition("/")[2]) or split.hostname)
        top.mkdir(parents=True, exist_ok=True)
        if not self._node(top):
            raise SourceError(
                self.url, "has no zarr.json, .zattrs, .zgroup or .zmetadata; is it the address of the top of an OME-Zarr?"
            )
        self._keep(top, CRATE)
        return top

    def _check_host(self, host: str) -> None:
        """Refuse a host whose address lies inside the own network, unless that is allowed."""
        if self.limits.private:
            return
        try:
            found = {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, None)}
        except OSError as error:
            raise SourceError(self.url, f"cannot be reached ({host} is not known)") from error
        if not all(ipaddress.ip_address(address).is_global for address in found):
            raise SourceError(self.url, f"{host} is an address inside this network; only public stores are fetched")

    def _node(self, top: Path) -> bool:
        """Copy the top node and all that it leads to; say whether there is one."""
        todo = [("", True)]
        seen: set[str] = set()
        images_by_number = False
        found = False
        while todo:
            here, is_group = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            values = self._group(top, here) if is_group else self._array(top, here)
            if values is None:
                continue
            found = True
            found_below = list(below(here, values))
            if here == OME and "series" not in values and "bioformats2raw.layout" in self.top:
                images_by_number = True
                found_below.append(("0", True))
            elif images_by_number and here.isdecimal():  # without a list of series, images are numbered from 0
                found_below.append((str(int(here) + 1), True))
            todo.extend(reversed(found_below))
        return found

    def _group(self, top: Path, path: str) -> Json | None:
        """Copy the metadata of a group; return its attributes without a level for ``ome``, None where there is no group."""
        if path == OME:
            self._keep(top, at(path, OME_XML))
        third = self._keep(top, at(path, V3)) if not path or self.is_third else None
        if third is not None:
            document = self._json(third, path)
            attributes = document.get("attributes")
            values = flat(attributes) if isinstance(attributes, dict) and document.get("node_type") != "array" else {}
            if not path:
                self.is_third = True
                self._take_copies(document.get("consolidated_metadata"), f"/{V3}")
        elif self.is_third:
            return None
        else:
            if not path:
                copy = self._keep(top, CONSOLIDATED)
                self._take_copies(self._json(copy, path) if copy is not None else None, "")
            attributes_2 = self._keep(top, at(path, ATTRIBUTES))
            if attributes_2 is None and self._keep(top, at(path, GROUP)) is None:
                return None
            values = flat(self._json(attributes_2, path)) if attributes_2 is not None else {}
        if not path:
            self.top = values
        return values

    def _array(self, top: Path, path: str) -> Json:
        """Copy the metadata of an array; nothing lies below one."""
        self._keep(top, at(path, V3 if self.is_third else ARRAY))
        return {}

    def _take_copies(self, holder: JsonValue, ending: str) -> None:
        """Remember the objects of a consolidated copy, so that they are not asked for one by one."""
        metadata = holder.get("metadata") if isinstance(holder, dict) else None
        for name, value in metadata.items() if isinstance(metadata, dict) else ():
            self.known[f"{name}{ending}"] = safe_json.dumps(value).encode()

    def _json(self, data: bytes, path: str) -> Json:
        try:
            value = safe_json.loads(data, Limits(), f"{self.url}/{path}").value
        except LimitError:
            raise
        except SourceError:
            return {}  # it is copied as it is, and reading the folder says what is wrong
        return value if isinstance(value, dict) else {}

    def _keep(self, top: Path, name: str) -> bytes | None:
        """Return an object, copied into the folder on first use; None where there is none."""
        target = top.joinpath(*name.split("/"))
        if target.is_file():
            return target.read_bytes()
        data = self.known.get(name) if name in self.known else self._fetched(name)
        if data is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return data

    def _fetched(self, name: str) -> bytes | None:
        """Ask for one object."""
        address = f"{self.url}/{quote(name)}"
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._asked(address)
            with answer:
                if answer.status_code in _ABSENT:
                    return None
                if answer.status_code not in _REDIRECTS:
                    return self._body(answer, address)
                address = self._redirected(address, answer.headers.get("Location", ""))
        raise SourceError(self.url, f"redirects more than {_MOST_REDIRECTS} times")

    def _asked(self, address: str) -> requests.Response:
        if self.asked:
            time.sleep(self.limits.pause)
        self.asked += 1
        if self.asked > self.limits.objects:
            raise LimitError(self.url, f"needs more than {self.limits.objects:,} requests")
        if time.monotonic() > self.deadline:
            raise LimitError(self.url, f"takes longer than {self.limits.total_seconds:g} seconds")
        try:
            return self.session.get(address, timeout=self.limits.seconds, stream=True, allow_redirects=False)
        except OSError as error:  # what requests raises is of this kind
            raise SourceError(self.url, f"cannot be reached ({type(error).__name__})") from error

    def _redirected(self, address: str, location: str) -> str:
        """Return where a redirect leads, which must be the same host and no less safe."""
        new, old = urlsplit(urljoin(address, location)), urlsplit(address)
        if (
            not location
            or new.hostname != old.hostname
            or new.port != old.port
            or (old.scheme, new.scheme) == ("https", "http")
        ):
            raise SourceError(self.url, f"redirects to another host ({new.hostname}); give that address itself if you trust it")
        if new.scheme not in {"http", "https"}:
            raise SourceError(self.url, f"redirects to {new.scheme}:, expected a web address")
        return urlunsplit(new)

    def _body(self, answer: requests.Response, address: str) -> bytes | None:
        if answer.status_code != _OK:
            raise SourceError(self.url, f"answers {answer.status_code} for {address.rpartition('/')[2]}")
        data = bytearray()
        try:
            for chunk in answer.iter_content(_CHUNK):
                data += chunk
                self.size += len(chunk)
                if len(data) > self.limits.object_bytes or self.size > self.limits.total_bytes:
                    raise LimitError(
                        self.url, f"sends more than {self.limits.object_bytes:,} bytes for one object, or too many in all"
                    )
                if time.monotonic() > self.deadline:
                    raise LimitError(self.url, f"takes longer than {self.limits.total_seconds:g} seconds")
        except OSError as error:
            raise SourceError(self.url, f"breaks off while it answers ({type(error).__name__})") from error
        if data[:200].lstrip()[:1] != b"<" or address.endswith(OME_XML):
            return bytes(data)
        return None  # a server that answers every path with a page of its own has no such object
