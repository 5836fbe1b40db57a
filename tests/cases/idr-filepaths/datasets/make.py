"""Files that go into the data sets of an experiment."""

from pathlib import Path


def make(folder: Path) -> Path:
    path = folder / "idr9005-experimentA-filePaths.tsv"
    lines = [
        "Dataset:name:Larva 3\t/uod/idr/filesets/idr9005/larva3.czi\textra",
        "Project:name:idr9005/experimentA/Dataset:name:Larva 4\t../patterns/larva4.pattern",
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
