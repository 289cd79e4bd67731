"""Files of records in every format: made ones, whose records are numbered, and real ones where ../shared/data is there."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def peaks_of(number: int) -> list[tuple[int, int]]:
    """Peaks of the made record of a number; no two records have the same."""
    return [(40 + place, 100 + 7 * number + place) for place in range(3 + number % 4)]


def _joined(number: int, pair: str, between: str) -> str:
    return between.join(pair.format(mz, intensity) for mz, intensity in peaks_of(number))


def msp(number: int) -> str:
    """NIST-style."""
    return (
        f"Name: record{number}\nSynon: other name\nFormula: C{number + 3}H8\nMW: {number + 44}\nCAS#: 74-98-6; NIST#: {number}\n"
        f'Retention_index: SemiStdNP=3{number:02}/1/2\nComments: "SMILES=CCC"\nNum Peaks: {len(peaks_of(number))}\n'
        f"{_joined(number, '{} {}', '; ')}\n\n"
    )


def msp_of_ms_dial(number: int) -> str:
    """As MS-DIAL and RIKEN write it."""
    return (
        f"NAME: record{number}\nSCANID: {number}\nRETENTIONTIME: 5.25\nRETENTIONINDEX: 1{number:03}\nIONMODE: Positive\n"
        f"INCHIKEY: \nSMILES: CCO\nCOMMENT: \nNum Peaks: {len(peaks_of(number))}\n" + _joined(number, "{}\t{}", "\n") + "\n\n"
    )


def msl(number: int) -> str:
    """AMDIS."""
    return (
        f"NAME:record{number}\nFORM:C10H22\nCASNO:124-18-5\nRI:1000\nRT:5.32\nNUM PEAKS:  {len(peaks_of(number))}\n"
        + _joined(number, "({:>4} {:>4})", " ")
        + "\n\n"
    )


def jcamp(number: int) -> str:
    """Peak table, as NIST writes it."""
    return (
        f"##TITLE=record{number}\n##JCAMP-DX=4.24\n##DATA TYPE=MASS SPECTRUM\n##ORIGIN=made\n##OWNER=nobody\n##CAS NAME=x\n"
        f"##MOLFORM=C3 H8\n##CAS REGISTRY NO=74-98-6\n##$NIST SOURCE=MSDC\n##XUNITS=M/Z\n##YUNITS=RELATIVE ABUNDANCE\n"
        f"##XFACTOR=1\n##YFACTOR=1\n##FIRSTX=40\n##NPOINTS={len(peaks_of(number))}\n##PEAK TABLE=(XY..XY)\n"
        + _joined(number, "{},{}", " ")
        + "\n##END=\n"
    )


def jcamp_packed(number: int) -> str:
    """Ordinates in squeezed, difference and repeat form."""
    ordinates = "".join("@ABCDEFGHI"[int(str(i)[0])] + str(i)[1:] for _, i in peaks_of(number))
    return (
        f"##TITLE=record{number} $$ a comment\n##JCAMP-DX=4.24\n##DATA TYPE=MASS SPECTRUM\n##FIRSTX=40\n##DELTAX=1\n"
        f"##NPOINTS={len(peaks_of(number))}\n##XYDATA=(X++(Y..Y))\n40{ordinates}\n##END=\n"
    )


def massbank(number: int) -> str:
    """MassBank record format 2."""
    return (
        f"ACCESSION: MSBNK-Made-R{number}\nRECORD_TITLE: record{number}; EI-B; MS\nLICENSE: CC0\nCH$NAME: record{number}\n"
        "CH$FORMULA: CH4O\nCH$SMILES: CO\nAC$INSTRUMENT_TYPE: EI-B\nAC$MASS_SPECTROMETRY: MS_TYPE MS\n"
        f"PK$NUM_PEAK: {len(peaks_of(number))}\nPK$PEAK: m/z int. rel.int.\n" + _joined(number, "  {} {} 999", "\n") + "\n//\n"
    )


def mgf(number: int) -> str:
    """MGF of an EI spectrum."""
    return (
        f"BEGIN IONS\nPEPMASS=0\nNAME=record{number}\nMSLEVEL=1\nSMILES=CCC\nINCHIAUX=ATUOYWHBWRKTHZ-UHFFFAOYSA-N\n"
        + _joined(number, "{} {}", "\n")
        + "\nEND IONS\n\n"
    )


def sdf(number: int) -> str:
    """SD file with a spectrum."""
    return (
        f"record{number}\n  made\n\n  1  0  0  0  0  0            999 V2000\n    0.0000    0.0000    0.0000 C   0  0\nM  END\n"
        f"> <SYNONYMS>\none\ntwo\n\n> <NUM PEAKS>\n{len(peaks_of(number))}\n\n> <MASS SPECTRAL PEAKS>\n"
        + _joined(number, "{} {}", "\n")
        + "\n\n$$$$\n"
    )


def long_table(number: int) -> str:
    """Rows of a table with a peak a row."""
    return "".join(f"record{number},{mz},{intensity},{1000 + number}\n" for mz, intensity in peaks_of(number))


def wide_table(number: int) -> str:
    """Row of a table with a spectrum a row."""
    return f"record{number}\t{1000 + number}\t{_joined(number, '{}:{}', ' ')}\n"


def titled_peaks(number: int) -> str:
    """Bare peaks below a title."""
    return f"record{number}\n" + _joined(number, "{} {}", "\n") + "\n\n"


FORMATS: dict[str, tuple[str, Callable[[int], str]]] = {
    "msp": ("", msp), "ms-dial": ("", msp_of_ms_dial), "msl": ("", msl), "jcamp": ("", jcamp), "jcamp-packed": ("", jcamp_packed),
    "massbank": ("", massbank), "mgf": ("", mgf), "sdf": ("", sdf), "long-table": ("name,m/z,intensity,RI\n", long_table),
    "wide-table": ("Name\tRI\tSpectra\n", wide_table), "peaks": ("", titled_peaks),
}  # fmt: skip
"""By name: what stands above the records, and what makes the record of a number."""

LINKED = (
    "##TITLE=two\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n##BLOCKS=3\n" + jcamp(1) + jcamp_packed(2).replace("40A", "40A") + "##END=\n"
)


def made_file(name: str, records: int = 4) -> bytes:
    """A file of records 0, 1, ... of a format."""
    above, render = FORMATS[name]
    return (above + "".join(render(number) for number in range(records))).encode()


def packed_files() -> list[bytes]:
    """The same, as gzip and as zip."""
    packed = [gzip.compress(made_file("msp"), mtime=0)]
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        for name in FORMATS:
            members.writestr(f"{name}.txt", made_file(name, 2))
        members.writestr("inner/msp.gz", packed[0])
    return [*packed, archive.getvalue()]


def real_files() -> list[bytes]:
    """Records of MassBank as they are; none where the data are not there."""
    path = SHARED / "massbank_ei" / "records.zip"
    if not path.is_file():
        return []
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".txt")]
        return [archive.read(name) for name in names[:: max(1, len(names) // 20)]]
