"""A Chemotion export with what real ones have: link tables, an analysis with a CHMO term, a device, a cell line, attachments."""

import json
import zipfile

TIMES = {"created_at": "2026-01-02T03:04:05.678Z", "updated_at": "2026-01-03T03:04:05.678Z"}
USER = "00000000-0000-4000-8000-000000000001"


def key(number):
    return f"00000000-0000-4000-8000-{number:012d}"


EXPORT = {
    "Collection": {key(10): {"label": "Dyes", "user_id": USER, "position": 1, **TIMES}},
    "Molecule": {
        key(20): {"inchikey": "AAAAAAAAAAAAAA-UHFFFAOYSA-N", "cano_smiles": "CCO", "iupac_name": "ethanol", "names": ["alcohol"],
                  "sum_formular": "C2H6O", "cas": ["64-17-5"], "molecular_weight": 46.07},
    },
    "MoleculeName": {key(21): {"molecule_id": key(20), "name": "ethanol", "description": "iupac_name"}},
    "Sample": {
        key(30): {"name": "Dye 1", "short_label": "AB-1", "molecule_id": key(20), "molecule_name_id": key(21), "created_by": USER,
                  "target_amount_value": 0.5, "target_amount_unit": "g", "purity": 0.98, "melting_point": "-Infinity...Infinity",
                  "density": None, "description": '{"ops":[{"insert":"A red "},{"insert":"dye\\n"}]}', **TIMES},
    },
    "CollectionsSample": {key(31): {"collection_id": key(10), "sample_id": key(30), "deleted_at": None}},
    "Reaction": {
        key(40): {"name": "Synthesis", "short_label": "AB-R1", "created_by": USER, "status": "Successful",
                  "description": {"ops": [{"insert": "Stir "}, {"attributes": {"bold": True}, "insert": "well"}, {"insert": "\n"}]},
                  "timestamp_start": "02/01/2026 10:00:00", "temperature": {"userText": "30", "valueUnit": "°C", "data": []},
                  "solvent": "water", "purification": ["TLC", "HPLC"], **TIMES},
    },
    "CollectionsReaction": {key(41): {"collection_id": key(10), "reaction_id": key(40)}},
    "ReactionsProductSample": {key(42): {"reaction_id": key(40), "sample_id": key(30), "equivalent": 1.0}},
    "Container": {
        key(50): {"containable_id": key(30), "containable_type": "Sample", "name": None, "container_type": "root", "parent_id": None, **TIMES},
        key(51): {"containable_id": None, "name": "new", "container_type": "analyses", "parent_id": key(50), **TIMES},
        key(52): {"name": "micrograph", "container_type": "analysis", "parent_id": key(51), **TIMES,
                  "extended_metadata": {"kind": "CHMO:0000074 | fluorescence microscopy (FM)", "status": "Confirmed",
                                        "instrument": "Leica DM6", "content": '{"ops":[{"insert":"Bright."}]}'}},
        key(53): {"name": "raw", "container_type": "dataset", "parent_id": key(52), **TIMES},
    },
    "Attachment": {
        key(60): {"attachable_id": key(53), "attachable_type": "Container", "filename": "dye.png", "identifier": key(61),
                  "checksum": "0cc175b9c0f1b6a831c399e269772661", "filesize": 1, "content_type": "image/png", "created_by": USER, **TIMES},
    },
    "DeviceDescription": {
        key(70): {"name": "Widefield", "short_label": "AB-Dev1", "serial_number": "123", "vendor_company_name": "Leica",
                  "vendor_device_name": "DM6", "building": "B1", "created_by": USER, "operators": [{"name": "Otto Operator", "email": "o@example.org"}],
                  "ontologies": [{"data": {"iri": "http://purl.obolibrary.org/obo/CHMO_0000102", "label": "light microscopy", "obo_id": "CHMO:0000102"}}], **TIMES},
    },
    "Labimotion::Segment": {
        key(80): {"element_id": key(70), "element_type": "DeviceDescription", **TIMES,
                  "properties": {"layers": {"optics": {"key": "optics", "fields": [{"field": "na", "label": "Aperture", "type": "text", "value": "1.4"},
                                                                                     {"field": "x", "label": "Empty", "type": "text"}]}}}},
    },
    "CelllineMaterial": {key(90): {"name": "HeLa", "organism": "human", "tissue": "cervix", "gender": "female", "growth_medium": "DMEM", **TIMES}},
    "CelllineSample": {key(91): {"amount": 5, "unit": "mL", "passage": 12, "user_id": USER, **TIMES}},
    "CelllineMaterialCelllineSample": {key(92): {"cellline_material_id": key(90), "cellline_sample_id": key(91)}},
}  # fmt: skip


def make(folder):
    path = folder / "dyes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {
            "export.json": json.dumps(EXPORT),
            "schema.json": "{}",
            f"attachments/{key(61)}.png": "a",
            "description.txt": "file_name: dyes.zip",
        }.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), text)
    return path
