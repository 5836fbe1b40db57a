"""A list of plates and one of data sets share a form: no header, the target or name before the path."""

from pathlib import Path


def make(folder: Path) -> Path:
    path = folder / "idr9004-screenB-plates.tsv"
    path.write_text("Plate-1\t../screens/Plate-1.screen\nPlate-2\t/uod/idr/filesets/idr9004/Plate 2\n", encoding="utf-8")
    return path
