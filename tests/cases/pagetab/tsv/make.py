"""Writes a small PageTab submission as tab-separated text."""

from pathlib import Path

BLOCKS = [
    ["Submission\tS-BIAD99002", "Title\tSpores under the microscope", "ReleaseDate\t2024-02-29"],
    [
        "Study\ts-99002",
        'Description\t"Two lines,\n\nwith an empty one between them"',
        "Keyword\tspores",
        "License\tCC0",
        "[URL]\thttps://creativecommons.org/publicdomain/zero/1.0/legalcode",
        "Organism\tPenicillium",
        "(Ontology)\tNCBITaxon",
    ],
    ["# a remark of the submitter"],
    ["Author\tA-1\ts-99002", "Name\tCleo Sample", "<affiliation>\tO-1", "E-mail\tcleo@example.org"],
    ["Organization[s-99002]\tName\tAddress", "O-1\tSpore House\tSporeville", "O-2\tOther House"],
    ["Study Component\tSC-1\ts-99002", "Name\tPlates", "File List\tplates.tsv"],
    ["Files\tDescription\t(Unit)\tType", "plate 1.csv\tCounts\tspores\ttable", "plate 2.csv\tCounts\t\ttable"],
    ["Link\thttps://example.org/spores", "Description\tMore spores"],
    ["Links\tType", "ERP007058\tENA", "EMPIAR-10002\tEMPIAR"],
]


def make(folder: Path) -> Path:
    path = folder / "S-BIAD99002.tsv"
    path.write_text("\n\n".join("\n".join(block) for block in BLOCKS) + "\n", encoding="utf-8")
    return path
