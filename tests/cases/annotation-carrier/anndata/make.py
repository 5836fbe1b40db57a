import h5py
import numpy as np

TEXT = h5py.string_dtype()


def texts(group, name, values):
    group.create_dataset(name, data=np.array(values, dtype=object), dtype=TEXT)


def table(group, index, columns):
    group.attrs["_index"] = "_index"
    group.attrs.create("column-order", np.array(list(columns), dtype=object), dtype=TEXT)
    texts(group, "_index", index)
    for name, (categories, codes) in columns.items():
        column = group.create_group(name)
        texts(column, "categories", categories)
        column.create_dataset("codes", data=np.array(codes, dtype="i1"))


def make(folder):
    path = folder / "spots.h5ad"
    with h5py.File(path, "w", track_order=True) as file:
        file.attrs["encoding-type"] = "anndata"
        obs = {
            "cell_type": (["B cell", "T cell"], [0, 1, 1]),
            "cell_type_ontology_term_id": (["CL:0000236", "CL:0000084"], [0, 1, 1]),
            "organism_ontology_term_id": (["NCBITaxon:9606"], [0, 0, 0]),
        }
        table(file.create_group("obs"), ["c1", "c2", "c3"], obs)
        table(file.create_group("var"), ["CD3", "CD20"], {})
        file.create_dataset("X", data=np.zeros((3, 2)))
        file.create_dataset("obsm/spatial", data=np.zeros((3, 2)))
        file.create_dataset("uns/spatial/lib/scalefactors/spot_diameter_fullres", data=89.4)
        texts(file["uns"], "title", ["Lymph node"])
    return path
