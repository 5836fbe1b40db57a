"""An .eln of a notebook that nobody knows: RO-Crate 1.2 with keys of its own, inline nodes, terms, nested folders, a preview."""

import json
import zipfile

GRAPH = [
    {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": [{"@id": "https://w3id.org/ro/crate/1.2"}, {"@id": "https://example.org/profiles/benchbook/0.3"}],
        "sdPublisher": {"@type": "Organization", "name": "Benchbook", "url": "https://benchbook.example"},
        "sdDatePublished": "2026-05-06",
    },
    {
        "@id": "./",
        "@type": "Dataset",
        "name": "Bench 12",
        "datePublished": "2026-05-06",
        "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "hasPart": [{"@id": "day-1/"}, {"@id": "day-1/overview.html"}],
    },
    {
        "@id": "#export",
        "@type": "CreateAction",
        "name": "Export",
        "instrument": {"@id": "#benchbook"},
        "object": {"@id": "./"},
        "agent": {"@id": "https://orcid.org/0000-0002-1825-0097"},
        "endTime": "2026-05-06T07:08:09Z",
        "actionStatus": "http://schema.org/CompletedActionStatus",
    },
    {
        "@id": "#benchbook",
        "@type": "SoftwareApplication",
        "name": "Benchbook",
        "version": "0.9",
        "url": "https://benchbook.example",
    },
    {
        "@id": "day-1/",
        "@type": "Dataset",
        "name": "Staining of root tips",
        "author": [
            {"@id": "https://orcid.org/0000-0002-1825-0097"},
            {"@type": "Person", "name": "Ada Guest", "email": "ada@example.org", "affiliation": {"@id": "#institute"}},
        ],
        "dateCreated": "2026-05-04",
        "dateModified": "2026-05-05T10:00:00+02:00",
        "keywords": ["root", "staining"],
        "text": "<p>Roots were stained.</p>",
        "taxonomicRange": {"@id": "http://purl.obolibrary.org/obo/NCBITaxon_3702"},
        "measurementTechnique": {"@id": "http://purl.obolibrary.org/obo/FBbi_00000251"},
        "variableMeasured": [
            {"@id": "#exposure"},
            {"@type": "PropertyValue", "propertyID": "Objective", "name": "Objective", "value": "Plan-Apochromat 40x/1.3 Oil"},
            {"@type": "PropertyValue", "propertyID": "Numerical aperture", "value": 1.3},
            {"@type": "PropertyValue", "name": "pixel size x", "value": "0.108", "unitText": "µm"},
            {"@type": "PropertyValue", "name": "mood", "value": "good"},
        ],
        "step": [
            {"@type": "HowToStep", "position": 1, "text": "Fix for 20 min."},
            {"@type": "HowToStep", "position": 2, "itemListElement": {"@type": "HowToDirection", "text": "Wash."}},
        ],
        "comment": {"@type": "Comment", "text": "Bleaching.", "author": {"@id": "#guest"}, "dateCreated": "2026-05-05"},
        "bench:reagentLot": "B-77",
        "bench:weather": {"@type": "bench:Weather", "bench:sky": "clear"},
        "citation": {"@id": "https://doi.org/10.1234/roots"},
        "hasPart": [{"@id": "day-1/raw/"}, {"@id": "day-1/overview.html"}],
    },
    {
        "@id": "#exposure",
        "@type": "PropertyValue",
        "propertyID": "exposure time",
        "value": 120,
        "unitCode": "C26",
        "unitText": "ms",
        "measurementTechnique": "camera software",
    },
    {
        "@id": "day-1/raw/",
        "@type": "Dataset",
        "name": "raw data",
        "hasPart": {"@id": "day-1/raw/roots%201.tif"},
    },
    {
        "@id": "day-1/raw/roots%201.tif",
        "@type": ["File", "ImageObject"],
        "name": "roots 1.tif",
        "encodingFormat": ["image/tiff", {"@id": "https://www.nationalarchives.gov.uk/PRONOM/fmt/353"}],
        "contentSize": "12",
        "sha256": "f" * 64,
    },
    {"@id": "day-1/overview.html", "@type": "File", "name": "overview", "encodingFormat": "text/html"},
    {
        "@id": "https://orcid.org/0000-0002-1825-0097",
        "@type": "Person",
        "givenName": "Josiah",
        "familyName": "Carberry",
        "affiliation": [{"@id": "#institute"}],
    },
    {"@id": "#guest", "@type": "Person", "name": "Ada Guest"},
    {"@id": "#institute", "@type": "Organization", "name": "Institute of Roots"},
    {"@id": "http://purl.obolibrary.org/obo/NCBITaxon_3702", "@type": "Taxon", "scientificName": "Arabidopsis thaliana"},
    {
        "@id": "http://purl.obolibrary.org/obo/FBbi_00000251",
        "@type": "DefinedTerm",
        "name": "confocal microscopy",
        "termCode": "FBbi:00000251",
        "inDefinedTermSet": "http://purl.obolibrary.org/obo/fbbi.owl",
    },
    {
        "@id": "https://doi.org/10.1234/roots",
        "@type": "ScholarlyArticle",
        "name": "Roots",
        "author": {"@id": "#guest"},
        "datePublished": "2025",
    },
]


def make(folder):
    path = folder / "bench-12.eln"
    context = ["https://w3id.org/ro/crate/1.2/context", {"bench": "https://benchbook.example/terms#"}]
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {
            "bench-12/ro-crate-metadata.json": json.dumps({"@context": context, "@graph": GRAPH}),
            "bench-12/ro-crate-preview.html": "<html>preview</html>",
            "bench-12/day-1/raw/roots 1.tif": "not an image",
            "bench-12/day-1/overview.html": "<p>overview</p>",
        }.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 5, 6, 7, 8, 8)), text)
    return path
