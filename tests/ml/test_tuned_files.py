"""Files of tuned versions: what was learned is read back to the last bit, needs its base, and nothing else gets in."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch
from few_compounds import features_of
from safetensors.torch import load, save
from torch import Tensor
from tuning_laboratory import OWN, save_base

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.changes.change import Change, change_of
from bitspec_gui.ml.checkpoint import load_model, save_model
from bitspec_gui.ml.confidence import TrainingDomain
from bitspec_gui.ml.explaining.explainable import explainable_of
from bitspec_gui.ml.finetuning.ensemble_tuning import tuned_ensemble
from bitspec_gui.ml.finetuning.strategies import prepare
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.predictor import load_predictor
from bitspec_gui.ml.response import Response
from bitspec_gui.ml.tuned_files import LONGEST_CHAIN, check_version, load_version, merge, save_change

RESPONSE = Response(power=0.8, trend=1.5, lowest_mz=20, highest_mz=200)
SMALL = pytest.mark.parametrize("strategy", [Strategy.LORA, Strategy.ADAPTERS], ids=lambda strategy: strategy.value)
Bases = dict[str, Path]


@pytest.fixture(scope="module")
def base_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base") / "base.json")


@pytest.fixture
def bases(base_file: Path) -> Bases:
    """Models that this machine has, by the sha256 of their weights."""
    return {load_model(base_file)[1].version.sha256: base_file}


def taught(base: Ensemble, strategy: Strategy, seed: int = 9) -> dict[str, Change]:
    """Changes of both networks in which everything that learns has moved a little."""
    found = {}
    for name, member in base.members.items():
        tuned = copy.deepcopy(member)
        torch.manual_seed(seed)
        for group in prepare(tuned, TuningSettings(strategy=strategy, rank=2, width=3)):  # type: ignore[arg-type]
            for parameter in group["params"]:
                parameter.data.add_(0.05 * torch.randn_like(parameter))
        found[name] = change_of(tuned.eval(), strategy, member).rounded()  # type: ignore[arg-type]
    return found


def save_small(
    path: Path,
    bases: Bases,
    base_file: Path,
    strategy: Strategy = Strategy.LORA,
    response: Response | None = RESPONSE,
    changes: Mapping[str, Change] | None = None,
) -> ModelVersion:
    """A small version of a base, which this machine has from then on."""
    base, known = load_version(base_file, bases.get)
    learned = TrainingDomain.of([features_of("CCCCO")], ["A" * 14])
    version = save_change(
        path, taught(base, strategy) if changes is None else changes, strategy, known.version, name=path.stem, response=response,
        licence="CC0", description="", tuning={"strategy": strategy.value}, metrics={}, confidence=known.confidence,
        learned=learned, heaviest=99,
    )  # fmt: skip
    bases[version.sha256] = path
    return version


@torch.no_grad()
def predicted(network: Ensemble) -> Tensor:
    return network(to_batch([features_of(smiles) for smiles in OWN[:6]]))


def change(path: Path, **entries: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def repack(path: Path, altered: Callable[[dict[str, Tensor]], None], metadata: dict[str, str] | None = None) -> None:
    """Other tensors with a sha256 that is right."""
    weights = path.with_suffix(".safetensors")
    blob = weights.read_bytes()
    tensors = load(blob)
    stated = json.loads(blob[8 : 8 + int.from_bytes(blob[:8], "little")])["__metadata__"]
    altered(tensors)
    content = save(tensors, metadata=stated if metadata is None else metadata)
    weights.write_bytes(content)
    change(path, sha256=hashlib.sha256(content).hexdigest())


@SMALL
def test_a_small_version_read_back_predicts_what_was_tuned_to_the_last_bit(
    tmp_path: Path, base_file: Path, bases: Bases, strategy: Strategy
) -> None:
    base, known = load_model(base_file)
    changes = taught(base, strategy)
    version = save_small(tmp_path / "small.json", bases, base_file, strategy, changes=changes)
    network, found = load_version(tmp_path / "small.json", bases.get)
    tuned = tuned_ensemble(base, strategy, changes, RESPONSE)
    assert torch.equal(predicted(network), predicted(tuned))
    assert not torch.allclose(predicted(network), predicted(base), atol=1e-3)
    assert (found.version, found.base_sha256, found.response) == (version, known.version.sha256, RESPONSE)
    assert found.domain is not None
    assert found.domain.holds("A" * 14)
    assert found.domain.holds("LFQSCWFLJHTTHZ"), "what the base has learned from stays known"
    assert found.domain.heaviest == 99


def test_the_sha256_of_a_version_tells_its_response_and_its_base(tmp_path: Path, base_file: Path, bases: Bases) -> None:
    first = save_small(tmp_path / "a.json", bases, base_file, Strategy.RESPONSE, changes={})
    other = save_small(tmp_path / "b.json", bases, base_file, Strategy.RESPONSE, Response(power=0.9), changes={})
    on_first = save_small(tmp_path / "c.json", bases, tmp_path / "a.json", Strategy.RESPONSE, changes={})
    assert len({first.sha256, other.sha256, on_first.sha256}) == 3


def test_without_its_response_a_version_predicts_what_its_networks_do(tmp_path: Path, base_file: Path, bases: Bases) -> None:
    save_small(tmp_path / "a.json", bases, base_file, Strategy.RESPONSE, changes={})
    molecules = [molecule_from_text(smiles) for smiles in OWN[:3]]
    on, off = (load_predictor(tmp_path / "a.json", "cpu", find_base=bases.get, response=wish) for wish in (True, False))
    plain = load_predictor(base_file, "cpu")
    assert (on.version.name, off.version.name) == ("a", "a, response off")
    assert on.response == RESPONSE
    assert off.response is None
    without, base, with_it = ([p.spectrum for p in each.predict(molecules)] for each in (off, plain, on))
    assert without == base
    assert all(one != other for one, other in zip(with_it, base, strict=True))


def test_with_a_response_nothing_is_predicted_above_the_molecular_ion_and_lengths_stay_one(
    tmp_path: Path, base_file: Path, bases: Bases
) -> None:
    save_small(tmp_path / "a.json", bases, base_file)
    network, _ = load_version(tmp_path / "a.json", bases.get)
    batch = to_batch([features_of(smiles) for smiles in OWN])
    with torch.no_grad():
        roots = network(batch)
    assert not roots[~batch.allowed].any()
    assert torch.allclose(roots.square().sum(dim=1), torch.ones(len(OWN)), atol=1e-5)


@SMALL
def test_explanations_are_of_what_a_tuned_version_predicts(
    tmp_path: Path, base_file: Path, bases: Bases, strategy: Strategy
) -> None:
    save_small(tmp_path / "a.json", bases, base_file, strategy)
    predictor = load_predictor(tmp_path / "a.json", "cpu", find_base=bases.get)
    molecule = molecule_from_text("CC(=O)OCC")
    explanations = explainable_of(predictor)
    masks = torch.zeros(1, 6, dtype=torch.bool).numpy()
    whole = explanations.intensities_without(molecule, masks)[0]
    (prediction,) = predictor.predict([molecule], annotate=True)
    found = whole[prediction.spectrum.mz.astype(int) - 1]
    assert found / found.max() == pytest.approx(prediction.spectrum.intensity / 999.0, abs=1e-4)
    assert len(prediction.annotations) == len(prediction.spectrum)
    masks[0, 0] = True
    without = explanations.intensities_without(molecule, masks)[0]
    assert abs(without - whole).max() > 1e-5


def test_a_version_can_be_tuned_from_a_small_one_and_that_from_another(tmp_path: Path, base_file: Path, bases: Bases) -> None:
    save_small(tmp_path / "a.json", bases, base_file, Strategy.ADAPTERS)
    save_small(tmp_path / "b.json", bases, tmp_path / "a.json", Strategy.LORA, None)
    save_small(tmp_path / "c.json", bases, tmp_path / "b.json", Strategy.ADAPTERS)
    ancestor, _ = load_version(tmp_path / "b.json", bases.get)
    network, found = load_version(tmp_path / "c.json", bases.get)
    assert ancestor.response is None
    tuned = tuned_ensemble(ancestor, Strategy.ADAPTERS, taught(ancestor, Strategy.ADAPTERS), RESPONSE)
    assert torch.equal(predicted(network), predicted(tuned))
    assert found.domain is not None
    save_model(tmp_path / "whole.json", network, licence="", description="", training={}, metrics={}, tuning={})
    whole, _ = load_model(tmp_path / "whole.json")
    assert torch.allclose(predicted(whole), predicted(network), atol=0.02), "adapters upon adapters are part of a whole file"


def test_a_chain_of_changes_that_is_too_long_is_refused(tmp_path: Path, base_file: Path, bases: Bases) -> None:
    last = base_file
    for number in range(LONGEST_CHAIN):
        save_small(tmp_path / f"{number}.json", bases, last, Strategy.RESPONSE, changes={})
        last = tmp_path / f"{number}.json"
    assert load_version(last, bases.get)[1].base_sha256
    with pytest.raises(ModelFileError, match="more than 16 times"):
        load_version(last, lambda sha256: last)


@SMALL
def test_a_merged_version_needs_no_base_and_predicts_the_same(
    tmp_path: Path, base_file: Path, bases: Bases, strategy: Strategy
) -> None:
    small = save_small(tmp_path / "a.json", bases, base_file, strategy)
    version = merge(tmp_path / "a.json", tmp_path / "whole.json", bases.get)
    network, found = load_version(tmp_path / "whole.json")
    assert torch.allclose(predicted(network), predicted(load_version(tmp_path / "a.json", bases.get)[0]), atol=1e-3)
    assert (found.version, found.base_sha256, found.response) == (version, "", RESPONSE)
    assert found.tuning["merged_from"]["sha256"] == small.sha256
    assert found.domain is not None
    assert found.domain.holds("A" * 14)
    with pytest.raises(ModelFileError, match="nothing to merge"):
        merge(tmp_path / "whole.json", tmp_path / "again.json")


def test_a_missing_base_is_named(tmp_path: Path, base_file: Path, bases: Bases) -> None:
    save_small(tmp_path / "a.json", bases, base_file)
    with pytest.raises(ModelFileError, match=r"needs the model base \(sha256 [0-9a-f]{16}\.\.\.\), which is not on this machine"):
        load_version(tmp_path / "a.json", lambda sha256: None)


def test_another_model_in_place_of_the_base_is_refused(tmp_path: Path, base_file: Path, bases: Bases) -> None:
    save_small(tmp_path / "a.json", bases, base_file)
    network, _ = load_model(base_file)
    save_model(tmp_path / "other.json", network, licence="", description="", training={}, metrics={})
    with pytest.raises(ModelFileError, match="not the one that"):
        load_version(tmp_path / "a.json", lambda sha256: tmp_path / "other.json")


def _drop_up(tensors: dict[str, Tensor]) -> None:
    del tensors[next(name for name in tensors if name.endswith(".up"))]


def _grow(tensors: dict[str, Tensor]) -> None:
    name = next(name for name in tensors if name.endswith(".down"))
    tensors[name] = torch.zeros(2, 999, dtype=torch.float16)


def _spoil(tensors: dict[str, Tensor]) -> None:
    next(value for name, value in tensors.items() if name.endswith(".up"))[0, 0] = torch.nan


def _other_member(tensors: dict[str, Tensor]) -> None:
    tensors["oracle/head.bias"] = torch.zeros(3)


def _mad_response(tensors: dict[str, Tensor]) -> None:
    tensors["response"] = torch.tensor([1e9, 0.0, 1.0, 1000.0], dtype=torch.float64)


def _cut_response(tensors: dict[str, Tensor]) -> None:
    tensors["response"] = torch.tensor([1.0])


def _cut_domain(tensors: dict[str, Tensor]) -> None:
    tensors["training_fingerprints"] = torch.zeros(2, 3, dtype=torch.uint8)


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        (_drop_up, "do not fit their base"),
        (_grow, "do not fit their base"),
        (_spoil, "no finite numbers"),
        (_other_member, "no network called oracle"),
        (_mad_response, "garbles an entry"),
        (_cut_response, "garbles an entry"),
        (_cut_domain, "garbles an entry"),
    ],
)
def test_tensors_that_do_not_fit_are_refused_even_with_the_right_sha256(
    tmp_path: Path, base_file: Path, bases: Bases, altered: Callable[[dict[str, Tensor]], None], said: str
) -> None:
    save_small(tmp_path / "a.json", bases, base_file)
    repack(tmp_path / "a.json", altered)
    with pytest.raises(ModelFileError, match=said):
        load_version(tmp_path / "a.json", bases.get)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"strategy": "adapters"}, "tuned from another model, or otherwise"),
        ({"strategy": "prayer"}, "garbles"),
        ({"base": {"name": "base"}}, "garbles"),
        ({"base": None}, "garbles"),
        ({"weights": "../a.safetensors"}, "outside its folder"),
        ({"weights": "a.pkl"}, "outside its folder"),
        ({"format": [3]}, r"format \[3\]"),
        ({"sha256": "0" * 64}, "damaged"),
        ({"heaviest_usual_mass": "heavy"}, "garbles"),
    ],
)
def test_a_description_that_was_tampered_with_is_refused(
    tmp_path: Path, base_file: Path, bases: Bases, entries: dict[str, object], said: str
) -> None:
    save_small(tmp_path / "a.json", bases, base_file)
    change(tmp_path / "a.json", **entries)
    with pytest.raises(ModelFileError, match=said):
        load_version(tmp_path / "a.json", bases.get)


def test_a_whole_file_with_adapters_of_absurd_widths_is_refused(tmp_path: Path, base_file: Path) -> None:
    network, _ = load_model(base_file)
    save_model(tmp_path / "a.json", network, licence="", description="", training={}, metrics={}, tuning={})
    change(tmp_path / "a.json", adapters={"fragments": [10**9]})
    with pytest.raises(ModelFileError, match="widths that no model has"):
        load_version(tmp_path / "a.json")


def test_a_plain_model_file_says_nothing_of_tuning_and_loads_as_ever(base_file: Path) -> None:
    header = json.loads(base_file.read_text())
    assert not {"response", "adapters", "tuning", "base", "kind"} & set(header)
    network, found = load_version(base_file)
    assert network.response is None
    assert (found.response, found.tuning, found.base_sha256) == (None, {}, "")
    assert torch.equal(predicted(network), predicted(load_model(base_file)[0]))


def test_a_trial_refuses_a_model_whose_weights_are_no_numbers(tmp_path: Path, base_file: Path) -> None:
    assert check_version(base_file).name == "base"
    network, _ = load_model(base_file)
    for parameter in network.members["fingerprint"].parameters():
        parameter.data.fill_(torch.nan)
    save_model(tmp_path / "nan.json", network, licence="", description="", training={}, metrics={})
    with pytest.raises(ModelFileError, match="no spectrum"):
        check_version(tmp_path / "nan.json")
