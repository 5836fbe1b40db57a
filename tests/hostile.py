"""Files made to hurt whoever reads them: each small on disk, and large, deep, circular or curious when it is read."""

from __future__ import annotations

import gzip
import io
import json
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

MIB = 1024 * 1024
OME = 'xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"'
LAUGHS = '<!DOCTYPE a [<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def zipped(members: Mapping[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def crate(**root: object) -> bytes:
    about = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    graph = [about, {"@id": "./", "@type": "Dataset", "name": "a crate", **root}]
    return json.dumps({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}).encode()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def many_members(count: int) -> bytes:
    """Return an archive of so many empty members; written by hand, as that is far faster."""
    local, central = io.BytesIO(), io.BytesIO()
    for number in range(count):
        name = f"e/{number}".encode()
        central.write(
            struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, local.tell())
            + name
        )
        local.write(struct.pack("<4s2B4HL2L2H", b"PK\3\4", 20, 0, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name)
    at, size = local.tell(), central.tell()
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, at) + struct.pack(
        "<4sLQL", b"PK\6\7", 0, at + size, 1
    )
    return local.getvalue() + central.getvalue() + end + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, size, at, 0)


def workbook(sheet: str, **parts: str) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    kinds = {"xl/workbook.xml": "sheet.main", "xl/s.xml": "worksheet", **{f"xl/{name}.xml": "sharedStrings" for name in parts}}
    types = "".join(f'<Override PartName="/{name}" ContentType="{main}.{type_}+xml"/>' for name, type_ in kinds.items())
    relation = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    one = '<Relationship Id="{}" Type="{}" Target="{}"/>'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{types}</Types>'.encode(),
            "_rels/.rels": relation.format(one.format("r1", f"{kind}/officeDocument", "xl/workbook.xml")).encode(),
            "xl/workbook.xml": f'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{kind}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": relation.format(
                "".join(
                    [
                        one.format("r1", f"{kind}/worksheet", "s.xml"),
                        *(one.format(name, f"{kind}/sharedStrings", f"{name}.xml") for name in parts),
                    ]
                )
            ).encode(),
            "xl/s.xml": sheet.encode(),
            **{f"xl/{name}.xml": text.encode() for name, text in parts.items()},
        }
    )


def tiff(*, next_: int = 8, sub: int | None = None, text: bytes = b"") -> bytes:
    """Return one page of one pixel whose next directory, or whose directory below, lies where one wants it."""
    entries = [
        (256, 4, 1, 1),
        (257, 4, 1, 1),
        (258, 3, 1, 8),
        (262, 3, 1, 1),
        (273, 4, 1, 4),
        (277, 3, 1, 1),
        (278, 4, 1, 1),
        (279, 4, 1, 1),
    ]
    if sub is not None:
        entries.append((330, 4, 1, sub))
    if text:
        entries.insert(4, (270, 2, len(text), 8 + 2 + 12 * (len(entries) + 1) + 4))
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + packed + struct.pack("<I", next_) + text


def compound(*, chain: int = 0xFFFFFFFE, left: int = 0xFFFFFFFF) -> bytes:
    """Return an OLE document of a root and one stream; the chain of its directory or its tree may be circular."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, chain, *[0xFFFFFFFF] * 126)

    def entry(name: str, kind: int, left: int, child: int) -> bytes:
        text = name.encode("utf-16-le")
        return (
            text.ljust(64, b"\0")
            + struct.pack("<H2B3I", len(text) + 2, kind, 1, left, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<IQ", 0xFFFFFFFE, 0)
        )

    return head + table + entry("Root Entry", 5, 0xFFFFFFFF, 1) + entry("OibInfo.txt", 2, left, 0xFFFFFFFF) + bytes(256)


def dicom(depth: int) -> bytes:
    meta = struct.pack("<HH2sH", 2, 0x10, b"UI", 20) + b"1.2.840.10008.1.2.1\0"
    meta = struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(meta)) + meta
    nested = struct.pack("<HH2sHI", 0x40, 0xA730, b"SQ", 0, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    return bytes(128) + b"DICM" + meta + struct.pack("<HH2sH", 8, 0x60, b"CS", 2) + b"SM" + nested * depth


def hdf5(**made: object) -> bytes:
    """Return a file of links in circles, out of the file and to nowhere, and an array that would not fit into memory."""
    import h5py  # noqa: PLC0415 - only here

    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        for name, value in made.items():
            file[name] = value
        file["a"], file["b"] = h5py.SoftLink("/b"), h5py.SoftLink("/a")
        file["outside"] = h5py.ExternalLink("/etc/passwd", "/")
        group = file.create_group("group")
        group["itself"] = group
        group["above"] = file["/"]
        file.create_dataset("huge", (2**50,), "f8", chunks=(1024,))
    return out.getvalue()


def packed(head: bytes, piece: bytes, count: int, tail: bytes) -> bytes:
    """Return a gzip of a head, many equal pieces and a tail, without ever holding the whole."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1, mtime=0) as stream:
        stream.write(head)
        for _ in range(count):
            stream.write(piece)
        stream.write(tail)
    return out.getvalue()


def written(folder: Path, address: str) -> dict[str, str]:
    """Write all of them; return what is to be said of each: words of the reason or of a Problem, or nothing."""
    made: dict[str, tuple[bytes, str]] = {
        # size
        "bomb.eln": (zipped({"a/ro-crate-metadata.json": b" " * 30 * MIB}), "times its"),
        "nested.zip": (zipped({"a.zip": zipped({"b.zip": zipped({"c.csv": b"a,b\n1,2\n"})})}), "holds archives of its own"),
        "many.eln": (many_members(100_001), "100,000"),
        "attribute.xml.gz": (packed(b'<r><a b="', b"x" * MIB, 100, b'"/></r>'), "larger than"),
        "text.xml.gz": (packed(b"<a>", b"x" * MIB, 100, b"</a>"), "larger than"),
        "swollen.json.gz": (packed(b"[", b"0," * MIB, 300, b"0]"), "bytes"),
        "cells.xlsx": (workbook(SHEET.format('<row r="1"><c t="inlineStr"><is><t>a</t></is></c></row>' * 500_000)), "packed"),
        "corner.xlsx": (workbook(SHEET.format('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), ""),
        # depth
        "deep.xml": (b"<a>" * 10_000 + b"</a>" * 10_000, "nested"),
        "deep.json": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested"),
        "deep.yaml": (b"[" * 10_000 + b"]" * 10_000, "nested"),
        "deep.dcm": (dicom(5_000), "damaged"),
        "deep.ttl": (b"<a:a> <a:b> " + b"[ <a:b> " * 10_000, "RDF"),
        # expansion
        "laughs.xml": (f"{LAUGHS}<a>&l9;</a>".encode(), "entit"),
        "laughs.ome.xml": (f"{LAUGHS}<OME {OME}><Image ID='Image:0' Name='&l9;'/></OME>".encode(), "entit"),
        "laughs.ome.tif": (tiff(next_=0, text=f"{LAUGHS}<OME {OME}><Image ID='Image:0' Name='&l9;'/></OME>\0".encode()), "no OME-XML"),
        "laughs.rdf": (f"{LAUGHS}<rdf:RDF {RDF}><rdf:Description rdf:about='a'><rdf:value>&l9;</rdf:value></rdf:Description></rdf:RDF>".encode(), "entit"),
        "laughs.xlsx": (workbook(SHEET.format('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), t=f"{LAUGHS}<sst><si><t>&l9;</t></si></sst>"), "entit"),
        "laughs.yaml": (b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d, *a%d]\n" % (n, n, n - 1, n - 1, n - 1) for n in range(1, 40)), "unfolds"),
        # circles
        "loop.tif": (tiff(next_=8), "chain of pages"),
        "below.tif": (tiff(next_=0, sub=8), ""),
        "loop.oib": (compound(chain=1), "circle"),
        "tree.oib": (compound(left=1), "damaged"),
        "links.h5": (hdf5(), ""),
        "links.ims": (hdf5(DataSetInfo=1), ""),
        # out of its place
        "names.eln": (zipped({"../../up.txt": b"x", "/etc/passwd": b"x", "C:\\x": b"x", link("a/link"): b"/etc/passwd", "a/ro-crate-metadata.json": crate()}), "leads out"),
        "file.xml": (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "entit"),
        # curious
        "dtd.xml": (f'<!DOCTYPE a SYSTEM "{address}/a.dtd"><a b="1"/>'.encode(), ""),
        "include.xml": (f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{address}/i.xml"/></a>'.encode(), ""),
        "imports.owl": (f"<rdf:RDF {RDF} xmlns:owl='http://www.w3.org/2002/07/owl#'><owl:Ontology rdf:about='http://a.org/o'><owl:imports rdf:resource='{address}/o.owl'/></owl:Ontology></rdf:RDF>".encode(), ""),
        "context.jsonld": (json.dumps({"@context": f"{address}/c.jsonld", "@id": "http://a.org/1", "@type": "http://schema.org/Dataset", "http://schema.org/name": "a"}).encode(), ""),
        "context/ro-crate-metadata.json": (crate().replace(b"https://w3id.org/ro/crate/1.1/context", f"{address}/c.jsonld".encode()), ""),
        "linked.geojson": (json.dumps({"type": "FeatureCollection", "$schema": f"{address}/s.json", "features": []}).encode(), ""),
        # words that are no links and no page
        "javascript/ro-crate-metadata.json": (crate(identifier="javascript:alert(1)", url={"@id": "javascript:alert(2)"}, license={"@id": "javascript:alert(3)"}, description="<script>alert(4)</script>", sameAs="data:text/html,<script>alert(5)</script>"), ""),
        "<script>alert(6)</script>.csv".replace("/", "_"): (b"Plate,<img src=x onerror=alert(7)>\nP1,javascript:alert(8)\n", ""),
    }  # fmt: skip
    for name, (data, _) in made.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return {name: words for name, (_, words) in made.items()}
