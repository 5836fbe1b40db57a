"""An IMS with the groups that Imaris writes; attributes are arrays of single characters."""

from pathlib import Path

import h5py
import numpy as np

INFO = {
    "Image": {
        "X": "100", "Y": "50", "Z": "11", "Unit": "um", "ExtMin0": "-5.0", "ExtMin1": "0", "ExtMin2": "1",
        "ExtMax0": "15.000000000", "ExtMax1": "10", "ExtMax2": "6.5", "Name": "embryo", "Description": "stage 12",
        "RecordingDate": "2023-05-04 11:22:33.250", "LensPower": "40x", "NumericalAperture": "1.25",
    },
    "Channel 0": {"Name": "GFP", "LSMExcitationWavelength": "488 nm nm", "LSMEmissionWavelength": "525", "Color": "0 1 0"},
    "Channel 1": {"Name": "(name not specified)", "LSMEmissionWavelength": "0", "Color": "1 0 0"},
    "TimeInfo": {
        "DatasetTimePoints": "2", "FileTimePoints": "2", "TimePoint1": "2023-05-04 11:22:33.250", "TimePoint2": "2023-05-04 11:22:43.250",
    },
}  # fmt: skip


def characters(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), dtype="S1")


def make(folder: Path) -> Path:
    path = folder / "embryo.ims"
    with h5py.File(path, "w") as file:
        file.attrs["ImarisVersion"] = characters("5.5.0")
        file.attrs["NumberOfDataSets"] = np.array([1], np.uint32)
        for name, cells in INFO.items():
            group = file.create_group(f"DataSetInfo/{name}")
            for key, value in cells.items():
                group.attrs[key] = characters(value)
        for channel in range(2):
            group = file.create_group(f"DataSet/ResolutionLevel 0/TimePoint 0/Channel {channel}")
            group.attrs["ImageSizeX"] = characters("100")
    return path
