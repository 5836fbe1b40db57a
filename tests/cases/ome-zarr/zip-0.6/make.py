"""A zip archive of OME-Zarr 0.6: coordinate systems, a sequence of scale and translation, an outer transformation."""

import json
import zipfile


def make(folder):
    axes = [{"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x", "type": "space", "unit": "micrometer"}]
    image = {
        "name": "stitched",
        "coordinateSystems": [{"name": "stage", "axes": axes}, {"name": "intrinsic", "axes": axes}],
        "datasets": [
            {
                "path": "s0",
                "coordinateTransformations": [
                    {
                        "type": "sequence",
                        "input": {"path": "s0"},
                        "output": {"name": "intrinsic"},
                        "transformations": [
                            {"type": "scale", "scale": [0.22, 0.11]},
                            {"type": "translation", "translation": [10, 20]},
                        ],
                    }
                ],
            }
        ],
        "coordinateTransformations": [
            {"type": "rotation", "rotation": [[0, -1], [1, 0]], "input": {"name": "intrinsic"}, "output": {"name": "stage"}}
        ],
    }
    group = {"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": "0.6", "multiscales": [image]}}}
    path = folder / "stitched.ozx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zarr.json", json.dumps(group))
        archive.writestr("s0/c/0/0", b"\0chunk")
    return path
