from __future__ import annotations

import numpy as np
import pytest

from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.services.comparison import measured_matches

METHANOL = Molecule("CO", "OKKJLVBELUTLKV-UHFFFAOYSA-N", "CH4O", 32, 32.026, "")


def spectrum(peaks: dict[float, float]) -> Spectrum:
    return Spectrum(np.array(list(peaks), float), np.array(list(peaks.values()), float))


def predicted(peaks: dict[float, float]) -> Prediction:
    return Prediction(METHANOL, spectrum(peaks), ModelVersion("test", "0" * 64, "none"))


def entry(number: int, peaks: dict[float, float]) -> LibraryEntry:
    return LibraryEntry(number, "Library", SpectrumRecord(spectrum(peaks), name=str(number)))


def test_the_best_match_comes_first():
    matches = measured_matches(
        predicted({31: 999, 32: 700}), [entry(1, {31: 1, 15: 9}), entry(2, {31: 999, 32: 700}), entry(3, {28: 1})]
    )
    assert [match.entry_id for match in matches] == [2, 1, 3]
    assert (matches[0].match_factor, matches[-1].match_factor) == (999, 0)


def test_equal_matches_stay_in_the_order_of_the_library():
    same = [entry(number, {31: 10, 32: 7}) for number in (5, 3, 9)]
    assert [match.entry_id for match in measured_matches(predicted({31: 10}), same)] == [5, 3, 9]


def test_figures_follow_their_definitions():
    (match,) = measured_matches(predicted({31: 100, 32: 25}), [entry(1, {31.04: 50, 31.9: 50})])
    linear = (100 * 50 + 25 * 50) / (np.hypot(100, 25) * np.hypot(50, 50))
    a = np.array([31 * 10, 32 * 5])
    b = np.array([31, 32]) * np.sqrt(50)
    assert match.cosine == pytest.approx(linear, abs=1e-6)
    assert match.match_factor == round(999 * float(a @ b) / (np.linalg.norm(a) * np.linalg.norm(b)))


def test_a_measured_spectrum_without_peaks_in_range_matches_nothing():
    (match,) = measured_matches(predicted({31: 100}), [entry(1, {1500: 50})])
    assert (match.match_factor, match.cosine) == (0, 0.0)


def test_without_measured_spectra_there_is_no_match():
    assert measured_matches(predicted({31: 100}), []) == []


def test_a_spectrum_with_peaks_above_the_molecular_ion_comes_last_with_a_caution():
    tms_ether = entry(1, {31: 999, 32: 700, 89: 999, 73: 400})
    plain = entry(2, {29: 999, 31: 100})
    first, second = measured_matches(predicted({31: 999, 32: 700}), [tms_ether, plain])
    assert (first.entry_id, first.caution) == (2, "")
    assert "measured spectrum may not be that of this compound: 45 % of this spectrum lies above" in second.caution


def test_the_doubt_that_an_import_has_stored_is_shown_as_a_caution():
    record = SpectrumRecord(spectrum({31: 999}), doubt="The molecular ion (m/z 32) is missing.")
    (match,) = measured_matches(predicted({31: 999}), [LibraryEntry(1, "Library", record)])
    assert match.caution.endswith("The molecular ion (m/z 32) is missing.")


def test_a_deuterated_compound_is_not_taken_for_a_derivative():
    record = SpectrumRecord(spectrum({33: 999, 35: 700}), smiles="[2H]C([2H])([2H])O", formula="CH4O")
    (match,) = measured_matches(predicted({31: 999}), [LibraryEntry(1, "Library", record)])
    assert "isotope-labelled" in match.caution


@pytest.mark.parametrize(("energy", "warned"), [(70.0, False), (75.0, False), (None, False), (20.0, True)])
def test_a_spectrum_measured_at_low_energy_says_so(energy, warned):
    record = SpectrumRecord(spectrum({31: 999}), energy_ev=energy)
    (match,) = measured_matches(predicted({31: 999}), [LibraryEntry(1, "Library", record)])
    assert bool(match.caution) == warned
