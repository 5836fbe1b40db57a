"""Tables of a zarr hierarchy: those of the tree of its nodes, with the cells that its shape implies beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from kg.problem import Problem
from kg.readers import tree
from kg.readers.ome.zarr_cells import Derived, date, place_of, storage
from kg.readers.ome.zarr_grid import Grid, grid_of, objects, text
from kg.readers.ome.zarr_nodes import TOP, Node, joined
from kg.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.readers.limits import Limits
    from kg.readers.ome.zarr_grid import Json
    from kg.readers.ome.zarr_nodes import Nodes
    from kg.readers.ome_xml import Document

GROUPS, ARRAYS = "zarr_group", "zarr_array"

_PLACE = re.compile(rf"(?:{GROUPS}|{ARRAYS})\[(\d+)\]")
_NOTHING: Mapping[str, str] = MappingProxyType({})


def tables_of(
    nodes: Nodes, documents: Mapping[str, Document], limits: Limits, where: str
) -> tuple[dict[str, Table], list[Problem]]:
    """Return the tables, and what is wrong with the grids.

    Args:
        nodes: all nodes.
        documents: OME-XML by the path of its folder.
        limits: bounds of the tables.
        where: key of the source.
    """
    groups = [node for node in nodes.by_path.values() if node.kind == "group"]
    arrays = [node for node in nodes.by_path.values() if node.kind == "array"]
    value = {GROUPS: [node.values for node in groups], ARRAYS: [node.values for node in arrays]}
    derived = _Derived(nodes, documents, where)
    for node in groups:
        derived.take(node)
    for node in arrays:
        derived.cells[node.name, "", "0"] = storage(node.values)
    places = {GROUPS: groups, ARRAYS: arrays}
    tables = {}
    for kind, table in tree.tables_of({name: rows for name, rows in value.items() if rows}, limits, where).items():
        if kind != tree.ROOT:
            tables[kind] = Table(kind, _completed(kind, table.frame.collect(), places, derived).lazy())
    return tables, derived.problems


def _completed(kind: str, frame: pl.DataFrame, places: Mapping[str, Sequence[Node]], derived: _Derived) -> pl.DataFrame:
    """Return a table with ``_node`` and the derived cells of its rows."""
    idents, paths = frame["_id"].to_list(), frame["_path"].to_list()
    nodes = [_node(ident, path, places) for ident, path in zip(idents, paths, strict=True)]
    new = [
        pl.Series("_node", [node.name for node in nodes], pl.String),
        pl.Series("_place", [node.path or None for node in nodes], pl.String),
    ]
    rows = [
        derived.cells.get((node.name, path.partition(".")[2], index), _NOTHING)
        for node, path, index in zip(nodes, paths, _indexes(kind, frame), strict=True)
    ]
    names = {name: None for row in rows for name in row}
    new.extend(pl.Series(name, [row.get(name) for row in rows], pl.String) for name in names)
    return frame.with_columns(new)


def _indexes(kind: str, frame: pl.DataFrame) -> list[str]:
    """Return by which index the derived cells of each row are filed: its own, after that of the image it is part of."""
    if kind in {GROUPS, ARRAYS}:
        return ["0"] * len(frame)
    own, parents = frame["_index"].to_list(), frame["_parent"].to_list()
    inner = re.compile(r"\.multiscales\[(\d+)\]$")
    found = [inner.search(parent or "") for parent in parents]
    return [f"{int(match[1]) - 1}.{index}" if match else index for match, index in zip(found, own, strict=True)]


def _node(ident: str, path: str, places: Mapping[str, Sequence[Node]]) -> Node:
    match = _PLACE.match(ident)
    position = int(match[1]) - 1 if match else 0
    return places[path.partition(".")[0]][position]


@dataclass(slots=True)
class _Derived:
    """Cells that a hierarchy implies, by node, path of the table within the node, and index of the row."""

    nodes: Nodes
    documents: Mapping[str, Document]
    where: str
    cells: dict[tuple[str, str, str], Derived] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    well_names: dict[str, str] = field(default_factory=dict)
    by_place: dict[tuple[str, str], str] | None = None

    def take(self, node: Node) -> None:
        """File what a group implies."""
        what = node.what()
        row = self.cells[(node.name, "", "0")] = {"_what": what}
        if what == "label":
            self._set(row, "_image", self._source_of(node))
        images = objects(node.values.get("multiscales"))
        for index, image in enumerate(images):
            self._take_image(node, image, index, what)
        if images:
            row.update(self.cells[(node.name, "multiscales", "0")])
        self._take_channels(node)
        plate, well = node.values.get("plate"), node.values.get("well")
        if isinstance(plate, dict):
            row["_rows"], row["_columns"] = str(len(objects(plate.get("rows")))), str(len(objects(plate.get("columns"))))
            row["_plate"] = self._plate_name(node)
            self._take_plate(node, plate)
        if isinstance(well, dict):
            row["_plate"] = self._plate_name(self._plate_of(node))
            row["_well"] = self.well_names.get(node.path, node.name)
            self._take_well(node, well)

    def _take_image(self, node: Node, image: Json, index: int, what: str) -> None:
        own = node.name if index == 0 else f"{node.name} {index + 1}"
        known = self._known_to_ome(node)
        cells = {"_pyramid": own}
        if what == "label":
            self._set(cells, "_image", self._source_of(node))
            cells["_label"] = "true"
        else:
            cells["_image"] = known or own
            if not known:
                cells["_own"] = own
        levels = objects(image.get("datasets"))
        for level, dataset in enumerate(levels):
            grid, array, path = self._grid(node, image, dataset)
            row = {**grid.cells(), **storage(array), "_pyramid": own}
            self._set(row, "_array", path)
            self._set(row, "_image", cells.get("_image"))
            self.cells[(node.name, "multiscales.datasets", f"{index}.{level}")] = row
            if level == 0:
                cells |= {name: cell for name, cell in row.items() if name != "_array"}
        cells["_levels"] = str(len(levels))
        self.cells[(node.name, "multiscales", str(index))] = cells

    def _grid(self, node: Node, image: Json, dataset: Json) -> tuple[Grid, Json | None, str | None]:
        path = joined(node.path, dataset.get("path"))
        found = self.nodes.by_path.get(path) if path is not None else None
        array = found.values if found and found.kind == "array" else None
        grid = grid_of(image, dataset, array, text(image.get("version")) or node.version())
        if grid.odd:
            repair = "kept as text, no pixel size is taken from it"
            column = f"{node.name}, multiscales.datasets"
            self.problems.append(Problem(self.where, "zarr-axes", grid.odd, "one number per axis", column, repair=repair))
        return grid, array, path

    def _take_channels(self, node: Node) -> None:
        omero = node.values.get("omero")
        image = self.cells.get((node.name, "multiscales", "0"), {})
        for index, _ in enumerate(objects(omero.get("channels"))) if isinstance(omero, dict) else ():
            names = {name: cell for name, cell in image.items() if name in {"_pyramid", "_image", "_own", "_label"}}
            self.cells[(node.name, "omero.channels", str(index))] = names or {"_image": node.name, "_own": node.name}

    def _take_plate(self, node: Node, plate: Json) -> None:
        for index, well in enumerate(objects(plate.get("wells"))):
            path = joined(node.path, well.get("path"))
            if path is not None:
                known = self._well_in_ome(text(well.get("rowIndex")), text(well.get("columnIndex")))
                self.well_names[path] = known or path
                row = {"_well": known or path, "_plate": self._plate_name(node), **place_of(plate, well)}
                self.cells[(node.name, "plate.wells", str(index))] = row
        for index, run in enumerate(objects(plate.get("acquisitions"))):
            dates = {"_start": date(text(run.get("starttime"))), "_end": date(text(run.get("endtime")))}
            dates["_plate"] = self._plate_name(node)
            self.cells[(node.name, "plate.acquisitions", str(index))] = {name: cell for name, cell in dates.items() if cell}

    def _take_well(self, node: Node, well: Json) -> None:
        for index, image in enumerate(objects(well.get("images"))):
            path = joined(node.path, image.get("path"))
            found = self.nodes.by_path.get(path) if path is not None else None
            row = {"_plate": self._plate_name(self._plate_of(node)), "_well": self.well_names.get(node.path, node.name)}
            if path is not None:
                known = self._known_to_ome(found) if found else ""
                row["_image"] = known or path
                self._set(row, "_own", None if known else path)
            if found is None:
                row["_absent"] = "true"
            self.cells[(node.name, "well.images", str(index))] = row

    @staticmethod
    def _set(cells: Derived, name: str, cell: str | None) -> None:
        if cell:
            cells[name] = cell

    def _source_of(self, node: Node) -> str | None:
        """Return the name of the image that a label was made from: as it says, else the group that holds its labels."""
        label = node.values.get("image-label")
        source = label.get("source") if isinstance(label, dict) else None
        path = joined(node.path, source.get("image")) if isinstance(source, dict) and node.path else None
        if path is None and "labels/" in node.path:
            path = f"/{node.path}".rpartition("/labels/")[0].strip("/")
        image = self.nodes.by_path.get(path) if path is not None else None
        if image is None:
            return path
        return self._known_to_ome(image) or image.name

    def _plate_of(self, node: Node) -> Node | None:
        """Return the plate that a well lies in, if it is part of the source."""
        path = node.path
        while path:
            path = path.rpartition("/")[0]
            above = self.nodes.by_path.get(path)
            if above and "plate" in above.values:
                return above
        return None

    def _plate_name(self, plate: Node | None) -> str:
        """Return the ID of the only plate of the OME-XML, else the path of the group; empty for no plate."""
        if plate is None:
            return ""
        known = self._plates()
        return str(known["_plate"][0]) if known is not None else plate.name

    def _plates(self) -> pl.DataFrame | None:
        found = [plates for document in self.documents.values() if (plates := document.frames.get("Plate")) is not None]
        return found[0] if len(found) == 1 and len(found[0]) == 1 else None

    def _well_in_ome(self, row: str, column: str) -> str:
        if self._plates() is None:
            return ""
        wells = next(
            (wells for document in self.documents.values() if (wells := document.frames.get("Well")) is not None), None
        )
        if wells is None or not {"Row", "Column", "ID"} <= set(wells.columns):
            return ""
        if self.by_place is None:
            self.by_place = dict(zip(zip(wells["Row"], wells["Column"], strict=True), wells["ID"], strict=True))
        return self.by_place.get((row, column)) or ""

    def _known_to_ome(self, node: Node) -> str:
        """Return the ID of the image in the OME-XML that lies beside it: by the list of series, else by its number."""
        for folder, document in self.documents.items():
            above, _, _ = folder.rpartition("/")
            if above and not node.path.startswith(f"{above}/"):
                continue
            images = document.frames.get("Image")
            if images is None:
                continue
            inside = node.path.removeprefix(f"{above}/") if above else node.path
            listed = self.nodes.by_path.get(folder)
            series = listed.values.get("series") if listed else None
            names = [text(item) for item in series] if isinstance(series, list) else list(map(str, range(len(images))))
            if inside in names and names.index(inside) < len(images):
                return str(images["_image"][names.index(inside)])
        return ""


def _name(path: str) -> str:
    return path or TOP
