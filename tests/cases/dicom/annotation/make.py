"""Two groups of annotations of one image: points that a person set, and polygons of a program."""

from pathlib import Path

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

ANNOTATIONS = "1.2.840.10008.5.1.4.1.1.91.1"
ROOT = "1.2.826.0.1.3680043.10.1561"


def coded(value, scheme, meaning):
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return Sequence([code])


def group(number, label, shape, count, maker):
    found = Dataset()
    found.AnnotationGroupNumber, found.AnnotationGroupUID, found.AnnotationGroupLabel = number, f"{ROOT}.40.{number}", label
    found.GraphicType, found.NumberOfAnnotations, found.AnnotationGroupGenerationType = shape, count, maker
    found.AnnotationPropertyTypeCodeSequence = coded("84640000", "SCT", "Nucleus")
    found.PointCoordinatesData = b"\0" * 16
    return found


def make(folder: Path) -> Path:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ANNOTATIONS, f"{ROOT}.40"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = f"{ROOT}.0"
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = ANNOTATIONS, f"{ROOT}.40", "ANN"
    data.StudyInstanceUID, data.SeriesInstanceUID = f"{ROOT}.1", f"{ROOT}.1.40"
    data.Manufacturer, data.ManufacturerModelName = "Lab", "marker"
    data.ContentLabel, data.ContentDescription = "CELLS", "nuclei by hand and by program"
    data.ContentDate, data.ContentTime, data.TimezoneOffsetFromUTC = "20240307", "1015", "-0500"
    data.AnnotationCoordinateType, data.PixelOriginInterpretation = "2D", "VOLUME"
    program = Dataset()
    program.AlgorithmName, program.AlgorithmVersion = "outline", "3.1"
    groups = [group(1, "by hand", "POINT", 7, "MANUAL"), group(2, "outlines", "POLYGON", 41, "AUTOMATIC")]
    groups[1].AnnotationGroupAlgorithmIdentificationSequence = Sequence([program])
    data.AnnotationGroupSequence = Sequence(groups)
    image = Dataset()
    image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.77.1.6", f"{ROOT}.20"
    data.ReferencedImageSequence = Sequence([image])
    data.save_as(folder / "annotation.dcm")
    return folder / "annotation.dcm"
