from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import pytest

from bitspec_gui import bootstrap
from bitspec_gui.cli import main
from bitspec_gui.cli.terminal import ProgressLine
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.tuning_jobs import JobState
from bitspec_gui.services.runner_lock import RunnerLock
from tests.services.fake_tuner import VERDICT, FakeTuner

_MASSES = {"CCO": 46, "CCCCN": 73, "Cc1ccccc1": 92, "CC(=O)OC": 74, "CC(C)CO": 74, "Oc1ccccc1": 94, "CCCCCC": 86, "CCOCC": 74,
           "CCC(C)=O": 72, "CCSCC": 90, "CCCO": 60}  # fmt: skip


@pytest.fixture(scope="module")
def spectra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spectra") / "lab.msp"
    records = [
        f"NAME: compound {number}\nSMILES: {smiles}\nNum Peaks: 4\n15 20\n29 {40 + number}\n{mass - 1} 300\n{mass} 999\n"
        for number, (smiles, mass) in enumerate(_MASSES.items())
    ]
    path.write_text("\n".join(records), encoding="utf-8")
    return path


@pytest.fixture
def tuner(monkeypatch: pytest.MonkeyPatch, model: Path, tmp_path: Path) -> FakeTuner:
    """The core that `bitspec finetune` runs here: steps are counted; everything else is real."""
    made = FakeTuner(steps=5, step_s=0.01)
    monkeypatch.setattr("bitspec_gui.ml.finetuning.tuner.NetworkTuner", lambda _find_base: made)
    monkeypatch.setattr(bootstrap, "default_model", lambda: model)
    monkeypatch.setattr(bootstrap, "embedded_library", lambda: tmp_path / "none.bitspec")
    monkeypatch.setattr(bootstrap, "predicted_library", lambda: tmp_path / "none.bitspec")
    return made


@pytest.fixture
def finetune(tmp_path: Path, tuner: FakeTuner, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["finetune", "--data-dir", str(tmp_path / "data"), *map(str, arguments)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_plan_alone_imports_the_data_and_trains_nothing(finetune, tuner, spectra):
    status, told, said = finetune("--data", spectra, "--dataset", "Lab", "--plan")
    assert status == 0
    assert "Lab: 11 spectra added" in said
    assert "(proposed)" in told
    status, told, _ = finetune("--dataset", "lab", "--plan", "--json")
    assert status == 0
    assert json.loads(told)["options"]
    assert tuner.tasks == []


def test_fine_tuning_makes_a_version_and_tells_the_verdict(finetune, tuner, spectra):
    status, told, said = finetune("--data", spectra, "--dataset", "Lab", "--strategy", "lora", "--epochs", "3", "--seed", "7")
    assert status == 0
    assert told.startswith(VERDICT.sentence)
    assert "12\t0.600\t0.700\t+0.100 (+0.050 to +0.150)" in told
    assert "Version: Lab 1 (" in told
    (task,) = tuner.tasks
    assert (len(task.own), task.settings.epochs, task.settings.seed, task.settings.strategy.value) == (11, 3, 7, "lora")
    assert "Job 1: Lab 1, lora from untrained." in said
    status, told, _ = finetune("--dataset", "Lab", "--json")
    outcome = json.loads(told)
    assert (status, outcome["version"]["version"]["name"], outcome["job"]["state"]) == (0, "Lab 2", "done")
    assert outcome["verdict"]["gain"] == {"mean": 0.1, "low": 0.05, "high": 0.15}
    assert [line.split("\t")[:3] for line in finetune("--jobs")[1].splitlines()[1:]] == [
        ["2", "done", "Lab 2"],
        ["1", "done", "Lab 1"],
    ]


def test_ctrl_c_puts_it_off_and_resume_goes_on(finetune, tuner, spectra, tmp_path):
    def interrupt(step: int) -> None:
        if step == 2:
            signal.raise_signal(signal.SIGINT)

    tuner.before_step, tuner.step_s = interrupt, 0.05
    status, told, said = finetune("--data", spectra, "--name", "Mine")
    assert (status, told) == (130, "")
    assert "bitspec finetune --resume 1" in said
    tuner.before_step = lambda _: None
    status, told, said = finetune("--resume", 1)
    assert status == 0
    assert "Version: Mine (" in told
    assert "Going on on CPU." in said
    assert finetune("--resume", 1)[0] == 1
    status, _, said = finetune("--cancel", 1)
    assert status == 1
    assert "Mine is over (done): there is nothing to cancel" in said


def test_fine_tuning_waits_while_another_process_trains(finetune, tuner, spectra, tmp_path, monkeypatch):
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with RunnerLock(tmp_path / "data" / "training").held():
            held.set()
            free.wait(60)

    def say(line: ProgressLine, sentence: str, really=ProgressLine.say) -> None:
        really(line, sentence)
        if "waits its turn" in sentence:
            assert tuner.tasks == []
            free.set()

    monkeypatch.setattr(ProgressLine, "say", say)
    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    status, told, _ = finetune("--data", spectra, "--name", "Mine")
    other.join()
    assert free.is_set()
    assert status == 0
    assert "Version: Mine (" in told


def test_queue_is_run_without_a_word(finetune, tuner, spectra, tmp_path, monkeypatch):
    monkeypatch.setattr("bitspec_gui.services.tuning_process.be_a_good_neighbour", lambda _stop: None)
    tuner.before_step, tuner.step_s = lambda step: signal.raise_signal(signal.SIGINT) if step == 0 else None, 0.05
    finetune("--data", spectra, "--name", "Mine")
    tuner.before_step = lambda _: None
    services = bootstrap.build_services(user_paths(tmp_path / "data"))
    assert services.tuning_jobs.resume(1).state is JobState.QUEUED
    assert finetune("--run-queue") == (0, "", "")
    assert services.tuning_jobs.job(1).state is JobState.DONE


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--rate", "9"), 1, "learning rate"),
        (("--name", "untrained"), 1, "already"),
        (("--base", "nothing"), 1, "nothing"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(finetune, tuner, spectra, arguments, status, words):
    found, told, said = finetune("--data", spectra, *arguments)
    assert (found, told) == (status, "")
    assert words in said
    assert "Traceback" not in said
    assert tuner.tasks == []


def test_unknown_dataset_and_no_data_are_told(finetune):
    status, _, said = finetune("--dataset", "Nowhere")
    assert status == 1
    assert "There is no dataset Nowhere" in said
    with pytest.raises(SystemExit) as usage:
        finetune()
    assert usage.value.code == 2


def test_version_that_is_better_is_used_if_that_is_asked_for(finetune, tuner, spectra, model, monkeypatch):
    monkeypatch.setattr("bitspec_gui.services.model_registry.ModelRegistry.use", lambda _registry, version_id: version_id)
    _, _, said = finetune("--data", spectra, "--name", "Mine", "--use")
    assert "BitSpec predicts with Mine from now on." in said
