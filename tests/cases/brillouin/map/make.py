"""A map of two quantities as BrillouinEvaluation writes it."""

from pathlib import Path

import h5py
import numpy as np


def make(folder: Path) -> Path:
    path = folder / "fish.h5"
    with h5py.File(path, "w") as file:
        file.attrs["created"] = np.bytes_(b"2020-05-06T07:08:09+02:00")
        file.attrs["programVersion"], file.attrs["programCommit"] = (
            np.bytes_(b"BrillouinEvaluation v1.2.0"),
            np.bytes_(b"abc123"),
        )
        file.attrs["scaleUnit"] = np.bytes_(b"\xb5m/px")
        for axis, scale in (("X", 0.5), ("Y", 0.75), ("Z", float("nan"))):
            file.attrs[f"scale{axis}"] = np.array([scale])
        for name, title in (("BrillouinShift", "Brillouin shift"), ("intensity", "Intensity")):
            quantity = file.create_dataset(name, data=np.zeros((1, 4, 6)))
            quantity.attrs["axisOrder"], quantity.attrs["title"] = np.bytes_(b"ZXY"), np.bytes_(title.encode())
            quantity.attrs["label"] = np.bytes_(b"[GHz]")
    return path
