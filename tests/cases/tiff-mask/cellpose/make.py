"""A label image that is named as Cellpose names its masks."""

from pathlib import Path

import numpy as np
import tifffile


def make(folder: Path) -> Path:
    path = folder / "field 3_cp_masks.tif"
    labels = np.array([[0, 1, 1], [0, 2, 2]], np.uint16)
    tifffile.imwrite(path, labels, software="mask writer 1", metadata=None)
    return path
