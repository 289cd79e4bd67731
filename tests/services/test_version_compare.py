"""Two model versions told apart: by what is registered of them, and on spectra that neither was trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_versions import METRICS

from bitspec_gui.domain.errors import VersionError
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.services.version_compare import NONE, compare
from bitspec_gui.services.version_contest import contest

BASE = RegisteredVersion(0, ModelVersion("bitspec-ei-2", "00" * 32, "CC"), Path("a.json"))
TUNED = RegisteredVersion(
    3,
    ModelVersion("Lab 1", "11" * 32, "CC"),
    Path("b.json"),
    parent_name="bitspec-ei-2",
    dataset_name="GC lab",
    dataset_hash="12" * 32,
    settings=TuningSettings(epochs=7),
    metrics=METRICS,
)
ALKANES = ["C" * length for length in range(4, 20)]


class Peaks:
    """Predicts m/z 43 and a share of m/z 57; has learned from some molecules."""

    device = "CPU"

    def __init__(self, version: RegisteredVersion, share: float, learned: set[str], unknown: bool = False) -> None:
        self.version, self._share, self._learned, self._unknown = version.version, share, learned, unknown

    def predict(self, molecules, cancel=None, *, annotate=False):
        spectrum = Spectrum([20.0, 43.0, 57.0], [500.0, 999.0, 999.0 * self._share])
        return [
            Prediction(each, spectrum, self.version, trained_on=None if self._unknown else each.smiles in self._learned)
            for each in molecules
        ]


def measured(smiles: str, energy: float = 1.0) -> SpectrumRecord:
    return SpectrumRecord(Spectrum([43.0, 57.0], [999.0, 999.0 * energy]), smiles, smiles=smiles, source_file="lab.msp")


def contested(records, *, first=0.3, second=0.9, learned=frozenset(), unknown=False):
    predictors = {0: Peaks(BASE, first, set()), 3: Peaks(TUNED, second, set(learned), unknown)}
    return contest(BASE, TUNED, records, lambda version: predictors[version.version_id])


def test_properties_stand_side_by_side_and_what_differs_is_told():
    other = replace(TUNED, version_id=4, settings=TuningSettings(strategy=Strategy.ADAPTERS, rank=4, amp=False))
    rows = {row.what: row for row in compare(TUNED, other).rows}
    assert rows["Change (95 % interval)"].first == "+0.110 (+0.070 to +0.150)"
    assert not rows["Change (95 % interval)"].differs
    assert (rows["Strategy"].first, rows["Strategy"].second, rows["Strategy"].differs) == ("lora", "adapters", True)
    assert (rows["Rank"].first, rows["Rank"].second) == ("8", "4")
    assert (rows["Passes"].first, rows["Half precision"].second) == ("7", "no")
    assert "Seed" not in rows
    base = {row.what: row for row in compare(BASE, TUNED).rows}
    assert (base["Tuned on"].first, base["Tuned on"].second) == (NONE, "GC lab (12121212)")
    assert base["From"].first == "comes with BitSpec"


def test_the_better_version_is_told_with_its_interval_on_compounds_that_neither_learned():
    result = contested([measured(smiles) for smiles in ALKANES for _ in range(2)], learned=ALKANES[:3])
    assert (len(result.compounds), result.left_out, result.compounds[0].spectra) == (13, 3, 2)
    # Of m/z 20, which this laboratory does not record, nothing is held against anyone.
    first, second = ((1 + share) / (2**0.5 * (1 + share**2) ** 0.5) for share in (0.3, 0.9))
    assert result.means == pytest.approx((first, second), abs=1e-3)
    assert result.difference.mean == pytest.approx(second - first, abs=1e-3)
    assert result.sentence.startswith("“Lab 1” is better by 0.1")
    assert "on 13 compounds that neither was trained on" in result.sentence
    assert "3 compounds were left out" in result.sentence


def test_the_first_may_be_the_better_one_or_nothing_can_be_told():
    records = [measured(smiles) for smiles in ALKANES]
    assert contested(records, first=0.9, second=0.3).sentence.startswith("“bitspec-ei-2” is better by 0.1")
    mixed = [measured(smiles, 0.6 + 0.04 * (place % 2)) for place, smiles in enumerate(ALKANES)]
    assert contested(mixed, first=0.61, second=0.63).sentence.startswith("No difference can be told")
    assert contested(records[:4]).sentence.startswith("Too few compounds to tell")


@pytest.mark.parametrize("reason", ["no records", "all learned", "not known", "predicted", "doubtful", "no structure"])
def test_without_a_compound_that_neither_learned_nothing_is_compared(reason):
    records = [measured(smiles) for smiles in ALKANES]
    if reason == "no records":
        records = []
    elif reason == "predicted":
        records = [replace(record, predicted_by="x") for record in records]
    elif reason == "doubtful":
        records = [replace(record, doubt="Its peaks lie above M.") for record in records]
    elif reason == "no structure":
        records = [replace(record, smiles=None) for record in records]
    learned = ALKANES if reason == "all learned" else ()
    result = contested(records, learned=learned, unknown=reason == "not known")
    assert (result.compounds, result.difference, result.means) == ((), None, (0.0, 0.0))
    assert "cannot be compared" in result.sentence


def test_a_version_is_not_compared_with_itself():
    with pytest.raises(VersionError, match="the same model"):
        contest(TUNED, TUNED, [], lambda _version: Peaks(TUNED, 1.0, set()))
