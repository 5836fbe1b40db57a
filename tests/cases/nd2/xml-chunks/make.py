"""An ND2 of version 2.1, whose metadata are chunks of XML: attributes, texts, calibration, the first plane; no pixels."""

import struct
from pathlib import Path

MAGIC = 0x0ABECEDA
DESCRIPTION = """Dimensions: T(4)
Camera Name: Andor Zyla
Numerical Aperture: 1.4
Plane #1:
 Name: GFP
 Component Count: 1
 Modality: Widefield Fluorescence
 Camera Settings:   Exposure: 50 ms
  Binning: 2x2
 Microscope Settings:   Microscope: Ti Microscope
  PFS-S, state: On
"""


def leaf(name: str, kind: str, value: object) -> str:
    text = str(value).replace("&", "&amp;").replace('"', "&quot;").replace("\n", "&#13;&#10;")
    return f'<{name} runtype="{kind}" value="{text}"/>'


def variant(kind: str, *members: str) -> bytes:
    body = "".join(members)
    return f'<?xml version="1.0" encoding="UTF-8"?><variant version="1.0"><no_name runtype="{kind}">{body}</no_name></variant>'.encode()


def group(name: str, kind: str, *members: str) -> str:
    return f'<{name} runtype="{kind}">{"".join(members)}</{name}>'


def spectrum(name: str, wavelength: float) -> str:
    point = (leaf("eType", "lx_uint32", 4), leaf("dWavelength", "double", wavelength), leaf("dTValue", "double", 0))
    points = group("pPoint", "CLxListVariant", group("Point0", "RLxOFSpectrumPoint", *point))
    return group(name, "RLxOpticalFilterSpectrum", leaf("uiCount", "lx_uint32", 1), points)


def plane() -> bytes:
    filters = group("no_name", "RLxOpticalFilter", spectrum("m_ExcitationSpectrum", 470), spectrum("m_EmissionSpectrum", 525))
    channel = group(
        "a0", "RLxPicturePlaneDescV1_3", leaf("uiCompCount", "lx_uint32", 1), leaf("uiModalityMask", "lx_uint32", 17),
        leaf("uiColor", "lx_uint32", 65280), leaf("sDescription", "CLxStringW", "GFP"), leaf("dPinholeDiameter", "double", -1),
        group("pFluorescentProbe", "RLxFluorescentProbe", leaf("m_sName", "CLxStringW", "GFP")),
        group("pFilterPath", "RLxOpticalFilterPath", leaf("m_uiCount", "lx_uint32", 1), group("m_pFilter", "CLxListVariant", filters)),
    )  # fmt: skip
    planes = group(
        "sPicturePlanes", "SLxPicturePlanes", leaf("uiCount", "lx_uint32", 1), leaf("uiCompCount", "lx_uint32", 1),
        group("sPlaneNew", "CLxListVariant", channel),
    )  # fmt: skip
    numbers = {
        "dTimeMSec": 12.5, "dTimeAbsolute": 2456456.0, "dXPos": 10, "dYPos": -20, "dZPos": 5, "dAngle": 0, "dCalibration": 0.065,
        "dAspect": 1, "dObjectiveNA": 1.4, "dObjectiveMag": 100, "dRefractIndex1": 1.515, "dZoom": 1.5, "dPinholeRadius": -1,
        "dProjectiveMag": -1,
    }  # fmt: skip
    facts = (leaf(name, "double", value) for name, value in numbers.items())
    names = (leaf("wsObjectiveName", "CLxStringW", "Plan Apo 100x Oil"), leaf("bCalibrated", "bool", "true"))
    return variant("SLxPictureMetadata", *facts, *names, planes)


def chunks() -> dict[bytes, bytes]:
    attributes = {
        "uiWidth": 64, "uiWidthBytes": 128, "uiHeight": 48, "uiComp": 1, "uiBpcInMemory": 16, "uiBpcSignificant": 12,
        "uiSequenceCount": 4, "uiTileWidth": 64, "uiTileHeight": 48, "uiVirtualComponents": 1,
    }  # fmt: skip
    size = (leaf(name, "lx_uint32", value) for name, value in attributes.items())
    texts = (
        leaf(f"TextInfoItem_{at}", "CLxStringW", text)
        for at, text in {5: DESCRIPTION, 9: "12/06/2013  10:20:30", 13: "Plan Apo 100x Oil"}.items()
    )
    return {
        b"ImageAttributes!": variant("SLxImageAttributes", *size, leaf("eCompression", "lx_int32", 2)),
        b"ImageTextInfo!": variant("SLxImageTextInfo", *texts),
        b"ImageMetadataSeq|0!": plane(),
        b"ImageCalibration|0!": variant(
            "SLxCalibration",
            leaf("bCalibrated", "bool", "true"),
            leaf("dCalibration", "double", 0.065),
            leaf("dAspect", "double", 1),
        ),
    }


def make(folder: Path) -> Path:
    data = struct.pack("<IIQ32s64s", MAGIC, 32, 64, b"ND2 FILE SIGNATURE CHUNK NAME01!", b"Ver2.1").ljust(4096, b"\0")
    places = {}
    for name, content in chunks().items():
        places[name] = (len(data), len(content))
        data += struct.pack("<IIQ", MAGIC, len(name), len(content)) + name + content
    index = b"".join(name + struct.pack("<QQ", *place) for name, place in places.items())
    index += b"ND2 CHUNK MAP SIGNATURE 0000001!" + struct.pack("<Q", len(data))
    signature = b"ND2 FILEMAP SIGNATURE NAME 0001!"
    path = folder / "worm.nd2"
    path.write_bytes(data + struct.pack("<IIQ", MAGIC, len(signature), len(index)) + signature + index)
    return path
