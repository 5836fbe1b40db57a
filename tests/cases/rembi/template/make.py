"""A filled workbook of the project's own template."""

from pathlib import Path

from openpyxl import load_workbook

TEMPLATE = Path(__file__).resolve().parents[4] / "templates" / "bioimage-kg.xlsx"
FILLED = {
    "Study": {
        "Title": "Snail shells at night",
        "Keywords": "snail; shell",
        "License": "https://creativecommons.org/licenses/by/4.0/",
    },
    "Authors": {"Name": "Ada Sample", "ORCID": "0000-0002-1825-0097", "Affiliation": "Institute of Slowness"},
    "Study Component": {
        "Name": "Shell scan",
        "Component type": "dataset",
        "Specimen": "S1",
        "Image acquisition": "A1",
        "Analysis": "Counting",
    },
    "Biosample": {
        "Name": "B1",
        "Organism": "Mus musculus",
        "Organism accession": "NCBITaxon:10090",
        "Cell type": "neuron",
        "Intrinsic variables": "genotype: wild type; litter: 3",
        "Age": "8 weeks",
    },
    "Specimen": {
        "Name": "S1",
        "Biosample": "B1",
        "Fixation": "4% PFA",
        "Section thickness [um]": 70,
        "Sample preparation protocol": "Fixed and sliced",
    },
    "Image Acquisition": {
        "Name": "A1",
        "Imaging method": "confocal microscopy",
        "Operator": "Ada Sample",
        "Instrument manufacturer": "Acme",
        "Instrument model": "Scope 3",
        "Objective": "Plan 40x",
        "Magnification": 40,
        "Numerical aperture": 1.3,
        "Immersion": "Oil",
        "Temperature [Cel]": 37,
    },
    "Channel": {
        "Name": "green",
        "Image acquisition": "A1",
        "Fluorophore": "EGFP",
        "Excitation wavelength [nm]": 488,
        "Exposure time [s]": "50 ms",
    },
    "Image": {
        "Name": "I1",
        "Study component": "Shell scan",
        "Specimen": "S1",
        "Image acquisition": "A1",
        "File path": "raw/i1.tif",
        "Size X": 512,
        "Pixel size X [um]": 0.25,
        "Channels": "green; red",
    },
    "Image Correlation": {"Study component": "Shell scan", "Fiducials used": "beads"},
    "Analysis": {"Name": "Counting", "Software": "Fiji", "Software version": "2.9"},
    "Annotation": {
        "Name": "Masks",
        "Overview": "Shells, outlined",
        "Annotation type": "segmentation_mask",
        "Annotation source": "expert",
        "Source image": "I1",
        "File path": "masks/i1.tif",
    },
    "AssayConditions": {
        "Plate": "P1",
        "Well": "A01",
        "Cell line": "HeLa",
        "Gene symbol": "TP53",
        "siRNA": "s605",
        "Compound": "nocodazole",
        "Concentration [umol/L]": 0.5,
        "Treatment duration [s]": "2 h",
        "Control type": "negative control",
    },
}


def make(folder: Path) -> Path:
    book = load_workbook(TEMPLATE)
    for sheet, row in FILLED.items():
        page = book[sheet]
        headers = [cell.value for cell in page[1]]
        for header, value in row.items():
            page.cell(2, headers.index(header) + 1, value)
    path = folder / "filled.xlsx"
    book.save(path)
    return path
