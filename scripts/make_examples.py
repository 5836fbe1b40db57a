"""Write the example sources of ``kg demo`` into ``examples/``: four kinds of source, one biology, four vocabularies.

usage: make_examples.py [--check]
"""

# ruff: noqa: E501 - the documents below stand as their formats write them
from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PAPER = "10.5555/kg.demo.2021"

Rows = list[list[str]]


def _tsv(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _csv(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def screen_study() -> bytes:
    """An RNAi screen for mitosis, in the form of an IDR study file."""
    return _tsv(
        [
            ["# Section with generic information about the study"],
            ["# Study"],
            ["Comment[IDR Study Accession]", "idr9001"],
            ["Study Title", "Which kinases does a dividing cell need? An RNAi screen in living cells"],
            ["Study Type", "high content screen"],
            ["Study Type Term Source REF", "EFO"],
            ["Study Type Term Accession", "EFO_0007550"],
            ["Study Description", "Each well lacks one kinase; spinning disk movies show at which step cells stop dividing."],
            ["Study Key Words", "mitosis", "RNAi", "kinase"],
            ["Study Organism", "Homo sapiens"],
            ["Study Organism Term Source REF", "NCBITaxon"],
            ["Study Organism Term Accession", "NCBITaxon_9606"],
            ["Study Screens Number", "2"],
            ["Study Public Release Date", "2021-03-15"],
            ["# Study Publication"],
            ["Study PubMed ID", "99000001"],
            ["Study Publication Title", "Kinases that a dividing cell needs"],
            ["Study Author List", "Lindqvist A, Okafor N"],
            ["Study DOI", f"https://doi.org/{PAPER}"],
            ["# Study License"],
            ["Study License", "CC BY 4.0"],
            ["Study License URL", "https://creativecommons.org/licenses/by/4.0/"],
            ["Study Copyright", "Lindqvist et al"],
            ["# Study Contacts"],
            ["Study Person Last Name", "Lindqvist", "Okafor"],
            ["Study Person First Name", "Anna", "Ngozi"],
            ["Study Person Email", "anna@example.org", ""],
            ["Study Person ORCID", "0000-0002-1825-0097", ""],
            ["Study Person Roles", "submitter", "analyst"],
            ["Term Source Name", "NCBITaxon", "EFO", "CMPO"],
            ["Term Source URI", "http://purl.obolibrary.org/obo/", "http://www.ebi.ac.uk/efo/", "http://www.ebi.ac.uk/cmpo/"],
            *_screen("1", "screenA", "primary screen", "EFO_0007556"),
            *_screen("2", "screenB", "validation screen", "EFO_0007558"),
        ]
    )


# The two screens saw the same and called it differently; both are kinds of cell cycle arrest.
_ARREST = {
    "screenA": ("round, no metaphase plate", "prometaphase arrested phenotype", "CMPO_0000343"),
    "screenB": ("stuck in metaphase", "metaphase arrested phenotype", "CMPO_0000305"),
}
_BRIGHT = ("bright nuclei", "bright nuclei phenotype", "CMPO_0000154")


def _screen(number: str, name: str, kind: str, accession: str) -> Rows:
    seen, term, arrested = _ARREST[name]
    return [
        ["# Screen"],
        ["Screen Number", number],
        ["Comment[IDR Screen Name]", f"idr9001-mitosis/{name}"],
        ["Screen Sample Type", "cell"],
        ["Screen Description", f"The {kind}."],
        ["Screen Size", "Plates: 1", "5D Images: 5"],
        ["Screen Imaging Method", "spinning disk microscopy"],
        ["Screen Imaging Method Term Source REF", "Fbbi"],
        ["Screen Imaging Method Term Accession", "FBbi_00000253"],
        ["Screen Technology Type", "RNAi screen"],
        ["Screen Technology Type Term Source REF", "EFO"],
        ["Screen Technology Type Term Accession", "EFO_0007551"],
        ["Screen Type", kind],
        ["Screen Type Term Source REF", "EFO"],
        ["Screen Type Term Accession", accession],
        ["Library Type", "siRNA library"],
        ["Library Type Term Source REF", "EFO"],
        ["Library Type Term Accession", "EFO_0007564"],
        ["Library Manufacturer", "Example Oligos"],
        ["Protocol Name", "growth protocol", "HCS image acquistion and feature extraction protocol"],
        ["Protocol Type", "growth protocol", "HCS image acquistion and feature extraction protocol"],
        ["Protocol Type Term Source REF", "EFO", "EFO"],
        ["Protocol Type Term Accession", "EFO_0003789", "EFO_0007572"],
        ["Protocol Description", "HeLa cells in DMEM with 10 % serum.", "One movie per well, one frame every 5 min for 24 h."],
        ["Phenotype Name", seen, "bright nuclei"],
        ["Phenotype Description", "Cells do not divide within two hours.", "Nuclei brighter than in controls."],
        ["Phenotype Score Type", "automatic", "manual"],
        ["Phenotype Term Source REF", "CMPO", "CMPO"],
        ["Phenotype Term Name", term, "bright nuclei phenotype"],
        ["Phenotype Term Accession", arrested, "CMPO_0000154"],
    ]


_WELL_HEADER = [
    "Plate", "Well", "Characteristics [Organism]", "Term Source 1 REF", "Term Source 1 Accession", "Characteristics [Cell Line]",
    "Term Source 2 REF", "Term Source 2 Accession", "siRNA Identifier", "Gene Identifier", "Gene Symbol", "Control Type", "Channels",
    "Has Phenotype", "Phenotype 1", "Phenotype 1 Term Name", "Phenotype 1 Term Accession", "Phenotype 2", "Phenotype 2 Term Name",
    "Phenotype 2 Term Accession", "Comment [Mitotic Index]",
]  # fmt: skip


def _well(screen: str, well: str, reagent: tuple[str, str, str], seen: str, index: str) -> list[str]:
    arrested = _ARREST[screen] if "a" in seen else ("", "", "")
    bright = _BRIGHT if "b" in seen else ("", "", "")
    control = "" if any(reagent) else "negative control"
    return [
        f"P[1]_{screen}", well, "Homo sapiens", "NCBITaxon", "NCBITaxon_9606", "HeLa", "EFO", "EFO_0001185", *reagent, control,
        "H2B-mCherry:chromatin", "yes" if seen else "no", *arrested, *bright, index,
    ]  # fmt: skip


def screen_wells(screen: str) -> bytes:
    """The wells of one screen, in the form of an IDR annotation table."""
    first = screen == "screenA"
    return _csv(
        [
            _WELL_HEADER,
            _well(screen, "A1", ("s448", "5347", "PLK1"), "ab" if first else "a", "0.41"),
            _well(screen, "A2", ("s17612", "9212", "AURKB"), "b" if first else "", "0.12"),
            _well(screen, "A3", ("", "", ""), "", "0.05"),
            _well(screen, "A4", ("s449", "5347", "PLK1"), "a", "0.38"),
            _well(screen, "A5", ("s7902", "3832", "KIF11"), "a" if first else "", "0.44" if first else "0.06"),
        ]
    )


def brain_study() -> bytes:
    """A light sheet study of the mouse brain, in the form of an IDR study file."""
    return _tsv(
        [
            ["Comment[IDR Study Accession]", "idr9002"],
            ["Study Title", "Vessels of the whole mouse brain by light sheet"],
            ["Study Type", "3D imaging"],
            ["Study Description", "Cleared brains, imaged whole."],
            ["Study Organism", "Mus musculus"],
            ["Study Organism Term Source REF", "NCBITaxon"],
            ["Study Organism Term Accession", "NCBITaxon_10090"],
            ["Study Experiments Number", "1"],
            ["Study Public Release Date", "2022-07-01"],
            ["Study License", "CC0 1.0"],
            ["Study License URL", "https://creativecommons.org/publicdomain/zero/1.0/"],
            ["Experiment Number", "1"],
            ["Comment[IDR Experiment Name]", "idr9002-brain/experimentA"],
            ["Experiment Sample Type", "tissue"],
            ["Experiment Description", "Two brains."],
            ["Experiment Imaging Method", "SPIM"],
            ["Experiment Imaging Method Term Source REF", "Fbbi"],
            ["Experiment Imaging Method Term Accession", "FBbi_00000369"],
        ]
    )


def brain_images() -> bytes:
    """The images of the brain study, in the form of an IDR annotation table."""
    header = [
        "Dataset Name", "Image Name", "Characteristics [Organism]", "Term Source 1 REF", "Term Source 1 Accession",
        "Characteristics [Organism Part]", "Term Source 2 REF", "Term Source 2 Accession", "Characteristics [Sex]", "Channels",
        "Comment [Gene Identifier]", "Comment [Image File Type]",
    ]  # fmt: skip
    rows = [
        [
            "vessels",
            f"brain_{n}",
            "Mus musculus",
            "NCBITaxon",
            "NCBITaxon_10090",
            "brain",
            "UBERON",
            "UBERON_0000955",
            sex,
            "lectin:vessels",
            "",
            "tiff",
        ]
        for n, sex in (("01", "female"), ("02", "male"))
    ]
    return _csv([header, *rows])


def _crate(root: str, accession: str, study: dict[str, object], *entities: dict[str, object]) -> bytes:
    context: list[object] = [
        "https://w3id.org/ro/crate/1.2/context",
        {
            "obo": "http://purl.obolibrary.org/obo/", "dwc": "http://rs.tdwg.org/dwc/terms/", "dwciri": "http://rs.tdwg.org/dwc/iri/",
            "scientificName": {"@id": "dwc:scientificName"}, "vernacularName": {"@id": "dwc:vernacularName"},
            "measurementMethod": {"@id": "dwciri:measurementMethod"}, "seeAlso": {"@id": "rdfs:seeAlso"},
            "BioSample": {"@id": "http://schema.org/BioSample"}, "LabProtocol": {"@id": "http://schema.org/LabProtocol"},
            "labEquipment": {"@id": "http://schema.org/labEquipment"}, "taxonomicRange": {"@id": "http://schema.org/taxonomicRange"},
        },
    ]  # fmt: skip
    descriptor = {
        "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"}, "about": {"@id": root},
    }  # fmt: skip
    dataset = {"@id": root, "@type": ["Dataset"], "identifier": accession, **study}
    return (
        json.dumps({"@context": context, "@graph": [descriptor, dataset, *entities]}, indent=1, ensure_ascii=False).encode()
        + b"\n"
    )


def spindle_crate() -> bytes:
    """A confocal study of the same paper, in the form of a repository's RO-Crate."""
    return _crate(
        "https://repository.example.org/studies/S-DEMO1",
        "S-DEMO1",
        {
            "name": "Spindles of arrested cells, followed at high resolution",
            "description": "Arrested cells of the screen, imaged again at higher resolution.",
            "datePublished": "2021-04-01",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "author": [{"@id": "https://orcid.org/0000-0002-1825-0097"}],
            "publisher": {"@id": "https://repository.example.org/"},
            "about": [{"@id": "obo:NCBITaxon_9606"}, {"@id": "#sample"}],
            "measurementMethod": [
                {"@id": "obo:FBbi_00000251"},
                {"@id": "obo:FBbi_00000256"},
                {"@id": "#method-2"},
                {"@id": "#protocol"},
            ],
            "keywords": ["mitosis, spindle"],
            "seeAlso": [{"@id": f"https://doi.org/{PAPER}"}],
            "size": [{"@id": "#files"}],
        },
        {
            "@id": "https://orcid.org/0000-0002-1825-0097",
            "@type": "Person",
            "name": "Anna Lindqvist",
            "affiliation": {"@id": "#institute"},
        },
        {"@id": "#institute", "@type": "Organization", "name": "Institute of Example Biology"},
        {"@id": "https://repository.example.org/", "@type": "Organization", "name": "Example Image Repository"},
        {"@id": "obo:NCBITaxon_9606", "@type": "Taxon", "scientificName": "Homo sapiens", "vernacularName": "human"},
        {
            "@id": "#sample",
            "@type": "BioSample",
            "name": "HeLa Kyoto",
            "description": "HeLa cells",
            "taxonomicRange": {"@id": "obo:NCBITaxon_9606"},
        },
        {"@id": "obo:FBbi_00000251", "@type": "DefinedTerm", "name": "confocal microscopy"},
        {"@id": "obo:FBbi_00000256", "@type": "DefinedTerm", "name": "correlative light and electron microscopy"},
        {"@id": "#method-2", "@type": "DefinedTerm", "name": "expansion lattice nanoscopy"},
        {
            "@id": "#protocol",
            "@type": "LabProtocol",
            "name": "Imaging",
            "description": "Live cells at 37 degrees.",
            "labEquipment": "Zeiss LSM 880",
        },
        {
            "@id": f"https://doi.org/{PAPER}",
            "@type": "ScholarlyArticle",
            "name": "Kinases that a dividing cell needs",
            "datePublished": "2021",
        },
        {
            "@id": "#files",
            "@type": "QuantitativeValue",
            "value": 12,
            "unitText": "file count",
            "unitCode": {"@id": "obo:UO_0000189"},
        },
    )


def bacteria_crate() -> bytes:
    """A study of bacteria by phase contrast, in the form of a repository's RO-Crate."""
    return _crate(
        "https://repository.example.org/studies/S-DEMO2",
        "S-DEMO2",
        {
            "name": "Growth of single bacteria in channels",
            "description": "A mother machine with phase contrast movies.",
            "datePublished": "2023-11-20",
            "license": "https://creativecommons.org/publicdomain/zero/1.0/",
            "author": [{"@id": "#person-1"}],
            "publisher": {"@id": "https://repository.example.org/"},
            "about": [{"@id": "obo:NCBITaxon_562"}],
            "measurementMethod": [{"@id": "obo:FBbi_00000247"}],
        },
        {"@id": "#person-1", "@type": "Person", "name": "Bo Martins"},
        {"@id": "https://repository.example.org/", "@type": "Organization", "name": "Example Image Repository"},
        {"@id": "obo:NCBITaxon_562", "@type": "Taxon", "scientificName": "Escherichia coli"},
        {"@id": "obo:FBbi_00000247", "@type": "DefinedTerm", "name": "phase contrast microscopy"},
    )


def _fields(first: int, *fields: tuple[str, str, str, str]) -> list[dict[str, str]]:
    """Custom fields of an entry: name, value, kind and unit of each."""
    return [
        {"@id": f"pv://00000000-0000-4000-8000-{number:012d}", "@type": "PropertyValue", "propertyID": name, "value": value,
         "valueReference": kind, **({"unitText": unit} if unit else {})}
        for number, (name, value, kind, unit) in enumerate(fields, start=first)
    ]  # fmt: skip


def _attached(folder: str, name: str) -> dict[str, object]:
    return {
        "@id": folder + name, "@type": "File", "name": name, "encodingFormat": "image/tiff", "contentSize": len(_PLACEHOLDER),
        "sha256": hashlib.sha256(_PLACEHOLDER).hexdigest(),
    }  # fmt: skip


_PLACEHOLDER = b"not an image, an example"


def notebook() -> bytes:
    """Two experiments of a lab notebook, in the form of an eLabFTW export (`.eln`)."""
    first, second = "./Mitosis - Live imaging of HeLa H2B - 1a2b3c4d/", "./Brain - Clearing test - 5e6f7a8b/"
    mitosis = _fields(
        1, ("Organism", "human", "text", ""), ("Cell line", "HeLa", "text", ""), ("Imaging method", "spinning disc", "select", ""),
        ("Objective", "100x/1.45 Oil", "text", ""), ("Temperature", "37", "number", "°C"), ("Exposure time", "150", "number", "ms"),
        ("Gene Identifier", "5347", "text", ""), ("Incubator shelf", "2", "number", ""),
    )  # fmt: skip
    clearing = _fields(
        9, ("Organism", "mouse", "text", ""), ("Tissue", "brain", "text", ""), ("Imaging method", "CLSM", "select", "")
    )  # fmt: skip
    person = {"@id": "person://0a1b2c?hash_algo=sha256", "@type": "Person", "givenName": "Anna", "familyName": "Lindqvist"}
    images = [_attached(first, "HeLa_H2B_001.ome.tif"), _attached(first, "HeLa_H2B_002.ome.tif")]
    graph = [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
         "dateCreated": "2021-02-03T10:00:00+01:00", "sdPublisher": {"@id": "#publisher"}, "version": "1.0"},
        {"@id": "#publisher", "@type": "Organization", "name": "eLabFTW", "url": "https://www.elabftw.net"},
        {"@id": "./", "@type": "Dataset", "name": "eLabFTW export", "description": "Two experiments", "datePublished": "2021-02-03T10:00:00+01:00",
         "license": {"@id": "https://creativecommons.org/licenses/by-nc-sa/4.0/"}, "hasPart": [{"@id": first}, {"@id": second}]},
        {"@id": first, "@type": "Dataset", "name": "Live imaging of HeLa H2B", "genre": "experiment", "creativeWorkStatus": "Success",
         "author": {"@id": person["@id"]}, "dateCreated": "2021-02-01T09:30:00+01:00", "dateModified": "2021-02-02T17:00:00+01:00",
         "identifier": "20210201-1a2b3c4d", "keywords": "mitosis,live imaging", "text": "<p>Cells divide; PLK1 inhibited ones stop.</p>",
         "hasPart": [{"@id": image["@id"]} for image in images], "variableMeasured": [{"@id": field["@id"]} for field in mitosis],
         "mentions": [{"@id": second}]},
        {"@id": second, "@type": "Dataset", "name": "Clearing test", "genre": "experiment", "creativeWorkStatus": "Running",
         "author": {"@id": person["@id"]}, "dateCreated": "2021-01-15T09:30:00+01:00", "identifier": "20210115-5e6f7a8b", "keywords": "brain",
         "text": "<p>Mouse brain, three weeks.</p>", "variableMeasured": [{"@id": field["@id"]} for field in clearing]},
        person, *images, *mitosis, *clearing,
    ]  # fmt: skip
    crate = {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph}
    members = {"ro-crate-metadata.json": json.dumps(crate, indent=1, ensure_ascii=False).encode()}
    members |= {str(image["@id"]).removeprefix("./"): _PLACEHOLDER for image in images}
    out = io.BytesIO()
    # Stored, with a fixed date: the same bytes wherever they are written.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo("demo-export/" + name, (2021, 2, 3, 10, 0, 0)), data)
    return out.getvalue()


def cell_image() -> bytes:
    """A dividing cell and the microscope that imaged it, in the form of OME-XML."""
    return b"""<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" Creator="Example Microscope Software 3.1">
  <Experimenter ID="Experimenter:0" FirstName="Anna" LastName="Lindqvist" Institution="Institute of Example Biology"/>
  <Instrument ID="Instrument:0">
    <Microscope Manufacturer="Nikon" Model="Ti2-E" SerialNumber="540123" Type="Inverted"/>
    <Laser ID="LightSource:0" Manufacturer="Cobolt" Model="Calypso 491" Power="50" Wavelength="491"/>
    <Detector ID="Detector:0" Manufacturer="Andor" Model="iXon 888" Type="EMCCD"/>
    <Objective ID="Objective:0" Manufacturer="Nikon" Model="Plan Apo Lambda 100x" LensNA="1.45" NominalMagnification="100" Immersion="Oil"
      WorkingDistance="0.13" WorkingDistanceUnit="mm"/>
    <Filter ID="Filter:0" Manufacturer="Semrock" Model="FF01-525/50"><TransmittanceRange CutIn="500" CutOut="550"/></Filter>
  </Instrument>
  <Image ID="Image:0" Name="HeLa_H2B_001.ome.tif">
    <AcquisitionDate>2021-02-01T14:05:30</AcquisitionDate>
    <Description>Arrested cell, first of two</Description>
    <ExperimenterRef ID="Experimenter:0"/>
    <InstrumentRef ID="Instrument:0"/>
    <ObjectiveSettings ID="Objective:0" Medium="Oil" RefractiveIndex="1.515"/>
    <ImagingEnvironment Temperature="37" CO2Percent="0.05"/>
    <Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="1024" SizeY="1024" SizeZ="21" SizeC="2" SizeT="48"
      PhysicalSizeX="65" PhysicalSizeXUnit="nm" PhysicalSizeY="65" PhysicalSizeYUnit="nm" PhysicalSizeZ="0.3" TimeIncrement="5" TimeIncrementUnit="min">
      <Channel ID="Channel:0:0" Name="EGFP-tubulin" Fluor="EGFP" ExcitationWavelength="491" EmissionWavelength="525"
        AcquisitionMode="SpinningDiskConfocal" IlluminationType="Epifluorescence">
        <LightSourceSettings ID="LightSource:0" Attenuation="0.8" Wavelength="491"/>
        <DetectorSettings ID="Detector:0" Gain="300" Binning="1x1"/>
        <LightPath><EmissionFilterRef ID="Filter:0"/></LightPath>
      </Channel>
      <Channel ID="Channel:0:1" Name="H2B-mCherry" Fluor="mCherry" ExcitationWavelength="561" EmissionWavelength="610"
        AcquisitionMode="SpinningDiskConfocal"/>
      <MetadataOnly/>
    </Pixels>
    <AnnotationRef ID="Annotation:0"/>
  </Image>
  <StructuredAnnotations>
    <MapAnnotation ID="Annotation:0" Namespace="openmicroscopy.org/mapr/organism">
      <Value><M K="Organism">Homo sapiens</M><M K="Cell Line">HeLa Kyoto</M><M K="Gene Identifier">5347</M></Value>
    </MapAnnotation>
  </StructuredAnnotations>
</OME>
"""


def brain_image() -> bytes:
    """A brain section with an outlined cell, in the form of OME-XML."""
    return b"""<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" Creator="Example Microscope Software 3.1">
  <Instrument ID="Instrument:0">
    <Microscope Manufacturer="Zeiss" Model="LSM 880" SerialNumber="2811000042" Type="Inverted"/>
    <Laser ID="LightSource:0" Manufacturer="Lasos" Model="LGK 7812" Power="25" Wavelength="488"/>
    <Objective ID="Objective:0" Manufacturer="Zeiss" Model="Plan-Apochromat 40x" LensNA="1.3" NominalMagnification="40" Immersion="Oil"/>
  </Instrument>
  <Image ID="Image:0" Name="brain_GFAP_07.czi">
    <AcquisitionDate>2021-01-20T16:40:00</AcquisitionDate>
    <InstrumentRef ID="Instrument:0"/>
    <ObjectiveSettings ID="Objective:0" Medium="Oil"/>
    <Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="512" SizeY="512" SizeZ="30" SizeC="2" SizeT="1"
      PhysicalSizeX="0.2" PhysicalSizeXUnit="\xc2\xb5m" PhysicalSizeY="0.2" PhysicalSizeYUnit="\xc2\xb5m">
      <Channel ID="Channel:0:0" Name="GFAP" Fluor="Alexa Fluor 488" ExcitationWavelength="488" EmissionWavelength="520"
        AcquisitionMode="LaserScanningConfocalMicroscopy">
        <LightSourceSettings ID="LightSource:0" Wavelength="488"/>
      </Channel>
      <Channel ID="Channel:0:1" Name="DAPI" Fluor="DAPI" ExcitationWavelength="405" EmissionWavelength="450"
        AcquisitionMode="LaserScanningConfocalMicroscopy"/>
      <MetadataOnly/>
    </Pixels>
    <ROIRef ID="ROI:0"/>
    <AnnotationRef ID="Annotation:0"/>
  </Image>
  <StructuredAnnotations>
    <MapAnnotation ID="Annotation:0" Namespace="openmicroscopy.org/mapr/organism">
      <Value><M K="Organism">Mus musculus</M><M K="Organism Part">brain</M><M K="Strain">C57BL/6J</M></Value>
    </MapAnnotation>
  </StructuredAnnotations>
  <ROI ID="ROI:0" Name="astrocyte 1">
    <Union><Polygon ID="Shape:0" Points="102,88 131,92 140,120 117,133 98,112" Text="astrocyte"/></Union>
  </ROI>
</OME>
"""


FILES = {
    "idr9001/idr9001-study.txt": screen_study,
    "idr9001/idr9001-screenA-annotation.csv": lambda: screen_wells("screenA"),
    "idr9001/idr9001-screenB-annotation.csv": lambda: screen_wells("screenB"),
    "idr9002/idr9002-study.txt": brain_study,
    "idr9002/idr9002-experimentA-annotation.csv": brain_images,
    "repository/S-DEMO1-ro-crate-metadata.json": spindle_crate,
    "repository/S-DEMO2-ro-crate-metadata.json": bacteria_crate,
    "notebook/mitosis.eln": notebook,
    "microscope/HeLa_H2B_001.ome.xml": cell_image,
    "microscope/brain_GFAP_07.ome.xml": brain_image,
}


def main() -> int:
    """Write all files, or with --check say which differ."""
    stale = []
    for name, make in FILES.items():
        path, data = EXAMPLES / name, make()
        if "--check" in sys.argv:
            if not path.exists() or path.read_bytes() != data:
                stale.append(name)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name in stale:
        print(f"{name} differs from what {Path(__file__).name} writes")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
