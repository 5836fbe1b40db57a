"""A LIF of its XML alone: an image scanned twice, one detector and one laser line at a time, and one from a camera."""

import struct
from pathlib import Path


def scan(number: int, detector: str, line: str, band: tuple[str, str], dye: str) -> str:
    return f"""<ATLConfocalSettingDefinition ObjectiveName="HC PL APO 40x/1.10 W" Magnification="40" NumericalAperture="1.1"
      Immersion="WATER" RefractionIndex="1.33" MicroscopeModel="DMI8-CS" IsInverseMicroscopeModel="1" SystemSerialNumber="8100009999"
      Zoom="2" Pinhole="6.5E-05" ScanSpeed="400" LineAverage="2" FrameAverage="1" PixelDwellTime="1.2E-06"
      StagePosX="0.031" StagePosY="0.012" ZPosition="-1.5E-06" ScanMode="xyz" UserSettingName="S{number}">
      <Spectro><MultiBand Channel="{number}" LeftWorld="{band[0]}" RightWorld="{band[1]}" DyeName="{dye}"/></Spectro>
      <AotfList><Aotf LightSourceName="Argon">
        <LaserLineSetting LaserLine="{line}" IntensityDev="2.5"/><LaserLineSetting LaserLine="633" IntensityDev="0"/></Aotf></AotfList>
      <DetectorList>
        <Detector Name="{detector}" Type="HyD" Channel="{number}" IsActive="1" Gain="100.5" Offset="0"/>
        <Detector Name="PMT Trans" Type="PMT" Channel="9" IsActive="0" Gain="0" Offset="0"/>
      </DetectorList></ATLConfocalSettingDefinition>"""


def xml() -> str:
    return f"""<LMSDataContainerHeader Version="2"><Element Name="Project" UniqueID="p-1" Visibility="1"><Children>
  <Element Name="Series001" UniqueID="s-1" Visibility="1"><Data><Image TextDescription="left lobe">
    <ImageDescription><Channels>
      <ChannelDescription Resolution="8" LUTName="Green"/><ChannelDescription Resolution="8" LUTName="Red"/></Channels>
    <Dimensions>
      <DimensionDescription DimID="1" NumberOfElements="101" Origin="0" Length="5.000000e-005" Unit="m"/>
      <DimensionDescription DimID="2" NumberOfElements="51" Origin="0" Length="2.500000e-005" Unit="m"/>
      <DimensionDescription DimID="3" NumberOfElements="11" Origin="0" Length="-3.0e-006" Unit="m"/>
      <DimensionDescription DimID="4" NumberOfElements="1" Origin="0" Length="0" Unit="s"/></Dimensions></ImageDescription>
    <TimeStampList NumberOfTimeStamps="1">1d6f64bbab40b70 </TimeStampList>
    <Attachment Name="HardwareSetting" Software="LAS X 4.1.0.1234" SystemTypeName="STELLARIS 5" DataSourceTypeName="Confocal">
    <LDM_Block_Sequential><LDM_Block_Sequential_Master>{scan(1, "HyD S 1", "488", ("500", "550"), "Leica/EGFP")}
    </LDM_Block_Sequential_Master><LDM_Block_Sequential_List>
    {scan(1, "HyD S 1", "488", ("500", "550"), "Leica/EGFP")}
    {scan(2, "HyD S 2", "561", ("570", "620"), "")}</LDM_Block_Sequential_List></LDM_Block_Sequential></Attachment>
  </Image></Data><Children/></Element>
  <Element Name="Series002" UniqueID="s-2" Visibility="1"><Data><Image>
    <ImageDescription><Channels><ChannelDescription Resolution="12" LUTName="Gray"/></Channels>
    <Dimensions><DimensionDescription DimID="1" NumberOfElements="2" Length="6.5e-007" Unit="m"/></Dimensions></ImageDescription>
    <TimeStampList><TimeStamp HighInteger="30864971" LowInteger="36306201"/></TimeStampList>
    <Attachment Name="HardwareSetting" Software="LAS X 4.1.0.1234" DataSourceTypeName="Camera">
    <ATLCameraSettingDefinition ObjectiveName="N PLAN 10x/0.25 DRY" Magnification="10" NumericalAperture="0.25" Immersion="DRY"
      MicroscopeModel="DM2000" SystemSerialNumber="0">
    <WideFieldChannelConfigurator CameraName="DFC9000">
      <WideFieldChannelInfo Active="1" UserDefName="GFP" ExposureTime="0.05" ContrastingMethodName="FLUO" FluoCubeName="L5"/>
    </WideFieldChannelConfigurator></ATLCameraSettingDefinition></Attachment>
  </Image></Data><Children/></Element>
</Children></Element></LMSDataContainerHeader>"""


def make(folder: Path) -> Path:
    text = xml().encode("utf-16-le")
    path = folder / "lobe.lif"
    path.write_bytes(struct.pack("<IIBI", 0x70, len(text) + 5, 0x2A, len(text) // 2) + text)
    return path
