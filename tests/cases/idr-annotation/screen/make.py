"""A screen: brackets in plate names, two siRNAs in one well, phenotypes in lock step, an auto-filled accession, a compound."""

from pathlib import Path

TABLE = """\
Plate,Well,Characteristics [Organism],Term Source 1 REF,Term Source 1 Accession,Characteristics[Cell Line],Term Source 2 REF,\
Term Source 2 Accession,siRNA Identifier,Sense Sequence,Gene Identifier,Gene Symbol,Control Type,Compound Name,Compound InChIKey,\
Compound Concentration (microMolar),Well Number,Has Phenotype,Phenotype 1,Phenotype 1 Term Name,Phenotype 1 Term Accession,\
Phenotype 2,Phenotype 2 Term Name,Phenotype 2 Term Accession,Experimental Condition [Temperature],Mean Area
P[1] x,A1,Homo sapiens,NCBITaxon,NCBITaxon_9606,HeLa,EFO,EFO_0001185,s1,UAGGAAAU,ENSG00000166851,PLK1,,,,,1,yes,\
"round, small",round cell phenotype,CMPO_0000118,,,,37 C,1.50
P[1] x,A1,Homo sapiens,NCBITaxon,NCBITaxon_9607,HeLa,EFO,EFO_0001185,s2,GCAGUGCU,ENSG00000087586,AURKA,,,,,1,yes,\
,,,large cells,increased cell size phenotype,CMPO_0000128,37 C,007
P[1] x,A2,Homo sapiens,NCBITaxon,NCBITaxon_9606,HeLa,EFO,EFO_0001185,,,N/A,NA,negative control,DMSO,IAZDPXIOMUYVGZ-UHFFFAOYSA-N,\
1.50,r01c02,no,,,,,,,none,
"""


def make(folder: Path) -> Path:
    """Write the table under the name that IDR would give it."""
    path = folder / "idr9003-screenA-annotation.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path
