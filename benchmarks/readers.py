"""What reading metadata costs, format by format: against the bare library in the same process, and from a cold start.

    python benchmarks/readers.py --shared ../shared             both tables
    python benchmarks/readers.py --shared ../shared --warm      CPU ms of kg.readers.read and of a library
    python benchmarks/readers.py --shared ../shared --cold      `kg inspect FILE`, best of five, target 1 s

The library opens the file and takes out the same metadata as Python objects, no pixels: what a script of a few lines would do.
kg makes tables of all of them on top; the target is three times as much. Each figure is the least of several runs,
as other work on the machine can only add.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib
import json
import os
import resource
import struct
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

os.environ.setdefault("POLARS_MAX_THREADS", "1")

from kg import readers

TARGET_RATIO, TARGET_SECONDS = 3.0, 1.0
_ENOUGH = 0.4
_MOST_RUNS = 40
_CZI_METADATA = b"ZISRAWMETADATA"


def bare_xml(path: Path) -> object:
    """Parse a document with the standard library."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as stream:
        return ET.parse(stream).getroot()  # noqa: S314 - a known file


def bare_json(path: Path) -> object:
    """Parse JSON with the standard library."""
    with path.open("rb") as stream:
        return json.load(stream)


def bare_csv(path: Path) -> object:
    """Read all rows with the standard library."""
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        return list(csv.reader(stream, delimiter="\t" if path.suffix != ".csv" else ","))


def bare_yaml(path: Path) -> object:
    """Parse YAML with the parser in C."""
    import yaml  # noqa: PLC0415 - each library is loaded by its own row

    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def bare_czi(path: Path) -> object:
    """Find the metadata of a CZI where the header says, and parse them."""
    with path.open("rb") as stream:
        stream.seek(32 + 60)
        (place,) = struct.unpack("<q", stream.read(8))
        stream.seek(place)
        head = stream.read(32 + 256)
        assert head.startswith(_CZI_METADATA)  # noqa: S101 - else the comparison is none
        return ET.fromstring(stream.read(struct.unpack_from("<i", head, 32)[0]))  # noqa: S314


def bare_lif(path: Path) -> object:
    """Parse the XML at the beginning of a LIF."""
    with path.open("rb") as stream:
        head = stream.read(13)
        return ET.fromstring(stream.read(2 * struct.unpack_from("<I", head, 9)[0]).decode("utf-16-le"))  # noqa: S314


def bare_nd2(path: Path) -> object:
    """Take out what the library knows of image, channels, loops and chunks."""
    import nd2  # noqa: PLC0415

    with nd2.ND2File(path) as file:
        return (
            file.attributes,
            file.metadata,
            file.experiment,
            file.text_info,
            file.events(orient="list"),
            file.unstructured_metadata(),
        )


def bare_oib(path: Path) -> object:
    """Parse the main text, and take out the others."""
    import oiffile  # noqa: PLC0415

    with oiffile.OifFile(str(path)) as file:
        return dict(file.mainfile), [
            file.open_file(name).read() for name in file.filesystem.files() if name.endswith((".pty", ".roi"))
        ]


def bare_tiff(path: Path) -> object:
    """Take out all tags of the first page, count the pages, and decode what the library decodes."""
    import tifffile  # noqa: PLC0415

    with tifffile.TiffFile(path) as file:
        tags = {tag.name: tag.value for tag in file.pages[0].tags.values()}
        names = ("imagej", "lsm", "stk", "sem", "sis", "fei", "ome", "svs", "scn", "micromanager")
        return len(file.pages), tags, [getattr(file, f"{name}_metadata", None) for name in names]


def bare_ome_tiff(path: Path) -> object:
    """Parse the description of the first page."""
    import tifffile  # noqa: PLC0415

    with tifffile.TiffFile(path) as file:
        return ET.fromstring(file.pages[0].description)  # noqa: S314


def bare_hdf5(path: Path) -> object:
    """Visit all objects of a file with their attributes."""
    import h5py  # noqa: PLC0415

    found: dict[str, object] = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, node: found.update({name: (getattr(node, "shape", None), dict(node.attrs))}))
    return found


def bare_dicom(path: Path) -> object:
    """Decode all elements but pixels."""
    import pydicom  # noqa: PLC0415

    return pydicom.dcmread(path, stop_before_pixels=True).to_json_dict()


def bare_mrc(path: Path) -> object:
    """Unpack the header, and the extended header as bytes."""
    with path.open("rb") as stream:
        head = stream.read(1024)
        return struct.unpack_from("<10i6f3i3f2i8x4si84x3f4s4sfi800s", head), stream.read(struct.unpack_from("<i", head, 92)[0])


def bare_sciio(path: Path) -> object:
    """Read with the library that knows electron microscopes; the data stay on disk where it can leave them."""
    module = {".dm3": "digitalmicrograph", ".dm4": "digitalmicrograph", ".emd": "emd", ".spx": "bruker", ".bcf": "bruker"}[
        path.suffix
    ]
    return importlib.import_module(f"rsciio.{module}").file_reader(path, lazy=True)


def bare_zip(path: Path) -> object:
    """Parse the JSON in an archive."""
    with zipfile.ZipFile(path) as archive:
        return [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith((".json", ".zattrs", ".zarray"))]


def bare_xlsx(path: Path) -> object:
    """Read all cells of a workbook."""
    import openpyxl  # noqa: PLC0415

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book]


def bare_rdf(path: Path) -> object:
    """Parse with the same parser."""
    import pyoxigraph as ox  # noqa: PLC0415

    return list(ox.parse(path=str(path)))


@dataclass(frozen=True, slots=True)
class Sample:
    """A format by a real file below data/inputs, and what a bare library does with it."""

    title: str
    path: str
    library: str
    bare: Callable[[Path], object]


SAMPLES = (
    Sample("Zeiss CZI", "vendor/czi/LSM880_AiryScan.czi", "struct, xml.etree", bare_czi),
    Sample("Leica LIF", "vendor/lif/LeicaLASX_wavelength-sweep_example.lif", "struct, xml.etree", bare_lif),
    Sample("Nikon ND2", "vendor/nd2/cluster.nd2", "nd2", bare_nd2),
    Sample("Olympus OIB", "vendor/oib/test.oib", "oiffile", bare_oib),
    Sample("Imaris IMS", "vendor/ims/Minimal_IMS_File.ims", "h5py", bare_hdf5),
    Sample("OME-XML", "ome/omexml/2016-06/multi-channel-z-series-time-series.ome.xml", "xml.etree", bare_xml),
    Sample("OME-XML, large", "ome/omexml/2016-06/folders-simple-taxonomy.ome.xml", "xml.etree", bare_xml),
    Sample("OME-XML, gz", "ome/omexml/ome-types/OverViewScan2-aics.ome.xml.gz", "gzip, xml.etree", bare_xml),
    Sample("OME-TIFF", "ome/ometiff/cells.ome.tif", "tifffile, xml.etree", bare_ome_tiff),
    Sample("Opera Phenix index", "vendor/phenix/v1/Index.idx.xml", "xml.etree", bare_xml),
    Sample("CellVoyager", "vendor/cellvoyager/MeasurementData.mlf", "xml.etree", bare_xml),
    Sample("ImageJ TIFF", "vendor/imagej/test_loading_image_saved_with_imageJ_stack.tif", "tifffile", bare_tiff),
    Sample("Zeiss SEM TIFF", "vendor/sem_tiff/test_tiff_Zeiss_SEM_512pix.tif", "tifffile", bare_tiff),
    Sample("Olympus SIS TIFF", "vendor/sem_tiff/olympus_SIS.tif", "tifffile", bare_tiff),
    Sample("MetaXpress TIFF", "vendor/imagexpress/9987_B02.TIF", "tifffile", bare_tiff),
    Sample("Aperio SVS", "vendor/wsi/small.svs", "tifffile", bare_tiff),
    Sample("DICOM slide", "vendor/wsi/sm_image.dcm", "pydicom", bare_dicom),
    Sample("Gatan DM3", "vendor/dm/multi_signal.dm3", "rosettasciio", bare_sciio),
    Sample("Gatan DM4", "vendor/dm/test-MonarcCL_mono-image.dm4", "rosettasciio", bare_sciio),
    Sample("Velox EMD", "vendor/emd/fei_example_tem_stack.emd", "rosettasciio", bare_sciio),
    Sample("Bruker SPX", "vendor/bruker/bruker_nano.spx", "rosettasciio", bare_sciio),
    Sample("Brillouin HDF5", "vendor/hdf5/brillouin.h5", "h5py", bare_hdf5),
    Sample("MRC", "vendor/mrc/HAADFscan.mrc", "struct", bare_mrc),
    Sample("OME-Zarr in a zip", "ngff/neuroglancer/simple_0.5.zip", "zipfile, json", bare_zip),
    Sample("BioStudies PageTab", "bia/pagetab/S-BIAD1135_original.json", "json", bare_json),
    Sample("OMERO JSON", "omero/json_api/projects.json", "json", bare_json),
    Sample("CryoET YAML", "cryoet/configs/10000.yaml", "yaml", bare_yaml),
    Sample("IDR annotation", "idr/idr0106/idr0106-experimentA-annotation.csv", "csv", bare_csv),
    Sample("spreadsheet", "omero/kv/Add_owner_as_key_value_test_grid.xlsx", "openpyxl", bare_xlsx),
    Sample("Turtle", "gide/gide_fbbi_hierarchy_subset.ttl", "pyoxigraph", bare_rdf),
)


def least(work: Callable[[], object]) -> float:
    """Return CPU seconds of the cheapest of several runs; the first, which loads libraries, does not count."""
    work()
    runs: list[float] = []
    while sum(runs) < _ENOUGH and len(runs) < _MOST_RUNS:
        began = time.process_time()
        work()
        runs.append(time.process_time() - began)
    return min(runs)


def warm(inputs: Path) -> None:
    """Print the table of ratios."""
    print("| format | kB | kg, CPU ms | library | CPU ms | ratio |")
    print("|---|---|---|---|---|---|")
    for sample in SAMPLES:
        path = inputs / sample.path
        try:
            [source] = readers.discover([path])
            ours = least(lambda source=source: [table.frame.collect() for table in readers.read(source).tables.values()])
            theirs = least(lambda path=path, bare=sample.bare: bare(path))
        except Exception as error:  # noqa: BLE001 - a library may know less than kg
            print(f"| {sample.title} | | | {sample.library} | {type(error).__name__}: {str(error)[:60]} | |", flush=True)
            continue
        ratio = f"{ours / theirs:.1f}" + ("" if ours <= TARGET_RATIO * theirs else " !")
        size = path.stat().st_size / 1000
        print(
            f"| {sample.title} | {size:,.0f} | {1000 * ours:.2f} | {sample.library} | {1000 * theirs:.2f} | {ratio} |",
            flush=True,
        )


def started(path: Path) -> tuple[float, float]:
    """Return wall and CPU seconds of one `kg inspect`, children and their children included."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "kg.cli.main", "inspect", str(path)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cold(inputs: Path, runs: int) -> None:
    """Print the table of cold starts."""
    print("| format | kB | wall s | CPU s |")
    print("|---|---|---|---|")
    for sample in SAMPLES:
        path = inputs / sample.path
        took = [started(path) for _ in range(runs)]
        wall, cpu = min(each[0] for each in took), min(each[1] for each in took)
        over = "" if wall < TARGET_SECONDS else " !"
        print(f"| {sample.title} | {path.stat().st_size / 1000:,.0f} | {wall:.2f}{over} | {cpu:.2f} |", flush=True)


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--warm", action="store_true")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--runs", type=int, default=5, help="cold starts per format (default: 5)")
    asked = parser.parse_args()
    inputs = asked.shared / "data" / "inputs"
    warnings.simplefilter("ignore")
    if asked.warm or not asked.cold:
        warm(inputs)
    if asked.cold or not asked.warm:
        cold(inputs, asked.runs)


if __name__ == "__main__":
    main()
