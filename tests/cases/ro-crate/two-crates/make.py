"""An archive with a crate 1.1 and, inside one of its folders, another: ids that are alike in both are not the same thing."""

import json
import zipfile


def descriptor():
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }


OUTER = [
    descriptor(),
    {
        "@id": "./",
        "@type": "Dataset",
        "name": "Two runs",
        "creator": {"@id": "#me"},
        "hasPart": [{"@id": "run-2/"}, {"@id": "table.csv"}],
    },
    {"@id": "#me", "@type": "Person", "name": "Mia Outer"},
    {"@id": "run-2/", "@type": "Dataset", "name": "Second run"},
    {"@id": "table.csv", "@type": "File", "name": "table"},
]
INNER = [
    descriptor(),
    {
        "@id": "./",
        "@type": "Dataset",
        "name": "Second run, by itself",
        "creator": {"@id": "#me"},
        "hasPart": {"@id": "table.csv"},
        "license": {"@id": "https://creativecommons.org/publicdomain/zero/1.0/"},
    },
    {"@id": "#me", "@type": "Person", "name": "Noa Inner"},
    {"@id": "table.csv", "@type": "File", "name": "another table"},
]


def make(folder):
    path = folder / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, graph in {"ro-crate-metadata.json": OUTER, "run-2/ro-crate-metadata.json": INNER}.items():
            crate = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
            archive.writestr(zipfile.ZipInfo(name, (2026, 5, 6, 7, 8, 8)), json.dumps(crate))
        archive.writestr(zipfile.ZipInfo("run-2/table.csv", (2026, 5, 6, 7, 8, 8)), "a,b")
    return path
