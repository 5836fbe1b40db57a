"""MIFA in both editions: one valid and one invalid example for each attribute, annotation type and version rule; and the conversion."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from linkml.validator import Validator
from linkml.validator.plugins import JsonschemaValidationPlugin

from kg.quality.mifa import convert_mifa

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT.parent / "shared" / "data" / "models" / "mifa-examples"
EDITIONS = ("preprint", "revised")
TIME = "2024-02-14T10:00:00Z"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
ME = "https://orcid.org/0000-0002-1825-0097"
REMOVED = object()


@pytest.fixture(scope="module")
def complaints():
    validator = Validator(
        str(ROOT / "ontologies" / "bioimage-kg.yaml"), validation_plugins=[JsonschemaValidationPlugin(closed=True)]
    )

    def complain(instance, class_name):
        return [result.message for result in validator.validate(instance, class_name).results]

    return complain


def study(edition, **changes):
    record = {
        "id": "kg:study", "name": "Nuclei", "description": "Nuclei of cultured cells, for training segmentation.", "mifa_edition": edition,
        "biological_application": "counting nuclei", "author": [ME], "keywords": ["nucleus"], "license": CC_BY, "annotation_license": CC_BY,
        "annotation_profile": "annotated",
    }  # fmt: skip
    return changed(record, changes)


def annotation_set(edition, **changes):
    time = "annotation_creation_time" if edition == "preprint" else "last_modification_time"
    record = {
        "id": "kg:set", "mifa_edition": edition, "author": [ME], "annotation_overview": "Masks of nuclei.", "annotation_type": ["segmentation_mask"],
        "annotation_method": "Drawn by two experts.", "source_image": ["kg:image"], time: TIME,
    }  # fmt: skip
    return changed(record, changes)


def person(_edition, **changes):
    return changed({"id": ME, "name": "Josiah Carberry"}, changes)


def new_version(edition, **changes):
    kept = {
        "version": "2",
        "version_timestamp": TIME,
        "previous_version": "kg:set-1",
        "version_changes": "Two nuclei added.",
        "preserved_credit": [ME],
    }
    if edition == "revised":
        kept |= {
            "original_image_creators": [ME],
            "original_image_license": CC_BY,
            "original_image_link": "https://example.org/images",
        }
    return annotation_set(edition, **{**kept, **changes})


def changed(record, changes):
    return {slot: value for slot, value in {**record, **changes}.items() if value is not REMOVED}


# attribute -> (maker, class, what makes it valid, what makes it invalid)
ATTRIBUTES = {
    # study
    "description": (study, "Study", {"description": "Nuclei."}, {"description": REMOVED}),
    "biological application": (study, "Study", {"biological_application": "counting"}, {"biological_application": ["a", "list"]}),
    "study authors": (study, "Study", {"author": [ME]}, {"author": REMOVED}),
    "publications": (study, "Study", {"related_publications": ["https://doi.org/10.1/x"]}, {"related_publications": [{"doi": "10.1/x"}]}),
    "ontologies": (study, "Study", {"imaging_method": ["FBbi:00000246"]}, {"imaging_method": [246]}),
    "persistent identifiers": (study, "Study", {"data_doi": ["https://doi.org/10.1/x"]}, {"data_doi": "https://doi.org/10.1/x"}),
    "licence of images": (study, "Study", {"license": CC_BY}, {"license": REMOVED}),
    "licence of annotations": (study, "Study", {"annotation_license": CC_BY}, {"annotation_license": REMOVED}),
    "keywords": (study, "Study", {"keywords": ["a", "b"]}, {"keywords": REMOVED}),
    "trained models": (study, "Study", {"ai_models_trained": ["https://bioimage.io/m"]}, {"ai_models_trained": "https://bioimage.io/m"}),
    # image: the REMBI modules
    "organism": (study, "Study", {"organism": ["NCBITaxon:9606"]}, {"organism": "NCBITaxon:9606"}),
    # annotation
    "authors": (annotation_set, "AnnotationSet", {"author": [ME]}, {"author": REMOVED}),
    "contact e-mail": (person, "Person", {"email": ["jc@example.org"]}, {"email": ["jc at example"]}),
    "contact ORCID": (person, "Person", {"orcid": ME}, {"orcid": "0000-0002-1825-0097"}),
    "contact GitHub": (person, "Person", {"github_url": "https://github.com/jc"}, {"github_url": 7}),
    "contact Scholar": (person, "Person", {"scholar_url": "https://scholar.google.com/jc"}, {"scholar_url": ["x"]}),
    "overview": (annotation_set, "AnnotationSet", {"annotation_overview": "Masks."}, {"annotation_overview": REMOVED}),
    "type": (annotation_set, "AnnotationSet", {"annotation_type": ["counts"]}, {"annotation_type": ["guess"]}),
    "type given": (annotation_set, "AnnotationSet", {"annotation_type": ["counts", "tracks"]}, {"annotation_type": REMOVED}),
    "method": (annotation_set, "AnnotationSet", {"annotation_method": "By hand."}, {"annotation_method": REMOVED}),
    "method, source": (annotation_set, "AnnotationSet", {"annotation_source": ["crowdsourced"]}, {"annotation_source": ["aliens"]}),
    "method, consensus": (annotation_set, "AnnotationSet", {"consensus_protocol": "Vote."}, {"consensus_protocol": True}),
    "method, quality": (annotation_set, "AnnotationSet", {"quality_assurance": "Read twice."}, {"quality_assurance": 2}),
    "confidence level": (annotation_set, "AnnotationSet", {"annotation_confidence_level": "15 years"}, {"annotation_confidence_level": 15}),
    "confidence, number": (annotation_set, "AnnotationSet", {"confidence_value": 0.904}, {"confidence_value": "high"}),
    "criteria": (annotation_set, "AnnotationSet", {"annotation_criteria": "In focus."}, {"annotation_criteria": ["In focus."]}),
    "coverage": (annotation_set, "AnnotationSet", {"annotation_coverage": "All."}, {"annotation_coverage": 100}),
    "coverage, part": (annotation_set, "AnnotationSet", {"coverage_percentage": 80}, {"coverage_percentage": 120}),
    "coverage, regions": (annotation_set, "AnnotationSet", {"covered_regions": [{"x_start": 0, "x_stop": 9}]}, {"covered_regions": [{"x_start": -1}]}),
    "coverage, reasons": (annotation_set, "AnnotationSet", {"coverage_reason": "Cells had died."}, {"coverage_reason": False}),
    "source image": (annotation_set, "AnnotationSet", {"source_image": ["kg:i"]}, {"source_image": REMOVED}),
    "source data set": (annotation_set, "AnnotationSet", {"source_dataset_id": "S-BIAD1"}, {"source_dataset_id": 1}),
    "transformations": (annotation_set, "AnnotationSet", {"transformations": "rotate by 37 degrees"}, {"transformations": {"rotate": 37}}),
    "coordinate system": (annotation_set, "AnnotationSet", {"coordinate_system": "stage"}, {"coordinate_system": 3}),
    "spatial information": (annotation_set, "AnnotationSet", {"spatial_information": "centroids in um"}, {"spatial_information": 3}),
    "creation time": (
        annotation_set, "AnnotationSet", {"annotation_creation_time": TIME, "last_modification_time": TIME}, {"annotation_creation_time": "last May"},
    ),
    "last modification time": (
        annotation_set, "AnnotationSet", {"annotation_creation_time": TIME, "last_modification_time": TIME}, {"last_modification_time": "last May"},
    ),
    "file format": (annotation_set, "AnnotationSet", {"file_format": "GeoJSON"}, {"file_format": ["GeoJSON"]}),
}  # fmt: skip


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_an_attribute_is_taken_when_right_and_refused_when_wrong(complaints, attribute, edition):
    make, class_name, right, wrong = ATTRIBUTES[attribute]
    assert complaints(make(edition, **right), class_name) == []
    assert complaints(make(edition, **wrong), class_name)


BOTH = [
    "class_labels",
    "bounding_boxes",
    "counts",
    "derived_annotations",
    "geometrical_annotations",
    "graphs",
    "point_annotations",
    "segmentation_mask",
    "tracks",
    "semantic_mask",
    "instance_mask",
    "probability_map",
    "image_pair",
    "other",
]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("kind", BOTH)
def test_an_annotation_type_is_taken_under_its_name_only(complaints, kind, edition):
    assert complaints(annotation_set(edition, annotation_type=[kind]), "AnnotationSet") == []
    assert complaints(annotation_set(edition, annotation_type=[kind.upper()]), "AnnotationSet")
    file = {"id": "kg:file", "annotation_type": [kind], "source_image_id": ["IM1"]}
    assert complaints(file, "AnnotationFile") == []
    assert complaints({**file, "annotation_type": kind}, "AnnotationFile")


def test_weak_annotations_are_a_type_in_the_first_edition_and_a_flag_in_the_revised_one(complaints):
    assert complaints(annotation_set("preprint", annotation_type=["weak_annotations"]), "AnnotationSet") == []
    assert complaints(annotation_set("revised", annotation_type=["weak_annotations"]), "AnnotationSet")
    assert complaints(annotation_set("revised", annotation_type=["counts", "weak_annotations"]), "AnnotationSet")
    for edition in EDITIONS:
        assert complaints(annotation_set(edition, weak_annotation=True), "AnnotationSet") == []
        assert complaints(annotation_set(edition, weak_annotation="rather"), "AnnotationSet")


def test_each_edition_wants_its_own_time_where_the_other_one_is_given(complaints):
    first = {"annotation_creation_time": REMOVED, "last_modification_time": TIME}
    revised = {"annotation_creation_time": TIME, "last_modification_time": REMOVED}
    assert complaints(annotation_set("revised", **first), "AnnotationSet") == []
    assert complaints(annotation_set("preprint", **revised), "AnnotationSet") == []
    assert complaints(annotation_set("preprint", **first), "AnnotationSet")
    assert complaints(annotation_set("revised", **revised), "AnnotationSet")


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("slot", ["version", "version_changes", "preserved_credit", "version_timestamp"])
def test_a_new_version_has_number_time_changes_and_credit(complaints, slot, edition):
    assert complaints(new_version(edition), "AnnotationSet") == []
    assert complaints(new_version(edition, **{slot: REMOVED}), "AnnotationSet")


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_pointer_to_the_version_before_is_an_iri(complaints, edition):
    assert complaints(new_version(edition, previous_version="https://example.org/1"), "AnnotationSet") == []
    assert complaints(new_version(edition, previous_version=1), "AnnotationSet")


@pytest.mark.parametrize("slot", ["original_image_creators", "original_image_license", "original_image_link"])
def test_the_revised_edition_keeps_who_made_the_images_their_licence_and_link(complaints, slot):
    assert complaints(new_version("revised"), "AnnotationSet") == []
    assert complaints(new_version("revised", **{slot: REMOVED}), "AnnotationSet")
    assert complaints(new_version("preprint"), "AnnotationSet") == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_version_rules_hold_for_studies_too(complaints, edition):
    assert complaints(study(edition, version="1", version_timestamp=TIME), "Study") == []
    assert complaints(study(edition, version="1"), "Study")
    assert complaints(study(edition, version="2", version_timestamp=TIME, previous_version="kg:1"), "Study")


@pytest.mark.parametrize("edition", EDITIONS)
def test_images_for_self_supervised_learning_need_no_annotations_and_name_none(complaints, edition):
    unannotated = {"annotation_profile": "unannotated", "annotation_license": REMOVED}
    assert complaints(study(edition, **unannotated), "Study") == []
    assert complaints(study(edition, **unannotated, annotation_set=["kg:set"]), "Study")
    assert complaints(study(edition, annotation_profile=REMOVED), "Study")


def test_a_file_of_annotations_names_its_source_image(complaints):
    assert complaints({"id": "kg:f", "source_image_id": ["IM1"]}, "AnnotationFile") == []
    assert complaints({"id": "kg:f"}, "AnnotationFile")


def test_a_set_that_follows_no_edition_need_not_be_complete(complaints):
    assert complaints({"id": "kg:set", "annotation_type": ["counts"]}, "AnnotationSet") == []


def example(name):
    if not EXAMPLES.is_dir():
        pytest.skip("the MIFA examples lie outside the repository and are not here")
    return yaml.load((EXAMPLES / name).read_bytes(), Loader=yaml.CSafeLoader)


@pytest.mark.parametrize("name", ["Study_S-BIAD634.yaml", "Annotations_S-BIAD634.yaml"])
def test_the_archives_examples_convert_to_valid_records(complaints, name):
    conversion = convert_mifa(example(name), source=name)
    assert complaints(conversion.instance, "RecordCollection") == []
    assert [repair for repair in conversion.repairs if repair.severity == "error"] == []


def test_every_fault_of_the_study_example_is_reported():
    repairs = {(r.column, r.expected.split(",")[0]): r.count for r in convert_mifa(example("Study_S-BIAD634.yaml")).repairs}
    assert repairs[("authors.role", "a list")] == 6
    assert (
        repairs[("ai_models_trained", "a list")]
        == repairs[("link_url", "a list")]
        == repairs[("link_description", "a list")]
        == 1
    )
    assert repairs[("publications", "a mapping from DOI to publication")] == 1
    assert repairs[("authors.orcid_id", "an IRI or CURIE")] == 1
    assert len([c for c, _ in repairs if c == "authors.orcid_id"]) == 1


def test_every_fault_of_the_annotations_example_is_reported():
    conversion = convert_mifa(example("Annotations_S-BIAD634.yaml"))
    repairs = {r.column: r for r in conversion.repairs}
    assert repairs["authors.role"].count == 5
    assert repairs["file_metadata.annotation_type"].count == 79
    assert "segmentation_mask" in repairs["annotation_type"].repair
    assert repairs["file_metadata.annotation_creation_time"].severity == "info"
    assert len(conversion.instance["annotation_files"]) == 79


STUDY = {
    "title": "Nuclei", "description": "Nuclei for training.", "keywords": ["nucleus"], "license": "CC0", "funding_statement": "Paid by us.",
    "authors": [{"author_first_name": "A", "author_last_name": "B", "role": ["curator"]}],
}  # fmt: skip
SET = {
    "annotation_overview": "Masks.", "annotation_method": "By hand.", "annotation_type": ["counts"],
    "authors": [{"author_first_name": "A", "author_last_name": "B"}],
    "file_metadata": [{"annotation_id": "a.tif", "annotation_type": ["counts"], "source_image_id": "i.tif", "annotation_creation_time": TIME}],
}  # fmt: skip


def test_a_faultless_document_takes_no_repair(complaints):
    for document in (STUDY, SET):
        conversion = convert_mifa(document)
        assert conversion.repairs == ()
        assert complaints(conversion.instance, "RecordCollection") == []


@pytest.mark.parametrize(
    ("document", "column", "severity"),
    [
        ({**STUDY, "license": "CC-BY"}, "license", "warning"),
        ({**STUDY, "license": "mine"}, "license", "error"),
        ({**STUDY, "title": ""}, "title", "error"),
        ({**STUDY, "keywords": "nucleus"}, "keywords", "warning"),
        ({**STUDY, "colour": "red"}, "colour", "warning"),
        ({**STUDY, "authors": {"author_first_name": "A", "author_last_name": "B"}}, "authors", "warning"),
        ({**STUDY, "authors": [*STUDY["authors"], "Someone"]}, "authors", "error"),
        ({**STUDY, "authors": [{**STUDY["authors"][0], "orcid_id": "0000-0002-1825"}]}, "authors.orcid_id", "error"),
        ({**STUDY, "authors": [{**STUDY["authors"][0], "organisation": {"organisation_name": "X"}}]}, "authors.organisation", "warning"),
        ({**STUDY, "publications": [{"publication_title": "T", "publication_authors": "A", "publication_doi": "10.1/x"}]}, "publications.publication_doi", "error"),
        ({**STUDY, "publications": [{"publication_title": "T", "publication_authors": "A"}]}, "publications.publication_doi", "error"),
        ({**STUDY, "grants": [{"grant_id": "7"}]}, "grants.funder", "error"),
        ({**STUDY, "link_url": ["not an address"]}, "link_url", "warning"),
        ({**STUDY, "link_description": ["code"]}, "link_description", "warning"),
        ({**SET, "annotation_type": ["guesses"]}, "annotation_type", "error"),
        ({**SET, "annotation_overview": None}, "annotation_overview", "error"),
        ({**SET, "annotation_criteria": ["a", "b"]}, "annotation_criteria", "warning"),
        ({**SET, "file_metadata": []}, "file_metadata", "error"),
        ({**SET, "file_metadata": [{"annotation_id": "a", "annotation_type": ["counts"]}]}, "file_metadata.source_image_id", "error"),
        ({**SET, "file_metadata": [{**SET["file_metadata"][0], "annotation_creation_time": "last May"}]}, "file_metadata.annotation_creation_time", "error"),
    ],
)  # fmt: skip
def test_a_fault_is_reported_and_what_remains_is_valid(complaints, document, column, severity):
    conversion = convert_mifa(document)
    assert (column, severity) in {(repair.column, repair.severity) for repair in conversion.repairs}
    assert complaints(conversion.instance, "RecordCollection") == []


def test_a_time_that_yaml_has_read_is_written_with_its_zone(complaints):
    files = [
        {**SET["file_metadata"][0], "annotation_creation_time": when}
        for when in (datetime(2024, 2, 14, tzinfo=UTC), datetime(2024, 2, 14))  # noqa: DTZ001
    ]
    conversion = convert_mifa({**SET, "file_metadata": files})
    assert complaints(conversion.instance, "RecordCollection") == []


def test_publications_are_read_by_doi_as_the_archives_model_has_them(complaints):
    paper = {"publication_title": "T", "publication_authors": "A", "publication_year": "2020", "pubmed_id": "PMID:1"}
    conversion = convert_mifa({**STUDY, "publications": {"DOI:10.1242/jcs.033340": paper}})
    assert conversion.repairs == ()
    (publication,) = conversion.instance["publications"]
    assert publication["doi"] == "https://doi.org/10.1242/jcs.033340"
    assert (publication["publication_year"], publication["pubmed_id"]) == (2020, "1")
    assert complaints(conversion.instance, "RecordCollection") == []


def test_no_iri_holds_an_email_address():
    conversion = convert_mifa({**STUDY, "authors": [{**STUDY["authors"][0], "email": "a.b@example.org"}]})
    assert "example.org" not in conversion.instance["persons"][0]["id"]
    assert conversion.instance["persons"][0]["email"] == ["a.b@example.org"]


def test_converting_again_gives_the_same_iris():
    assert convert_mifa(SET, source="x") == convert_mifa(SET, source="x")
    assert (
        convert_mifa(SET, source="x").instance["annotation_sets"][0]["id"]
        != convert_mifa(SET, source="y").instance["annotation_sets"][0]["id"]
    )
