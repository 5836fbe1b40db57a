"""A Velox file: an image of a camera in two frames, a spectrum, and what the program keeps beside them."""

import json
from pathlib import Path

import h5py
import numpy as np


def metadata(frames, size=4000):
    columns = [np.frombuffer(json.dumps(frame).encode().ljust(size, b"\0"), "u1") for frame in frames]
    return np.stack(columns, axis=1)


def said(detector, stamp):
    return {
        "Core": {"MetadataSchemaVersion": "v1/2013/07"},
        "Instrument": {"Manufacturer": "FEI Company", "InstrumentId": "42", "InstrumentModel": "Talos", "ControlSoftwareVersion": "1.2.3"},
        "Acquisition": {"AcquisitionStartDatetime": {"DateTime": "1600000000"}, "SourceType": "XFEG"},
        "Optics": {
            "AccelerationVoltage": "200000", "SpotIndex": "4", "CameraLength": "0.52", "Defocus": "-1.5e-06", "OperatingMode": "1",
            "NominalMagnification": "57000", "IlluminationMode": "Parallel",
            "Apertures": {"Aperture-0": {"Name": "C2", "Diameter": "5e-05"}},
        },
        "Stage": {"Position": {"x": "1e-05", "y": "-2e-05", "z": "0"}, "AlphaTilt": "0.5", "BetaTilt": "0", "HolderType": "Double Tilt"},
        "Detectors": {
            "Detector-0": {"DetectorName": "Ceta", "DetectorType": "ImagingDetector", "ExposureTime": "0.25", "Binning": {"width": "2", "height": "2"}},
            "Detector-1": {"DetectorName": "SuperX", "DetectorType": "AnalyticalDetector", "Enabled": "true"},
        },
        "BinaryResult": {"Detector": detector, "PixelSize": {"width": "3.2e-11", "height": "3.2e-11"}, "PixelUnitX": "m", "PixelUnitY": "m"},
        "Sample": {"SampleId": "S-7", "SampleDescription": "thin leaf"},
        "CustomProperties": {"Detectors[Ceta].TimeStamp": {"type": "int64", "value": stamp}},
    }  # fmt: skip


def make(folder: Path) -> Path:
    path = folder / "stack.emd"
    text = h5py.string_dtype()
    with h5py.File(path, "w") as file:
        file.create_dataset("Version", data=[json.dumps({"format": "Velox", "version": "10"})], dtype=text)
        file.create_dataset("Info", data=[json.dumps({"applicationVersion": "2.9.9"})], dtype=text)
        image = file.create_group("Data/Image/aa11")
        image.create_dataset("Data", data=np.zeros((4, 6, 2), "i2"))
        image.create_dataset("Metadata", data=metadata([said("Ceta", "1"), said("Ceta", "2")]))
        spectrum = file.create_group("Data/Spectrum/bb22")
        spectrum.create_dataset("Data", data=np.zeros((16, 1), "u4"))
        spectrum.create_dataset("Metadata", data=metadata([said("SuperX", "3")]))
        file.create_dataset(
            "Features/CameraFeature/cc33", data=[json.dumps({"cameraInputOperation": "/Operations/x"})], dtype=text
        )
        file.create_dataset("Presentation/DisplayIndex", data=[json.dumps({"displays": [{"ImageDisplay": "/y"}]})], dtype=text)
    return path
