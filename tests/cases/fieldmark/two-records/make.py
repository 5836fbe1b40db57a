"""A Fieldmark notebook, gzipped: a place, a number with its unit in the name, a photograph in base64, a value of null."""

import base64
import gzip
import json


def field(value, kind, **more):
    return {"fieldValue": value, "fieldType": f"java.lang.{kind}", "simpleTypeName": kind, "doiIdentifier": False, **more}


NOTEBOOK = {
    "name": "Moss survey",
    "id": "moss-1",
    "timestamp": "2026-01-02 03:04:05",
    "records": {
        "rec-1": {
            "recordId": "rec-1",
            "identifier": "Moss-001",
            "timestamp": "2026-01-02 03:04:05",
            "createdBy": "fay",
            "fields": {
                "Length-mm": field(12.5, "Double"),
                "Colour": field("green", "String"),
                "Place": field({"latitude": 1.5, "longitude": 2.5, "geometry": None}, "FieldmarkLocation"),
                "Photo": field(
                    base64.b64encode(b"\xff\xd8\xff\xe0" + b"moss" * 600).decode(), "byte[]", fileName="Photo/Moss-001.jpg"
                ),
                "Nothing": field(None, "String"),
            },
        },
        "rec-2": {"recordId": "rec-2", "identifier": "Moss-002", "timestamp": "2026-01-03 03:04:05", "fields": {}},
    },
    "metadata": {"project_lead": "Fay Field", "lead_institution": "Institute of Mosses", "notebook_version": "1.1"},
}


def make(folder):
    path = folder / "moss.json.gz"
    path.write_bytes(gzip.compress(json.dumps(NOTEBOOK).encode(), mtime=0))
    return path
