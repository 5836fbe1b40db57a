"""An archive of omero-cli-transfer: an image with tags and pairs, its file, and where it came from."""

import zipfile

XML = """<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <Image ID="Image:8" Name="slide 2"><Pixels ID="Pixels:8" DimensionOrder="XYZCT" Type="uint8" SizeX="30" SizeY="20" SizeZ="1"
    SizeC="1" SizeT="1"><MetadataOnly/></Pixels>
    <AnnotationRef ID="Annotation:1"/><AnnotationRef ID="Annotation:2"/><AnnotationRef ID="Annotation:3"/></Image>
  <StructuredAnnotations>
    <MapAnnotation ID="Annotation:1" Namespace="openmicroscopy.org/omero/client/mapAnnotation"><Value>
      <M K="Organism">Homo sapiens</M><M K="Slide">2</M></Value></MapAnnotation>
    <XMLAnnotation ID="Annotation:2" Namespace="openmicroscopy.org/cli/transfer"><Value><CLITransferServerPath>
      <Path>root_0/2024-01/slide2.tiff</Path></CLITransferServerPath></Value></XMLAnnotation>
    <XMLAnnotation ID="Annotation:3" Namespace="openmicroscopy.org/cli/transfer"><Value><CLITransferMetadata>
      <origin_hostname>omero.example.org</origin_hostname><original_user>ada</original_user></CLITransferMetadata></Value></XMLAnnotation>
  </StructuredAnnotations>
</OME>
"""


def make(folder):
    path = folder / "packed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {"transfer.xml": XML, "root_0/2024-01/slide2.tiff": b"II*\0not read"}.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return path
