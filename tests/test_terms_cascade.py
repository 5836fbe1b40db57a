"""The tiers of the index resolver, one by one: variants, likeness, ties, organisms, lists, scopes, abstention."""

from __future__ import annotations

import random
import string
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.schema import Branch
from kg.term import Decision, Query
from kg.terms import IndexResolver, TermIndex
from kg.terms.build import add_files

HEAD = "curie\tlabel\tparents\tpart_of\tsynonyms\tobsolete\treplaced_by\n"
FBBI = """
FBbi:00000222 ; imaging method
FBbi:00000246 ; fluorescence microscopy ; FBbi:00000222 ; ; FM|epifluorescence [narrow]|glow imaging [broad]|glow [related]
FBbi:00000251 ; confocal microscopy ; FBbi:00000246 ; ; CLSM
FBbi:00000243 ; bright-field microscopy ; FBbi:00000222
FBbi:00000258 ; transmission electron microscopy ; FBbi:00000222 ; ; TEM
FBbi:00000257 ; scanning electron microscopy ; FBbi:00000222 ; ; SEM
FBbi:00000332 ; super-resolution microscopy ; FBbi:00000222
FBbi:00000400 ; polarized colour microscopy ; FBbi:00000222
FBbi:00000369 ; light sheet fluorescence microscopy ; FBbi:00000246 ; ; twin method
FBbi:00000370 ; structured light method ; FBbi:00000222 ; ; twin method
FBbi:00000300 ; obsolete laser microscopy ; ; ; ; true ; FBbi:00000251
FBbi:00000302 ; photothermal interferometry ; ; ; ; true
FBbi:00000303 ; old tomography ; ; ; ; true ; FBbi:00000304
FBbi:00000304 ; older tomography ; ; ; ; true ; FBbi:00000332
FBbi:00000305 ; divided tomography ; ; ; ; true ; FBbi:00000246|FBbi:00000251
FBbi:00000026 ; cryosection
"""
UBERON = """
UBERON:0001062 ; anatomical entity
UBERON:0002113 ; kidney ; UBERON:0001062
UBERON:0004538 ; left kidney ; UBERON:0002113
UBERON:0004539 ; right kidney ; UBERON:0002113
UBERON:0000955 ; brain ; UBERON:0001062
UBERON:0001043 ; esophagus ; UBERON:0001062
UBERON:0001179 ; haemal node ; UBERON:0001062
UBERON:0000948 ; heart ; UBERON:0001062 ; ; cardiac organ
UBERON:0002082 ; cardiac ventricle ; UBERON:0001062 ; UBERON:0000948 ; cardiac organ
UBERON:0002048 ; lung ; UBERON:0001062
UBERON:0002185 ; bronchus ; UBERON:0001062 ; UBERON:0002048
UBERON:0000033 ; head ; UBERON:0001062 ; ; frontal structure
UBERON:0001690 ; ear ; UBERON:0001062 ; ; frontal structure
UBERON:0000002 ; uterine cervix ; UBERON:0001062
"""
ZFA = """
ZFA:0100000 ; zebrafish anatomical entity
ZFA:0000008 ; brain ; ZFA:0100000
ZFA:0000076 ; swim bladder ; ZFA:0100000
"""
FBBT = """
FBbt:10000000 ; anatomical entity of flies
FBbt:00005095 ; brain ; FBbt:10000000
FBbt:00001761 ; eye disc ; FBbt:10000000
"""
CL = """
CL:0000000 ; cell
CL:0000084 ; T cell ; CL:0000000 ; ; T lymphocyte
CL:0000236 ; B cell ; CL:0000000
CL:0000624 ; CD4-positive T cell ; CL:0000084
CL:0000636 ; Müller cell ; CL:0000000
CL:0002063 ; type II pneumocyte ; CL:0000000
CL:0000182 ; hepatocyte ; CL:0000000
CL:0000057 ; fibroblast ; CL:0000000
CL:0000171 ; pancreatic α cell ; CL:0000000
CL:0000738 ; leukocyte ; CL:0000000
CL:0000669 ; mural cell of alveolus ; CL:0000000
CL:0000561 ; amacrine cell ; CL:0000000
"""
EFO = """
EFO:0000001 ; experimental factor
EFO:0000322 ; cell line ; EFO:0000001
EFO:0001185 ; HeLa ; EFO:0000322 ; ; Hela cell
EFO:0002824 ; HCT116 ; EFO:0000322
EFO:0001193 ; MCF-7 ; EFO:0000322
EFO:0001086 ; A549 ; EFO:0000322
"""
CLO = """
CLO:0003684 ; HeLa cell ; ; ; HeLa
CLO:0009348 ; U2OS cell ; ; ; U-2 OS
CLO:0003665 ; HCT 15 cell
"""
TAXA = """
NCBITaxon:1 ; root
NCBITaxon:9606 ; Homo sapiens ; NCBITaxon:1 ; ; human
NCBITaxon:10090 ; Mus musculus ; NCBITaxon:1 ; ; mouse
NCBITaxon:7955 ; Danio rerio ; NCBITaxon:1 ; ; zebrafish
NCBITaxon:7227 ; Drosophila melanogaster ; NCBITaxon:1 ; ; fruit fly
"""
CMPO = """
CMPO:0000140 ; increased cell size
CMPO:0000141 ; decreased cell size ; ; ; small cells [narrow]
CMPO:0000137 ; increased number of actin filaments
CMPO:0000213 ; binucleate cell
CMPO:0000111 ; bright nuclei
CMPO:0000077 ; mitochondria elongated
CMPO:0000388 ; abnormal chromosome segregation
"""
MONDO = """format-version: 1.2
data-version: 2026-05-05
ontology: mondo

[Term]
id: MONDO:0005105
name: melanoma
xref: DOID:1909 {source="MONDO:equivalentTo"}

[Term]
id: MONDO:0004992
name: cancer
xref: DOID:162 {source="MONDO:equivalentTo"}

[Term]
id: MONDO:0005148
name: type 2 diabetes mellitus

[Term]
id: MONDO:0007254
name: breast carcinoma
"""
DOID = """format-version: 1.2
data-version: 2026-07-31
ontology: doid

[Term]
id: DOID:1909
name: melanoma

[Term]
id: DOID:162
name: malignant growth

[Term]
id: DOID:9352
name: type 2 diabetes mellitus

[Term]
id: DOID:4159
name: skin cancer
"""
TABLES = {"FBbi": FBBI, "UBERON": UBERON, "ZFA": ZFA, "FBbt": FBBT, "CL": CL, "EFO": EFO, "CLO": CLO, "NCBITaxon": TAXA, "CMPO": CMPO}
FIELDS = {
    "imaging_method": (Branch("FBbi", ("FBbi:00000222",)),),
    "organism": (Branch("NCBITaxon", ()),),
    "organism_part": (Branch("UBERON", ("UBERON:0001062",)), Branch("FBbt", ()), Branch("ZFA", ())),
    "cell_type": (Branch("CL", ("CL:0000000",)),),
    "cell_line": (Branch("EFO", ("EFO:0000322",)), Branch("CLO", ()), Branch("CVCL", ())),
    "phenotype": (Branch("CMPO", ()),),
    "disease": (Branch("MONDO", ()), Branch("DOID", ())),
    "disease_or_factor": (Branch("MONDO", ()), Branch("DOID", ())),
    "protocol_type": (Branch("FBbi", ()),),
    "generated": (Branch("GEN", ()),),
}
CONSONANTS = "bcdfghjklmnpqrstvwxz"


def rows(table: str) -> str:
    """Turn the short tables above into the cells of a term table."""
    return "".join("\t".join(cell.strip() for cell in line.split(";")) + "\n" for line in table.strip().splitlines())


def generated() -> str:
    """Two thousand names of one to three pronounceable words, always the same."""
    chance = random.Random(7)
    syllables = [a + b + c for a in "bdfglmnprst" for b in "aeiou" for c in "lmnrst"]
    names: set[str] = set()
    while len(names) < 2000:
        words = ["".join(chance.choices(syllables, k=chance.randint(2, 3))) for _ in range(chance.randint(1, 3))]
        names.add(" ".join(words))
    return "".join(f"GEN:{number:07d} ; {name}\n" for number, name in enumerate(sorted(names)))


@pytest.fixture(scope="module")
def terms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cascade")
    for name, table in {**TABLES, "GEN": generated()}.items():
        (folder / f"{name}.tsv").write_text(f"# ontology: {name}\n# version: 1\n{HEAD}{rows(table)}", "utf-8")
    (folder / "mondo.obo").write_text(MONDO, "utf-8")
    (folder / "doid.obo").write_text(DOID, "utf-8")
    reports = add_files(folder / "index.sqlite", sorted(folder.glob("*.*")))
    assert all(hasattr(report, "terms") for report in reports), reports
    with TermIndex.open(folder / "index.sqlite") as index:
        yield index


@pytest.fixture(scope="module")
def resolver(terms) -> IndexResolver:
    return IndexResolver(terms, FIELDS, "kg test")


def ask(resolver: IndexResolver, field: str, text: str, organism: str = "") -> Decision:
    context = (("organism", organism),) if organism else ()
    decision = resolver.resolve(Query(field, text, context=context))
    assert decision.why.strip()
    assert decision.decided_by == "kg test"
    assert (decision.status == "none") == (not decision.matches) or decision.status == "review"
    if decision.status == "accepted":
        assert all(match.ontology and match.why and match.matched for match in decision.matches)
    return decision


def curies(decision: Decision) -> list[str]:
    return [match.term.curie for match in decision.matches]
