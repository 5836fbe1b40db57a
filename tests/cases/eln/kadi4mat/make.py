"""An .eln of Kadi4Mat: dotted property names, a description that is a text of its own, a record file beside the crate."""

import json
import zipfile

RECORD = "http://localhost:5000/records/7"
GRAPH = [
    {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "sdPublisher": {"@id": "https://kadi.iam.kit.edu"},
    },
    {"@id": "https://kadi.iam.kit.edu", "@type": "Organization", "name": "Kadi4Mat"},
    {"@id": "./", "@type": "Dataset", "name": "sem-session", "hasPart": [{"@id": "./sem-session/"}]},
    {
        "@id": "./sem-session/",
        "@type": "Dataset",
        "name": "SEM session",
        "identifier": "sem-session",
        "description": {"@id": f"{RECORD}#description"},
        "creator": {"@id": "http://localhost:5000/users/34"},
        "keywords": "SEM, yeast",
        "genre": "measurement",
        "dateCreated": "2024-02-03T04:05:06+00:00",
        "variableMeasured": [{"@id": f"{RECORD}#beam"}, {"@id": f"{RECORD}#spot"}],
    },
    {"@id": f"{RECORD}#description", "@type": "TextObject", "encodingFormat": "text/markdown", "text": "Yeast, *gold coated*."},
    {"@id": "http://localhost:5000/users/34", "@type": "Person", "name": "Emil Example"},
    {
        "@id": f"{RECORD}#beam",
        "@type": "PropertyValue",
        "propertyID": "Instrument.Settings.acceleration voltage",
        "value": 5,
        "unitText": "kV",
    },
    {"@id": f"{RECORD}#spot", "@type": "PropertyValue", "propertyID": "Instrument.Settings.beam spot size", "value": "3.0"},
]
EXTRAS = [
    {
        "key": "Instrument",
        "type": "dict",
        "value": [{"key": "name", "type": "str", "value": "FEI Quanta", "term": "https://schema.org/name"}],
    }
]


def make(folder):
    path = folder / "session.eln"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "session/ro-crate-metadata.json", json.dumps({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": GRAPH})
        )
        record = {"identifier": "sem-session", "title": "SEM session", "type": "measurement", "extras": EXTRAS}
        archive.writestr("session/sem-session/sem-session.json", json.dumps(record))
    return path
