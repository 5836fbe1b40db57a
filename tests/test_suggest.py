"""Suggesting: what a column is taken for and why, and that a draft runs as it is and loses nothing."""

from __future__ import annotations

import csv
import json
import re
import shlex
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import yaml

from kg.errors import LimitError, SourceError
from kg.mapping import load_mapping
from kg.pipeline import Pipeline, Settings
from kg.schema import load_schema
from kg.suggest import draft_of, mapping_text
from kg.suggest.draft import way
from kg.suggest.header import header_of
from kg.suggest.known import SYNONYMS, WORDS, Targets, table
from kg.suggest.patterns import spelt_out
from kg.suggest.profile import profile_of
from kg.suggest.shown import Showing

LAB = """\
Sample ID,Species,Tissue,Mouse ID,Age,Sex,Fixative,Section thickness [µm],Antibody,Antibody RRID,Antibody dilution,Dye,Excitation (nm),\
Em_nm,Microscope,Objective,NA,Mag,Immersion,exposure_ms,Pixel size X (nm),Acquired on,Operator,File name,Notes,Empty,Condition,Dose (nM),Blorb
S1,Mus musculus,liver,m12,8 weeks,female,4% PFA,10,anti-GFAP,AB_2298772,1:500,DAPI,405,461,Zeiss LSM 880,Plan-Apochromat 63x/1.4 Oil,1.4,\
63x,Oil,120,65,03.02.2024,Ana Lee,a_001.czi,,,control,0,0.1
S2,Mus musculus,kidney,m12,8 weeks,female,4% PFA,10,anti-GFAP,AB_2298772,1:500,GFP,488,519,Zeiss LSM 880,Plan-Apochromat 63x/1.4 Oil,1.4,\
63x,Oil,100,65,14.02.2024,Ana Lee,a_002.czi,good,,nocodazole,100,0.7
S3,Mus musculus,brain,m13,9 weeks,male,4% PFA,12,anti-GFAP,AB_2298772,1:500,DAPI,561,603,Zeiss LSM 880,Plan-Apochromat 20x/0.8,0.8,\
20x,Air,100,220,14.02.2024,Ben Ito,a_003.czi,n/a,,nocodazole,100,0.9
"""
EXPECTED = {
    "Sample ID": "Biosample.name", "Species": "Image.organism", "Tissue": "Image.organism_part", "Mouse ID": "Image.individual",
    "Sex": "Image.sex", "Fixative": "Specimen.fixation", "Section thickness [µm]": "Specimen.section_thickness",
    "Antibody": "Reagent.name", "Antibody RRID": "Reagent.rrid", "Antibody dilution": "Reagent.dilution",
    "Excitation (nm)": "SignalChannel.excitation_wavelength", "Em_nm": "SignalChannel.emission_wavelength",
    "Microscope": "Instrument.model", "Objective": "Objective.model", "NA": "Objective.lens_na", "Mag": "Objective.nominal_magnification",
    "Immersion": "Objective.immersion", "Pixel size X (nm)": "Image.pixel_size_x", "Acquired on": "Image.acquisition_date",
    "Operator": "Person.name", "File name": "Image.file_path", "Dose (nM)": "Image.compound_concentration", "Empty": None, "Blorb": None,
}  # fmt: skip
PLATE = """\
Plate,Well,Ch1 dye,Ch1 Ex (nm),Ch2 dye,Ch2 Ex (nm),siRNA Sequence 1,siRNA Sequence 2,Conc,Conc unit,Temp [°C],Acquisition date,Cells
P1,A01,DAPI,405,GFP,488,ACGUACGUACGUACGUACG,ACGUACGUACGUACGUACC,1,uM,37,03/04/2021,HeLa
P1,A02,DAPI,405,GFP,488,ACGUACGUACGUACGUACA,ACGUACGUACGUACGUACT,10,nM,37,05/04/2021,HeLa;U2OS
P1,A03,DAPI,405,GFP,488,ACGUACGUACGUACGUACA,ACGUACGUACGUACGUACT,NA,nM,25,05/04/2021,HeLa;U2OS
"""


@pytest.fixture
def written(tmp_path, _own_cache):
    def write(text: str, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def columns_of(draft) -> dict:
    [one] = draft.tables
    return {column.column: column for column in one.columns}


def columns(path: Path) -> dict:
    return columns_of(draft_of(path))


@pytest.fixture(scope="module")
def lab(_own_cache, tmp_path_factory):
    path = tmp_path_factory.mktemp("lab") / "lab.csv"
    path.write_text(LAB, encoding="utf-8")
    return draft_of(path)


@pytest.fixture(scope="module")
def plate(_own_cache, tmp_path_factory):
    path = tmp_path_factory.mktemp("plate") / "plate.csv"
    path.write_text(PLATE, encoding="utf-8")
    return draft_of(path)


def slot(column) -> str | None:
    return f"{column.best.target.class_}.{column.best.target.slot}" if column.best else None


def run_by_its_draft(draft, folder: Path):
    """Map a source by its own draft, and check that every filled cell is accounted for."""
    out = folder / "drafted.yaml"
    out.write_text(mapping_text(draft), encoding="utf-8")
    load_mapping(out)
    [inspected] = Pipeline(Settings(mapping=str(out))).inspect(draft.source.path)
    for count in inspected.columns:
        assert count.filled == count.mapped + count.custom + count.missing + count.withheld, count
    return {count.column: count for count in inspected.columns}, inspected


# ---------------------------------------------------------------------------------------------------------- headers and values


@pytest.mark.parametrize(
    ("name", "words", "unit"),
    [
        ("Characteristics [Cell Line] 2", ("cell", "line"), ""),
        ("Characteristics[organism]", ("organism",), ""),
        ("Factor Value [dose (nM)]", ("dose",), "nmol/L"),
        ("exposureTime_ms", ("exposure", "time"), "ms"),
        ("Pixel size X (µm)", ("pixel", "size", "x"), "um"),
        ("Ch2 excitation [nm]", ("ch", "excitation"), "nm"),
        ("Temperature in °C", ("temperature",), "Cel"),
        ("NumericalAperture", ("numerical", "aperture"), ""),
        ("Species", ("species",), ""),
        ("Studies", ("study",), ""),
    ],
)
def test_a_header_is_read_without_what_stands_around_its_words(name, words, unit):
    assert (header_of(name).words, header_of(name).unit) == (words, unit)


def test_the_patterns_of_mappings_are_spelt_out_and_wild_ones_say_nothing():
    assert spelt_out(r"~(.+\[)?(Sex|Gender)( \d+)?\]?") == {"Sex", "Gender"}
    assert spelt_out("~.+") == frozenset()
    assert spelt_out(r"~(?!Has )\w+ Phenotype") == frozenset()


def test_a_profile_tells_numbers_units_dates_lists_and_words_for_no_value():
    numbers = profile_of(pl.Series(["10 µM", "5 nM", "n/a", "unknown", ""]))
    assert (numbers.numbers, set(numbers.units), set(numbers.missing)) == (1.0, {"umol/L", "nmol/L"}, {"n/a", "unknown"})
    assert profile_of(pl.Series(["31.12.2023", "01.02.2024"])).date_format == "%d.%m.%Y"
    assert profile_of(pl.Series(["03/04/2021", "05/04/2021"])).date_orders == ("%d/%m/%Y", "%m/%d/%Y")
    assert profile_of(pl.Series(["13/04/2021", "05/04/2021"])).date_format == "%d/%m/%Y"
    assert profile_of(pl.Series(["a;b", "c", "a;c"])).separator == ";"
    assert profile_of(pl.Series(["none", "heat"])).missing == ()
    assert profile_of(pl.Series(["+", "-"])).missing == ()
    assert profile_of(pl.Series([["a", "b"], ["c"]], dtype=pl.List(pl.String))).distinct == 3


# ---------------------------------------------------------------------------------------------------------- tables of a lab


def test_a_table_of_a_lab_is_understood(lab):
    found = {name: slot(column) for name, column in columns_of(lab).items()}
    assert {name: found[name] for name in EXPECTED} == EXPECTED


def test_every_suggestion_has_a_score_and_a_reason_and_at_most_three_candidates(lab):
    for column in columns_of(lab).values():
        assert len(column.candidates) <= 3
        assert column.candidates or column.reason
        assert all(0 < candidate.score <= 1 and candidate.why for candidate in column.candidates)


def test_units_come_from_headers_and_cells_and_from_a_column_of_units(lab, plate):
    of_lab, of_plate = columns_of(lab), columns_of(plate)
    assert of_lab["exposure_ms"].best.unit == "ms"
    assert of_lab["Pixel size X (nm)"].best.unit == "nm"
    assert (of_plate["Conc unit"].role, of_plate["Conc unit"].of) == ("unit", "Conc")
    assert of_plate["Conc"].profile.missing == ("NA",)


def test_a_number_without_a_unit_waits_for_a_person(written, tmp_path):
    draft = draft_of(written("File name,Exposure time\na.czi,120\nb.czi,80\n"))
    assert columns_of(draft)["Exposure time"].best.needs.startswith("unit")
    counts, _ = run_by_its_draft(draft, tmp_path)
    assert counts["Exposure time"].custom == 2
    assert "exposure_time?" in mapping_text(draft).partition("# Open:")[2]


def test_a_text_keeps_the_unit_of_its_header_or_waits(written):
    text = mapping_text(draft_of(written("Sample,Dose mg/ml,age (weeks)\na,1.5,6\nb,2,adult\nc,3,8\nd,4,9\ne,5,10\nf,6,11\n")))
    done, _, open_ = text.partition("# Open:")
    assert '{column: "Dose mg/ml", template: "{} mg/ml"}' in done
    assert "age (weeks)" not in done.partition("slots:")[2]
    assert "the header's unit is lost" in open_


def test_things_that_only_a_measure_tells_apart_are_told_by_row(written):
    header, rows = "File name,Working distance (mm)", "a.czi,0.13\nb.czi,0.13\n"
    assert "unique: true" not in mapping_text(draft_of(written(f"{header}\n{rows}")))
    named = rows.replace("0.13", "0.13,Plan 63x")
    assert "unique: true" in mapping_text(draft_of(written(f"{header},Objective\n{named}")))


@pytest.mark.parametrize("name", ["pixel_size_xy_um", "Pixel [nm]", "XY pixel size (um)"])
def test_a_size_of_pixels_in_both_directions_fills_both(written, name):
    text = mapping_text(draft_of(written(f"File name,{name}\na.czi,0.1\nb.czi,0.2\n")))
    assert "pixel_size_x: " in text
    assert "pixel_size_y: " in text


def test_a_size_in_one_direction_fills_that_one(written):
    assert "pixel_size_y: " not in mapping_text(draft_of(written("File name,Pixel size X (um)\na.czi,0.1\nb.czi,0.2\n")))


def test_decimal_commas_are_numbers_that_wait_for_a_point(written):
    draft = draft_of(written('File name,NA\na.czi,"1,4"\nb.czi,"0,8"\n'))
    profile = columns_of(draft)["NA"].profile
    assert (profile.comma, profile.numbers, profile.low, profile.high) == (True, 1.0, 0.8, 1.4)
    assert "a mapping does not read a decimal comma" in mapping_text(draft).partition("# Open:")[2]


def test_the_order_of_day_and_month_is_asked_not_guessed(plate):
    done, _, open_ = mapping_text(plate).partition("# Open:")
    assert "date_format" not in done
    assert "acquisition_date_text: {column: Acquisition date}" in done
    assert "05/04/2021 may be %d/%m/%Y or %m/%d/%Y" in open_


def test_values_alone_say_what_a_column_is(written):
    path = written(
        "thing,q1,q2,q3\na,Homo sapiens,AB_2298772,BQJCRHHNABKAKU-KBQPJGBKSA-N\nb,Mus musculus,AB_2298773,RYYVLZVUVIJVGH-UHFFFAOYSA-N\n"
        "c,Danio rerio,AB_2298774,RYYVLZVUVIJVGH-UHFFFAOYSA-M\nd,Drosophila melanogaster,AB_2298775,RYYVLZVUVIJVGH-UHFFFAOYSA-L\n"
    )
    found = columns(path)
    assert slot(found["q1"]).endswith(".organism")
    assert slot(found["q2"]) == "Reagent.rrid"
    assert slot(found["q3"]) == "Reagent.inchikey"
    assert "4 of 4 values are terms of organism" in found["q1"].best.why


def test_values_that_contradict_a_header_take_its_score_down(written):
    sure = columns(written("File name,NA\na.czi,1.4\nb.czi,0.8\n"))["NA"].candidates[0]
    [doubtful] = [
        c for c in columns(written("File name,NA\na.czi,yes\nb.czi,maybe\n"))["NA"].candidates if c.target.slot == "lens_na"
    ] or [None]
    assert doubtful is None or doubtful.score < sure.score / 2


def test_accessions_and_names_of_ontologies_belong_to_the_column_before_them(written, tmp_path):
    path = written(
        "Source Name,Characteristics[Organism],Term Source REF,Term Accession Number,Characteristics [Organism Part],Term Source REF.1,"
        "Term Accession Number.1\nx,Homo sapiens,NCBITaxon,NCBITaxon_9606,liver,UBERON,UBERON_0002107\n"
        "y,Homo sapiens,NCBITaxon,NCBITaxon_9606,brain,UBERON,UBERON_0000955\n"
    )
    draft = draft_of(path)
    found = columns_of(draft)
    assert [(c.role, c.of) for c in found.values()] == [
        ("", ""), ("", ""), ("ontology", "Characteristics[Organism]"), ("accession", "Characteristics[Organism]"), ("", ""),
        ("ontology", "Characteristics [Organism Part]"), ("accession", "Characteristics [Organism Part]"),
    ]  # fmt: skip
    counts, inspected = run_by_its_draft(draft, tmp_path)
    assert counts["Term Accession Number"].mapped == 2
    assert "UBERON_0002107" in inspected.trig


def test_prose_and_empty_columns_are_kept_not_forced(written):
    prose = (
        "The cells were washed twice, then fixed, then looked at by three people who did not agree about what they saw in it."
    )
    path = written(
        f"File name,Sex,Nothing,Unheard of\na.tif,{json.dumps(prose)},,q\nb.tif,{json.dumps(prose + ' Again.')},,r\n"
    )
    found = columns(path)
    assert (slot(found["Nothing"]), found["Nothing"].reason) == (None, "has no values")
    assert found["Sex"].candidates[0].score < 0.7
    assert slot(found["Unheard of"]) is None


def test_what_was_varied_keeps_its_name(written, tmp_path):
    path = written("Sample ID,Factor Value[flux shear]\na,low\nb,high\n")
    _, inspected = run_by_its_draft(draft_of(path), tmp_path)
    assert '"flux shear: low"' in inspected.trig


@pytest.mark.usefixtures("_own_cache")
def test_a_spreadsheet_is_suggested_sheet_by_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Images"
    for row in (["File name", "Pixel size (nm)"], ["a.czi", 65], ["b.czi", 65]):
        book.active.append(row)
    mice = book.create_sheet("Mice")
    for row in (["Mouse ID", "Sex", "Strain"], ["m1", "female", "C57BL/6J"], ["m2", "male", "C57BL/6J"]):
        mice.append(row)
    path = tmp_path / "lab.xlsx"
    book.save(path)
    draft = draft_of(path)
    assert [one.kind for one in draft.tables] == ["Images", "Mice"]
    counts, _ = run_by_its_draft(draft, tmp_path)
    assert counts["Pixel size (nm)"].mapped == 2
    assert counts["Sex"].mapped == 2
    [only] = draft_of(path, kinds=["Mice"]).tables
    assert only.kind == "Mice"
    with pytest.raises(SourceError, match="has no table 'Rats'; there are Images, Mice"):
        draft_of(path, kinds=["Rats"])


# ---------------------------------------------------------------------------------------------------------- drafts


@pytest.mark.parametrize("name", ["lab", "plate"])
def test_a_draft_loads_runs_and_loses_nothing(name, request, tmp_path):
    counts, inspected = run_by_its_draft(request.getfixturevalue(name), tmp_path)
    assert sum(count.mapped + count.withheld for count in counts.values()) > 0.8 * sum(
        count.filled for count in counts.values()
    )
    assert not [problem for problem in inspected.problems if problem.severity == "error"]


def test_a_draft_recognises_the_table_that_it_was_made_of(written, tmp_path, process):
    path = written(LAB, "lab.csv")
    out = tmp_path / "lab.yaml"
    assert process("suggest", path, "--out", out).code == 0
    mapping = load_mapping(out)
    [inspected] = Pipeline(Settings(), [mapping]).inspect(path)
    assert inspected.mapping == "lab"
    ran = process("harmonize", path, "--mapping", out, "--store", tmp_path / "store")
    assert ran.code == 0, ran.err


def test_repeated_columns_become_records_of_their_own(plate):
    names = [record["name"] for record in yaml.safe_load(mapping_text(plate))["records"]]
    assert {"signal_channel_1", "signal_channel_2", "reagent_1", "reagent_2", "plate"} <= set(names)


def test_names_that_yaml_and_templates_read_otherwise_come_through(written, tmp_path):
    headers = [
        "File name",
        "yes",
        "a: b # c",
        "x{y}",
        "{n}",
        '"quoted"',
        "[list]",
        "- dash",
        "Ångström [µm]",
        "tab\tin",
        "a|b",
        "%",
        "&x *y",
    ]
    path = tmp_path / "odd.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headers, *([f"{i}.czi", *(f"v{i}{n}" for n in range(len(headers) - 1))] for i in range(3))])
    counts, _ = run_by_its_draft(draft_of(path), tmp_path)
    assert all(count.filled == 3 for count in counts.values())


def test_rows_that_share_a_name_do_not_become_one(written):
    text = mapping_text(draft_of(written("File name,Notes\na.czi,one\na.czi,two\n")))
    assert 'id: ["image/row/{_row}"]' in text


def test_there_is_a_way_from_a_row_to_what_hangs_on_it():
    schema = load_schema()
    for start in ("Image", "Well", "Specimen", "Biosample"):
        for end in ("Reagent", "Gene"):
            assert way(schema, start, end), (start, end)
    assert [slot for slot, _ in way(schema, "Well", "SignalChannel")] == ["has_part", "channels"]
    assert way(schema, "Plate", "Job") is None


# ---------------------------------------------------------------------------------------------------------- bounds and words


def test_a_matrix_of_ten_thousand_columns_is_refused_with_a_sentence(written):
    names = ",".join(f"feature_{n}" for n in range(10_000))
    with pytest.raises(LimitError, match="has 10,000 columns, and kg suggest looks at no more than 2,000"):
        draft_of(written(names + "\n" + ",".join("0" for _ in range(10_000)) + "\n"))


@pytest.mark.usefixtures("_own_cache")
def test_a_folder_of_several_sources_is_refused_by_name(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="holds 2 sources"):
        draft_of(tmp_path)


def test_a_table_without_rows_is_refused(written):
    with pytest.raises(SourceError, match="nothing to map"):
        draft_of(written("a,b\n"))


def test_what_is_known_of_columns_names_slots_that_hold_values():
    targets = Targets(load_schema())
    for row in [*table(WORDS), *table(SYNONYMS)]:
        for name in filter(None, row["slot"].split("|")):
            class_, _, slot_name = name.rpartition(".")
            assert targets.of(class_, slot_name), row


def test_curators_choices_for_a_header_are_shown_as_groups_and_names():
    first = Showing(table(WORDS)).rank(header_of("Gene Symbol"))[0]
    assert (first.group, first.name) == ("mapr/gene", "gene symbol")


def test_json_says_each_column_with_its_candidates(written, process):
    ran = process("suggest", written(LAB), "--json")
    assert ran.code == 0, ran.err
    [one] = json.loads(ran.out)["tables"]
    by_name = {column["column"]: column for column in one["columns"]}
    assert by_name["NA"]["slot"] == "Objective.lens_na"
    assert by_name["exposure_ms"]["candidates"][0]["unit"] == "ms"
    assert by_name["Notes"]["missing"] == ["n/a"]
    assert by_name["Species"]["candidates"][0]["field"] == "organism"


# ---------------------------------------------------------------------------------------------------------- the page

PAGE = Path(__file__).resolve().parent.parent / "docs" / "suggest.md"
BLOCK = re.compile(r"^```(?P<language>\w+)(?: (?P<name>[^\n]+))?\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_page_shows_what_the_commands_print(tmp_path, process):
    """Run every command of docs/suggest.md; a line that ends in an ellipsis stands for all that begin so, one alone for any."""
    ran = 0
    for block in BLOCK.finditer(PAGE.read_text("utf-8")):
        if block["name"]:
            (tmp_path / block["name"]).write_text(block["body"], encoding="utf-8")
        elif block["language"] == "console":
            ran += 1
            command, _, shown = block["body"].partition("\n")
            said = process(*shlex.split(command.removeprefix("$ kg ")), cwd=tmp_path)
            assert said.code == 0, said.err
            lines = said.out.splitlines()
            for line in filter(str.strip, shown.splitlines()):
                stem = line.removesuffix("\u2026").rstrip()
                assert any(each.rstrip() == stem or (line.endswith("\u2026") and each.startswith(stem)) for each in lines), line
        elif block["language"] == "yaml":
            made = (tmp_path / "stacks.yaml").read_text("utf-8").splitlines()
            for line in filter(str.strip, block["body"].splitlines()):
                stem = line.removesuffix("\u2026").rstrip()
                assert any(each == stem or (line.endswith("\u2026") and each.startswith(stem)) for each in made), line
    assert ran >= 3
