"""Mass spectra of JCAMP-DX files: peak tables, points and packed data, one or many records in a file.

Labels as in Lampen et al., Appl. Spectrosc. 48 (1994) 1545, https://doi.org/10.1366/0003702944027840, and as NIST, HP and others
write them. Runs (NTUPLES, pages) are for `formats.runs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.assembling import assembled, called
from bitspec_gui.formats.fields import number_or_none
from bitspec_gui.formats.jcamp_blocks import MAX_TABLES, Block, RawBlock, Table, normalised_label, raw_blocks, read_block
from bitspec_gui.formats.jcamp_data import Axis, read_peak_pairs, read_points
from bitspec_gui.formats.msp_fields import Headers, sort_headers
from bitspec_gui.formats.msp_peaks import Pairs
from bitspec_gui.formats.text import ByteStream, RecordDecoder, single_line

_KEYS: dict[str, str] = {
    "TITLE": "Name", "CASNAME": "Synon", "CASREGISTRYNO": "CAS", "CASREGISTRYNUMBER": "CAS", "CASNO": "CAS", "CAS": "CAS",
    "MOLFORM": "Formula", "MOLECULARFORMULA": "Formula", "FORMULA": "Formula", "MW": "MW", "MOLWT": "MW", "NOMINALMASS": "MW",
    "MONOISOTOPICMASS": "Exact mass", "EXACTMASS": "Exact mass", "SMILES": "SMILES", "INCHI": "InChI", "INCHIKEY": "InChIKey",
    "SPECTROMETERDATASYSTEM": "Instrument", "INSTRUMENT": "Instrument", "SPECTROMETER": "Instrument",
    "IONIZATIONMODE": "Ionization", "IONISATIONMODE": "Ionization", "IONIZATIONENERGY": "Ionization energy",
    "ELECTRONENERGY": "Ionization energy", "RETENTIONINDEX": "RI", "RI": "RI", "KOVATSINDEX": "RI", "ACCESSION": "Accession",
    "COMMENT": "Comment", "COMMENTS": "Comment", "LICENSE": "License", "LICENCE": "License", "AUTHORS": "Author",
    "OWNER": "Author", "PREDICTEDBY": "Predicted_by", "PREDICTIONCONFIDENCE": "Prediction_confidence",
}  # fmt: skip
"""What MSP calls the labels of JCAMP-DX; other labels keep their names."""

_MADE_FOR_READING = frozenset(
    {
        "JCAMPDX", "JCAMPCS", "DATATYPE", "DATACLASS", "NPOINTS", "XUNITS", "YUNITS", "FIRSTX", "LASTX", "FIRSTY", "LASTY",
        "MINX", "MAXX", "MINY", "MAXY", "DELTAX", "XFACTOR", "YFACTOR", "BLOCKS", "BLOCKID", "NUMPEAKS", "END",
    }
)  # fmt: skip
_BEST_FIRST = ("PEAKTABLE", "PEAKASSIGNMENTS", "XYPOINTS", "DATATABLE", "XYDATA")


def read_jcamp(source: ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord | Problem]:
    """Read the mass spectra of a JCAMP-DX file one after the other.

    Parameters
    ----------
    source : ByteStream | bytes
        Bytes, or a stream opened in binary mode, which is read in pieces.
    source_file : str
        What records and problems call the file.

    Yields
    ------
    SpectrumRecord | Problem
        A record that cannot be used is one rejected `Problem`; a record kept with a repair is preceded by a `Problem` that is
        not rejected.
    """
    decoder = RecordDecoder()
    for block in raw_blocks(BytesIO(source) if isinstance(source, bytes) else source):
        yield from _read_block(block, decoder, source_file)


def _read_block(raw: RawBlock, decoder: RecordDecoder, source_file: str) -> Iterator[SpectrumRecord | Problem]:
    line = raw.raw.line
    if raw.raw.too_long:
        yield Problem(source_file, line, "This record is too long to be a mass spectrum.")
        return
    block = read_block(decoder.decode(raw.raw.lines), raw.raw.numbers)
    if block.too_many_tables:
        yield Problem(source_file, line, f"This record has more than {MAX_TABLES:,} data tables.")
        return
    kind = single_line(block.first("DATATYPE") or "")
    if not block.tables and (kind.upper() == "LINK" or block.first("BLOCKS")):
        return
    if not any(key for key, _ in block.headers):
        what = "Text that belongs to no record was passed over."
        yield Problem(source_file, line, what, kept="No spectrum was lost.", rejected=False)
        return
    tables = _tables(block)
    if kind and "MASS" not in kind.upper() and "MS" not in kind.upper().split():
        for _ in range(max(len(tables), 1)):
            yield Problem(source_file, line, f"{called(_headers(block.headers))} is no mass spectrum ({kind[:60]}).")
        return
    if not raw.ended:
        what = f"{called(_headers(block.headers))} has no ##END= line; it may have been cut off."
        yield Problem(source_file, line, what, "What is there was read.", rejected=False)
    if not tables:
        yield Problem(source_file, line, f"{called(_headers(block.headers))} has no peaks.")
    for table in tables:
        yield from _read_table(table, source_file, line if table is tables[0] else table.line)


def _tables(block: Block) -> list[Table]:
    """Tables of a block that are spectra of their own: all that bear the label that says most."""
    if not block.tables:
        return []
    best = min((table.label for table in block.tables), key=_BEST_FIRST.index)
    tables = [table for table in block.tables if table.label == best]
    # What stands below the last table is said of it as well.
    tables[-1].headers = list(block.headers)
    return tables


def _read_table(table: Table, source_file: str, line: int) -> Iterator[SpectrumRecord | Problem]:
    headers = _headers(table.headers)
    values = {normalised_label(key): value for key, value in table.headers if value}
    axis = _axis(values)
    failed: list[int] = []

    def peaks() -> Pairs:
        if "++" not in table.form and not (table.label == "XYDATA" and "XY" not in table.form.upper()):
            return read_peak_pairs(table.lines, axis)
        pairs, checks = read_points(table.lines, axis)
        failed.extend(checks)
        return pairs

    packed = "++" in table.form
    counts = [values[key] for key in ("NPOINTS", "NUMPEAKS") if key in values and not packed][:1]
    items = list(assembled(headers, peaks, counts, source_file, line, table.line))
    if failed and any(isinstance(item, SpectrumRecord) for item in items):
        what = f"{called(headers)}: the ordinates of {len(failed)} lines do not go on from the line before."
        yield Problem(source_file, failed[0], what, "It was kept; look at its peaks.", rejected=False)
    yield from items


def _headers(lines: list[tuple[str, str]]) -> Headers:
    named: list[tuple[str, str]] = []
    for key, value in lines:
        label = normalised_label(key)
        if not value or not label or label in _MADE_FOR_READING:
            continue
        if label in ("NAMES", "SYNONYMS"):
            named += [("Synon", name.strip()) for name in value.split("\n")]
        elif _KEYS.get(label) in ("Formula", "CAS"):
            # "C 7 H 5 N3 O6" and "118 - 96 - 7"
            named.append((_KEYS[label], "".join(value.split())))
        else:
            named.append((_KEYS.get(label, key), value))
    headers = sort_headers(named)
    if headers.synonyms and (not headers.names or headers.names[0].isdigit()):
        # Shimadzu's programs number the spectra in their titles.
        headers.names.insert(0, headers.synonyms.pop(0))
    return headers


def _axis(values: dict[str, str]) -> Axis:
    points = number_or_none(values.get("NPOINTS"))
    return Axis(
        first=number_or_none(values.get("FIRSTX")),
        last=number_or_none(values.get("LASTX")),
        step=number_or_none(values.get("DELTAX")),
        points=int(points) if points is not None and 0 <= points < 1e9 else None,
        x_factor=number_or_none(values.get("XFACTOR")) or 1.0,
        y_factor=abs(number_or_none(values.get("YFACTOR")) or 1.0),
    )
