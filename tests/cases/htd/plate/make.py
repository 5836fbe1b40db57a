"""A plate of two chosen wells, with the TIFFs of one site of one of them in two wavelengths, and a thumbnail."""

from pathlib import Path

import numpy as np
import tifffile

DESCRIPTION = "Pilot\x82\x81GFP: every hour"
LINES = [
    '"HTSInfoFile", Version 1.0',
    f'"Description", "{DESCRIPTION}"',
    '"PlateType", 6',
    '"TimePoints", 1',
    '"ZSeries", FALSE',
    '"XWells", 4',
    '"YWells", 2',
    '"WellsSelection1", FALSE, TRUE, FALSE, FALSE',
    '"WellsSelection2", FALSE, FALSE, TRUE, FALSE',
    '"Sites", FALSE',
    '"Waves", TRUE',
    '"NWavelengths", 2',
    '"WaveName1", "DAPI"',
    '"WaveName2", "GFP, long"',
    '"WaveCollect1", 1',
    '"WaveCollect2", 1',
    '"UniquePlateIdentifier", "0b7c"',
    '"EndFile"',
]
GUIDS = {1: "1B2C3D4E-0000-4000-8000-000000000001", 2: "9B2C3D4E-0000-4000-8000-000000000002"}


def picture(name, shown, exposure):
    plane = {
        "spatial-calibration-state": "on", "spatial-calibration-x": 0.65, "spatial-calibration-y": 0.65,
        "spatial-calibration-units": "um", "image-name": name, "acquisition-time-local": "20240708 14:44:46.693",
        "stage-position-x": 1200, "stage-position-y": -340.5, "stage-label": "B03 : Site 1", "z-position": 812.25,
        "wavelength": shown, "camera-binning-x": 1, "camera-binning-y": 1, "_IllumSetting_": name, "_MagNA_": 0.75,
        "_MagSetting_": "20X Plan Apo", "Exposure Time": f"{exposure} ms",
    }  # fmt: skip
    props = "".join(f'<prop id="{key}" type="string" value="{value}"/>' for key, value in plane.items())
    return (
        '<MetaData><prop id="Description" type="string" value="Plate Name: Pilot&#13;&#10;Acquired from Zyla Camera"/>'
        f'<prop id="ApplicationName" type="string" value="MetaMorph"/><PlaneInfo>{props}</PlaneInfo></MetaData>'
    )


def make(folder: Path) -> Path:
    plate = folder / "Pilot.HTD"
    plate.write_bytes("\r\n".join(LINES).encode("latin-1"))
    point = folder / "TimePoint_1"
    point.mkdir()
    for wave, name, shown, exposure in ((1, "DAPI", 447, 50), (2, "GFP", 525, 200)):
        text = picture(name, shown, exposure)
        path = point / f"Pilot_B03_s1_w{wave}{GUIDS[wave]}.tif"
        tifffile.imwrite(path, np.zeros((6, 8), np.uint16), description=text, metadata=None, software="MetaSeries")
    tifffile.imwrite(point / f"Pilot_B03_s1_w1_thumb{GUIDS[1]}.tif", np.zeros((2, 2), np.uint16), metadata=None)
    return plate
