"""A model in ONNX, written byte by byte: one node, one weight, an input with free sizes, and what old versions list twice."""

from pathlib import Path


def number(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(at: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return number(at << 3) + number(value)
    data = value.encode() if isinstance(value, str) else value
    return number(at << 3 | 2) + number(len(data)) + data


def tensor(name: str, kind: int, sizes: list[int | str]) -> bytes:
    dimensions = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in sizes)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, dimensions)))


def model() -> bytes:
    weight = field(1, 2) + field(2, 1) + field(8, "w") + field(9, b"\0" * 8)
    graph = (
        field(1, field(1, "image") + field(1, "w") + field(2, "mask") + field(4, "Mul"))
        + field(2, "nuclei_unet")
        + field(5, weight)
        + field(10, "Finds nuclei.")
        + field(11, tensor("image", 1, ["batch", 1, "height", "width"]))
        + field(11, tensor("w", 1, [2]))
        + field(12, tensor("mask", 1, ["batch", 2, "height", "width"]))
    )
    return (
        field(1, 9)
        + field(2, "pytorch")
        + field(3, "2.4.0")
        + field(4, "org.example")
        + field(5, 3)
        + field(6, "Made for a test.")
        + field(7, graph)
        + field(8, field(1, "") + field(2, 17))
        + field(14, field(1, "license") + field(2, "MIT"))
        + field(14, field(1, "training_data") + field(2, "invented nuclei"))
    )


def make(folder: Path) -> Path:
    path = folder / "nuclei.onnx"
    path.write_bytes(model())
    return path
