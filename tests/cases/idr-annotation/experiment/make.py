"""An experiment, tab-separated: images with source, assay, antibodies, channels of their own, pixel size, and a row without image."""

from pathlib import Path

ROWS = (
    (
        "Source Name", "Characteristics [Organism]", "Term Source 1 REF", "Term Source 1 Accession", "Characteristics [Organism Part]",
        "Term Source 2 REF", "Term Source 2 Accession", "Characteristics [Age]", "Characteristics [Smoking Status]",
        "Experimental Condition [Primary Antibody 1]", "Primary Antibody Identifier 1", "Primary Antibody 1 Dilution", "Assay Name",
        "Dataset Name", "Image Name", "Comment[Image File Path]", "Comment [Image File Type]", "Comment [Pixel Size]",
        "Label Ch0", "Probe Ch0", "Chr Ch0", "Start Ch0", "End Ch0", "Experimental Condition [Microscope Objective]",
        "Experimental Condition [Microscope Magnification]",
    ),
    (
        "Donor 1", "Homo sapiens", "NCBITaxon", "NCBITaxon_9606", "lung", "UBERON", "UBERON_0002048", "6 weeks", "Unknown",
        "CD3", "AB_868901", "1:50", "Biopsy", "Lung / é", "a b.tif", "disk 1/a b.tif", "raw", "0.65 x 0.65 x 2 µm",
        "ATTO-565", "102a", "chr2", "136765000", "137215000", "Neofluar", "40x",
    ),
    ("Donor 2", "Homo sapiens", "NCBITaxon", "NCBITaxon_9606", "lung", "", "", "59", "", *[""] * 16),
)  # fmt: skip


def make(folder: Path) -> Path:
    """Write the table; ``.csv`` holds tabs, as about half of those of IDR do."""
    path = folder / "idr9003-experimentB-annotation.csv"
    path.write_text("".join("\t".join(row) + "\r\n" for row in ROWS), encoding="utf-8-sig", newline="")
    return path
