"""An .eln of eLabFTW 5: custom fields inline and as JSON, a step, a comment, a file."""

import json
import zipfile

FIELDS = {
    "Organism": ("Homo sapiens", None),
    "Zelllinie": ("HeLa", None),
    "Objective": ("Plan Apo 63x/1.4 Oil", None),
    "Exposure time": ("150", "ms"),
    "Anregung [nm]": ("488", None),
    "Freezer": ("B2", None),
}
ENTRY = {
    "@id": "./Imaging - 1/",
    "@type": "Dataset",
    "name": "Live imaging",
    "identifier": "20250301-0a1b",
    "genre": "experiment",
    "creativeWorkStatus": "Success",
    "author": {"@id": "person://ab12?hash_algo=sha256"},
    "dateCreated": "2025-03-01T09:00:00+01:00",
    "dateModified": "2025-03-02T10:30:00+01:00",
    "keywords": "live, mitosis",
    "text": "<p>Cells were imaged over night.</p>",
    "about": {"@id": "#category-Imaging"},
    "step": [{"@id": "howtostep://1"}],
    "comment": [{"@id": "comment://1"}],
    "hasPart": [{"@id": "./Imaging - 1/cells.tif"}],
    "variableMeasured": [
        {"propertyID": "elabftw_metadata", "value": json.dumps({"extra_fields": {"Freezer": {"type": "text", "value": "B2"}}})},
        *(
            {"propertyID": name, "value": value, **({"unitText": unit} if unit else {})}
            for name, (value, unit) in FIELDS.items()
        ),
    ],
}
GRAPH = [
    {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "sdPublisher": {"@id": "https://www.elabftw.net"},
    },
    {"@id": "https://www.elabftw.net", "@type": "Organization", "name": "eLabFTW", "url": "https://www.elabftw.net"},
    {"@id": "./", "@type": "Dataset", "hasPart": [{"@id": "./Imaging - 1/"}]},
    ENTRY,
    {"@id": "person://ab12?hash_algo=sha256", "@type": "Person", "givenName": "Ada", "familyName": "Byron"},
    {"@id": "#category-Imaging", "@type": "Thing", "name": "Imaging"},
    {
        "@id": "howtostep://1",
        "@type": "HowToStep",
        "position": 1,
        "creativeWorkStatus": "finished",
        "itemListElement": [{"@type": "HowToDirection", "text": "Warm the stage"}],
    },
    {
        "@id": "comment://1",
        "@type": "Comment",
        "text": "Focus drifted.",
        "dateCreated": "2025-03-02T08:00:00+01:00",
        "author": {"@id": "person://ab12?hash_algo=sha256"},
    },
    {
        "@id": "./Imaging - 1/cells.tif",
        "@type": "File",
        "name": "cells.tif",
        "encodingFormat": "image/tiff",
        "contentSize": 5,
        "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    },
]


def make(folder):
    path = folder / "export.eln"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "export/ro-crate-metadata.json", json.dumps({"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": GRAPH})
        )
        archive.writestr("export/Imaging - 1/cells.tif", "hello")
    return path
