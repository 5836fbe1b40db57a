"""A fluorescence slide of a mouse kidney in two channels, with its preparation and a person."""

from pathlib import Path

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
ROOT = "1.2.826.0.1.3680043.10.1561"


def coded(value, scheme, meaning):
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return Sequence([code])


def item(name, value):
    found = Dataset()
    found.ConceptNameCodeSequence = coded(*name)
    if isinstance(value, tuple):
        found.ValueType, found.ConceptCodeSequence = "CODE", coded(*value)
    else:
        found.ValueType, found.TextValue = "TEXT", value
    return found


def step(*items):
    found = Dataset()
    found.SpecimenPreparationStepContentItemSequence = Sequence(items)
    return found


def path(ident, wavelength, band, emission, name):
    found = Dataset()
    found.OpticalPathIdentifier, found.OpticalPathDescription = ident, name
    found.IlluminationTypeCodeSequence = coded("111743", "DCM", "Epifluorescence illumination")
    found.IlluminationColorCodeSequence = (
        coded("371252002", "SCT", "Blue") if wavelength < 500 else coded("371240000", "SCT", "Red")
    )
    found.IlluminationWaveLength = wavelength
    found.LightPathFilterPassBand = band
    found.ImagePathFilterPassThroughWavelength = emission
    found.ObjectiveLensPower, found.ObjectiveLensNumericalAperture = "40", "0.95"
    return found


def specimen():
    found = Dataset()
    found.SpecimenIdentifier, found.SpecimenUID = "K7-2", f"{ROOT}.9"
    found.SpecimenShortDescription = "kidney, cortex"
    found.PrimaryAnatomicStructureSequence = coded("64033007", "SCT", "Kidney")
    found.SpecimenTypeCodeSequence = coded("430856003", "SCT", "Tissue section")
    kind = ("111701", "DCM", "Processing type")
    found.SpecimenPreparationSequence = Sequence(
        [
            step(
                item(kind, ("9265001", "SCT", "Specimen processing")), item(("430864009", "SCT", "Tissue Fixative"), "PFA 4 %")
            ),
            step(item(kind, ("P3-00003", "SRT", "Staining")), item(("G-C350", "SRT", "Using substance"), "DAPI")),
        ]
    )
    return found


def file(sop_class, number):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop_class, f"{ROOT}.{number}"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = f"{ROOT}.0"
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = sop_class, f"{ROOT}.{number}"
    data.StudyInstanceUID, data.SeriesInstanceUID = f"{ROOT}.1", f"{ROOT}.1.{number}"
    data.PatientName, data.PatientID, data.PatientSex = "", "", "F"
    data.PatientSpeciesDescription = "Mus musculus"
    return data


def make(folder: Path) -> Path:
    data = file(SLIDE, 20)
    data.Modality, data.ImageType = "SM", ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    data.ContainerIdentifier, data.StudyDescription = "K7", "Kidney pilot"
    data.Manufacturer, data.ManufacturerModelName, data.DeviceSerialNumber = "Scanworks", "Scan 4", "0042"
    data.SoftwareVersions, data.OperatorsName = ["2.1", "fw 7"], "Doe^Jane"
    data.AcquisitionDateTime, data.TimezoneOffsetFromUTC = "20240305141516.250", "+0100"
    data.ContentDate, data.ContentTime = "20240305", "141600"
    data.Rows, data.Columns, data.NumberOfFrames = 256, 256, "12"
    data.BitsAllocated, data.BitsStored, data.PixelRepresentation, data.SamplesPerPixel = 16, 12, 0, 1
    data.TotalPixelMatrixColumns, data.TotalPixelMatrixRows, data.NumberOfOpticalPaths = 700, 500, 2
    data.OpticalPathSequence = Sequence([path("1", 405.0, [395, 415], 450, "DAPI"), path("2", 640.0, [625, 655], 680, "Cy5")])
    data.SpecimenDescriptionSequence = Sequence([specimen()])
    measures, shared = Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = ["0.00025", "0.000325"], "0.004"
    shared.PixelMeasuresSequence = Sequence([measures])
    data.SharedFunctionalGroupsSequence = Sequence([shared])
    data.save_as(folder / "slide.dcm")
    return folder / "slide.dcm"
