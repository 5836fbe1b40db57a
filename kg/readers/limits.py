"""How large, deep and nested a foreign file may be before it is refused with a sentence instead of a crash."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for foreign files; the defaults let every real file of the field through many times over.

    Attributes:
        file_bytes: largest metadata file read into memory (tables stream and are not bound by it).
        archive_members: most members of one archive.
        archive_bytes: most bytes unpacked from one archive in all.
        archive_ratio: largest ratio of unpacked to packed bytes of one member, looked at above 1 MiB.
        json_depth: deepest nesting of JSON.
        xml_depth: deepest nesting of XML elements.
        xml_text_bytes: longest text or attribute of one XML element.
        columns: most columns of one table.
        cell_bytes: longest cell of a table.
        xml_cells: most cells, empty ones too, of the tables of one XML document.
        tree_cells: the same of one tree of values, such as JSON.
        place_characters: most characters of the places of all rows, which grow with every row however short it is.
        memory_bytes: most memory of the process that reads foreign files.
        seconds: longest time that one source may take to read.
    """

    file_bytes: int = 512 * MIB
    archive_members: int = 100_000
    archive_bytes: int = 2048 * MIB
    archive_ratio: float = 200.0
    json_depth: int = 200
    xml_depth: int = 200
    xml_text_bytes: int = 64 * MIB
    columns: int = 10_000
    cell_bytes: int = 16 * MIB
    xml_cells: int = 100_000_000
    tree_cells: int = 50_000_000
    place_characters: int = 512 * MIB
    memory_bytes: int = 6144 * MIB
    seconds: float = 300.0
