import json


def put(folder, attributes, **more):
    folder.mkdir(parents=True, exist_ok=True)
    node = {"zarr_format": 3, "node_type": "group", "attributes": attributes, **more}
    (folder / "zarr.json").write_text(json.dumps(node))


def array(folder, shape):
    node = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": "uint16",
        "attributes": {},
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shape}},
        "codecs": [{"name": "bytes"}],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "zarr.json").write_text(json.dumps(node))


def scales(name, axes):
    system = [{"type": "affine", "input": {"name": "in", "axes": []}, "output": {"name": "global", "axes": []}}]
    return {
        "version": "0.5",
        "multiscales": [
            {
                "name": name,
                "axes": [{"name": axis, "type": "space"} for axis in axes],
                "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1.0] * len(axes)}]}],
                "coordinateTransformations": system,
            }
        ],
    }


def make(folder):
    top = folder / "mouse.zarr"
    put(top, {"spatialdata_attrs": {"version": "0.2", "spatialdata_software_version": "0.4.0"}})
    for kind in ("images", "labels", "points", "shapes", "tables"):
        put(top / kind, {"labels": ["nuclei"]} if kind == "labels" else {})
    put(top / "images" / "dapi", {"ome": scales("dapi", "yx"), "spatialdata_attrs": {"version": "0.3"}})
    array(top / "images" / "dapi" / "0", [64, 64])
    put(
        top / "labels" / "nuclei",
        {"ome": {**scales("nuclei", "yx"), "image-label": {}}, "spatialdata_attrs": {"version": "0.3"}},
    )
    array(top / "labels" / "nuclei" / "0", [64, 64])
    moved = [
        {
            "type": "identity",
            "input": {"name": "xy", "axes": [{"name": "x", "type": "space", "unit": "unit"}]},
            "output": {"name": "global"},
        }
    ]
    put(
        top / "points" / "transcripts",
        {
            "encoding-type": "ngff:points",
            "axes": ["x", "y"],
            "coordinateTransformations": moved,
            "spatialdata_attrs": {"feature_key": "gene", "instance_key": "cell_id", "version": "0.2"},
        },
    )
    put(
        top / "shapes" / "cells",
        {
            "encoding-type": "ngff:shapes",
            "axes": ["x", "y"],
            "coordinateTransformations": moved,
            "spatialdata_attrs": {"version": "0.2"},
        },
    )
    put(
        top / "tables" / "table",
        {
            "encoding-type": "anndata",
            "spatialdata-encoding-type": "ngff:regions_table",
            "region": "cells",
            "region_key": "region",
            "instance_key": "cell_id",
            "version": "0.2",
        },
    )
    return top
