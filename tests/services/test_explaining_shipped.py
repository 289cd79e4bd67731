"""Explanations of the model that comes with BitSpec, through the services as `bootstrap` wires them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.bootstrap import build_services, default_model
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.explanation import ExplanationRequest
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.explanation_files import explanation_object
from bitspec_gui.services.explanation_words import Verdict, candidates_words, verdict_of

pytestmark = pytest.mark.skipif(not default_model().exists(), reason=f"{default_model()} is not there yet")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return build_services(user_paths(tmp_path_factory.mktemp("data")))


def test_nothing_is_loaded_before_something_is_explained(tmp_path: Path) -> None:
    services = build_services(user_paths(tmp_path))
    assert not services.explaining.is_loaded
    assert not services.prediction.is_loaded


def test_iminium_of_hexylamine_lies_on_its_carbon_and_nitrogen_and_that_is_true(services: Services) -> None:
    molecule = services.prediction.molecule("NCCCCCC")
    explanation = services.explaining.explain(ExplanationRequest(molecule, "fragments", 30))
    assert molecule.smiles == "CCCCCCN"
    assert explanation.selected() == (5, 6)
    found = services.explaining.faithfulness(explanation)
    assert verdict_of(found) is Verdict.CLEARLY_BETTER
    assert found.fidelity_plus > 0.9
    assert found.fidelity_minus < 0.5 < found.random_fidelity_minus


def test_figures_in_the_json_are_what_predicting_again_without_the_atoms_gives(services: Services) -> None:
    molecule = services.prediction.molecule("CCCCc1ccccc1")
    first = services.explaining
    explanation = first.explain(ExplanationRequest(molecule, "fragments", 91))
    json_object = explanation_object(explanation, first.method("fragments"), first.faithfulness(explanation))
    found = json_object["faithfulness"]
    other = build_services(services.paths).explaining
    sizes = found["sizes"]
    for each in (found, found["random"][3]):
        masks = np.zeros((len(sizes), 10), dtype=bool)
        for row, size in enumerate(sizes):
            masks[row, each["order"][:size]] = True
        peak = other.spectra_without(molecule, np.concatenate([masks, ~masks]))[:, 91 - 1]
        curves = [[step[key] for step in found["steps"]] if each is found else each[key] for key in ("deletion", "insertion")]
        assert peak / peak[0] == pytest.approx(np.concatenate(curves), rel=1e-3, abs=1e-5)
        assert peak[0] == pytest.approx(explanation.share, rel=1e-4)


def test_with_nothing_masked_the_spectrum_is_the_predicted_one(services: Services) -> None:
    molecule = services.prediction.molecule("CCOC(=O)c1ccccc1")
    whole = services.explaining.spectra_without(molecule, np.zeros((1, 11), dtype=bool))[0]
    spectrum = services.prediction.predict(molecule).spectrum
    places = spectrum.mz.astype(int) - 1
    assert 999 * whole[places] / whole.max() == pytest.approx(spectrum.intensity, rel=1e-3, abs=0.01)


def test_explaining_leaves_predictions_as_they_are(services: Services) -> None:
    molecule = services.prediction.molecule("CC(=O)CCCC")
    before = services.prediction.predict(molecule).spectrum.intensity
    for info in services.explaining.methods():
        if info.immediate:
            services.explaining.explain(ExplanationRequest(molecule, info.key, 43))
    assert np.array_equal(services.prediction.predict(molecule).spectrum.intensity, before)


def test_a_peak_that_no_fragment_can_be_gets_the_rearrangement_that_textbooks_know(services: Services) -> None:
    molecule = services.prediction.molecule("CC(O[Si](C)(C)C)C(=O)O[Si](C)(C)C")
    explained = services.explaining.explain(ExplanationRequest(molecule, "fragments", 147))
    assert [ion.formula for ion in explained.known] == ["C5H15OSi2"]
    assert "a trimethylsilyl group migrates" in candidates_words(explained)[-1]
    assert not services.explaining.explain(ExplanationRequest(molecule, "fragments", 73)).known
