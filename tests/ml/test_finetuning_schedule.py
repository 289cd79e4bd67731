"""Order, learning rate and early stopping of a fine-tuning; the fit of an instrument's response."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.ml.datasets import CompoundSet, mean_direction
from bitspec_gui.ml.finetuning.response import fit, recorded_range
from bitspec_gui.ml.finetuning.schedule import EarlyStop, rate_share, replayed_rows, rows_at, seed_of
from bitspec_gui.ml.finetuning.scoring import cosines
from bitspec_gui.ml.response import IDENTITY, Response


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 5))
def test_every_epoch_sees_every_compound_once_in_parts_of_nearly_one_size(count: int, batch: int, epoch: int) -> None:
    per_epoch = -(-count // batch)
    parts = [rows_at(epoch * per_epoch + part, count, per_epoch, "seed") for part in range(per_epoch)]
    assert sorted(row for rows in parts for row in rows) == list(range(count))
    sizes = [len(rows) for rows in parts]
    assert max(sizes) <= batch
    assert max(sizes) - min(sizes) <= 1


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = {tuple(rows_at(step, 30, 1, seed)) for step in (0, 1) for seed in ("a", "b")}
    assert len(orders) == 4
    assert seed_of("a", 1) == seed_of("a", 1) != seed_of("a", 2)


@given(st.integers(1, 12), st.integers(1, 30))
def test_public_compounds_all_have_their_turn_before_one_comes_again(count: int, wanted: int) -> None:
    drawn = [row for step in range(-(-3 * count // wanted)) for row in replayed_rows(step * wanted, wanted, count, "seed")]
    for turn in range(3):
        assert sorted(drawn[turn * count : (turn + 1) * count]) == list(range(count))


def test_the_rate_rises_to_its_highest_and_falls_to_nothing() -> None:
    rates = [rate_share(step, 40, 0.1) for step in range(40)]
    assert rates[:4] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert max(rates) == 1.0
    assert all(later <= earlier for earlier, later in pairwise(rates[3:]))
    assert rates[-1] < 0.01
    assert rate_share(0, 1, 0.1) == 1.0


def test_training_stops_when_nothing_better_has_come_for_a_while() -> None:
    early = EarlyStop(patience=2)
    assert [early.seen(value) for value in (0.5, 0.6, 0.6)] == [True, True, False]
    assert not early.stop
    again = EarlyStop(patience=2)
    again.restore(early.as_json())
    assert not again.seen(0.59)
    assert again.stop
    never = EarlyStop(patience=0)
    for value in (0.5, 0.4, 0.3, 0.2):
        never.seen(value)
    assert not never.stop


def recorded_through(response: Response, compounds: CompoundSet) -> tuple[torch.Tensor, CompoundSet]:
    """Predictions, and the compounds as if an instrument with a response had recorded just these."""
    generator = np.random.default_rng(8)
    queries = np.zeros_like(compounds.queries)
    for row, features in zip(queries, compounds.features, strict=True):
        row[25 : features.nominal_mass] = generator.random(features.nominal_mass - 25) ** 4
    roots = torch.nn.functional.normalize(torch.from_numpy(queries).sqrt(), dim=1)
    seen = response.on_roots(roots).square().numpy()
    targets = torch.from_numpy(np.stack([mean_direction([row]) for row in seen]))
    return roots, CompoundSet(compounds.features, targets, seen, compounds.lowest_mz, compounds.connectivities)


def test_a_response_is_found_from_a_few_spectra(some_compounds: CompoundSet) -> None:
    roots, seen = recorded_through(Response(0.8, 1.5, *recorded_range(some_compounds)), some_compounds)
    found = fit(roots, seen, ridge=0.0)
    assert (found.power, found.trend) == (pytest.approx(0.8, abs=0.02), pytest.approx(1.5, abs=0.05))
    assert cosines(found.on_roots(roots), seen).mean() > 0.999 > cosines(roots, seen).mean() + 0.02
    held = fit(roots, seen, ridge=50.0)
    assert abs(held.trend) < abs(found.trend)


def test_an_instrument_like_the_others_has_a_response_that_changes_next_to_nothing(some_compounds: CompoundSet) -> None:
    roots, seen = recorded_through(IDENTITY, some_compounds)
    found = fit(roots, seen)
    assert (found.power, found.trend) == (pytest.approx(1.0, abs=0.01), pytest.approx(0.0, abs=0.01))


def test_a_fit_can_be_cancelled(some_compounds: CompoundSet) -> None:
    def cancelled() -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        fit(some_compounds.targets, some_compounds, check=cancelled)
