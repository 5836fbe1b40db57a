"""An EMI file with one object, and the SER file that belongs to it, with two images."""

import struct
from pathlib import Path

XML = (
    "<ObjectInfo><Uuid>11111111-2222-3333-4444-555555555555</Uuid><ExperimentalConditions><MicroscopeConditions>"
    "<AcceleratingVoltage>120000</AcceleratingVoltage><Tilt1>0.1</Tilt1></MicroscopeConditions></ExperimentalConditions>"
    "<ExperimentalDescription><Root><Data><Label>Microscope</Label><Value>Microscope Tecnai 12 120 kV D1234 BioTWIN</Value><Unit>"
    "</Unit></Data><Data><Label>User</Label><Value>Ada</Value><Unit></Unit></Data><Data><Label>High tension</Label><Value>120"
    "</Value><Unit>kV</Unit></Data><Data><Label>Mode</Label><Value> TEM uP SA Zoom Image</Value><Unit></Unit></Data><Data><Label>"
    "Magnification</Label><Value>30000</Value><Unit>x</Unit></Data><Data><Label>Defocus</Label><Value>-1.250</Value><Unit>um</Unit>"
    "</Data><Data><Label>Spot size</Label><Value>3</Value><Unit></Unit></Data><Data><Label>Stage A</Label><Value>10.5</Value><Unit>"
    "deg</Unit></Data><Data><Label>Stage X</Label><Value>5.5</Value><Unit>um</Unit></Data><Data><Label>Gun lens</Label><Value>4"
    "</Value><Unit></Unit></Data></Root></ExperimentalDescription><TrueImageHeaderInfo>&lt;Root&gt;&lt;Data&gt;&lt;Index&gt;9"
    "&lt;/Index&gt;&lt;Value&gt;120&lt;/Value&gt;&lt;/Data&gt;&lt;/Root&gt;</TrueImageHeaderInfo>"
    "<AcquireDate>Fri Mar  1 08:09:10 2013</AcquireDate><AcquireInfo><CameraNamePath>Eagle</CameraNamePath><DwellTimePath>0.5"
    "</DwellTimePath><Binning>2</Binning></AcquireInfo><Manufacturer>FEI</Manufacturer></ObjectInfo>"
)


def series() -> bytes:
    dimension = struct.pack("<Iddi", 2, 0.0, 1.0, 0) + struct.pack("<i", 6) + b"Number" + struct.pack("<i", 0)
    head = b"II\x97\x01" + struct.pack("<HIIII", 0x0220, 0x4122, 0x4152, 2, 2)
    offsets = len(head) + 8 + 4 + len(dimension)
    element = struct.pack("<ddiddihII", -4e-08, 2e-09, 0, -3e-08, 2.5e-09, 0, 2, 4, 3) + bytes(4 * 3 * 2)
    first = offsets + 32
    places = [first, first + len(element)]
    tags = [first + 2 * len(element), first + 2 * len(element) + 8]
    body = struct.pack("<4Q", *places, *tags) + element + element
    body += b"".join(struct.pack("<HHI", 0x4152, 0, second) for second in (1362125350, 1362125351))
    return head + struct.pack("<QI", offsets, 1) + dimension + body


def make(folder: Path) -> Path:
    path = folder / "grid square.emi"
    path.write_bytes(b"JLW\0" + b"\0\1\2" * 40 + b"Search`4.7\0" + XML.encode() + b"\0\0Normalp")
    (folder / "grid square_1.ser").write_bytes(series())
    return path
