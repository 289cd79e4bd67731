"""What is proposed for a dataset, why, and what is wrong with settings that users type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.tuning import DatasetLook, Strategy, TuningPlan, TuningSettings
from bitspec_gui.domain.tuning_defaults import FEW, FEW_FOR_NETWORKS, FOLDS_BELOW, recommended, used_settings
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.tuning_data import TuningDataService
from bitspec_gui.services.tuning_plan import TuningPlanner, propose
from bitspec_gui.services.tuning_settings import RANGES, setting_faults, with_overrides
from bitspec_gui.services.tuning_strategies import STRATEGIES, info
from bitspec_gui.services.tuning_time import duration_text, seconds_for, size_on_disk, size_text
from bitspec_gui.storage.training.store import open_training_store

VERSION = ModelVersion("base-1", "ab" * 32, "CC BY 4.0")
FRAGMENTS = np.array([43.0, 57.0, 71.0, 85.0, 99.0, 113.0])
HEIGHTS = np.array([100.0, 60.0, 40.0, 30.0, 20.0, 15.0])


class AlkanePredictor:
    """Predicts the same falling row of fragments for all, and says that it has learned from those with an even mass / 14."""

    device = "CPU: no CUDA device found"

    def __init__(self, version: ModelVersion = VERSION, *, before: Callable[[], None] = lambda: None) -> None:
        self.version, self._before = version, before

    def predict(self, molecules, cancel=None, *, annotate=False):
        self._before()
        if cancel is not None:
            cancel.raise_if_cancelled()
        return [
            Prediction(
                molecule,
                Spectrum(FRAGMENTS, HEIGHTS),
                self.version,
                confidence=0.8,
                trained_on=molecule.nominal_mass % 28 == 2,
                domain_notes=("Unlike.",) if molecule.nominal_mass > 300 else (),
            )
            for molecule in molecules
        ]


def alkanes(numbers: range, exponent: float = 0.0, instrument: str = "") -> str:
    """MSP of alkanes whose spectra are the predicted ones, their heights times (m/z / 100)^exponent."""
    records = []
    for number in numbers:
        heights = HEIGHTS * (FRAGMENTS / 100) ** exponent * (1 + 0.02 * np.cos(number * np.arange(6)))
        peaks = "".join(f"{mz:g} {height:.5f}\n" for mz, height in zip(FRAGMENTS, heights, strict=True))
        instrument_line = f"Instrument: {instrument}\n" if instrument else ""
        records.append(f"Name: C{number}\nSMILES: {'C' * number}\n{instrument_line}Num Peaks: 6\n{peaks}\n")
    return "".join(records)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> TuningDataService:
    folder = tmp_path_factory.mktemp("plan")
    store = open_training_store(folder / "training.sqlite")
    return TuningDataService(lambda: store, folder)


def dataset(data: TuningDataService, folder: Path, *texts: str) -> int:
    path = folder / "lab.msp"
    path.write_text("".join(texts))
    return data.import_files([path])[0]


def planner(data: TuningDataService, predictor: AlkanePredictor | None = None) -> TuningPlanner:
    return TuningPlanner(data, PredictionService(lambda: predictor or AlkanePredictor()))


def look(compounds: int, **more: object) -> DatasetLook:
    cosines = {f"{number:014d}": 0.6 for number in range(compounds)}
    return replace(
        DatasetLook(compounds, compounds, cosines, frozenset(), expected=0.8, reached=0.6, base_bytes=15_000_000), **more
    )


def words(plan: TuningPlan) -> str:
    return " ".join((*plan.reasons, *plan.cautions))


# The look


def test_the_look_tells_what_the_base_knows_and_how_well_it_does_on_the_rest(data, tmp_path):
    seen = planner(data).look(dataset(data, tmp_path, alkanes(range(8, 28))))
    assert (seen.compounds, seen.spectra, len(seen.cosines)) == (20, 20, 20)
    assert len(seen.seen) == 10
    assert min(seen.cosines.values()) > 0.99
    assert (seen.expected, seen.base_name, seen.device) == (pytest.approx(0.8), "base-1", "CPU: no CUDA device found")
    assert seen.reached == pytest.approx(np.mean([v for k, v in seen.cosines.items() if k not in seen.seen]))
    assert seen.unlike == sum(14 * n + 2 > 300 and (14 * n + 2) % 28 != 2 for n in range(8, 28))
    assert seen.trend == pytest.approx(0.0, abs=0.05)


def test_an_instrument_that_weighs_heavy_ions_otherwise_is_told_with_its_factor(data, tmp_path):
    seen = planner(data).look(dataset(data, tmp_path, alkanes(range(8, 28), exponent=1.0)))
    assert seen.trend == pytest.approx(1.0, abs=0.05)
    assert "heavy ions stronger than the model expects, by a factor of 2.0 from m/z 100 to 200" in words(propose(seen))


def test_the_look_can_be_cancelled_and_tells_how_far_it_is(data, tmp_path):
    token, told = CancelToken(), []
    number = dataset(data, tmp_path, alkanes(range(8, 68)))
    planner(data).look(number, progress=told.append)
    assert told[0] == Progress(0, 60, told[0].message)
    assert told[-1].done == 60
    with pytest.raises(Cancelled):
        planner(data, AlkanePredictor(before=token.cancel)).look(number, cancel=token)


def test_a_look_that_is_cancelled_while_its_only_turn_is_computed_is_cancelled(data, tmp_path):
    token, predictor = CancelToken(), AlkanePredictor()
    computed = predictor.predict

    def cancelled_meanwhile(molecules, cancel=None, *, annotate=False):
        found = computed(molecules)
        token.cancel()
        return found

    predictor.predict = cancelled_meanwhile
    number = dataset(data, tmp_path, alkanes(range(8, 11)))
    with pytest.raises(Cancelled):
        planner(data, predictor).look(number, cancel=token)


def test_another_base_is_loaded_from_its_file_and_kept(data, tmp_path):
    other, loaded = ModelVersion("tuned", "cd" * 32, "CC BY 4.0"), []

    def load(file: Path) -> AlkanePredictor:
        loaded.append(file)
        return AlkanePredictor(other)

    chooses = TuningPlanner(data, PredictionService(AlkanePredictor), load)
    number = dataset(data, tmp_path, alkanes(range(8, 14)))
    for _ in range(2):
        seen = chooses.look(number, base=RegisteredVersion(7, other, tmp_path / "tuned.json", size_bytes=123))
        assert (seen.base_name, seen.base_bytes) == ("tuned", 123)
    assert chooses.look(number, base=RegisteredVersion(0, VERSION, tmp_path / "base.json")).base_name == "base-1"
    assert loaded == [tmp_path / "tuned.json"]


def test_what_to_know_of_the_data_is_told(data, tmp_path):
    first, second = alkanes(range(8, 14), instrument="A"), alkanes(range(14, 20), instrument="B")
    low = alkanes(range(20, 22)).replace("Num Peaks", "Ionization_energy: 20\nNum Peaks")
    number = dataset(data, tmp_path, first, second, low)
    data.set_choice(number, [each.spectrum_id for each in data.spectra(number)], True)
    told = words(propose(planner(data).look(number)))
    assert "come from 2 instruments (“A” and “B”)" in told
    assert "measured at 20 and 70 eV" in told
    assert "2 spectra are used although" in told


# The plan


@pytest.mark.parametrize(
    ("compounds", "strategy"),
    [(3, Strategy.RESPONSE), (FEW_FOR_NETWORKS - 1, Strategy.RESPONSE), (FEW_FOR_NETWORKS, Strategy.LORA), (500, Strategy.LORA)],
)
def test_the_proposal_follows_the_number_of_compounds(compounds, strategy):
    plan = propose(look(compounds))
    assert plan.proposed is not None
    assert plan.proposed.settings == recommended(strategy, compounds)


def test_where_known_compounds_are_seen_otherwise_the_instrument_is_corrected_and_nothing_else():
    seen = frozenset(f"{number:014d}" for number in range(95))
    plan = propose(look(100, seen=seen, trend=2.0, trend_error=0.05))
    assert plan.proposed is not None
    assert plan.proposed.settings.strategy is Strategy.RESPONSE
    assert "what differs is the instrument" in words(plan)
    for other in (look(100, seen=seen, trend=0.1, trend_error=0.05), look(100, trend=2.0, trend_error=0.05)):
        assert propose(other).proposed == next(o for o in propose(other).options if o.info.strategy is Strategy.LORA)


def test_few_compounds_are_held_out_in_turn_without_stopping_early_and_many_once():
    few, more, many = (recommended(Strategy.LORA, number) for number in (FEW - 1, FOLDS_BELOW - 1, FOLDS_BELOW))
    assert (few.folds, few.patience, few.share) == (5, 0, 0.75)
    assert (more.folds, more.patience, more.share) == (3, 0, 0.9)
    assert (many.folds, many.patience > 0, many.share) == (0, True, 1.0)
    assert recommended(Strategy.LORA, 3).folds == 3
    assert recommended(Strategy.RESPONSE, 3).share == 1.0


def test_every_strategy_can_be_chosen_with_settings_that_have_no_fault_time_and_size():
    for compounds in (3, 10, 49, 50, 300):
        plan = propose(look(compounds))
        assert {option.info.strategy for option in plan.options} == set(Strategy)
        assert sum(option.proposed for option in plan.options) == 1
        for option in plan.options:
            assert setting_faults(option.settings, compounds) == {}
            assert option.seconds > 0
            assert option.size_bytes > 0
            assert option.info.strategy.small == (option.size_bytes < 1_000_000)


@pytest.mark.parametrize("compounds", [0, 1, 2])
def test_nothing_is_proposed_for_too_few_compounds_and_the_sentence_says_why(compounds):
    plan = propose(look(compounds))
    assert (plan.options, plan.proposed) == ((), None)
    assert ("At least 3 are needed" in plan.refusal) == (compounds > 0)
    assert plan.refusal


def test_reasons_say_how_much_is_known_and_how_much_room_there_is():
    seen = frozenset(f"{number:014d}" for number in range(13))
    told = words(propose(look(112, seen=seen, spectra=340, base_name="bitspec-ei-2")))
    assert "You have 112 compounds with 340 spectra; the model has learned from 13 of them before." in told
    assert "“bitspec-ei-2” reaches a mean cosine of 0.60 on the compounds that are new to it" in told
    assert "there is room to gain" in told
    assert "Little may be left to gain" in words(propose(look(112, reached=0.79)))
    assert "mixed up" not in told
    assert "may have been mixed up" in words(propose(look(112, reached=0.2)))
    assert "mostly on compounds that it has learned from" in words(propose(look(14, seen=seen)))


def test_cautions_say_what_a_verdict_will_not_show():
    assert "only a large gain can be told from none" in words(propose(look(20)))
    assert "only a large gain" not in words(propose(look(30)))
    seen = frozenset(f"{number:014d}" for number in range(30))
    assert "A gain on them says little about new ones" in words(propose(look(40, seen=seen)))
    assert "unlike all that the model has learned from" in words(propose(look(40, unlike=10)))
    assert "instruments" in words(propose(look(40, cautions=("Two instruments.",))))


def test_what_the_user_wants_otherwise_is_in_all_options_and_changes_their_time():
    plain, longer = propose(look(100)), propose(look(100), overrides={"epochs": 40, "device": "cpu", "strategy": Strategy.FULL})
    assert all(option.settings.epochs == 40 and option.settings.device == "cpu" for option in longer.options)
    assert [option.settings.strategy for option in longer.options] == [option.settings.strategy for option in plain.options]
    assert longer.proposed is not None
    assert plain.proposed is not None
    assert longer.proposed.seconds > 1.5 * plain.proposed.seconds


# Settings, time and size


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"rate": 0.5}, "rate", "between 0.000001 and 0.1"),
        ({"rate": float("nan")}, "rate", "must be a number"),
        ({"epochs": 0}, "epochs", "between 1 and 500"),
        ({"epochs": 2.5}, "epochs", "whole number"),
        ({"batch": 1000}, "batch", "between 1 and 256"),
        ({"share": 0.0}, "share", "between 0.01 and 1"),
        ({"replay": -1.0}, "replay", "between 0 and 10"),
        ({"rank": 0}, "rank", "between 1 and 128"),
        ({"folds": 1}, "folds", "One part"),
        ({"folds": 15}, "folds", "15 parts cannot be made of 12 compounds"),
        ({"held_out": 0.5, "val": 0.4}, "held_out", "too little is left"),
        ({"held_out": 0.05}, "held_out", "none is held out"),
        ({"val": 0.0}, "val", "To stop early"),
        ({"device": "tpu"}, "device", "no device"),
    ],
)
def test_settings_that_make_no_sense_are_told_one_by_one(changes, field, said):
    faults = setting_faults(replace(TuningSettings(), **changes), 12)
    assert list(faults) == [field]
    assert said in faults[field]


def test_settings_that_a_strategy_does_not_use_are_not_looked_at():
    assert setting_faults(TuningSettings(strategy=Strategy.RESPONSE, epochs=0, rank=0, val=0.0), 60) == {}
    assert setting_faults(TuningSettings(strategy=Strategy.HEAD, rank=0), 60) == {}
    assert "rank" in used_settings(Strategy.LORA)
    assert "rank" not in used_settings(Strategy.ADAPTERS)


def test_every_number_among_the_settings_has_limits_that_its_recommendation_keeps():
    numbers = {
        name
        for name, value in TuningSettings().as_json().items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    assert set(RANGES) == numbers
    for strategy in Strategy:
        assert used_settings(strategy) <= set(TuningSettings().as_json())
        for compounds in (3, 30, 300):
            assert setting_faults(recommended(strategy, compounds), compounds) == {}


def test_unknown_settings_are_passed_over():
    assert with_overrides(TuningSettings(), {"rate": 0.01, "colour": 3}) == TuningSettings(rate=0.01)


def test_one_part_held_out_instead_of_several_has_another_to_stop_early_by():
    in_turn = recommended(Strategy.LORA, 40)
    assert (in_turn.folds > 1, in_turn.patience) == (True, 0)
    assert with_overrides(in_turn, {"folds": 0}).patience == TuningSettings().patience
    assert with_overrides(in_turn, {"folds": 0, "patience": 0}).patience == 0
    assert with_overrides(in_turn, {"folds": 3}).patience == 0


def test_time_grows_with_compounds_passes_replay_and_folds_and_falls_with_speed():
    plain = TuningSettings()
    seconds = seconds_for(plain, 200)
    assert seconds_for(plain, 400) > 1.5 * (seconds - 20)
    assert seconds_for(replace(plain, epochs=20), 200) > seconds
    assert seconds_for(replace(plain, replay=3.0), 200) > seconds
    assert seconds_for(replace(plain, folds=5), 200) > 3 * seconds
    assert seconds_for(plain, 200, speed=4.0) < seconds
    assert seconds_for(replace(plain, strategy=Strategy.RESPONSE), 200) < seconds


def test_five_hundred_spectra_are_estimated_at_less_than_five_minutes_where_times_were_measured():
    assert seconds_for(recommended(Strategy.LORA, 500), 500) < 300


def test_small_versions_are_small_and_whole_ones_as_large_as_their_base():
    assert size_on_disk(recommended(Strategy.LORA, 100), 15_000_000) < 1_000_000
    assert size_on_disk(TuningSettings(rank=64), 15_000_000) > size_on_disk(TuningSettings(rank=8), 15_000_000)
    assert size_on_disk(recommended(Strategy.FULL, 100), 15_000_000) == 15_000_000


@pytest.mark.parametrize(
    ("seconds", "said"), [(3, "about 10 s"), (44, "about 40 s"), (130, "about 2 min"), (5000, "about 1.5 h")]
)
def test_durations_are_said_as_people_say_them(seconds, said):
    assert duration_text(seconds) == said


def test_sizes_are_said_as_people_say_them():
    sizes = (20, 20_000, 660_000, 15_600_000, 2_340_000_000)
    assert [size_text(size) for size in sizes] == ["1 kB", "20 kB", "0.7 MB", "15.6 MB", "2.3 GB"]


def test_every_strategy_is_explained_in_words():
    assert {each.strategy for each in STRATEGIES} == set(Strategy)
    for each in STRATEGIES:
        assert info(each.strategy) is each
        assert each.meaning.endswith(".")
        assert each.fit_for.endswith(".")
