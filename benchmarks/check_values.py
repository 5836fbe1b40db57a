"""Does the graph say what independent libraries say of the same real files, in the same unit?

    python3 -m venv peers
    peers/bin/pip install bioio bioio-czi 'rosettasciio[all]' ome-types pydicom readlif liffile nd2 oiffile tifffile
    python benchmarks/check_values.py --shared ../shared --python peers/bin/python
    python benchmarks/check_values.py --shared ../shared --python peers/bin/python --all    with rows that agree

For each field all values over all records of the file are compared as sets, numbers to one in 10,000, times to a thousandth
of a second: a value that either side repeats counts once. Outcomes: agree, differ, only kg, only the library. NOTES say why
a known difference is right.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from kg.errors import SchemaError
from kg.pipeline import Pipeline, Settings
from kg.schema import load_schema

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
FIELDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    **{f"pixel_size_{axis}": (("Image", f"pixel_size_{axis}"),) for axis in "xyz"},
    "channel": (("SignalChannel", "name"),),
    "fluorophore": (("SignalChannel", "fluorophore"),),
    "excitation_wavelength": (("SignalChannel", "excitation_wavelength"),),
    "emission_wavelength": (("SignalChannel", "emission_wavelength"),),
    "lens_na": (("Objective", "lens_na"),),
    "nominal_magnification": (("Objective", "nominal_magnification"),),
    "exposure_time": (("SignalChannel", "exposure_time"), ("AcquisitionSettings", "exposure_time")),
    "acquisition_date": (("Image", "acquisition_date"),),
    "detector_voltage": (("AcquisitionSettings", "detector_voltage"), ("Detector", "detector_voltage")),
    "acceleration_voltage": (("AcquisitionSettings", "acceleration_voltage"),),
    "electron_magnification": (("AcquisitionSettings", "electron_magnification"),),
    "working_distance_used": (("AcquisitionSettings", "working_distance_used"),),
    "camera_length": (("AcquisitionSettings", "camera_length"),),
}
LIBRARIES = (
    ("vendor/czi/*.czi", ("bioio_czi",)),
    ("vendor/lif/*.lif", ("readlif", "liffile")),
    ("vendor/nd2/*.nd2", ("nd2",)),
    ("vendor/oib/*.oib", ("oiffile",)),
    ("vendor/dm/*.dm?", ("rsciio",)),
    ("vendor/mrc/*.mrc", ("rsciio",)),
    ("vendor/tia/*.emi", ("rsciio",)),
    ("vendor/emd/*.emd", ("rsciio",)),
    ("vendor/bruker/*", ("rsciio",)),
    ("vendor/sem_tiff/*.tif", ("rsciio", "tifffile")),
    ("vendor/imagej/*.tif", ("rsciio", "tifffile")),
    ("vendor/imagexpress/*.TIF", ("tifffile",)),
    ("vendor/wsi/*.dcm", ("pydicom",)),
    ("ome/omexml/**/*.ome.xml", ("ome_types",)),
    ("ome/ometiff/*.tif", ("ome_types",)),
)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d:\d\d)(\.\d+)?(?:z|[+-]\d\d:?\d\d)?")
NOTES: Mapping[tuple[str, str], str] = {
    (
        "vendor/czi/LSM880_AiryScan.czi",
        "channel",
    ): "the file has eight channels, four without a name; the library shows their IDs as names",
    (
        "vendor/nd2/cluster.nd2",
        "acquisition_date",
    ): "kg: first plane, in universal time; the library: the text beside it, two hours later, as local time is",
    (
        "vendor/wsi/seg_image_sm_control.dcm",
        "pixel_size_x",
    ): "a segmentation is an AnnotationSet, not an Image; the cell is kept",
    (
        "vendor/wsi/seg_image_sm_control.dcm",
        "pixel_size_y",
    ): "a segmentation is an AnnotationSet, not an Image; the cell is kept",
    (
        "vendor/dm/multi_signal.dm3",
        "acquisition_date",
    ): "kg: universal time, from the number; the library: the local time beside it",
    ("vendor/dm/test-MonarcCL_mono-image.dm4", "acquisition_date"): "as multi_signal.dm3",
    ("vendor/dm/test-EELS_spectrum.dm3", "acquisition_date"): "8/8/2016 may be day or month first: kg keeps the text",
    (
        "vendor/dm/test-MonarcCL_mono-image.dm4",
        "camera_length",
    ): "kg maps it in diffraction only, this is SEM imaging; the cell is kept",
    ("vendor/emd/fei_example_tem_stack.emd", "electron_magnification"): "the file says 1271519.155; the library gives 0",
    ("vendor/sem_tiff/olympus_SIS.tif", "electron_magnification"): "kg keeps it as magnification_text",
    ("vendor/sem_tiff/test_tiff_Zeiss_SEM_512pix.tif", "electron_magnification"): "the same, the library keeps the text",
}


def ours(path: Path) -> dict[str, list[str]]:
    """Return the values of the fields in the graph of one file."""
    schema = load_schema()
    found: dict[str, list[str]] = defaultdict(list)
    for seen in Pipeline(Settings(version="check")).inspect(path):
        quads = list(ox.parse(seen.trig, format=ox.RdfFormat.TRIG))
        kinds: dict[str, set[object]] = defaultdict(set)
        for quad in quads:
            if quad.predicate.value == TYPE:
                kinds[quad.object.value].add(quad.subject)
        for field, places in FIELDS.items():
            for class_name, slot_name in places:
                try:
                    slot = schema.slot(class_name, slot_name)
                except SchemaError:  # not every class has every slot
                    continue
                records = kinds[schema.class_(class_name).iri]
                said = {(q.subject, q.object) for q in quads if q.predicate.value == slot.iri and q.subject in records}
                found[field].extend(value.value for _, value in said)
    return found


def alike(value: object) -> str:
    """Return a value as it is compared: numbers to six digits, texts folded."""
    text = str(value).strip()
    try:
        return f"{float(text):.6g}"
    except ValueError:
        text = text.casefold()
    if _TIME.match(text):
        text = _TIME.sub(lambda found: f"{found[1]}t{found[2]}{(found[3] or '.0').ljust(4, '0')[:4].rstrip('.0')}", text)
    return text[:60]


def compared(mine: Mapping[str, list[str]], theirs: Mapping[str, list[object]]) -> Iterator[tuple[str, str, str, str]]:
    """Yield field, values of both sides, and the outcome."""
    for field in FIELDS:
        one, two = (
            sorted({alike(value) for value in mine.get(field, ())}),
            sorted({alike(value) for value in theirs.get(field, ())}),
        )
        if one or two:
            outcome = "agree" if _same(one, two) else "only kg" if not two else "only library" if not one else "differ"
            yield field, _shown(one), _shown(two), outcome


def _same(one: list[str], two: list[str]) -> bool:
    return len(one) == len(two) and all(a == b or _near(a, b) for a, b in zip(one, two, strict=True))


def _near(one: str, two: str) -> bool:
    try:
        return math.isclose(float(one), float(two), rel_tol=1e-4)
    except ValueError:
        return False


def _shown(values: list[str]) -> str:
    return ", ".join(values[:6]) + (f", {len(values) - 6} more" if len(values) > 6 else "")  # noqa: PLR2004


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--python", type=Path, required=True, help="interpreter that has the libraries")
    parser.add_argument("--all", action="store_true", help="show what agrees, too")
    parser.add_argument("--only", default="", help="part of the names of the files")
    asked = parser.parse_args()
    inputs = (asked.shared / "data" / "inputs").resolve()
    files = {str(path): names for glob, names in LIBRARIES for path in sorted(inputs.glob(glob)) if asked.only in str(path)}
    peers = Path(__file__).with_name("check_values_peers.py")
    done = subprocess.run([str(asked.python), str(peers)], input=json.dumps(files), capture_output=True, text=True, check=True)
    said = json.loads(done.stdout[done.stdout.index("{") :])
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    print("| file | field | kg | library | | outcome |")
    print("|---|---|---|---|---|---|")
    for name, libraries in said.items():
        short = str(Path(name).relative_to(inputs))
        mine = ours(Path(name))
        for library, told in libraries.items():
            if isinstance(told, str):
                print(f"| {short} | | | {told} | {library} | library fails |")
                outcomes[library]["library fails"] += 1
                continue
            for field, one, two, outcome in compared(mine, told):
                note = NOTES.get((short, field), "")
                outcomes[library][outcome] += 1
                if asked.all or outcome in {"differ", "only library"}:
                    print(
                        f"| {short} | {field} | {one} | {two} | {library} | {outcome}{f': {note}' if note else ''} |",
                        flush=True,
                    )
    for library, counts in outcomes.items():
        print(f"{library}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()))


if __name__ == "__main__":
    main()
