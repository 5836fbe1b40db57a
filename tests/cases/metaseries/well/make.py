"""A field of a well as MetaXpress writes it: properties in XML, and the lines that every version writes."""

from pathlib import Path

import numpy as np
import tifffile

LINES = "Plate Name: Screen 4&#13;&#10;Exposure: 35 ms&#13;&#10;Binning: 2 x 2&#13;&#10;Acquired from Zyla Camera&#13;&#10;note"
PLANE = {
    "pixel-size-x": 8, "spatial-calibration-state": "on", "spatial-calibration-x": 0.65, "spatial-calibration-y": 0.65,
    "spatial-calibration-units": "um", "image-name": "GFP", "acquisition-time-local": "20230502 10:11:12.250", "stage-position-x": 1200,
    "stage-position-y": -340.5, "stage-label": "C07 : Site 3", "z-position": 812.25, "wavelength": 525, "camera-binning-x": 2,
    "camera-binning-y": 2, "_IllumSetting_": "GFP", "_MagNA_": 0.75, "_MagRI_": 1, "_MagSetting_": "20X Plan Apo", "_Temperature_": 37.0,
}  # fmt: skip


def make(folder: Path) -> Path:
    path = folder / "C07_s3_w2.TIF"
    props = "".join(f'<prop id="{key}" type="string" value="{value}"/>' for key, value in PLANE.items())
    text = (
        f'<MetaData><prop id="Description" type="string" value="{LINES}"/><prop id="ApplicationName" type="string" value="MetaMorph"/>'
        f'<prop id="ApplicationVersion" type="string" value="6.5"/><PlaneInfo>{props}'
        '<custom-prop id="Exposure Time" type="string" value="35 ms"/><custom-prop id="Instrument Serial Number" type="string" value="77"/>'
        '<custom-prop id="Lamp 3" type="float" value="40"/></PlaneInfo></MetaData>'
    )
    tifffile.imwrite(path, np.zeros((6, 8), np.uint16), description=text, metadata=None, software="MetaSeries")
    return path
