"""A metadata.txt of Micro-Manager 2.0 that breaks off after its second frame, beside the TIFFs it is about."""

import json
from pathlib import Path

import numpy as np
import tifffile

SUMMARY = {
    "Prefix": "fly brain", "MicroManagerVersion": "2.0.1", "UserName": "tova", "ComputerName": "RIG4", "ChNames": ["GFP", "mCherry"],
    "Width": 8, "Height": 6, "Slices": 1, "Channels": 2, "Frames": 1, "PixelSize_um": 0.325, "z-step_um": 0, "PixelType": "GRAY16",
    "BitDepth": 12, "StartTime": "2022-03-04 05:06:07.890 +0100",
}  # fmt: skip


def frame(channel: int) -> dict:
    def typed(value: str) -> dict:
        return {"PropVal": value, "PropType": "String"}

    return {
        "ElapsedTime-ms": 100.5 * (channel + 1), "Exposure-ms": 20 * (channel + 1), "XPositionUm": 1.5, "YPositionUm": -2, "ZPositionUm": 33,
        "Core-Camera": typed("Zyla"), "Zyla-Binning": typed("2x2"), "Nosepiece-Label": typed("3-Plan Apo 60x NA 1.40 Oil"),
        "Nosepiece-Name": typed("TINosePiece"), "Emission-Label": typed(["525/50", "630/75"][channel]),
    }  # fmt: skip


def make(folder: Path) -> Path:
    names = [f"img_channel00{channel}_position000_time000000000_z000.tif" for channel in range(2)]
    document = {"Summary": SUMMARY}
    for channel, name in enumerate(names):
        tifffile.imwrite(folder / name, np.zeros((6, 8), np.uint16), metadata=None, software="")
        document[f"Coords-{name}"] = {"channel": channel, "z": 0, "time": 0, "position": 0}
        document[f"Metadata-{name}"] = frame(channel)
    path = folder / "metadata.txt"
    path.write_text(json.dumps(document, indent=1).removesuffix("\n}"), encoding="utf-8")
    return path
