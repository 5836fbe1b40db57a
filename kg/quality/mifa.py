"""MIFA documents of the BioImage Archive (study or annotations, as YAML) as records of our schema, each repair reported.

Knows the archive's model only through its keys; what it cannot place is reported and kept as an extra field.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kg.curie import base_iri, encode, is_iri
from kg.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

_LICENSES = {
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC_BY": "https://creativecommons.org/licenses/by/4.0/",
}
_ANNOTATION_TYPES = frozenset(
    {
        "class_labels",
        "bounding_boxes",
        "counts",
        "derived_annotations",
        "geometrical_annotations",
        "graphs",
        "point_annotations",
        "segmentation_mask",
        "tracks",
        "weak_annotations",
        "other",
    }
)
_STUDY_TEXTS = {
    "title": "name",
    "description": "description",
    "acknowledgements": "acknowledgements",
    "funding_statement": "funding_statement",
}
_SET_TEXTS = (
    "annotation_overview",
    "annotation_method",
    "annotation_criteria",
    "annotation_coverage",
    "annotation_confidence_level",
)
_STUDY_KEYS = frozenset({
    *_STUDY_TEXTS, "keywords", "authors", "license", "ai_models_trained", "publications", "grants", "link_url",
    "link_description",
})  # fmt: skip
_SET_KEYS = frozenset({*_SET_TEXTS, "authors", "annotation_type", "file_metadata"})
_FILE_TEXTS = ("transformations", "spatial_information")
_FILE_KEYS = frozenset({*_FILE_TEXTS, "annotation_id", "annotation_type", "source_image_id", "annotation_creation_time"})
_AUTHOR_KEYS = frozenset({"author_first_name", "author_last_name", "email", "orcid_id", "role", "organisation"})
_ORGANISATION_KEYS = frozenset({"organisation_name", "address", "ror_id"})
_PUBLICATION_KEYS = frozenset({"publication_title", "publication_authors", "publication_doi", "publication_year", "pubmed_id"})
_GRANT_KEYS = frozenset({"grant_id", "funder"})

_ORCID = re.compile(r"(?:https?://orcid\.org/|ORCID:)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.IGNORECASE)
_ROR = re.compile(r"(?:https?://ror\.org/|ROR:)?(0[0-9a-z]{8})", re.IGNORECASE)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|DOI:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PMID = re.compile(r"(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/|PMID:\s*)?(\d+)/?", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class MifaConversion:
    """What a MIFA document became.

    Attributes:
        instance: a RecordCollection of our schema, as plain JSON values.
        repairs: what the document got wrong under its own model, or what could not be placed.
    """

    instance: dict[str, Any]
    repairs: tuple[Problem, ...]


def convert_mifa(document: Mapping[str, Any], *, source: str = "MIFA document", base: str | None = None) -> MifaConversion:
    """Convert a study or an annotations document, told apart by its keys.

    The key of the source becomes part of the IRIs, so that records keep theirs when the document is converted again.
    """
    converter = _Converter(source=source, base=base or base_iri())
    if "title" in document or "license" in document:
        converter.study(document)
    else:
        converter.annotation_set(document)
    collection = {name: list(records.values()) for name, records in converter.records.items() if records}
    return MifaConversion(instance=collection, repairs=converter.aggregated())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


@dataclass(slots=True)
class _Converter:
    """One conversion: the records made so far and the repairs that it took."""

    source: str
    base: str
    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    def study(self, document: Mapping[str, Any]) -> None:
        study: dict[str, Any] = {"id": self._iri("study"), "mifa_edition": "preprint", "annotation_profile": "annotated"}
        for key, slot in _STUDY_TEXTS.items():
            self._text(document, key, study, slot, path=key)
        self._required(document, ("title", "description", "keywords", "authors", "license", "funding_statement"), "")
        if "name" not in study:  # our own model has no study without a name
            study["name"] = self.source
            self._report("title", "nothing", "a title", "named after the source")
        study["keywords"] = self._list(document.get("keywords"), "keywords")
        study["author"] = self._people(document.get("authors"), "authors")
        study["license"] = study["annotation_license"] = self._license(document.get("license"))
        study["ai_models_trained"] = [
            self._address(model, "ai_models_trained")
            for model in self._list(document.get("ai_models_trained"), "ai_models_trained")
        ]
        study["related_publications"] = self._publications(document.get("publications"))
        study["funder"] = [self._grant(item) for item in self._dicts(document.get("grants"), "grants")]
        study["links"] = self._links(document)
        self._extra(document, _STUDY_KEYS, study, "")
        if not study["author"] or not study["keywords"] or not study["license"] or "description" not in study:
            del study["mifa_edition"]
        self._keep("studies", study)

    def annotation_set(self, document: Mapping[str, Any]) -> None:
        record: dict[str, Any] = {"id": self._iri("annotations"), "mifa_edition": "preprint"}
        for key in _SET_TEXTS:
            self._text(document, key, record, key, path=key)
        self._required(document, ("annotation_overview", "annotation_method", "authors", "file_metadata"), "")
        record["author"] = self._people(document.get("authors"), "authors")
        files = [
            self._file(item, number) for number, item in enumerate(self._dicts(document.get("file_metadata"), "file_metadata"))
        ]
        record["files_of_set"] = [file["id"] for file in files]
        record["annotation_type"] = self._types(document.get("annotation_type"), "annotation_type")
        if not record["annotation_type"]:
            record["annotation_type"] = sorted({kind for file in files for kind in file.get("annotation_type", ())})
            if record["annotation_type"]:
                self._report(
                    "annotation_type",
                    "nothing",
                    "a type for the set",
                    f"taken from the files: {', '.join(record['annotation_type'])}",
                )
            else:
                self._report("annotation_type", "nothing", "a type for the set", severity="error")
        if not any("annotation_creation_time" in file for file in files):
            self._report(
                "file_metadata.annotation_creation_time",
                "nothing",
                "the time of creation, which MIFA asks for",
                severity="info",
            )
        self._extra(document, _SET_KEYS, record, "")
        mandatory = ("annotation_overview", "annotation_type", "annotation_method", "author", "files_of_set")
        if not all(record.get(slot) for slot in mandatory):
            del record["mifa_edition"]
        self._keep("annotation_sets", record)

    def _file(self, item: Mapping[str, Any], number: int) -> dict[str, Any]:
        self._required(item, ("annotation_id", "annotation_type", "source_image_id"), "file_metadata.")
        name = str(item.get("annotation_id", number)).strip()
        file: dict[str, Any] = {
            "id": self._iri("annotation-file", name),
            "identifier": [name],
            "part_of": [self._iri("annotations")],
            "annotation_type": self._types(item.get("annotation_type"), "file_metadata.annotation_type"),
            "source_image_id": [str(image).strip() for image in self._list(item.get("source_image_id") or "unknown", "")],
        }
        if "/" in name or "." in name:
            file["file_path"] = name
        for key in _FILE_TEXTS:
            self._text(item, key, file, key, path=f"file_metadata.{key}")
        if item.get("annotation_creation_time"):
            self._time(item["annotation_creation_time"], file)
        self._extra(item, _FILE_KEYS, file, "file_metadata.")
        return self._keep("annotation_files", file)

    def _people(self, value: object, path: str) -> list[str]:
        return [self._person(item, path) for item in self._dicts(value, path)]

    def _person(self, item: Mapping[str, Any], path: str) -> str:
        given, family = (self._trimmed(item.get(key), f"{path}.{key}") for key in ("author_first_name", "author_last_name"))
        self._required(item, ("author_first_name", "author_last_name"), f"{path}.")
        name = " ".join(part for part in (given, family) if part)
        orcid = self._identifier(item.get("orcid_id"), _ORCID, "https://orcid.org/", "ORCID", f"{path}.orcid_id")
        email = self._trimmed(item.get("email"), f"{path}.email")
        person: dict[str, Any] = {
            "id": orcid or self._iri("person", _digest(email.lower() or name)),  # no e-mail address stands in an IRI
            "name": name,
            "given_name": given,
            "family_name": family,
            "orcid": orcid,
            "email": [email] if email else [],
            "role": self._list(item.get("role"), f"{path}.role"),
            "affiliation": [
                self._organisation(entry, path) for entry in self._dicts(item.get("organisation"), f"{path}.organisation")
            ],
        }
        self._extra(item, _AUTHOR_KEYS, person, f"{path}.")
        return str(self._keep("persons", person)["id"])

    def _organisation(self, item: Mapping[str, Any], path: str) -> str:
        path = f"{path}.organisation"
        self._required(item, ("organisation_name",), f"{path}.")
        name = self._trimmed(item.get("organisation_name"), f"{path}.organisation_name")
        ror = self._identifier(item.get("ror_id"), _ROR, "https://ror.org/", "ROR", f"{path}.ror_id")
        organisation: dict[str, Any] = {
            "id": ror or self._iri("organization", name),
            "name": name,
            "ror": ror,
            "address": self._trimmed(item.get("address"), f"{path}.address"),
        }
        self._extra(item, _ORGANISATION_KEYS, organisation, f"{path}.")
        return str(self._keep("organizations", organisation)["id"])

    def _publications(self, value: object) -> list[str]:
        """Read publications; the archive's model wants them by DOI."""
        if isinstance(value, Mapping) and all(isinstance(item, Mapping) for item in value.values()):
            return [self._publication({"publication_doi": doi, **item}) for doi, item in value.items()]
        if isinstance(value, Sequence) and not isinstance(value, str):
            self._report("publications", "a list", "a mapping from DOI to publication", "read as the list that it is")
        return [self._publication(item) for item in self._dicts(value, "publications")]

    def _publication(self, item: Mapping[str, Any]) -> str:
        self._required(item, ("publication_title", "publication_authors", "publication_doi"), "publications.")
        title = self._trimmed(item.get("publication_title"), "publications.publication_title")
        doi = self._identifier(item.get("publication_doi"), _DOI, "https://doi.org/", "DOI", "publications.publication_doi")
        pubmed = _PMID.fullmatch(str(item.get("pubmed_id") or "").strip())
        year = _YEAR.fullmatch(str(item.get("publication_year") or "").strip())
        publication: dict[str, Any] = {
            "id": doi or self._iri("publication", title),
            "name": title,
            "doi": doi,
            "author_names": self._trimmed(item.get("publication_authors"), "publications.publication_authors"),
            "pubmed_id": pubmed[1] if pubmed else "",
        }
        if year:
            publication["publication_year"] = int(year[0])
        unread = {key for key, read in (("pubmed_id", pubmed), ("publication_year", year)) if not read}
        self._extra(item, _PUBLICATION_KEYS - unread, publication, "publications.")
        return str(self._keep("publications", publication)["id"])

    def _grant(self, item: Mapping[str, Any]) -> str:
        self._required(item, ("grant_id", "funder"), "grants.")
        number = self._trimmed(item.get("grant_id"), "grants.grant_id")
        grant: dict[str, Any] = {"id": self._iri("grant", number), "grant_number": number}
        funder = self._trimmed(item.get("funder"), "grants.funder")
        if funder:
            grant["grant_funder"] = [
                self._keep("organizations", {"id": self._iri("organization", funder), "name": funder})["id"]
            ]
        self._extra(item, _GRANT_KEYS, grant, "grants.")
        return str(self._keep("grants", grant)["id"])

    def _links(self, document: Mapping[str, Any]) -> list[dict[str, str]]:
        urls = self._list(document.get("link_url"), "link_url")
        words = self._list(document.get("link_description"), "link_description")
        if len(words) > len(urls):
            self._report(
                "link_description",
                f"{len(words)} descriptions",
                f"one for each of {len(urls)} addresses",
                "the others left out",
            )
        links = []
        for number, url in enumerate(urls):
            link = {"url": self._address(url, "link_url")}
            if number < len(words):
                link["description"] = words[number]
            links.append(link)
        return links

    def _license(self, value: object) -> str:
        text = str(value or "").strip()
        if text in _LICENSES:
            return _LICENSES[text]
        if is_iri(text):
            self._report("license", text, "CC0 or CC_BY", "kept as the address that it is")
            return text
        for name, iri in _LICENSES.items():
            if re.sub(r"[\s_-]", "", text).upper() == re.sub(r"_", "", name):
                self._report("license", text, "CC0 or CC_BY", f"read as {name}")
                return iri
        if text:
            self._report("license", text, "CC0 or CC_BY", "left out", severity="error")
        return ""

    def _types(self, value: object, path: str) -> list[str]:
        kinds = self._list(value, path)
        for kind in kinds:
            if kind not in _ANNOTATION_TYPES:
                self._report(path, kind, "one of the annotation types", "read as other", severity="error")
        return [kind if kind in _ANNOTATION_TYPES else "other" for kind in kinds]

    def _identifier(self, value: object, shape: re.Pattern[str], namespace: str, name: str, path: str) -> str:
        """Return an identifier as an IRI; the archive's model takes an IRI or a CURIE, never the bare number."""
        text = str(value or "").strip()
        if not text:
            return ""
        match = shape.fullmatch(text)
        if match is None:
            self._report(path, text, f"a {name}", "left out", severity="error")
            return ""
        if not text.startswith(f"{name}:") and not is_iri(text):
            self._report(path, text, f"an IRI or CURIE, {name}:{match[1]}", f"read as {namespace}{match[1]}")
        return namespace + match[1]

    def _address(self, value: str, path: str) -> str:
        if is_iri(value):
            return value
        self._report(path, value, "an address", "percent-encoded")
        return self._iri("link", value)

    def _time(self, value: object, file: dict[str, Any]) -> None:
        """Put in a time; YAML itself reads an unquoted one as a datetime."""
        path = "file_metadata.annotation_creation_time"
        try:
            time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
        except ValueError:
            self._report(path, str(value), "a date and time", "kept as an extra field", severity="error")
            file.setdefault("extra_fields", []).append({"field_name": path, "field_value": str(value)})
            return
        if time.tzinfo is None:
            self._report(path, str(value), "a time with its zone", "read as UTC")
            time = time.replace(tzinfo=UTC)
        file["annotation_creation_time"] = time.isoformat()

    def _text(self, document: Mapping[str, Any], key: str, record: dict[str, Any], slot: str, *, path: str) -> None:
        text = self._trimmed(document.get(key), path)
        if text:
            record[slot] = text

    def _trimmed(self, value: object, path: str) -> str:
        if value is None:
            return ""
        if isinstance(value, Sequence) and not isinstance(value, str):
            self._report(path, "a list", "one text", "joined with semicolons")
            value = "; ".join(str(item).strip() for item in value)
        return str(value).strip()

    def _list(self, value: object, path: str) -> list[str]:
        """Return the values of a repeated key; a single value where the model asks for a list is a repair."""
        if value is None:
            return []
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [str(item).strip() for item in value if item is not None]
        if path:
            self._report(path, f"one {type(value).__name__}", "a list", "read as a list of one")
        return [str(value).strip()]

    def _dicts(self, value: object, path: str) -> list[Mapping[str, Any]]:
        if value is None:
            return []
        if isinstance(value, Mapping):
            self._report(path, "one mapping", "a list of mappings", "read as a list of one")
            return [value]
        good: list[Mapping[str, Any]] = []
        for item in value if isinstance(value, Sequence) and not isinstance(value, str) else [value]:
            if isinstance(item, Mapping):
                good.append(item)
            else:
                self._report(path, str(item), "a mapping", "left out", severity="error")
        return good

    def _required(self, item: Mapping[str, Any], keys: Iterable[str], prefix: str) -> None:
        for key in keys:
            if not item.get(key):
                self._report(prefix + key, "nothing", "a value", severity="error")

    def _extra(self, item: Mapping[str, Any], known: frozenset[str], record: dict[str, Any], prefix: str) -> None:
        for key, value in item.items():
            if key not in known and value is not None:
                self._report(prefix + key, str(value), "a key of the model", "kept as an extra field")
                record.setdefault("extra_fields", []).append({"field_name": prefix + key, "field_value": str(value)})

    def _keep(self, collection: str, record: dict[str, Any]) -> dict[str, Any]:
        """Keep a record without empty values; one that is named again adds to what is known, and the first word stands."""
        filled = {slot: value for slot, value in record.items() if value not in ("", [])}
        known = self.records.setdefault(collection, {}).setdefault(str(record["id"]), {})
        for slot, value in filled.items():
            if slot not in known:
                known[slot] = value
            elif isinstance(value, list):
                known[slot] = [*known[slot], *(item for item in value if item not in known[slot])]
        return known

    def _iri(self, kind: str, name: str = "") -> str:
        parts = (
            [self.base + kind, encode(self.source)]
            if kind in {"study", "annotations", "annotation-file"}
            else [self.base + kind]
        )
        return "/".join([*parts, *([encode(name)] if name else [])])

    def _report(self, path: str, found: str, expected: str, repair: str = "", *, severity: Severity = "warning") -> None:
        self.found.append(
            Problem(
                source=self.source, code="mifa", column=path, found=found, expected=expected, repair=repair, severity=severity
            ),
        )

    def aggregated(self) -> tuple[Problem, ...]:
        """Return each finding once with the number of places."""
        counts: dict[Problem, int] = {}
        for problem in self.found:
            counts[problem] = counts.get(problem, 0) + 1
        return tuple(replace(problem, count=count) for problem, count in counts.items())
