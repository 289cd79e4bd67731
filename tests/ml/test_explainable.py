"""All methods together: what every explanation has to be, and that explaining leaves predictions alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from few_compounds import features_of

from bitspec_gui.bootstrap import default_model
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.chem.symmetry import symmetry_classes
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, IonOrigins, MethodInfo
from bitspec_gui.domain.jobs import ignore_progress
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.ml.explaining import gnn_explainer
from bitspec_gui.ml.explaining.explainable import NetworkExplanations, explainable_of
from bitspec_gui.ml.explaining.fragment_method import scores_of_peak, scores_of_spectrum
from bitspec_gui.ml.explaining.scores import check_target, explanation_of
from bitspec_gui.ml.predictor import NetworkPredictor, load_predictor

METHODS = ("fragments", "attention", "gnnexplainer", "gradients", "occlusion")
PHTHALATE = "CCOC(=O)c1ccccc1C(=O)OCC"
VERSION = ModelVersion("by hand", "0" * 64, "")
BY_HAND = MethodInfo("by-hand", "By hand", "", "", "")

needs_model = pytest.mark.skipif(not default_model().exists(), reason=f"{default_model()} is not there yet")


@pytest.fixture(scope="module", autouse=True)
def few_epochs() -> Iterator[None]:
    """GNNExplainer begins and ends as ever, but does not learn as long: how well it does is not asked here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gnn_explainer, "EPOCHS", 4)
        yield


@pytest.fixture(scope="module")
def explanations(small_predictor: NetworkPredictor) -> NetworkExplanations:
    return explainable_of(small_predictor)


@pytest.fixture(scope="module")
def shipped() -> NetworkExplanations:
    return explainable_of(load_predictor(default_model(), "cpu"))


def explained(
    explanations: NetworkExplanations, smiles: str, method: str, mz: int | None = None, variant: str = ""
) -> Explanation:
    explainer = next(each for each in explanations.explainers if each.info.key == method)
    return explainer.explain(ExplanationRequest(molecule_from_text(smiles), method, mz, variant), ignore_progress)


def by_hand(explanations: NetworkExplanations, smiles: str, atoms: list[float], bonds: list[float] | None = None) -> Explanation:
    molecule = molecule_from_text(smiles)
    return explanation_of(
        ExplanationRequest(molecule, "by-hand"),
        VERSION,
        explanations.network.prepare(molecule),
        np.array(atoms),
        None if bonds is None else np.array(bonds),
        info=BY_HAND,
        origins=None,
        started=0.0,
    )


def hand_made_origins(members: list[list[int]], mz: list[int], share: list[float], intensity: dict[int, float]) -> IonOrigins:
    spectrum = np.zeros(1000)
    for place, height in intensity.items():
        spectrum[place - 1] = height
    several = np.zeros(len(mz), dtype=np.int64)
    return IonOrigins(
        molecule_from_text("CCCC"), VERSION, np.array(members, dtype=bool), np.array(mz), np.arange(len(mz)),
        several, several, np.array(share), np.zeros(1000), spectrum,
    )  # fmt: skip


def same(one: list[Prediction], other: list[Prediction]) -> bool:
    return all(
        first.spectrum.mz.tobytes() == second.spectrum.mz.tobytes()
        and first.spectrum.intensity.tobytes() == second.spectrum.intensity.tobytes()
        and first.annotations == second.annotations
        for first, second in zip(one, other, strict=True)
    )


def test_a_network_with_fragments_and_a_graph_offers_all_methods_the_immediate_ones_first(
    explanations: NetworkExplanations,
) -> None:
    infos = [explainer.info for explainer in explanations.explainers]
    assert tuple(info.key for info in infos) == METHODS
    assert [info.immediate for info in infos] == [True, True, False, False, False]
    for info in infos:
        assert info.meaning.endswith(".")
        assert info.caution.endswith(".")
        assert info.unit


def test_a_fingerprint_network_alone_is_explained_by_what_it_has(small_predictor: NetworkPredictor) -> None:
    alone = explainable_of(NetworkPredictor(small_predictor.network.only("fingerprint"), small_predictor.version, "cpu"))
    assert [explainer.info.key for explainer in alone.explainers] == ["gradients", "occlusion"]
    found = explained(alone, PHTHALATE, "occlusion", 150)
    assert found.candidates == ()
    assert found.unassigned == 1
    assert np.abs(found.atom_scores).max() == pytest.approx(1.0)


def test_explaining_leaves_the_predictions_as_they_were_bit_for_bit(small_predictor: NetworkPredictor) -> None:
    molecules = [molecule_from_text(smiles) for smiles in (PHTHALATE, "CCCCN")]
    before = small_predictor.predict(molecules, annotate=True)
    explanations = explainable_of(small_predictor)
    own = NetworkPredictor(explanations.network.network, small_predictor.version, "cpu")
    for explainer in explanations.explainers:
        for target in (None, 29):
            explainer.explain(ExplanationRequest(molecules[0], explainer.info.key, target), ignore_progress)
        assert same(own.predict(molecules, annotate=True), before), f"{explainer.info.name} has left a mark on its network"
    assert same(small_predictor.predict(molecules, annotate=True), before)
    assert all(parameter.requires_grad for parameter in small_predictor.network.parameters())
    assert not any(parameter.requires_grad for parameter in explanations.network.network.parameters())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("mz", [None, 29])
def test_every_explanation_is_scaled_and_the_same_for_atoms_that_are_the_same(
    explanations: NetworkExplanations, method: str, mz: int | None
) -> None:
    found = explained(explanations, PHTHALATE, method, mz)
    classes = symmetry_classes(found.request.molecule.smiles)
    for number in set(classes.tolist()):
        assert np.ptp(found.atom_scores[classes == number]) < 1e-12
    assert np.abs(found.atom_scores).max() == pytest.approx(1.0)
    assert found.largest > 0
    assert list(found.bonds) == sorted(found.bonds)
    assert all(begin < end for begin, end in found.bonds)
    assert len(found.bond_scores) == len(found.bonds) == 16
    of_ends = {tuple(sorted((int(classes[begin]), int(classes[end])))) for begin, end in found.bonds}
    assert len(set(found.bond_scores.tolist())) <= len(of_ends)
    assert bool(found.candidates) == (mz is not None)
    expected = 1.0 if mz is None else explanations.origins(found.request.molecule).intensity[mz - 1]
    assert found.share == pytest.approx(expected)
    assert found.seconds > 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("smiles", ["C", "CO"])
def test_molecules_of_one_and_two_atoms_are_explained(explanations: NetworkExplanations, method: str, smiles: str) -> None:
    found = explained(explanations, smiles, method, molecule_from_text(smiles).nominal_mass)
    assert len(found.atom_scores) == len(smiles)
    assert np.isfinite(found.atom_scores).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("mz", "sentence"), [(0, "no peak at m/z 0"), (-3, "no peak at m/z -3"), (300, "ends at m/z 22[0-9]")])
def test_a_peak_that_the_molecule_cannot_have_is_refused_with_the_reason(
    explanations: NetworkExplanations, method: str, mz: int, sentence: str
) -> None:
    with pytest.raises(ExplanationError, match=sentence):
        explained(explanations, PHTHALATE, method, mz)


def test_the_last_isotope_of_the_molecular_ion_can_be_asked_for() -> None:
    features = features_of("ClC(Cl)Cl")
    check_target(features.last_mass, features)
    check_target(1, features)
    check_target(None, features)
    with pytest.raises(ExplanationError, match="molecular ion is at m/z 118"):
        check_target(features.last_mass + 1, features)


def test_raw_scores_are_averaged_over_atoms_and_bonds_that_are_the_same_and_scaled_together(
    explanations: NetworkExplanations,
) -> None:
    propane = by_hand(explanations, "CCC", [4.0, -1.0, 2.0], [6.0, 3.0])
    assert propane.bonds == ((0, 1), (1, 2))
    assert propane.atom_scores.tolist() == pytest.approx([1.0, -1 / 3, 1.0])
    assert propane.bond_scores.tolist() == pytest.approx([1.5, 1.5])
    assert propane.largest == 3.0
    nothing = by_hand(explanations, "CCC", [0.0, 0.0, 0.0])
    assert (nothing.atom_scores.tolist(), nothing.largest, len(nothing.bond_scores)) == ([0.0, 0.0, 0.0], 0.0, 0)


def test_bonds_between_atoms_that_are_the_same_are_told_apart_by_their_kind(explanations: NetworkExplanations) -> None:
    # Biphenylene: its four inner atoms are the same, but bonds between the two benzene rings are not those within them.
    molecule = molecule_from_text("c1ccc2c(c1)-c1ccccc1-2")
    prepared = explanations.network.prepare(molecule)
    features = prepared.features
    aromatic = {tuple(ends): edge[3] == 1 for ends, edge in zip(features.edge_index.T.tolist(), features.edges, strict=True)}
    inner = [place for place, (begin, end) in enumerate(prepared.bonds) if features.nodes[[begin, end], 13 + 3].all()]
    between = [place for place in inner if not aromatic[prepared.bonds[place]]]
    assert (len(inner), len(between)) == (4, 2)
    raw = np.zeros(len(prepared.bonds))
    raw[between[0]] = 1.0
    found = by_hand(explanations, molecule.smiles, [1.0] * 12, raw.tolist())
    assert [place for place in inner if found.bond_scores[place] > 0] == between
    assert found.bond_scores[between].tolist() == [0.5, 0.5]


def test_scores_that_are_not_numbers_are_refused(explanations: NetworkExplanations) -> None:
    with pytest.raises(ExplanationError, match="gave no numbers"):
        by_hand(explanations, "CCC", [0.0, np.nan, 0.0])


def test_the_request_that_comes_back_names_the_variant_that_was_used(explanations: NetworkExplanations) -> None:
    assert explained(explanations, "CCCCN", "attention").request.variant == "rollout"
    assert explained(explanations, "CCCCN", "attention", variant="layer1").request.variant == "layer1"
    assert explained(explanations, "CCCCN", "fragments").request.variant == ""


def test_an_atom_has_the_probability_of_being_in_the_ion_and_a_bond_that_of_being_whole() -> None:
    origins = hand_made_origins([[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 1, 0]], [58, 29, 29], [1.0, 0.75, 0.25], {29: 0.5})
    origins = replace(origins, mz=np.array([29, 29, 58]), fragment=np.array([1, 2, 0]), share=np.array([0.75, 0.25, 1.0]))
    atoms, bonds = scores_of_peak(origins, 29, np.array([[0, 1], [1, 2], [2, 3]]))
    assert atoms.tolist() == [0.75, 1.0, 0.25, 0.0]
    assert bonds.tolist() == [0.75, 0.25, 0.0]


def test_in_a_whole_spectrum_each_ion_is_shared_out_among_its_atoms_and_the_molecular_ion_left_out() -> None:
    origins = hand_made_origins(
        [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1]], [15, 29, 58], [1.0, 1.0, 1.0], {15: 0.2, 29: 0.6, 58: 0.2}
    )
    atoms, bonds = scores_of_spectrum(origins, np.array([[0, 1], [1, 2], [2, 3]]))
    # 0.2 for the first atom alone and 0.6 shared with the second, of 0.8; times four atoms.
    assert atoms == pytest.approx(np.array([0.5, 0.3, 0.0, 0.0]) / 0.8 * 4)
    assert atoms.mean() == pytest.approx(1.0)
    assert bonds == pytest.approx(np.array([0.3, 0.0, 0.0]) / 0.8 * 4)
    nothing_else, _ = scores_of_spectrum(replace(origins, intensity=np.eye(1000)[57]), np.zeros((0, 2), dtype=np.int64))
    assert nothing_else.tolist() == [1.0] * 4


def test_nothing_masked_is_the_prediction(explanations: NetworkExplanations, small_predictor: NetworkPredictor) -> None:
    molecule = molecule_from_text(PHTHALATE)
    (spectrum,) = explanations.intensities_without(molecule, np.zeros((1, 16), dtype=bool))
    assert spectrum == pytest.approx(explanations.origins(molecule).intensity, abs=1e-7)
    predicted = small_predictor.predict([molecule])[0].spectrum
    assert np.argmax(spectrum) + 1 == predicted.mz[np.argmax(predicted.intensity)]


@needs_model
@pytest.mark.parametrize(
    ("smiles", "mz", "atoms", "formula"),
    [
        ("CCCCc1ccccc1", 91, {3, 4, 5, 6, 7, 8, 9}, "C7H7"),
        ("CCCCCCN", 30, {5, 6}, "CH4N"),
        ("CCCCC(C)=O", 43, {4, 5, 6}, "C2H3O"),
        ("CCO[Si](C)(C)C", 73, {3, 4, 5, 6}, "C3H9Si"),
    ],
)
def test_the_shipped_model_puts_textbook_ions_on_their_atoms(
    shipped: NetworkExplanations, smiles: str, mz: int, atoms: set[int], formula: str
) -> None:
    found = explained(shipped, smiles, "fragments", mz)
    assert found.request.molecule.smiles == smiles
    assert set(found.selected()) == atoms
    assert found.candidates[0].formula == formula
    assert set(found.candidates[0].atoms) == atoms
