"""Pydantic classes of the schema. Written by scripts/generate.py from ontologies/*.yaml; change those."""

from __future__ import annotations

import re
import sys
from datetime import (
    date,
    datetime,
    time
)
from decimal import Decimal
from enum import Enum
from typing import (
    Any,
    ClassVar,
    Literal,
    Optional,
    Union
)

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer
)


metamodel_version = "1.12.0"
version = "0.1.0"


class ConfiguredBaseModel(BaseModel):
    model_config = ConfigDict(
        serialize_by_alias = True,
        validate_by_name = True,
        validate_assignment = True,
        validate_default = True,
        extra = "forbid",
        arbitrary_types_allowed = True,
        use_enum_values = True,
        strict = False,
    )





class LinkMLMeta(RootModel):
    root: dict[str, Any] = {}
    model_config = ConfigDict(frozen=True)

    def __getattr__(self, key:str):
        return getattr(self.root, key)

    def __getitem__(self, key:str):
        return self.root[key]

    def __setitem__(self, key:str, value):
        self.root[key] = value

    def __contains__(self, key:str) -> bool:
        return key in self.root


linkml_meta = None

class MifaEdition(str, Enum):
    """
    Editions of the MIFA guidelines.
    """
    preprint = "preprint"
    """
    First edition: gives the time of creation, and weak annotations are a type.
    """
    revised = "revised"
    """
    Revised edition: gives the time of the last change, and weakness is said apart from the type.
    """


class AnnotationProfile(str, Enum):
    """
    Whether images come with annotations.
    """
    annotated = "annotated"
    """
    Images with annotations.
    """
    unannotated = "unannotated"
    """
    Images for self-supervised learning, without annotations.
    """


class ComponentType(str, Enum):
    """
    Kinds of study component.
    """
    screen = "screen"
    """
    Plates and wells with a library.
    """
    experiment = "experiment"
    """
    Images without a library.
    """
    dataset = "dataset"
    """
    Another set of images.
    """


class AnnotationType(str, Enum):
    """
    Kinds of annotation; Box 1 of MIFA in both editions, and the kinds that its figures add.
    """
    class_labels = "class_labels"
    """
    Tags that name features, patterns or classes in an image.
    """
    bounding_boxes = "bounding_boxes"
    """
    Rectangles or prisms that enclose an object.
    """
    counts = "counts"
    """
    Numbers of objects in an image.
    """
    derived_annotations = "derived_annotations"
    """
    Values computed from an image, such as its point spread function, noise or focus.
    """
    geometrical_annotations = "geometrical_annotations"
    """
    Polygons, meshes and other shapes.
    """
    graphs = "graphs"
    """
    Nodes and edges that describe form, connections or neighbourhood.
    """
    point_annotations = "point_annotations"
    """
    Coordinates of points, such as centroids or landmarks.
    """
    segmentation_mask = "segmentation_mask"
    """
    An image whose pixel values say what each pixel belongs to.
    """
    semantic_mask = "semantic_mask"
    """
    A mask whose values are classes.
    """
    instance_mask = "instance_mask"
    """
    A mask whose values are single objects.
    """
    probability_map = "probability_map"
    """
    An image whose pixel values are probabilities.
    """
    image_pair = "image_pair"
    """
    A second image that is the wanted result for the first.
    """
    tracks = "tracks"
    """
    Paths of objects through time.
    """
    weak_annotations = "weak_annotations"
    """
    Rough annotations that are fast to make (a type in the first edition only).
    """
    other = "other"
    """
    Another kind, told in the overview.
    """


class AnnotationSource(str, Enum):
    """
    Who or what made annotations.
    """
    expert = "expert"
    """
    People trained in the subject.
    """
    crowdsourced = "crowdsourced"
    """
    Many people without special training.
    """
    human = "human"
    """
    People, not told further.
    """
    software = "software"
    """
    Software alone.
    """
    human_and_software = "human_and_software"
    """
    Software and people together.
    """
    synthetic = "synthetic"
    """
    Made with the image, which is synthetic.
    """
    silver_standard = "silver_standard"
    """
    Merged from several software results.
    """
    other = "other"
    """
    Another source.
    """


class PersonData(str, Enum):
    """
    Whose data are kept.
    """
    none = "none"
    """
    Nobody's.
    """
    authors = "authors"
    """
    Those of authors and other credited people.
    """
    all = "all"
    """
    Everybody's.
    """


class DecisionStatus(str, Enum):
    """
    States of a decision.
    """
    accepted = "accepted"
    """
    A term was chosen.
    """
    review = "review"
    """
    Candidates wait for a person.
    """
    none = "none"
    """
    No term fits.
    """


class Immersion(str, Enum):
    """
    Immersion media that objectives are made for.
    """
    Air = "Air"
    Oil = "Oil"
    Water = "Water"
    WaterDipping = "WaterDipping"
    Glycerol = "Glycerol"
    Multi = "Multi"
    Other = "Other"


class TensorRole(str, Enum):
    """
    Whether a tensor goes into a model or comes out of it.
    """
    input = "input"
    """
    It goes in.
    """
    output = "output"
    """
    It comes out.
    """


class MappingStatus(str, Enum):
    """
    States of a custom column.
    """
    unmapped = "unmapped"
    """
    No slot takes it.
    """
    proposed = "proposed"
    """
    A slot is proposed and waits for approval.
    """
    approved = "approved"
    """
    A mapping takes it.
    """



class RecordCollection(ConfiguredBaseModel):
    """
    A document that holds records of any class, each in the list of its class.
    """
    studies: Optional[list[Study]] = Field(default=None, description="""Studies of the document.""")
    study_components: Optional[list[StudyComponent]] = Field(default=None, description="""Screens, experiments and data sets of the studies.""")
    images: Optional[list[Image]] = Field(default=None, description="""Images of the document.""")
    image_representations: Optional[list[ImageRepresentation]] = Field(default=None, description="""Stored forms of the images.""")
    biosamples: Optional[list[Biosample]] = Field(default=None, description="""Biological samples.""")
    taxa: Optional[list[Taxon]] = Field(default=None, description="""Taxa, each under the IRI of its term.""")
    specimens: Optional[list[Specimen]] = Field(default=None, description="""Specimens prepared for imaging.""")
    preparation_protocols: Optional[list[PreparationProtocol]] = Field(default=None, description="""Protocols.""")
    reagents: Optional[list[Reagent]] = Field(default=None, description="""Reagents and probes.""")
    genes: Optional[list[Gene]] = Field(default=None, description="""Genes.""")
    signal_channels: Optional[list[SignalChannel]] = Field(default=None, description="""Channels of the images.""")
    image_acquisitions: Optional[list[ImageAcquisition]] = Field(default=None, description="""Acquisitions.""")
    instruments: Optional[list[Instrument]] = Field(default=None, description="""Instruments.""")
    hardware_components: Optional[list[HardwareComponent]] = Field(default=None, description="""Hardware without a more special class.""")
    objectives: Optional[list[Objective]] = Field(default=None, description="""Objectives.""")
    detectors: Optional[list[Detector]] = Field(default=None, description="""Detectors.""")
    light_sources: Optional[list[LightSource]] = Field(default=None, description="""Light sources without a more special class.""")
    lasers: Optional[list[Laser]] = Field(default=None, description="""Lasers.""")
    arcs: Optional[list[Arc]] = Field(default=None, description="""Arc lamps.""")
    filaments: Optional[list[Filament]] = Field(default=None, description="""Filament lamps.""")
    light_emitting_diodes: Optional[list[LightEmittingDiode]] = Field(default=None, description="""Light emitting diodes.""")
    generic_excitation_sources: Optional[list[GenericExcitationSource]] = Field(default=None, description="""Other excitation sources.""")
    filters: Optional[list[Filter]] = Field(default=None, description="""Filters.""")
    dichroics: Optional[list[Dichroic]] = Field(default=None, description="""Dichroics.""")
    filter_sets: Optional[list[FilterSet]] = Field(default=None, description="""Filter sets.""")
    acquisition_settings_list: Optional[list[AcquisitionSettings]] = Field(default=None, description="""Settings of acquisitions.""")
    qc_measurements: Optional[list[QCMeasurement]] = Field(default=None, description="""Quality control measurements.""")
    annotation_sets: Optional[list[AnnotationSet]] = Field(default=None, description="""Annotation sets.""")
    annotation_classes: Optional[list[AnnotationClass]] = Field(default=None, description="""Classes of annotated objects.""")
    annotation_files: Optional[list[AnnotationFile]] = Field(default=None, description="""Files of annotation sets.""")
    annotation_methods: Optional[list[AnnotationMethod]] = Field(default=None, description="""Ways in which annotations were made.""")
    analysis_runs: Optional[list[AnalysisRun]] = Field(default=None, description="""Runs of analysis software.""")
    trained_models: Optional[list[TrainedModel]] = Field(default=None, description="""Trained models.""")
    instrument_identifiers: Optional[list[InstrumentIdentifier]] = Field(default=None, description="""Numbers and names of instruments.""")
    instrument_relations: Optional[list[InstrumentRelation]] = Field(default=None, description="""What instruments are related to.""")
    task_runs: Optional[list[TaskRun]] = Field(default=None, description="""Tasks of runs.""")
    workflows: Optional[list[Workflow]] = Field(default=None, description="""Workflows.""")
    workflow_steps: Optional[list[WorkflowStep]] = Field(default=None, description="""Steps of workflows.""")
    model_tensors: Optional[list[ModelTensor]] = Field(default=None, description="""Inputs and outputs of trained models.""")
    persons: Optional[list[Person]] = Field(default=None, description="""People.""")
    organizations: Optional[list[Organization]] = Field(default=None, description="""Organizations.""")
    grants: Optional[list[Grant]] = Field(default=None, description="""Grants.""")
    publications: Optional[list[Publication]] = Field(default=None, description="""Publications.""")
    plates: Optional[list[Plate]] = Field(default=None, description="""Plates of screens.""")
    wells: Optional[list[Well]] = Field(default=None, description="""Wells of plates.""")
    well_samples: Optional[list[WellSample]] = Field(default=None, description="""Fields of wells.""")
    microscope_stands: Optional[list[MicroscopeStand]] = Field(default=None, description="""Stands of microscopes.""")
    nbo_objectives: Optional[list[NboObjective]] = Field(default=None, description="""Objectives described in tiers.""")
    cameras: Optional[list[Camera]] = Field(default=None, description="""Cameras described in tiers.""")
    nbo_components: Optional[list[NboComponent]] = Field(default=None, description="""Other parts described in tiers.""")
    wavelength_bands: Optional[list[WavelengthBand]] = Field(default=None, description="""Bands of light.""")
    planes: Optional[list[Plane]] = Field(default=None, description="""Planes of images.""")
    tiff_data_blocks: Optional[list[TiffData]] = Field(default=None, description="""Pages of TIFF files.""")
    bin_data_blocks: Optional[list[BinData]] = Field(default=None, description="""Blocks of bytes inside metadata.""")
    regions_of_interest: Optional[list[RegionOfInterest]] = Field(default=None, description="""Regions of images.""")
    shapes: Optional[list[Shape]] = Field(default=None, description="""Shapes of regions.""")
    structured_annotations: Optional[list[StructuredAnnotation]] = Field(default=None, description="""Annotations of the OME model.""")
    phenotypes: Optional[list[Phenotype]] = Field(default=None, description="""Phenotypes that studies declare.""")
    processed_data_columns: Optional[list[ProcessedDataColumn]] = Field(default=None, description="""Columns of processed data.""")
    experiment_records: Optional[list[ExperimentRecord]] = Field(default=None, description="""Entries of electronic lab notebooks.""")
    files: Optional[list[FileReference]] = Field(default=None, description="""Files.""")
    decisions: Optional[list[Decision]] = Field(default=None, description="""Decisions about texts.""")
    source_records: Optional[list[SourceRecord]] = Field(default=None, description="""Sources.""")
    jobs: Optional[list[Job]] = Field(default=None, description="""Batch runs.""")
    custom_columns: Optional[list[CustomColumn]] = Field(default=None, description="""Columns that no mapping covers.""")


class Record(ConfiguredBaseModel):
    """
    Anything that has its own IRI.
    """
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class FileReference(Record):
    """
    A file, named by its path in the source or by its address.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    file_path: Optional[str] = Field(default=None, description="""Path as the source gives it.""")
    media_type: Optional[str] = Field(default=None, description="""Media type, or the word that the source uses for it.""")
    file_format: Optional[str] = Field(default=None, description="""File format, such as OME-Zarr, OME-TIFF or CZI.""")
    content_size: Optional[int] = Field(default=None, description="""Size in bytes.""", ge=0)
    checksum: Optional[str] = Field(default=None, description="""Checksum in hexadecimal digits.""")
    checksum_algorithm: Optional[str] = Field(default=None, description="""Algorithm of the checksum, such as sha256.""")
    content_url: Optional[list[str]] = Field(default=None, description="""Address of the bytes.""")
    identifier: Optional[list[str]] = Field(default=None, description="""Identifier as text, such as a DOI, a number or a label.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    conforms_to: Optional[list[str]] = Field(default=None, description="""Specification that is followed.""")
    date_created: Optional[datetime ] = Field(default=None, description="""Time of creation.""")
    date_modified: Optional[datetime ] = Field(default=None, description="""Time of the last change.""")
    table_columns: Optional[list[str]] = Field(default=None, description="""Column of a table file.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('checksum')
    def pattern_checksum(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid checksum format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid checksum format: {v}"
            raise ValueError(err_msg)
        return v


class Link(ConfiguredBaseModel):
    """
    An address with a word on what is found there.
    """
    url: str = Field(default=..., description="""Page about the thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")


class ExtraField(ConfiguredBaseModel):
    """
    One key and value of the source that no slot covers, kept as it was written; lab notebooks fill it from their own fields.
    """
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    field_name: str = Field(default=..., description="""Key as the source spells it, with its path.""")
    field_value: Optional[str] = Field(default=None, description="""Value as the source spells it.""")
    field_unit: Optional[str] = Field(default=None, description="""Unit as the source spells it.""")
    field_number: Optional[Decimal] = Field(default=None, description="""The value as a number, in the unit of the source.""")
    field_type: Optional[str] = Field(default=None, description="""Kind of the field in the source, such as date or checkbox.""")
    field_identifier: Optional[str] = Field(default=None, description="""Identifier that the source gives to the field or value.""")
    field_term: Optional[str] = Field(default=None, description="""Ontology term that the source itself gives for the field.""")


class SubRegion(ConfiguredBaseModel):
    """
    A part of an image in index space; each axis counts from 0, the start belongs to the part and the stop does not.
    """
    t_start: Optional[int] = Field(default=None, description="""First time index.""", ge=0)
    t_stop: Optional[int] = Field(default=None, description="""Time index after the last.""", ge=1)
    c_start: Optional[int] = Field(default=None, description="""First channel index.""", ge=0)
    c_stop: Optional[int] = Field(default=None, description="""Channel index after the last.""", ge=1)
    z_start: Optional[int] = Field(default=None, description="""First plane index.""", ge=0)
    z_stop: Optional[int] = Field(default=None, description="""Plane index after the last.""", ge=1)
    y_start: Optional[int] = Field(default=None, description="""First row index.""", ge=0)
    y_stop: Optional[int] = Field(default=None, description="""Row index after the last.""", ge=1)
    x_start: Optional[int] = Field(default=None, description="""First column index.""", ge=0)
    x_stop: Optional[int] = Field(default=None, description="""Column index after the last.""", ge=1)


class Versioned(ConfiguredBaseModel):
    """
    Version attributes of MIFA. A version that has a predecessor says what changed and keeps the credit of the people before; under the revised edition it also keeps the creators, the licence and the link of the original images.
    """
    mifa_edition: Optional[MifaEdition] = Field(default=None, description="""Edition of the MIFA guidelines that the record follows.""")
    version: Optional[str] = Field(default=None, description="""Version number or label.""")
    version_timestamp: Optional[datetime ] = Field(default=None, description="""Time at which this version was made.""")
    previous_version: Optional[str] = Field(default=None, description="""The version before this one.""")
    version_changes: Optional[str] = Field(default=None, description="""What changed since the version before.""")
    preserved_credit: Optional[list[str]] = Field(default=None, description="""Person or organization of earlier versions whose credit is kept.""")
    original_image_creators: Optional[list[str]] = Field(default=None, description="""Who made the original images.""")
    original_image_license: Optional[str] = Field(default=None, description="""Licence of the original images.""")
    original_image_link: Optional[str] = Field(default=None, description="""Where the original images are.""")
    update_needed: Optional[bool] = Field(default=None, description="""True where the data are marked as needing an update.""")
    improvement_proposals: Optional[list[str]] = Field(default=None, description="""Proposal that would make the annotations better.""")


class Study(Versioned, Record):
    """
    A piece of scientific work that made or uses image data and is published or kept as one.
    """
    accession: Optional[str] = Field(default=None, description="""Accession in the repository that holds the record.""")
    biological_application: Optional[str] = Field(default=None, description="""Biological question or use that the data serve.""")
    study_type: Optional[list[str]] = Field(default=None, description="""Kind of study.""")
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    imaging_method: Optional[list[str]] = Field(default=None, description="""Imaging method.""")
    about: Optional[list[str]] = Field(default=None, description="""Biosample, specimen or other subject of the work.""")
    disease_or_factor: Optional[list[str]] = Field(default=None, description="""Disease or experimental factor that is studied.""")
    biological_process_or_component: Optional[list[str]] = Field(default=None, description="""Process or cellular component that is observed.""")
    experimental_condition: Optional[list[str]] = Field(default=None, description="""Condition under which the sample was kept or imaged.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    license_text: Optional[str] = Field(default=None, description="""Licence in the words of the source.""")
    annotation_license: Optional[str] = Field(default=None, description="""Licence of the annotations, by its IRI.""")
    copyright: Optional[str] = Field(default=None, description="""Copyright notice.""")
    date_published: Optional[date] = Field(default=None, description="""Day of publication.""")
    date_released: Optional[date] = Field(default=None, description="""Day from which the data are public.""")
    date_modified: Optional[datetime ] = Field(default=None, description="""Time of the last change.""")
    keywords: Optional[list[str]] = Field(default=None, description="""Keyword.""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    submitter: Optional[list[str]] = Field(default=None, description="""Who handed the data in.""")
    contact: Optional[list[str]] = Field(default=None, description="""Who answers questions.""")
    publisher: Optional[list[str]] = Field(default=None, description="""Repository or organization that provides the data.""")
    funder: Optional[list[str]] = Field(default=None, description="""Grant or funding organization.""")
    funding_statement: Optional[str] = Field(default=None, description="""How the work was paid for, in prose.""")
    acknowledgements: Optional[str] = Field(default=None, description="""Thanks to people and groups who are not authors.""")
    related_publications: Optional[list[str]] = Field(default=None, description="""Publication about the data.""")
    has_part: Optional[list[str]] = Field(default=None, description="""A part, such as a component, a data set or a file.""")
    thumbnail_url: Optional[list[str]] = Field(default=None, description="""Address of a small example picture.""")
    ai_models_trained: Optional[list[str]] = Field(default=None, description="""Model that was trained on the data.""")
    data_doi: Optional[list[str]] = Field(default=None, description="""DOI of the data.""")
    identifier_scheme: Optional[str] = Field(default=None, description="""Repository or authority that gave the accession.""")
    total_size: Optional[int] = Field(default=None, description="""Size of all data in bytes.""", ge=0)
    file_count: Optional[int] = Field(default=None, description="""Number of files.""", ge=0)
    image_count: Optional[int] = Field(default=None, description="""Number of images.""", ge=0)
    component_count: Optional[int] = Field(default=None, description="""Number of screens or experiments.""", ge=0)
    links: Optional[list[Link]] = Field(default=None, description="""Related address with a description.""")
    external_accession: Optional[list[str]] = Field(default=None, description="""Record of related data in another repository.""")
    annotation_profile: Optional[AnnotationProfile] = Field(default=None, description="""Whether the images come with annotations, or without for self-supervised learning.""")
    annotation_set: Optional[list[str]] = Field(default=None, description="""Annotations of the images.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Protocol that was followed.""")
    size_text: Optional[list[str]] = Field(default=None, description="""Size in the words of the source.""")
    cell_line: Optional[list[str]] = Field(default=None, description="""Cell line.""")
    cell_type: Optional[list[str]] = Field(default=None, description="""Cell type.""")
    organism_part: Optional[list[str]] = Field(default=None, description="""Anatomical part.""")
    disease: Optional[list[str]] = Field(default=None, description="""Disease of the sample or its donor.""")
    developmental_stage: Optional[list[str]] = Field(default=None, description="""Stage of development.""")
    strain: Optional[list[str]] = Field(default=None, description="""Strain or breed.""")
    phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that was seen.""")
    mifa_edition: Optional[MifaEdition] = Field(default=None, description="""Edition of the MIFA guidelines that the record follows.""")
    version: Optional[str] = Field(default=None, description="""Version number or label.""")
    version_timestamp: Optional[datetime ] = Field(default=None, description="""Time at which this version was made.""")
    previous_version: Optional[str] = Field(default=None, description="""The version before this one.""")
    version_changes: Optional[str] = Field(default=None, description="""What changed since the version before.""")
    preserved_credit: Optional[list[str]] = Field(default=None, description="""Person or organization of earlier versions whose credit is kept.""")
    original_image_creators: Optional[list[str]] = Field(default=None, description="""Who made the original images.""")
    original_image_license: Optional[str] = Field(default=None, description="""Licence of the original images.""")
    original_image_link: Optional[str] = Field(default=None, description="""Where the original images are.""")
    update_needed: Optional[bool] = Field(default=None, description="""True where the data are marked as needing an update.""")
    improvement_proposals: Optional[list[str]] = Field(default=None, description="""Proposal that would make the annotations better.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: str = Field(default=..., description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class StudyComponent(Record):
    """
    A screen, an experiment or a data set inside a study whose images share sample, preparation and acquisition.
    """
    accession: Optional[str] = Field(default=None, description="""Accession in the repository that holds the record.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    component_type: Optional[ComponentType] = Field(default=None, description="""Screen, experiment or data set.""")
    screen_type: Optional[list[str]] = Field(default=None, description="""Stage of the screen, such as primary or validation.""")
    technology_type: Optional[list[str]] = Field(default=None, description="""How the screen perturbs and reads the sample.""")
    library_type: Optional[list[str]] = Field(default=None, description="""Kind of library that is screened.""")
    library_manufacturer: Optional[str] = Field(default=None, description="""Maker of the library.""")
    library_version: Optional[str] = Field(default=None, description="""Version of the library.""")
    sample_type: Optional[list[str]] = Field(default=None, description="""Kind of sample, such as cell or tissue.""")
    study_type: Optional[list[str]] = Field(default=None, description="""Kind of study.""")
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    imaging_method: Optional[list[str]] = Field(default=None, description="""Imaging method.""")
    experimental_condition: Optional[list[str]] = Field(default=None, description="""Condition under which the sample was kept or imaged.""")
    cell_line: Optional[list[str]] = Field(default=None, description="""Cell line.""")
    biological_process_or_component: Optional[list[str]] = Field(default=None, description="""Process or cellular component that is observed.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Protocol that was followed.""")
    about: Optional[list[str]] = Field(default=None, description="""Biosample, specimen or other subject of the work.""")
    specimen: Optional[list[str]] = Field(default=None, description="""Specimen that was imaged.""")
    image_acquisition: Optional[list[str]] = Field(default=None, description="""How the images were acquired.""")
    analysis_run: Optional[list[str]] = Field(default=None, description="""How the images were analysed.""")
    image_correlation: Optional[list[ImageCorrelation]] = Field(default=None, description="""How images of several methods were aligned.""")
    declared_phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that the component declares.""")
    has_part: Optional[list[str]] = Field(default=None, description="""A part, such as a component, a data set or a file.""")
    plate_count: Optional[int] = Field(default=None, description="""Number of plates.""", ge=0)
    image_count: Optional[int] = Field(default=None, description="""Number of images.""", ge=0)
    well_count: Optional[int] = Field(default=None, description="""Number of wells.""", ge=0)
    file_count: Optional[int] = Field(default=None, description="""Number of files.""", ge=0)
    total_size: Optional[int] = Field(default=None, description="""Size of all data in bytes.""", ge=0)
    dimensions_text: Optional[str] = Field(default=None, description="""Image dimensions in the words of the source.""")
    size_text: Optional[list[str]] = Field(default=None, description="""Size in the words of the source.""")
    example_image_url: Optional[list[str]] = Field(default=None, description="""Address of an example image.""")
    quality_control_description: Optional[str] = Field(default=None, description="""How the quality of images was checked.""")
    raw_data_format: Optional[list[str]] = Field(default=None, description="""Format of the raw images.""")
    raw_data_organization: Optional[str] = Field(default=None, description="""How the raw files are laid out.""")
    data_files: Optional[list[str]] = Field(default=None, description="""A file of the component.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    license_text: Optional[str] = Field(default=None, description="""Licence in the words of the source.""")
    thumbnail_url: Optional[list[str]] = Field(default=None, description="""Address of a small example picture.""")
    date_published: Optional[date] = Field(default=None, description="""Day of publication.""")
    annotation_set: Optional[list[str]] = Field(default=None, description="""Annotations of the images.""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Agent(Record):
    """
    A person or an organization.
    """
    email: Optional[list[str]] = Field(default=None, description="""E-mail address.""")
    address: Optional[str] = Field(default=None, description="""Postal address.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('email')
    def pattern_email(cls, v):
        pattern=re.compile(r"^\S+@\S+\.\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid email format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid email format: {v}"
            raise ValueError(err_msg)
        return v


class Person(Agent):
    """
    A person.
    """
    given_name: Optional[str] = Field(default=None, description="""Given names.""")
    additional_name: Optional[str] = Field(default=None, description="""Middle name.""")
    family_name: Optional[str] = Field(default=None, description="""Family name.""")
    orcid: Optional[str] = Field(default=None, description="""ORCID as an IRI.""")
    role: Optional[list[str]] = Field(default=None, description="""What the person did for the data.""")
    affiliation: Optional[list[str]] = Field(default=None, description="""Organization that the person belongs to.""")
    github_url: Optional[str] = Field(default=None, description="""GitHub profile.""")
    scholar_url: Optional[str] = Field(default=None, description="""Google Scholar profile.""")
    email: Optional[list[str]] = Field(default=None, description="""E-mail address.""")
    address: Optional[str] = Field(default=None, description="""Postal address.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('orcid')
    def pattern_orcid(cls, v):
        pattern=re.compile(r"^https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid orcid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid orcid format: {v}"
            raise ValueError(err_msg)
        return v

    @field_validator('email')
    def pattern_email(cls, v):
        pattern=re.compile(r"^\S+@\S+\.\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid email format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid email format: {v}"
            raise ValueError(err_msg)
        return v


class Organization(Agent):
    """
    A university, institute, company, repository, funder or core facility.
    """
    ror: Optional[str] = Field(default=None, description="""ROR identifier as an IRI.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    parent_organization: Optional[str] = Field(default=None, description="""Organization that this one is part of.""")
    country: Optional[str] = Field(default=None, description="""Country.""")
    email: Optional[list[str]] = Field(default=None, description="""E-mail address.""")
    address: Optional[str] = Field(default=None, description="""Postal address.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('ror')
    def pattern_ror(cls, v):
        pattern=re.compile(r"^https://ror\.org/0[0-9a-z]{8}$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid ror format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid ror format: {v}"
            raise ValueError(err_msg)
        return v

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v

    @field_validator('email')
    def pattern_email(cls, v):
        pattern=re.compile(r"^\S+@\S+\.\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid email format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid email format: {v}"
            raise ValueError(err_msg)
        return v


class Grant(Record):
    """
    Money given for the work under a number.
    """
    grant_number: Optional[str] = Field(default=None, description="""Number of the grant.""")
    grant_funder: Optional[list[str]] = Field(default=None, description="""Organization that gives the grant.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Publication(Record):
    """
    A paper, preprint or other text about the work; the name is its title.
    """
    doi: Optional[str] = Field(default=None, description="""DOI as an IRI.""")
    pubmed_id: Optional[str] = Field(default=None, description="""PubMed identifier, digits only.""")
    pmc_id: Optional[str] = Field(default=None, description="""PubMed Central identifier.""")
    author_names: Optional[str] = Field(default=None, description="""Authors in the order and words of the publication.""")
    publication_year: Optional[int] = Field(default=None, description="""Year of publication.""", ge=1500)
    date_published: Optional[date] = Field(default=None, description="""Day of publication.""")
    journal: Optional[str] = Field(default=None, description="""Journal, book or preprint server.""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('doi')
    def pattern_doi(cls, v):
        pattern=re.compile(r"^https://doi\.org/10\.\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid doi format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid doi format: {v}"
            raise ValueError(err_msg)
        return v

    @field_validator('pubmed_id')
    def pattern_pubmed_id(cls, v):
        pattern=re.compile(r"^[0-9]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid pubmed_id format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid pubmed_id format: {v}"
            raise ValueError(err_msg)
        return v

    @field_validator('pmc_id')
    def pattern_pmc_id(cls, v):
        pattern=re.compile(r"^PMC[0-9]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid pmc_id format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid pmc_id format: {v}"
            raise ValueError(err_msg)
        return v


class SampleContext(ConfiguredBaseModel):
    """
    What is known about the biology in view: the organism and its parts, what was done to it, and what was seen. Samples, specimens, images and wells share these slots, because sources state them at whichever of these levels they know.
    """
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    cell_line: Optional[list[str]] = Field(default=None, description="""Cell line.""")
    organism_part: Optional[list[str]] = Field(default=None, description="""Anatomical part.""")
    cell_type: Optional[list[str]] = Field(default=None, description="""Cell type.""")
    disease: Optional[list[str]] = Field(default=None, description="""Disease of the sample or its donor.""")
    disease_or_factor: Optional[list[str]] = Field(default=None, description="""Disease or experimental factor that is studied.""")
    sex: Optional[list[str]] = Field(default=None, description="""Sex of the organism.""")
    strain: Optional[list[str]] = Field(default=None, description="""Strain or breed.""")
    developmental_stage: Optional[list[str]] = Field(default=None, description="""Stage of development.""")
    genotype: Optional[list[str]] = Field(default=None, description="""Genotype as written.""")
    age_text: Optional[str] = Field(default=None, description="""Age as written.""")
    age: Optional[Decimal] = Field(default=None, description="""Age in days.""", ge=0)
    individual: Optional[list[str]] = Field(default=None, description="""Label of the individual.""")
    cell_cycle_phase: Optional[list[str]] = Field(default=None, description="""Phase of the cell cycle, as written.""")
    biological_process_or_component: Optional[list[str]] = Field(default=None, description="""Process or cellular component that is observed.""")
    experimental_condition: Optional[list[str]] = Field(default=None, description="""Condition under which the sample was kept or imaged.""")
    experimental_condition_text: Optional[list[str]] = Field(default=None, description="""Condition as key and value of the source.""")
    growth_condition: Optional[list[str]] = Field(default=None, description="""Medium and conditions of growth.""")
    compound: Optional[list[str]] = Field(default=None, description="""Chemical that the sample was treated with or that the reagent is.""")
    compound_name: Optional[list[str]] = Field(default=None, description="""Compound as written.""")
    compound_concentration: Optional[Decimal] = Field(default=None, description="""Concentration of the compound on the sample.""", ge=0)
    compound_concentration_text: Optional[str] = Field(default=None, description="""Concentration as written, in whichever unit.""")
    treatment_duration: Optional[Decimal] = Field(default=None, description="""How long the treatment lasted.""", ge=0)
    reagent: Optional[list[str]] = Field(default=None, description="""Reagent that was applied.""")
    gene: Optional[list[str]] = Field(default=None, description="""Gene that is perturbed, tagged or labelled.""")
    gene_identifier: Optional[list[str]] = Field(default=None, description="""Gene identifier as written.""")
    gene_symbol: Optional[list[str]] = Field(default=None, description="""Gene symbol as written.""")
    control_type: Optional[list[str]] = Field(default=None, description="""Positive control, negative control or none, as written.""")
    control_comment: Optional[list[str]] = Field(default=None, description="""Remark on the control.""")
    has_phenotype: Optional[bool] = Field(default=None, description="""Whether the source says that a phenotype was seen.""")
    phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that was seen.""")
    phenotype_text: Optional[list[str]] = Field(default=None, description="""Phenotype in the words of the authors.""")
    phenotype_annotation_level: Optional[list[str]] = Field(default=None, description="""Level at which the phenotype was scored, such as experimental condition and gene.""")
    quality_control: Optional[list[str]] = Field(default=None, description="""Verdict of quality control, as written.""")
    replicate: Optional[list[str]] = Field(default=None, description="""Replicate label.""")


class Biosample(SampleContext, Record):
    """
    The biological entity that was imaged, with what is inherent to it and what was done to it.
    """
    accession: Optional[str] = Field(default=None, description="""Accession in the repository that holds the record.""")
    biological_entity: Optional[str] = Field(default=None, description="""What is being imaged, in short.""")
    intrinsic_variables: Optional[list[str]] = Field(default=None, description="""Inherent variation, such as a genetic one.""")
    extrinsic_variables: Optional[list[str]] = Field(default=None, description="""Variation from outside, such as a treatment.""")
    experimental_variables: Optional[list[str]] = Field(default=None, description="""What is varied on purpose in the study.""")
    sample_origin: Optional[str] = Field(default=None, description="""Where the sample comes from and how it was got.""")
    collection_date_text: Optional[str] = Field(default=None, description="""Date of collection as written.""")
    collection_location: Optional[str] = Field(default=None, description="""Place of collection.""")
    donor_identifier: Optional[str] = Field(default=None, description="""Pseudonym of the donor.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Protocol that was followed.""")
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    cell_line: Optional[list[str]] = Field(default=None, description="""Cell line.""")
    organism_part: Optional[list[str]] = Field(default=None, description="""Anatomical part.""")
    cell_type: Optional[list[str]] = Field(default=None, description="""Cell type.""")
    disease: Optional[list[str]] = Field(default=None, description="""Disease of the sample or its donor.""")
    disease_or_factor: Optional[list[str]] = Field(default=None, description="""Disease or experimental factor that is studied.""")
    sex: Optional[list[str]] = Field(default=None, description="""Sex of the organism.""")
    strain: Optional[list[str]] = Field(default=None, description="""Strain or breed.""")
    developmental_stage: Optional[list[str]] = Field(default=None, description="""Stage of development.""")
    genotype: Optional[list[str]] = Field(default=None, description="""Genotype as written.""")
    age_text: Optional[str] = Field(default=None, description="""Age as written.""")
    age: Optional[Decimal] = Field(default=None, description="""Age in days.""", ge=0)
    individual: Optional[list[str]] = Field(default=None, description="""Label of the individual.""")
    cell_cycle_phase: Optional[list[str]] = Field(default=None, description="""Phase of the cell cycle, as written.""")
    biological_process_or_component: Optional[list[str]] = Field(default=None, description="""Process or cellular component that is observed.""")
    experimental_condition: Optional[list[str]] = Field(default=None, description="""Condition under which the sample was kept or imaged.""")
    experimental_condition_text: Optional[list[str]] = Field(default=None, description="""Condition as key and value of the source.""")
    growth_condition: Optional[list[str]] = Field(default=None, description="""Medium and conditions of growth.""")
    compound: Optional[list[str]] = Field(default=None, description="""Chemical that the sample was treated with or that the reagent is.""")
    compound_name: Optional[list[str]] = Field(default=None, description="""Compound as written.""")
    compound_concentration: Optional[Decimal] = Field(default=None, description="""Concentration of the compound on the sample.""", ge=0)
    compound_concentration_text: Optional[str] = Field(default=None, description="""Concentration as written, in whichever unit.""")
    treatment_duration: Optional[Decimal] = Field(default=None, description="""How long the treatment lasted.""", ge=0)
    reagent: Optional[list[str]] = Field(default=None, description="""Reagent that was applied.""")
    gene: Optional[list[str]] = Field(default=None, description="""Gene that is perturbed, tagged or labelled.""")
    gene_identifier: Optional[list[str]] = Field(default=None, description="""Gene identifier as written.""")
    gene_symbol: Optional[list[str]] = Field(default=None, description="""Gene symbol as written.""")
    control_type: Optional[list[str]] = Field(default=None, description="""Positive control, negative control or none, as written.""")
    control_comment: Optional[list[str]] = Field(default=None, description="""Remark on the control.""")
    has_phenotype: Optional[bool] = Field(default=None, description="""Whether the source says that a phenotype was seen.""")
    phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that was seen.""")
    phenotype_text: Optional[list[str]] = Field(default=None, description="""Phenotype in the words of the authors.""")
    phenotype_annotation_level: Optional[list[str]] = Field(default=None, description="""Level at which the phenotype was scored, such as experimental condition and gene.""")
    quality_control: Optional[list[str]] = Field(default=None, description="""Verdict of quality control, as written.""")
    replicate: Optional[list[str]] = Field(default=None, description="""Replicate label.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Taxon(Record):
    """
    A taxon; its IRI is that of its NCBITaxon term.
    """
    scientific_name: Optional[str] = Field(default=None, description="""Scientific name.""")
    vernacular_name: Optional[list[str]] = Field(default=None, description="""Common name.""")
    taxon_rank: Optional[str] = Field(default=None, description="""Rank of the taxon.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Specimen(SampleContext, Record):
    """
    What was put in front of the objective, prepared from a biosample.
    """
    accession: Optional[str] = Field(default=None, description="""Accession in the repository that holds the record.""")
    biosample: Optional[list[str]] = Field(default=None, description="""Biosample in view, or from which the specimen was made.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Protocol that was followed.""")
    preparation_date_text: Optional[str] = Field(default=None, description="""Date of preparation as written.""")
    fixation: Optional[list[str]] = Field(default=None, description="""How the sample was fixed.""")
    embedding: Optional[list[str]] = Field(default=None, description="""What the sample was embedded in.""")
    section_thickness: Optional[Decimal] = Field(default=None, description="""Thickness of the section.""", ge=0)
    mounting_method: Optional[str] = Field(default=None, description="""How the sample was mounted.""")
    mounting_medium: Optional[str] = Field(default=None, description="""Medium in which the sample was mounted.""")
    receptacle: Optional[str] = Field(default=None, description="""Slide, dish, plate or grid that holds the sample.""")
    coverslip_thickness: Optional[Decimal] = Field(default=None, description="""Thickness of the coverslip.""", ge=0)
    growth_protocol: Optional[str] = Field(default=None, description="""How the sample was grown.""")
    experimental_status: Optional[str] = Field(default=None, description="""Test or control.""")
    location_within_biosample: Optional[str] = Field(default=None, description="""Where in the biosample the specimen was taken.""")
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    cell_line: Optional[list[str]] = Field(default=None, description="""Cell line.""")
    organism_part: Optional[list[str]] = Field(default=None, description="""Anatomical part.""")
    cell_type: Optional[list[str]] = Field(default=None, description="""Cell type.""")
    disease: Optional[list[str]] = Field(default=None, description="""Disease of the sample or its donor.""")
    disease_or_factor: Optional[list[str]] = Field(default=None, description="""Disease or experimental factor that is studied.""")
    sex: Optional[list[str]] = Field(default=None, description="""Sex of the organism.""")
    strain: Optional[list[str]] = Field(default=None, description="""Strain or breed.""")
    developmental_stage: Optional[list[str]] = Field(default=None, description="""Stage of development.""")
    genotype: Optional[list[str]] = Field(default=None, description="""Genotype as written.""")
    age_text: Optional[str] = Field(default=None, description="""Age as written.""")
    age: Optional[Decimal] = Field(default=None, description="""Age in days.""", ge=0)
    individual: Optional[list[str]] = Field(default=None, description="""Label of the individual.""")
    cell_cycle_phase: Optional[list[str]] = Field(default=None, description="""Phase of the cell cycle, as written.""")
    biological_process_or_component: Optional[list[str]] = Field(default=None, description="""Process or cellular component that is observed.""")
    experimental_condition: Optional[list[str]] = Field(default=None, description="""Condition under which the sample was kept or imaged.""")
    experimental_condition_text: Optional[list[str]] = Field(default=None, description="""Condition as key and value of the source.""")
    growth_condition: Optional[list[str]] = Field(default=None, description="""Medium and conditions of growth.""")
    compound: Optional[list[str]] = Field(default=None, description="""Chemical that the sample was treated with or that the reagent is.""")
    compound_name: Optional[list[str]] = Field(default=None, description="""Compound as written.""")
    compound_concentration: Optional[Decimal] = Field(default=None, description="""Concentration of the compound on the sample.""", ge=0)
    compound_concentration_text: Optional[str] = Field(default=None, description="""Concentration as written, in whichever unit.""")
    treatment_duration: Optional[Decimal] = Field(default=None, description="""How long the treatment lasted.""", ge=0)
    reagent: Optional[list[str]] = Field(default=None, description="""Reagent that was applied.""")
    gene: Optional[list[str]] = Field(default=None, description="""Gene that is perturbed, tagged or labelled.""")
    gene_identifier: Optional[list[str]] = Field(default=None, description="""Gene identifier as written.""")
    gene_symbol: Optional[list[str]] = Field(default=None, description="""Gene symbol as written.""")
    control_type: Optional[list[str]] = Field(default=None, description="""Positive control, negative control or none, as written.""")
    control_comment: Optional[list[str]] = Field(default=None, description="""Remark on the control.""")
    has_phenotype: Optional[bool] = Field(default=None, description="""Whether the source says that a phenotype was seen.""")
    phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that was seen.""")
    phenotype_text: Optional[list[str]] = Field(default=None, description="""Phenotype in the words of the authors.""")
    phenotype_annotation_level: Optional[list[str]] = Field(default=None, description="""Level at which the phenotype was scored, such as experimental condition and gene.""")
    quality_control: Optional[list[str]] = Field(default=None, description="""Verdict of quality control, as written.""")
    replicate: Optional[list[str]] = Field(default=None, description="""Replicate label.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class PreparationProtocol(Record):
    """
    A protocol for growing, treating, preparing, labelling, mounting, acquiring or analysing.
    """
    protocol_type: Optional[list[str]] = Field(default=None, description="""Kind of protocol.""")
    identifier: Optional[list[str]] = Field(default=None, description="""Identifier as text, such as a DOI, a number or a label.""")
    version: Optional[str] = Field(default=None, description="""Version number or label.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    protocol_file: Optional[list[str]] = Field(default=None, description="""File that holds the protocol.""")
    steps: Optional[list[ProtocolStep]] = Field(default=None, description="""Steps in order.""")
    procedure: Optional[str] = Field(default=None, description="""Procedures before acquisition.""")
    sample_origin: Optional[str] = Field(default=None, description="""Where the sample comes from and how it was got.""")
    treatment: Optional[str] = Field(default=None, description="""What was done to the sample.""")
    labelling: Optional[str] = Field(default=None, description="""How the sample was stained or labelled.""")
    labelling_validation: Optional[str] = Field(default=None, description="""How it was shown that the label marks its target.""")
    mounting_method: Optional[str] = Field(default=None, description="""How the sample was mounted.""")
    mounting_medium: Optional[str] = Field(default=None, description="""Medium in which the sample was mounted.""")
    receptacle: Optional[str] = Field(default=None, description="""Slide, dish, plate or grid that holds the sample.""")
    fixation: Optional[list[str]] = Field(default=None, description="""How the sample was fixed.""")
    embedding: Optional[list[str]] = Field(default=None, description="""What the sample was embedded in.""")
    reagent: Optional[list[str]] = Field(default=None, description="""Reagent that was applied.""")
    lab_equipment: Optional[list[str]] = Field(default=None, description="""Equipment as written.""")
    software_used: Optional[list[str]] = Field(default=None, description="""Software named in the protocol.""")
    imaging_method: Optional[list[str]] = Field(default=None, description="""Imaging method.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class ProtocolStep(ConfiguredBaseModel):
    """
    One step of a protocol or experiment.
    """
    step_position: Optional[int] = Field(default=None, description="""Place in the order.""", ge=0)
    step_text: Optional[str] = Field(default=None, description="""What to do.""")
    step_duration: Optional[Decimal] = Field(default=None, description="""How long the step takes.""", ge=0)
    step_done: Optional[bool] = Field(default=None, description="""Whether the step was marked as done.""")


class Reagent(Record):
    """
    A reagent or probe, such as an antibody, dye, compound, siRNA, guide RNA or plasmid.
    """
    reagent_type: Optional[str] = Field(default=None, description="""Kind of reagent, such as antibody, dye, siRNA or compound.""")
    identifier: Optional[list[str]] = Field(default=None, description="""Identifier as text, such as a DOI, a number or a label.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    catalogue_number: Optional[str] = Field(default=None, description="""Number in the catalogue of the vendor.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    vendor: Optional[str] = Field(default=None, description="""Who sells it.""")
    target_name: Optional[list[str]] = Field(default=None, description="""Structure or molecule that is marked, as written.""")
    target_component: Optional[list[str]] = Field(default=None, description="""Structure that is marked, as a term.""")
    fluorophore: Optional[list[str]] = Field(default=None, description="""Fluorophore or stain as written.""")
    fluorophore_term: Optional[list[str]] = Field(default=None, description="""Fluorophore or stain as a term.""")
    sequence: Optional[list[str]] = Field(default=None, description="""Nucleotide or peptide sequence; the sense strand of an siRNA.""")
    antisense_sequence: Optional[list[str]] = Field(default=None, description="""Antisense strand.""")
    gene: Optional[list[str]] = Field(default=None, description="""Gene that is perturbed, tagged or labelled.""")
    gene_identifier: Optional[list[str]] = Field(default=None, description="""Gene identifier as written.""")
    gene_symbol: Optional[list[str]] = Field(default=None, description="""Gene symbol as written.""")
    compound: Optional[list[str]] = Field(default=None, description="""Chemical that the sample was treated with or that the reagent is.""")
    compound_name: Optional[list[str]] = Field(default=None, description="""Compound as written.""")
    smiles: Optional[list[str]] = Field(default=None, description="""Structure of the compound in SMILES.""")
    inchikey: Optional[list[str]] = Field(default=None, description="""InChIKey of the compound.""")
    pubchem_cid: Optional[list[str]] = Field(default=None, description="""PubChem compound number.""")
    cas_number: Optional[list[str]] = Field(default=None, description="""CAS registry number.""")
    dilution: Optional[str] = Field(default=None, description="""Dilution as written.""")
    concentration: Optional[Decimal] = Field(default=None, description="""Concentration of the stock or in use.""", ge=0)
    labelling_validation: Optional[str] = Field(default=None, description="""How it was shown that the label marks its target.""")
    host_species: Optional[str] = Field(default=None, description="""Species in which an antibody was raised.""")
    clonality: Optional[str] = Field(default=None, description="""Clone or clonality of an antibody.""")
    conjugate: Optional[str] = Field(default=None, description="""What the probe is coupled to.""")
    mechanism_of_action: Optional[list[str]] = Field(default=None, description="""How a compound acts or what it acts on, as written.""")
    library_name: Optional[list[str]] = Field(default=None, description="""Library or set that the reagent belongs to.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Gene(Record):
    """
    A gene; its IRI is that of a gene register.
    """
    gene_symbol: Optional[list[str]] = Field(default=None, description="""Gene symbol as written.""")
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    genome_build: Optional[list[str]] = Field(default=None, description="""Gene annotation build that the identifier belongs to.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class PixelGrid(ConfiguredBaseModel):
    """
    Size and spacing of a grid of pixels.
    """
    size_x: Optional[int] = Field(default=None, description="""Pixels in x.""", ge=1)
    size_y: Optional[int] = Field(default=None, description="""Pixels in y.""", ge=1)
    size_z: Optional[int] = Field(default=None, description="""Planes in z.""", ge=1)
    size_c: Optional[int] = Field(default=None, description="""Channels.""", ge=1)
    size_t: Optional[int] = Field(default=None, description="""Time points.""", ge=1)
    pixel_size_x: Optional[Decimal] = Field(default=None, description="""Width of a pixel.""", ge=0)
    pixel_size_y: Optional[Decimal] = Field(default=None, description="""Height of a pixel.""", ge=0)
    pixel_size_z: Optional[Decimal] = Field(default=None, description="""Distance of two planes.""", ge=0)
    time_increment: Optional[Decimal] = Field(default=None, description="""Time between two time points.""", ge=0)
    pixel_type: Optional[str] = Field(default=None, description="""Number type of a pixel, such as uint16.""")
    dimension_order: Optional[str] = Field(default=None, description="""Order of the axes as stored, fastest first.""")
    significant_bits: Optional[int] = Field(default=None, description="""Bits in use per pixel.""", ge=1)
    axes_text: Optional[str] = Field(default=None, description="""Axes as the source names them.""")
    bit_depth_text: Optional[str] = Field(default=None, description="""Bit depth as written.""")


class Image(PixelGrid, SampleContext, Record):
    """
    One image, of any number of dimensions, whatever files it is stored in.
    """
    accession: Optional[str] = Field(default=None, description="""Accession in the repository that holds the record.""")
    pid: Optional[str] = Field(default=None, description="""Persistent identifier.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    image_type: Optional[list[str]] = Field(default=None, description="""Kind of image, such as raw, processed, label image or projection.""")
    generated_by: Optional[list[str]] = Field(default=None, description="""Acquisition or analysis that made it.""")
    acquisition_date: Optional[datetime ] = Field(default=None, description="""Time of acquisition.""")
    acquisition_date_text: Optional[str] = Field(default=None, description="""Date of acquisition as written.""")
    specimen: Optional[list[str]] = Field(default=None, description="""Specimen that was imaged.""")
    biosample: Optional[list[str]] = Field(default=None, description="""Biosample in view, or from which the specimen was made.""")
    representation: Optional[list[str]] = Field(default=None, description="""Stored form of the image.""")
    channels: Optional[list[str]] = Field(default=None, description="""Channel of the image.""")
    channels_text: Optional[list[str]] = Field(default=None, description="""Channels in the words of the source.""")
    plate_name: Optional[str] = Field(default=None, description="""Name of the plate.""")
    well_name: Optional[str] = Field(default=None, description="""Name of the well, such as B07.""")
    well_row: Optional[int] = Field(default=None, description="""Row of the well, counted from 0.""", ge=0)
    well_column: Optional[int] = Field(default=None, description="""Column of the well, counted from 0.""", ge=0)
    field_index: Optional[int] = Field(default=None, description="""Number of the field of view as the source counts it.""", ge=0)
    timepoint_index: Optional[int] = Field(default=None, description="""Number of the time point.""", ge=0)
    dataset_name: Optional[list[str]] = Field(default=None, description="""Name of the data set or folder that holds the image.""")
    file_path: Optional[str] = Field(default=None, description="""Path as the source gives it.""")
    file_comments: Optional[list[str]] = Field(default=None, description="""Remark on the image file.""")
    instrument: Optional[list[str]] = Field(default=None, description="""Instrument that was used.""")
    objective: Optional[str] = Field(default=None, description="""Objective that was used.""")
    settings: Optional[list[str]] = Field(default=None, description="""Settings that were used.""")
    imaging_method: Optional[list[str]] = Field(default=None, description="""Imaging method.""")
    checksum: Optional[str] = Field(default=None, description="""Checksum in hexadecimal digits.""")
    checksum_algorithm: Optional[str] = Field(default=None, description="""Algorithm of the checksum, such as sha256.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    license_text: Optional[str] = Field(default=None, description="""Licence in the words of the source.""")
    access_url: Optional[list[str]] = Field(default=None, description="""Address that leads to the data.""")
    content_size: Optional[int] = Field(default=None, description="""Size in bytes.""", ge=0)
    keywords: Optional[list[str]] = Field(default=None, description="""Keyword.""")
    image_of_origin: Optional[list[str]] = Field(default=None, description="""Image that this one was made from.""")
    series_index: Optional[int] = Field(default=None, description="""Number of the image inside its file.""", ge=0)
    thumbnail_url: Optional[list[str]] = Field(default=None, description="""Address of a small example picture.""")
    magnification_text: Optional[str] = Field(default=None, description="""Magnification as written.""")
    file_format: Optional[str] = Field(default=None, description="""File format, such as OME-Zarr, OME-TIFF or CZI.""")
    processed_data_file: Optional[list[str]] = Field(default=None, description="""File of values computed from the image.""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    position_x: Optional[Decimal] = Field(default=None, description="""Stage position in x.""")
    position_y: Optional[Decimal] = Field(default=None, description="""Stage position in y.""")
    position_z: Optional[Decimal] = Field(default=None, description="""Stage or focus position in z.""")
    size_x: Optional[int] = Field(default=None, description="""Pixels in x.""", ge=1)
    size_y: Optional[int] = Field(default=None, description="""Pixels in y.""", ge=1)
    size_z: Optional[int] = Field(default=None, description="""Planes in z.""", ge=1)
    size_c: Optional[int] = Field(default=None, description="""Channels.""", ge=1)
    size_t: Optional[int] = Field(default=None, description="""Time points.""", ge=1)
    pixel_size_x: Optional[Decimal] = Field(default=None, description="""Width of a pixel.""", ge=0)
    pixel_size_y: Optional[Decimal] = Field(default=None, description="""Height of a pixel.""", ge=0)
    pixel_size_z: Optional[Decimal] = Field(default=None, description="""Distance of two planes.""", ge=0)
    time_increment: Optional[Decimal] = Field(default=None, description="""Time between two time points.""", ge=0)
    pixel_type: Optional[str] = Field(default=None, description="""Number type of a pixel, such as uint16.""")
    dimension_order: Optional[str] = Field(default=None, description="""Order of the axes as stored, fastest first.""")
    significant_bits: Optional[int] = Field(default=None, description="""Bits in use per pixel.""", ge=1)
    axes_text: Optional[str] = Field(default=None, description="""Axes as the source names them.""")
    bit_depth_text: Optional[str] = Field(default=None, description="""Bit depth as written.""")
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    cell_line: Optional[list[str]] = Field(default=None, description="""Cell line.""")
    organism_part: Optional[list[str]] = Field(default=None, description="""Anatomical part.""")
    cell_type: Optional[list[str]] = Field(default=None, description="""Cell type.""")
    disease: Optional[list[str]] = Field(default=None, description="""Disease of the sample or its donor.""")
    disease_or_factor: Optional[list[str]] = Field(default=None, description="""Disease or experimental factor that is studied.""")
    sex: Optional[list[str]] = Field(default=None, description="""Sex of the organism.""")
    strain: Optional[list[str]] = Field(default=None, description="""Strain or breed.""")
    developmental_stage: Optional[list[str]] = Field(default=None, description="""Stage of development.""")
    genotype: Optional[list[str]] = Field(default=None, description="""Genotype as written.""")
    age_text: Optional[str] = Field(default=None, description="""Age as written.""")
    age: Optional[Decimal] = Field(default=None, description="""Age in days.""", ge=0)
    individual: Optional[list[str]] = Field(default=None, description="""Label of the individual.""")
    cell_cycle_phase: Optional[list[str]] = Field(default=None, description="""Phase of the cell cycle, as written.""")
    biological_process_or_component: Optional[list[str]] = Field(default=None, description="""Process or cellular component that is observed.""")
    experimental_condition: Optional[list[str]] = Field(default=None, description="""Condition under which the sample was kept or imaged.""")
    experimental_condition_text: Optional[list[str]] = Field(default=None, description="""Condition as key and value of the source.""")
    growth_condition: Optional[list[str]] = Field(default=None, description="""Medium and conditions of growth.""")
    compound: Optional[list[str]] = Field(default=None, description="""Chemical that the sample was treated with or that the reagent is.""")
    compound_name: Optional[list[str]] = Field(default=None, description="""Compound as written.""")
    compound_concentration: Optional[Decimal] = Field(default=None, description="""Concentration of the compound on the sample.""", ge=0)
    compound_concentration_text: Optional[str] = Field(default=None, description="""Concentration as written, in whichever unit.""")
    treatment_duration: Optional[Decimal] = Field(default=None, description="""How long the treatment lasted.""", ge=0)
    reagent: Optional[list[str]] = Field(default=None, description="""Reagent that was applied.""")
    gene: Optional[list[str]] = Field(default=None, description="""Gene that is perturbed, tagged or labelled.""")
    gene_identifier: Optional[list[str]] = Field(default=None, description="""Gene identifier as written.""")
    gene_symbol: Optional[list[str]] = Field(default=None, description="""Gene symbol as written.""")
    control_type: Optional[list[str]] = Field(default=None, description="""Positive control, negative control or none, as written.""")
    control_comment: Optional[list[str]] = Field(default=None, description="""Remark on the control.""")
    has_phenotype: Optional[bool] = Field(default=None, description="""Whether the source says that a phenotype was seen.""")
    phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that was seen.""")
    phenotype_text: Optional[list[str]] = Field(default=None, description="""Phenotype in the words of the authors.""")
    phenotype_annotation_level: Optional[list[str]] = Field(default=None, description="""Level at which the phenotype was scored, such as experimental condition and gene.""")
    quality_control: Optional[list[str]] = Field(default=None, description="""Verdict of quality control, as written.""")
    replicate: Optional[list[str]] = Field(default=None, description="""Replicate label.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('checksum')
    def pattern_checksum(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid checksum format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid checksum format: {v}"
            raise ValueError(err_msg)
        return v


class ImageRepresentation(PixelGrid, Record):
    """
    One stored form of an image, with the address of its bytes.
    """
    pid: Optional[str] = Field(default=None, description="""Persistent identifier.""")
    representation_of: Optional[str] = Field(default=None, description="""The image that is stored here.""")
    representation_type: Optional[str] = Field(default=None, description="""As uploaded, converted, thumbnail or rendered view.""")
    file_path: Optional[str] = Field(default=None, description="""Path as the source gives it.""")
    file_format: Optional[str] = Field(default=None, description="""File format, such as OME-Zarr, OME-TIFF or CZI.""")
    date_created: Optional[datetime ] = Field(default=None, description="""Time of creation.""")
    media_type: Optional[str] = Field(default=None, description="""Media type, or the word that the source uses for it.""")
    content_url: Optional[list[str]] = Field(default=None, description="""Address of the bytes.""")
    access_url: Optional[list[str]] = Field(default=None, description="""Address that leads to the data.""")
    content_size: Optional[int] = Field(default=None, description="""Size in bytes.""", ge=0)
    checksum: Optional[str] = Field(default=None, description="""Checksum in hexadecimal digits.""")
    checksum_algorithm: Optional[str] = Field(default=None, description="""Algorithm of the checksum, such as sha256.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    license_text: Optional[str] = Field(default=None, description="""Licence in the words of the source.""")
    copyright: Optional[str] = Field(default=None, description="""Copyright notice.""")
    sub_region: Optional[list[SubRegion]] = Field(default=None, description="""Part of the image that is meant.""")
    conforms_to: Optional[list[str]] = Field(default=None, description="""Specification that is followed.""")
    conversion_by: Optional[list[str]] = Field(default=None, description="""Software that wrote this form.""")
    resolution_levels: Optional[int] = Field(default=None, description="""Levels of a resolution pyramid.""", ge=1)
    chunk_shape: Optional[str] = Field(default=None, description="""Shape of a chunk as stored.""")
    compression: Optional[str] = Field(default=None, description="""Compression of the pixels.""")
    big_endian: Optional[bool] = Field(default=None, description="""Whether the most significant byte of a number comes first.""")
    interleaved: Optional[bool] = Field(default=None, description="""Whether the samples of a pixel stand next to each other.""")
    page_count: Optional[int] = Field(default=None, description="""Number of pages (image file directories) in the file.""", ge=1)
    size_x: Optional[int] = Field(default=None, description="""Pixels in x.""", ge=1)
    size_y: Optional[int] = Field(default=None, description="""Pixels in y.""", ge=1)
    size_z: Optional[int] = Field(default=None, description="""Planes in z.""", ge=1)
    size_c: Optional[int] = Field(default=None, description="""Channels.""", ge=1)
    size_t: Optional[int] = Field(default=None, description="""Time points.""", ge=1)
    pixel_size_x: Optional[Decimal] = Field(default=None, description="""Width of a pixel.""", ge=0)
    pixel_size_y: Optional[Decimal] = Field(default=None, description="""Height of a pixel.""", ge=0)
    pixel_size_z: Optional[Decimal] = Field(default=None, description="""Distance of two planes.""", ge=0)
    time_increment: Optional[Decimal] = Field(default=None, description="""Time between two time points.""", ge=0)
    pixel_type: Optional[str] = Field(default=None, description="""Number type of a pixel, such as uint16.""")
    dimension_order: Optional[str] = Field(default=None, description="""Order of the axes as stored, fastest first.""")
    significant_bits: Optional[int] = Field(default=None, description="""Bits in use per pixel.""", ge=1)
    axes_text: Optional[str] = Field(default=None, description="""Axes as the source names them.""")
    bit_depth_text: Optional[str] = Field(default=None, description="""Bit depth as written.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('checksum')
    def pattern_checksum(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid checksum format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid checksum format: {v}"
            raise ValueError(err_msg)
        return v


class SignalChannel(Record):
    """
    One channel of an image, what it shows and how it was recorded.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    channel_index: Optional[int] = Field(default=None, description="""Number of the channel, counted from 0.""", ge=0)
    excitation_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength of excitation.""", ge=0)
    emission_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength of emission.""", ge=0)
    excitation_bandwidth: Optional[Decimal] = Field(default=None, description="""Width of the excitation band.""", ge=0)
    emission_bandwidth: Optional[Decimal] = Field(default=None, description="""Width of the emission band.""", ge=0)
    fluorophore: Optional[list[str]] = Field(default=None, description="""Fluorophore or stain as written.""")
    fluorophore_term: Optional[list[str]] = Field(default=None, description="""Fluorophore or stain as a term.""")
    target_name: Optional[list[str]] = Field(default=None, description="""Structure or molecule that is marked, as written.""")
    target_component: Optional[list[str]] = Field(default=None, description="""Structure that is marked, as a term.""")
    label_text: Optional[list[str]] = Field(default=None, description="""Label and what it marks, as written.""")
    reagent: Optional[list[str]] = Field(default=None, description="""Reagent that was applied.""")
    contrast_method: Optional[str] = Field(default=None, description="""Contrast method as written, such as Fluorescence or DIC.""")
    illumination_type: Optional[str] = Field(default=None, description="""Illumination as written, such as Epifluorescence or Transmitted.""")
    acquisition_mode: Optional[str] = Field(default=None, description="""Acquisition mode as written, such as SpinningDiskConfocal.""")
    imaging_method: Optional[list[str]] = Field(default=None, description="""Imaging method.""")
    color: Optional[str] = Field(default=None, description="""Display colour as RRGGBB hexadecimal digits.""")
    exposure_time: Optional[Decimal] = Field(default=None, description="""Exposure time.""", ge=0)
    gain: Optional[Decimal] = Field(default=None, description="""Gain of the detector as the maker counts it.""")
    offset: Optional[Decimal] = Field(default=None, description="""Offset of the detector as the maker counts it.""")
    binning: Optional[str] = Field(default=None, description="""Binning, such as 2x2.""")
    detector: Optional[list[str]] = Field(default=None, description="""Detector that was used.""")
    detector_voltage: Optional[Decimal] = Field(default=None, description="""Voltage of the detector.""")
    zoom: Optional[Decimal] = Field(default=None, description="""Zoom factor.""", ge=0)
    integration: Optional[int] = Field(default=None, description="""Number of frames summed or averaged.""", ge=1)
    read_out_rate: Optional[Decimal] = Field(default=None, description="""Read-out rate.""", ge=0)
    light_source: Optional[list[str]] = Field(default=None, description="""Light source that was used.""")
    light_source_power: Optional[Decimal] = Field(default=None, description="""Power at which the source ran.""", ge=0)
    light_source_attenuation: Optional[Decimal] = Field(default=None, description="""Part of the light that is taken away.""", ge=0, le=1)
    illumination_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength chosen at the light source.""", ge=0)
    filter: Optional[list[str]] = Field(default=None, description="""Filter in the light path.""")
    filter_set: Optional[str] = Field(default=None, description="""Filter set in the light path.""")
    dichroic: Optional[str] = Field(default=None, description="""Dichroic in the light path.""")
    excitation_filter_text: Optional[str] = Field(default=None, description="""Excitation filter as written.""")
    emission_filter_text: Optional[str] = Field(default=None, description="""Emission filter as written.""")
    pinhole_size: Optional[Decimal] = Field(default=None, description="""Diameter of the pinhole.""", ge=0)
    nd_filter: Optional[Decimal] = Field(default=None, description="""Part of the light that the neutral density filter lets through.""", ge=0, le=1)
    pockel_cell_setting: Optional[int] = Field(default=None, description="""Setting of the Pockels cell.""")
    samples_per_pixel: Optional[int] = Field(default=None, description="""Values per pixel of the channel, such as 3 for RGB.""", ge=1)
    color_code: Optional[int] = Field(default=None, description="""Display colour as one signed number of 32 bits: red, green, blue, alpha, the highest byte first.""")
    excitation_filters: Optional[list[str]] = Field(default=None, description="""Excitation filter.""")
    emission_filters: Optional[list[str]] = Field(default=None, description="""Emission filter.""")
    settings: Optional[list[str]] = Field(default=None, description="""Settings that were used.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('color')
    def pattern_color(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid color format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid color format: {v}"
            raise ValueError(err_msg)
        return v


class ImageAcquisition(Record):
    """
    The activity that made images.
    """
    imaging_method: Optional[list[str]] = Field(default=None, description="""Imaging method.""")
    instrument: Optional[list[str]] = Field(default=None, description="""Instrument that was used.""")
    instrument_description: Optional[list[str]] = Field(default=None, description="""Instrument as written.""")
    settings: Optional[list[str]] = Field(default=None, description="""Settings that were used.""")
    operator: Optional[list[str]] = Field(default=None, description="""Who did it.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Protocol that was followed.""")
    specimen: Optional[list[str]] = Field(default=None, description="""Specimen that was imaged.""")
    acquisition_parameters: Optional[str] = Field(default=None, description="""Parameters as written.""")
    started_at: Optional[datetime ] = Field(default=None, description="""Start.""")
    ended_at: Optional[datetime ] = Field(default=None, description="""End.""")
    date_text: Optional[str] = Field(default=None, description="""Date as written, where it is not exact enough for a time.""")
    software_name: Optional[list[str]] = Field(default=None, description="""Name of the software.""")
    software_version: Optional[list[str]] = Field(default=None, description="""Version of the software.""")
    acquisition_mode: Optional[str] = Field(default=None, description="""Acquisition mode as written, such as SpinningDiskConfocal.""")
    environment_description: Optional[str] = Field(default=None, description="""Environment of the sample, as written.""")
    generated_images: Optional[list[str]] = Field(default=None, description="""Image that was made.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    has_part: Optional[list[str]] = Field(default=None, description="""A part, such as a component, a data set or a file.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Instrument(Record):
    """
    A microscope or other imaging instrument, with the attributes of a persistent instrument identifier.
    """
    pid: Optional[str] = Field(default=None, description="""Persistent identifier.""")
    identifier: Optional[list[str]] = Field(default=None, description="""Identifier as text, such as a DOI, a number or a label.""")
    landing_page: Optional[str] = Field(default=None, description="""Page of the instrument.""")
    instrument_type: Optional[list[str]] = Field(default=None, description="""Kind of instrument.""")
    instrument_form: Optional[str] = Field(default=None, description="""Upright, inverted or other.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    manufacturer_organization: Optional[str] = Field(default=None, description="""Maker.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    owner: Optional[list[str]] = Field(default=None, description="""Owner or core facility.""")
    owner_name: Optional[list[str]] = Field(default=None, description="""Owner as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    measured_variables: Optional[list[str]] = Field(default=None, description="""What the instrument measures.""")
    commissioned_date: Optional[date] = Field(default=None, description="""Day on which it went into service.""")
    decommissioned_date: Optional[date] = Field(default=None, description="""Day on which it was retired.""")
    location: Optional[str] = Field(default=None, description="""Where it stands.""")
    hardware: Optional[list[str]] = Field(default=None, description="""Part of the instrument.""")
    software_name: Optional[list[str]] = Field(default=None, description="""Name of the software.""")
    software_version: Optional[list[str]] = Field(default=None, description="""Version of the software.""")
    related_identifiers: Optional[list[str]] = Field(default=None, description="""Related record.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class HardwareComponent(Record):
    """
    A part of an instrument.
    """
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class AcquisitionSettings(Record):
    """
    How the instrument was set while images were taken, and the environment of the sample.
    """
    objective: Optional[str] = Field(default=None, description="""Objective that was used.""")
    immersion_medium: Optional[str] = Field(default=None, description="""Medium between objective and sample, as set.""")
    refractive_index: Optional[Decimal] = Field(default=None, description="""Refractive index of the medium.""", ge=1, le=4)
    correction_collar: Optional[Decimal] = Field(default=None, description="""Position of the correction collar.""")
    objective_magnification_text: Optional[str] = Field(default=None, description="""Objective or magnification as written.""")
    detector: Optional[list[str]] = Field(default=None, description="""Detector that was used.""")
    gain: Optional[Decimal] = Field(default=None, description="""Gain of the detector as the maker counts it.""")
    offset: Optional[Decimal] = Field(default=None, description="""Offset of the detector as the maker counts it.""")
    binning: Optional[str] = Field(default=None, description="""Binning, such as 2x2.""")
    detector_voltage: Optional[Decimal] = Field(default=None, description="""Voltage of the detector.""")
    zoom: Optional[Decimal] = Field(default=None, description="""Zoom factor.""", ge=0)
    integration: Optional[int] = Field(default=None, description="""Number of frames summed or averaged.""", ge=1)
    read_out_rate: Optional[Decimal] = Field(default=None, description="""Read-out rate.""", ge=0)
    exposure_time: Optional[Decimal] = Field(default=None, description="""Exposure time.""", ge=0)
    light_source: Optional[list[str]] = Field(default=None, description="""Light source that was used.""")
    light_source_power: Optional[Decimal] = Field(default=None, description="""Power at which the source ran.""", ge=0)
    light_source_attenuation: Optional[Decimal] = Field(default=None, description="""Part of the light that is taken away.""", ge=0, le=1)
    illumination_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength chosen at the light source.""", ge=0)
    filter: Optional[list[str]] = Field(default=None, description="""Filter in the light path.""")
    filter_set: Optional[str] = Field(default=None, description="""Filter set in the light path.""")
    dichroic: Optional[str] = Field(default=None, description="""Dichroic in the light path.""")
    temperature: Optional[Decimal] = Field(default=None, description="""Temperature of the sample.""", ge=-273.15)
    co2_percent: Optional[Decimal] = Field(default=None, description="""Carbon dioxide in the air.""", ge=0, le=100)
    humidity: Optional[Decimal] = Field(default=None, description="""Relative humidity.""", ge=0, le=100)
    air_pressure: Optional[Decimal] = Field(default=None, description="""Air pressure.""", ge=0)
    environment_description: Optional[str] = Field(default=None, description="""Environment of the sample, as written.""")
    position_x: Optional[Decimal] = Field(default=None, description="""Stage position in x.""")
    position_y: Optional[Decimal] = Field(default=None, description="""Stage position in y.""")
    position_z: Optional[Decimal] = Field(default=None, description="""Stage or focus position in z.""")
    pixel_dwell_time: Optional[Decimal] = Field(default=None, description="""Time per pixel.""", ge=0)
    scan_speed: Optional[Decimal] = Field(default=None, description="""Lines per second.""", ge=0)
    line_averaging: Optional[int] = Field(default=None, description="""Times each line is averaged.""", ge=1)
    frame_averaging: Optional[int] = Field(default=None, description="""Times each frame is averaged.""", ge=1)
    pinhole_size: Optional[Decimal] = Field(default=None, description="""Diameter of the pinhole.""", ge=0)
    acceleration_voltage: Optional[Decimal] = Field(default=None, description="""Acceleration voltage of an electron microscope.""", ge=0)
    beam_current: Optional[Decimal] = Field(default=None, description="""Current of the beam.""", ge=0)
    camera_length: Optional[Decimal] = Field(default=None, description="""Camera length.""", ge=0)
    electron_dose: Optional[Decimal] = Field(default=None, description="""Electrons per square angstrom on the sample.""", ge=0)
    spot_size: Optional[Decimal] = Field(default=None, description="""Spot size as the maker counts it.""")
    defocus: Optional[Decimal] = Field(default=None, description="""Defocus; under focus is negative.""")
    tilt_angle: Optional[Decimal] = Field(default=None, description="""Tilt of the stage.""", ge=-360, le=360)
    working_distance_used: Optional[Decimal] = Field(default=None, description="""Working distance during acquisition.""", ge=0)
    electron_magnification: Optional[Decimal] = Field(default=None, description="""Magnification that the instrument shows.""", ge=0)
    acquisition_mode: Optional[str] = Field(default=None, description="""Acquisition mode as written, such as SpinningDiskConfocal.""")
    autofocus: Optional[str] = Field(default=None, description="""Focus device or strategy, as written.""")
    stage_label: Optional[str] = Field(default=None, description="""Name of the place on the stage.""")
    stage_frame_x: Optional[Decimal] = Field(default=None, description="""Stage position in x, in the reference frame of the stage, which has no unit.""")
    stage_frame_y: Optional[Decimal] = Field(default=None, description="""Stage position in y, in the reference frame of the stage, which has no unit.""")
    stage_frame_z: Optional[Decimal] = Field(default=None, description="""Stage position in z, in the reference frame of the stage, which has no unit.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class ImageCorrelation(ConfiguredBaseModel):
    """
    How images of different methods were brought into one space.
    """
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    spatial_and_temporal_alignment: Optional[str] = Field(default=None, description="""How the images were aligned in space and time.""")
    fiducials_used: Optional[str] = Field(default=None, description="""Marks that were used for the alignment.""")
    transformation_matrix: Optional[str] = Field(default=None, description="""Transformation as rows of numbers, rows apart by semicolons.""")
    related_images: Optional[list[str]] = Field(default=None, description="""Image that takes part.""")


class AnnotationDescription(ConfiguredBaseModel):
    """
    The MIFA attributes that say what annotations are and how they came about.
    """
    annotation_type: Optional[list[AnnotationType]] = Field(default=None, description="""Kind of annotation.""")
    weak_annotation: Optional[bool] = Field(default=None, description="""True where annotations are rough and fast to make.""")
    annotation_method: Optional[str] = Field(default=None, description="""How, by whom and with what the annotations were made.""")
    annotation_source: Optional[list[AnnotationSource]] = Field(default=None, description="""Who or what made the annotations.""")
    annotation_software: Optional[list[str]] = Field(default=None, description="""Software used for annotating.""")
    consensus_protocol: Optional[str] = Field(default=None, description="""How annotators came to agree.""")
    quality_assurance: Optional[str] = Field(default=None, description="""How the annotations were checked.""")
    annotation_criteria: Optional[str] = Field(default=None, description="""Rules that annotators followed.""")
    annotation_coverage: Optional[str] = Field(default=None, description="""Which images or parts of them are annotated.""")
    coverage_percentage: Optional[Decimal] = Field(default=None, description="""Part of the data that is annotated.""", ge=0, le=100)
    coverage_reason: Optional[str] = Field(default=None, description="""Why parts are not annotated.""")
    covered_regions: Optional[list[SubRegion]] = Field(default=None, description="""Region that is annotated.""")
    annotation_confidence_level: Optional[str] = Field(default=None, description="""How sure the annotations are.""")
    confidence_value: Optional[Decimal] = Field(default=None, description="""Confidence as a number.""")
    confidence_kind: Optional[str] = Field(default=None, description="""What the number measures, such as F1 between annotators or years of experience.""")
    transformations: Optional[str] = Field(default=None, description="""What brings annotations and images together, in words.""")
    transformation_matrix: Optional[str] = Field(default=None, description="""Transformation as rows of numbers, rows apart by semicolons.""")
    coordinate_system: Optional[str] = Field(default=None, description="""Coordinate system that images and annotations share.""")
    spatial_information: Optional[str] = Field(default=None, description="""Where annotations lie that are not pixels, with units.""")
    annotation_creation_time: Optional[datetime ] = Field(default=None, description="""Time at which the annotations were made (first edition).""")
    last_modification_time: Optional[datetime ] = Field(default=None, description="""Time of the last change of the annotations (revised edition).""")


class AnnotationFile(FileReference):
    """
    One file or image of annotations; it names the image that it describes.
    """
    annotation_type: Optional[list[AnnotationType]] = Field(default=None, description="""Kind of annotation.""")
    weak_annotation: Optional[bool] = Field(default=None, description="""True where annotations are rough and fast to make.""")
    source_image: Optional[list[str]] = Field(default=None, description="""Image that is annotated.""")
    source_image_id: Optional[list[str]] = Field(default=None, description="""Identifier or path of the annotated image, as written.""")
    source_dataset_id: Optional[str] = Field(default=None, description="""Identifier of a separate data set that holds the source images, as written.""")
    transformations: Optional[str] = Field(default=None, description="""What brings annotations and images together, in words.""")
    transformation_matrix: Optional[str] = Field(default=None, description="""Transformation as rows of numbers, rows apart by semicolons.""")
    coordinate_system: Optional[str] = Field(default=None, description="""Coordinate system that images and annotations share.""")
    spatial_information: Optional[str] = Field(default=None, description="""Where annotations lie that are not pixels, with units.""")
    covered_regions: Optional[list[SubRegion]] = Field(default=None, description="""Region that is annotated.""")
    annotation_creation_time: Optional[datetime ] = Field(default=None, description="""Time at which the annotations were made (first edition).""")
    last_modification_time: Optional[datetime ] = Field(default=None, description="""Time of the last change of the annotations (revised edition).""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    annotation_count: Optional[int] = Field(default=None, description="""Number of annotated objects.""", ge=0)
    class_names: Optional[list[str]] = Field(default=None, description="""Class label that occurs in the annotations.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    file_path: Optional[str] = Field(default=None, description="""Path as the source gives it.""")
    media_type: Optional[str] = Field(default=None, description="""Media type, or the word that the source uses for it.""")
    file_format: Optional[str] = Field(default=None, description="""File format, such as OME-Zarr, OME-TIFF or CZI.""")
    content_size: Optional[int] = Field(default=None, description="""Size in bytes.""", ge=0)
    checksum: Optional[str] = Field(default=None, description="""Checksum in hexadecimal digits.""")
    checksum_algorithm: Optional[str] = Field(default=None, description="""Algorithm of the checksum, such as sha256.""")
    content_url: Optional[list[str]] = Field(default=None, description="""Address of the bytes.""")
    identifier: Optional[list[str]] = Field(default=None, description="""Identifier as text, such as a DOI, a number or a label.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    conforms_to: Optional[list[str]] = Field(default=None, description="""Specification that is followed.""")
    date_created: Optional[datetime ] = Field(default=None, description="""Time of creation.""")
    date_modified: Optional[datetime ] = Field(default=None, description="""Time of the last change.""")
    table_columns: Optional[list[str]] = Field(default=None, description="""Column of a table file.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('checksum')
    def pattern_checksum(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid checksum format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid checksum format: {v}"
            raise ValueError(err_msg)
        return v


class AnnotationMethod(AnnotationDescription, Record):
    """
    A way of making annotations that several sets share.
    """
    protocols: Optional[list[str]] = Field(default=None, description="""Protocol that was followed.""")
    software_name: Optional[list[str]] = Field(default=None, description="""Name of the software.""")
    software_version: Optional[list[str]] = Field(default=None, description="""Version of the software.""")
    annotation_type: Optional[list[AnnotationType]] = Field(default=None, description="""Kind of annotation.""")
    weak_annotation: Optional[bool] = Field(default=None, description="""True where annotations are rough and fast to make.""")
    annotation_method: Optional[str] = Field(default=None, description="""How, by whom and with what the annotations were made.""")
    annotation_source: Optional[list[AnnotationSource]] = Field(default=None, description="""Who or what made the annotations.""")
    annotation_software: Optional[list[str]] = Field(default=None, description="""Software used for annotating.""")
    consensus_protocol: Optional[str] = Field(default=None, description="""How annotators came to agree.""")
    quality_assurance: Optional[str] = Field(default=None, description="""How the annotations were checked.""")
    annotation_criteria: Optional[str] = Field(default=None, description="""Rules that annotators followed.""")
    annotation_coverage: Optional[str] = Field(default=None, description="""Which images or parts of them are annotated.""")
    coverage_percentage: Optional[Decimal] = Field(default=None, description="""Part of the data that is annotated.""", ge=0, le=100)
    coverage_reason: Optional[str] = Field(default=None, description="""Why parts are not annotated.""")
    covered_regions: Optional[list[SubRegion]] = Field(default=None, description="""Region that is annotated.""")
    annotation_confidence_level: Optional[str] = Field(default=None, description="""How sure the annotations are.""")
    confidence_value: Optional[Decimal] = Field(default=None, description="""Confidence as a number.""")
    confidence_kind: Optional[str] = Field(default=None, description="""What the number measures, such as F1 between annotators or years of experience.""")
    transformations: Optional[str] = Field(default=None, description="""What brings annotations and images together, in words.""")
    transformation_matrix: Optional[str] = Field(default=None, description="""Transformation as rows of numbers, rows apart by semicolons.""")
    coordinate_system: Optional[str] = Field(default=None, description="""Coordinate system that images and annotations share.""")
    spatial_information: Optional[str] = Field(default=None, description="""Where annotations lie that are not pixels, with units.""")
    annotation_creation_time: Optional[datetime ] = Field(default=None, description="""Time at which the annotations were made (first edition).""")
    last_modification_time: Optional[datetime ] = Field(default=None, description="""Time of the last change of the annotations (revised edition).""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class AnalysisRun(Record):
    """
    One run of software over data, with what is needed to run it again.
    """
    operation: Optional[list[str]] = Field(default=None, description="""What the analysis or model does.""")
    software_name: Optional[list[str]] = Field(default=None, description="""Name of the software.""")
    software_version: Optional[list[str]] = Field(default=None, description="""Version of the software.""")
    software_components: Optional[list[str]] = Field(default=None, description="""Component with its version, such as numpy 2.4.1.""")
    parameters: Optional[list[ExtraField]] = Field(default=None, description="""Parameter of the run.""")
    random_seed: Optional[int] = Field(default=None, description="""Seed of the random numbers.""")
    container_image: Optional[str] = Field(default=None, description="""Container image by name.""")
    container_digest: Optional[str] = Field(default=None, description="""Digest of the container image.""")
    workflow: Optional[str] = Field(default=None, description="""Workflow that was run.""")
    workflow_engine: Optional[str] = Field(default=None, description="""Engine and version that ran it.""")
    code_url: Optional[str] = Field(default=None, description="""Address of the source code.""")
    code_version: Optional[str] = Field(default=None, description="""Commit or tag of the source code.""")
    command_line: Optional[str] = Field(default=None, description="""Command as it was given.""")
    hardware_description: Optional[str] = Field(default=None, description="""Computer that was used.""")
    processor: Optional[str] = Field(default=None, description="""Processor.""")
    graphics_processor: Optional[str] = Field(default=None, description="""Graphics processor.""")
    memory_size: Optional[int] = Field(default=None, description="""Memory of the computer.""", ge=0)
    operating_system: Optional[str] = Field(default=None, description="""Operating system.""")
    network_description: Optional[str] = Field(default=None, description="""Network between computer and data.""")
    data_size: Optional[int] = Field(default=None, description="""Size of the data that was processed.""", ge=0)
    tolerance: Optional[Decimal] = Field(default=None, description="""Largest accepted distance from the expected value.""", ge=0)
    trained_model: Optional[list[str]] = Field(default=None, description="""Model that was used.""")
    inputs: Optional[list[str]] = Field(default=None, description="""What went in.""")
    outputs: Optional[list[str]] = Field(default=None, description="""What came out.""")
    features_analysed: Optional[list[str]] = Field(default=None, description="""Feature that was measured.""")
    started_at: Optional[datetime ] = Field(default=None, description="""Start.""")
    ended_at: Optional[datetime ] = Field(default=None, description="""End.""")
    run_status: Optional[str] = Field(default=None, description="""How the run ended.""")
    operator: Optional[list[str]] = Field(default=None, description="""Who did it.""")
    environment_file: Optional[str] = Field(default=None, description="""File that lists the software environment.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Protocol that was followed.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('container_digest')
    def pattern_container_digest(cls, v):
        pattern=re.compile(r"^[a-z0-9]+:[0-9a-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid container_digest format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid container_digest format: {v}"
            raise ValueError(err_msg)
        return v


class TrainedModel(Record):
    """
    A trained model, such as one of the BioImage Model Zoo.
    """
    accession: Optional[str] = Field(default=None, description="""Accession in the repository that holds the record.""")
    version: Optional[str] = Field(default=None, description="""Version number or label.""")
    previous_version: Optional[str] = Field(default=None, description="""The version before this one.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    trained_on: Optional[list[str]] = Field(default=None, description="""Annotations that the model was trained on.""")
    trained_on_study: Optional[list[str]] = Field(default=None, description="""Study or data set that the model was trained on.""")
    operation: Optional[list[str]] = Field(default=None, description="""What the analysis or model does.""")
    architecture: Optional[str] = Field(default=None, description="""Architecture of the model.""")
    framework: Optional[list[str]] = Field(default=None, description="""Framework of the model.""")
    weights_format: Optional[list[str]] = Field(default=None, description="""Format of the weights, such as onnx.""")
    weights_url: Optional[list[str]] = Field(default=None, description="""Address of the weights.""")
    checksum: Optional[str] = Field(default=None, description="""Checksum in hexadecimal digits.""")
    checksum_algorithm: Optional[str] = Field(default=None, description="""Algorithm of the checksum, such as sha256.""")
    code_url: Optional[str] = Field(default=None, description="""Address of the source code.""")
    doi: Optional[str] = Field(default=None, description="""DOI as an IRI.""")
    keywords: Optional[list[str]] = Field(default=None, description="""Keyword.""")
    date_published: Optional[date] = Field(default=None, description="""Day of publication.""")
    links: Optional[list[Link]] = Field(default=None, description="""Related address with a description.""")
    related_publications: Optional[list[str]] = Field(default=None, description="""Publication about the data.""")
    parent_model: Optional[str] = Field(default=None, description="""Model that this one was trained from.""")
    input_axes: Optional[str] = Field(default=None, description="""Axes of the input.""")
    output_axes: Optional[str] = Field(default=None, description="""Axes of the output.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('checksum')
    def pattern_checksum(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid checksum format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid checksum format: {v}"
            raise ValueError(err_msg)
        return v

    @field_validator('doi')
    def pattern_doi(cls, v):
        pattern=re.compile(r"^https://doi\.org/10\.\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid doi format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid doi format: {v}"
            raise ValueError(err_msg)
        return v


class AnnotationContent(ConfiguredBaseModel):
    """
    What a file of annotations says of its content as a whole.
    """
    coordinate_unit: Optional[list[str]] = Field(default=None, description="""Unit of the coordinates of the annotations, pixel or in the words of the file.""")
    object_classes: Optional[list[str]] = Field(default=None, description="""Class of annotated objects that the file lists.""")
    listed_image_count: Optional[int] = Field(default=None, description="""Number of images that the file names.""", ge=0)
    annotated_image_count: Optional[int] = Field(default=None, description="""Number of the named images that have an annotation.""", ge=0)
    track_count: Optional[int] = Field(default=None, description="""Number of tracks.""", ge=0)
    measurement_names: Optional[list[str]] = Field(default=None, description="""Name of a feature that is measured of each annotated object.""")
    annotator_names: Optional[list[str]] = Field(default=None, description="""Who made the annotations, as written.""")


class AnnotationSet(AnnotationContent, AnnotationDescription, Versioned, Record):
    """
    A set of annotations of images that were made together.
    """
    accession: Optional[str] = Field(default=None, description="""Accession in the repository that holds the record.""")
    annotation_overview: Optional[str] = Field(default=None, description="""What is annotated and how, in a sentence or two.""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    contact: Optional[list[str]] = Field(default=None, description="""Who answers questions.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    source_image: Optional[list[str]] = Field(default=None, description="""Image that is annotated.""")
    source_image_id: Optional[list[str]] = Field(default=None, description="""Identifier or path of the annotated image, as written.""")
    source_dataset: Optional[list[str]] = Field(default=None, description="""Study or data set of the annotated images.""")
    source_dataset_id: Optional[str] = Field(default=None, description="""Identifier of a separate data set that holds the source images, as written.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    license_text: Optional[str] = Field(default=None, description="""Licence in the words of the source.""")
    uses_method: Optional[list[str]] = Field(default=None, description="""Method that was used.""")
    files_of_set: Optional[list[str]] = Field(default=None, description="""File of the set.""")
    file_format: Optional[str] = Field(default=None, description="""File format, such as OME-Zarr, OME-TIFF or CZI.""")
    annotation_count: Optional[int] = Field(default=None, description="""Number of annotated objects.""", ge=0)
    class_names: Optional[list[str]] = Field(default=None, description="""Class label that occurs in the annotations.""")
    target_component: Optional[list[str]] = Field(default=None, description="""Structure that is marked, as a term.""")
    keywords: Optional[list[str]] = Field(default=None, description="""Keyword.""")
    date_published: Optional[date] = Field(default=None, description="""Day of publication.""")
    links: Optional[list[Link]] = Field(default=None, description="""Related address with a description.""")
    related_publications: Optional[list[str]] = Field(default=None, description="""Publication about the data.""")
    ai_models_trained: Optional[list[str]] = Field(default=None, description="""Model that was trained on the data.""")
    annotation_type: Optional[list[AnnotationType]] = Field(default=None, description="""Kind of annotation.""")
    weak_annotation: Optional[bool] = Field(default=None, description="""True where annotations are rough and fast to make.""")
    annotation_method: Optional[str] = Field(default=None, description="""How, by whom and with what the annotations were made.""")
    annotation_source: Optional[list[AnnotationSource]] = Field(default=None, description="""Who or what made the annotations.""")
    annotation_software: Optional[list[str]] = Field(default=None, description="""Software used for annotating.""")
    consensus_protocol: Optional[str] = Field(default=None, description="""How annotators came to agree.""")
    quality_assurance: Optional[str] = Field(default=None, description="""How the annotations were checked.""")
    annotation_criteria: Optional[str] = Field(default=None, description="""Rules that annotators followed.""")
    annotation_coverage: Optional[str] = Field(default=None, description="""Which images or parts of them are annotated.""")
    coverage_percentage: Optional[Decimal] = Field(default=None, description="""Part of the data that is annotated.""", ge=0, le=100)
    coverage_reason: Optional[str] = Field(default=None, description="""Why parts are not annotated.""")
    covered_regions: Optional[list[SubRegion]] = Field(default=None, description="""Region that is annotated.""")
    annotation_confidence_level: Optional[str] = Field(default=None, description="""How sure the annotations are.""")
    confidence_value: Optional[Decimal] = Field(default=None, description="""Confidence as a number.""")
    confidence_kind: Optional[str] = Field(default=None, description="""What the number measures, such as F1 between annotators or years of experience.""")
    transformations: Optional[str] = Field(default=None, description="""What brings annotations and images together, in words.""")
    transformation_matrix: Optional[str] = Field(default=None, description="""Transformation as rows of numbers, rows apart by semicolons.""")
    coordinate_system: Optional[str] = Field(default=None, description="""Coordinate system that images and annotations share.""")
    spatial_information: Optional[str] = Field(default=None, description="""Where annotations lie that are not pixels, with units.""")
    annotation_creation_time: Optional[datetime ] = Field(default=None, description="""Time at which the annotations were made (first edition).""")
    last_modification_time: Optional[datetime ] = Field(default=None, description="""Time of the last change of the annotations (revised edition).""")
    coordinate_unit: Optional[list[str]] = Field(default=None, description="""Unit of the coordinates of the annotations, pixel or in the words of the file.""")
    object_classes: Optional[list[str]] = Field(default=None, description="""Class of annotated objects that the file lists.""")
    listed_image_count: Optional[int] = Field(default=None, description="""Number of images that the file names.""", ge=0)
    annotated_image_count: Optional[int] = Field(default=None, description="""Number of the named images that have an annotation.""", ge=0)
    track_count: Optional[int] = Field(default=None, description="""Number of tracks.""", ge=0)
    measurement_names: Optional[list[str]] = Field(default=None, description="""Name of a feature that is measured of each annotated object.""")
    annotator_names: Optional[list[str]] = Field(default=None, description="""Who made the annotations, as written.""")
    mifa_edition: Optional[MifaEdition] = Field(default=None, description="""Edition of the MIFA guidelines that the record follows.""")
    version: Optional[str] = Field(default=None, description="""Version number or label.""")
    version_timestamp: Optional[datetime ] = Field(default=None, description="""Time at which this version was made.""")
    previous_version: Optional[str] = Field(default=None, description="""The version before this one.""")
    version_changes: Optional[str] = Field(default=None, description="""What changed since the version before.""")
    preserved_credit: Optional[list[str]] = Field(default=None, description="""Person or organization of earlier versions whose credit is kept.""")
    original_image_creators: Optional[list[str]] = Field(default=None, description="""Who made the original images.""")
    original_image_license: Optional[str] = Field(default=None, description="""Licence of the original images.""")
    original_image_link: Optional[str] = Field(default=None, description="""Where the original images are.""")
    update_needed: Optional[bool] = Field(default=None, description="""True where the data are marked as needing an update.""")
    improvement_proposals: Optional[list[str]] = Field(default=None, description="""Proposal that would make the annotations better.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class AnnotationClass(SampleContext, Record):
    """
    A class of annotated objects in one annotation set, such as nucleus or soma, with the number of its objects.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    identifier: Optional[list[str]] = Field(default=None, description="""Identifier as text, such as a DOI, a number or a label.""")
    annotation_count: Optional[int] = Field(default=None, description="""Number of annotated objects.""", ge=0)
    color: Optional[str] = Field(default=None, description="""Display colour as RRGGBB hexadecimal digits.""")
    parent_class: Optional[str] = Field(default=None, description="""Wider class that the class is filed under, as written.""")
    external_accession: Optional[list[str]] = Field(default=None, description="""Record of related data in another repository.""")
    target_component: Optional[list[str]] = Field(default=None, description="""Structure that is marked, as a term.""")
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    cell_line: Optional[list[str]] = Field(default=None, description="""Cell line.""")
    organism_part: Optional[list[str]] = Field(default=None, description="""Anatomical part.""")
    cell_type: Optional[list[str]] = Field(default=None, description="""Cell type.""")
    disease: Optional[list[str]] = Field(default=None, description="""Disease of the sample or its donor.""")
    disease_or_factor: Optional[list[str]] = Field(default=None, description="""Disease or experimental factor that is studied.""")
    sex: Optional[list[str]] = Field(default=None, description="""Sex of the organism.""")
    strain: Optional[list[str]] = Field(default=None, description="""Strain or breed.""")
    developmental_stage: Optional[list[str]] = Field(default=None, description="""Stage of development.""")
    genotype: Optional[list[str]] = Field(default=None, description="""Genotype as written.""")
    age_text: Optional[str] = Field(default=None, description="""Age as written.""")
    age: Optional[Decimal] = Field(default=None, description="""Age in days.""", ge=0)
    individual: Optional[list[str]] = Field(default=None, description="""Label of the individual.""")
    cell_cycle_phase: Optional[list[str]] = Field(default=None, description="""Phase of the cell cycle, as written.""")
    biological_process_or_component: Optional[list[str]] = Field(default=None, description="""Process or cellular component that is observed.""")
    experimental_condition: Optional[list[str]] = Field(default=None, description="""Condition under which the sample was kept or imaged.""")
    experimental_condition_text: Optional[list[str]] = Field(default=None, description="""Condition as key and value of the source.""")
    growth_condition: Optional[list[str]] = Field(default=None, description="""Medium and conditions of growth.""")
    compound: Optional[list[str]] = Field(default=None, description="""Chemical that the sample was treated with or that the reagent is.""")
    compound_name: Optional[list[str]] = Field(default=None, description="""Compound as written.""")
    compound_concentration: Optional[Decimal] = Field(default=None, description="""Concentration of the compound on the sample.""", ge=0)
    compound_concentration_text: Optional[str] = Field(default=None, description="""Concentration as written, in whichever unit.""")
    treatment_duration: Optional[Decimal] = Field(default=None, description="""How long the treatment lasted.""", ge=0)
    reagent: Optional[list[str]] = Field(default=None, description="""Reagent that was applied.""")
    gene: Optional[list[str]] = Field(default=None, description="""Gene that is perturbed, tagged or labelled.""")
    gene_identifier: Optional[list[str]] = Field(default=None, description="""Gene identifier as written.""")
    gene_symbol: Optional[list[str]] = Field(default=None, description="""Gene symbol as written.""")
    control_type: Optional[list[str]] = Field(default=None, description="""Positive control, negative control or none, as written.""")
    control_comment: Optional[list[str]] = Field(default=None, description="""Remark on the control.""")
    has_phenotype: Optional[bool] = Field(default=None, description="""Whether the source says that a phenotype was seen.""")
    phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that was seen.""")
    phenotype_text: Optional[list[str]] = Field(default=None, description="""Phenotype in the words of the authors.""")
    phenotype_annotation_level: Optional[list[str]] = Field(default=None, description="""Level at which the phenotype was scored, such as experimental condition and gene.""")
    quality_control: Optional[list[str]] = Field(default=None, description="""Verdict of quality control, as written.""")
    replicate: Optional[list[str]] = Field(default=None, description="""Replicate label.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('color')
    def pattern_color(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid color format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid color format: {v}"
            raise ValueError(err_msg)
        return v


class SourceRecord(Record):
    """
    A source, how it was read and with which mapping.
    """
    source_path: Optional[str] = Field(default=None, description="""Path or address of the source, relative to what the user named.""")
    source_kind: Optional[str] = Field(default=None, description="""Kind of source, such as idr-annotation or czi.""")
    media_type: Optional[str] = Field(default=None, description="""Media type, or the word that the source uses for it.""")
    content_size: Optional[int] = Field(default=None, description="""Size in bytes.""", ge=0)
    content_digest: Optional[str] = Field(default=None, description="""Digest of the bytes, such as sha256 and the hexadecimal digits.""")
    reader: Optional[str] = Field(default=None, description="""Reader and its version.""")
    mapping_name: Optional[list[str]] = Field(default=None, description="""Name of the mapping.""")
    mapping_version: Optional[list[str]] = Field(default=None, description="""Version of the mapping.""")
    mapping_digest: Optional[list[str]] = Field(default=None, description="""Digest of the mapping file.""")
    schema_version: Optional[str] = Field(default=None, description="""Version of this schema.""")
    row_count: Optional[int] = Field(default=None, description="""Number of rows.""", ge=0)
    cell_count: Optional[int] = Field(default=None, description="""Number of filled cells.""", ge=0)
    statement_count: Optional[int] = Field(default=None, description="""Number of statements.""", ge=0)
    problem_count: Optional[int] = Field(default=None, description="""Number of Problems.""", ge=0)
    read_at: Optional[datetime ] = Field(default=None, description="""Time at which the source was read.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    job: Optional[str] = Field(default=None, description="""Job that read the source.""")
    person_data: Optional[PersonData] = Field(default=None, description="""Whose data are in it: nobody's, those of authors and other credited people, or everybody's.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('content_digest')
    def pattern_content_digest(cls, v):
        pattern=re.compile(r"^[a-z0-9]+:[0-9a-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid content_digest format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid content_digest format: {v}"
            raise ValueError(err_msg)
        return v


class Decision(Record):
    """
    What was chosen for a text in a field, by whom or what, when, and against which ontology version.
    """
    source_text: Optional[str] = Field(default=None, description="""Text of the source, unchanged.""")
    source_accession: Optional[str] = Field(default=None, description="""Accession that the source gives, unchanged.""")
    source_ontology: Optional[str] = Field(default=None, description="""The source's own word for the ontology.""")
    field: str = Field(default=..., description="""Resolver field.""")
    decides: Optional[str] = Field(default=None, description="""Property of the records that takes the term.""")
    context_text: Optional[list[str]] = Field(default=None, description="""What stood beside the text, as field and text.""")
    decision_status: DecisionStatus = Field(default=..., description="""Accepted, waiting for review, or none.""")
    chosen_term: Optional[list[str]] = Field(default=None, description="""Term that was chosen.""")
    chosen_label: Optional[list[str]] = Field(default=None, description="""Label of the chosen term at the time.""")
    candidates: Optional[list[str]] = Field(default=None, description="""Term that was proposed and not chosen.""")
    tier_of_decision: Optional[str] = Field(default=None, description="""Step that found the term, such as curated or synonym.""")
    why: Optional[str] = Field(default=None, description="""Reason in one sentence.""")
    score: Optional[Decimal] = Field(default=None, description="""Score of the match.""", ge=0, le=1)
    matched_text: Optional[list[str]] = Field(default=None, description="""Label, synonym or accession that was hit.""")
    match_scope: Optional[list[str]] = Field(default=None, description="""What the hit is to the term: label, exact, narrow, broad or related.""")
    ontology_version: Optional[list[str]] = Field(default=None, description="""Ontology and version that the term was read from.""")
    decided_by: Optional[str] = Field(default=None, description="""Person or software that decided.""")
    decided_at: Optional[date] = Field(default=None, description="""Day on which a person decided.""")
    use_count: Optional[int] = Field(default=None, description="""How often the text occurs.""", ge=0)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Job(Record):
    """
    One batch run.
    """
    started_at: Optional[datetime ] = Field(default=None, description="""Start.""")
    ended_at: Optional[datetime ] = Field(default=None, description="""End.""")
    job_status: Optional[str] = Field(default=None, description="""How the job ended.""")
    software_version: Optional[list[str]] = Field(default=None, description="""Version of the software.""")
    schema_version: Optional[str] = Field(default=None, description="""Version of this schema.""")
    source_count: Optional[int] = Field(default=None, description="""Number of sources.""", ge=0)
    record_count: Optional[int] = Field(default=None, description="""Number of records.""", ge=0)
    statement_count: Optional[int] = Field(default=None, description="""Number of statements.""", ge=0)
    problem_count: Optional[int] = Field(default=None, description="""Number of Problems.""", ge=0)
    operator: Optional[list[str]] = Field(default=None, description="""Who did it.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Objective(HardwareComponent):
    """
    An objective.
    """
    lens_na: Optional[Decimal] = Field(default=None, description="""Numerical aperture.""", ge=0, le=2)
    nominal_magnification: Optional[Decimal] = Field(default=None, description="""Magnification written on the objective.""", ge=0)
    calibrated_magnification: Optional[Decimal] = Field(default=None, description="""Magnification that was measured.""", ge=0)
    immersion: Optional[Immersion] = Field(default=None, description="""Immersion medium that the objective is made for.""")
    immersion_text: Optional[str] = Field(default=None, description="""Immersion as written.""")
    correction: Optional[str] = Field(default=None, description="""Correction of the lens, such as PlanApo.""")
    working_distance: Optional[Decimal] = Field(default=None, description="""Working distance.""", ge=0)
    iris: Optional[bool] = Field(default=None, description="""Whether the objective has an iris.""")
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Detector(HardwareComponent):
    """
    A camera, photomultiplier or other detector.
    """
    detector_type: Optional[str] = Field(default=None, description="""Kind of detector, such as EMCCD, CMOS or PMT.""")
    amplification_gain: Optional[Decimal] = Field(default=None, description="""Gain of the amplifier.""")
    gain: Optional[Decimal] = Field(default=None, description="""Gain of the detector as the maker counts it.""")
    offset: Optional[Decimal] = Field(default=None, description="""Offset of the detector as the maker counts it.""")
    detector_voltage: Optional[Decimal] = Field(default=None, description="""Voltage of the detector.""")
    zoom: Optional[Decimal] = Field(default=None, description="""Zoom factor.""", ge=0)
    camera_pixel_size: Optional[Decimal] = Field(default=None, description="""Size of a pixel on the sensor.""", ge=0)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class LightSource(HardwareComponent):
    """
    A lamp, diode or other source of light.
    """
    light_source_type: Optional[str] = Field(default=None, description="""Kind of light source, as written.""")
    source_power: Optional[Decimal] = Field(default=None, description="""Nominal power.""", ge=0)
    illumination_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength chosen at the light source.""", ge=0)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Laser(LightSource):
    """
    A laser.
    """
    laser_medium: Optional[str] = Field(default=None, description="""Medium of the laser.""")
    pulse: Optional[str] = Field(default=None, description="""Pulse mode.""")
    tuneable: Optional[bool] = Field(default=None, description="""Whether the wavelength can be chosen.""")
    pockel_cell: Optional[bool] = Field(default=None, description="""Whether there is a Pockels cell.""")
    repetition_rate: Optional[Decimal] = Field(default=None, description="""Pulses per second.""", ge=0)
    frequency_multiplication: Optional[int] = Field(default=None, description="""Frequency multiplication.""", ge=1)
    pump: Optional[str] = Field(default=None, description="""Light source that pumps the laser.""")
    light_source_type: Optional[str] = Field(default=None, description="""Kind of light source, as written.""")
    source_power: Optional[Decimal] = Field(default=None, description="""Nominal power.""", ge=0)
    illumination_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength chosen at the light source.""", ge=0)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Arc(LightSource):
    """
    An arc lamp.
    """
    light_source_type: Optional[str] = Field(default=None, description="""Kind of light source, as written.""")
    source_power: Optional[Decimal] = Field(default=None, description="""Nominal power.""", ge=0)
    illumination_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength chosen at the light source.""", ge=0)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Filament(LightSource):
    """
    A filament lamp.
    """
    light_source_type: Optional[str] = Field(default=None, description="""Kind of light source, as written.""")
    source_power: Optional[Decimal] = Field(default=None, description="""Nominal power.""", ge=0)
    illumination_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength chosen at the light source.""", ge=0)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class LightEmittingDiode(LightSource):
    """
    A light emitting diode.
    """
    light_source_type: Optional[str] = Field(default=None, description="""Kind of light source, as written.""")
    source_power: Optional[Decimal] = Field(default=None, description="""Nominal power.""", ge=0)
    illumination_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength chosen at the light source.""", ge=0)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class GenericExcitationSource(LightSource):
    """
    Another excitation source.
    """
    light_source_type: Optional[str] = Field(default=None, description="""Kind of light source, as written.""")
    source_power: Optional[Decimal] = Field(default=None, description="""Nominal power.""", ge=0)
    illumination_wavelength: Optional[Decimal] = Field(default=None, description="""Wavelength chosen at the light source.""", ge=0)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Filter(HardwareComponent):
    """
    A filter.
    """
    filter_type: Optional[str] = Field(default=None, description="""Kind of filter, such as BandPass.""")
    filter_wheel: Optional[str] = Field(default=None, description="""Wheel that holds the filter.""")
    cut_in: Optional[Decimal] = Field(default=None, description="""Shortest wavelength that passes.""", ge=0)
    cut_out: Optional[Decimal] = Field(default=None, description="""Longest wavelength that passes.""", ge=0)
    cut_in_tolerance: Optional[Decimal] = Field(default=None, description="""Tolerance of the cut-in.""", ge=0)
    cut_out_tolerance: Optional[Decimal] = Field(default=None, description="""Tolerance of the cut-out.""", ge=0)
    transmittance: Optional[Decimal] = Field(default=None, description="""Part of the light that passes.""", ge=0, le=1)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Dichroic(HardwareComponent):
    """
    A dichroic mirror.
    """
    cut_in: Optional[Decimal] = Field(default=None, description="""Shortest wavelength that passes.""", ge=0)
    cut_out: Optional[Decimal] = Field(default=None, description="""Longest wavelength that passes.""", ge=0)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class FilterSet(HardwareComponent):
    """
    A set of excitation filters, a dichroic and emission filters.
    """
    excitation_filters: Optional[list[str]] = Field(default=None, description="""Excitation filter.""")
    emission_filters: Optional[list[str]] = Field(default=None, description="""Emission filter.""")
    dichroic: Optional[str] = Field(default=None, description="""Dichroic in the light path.""")
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Plate(Record):
    """
    A plate of a screen.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    plate_barcode: Optional[str] = Field(default=None, description="""Barcode.""")
    plate_rows: Optional[int] = Field(default=None, description="""Number of rows.""", ge=1)
    plate_columns: Optional[int] = Field(default=None, description="""Number of columns.""", ge=1)
    well_origin_x: Optional[Decimal] = Field(default=None, description="""Origin of the first well in x.""")
    well_origin_y: Optional[Decimal] = Field(default=None, description="""Origin of the first well in y.""")
    well_origin_frame_x: Optional[Decimal] = Field(default=None, description="""Origin of the first well in x, in the reference frame of the stage, which has no unit.""")
    well_origin_frame_y: Optional[Decimal] = Field(default=None, description="""Origin of the first well in y, in the reference frame of the stage, which has no unit.""")
    row_naming: Optional[str] = Field(default=None, description="""How rows are named: letter or number.""")
    column_naming: Optional[str] = Field(default=None, description="""How columns are named: letter or number.""")
    field_index: Optional[int] = Field(default=None, description="""Number of the field of view as the source counts it.""", ge=0)
    plate_status: Optional[str] = Field(default=None, description="""Status of the plate.""")
    external_identifier: Optional[str] = Field(default=None, description="""Identifier in another system.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Well(SampleContext, Record):
    """
    A well of a plate with what is in it and what was seen there; one row of a screen's annotation table.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    plate_name: Optional[str] = Field(default=None, description="""Name of the plate.""")
    well_name: Optional[str] = Field(default=None, description="""Name of the well, such as B07.""")
    well_number: Optional[int] = Field(default=None, description="""Number of the well as the source counts it.""", ge=0)
    well_row: Optional[int] = Field(default=None, description="""Row of the well, counted from 0.""", ge=0)
    well_column: Optional[int] = Field(default=None, description="""Column of the well, counted from 0.""", ge=0)
    well_color: Optional[str] = Field(default=None, description="""Colour that marks the well.""")
    channels_text: Optional[list[str]] = Field(default=None, description="""Channels in the words of the source.""")
    specimen: Optional[list[str]] = Field(default=None, description="""Specimen that was imaged.""")
    biosample: Optional[list[str]] = Field(default=None, description="""Biosample in view, or from which the specimen was made.""")
    has_part: Optional[list[str]] = Field(default=None, description="""A part, such as a component, a data set or a file.""")
    dataset_name: Optional[list[str]] = Field(default=None, description="""Name of the data set or folder that holds the image.""")
    file_path: Optional[str] = Field(default=None, description="""Path as the source gives it.""")
    file_comments: Optional[list[str]] = Field(default=None, description="""Remark on the image file.""")
    imaging_method: Optional[list[str]] = Field(default=None, description="""Imaging method.""")
    image_count: Optional[int] = Field(default=None, description="""Number of images.""", ge=0)
    processed_data_file: Optional[list[str]] = Field(default=None, description="""File of values computed from the image.""")
    well_status: Optional[str] = Field(default=None, description="""Status or kind of the well, as written.""")
    color_code: Optional[int] = Field(default=None, description="""Display colour as one signed number of 32 bits: red, green, blue, alpha, the highest byte first.""")
    external_identifier: Optional[str] = Field(default=None, description="""Identifier in another system.""")
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    cell_line: Optional[list[str]] = Field(default=None, description="""Cell line.""")
    organism_part: Optional[list[str]] = Field(default=None, description="""Anatomical part.""")
    cell_type: Optional[list[str]] = Field(default=None, description="""Cell type.""")
    disease: Optional[list[str]] = Field(default=None, description="""Disease of the sample or its donor.""")
    disease_or_factor: Optional[list[str]] = Field(default=None, description="""Disease or experimental factor that is studied.""")
    sex: Optional[list[str]] = Field(default=None, description="""Sex of the organism.""")
    strain: Optional[list[str]] = Field(default=None, description="""Strain or breed.""")
    developmental_stage: Optional[list[str]] = Field(default=None, description="""Stage of development.""")
    genotype: Optional[list[str]] = Field(default=None, description="""Genotype as written.""")
    age_text: Optional[str] = Field(default=None, description="""Age as written.""")
    age: Optional[Decimal] = Field(default=None, description="""Age in days.""", ge=0)
    individual: Optional[list[str]] = Field(default=None, description="""Label of the individual.""")
    cell_cycle_phase: Optional[list[str]] = Field(default=None, description="""Phase of the cell cycle, as written.""")
    biological_process_or_component: Optional[list[str]] = Field(default=None, description="""Process or cellular component that is observed.""")
    experimental_condition: Optional[list[str]] = Field(default=None, description="""Condition under which the sample was kept or imaged.""")
    experimental_condition_text: Optional[list[str]] = Field(default=None, description="""Condition as key and value of the source.""")
    growth_condition: Optional[list[str]] = Field(default=None, description="""Medium and conditions of growth.""")
    compound: Optional[list[str]] = Field(default=None, description="""Chemical that the sample was treated with or that the reagent is.""")
    compound_name: Optional[list[str]] = Field(default=None, description="""Compound as written.""")
    compound_concentration: Optional[Decimal] = Field(default=None, description="""Concentration of the compound on the sample.""", ge=0)
    compound_concentration_text: Optional[str] = Field(default=None, description="""Concentration as written, in whichever unit.""")
    treatment_duration: Optional[Decimal] = Field(default=None, description="""How long the treatment lasted.""", ge=0)
    reagent: Optional[list[str]] = Field(default=None, description="""Reagent that was applied.""")
    gene: Optional[list[str]] = Field(default=None, description="""Gene that is perturbed, tagged or labelled.""")
    gene_identifier: Optional[list[str]] = Field(default=None, description="""Gene identifier as written.""")
    gene_symbol: Optional[list[str]] = Field(default=None, description="""Gene symbol as written.""")
    control_type: Optional[list[str]] = Field(default=None, description="""Positive control, negative control or none, as written.""")
    control_comment: Optional[list[str]] = Field(default=None, description="""Remark on the control.""")
    has_phenotype: Optional[bool] = Field(default=None, description="""Whether the source says that a phenotype was seen.""")
    phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that was seen.""")
    phenotype_text: Optional[list[str]] = Field(default=None, description="""Phenotype in the words of the authors.""")
    phenotype_annotation_level: Optional[list[str]] = Field(default=None, description="""Level at which the phenotype was scored, such as experimental condition and gene.""")
    quality_control: Optional[list[str]] = Field(default=None, description="""Verdict of quality control, as written.""")
    replicate: Optional[list[str]] = Field(default=None, description="""Replicate label.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class WellSample(Record):
    """
    A field of a well, and the image that was taken there.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    has_part: Optional[list[str]] = Field(default=None, description="""A part, such as a component, a data set or a file.""")
    field_index: Optional[int] = Field(default=None, description="""Number of the field of view as the source counts it.""", ge=0)
    acquisition_date: Optional[datetime ] = Field(default=None, description="""Time of acquisition.""")
    position_x: Optional[Decimal] = Field(default=None, description="""Stage position in x.""")
    position_y: Optional[Decimal] = Field(default=None, description="""Stage position in y.""")
    stage_frame_x: Optional[Decimal] = Field(default=None, description="""Stage position in x, in the reference frame of the stage, which has no unit.""")
    stage_frame_y: Optional[Decimal] = Field(default=None, description="""Stage position in y, in the reference frame of the stage, which has no unit.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Plane(Record):
    """
    One plane of an image, with when and where it was recorded.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    the_z: Optional[int] = Field(default=None, description="""Index in z, counted from 0.""", ge=0)
    the_c: Optional[int] = Field(default=None, description="""Index of the channel, counted from 0.""", ge=0)
    the_t: Optional[int] = Field(default=None, description="""Index of the time point, counted from 0.""", ge=0)
    delta_t: Optional[Decimal] = Field(default=None, description="""Time since the begin of the acquisition.""")
    exposure_time: Optional[Decimal] = Field(default=None, description="""Exposure time.""", ge=0)
    position_x: Optional[Decimal] = Field(default=None, description="""Stage position in x.""")
    position_y: Optional[Decimal] = Field(default=None, description="""Stage position in y.""")
    position_z: Optional[Decimal] = Field(default=None, description="""Stage or focus position in z.""")
    stage_frame_x: Optional[Decimal] = Field(default=None, description="""Stage position in x, in the reference frame of the stage, which has no unit.""")
    stage_frame_y: Optional[Decimal] = Field(default=None, description="""Stage position in y, in the reference frame of the stage, which has no unit.""")
    stage_frame_z: Optional[Decimal] = Field(default=None, description="""Stage position in z, in the reference frame of the stage, which has no unit.""")
    checksum: Optional[str] = Field(default=None, description="""Checksum in hexadecimal digits.""")
    checksum_algorithm: Optional[str] = Field(default=None, description="""Algorithm of the checksum, such as sha256.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('checksum')
    def pattern_checksum(cls, v):
        pattern=re.compile(r"^[0-9A-Fa-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid checksum format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid checksum format: {v}"
            raise ValueError(err_msg)
        return v


class TiffData(Record):
    """
    Pages of a TIFF file that hold planes of an image.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    ifd: Optional[int] = Field(default=None, description="""First page in the file, counted from 0.""", ge=0)
    plane_count: Optional[int] = Field(default=None, description="""Number of pages that are meant.""", ge=0)
    first_z: Optional[int] = Field(default=None, description="""Index in z of the first plane.""", ge=0)
    first_c: Optional[int] = Field(default=None, description="""Index of the channel of the first plane.""", ge=0)
    first_t: Optional[int] = Field(default=None, description="""Index of the time point of the first plane.""", ge=0)
    file_path: Optional[str] = Field(default=None, description="""Path as the source gives it.""")
    file_uuid: Optional[str] = Field(default=None, description="""UUID of the file, as written.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class BinData(Record):
    """
    A block of pixels or other bytes that stands inside the metadata; the bytes themselves are not taken over.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    data_length: Optional[int] = Field(default=None, description="""Length of the data as the source gives it.""", ge=0)
    big_endian: Optional[bool] = Field(default=None, description="""Whether the most significant byte of a number comes first.""")
    compression: Optional[str] = Field(default=None, description="""Compression of the pixels.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class RegionOfInterest(Record):
    """
    A region of an image, made of shapes.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    has_part: Optional[list[str]] = Field(default=None, description="""A part, such as a component, a data set or a file.""")
    annotation_namespace: Optional[str] = Field(default=None, description="""Namespace that says what the annotation means.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class Shape(Record):
    """
    A shape of a region, in pixels of the image; without an index it stands on all planes.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    shape_type: Optional[str] = Field(default=None, description="""Rectangle, Ellipse, Point, Line, Polyline, Polygon, Mask, Label or Path.""")
    label_text: Optional[list[str]] = Field(default=None, description="""Label and what it marks, as written.""")
    the_z: Optional[int] = Field(default=None, description="""Index in z, counted from 0.""", ge=0)
    the_c: Optional[int] = Field(default=None, description="""Index of the channel, counted from 0.""", ge=0)
    the_t: Optional[int] = Field(default=None, description="""Index of the time point, counted from 0.""", ge=0)
    shape_x: Optional[Decimal] = Field(default=None, description="""Left edge, or centre of an ellipse or point, in x.""")
    shape_y: Optional[Decimal] = Field(default=None, description="""Upper edge, or centre of an ellipse or point, in y.""")
    shape_width: Optional[Decimal] = Field(default=None, description="""Width.""")
    shape_height: Optional[Decimal] = Field(default=None, description="""Height.""")
    radius_x: Optional[Decimal] = Field(default=None, description="""Radius in x.""")
    radius_y: Optional[Decimal] = Field(default=None, description="""Radius in y.""")
    line_x1: Optional[Decimal] = Field(default=None, description="""Begin of the line in x.""")
    line_y1: Optional[Decimal] = Field(default=None, description="""Begin of the line in y.""")
    line_x2: Optional[Decimal] = Field(default=None, description="""End of the line in x.""")
    line_y2: Optional[Decimal] = Field(default=None, description="""End of the line in y.""")
    points: Optional[str] = Field(default=None, description="""Corners as x,y pairs, as written.""")
    path_definition: Optional[str] = Field(default=None, description="""Path in the notation of SVG.""")
    marker_start: Optional[str] = Field(default=None, description="""Marker at the begin of the line.""")
    marker_end: Optional[str] = Field(default=None, description="""Marker at the end of the line.""")
    transformation_matrix: Optional[str] = Field(default=None, description="""Transformation as rows of numbers, rows apart by semicolons.""")
    fill_color_code: Optional[int] = Field(default=None, description="""Colour of the area as one signed number of 32 bits: red, green, blue, alpha, the highest byte first.""")
    fill_rule: Optional[str] = Field(default=None, description="""How the inside is told from the outside.""")
    stroke_color_code: Optional[int] = Field(default=None, description="""Colour of the line as one signed number of 32 bits: red, green, blue, alpha, the highest byte first.""")
    stroke_width: Optional[str] = Field(default=None, description="""Width of the line with its unit, as written; pixels if none is.""")
    stroke_dashes: Optional[str] = Field(default=None, description="""Dashes of the line, as written.""")
    line_cap: Optional[str] = Field(default=None, description="""Form of the ends of a line.""")
    font_family: Optional[str] = Field(default=None, description="""Font of the text.""")
    font_size: Optional[str] = Field(default=None, description="""Size of the text with its unit, as written; points if none is.""")
    font_style: Optional[str] = Field(default=None, description="""Style of the text.""")
    locked: Optional[bool] = Field(default=None, description="""Whether the shape should not be edited.""")
    visible: Optional[bool] = Field(default=None, description="""Whether the shape is shown.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class StructuredAnnotation(Record):
    """
    A tag, comment, number, term, time, file, list or XML that is linked to other records.
    """
    annotation_kind: Optional[str] = Field(default=None, description="""Kind of annotation, such as TagAnnotation or MapAnnotation.""")
    annotation_namespace: Optional[str] = Field(default=None, description="""Namespace that says what the annotation means.""")
    annotation_value: Optional[list[str]] = Field(default=None, description="""Value as written; XML as text.""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class WavelengthBand(Record):
    """
    A band of light that a part sends out, lets pass, sends back or sees.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    band_kind: Optional[str] = Field(default=None, description="""What the part does with the band, in the words of the source.""")
    band_center: Optional[Decimal] = Field(default=None, description="""Centre or peak of the band.""", ge=0)
    band_width: Optional[Decimal] = Field(default=None, description="""Full width at half maximum.""", ge=0)
    cut_in: Optional[Decimal] = Field(default=None, description="""Shortest wavelength that passes.""", ge=0)
    cut_out: Optional[Decimal] = Field(default=None, description="""Longest wavelength that passes.""", ge=0)
    transmittance: Optional[Decimal] = Field(default=None, description="""Part of the light that passes.""", ge=0, le=1)
    source_power: Optional[Decimal] = Field(default=None, description="""Nominal power.""", ge=0)
    relative_power: Optional[Decimal] = Field(default=None, description="""Power as a part of the full power of the source.""", ge=0, le=100)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class NboSpecification(ConfiguredBaseModel):
    """
    How a part is ordered and documented.
    """
    specification_url: Optional[str] = Field(default=None, description="""Data sheet of the maker.""")
    purchase_date: Optional[date] = Field(default=None, description="""Day of purchase.""")
    component_origin: Optional[str] = Field(default=None, description="""Commercial, modified or home-built, as written.""")
    nbo_domain: Optional[str] = Field(default=None, description="""Extension and category of the specifications, such as Core, Basic or Confocal.""")


class MicroscopeStand(NboSpecification, HardwareComponent):
    """
    The stand of a microscope.
    """
    stand_form: Optional[str] = Field(default=None, description="""Inverted, upright or other, as the source calls the stand.""")
    eyepiece_field_number: Optional[Decimal] = Field(default=None, description="""Field number of the eyepiece.""", ge=0)
    specification_url: Optional[str] = Field(default=None, description="""Data sheet of the maker.""")
    purchase_date: Optional[date] = Field(default=None, description="""Day of purchase.""")
    component_origin: Optional[str] = Field(default=None, description="""Commercial, modified or home-built, as written.""")
    nbo_domain: Optional[str] = Field(default=None, description="""Extension and category of the specifications, such as Core, Basic or Confocal.""")
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class NboObjective(NboSpecification, Objective):
    """
    An objective with what the NBO specifications ask of it.
    """
    light_range: Optional[str] = Field(default=None, description="""Light that the lens is made for, such as Visible.""")
    infinity_corrected: Optional[bool] = Field(default=None, description="""Whether the lens is corrected for infinity.""")
    contrast_modulation: Optional[str] = Field(default=None, description="""Contrast modulation that is built in, as written.""")
    dic_capable: Optional[bool] = Field(default=None, description="""Whether the lens is suited to differential interference contrast.""")
    phase_contrast_designation: Optional[str] = Field(default=None, description="""Phase ring, as written.""")
    dipping_medium: Optional[str] = Field(default=None, description="""Medium that the lens dips into, as written.""")
    correction_collar_type: Optional[str] = Field(default=None, description="""Kind of correction collar, as written.""")
    view_field: Optional[Decimal] = Field(default=None, description="""Field of view of the lens.""", ge=0)
    specification_url: Optional[str] = Field(default=None, description="""Data sheet of the maker.""")
    purchase_date: Optional[date] = Field(default=None, description="""Day of purchase.""")
    component_origin: Optional[str] = Field(default=None, description="""Commercial, modified or home-built, as written.""")
    nbo_domain: Optional[str] = Field(default=None, description="""Extension and category of the specifications, such as Core, Basic or Confocal.""")
    lens_na: Optional[Decimal] = Field(default=None, description="""Numerical aperture.""", ge=0, le=2)
    nominal_magnification: Optional[Decimal] = Field(default=None, description="""Magnification written on the objective.""", ge=0)
    calibrated_magnification: Optional[Decimal] = Field(default=None, description="""Magnification that was measured.""", ge=0)
    immersion: Optional[Immersion] = Field(default=None, description="""Immersion medium that the objective is made for.""")
    immersion_text: Optional[str] = Field(default=None, description="""Immersion as written.""")
    correction: Optional[str] = Field(default=None, description="""Correction of the lens, such as PlanApo.""")
    working_distance: Optional[Decimal] = Field(default=None, description="""Working distance.""", ge=0)
    iris: Optional[bool] = Field(default=None, description="""Whether the objective has an iris.""")
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Camera(NboSpecification, Detector):
    """
    A camera with what the NBO specifications ask of its sensor.
    """
    sensor_columns: Optional[int] = Field(default=None, description="""Pixels of the sensor in x.""", ge=1)
    sensor_rows: Optional[int] = Field(default=None, description="""Pixels of the sensor in y.""", ge=1)
    sensor_mount: Optional[str] = Field(default=None, description="""Mount, such as C-mount.""")
    maximum_bit_depth_text: Optional[str] = Field(default=None, description="""Largest bit depth, as written.""")
    quantum_efficiency: Optional[Decimal] = Field(default=None, description="""Part of the photons that is detected.""", ge=0, le=100)
    read_noise_text: Optional[str] = Field(default=None, description="""Read-out noise with its unit, as written.""")
    dark_current_text: Optional[str] = Field(default=None, description="""Dark current with its unit, as written.""")
    specification_url: Optional[str] = Field(default=None, description="""Data sheet of the maker.""")
    purchase_date: Optional[date] = Field(default=None, description="""Day of purchase.""")
    component_origin: Optional[str] = Field(default=None, description="""Commercial, modified or home-built, as written.""")
    nbo_domain: Optional[str] = Field(default=None, description="""Extension and category of the specifications, such as Core, Basic or Confocal.""")
    detector_type: Optional[str] = Field(default=None, description="""Kind of detector, such as EMCCD, CMOS or PMT.""")
    amplification_gain: Optional[Decimal] = Field(default=None, description="""Gain of the amplifier.""")
    gain: Optional[Decimal] = Field(default=None, description="""Gain of the detector as the maker counts it.""")
    offset: Optional[Decimal] = Field(default=None, description="""Offset of the detector as the maker counts it.""")
    detector_voltage: Optional[Decimal] = Field(default=None, description="""Voltage of the detector.""")
    zoom: Optional[Decimal] = Field(default=None, description="""Zoom factor.""", ge=0)
    camera_pixel_size: Optional[Decimal] = Field(default=None, description="""Size of a pixel on the sensor.""", ge=0)
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class NboComponent(NboSpecification, HardwareComponent):
    """
    Another part of a microscope, described as the NBO specifications ask.
    """
    light_path_location: Optional[str] = Field(default=None, description="""Where in the light path the part stands.""")
    coating: Optional[str] = Field(default=None, description="""How the part is coated.""")
    peak_wavelength_text: Optional[str] = Field(default=None, description="""Peak wavelength with its unit, as written.""")
    specification_url: Optional[str] = Field(default=None, description="""Data sheet of the maker.""")
    purchase_date: Optional[date] = Field(default=None, description="""Day of purchase.""")
    component_origin: Optional[str] = Field(default=None, description="""Commercial, modified or home-built, as written.""")
    nbo_domain: Optional[str] = Field(default=None, description="""Extension and category of the specifications, such as Core, Basic or Confocal.""")
    component_of: Optional[list[str]] = Field(default=None, description="""Instrument that holds the part.""")
    component_kind: Optional[str] = Field(default=None, description="""Kind of part, as written.""")
    manufacturer: Optional[str] = Field(default=None, description="""Maker, as written.""")
    model: Optional[str] = Field(default=None, description="""Model, as written.""")
    serial_number: Optional[str] = Field(default=None, description="""Serial number.""")
    catalog_number: Optional[str] = Field(default=None, description="""Catalogue or part number of the maker.""")
    lot_number: Optional[str] = Field(default=None, description="""Lot or batch.""")
    rrid: Optional[str] = Field(default=None, description="""Research Resource Identifier, such as RRID:AB_2138153.""")
    device_label: Optional[str] = Field(default=None, description="""Name of the device in the control software.""")
    tier: Optional[int] = Field(default=None, description="""Tier of the description.""", ge=1, le=5)
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('rrid')
    def pattern_rrid(cls, v):
        pattern=re.compile(r"^RRID:\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid rrid format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid rrid format: {v}"
            raise ValueError(err_msg)
        return v


class Phenotype(Record):
    """
    A phenotype in the words of a study, with the term that it means and how it was scored.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that was seen.""")
    phenotype_score_type: Optional[str] = Field(default=None, description="""How the phenotype was scored, such as manual or automatic.""")
    phenotype_comment: Optional[list[str]] = Field(default=None, description="""Remark on the phenotype.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class ProcessedDataColumn(Record):
    """
    A column of a processed data file, as the study file describes it.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    column_type: Optional[str] = Field(default=None, description="""What the column holds.""")
    column_annotation_level: Optional[str] = Field(default=None, description="""Level that the values belong to.""")
    column_link: Optional[list[str]] = Field(default=None, description="""Link of the column to an assay or library file.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class ExperimentRecord(SampleContext, Record):
    """
    An entry of an electronic lab notebook, be it an experiment, a protocol, a sample or another resource.
    """
    accession: Optional[str] = Field(default=None, description="""Accession in the repository that holds the record.""")
    entry_kind: Optional[str] = Field(default=None, description="""Experiment, protocol, sample, device or another kind of entry.""")
    entry_status: Optional[str] = Field(default=None, description="""Status of the entry.""")
    category: Optional[list[str]] = Field(default=None, description="""Category of the entry.""")
    team: Optional[str] = Field(default=None, description="""Team that owns the entry.""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    body_text: Optional[str] = Field(default=None, description="""Body of the entry as text.""")
    steps: Optional[list[ProtocolStep]] = Field(default=None, description="""Steps in order.""")
    comments_by_people: Optional[list[EntryComment]] = Field(default=None, description="""Remark with its author.""")
    links: Optional[list[Link]] = Field(default=None, description="""Related address with a description.""")
    linked_records: Optional[list[str]] = Field(default=None, description="""Another entry that is mentioned.""")
    attached_files: Optional[list[str]] = Field(default=None, description="""File that is attached.""")
    has_part: Optional[list[str]] = Field(default=None, description="""A part, such as a component, a data set or a file.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    keywords: Optional[list[str]] = Field(default=None, description="""Keyword.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    license_text: Optional[str] = Field(default=None, description="""Licence in the words of the source.""")
    date_created: Optional[datetime ] = Field(default=None, description="""Time of creation.""")
    date_modified: Optional[datetime ] = Field(default=None, description="""Time of the last change.""")
    date_text: Optional[str] = Field(default=None, description="""Date as written, where it is not exact enough for a time.""")
    date_published: Optional[date] = Field(default=None, description="""Day of publication.""")
    biosample: Optional[list[str]] = Field(default=None, description="""Biosample in view, or from which the specimen was made.""")
    specimen: Optional[list[str]] = Field(default=None, description="""Specimen that was imaged.""")
    instrument: Optional[list[str]] = Field(default=None, description="""Instrument that was used.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Protocol that was followed.""")
    reagent: Optional[list[str]] = Field(default=None, description="""Reagent that was applied.""")
    about_images: Optional[list[str]] = Field(default=None, description="""Image that the experiment made.""")
    is_based_on: Optional[list[str]] = Field(default=None, description="""Entry that this one was made from.""")
    rating: Optional[int] = Field(default=None, description="""Rating given in the notebook.""", ge=0)
    signature: Optional[list[str]] = Field(default=None, description="""Signature on the entry, such as the fingerprint of a key.""")
    notebook_software: Optional[str] = Field(default=None, description="""Notebook software and version that wrote the export.""")
    imaging_method: Optional[list[str]] = Field(default=None, description="""Imaging method.""")
    objective: Optional[str] = Field(default=None, description="""Objective that was used.""")
    settings: Optional[list[str]] = Field(default=None, description="""Settings that were used.""")
    channels: Optional[list[str]] = Field(default=None, description="""Channel of the image.""")
    related_publications: Optional[list[str]] = Field(default=None, description="""Publication about the data.""")
    funder: Optional[list[str]] = Field(default=None, description="""Grant or funding organization.""")
    publisher: Optional[list[str]] = Field(default=None, description="""Repository or organization that provides the data.""")
    version: Optional[str] = Field(default=None, description="""Version number or label.""")
    organism: Optional[list[str]] = Field(default=None, description="""Taxon that the sample belongs to.""")
    cell_line: Optional[list[str]] = Field(default=None, description="""Cell line.""")
    organism_part: Optional[list[str]] = Field(default=None, description="""Anatomical part.""")
    cell_type: Optional[list[str]] = Field(default=None, description="""Cell type.""")
    disease: Optional[list[str]] = Field(default=None, description="""Disease of the sample or its donor.""")
    disease_or_factor: Optional[list[str]] = Field(default=None, description="""Disease or experimental factor that is studied.""")
    sex: Optional[list[str]] = Field(default=None, description="""Sex of the organism.""")
    strain: Optional[list[str]] = Field(default=None, description="""Strain or breed.""")
    developmental_stage: Optional[list[str]] = Field(default=None, description="""Stage of development.""")
    genotype: Optional[list[str]] = Field(default=None, description="""Genotype as written.""")
    age_text: Optional[str] = Field(default=None, description="""Age as written.""")
    age: Optional[Decimal] = Field(default=None, description="""Age in days.""", ge=0)
    individual: Optional[list[str]] = Field(default=None, description="""Label of the individual.""")
    cell_cycle_phase: Optional[list[str]] = Field(default=None, description="""Phase of the cell cycle, as written.""")
    biological_process_or_component: Optional[list[str]] = Field(default=None, description="""Process or cellular component that is observed.""")
    experimental_condition: Optional[list[str]] = Field(default=None, description="""Condition under which the sample was kept or imaged.""")
    experimental_condition_text: Optional[list[str]] = Field(default=None, description="""Condition as key and value of the source.""")
    growth_condition: Optional[list[str]] = Field(default=None, description="""Medium and conditions of growth.""")
    compound: Optional[list[str]] = Field(default=None, description="""Chemical that the sample was treated with or that the reagent is.""")
    compound_name: Optional[list[str]] = Field(default=None, description="""Compound as written.""")
    compound_concentration: Optional[Decimal] = Field(default=None, description="""Concentration of the compound on the sample.""", ge=0)
    compound_concentration_text: Optional[str] = Field(default=None, description="""Concentration as written, in whichever unit.""")
    treatment_duration: Optional[Decimal] = Field(default=None, description="""How long the treatment lasted.""", ge=0)
    gene: Optional[list[str]] = Field(default=None, description="""Gene that is perturbed, tagged or labelled.""")
    gene_identifier: Optional[list[str]] = Field(default=None, description="""Gene identifier as written.""")
    gene_symbol: Optional[list[str]] = Field(default=None, description="""Gene symbol as written.""")
    control_type: Optional[list[str]] = Field(default=None, description="""Positive control, negative control or none, as written.""")
    control_comment: Optional[list[str]] = Field(default=None, description="""Remark on the control.""")
    has_phenotype: Optional[bool] = Field(default=None, description="""Whether the source says that a phenotype was seen.""")
    phenotype: Optional[list[str]] = Field(default=None, description="""Phenotype that was seen.""")
    phenotype_text: Optional[list[str]] = Field(default=None, description="""Phenotype in the words of the authors.""")
    phenotype_annotation_level: Optional[list[str]] = Field(default=None, description="""Level at which the phenotype was scored, such as experimental condition and gene.""")
    quality_control: Optional[list[str]] = Field(default=None, description="""Verdict of quality control, as written.""")
    replicate: Optional[list[str]] = Field(default=None, description="""Replicate label.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class EntryComment(ConfiguredBaseModel):
    """
    A remark that a person made on an entry.
    """
    comment_text: Optional[str] = Field(default=None, description="""The remark.""")
    comment_author: Optional[str] = Field(default=None, description="""Who made the remark.""")
    date_created: Optional[datetime ] = Field(default=None, description="""Time of creation.""")


class InstrumentIdentifier(Record):
    """
    A number or name that stands for an instrument somewhere, such as its serial number or inventory number.
    """
    identifies: Optional[str] = Field(default=None, description="""Instrument that the identifier stands for.""")
    identifier: Optional[list[str]] = Field(default=None, description="""Identifier as text, such as a DOI, a number or a label.""")
    identifier_scheme: Optional[str] = Field(default=None, description="""Repository or authority that gave the accession.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class InstrumentRelation(Record):
    """
    How an instrument is related to another instrument, a document or a data set.
    """
    relation_of: Optional[str] = Field(default=None, description="""Instrument that is related to something.""")
    relation_type: Optional[str] = Field(default=None, description="""Kind of relation, such as IsComponentOf or IsDescribedBy.""")
    related_identifier: Optional[str] = Field(default=None, description="""What it is related to, by IRI.""")
    identifier: Optional[list[str]] = Field(default=None, description="""Identifier as text, such as a DOI, a number or a label.""")
    identifier_scheme: Optional[str] = Field(default=None, description="""Repository or authority that gave the accession.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class QCMeasurement(Record):
    """
    One measurement of how well an instrument works, with what was expected and what was measured at installation.
    """
    about_instrument: Optional[str] = Field(default=None, description="""Instrument that was measured.""")
    about_component: Optional[str] = Field(default=None, description="""Part that was measured.""")
    metric: str = Field(default=..., description="""What was measured, such as lateral resolution or field uniformity.""")
    qc_procedure: Optional[str] = Field(default=None, description="""Procedure that was followed.""")
    qc_standard: Optional[str] = Field(default=None, description="""Beads, slide or meter that was measured against.""")
    observed_value: Optional[Decimal] = Field(default=None, description="""Value that was observed, in qc_unit.""")
    expected_value: Optional[Decimal] = Field(default=None, description="""Value that should be observed, in qc_unit.""")
    installation_value: Optional[Decimal] = Field(default=None, description="""Value at installation, in qc_unit.""")
    tolerance: Optional[Decimal] = Field(default=None, description="""Largest accepted distance from the expected value.""", ge=0)
    lower_limit: Optional[Decimal] = Field(default=None, description="""Smallest accepted value, in qc_unit.""")
    upper_limit: Optional[Decimal] = Field(default=None, description="""Largest accepted value, in qc_unit.""")
    standard_deviation: Optional[Decimal] = Field(default=None, description="""Spread of repeated measurements, in qc_unit.""", ge=0)
    qc_unit: Optional[str] = Field(default=None, description="""Unit of the values, as a UCUM code.""")
    qc_unit_text: Optional[str] = Field(default=None, description="""Unit as written.""")
    observed_at: Optional[datetime ] = Field(default=None, description="""Time of the measurement.""")
    date_text: Optional[str] = Field(default=None, description="""Date as written, where it is not exact enough for a time.""")
    qc_passed: Optional[bool] = Field(default=None, description="""Whether the value is within tolerance.""")
    performed_by: Optional[list[str]] = Field(default=None, description="""Who measured.""")
    qc_images: Optional[list[str]] = Field(default=None, description="""Image that was measured.""")
    qc_files: Optional[list[str]] = Field(default=None, description="""File with the measured values.""")
    qc_settings: Optional[str] = Field(default=None, description="""Settings during the measurement.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class TaskRun(AnalysisRun):
    """
    One task of a run, with how it ended and what it took.
    """
    task_key: Optional[str] = Field(default=None, description="""Name or hash that the engine gives to the task.""")
    submitted_at: Optional[datetime ] = Field(default=None, description="""Time at which it was handed to the queue.""")
    exit_status: Optional[int] = Field(default=None, description="""Number with which the program ended; 0 is success.""")
    attempt: Optional[int] = Field(default=None, description="""How many times it had been tried, this time included.""", ge=0)
    run_duration: Optional[Decimal] = Field(default=None, description="""Time from start to end.""", ge=0)
    processor_time: Optional[Decimal] = Field(default=None, description="""Time that processors worked on it.""", ge=0)
    processor_use: Optional[Decimal] = Field(default=None, description="""Use of processors; 100 % is one processor all the time.""", ge=0)
    peak_memory: Optional[Decimal] = Field(default=None, description="""Most memory that was held at once.""", ge=0)
    bytes_read: Optional[Decimal] = Field(default=None, description="""Bytes that were read.""", ge=0)
    bytes_written: Optional[Decimal] = Field(default=None, description="""Bytes that were written.""", ge=0)
    operation: Optional[list[str]] = Field(default=None, description="""What the analysis or model does.""")
    software_name: Optional[list[str]] = Field(default=None, description="""Name of the software.""")
    software_version: Optional[list[str]] = Field(default=None, description="""Version of the software.""")
    software_components: Optional[list[str]] = Field(default=None, description="""Component with its version, such as numpy 2.4.1.""")
    parameters: Optional[list[ExtraField]] = Field(default=None, description="""Parameter of the run.""")
    random_seed: Optional[int] = Field(default=None, description="""Seed of the random numbers.""")
    container_image: Optional[str] = Field(default=None, description="""Container image by name.""")
    container_digest: Optional[str] = Field(default=None, description="""Digest of the container image.""")
    workflow: Optional[str] = Field(default=None, description="""Workflow that was run.""")
    workflow_engine: Optional[str] = Field(default=None, description="""Engine and version that ran it.""")
    code_url: Optional[str] = Field(default=None, description="""Address of the source code.""")
    code_version: Optional[str] = Field(default=None, description="""Commit or tag of the source code.""")
    command_line: Optional[str] = Field(default=None, description="""Command as it was given.""")
    hardware_description: Optional[str] = Field(default=None, description="""Computer that was used.""")
    processor: Optional[str] = Field(default=None, description="""Processor.""")
    graphics_processor: Optional[str] = Field(default=None, description="""Graphics processor.""")
    memory_size: Optional[int] = Field(default=None, description="""Memory of the computer.""", ge=0)
    operating_system: Optional[str] = Field(default=None, description="""Operating system.""")
    network_description: Optional[str] = Field(default=None, description="""Network between computer and data.""")
    data_size: Optional[int] = Field(default=None, description="""Size of the data that was processed.""", ge=0)
    tolerance: Optional[Decimal] = Field(default=None, description="""Largest accepted distance from the expected value.""", ge=0)
    trained_model: Optional[list[str]] = Field(default=None, description="""Model that was used.""")
    inputs: Optional[list[str]] = Field(default=None, description="""What went in.""")
    outputs: Optional[list[str]] = Field(default=None, description="""What came out.""")
    features_analysed: Optional[list[str]] = Field(default=None, description="""Feature that was measured.""")
    started_at: Optional[datetime ] = Field(default=None, description="""Start.""")
    ended_at: Optional[datetime ] = Field(default=None, description="""End.""")
    run_status: Optional[str] = Field(default=None, description="""How the run ended.""")
    operator: Optional[list[str]] = Field(default=None, description="""Who did it.""")
    environment_file: Optional[str] = Field(default=None, description="""File that lists the software environment.""")
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    protocols: Optional[list[str]] = Field(default=None, description="""Protocol that was followed.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('container_digest')
    def pattern_container_digest(cls, v):
        pattern=re.compile(r"^[a-z0-9]+:[0-9a-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid container_digest format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid container_digest format: {v}"
            raise ValueError(err_msg)
        return v


class Workflow(Record):
    """
    A workflow, pipeline or tool that is run over data, such as a Galaxy workflow or a CellProfiler pipeline.
    """
    identifier: Optional[list[str]] = Field(default=None, description="""Identifier as text, such as a DOI, a number or a label.""")
    version: Optional[str] = Field(default=None, description="""Version number or label.""")
    author: Optional[list[str]] = Field(default=None, description="""Author or creator.""")
    license: Optional[str] = Field(default=None, description="""Licence, by its IRI.""")
    license_text: Optional[str] = Field(default=None, description="""Licence in the words of the source.""")
    keywords: Optional[list[str]] = Field(default=None, description="""Keyword.""")
    doi: Optional[str] = Field(default=None, description="""DOI as an IRI.""")
    date_created: Optional[datetime ] = Field(default=None, description="""Time of creation.""")
    date_modified: Optional[datetime ] = Field(default=None, description="""Time of the last change.""")
    date_text: Optional[str] = Field(default=None, description="""Date as written, where it is not exact enough for a time.""")
    software_name: Optional[list[str]] = Field(default=None, description="""Name of the software.""")
    software_version: Optional[list[str]] = Field(default=None, description="""Version of the software.""")
    workflow_language: Optional[str] = Field(default=None, description="""Language that the workflow is written in.""")
    code_url: Optional[str] = Field(default=None, description="""Address of the source code.""")
    parameters: Optional[list[ExtraField]] = Field(default=None, description="""Parameter of the run.""")
    steps_of_workflow: Optional[list[str]] = Field(default=None, description="""Step of the workflow.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('doi')
    def pattern_doi(cls, v):
        pattern=re.compile(r"^https://doi\.org/10\.\S+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid doi format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid doi format: {v}"
            raise ValueError(err_msg)
        return v


class WorkflowStep(Record):
    """
    One step of a workflow, with the tool or module that it runs and how that is set.
    """
    part_of: Optional[list[str]] = Field(default=None, description="""The larger thing that this belongs to.""")
    step_position: Optional[int] = Field(default=None, description="""Place in the order.""", ge=0)
    step_label: Optional[str] = Field(default=None, description="""Label of the step for people.""")
    software_name: Optional[list[str]] = Field(default=None, description="""Name of the software.""")
    software_version: Optional[list[str]] = Field(default=None, description="""Version of the software.""")
    container_image: Optional[str] = Field(default=None, description="""Container image by name.""")
    container_digest: Optional[str] = Field(default=None, description="""Digest of the container image.""")
    parameters: Optional[list[ExtraField]] = Field(default=None, description="""Parameter of the run.""")
    is_enabled: Optional[bool] = Field(default=None, description="""Whether the step is switched on.""")
    next_steps: Optional[list[str]] = Field(default=None, description="""Step that takes what this one gives.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")

    @field_validator('container_digest')
    def pattern_container_digest(cls, v):
        pattern=re.compile(r"^[a-z0-9]+:[0-9a-f]+$")
        if isinstance(v, list):
            for element in v:
                if isinstance(element, str) and not pattern.search(element):
                    err_msg = f"Invalid container_digest format: {element}"
                    raise ValueError(err_msg)
        elif isinstance(v, str) and not pattern.search(v):
            err_msg = f"Invalid container_digest format: {v}"
            raise ValueError(err_msg)
        return v


class ModelTensor(Record):
    """
    An input or output of a trained model.
    """
    tensor_of: Optional[str] = Field(default=None, description="""Model that has the input or output.""")
    tensor_role: Optional[TensorRole] = Field(default=None, description="""Whether it goes in or comes out.""")
    tensor_type: Optional[str] = Field(default=None, description="""Type of the numbers, such as float32.""")
    tensor_shape: Optional[str] = Field(default=None, description="""Sizes along its axes, with names where a size is free.""")
    axes_text: Optional[str] = Field(default=None, description="""Axes as the source names them.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


class CustomColumn(Record):
    """
    A key or column of a source that no mapping covers; its IRI is the property of the statements that hold the cells.
    """
    raw_key: str = Field(default=..., description="""Key as the source spells it.""")
    raw_unit: Optional[str] = Field(default=None, description="""Unit as the source spells it.""")
    key_space: Optional[str] = Field(default=None, description="""Vendor, repository or lab whose key it is.""")
    mapping_status: MappingStatus = Field(default=..., description="""Whether a slot has been proposed or approved for it.""")
    proposed_slot: Optional[list[str]] = Field(default=None, description="""Slot that is proposed.""")
    cell_count: Optional[int] = Field(default=None, description="""Number of filled cells.""", ge=0)
    distinct_count: Optional[int] = Field(default=None, description="""Number of distinct values.""", ge=0)
    example_values: Optional[list[str]] = Field(default=None, description="""A value that occurs.""")
    id: str = Field(default=..., description="""IRI of the record.""")
    name: Optional[str] = Field(default=None, description="""Name or title for people.""")
    additional_type: Optional[list[str]] = Field(default=None, description="""Further type that the source gives to the thing, by name or IRI.""")
    alternate_name: Optional[list[str]] = Field(default=None, description="""Another name of the same thing.""")
    description: Optional[str] = Field(default=None, description="""What it is, in prose.""")
    url: Optional[str] = Field(default=None, description="""Page about the thing.""")
    same_as: Optional[list[str]] = Field(default=None, description="""IRI of the same thing elsewhere.""")
    comment: Optional[list[str]] = Field(default=None, description="""Remark made in the source.""")
    annotations: Optional[list[str]] = Field(default=None, description="""Annotation set, file, tag or value that says more about it.""")
    extra_fields: Optional[list[ExtraField]] = Field(default=None, description="""Keys and values that no other slot covers.""")
    decision: Optional[list[str]] = Field(default=None, description="""Decision about a text of this record.""")
    derived_from: Optional[list[str]] = Field(default=None, description="""Source that the record was read from.""")


# Model rebuild
# see https://pydantic-docs.helpmanual.io/usage/models/#rebuilding-a-model
RecordCollection.model_rebuild()
Record.model_rebuild()
FileReference.model_rebuild()
Link.model_rebuild()
ExtraField.model_rebuild()
SubRegion.model_rebuild()
Versioned.model_rebuild()
Study.model_rebuild()
StudyComponent.model_rebuild()
Agent.model_rebuild()
Person.model_rebuild()
Organization.model_rebuild()
Grant.model_rebuild()
Publication.model_rebuild()
SampleContext.model_rebuild()
Biosample.model_rebuild()
Taxon.model_rebuild()
Specimen.model_rebuild()
PreparationProtocol.model_rebuild()
ProtocolStep.model_rebuild()
Reagent.model_rebuild()
Gene.model_rebuild()
PixelGrid.model_rebuild()
Image.model_rebuild()
ImageRepresentation.model_rebuild()
SignalChannel.model_rebuild()
ImageAcquisition.model_rebuild()
Instrument.model_rebuild()
HardwareComponent.model_rebuild()
AcquisitionSettings.model_rebuild()
ImageCorrelation.model_rebuild()
AnnotationDescription.model_rebuild()
AnnotationFile.model_rebuild()
AnnotationMethod.model_rebuild()
AnalysisRun.model_rebuild()
TrainedModel.model_rebuild()
AnnotationContent.model_rebuild()
AnnotationSet.model_rebuild()
AnnotationClass.model_rebuild()
SourceRecord.model_rebuild()
Decision.model_rebuild()
Job.model_rebuild()
Objective.model_rebuild()
Detector.model_rebuild()
LightSource.model_rebuild()
Laser.model_rebuild()
Arc.model_rebuild()
Filament.model_rebuild()
LightEmittingDiode.model_rebuild()
GenericExcitationSource.model_rebuild()
Filter.model_rebuild()
Dichroic.model_rebuild()
FilterSet.model_rebuild()
Plate.model_rebuild()
Well.model_rebuild()
WellSample.model_rebuild()
Plane.model_rebuild()
TiffData.model_rebuild()
BinData.model_rebuild()
RegionOfInterest.model_rebuild()
Shape.model_rebuild()
StructuredAnnotation.model_rebuild()
WavelengthBand.model_rebuild()
NboSpecification.model_rebuild()
MicroscopeStand.model_rebuild()
NboObjective.model_rebuild()
Camera.model_rebuild()
NboComponent.model_rebuild()
Phenotype.model_rebuild()
ProcessedDataColumn.model_rebuild()
ExperimentRecord.model_rebuild()
EntryComment.model_rebuild()
InstrumentIdentifier.model_rebuild()
InstrumentRelation.model_rebuild()
QCMeasurement.model_rebuild()
TaskRun.model_rebuild()
Workflow.model_rebuild()
WorkflowStep.model_rebuild()
ModelTensor.model_rebuild()
CustomColumn.model_rebuild()
