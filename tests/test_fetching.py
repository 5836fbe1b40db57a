"""``kg harmonize --fetch``: the metadata of a store on the web are copied beside the graph, and read from there."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from json import dumps

import pytest

from kg.cli.main import main
from kg.store import Store

AXES = [{"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x", "type": "space", "unit": "micrometer"}]
SCALE = [{"type": "scale", "scale": [0.5, 0.5]}]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def bucket(tmp_path):
    top = tmp_path / "web/bucket/fin.zarr"
    (top / "0").mkdir(parents=True)
    ome = {
        "version": "0.5",
        "multiscales": [{"name": "fin", "axes": AXES, "datasets": [{"path": "0", "coordinateTransformations": SCALE}]}],
    }
    (top / "zarr.json").write_text(dumps({"zarr_format": 3, "node_type": "group", "attributes": {"ome": ome}}))
    (top / "0/zarr.json").write_text(dumps({"zarr_format": 3, "node_type": "array", "shape": [4, 6], "data_type": "uint8"}))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "web")) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_image_on_s3_is_harmonized_from_its_metadata(bucket, tmp_path, capsys):
    store = tmp_path / "store"
    assert main(["harmonize", "--fetch", "s3://bucket/fin.zarr", "--endpoint", bucket, "--store", str(store)]) == 0, (
        capsys.readouterr().err
    )
    assert [entry.mapping.split()[0] for entry in Store.open(store).sources()] == ["ome-zarr"]
    assert [path.name for path in (store / "fetched").glob("*/*")] == ["fin.zarr"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name a file"),
        (["--fetch", "https://example.org/x.zarr", "--offline"], "does not go with --offline"),
        (["--fetch", "s3://bucket/x.zarr"], "say which server holds"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_asked(words, said, tmp_path, capsys):
    assert main(["harmonize", *words, "--store", str(tmp_path / "store")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


def test_a_server_of_the_own_network_is_asked_only_where_it_is_named_as_one(bucket, tmp_path, capsys):
    assert main(["harmonize", "--fetch", f"{bucket}/bucket/fin.zarr", "--store", str(tmp_path / "store")]) == 1
    assert "only public stores are fetched" in capsys.readouterr().err
