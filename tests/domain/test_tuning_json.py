from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.model_registry import VersionMetrics
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.domain.tuning_data import DatasetSpectrum, Standing
from bitspec_gui.domain.tuning_jobs import CurvePoint, ExampleSeen, JobState, TuningEvent, TuningJob, VerdictReached
from bitspec_gui.domain.tuning_json import as_json, event_as_json, event_from_json, from_json
from bitspec_gui.domain.verdict import Forgetting, Interval, Judgement, Outcome, Verdict

number = st.floats(allow_nan=False)
text = st.text(max_size=8)
peaks = st.lists(
    st.tuples(st.floats(1e-3, 1e6), st.floats(0, 1e300)), min_size=1, max_size=4, unique_by=lambda peak: peak[0]
)  # fmt: skip
spectrum = peaks.map(lambda some: Spectrum(*map(np.array, zip(*sorted(some), strict=True))))
interval = st.builds(Interval, number, number, number)
outcome = st.builds(Outcome, *(text,) * 3, *(spectrum,) * 3, number, number, fold=st.integers(0, 9), lowest_mz=st.integers(1, 50))
forgetting = st.builds(Forgetting, change=st.none() | interval, with_response=st.none() | number)
verdict = st.builds(Verdict, outcomes=st.lists(outcome, max_size=2).map(tuple), gain=interval, forgetting=forgetting)
example = st.builds(ExampleSeen, measured=spectrum, before=spectrum, now=spectrum)
others = [each for each in get_args(TuningEvent) if each not in (ExampleSeen, VerdictReached)]
event = st.one_of(example, st.builds(VerdictReached, verdict), *(st.builds(each) for each in others))
record = st.builds(SpectrumRecord, spectrum=spectrum, extra=st.lists(st.tuples(text, text), max_size=2).map(tuple))


def written(values: object) -> object:
    """Values as they come back from a file of standard JSON."""
    return json.loads(json.dumps(values, allow_nan=False))


def same(one: object, other: object) -> bool:
    # NaN differs from itself, but not its text.
    return repr(one) == repr(other)


@given(st.builds(TuningSettings))
def test_settings_come_back_as_they_were(asked):
    assert same(from_json(TuningSettings, written(as_json(asked))), asked)


@given(st.builds(VersionMetrics, gain=interval, forgetting=forgetting))
def test_metrics_come_back_as_they_were(metrics):
    assert same(from_json(VersionMetrics, written(as_json(metrics))), metrics)


@settings(max_examples=30)
@given(verdict)
def test_verdicts_come_back_with_every_peak(reached):
    again = from_json(Verdict, written(as_json(reached)))
    assert same(again, reached)
    assert [each.measured for each in again.outcomes] == [each.measured for each in reached.outcomes]


@settings(max_examples=60)
@given(event)
def test_every_event_of_a_journal_comes_back_as_it_was(told):
    again = event_from_json(written(event_as_json(told)))
    assert type(again) is type(told)
    assert same(again, told)


@settings(max_examples=30)
@given(st.builds(DatasetSpectrum, record=record))
def test_spectra_of_datasets_come_back_as_they_were(each):
    assert same(from_json(DatasetSpectrum, written(as_json(each))), each)


def test_jobs_keep_their_times_with_the_zone():
    made = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    job = TuningJob(1, "n", None, "d", "h", "s", "b", TuningSettings(), JobState.PAUSED, made)
    assert from_json(TuningJob, written(as_json(job))) == job


def test_a_loss_that_is_no_number_is_told_in_standard_json():
    values = written(event_as_json(CurvePoint(0, 1, 2, math.nan, 1e-3, val_cosine=np.float32(0.5))))
    assert values["train_loss"] == "nan"
    assert math.isnan(event_from_json(values).train_loss)
    assert event_from_json(values).val_cosine == 0.5


def test_what_a_newer_bitspec_adds_is_ignored_and_what_is_missing_takes_its_default():
    values = as_json(TuningSettings(strategy=Strategy.FULL)) | {"of a later version": [1, 2]}
    del values["rank"]
    assert from_json(TuningSettings, values) == TuningSettings(strategy=Strategy.FULL)
    assert TuningSettings.from_json(TuningSettings().as_json()) == from_json(TuningSettings, TuningSettings().as_json())


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (None, "TuningSettings cannot be None"),
        ({"strategy": "magic"}, "strategy cannot be 'magic'"),
        ({"strategy": ["lora"]}, "strategy cannot be"),
        ({"rate": "fast"}, "rate cannot be 'fast'"),
        ({"rate": True}, "rate cannot be True"),
        ({"rate": 10**400}, "rate cannot be 1000"),
        ({"batch": 1.5}, "batch cannot be 1.5"),
        ({"batch": True}, "batch cannot be True"),
        ({"response": 1}, "response cannot be 1"),
        ({"device": None}, "device cannot be None"),
    ],
)
def test_garbled_settings_are_refused_saying_which_field(values, complaint):
    with pytest.raises(ValueError, match=complaint):
        from_json(TuningSettings, values)


GOOD = DatasetSpectrum(1, SpectrumRecord(Spectrum(np.array([1.0]), np.array([2.0])), extra=(("a", "b"),)))


@pytest.mark.parametrize(
    "peaks",
    [
        None, {}, {"mz": [1.0]}, {"mz": "1", "intensity": "2"}, {"mz": [1.0], "intensity": ["2"]}, {"mz": [], "intensity": []},
        {"mz": [1.0], "intensity": [2.0, 3.0]}, {"mz": [[1.0]], "intensity": [[2.0]]}, {"mz": [-1.0], "intensity": [2.0]},
        {"mz": [10**400], "intensity": [1]}, {"mz": [True], "intensity": [1]}, {"mz": [math.inf], "intensity": [1]},
    ],
)  # fmt: skip
def test_peaks_that_are_no_spectrum_are_refused(peaks):
    values = as_json(GOOD)
    values["record"]["spectrum"] = peaks
    with pytest.raises(ValueError, match=r"DatasetSpectrum\.record\.spectrum"):
        from_json(DatasetSpectrum, values)


@pytest.mark.parametrize("extra", ["ab", [["a"]], [["a", "b", "c"]], [["a", 1]], {"a": "b"}])
def test_lists_of_another_shape_are_refused(extra):
    values = as_json(GOOD)
    values["record"]["extra"] = extra
    with pytest.raises(ValueError, match=r"DatasetSpectrum\.record\.extra"):
        from_json(DatasetSpectrum, values)


@pytest.mark.parametrize("values", [None, [], {}, {"event": "party"}, {"event": ["note"]}, {"event": "note"}, {"event": "phase"}])
def test_lines_that_are_no_event_are_refused(values):
    with pytest.raises(ValueError, match=r"event|missing"):
        event_from_json(values)


def test_a_time_that_is_none_is_refused():
    job = TuningJob(1, "n", 1, "d", "h", "s", "b", TuningSettings(), JobState.DONE, datetime(2026, 1, 1, tzinfo=UTC))
    for wrong in (5, "yesterday", None):
        with pytest.raises(ValueError, match="made_at"):
            from_json(TuningJob, as_json(job) | {"made_at": wrong})


def test_what_has_no_plain_form_is_refused_when_written():
    with pytest.raises(TypeError):
        as_json(Forgetting(basis=object()))
    with pytest.raises(TypeError):
        as_json(Judgement.BETTER)
    assert as_json(GOOD)["standing"] == Standing.GOOD.value
