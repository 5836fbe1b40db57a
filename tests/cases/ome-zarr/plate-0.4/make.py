"""A plate of OME-Zarr 0.4 with one well of two fields, of which one is there, and a label image; chunks lie beside."""

import json

AXES = [
    {"name": "t", "type": "time", "unit": "second"},
    {"name": "c", "type": "channel"},
    {"name": "y", "type": "space", "unit": "micrometer"},
    {"name": "x", "type": "space", "unit": "micrometer"},
]


def scaled(path, *scale):
    return {"path": path, "coordinateTransformations": [{"type": "scale", "scale": list(scale)}]}


def write(top, path, **objects):
    here = top / path
    here.mkdir(parents=True, exist_ok=True)
    for name, value in objects.items():
        (here / f".{name}").write_text(json.dumps(value), encoding="utf-8")


def array(top, path, *shape):
    write(top, path, zarray={"zarr_format": 2, "shape": list(shape), "chunks": [1, 1, 64, 64], "dtype": "<u2", "order": "C",
                             "compressor": {"id": "zstd", "level": 3}, "filters": None, "fill_value": 0})  # fmt: skip
    (top / path / "0.0.0.0").write_bytes(b"\0chunk")


def make(folder):
    top = folder / "screen-7.zarr"
    plate = {
        "version": "0.4",
        "name": "screen 7, plate 2",
        "rows": [{"name": "B"}, {"name": "C"}],
        "columns": [{"name": "3"}, {"name": "12"}],
        "wells": [{"path": "B/3", "rowIndex": 0, "columnIndex": 0}, {"path": "C/12", "rowIndex": 1, "columnIndex": 1}],
        "acquisitions": [{"id": 4, "name": "first run", "starttime": 1700000000000}],
        "field_count": 2,
    }
    group = {"zarr_format": 2}
    write(top, "", zgroup=group, zattrs={"plate": plate})
    write(top, "B", zgroup=group)
    images = [{"path": "0", "acquisition": 4}, {"path": "1", "acquisition": 4}]
    write(top, "B/3", zgroup=group, zattrs={"well": {"version": "0.4", "images": images}})
    image = {
        "multiscales": [
            {
                "version": "0.4",
                "name": "B3 field 0",
                "axes": AXES,
                "datasets": [scaled("0", 1, 1, 0.325, 0.325), scaled("1", 1, 1, 0.65, 0.65)],
                "coordinateTransformations": [{"type": "scale", "scale": [30, 1, 1, 1]}],
            }
        ],
        "omero": {
            "channels": [
                {"label": "DAPI", "color": "0000FF", "window": {"min": 0, "max": 65535, "start": 110, "end": 2400}},
                {"label": "GFP-tubulin", "color": "00FF00", "window": {"min": 0, "max": 65535, "start": 90, "end": 900}},
            ]
        },
    }
    write(top, "B/3/0", zgroup=group, zattrs=image)
    array(top, "B/3/0/0", 5, 2, 128, 256)
    array(top, "B/3/0/1", 5, 2, 64, 128)
    write(top, "B/3/0/labels", zgroup=group, zattrs={"labels": ["nuclei"]})
    label = {
        "multiscales": [{"version": "0.4", "name": "nuclei", "axes": AXES, "datasets": [scaled("0", 30, 1, 0.325, 0.325)]}],
        "image-label": {
            "version": "0.4",
            "colors": [{"label-value": 1, "rgba": [255, 0, 0, 255]}],
            "source": {"image": "../../"},
        },
    }
    write(top, "B/3/0/labels/nuclei", zgroup=group, zattrs=label)
    array(top, "B/3/0/labels/nuclei/0", 5, 1, 128, 256)
    return top
