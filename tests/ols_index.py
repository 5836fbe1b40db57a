"""A term index for tests of the OLS4-compatible API: what comes with kg, and a small ontology that has everything in it."""

from __future__ import annotations

from urllib.parse import quote

from kg.terms import add_files, default_index

OBO = "http://purl.obolibrary.org/obo/"
BODY, ORGAN, KIDNEY, NEPHRON, LOST = (f"{OBO}MA_{number:07}" for number in (1, 2, 3, 4, 5))
PART_OF = OBO + "BFO_0000050"

ANATOMY = """format-version: 1.2
data-version: 2026-02-03
ontology: ma

[Term]
id: MA:0000001
name: body

[Term]
id: MA:0000002
name: organ
def: "A part of the body that does something." [MA:editors]
relationship: part_of MA:0000001 ! body

[Term]
id: MA:0000003
name: kidney
def: "An organ that makes urine; 100% of it." [MA:editors]
synonym: "renal organ" EXACT []
synonym: "ren" RELATED []
synonym: "left kidney" NARROW []
xref: UBERON:0002113
xref: Wikipedia:Kidney
is_a: MA:0000002 ! organ

[Term]
id: MA:0000004
name: nephron
synonym: "unit of kidney" BROAD []
relationship: part_of MA:0000003 ! kidney
is_a: MA:0000002 ! organ

[Term]
id: MA:0000005
name: obsolete glomerular knot
is_obsolete: true
replaced_by: MA:0000004

[Term]
id: UBERON:0002113
name: kidney
is_a: MA:0000002 ! organ

[Term]
id: https://example.org/odd%20terms/a,b#Knot
name: odd knot
is_a: MA:0000002 ! organ
"""
ODD = "https://example.org/odd%20terms/a,b#Knot"

MANY = "format-version: 1.2\nontology: xao\n\n[Term]\nid: XAO:0000000\nname: root of many\n\n" + "".join(
    f"[Term]\nid: XAO:{number:07}\nname: numbered structure {number}\nis_a: XAO:0000000\n\n" for number in range(1, 1201)
)


def built(folder):
    """Return the path of a new index in a folder."""
    index = default_index(folder / "index.sqlite")
    files = {"ma.obo": ANATOMY, "xao.obo": MANY}
    for name, text in files.items():
        (folder / name).write_text(text)
    for report in add_files(index, [folder / name for name in files]):
        assert report.terms
    return index


def twice(iri: str) -> str:
    """Return an IRI as it stands in a path of OLS."""
    return quote(quote(iri, safe=""), safe="")
