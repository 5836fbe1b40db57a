"""Servers on loopback that speak as BioStudies, eLabFTW, OMERO and a SPARQL endpoint do, and, switch by switch, fall short of it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import threading
import time
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

OME = "http://www.openmicroscopy.org/Schemas/OME/2016-06#"
LATE = "Wed, 21 Oct 2099 07:28:00 GMT"


@dataclass
class Reply:
    """What is answered instead, a number of times.

    Attributes:
        times: how often.
        status: code.
        headers: beside the usual ones.
        body: whole.
        cut: bytes after which the connection ends.
        hangs: seconds before the answer.
    """

    times: int = 1
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    hangs: float = 0


@dataclass
class World:
    """What the server holds; all can be changed while it runs.

    Attributes:
        studies: accession to title and day of release.
        entries: of eLabFTW, kind to number to title and time of change.
        objects: of OMERO, kind to number to name.
        pairs: of OMERO, (kind, number) to pairs.
        triples: of the endpoint, lines of N-Triples.
        cap: most entries of a page, whatever is asked for.
        token: header and value that are wanted; none by default.
        etags: whether documents have entity tags.
        instead: pattern of a path to what is answered there first.
        asked: every path with its query, in order.
        agents: every User-Agent.
        unchanged: how often it was enough to say so.
    """

    studies: dict[str, tuple[str, str]] = field(default_factory=dict)
    entries: dict[str, dict[int, tuple[str, str]]] = field(default_factory=lambda: {"experiments": {}, "items": {}})
    objects: dict[str, dict[int, str]] = field(
        default_factory=lambda: {k: {} for k in ("project", "dataset", "screen", "plate", "image")}
    )
    pairs: dict[tuple[str, int], list[list[str]]] = field(default_factory=dict)
    triples: list[str] = field(default_factory=list)
    cap: int = 3
    token: tuple[str, str] | None = None
    etags: bool = True
    instead: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    unchanged: int = 0

    def times(self, pattern: str) -> int:
        return sum(re.search(pattern, path) is not None for path in self.asked)


class IntakeServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = World()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def close(self):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        """A client that goes away is none of our business."""


def pagetab(accession: str, title: str) -> dict:
    return {
        "accno": accession,
        "attributes": [{"name": "Title", "value": title}, {"name": "AttachTo", "value": "Sketches"}],
        "section": {"type": "Study", "attributes": [{"name": "Organism", "value": "Danio rerio"}]},
    }


def eln(kind: str, number: int, title: str) -> bytes:
    crate = {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}, "version": "1.0"},
            {"@id": "./", "@type": "Dataset", "hasPart": [{"@id": "./entry"}]},
            {"@id": "./entry", "@type": "Dataset", "name": title},
        ],
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{kind}-{number}/ro-crate-metadata.json"), json.dumps(crate))
    return file.getvalue()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: IntakeServer

    def do_GET(self):
        self._serve("")

    def do_POST(self):
        self._serve(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _serve(self, form: str):
        world = self.server.world
        world.asked.append(self.path)
        world.agents.add(self.headers["User-Agent"])
        for pattern, reply in world.instead.items():
            if reply.times and re.search(pattern, self.path):
                reply.times -= 1
                time.sleep(reply.hangs)
                self._send(reply.status, reply.body, "application/json", reply.headers, reply.cut)
                return
        if world.token and self.headers.get(world.token[0]) != world.token[1]:
            self._send(401, b'{"message": "who are you?"}')
            return
        split = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(split.query).items()}
        for pattern, answer in _ROUTES:
            if match := re.fullmatch(pattern, split.path):
                found = answer(world, match, {**asked, "_form": form, "_all": parse_qs(split.query)})
                if found is None:
                    break
                body, kind = found if isinstance(found, tuple) else (json.dumps(found).encode(), "application/json")
                self._send(200, body, kind, {"ETag": f'"{hashlib.sha256(body).hexdigest()[:8]}"'} if world.etags else {})
                return
        self._send(404, b'{"message": "no such thing"}')

    def _send(self, status, body, kind="application/json", headers=(), cut=None):
        headers = dict(headers)
        if status == 200 and headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
            self.server.world.unchanged += 1
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, *_):
        pass


def _hits(world, match, asked):
    size = min(int(asked["pageSize"]), world.cap)
    start = (int(asked["page"]) - 1) * size
    hits = [
        {"accession": key, "title": title, "release_date": day}
        for key, (title, day) in list(world.studies.items())[start : start + size]
    ]
    return {"page": int(asked["page"]), "pageSize": size, "totalHits": len(world.studies), "hits": hits}


def _study(world, match, asked):
    return pagetab(match[1], world.studies[match[1]][0]) if match[1] in world.studies else None


def _page(world, listed, asked):
    start, size = int(asked.get("offset", 0)), min(int(asked.get("limit", 15)), world.cap)
    return listed[start : start + size]


def _entries(world, match, asked):
    return _page(
        world, [{"id": n, "title": title, "modified_at": at} for n, (title, at) in world.entries[match[1]].items()], asked
    )


def _entry(world, match, asked):
    found = world.entries[match[1]].get(int(match[2]))
    return (
        (eln(match[1], int(match[2]), found[0]), "application/vnd.eln+zip") if found and asked.get("format") == "eln" else None
    )


def _object(world, kind, number):
    return {"@id": number, "@type": OME + kind.capitalize(), "Name": world.objects[kind][number]}


def _objects(world, match, asked):
    kind = match[2] or match[1]
    listed = [_object(world, kind, number) for number in world.objects[kind]]
    return {"data": _page(world, listed, asked), "meta": {"totalCount": len(listed), "limit": world.cap}}


def _one(world, match, asked):
    number = int(match[2])
    if number not in world.objects[match[1]]:
        return None
    more = {"Pixels": {"@type": OME + "Pixels", "@id": 100 + number, "SizeX": 7, "SizeY": 5}} if match[1] == "image" else {}
    return {"data": {**_object(world, match[1], number), **more}}


def _wells(world, match, asked):
    wells = [
        {"@id": 40 + n, "@type": OME + "Well", "Row": 0, "Column": n, "Plate": {"@id": int(match[1]), "@type": OME + "Plate"}}
        for n in range(4)
    ]
    return {"data": _page(world, wells, asked), "meta": {"totalCount": 4}}


def _annotations(world, match, asked):
    kind = next(name for name in asked if name in world.objects)
    wanted = {int(value) for value in asked["_all"][kind]}
    listed = [
        {
            "id": 900 + number,
            "class": "MapAnnotationI",
            "values": pairs,
            "owner": {"id": 2},
            "link": {"parent": {"id": number, "class": f"{of.capitalize()}I"}},
        }
        for (of, number), pairs in world.pairs.items()
        if of == kind and number in wanted
    ]
    return {"annotations": listed, "experimenters": [{"id": 2, "firstName": "Ada", "lastName": "Example"}] if listed else []}


def _sparql(world, match, asked):
    query = parse_qs(asked["_form"])["query"][0]
    bounds = re.search(r"LIMIT (\d+) OFFSET (\d+)", query)
    start, size = (int(bounds[2]), min(int(bounds[1]), world.cap)) if bounds else (0, 1)
    return "".join(world.triples[start : start + size]).encode(), "application/n-triples; charset=utf-8"


_ROUTES = (
    (r"/biostudies/api/v1/Sketches/search", _hits),
    (r"/biostudies/api/v1/studies/([\w-]+)", _study),
    (r"/lab/api/v2/(experiments|items)", _entries),
    (r"/lab/api/v2/(experiments|items)/(\d+)", _entry),
    (r"/api/v0/m/(\w+)s/()", _objects),
    (r"/api/v0/m/(project|dataset|screen|plate|image)s/(\d+)/", _one),
    (r"/api/v0/m/plates/(\d+)/wells/", _wells),
    (r"/api/v0/m/(?:project|dataset|screen)s/(\d+)/(dataset|plate|image)s/", _objects),
    (r"/webclient/api/annotations/", _annotations),
    (r"/sparql", _sparql),
)  # fmt: skip
