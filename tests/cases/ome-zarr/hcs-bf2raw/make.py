"""What bioformats2raw writes: a numbered image with OME-XML beside it, which knows the objective."""

import json

XML = """<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" Creator="bioformats2raw">
  <Instrument ID="Instrument:0"><Objective ID="Objective:0:0" Model="Plan Apo" LensNA="1.4" NominalMagnification="60"/></Instrument>
  <Image ID="Image:0" Name="cells.lif"><InstrumentRef ID="Instrument:0"/><ObjectiveSettings ID="Objective:0:0"/>
    <Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="64" SizeY="32" SizeZ="1" SizeC="1" SizeT="1"
      PhysicalSizeX="0.2" PhysicalSizeY="0.2"><Channel ID="Channel:0:0" Name="DAPI"/><MetadataOnly/></Pixels></Image>
</OME>
"""


def make(folder):
    top = folder / "cells.zarr"
    for path, attributes in {
        "": {"bioformats2raw.layout": 3},
        "OME": {"series": ["0"]},
        "0": {
            "multiscales": [
                {
                    "version": "0.4",
                    "name": "cells.lif",
                    "axes": [
                        {"name": "y", "type": "space", "unit": "micrometer"},
                        {"name": "x", "type": "space", "unit": "micrometer"},
                    ],
                    "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [0.2, 0.2]}]}],
                }
            ]
        },
    }.items():
        (top / path).mkdir(parents=True, exist_ok=True)
        (top / path / ".zgroup").write_text('{"zarr_format": 2}', encoding="utf-8")
        (top / path / ".zattrs").write_text(json.dumps(attributes), encoding="utf-8")
    (top / "OME" / "METADATA.ome.xml").write_text(XML, encoding="utf-8")
    return top
