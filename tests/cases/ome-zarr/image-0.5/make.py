"""An image of OME-Zarr 0.5 (zarr 3) with a crate that names organism and method, as the NGFF challenge writes it."""

import json


def make(folder):
    top = folder / "worm.ome.zarr"
    (top / "0").mkdir(parents=True)
    axes = [{"name": "z", "type": "space", "unit": "nanometer"}, {"name": "y", "type": "space"}, {"name": "x", "type": "space", "unit": "nanometer"}]  # fmt: skip
    image = {
        "version": "0.5",
        "multiscales": [
            {
                "name": "",
                "axes": axes,
                "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [300, 65, 65.5]}]}],
            }
        ],
        "omero": {"id": 12, "name": "worm 3.czi", "channels": [{"label": "mCherry", "color": "FF0000", "active": True}]},
    }
    group = {"zarr_format": 3, "node_type": "group", "attributes": {"ome": image, "lab": {"slide": "S-12"}}}
    (top / "zarr.json").write_text(json.dumps(group), encoding="utf-8")
    array = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [20, 512, 640],
        "data_type": "uint8",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1, 256, 256]}},
        "chunk_key_encoding": {"name": "default"},
        "fill_value": 0,
        "codecs": [{"name": "bytes"}, {"name": "blosc", "configuration": {"cname": "lz4"}}],
        "dimension_names": ["z", "y", "x"],
    }
    (top / "0" / "zarr.json").write_text(json.dumps(array), encoding="utf-8")
    chunk = top / "0" / "c" / "0" / "0"
    chunk.mkdir(parents=True)
    (chunk / "0").write_bytes(b"\0chunk")
    crate = {
        "@context": [
            "https://w3id.org/ro/crate/1.1/context",
            {
                "organism_classification": "https://schema.org/taxonomicRange",
                "biosample": "http://purl.obolibrary.org/obo/OBI_0002648",
                "specimen": "http://purl.obolibrary.org/obo/HSO_0000308",
            },
        ],
        "@graph": [
            {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}, "about": {"@id": "./"}},
            {"@id": "./", "@type": "Dataset", "name": "Neurons of a worm", "license": "https://creativecommons.org/licenses/by/4.0/"},
            {"@id": "#s", "@type": "biosample", "organism_classification": {"@id": "NCBI:txid6239"}},
            {"@id": "#m", "@type": "image_acquisition", "fbbi_id": {"@id": "obo:FBbi_00000251"}},
        ],
    }  # fmt: skip
    (top / "ro-crate-metadata.json").write_text(json.dumps(crate), encoding="utf-8")
    return top
