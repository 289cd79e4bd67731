"""Whether explanations are true: curves of masked predictions beside random orders, checked by hand and against PyG's metrics."""

from __future__ import annotations

import numpy as np
import pytest
from explainable import ION_ATOMS, HandMade, chain, explanation_of
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.errors import Cancelled, ExplanationError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, Faithfulness
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.services.explanation_words import Verdict, in_words, percent, verdict_of, verdict_words
from bitspec_gui.services.faithfulness import RANDOM_ORDERS, RandomBaseline, first_masked, measure_faithfulness, sizes_for

TRUE_SCORES = [1.0, 1.0, 1.0, 0.2, 0.1, 0.1, 0.0, 0.0]


def explained(scores=TRUE_SCORES, mz: int | None = 91) -> Explanation:
    molecule = chain(len(scores))
    return explanation_of(ExplanationRequest(molecule, "true", mz), HandMade().version, scores)


def measured(explanation: Explanation, model: HandMade | None = None, **more: object) -> Faithfulness:
    model = model or HandMade()
    molecule = explanation.request.molecule
    baseline = RandomBaseline(molecule.smiles, len(explanation.atom_scores))
    return measure_faithfulness(explanation, baseline, lambda masks: model.intensities_without(molecule, masks), **more)


def share_of_91(ion: bool, others: float) -> float:
    heights = 0.9 * ion, others, 0.1
    return heights[0] / sum(heights)


def test_curves_are_the_predictions_without_the_first_atoms_and_with_nothing_but_them() -> None:
    found = measured(explained())
    whole = share_of_91(True, 1.0)
    assert found.sizes.tolist() == list(range(9))
    assert found.deletion == pytest.approx([1.0] + [0.0] * 8)
    only = [share_of_91(True, others / 5) / whole for others in range(6)]
    assert found.insertion == pytest.approx([0.0] * 3 + only)
    assert (found.selected, found.fidelity_plus) == (3, 1.0)
    assert found.fidelity_minus == pytest.approx(1 - 0.9 / whole)


def test_the_whole_spectrum_is_measured_by_its_cosine() -> None:
    found = measured(explained(mz=None))
    # Without the ion's atoms m/z 43 and 15 stay as they are.
    expected = np.dot([0.9, 1.0, 0.1], [0.0, 1.0, 0.1]) / np.linalg.norm([0.9, 1.0, 0.1]) / np.linalg.norm([0.0, 1.0, 0.1])
    assert found.deletion[3] == pytest.approx(expected)
    assert found.insertion[-1] == pytest.approx(1.0)


def test_random_orders_can_be_predicted_again_by_somebody_else() -> None:
    explanation = explained()
    found = measured(explanation)
    model, molecule = HandMade(), explanation.request.molecule
    whole = model.intensities_without(molecule, np.zeros((1, 8), dtype=bool))[0, 90]
    for order, gone, kept in zip(found.random_orders, found.random_deletion, found.random_insertion, strict=True):
        assert sorted(order) == list(range(8))
        masks = np.stack([first_masked(order, size) for size in found.sizes])
        assert gone == pytest.approx(model.intensities_without(molecule, masks)[:, 90] / whole, abs=1e-6)
        assert kept == pytest.approx(model.intensities_without(molecule, ~masks)[:, 90] / whole, abs=1e-6)


def test_random_orders_are_those_of_the_molecule_and_not_all_the_same() -> None:
    one, again, other = (RandomBaseline(smiles, 8) for smiles in ("C" * 8, "C" * 8, "CCCCOCCC"))
    assert one.orders == again.orders
    assert one.orders != other.orders
    assert len(set(one.orders)) == RANDOM_ORDERS


def test_a_true_explanation_is_clearly_better_than_chance_and_a_false_one_is_not() -> None:
    true, false = measured(explained()), measured(explained(TRUE_SCORES[::-1]))
    assert verdict_of(true) is Verdict.CLEARLY_BETTER
    assert true.beats_random == 1.0
    assert true.standard_score > 1.895
    assert true.deletion_gain > 0.1
    assert true.insertion_gain > 0.1
    assert true.characterization > 0.9 > true.random_characterization
    assert verdict_of(false) is Verdict.NO_BETTER
    assert false.beats_random < 0.5
    assert "not measurably more" in verdict_words(false)


def test_of_explanations_made_at_random_few_pass_for_true() -> None:
    random, model = np.random.default_rng(5), HandMade()
    baseline, molecule = RandomBaseline("C" * 9, 9), chain(9)
    verdicts = []
    for _ in range(150):
        explanation = explained(random.permutation(np.linspace(0, 1, 9)).tolist())
        found = measure_faithfulness(explanation, baseline, lambda masks: model.intensities_without(molecule, masks))
        verdicts.append(verdict_of(found))
    assert verdicts.count(Verdict.CLEARLY_BETTER) < 0.08 * len(verdicts)
    assert verdicts.count(Verdict.NO_BETTER) > 0.8 * len(verdicts)


def test_the_standard_score_counts_in_standard_errors_of_one_more_order() -> None:
    curve, flat = np.array([1.0, 0.5, 0.0]), np.zeros((4, 3))
    by_chance = np.array([[1.0, each, 0.0] for each in (0.4, 0.6, 0.5, 0.9)])
    found = Faithfulness((0, 1), np.arange(3), curve, curve[::-1], by_chance, flat, selected=1)
    others = np.array([-(0.5 + each) / 2 for each in (0.4, 0.6, 0.5, 0.9)])
    assert found.standard_score == pytest.approx((0.0 - others.mean()) / (others.std(ddof=1) * np.sqrt(1.25)))


def test_orders_that_do_worse_by_no_more_than_chance_allows_are_said_to_do_so_by_little() -> None:
    by_chance = np.array([[1.0, each, 0.0] for each in np.linspace(0.11, 0.9, 8)])
    kept = np.array([0.0, 0.1, 1.0])
    better = Faithfulness((0, 1), np.arange(3), np.array([1.0, 0.1, 0.0]), kept, by_chance, np.tile(kept, (8, 1)), selected=1)
    assert better.beats_random == 1.0
    assert verdict_of(better) is Verdict.NO_BETTER
    assert "(8 of 8 random orders of the atoms do worse, but only by little)" in verdict_words(better)


@pytest.mark.parametrize("scores", [[0.0] * 6, [-1.0] * 6, [1.0] * 6])
def test_an_explanation_that_points_at_no_atom_or_at_all_says_so(scores: list[float]) -> None:
    explanation = explained(scores)
    found = measured(explanation)
    assert found.selected in (0, 6)
    assert verdict_of(found) is Verdict.SAYS_NOTHING
    assert "does not tell atoms apart" in verdict_words(found)
    assert ("no atom" in in_words(explanation, found)) == (found.selected == 0)


def test_methane_can_be_measured() -> None:
    found = measured(explained([1.0], mz=15))
    assert found.sizes.tolist() == [0, 1]
    assert np.isfinite(found.deletion).all()


def test_the_sentence_tells_what_is_left_beside_random_atoms() -> None:
    explanation = explained()
    sentence = in_words(explanation, measured(explanation))
    assert sentence.startswith("Without these 3 atoms m/z 91 falls to 0 % of what is predicted (3 random atoms: ")
    assert "with nothing but them it rises to 200 % (random: " in sentence
    assert "cosine of 0.74" in in_words(explained(mz=None), measured(explained(mz=None)))
    single = in_words(explained([1.0, 0, 0, 0, 0, 0]), measured(explained([1.0, 0, 0, 0, 0, 0])))
    assert "Without this atom m/z 91" in single
    assert "(1 random atom: " in single


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0 %"), (0.0004, "less than 0.1 %"), (0.004, "0.4 %"), (0.0095, "1 %"), (0.344, "34 %"), (1.41, "141 %")],
)
def test_shares_are_said_in_percent(share: float, words: str) -> None:
    assert percent(share) == words


def test_a_peak_that_is_not_predicted_cannot_be_measured() -> None:
    with pytest.raises(ExplanationError, match="predicts nothing at m/z 77"):
        measured(explained(mz=77))


def test_sizes_hold_none_all_and_the_selected_number_of_atoms() -> None:
    assert sizes_for(3, 2) == [0, 1, 2, 3]
    assert sizes_for(50, 7) == [0, 5, 7, *range(10, 51, 5)]


def test_a_cancelled_measurement_keeps_what_is_known_of_random_orders() -> None:
    explanation, model, token = explained(), HandMade(), CancelToken()
    baseline = RandomBaseline("C" * 8, 8)

    def predict(masks):
        if model.masked > 100:
            token.cancel()
        return model.intensities_without(explanation.request.molecule, masks)

    with pytest.raises(Cancelled):
        measure_faithfulness(explanation, baseline, predict, cancel=token)
    missing = baseline.missing(range(9))
    assert 0 < len(missing) < 9
    told = []
    measure_faithfulness(
        explanation,
        baseline,
        lambda masks: model.intensities_without(explanation.request.molecule, masks),
        progress=told.append,
    )
    assert told[-1].done == told[-1].total == len(missing) + 1


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_figures_agree_with_pyg(data: st.DataObject) -> None:
    torch = pytest.importorskip("torch")
    from torch_geometric.explain.metric import characterization_score, fidelity_curve_auc

    atoms = data.draw(st.integers(2, 12))
    values = st.lists(st.floats(0.01, 0.99), min_size=atoms + 1, max_size=atoms + 1)
    gone, kept = np.array(data.draw(values)), np.array(data.draw(values))
    found = Faithfulness(
        order=tuple(range(atoms)), sizes=np.arange(atoms + 1), deletion=gone, insertion=kept,
        random_deletion=gone[None], random_insertion=kept[None], selected=data.draw(st.integers(0, atoms)),
    )  # fmt: skip
    plus, minus = torch.tensor(found.fidelity_plus), torch.tensor(found.fidelity_minus)
    assert found.characterization == pytest.approx(float(characterization_score(plus, minus)), rel=1e-5)
    assert found.random_characterization == pytest.approx(found.characterization)
    # PyG's curve is fidelity+ / (1 - fidelity-); with fidelity- at 0 its area is that of what is lost, or kept, alone.
    share, none = torch.arange(atoms + 1) / atoms, torch.zeros(atoms + 1)
    lost = fidelity_curve_auc(torch.tensor(1 - gone, dtype=torch.float32), none, share)
    stays = fidelity_curve_auc(torch.tensor(kept, dtype=torch.float32), none, share)
    assert found.deletion_area == pytest.approx(1 - float(lost), abs=1e-5)
    assert found.insertion_area == pytest.approx(float(stays), abs=1e-5)
    assert (found.deletion_gain, found.insertion_gain, found.beats_random) == (0.0, 0.0, 0.5)
    assert found.standard_score == 0.0


def test_areas_do_not_reward_a_peak_that_grows() -> None:
    sizes = np.arange(3)
    grown = np.array([1.0, 5.0, 9.0])
    found = Faithfulness((0, 1), sizes, grown, grown[::-1], grown[None] / 9, grown[None] / 9, selected=1)
    assert found.deletion_area == found.insertion_area == 1.0
    assert found.characterization == 0.0
    assert found.fidelity_plus == -4.0


def test_atoms_of_the_hand_made_ion_are_what_the_peak_needs() -> None:
    model, molecule = HandMade(), chain(8)
    spectra = model.intensities_without(molecule, np.eye(8, dtype=bool))
    assert np.flatnonzero(spectra[:, 90] == 0).tolist() == list(range(ION_ATOMS))
