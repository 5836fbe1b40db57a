"""A TIFF that a program wrote with tags of the standard only, its resolution finer than any print."""

from pathlib import Path

import numpy as np
import tifffile


def make(folder: Path) -> Path:
    path = folder / "gel 7.tif"
    tifffile.imwrite(
        path, np.zeros((6, 8), np.uint16), software="Gel Viewer 3", datetime="2021:05:06 07:08:09", description="lane 1 to 8",
        resolution=(40000, 20000), resolutionunit="CENTIMETER", metadata=None,
        extratags=[(315, 2, 0, "R. Holm", True), (271, 2, 0, "Lumex", True), (272, 2, 0, "LX-2", True)],
    )  # fmt: skip
    return path
