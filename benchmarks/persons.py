"""Seed sources of many formats with people and count who is found; count alarms in sources without patients; measure the cost.

usage: persons.py [--inputs FOLDER ...] [--cells N] [--show]
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from kg.curie import KG
from kg.mapping import Decisions, Loaded, Mapping, Run, Tally
from kg.pipeline import Pipeline, Settings
from kg.pipeline.guarding import PersonGuard
from kg.schema import load_schema
from kg.table import Reading, Table

CODES = ("human-subject", "user-path", "e-mail")
GIVEN = ("Mara", "Otis", "Ines", "Piet", "Zora", "Levi", "Thea", "Nils", "Emile", "Joerg")
FAMILY = (
    "Vantongeren",
    "Quillfeather",
    "Ozgurel",
    "Brandywell",
    "Castellanos",
    "Ngubane",
    "Przybyl",
    "Wintergreen",
    "Müller-Lüd",
)
INPUTS = Path(__file__).resolve().parents[2] / "shared/data/inputs"


class Seeds:
    """Invents people, and remembers each text that must not come out, with its kind."""

    def __init__(self, seed: int) -> None:
        """Start a row of invented people; the same number gives the same."""
        self._random, self.texts = random.Random(seed), list[tuple[str, str]]()  # noqa: S311 - no secrets

    def _said(self, kind: str, text: str) -> str:
        self.texts.append((kind, text))
        return text

    def name(self) -> str:
        """Return a name."""
        return self._said("name", f"{self._random.choice(GIVEN)} {self._random.choice(FAMILY)}")

    def number(self, kind: str, digits: int) -> str:
        """Return a number of digits that does not begin with a zero."""
        return self._said(kind, str(self._random.randint(10 ** (digits - 1), 10**digits - 1)))

    def account(self) -> str:
        """Return the name of an account."""
        return self._said("account", f"{self._random.choice(FAMILY).lower()[:6]}{self._random.randint(1000, 9999)}")

    def mail(self) -> str:
        """Return an e-mail address."""
        return self._said("e-mail", f"{self._random.choice(FAMILY).lower()[:4]}{self._random.randint(1000, 9999)}@lab.example")

    def day(self) -> str:
        """Return a day of birth."""
        return self._said(
            "birth", f"19{self._random.randint(30, 99)}-0{self._random.randint(1, 9)}-{self._random.randint(10, 28)}"
        )

    def remarks(self) -> Iterator[str]:
        """Yield free texts, each with a seed or two."""
        yield f"Patient: {self.name()}"
        yield f"fixed on ice; patient name: {self.name()}, stained"
        yield f"MRN {self.number('record', 8)}"
        yield f"Medical record number: {self.number('record', 7)}"
        yield f"section 4, DOB {self.day()}"
        yield f"Date of birth: {self.day()}"
        yield f"SSN {self.number('security', 9)}"
        yield f"Geburtsdatum {self.day()}"
        yield f"questions to {self.mail()}"
        yield f"C:\\Users\\{self.account()}\\Desktop\\a.tif"
        yield f"saved at /home/{self.account()}/data/b.tif"
        yield f"file:///Users/{self.account()}/c.tif"
        yield f"\\\\nas\\users\\{self.account()}\\d.tif"


def seeded(folder: Path, seeds: Seeds) -> None:
    """Write one source of each format."""
    with (folder / "idr0009-screenA-annotation.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["Plate", "Well", "Gene Symbol", "Operator", "User Name", "MRN", "Patient Name", "Date of Birth", "Remark"]
        )
        for n, remark in enumerate(seeds.remarks()):
            rows.writerow(
                [
                    "P1",
                    f"A{n}",
                    "TP53",
                    seeds.name(),
                    seeds.account(),
                    seeds.number("record", 7),
                    seeds.name(),
                    seeds.day(),
                    remark,
                ]
            )
    page = {f"note{n}": remark for n, remark in enumerate(seeds.remarks())}
    (folder / "set.json").write_text(
        json.dumps({"@context": "https://schema.org/", "@type": "Dataset", "name": "d", "operator": seeds.name(), **page})
    )
    notes = "".join(
        f'<XMLAnnotation ID="Annotation:{n}"><Value><Note Remark="{remark}"/></Value></XMLAnnotation>'
        for n, remark in enumerate(seeds.remarks())
    )
    (folder / "image.ome.xml").write_text(
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0" Name="i"><Pixels ID="Pixels:0"'
        ' DimensionOrder="XYZCT" Type="uint8" SizeX="1" SizeY="1" SizeZ="1" SizeC="1" SizeT="1"/></Image>'
        f"<StructuredAnnotations>{notes}</StructuredAnnotations></OME>"
    )
    entries = [
        {"@id": f"./{n}/", "@type": "Dataset", "name": f"e{n}", "text": remark, "comment_text": remark}
        for n, remark in enumerate(seeds.remarks())
    ]
    root = {"@id": "./", "@type": "Dataset", "name": "e", "hasPart": [{"@id": entry["@id"]} for entry in entries]}
    about = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}}
    with zipfile.ZipFile(folder / "book.eln", "w") as archive:
        graph = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [about, root, *entries]}
        archive.writestr("book/ro-crate-metadata.json", json.dumps(graph))
    _slide(folder / "slide.dcm", seeds)
    _tiff(folder / "gel.tif", seeds)


def _slide(path: Path, seeds: Seeds) -> None:
    import pydicom  # noqa: PLC0415 - only this needs it

    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.6"
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = "1.2.3.4.5"
    data.Modality = "SM"
    for tag in ("PatientName", "OperatorsName", "ReferringPhysicianName", "PerformingPhysicianName", "PatientMotherBirthName"):
        setattr(data, tag, seeds.name())
    data.PatientID, data.AccessionNumber = seeds.number("record", 8), seeds.number("record", 9)
    data.PatientBirthDate = seeds.day().replace("-", "")
    seeds.texts.append(("birth", data.PatientBirthDate))
    data.PatientAddress, data.LabelText, data.BarcodeValue = seeds.name(), seeds.name(), seeds.number("record", 10)
    data.PatientComments, data.ImageComments = seeds.name(), f"Patient: {seeds.name()}"
    data.save_as(path, enforce_file_format=True)


def _tiff(path: Path, seeds: Seeds) -> None:
    import tifffile  # noqa: PLC0415 - only this needs it

    tags = [
        (315, "s", 0, seeds.account(), True),
        (316, "s", 0, seeds.account(), True),
        (270, "s", 0, f"MRN {seeds.number('record', 8)}", True),
    ]
    tifffile.imwrite(path, pl.DataFrame({"a": [0, 0]}).to_numpy().astype("uint8"), extratags=tags, metadata=None)


def recall(persons: str) -> tuple[Counter[str], list[tuple[str, str]]]:
    """Return how many texts of each kind were seeded, and those that came out in statements or Problems."""
    seeds = Seeds(7)
    with tempfile.TemporaryDirectory() as name:
        seeded(Path(name), seeds)
        out = ""
        for one in Pipeline(Settings(persons=persons)).inspect_each(Path(name)):
            if one.mapping is None:
                raise SystemExit(f"{one.source.key} has no mapping")
            out += one.trig + "".join(map(str, one.problems)) + "".join(map(str, one.decisions))
    texts = dict.fromkeys(seeds.texts)
    return Counter(kind for kind, _ in texts), [
        (kind, text) for kind, text in texts if text in out or text.replace(" ", "%20") in out
    ]


def alarms(folder: Path, *, show: bool) -> Counter[str]:
    """Return how many cells of real sources are told to be about people, by kind."""
    counts: Counter[str] = Counter()
    for one in Pipeline(Settings()).inspect_each(folder, lambda *_: None):
        counts["cells"] += sum(column.filled for column in one.columns)
        for problem in one.problems:
            if problem.code in CODES:
                counts[problem.code] += problem.count
                if show:
                    print(f"  {problem.source}, {problem.column}: {problem.code} ({problem.count})")
    return counts


def cost(cells: int) -> tuple[float, float]:
    """Return the seconds to map a table without a guard and with one."""
    chance, width = random.Random(1), 20  # noqa: S311 - no secrets
    words = [
        "nuclear pore",
        "plate_12/A07.tif",
        "0.8231",
        "2021-03-04",
        "10.17867/10000123",
        "DMSO",
        "siRNA 7",
        "NM_000546",
        "Homo sapiens",
        "x" * 40,
    ]
    row = {"_row": pl.Series(range(cells // width), dtype=pl.UInt32)}
    columns = {
        f"Column {n}": [chance.choice(words) + str(chance.randint(0, 999)) for _ in range(cells // width)] for n in range(width)
    }
    frame = pl.DataFrame({**row, **columns})
    record = {"name": "image", "class": "Image", "id": "image/{_row}", "slots": {"name": "Column 0", "description": "Column 1"}}
    spec = Mapping.model_validate(
        {"mapping": "t", "title": "t", "namespace": "t", "recognise": {"reader": "t"}, "records": [record]}
    )
    source = Loaded(f"{KG}id/t", "t", Reading("t", {"rows": Table("rows", frame.lazy())}))
    schema = load_schema()

    def timed(guard: PersonGuard | None) -> float:
        start = time.process_time()
        Run(spec, schema, Decisions(schema, lambda _: {}, KG), Tally(), _Nowhere(), persons="authors", guard=guard).add(
            [source]
        )
        return time.process_time() - start

    timed(None)
    return min(timed(None) for _ in range(3)), min(timed(PersonGuard()) for _ in range(3))


class _Nowhere:
    """A sink that drops what it is given."""

    def own(self, blocks: pl.Series) -> None:
        """Drop."""

    def shared(self, blocks: pl.Series) -> None:
        """Drop."""


def main() -> None:
    """Print recall, alarms and cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=Path, action="append", help="folders of sources without patients")
    parser.add_argument("--cells", type=int, default=2_000_000, help="size of the table for the cost")
    parser.add_argument("--show", action="store_true", help="print each alarm and each text that came out")
    options = parser.parse_args()
    for persons in ("authors", "none"):
        seeded_, out = recall(persons)
        lost = Counter(kind for kind, _ in out)
        parts = ", ".join(f"{kind} {n - lost[kind]}/{n}" for kind, n in sorted(seeded_.items()))
        print(f"persons {persons}: {seeded_.total() - len(out)} of {seeded_.total()} seeded texts are nowhere ({parts})")
        if options.show:
            print("\n".join(f"  {kind}: {text}" for kind, text in out))
    for folder in options.inputs or [INPUTS / name for name in ("idr", "gide", "eln")]:
        counts = alarms(folder, show=options.show)
        print(f"{folder.name}: {counts['cells']:,} cells, " + ", ".join(f"{code} {counts[code]:,}" for code in CODES))
    bare, guarded = cost(options.cells)
    print(
        f"{options.cells:,} cells: {bare:.2f} s without, {guarded:.2f} s with a look for people ({guarded / bare - 1:+.1%} CPU)"
    )


if __name__ == "__main__":
    main()
