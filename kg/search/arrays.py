"""Arrays: the columns of search sidecars, written once and mapped into memory by readers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from kg.errors import StoreError

Ints: TypeAlias = npt.NDArray[np.int32]
Floats: TypeAlias = npt.NDArray[np.float64]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Mask: TypeAlias = npt.NDArray[np.bool_]
Array: TypeAlias = npt.NDArray[Any]

_HEAD, _ALIGNED = 8, 64
_FEW = 8  # one in so many: few enough to be looked up one by one


def write_arrays(folder: Path, name: str, arrays: Mapping[str, Array]) -> None:
    """Write arrays of one dimension together as ``name.arrays``: a head of JSON with types, lengths and places, then all."""
    head, place = {}, 0
    for part, values in arrays.items():
        head[part] = {"type": values.dtype.str, "length": len(values), "at": place}
        place += -(-values.nbytes // _ALIGNED) * _ALIGNED
    text = json.dumps(head).encode()
    text = text.ljust(-(-(len(text) + _HEAD) // _ALIGNED) * _ALIGNED - _HEAD)
    with (folder / f"{name}.arrays").open("wb") as out:
        out.write(len(text).to_bytes(_HEAD, "little") + text)
        for values in arrays.values():
            data = np.ascontiguousarray(values)
            out.write(data.data if len(data) else b"")
            out.write(bytes(-data.nbytes % _ALIGNED))


def read_arrays(folder: Path, name: str) -> dict[str, Array]:
    """Map arrays that were written together; they are read when looked at.

    Raises:
        StoreError: the file is missing or damaged.
    """
    path = folder / f"{name}.arrays"
    try:
        whole = np.memmap(path, dtype=np.uint8, mode="r")
        start = _HEAD + int.from_bytes(whole[:_HEAD].tobytes(), "little")
        found = {}
        for part, about in json.loads(whole[_HEAD:start].tobytes()).items():
            kind = np.dtype(about["type"])
            first = start + about["at"]
            found[part] = np.asarray(whole[first : first + about["length"] * kind.itemsize]).view(kind)
    except OSError as error:
        raise StoreError(str(path), f"the search data cannot be read ({error.strerror or error})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(str(path), f"the search data is damaged ({error})") from error
    return found


class Strings:
    """A long list of texts, mapped: the bytes of all, and where each begins."""

    def __init__(self, folder: Path, name: str) -> None:
        """Map a list written by ``write_strings``."""
        mapped = read_arrays(folder, name)
        self._bytes = mapped["bytes"].data  # a piece of it is made in a third of the time of one of an array
        self._starts = mapped["starts"].data

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._starts) - 1

    def __getitem__(self, place: int) -> str:
        """Return one text."""
        return str(self._bytes[self._starts[place] : self._starts[place + 1]], "utf-8", "replace")

    def many(self, places: Iterable[int]) -> list[str]:
        """Return several texts."""
        return [self[place] for place in places]

    def find(self, text: str) -> range:
        """Return the places of the texts that are the same but for case and blanks; the list must be sorted by ``folded``."""
        key = folded(text)
        return range(self._first(key, after=False), self._first(key, after=True))

    def beginning(self, text: str) -> range:
        """Return the places of the texts that begin so; the list must be sorted by ``folded``."""
        key = folded(text)
        return range(self._first(key, after=False), self._first(key + chr(0x10FFFF), after=True))

    def _first(self, key: str, *, after: bool) -> int:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            found = folded(self[middle])
            if found < key or (after and found == key):
                low = middle + 1
            else:
                high = middle
        return low


def folded(text: str) -> str:
    """Return the form of a text by which values are compared: one blank between words, no difference of case.

    >>> folded(" OME-TIFF  file")
    'ome-tiff file'
    """
    return " ".join(text.casefold().split())


def write_strings(folder: Path, name: str, texts: Iterable[str]) -> int:
    """Write a list of texts; return how many."""
    encoded = [text.encode("utf-8", "replace") for text in texts]
    starts = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(one) for one in encoded], out=starts[1:])
    write_arrays(folder, name, {"bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8), "starts": starts})
    return len(encoded)


def span_of(rows: Ints, record: int) -> slice:
    """Return where a number stands in an ascending list."""
    # A key of another type would have the whole list converted.
    first, last = np.searchsorted(rows, np.array((record, record + 1), dtype=rows.dtype)).tolist()
    return slice(first, last)


def spans_of(rows: Ints, records: Ints, single: Bytes | None = None) -> tuple[Array, Array]:
    """Return where numbers stand in an ascending list: of each the first place, and the one after its last.

    Args:
        rows: the list.
        records: the numbers, in any order.
        single: as ``Coded`` has it: where the place of a number is the number, nothing need be looked up.
    """
    wanted = records.astype(rows.dtype, copy=False)
    if single is not None and single[0]:
        return np.minimum(wanted, len(rows)), np.minimum(wanted + np.int32(1), len(rows))
    return np.searchsorted(rows, wanted), np.searchsorted(rows, wanted, side="right")


def laid_out(first: Array, last: Array) -> tuple[Array, Array]:
    """Return the places of several spans one after the other, and of each place the number of its span."""
    lengths = last - first
    owner = np.repeat(np.arange(len(first)), lengths)
    before = np.cumsum(lengths) - lengths
    return np.arange(len(owner)) + (first - before)[owner], owner


@dataclass(frozen=True, slots=True)
class Coded:
    """Values of a field that are numbers of a list: terms, or texts of the field's own dictionary.

    Attributes:
        rows: record of each value, ascending.
        codes: the value.
        said: who said it, as a number of the sidecar's list.
        entity: thing that said it, as a number of the sidecar's list of things.
        used: the distinct codes, ascending.
        starts: for each of ``used``, where its records begin in ``by_code``; one more at the end.
        by_code: records by code, ascending within each.
        single: one number, 1 where each record from the first on has exactly one value.
    """

    rows: Ints
    codes: Ints
    said: Bytes
    entity: Ints
    used: Ints
    starts: npt.NDArray[np.int64]
    by_code: Ints
    single: Bytes

    @classmethod
    def read(cls, folder: Path, name: str) -> Coded:
        """Map the values of a field."""
        mapped = read_arrays(folder, name)
        return cls(*(mapped[part] for part in cls.__slots__))

    def records_of(self, code: int) -> Ints:
        """Return the records that have a value, ascending; empty for a value that nobody has."""
        place = int(np.searchsorted(self.used, code))
        if place == len(self.used) or self.used[place] != code:
            return self.by_code[:0]
        return self.by_code[self.starts[place] : self.starts[place + 1]]

    def spans_of(self, codes: Ints) -> tuple[Array, Array]:
        """Return where the records of values begin and end in ``by_code``; values that nobody has are left out."""
        places = np.searchsorted(self.used, codes)
        there = places < len(self.used)
        places = places[there]
        places = places[self.used[places] == codes[there]]
        return self.starts[places], self.starts[places + 1]

    def values_of(self, record: int) -> slice:
        """Return where the values of a record stand."""
        return span_of(self.rows, record)

    def counts(self, records: Ints | None) -> tuple[Ints, Array]:
        """Return the distinct codes and how many of some records (ascending; all where None) have each."""
        if records is None:
            return self.used, np.diff(self.starts)
        if not len(self.used):
            return self.used, np.zeros(0, dtype=np.int64)
        among = self.codes[places_of(self.rows, self.single, records)]
        return self.used, np.bincount(among, minlength=int(self.used[-1]) + 1)[self.used]


def write_coded(folder: Path, name: str, rows: Ints, codes: Ints, said: Bytes, entity: Ints) -> None:
    """Write the values of a field; ``rows`` ascending, no pair of row and code twice."""
    order = np.lexsort((rows, codes))
    used, starts = np.unique(codes[order], return_index=True)
    parts: dict[str, Array] = {
        "rows": rows,
        "codes": codes,
        "said": said,
        "entity": entity,
        "used": used.astype(np.int32),
        "starts": np.append(starts, len(codes)).astype(np.int64),
        "by_code": rows[order],
        "single": _single(rows),
    }
    write_arrays(folder, name, parts)


@dataclass(frozen=True, slots=True)
class Measured:
    """Values of a field that are numbers; dates are seconds since 1970.

    Attributes:
        rows: record of each value, ascending.
        values: the values, ascending within a record.
        said: who said it.
        single: one number, 1 where each record from the first on has exactly one value.
    """

    rows: Ints
    values: Floats
    said: Bytes
    single: Bytes

    @classmethod
    def read(cls, folder: Path, name: str) -> Measured:
        """Map the values of a field."""
        mapped = read_arrays(folder, name)
        return cls(*(mapped[part] for part in cls.__slots__))

    def values_of(self, record: int) -> slice:
        """Return where the values of a record stand."""
        return span_of(self.rows, record)


def write_measured(folder: Path, name: str, rows: Ints, values: Floats, said: Bytes) -> None:
    """Write the values of a field; ascending by row, then by value."""
    write_arrays(folder, name, {"rows": rows, "values": values, "said": said, "single": _single(rows)})


def places_of(rows: Ints, single: Bytes, records: Ints) -> Array:
    """Return the places of all values of some records, both ascending; ``single`` as ``Coded`` has it."""
    if single[0]:
        return records if not len(records) or records[-1] < len(rows) else records[: np.searchsorted(records, len(rows))]
    if len(records) * _FEW < len(rows):  # look each of them up
        return laid_out(*spans_of(rows, records))[0]
    mask = np.zeros(int(max(records[-1], rows[-1])) + 1, dtype=bool)
    mask[records] = True
    return np.flatnonzero(mask[rows])


def _single(rows: Ints) -> Bytes:
    """Return a 1 where the records from the first on have one value each, so that the place of a value is its record."""
    return np.array([np.array_equal(rows, np.arange(len(rows), dtype=rows.dtype))], dtype=np.uint8)
