"""An ISA-Tab investigation with an imaging assay: what microscopists write into Parameter Value, terms, units, files."""

ONTOLOGIES = "ONTOLOGY SOURCE REFERENCE\nTerm Source Name\tNCBITaxon\tFBbi\nTerm Source File\thttp://purl.obolibrary.org/obo/ncbitaxon.owl\t\n"
SECTIONS = {
    "INVESTIGATION": {"Investigation Identifier": ["INV-9"], "Investigation Title": ["Leaves under light"]},
    "INVESTIGATION CONTACTS": {"Investigation Person Last Name": ["Boss"], "Investigation Person First Name": ["Bea"]},
    "STUDY": {
        "Study Identifier": ["LEAF-1"],
        "Study Title": ["Chloroplasts of shaded leaves"],
        "Study Description": ['Leaves were shaded,\nand "then" imaged.'],
        "Study Public Release Date": ["2026-02-03"],
        "Study File Name": ["s_leaf.txt"],
        "Comment[Study Grant Number]": ["G-1"],
    },
    "STUDY DESIGN DESCRIPTORS": {
        "Study Design Type": ["time series design"],
        "Study Design Type Term Accession Number": ["http://purl.obolibrary.org/obo/OBI_0500020"],
        "Study Design Type Term Source REF": ["OBI"],
    },
    "STUDY PUBLICATIONS": {
        "Study PubMed ID": ["12345678"],
        "Study Publication DOI": ["10.1234/LEAF"],
        "Study Publication Title": ["Leaves"],
        "Study Publication Author List": ["Leaf L"],
    },
    "STUDY FACTORS": {"Study Factor Name": ["shade"], "Study Factor Type": ["light"]},
    "STUDY ASSAYS": {
        "Study Assay File Name": ["a_leaf_imaging.txt", "a_lost.txt"],
        "Study Assay Measurement Type": ["organelle morphology", ""],
        "Study Assay Technology Type": ["confocal microscopy", ""],
        "Study Assay Technology Type Term Accession Number": ["http://purl.obolibrary.org/obo/FBbi_00000251", ""],
        "Study Assay Technology Type Term Source REF": ["FBbi", ""],
        "Study Assay Technology Platform": ["Zeiss LSM 980", ""],
    },
    "STUDY PROTOCOLS": {
        "Study Protocol Name": ["growth", "imaging"],
        "Study Protocol Type": ["growth protocol", "image acquisition"],
        "Study Protocol Description": ["Grown for 3 weeks.", ""],
        "Study Protocol Parameters Name": ["", "objective;exposure time"],
    },
    "STUDY CONTACTS": {
        "Study Person Last Name": ["Leaf", "Stem"],
        "Study Person First Name": ["Lea", "Sam"],
        "Study Person Mid Initials": ["M", ""],
        "Study Person Email": ["lea@example.org", ""],
        "Study Person Affiliation": ["Institute of Leaves", "Institute of Leaves"],
        "Study Person Roles": ["principal investigator role;author", ""],
        "Comment[Study Person ORCID]": ["https://orcid.org/0000-0002-1825-0097", ""],
    },
}
STUDY = [
    ["Source Name", "Characteristics[organism]", "Term Source REF", "Term Accession Number", "Characteristics[age]", "Unit",
     "Protocol REF", "Sample Name", "Factor Value[shade]", "Unit", "Term Source REF", "Term Accession Number"],
    ["plant 1", "Arabidopsis thaliana", "NCBITaxon", "http://purl.obolibrary.org/obo/NCBITaxon_3702", "3", "week",
     "growth", "leaf 1", "50", "percent", "UO", "http://purl.obolibrary.org/obo/UO_0000187"],
    ["plant 1", "Arabidopsis thaliana", "NCBITaxon", "http://purl.obolibrary.org/obo/NCBITaxon_3702", "3", "week",
     "growth", "leaf 2", "0", "percent", "UO", "http://purl.obolibrary.org/obo/UO_0000187"],
]  # fmt: skip
ASSAY = [
    ["Sample Name", "Protocol REF", "Parameter Value[microscope]", "Parameter Value[objective]",
     "Parameter Value[objective magnification]", "Parameter Value[numerical aperture]", "Parameter Value[exposure time]", "Unit",
     "Parameter Value[temperature (Cel)]", "Performer", "Date", "Assay Name", "Raw Data File", "Comment[MD5]"],
    ["leaf 1", "imaging", "LSM 980", "Plan-Apochromat 63x/1.4", "63x", "1.4", "200", "millisecond", "22", "Lea Leaf",
     "2026-01-02", "run 1", "leaf1.czi", "0cc175b9c0f1b6a831c399e269772661"],
    ["leaf 2", "imaging", "LSM 980", "Plan-Apochromat 63x/1.4", "63x", "1.4", "100", "millisecond", "22", "Lea Leaf",
     "2026-01-02", "run 2", "leaf2.czi", "not told", "beyond"],
]  # fmt: skip


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


def make(folder):
    lines = [ONTOLOGIES]
    for heading, keys in SECTIONS.items():
        lines.append(heading + "\n")
        lines.extend("\t".join([key, *map(quoted, cells)]) + "\n" for key, cells in keys.items())
    path = folder / "i_leaf.txt"
    path.write_text("".join(lines), encoding="utf-8")
    for name, rows in {"s_leaf.txt": STUDY, "a_leaf_imaging.txt": ASSAY}.items():
        (folder / name).write_text("".join("\t".join(row) + "\r\n" for row in rows), encoding="utf-8", newline="")
    return path
