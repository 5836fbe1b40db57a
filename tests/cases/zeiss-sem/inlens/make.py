"""An image of a Zeiss SEM: the size of a pixel on the screen differs from that of the image, which the width tells."""

from pathlib import Path

import numpy as np
import tifffile

TEXT = """
0
0
0
1.25e-008
25000
AP_WD
WD =  5.2 mm
AP_MAG
Mag =  25.00 K X
AP_ACTUALKV
EHT =  3.00 kV
AP_WIDTH
Width =  12.80 \u00b5m
AP_PIXEL_SIZE
Pixel Size =  12.5 nm
AP_STAGE_AT_T
Stage at T =  30.0 \u00b0
AP_STAGE_AT_X
Stage at X =  61.5 mm
AP_IPROBE
I Probe =  100 pA
AP_DATE
Date :3 Mar 2020
AP_TIME
Time :7:05:09
DP_DETECTOR_CHANNEL
Signal A = SE2
DP_SEM
SEM = MERLIN
SV_SERIAL_NUMBER
Serial No. = MERLIN-61-12
SV_VERSION
Version = V05.07
SV_USER_NAME
User Name = kaur
SV_SAMPLE_ID
Sample ID = W-12
"""


def make(folder: Path) -> Path:
    path = folder / "wafer.tif"
    text = TEXT.strip("\n").replace("\n", "\r\n").encode("latin-1") + b"\0"
    tifffile.imwrite(
        path, np.zeros((8, 512), np.uint8), metadata=None, software="", extratags=[(34118, 2, len(text), text, True)]
    )
    return path
