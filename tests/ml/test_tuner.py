"""Fine-tuning from a task to a version and a verdict, on small networks: honest, and the same after every interruption."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from few_compounds import features_of
from tuning_laboratory import OWN, QUICK, StopAfter, as_recorded, ignore, key, measured, save_base, task_of

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import Cancelled, Interrupted, TrainingError
from bitspec_gui.domain.model_registry import TuningResult
from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.domain.tuning_jobs import (
    CurvePoint,
    ExampleSeen,
    JobBegan,
    PhaseBegan,
    RunControl,
    TuningEvent,
    Usage,
    Wish,
)
from bitspec_gui.domain.tuning_json import from_json
from bitspec_gui.domain.verdict import Judgement, PublicBasis, Verdict
from bitspec_gui.ml.checkpoint import load_model
from bitspec_gui.ml.finetuning import public_data, tuning_run
from bitspec_gui.ml.finetuning.tuner import NetworkTuner
from bitspec_gui.ml.finetuning.verdict import MAY_FALL, agreement
from bitspec_gui.ml.finetuning.version_writing import file_name
from bitspec_gui.ml.predictor import load_predictor
from bitspec_gui.ml.response import Response
from bitspec_gui.ml.tuned_files import load_version

SPLIT = replace(QUICK, folds=0, held_out=0.2, val=0.2, patience=2, epochs=3)


@pytest.fixture(scope="module", autouse=True)
def few_public_compounds() -> Iterator[None]:
    """Fewer public compounds than for real."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("FEWEST_MEASURED", 4), ("MOST_MEASURED", 6), ("MOST_PREDICTED", 5), ("WATCHED", 3)):
            patch.setattr(public_data, name, value)
        threads = torch.get_num_threads()
        yield
    torch.set_num_threads(threads)


@pytest.fixture
def checkpoints_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint whenever one could be kept."""
    monkeypatch.setattr(tuning_run, "KEPT_EVERY_S", 0.0)
    monkeypatch.setattr(tuning_run, "WRITING_SHARE", 0)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base") / "base.json")


@dataclass(frozen=True)
class Done:
    """A fine-tuning that was not disturbed."""

    result: TuningResult
    events: list[TuningEvent]
    folder: Path
    checks: int


def tuned(base: Path, folder: Path, settings: object = QUICK) -> Done:
    events: list[TuningEvent] = []
    control = StopAfter(10**9)
    result = NetworkTuner().run(task_of(base, settings), folder, events.append, control)  # type: ignore[arg-type]
    return Done(result, events, folder, control.asked)


@pytest.fixture(scope="module")
def by_folds(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    return tuned(base, tmp_path_factory.mktemp("folds"))


@pytest.fixture(scope="module")
def by_split(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    return tuned(base, tmp_path_factory.mktemp("split"), SPLIT)


def verdict_of(done: Done) -> dict[str, object]:
    return json.loads((done.folder / "result" / "verdict.json").read_text())  # type: ignore[no-any-return]


def test_with_folds_every_compound_is_held_out_once_and_the_version_knows_them_all(by_folds: Done, base: Path) -> None:
    verdict = by_folds.result.verdict
    assert sorted(outcome.name for outcome in verdict.outcomes) == sorted(OWN)
    assert {outcome.fold for outcome in verdict.outcomes} == {0, 1}
    assert (verdict.folds, verdict.trained, verdict.compounds) == (2, len(OWN), len(OWN))
    _, known = load_version(by_folds.result.file, lambda sha256: base)
    assert known.domain is not None
    assert all(known.domain.holds(key(smiles)[:14]) for smiles in OWN)
    assert verdict.how in by_folds.result.notes


def test_with_a_split_no_held_out_compound_was_learned_from(by_split: Done, base: Path) -> None:
    verdict = by_split.result.verdict
    held = {outcome.compound for outcome in verdict.outcomes}
    assert (verdict.folds, len(held), verdict.trained) == (0, 3, 9)
    _, known = load_version(by_split.result.file, lambda sha256: base)
    assert known.domain is not None
    assert not any(known.domain.holds(name) for name in held)
    assert sum(known.domain.holds(key(smiles)[:14]) for smiles in OWN) == len(OWN) - 3


def test_the_verdict_file_gives_the_figures_again_in_five_lines(by_folds: Done) -> None:
    kept = verdict_of(by_folds)
    assert from_json(Verdict, kept["verdict"]) == by_folds.result.verdict
    compounds: dict[str, list[float]] = {}
    for outcome in kept["verdict"]["outcomes"]:  # type: ignore[index]
        compounds.setdefault(outcome["compound"], []).append(outcome["after"] - outcome["before"])
    changes = np.array([np.mean(compounds[name]) for name in sorted(compounds)])
    draws = np.random.default_rng(kept["seed"]).integers(0, len(changes), size=(kept["resamples"], len(changes)))  # type: ignore[call-overload]
    low, high = np.percentile(changes[draws].mean(axis=1), [2.5, 97.5])
    gain = by_folds.result.verdict.gain
    assert (gain.mean, gain.low, gain.high) == pytest.approx((changes.mean(), low, high), abs=1e-12)


def test_held_out_spectra_are_judged_by_what_the_file_predicts(by_split: Done, base: Path) -> None:
    predictor = load_predictor(by_split.result.file, "cpu", find_base=lambda sha256: base)
    before = load_predictor(base, "cpu")
    for outcome in by_split.result.verdict.outcomes:
        molecule = molecule_from_text(outcome.smiles)
        (now,), (then,) = predictor.predict([molecule]), before.predict([molecule])
        assert agreement(now.spectrum, outcome.measured, outcome.lowest_mz) == pytest.approx(outcome.after, abs=1e-5)
        assert agreement(then.spectrum, outcome.measured, outcome.lowest_mz) == pytest.approx(outcome.before, abs=1e-5)
        assert agreement(outcome.predicted_after, outcome.measured, outcome.lowest_mz) == outcome.after
        assert now.trained_on is False


def test_what_a_version_is_stands_in_its_file(by_folds: Done, base: Path) -> None:
    header = json.loads(by_folds.result.file.read_text())
    parent = load_model(base)[1].version
    assert header["tuning"]["parent"] == {"name": "base", "sha256": parent.sha256}
    assert header["tuning"]["dataset"] == {"name": "Mine", "hash": "0" * 64}
    assert header["tuning"]["metrics"]["sentence"] == by_folds.result.verdict.sentence
    assert (header["name"], header["licence"], header["strategy"]) == ("Mine", "CC0", "lora")
    assert by_folds.result.small
    assert by_folds.result.parent == parent
    assert header["confidence"] != json.loads(base.read_text())["confidence"], "fitted to compounds that were held out"
    assert not any(smiles in by_folds.result.file.read_text() for smiles in ("CCCCCN", "Clc1ccccc1")), "no data of the user's"


def test_what_a_fine_tuning_tells_can_be_drawn(by_folds: Done) -> None:
    events = by_folds.events
    assert isinstance(events[0], JobBegan)
    phases = [event for event in events if isinstance(event, PhaseBegan)]
    assert [phase.title for phase in phases] == [
        "Reading structures", "Part 1 of 2", "Part 2 of 2", "Training on all compounds", "Verdict",
    ]  # fmt: skip
    assert [(phase.number, phase.of) for phase in phases] == [(number, 5) for number in range(1, 6)]
    assert [phase.run for phase in phases] == [None, 0, 1, 2, None]
    points = [event for event in events if isinstance(event, CurvePoint)]
    assert {point.run for point in points} == {0, 1, 2}
    assert all(point.val_cosine is not None for point in points if point.run < 2)
    assert all(point.val_cosine is None for point in points if point.run == 2)
    assert all(point.public_cosine is not None and point.train_cosine is not None for point in points)
    examples = [event for event in events if isinstance(event, ExampleSeen)]
    held = {fold: {o.compound for o in by_folds.result.verdict.outcomes if o.fold == fold} for fold in (0, 1)}
    assert examples
    assert all(example.compound in held[example.run] for example in examples)
    usage = [event for event in events if isinstance(event, Usage)]
    assert all(0 <= event.done <= 1 and event.memory_mb > 10 for event in usage)
    assert [event.done for event in usage] == sorted(event.done for event in usage)


def test_a_finished_fine_tuning_gives_its_result_again_at_once(by_folds: Done, base: Path) -> None:
    events: list[TuningEvent] = []
    again = NetworkTuner().run(task_of(base), by_folds.folder, events.append, RunControl())
    assert again == by_folds.result
    assert not events


def test_put_off_again_and_again_it_comes_to_the_same_version(
    base: Path, by_folds: Done, tmp_path: Path, checkpoints_always: None
) -> None:
    task, told = task_of(base), []
    for share in (0.2, 0.65):
        with pytest.raises(Interrupted):
            NetworkTuner().run(task, tmp_path, told.append, StopAfter(int(share * by_folds.checks)))
        assert not list((tmp_path / "result").glob("verdict.json"))
    result = NetworkTuner().run(task, tmp_path, told.append, RunControl())
    assert result.version == by_folds.result.version
    assert result.verdict == by_folds.result.verdict
    assert [event.resumed for event in told if isinstance(event, JobBegan)] == [False, False, True]
    points = {(event.run, event.step): event for event in by_folds.events if isinstance(event, CurvePoint)}
    assert all(points[event.run, event.step] == event for event in told if isinstance(event, CurvePoint))


def test_a_full_disk_leaves_the_last_checkpoint_and_it_goes_on(
    base: Path, by_split: Done, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkpoints_always: None
) -> None:
    written = 0
    replace_file = os.replace

    def full(source: Path, target: Path) -> None:
        nonlocal written
        written += target.suffix == ".safetensors"
        if written > 2:
            raise OSError(28, "No space left on device")
        replace_file(source, target)

    with monkeypatch.context() as disk:
        disk.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            NetworkTuner().run(task_of(base, SPLIT), tmp_path, ignore, RunControl())
    assert len(list((tmp_path / "core").glob("checkpoint-*.safetensors"))) == 1
    assert not list((tmp_path / "core").glob(".*.part"))
    events: list[TuningEvent] = []
    result = NetworkTuner().run(task_of(base, SPLIT), tmp_path, events.append, RunControl())
    assert isinstance(events[0], JobBegan)
    assert events[0].resumed
    assert result.version == by_split.result.version


def test_a_cancelled_fine_tuning_leaves_no_version(base: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        NetworkTuner().run(task_of(base), tmp_path, ignore, StopAfter(40, Wish.CANCEL))
    assert not list((tmp_path / "result").iterdir())


def test_a_folder_of_other_spectra_is_not_gone_on_from(base: Path, by_folds: Done) -> None:
    other = task_of(base, own=[measured(smiles, seed=2) for smiles in OWN])
    with pytest.raises(TrainingError, match="other spectra, settings or another base"):
        NetworkTuner().run(other, by_folds.folder, ignore, RunControl())


def test_two_compounds_are_too_few(base: Path, tmp_path: Path) -> None:
    own = [measured("CCCCO"), measured("CCCCO", seed=2), measured("CCOCC")]
    with pytest.raises(TrainingError, match="at least 3 different compounds"):
        NetworkTuner().run(task_of(base, own=own), tmp_path, ignore, RunControl())


def test_a_spectrum_that_cannot_be_used_is_told_and_left_out(base: Path, tmp_path: Path) -> None:
    own = [measured(smiles) for smiles in OWN[:6]]
    own.append(replace(own[0], name="Nonsense", smiles="C(", inchikey="A" * 14 + "-BBBBBBBBBB-N", line=7))
    result = NetworkTuner().run(task_of(base, replace(QUICK, strategy=Strategy.RESPONSE), own), tmp_path, ignore, RunControl())
    assert any("Nonsense (mine.msp, line 7) cannot be read" in note for note in result.notes)
    assert result.verdict.compounds == 6


def test_a_shifted_instrument_is_followed_by_its_response_alone_and_nothing_is_forgotten(base: Path, tmp_path: Path) -> None:
    network, _ = load_model(base)
    shifted = Response(power=0.7, trend=2.0)
    own = [as_recorded(network, smiles, shifted) for smiles in OWN]
    task = task_of(base, replace(QUICK, strategy=Strategy.RESPONSE), own)
    result = NetworkTuner().run(task, tmp_path, ignore, RunControl())
    assert result.verdict.judgement is Judgement.BETTER
    assert result.verdict.after > 0.97
    assert result.verdict.forgetting.after == pytest.approx(1.0)
    assert result.verdict.forgetting.with_response is not None
    assert result.verdict.forgetting.with_response < -0.01
    _, known = load_version(result.file, lambda sha256: base)
    assert known.response is not None
    assert known.response.power == pytest.approx(0.7, abs=0.05)
    features = [features_of(smiles) for smiles in OWN]
    before = load_model(base)[1].domain
    assert before is not None
    assert known.domain is not None
    np.testing.assert_array_equal(
        known.domain.nearest(features), before.nearest(features), err_msg="no molecule is better known for it"
    )


def test_an_instrument_like_the_base_gets_no_response(base: Path, by_folds: Done) -> None:
    _, known = load_version(by_folds.result.file, lambda sha256: base)
    assert known.response is None


def test_with_measured_public_compounds_that_nobody_learned_from_forgetting_is_measured(base: Path, tmp_path: Path) -> None:
    public = [measured(smiles, seed=4) for smiles in ("CCCCCCC", "c1ccccc1O", "CCC(=O)O", "C1CCCC1", "CCCl", "COC", *OWN[:2])]
    learned = [measured(smiles, seed=4) for smiles in ("CCO", "CCCCN", "CCBr")]
    task = replace(task_of(base, replace(SPLIT, strategy=Strategy.HEAD)), public=[*public, *learned])
    result = NetworkTuner().run(task, tmp_path, ignore, RunControl())
    forgetting = result.verdict.forgetting
    assert (forgetting.basis, forgetting.compounds) == (PublicBasis.MEASURED, 4)
    kept = json.loads((tmp_path / "result" / "verdict.json").read_text())
    own = {key(smiles)[:14] for smiles in OWN}
    assert not own & {outcome["compound"] for outcome in kept["public"]}
    assert forgetting.after == pytest.approx(np.mean([outcome["after"] for outcome in kept["public"]]))
    assert not result.small
    assert load_version(result.file)[1].version == result.version, "a whole file needs no base"


def test_the_share_is_halved_until_little_is_forgotten(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MAY_FALL, PublicBasis.PREDICTED, 1e-9)
    result = NetworkTuner().run(task_of(base, replace(SPLIT, patience=0)), tmp_path, ignore, RunControl())
    assert any("moved by" in note and "Only 12% of it is kept" in note for note in result.notes)
    assert json.loads(result.file.read_text())["tuning"]["share"] == pytest.approx(0.125)


def test_a_tuned_version_can_be_tuned_again_and_keeps_its_response_if_no_other_helps(base: Path, tmp_path: Path) -> None:
    network, known = load_model(base)
    own = [as_recorded(network, smiles, Response(power=0.7, trend=2.0)) for smiles in OWN]
    first = NetworkTuner().run(
        task_of(base, replace(QUICK, strategy=Strategy.RESPONSE), own), tmp_path / "1", ignore, RunControl()
    )
    bases = {known.version.sha256: base}
    task = replace(task_of(first.file, replace(SPLIT, strategy=Strategy.ADAPTERS), own), name="Second: better?")
    second = NetworkTuner(bases.get).run(task, tmp_path / "2", ignore, RunControl())
    assert second.parent == first.version
    assert second.file.name == "Second_ better.json"
    assert second.version.name == "Second: better?"
    bases[first.version.sha256] = first.file
    _, again = load_version(second.file, bases.get)
    assert again.response == load_version(first.file, bases.get)[1].response
    assert second.verdict.before > 0.97
    assert second.verdict.seen_before == second.verdict.compounds, "its base has learned from these very spectra"
    assert any("which makes both cosines higher" in note for note in second.notes)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Müller's lab (2026)", "Müller_s lab (2026)"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\temp", "C_temp"),
        ("con", "model con"),
        ("Verdict", "model Verdict"),
        ("...", "model"),
        ("x" * 500, "x" * 60),
    ],
)
def test_any_name_makes_a_file_name_that_stays_in_its_folder(name: str, file: str) -> None:
    assert file_name(name) == file
