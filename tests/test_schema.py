"""The Schema as the code reads it, and what the LinkML files promise."""

import subprocess
import sys
from collections import defaultdict

import pytest

from kg.curie import KG, PREFIXES, TERM_NAMESPACES
from kg.errors import SchemaError
from kg.schema import Branch, load_schema

SCHEMA = load_schema()
RECORDS = [c for c in SCHEMA.classes.values() if c.is_record and not c.abstract]
DESIGN_CLASSES = [
    "Study",
    "StudyComponent",
    "Image",
    "ImageRepresentation",
    "Biosample",
    "Taxon",
    "Specimen",
    "PreparationProtocol",
    "Reagent",
    "SignalChannel",
    "ImageAcquisition",
    "Instrument",
    "HardwareComponent",
    "AcquisitionSettings",
    "QCMeasurement",
    "AnnotationSet",
    "AnnotationMethod",
    "AnalysisRun",
    "TrainedModel",
    "Agent",
    "ExperimentRecord",
    "Publication",
    "Decision",
    "SourceRecord",
]
# bench/terms/score.py scores these.
SCORED_FIELDS = [
    "organism",
    "imaging_method",
    "cell_line",
    "organism_part",
    "phenotype",
    "study_type",
    "protocol_type",
    "screen_type",
    "library_type",
    "technology_type",
    "cell_type",
    "disease",
    "disease_or_factor",
    "compound",
    "biological_process_or_component",
    "experimental_condition",
    "sex",
    "strain",
]


@pytest.mark.parametrize("name", DESIGN_CLASSES)
def test_each_class_of_the_design_is_there(name):
    assert SCHEMA.class_(name).description


@pytest.mark.parametrize("field", SCORED_FIELDS)
def test_each_field_that_is_scored_has_branches(field):
    assert SCHEMA.fields[field]


def test_fields_keep_the_order_of_their_ontologies_and_their_roots():
    assert SCHEMA.fields["cell_type"][:2] == (Branch("CL", ("CL:0000000",)), Branch("EFO", ("EFO:0000324",)))
    assert SCHEMA.fields["organism"] == (Branch("NCBITaxon", ()),)
    assert SCHEMA.fields["imaging_method"][0].roots[0] == "FBbi:00000222"


def test_ontologies_are_spelt_as_terms_are():
    spelt = {branch.ontology for branches in SCHEMA.fields.values() for branch in branches}
    assert spelt <= set(TERM_NAMESPACES)
    assert all(SCHEMA.prefixes[ontology] == TERM_NAMESPACES[ontology] for ontology in spelt)


def test_prefixes_are_those_of_the_code():
    assert {p: n for p, n in SCHEMA.prefixes.items() if p in PREFIXES and PREFIXES[p] != n} == {}


def test_prefixes_differ_by_more_than_case():
    # LinkML reads prefixes without regard to case: bao beside BAO would turn one into the other.
    assert len({prefix.lower() for prefix in SCHEMA.prefixes}) == len(SCHEMA.prefixes)


def test_own_names_are_in_the_one_namespace():
    strange = [
        iri
        for c in SCHEMA.classes.values()
        for iri in (c.iri, *(s.iri for s in c.slots.values()))
        if "bioimage-kg" in iri and not iri.startswith(KG)
    ]
    assert strange == []


def test_no_two_classes_share_an_iri():
    names = defaultdict(list)
    for class_ in SCHEMA.classes.values():
        names[class_.iri].append(class_.name)
    assert [shared for shared in names.values() if len(shared) > 1] == []


def test_no_two_slots_of_a_class_share_an_iri():
    shared = set()
    for class_ in SCHEMA.classes.values():
        names = defaultdict(list)
        for slot in class_.slots.values():
            names[slot.iri].append(slot.name)
        shared |= {(class_.name, *found) for found in names.values() if len(found) > 1}
    assert shared == set()


@pytest.mark.parametrize(
    "name",
    [
        n
        for n, s in {s.name: s for c in SCHEMA.classes.values() for s in c.slots.values()}.items()
        if s.range == "decimal" and s.unit is None
    ],
)
def test_a_number_without_a_unit_is_none_that_has_one(name):
    assert name in {
        # ratios and counts of the maker's own scale
        "lens_na", "nominal_magnification", "calibrated_magnification", "electron_magnification", "refractive_index", "zoom", "gain",
        "offset", "amplification_gain", "correction_collar", "light_source_attenuation", "nd_filter", "transmittance", "spot_size",
        # the unit stands beside the value
        "observed_value", "expected_value", "installation_value", "tolerance", "lower_limit", "upper_limit", "standard_deviation",
        "field_number", "confidence_value",
        # 0 to 1
        "score",
        # the reference frame of a stage, which has no unit
        "stage_frame_x", "stage_frame_y", "stage_frame_z", "well_origin_frame_x", "well_origin_frame_y",
    }  # fmt: skip


def test_every_class_and_slot_says_what_it_is():
    assert [c.name for c in SCHEMA.classes.values() if not c.description] == []
    assert {s.name for c in SCHEMA.classes.values() for s in c.slots.values() if not s.description} == set()


def test_every_class_of_records_can_stand_in_a_document():
    held = {slot.range for slot in SCHEMA.class_("RecordCollection").slots.values()}
    assert {c.name for c in RECORDS} == held


def test_shared_classes_are_those_that_several_sources_speak_of():
    assert {c.name for c in SCHEMA.classes.values() if c.shared} == {
        "Study", "StudyComponent", "Agent", "Person", "Organization", "Grant", "Publication", "Taxon", "Gene", "TrainedModel",
    }  # fmt: skip


def test_a_refined_slot_differs_where_it_is_refined_only():
    assert SCHEMA.slot("ImageAcquisition", "instrument").iri == "http://www.w3.org/ns/prov#used"
    assert SCHEMA.slot("Image", "instrument").iri == KG + "instrument"
    assert SCHEMA.slot("ImageAcquisition", "instrument").range == SCHEMA.slot("Image", "instrument").range


def test_an_organism_is_one_property_wherever_it_is_said():
    said = {c.slots["organism"].iri for c in SCHEMA.classes.values() if "organism" in c.slots}
    assert said == {"http://schema.org/taxonomicRange"}


def test_kinds_units_and_limits_are_read():
    pixel = SCHEMA.slot("Image", "pixel_size_x")
    assert (pixel.kind, pixel.datatype, pixel.unit, pixel.minimum) == (
        "literal",
        "http://www.w3.org/2001/XMLSchema#decimal",
        "um",
        0,
    )
    assert SCHEMA.slot("Study", "name").datatype is None
    assert SCHEMA.slot("Study", "name").required
    assert SCHEMA.slot("Image", "imaging_method").kind == "term"
    assert SCHEMA.slot("Image", "channels").kind == "object"
    assert SCHEMA.slot("Study", "license").kind == "iri"
    immersion = SCHEMA.slot("Objective", "immersion")
    assert immersion.kind == "iri"
    assert immersion.values["Oil"] == "https://ld.openmicroscopy.org/core/ObjectiveImmersion#Oil"
    assert SCHEMA.slot("Decision", "decision_status").kind == "literal"


def test_ancestors_stand_nearest_first():
    assert SCHEMA.class_("Laser").ancestors == ("LightSource", "HardwareComponent", "Record")
    assert SCHEMA.class_("Person").ancestors == ("Agent", "Record")


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(SchemaError, match="did you mean pixel_size_"):
        SCHEMA.slot("Image", "pixel_size")
    with pytest.raises(SchemaError, match="StudyComponent"):
        SCHEMA.class_("StudyComponents")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("- a list", "is not a LinkML module"),
        ("{", "is not YAML"),
        ("imports: [nowhere]", "cannot be read"),
        ("classes: {A: {is_a: B, class_uri: x:A}}\nprefixes: {x: 'http://x/'}", "no such superclass"),
        ("classes: {A: {slots: [s], class_uri: x:A}}\nprefixes: {x: 'http://x/'}", "no such slot"),
        (
            "classes: {A: {attributes: {s: {slot_uri: 'y:s'}}, class_uri: x:A}}\nprefixes: {x: 'http://x/'}",
            "no module declares",
        ),
        (
            "classes: {A: {attributes: {s: {slot_uri: 'x:s', range: T}}, class_uri: x:A}}\nprefixes: {x: 'http://x/'}",
            "no such range",
        ),
        (
            (
                "classes: {A: {attributes: {s: {slot_uri: 'x:s', range: uriorcurie, annotations: {field: f}}}, class_uri: x:A}}\n"
                "prefixes: {x: 'http://x/'}"
            ),
            "must be bound",
        ),
    ],
)
def test_a_broken_schema_is_refused_with_its_reason(tmp_path, body, complaint):
    file = tmp_path / "s.yaml"
    file.write_text(body)
    with pytest.raises(SchemaError, match=complaint):
        load_schema(file)


def test_reading_the_schema_imports_no_linkml():
    code = "import sys; from kg.schema import load_schema; load_schema(); print([m for m in sys.modules if m.startswith(('linkml', 'rdflib'))])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


# What the issue and the white paper ask for, by the slot that takes it.
ASKED_FOR = {
    "Objective": "lens_na nominal_magnification immersion working_distance manufacturer model serial_number",
    "Detector": "detector_type gain offset manufacturer",
    "Laser": "source_power illumination_wavelength laser_medium",
    "Filter": "filter_type cut_in cut_out",
    "SignalChannel": "excitation_wavelength emission_wavelength fluorophore fluorophore_term exposure_time gain detector light_source filter",
    "AcquisitionSettings": "temperature co2_percent humidity air_pressure exposure_time gain objective",
    "Image": "pid image_type checksum license access_url pixel_size_x pixel_size_y pixel_size_z time_increment channels objective",
    "ImageRepresentation": "sub_region content_url checksum license file_format",
    "SubRegion": "t_start t_stop c_start c_stop z_start z_stop y_start y_stop x_start x_stop",
    "QCMeasurement": "observed_value expected_value installation_value tolerance qc_unit observed_at",
    "AnalysisRun": "software_name software_version parameters random_seed container_image container_digest hardware_description "
    "network_description data_size tolerance trained_model",
    "PreparationProtocol": "procedure sample_origin treatment labelling labelling_validation reagent mounting_method mounting_medium receptacle",
    "Instrument": "pid landing_page name owner manufacturer model instrument_type measured_variables commissioned_date related_identifiers "
    "serial_number",
    "Biosample": "organism biological_entity intrinsic_variables extrinsic_variables experimental_variables",
    "Specimen": "biosample protocols growth_protocol experimental_status location_within_biosample",
    "ImageCorrelation": "spatial_and_temporal_alignment fiducials_used transformation_matrix related_images",
    "CustomColumn": "raw_key raw_unit mapping_status cell_count",
    "Decision": "source_text field chosen_term decision_status tier_of_decision why score matched_text ontology_version decided_by candidates",
}


@pytest.mark.parametrize(("name", "slots"), ASKED_FOR.items())
def test_a_class_takes_what_is_asked_for(name, slots):
    assert [slot for slot in slots.split() if slot not in SCHEMA.class_(name).slots] == []
