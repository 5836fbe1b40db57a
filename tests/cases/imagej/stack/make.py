"""A hyperstack of ImageJ: calibrated in micrometre (written as an escape), with labels, information, an overlay and a time step."""

from pathlib import Path

import numpy as np
import tifffile


def make(folder: Path) -> Path:
    path = folder / "moss.tif"
    tifffile.imwrite(
        path, np.zeros((2, 3, 4, 6), np.uint16), imagej=True, resolution=(4.0, 5.0),
        metadata={
            "axes": "TZYX", "unit": "\\u00B5m", "spacing": -0.75, "finterval": 2.5, "Labels": ["leaf\nGain: 3"] + ["leaf"] * 5,
            "Info": "Objective = 40x\nOperator comment = pale", "Overlays": [b"Iout....", b"Iout...."],
        },
    )  # fmt: skip
    return path
