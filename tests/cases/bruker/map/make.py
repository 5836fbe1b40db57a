"""A BCF container of four chunks whose only member is a header, packed in one zlib block."""

import struct
import zlib
from pathlib import Path

HEADER = """<?xml version="1.0" encoding="WINDOWS-1252" standalone="yes"?>
<TRTSpectrumDatabase><RTHeader/><ClassInstance Type="TRTSpectrumDatabase" Name="Map 2">
<ClassInstance Type="TRTSEMData"><HV>20</HV><WD>8.5</WD><Mag>1500</Mag><DX>0.05</DX><DY>0.05</DY></ClassInstance>
<ClassInstance Type="TRTDSPConfiguration"><LineAverage>2</LineAverage></ClassInstance>
<ClassInstance Type="TRTImageData"><Width>32</Width><Height>24</Height><Date>31.12.2021</Date><Time>23:59:1</Time>
<Plane0><Description>SE</Description><Data>AAAA</Data></Plane0></ClassInstance>
<SpectrumData0><ClassInstance Type="TRTSpectrum"><TRTHeaderedClass>
<ClassInstance Type="TRTDetectorHeader"><Technology>SDD</Technology><Type>XFlash 6</Type><Serial>55</Serial></ClassInstance>
</TRTHeaderedClass></ClassInstance></SpectrumData0></ClassInstance></TRTSpectrumDatabase>"""
CHUNK = 4096


def item(name, table, size, parent, is_folder):
    times = bytes(24)
    head = struct.pack("<iQ", table, size) + times + struct.pack("<Ii", 0, parent) + bytes(176)
    return head + struct.pack("?3s", is_folder, b"") + name.encode().ljust(256, b"\0") + bytes(32)


def make(folder: Path) -> Path:
    block = zlib.compress(HEADER.encode("cp1252"))
    data = (b"AACS" + struct.pack("<III", CHUNK, 0, 1)).ljust(0x80, b"\0") + struct.pack("<I12x", len(block)) + block
    usable = CHUNK - 32
    assert len(data) <= usable
    # chunk 0 begins with the second header; then the list of members, the table of the chunks of the member, its bytes
    first = bytearray(CHUNK)
    struct.pack_into("<fI", first, 0x124 - 0x118, 2.6, CHUNK)
    struct.pack_into("<III", first, 0x140 - 0x118, 1, 2, 4)
    tree = item("EDSDatabase", 0, 0, -1, 1) + item("HeaderData", 2, len(data), 0, 0)
    chunks = [struct.pack("<I28x", 0xFFFFFFFF) + chunk.ljust(usable, b"\0") for chunk in (tree, struct.pack("<I", 3), data)]
    path = folder / "wing.bcf"
    path.write_bytes(b"AAMVHFSS".ljust(0x118, b"\0") + bytes(first) + b"".join(chunks))
    return path
