"""A row per gene, with phenotypes, scores of the study's own, and a reagent."""

from pathlib import Path

TEXT = """siRNA Identifier\tGene Identifier\tGene Symbol\tCell Score\tHas Phenotype\tPhenotype Annotation Level\tPhenotype 1\tPhenotype 2
s605\t7157\tTP53\t-0.652\tyes\tgene\tlarge nuclei\t
s606\t672\tBRCA1\t0\tno\tgene\t\t
"""


def make(folder: Path) -> Path:
    path = folder / "idr9004-screenB-processed.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path
