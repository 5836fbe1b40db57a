"""An .eln with files of notebooks beside the crate: the XML of an RSpace document and the JSON of an AI4Green reaction."""

import json
import zipfile

GRAPH = [
    {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "sdPublisher": {"@id": "#RSpace"},
    },
    {"@id": "#RSpace", "@type": "Organization", "name": "RSpace", "url": "https://www.researchspace.com/"},
    {"@id": "./", "@type": "Dataset", "name": "selection", "hasPart": [{"@id": "./doc_Moss-3"}, {"@id": "./R-1/"}]},
    {"@id": "./doc_Moss-3", "@type": "Dataset", "keywords": ["moss"], "hasPart": [{"@id": "./doc_Moss-3/doc_Moss-3.xml"}]},
    {
        "@id": "./doc_Moss-3/doc_Moss-3.xml",
        "@type": "File",
        "encodingFormat": "application/xml",
        "dateCreated": "02:01:26:03:04:05",
    },
    {"@id": "./R-1/", "@type": "Dataset", "name": "Amidation", "text": "<table><tr><td>Benzoic acid</td></tr></table>"},
]
DOCUMENT = """<archivalDocument docId="3"><name>Moss</name><createdBy>mona</createdBy>
<creationDate>2026-01-02T03:04:05Z</creationDate><listFields>
<field id="1"><fieldName>Magnification</fieldName><fieldType>STRING</fieldType><fieldData>63x</fieldData></field>
<field id="2"><fieldName>Notes</fieldName><fieldType>TEXT</fieldType><fieldData>&lt;p&gt;Green.&lt;/p&gt;</fieldData></field>
</listFields></archivalDocument>"""
REACTION = {
    "reaction_id": "R-1",
    "reaction_name": "Amidation",
    "creator_username": "kim",
    "reaction_completed": "complete",
    "temperature": "20",
    "reactants": [{"name": "Benzoic acid", "SMILES": "O=C(O)c1ccccc1", "amount": "0.82", "amount_unit": "mmol"}],
    "solvents": [{"name": "Water", "SMILES": "O", "volume": "1.0", "volume_unit": "mL"}],
    "percent_yield": "82",
}


def make(folder):
    path = folder / "selection.eln"
    with zipfile.ZipFile(path, "w") as archive:
        crate = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": GRAPH}
        for name, text in {
            "s/ro-crate-metadata.json": json.dumps(crate),
            "s/doc_Moss-3/doc_Moss-3.xml": DOCUMENT,
            "s/R-1/R-1.json": json.dumps(REACTION),
        }.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), text)
    return path
