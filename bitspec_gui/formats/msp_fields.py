"""The header lines of an MSP record: what programs call the fields of a `SpectrumRecord`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bitspec_gui.domain.prediction import PREDICTED_WORDS
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.fields import (
    as_number,
    cas_or_none,
    foreign_ionisation,
    inchikey_or_none,
    number_or_none,
    positive_or_none,
    text_or_none,
)
from bitspec_gui.formats.text import single_line

_NAMES = ("name", "compoundname", "title")
_SYNONYMS = ("synon", "synonym", "synonyms")
_ACCESSIONS = ("accession", "db", "id", "spectrumid", "dbid")
_INDICES = ("ri", "retentionindex", "kovatsindex", "kovatsri", "kovats")
_COMMENTS = ("comment", "comments")
_IONISATION = ("instrumenttype", "ionization", "ionisation", "ionmode", "ionizationmethod", "sourceinstrument", "ionsource")

_ADDUCTS = ("precursortype", "adduct", "adductionname", "adducttype", "iontype")
_MS_LEVELS = ("mslevel", "spectrumtype", "mstype")

_FIRST_LINES: dict[str, str] = {
    "smiles": "smiles", "inchi": "inchi", "inchikey": "inchikey", "formula": "formula", "molecularformula": "formula",
    "form": "formula",
    "cas": "cas", "casno": "cas", "casrn": "cas", "casnumber": "cas", "casregistrynumber": "cas",
    "mw": "mw", "nominalmass": "mw", "molecularweight": "mw",
    "exactmass": "exactmass", "monoisotopicmass": "exactmass", "parentmass": "parentmass",
    "instrument": "instrument", "instrumentname": "instrument",
    "ionizationenergy": "energy", "ionisationenergy": "energy", "electronenergy": "energy", "ionenergy": "energy",
    "licence": "licence", "license": "licence", "author": "authors", "authors": "authors",
    "predictedby": "predictedby", "predictionconfidence": "confidence",
}  # fmt: skip
"""What a normalised key is kept as; the first line of a kind counts."""

_SEVERAL_FIELDS = re.compile(
    r";\s*(?=[A-Za-z][A-Za-z ]*#?:\s*)|\s+(?=(?:CAS|NIST|ID|DB|MW|ExactMass|Formula)#?:\s)", re.IGNORECASE
)
_SPLIT_KEYS = frozenset({"cas", "casno", "mw", "exactmass", "nist", "db", "id", "formula"})
_SAID_IN_PASSING = re.compile(
    r"(?:^|[\s;,\"])(ionization|ionisation|instrument_type|spectrum_type|ms_level)\s*=\s*([^;,\"]{1,60})", re.IGNORECASE
)
_QUOTED_PAIR = re.compile(r"\"\s*([^\"=]{1,40}?)\s*=\s*([^\"]*)\"")
_PLAIN_PAIR = re.compile(r"(?:^|[\s;,])(SMILES|InChIKey|InChI)\s*=\s*(\S+)", re.IGNORECASE)
_SYNONYM_CODE = re.compile(r"\$:([0-9]{2})\s*(.*)")
_GOLM_FIELD = re.compile(r"((?:MST|METB|GMD|RI|MPIMP)(?: [\w ]{1,30})?)\s*:\s*(.+)")
_SOFT_ADDUCT = re.compile(r"\[?[0-9]*M[+-][0-9]*(?:H|Na|K|NH4|Li|Cl|HCOO)\b")
_INDEX_BY_PHASE = re.compile(r"\b([A-Za-z]{1,20})\s*=\s*([0-9.]+)")
_PHASES = ("semistdnp", "stdnp", "any", "stdpolar", "polar")
_COMMENT_KEYS: dict[str, str] = {
    "computed smiles": "smiles", "computed inchi": "inchi", "computed inchikey": "inchikey", "exact mass": "exactmass",
    "total exact mass": "exactmass", "cas number": "cas", "retention index": "ri",
}  # fmt: skip
_COMMENT_FIELDS = frozenset(_FIRST_LINES) - {"formula", "mw", "instrument"} | {"molecularformula"}
_KEY = re.compile(r"[^a-z0-9$]+")


def normalised(key: str) -> str:
    """Key without case, blanks and punctuation, as `msp_records.header_key` gives it."""
    lower = key.lower()
    return _KEY.sub("", lower) if lower.isascii() else lower.encode("utf-8").hex()


@dataclass
class Headers:
    """Header lines sorted by what they mean; the rest, as written, in ``extra``."""

    first: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    accession: str | None = None
    retention_index: float | None = None
    ionisation: list[str] = field(default_factory=list)
    ms_level: str | None = None
    adduct: str | None = None
    extra: list[tuple[str, str]] = field(default_factory=list)

    @property
    def foreign_ionisation(self) -> str | None:
        """Words that say that the spectrum is not an EI MS1 spectrum, or None."""
        if foreign := foreign_ionisation(*self.ionisation):
            return foreign
        level = (self.ms_level or "").strip().upper()
        if level in ("MS2", "MS3", "MSN", "MS/MS", "2", "3"):
            return level
        # Ions like [M+H]+ come from soft ionisation, unless the record says that it is an EI spectrum.
        said_ei = any(re.search(r"\bEI\b", text) for text in self.ionisation)
        soft = _SOFT_ADDUCT.match((self.adduct or "").strip())
        return soft.string if soft and not said_ei else None


def sort_headers(lines: Sequence[tuple[str, str]]) -> Headers:
    """Sort (key, value) header lines."""
    headers = Headers()
    for key, value in lines:
        for one_key, one_value in _single_fields(key, single_line(value)):
            _sort_line(headers, one_key, one_value)
    _read_comments(headers)
    return headers


def _single_fields(key: str, value: str) -> list[tuple[str, str]]:
    """Fields of one line: ``CAS#: 58-08-2; NIST#: 12345`` holds two."""
    if normalised(key) not in _SPLIT_KEYS or ":" not in value:
        return [(key, value)]
    first, *others = _SEVERAL_FIELDS.split(value)
    fields = [(key, first)]
    for other in others:
        name, _, text = other.partition(":")
        fields.append((name.strip(), text.strip()))
    return fields


def _sort_line(headers: Headers, key: str, value: str) -> None:
    kind = normalised(key)
    if not value:
        return
    _note_ionisation(headers, kind, value)
    if kind in _NAMES and (kind == _NAMES[0] or not headers.names):
        headers.names.append(value)
    elif kind in _SYNONYMS:
        _sort_synonym(headers, value)
    elif kind in _COMMENTS:
        headers.comments.append(value)
    elif not _fill_field(headers, kind, value):
        headers.extra.append((key, value))


def _note_ionisation(headers: Headers, kind: str, value: str) -> None:
    if kind in _IONISATION:
        headers.ionisation.append(value)
    if kind in _MS_LEVELS:
        headers.ms_level = value
    if kind in _ADDUCTS:
        headers.adduct = value


def _fill_field(headers: Headers, kind: str, value: str) -> bool:
    """Take a value for a field that has none yet; False if the line is to be kept among the extra ones."""
    if kind in _ACCESSIONS and headers.accession is None and text_or_none(value):
        headers.accession = value
        return True
    if kind in _INDICES and headers.retention_index is None:
        headers.retention_index = _retention_index(value)
        # A line that says more than the index is kept whole as well.
        return headers.retention_index is not None and as_number(value) is not None
    name = _FIRST_LINES.get(kind)
    if name is None or name in headers.first or not _usable(name, value):
        return False
    headers.first[name] = value
    return True


def _sort_synonym(headers: Headers, value: str) -> None:
    """NIST keeps coded fields among the synonyms: ``$:28`` is the InChIKey, ``$:06`` the instrument, ``$:10`` the ionisation."""
    coded = _SYNONYM_CODE.fullmatch(value)
    if coded is None:
        _sort_golm_synonym(headers, value)
        return
    code, text = coded.groups()
    if code == "28" and inchikey_or_none(text) and "inchikey" not in headers.first:
        headers.first["inchikey"] = text
    elif code == "06" and text and "instrument" not in headers.first:
        headers.first["instrument"] = text
    elif text:
        if code in ("07", "10"):
            headers.ionisation.append(text)
        headers.extra.append((f"Synon $:{code}", text))


def _sort_golm_synonym(headers: Headers, value: str) -> None:
    """Keep a synonym, or one of the fields that the Golm Metabolome Database writes among them (``RI: 986,12``).

    Those of the metabolite (``METB``) are not those of the derivative that was measured.
    """
    field_of_golm = _GOLM_FIELD.fullmatch(value)
    if field_of_golm is None:
        headers.synonyms.append(value)
        return
    key, text = field_of_golm.groups()
    if key == "RI" and headers.retention_index is None:
        headers.retention_index = _retention_index(text)
    headers.extra.append((f"Synon {key}", text))


def _retention_index(value: str) -> float | None:
    """A retention index, of several column phases (``SemiStdNP=1234/5/6 StdNP=1200``) the semi-standard non-polar one first."""
    by_phase = {phase.lower(): index for phase, index in _INDEX_BY_PHASE.findall(value)}
    chosen = next((by_phase[phase] for phase in _PHASES if phase in by_phase), next(iter(by_phase.values()), value))
    number = number_or_none(chosen)
    return number if number is not None and number > 0 else None


_USABLE: dict[str, Callable[[str], object]] = {
    "inchikey": inchikey_or_none,
    "cas": cas_or_none,
    "exactmass": positive_or_none,
    "energy": positive_or_none,
    "confidence": lambda value: (share := as_number(value)) is not None and 0 <= share <= 1,
    "mw": lambda value: (mass := as_number(value)) is not None and 0 < mass < 1e6 and mass.is_integer(),
}


def _usable(field_name: str, value: str) -> bool:
    """Whether a value says what its field needs; otherwise the line is kept as it is among the extra ones."""
    return bool(_USABLE.get(field_name, text_or_none)(value))


def _read_comments(headers: Headers) -> None:
    """Fill fields that have no line of their own from ``"key=value"`` pairs in comments, as MoNA and others write them."""
    for comment in headers.comments:
        for key, said in _SAID_IN_PASSING.findall(comment):
            _note_ionisation(headers, normalised(key), said.strip())
        for key, quoted in [*_QUOTED_PAIR.findall(comment), *_PLAIN_PAIR.findall(comment)]:
            value = quoted.strip("\"' ")
            kind = _COMMENT_KEYS.get(key.lower()) or normalised(key)
            _note_ionisation(headers, kind, value)
            if kind in _COMMENT_FIELDS or kind in _INDICES or kind == "accession":
                _fill_field(headers, kind, _inchi(value) if kind == "inchi" else value)


def _inchi(value: str) -> str:
    value = value.strip("\"' ")
    return value if value.startswith("InChI=") else f"InChI={value}"


def _model_named(headers: Headers) -> str | None:
    """Model of a prediction that an earlier BitSpec wrote: in a line "Model", while the comment says that it was predicted."""
    said = any(comment.startswith(PREDICTED_WORDS) for comment in headers.comments)
    return next((value for key, value in headers.extra if key == "Model"), None) if said else None


def record_of(headers: Headers, spectrum: Spectrum, source_file: str, line: int) -> SpectrumRecord:
    """The record that the headers describe."""
    first = headers.first
    inchi = text_or_none(first.get("inchi"))
    mass = as_number(first.get("mw", ""))
    names = [*headers.names, *headers.synonyms]
    name = names[0] if headers.names else headers.accession or ""
    return SpectrumRecord(
        spectrum=spectrum,
        name=name,
        accession=headers.accession,
        synonyms=tuple(dict.fromkeys(names[1:] if headers.names else names)),
        smiles=text_or_none(first.get("smiles")),
        inchi=_inchi(inchi) if inchi else None,
        inchikey=inchikey_or_none(first.get("inchikey")),
        formula=text_or_none(first.get("formula")),
        cas=cas_or_none(first.get("cas")),
        nominal_mass=int(mass) if mass is not None else None,
        exact_mass=positive_or_none(first.get("exactmass")),
        retention_index=headers.retention_index,
        instrument=text_or_none(first.get("instrument")),
        energy_ev=positive_or_none(first.get("energy")),
        licence=text_or_none(first.get("licence")),
        authors=text_or_none(first.get("authors")),
        comment="; ".join(headers.comments) or None,
        predicted_by=text_or_none(first.get("predictedby")) or _model_named(headers),
        confidence=as_number(first.get("confidence", "")),
        source_file=source_file,
        line=line,
        extra=tuple(headers.extra),
    )
