"""A measurement of one well in two channels, with its sidecars."""

from pathlib import Path

NAMESPACE = 'xmlns:bts="http://www.yokogawa.co.jp/BTS/BTSSchema/1.0"'

DETAIL = f"""<?xml version="1.0" encoding="utf-8"?>
<bts:MeasurementDetail bts:Version="1.0" bts:OperatorName="nightshift" bts:Title="Pilot" bts:BeginTime="2024-02-03T10:00:00.5+01:00"
  bts:EndTime="2024-02-03T10:01:00.5+01:00" bts:TargetSystem="CV7000" bts:ReleaseNumber="R1.17.05" {NAMESPACE}>
  <bts:MeasurementSamplePlate bts:Name="Pilot" bts:WellPlateFileName="Pilot.wpi"/>
  <bts:MeasurementChannel bts:Ch="1" bts:HorizontalPixelDimension="0.1625" bts:VerticalPixelDimension="0.1625" bts:CameraNumber="2"
    bts:HorizontalPixels="2560" bts:VerticalPixels="2160"/>
</bts:MeasurementDetail>"""
DATA = f"""<?xml version="1.0" encoding="utf-8"?>
<bts:MeasurementData bts:Version="1.0" {NAMESPACE}>
<bts:MeasurementRecord bts:Type="IMG" bts:Time="2024-02-03T10:00:10.25+01:00" bts:Column="7" bts:Row="2" bts:TimePoint="1" bts:FieldIndex="3"
 bts:ZIndex="2" bts:X="-80.5" bts:Y="12.0" bts:Z="3.0" bts:Ch="1">Pilot_B07_T0001F003L01A01Z02C01.tif</bts:MeasurementRecord>
<bts:MeasurementRecord bts:Type="ERR" bts:Time="2024-02-03T10:00:11.25+01:00" bts:Column="7" bts:Row="2">autofocus</bts:MeasurementRecord>
</bts:MeasurementData>"""
SETTING = f"""<?xml version="1.0" encoding="utf-8"?>
<bts:MeasurementSetting bts:Version="1.0" {NAMESPACE}>
  <bts:LightSourceList><bts:LightSource bts:Name="488nm" bts:Type="Laser" bts:WaveLength="488" bts:Power="50"/>
  <bts:LightSource bts:Name="Lamp" bts:Type="Lamp" bts:WaveLength="0" bts:Power="30"/></bts:LightSourceList>
  <bts:ChannelList><bts:Channel bts:Ch="1" bts:Target="GFP" bts:ObjectiveID="40" bts:Objective="40x" bts:Magnification="40" bts:Method="Confocal"
    bts:Acquisition="BP525/50" bts:ExposureTime="250" bts:Binning="1" bts:Color="#FF00FF00"><bts:LightSourceName>488nm</bts:LightSourceName></bts:Channel></bts:ChannelList>
</bts:MeasurementSetting>"""
PLATE = f"""<?xml version="1.0" encoding="utf-8"?>
<bts:WellPlate bts:Version="1.0" bts:Name="Pilot" bts:ProductID="77" bts:Columns="12" bts:Rows="8" {NAMESPACE}/>"""


def make(folder: Path) -> Path:
    """Write the files of a measurement; the image holds no metadata and is not opened."""
    place = folder / "pilot"
    place.mkdir()
    files = {"MeasurementDetail.mrf": DETAIL, "MeasurementData.mlf": DATA, "Pilot.mes": SETTING, "Pilot.wpi": PLATE}
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8-sig")
    (place / "Pilot_B07_T0001F003L01A01Z02C01.tif").write_bytes(b"no image")
    return place
