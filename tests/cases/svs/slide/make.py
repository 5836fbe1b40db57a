"""A slide of an Aperio scanner: a level, a smaller one and a label."""

from pathlib import Path

import numpy as np
import tifffile

HEAD = "Aperio Image Library v11.2.1 \r\n64x48 [0,0 64x48] (16x16) JPEG/RGB Q=70"
PAIRS = "|AppMag = 40|MPP = 0.2521|ScanScope ID = SS1234|Filename = kidney 12|Date = 07/21/15|Time = 13:14:15|User = lab2|Exposure Time = 45"


def make(folder: Path) -> Path:
    path = folder / "kidney.svs"
    texts = [HEAD + PAIRS, HEAD.replace("64x48 [", "64x48 -> 16x12 ["), "Aperio Image Library v11.2.1 \r\nlabel 16x12"]
    with tifffile.TiffWriter(path) as writer:
        for number, text in enumerate(texts):
            size = (48, 64, 3) if not number else (12, 16, 3)
            writer.write(np.zeros(size, np.uint8), description=text, metadata=None, software=False, photometric="rgb")
    return path
