"""Confidence of a tuned version: true on average of what was held out, and left alone where little is known."""

import numpy as np
import pytest

from bitspec_gui.ml.confidence import ConfidenceModel
from bitspec_gui.ml.finetuning.recalibration import FEWEST, FEWEST_PUBLIC, Evidence, recalibrated

BASE = ConfidenceModel((0.5,) * 6, (0.3,) * 6, (0.8, 0.9, 0.4, *(0.0 for _ in range(10))))


def evidence(count: int, seed: int, lower_by: float = 0.0) -> Evidence:
    """Predictions that reach what the base expects of them, or less."""
    values = np.random.default_rng(seed).random((count, 6))
    return Evidence(values, np.clip(BASE(values) - lower_by, 0, 1))


def test_with_few_new_compounds_the_confidence_of_the_base_stays() -> None:
    assert recalibrated(BASE, evidence(FEWEST - 1, 1, 0.3), evidence(FEWEST_PUBLIC - 1, 2)) is BASE
    assert recalibrated(None, evidence(FEWEST, 1), None) is None


def test_without_public_compounds_it_is_moved_towards_what_was_reached() -> None:
    own = evidence(200, 1, 0.15)
    found = recalibrated(BASE, own, None)
    assert found is not None
    assert BASE(own.values).mean() - own.cosines.mean() == pytest.approx(0.15, abs=0.01)
    assert found(own.values).mean() == pytest.approx(own.cosines.mean(), abs=0.02)
    little = recalibrated(BASE, Evidence(own.values[:FEWEST], own.cosines[:FEWEST]), None)
    assert little is not None
    assert own.cosines.mean() + 0.02 < little(own.values).mean() < BASE(own.values).mean() - 0.02, "held back by little evidence"


def test_own_and_public_compounds_weigh_the_same_however_many_there_are() -> None:
    own, public = evidence(30, 1, 0.2), evidence(300, 2)
    found = recalibrated(BASE, own, public)
    assert found is not None
    mean = (found(own.values).mean() + found(public.values).mean()) / 2
    assert mean == pytest.approx((own.cosines.mean() + public.cosines.mean()) / 2, abs=0.02)


def test_with_few_own_but_many_public_compounds_it_is_fitted_to_those() -> None:
    public = evidence(FEWEST_PUBLIC, 2, 0.1)
    found = recalibrated(BASE, evidence(FEWEST - 1, 1), public)
    assert found is not None
    assert found(public.values).mean() == pytest.approx(public.cosines.mean(), abs=0.02)


def test_what_is_trusted_more_than_another_stays_so_whatever_few_compounds_of_one_kind_reached() -> None:
    own, public = evidence(40, 1), evidence(FEWEST_PUBLIC, 2)
    one_kind = Evidence(np.concatenate([own.values[:, :5], np.full((40, 1), 0.1)], axis=1), np.full(40, 0.95))
    found = recalibrated(BASE, one_kind, public)
    assert found is not None
    others = evidence(500, 3).values
    np.testing.assert_array_equal(np.argsort(found(others)), np.argsort(BASE(others)))
    assert found(others).mean() - BASE(others).mean() < 0.15
