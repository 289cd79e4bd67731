"""Which compounds are held out: each once, none of those that are learned, the same whatever order they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.ml.finetuning.splits import FEWEST_NEW, parts_of

names = st.lists(st.text("ABCDEFGH", min_size=3, max_size=5), min_size=3, max_size=60, unique=True)


@given(names, st.integers(2, 6), st.randoms())
def test_with_folds_every_compound_is_held_out_once_by_a_model_that_has_not_learned_it(
    compounds: list[str], folds: int, chance: object
) -> None:
    settings = TuningSettings(folds=folds)
    parts = parts_of(compounds, settings)
    assert sorted(name for part in parts for name in part.held) == sorted(compounds)
    assert all(part.train == frozenset(compounds) - part.held and not part.val and part.train for part in parts)
    shuffled = list(compounds)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert parts_of(shuffled, settings) == parts


@given(names, st.floats(0.05, 0.9), st.floats(0, 0.9), st.integers(0, 60))
def test_with_one_split_nothing_is_in_two_parts_and_new_compounds_are_held_out_first(
    compounds: list[str], held_out: float, val: float, known: int
) -> None:
    seen = set(sorted(compounds)[:known])
    (part,) = parts_of(compounds, TuningSettings(folds=0, held_out=held_out, val=val), seen)
    assert part.train | part.val | part.held == frozenset(compounds)
    assert len(part.train) + len(part.val) + len(part.held) == len(compounds)
    assert part.train
    assert part.held
    assert not part.held & seen or frozenset(compounds) - seen <= part.held


def test_another_seed_holds_out_others() -> None:
    compounds = [f"C{number}" for number in range(50)]
    one, other = (parts_of(compounds, TuningSettings(seed=seed))[0].held for seed in (1, 2))
    assert len(one) == len(other) == 10
    assert one != other


def test_a_compound_stays_where_it_is_when_others_are_added() -> None:
    few, more = ([f"C{number}" for number in range(count)] for count in (40, 41))
    settings = TuningSettings(held_out=0.25, val=0)
    assert len(parts_of(few, settings)[0].held ^ parts_of(more, settings)[0].held) <= 2


def test_with_folds_compounds_that_the_base_knows_are_learned_but_not_judged_by() -> None:
    compounds = [f"C{number}" for number in range(30)]
    parts = parts_of(compounds, TuningSettings(folds=5), set(compounds[FEWEST_NEW:]))
    assert frozenset().union(*(part.held for part in parts)) == frozenset(compounds[:FEWEST_NEW])
    assert all(part.train == frozenset(compounds) - part.held for part in parts)


def test_fewer_than_three_compounds_are_refused() -> None:
    with pytest.raises(TrainingError, match="There are 2"):
        parts_of(["A", "B", "A"], TuningSettings(folds=5))
