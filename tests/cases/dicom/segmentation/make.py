"""A segmentation of nuclei and cells of one image, made by software."""

from pathlib import Path

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
ROOT = "1.2.826.0.1.3680043.10.1561"


def coded(value, scheme, meaning):
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return Sequence([code])


def segment(number, label, code):
    found = Dataset()
    found.SegmentNumber, found.SegmentLabel = number, label
    found.SegmentAlgorithmType, found.SegmentAlgorithmName = "AUTOMATIC", "spotter"
    found.SegmentedPropertyCategoryCodeSequence = coded("4421005", "SCT", "Cell structure")
    found.SegmentedPropertyTypeCodeSequence = coded(*code)
    return found


def make(folder: Path) -> Path:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = SEGMENTATION, f"{ROOT}.30"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = f"{ROOT}.0"
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = SEGMENTATION, f"{ROOT}.30", "SEG"
    data.StudyInstanceUID, data.SeriesInstanceUID = f"{ROOT}.1", f"{ROOT}.1.30"
    data.Manufacturer, data.ManufacturerModelName = "Lab", "spotter box"
    data.ContentLabel, data.ContentDescription, data.ContentCreatorName = "NUCLEI", "nuclei and cells", "Doe^Jane"
    data.ContentDate, data.ContentTime = "20240306", "090000.5"
    data.SegmentationType, data.Rows, data.Columns = "BINARY", 64, 64
    data.SegmentSequence = Sequence(
        [segment(1, "nucleus", ("84640000", "SCT", "Nucleus")), segment(2, "cell", ("4421005", "SCT", "Cell"))]
    )
    instance, series = Dataset(), Dataset()
    instance.ReferencedSOPClassUID, instance.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.77.1.6", f"{ROOT}.20"
    series.SeriesInstanceUID, series.ReferencedInstanceSequence = f"{ROOT}.1.20", Sequence([instance])
    data.ReferencedSeriesSequence = Sequence([series])
    data.save_as(folder / "segmentation.dcm")
    return folder / "segmentation.dcm"
