"""A NeXus-like file: groups with classes, short values with units, an array, and links of each kind."""

from pathlib import Path

import h5py
import numpy as np


def make(folder: Path) -> Path:
    path = folder / "scan.nxs"
    with h5py.File(path, "w") as file:
        file.attrs["file_time"], file.attrs["default"] = "2022-02-03T04:05:06+01:00", "entry"
        entry = file.create_group("entry")
        entry.attrs["NX_class"] = "NXentry"
        entry["title"] = "a leaf"
        detector = entry.create_group("instrument/detector")
        detector.attrs["NX_class"] = "NXdetector"
        detector["distance"] = 0.25
        detector["distance"].attrs["units"] = "m"
        counts = detector.create_dataset("counts", data=np.zeros((3, 4), "u2"))
        counts.attrs["long_name"] = "photons per pixel"
        counts.attrs["axes"] = ["y", "x"]
        entry["data"] = h5py.SoftLink("/entry/instrument/detector")
        entry["raw"] = h5py.ExternalLink("raw.h5", "/frames")
        entry["same"] = detector
    return path
