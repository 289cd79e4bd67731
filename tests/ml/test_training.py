"""Training: it learns, it goes on after a stop as if there had been none, and it refuses what it cannot use."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from bitspec_gui.domain.errors import Cancelled, DeviceUnavailable, TrainingError
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.ml.datasets import CompoundSet, mean_direction, training_groups
from bitspec_gui.ml.device import choose_device
from bitspec_gui.ml.network_config import NetworkConfig
from bitspec_gui.ml.training import Trainer, cosine_loss, score
from bitspec_gui.ml.training_config import MemberConfig, TrainingConfig
from bitspec_gui.spectra.similarity import cosine_sqrt


def trainer(folder: Path, network: NetworkConfig, compounds: CompoundSet, epochs: int = 4) -> Trainer:
    config = MemberConfig(name="small", epochs=epochs, batch_size=3, learning_rate=5e-3, ema_decay=0.5, network=network)
    return Trainer(config, compounds, compounds, folder, "cpu")


def test_training_learns_the_compounds_it_is_shown(
    tmp_path: Path, small_network: NetworkConfig, some_compounds: CompoundSet
) -> None:
    session = trainer(tmp_path, small_network, some_compounds, epochs=40)
    before = score(session.network, some_compounds, session.device)[1]
    after = score(session.run(), some_compounds, session.device)[1]
    assert after > before + 0.1


def test_a_training_cancelled_in_the_middle_goes_on_to_the_same_weights_as_one_left_alone(
    tmp_path: Path, small_network: NetworkConfig, some_compounds: CompoundSet
) -> None:
    whole = trainer(tmp_path / "whole", small_network, some_compounds).run()
    token = CancelToken()

    def cancel_in_third_epoch(progress: Progress) -> None:
        if "epoch 3" in progress.message:
            token.cancel()

    with pytest.raises(Cancelled):
        trainer(tmp_path / "cut", small_network, some_compounds).run(cancel_in_third_epoch, token)
    resumed = trainer(tmp_path / "cut", small_network, some_compounds)
    again = resumed.run()
    assert [result.epoch for result in resumed.state.history] == [1, 2, 3, 4]
    for one, other in zip(whole.state_dict().values(), again.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_a_folder_with_the_state_of_other_settings_is_refused_and_kept(
    tmp_path: Path, small_network: NetworkConfig, some_compounds: CompoundSet
) -> None:
    trainer(tmp_path, small_network, some_compounds, epochs=1).run()
    kept = (tmp_path / "state.json").read_bytes()
    with pytest.raises(TrainingError, match="other settings"):
        trainer(tmp_path, small_network, some_compounds, epochs=2).run()
    assert (tmp_path / "state.json").read_bytes() == kept


def test_a_damaged_state_gets_a_sentence(tmp_path: Path, small_network: NetworkConfig, some_compounds: CompoundSet) -> None:
    trainer(tmp_path, small_network, some_compounds, epochs=1).run()
    next(tmp_path.glob("state-*.safetensors")).write_bytes(b"\0" * 100)
    with pytest.raises(TrainingError, match="cannot be read"):
        trainer(tmp_path, small_network, some_compounds, epochs=1).run()


def test_the_loss_on_the_mean_direction_is_the_mean_of_the_losses_on_each_replicate() -> None:
    generator = np.random.default_rng(2)
    replicates = [generator.random(1000).astype(np.float32) for _ in range(3)]
    predicted = generator.random((1, 1000)).astype(np.float32)
    each = np.mean([1 - cosine_sqrt(predicted**2, replicate[None]) for replicate in replicates])
    loss = cosine_loss(torch.from_numpy(predicted), torch.from_numpy(mean_direction(replicates))[None], torch.ones(1))
    assert float(loss) == pytest.approx(float(each), abs=1e-5)


def test_bins_that_were_not_recorded_do_not_count_in_the_loss() -> None:
    target = torch.zeros(1, 1000)
    target[0, 99] = 1.0
    predicted = target.clone()
    predicted[0, 49] = 5.0
    assert float(cosine_loss(predicted, target, torch.tensor([60]))) == pytest.approx(0.0, abs=1e-6)
    assert float(cosine_loss(predicted, target, torch.tensor([1]))) > 0.5


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not json", "cannot be read"),
        (
            json.dumps({"name": "x", "members": [{"name": "a", "epoch": 3, "network": {"kind": "fingerprint"}}]}),
            "does not know: epoch",
        ),
        (
            json.dumps({"name": "x", "members": [{"name": "a", "network": {"kind": "fingerprint"}}], "epochs": 3}),
            "does not know: epochs",
        ),
        (json.dumps({"name": "x", "members": [{"name": "a", "network": {"kind": "oracle"}}]}), "no kind of network 'oracle'"),
        (json.dumps({"members": [{"name": "a", "network": {"kind": "fingerprint"}}]}), "cannot be read"),
        (
            json.dumps(
                {
                    "name": "x",
                    "members": [
                        {"name": "a", "network": {"kind": "fingerprint"}},
                        {"name": "a", "network": {"kind": "fingerprint"}},
                    ],
                }
            ),
            "a name of its own",
        ),
    ],
)
def test_settings_that_training_does_not_understand_are_named(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(content)
    with pytest.raises(TrainingError, match=said):
        TrainingConfig.from_file(path)


def test_the_learning_rate_rises_then_falls_to_nothing(
    tmp_path: Path, small_network: NetworkConfig, some_compounds: CompoundSet
) -> None:
    session = trainer(tmp_path, small_network, some_compounds, epochs=20)
    rates = [session.learning_rate_at(step) for step in range(20 * session.steps_per_epoch)]
    assert max(rates) == pytest.approx(session.config.learning_rate)
    assert rates[0] < rates[3] < max(rates)
    assert rates[-1] < 0.01 * max(rates)


def test_a_device_that_is_not_there_is_refused_and_auto_says_why_it_took_the_cpu() -> None:
    if not torch.cuda.is_available():
        with pytest.raises(DeviceUnavailable, match="CUDA"):
            choose_device("cuda")
    device, reason = choose_device("cpu")
    assert (device.type, reason) == ("cpu", "CPU: chosen in the settings")
    with pytest.raises(DeviceUnavailable, match="abacus is not a device"):
        choose_device("abacus")


def test_extra_rows_that_training_does_not_know_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no extra rows called horoscopes"):
        training_groups(tmp_path, [], ["low_energy", "horoscopes"])


def test_shares_of_members_add_up_to_one() -> None:
    members = (MemberConfig("a", weight=3.0), MemberConfig("b", weight=1.0))
    assert TrainingConfig("x", members).weights == {"a": 0.75, "b": 0.25}
    with pytest.raises(TrainingError, match="no member c; it has a, b"):
        TrainingConfig("x", members).member("c")
