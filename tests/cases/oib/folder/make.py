"""An OIF: the main text, and a folder with the text of two planes."""

from pathlib import Path

MAIN = """[Acquisition Parameters Common]
Acquisition Device="FV1200"
ImageCaputreDate='2015-11-03 09:30:12'
ScanMode="XYZ"
IntegrationType="Line Kalman"
IntegrationCount=4
ZoomValue=2.5
[Axis 0 Parameters Common]
AxisCode="X"
MaxSize=512
UnitName="um"
[Axis 1 Parameters Common]
AxisCode="Y"
MaxSize=256
UnitName="um"
[Axis 2 Parameters Common]
AxisCode="C"
MaxSize=2
[Axis 3 Parameters Common]
AxisCode="Z"
MaxSize=11
Interval=-840
PixUnit="nm"
[Axis 4 Parameters Common]
AxisCode="T"
MaxSize=0
Interval=7
PixUnit="ms"
[Axis Parameter Common]
AxisOrder="XYZC"
[Channel 1 Parameters]
AnalogPMTVoltage=510
BF Name="BA505-540"
CH Name="CH1"
Confocal="ON"
DyeName="Alexa Fluor 488"
EmissionWavelength=520
ExcitationDM Name="DM405/488"
ExcitationWavelength=488
LightType="Fluorescence"
PMTDetectingMode=0
Physical CH Number=1
[Channel 2 Parameters]
AnalogPMTVoltage=172
BF Name=""
CH Name="TD1"
Confocal="OFF"
DyeName="None"
EmissionWavelength=0
ExcitationDM Name="DM405/488"
ExcitationWavelength=488
LightType="Transmitted Light"
PMTDetectingMode=0
Physical CH Number=5
[File Info]
DataName="root tip.oif"
UserComment="60xWater
second line = not a key"
UserName="Bo Examplar"
[Laser 0 Parameters]
Laser Enable=1
LaserWavelength=488
LaserTransmissivity=12
[Laser 1 Parameters]
Laser Enable=0
LaserWavelength=543
[Reference Image Parameter]
HeightConvertValue=0.2
HeightUnit="um"
ValidBitCounts=12
WidthConvertValue=0.2
WidthUnit="um"
[Version Info]
FileVersion="1.2.6.0"
SystemName="FLUOVIEW FV1200"
SystemVersion="4.0.3.4"
"""
PLANE = """[Acquisition Parameters Common]
Magnification=60.0
ObjectiveLens NAValue=1.2
ObjectiveLens Name="UPLSAPO  60X W NA:1.20"
ObjectiveLens WDValue=9999.0
PinholeDiameter=115000
PMTVoltage=510
Time Per Pixel="2.0"
[Axis 3 Parameters]
AbsPositionUnitName="nm"
AbsPositionValue={position}
"""


def make(folder: Path) -> Path:
    path = folder / "root tip.oif"
    path.write_bytes(MAIN.replace("\n", "\r\n").encode("utf-16"))
    beside = folder / "root tip.oif.files"
    beside.mkdir()
    for plane in (1, 2):
        text = PLANE.format(position=1000 * plane)
        (beside / f"s_C001Z{plane:03}.pty").write_bytes(text.replace("\n", "\r\n").encode("utf-16"))
        (beside / f"s_C001Z{plane:03}.tif").write_bytes(b"pixels are not read")
    return path
