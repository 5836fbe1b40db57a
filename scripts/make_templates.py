"""Write templates/bioimage-kg.xlsx: a workbook to fill in, with the modules of REMBI, MIFA and MIHCSME, made from the schema.

python scripts/make_templates.py           write
python scripts/make_templates.py --check   write nothing; exit 1 when the workbook says something else than the schema

A sheet per module, the names of the columns in the first row, what each means as a note on its name, and a list to choose from
where the schema has a fixed set of values. `mappings/rembi.yaml` reads it again.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from kg.schema import Schema, Slot, load_schema  # noqa: E402 - the checkout, not an installed copy

TARGET = HERE / "templates" / "bioimage-kg.xlsx"
LINKS = "the name as it stands on the sheet {}"
_ROWS = 2000
_LONGEST_LIST = 255

SHEETS: dict[str, str] = {
    "Study": """
        Study: Title=name* Accession=accession Description=description Keywords=keywords Organism=organism
        Imaging method=imaging_method License=license Data DOI=data_doi Release date=date_released
        Funding statement=funding_statement Acknowledgements=acknowledgements""",
    "Authors": """
        Person: Name=name* Given name=given_name Family name=family_name ORCID=orcid Email=email Affiliation=affiliation
        Role=role""",
    "Study Component": """
        StudyComponent: Name=name* Description=description Component type=component_type Specimen>Specimen=specimen
        Image acquisition>Image Acquisition=image_acquisition Analysis>Analysis=analysis_run
        Quality control=quality_control_description""",
    "Biosample": """
        Biosample: Name=name* Description=description Organism=organism Organism accession=organism
        Biological entity=biological_entity Cell line=cell_line Organism part=organism_part Cell type=cell_type
        Disease=disease Sex=sex Strain=strain Developmental stage=developmental_stage Age=age_text Genotype=genotype
        Intrinsic variables=intrinsic_variables Extrinsic variables=extrinsic_variables
        Experimental variables=experimental_variables Growth condition=growth_condition Treatment=experimental_condition_text
        Donor=donor_identifier Collection date=collection_date_text""",
    "Specimen": """
        Specimen: Name=name* Biosample>Biosample=biosample Growth protocol=growth_protocol Fixation=fixation Embedding=embedding
        Section thickness=section_thickness Mounting medium=mounting_medium Coverslip thickness=coverslip_thickness
        Location within biosample=location_within_biosample
        PreparationProtocol: Sample preparation protocol=procedure Labelling=labelling""",
    "Image Acquisition": """
        ImageAcquisition: Name=name* Imaging method=imaging_method Imaging method accession=imaging_method
        Acquisition parameters=acquisition_parameters Acquisition date=date_text Operator=operator Software=software_name
        Software version=software_version
        Instrument: Instrument manufacturer=manufacturer Instrument model=model Instrument serial number=serial_number
        Objective: Objective=name Magnification=nominal_magnification Numerical aperture=lens_na Immersion=immersion
        AcquisitionSettings: Temperature=temperature CO2=co2_percent""",
    "Channel": """
        SignalChannel: Name=name* Image acquisition>Image Acquisition=part_of Fluorophore=fluorophore Target=target_name
        Excitation wavelength=excitation_wavelength Emission wavelength=emission_wavelength Exposure time=exposure_time
        Contrast method=contrast_method""",
    "Image": """
        Image: Name=name* Study component>Study Component=part_of Specimen>Specimen=specimen
        Image acquisition>Image Acquisition=generated_by File path=file_path Size X=size_x Size Y=size_y Size Z=size_z
        Size C=size_c Size T=size_t Pixel size X=pixel_size_x Pixel size Y=pixel_size_y Pixel size Z=pixel_size_z
        Time increment=time_increment Channels=channels_text Access URL=access_url""",
    "Image Correlation": """
        ImageCorrelation: Study component>Study Component=description
        Spatial and temporal alignment=spatial_and_temporal_alignment Fiducials used=fiducials_used
        Transformation matrix=transformation_matrix""",
    "Analysis": """
        AnalysisRun: Name=name* Description=description Operation=operation Software=software_name
        Software version=software_version Code URL=code_url Code version=code_version Features analysed=features_analysed""",
    "Annotation": """
        AnnotationSet: Name=name* Overview=annotation_overview Annotation type=annotation_type
        Annotation method=annotation_method Annotation source=annotation_source Annotation software=annotation_software
        Annotation criteria=annotation_criteria Annotation coverage=annotation_coverage
        Confidence level=annotation_confidence_level Source image=source_image_id Quality assurance=quality_assurance
        Transformations=transformations Spatial information=spatial_information Class names=class_names License=license
        Creation time=annotation_creation_time
        AnnotationFile: File path=file_path File format=file_format""",
    "AssayConditions": """
        Well: Plate=plate_name* Well=well_name* Organism=organism Cell line=cell_line Gene symbol=gene_symbol
        Gene identifier=gene_identifier Compound=compound_name Concentration=compound_concentration
        Treatment duration=treatment_duration Control type=control_type Replicate=replicate Phenotype=phenotype_text
        Channels=channels_text Image file=file_path
        Reagent: siRNA=identifier""",
}
"""Sheet to columns: ``Class: Header=slot``, ``*`` where it must be filled, ``>Sheet`` where it names a row of another sheet."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    Attributes:
        header: what stands in the first row, with the unit of the slot in square brackets.
        note: what it means.
        choices: the only values it may have, where there is a fixed set of them.
    """

    header: str
    note: str
    choices: tuple[str, ...] = ()


def columns_of(sheet: str, schema: Schema) -> list[Column]:
    """Return the columns of a sheet in order.

    Raises:
        SchemaError: the schema has no such class or slot.
    """
    found: list[Column] = []
    owner = ""
    for part in _parts(SHEETS[sheet]):
        if part.endswith(":"):
            owner = part[:-1]
            continue
        left, _, name = part.partition("=")
        header, _, other = left.partition(">")
        slot = schema.slot(owner, name.rstrip("*"))
        found.append(_column(header, slot, other, required=name.endswith("*")))
    return found


def _parts(text: str) -> list[str]:
    """Return the class marks and the ``Header=slot`` pairs; a header may have spaces, a slot has none."""
    parts: list[str] = []
    words: list[str] = []
    for word in text.split():
        words.append(word)
        if word.endswith(":") or "=" in word:
            parts.append(" ".join(words))
            words = []
    return parts


def _column(header: str, slot: Slot, other: str, *, required: bool) -> Column:
    notes = [slot.description]
    if header.endswith("accession"):
        notes.append("The accession of the term, such as NCBITaxon:9606.")
    if other:
        notes = [f"{LINKS.format(other)}."[:1].upper() + f"{LINKS.format(other)}."[1:]]
    if slot.unit:
        notes.append(f"A number in {slot.unit}, or with another unit beside it.")
    if slot.multivalued and not other:
        notes.append("Several values are separated by a semicolon.")
    if required:
        notes.append("Please fill in.")
    shown = f"{header} [{slot.unit}]" if slot.unit else header
    choices = tuple(slot.values) if slot.values and not other else ("true", "false") if slot.datatype == "boolean" else ()
    return Column(shown, " ".join(notes), choices)


def workbook(schema: Schema) -> Workbook:
    """Return the workbook, empty but for the first rows."""
    book = Workbook()
    book.remove(book.active)
    for sheet in SHEETS:
        page = book.create_sheet(sheet)
        page.freeze_panes = "A2"
        for number, column in enumerate(columns_of(sheet, schema), start=1):
            cell = page.cell(1, number, column.header)
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", start_color="DDE8F0")
            cell.comment = Comment(column.note, "bioimage-kg", width=320, height=120)
            letter = get_column_letter(number)
            page.column_dimensions[letter].width = max(14, len(column.header) + 4)
            listed = ",".join(column.choices)
            if column.choices and len(listed) <= _LONGEST_LIST:
                choice = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
                choice.add(f"{letter}2:{letter}{_ROWS}")
                page.add_data_validation(choice)
    return book


def said(book: Workbook) -> dict[str, list[tuple[str, str]]]:
    """Return for each sheet its headers with their notes."""
    return {
        page.title: [(str(cell.value), cell.comment.text if cell.comment else "") for cell in page[1]]
        for page in book.worksheets
    }


def main() -> int:
    """Write the workbook, or compare it with what would be written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 on a difference")
    book = workbook(load_schema())
    if parser.parse_args().check:
        same = TARGET.exists() and said(load_workbook(TARGET)) == said(book)
        sys.stdout.write("" if same else f"{TARGET.name} differs from the schema; run scripts/make_templates.py\n")
        return 0 if same else 1
    TARGET.parent.mkdir(exist_ok=True)
    book.save(TARGET)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
