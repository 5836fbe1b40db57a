"""Write docs/coverage.md: what kg finds in every real file of the shared inputs, by kind of source.

usage: make_coverage.py [--shared DIR] [--check]

The table is made from the files: each is read, recognised and mapped, and a field counts where a record of the class has it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import pyoxigraph as ox

from kg import __version__
from kg.errors import SourceError
from kg.mapping import load_mappings
from kg.pipeline import Inspected, Pipeline, Settings
from kg.quality.tiers import tiers_of
from kg.schema import Schema, load_schema
from kg.table import Source

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "coverage.md"
FAMILIES = (
    *("vendor", "micrometa", "ome", "ngff", "omero", "eln", "bia", "empiar", "ssbd", "hubmap", "cryoet", "datacite", "models"),
    *("annotation", "gide/example-bia", "gide/example-idr", "gide/example-ssbd"),
    *(f"idr/{study}" for study in ("idr0001", "idr0004", "idr0011", "idr0012", "idr0056", "idr0062")),
)
"""Folders of the shared inputs; of the many like studies of IDR a few."""

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
FIELDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "study": (("Study", "name"), ("Study", "accession"), ("StudyComponent", "name")),
    "sample": (
        ("Biosample", "organism"),
        ("Image", "organism"),
        ("Well", "organism"),
        ("Specimen", "name"),
        ("Biosample", "name"),
    ),
    "method": (("ImageAcquisition", "imaging_method"), ("Image", "imaging_method"), ("Study", "imaging_method")),
    "instrument": (("Instrument", "model"), ("Instrument", "manufacturer"), ("Instrument", "name")),
    "serial": (("Instrument", "serial_number"), ("Detector", "serial_number"), ("HardwareComponent", "serial_number")),
    "software": (
        ("ImageAcquisition", "software_name"),
        ("Instrument", "software_name"),
        ("ImageRepresentation", "conversion_by"),
        ("AnalysisRun", "software_components"),
    ),
    "NA": (("Objective", "lens_na"),),
    "magn.": (("Objective", "nominal_magnification"), ("AcquisitionSettings", "electron_magnification")),
    "immersion": (("Objective", "immersion"), ("Objective", "immersion_text"), ("AcquisitionSettings", "refractive_index")),
    "channel": (("SignalChannel", "name"),),
    "fluorophore": (("SignalChannel", "fluorophore"), ("SignalChannel", "label_text")),
    "ex": (("SignalChannel", "excitation_wavelength"), ("SignalChannel", "illumination_wavelength")),
    "em": (("SignalChannel", "emission_wavelength"),),
    "detector": (("Detector", "name"), ("Detector", "model"), ("Detector", "detector_type")),
    "light": (("LightSource", "name"), ("LightSource", "illumination_wavelength"), ("LightSource", "light_source_type")),
    "exposure": (("SignalChannel", "exposure_time"), ("AcquisitionSettings", "exposure_time"), ("Plane", "exposure_time")),
    "voltage": (("AcquisitionSettings", "acceleration_voltage"),),
    "pixel size": (("Image", "pixel_size_x"), ("ImageRepresentation", "pixel_size_x")),
    "date": (("Image", "acquisition_date"), ("ImageAcquisition", "started_at"), ("ImageRepresentation", "date_created")),
    "plate, well": (("Plate", "name"), ("Well", "well_name"), ("Image", "well_name")),
    "annotations": (("AnnotationSet", "annotation_type"), ("AnnotationFile", "annotation_type"), ("AnnotationSet", "name")),
    "people": (("Person", "name"), ("Person", "family_name")),
}
LIBRARIES: Mapping[str, str] = {
    "nd2": "nd2",
    "oib": "oiffile",
    "ims": "h5py",
    "emd": "h5py",
    "hdf5": "h5py",
    "dicom": "pydicom",
    "tiff": "tifffile",
    "ome_tiff": "tifffile",
    "micromanager": "tifffile",
    "htd": "tifffile",
    "spreadsheet": "openpyxl",
    "yaml_document": "pyyaml",
    "rdf_document": "pyoxigraph",
}
"""Reader to the package that opens the container; all others are read with the standard library."""

UNTESTED = {
    "Zeiss LSM": "tiff, mapping lsm",
    "Leica LOF and XLIF": "lif",
    "Olympus OIF folder": "oib",
    "RELION STAR": "annotation carriers",
    "YOLO": "annotation carriers",
    "TIFF masks by their name": "tiff, mapping tiff-mask",
    "MetaMorph STK, NDPI, SCN, QPTIFF": "tiff",
    "PageTab TSV": "pagetab",
}  # fmt: skip

UNMAPPED = {
    "DALIA": "a list of training material, not of images",
    "goldStandard.ttl": "what the crate beside it should give, and so a test of ours, not a source",
    "goldStandardShapes": "SHACL shapes, which state nothing of any thing",
    "MJ2_structure": "sentences for a methods text with gaps to fill, no metadata",
    "MethodsJ2_methods": "a table of sentences with gaps filled, made from an image that is a source of its own",
    "transformations/": "an example of a transformation alone, without an image",
    "Add_owner": "a grid of test results, no table of keys and values",
}
"""Why a source of the shared inputs that can be read has no mapping."""


HEAD = """# What is found in which format

Written by `scripts/make_coverage.py` from real files: each is read, recognised and mapped; a field counts where a record of its
class has it. A number is the count of files in which the field was found; a dot means none of them. What a format does not hold
cannot be found in it. Cells that no slot takes are kept in the custom layer: none is lost.

Tiers are the fields of the 4DN-BINA-OME specifications: {0} of tier 1 and {1} of tier 2 are looked for. The two columns say how
many the best file gives, and so how many no file of the kind gives.

"""


@dataclass(slots=True)
class Row:
    """What was found over the files of one mapping."""

    readers: set[str] = field(default_factory=set)
    files: int = 0
    found: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tiers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    cells: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    by_file: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def present(one: Inspected, schema: Schema) -> set[str]:
    """Return the fields that the statements of a source fill."""
    said = _said(ox.parse(one.trig, format=ox.RdfFormat.TRIG), schema)
    names = {}
    for label, slots in FIELDS.items():
        known = [(c, schema.class_(c).slots[s].iri) for c, s in slots if c in schema.classes and s in schema.class_(c).slots]
        names[label] = any(pair in said for pair in known)
    return {label for label, is_there in names.items() if is_there}


def _said(quads: Iterable[ox.Quad], schema: Schema) -> set[tuple[str, str]]:
    classes = {class_.iri: (name, *class_.ancestors) for name, class_ in schema.classes.items()}
    types: dict[object, set[str]] = defaultdict(set)
    predicates: dict[object, set[str]] = defaultdict(set)
    for quad in quads:
        if quad.predicate.value == TYPE and isinstance(quad.object, ox.NamedNode):
            types[quad.subject].update(classes.get(quad.object.value, ()))
        else:
            predicates[quad.subject].add(quad.predicate.value)
    return {(name, predicate) for subject, names in types.items() for name in names for predicate in predicates[subject]}


def looked(inputs: Path, families: Iterable[str]) -> Iterator[tuple[str, Inspected | str, float]]:
    """Inspect every source of the families; yield its key and what it says, or why it was refused."""
    pipeline = Pipeline(Settings(version=__version__))
    for family in families:
        refused: list[tuple[str, str]] = []
        begun = time.perf_counter()

        def tell(source: Source, error: SourceError, refused: list[tuple[str, str]] = refused) -> None:
            refused.append((source.key, error.what))

        if not (inputs / family).is_dir():
            raise SourceError(family, "is no folder of the shared inputs")
        for one in pipeline.inspect_each(inputs / family, tell):
            yield one.source.key, one, time.perf_counter() - begun
            begun = time.perf_counter()
        for key, reason in refused:
            yield key, reason, 0.0


def rows_of(inputs: Path, schema: Schema) -> tuple[dict[str, Row], list[tuple[str, str]]]:
    """Return a row for each mapping, and the sources that were refused or that no mapping took."""
    rows: dict[str, Row] = defaultdict(Row)
    refused: list[tuple[str, str]] = []
    for key, one, seconds in looked(inputs, FAMILIES):
        if isinstance(one, str):
            refused.append((key, one))
            continue
        if one.mapping is None:
            reason = next(
                (reason for part, reason in UNMAPPED.items() if part in key), "kg suggest drafts a mapping for such a source"
            )
            refused.append((key, f"read by {one.reading.reader}, without a mapping: {reason}"))
            continue
        row = rows[one.mapping]
        row.readers.add(one.reading.reader)
        row.files += 1
        row.seconds.append(seconds)
        found = present(one, schema)
        row.by_file.append((key, tuple(label for label in FIELDS if label in found)))
        for label in found:
            row.found[label] += 1
        tiers = tiers_of(ox.parse(one.trig, format=ox.RdfFormat.TRIG), schema)
        for tier in (1, 2):
            row.tiers[tier].append(tiers.count(tier)[0])
        for column in one.columns:
            row.cells[0] += column.filled
            row.cells[1] += column.mapped
            row.cells[2] += column.custom
            row.cells[3] += column.withheld
    return dict(rows), refused


def licence(package: str) -> str:
    """Return the licence that an installed package declares, shortened."""
    told = metadata.metadata(package)
    text = told.get("License-Expression") or told.get("License") or ""
    classifiers = [
        line.rpartition("::")[2].strip() for line in told.get_all("Classifier") or () if line.startswith("License ::")
    ]
    return (text.splitlines()[0] if text.strip() else "; ".join(classifiers))[:40] or "see package"


def page(rows: Mapping[str, Row], refused: Iterable[tuple[str, str]], schema: Schema) -> str:
    """Return the page."""
    titles = {mapping.mapping: mapping.title for mapping in load_mappings()}
    totals = [tiers_of([], schema).count(tier)[1] for tier in (1, 2)]
    lines = HEAD.format(*totals).splitlines()
    labels = list(FIELDS)
    lines += [
        "| mapping | files | " + " | ".join(labels) + " | tier 1 | tier 2 |",
        "|---|---|" + "---|" * (len(labels) + 2),
    ]
    for name, row in sorted(rows.items()):
        cells = " | ".join(str(row.found[label]) if row.found[label] else "·" for label in labels)
        lines.append(f"| {name} | {row.files} | {cells} | {max(row.tiers[1])} | {max(row.tiers[2])} |")
    lines += [
        "",
        "## How each is read",
        "",
        "The last column is the time of reading, mapping and resolving one file, in milliseconds: half of the files took less.",
        "",
        "| mapping | title | reader | library (licence) | cells | mapped | kept | left out | ms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in sorted(rows.items()):
        used = sorted({LIBRARIES[reader] for reader in row.readers if reader in LIBRARIES})
        told = ", ".join(f"{library} ({licence(library)})" for library in used) or "none"
        filled, mapped, kept = row.cells[:3]
        half = sorted(row.seconds)[len(row.seconds) // 2] * 1000
        lines.append(
            f"| {name} | {titles[name]} | {', '.join(sorted(row.readers))} | {told} | {filled:,} | {mapped:,} | {kept:,} |"
            f" {row.cells[3]:,} | {half:,.0f} |"
        )
    lines += ["", "## By file", "", "| file | mapping | found |", "|---|---|---|"]
    by_file = sorted((key, name, found) for name, row in rows.items() for key, found in row.by_file)
    lines += [f"| {key} | {name} | {', '.join(found) or 'none of these'} |" for key, name, found in by_file]
    lines += ["", "## Supported without a real file to test with", "", "| format | by |", "|---|---|"]
    lines += [f"| {name} | {by} |" for name, by in UNTESTED.items()]
    lines += ["", "## Refused, or without a mapping", "", "| source | why |", "|---|---|"]
    lines += [f"| {key} | {reason.replace('|', '/')} |" for key, reason in sorted(refused)]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    options = parser.parse_args(arguments)
    inputs = options.shared / "data" / "inputs"
    if not inputs.is_dir():
        raise SourceError(str(options.shared), "has no data/inputs, expected the shared inputs")
    schema = load_schema()
    PAGE.write_text(page(*rows_of(inputs, schema), schema), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
