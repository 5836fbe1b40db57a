"""ONNX models: what the head of the file says of itself; weights are skipped, not read.

https://github.com/onnx/onnx/blob/main/onnx/onnx.proto ; https://protobuf.dev/programming-guides/encoding/

* ``model`` has one row: ``ir_version``, ``producer_name``, ``producer_version``, ``domain``, ``model_version``, ``doc_string``,
  ``graph``, ``graph_doc_string``, and ``nodes`` and ``initializers``, which are counts.
* ``opset_import`` (``domain``, ``version``) and ``metadata_props`` (``key``, ``value``) have a row per entry.
* ``tensor`` has a row per input and output: ``role``, ``name``, ``element_type`` by its name, ``shape`` (a list; a free size by
  its name, or ``?``). Weights that old versions list as inputs, too, are left out.
"""

from __future__ import annotations

import mmap
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from kg.errors import LimitError, SourceError
from kg.table import ROW, Reading, Source, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.readers.limits import Limits
    from kg.readers.peek import Peek

NAME = "onnx"
RANK = 50
TITLE = "ONNX model (.onnx)"

_SUFFIX = ".onnx"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_TEXTS = {2: "producer_name", 3: "producer_version", 4: "domain", 6: "doc_string"}
_NUMBERS = {1: "ir_version", 5: "model_version"}
_GRAPH, _OPSET, _PROPS = 7, 8, 14
_GRAPH_NODE, _GRAPH_NAME, _GRAPH_INITIALIZER, _GRAPH_DOC, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 2, 5, 10, 11, 12
_TENSOR_NAME = 8
_MOST_FIELDS = 5_000_000
_MOST_ROWS = 10_000
# TensorProto.DataType
_TYPES = (
    "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "float64",
    "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
    "uint4", "int4", "float4e2m1",
)  # fmt: skip


def claims(peek: Peek) -> bool:
    """Claim what is named so, as the format has no magic number, and begins with the version of its representation."""
    return peek.suffix == _SUFFIX and peek.head[:1] == b"\x08"


def read(source: Source, limits: Limits) -> Reading:
    """Return what a model says of itself.

    Raises:
        SourceError: not ONNX, or it ends too early.
        LimitError: more entries than any model has.
    """
    try:
        with source.path.open("rb") as stream:
            # closed when the last view of it is gone: an error may still hold one
            data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError as error:
        raise SourceError(source.key, "is empty, expected an ONNX model") from error
    found = _Model(source.key, limits)
    found.model(memoryview(data))
    return Reading(NAME, found.tables(), (), {"ir_version": str(found.cells.get("ir_version", ""))})


@dataclass(slots=True)
class _Model:
    """A model while it is read."""

    where: str
    limits: Limits
    cells: dict[str, str] = field(default_factory=dict)
    opsets: list[tuple[str, str]] = field(default_factory=list)
    props: list[tuple[str, str]] = field(default_factory=list)
    tensors: list[tuple[str, str, str, list[str]]] = field(default_factory=list)
    initializers: set[str] = field(default_factory=set)
    left: int = _MOST_FIELDS

    def fields(self, view: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
        """Yield number, kind and value of the fields of a message; what has a length is a view, not a copy."""
        at, end = 0, len(view)
        while at < end:
            self.left -= 1
            if self.left < 0:
                raise LimitError(self.where, f"has more than {_MOST_FIELDS:,} entries")
            key, at = self._number(view, at)
            number, kind = key >> 3, key & 7
            if kind == _VARINT:
                value, at = self._number(view, at)
                yield number, kind, value
                continue
            if kind == _BYTES:
                size, at = self._number(view, at)
            elif kind in {_FIXED32, _FIXED64}:
                size = 4 if kind == _FIXED32 else 8
            else:
                raise SourceError(self.where, "is not an ONNX model, or damaged: it has an entry of an unknown kind")
            if number == 0 or at + size > end:
                raise SourceError(self.where, "is not an ONNX model, or breaks off: an entry is longer than the file")
            yield number, kind, view[at : at + size]
            at += size

    def _number(self, view: memoryview, at: int) -> tuple[int, int]:
        value = shift = 0
        while at < len(view) and shift < 70:  # noqa: PLR2004 - ten bytes are the most that a number takes
            byte = view[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004 - the highest bit says that another byte follows
                return value, at
            shift += 7
        raise SourceError(self.where, "is not an ONNX model, or breaks off within a number")

    def text(self, value: int | memoryview) -> str:
        """Return a field as text."""
        if isinstance(value, int):
            return str(value - (1 << 64) if value >= 1 << 63 else value)
        if len(value) > self.limits.cell_bytes:
            raise LimitError(self.where, f"has a text of {len(value):,} bytes, at most {self.limits.cell_bytes:,} are read")
        return bytes(value).decode("utf-8", "replace")

    def model(self, view: memoryview) -> None:
        """Read ModelProto."""
        for number, _, value in self.fields(view):
            if number in _TEXTS or number in _NUMBERS:
                self.cells[_TEXTS.get(number) or _NUMBERS[number]] = self.text(value)
            elif isinstance(value, memoryview) and number == _GRAPH:
                self.graph(value)
            elif isinstance(value, memoryview) and number in {_OPSET, _PROPS}:
                pair = {at: self.text(part) for at, _, part in self.fields(value)}
                rows = self.opsets if number == _OPSET else self.props
                self._room(len(rows))
                rows.append((pair.get(1, ""), pair.get(2, "")))
        if "ir_version" not in self.cells and "graph" not in self.cells:
            raise SourceError(self.where, "is not an ONNX model: it names neither a version nor a graph")

    def graph(self, view: memoryview) -> None:
        """Read GraphProto: names, inputs, outputs; nodes and weights are only counted."""
        counts: Counter[int] = Counter()
        for number, _, value in self.fields(view):
            counts[number] += 1
            if not isinstance(value, memoryview):
                continue
            if number == _GRAPH_NAME:
                self.cells["graph"] = self.text(value)
            elif number == _GRAPH_DOC:
                self.cells["graph_doc_string"] = self.text(value)
            elif number in {_GRAPH_INPUT, _GRAPH_OUTPUT}:
                self._room(len(self.tensors))
                self.tensor("input" if number == _GRAPH_INPUT else "output", value)
            elif number == _GRAPH_INITIALIZER:
                self.initializers.update(self.text(part) for at, _, part in self.fields(value) if at == _TENSOR_NAME)
        self.cells |= {"nodes": str(counts[_GRAPH_NODE]), "initializers": str(counts[_GRAPH_INITIALIZER])}

    def tensor(self, role: str, view: memoryview) -> None:
        """Read ValueInfoProto: name and, of a tensor, type and shape."""
        name, kind = "", ""
        shape: list[str] = []
        for number, _, value in self.fields(view):
            if number == 1:
                name = self.text(value)
            elif number == 2 and isinstance(value, memoryview):  # noqa: PLR2004 - type
                for at, _, tensor in self.fields(value):
                    if at == 1 and isinstance(tensor, memoryview):
                        kind, shape = self.shape(tensor)
        self.tensors.append((role, name, kind, shape))

    def shape(self, view: memoryview) -> tuple[str, list[str]]:
        """Return type and sizes of TypeProto.Tensor."""
        kind = ""
        sizes: list[str] = []
        for number, _, value in self.fields(view):
            if number == 1 and isinstance(value, int):
                kind = _TYPES[value] if value < len(_TYPES) else f"type {value}"
            elif isinstance(value, memoryview):
                for _, _, dimension in self.fields(value):
                    self._room(len(sizes))
                    parts = (
                        {at: self.text(part) for at, _, part in self.fields(dimension)}
                        if isinstance(dimension, memoryview)
                        else {}
                    )
                    sizes.append(parts.get(1) or parts.get(2) or "?")
        return kind, sizes

    def _room(self, count: int) -> None:
        if count >= _MOST_ROWS:
            raise LimitError(self.where, f"has more than {_MOST_ROWS:,} inputs, outputs or properties")

    def tables(self) -> dict[str, Table]:
        """Return the tables that have rows."""
        tensors = [row for row in self.tensors if row[0] == "output" or row[1] not in self.initializers]
        frames = {
            "model": pl.DataFrame({name: [text] for name, text in self.cells.items()}),
            "opset_import": _frame(("domain", "version"), self.opsets),
            "metadata_props": _frame(("key", "value"), self.props),
            "tensor": pl.DataFrame(
                {
                    "role": [row[0] for row in tensors],
                    "name": [row[1] for row in tensors],
                    "element_type": [row[2] for row in tensors],
                    "shape": pl.Series([row[3] for row in tensors], dtype=pl.List(pl.String)),
                    "_shape": [" x ".join(row[3]) for row in tensors],
                }
            ),
        }
        return {kind: Table(kind, frame.with_row_index(ROW, offset=1).lazy()) for kind, frame in frames.items() if frame.height}


def _frame(names: tuple[str, str], rows: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame({name: [row[at] for row in rows] for at, name in enumerate(names)}, dict.fromkeys(names, pl.String))
