"""A Berkeley EMD file of version 0.2: one stack of images with its axes, the microscope, the sample and a person."""

from pathlib import Path

import h5py
import numpy as np


def make(folder: Path) -> Path:
    path = folder / "focal series.emd"
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        stack = file.create_group("data/stack")
        stack.attrs["emd_group_type"] = 1
        stack.create_dataset("data", data=np.zeros((3, 4, 5), "f4"))
        for name, size, step, unit in (("dim1", 3, 2.0, "[n_m]"), ("dim2", 4, 0.5, "[n_m]"), ("dim3", 5, 0.25, "[n_m]")):
            axis = stack.create_dataset(name, data=np.arange(size) * step)
            axis.attrs["name"], axis.attrs["units"] = name, unit
        microscope = file.create_group("microscope")
        microscope.attrs["name"], microscope.attrs["voltage"], microscope.attrs["voltage_units"] = "TEAM 3", 300.0, "[k_V]"
        file.create_group("user").attrs["name"] = "Cy"
        file.create_group("sample").attrs["material"] = "gold on carbon"
        file["again"] = h5py.SoftLink("/data/stack")
    return path
