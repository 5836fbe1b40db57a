"""A row per well, named by plate and well in one column."""

from pathlib import Path

TEXT = """Plate_Well\tCompound Name\tCompound InChIKey\tNumber of Cells\tPhenotype 1\tPhenotype 1 Term Name\tPhenotype 1 Term Accession
P1_B02\tnocodazole\tKYRVNWMVYQXFEU-UHFFFAOYSA-N\t180\tround cells\tround cell phenotype\tCMPO_0000118
P1_B03\tDMSO\t\t206\t\t\t
"""


def make(folder: Path) -> Path:
    path = folder / "idr9006-screenA-processed.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path
