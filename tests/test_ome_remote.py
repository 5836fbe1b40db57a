"""Stores on the web: metadata objects are copied, chunks are never asked for; a server of our own records what is asked."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kg import readers
from kg.errors import LimitError, SourceError
from kg.readers.ome.remote import FetchLimits, mirror

NEAR = FetchLimits(private=True, pause=0, seconds=5, total_seconds=30)
AXES = [{"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x", "type": "space", "unit": "micrometer"}]
IMAGE = {
    "multiscales": [
        {"axes": AXES, "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [0.5, 0.5]}]}]}
    ]
}
XML = '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0" Name="a"/></OME>'


@pytest.fixture
def served():
    """A function that serves paths, and returns the address and the list of paths that were asked for."""
    running = []

    def serve(objects, redirects=(), status=404):
        asked = []
        moved = dict(redirects)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.lstrip("/")
                asked.append(path)
                body = objects.get(path)
                if path in moved:
                    self.send_response(302)
                    self.send_header("Location", moved[path])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status if body is None else 200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}", asked

    yield serve
    for server in running:
        server.shutdown()
        server.server_close()


def group(attributes):
    return {"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": "0.5", **attributes}}}


ARRAY = {"zarr_format": 3, "node_type": "array", "shape": [4, 6], "data_type": "uint8"}


def plate():
    wells = [{"path": "A/1", "rowIndex": 0, "columnIndex": 0}]
    return {
        "p.zarr/zarr.json": group(
            {"plate": {"name": "p", "wells": wells, "rows": [{"name": "A"}], "columns": [{"name": "1"}]}}
        ),
        "p.zarr/A/1/zarr.json": group({"well": {"images": [{"path": "0"}]}}),
        "p.zarr/A/1/0/zarr.json": group(IMAGE),
        "p.zarr/A/1/0/0/zarr.json": ARRAY,
        "p.zarr/A/1/0/0/c/0/0": b"\0chunk",
        "p.zarr/A/1/0/labels/zarr.json": group({"labels": ["cells"]}),
        "p.zarr/A/1/0/labels/cells/zarr.json": group({**IMAGE, "image-label": {}}),
        "p.zarr/A/1/0/labels/cells/0/zarr.json": ARRAY,
    }


def test_a_plate_is_copied_and_read_as_a_folder_and_no_chunk_is_asked_for(served, tmp_path):
    address, asked = served(plate())
    top = mirror(f"{address}/p.zarr/", tmp_path, NEAR)
    assert top == tmp_path / "p.zarr"
    known = {"zarr.json", "ro-crate-metadata.json"}
    assert {path.rpartition("/")[2] for path in asked} == known
    assert len(asked) == len(set(asked))
    [source] = readers.discover([top])
    reading = readers.read(source)
    assert (reading.facts["layout"], reading.facts["images"], reading.facts["labels"]) == ("plate", "1", "1")
    cells = reading.tables["multiscales"].frame.collect().row(0, named=True)
    assert (cells["_pixel_x"], cells["_size_x"]) == ("0.5", "6")


def test_zarr_2_of_bioformats2raw_is_copied_with_its_ome_xml(served, tmp_path):
    address, asked = served(
        {
            "b/.zattrs": {"bioformats2raw.layout": 3},
            "b/OME/.zattrs": {"series": ["0", "1"]},
            "b/OME/METADATA.ome.xml": XML.encode(),
            "b/0/.zattrs": IMAGE,
            "b/0/0/.zarray": {"shape": [4, 6], "zarr_format": 2},
            "b/1/.zattrs": IMAGE,
        }
    )
    top = mirror(f"{address}/b/.zattrs", tmp_path, NEAR)
    [source] = readers.discover([top])
    assert readers.read(source).facts["images"] == "2"
    assert (top / "OME" / "METADATA.ome.xml").read_text() == XML
    assert not [path for path in asked if path.startswith("b/0/0/") and not path.endswith(".zarray")]


def test_images_without_a_list_of_series_are_counted_until_one_is_absent(served, tmp_path):
    objects = {"b/.zattrs": {"bioformats2raw.layout": 3}, "b/OME/METADATA.ome.xml": XML.encode(), "b/OME/.zgroup": {}}
    address, asked = served({**objects, "b/0/.zattrs": IMAGE, "b/1/.zattrs": IMAGE})
    mirror(f"{address}/b", tmp_path, NEAR)
    assert "b/2/.zattrs" in asked
    assert "b/3/.zattrs" not in asked


def test_a_consolidated_copy_spares_requests(served, tmp_path):
    metadata = {".zattrs": IMAGE, "0/.zarray": {"shape": [4, 6]}}
    address, asked = served({"c/.zmetadata": {"metadata": metadata}})
    top = mirror(f"{address}/c", tmp_path, NEAR)
    assert json.loads((top / "0" / ".zarray").read_text()) == {"shape": [4, 6]}
    assert "c/0/.zarray" not in asked


def test_what_is_there_already_is_not_asked_for_again(served, tmp_path):
    address, asked = served(plate())
    mirror(f"{address}/p.zarr", tmp_path, NEAR)
    asked.clear()
    mirror(f"{address}/p.zarr", tmp_path, NEAR)
    assert asked == ["p.zarr/ro-crate-metadata.json"]


def test_a_redirect_within_the_host_is_followed(served, tmp_path):
    objects = {"real/zarr.json": group(IMAGE)}
    address, _ = served(objects, {"a/zarr.json": "/real/zarr.json"})
    assert (mirror(f"{address}/a", tmp_path, NEAR) / "zarr.json").is_file()


def test_a_redirect_to_another_host_is_refused_and_not_asked(served, tmp_path):
    other, asked_there = served({"zarr.json": group(IMAGE)})
    address, _ = served({}, {"a/zarr.json": f"{other}/zarr.json"})
    with pytest.raises(SourceError, match="redirects to another host"):
        mirror(f"{address}/a", tmp_path, NEAR)
    assert asked_there == []


def test_a_circle_of_redirects_ends(served, tmp_path):
    address, asked = served({}, {"a/zarr.json": "/a/zarr.json"})
    with pytest.raises(SourceError, match="redirects more than"):
        mirror(f"{address}/a", tmp_path, NEAR)
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("limits", "words"),
    [({"objects": 3}, "more than 3 requests"), ({"object_bytes": 100}, "more than 100 bytes"), ({"total_bytes": 600}, "too many"),
     ({"total_seconds": 0.0}, "takes longer")],
)  # fmt: skip
def test_limits_are_kept(served, tmp_path, limits, words):
    address, _ = served(plate())
    with pytest.raises(LimitError, match=words):
        mirror(f"{address}/p.zarr", tmp_path, replace(NEAR, **limits))


def test_paths_that_lead_out_of_the_store_are_not_asked_for(served, tmp_path):
    bad = ["../../secret", "/..", "a\\b", "C:x", "..", "a\nb"]
    datasets = [{"path": path} for path in bad]
    address, asked = served({"a/b/zarr.json": group({"multiscales": [{"datasets": datasets}], "labels": bad})})
    mirror(f"{address}/a/b", tmp_path / "in", NEAR)
    assert set(asked) == {"a/b/zarr.json", "a/b/labels/zarr.json", "a/b/ro-crate-metadata.json"}
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"zarr.json"}


def test_a_page_for_every_path_is_no_zarr(served, tmp_path):
    page = b"<!DOCTYPE html><html></html>"
    address, _ = served({f"a/{name}": page for name in ("zarr.json", ".zattrs", ".zgroup", ".zmetadata")})
    with pytest.raises(SourceError, match=r"has no zarr\.json"):
        mirror(f"{address}/a", tmp_path, NEAR)


def test_a_failing_server_is_told(served, tmp_path):
    address, _ = served({}, status=500)
    with pytest.raises(SourceError, match="answers 500"):
        mirror(f"{address}/a", tmp_path, NEAR)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://x.org/a", "no web address"),
        ("s3://bucket/a", "no web address"),
        ("/home/a.zarr", "no web address"),
        ("http://127.0.0.1/a", "inside this network"),
        ("http://[::1]/a", "inside this network"),
        ("http://169.254.169.254/latest", "inside this network"),
        ("http://localhost/a", "inside this network"),
        ("https://me:word@x.org/a", "holds a password"),
        ("https://x.org/a?X-Amz-Signature=1", "holds a query"),
    ],
)
def test_addresses_that_are_not_public_are_refused(tmp_path, url, words):
    with pytest.raises(SourceError, match=words):
        mirror(url, tmp_path)
    assert not list(tmp_path.iterdir())
