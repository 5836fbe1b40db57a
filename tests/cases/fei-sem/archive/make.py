"""Two images of a scanning electron microscope in a zip archive; the voltage of the second is no number."""

import io
import zipfile
from pathlib import Path

import numpy as np
import tifffile

TEXT = """[User]
Date={date}
Time={time}
User=ines
UserText=nacre, fresh break

[System]
Type=SEM
Dnumber=8112
Software=4.1
SystemType=Quanta 250

[Beam]
HV={volt}
Spot=3.5
Beam=EBeam
Scan=EScan

[EBeam]
HV={volt}
HFW=0.000256
VFW=0.000192
WD=0.0101
BeamCurrent=2e-011

[Scan]
Dwelltime=3e-006
{pixel}
Integrate=4

[Stage]
StageX=0.0012
StageY=-0.0004
StageZ=0.0101

[Image]
ResolutionX=1024
ResolutionY=768

[Detectors]
Number=1
Name=ETD
Mode=SE

[ETD]
Contrast=61.5
"""


def make(folder: Path) -> Path:
    path = folder / "nacre.zip"
    told = [
        {"date": "02/11/2019", "time": "04:05:06 PM", "volt": "15000", "pixel": "PixelWidth=2.5e-007\r\nPixelHeight=2.5e-007"},
        {"date": "02/12/2019", "time": "09:00:00 AM", "volt": "high", "pixel": "FrameTime=1.5"},
    ]
    with zipfile.ZipFile(path, "w") as archive:
        for number, words in enumerate(told):
            stream = io.BytesIO()
            text = TEXT.format(**words).replace("\r\n", "\n").replace("\n", "\r\n")
            tifffile.imwrite(
                stream, np.zeros((6, 8), np.uint8), metadata=None, software="", extratags=[(34682, 2, 0, text, True)]
            )
            archive.writestr(f"nacre_{number}.tif", stream.getvalue())
    return path
