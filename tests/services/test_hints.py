"""Hints from the spectrum alone, with what BitSpec ships."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.bootstrap import default_hints
from bitspec_gui.domain.errors import Cancelled, ModelFileError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.services.hints import HintService
from bitspec_gui.services.hints_file import load_hint_knowledge
from bitspec_gui.spectra.molecular_mass import FEATURES, candidate_masses

TOLUENE = SpectrumRecord(Spectrum([39, 51, 63, 65, 91, 92, 93], [90, 60, 70, 120, 999, 650, 45]))
DICHLOROBENZENE = SpectrumRecord(
    Spectrum([50, 74, 75, 111, 113, 146, 147, 148, 150], [150, 160, 260, 380, 125, 999, 66, 640, 103])
)


@pytest.fixture(scope="module")
def service() -> HintService:
    return HintService(lambda: load_hint_knowledge(default_hints()))


@pytest.mark.parametrize(("record", "mass"), [(TOLUENE, 92), (DICHLOROBENZENE, 146)])
def test_the_molecular_ion_is_first_among_the_candidates(service: HintService, record: SpectrumRecord, mass: int) -> None:
    hints = service.hints_for(record)
    assert hints.masses[0].mass_da == mass
    assert f"m/z {mass}" in hints.masses[0].words
    assert sum(hint.probability for hint in hints.masses) <= 1.0001


def test_two_chlorines_are_seen(service: HintService) -> None:
    chlorine = service.hints_for(DICHLOROBENZENE).isotopes[0]
    assert (chlorine.element, chlorine.count) == ("Cl", 2)
    assert "M+2 64.1 %" in chlorine.words


def test_a_mass_that_the_record_states_is_taken_as_known(service: HintService) -> None:
    hints = service.hints_for(SpectrumRecord(TOLUENE.spectrum, nominal_mass=106))
    assert {hint.mass_da for hint in hints.formulae} == {106}
    assert any("106 Da" in note for note in hints.notes)


def test_likely_mass_is_given_only_where_it_is_sure(service: HintService) -> None:
    assert service.likely_mass(DICHLOROBENZENE) == 146
    assert service.likely_mass(SpectrumRecord(Spectrum([41, 43, 57, 71, 85], [60, 90, 100, 70, 40]))) is None


def test_a_spectrum_beyond_the_range_gives_a_sentence(service: HintService) -> None:
    hints = service.hints_for(SpectrumRecord(Spectrum([1500.0], [1.0])))
    assert hints.masses == ()
    assert "nothing to infer" in hints.notes[0]


def test_hints_can_be_cancelled(service: HintService) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        service.hints_for(TOLUENE, token)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.integers(1, 1000), st.floats(1e-3, 1e6), min_size=1, max_size=40))
def test_any_spectrum_gets_hints_without_an_error(peaks: dict[int, float]) -> None:
    service = HintService(lambda: load_hint_knowledge(default_hints()))
    hints = service.hints_for(SpectrumRecord(Spectrum(list(peaks), list(peaks.values()))))
    assert all(0 <= hint.probability <= 1 for hint in (*hints.masses, *hints.isotopes, *hints.formulae))


def test_candidates_reach_from_isotopes_below_the_last_peak_to_losses_above() -> None:
    bins = np.zeros(1000, dtype=np.float32)
    bins[[42, 57]] = 1, 0.5
    masses, values = candidate_masses(bins)
    assert masses[0] == 58 - 12
    assert masses[-1] == 58 + 100
    assert values.shape == (len(masses), FEATURES)


@pytest.mark.parametrize("change", [{"format": 2}, {"sha256": "0"}, {"mass_finder": []}, {"formula_prior": {}}])
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path, change: dict[str, object]) -> None:
    content = json.loads(default_hints().read_text())
    path = tmp_path / "hints.json"
    path.write_text(json.dumps({**content, **change}))
    with pytest.raises(ModelFileError, match="cannot be read"):
        load_hint_knowledge(path)


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="cannot be read"):
        load_hint_knowledge(tmp_path / "none.json")
