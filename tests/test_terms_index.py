"""The term index: built from files, asked, exchanged in one step."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from array import array
from contextlib import closing
from itertools import accumulate
from pathlib import Path

import pytest

import kg.terms
from kg.errors import TermError
from kg.term import Term
from kg.terms import TermIndex, add_file, closure_of, default_index, show
from kg.terms.build import add_files, remove
from kg.terms.grams import Grams
from kg.terms.words import load_words

ROOT = Path(__file__).resolve().parents[1]

FBBI = """format-version: 1.2
data-version: 2026-01-23
ontology: fbbi

[Term]
id: FBbi:00000222
name: imaging method

[Term]
id: FBbi:00000246
name: fluorescence microscopy
synonym: "FM" EXACT []
is_a: FBbi:00000222

[Term]
id: FBbi:00000251
name: confocal microscopy
alt_id: FBbi:00000999
synonym: "confocal laser scanning microscopy" EXACT []
synonym: "spinning disk" NARROW []
xref: MI:0663
def: "Out-of-focus light is kept out." []
is_a: FBbi:00000246

[Term]
id: FBbi:00000300
name: obsolete laser microscopy
is_obsolete: true
replaced_by: FBbi:00000251
consider: FBbi:00000246
"""

UBERON = """format-version: 1.2
data-version: uberon/releases/2026-04-01/uberon.owl
ontology: uberon

[Term]
id: UBERON:0001062
name: anatomical entity

[Term]
id: UBERON:0001016
name: nervous system
is_a: UBERON:0001062

[Term]
id: UBERON:0000955
name: brain
synonym: "encephalon" EXACT []
is_a: UBERON:0001062
relationship: part_of UBERON:0001016

[Term]
id: UBERON:0002037
name: cerebellum
is_a: UBERON:0001062
relationship: part_of UBERON:0000955

[Term]
id: FBbi:00000251
name: confocal as UBERON spells it
synonym: "UBERON's own word for confocal" EXACT []
is_a: UBERON:0001062

[Term]
id: CL:0000540
name: neuron
"""

TABLE = (
    "# ontology: FBbi\n# version: 2025\n# licence: CC BY 4.0\ncurie\tlabel\tparents\tsynonyms\tiri\n"
    "FBbi:00000222\timaging method\t\t\t\n"
    "FBbi:00000251\tconfocal microscope method\tFBbi:00000222\tCLSM|pinhole imaging [related]\t\n"
    "FBbi:00000369\tSPIM\tFBbi:00000222\tLSFM\t\n"
)


def write(folder: Path, text: str, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def index(tmp_path) -> Path:
    path = tmp_path / "with space" / "index #1.sqlite"
    add_file(path, write(tmp_path, FBBI, "fbbi.obo"))
    add_file(path, write(tmp_path, UBERON, "uberon.obo"))
    return path


def test_what_a_file_gave_is_reported(tmp_path):
    report = add_file(tmp_path / "i.sqlite", write(tmp_path, FBBI + "\nno clause\n", "fbbi.obo"))
    assert (report.ontology, report.prefix, report.version) == ("FBbi", "FBbi", "2026-01-23")
    assert (report.terms, report.synonyms, report.replaced) == (4, 3, False)
    assert [problem.code for problem in report.problems] == ["ontology-line"]
    assert "no clause" in str(report.problems[0])


def test_a_term_is_found_by_its_identifier_and_by_its_names(index):
    with TermIndex.open(index) as terms:
        assert terms.term("FBbi:00000251") == Term("FBbi:00000251")
        assert terms.term("FBbi:00000251").label == "confocal microscopy"
        assert terms.term("FBbi:00000251").iri == "http://purl.obolibrary.org/obo/FBbi_00000251"
        assert terms.term("FBbi:1") is None
        (hit,) = terms.lookup("confocal laser scanning microscopy")
        assert (hit.curie, hit.scope, hit.label) == ("FBbi:00000251", "exact", "confocal microscopy")
        assert hit.ontology == "FBbi 2026-01-23"
        assert [found.scope for found in terms.lookup("spinning disk")] == ["narrow"]
        assert terms.lookup("confocal microscopy", ["UBERON"]) == []
        assert terms.lookup("no such name") == []


def test_the_hierarchy_is_walked_up_and_down(index):
    with TermIndex.open(index) as terms:
        assert terms.ancestors("FBbi:00000251") == {"FBbi:00000246": 1, "FBbi:00000222": 2}
        assert terms.descendants("FBbi:00000222") == {"FBbi:00000246", "FBbi:00000251"}
        assert terms.ancestors("UBERON:0002037", part_of=True) == {
            "UBERON:0001062": 1,
            "UBERON:0000955": 1,
            "UBERON:0001016": 2,
        }
        assert terms.descendants("UBERON:0001016", part_of=True) == {"UBERON:0000955", "UBERON:0002037"}
        assert terms.is_below("FBbi:00000251", ["FBbi:00000222"])
        assert terms.is_below("FBbi:00000222", ["FBbi:00000222"])
        assert not terms.is_below("FBbi:00000222", ["FBbi:00000251"])
        assert not terms.is_below("UBERON:0000955", ["UBERON:0001016"])
        assert terms.ancestors("X:1") == {}
        assert terms.descendants("X:1") == frozenset()


def test_a_circle_in_the_hierarchy_is_walked_once(tmp_path):
    circle = "format-version: 1.2\nontology: x\n[Term]\nid: X:1\nname: a\nis_a: X:2\n[Term]\nid: X:2\nname: b\nis_a: X:1\n"
    add_file(tmp_path / "i.sqlite", write(tmp_path, circle, "x.obo"))
    with TermIndex.open(tmp_path / "i.sqlite") as terms:
        assert terms.ancestors("X:1") == {"X:2": 1}
        assert terms.descendants("X:1") == {"X:2"}


def test_the_defining_ontology_speaks_for_its_terms(index):
    with TermIndex.open(index) as terms:
        assert terms.term("FBbi:00000251").label == "confocal microscopy"
        assert "UBERON:0001062" not in terms.ancestors("FBbi:00000251")
        assert terms.lookup("uberon's own word for confocal") == []
        assert terms.term("CL:0000540").label == "neuron"
        assert terms.lookup("neuron")[0].ontology == "UBERON 2026-04-01"


def test_an_import_speaks_where_no_defining_file_is_loaded(tmp_path):
    path = tmp_path / "i.sqlite"
    add_file(path, write(tmp_path, UBERON, "uberon.obo"))
    with TermIndex.open(path) as terms:
        assert terms.term("FBbi:00000251").label == "confocal as UBERON spells it"
    add_file(path, write(tmp_path, FBBI, "fbbi.obo"))
    with TermIndex.open(path) as terms:
        assert terms.term("FBbi:00000251").label == "confocal microscopy"
        assert terms.lookup("confocal as uberon spells it") == []


def test_a_later_file_of_the_same_name_takes_the_place_of_the_earlier(index, tmp_path):
    newer = FBBI.replace("2026-01-23", "2027-01-01").replace("confocal laser scanning microscopy", "CLSM")
    report = add_file(index, write(tmp_path, newer, "fbbi-new.obo"))
    assert report.replaced
    with TermIndex.open(index) as terms:
        assert [o.version for o in terms.ontologies() if o.name == "FBbi"] == ["2027-01-01"]
        assert terms.lookup("confocal laser scanning microscopy") == []
        assert [hit.curie for hit in terms.lookup("clsm")] == ["FBbi:00000251"]
        assert terms.ancestors("FBbi:00000251") == {"FBbi:00000246": 1, "FBbi:00000222": 2}


def test_a_file_can_be_given_another_name_and_version(index, tmp_path):
    report = add_file(index, write(tmp_path, FBBI, "mine.obo"), name="mine", version="7")
    assert (report.ontology, report.version, report.replaced) == ("mine", "7", False)


def test_merged_and_obsolete_identifiers_lead_on(index):
    with TermIndex.open(index) as terms:
        assert terms.replaced_by("FBbi:00000999") == ("FBbi:00000251",)
        assert terms.replaced_by("FBbi:00000300") == ("FBbi:00000251",)
        assert terms.consider("FBbi:00000300") == ("FBbi:00000246",)
        assert terms.entry("FBbi:00000300").obsolete
        assert terms.term("FBbi:00000999") is None


def test_everything_about_a_term_is_shown(index):
    with TermIndex.open(index) as terms:
        info = show(terms, "FBbi:00000251")
        assert info.names == (
            ("confocal microscopy", "label"),
            ("confocal laser scanning microscopy", "exact"),
            ("spinning disk", "narrow"),
        )
        assert info.definition == "Out-of-focus light is kept out."
        assert info.xrefs == ("MI:0663",)
        assert info.parents == ("FBbi:00000246",)
        assert info.ancestors == (("FBbi:00000246", "fluorescence microscopy", 1), ("FBbi:00000222", "imaging method", 2))
        assert info.ontologies == ("FBbi 2026-01-23", "UBERON 2026-04-01")
        assert info.as_dict()["term"]["curie"] == "FBbi:00000251"
        assert show(terms, "FBbi:1") is None


def test_the_closure_holds_pairs_labels_and_versions(index):
    obo = "http://purl.obolibrary.org/obo/"
    with TermIndex.open(index) as terms:
        closure = closure_of(terms, ["UBERON:0002037", "FBbi:00000246", "EFO:0009999", "FBbi:00000246"])
        assert closure_of(terms, []).pairs == ()
    assert closure.pairs == (
        ("http://www.ebi.ac.uk/efo/EFO_0009999", "http://www.ebi.ac.uk/efo/EFO_0009999"),
        (obo + "FBbi_00000246", obo + "FBbi_00000246"),
        (obo + "FBbi_00000246", obo + "FBbi_00000222"),
        (obo + "UBERON_0002037", obo + "UBERON_0002037"),
        (obo + "UBERON_0002037", obo + "UBERON_0001062"),
    )
    assert closure.part_pairs == (
        (obo + "UBERON_0002037", obo + "UBERON_0000955"),
        (obo + "UBERON_0002037", obo + "UBERON_0001016"),
    )
    assert closure.labels[obo + "UBERON_0000955"] == "brain"
    assert closure.versions == {"FBbi": "2026-01-23", "UBERON": "2026-04-01"}
    assert closure.unknown == ("EFO:0009999",)


def test_the_embedded_tables_stay_beneath_what_a_user_adds(tmp_path):
    tables, path = tmp_path / "tables", tmp_path / "i.sqlite"
    write(tables, TABLE, "fbbi.tsv")
    assert default_index(path, tables) == path
    with TermIndex.open(path) as terms:
        assert terms.lookup("clsm")[0].ontology == "FBbi (term table of kg) 2025"
        assert terms.ancestors("FBbi:00000251") == {"FBbi:00000222": 1}
    add_file(path, write(tmp_path, FBBI, "fbbi.obo"))
    with TermIndex.open(path) as terms:
        assert terms.term("FBbi:00000251").label == "confocal microscopy"
        assert [(hit.curie, hit.scope) for hit in terms.lookup("clsm")] == [("FBbi:00000251", "exact")]
        assert [(hit.label, hit.scope) for hit in terms.lookup("confocal microscope method")] == [
            ("confocal microscopy", "exact")
        ]
        assert terms.parents("FBbi:00000251") == ("FBbi:00000246",)
        assert terms.parents("FBbi:00000222") == ()
        assert terms.term("FBbi:00000369").label == "SPIM"


def test_changed_tables_are_taken_up_and_added_files_stay(tmp_path):
    tables, path = tmp_path / "tables", tmp_path / "i.sqlite"
    write(tables, TABLE, "fbbi.tsv")
    default_index(path, tables)
    add_file(path, write(tmp_path, UBERON, "uberon.obo"))
    before = path.stat().st_mtime_ns
    default_index(path, tables)
    assert path.stat().st_mtime_ns == before
    write(tables, TABLE.replace("LSFM", "light sheet microscopy"), "fbbi.tsv")
    default_index(path, tables)
    with TermIndex.open(path) as terms:
        assert terms.lookup("lsfm") == []
        assert [hit.curie for hit in terms.lookup("light sheet microscopy")] == ["FBbi:00000369"]
        assert terms.term("UBERON:0000955").label == "brain"


def test_an_index_that_lacks_the_tables_gets_them(index, tmp_path):
    write(tmp_path / "tables", TABLE, "fbbi.tsv")
    default_index(index, tmp_path / "tables")
    with TermIndex.open(index) as terms:
        assert [hit.curie for hit in terms.lookup("lsfm")] == ["FBbi:00000369"]
        assert [o.embedded for o in terms.ontologies()] == [False, True, False]


def test_the_packaged_tables_make_the_default_index():
    path = default_index()
    assert path.parent == Path(os.environ["KG_CACHE"])
    with TermIndex.open(path) as terms:
        assert all(o.embedded and o.licence and o.source for o in terms.ontologies())
        assert terms.term("NCBITaxon:9606").label == "Homo sapiens"
        assert terms.is_below("NCBITaxon:9606", ["NCBITaxon:33208"])
    assert default_index() == path


def test_an_absent_folder_of_tables_is_told(tmp_path):
    with pytest.raises(TermError, match="holds no term tables"):
        default_index(tmp_path / "i.sqlite", tmp_path / "absent")


def test_a_file_that_cannot_be_read_leaves_the_index_as_it_was(index, tmp_path):
    before = index.read_bytes()
    with pytest.raises(TermError, match="is in no form"):
        add_file(index, write(tmp_path, "not an ontology", "x.obo"))
    with pytest.raises(TermError, match="cannot be read"):
        add_file(index, tmp_path / "absent.obo")
    assert index.read_bytes() == before
    assert sorted(path.name for path in index.parent.iterdir()) == ["index #1.sqlite", "index #1.sqlite.lock"]


def test_a_reader_keeps_the_index_it_opened(index, tmp_path):
    with TermIndex.open(index) as terms:
        add_file(index, write(tmp_path, FBBI.replace("confocal microscopy", "confocal imaging"), "fbbi.obo"))
        assert terms.term("FBbi:00000251").label == "confocal microscopy"
    with TermIndex.open(index) as terms:
        assert terms.term("FBbi:00000251").label == "confocal imaging"


def test_a_builder_killed_midway_leaves_the_old_index(index, tmp_path):
    large = "format-version: 1.2\nontology: big\n\n" + "".join(
        f"[Term]\nid: BIG:{n}\nname: term {n}\nis_a: BIG:{n // 2}\n\n" for n in range(1, 60_000)
    )
    file = write(tmp_path, large, "big.obo")
    before = index.read_bytes()
    code = "import sys; from pathlib import Path; from kg.terms import add_file; add_file(Path(sys.argv[1]), Path(sys.argv[2]))"
    builder = subprocess.Popen([sys.executable, "-c", code, str(index), str(file)], cwd=ROOT)
    while not any(".build-" in path.name for path in index.parent.iterdir()):
        assert builder.poll() is None
        time.sleep(0.01)
    time.sleep(0.3)
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    assert index.read_bytes() == before
    assert add_file(index, write(tmp_path, FBBI, "fbbi.obo")).replaced, "the lock of the dead builder holds nobody up"
    assert not [path for path in index.parent.iterdir() if ".build-" in path.name]


def test_builders_at_the_same_time_all_get_their_file_in(tmp_path):
    path = tmp_path / "i.sqlite"
    write(tmp_path / "tables", TABLE, "fbbi.tsv")
    code = (
        "import sys; from pathlib import Path; from kg.terms import add_file, default_index\n"
        "default_index(Path(sys.argv[1]), Path(sys.argv[2])); add_file(Path(sys.argv[1]), Path(sys.argv[3]))"
    )
    files = [
        write(tmp_path, FBBI.replace("ontology: fbbi", f"ontology: copy{n}").replace("FBbi:", f"COPY{n}:"), f"{n}.obo")
        for n in range(4)
    ]
    builders = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(tmp_path / "tables"), str(file)], cwd=ROOT)
        for file in files
    ]
    assert [builder.wait() for builder in builders] == [0, 0, 0, 0]
    with TermIndex.open(path) as terms:
        assert [o.name for o in terms.ontologies()] == ["FBbi", "copy0", "copy1", "copy2", "copy3"]


def test_what_is_no_index_is_told(tmp_path, index):
    with pytest.raises(TermError, match="there is no term index"):
        TermIndex.open(tmp_path / "absent.sqlite")
    with pytest.raises(TermError, match="is not a term index"):
        TermIndex.open(write(tmp_path, "x" * 5000, "text.sqlite"))
    other = tmp_path / "other.sqlite"
    shutil.copy(index, other)
    connection = sqlite3.connect(other)
    connection.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
    connection.commit()
    connection.close()
    with pytest.raises(TermError, match="another version of kg"):
        TermIndex.open(other)
    with pytest.raises(TermError, match="another version of kg"):
        add_file(other, write(tmp_path, FBBI, "fbbi.obo"))


def filed(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what is filed for likeness, with names in the place of numbers; segments hold names in no particular order."""
    with closing(sqlite3.connect(path)) as connection:
        curies = dict(connection.execute("SELECT id, curie FROM concept"))
        loose = connection.execute(
            "SELECT o.name, o.embedded, l.hash, c.curie FROM loose l LEFT JOIN ontology o ON o.id = l.ontology"
            " LEFT JOIN concept c ON c.id = l.concept"
        ).fetchall()
        segments = connection.execute(
            "SELECT s.id, o.name, s.names, s.concepts, s.norms FROM segment s LEFT JOIN ontology o ON o.id = s.ontology"
        ).fetchall()
        grams = connection.execute("SELECT segment, gram, count, names FROM gram").fetchall()
    grams_of = {(segment[0], place): set() for segment in segments for place in range(segment[2])}
    for segment, gram, count, blob in grams:
        places = list(accumulate(array("BHI"[blob[0]], blob[1:])))
        assert len(places) == count
        for place in places:
            grams_of[segment, place].add(gram)
    names = [
        (name, curies[concept], norms[2 * place : 2 * place + 2], sorted(grams_of[number, place]))
        for number, name, count, concepts, norms in segments
        for place, concept in enumerate(array("I", concepts))
    ]
    assert len(names) == sum(count for _, _, count, _, _ in segments)
    return {"loose": sorted(loose), "names": sorted(names), "grams": sorted((gram, count) for _, gram, count, _ in grams)}


def test_what_a_file_filed_goes_with_it(index, tmp_path):
    before = filed(index)
    assert all(before.values())
    other = FBBI.replace("ontology: fbbi", "ontology: other").replace("FBbi:", "OTHER:").replace("confocal", "konfokal")
    add_file(index, write(tmp_path, other, "other.obo"))
    with TermIndex.open(index) as terms:
        assert [hit.curie for hit in terms.loosely("konfokalmicroscopy")] == ["OTHER:00000251"]
        assert terms.near(("konfokal", "microscopy"), ["OTHER"])
    assert filed(index) != before
    remove(index, "other")
    assert filed(index) == before
    with TermIndex.open(index) as terms:
        assert terms.loosely("konfokalmicroscopy") == []
        assert terms.near(("konfokal", "microscopy"), ["OTHER"]) == []
        assert terms.prefixes() == {"FBbi", "UBERON", "CL"}


def test_a_replaced_file_leaves_the_index_as_if_the_newer_had_come_alone(index, tmp_path):
    newer = write(tmp_path, FBBI.replace("confocal laser scanning microscopy", "CLSM"), "fbbi.obo")
    add_file(index, newer)
    alone = tmp_path / "alone.sqlite"
    add_files(alone, [write(tmp_path, UBERON, "uberon.obo"), newer])
    assert filed(index) == filed(alone)
    add_file(index, newer)
    assert filed(index) == filed(alone)


def test_only_an_added_ontology_can_be_taken_out(index, tmp_path):
    write(tmp_path / "tables", TABLE, "fbbi.tsv")
    default_index(index, tmp_path / "tables")
    before = index.read_bytes()
    with pytest.raises(TermError, match="no ontology of this name was added"):
        remove(index, "nothing")
    assert index.read_bytes() == before
    remove(index, "FBbi")
    with pytest.raises(TermError, match="no ontology of this name was added"):
        remove(index, "FBbi")
    with TermIndex.open(index) as terms:
        assert terms.term("FBbi:00000251").label == "confocal microscope method"
        assert [hit.curie for hit in terms.loosely("lsfm")] == ["FBbi:00000369"]
        assert terms.lookup("confocal laser scanning microscopy") == []


def test_rules_of_words_that_changed_are_applied_to_what_was_added_before(tmp_path):
    path, tables = tmp_path / "i.sqlite", tmp_path / "tables"
    write(tables, TABLE, "fbbi.tsv")
    default_index(path, tables)
    add_file(path, write(tmp_path, UBERON, "uberon.obo"))
    right = filed(path)
    with closing(sqlite3.connect(path)) as connection:  # as other rules would have filed them
        connection.execute("UPDATE loose SET hash = hash + 1")
        connection.execute("DELETE FROM gram WHERE gram % 2")
        connection.execute("UPDATE meta SET value = 'older' WHERE key IN ('words', 'embedded')")
        connection.commit()
    assert filed(path) != right
    default_index(path, tables)
    assert filed(path) == right
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'words'").fetchone() == (load_words().digest,)


def test_a_broken_file_among_others_leaves_nothing_and_stops_nobody(tmp_path):
    path, told = tmp_path / "i.sqlite", []
    broken = write(tmp_path, TABLE + "row without curie\n\tx\n", "broken.tsv")
    files = [write(tmp_path, FBBI, "fbbi.obo"), broken, tmp_path / "absent.obo", write(tmp_path, UBERON, "uberon.obo")]
    done = add_files(path, files, each=lambda file, report: told.append((file, report)))
    assert [type(report).__name__ for report in done] == ["AddReport", "TermError", "TermError", "AddReport"]
    assert told == list(zip(files, done, strict=True))
    assert "broken.tsv" in str(done[1])
    with TermIndex.open(path) as terms:
        assert [o.name for o in terms.ontologies()] == ["FBbi", "UBERON"]
        assert terms.term("FBbi:00000369") is None
    alone = tmp_path / "alone.sqlite"
    add_files(alone, [files[0], files[3]])
    assert filed(path) == filed(alone)


def test_segments_of_names_are_bounded_and_searched_together(tmp_path):
    long = "a name of quite some length that goes on and on and on until it fills its line"
    large = "".join(f"[Term]\nid: BIG:{n:06d}\nname: {long} {n:06d}\n\n" for n in range(45_000))
    add_file(tmp_path / "i.sqlite", write(tmp_path, f"format-version: 1.2\nontology: big\n\n{large}", "big.obo"))
    with closing(sqlite3.connect(tmp_path / "i.sqlite")) as connection:
        sizes = [names for (names,) in connection.execute("SELECT names FROM segment ORDER BY id")]
        assert len(sizes) > 1
        assert sum(sizes) == 45_000
        stems = load_words().stems(f"{long} 031415")
        (ontology,) = connection.execute("SELECT id FROM ontology").fetchone()
        best = Grams(connection).similar(stems, [ontology], 3)[0]
        assert connection.execute("SELECT curie FROM concept WHERE id = ?", (best.concept,)).fetchone() == ("BIG:031415",)


def test_what_ontologies_call_the_same_is_known_in_both_directions(tmp_path):
    mondo = """format-version: 1.2
ontology: mondo
[Term]
id: MONDO:1
name: melanoma
xref: DOID:1909 {source="MONDO:equivalentTo"}
xref: ICD10:C43
property_value: skos:exactMatch NCIT:C3224
"""
    add_file(tmp_path / "i.sqlite", write(tmp_path, mondo, "mondo.obo"))
    with TermIndex.open(tmp_path / "i.sqlite") as terms:
        assert terms.same("MONDO:1") >= {"DOID:1909"}
        assert "ICD10:C43" not in terms.same("MONDO:1")
        assert terms.same("DOID:1909") == {"MONDO:1"}
        assert terms.same("X:1") == frozenset()
        assert terms.xrefs("MONDO:1")
    remove(tmp_path / "i.sqlite", "MONDO")
    with TermIndex.open(tmp_path / "i.sqlite") as terms:
        assert terms.same("MONDO:1") == frozenset()


def test_only_a_whole_release_is_one(index, tmp_path):
    write(tmp_path / "tables", TABLE.replace("ontology: FBbi", "ontology: EFO").replace("FBbi:", "EFO:"), "efo.tsv")
    default_index(index, tmp_path / "tables")
    with TermIndex.open(index) as terms:
        assert terms.whole("FBbi") == "FBbi 2026-01-23"
        assert terms.whole("EFO") == ""
        assert terms.whole("CL") == ""
        assert terms.prefixes() == {"FBbi", "UBERON", "CL", "EFO"}


def test_the_names_of_the_package_are_what_it_says():
    public = {name for name in vars(kg.terms) if not name.startswith("_") and name[0] not in "abcdefghijklmnopqrstuvwxyz"}
    assert public <= set(kg.terms.__all__)
    assert kg.terms.__all__ == sorted(kg.terms.__all__)


def test_real_ontologies_stand_side_by_side(shared, tmp_path):
    path, folder = tmp_path / "i.sqlite", shared / "data" / "ontologies"
    names = ["fbbi.owl.xz", "cmpo.obo.xz", "pato.obo.xz", "cmpo-simple.owl.xz", "bao_vocabulary_assay.owl.xz"]
    reports = [add_file(path, folder / name) for name in names]
    assert [(r.ontology, r.prefix, r.version) for r in reports] == [
        ("FBbi", "FBbi", "2019-03-07"),
        ("CMPO", "CMPO", "2017-12-19"),
        ("PATO", "PATO", "2025-05-14"),
        ("cmpo/cmpo-simple", "CMPO", "2017-12-19"),
        ("bao/bao_vocabulary_assay", "BAO", "2.8.18"),
    ]
    with TermIndex.open(path) as terms:
        below = terms.descendants("FBbi:00000246")
        assert "FBbi:00000251" in below
        assert len(below) == 14
        assert terms.term("CMPO:0000003").label == "cellular phenotype"
        assert terms.term("BAO:0000015").iri == "http://www.bioassayontology.org/bao#BAO_0000015"
