"""A lock file of Poetry, invented."""

from pathlib import Path

TEXT = """\
[[package]]
name = "numpy"
version = "2.1.3"
description = "Arrays"
optional = false
python-versions = ">=3.10"
files = [
    {file = "numpy-2.1.3.tar.gz", hash = "sha256:aa11"},
]

[[package]]
name = "tifffile"
version = "2025.1.10"
description = "Read and write TIFF"
optional = false
python-versions = ">=3.10"
files = []

[package.dependencies]
numpy = "*"

[metadata]
lock-version = "2.0"
python-versions = "^3.11"
content-hash = "0011"
"""


def make(folder: Path) -> Path:
    path = folder / "poetry.lock"
    path.write_text(TEXT, encoding="utf-8")
    return path
