"""A slide as PerkinElmer writes it: a description in XML for each page, two channels and a smaller copy."""

from pathlib import Path

import numpy as np
import tifffile

PAGE = """<?xml version="1.0" encoding="utf-8"?>
<PerkinElmer-QPI-ImageDescription><ImageType>{kind}</ImageType><Name>{name}</Name><Biomarker>{marker}</Biomarker>
<ExposureTime>{exposure}</ExposureTime><Objective>20x</Objective></PerkinElmer-QPI-ImageDescription>"""


def make(folder: Path) -> Path:
    path = folder / "slide.qptiff"
    pages = [
        ("FullResolution", "DAPI", "Nuclei", 1500),
        ("FullResolution", "Opal 520", "CD8", 22000),
        ("ReducedResolution", "DAPI", "Nuclei", 1500),
    ]
    with tifffile.TiffWriter(path) as writer:
        for kind, name, marker, exposure in pages:
            text = PAGE.format(kind=kind, name=name, marker=marker, exposure=exposure)
            size = 8 if kind == "FullResolution" else 4
            writer.write(
                np.zeros((size, size), np.uint8), description=text, metadata=None, software="PerkinElmer-QPI", resolution=(20000, 20000),
                resolutionunit="CENTIMETER",
            )  # fmt: skip
    return path
