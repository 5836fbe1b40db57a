-- Written by scripts/generate.py from ontologies/*.yaml; change those.

CREATE TABLE "AcquisitionSettings" (
  "objective" TEXT,
  "immersion_medium" TEXT,
  "refractive_index" DECIMAL(38, 12) CHECK ("refractive_index" >= 1 AND "refractive_index" <= 4),
  "correction_collar" DECIMAL(38, 12),
  "objective_magnification_text" TEXT,
  "gain" DECIMAL(38, 12),
  "offset" DECIMAL(38, 12),
  "binning" TEXT,
  "detector_voltage" DECIMAL(38, 12),
  "zoom" DECIMAL(38, 12) CHECK ("zoom" >= 0),
  "integration" BIGINT CHECK ("integration" >= 1),
  "read_out_rate" DECIMAL(38, 12) CHECK ("read_out_rate" >= 0),
  "exposure_time" DECIMAL(38, 12) CHECK ("exposure_time" >= 0),
  "light_source_power" DECIMAL(38, 12) CHECK ("light_source_power" >= 0),
  "light_source_attenuation" DECIMAL(38, 12) CHECK ("light_source_attenuation" >= 0 AND "light_source_attenuation" <= 1),
  "illumination_wavelength" DECIMAL(38, 12) CHECK ("illumination_wavelength" >= 0),
  "filter_set" TEXT,
  "dichroic" TEXT,
  "temperature" DECIMAL(38, 12) CHECK ("temperature" >= -273.15),
  "co2_percent" DECIMAL(38, 12) CHECK ("co2_percent" >= 0 AND "co2_percent" <= 100),
  "humidity" DECIMAL(38, 12) CHECK ("humidity" >= 0 AND "humidity" <= 100),
  "air_pressure" DECIMAL(38, 12) CHECK ("air_pressure" >= 0),
  "environment_description" TEXT,
  "position_x" DECIMAL(38, 12),
  "position_y" DECIMAL(38, 12),
  "position_z" DECIMAL(38, 12),
  "pixel_dwell_time" DECIMAL(38, 12) CHECK ("pixel_dwell_time" >= 0),
  "scan_speed" DECIMAL(38, 12) CHECK ("scan_speed" >= 0),
  "line_averaging" BIGINT CHECK ("line_averaging" >= 1),
  "frame_averaging" BIGINT CHECK ("frame_averaging" >= 1),
  "pinhole_size" DECIMAL(38, 12) CHECK ("pinhole_size" >= 0),
  "acceleration_voltage" DECIMAL(38, 12) CHECK ("acceleration_voltage" >= 0),
  "beam_current" DECIMAL(38, 12) CHECK ("beam_current" >= 0),
  "camera_length" DECIMAL(38, 12) CHECK ("camera_length" >= 0),
  "electron_dose" DECIMAL(38, 12) CHECK ("electron_dose" >= 0),
  "spot_size" DECIMAL(38, 12),
  "defocus" DECIMAL(38, 12),
  "tilt_angle" DECIMAL(38, 12) CHECK ("tilt_angle" >= -360 AND "tilt_angle" <= 360),
  "working_distance_used" DECIMAL(38, 12) CHECK ("working_distance_used" >= 0),
  "electron_magnification" DECIMAL(38, 12) CHECK ("electron_magnification" >= 0),
  "acquisition_mode" TEXT,
  "autofocus" TEXT,
  "stage_label" TEXT,
  "stage_frame_x" DECIMAL(38, 12),
  "stage_frame_y" DECIMAL(38, 12),
  "stage_frame_z" DECIMAL(38, 12),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "AnalysisRun" (
  "random_seed" BIGINT,
  "container_image" TEXT,
  "container_digest" TEXT,
  "workflow" TEXT,
  "workflow_engine" TEXT,
  "code_url" TEXT,
  "code_version" TEXT,
  "command_line" TEXT,
  "hardware_description" TEXT,
  "processor" TEXT,
  "graphics_processor" TEXT,
  "memory_size" BIGINT CHECK ("memory_size" >= 0),
  "operating_system" TEXT,
  "network_description" TEXT,
  "data_size" BIGINT CHECK ("data_size" >= 0),
  "tolerance" DECIMAL(38, 12) CHECK ("tolerance" >= 0),
  "started_at" TIMESTAMP,
  "ended_at" TIMESTAMP,
  "run_status" TEXT,
  "environment_file" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "AnnotationClass" (
  "annotation_count" BIGINT CHECK ("annotation_count" >= 0),
  "color" TEXT,
  "parent_class" TEXT,
  "age_text" TEXT,
  "age" DECIMAL(38, 12) CHECK ("age" >= 0),
  "compound_concentration" DECIMAL(38, 12) CHECK ("compound_concentration" >= 0),
  "compound_concentration_text" TEXT,
  "treatment_duration" DECIMAL(38, 12) CHECK ("treatment_duration" >= 0),
  "has_phenotype" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "AnnotationFile" (
  "weak_annotation" BOOLEAN,
  "source_dataset_id" TEXT,
  "transformations" TEXT,
  "transformation_matrix" TEXT,
  "coordinate_system" TEXT,
  "spatial_information" TEXT,
  "annotation_creation_time" TIMESTAMP,
  "last_modification_time" TIMESTAMP,
  "annotation_count" BIGINT CHECK ("annotation_count" >= 0),
  "file_path" TEXT,
  "media_type" TEXT,
  "file_format" TEXT,
  "content_size" BIGINT CHECK ("content_size" >= 0),
  "checksum" TEXT,
  "checksum_algorithm" TEXT,
  "license" TEXT,
  "date_created" TIMESTAMP,
  "date_modified" TIMESTAMP,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "AnnotationMethod" (
  "weak_annotation" BOOLEAN,
  "annotation_method" TEXT,
  "consensus_protocol" TEXT,
  "quality_assurance" TEXT,
  "annotation_criteria" TEXT,
  "annotation_coverage" TEXT,
  "coverage_percentage" DECIMAL(38, 12) CHECK ("coverage_percentage" >= 0 AND "coverage_percentage" <= 100),
  "coverage_reason" TEXT,
  "annotation_confidence_level" TEXT,
  "confidence_value" DECIMAL(38, 12),
  "confidence_kind" TEXT,
  "transformations" TEXT,
  "transformation_matrix" TEXT,
  "coordinate_system" TEXT,
  "spatial_information" TEXT,
  "annotation_creation_time" TIMESTAMP,
  "last_modification_time" TIMESTAMP,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "AnnotationSet" (
  "accession" TEXT,
  "annotation_overview" TEXT,
  "source_dataset_id" TEXT,
  "license" TEXT,
  "license_text" TEXT,
  "file_format" TEXT,
  "annotation_count" BIGINT CHECK ("annotation_count" >= 0),
  "date_published" DATE,
  "weak_annotation" BOOLEAN,
  "annotation_method" TEXT,
  "consensus_protocol" TEXT,
  "quality_assurance" TEXT,
  "annotation_criteria" TEXT,
  "annotation_coverage" TEXT,
  "coverage_percentage" DECIMAL(38, 12) CHECK ("coverage_percentage" >= 0 AND "coverage_percentage" <= 100),
  "coverage_reason" TEXT,
  "annotation_confidence_level" TEXT,
  "confidence_value" DECIMAL(38, 12),
  "confidence_kind" TEXT,
  "transformations" TEXT,
  "transformation_matrix" TEXT,
  "coordinate_system" TEXT,
  "spatial_information" TEXT,
  "annotation_creation_time" TIMESTAMP,
  "last_modification_time" TIMESTAMP,
  "listed_image_count" BIGINT CHECK ("listed_image_count" >= 0),
  "annotated_image_count" BIGINT CHECK ("annotated_image_count" >= 0),
  "track_count" BIGINT CHECK ("track_count" >= 0),
  "mifa_edition" TEXT CHECK ("mifa_edition" IN ('preprint', 'revised')),
  "version" TEXT,
  "version_timestamp" TIMESTAMP,
  "previous_version" TEXT,
  "version_changes" TEXT,
  "original_image_license" TEXT,
  "original_image_link" TEXT,
  "update_needed" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Arc" (
  "light_source_type" TEXT,
  "source_power" DECIMAL(38, 12) CHECK ("source_power" >= 0),
  "illumination_wavelength" DECIMAL(38, 12) CHECK ("illumination_wavelength" >= 0),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "BinData" (
  "data_length" BIGINT CHECK ("data_length" >= 0),
  "big_endian" BOOLEAN,
  "compression" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Biosample" (
  "accession" TEXT,
  "biological_entity" TEXT,
  "sample_origin" TEXT,
  "collection_date_text" TEXT,
  "collection_location" TEXT,
  "donor_identifier" TEXT,
  "age_text" TEXT,
  "age" DECIMAL(38, 12) CHECK ("age" >= 0),
  "compound_concentration" DECIMAL(38, 12) CHECK ("compound_concentration" >= 0),
  "compound_concentration_text" TEXT,
  "treatment_duration" DECIMAL(38, 12) CHECK ("treatment_duration" >= 0),
  "has_phenotype" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Camera" (
  "sensor_columns" BIGINT CHECK ("sensor_columns" >= 1),
  "sensor_rows" BIGINT CHECK ("sensor_rows" >= 1),
  "sensor_mount" TEXT,
  "maximum_bit_depth_text" TEXT,
  "quantum_efficiency" DECIMAL(38, 12) CHECK ("quantum_efficiency" >= 0 AND "quantum_efficiency" <= 100),
  "read_noise_text" TEXT,
  "dark_current_text" TEXT,
  "specification_url" TEXT,
  "purchase_date" DATE,
  "component_origin" TEXT,
  "nbo_domain" TEXT,
  "detector_type" TEXT,
  "amplification_gain" DECIMAL(38, 12),
  "gain" DECIMAL(38, 12),
  "offset" DECIMAL(38, 12),
  "detector_voltage" DECIMAL(38, 12),
  "zoom" DECIMAL(38, 12) CHECK ("zoom" >= 0),
  "camera_pixel_size" DECIMAL(38, 12) CHECK ("camera_pixel_size" >= 0),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "CustomColumn" (
  "raw_key" TEXT NOT NULL,
  "raw_unit" TEXT,
  "key_space" TEXT,
  "mapping_status" TEXT NOT NULL CHECK ("mapping_status" IN ('unmapped', 'proposed', 'approved')),
  "cell_count" BIGINT CHECK ("cell_count" >= 0),
  "distinct_count" BIGINT CHECK ("distinct_count" >= 0),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Decision" (
  "source_text" TEXT,
  "source_accession" TEXT,
  "source_ontology" TEXT,
  "field" TEXT NOT NULL,
  "decides" TEXT,
  "decision_status" TEXT NOT NULL CHECK ("decision_status" IN ('accepted', 'review', 'none')),
  "tier_of_decision" TEXT,
  "why" TEXT,
  "score" DECIMAL(38, 12) CHECK ("score" >= 0 AND "score" <= 1),
  "decided_by" TEXT,
  "decided_at" DATE,
  "use_count" BIGINT CHECK ("use_count" >= 0),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Detector" (
  "detector_type" TEXT,
  "amplification_gain" DECIMAL(38, 12),
  "gain" DECIMAL(38, 12),
  "offset" DECIMAL(38, 12),
  "detector_voltage" DECIMAL(38, 12),
  "zoom" DECIMAL(38, 12) CHECK ("zoom" >= 0),
  "camera_pixel_size" DECIMAL(38, 12) CHECK ("camera_pixel_size" >= 0),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Dichroic" (
  "cut_in" DECIMAL(38, 12) CHECK ("cut_in" >= 0),
  "cut_out" DECIMAL(38, 12) CHECK ("cut_out" >= 0),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "ExperimentRecord" (
  "accession" TEXT,
  "entry_kind" TEXT,
  "entry_status" TEXT,
  "team" TEXT,
  "body_text" TEXT,
  "license" TEXT,
  "license_text" TEXT,
  "date_created" TIMESTAMP,
  "date_modified" TIMESTAMP,
  "date_text" TEXT,
  "date_published" DATE,
  "rating" BIGINT CHECK ("rating" >= 0),
  "notebook_software" TEXT,
  "objective" TEXT,
  "version" TEXT,
  "age_text" TEXT,
  "age" DECIMAL(38, 12) CHECK ("age" >= 0),
  "compound_concentration" DECIMAL(38, 12) CHECK ("compound_concentration" >= 0),
  "compound_concentration_text" TEXT,
  "treatment_duration" DECIMAL(38, 12) CHECK ("treatment_duration" >= 0),
  "has_phenotype" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Filament" (
  "light_source_type" TEXT,
  "source_power" DECIMAL(38, 12) CHECK ("source_power" >= 0),
  "illumination_wavelength" DECIMAL(38, 12) CHECK ("illumination_wavelength" >= 0),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "FileReference" (
  "file_path" TEXT,
  "media_type" TEXT,
  "file_format" TEXT,
  "content_size" BIGINT CHECK ("content_size" >= 0),
  "checksum" TEXT,
  "checksum_algorithm" TEXT,
  "license" TEXT,
  "date_created" TIMESTAMP,
  "date_modified" TIMESTAMP,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Filter" (
  "filter_type" TEXT,
  "filter_wheel" TEXT,
  "cut_in" DECIMAL(38, 12) CHECK ("cut_in" >= 0),
  "cut_out" DECIMAL(38, 12) CHECK ("cut_out" >= 0),
  "cut_in_tolerance" DECIMAL(38, 12) CHECK ("cut_in_tolerance" >= 0),
  "cut_out_tolerance" DECIMAL(38, 12) CHECK ("cut_out_tolerance" >= 0),
  "transmittance" DECIMAL(38, 12) CHECK ("transmittance" >= 0 AND "transmittance" <= 1),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "FilterSet" (
  "dichroic" TEXT,
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Gene" (
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "GenericExcitationSource" (
  "light_source_type" TEXT,
  "source_power" DECIMAL(38, 12) CHECK ("source_power" >= 0),
  "illumination_wavelength" DECIMAL(38, 12) CHECK ("illumination_wavelength" >= 0),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Grant" (
  "grant_number" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "HardwareComponent" (
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Image" (
  "accession" TEXT,
  "pid" TEXT,
  "acquisition_date" TIMESTAMP,
  "acquisition_date_text" TEXT,
  "plate_name" TEXT,
  "well_name" TEXT,
  "well_row" BIGINT CHECK ("well_row" >= 0),
  "well_column" BIGINT CHECK ("well_column" >= 0),
  "field_index" BIGINT CHECK ("field_index" >= 0),
  "timepoint_index" BIGINT CHECK ("timepoint_index" >= 0),
  "file_path" TEXT,
  "objective" TEXT,
  "checksum" TEXT,
  "checksum_algorithm" TEXT,
  "license" TEXT,
  "license_text" TEXT,
  "content_size" BIGINT CHECK ("content_size" >= 0),
  "series_index" BIGINT CHECK ("series_index" >= 0),
  "magnification_text" TEXT,
  "file_format" TEXT,
  "position_x" DECIMAL(38, 12),
  "position_y" DECIMAL(38, 12),
  "position_z" DECIMAL(38, 12),
  "size_x" BIGINT CHECK ("size_x" >= 1),
  "size_y" BIGINT CHECK ("size_y" >= 1),
  "size_z" BIGINT CHECK ("size_z" >= 1),
  "size_c" BIGINT CHECK ("size_c" >= 1),
  "size_t" BIGINT CHECK ("size_t" >= 1),
  "pixel_size_x" DECIMAL(38, 12) CHECK ("pixel_size_x" >= 0),
  "pixel_size_y" DECIMAL(38, 12) CHECK ("pixel_size_y" >= 0),
  "pixel_size_z" DECIMAL(38, 12) CHECK ("pixel_size_z" >= 0),
  "time_increment" DECIMAL(38, 12) CHECK ("time_increment" >= 0),
  "pixel_type" TEXT,
  "dimension_order" TEXT,
  "significant_bits" BIGINT CHECK ("significant_bits" >= 1),
  "axes_text" TEXT,
  "bit_depth_text" TEXT,
  "age_text" TEXT,
  "age" DECIMAL(38, 12) CHECK ("age" >= 0),
  "compound_concentration" DECIMAL(38, 12) CHECK ("compound_concentration" >= 0),
  "compound_concentration_text" TEXT,
  "treatment_duration" DECIMAL(38, 12) CHECK ("treatment_duration" >= 0),
  "has_phenotype" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "ImageAcquisition" (
  "acquisition_parameters" TEXT,
  "started_at" TIMESTAMP,
  "ended_at" TIMESTAMP,
  "date_text" TEXT,
  "acquisition_mode" TEXT,
  "environment_description" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "ImageRepresentation" (
  "pid" TEXT,
  "representation_of" TEXT,
  "representation_type" TEXT,
  "file_path" TEXT,
  "file_format" TEXT,
  "date_created" TIMESTAMP,
  "media_type" TEXT,
  "content_size" BIGINT CHECK ("content_size" >= 0),
  "checksum" TEXT,
  "checksum_algorithm" TEXT,
  "license" TEXT,
  "license_text" TEXT,
  "copyright" TEXT,
  "resolution_levels" BIGINT CHECK ("resolution_levels" >= 1),
  "chunk_shape" TEXT,
  "compression" TEXT,
  "big_endian" BOOLEAN,
  "interleaved" BOOLEAN,
  "page_count" BIGINT CHECK ("page_count" >= 1),
  "size_x" BIGINT CHECK ("size_x" >= 1),
  "size_y" BIGINT CHECK ("size_y" >= 1),
  "size_z" BIGINT CHECK ("size_z" >= 1),
  "size_c" BIGINT CHECK ("size_c" >= 1),
  "size_t" BIGINT CHECK ("size_t" >= 1),
  "pixel_size_x" DECIMAL(38, 12) CHECK ("pixel_size_x" >= 0),
  "pixel_size_y" DECIMAL(38, 12) CHECK ("pixel_size_y" >= 0),
  "pixel_size_z" DECIMAL(38, 12) CHECK ("pixel_size_z" >= 0),
  "time_increment" DECIMAL(38, 12) CHECK ("time_increment" >= 0),
  "pixel_type" TEXT,
  "dimension_order" TEXT,
  "significant_bits" BIGINT CHECK ("significant_bits" >= 1),
  "axes_text" TEXT,
  "bit_depth_text" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Instrument" (
  "pid" TEXT,
  "landing_page" TEXT,
  "instrument_form" TEXT,
  "manufacturer" TEXT,
  "manufacturer_organization" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "commissioned_date" DATE,
  "decommissioned_date" DATE,
  "location" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "InstrumentIdentifier" (
  "identifies" TEXT,
  "identifier_scheme" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "InstrumentRelation" (
  "relation_of" TEXT,
  "relation_type" TEXT,
  "related_identifier" TEXT,
  "identifier_scheme" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Job" (
  "started_at" TIMESTAMP,
  "ended_at" TIMESTAMP,
  "job_status" TEXT,
  "schema_version" TEXT,
  "source_count" BIGINT CHECK ("source_count" >= 0),
  "record_count" BIGINT CHECK ("record_count" >= 0),
  "statement_count" BIGINT CHECK ("statement_count" >= 0),
  "problem_count" BIGINT CHECK ("problem_count" >= 0),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Laser" (
  "laser_medium" TEXT,
  "pulse" TEXT,
  "tuneable" BOOLEAN,
  "pockel_cell" BOOLEAN,
  "repetition_rate" DECIMAL(38, 12) CHECK ("repetition_rate" >= 0),
  "frequency_multiplication" BIGINT CHECK ("frequency_multiplication" >= 1),
  "pump" TEXT,
  "light_source_type" TEXT,
  "source_power" DECIMAL(38, 12) CHECK ("source_power" >= 0),
  "illumination_wavelength" DECIMAL(38, 12) CHECK ("illumination_wavelength" >= 0),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "LightEmittingDiode" (
  "light_source_type" TEXT,
  "source_power" DECIMAL(38, 12) CHECK ("source_power" >= 0),
  "illumination_wavelength" DECIMAL(38, 12) CHECK ("illumination_wavelength" >= 0),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "LightSource" (
  "light_source_type" TEXT,
  "source_power" DECIMAL(38, 12) CHECK ("source_power" >= 0),
  "illumination_wavelength" DECIMAL(38, 12) CHECK ("illumination_wavelength" >= 0),
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "MicroscopeStand" (
  "stand_form" TEXT,
  "eyepiece_field_number" DECIMAL(38, 12) CHECK ("eyepiece_field_number" >= 0),
  "specification_url" TEXT,
  "purchase_date" DATE,
  "component_origin" TEXT,
  "nbo_domain" TEXT,
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "ModelTensor" (
  "tensor_of" TEXT,
  "tensor_role" TEXT CHECK ("tensor_role" IN ('input', 'output')),
  "tensor_type" TEXT,
  "tensor_shape" TEXT,
  "axes_text" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "NboComponent" (
  "light_path_location" TEXT,
  "coating" TEXT,
  "peak_wavelength_text" TEXT,
  "specification_url" TEXT,
  "purchase_date" DATE,
  "component_origin" TEXT,
  "nbo_domain" TEXT,
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "NboObjective" (
  "light_range" TEXT,
  "infinity_corrected" BOOLEAN,
  "contrast_modulation" TEXT,
  "dic_capable" BOOLEAN,
  "phase_contrast_designation" TEXT,
  "dipping_medium" TEXT,
  "correction_collar_type" TEXT,
  "view_field" DECIMAL(38, 12) CHECK ("view_field" >= 0),
  "specification_url" TEXT,
  "purchase_date" DATE,
  "component_origin" TEXT,
  "nbo_domain" TEXT,
  "lens_na" DECIMAL(38, 12) CHECK ("lens_na" >= 0 AND "lens_na" <= 2),
  "nominal_magnification" DECIMAL(38, 12) CHECK ("nominal_magnification" >= 0),
  "calibrated_magnification" DECIMAL(38, 12) CHECK ("calibrated_magnification" >= 0),
  "immersion" TEXT CHECK ("immersion" IN ('Air', 'Oil', 'Water', 'WaterDipping', 'Glycerol', 'Multi', 'Other')),
  "immersion_text" TEXT,
  "correction" TEXT,
  "working_distance" DECIMAL(38, 12) CHECK ("working_distance" >= 0),
  "iris" BOOLEAN,
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Objective" (
  "lens_na" DECIMAL(38, 12) CHECK ("lens_na" >= 0 AND "lens_na" <= 2),
  "nominal_magnification" DECIMAL(38, 12) CHECK ("nominal_magnification" >= 0),
  "calibrated_magnification" DECIMAL(38, 12) CHECK ("calibrated_magnification" >= 0),
  "immersion" TEXT CHECK ("immersion" IN ('Air', 'Oil', 'Water', 'WaterDipping', 'Glycerol', 'Multi', 'Other')),
  "immersion_text" TEXT,
  "correction" TEXT,
  "working_distance" DECIMAL(38, 12) CHECK ("working_distance" >= 0),
  "iris" BOOLEAN,
  "component_kind" TEXT,
  "manufacturer" TEXT,
  "model" TEXT,
  "serial_number" TEXT,
  "catalog_number" TEXT,
  "lot_number" TEXT,
  "rrid" TEXT,
  "device_label" TEXT,
  "tier" BIGINT CHECK ("tier" >= 1 AND "tier" <= 5),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Organization" (
  "ror" TEXT,
  "rrid" TEXT,
  "parent_organization" TEXT,
  "country" TEXT,
  "address" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Person" (
  "given_name" TEXT,
  "additional_name" TEXT,
  "family_name" TEXT,
  "orcid" TEXT,
  "github_url" TEXT,
  "scholar_url" TEXT,
  "address" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Phenotype" (
  "phenotype_score_type" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Plane" (
  "the_z" BIGINT CHECK ("the_z" >= 0),
  "the_c" BIGINT CHECK ("the_c" >= 0),
  "the_t" BIGINT CHECK ("the_t" >= 0),
  "delta_t" DECIMAL(38, 12),
  "exposure_time" DECIMAL(38, 12) CHECK ("exposure_time" >= 0),
  "position_x" DECIMAL(38, 12),
  "position_y" DECIMAL(38, 12),
  "position_z" DECIMAL(38, 12),
  "stage_frame_x" DECIMAL(38, 12),
  "stage_frame_y" DECIMAL(38, 12),
  "stage_frame_z" DECIMAL(38, 12),
  "checksum" TEXT,
  "checksum_algorithm" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Plate" (
  "plate_barcode" TEXT,
  "plate_rows" BIGINT CHECK ("plate_rows" >= 1),
  "plate_columns" BIGINT CHECK ("plate_columns" >= 1),
  "well_origin_x" DECIMAL(38, 12),
  "well_origin_y" DECIMAL(38, 12),
  "well_origin_frame_x" DECIMAL(38, 12),
  "well_origin_frame_y" DECIMAL(38, 12),
  "row_naming" TEXT,
  "column_naming" TEXT,
  "field_index" BIGINT CHECK ("field_index" >= 0),
  "plate_status" TEXT,
  "external_identifier" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "PreparationProtocol" (
  "version" TEXT,
  "procedure" TEXT,
  "sample_origin" TEXT,
  "treatment" TEXT,
  "labelling" TEXT,
  "labelling_validation" TEXT,
  "mounting_method" TEXT,
  "mounting_medium" TEXT,
  "receptacle" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "ProcessedDataColumn" (
  "column_type" TEXT,
  "column_annotation_level" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Publication" (
  "doi" TEXT,
  "pubmed_id" TEXT,
  "pmc_id" TEXT,
  "author_names" TEXT,
  "publication_year" BIGINT CHECK ("publication_year" >= 1500),
  "date_published" DATE,
  "journal" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "QCMeasurement" (
  "about_instrument" TEXT,
  "about_component" TEXT,
  "metric" TEXT NOT NULL,
  "qc_procedure" TEXT,
  "qc_standard" TEXT,
  "observed_value" DECIMAL(38, 12),
  "expected_value" DECIMAL(38, 12),
  "installation_value" DECIMAL(38, 12),
  "tolerance" DECIMAL(38, 12) CHECK ("tolerance" >= 0),
  "lower_limit" DECIMAL(38, 12),
  "upper_limit" DECIMAL(38, 12),
  "standard_deviation" DECIMAL(38, 12) CHECK ("standard_deviation" >= 0),
  "qc_unit" TEXT,
  "qc_unit_text" TEXT,
  "observed_at" TIMESTAMP,
  "date_text" TEXT,
  "qc_passed" BOOLEAN,
  "qc_settings" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Reagent" (
  "reagent_type" TEXT,
  "rrid" TEXT,
  "catalogue_number" TEXT,
  "lot_number" TEXT,
  "vendor" TEXT,
  "dilution" TEXT,
  "concentration" DECIMAL(38, 12) CHECK ("concentration" >= 0),
  "labelling_validation" TEXT,
  "host_species" TEXT,
  "clonality" TEXT,
  "conjugate" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "RegionOfInterest" (
  "annotation_namespace" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Shape" (
  "shape_type" TEXT,
  "the_z" BIGINT CHECK ("the_z" >= 0),
  "the_c" BIGINT CHECK ("the_c" >= 0),
  "the_t" BIGINT CHECK ("the_t" >= 0),
  "shape_x" DECIMAL(38, 12),
  "shape_y" DECIMAL(38, 12),
  "shape_width" DECIMAL(38, 12),
  "shape_height" DECIMAL(38, 12),
  "radius_x" DECIMAL(38, 12),
  "radius_y" DECIMAL(38, 12),
  "line_x1" DECIMAL(38, 12),
  "line_y1" DECIMAL(38, 12),
  "line_x2" DECIMAL(38, 12),
  "line_y2" DECIMAL(38, 12),
  "points" TEXT,
  "path_definition" TEXT,
  "marker_start" TEXT,
  "marker_end" TEXT,
  "transformation_matrix" TEXT,
  "fill_color_code" BIGINT,
  "fill_rule" TEXT,
  "stroke_color_code" BIGINT,
  "stroke_width" TEXT,
  "stroke_dashes" TEXT,
  "line_cap" TEXT,
  "font_family" TEXT,
  "font_size" TEXT,
  "font_style" TEXT,
  "locked" BOOLEAN,
  "visible" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "SignalChannel" (
  "channel_index" BIGINT CHECK ("channel_index" >= 0),
  "excitation_wavelength" DECIMAL(38, 12) CHECK ("excitation_wavelength" >= 0),
  "emission_wavelength" DECIMAL(38, 12) CHECK ("emission_wavelength" >= 0),
  "excitation_bandwidth" DECIMAL(38, 12) CHECK ("excitation_bandwidth" >= 0),
  "emission_bandwidth" DECIMAL(38, 12) CHECK ("emission_bandwidth" >= 0),
  "contrast_method" TEXT,
  "illumination_type" TEXT,
  "acquisition_mode" TEXT,
  "color" TEXT,
  "exposure_time" DECIMAL(38, 12) CHECK ("exposure_time" >= 0),
  "gain" DECIMAL(38, 12),
  "offset" DECIMAL(38, 12),
  "binning" TEXT,
  "detector_voltage" DECIMAL(38, 12),
  "zoom" DECIMAL(38, 12) CHECK ("zoom" >= 0),
  "integration" BIGINT CHECK ("integration" >= 1),
  "read_out_rate" DECIMAL(38, 12) CHECK ("read_out_rate" >= 0),
  "light_source_power" DECIMAL(38, 12) CHECK ("light_source_power" >= 0),
  "light_source_attenuation" DECIMAL(38, 12) CHECK ("light_source_attenuation" >= 0 AND "light_source_attenuation" <= 1),
  "illumination_wavelength" DECIMAL(38, 12) CHECK ("illumination_wavelength" >= 0),
  "filter_set" TEXT,
  "dichroic" TEXT,
  "excitation_filter_text" TEXT,
  "emission_filter_text" TEXT,
  "pinhole_size" DECIMAL(38, 12) CHECK ("pinhole_size" >= 0),
  "nd_filter" DECIMAL(38, 12) CHECK ("nd_filter" >= 0 AND "nd_filter" <= 1),
  "pockel_cell_setting" BIGINT,
  "samples_per_pixel" BIGINT CHECK ("samples_per_pixel" >= 1),
  "color_code" BIGINT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "SourceRecord" (
  "source_path" TEXT,
  "source_kind" TEXT,
  "media_type" TEXT,
  "content_size" BIGINT CHECK ("content_size" >= 0),
  "content_digest" TEXT,
  "reader" TEXT,
  "schema_version" TEXT,
  "row_count" BIGINT CHECK ("row_count" >= 0),
  "cell_count" BIGINT CHECK ("cell_count" >= 0),
  "statement_count" BIGINT CHECK ("statement_count" >= 0),
  "problem_count" BIGINT CHECK ("problem_count" >= 0),
  "read_at" TIMESTAMP,
  "license" TEXT,
  "job" TEXT,
  "person_data" TEXT CHECK ("person_data" IN ('none', 'authors', 'all')),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Specimen" (
  "accession" TEXT,
  "preparation_date_text" TEXT,
  "section_thickness" DECIMAL(38, 12) CHECK ("section_thickness" >= 0),
  "mounting_method" TEXT,
  "mounting_medium" TEXT,
  "receptacle" TEXT,
  "coverslip_thickness" DECIMAL(38, 12) CHECK ("coverslip_thickness" >= 0),
  "growth_protocol" TEXT,
  "experimental_status" TEXT,
  "location_within_biosample" TEXT,
  "age_text" TEXT,
  "age" DECIMAL(38, 12) CHECK ("age" >= 0),
  "compound_concentration" DECIMAL(38, 12) CHECK ("compound_concentration" >= 0),
  "compound_concentration_text" TEXT,
  "treatment_duration" DECIMAL(38, 12) CHECK ("treatment_duration" >= 0),
  "has_phenotype" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "StructuredAnnotation" (
  "annotation_kind" TEXT,
  "annotation_namespace" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Study" (
  "accession" TEXT,
  "biological_application" TEXT,
  "license" TEXT,
  "license_text" TEXT,
  "annotation_license" TEXT,
  "copyright" TEXT,
  "date_published" DATE,
  "date_released" DATE,
  "date_modified" TIMESTAMP,
  "funding_statement" TEXT,
  "acknowledgements" TEXT,
  "identifier_scheme" TEXT,
  "total_size" BIGINT CHECK ("total_size" >= 0),
  "file_count" BIGINT CHECK ("file_count" >= 0),
  "image_count" BIGINT CHECK ("image_count" >= 0),
  "component_count" BIGINT CHECK ("component_count" >= 0),
  "annotation_profile" TEXT CHECK ("annotation_profile" IN ('annotated', 'unannotated')),
  "mifa_edition" TEXT CHECK ("mifa_edition" IN ('preprint', 'revised')),
  "version" TEXT,
  "version_timestamp" TIMESTAMP,
  "previous_version" TEXT,
  "version_changes" TEXT,
  "original_image_license" TEXT,
  "original_image_link" TEXT,
  "update_needed" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "StudyComponent" (
  "accession" TEXT,
  "component_type" TEXT CHECK ("component_type" IN ('screen', 'experiment', 'dataset')),
  "library_manufacturer" TEXT,
  "library_version" TEXT,
  "plate_count" BIGINT CHECK ("plate_count" >= 0),
  "image_count" BIGINT CHECK ("image_count" >= 0),
  "well_count" BIGINT CHECK ("well_count" >= 0),
  "file_count" BIGINT CHECK ("file_count" >= 0),
  "total_size" BIGINT CHECK ("total_size" >= 0),
  "dimensions_text" TEXT,
  "quality_control_description" TEXT,
  "raw_data_organization" TEXT,
  "license" TEXT,
  "license_text" TEXT,
  "date_published" DATE,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "TaskRun" (
  "task_key" TEXT,
  "submitted_at" TIMESTAMP,
  "exit_status" BIGINT,
  "attempt" BIGINT CHECK ("attempt" >= 0),
  "run_duration" DECIMAL(38, 12) CHECK ("run_duration" >= 0),
  "processor_time" DECIMAL(38, 12) CHECK ("processor_time" >= 0),
  "processor_use" DECIMAL(38, 12) CHECK ("processor_use" >= 0),
  "peak_memory" DECIMAL(38, 12) CHECK ("peak_memory" >= 0),
  "bytes_read" DECIMAL(38, 12) CHECK ("bytes_read" >= 0),
  "bytes_written" DECIMAL(38, 12) CHECK ("bytes_written" >= 0),
  "random_seed" BIGINT,
  "container_image" TEXT,
  "container_digest" TEXT,
  "workflow" TEXT,
  "workflow_engine" TEXT,
  "code_url" TEXT,
  "code_version" TEXT,
  "command_line" TEXT,
  "hardware_description" TEXT,
  "processor" TEXT,
  "graphics_processor" TEXT,
  "memory_size" BIGINT CHECK ("memory_size" >= 0),
  "operating_system" TEXT,
  "network_description" TEXT,
  "data_size" BIGINT CHECK ("data_size" >= 0),
  "tolerance" DECIMAL(38, 12) CHECK ("tolerance" >= 0),
  "started_at" TIMESTAMP,
  "ended_at" TIMESTAMP,
  "run_status" TEXT,
  "environment_file" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Taxon" (
  "scientific_name" TEXT,
  "taxon_rank" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "TiffData" (
  "ifd" BIGINT CHECK ("ifd" >= 0),
  "plane_count" BIGINT CHECK ("plane_count" >= 0),
  "first_z" BIGINT CHECK ("first_z" >= 0),
  "first_c" BIGINT CHECK ("first_c" >= 0),
  "first_t" BIGINT CHECK ("first_t" >= 0),
  "file_path" TEXT,
  "file_uuid" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "TrainedModel" (
  "accession" TEXT,
  "version" TEXT,
  "previous_version" TEXT,
  "license" TEXT,
  "architecture" TEXT,
  "checksum" TEXT,
  "checksum_algorithm" TEXT,
  "code_url" TEXT,
  "doi" TEXT,
  "date_published" DATE,
  "parent_model" TEXT,
  "input_axes" TEXT,
  "output_axes" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "WavelengthBand" (
  "band_kind" TEXT,
  "band_center" DECIMAL(38, 12) CHECK ("band_center" >= 0),
  "band_width" DECIMAL(38, 12) CHECK ("band_width" >= 0),
  "cut_in" DECIMAL(38, 12) CHECK ("cut_in" >= 0),
  "cut_out" DECIMAL(38, 12) CHECK ("cut_out" >= 0),
  "transmittance" DECIMAL(38, 12) CHECK ("transmittance" >= 0 AND "transmittance" <= 1),
  "source_power" DECIMAL(38, 12) CHECK ("source_power" >= 0),
  "relative_power" DECIMAL(38, 12) CHECK ("relative_power" >= 0 AND "relative_power" <= 100),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Well" (
  "plate_name" TEXT,
  "well_name" TEXT,
  "well_number" BIGINT CHECK ("well_number" >= 0),
  "well_row" BIGINT CHECK ("well_row" >= 0),
  "well_column" BIGINT CHECK ("well_column" >= 0),
  "well_color" TEXT,
  "file_path" TEXT,
  "image_count" BIGINT CHECK ("image_count" >= 0),
  "well_status" TEXT,
  "color_code" BIGINT,
  "external_identifier" TEXT,
  "age_text" TEXT,
  "age" DECIMAL(38, 12) CHECK ("age" >= 0),
  "compound_concentration" DECIMAL(38, 12) CHECK ("compound_concentration" >= 0),
  "compound_concentration_text" TEXT,
  "treatment_duration" DECIMAL(38, 12) CHECK ("treatment_duration" >= 0),
  "has_phenotype" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "WellSample" (
  "field_index" BIGINT CHECK ("field_index" >= 0),
  "acquisition_date" TIMESTAMP,
  "position_x" DECIMAL(38, 12),
  "position_y" DECIMAL(38, 12),
  "stage_frame_x" DECIMAL(38, 12),
  "stage_frame_y" DECIMAL(38, 12),
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "Workflow" (
  "version" TEXT,
  "license" TEXT,
  "license_text" TEXT,
  "doi" TEXT,
  "date_created" TIMESTAMP,
  "date_modified" TIMESTAMP,
  "date_text" TEXT,
  "workflow_language" TEXT,
  "code_url" TEXT,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "WorkflowStep" (
  "step_position" BIGINT CHECK ("step_position" >= 0),
  "step_label" TEXT,
  "container_image" TEXT,
  "container_digest" TEXT,
  "is_enabled" BOOLEAN,
  "id" TEXT PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "url" TEXT
);

CREATE TABLE "each_about" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_about_images" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_access_url" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_additional_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_affiliation" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_ai_models_trained" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_alternate_name" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_analysis_run" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_annotation_set" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_annotation_software" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_annotation_source" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL CHECK ("value" IN ('expert', 'crowdsourced', 'human', 'software', 'human_and_software', 'synthetic', 'silver_standard', 'other')),
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_annotation_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL CHECK ("value" IN ('class_labels', 'bounding_boxes', 'counts', 'derived_annotations', 'geometrical_annotations', 'graphs', 'point_annotations', 'segmentation_mask', 'semantic_mask', 'instance_mask', 'probability_map', 'image_pair', 'tracks', 'weak_annotations', 'other')),
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_annotation_value" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_annotations" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_annotator_names" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_antisense_sequence" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_attached_files" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_author" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_biological_process_or_component" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_biosample" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_candidates" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_cas_number" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_category" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_cell_cycle_phase" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_cell_line" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_cell_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_channels" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_channels_text" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_chosen_label" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_chosen_term" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_class_names" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_column_link" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_comment" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_component_of" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_compound" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_compound_name" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_conforms_to" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_contact" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_content_url" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_context_text" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_control_comment" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_control_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_conversion_by" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_coordinate_unit" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_data_doi" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_data_files" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_dataset_name" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_decision" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_declared_phenotype" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_derived_from" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_detector" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_developmental_stage" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_disease" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_disease_or_factor" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_email" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_embedding" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_emission_filters" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_example_image_url" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_example_values" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_excitation_filters" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_experimental_condition" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_experimental_condition_text" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_experimental_variables" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_external_accession" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_extrinsic_variables" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_features_analysed" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_file_comments" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_files_of_set" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_filter" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_fixation" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_fluorophore" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_fluorophore_term" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_framework" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_funder" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_gene" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_gene_identifier" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_gene_symbol" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_generated_by" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_generated_images" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_genome_build" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_genotype" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_grant_funder" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_growth_condition" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_hardware" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_has_part" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_identifier" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_image_acquisition" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_image_of_origin" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_image_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_imaging_method" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_improvement_proposals" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_inchikey" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_individual" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_inputs" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_instrument" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_instrument_description" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_instrument_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_intrinsic_variables" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_is_based_on" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_keywords" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_lab_equipment" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_label_text" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_library_name" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_library_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_light_source" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_linked_records" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_mapping_digest" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_mapping_name" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_mapping_version" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_match_scope" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_matched_text" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_measured_variables" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_measurement_names" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_mechanism_of_action" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_next_steps" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_object_classes" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_ontology_version" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_operation" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_operator" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_organism" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_organism_part" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_original_image_creators" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_outputs" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_owner" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_owner_name" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_part_of" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_performed_by" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_phenotype" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_phenotype_annotation_level" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_phenotype_comment" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_phenotype_text" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_preserved_credit" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_processed_data_file" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_proposed_slot" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_protocol_file" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_protocol_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_protocols" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_pubchem_cid" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_publisher" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_qc_files" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_qc_images" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_quality_control" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_raw_data_format" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_reagent" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_related_identifiers" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_related_publications" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_replicate" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_representation" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_role" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_same_as" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_sample_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_screen_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_sequence" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_settings" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_sex" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_signature" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_size_text" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_smiles" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_software_components" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_software_name" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_software_used" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_software_version" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_source_dataset" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_source_image" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_source_image_id" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_specimen" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_steps_of_workflow" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_strain" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_study_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_submitter" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_table_columns" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_target_component" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_target_name" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_technology_type" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_thumbnail_url" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_trained_model" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_trained_on" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_trained_on_study" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_uses_method" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_vernacular_name" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_weights_format" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "each_weights_url" (
  owner_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY (owner_id, position)
);

CREATE TABLE "EntryComment" (
  owner_id TEXT NOT NULL,
  owner_slot TEXT NOT NULL,
  position INTEGER NOT NULL,
  "comment_text" TEXT,
  "comment_author" TEXT,
  "date_created" TIMESTAMP,
  PRIMARY KEY (owner_id, owner_slot, position)
);

CREATE TABLE "ExtraField" (
  owner_id TEXT NOT NULL,
  owner_slot TEXT NOT NULL,
  position INTEGER NOT NULL,
  "description" TEXT,
  "field_name" TEXT NOT NULL,
  "field_value" TEXT,
  "field_unit" TEXT,
  "field_number" DECIMAL(38, 12),
  "field_type" TEXT,
  "field_identifier" TEXT,
  "field_term" TEXT,
  PRIMARY KEY (owner_id, owner_slot, position)
);

CREATE TABLE "ImageCorrelation" (
  owner_id TEXT NOT NULL,
  owner_slot TEXT NOT NULL,
  position INTEGER NOT NULL,
  "description" TEXT,
  "spatial_and_temporal_alignment" TEXT,
  "fiducials_used" TEXT,
  "transformation_matrix" TEXT,
  PRIMARY KEY (owner_id, owner_slot, position)
);

CREATE TABLE "Link" (
  owner_id TEXT NOT NULL,
  owner_slot TEXT NOT NULL,
  position INTEGER NOT NULL,
  "url" TEXT NOT NULL,
  "description" TEXT,
  PRIMARY KEY (owner_id, owner_slot, position)
);

CREATE TABLE "ProtocolStep" (
  owner_id TEXT NOT NULL,
  owner_slot TEXT NOT NULL,
  position INTEGER NOT NULL,
  "step_position" BIGINT CHECK ("step_position" >= 0),
  "step_text" TEXT,
  "step_duration" DECIMAL(38, 12) CHECK ("step_duration" >= 0),
  "step_done" BOOLEAN,
  PRIMARY KEY (owner_id, owner_slot, position)
);

CREATE TABLE "SubRegion" (
  owner_id TEXT NOT NULL,
  owner_slot TEXT NOT NULL,
  position INTEGER NOT NULL,
  "t_start" BIGINT CHECK ("t_start" >= 0),
  "t_stop" BIGINT CHECK ("t_stop" >= 1),
  "c_start" BIGINT CHECK ("c_start" >= 0),
  "c_stop" BIGINT CHECK ("c_stop" >= 1),
  "z_start" BIGINT CHECK ("z_start" >= 0),
  "z_stop" BIGINT CHECK ("z_stop" >= 1),
  "y_start" BIGINT CHECK ("y_start" >= 0),
  "y_stop" BIGINT CHECK ("y_stop" >= 1),
  "x_start" BIGINT CHECK ("x_start" >= 0),
  "x_stop" BIGINT CHECK ("x_stop" >= 1),
  PRIMARY KEY (owner_id, owner_slot, position)
);
