"""A CZI of header, metadata and a directory of attachments, without pixels."""

import struct
import uuid
from pathlib import Path

XML = """<?xml version="1.0" encoding="utf-8"?>
<ImageDocument><Metadata>
  <Experiment><ExperimentBlocks><AcquisitionBlock><Detectors><Detector Id="1" Name="not of the image"/></Detectors>
  </AcquisitionBlock></ExperimentBlocks></Experiment>
  <Information>
    <User Id="0"/>
    <Application><Name>ZEN (blue edition)</Name><Version>3.4.91</Version></Application>
    <Document><Title>Zebrafish trunk</Title><UserName>Ada Examplar</UserName>
      <CreationDate>2024-03-02T10:15:00.5+01:00</CreationDate></Document>
    <Image>
      <SizeX>512</SizeX><SizeY>256</SizeY><SizeC>2</SizeC><SizeZ>7</SizeZ><SizeT>1</SizeT>
      <PixelType>Gray16</PixelType><ComponentBitCount>12</ComponentBitCount>
      <AcquisitionDateAndTime>2024-03-02T09:14:59.25Z</AcquisitionDateAndTime>
      <Dimensions>
        <Channels>
          <Channel Id="Channel:0" Name="AF555">
            <ExcitationWavelength>553</ExcitationWavelength><EmissionWavelength>568.00000000000011</EmissionWavelength>
            <Color>#FFFF7E00</Color><Fluor>Alexa Fluor 555</Fluor><ExposureTime>100000000</ExposureTime>
            <IlluminationType>Epifluorescence</IlluminationType><ContrastMethod>Fluorescence</ContrastMethod>
            <AcquisitionMode>LaserScanningConfocalMicroscopy</AcquisitionMode>
            <PinholeSize>42.5</PinholeSize><PinholeSizeAiry>1.02</PinholeSizeAiry>
            <DetectionWavelength><Ranges>560-620</Ranges></DetectionWavelength>
            <DetectorSettings><Binning>1x1</Binning><Voltage>650</Voltage><Offset>0</Offset><Detector Id="Detector:1"/></DetectorSettings>
            <LightSourcesSettings><LightSourceSettings><Attenuation>0.98</Attenuation><Wavelength>561</Wavelength>
              <LightSource Id="LightSource:1"/></LightSourceSettings></LightSourcesSettings>
            <LaserScanInfo><PixelTime>1.5E-06</PixelTime><ZoomX>1.8</ZoomX><ZoomY>1.8</ZoomY></LaserScanInfo>
            <FilterSetRef Id="FilterSet:1"/>
          </Channel>
          <Channel Id="Channel:1">
            <Fluor>TL Brightfield</Fluor><IlluminationType>Transmitted</IlluminationType><ContrastMethod>Brightfield</ContrastMethod>
          </Channel>
        </Channels>
        <S><Scenes><Scene Index="0" Name="P1"><ArrayName>B3</ArrayName><CenterPosition>4261.294,-8361.5</CenterPosition>
          <Shape Id="1" Name="B3"><RowIndex>2</RowIndex><ColumnIndex>3</ColumnIndex></Shape></Scene></Scenes></S>
        <T><Positions><Interval><Increment>2.5</Increment></Interval></Positions></T>
      </Dimensions>
      <ObjectiveSettings><RefractiveIndex>1.518</RefractiveIndex><Medium>Oil</Medium><ObjectiveRef Id="Objective:1"/></ObjectiveSettings>
    </Image>
    <Instrument>
      <Microscopes><Microscope Id="Microscope:1" Name="Axio Stand"><Type>Inverted</Type><System>LSM 000, Stand</System></Microscope></Microscopes>
      <LightSources><LightSource Id="LightSource:1" Name="561 line"><Power>10</Power><LightSourceType>
        <Laser><Tuneable>false</Tuneable></Laser></LightSourceType></LightSource></LightSources>
      <Detectors><Detector Id="Detector:1" Name="Spectral"><Type>GaAsP-PMT</Type><Manufacturer><Model>M1</Model></Manufacturer></Detector></Detectors>
      <Objectives>
        <Objective Id="Objective:1" Name="Plan-Apochromat 63x/1.4"><LensNA>1.4000000000000001</LensNA>
          <NominalMagnification>63</NominalMagnification><WorkingDistance>190</WorkingDistance><Immersion>Oil</Immersion>
          <Manufacturer><Model>Plan-Apochromat 63x/1.4 Oil</Model></Manufacturer></Objective>
        <Objective Id="Objective:2" Name="Illumination"><LensNA>0.44</LensNA><Immersion>Glycerine</Immersion></Objective>
      </Objectives>
      <FilterSets><FilterSet Id="FilterSet:1"><EmissionFilters><EmissionFilterRef Id="Filter:1"/></EmissionFilters></FilterSet></FilterSets>
      <Filters><Filter Id="Filter:1"><TransmittanceRange><CutIn>560</CutIn><CutOut>620</CutOut></TransmittanceRange></Filter></Filters>
    </Instrument>
  </Information>
  <Scaling><Items>
    <Distance Id="X"><Value>9.0577E-08</Value><DefaultUnitFormat>\u00b5m</DefaultUnitFormat></Distance>
    <Distance Id="Y"><Value>9.0577E-08</Value></Distance>
    <Distance Id="Z"><Value>3.2E-07</Value></Distance>
  </Items></Scaling>
  <DisplaySetting><Channels><Channel Id="Channel:0" Name="AF555"><DyeName>not of the image</DyeName></Channel></Channels></DisplaySetting>
</Metadata></ImageDocument>
"""
GUID = uuid.UUID("11112222-3333-4444-5555-666677778888").bytes_le


def segment(name: bytes, data: bytes) -> bytes:
    return struct.pack("<16sqq", name, len(data), len(data)) + data


def entry(name: bytes, kind: bytes, position: int) -> bytes:
    return struct.pack("<2s10sqi16s8s80s", b"A1", b"", position, 0, GUID, kind, name)


def make(folder: Path) -> Path:
    xml = XML.encode()
    metadata = segment(b"ZISRAWMETADATA", struct.pack("<ii248x", len(xml), 0) + xml)
    begin = 32 + 512
    times_at = begin + len(metadata)
    seconds = struct.pack("<ii2d", 24, 2, 0.5, 3.0)
    times = segment(
        b"ZISRAWATTACH",
        struct.pack("<i12x", len(seconds)) + entry(b"TimeStamps", b"CZTIMS", times_at).ljust(240, b"\0") + seconds,
    )
    entries = entry(b"TimeStamps", b"CZTIMS", times_at) + entry(b"Thumbnail", b"JPG", 0)
    directory = segment(b"ZISRAWATTDIR", struct.pack("<i252x", 2) + entries)
    header = struct.pack("<4i16s16siqqiq", 1, 0, 0, 0, GUID, GUID, 0, 0, begin, 0, times_at + len(times)).ljust(512, b"\0")
    path = folder / "trunk.czi"
    path.write_bytes(segment(b"ZISRAWFILE", header) + metadata + times + directory)
    return path
