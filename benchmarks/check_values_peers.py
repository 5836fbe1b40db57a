"""What other libraries say of real files; run by check_values.py in an environment of theirs, prints JSON.

Units: pixel sizes and wavelengths as check_values.py names them. A value that a library does not give is absent, never guessed.
"""

from __future__ import annotations

import importlib
import json
import logging
import math
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

Said = dict[str, list[object]]

_TO_UM = {"m": 1e6, "mm": 1e3, "µm": 1.0, "um": 1.0, "micron": 1.0, "nm": 1e-3, "å": 1e-4, "a": 1e-4, "pm": 1e-6}


def _put(said: Said, name: str, value: object) -> None:
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return
    said.setdefault(name, []).append(value)


def ome_types(path: Path) -> Said:
    """OME-XML and OME-TIFF."""
    import ome_types  # noqa: PLC0415 - each library is loaded for its own files

    ome = ome_types.from_tiff(path) if path.suffix.lower() in {".tif", ".tiff"} else ome_types.from_xml(path)
    return _of_ome(ome)


def _um(value: float | None, unit: object) -> float | None:
    factor = _TO_UM.get(str(getattr(unit, "value", unit)).lower())
    return None if value is None or factor is None else float(value) * factor


def _of_ome(ome: object) -> Said:
    said: Said = {}
    for image in ome.images:
        pixels = image.pixels
        for axis in "xyz":
            _put(
                said,
                f"pixel_size_{axis}",
                _um(getattr(pixels, f"physical_size_{axis}"), getattr(pixels, f"physical_size_{axis}_unit")),
            )
        _put(said, "acquisition_date", image.acquisition_date and image.acquisition_date.isoformat())
        for channel in pixels.channels:
            _put(said, "channel", channel.name)
            _put(said, "fluorophore", channel.fluor)
            for kind in ("excitation", "emission"):
                length = _um(getattr(channel, f"{kind}_wavelength"), getattr(channel, f"{kind}_wavelength_unit"))
                _put(said, f"{kind}_wavelength", length and length * 1000)
    for instrument in ome.instruments:
        for objective in instrument.objectives:
            _put(said, "lens_na", objective.lens_na)
            _put(said, "nominal_magnification", objective.nominal_magnification)
        for detector in instrument.detectors:
            unit = str(getattr(detector.voltage_unit, "value", detector.voltage_unit))
            _put(said, "detector_voltage", detector.voltage and detector.voltage * {"kV": 1000.0, "mV": 0.001}.get(unit, 1.0))
    return said


def bioio_czi(path: Path) -> Said:
    """CZI by libCZI; bioio leaves units out, all of these are micrometres."""
    reader = importlib.import_module("bioio_czi").Reader(path)
    said: Said = {}
    for axis, size in zip("zyx", reader.physical_pixel_sizes, strict=True):
        _put(said, f"pixel_size_{axis}", size)
    for name in reader.channel_names or ():
        _put(said, "channel", str(name))
    try:
        of_ome = _of_ome(reader.ome_metadata)
    except Exception:  # noqa: BLE001 - its translation to OME fails for some files
        return said
    return said | {name: values for name, values in of_ome.items() if name != "channel" and not name.startswith("pixel_size")}


def readlif(path: Path) -> Said:
    """LIF: samples per micrometre, of which the reciprocal is the size."""
    said: Said = {}
    for image in importlib.import_module("readlif.reader").LifFile(path).image_list:
        for axis, scale in zip("xyz", image["scale"][:3], strict=True):
            _put(said, f"pixel_size_{axis}", 1 / scale if scale else None)
        settings = image["settings"]
        for name, key in (("lens_na", "NumericalAperture"), ("nominal_magnification", "Magnification")):
            _put(said, name, float(settings[key]) if settings.get(key) else None)
    return said


def liffile(path: Path) -> Said:
    """LIF: coordinates of the samples, in metres."""
    said: Said = {}
    with importlib.import_module("liffile").LifFile(path) as lif:
        for image in lif.images:
            for axis in "XYZ":
                places = image.coords.get(axis)
                if places is not None and len(places) > 1:
                    _put(said, f"pixel_size_{axis.lower()}", abs(float(places[1] - places[0])) * 1e6)
    return said


def nd2(path: Path) -> Said:
    """ND2."""
    said: Said = {}
    with importlib.import_module("nd2").ND2File(path) as file:
        for axis, size in file.voxel_size()._asdict().items():
            _put(said, f"pixel_size_{axis}", size)
        for channel in file.metadata.channels:
            _put(said, "channel", channel.channel.name)
            _put(said, "excitation_wavelength", channel.channel.excitationLambdaNm)
            _put(said, "emission_wavelength", channel.channel.emissionLambdaNm)
        lens = file.metadata.channels[0].microscope
        _put(said, "lens_na", lens.objectiveNumericalAperture)
        _put(said, "nominal_magnification", lens.objectiveMagnification)
        _put(said, "acquisition_date", file.text_info.get("date"))
    return said


def oiffile(path: Path) -> Said:
    """OIB, by the texts of the axes and channels."""
    said: Said = {}
    with importlib.import_module("oiffile").OifFile(str(path)) as file:
        main = file.mainfile
        reference = main["Reference Image Parameter"]
        for axis, name in (("x", "Width"), ("y", "Height")):
            unit = _TO_UM.get(str(reference[f"{name}Unit"]).lower(), 0)
            _put(said, f"pixel_size_{axis}", float(reference[f"{name}ConvertValue"]) * unit or None)
        for number in range(1, 9):
            channel = main.get(f"GUI Channel {number} Parameters", {})
            _put(said, "emission_wavelength", channel.get("EmissionWavelength") or None)
            _put(said, "excitation_wavelength", channel.get("ExcitationWavelength") or None)
            _put(said, "fluorophore", channel.get("DyeName") if channel.get("DyeName") != "None" else None)
        _put(said, "acquisition_date", str(main["Acquisition Parameters Common"].get("ImageCaputreDate", "")).strip("'"))
    return said


_HYPERSPY = {
    "acceleration_voltage": "beam_energy",
    "electron_magnification": "magnification",
    "working_distance_used": "working_distance",
    "camera_length": "camera_length",
}


def _hyperspy(signal: dict[str, object]) -> dict[str, object]:
    """Return the fields that HyperSpy agrees on, by dotted paths: those given, and those that the reader says how to make."""
    found = dict(_flat("", signal["metadata"]))
    native = dict(_flat("", signal["original_metadata"]))
    for path, (target, make) in (signal.get("mapping") or {}).items():
        if path in native and target not in found:
            try:
                found[target] = make(native[path]) if make else native[path]
            except Exception:  # noqa: BLE001, S112 - made for other versions
                continue
    return found


def _flat(prefix: str, tree: object) -> list[tuple[str, object]]:
    items = tree.items() if hasattr(tree, "items") else ()
    own = [(f"{prefix}{key}", value) for key, value in items]
    return [*own, *(pair for path, value in own for pair in _flat(f"{path}.", value))]


def rsciio(path: Path) -> Said:
    """Electron microscopes: axes with units, and the fields that HyperSpy agrees on."""
    module = {
        ".dm3": "digitalmicrograph", ".dm4": "digitalmicrograph", ".mrc": "mrc", ".emi": "tia", ".emd": "emd",
        ".spx": "bruker", ".bcf": "bruker", ".tif": "tiff",
    }[path.suffix]  # fmt: skip
    said: Said = {}
    for signal in importlib.import_module(f"rsciio.{module}").file_reader(str(path), lazy=True):
        for axis in signal["axes"]:
            name, unit = str(axis.get("name", "")).lower(), str(axis.get("units", "")).lower()
            if name in {"x", "y", "z", "width", "height"} and unit in _TO_UM:
                name = {"width": "x", "height": "y"}.get(name, name)
                _put(said, f"pixel_size_{name}", abs(float(axis["scale"])) * _TO_UM[unit])
        known = _hyperspy(signal)
        date, time = known.get("General.date"), known.get("General.time")
        _put(said, "acquisition_date", f"{date}T{time}" if date and time else None)
        for kind in ("TEM", "SEM"):
            for field, name in _HYPERSPY.items():
                _put(said, field, known.get(f"Acquisition_instrument.{kind}.{name}"))
        _put(said, "exposure_time", known.get("Acquisition_instrument.TEM.Camera.exposure"))
    return said


def tifffile(path: Path) -> Said:
    """ImageJ and the makers' blocks, in the units that their formats say."""
    said: Said = {}
    with importlib.import_module("tifffile").TiffFile(path) as file:
        page = file.pages[0]
        if file.imagej_metadata and file.imagej_metadata.get("unit"):
            unit = _TO_UM.get(file.imagej_metadata["unit"].replace("\\u00B5", "µ").lower())
            for axis, tag in (("x", "XResolution"), ("y", "YResolution")):
                if unit and tag in page.tags:
                    count, length = page.tags[tag].value
                    _put(said, f"pixel_size_{axis}", length / count * unit if count else None)
            _put(said, "pixel_size_z", unit and file.imagej_metadata.get("spacing") and file.imagej_metadata["spacing"] * unit)
        if file.sis_metadata:
            _put(said, "pixel_size_x", file.sis_metadata["pixelsizex"] * 1e6)
            _put(said, "pixel_size_y", file.sis_metadata["pixelsizey"] * 1e6)
            _put(said, "acquisition_date", file.sis_metadata["datetime"].isoformat())
        if file.metaseries_metadata:
            plane = file.metaseries_metadata["PlaneInfo"]
            if plane.get("spatial-calibration-state") and plane.get("spatial-calibration-units") in {"um", "µm"}:
                _put(said, "pixel_size_x", plane["spatial-calibration-x"])
                _put(said, "pixel_size_y", plane["spatial-calibration-y"])
            _put(said, "lens_na", plane.get("_MagNA_"))
            _put(said, "emission_wavelength", plane.get("wavelength"))
            moment = plane.get("acquisition-time-local")
            _put(said, "acquisition_date", moment.isoformat() if hasattr(moment, "isoformat") else moment)
    return said


def pydicom(path: Path) -> Said:
    """DICOM: PixelSpacing is the distance of rows, then of columns, in millimetres."""
    data = importlib.import_module("pydicom").dcmread(path, stop_before_pixels=True)
    said: Said = {}
    for group in data.get("SharedFunctionalGroupsSequence", ()):
        for measure in group.get("PixelMeasuresSequence", ()):
            if "PixelSpacing" in measure:
                _put(said, "pixel_size_y", float(measure.PixelSpacing[0]) * 1000)
                _put(said, "pixel_size_x", float(measure.PixelSpacing[1]) * 1000)
    for light in data.get("OpticalPathSequence", ()):
        power = light.get("ObjectiveLensPower")
        _put(said, "nominal_magnification", float(power) if power is not None else None)
        aperture = light.get("ObjectiveLensNumericalAperture")
        _put(said, "lens_na", float(aperture) if aperture is not None else None)
        wave = light.get("IlluminationWaveLength")
        _put(said, "excitation_wavelength", float(wave) if wave is not None else None)
    moment = str(data.get("AcquisitionDateTime") or "")
    _put(
        said,
        "acquisition_date",
        moment and f"{moment[:4]}-{moment[4:6]}-{moment[6:8]}T{moment[8:10]}:{moment[10:12]}:{moment[12:14]}",
    )
    return said


def of_file(path: Path, libraries: Iterable[str]) -> dict[str, Said | str]:
    """Return what each library says of a file, or in a word why it says nothing."""
    found: dict[str, Said | str] = {}
    for name in libraries:
        work: Callable[[Path], Said] = globals()[name]
        try:
            found[name] = work(path)
        except Exception as error:  # noqa: BLE001 - libraries fail in any way
            found[name] = f"{type(error).__name__}: {str(error)[:100]}"
    return found


def main() -> None:
    """Read names of files and libraries as JSON from the standard input."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    asked = json.load(sys.stdin)
    json.dump({name: of_file(Path(name), libraries) for name, libraries in asked.items()}, sys.stdout, default=str)


if __name__ == "__main__":
    main()
