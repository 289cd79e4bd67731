"""Files of GC-MS runs, made from scans: netCDF classic, mzML, mzXML, JCAMP-DX and Agilent data.ms."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from tests.formats.netcdf_writer import netcdf

SCANS = tuple(
    (
        60.0 + 0.5 * number,
        [(40.0, 100 + number), (57.0, round(5000 * np.exp(-((number - 12) ** 2) / 18)) + 3), (71.0, 50)][
            : 3 if number % 5 else 2
        ],
    )
    for number in range(24)
)
"""Times in seconds, and (m/z, intensity); ions at 57 make a peak around scan 13."""


def andi(
    scans=SCANS, *, mass="f4", intensity="f4", records=True, version=1, without=(), extra=None, attributes=None, **variables
):
    """An ANDI/MS run of (seconds, [(m/z, intensity), ...]); `variables` replace or add variables as in `netcdf`."""
    points = [pair for _, peaks in scans for pair in peaks]
    counts = np.array([len(peaks) for _, peaks in scans], dtype="i4")
    starts = (np.cumsum(counts) - counts).astype("i4")
    found = {
        "scan_acquisition_time": (("scan_number",), np.array([time for time, _ in scans], dtype="f8"), {}),
        "scan_index": (("scan_number",), starts, {}),
        "point_count": (("scan_number",), counts, {}),
        "mass_values": (("point_number",), np.array([mz for mz, _ in points], dtype=mass), {"units": "M/Z"}),
        "intensity_values": (("point_number",), np.array([i for _, i in points], dtype=intensity), {}),
    }
    found.update(variables)
    for name in without:
        del found[name]
    dimensions = {"point_number": 0 if records else len(points), "scan_number": len(scans), **(extra or {})}
    said = {"experiment_type": "Centroided Mass Spectrum", "experiment_title": "Made for tests", **(attributes or {})}
    return netcdf(dimensions, found, said, version=version)


def _binary(values, dtype, packed):
    data = np.asarray(values, dtype=dtype).tobytes()
    return base64.b64encode(zlib.compress(data) if packed else data).decode()


def cv(accession, value="", unit=""):
    """A parameter of mzML."""
    return (
        f'<cvParam cvRef="MS" accession="{accession}" name="x" value="{value}"'
        + (f' unitAccession="{unit}"' if unit else "")
        + "/>"
    )


def mzml_array(kind, values, *, dtype="<f8", packed=True, text=None, packing=None):
    """One array of a scan; `kind` is ``mz`` or ``intensity``."""
    types = {"<f8": "MS:1000523", "<f4": "MS:1000521", "<i4": "MS:1000519", "<i8": "MS:1000522"}
    said = cv(types[dtype]) + cv(packing or ("MS:1000574" if packed else "MS:1000576"))
    said += cv("MS:1000514" if kind == "mz" else "MS:1000515")
    written = text if text is not None else _binary(values, dtype, packed)
    return f"<binaryDataArray>{said}<binary>{written}</binary></binaryDataArray>"


def mzml_spectrum(time, peaks, *, unit="UO:0000031", params="", arrays=None, length=None, level=1):
    """One spectrum; `time` in whatever `unit` says."""
    mz, intensity = [pair[0] for pair in peaks], [pair[1] for pair in peaks]
    both = arrays if arrays is not None else mzml_array("mz", mz) + mzml_array("intensity", intensity, dtype="<f4", packed=False)
    announced = len(peaks) if length is None else length
    return (
        f'<spectrum index="0" id="scan=1" defaultArrayLength="{announced}">{cv("MS:1000511", level)}{params}'
        f'<scanList count="1"><scan>{cv("MS:1000016", time, unit)}</scan></scanList>'
        f'<binaryDataArrayList count="2">{both}</binaryDataArrayList></spectrum>\n'
    )


def mzml(spectra=None, *, head="", ionisation="MS:1000389"):
    """An mzML file of spectra, or of the usual scans."""
    if spectra is None:
        spectra = [mzml_spectrum(time / 60, peaks, params=cv("MS:1000127")) for time, peaks in SCANS]
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n{head}<mzML xmlns="http://psi.hupo.org/ms/mzml">'
        f'<instrumentConfigurationList><instrumentConfiguration id="IC">{cv(ionisation)}</instrumentConfiguration>'
        f'</instrumentConfigurationList>\n<run id="made" startTimeStamp="2024-05-06T07:08:09Z">'
        f'<spectrumList count="{len(spectra)}">\n'
        f"{''.join(spectra)}</spectrumList></run></mzML>\n"
    ).encode()


def mzxml_scan(number, seconds, peaks, *, precision=32, packed=False, order="network", level=1, inner="", more='centroided="1"'):
    """One scan; `inner` holds the scans within it."""
    sign = "<" if order == "little" else ">"
    values = [value for pair in peaks for value in pair]
    said = f'precision="{precision}" byteOrder="{order}" contentType="m/z-int"' + (' compressionType="zlib"' if packed else "")
    return (
        f'<scan num="{number}" msLevel="{level}" peaksCount="{len(peaks)}" retentionTime="PT{seconds}S" {more}>'
        f"<peaks {said}>{_binary(values, f'{sign}f{precision // 8}', packed)}</peaks>{inner}</scan>\n"
    )


def mzxml(scans=None):
    """An mzXML file of scans, or of the usual ones."""
    if scans is None:
        scans = [mzxml_scan(number + 1, time, peaks) for number, (time, peaks) in enumerate(SCANS)]
    return (
        '<?xml version="1.0"?>\n<mzXML xmlns="http://sashimi.sourceforge.net/schema_revision/mzXML_3.2"><msRun>'
        f'<msInstrument><msModel category="msModel" value="Made"/></msInstrument>\n{"".join(scans)}</msRun></mzXML>\n'
    ).encode()


def jcamp_run(scans=SCANS, *, title="made run", ntuples=False, unit="SECONDS"):
    """A JCAMP-DX run: pages with a retention time, or NTUPLES."""
    head = f"##TITLE= {title}\n##JCAMP-DX= 5.00\n##DATA TYPE= MASS SPECTRUM\n##IONIZATION_MODE= EI+\n"
    if ntuples:
        head += "##NTUPLES= MASS SPECTRUM\n##VAR_NAME= MASS, INTENSITY, RETENTION TIME\n##SYMBOL= X, Y, T\n"
        head += f"##UNITS= M/Z, ABUNDANCE, {unit}\n"
    pages = []
    for number, (time, peaks) in enumerate(scans, start=1):
        lines = "".join(f" {mz:.4f}, {intensity}\n" for mz, intensity in peaks)
        if ntuples:
            pages.append(f"##PAGE= T={time}\n##NPOINTS= {len(peaks)}\n##DATA TABLE= (XY..XY), PEAKS\n{lines}")
        else:
            pages.append(f"##SCAN_NUMBER= {number}\n##PAGE= T={time}\n##RETENTION_TIME= {time}\n")
            pages.append(f"##NPOINTS= {len(peaks)}\n##XYDATA= (XY..XY)\n{lines}")
    return (head + "".join(pages) + ("##END NTUPLES= MASS SPECTRUM\n" if ntuples else "") + "##END=\n").encode()


def agilent(scans=SCANS, *, count=None, sample="sample 1", stamp="17 SEP 104  10:28"):
    """An Agilent data.ms; intensities above 16383 lose digits, as they do there."""
    header = bytearray(0x2F2)
    header[0:4] = b"\x012\x00\x00"
    for offset, text in ((0x04, "GC / MS DATA FILE"), (0x18, sample), (0xB2, stamp), (0xD0, "5973N")):
        header[offset : offset + 1 + len(text)] = bytes([len(text)]) + text.encode()
    struct.pack_into(">I", header, 0x108, len(header) // 2 + 1)
    struct.pack_into(">I", header, 0x116, len(scans) if count is None else count)
    body = b""
    for seconds, peaks in scans:
        packed = [(round(mz * 20), _packed_abundance(intensity)) for mz, intensity in reversed(peaks)]
        base = max(packed, key=lambda pair: (pair[1] & 0x3FFF) << (3 * (pair[1] >> 14)), default=(0, 0))
        words = (18 + 4 * len(packed) + 10) // 2
        body += struct.pack(">HiHHHHHH", words, round(seconds * 1000), words - 8, 1, 0, len(packed), *base)
        body += b"".join(struct.pack(">HH", *pair) for pair in packed)
        body += struct.pack(">HHHI", 0, 5, 4, round(sum(intensity for _, intensity in peaks)))
    return bytes(header) + body


def _packed_abundance(value):
    power = 0
    value = round(value)
    while value > 0x3FFF:
        value >>= 3
        power += 1
    return power << 14 | value


LIBRARY = (
    ("acetone", "C3H6O", "CC(C)=O", 67641, 58, [(43, 999), (58, 300)]),
    ("benzene", "C6H6", "c1ccccc1", 71432, 78, [(78, 999), (51, 200)]),
    ("nothing known", "", "", -9999, -9999, [(28, 500), (32, 100)]),
)
"""Name, formula, SMILES, CAS number, nominal mass and peaks."""


def andi_library(entries=LIBRARY, **more):
    """An ANDI/MS library."""

    def texts(place, length=64):
        return np.array([list(entry[place].encode().ljust(length, b"\0")[:length]) for entry in entries], dtype="u1").view("S1")

    def integers(place):
        return ("scan_number",), np.array([entry[place] for entry in entries], dtype="i4"), {}

    variables = {
        "entry_name": (("scan_number", "_64_byte_string"), texts(0), {}),
        "chemical_formula": (("scan_number", "_64_byte_string"), texts(1), {}),
        "smiles": (("scan_number", "_64_byte_string"), texts(2), {}),
        "CAS_number": integers(3),
        "nominal_mass": integers(4),
    }
    return andi(
        [(-9999.0, entry[5]) for entry in entries], mass="i2", intensity="i2", extra={"_64_byte_string": 64},
        attributes={"experiment_type": "Library Mass Spectrum"}, **variables, **more,
    )  # fmt: skip
