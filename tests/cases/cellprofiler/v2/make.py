"""A pipeline of CellProfiler 2 inside a project, invented."""

from pathlib import Path

import h5py

TEXT = r"""CellProfiler Pipeline: http://www.cellprofiler.org
Version:1
SVNRevision:11710

LoadImages:[module_num:1|svn_version:\'11587\'|variable_revision_number:11|show_window:False|notes:\x5B\x5D]
    File type to be loaded:individual images
    Regular expression that finds metadata in the file name:^(?P<Plate>.*)_(?P<Well>\x5BA-P\x5D\x5B0-9\x5D{2})
    Input image file location:Default Input Folder\x7CNone
"""


def make(folder: Path) -> Path:
    path = folder / "old.cpproj"
    with h5py.File(path, "w") as file:
        place = file.create_group("Measurements/2012-05-01-10-00-00/Experiment/Pipeline_Pipeline")
        place.create_dataset("data", data=[TEXT.encode()], dtype=h5py.string_dtype())
    return path
