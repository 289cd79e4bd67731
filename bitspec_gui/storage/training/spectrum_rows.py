"""`DatasetSpectrum` -> the values of a `DatasetSpectrumRow`, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum, Standing, spectrum_digest
from bitspec_gui.storage.derived_values import storable
from bitspec_gui.storage.record_rows import STATED_NAMES, peak_values, stated_record, stated_values
from bitspec_gui.storage.training.schema import SPECTRUM

_JUDGED = ("standing", "reason", "choice", "duplicate_of")

STATED_COLUMNS = tuple(SPECTRUM.c[name] for name in ("spectrum_id", *_JUDGED, *STATED_NAMES))
"""Columns that `dataset_spectrum` needs, in its order."""

_DIGESTED = ("smiles", "inchikey", "instrument")


def spectrum_values(spectrum: DatasetSpectrum) -> dict[str, Any]:
    """Column values of a spectrum, without its id, its dataset, and whether it was removed."""
    values = stated_values(spectrum.record) | peak_values(spectrum.record)
    return values | {
        "standing": spectrum.standing.value,
        "reason": storable(spectrum.reason) or "",
        "choice": spectrum.choice,
        "duplicate_of": spectrum.duplicate_of,
        "used": spectrum.used,
        "compound": storable(spectrum.compound),
        "digest": spectrum_digest(_as_stored(spectrum.record, values)),
    }


def dataset_spectrum(row: Sequence[Any]) -> DatasetSpectrum:
    """Spectrum of a row of `STATED_COLUMNS`.

    Raises
    ------
    ValueError
        If the row does not hold what `spectrum_values` makes: the file was damaged.
    """
    spectrum_id, standing, reason, choice, duplicate_of = row[:5]
    return DatasetSpectrum(
        spectrum_id=spectrum_id,
        record=stated_record(row[5:]),
        standing=Standing(standing),
        reason=reason,
        choice=choice,
        duplicate_of=duplicate_of,
    )


def _as_stored(record: SpectrumRecord, values: dict[str, Any]) -> SpectrumRecord:
    """The record with those texts that its hash rests on as a database can hold them."""
    texts = {name: values[name] for name in _DIGESTED if values[name] != getattr(record, name)}
    return replace(record, **texts) if texts else record
