"""A TIFF that DigitalMicrograph wrote: the scale of its axes in private tags."""

import struct
from pathlib import Path

import numpy as np
import tifffile


def make(folder: Path) -> Path:
    path = folder / "lattice.tif"
    numbers = {65006: 0.0, 65007: 0.0, 65009: 0.25, 65010: 0.25, 65024: 0.0, 65025: 1.5}
    texts = {65003: "nm", 65004: "nm", 65012: "nanometer", 65013: "nanometer", 65022: "e-"}
    tags = [(code, 12, 1, struct.unpack("<d", struct.pack("<d", number))[0], True) for code, number in numbers.items()]
    tags += [(code, 2, 0, text, True) for code, text in texts.items()]
    tifffile.imwrite(path, np.zeros((6, 8), np.float32), metadata=None, software="", extratags=sorted(tags))
    return path
