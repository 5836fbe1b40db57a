"""Damage for files: bytes, lines, values and members are changed by a random number generator, so that a seed names a file."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import json
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

import yaml

CASES = Path(__file__).parent / "cases"
HUGE = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**53, 2**63 - 1, 2**64 - 1)
ODD = (
    "", " ", "\0", "-1", "0", "1e999", "-1e999", "NaN", "Infinity", "9" * 400, "0x10", "1,5", "1 234", "true", "null", "[]", "{}",
    "<script>alert(1)</script>", "javascript:alert(1)", "../../etc/passwd", "\u202eabc", "\ufeff", "=1+1", "a" * 5000, "%s%n",
    "2025-02-30T25:61:61", "http://[", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "\x1b[31m", "'", '"', "&amp;",
)  # fmt: skip

Mutator = Callable[[bytes, Random], bytes]


# Kinds of files of which there is no case: by name and content.
PLAIN = {
    "tilt.mdoc": b"PixelSpacing = 2.5\nVoltage = 300\n[T = SerialEM: a microscope]\n\n[ZValue = 0]\nTiltAngle = -60.0\nStagePosition = 1 2\n",
    "graph.rdf": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://a.org/"><a:Image rdf:about="i1">'
    b'<a:name xml:lang="en">one</a:name><a:part rdf:nodeID="b1"/></a:Image><a:Part rdf:nodeID="b1"/></rdf:RDF>',
    "graph.ttl": b'@prefix a: <http://a.org/> .\na:i1 a a:Image ; a:name "one"@en ; a:list ( 1 2.5 "c" ) ; a:part [ a a:Part ] .\n',
    "image.ome.tif": b"",  # made on the fly
    "image.ome.xml.gz": gzip.compress(
        b'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0" Name="a"><Pixels ID="Pixels:0" '
        b'DimensionOrder="XYZCT" Type="uint8" SizeX="1" SizeY="1" SizeZ="1" SizeC="1" SizeT="1" PhysicalSizeX="0.1"/></Image></OME>',
        mtime=0,
    ),
}


@dataclass(frozen=True, slots=True)
class Seed:
    """A whole source from which damaged ones are made: of a case folder, or by a name in `PLAIN`."""

    folder: Path

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    def make(self, into: Path) -> Path:
        """Write the source, and return the file or folder that is one."""
        if self.folder.name in PLAIN:
            path = into / self.folder.name
            path.write_bytes(PLAIN[path.name])
            if path.suffix == ".tif":
                import numpy as np  # noqa: PLC0415 - only here
                import tifffile  # noqa: PLC0415

                tifffile.imwrite(
                    path, np.zeros((1, 1), "u1"), description=gzip.decompress(PLAIN["image.ome.xml.gz"]), metadata=None
                )
            return path
        script = self.folder / "make.py"
        if script.exists():
            spec = importlib.util.spec_from_file_location("seed", script)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.make(into)
        [given] = self.folder.glob("input.*")
        copy = into / given.name
        copy.write_bytes(given.read_bytes())
        return copy


def seeds() -> list[Seed]:
    cases = [Seed(path) for path in sorted(CASES.glob("*/*")) if [*path.glob("make.py"), *path.glob("input.*")]]
    return cases + [Seed(Path("plain") / name) for name in PLAIN]


def mutated(data: bytes, rng: Random) -> bytes:
    """Return damaged data: most often damage that fits the format, else any."""
    for step in range(rng.choice((1, 1, 1, 2, 4))):
        # HDF5 is changed by its own library, which is no place for damaged files in this process
        fitting = [mutate for fits, mutate in FITTING if fits(data) and not (step and mutate is hdf5_object)]
        mutate = rng.choice(fitting) if fitting and rng.random() < 0.6 else rng.choice(ANY)
        try:
            data = mutate(data, rng)
        except Exception:  # noqa: BLE001 - what is damaged already is no longer of its format
            data = rng.choice(ANY)(data, rng)
    return data


# --- bytes -----------------------------------------------------------------------------------------------------------------


def _place(data: bytes, rng: Random) -> int:
    """Return a place, most often near the beginning or the end, where the structure of most formats stands."""
    last = max(len(data) - 1, 0)
    near = rng.choice((64, 512, 4096))
    return rng.choice((rng.randint(0, last), rng.randint(0, min(near, last)), rng.randint(max(last - near, 0), last)))


def flip(data: bytes, rng: Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 32))):
        if out:
            out[_place(data, rng)] ^= 1 << rng.randrange(8)
    return bytes(out)


def cut(data: bytes, rng: Random) -> bytes:
    return data[: _place(data, rng)]


def behead(data: bytes, rng: Random) -> bytes:
    at = _place(data, rng)
    return data[:at] + data[at + rng.choice((1, 2, 7, 64, 1000)) :]


def double(data: bytes, rng: Random) -> bytes:
    at, size = _place(data, rng), rng.choice((1, 4, 20, 300, 5000))
    return data[: at + size] + data[at : at + size] * rng.choice((1, 2, 50)) + data[at + size :]


def huge(data: bytes, rng: Random) -> bytes:
    """Put a number that is too large, or none, where a length or an offset may stand."""
    size, order = rng.choice(((1, "<"), (2, "<"), (4, "<"), (8, "<"), (2, ">"), (4, ">"), (8, ">")))
    number = rng.choice(HUGE) & (2 ** (8 * size) - 1)
    at = _place(data, rng) // size * size
    piece = struct.pack(order + {1: "B", 2: "H", 4: "I", 8: "Q"}[size], number)
    return data[:at] + piece + data[at + size :]


def insert(data: bytes, rng: Random) -> bytes:
    at = _place(data, rng)
    return data[:at] + rng.choice((b"\0" * 8, b"\xff" * 8, rng.randbytes(5), b"<", b"{", b'"', b"\n", b"&x;")) + data[at:]


def splice(data: bytes, rng: Random) -> bytes:
    one, two = sorted((_place(data, rng), _place(data, rng)))
    return data[:two] + data[one:]


# --- text ------------------------------------------------------------------------------------------------------------------


def _is_text(data: bytes) -> bool:
    return bool(data) and b"\0" not in data[:4096]


def recode(data: bytes, rng: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(
        rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "latin-1", "utf-7")), "replace"
    )


def lines(data: bytes, rng: Random) -> bytes:
    """Leave out, repeat or swap lines."""
    rows = data.split(b"\n")
    one, two = rng.randrange(len(rows)), rng.randrange(len(rows))
    deed = rng.randrange(4)
    if deed == 0:
        del rows[one : one + rng.choice((1, 3))]
    elif deed == 1:
        rows[one:one] = [rows[two]] * rng.choice((1, 5, 200))
    elif deed == 2:
        rows[one], rows[two] = rows[two], rows[one]
    else:
        rows = [b"", *rows] if rng.random() < 0.5 else rows[::-1]
    return rng.choice((b"\n", b"\r\n", b"\r")).join(rows) if rng.random() < 0.2 else b"\n".join(rows)


def word(data: bytes, rng: Random) -> bytes:
    """Put another word or number in the place of one."""
    found = list(re.finditer(rb"[\w.+-]+", data[:200_000]))
    if not found:
        return data
    one = rng.choice(found)
    other = rng.choice((rng.choice(ODD).encode(), rng.choice(found).group()))
    return data[: one.start()] + other + data[one.end() :]


def mark(data: bytes, rng: Random) -> bytes:
    """Leave out, double or exchange a mark of the syntax."""
    found = [at for at, byte in enumerate(data[:200_000]) if byte in b"{}[]<>()\"',;:=\t&#/-|"]
    if not found:
        return data
    at = rng.choice(found)
    return (
        data[:at]
        + rng.choice((b"", data[at : at + 1] * 2, rng.choice((b"{", b"]", b"<", b'"', b"\t", b",", b":"))))
        + data[at + 1 :]
    )


# --- trees of values (JSON, YAML) ------------------------------------------------------------------------------------------


def _other(rng: Random) -> object:
    deep: object = "x"
    for _ in range(rng.choice((3, 30))):
        deep = [deep] if rng.random() < 0.5 else {"a": deep}
    choices = (None, True, 0, -1, 1.5, 10**30, 1e308, "", [], {}, [[]], [None], [{}], {"": ""}, {"@id": None}, {"@id": ["a"]}, deep, rng.choice(ODD))  # fmt: skip
    return rng.choice(choices)


def _nodes(value: object) -> Iterator[tuple[dict | list, str | int]]:
    todo = [value]
    while todo:
        here = todo.pop()
        pairs = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        for key, item in pairs:
            yield here, key
            todo.append(item)


def changed_tree(value: object, rng: Random) -> object:
    """Return a tree with one value, name or place changed."""
    nodes = list(_nodes(value))
    if not nodes or rng.random() < 0.03:
        return rng.choice((_other(rng), [value], {"a": value}))
    holder, key = rng.choice(nodes)
    deed = rng.randrange(6)
    if deed == 0:
        del holder[key]
    elif deed == 1:
        holder[key] = [holder[key]] * rng.choice((1, 2, 60))
    elif deed == 2:
        other, place = rng.choice(nodes)
        holder[key] = json.loads(json.dumps(other[place], default=str))
    elif deed == 3 and isinstance(holder, dict):
        holder[rng.choice(ODD)] = holder.pop(key)
    elif deed == 4:
        holder[key] = {"@value": holder[key]} if rng.random() < 0.5 else str(holder[key])
    else:
        holder[key] = _other(rng)
    return value


def json_tree(data: bytes, rng: Random) -> bytes:
    return json.dumps(changed_tree(json.loads(data), rng)).encode()


def yaml_tree(data: bytes, rng: Random) -> bytes:
    return yaml.safe_dump(changed_tree(yaml.safe_load(data), rng)).encode()


# --- XML -------------------------------------------------------------------------------------------------------------------


def xml_tree(data: bytes, rng: Random) -> bytes:
    start = data.find(b"<")
    root = ET.fromstring(data[start:])  # noqa: S314 - a file of our own
    pairs = [(parent, child) for parent in root.iter() for child in parent]
    parent, child = rng.choice(pairs) if pairs else (root, root)
    deed = rng.randrange(8)
    if deed == 0 and pairs:
        parent.remove(child)
    elif deed == 1:
        parent.extend([child] * rng.choice((1, 3, 100)) if child is not parent else [])
    elif deed == 2:
        child.tag = rng.choice(
            (parent.tag, "Other", re.sub(r"\{.*?\}", "", child.tag), "{urn:other}" + child.tag.rpartition("}")[2])
        )
    elif deed == 3 and child.attrib:
        del child.attrib[rng.choice(list(child.attrib))]
    elif deed == 4 and child.attrib:
        child.attrib[rng.choice(list(child.attrib))] = _printable(rng)
    elif deed == 5:
        child.text = _printable(rng)
    elif deed == 6:
        inner = child
        for _ in range(rng.choice((2, 40))):
            inner = ET.SubElement(inner, child.tag, child.attrib)
    else:
        child.clear()
    return data[:start] + ET.tostring(root, encoding="utf-8")


def _printable(rng: Random) -> str:
    return re.sub(r"[\0-\x08\x0b-\x1f\ud800-\udfff]", "?", rng.choice(ODD))


# --- tables ----------------------------------------------------------------------------------------------------------------


def cells(data: bytes, rng: Random) -> bytes:
    text = data.decode("utf-8")
    mark = max("\t,;", key=text.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    row = rng.choice(rows)
    at = rng.randrange(len(row) + 1)
    deed = rng.randrange(4)
    if deed == 0:
        row.insert(at, rng.choice(ODD))
    elif deed == 1 and row:
        del row[min(at, len(row) - 1)]
    elif deed == 2 and row:
        row[min(at, len(row) - 1)] = rng.choice(ODD)
    else:
        row.extend(row * rng.choice((1, 20)))
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode()


# --- containers ------------------------------------------------------------------------------------------------------------


def zip_member(data: bytes, rng: Random) -> bytes:
    """Damage one member of an archive and pack it again, so that the damage is met behind the unpacking."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as taken:
        infos = given.infolist()
        chosen = rng.choice(infos)
        deed = rng.randrange(8)
        for info in infos:
            content, name = given.read(info), info.filename
            if info is chosen and deed == 0:
                continue
            if info is chosen and deed == 1:
                name = rng.choice(("../" + name, "/" + name, name.upper(), "x/" * 50 + name, "C:\\" + name, name + "/", "a\nb"))
            elif info is chosen:
                content = mutated(content, rng)
            taken.writestr(name, content)
    return out.getvalue()


def gzip_content(data: bytes, rng: Random) -> bytes:
    return gzip.compress(mutated(gzip.decompress(data), rng))


def hdf5_object(data: bytes, rng: Random) -> bytes:
    """Leave out or exchange an attribute, a dataset or a group."""
    import h5py  # noqa: PLC0415 - only here
    import numpy as np  # noqa: PLC0415

    out = io.BytesIO(data)
    values = (np.zeros((0,)), np.array([b"\xff\xfe"]), np.arange(9).reshape(3, 3), "x" * 3000, np.nan, h5py.Empty("f8"), 2**60, np.array(1j), np.array([(1, 2.0)], "i4,f8"))  # fmt: skip
    with h5py.File(out, "r+") as file:
        names = ["/"]
        file.visit(names.append)
        name = rng.choice(names)
        node = file[name]
        deed = rng.randrange(5)
        if deed < 3 and len(node.attrs):
            key = rng.choice(sorted(node.attrs))
            del node.attrs[key]
            if deed:
                node.attrs[key] = rng.choice(values)
        elif name != "/" and deed == 3:
            del file[name]
        elif name != "/":
            del file[name]
            file[name] = rng.choice(
                (*values, h5py.SoftLink("/" + name), h5py.SoftLink("/nowhere"), h5py.ExternalLink("x.h5", "/"), "<a>")
            )
    return out.getvalue()


def tiff_entry(data: bytes, rng: Random) -> bytes:
    """Change the tag, type, count or value of a tag of the first directory, or the place of the next directory."""
    order = "<" if data[:2] == b"II" else ">"
    (offset,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, offset)
    out = bytearray(data)
    at = offset + 2 + 12 * rng.randrange(count)
    deed = rng.randrange(5)
    if deed == 0:
        struct.pack_into(order + "H", out, at, rng.choice((270, 272, 306, 700, 34118, 34682, 50838, 50839, 51123, 65535)))
    elif deed == 1:
        struct.pack_into(order + "H", out, at + 2, rng.randrange(20))
    elif deed == 2:
        struct.pack_into(order + "I", out, at + 4, rng.choice(HUGE) & 0xFFFFFFFF)
    elif deed == 3:
        struct.pack_into(order + "I", out, at + 8, rng.choice((*HUGE, len(data) - 1, offset)) & 0xFFFFFFFF)
    else:
        struct.pack_into(order + "I", out, offset + 2 + 12 * count, rng.choice((8, offset, len(data) - 3, 0xFFFFFFFF)))
    return bytes(out)


ANY: tuple[Mutator, ...] = (flip, cut, behead, double, huge, huge, insert, splice)
FITTING: tuple[tuple[Callable[[bytes], bool], Mutator], ...] = (
    (_is_text, word),
    (_is_text, mark),
    (_is_text, lines),
    (_is_text, recode),
    (lambda data: data.lstrip()[:1] in (b"{", b"["), json_tree),
    (lambda data: data.lstrip()[:1] in (b"{", b"["), json_tree),
    (lambda data: _is_text(data) and b"<" not in data[:1] and b"{" not in data[:1] and b": " in data[:4096], yaml_tree),
    (lambda data: data.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"), xml_tree),
    (lambda data: data.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"), xml_tree),
    (lambda data: _is_text(data) and any(data[:2000].count(mark) > 2 for mark in (b"\t", b",", b";")), cells),
    (lambda data: data.startswith(b"PK\3\4"), zip_member),
    (lambda data: data.startswith(b"\x1f\x8b"), gzip_content),
    (lambda data: data.startswith(b"\x89HDF"), hdf5_object),
    (lambda data: data[:4] in {b"II*\0", b"MM\0*"}, tiff_entry),
)
