"""Simulated laboratories: made without test compounds, tuned as a user's job does, and measured where nothing was tuned."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from few_compounds import features_of
from tuning_laboratory import CONFIGS, OWN, PUBLIC, QUICK, key, save_base

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import Cancelled, TrainingError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.domain.tuning_study import PROPOSED, StudyCell, StudyKey
from bitspec_gui.formats.benchmark_set import compounds
from bitspec_gui.ml.checkpoint import load_model
from bitspec_gui.ml.datasets import compound_set
from bitspec_gui.ml.finetuning import public_data
from bitspec_gui.ml.training_config import MemberConfig, TrainingConfig
from bitspec_gui.ml.tuning_study import cells as cells_module
from bitspec_gui.ml.tuning_study.cells import LaboratoryStudy
from bitspec_gui.ml.tuning_study.laboratories import HITACHI, JEOL, Laboratories, shifted
from bitspec_gui.ml.tuning_study.naive_base import naive_base
from bitspec_gui.ml.tuning_study.study import Study, StudyPlan

ROWS = [
    *(("MSSJ", HITACHI, "val", smiles) for smiles in OWN),
    *(("MSSJ", "another", "train", smiles) for smiles in PUBLIC),
    *(("Old", JEOL, "train", smiles) for smiles in ("CCCCCCCC", "CCCCCO", "CCCCCCO", "CCCCCCCCO")),
    ("Old", JEOL, "train", PUBLIC[0]),
    *(("NILU", "another", "train", smiles) for smiles in ("CCCC=O", "CCCOCC")),
    *(("MSSJ", JEOL, "test", smiles) for smiles in ("CCCCCl", "CCCCCCl")),
]
"""Contributor, instrument, part and molecule of each record."""

ELSEWHERE = ["CCCCCCCCC", "CCCCCCCN", "CCCCCCCO", PUBLIC[0], OWN[0]]
"""Molecules of a further collection; of the last two the benchmark has spectra, too."""


@pytest.fixture(scope="module")
def benchmark_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A benchmark whose records name contributors and instruments."""
    folder = tmp_path_factory.mktemp("data") / "massbank_ei"
    (folder.parent / "other_ei").mkdir()
    folder.mkdir()
    fields = ["accession", "path", "inchikey", "smiles", "formula", "nominal_mass", "ionization_energy"]
    fields += ["split_random", "split_scaffold", "flags"]
    with (folder / "index.csv").open("w", newline="") as stream, zipfile.ZipFile(folder / "records.zip", "w") as archive:
        writer = csv.DictWriter(stream, fields)
        writer.writeheader()
        for number, (contributor, instrument, part, smiles) in enumerate(ROWS):
            molecule, accession = molecule_from_text(smiles), f"X{number:04d}"
            path = f"{contributor}/{accession}.txt"
            values = [accession, path, molecule.inchikey, smiles, molecule.formula, molecule.nominal_mass, "", part, part, ""]
            writer.writerow(dict(zip(fields, values, strict=True)))
            archive.writestr(path, _record(accession, instrument, smiles))
    (folder.parent / "other_ei" / "recetox_gc_hrms_2020.jsonl").write_text(
        "\n".join(
            json.dumps({"id": each, "smiles": each, "peaks": [[71.0, 900.0], [features_of(each).nominal_mass, 300.0]]})
            for each in ELSEWHERE
        )
    )
    return folder


def _record(accession: str, instrument: str, smiles: str) -> str:
    mass = features_of(smiles).nominal_mass
    # Plain enough for the label check to believe them.
    masses = sorted({mass, mass - 1, *(mz for mz in (15, 27, 29, 31, 39, 41) if mz < mass - 3)})
    draw = np.random.default_rng([mass, len(smiles)])
    peaks = [f"  {mz} {height} {height}" for mz, height in zip(masses, draw.integers(50, 999, len(masses)), strict=True)]
    head = [f"ACCESSION: {accession}", f"RECORD_TITLE: {accession}", f"CH$NAME: {accession}", f"CH$SMILES: {smiles}"]
    head += [f"AC$INSTRUMENT: {instrument}", "AC$INSTRUMENT_TYPE: EI-B", "AC$MASS_SPECTROMETRY: MS_TYPE MS"]
    return "\n".join([*head, f"PK$NUM_PEAK: {len(peaks)}", "PK$PEAK: m/z int. rel.int.", *peaks, "//", ""])


@pytest.fixture(scope="module")
def laboratories(benchmark_folder: Path) -> Laboratories:
    return Laboratories(benchmark_folder)


def names(*smiles: str) -> set[str]:
    return {key(each)[:14] for each in smiles}


def test_no_laboratory_shares_compounds_between_tuning_and_judging_or_touches_test_compounds(laboratories: Laboratories) -> None:
    test = set(compounds(laboratories.rows, "test"))
    assert len(test) == 2
    for name in ("recetox", "jeol", "nilu", "shift:2", "control"):
        laboratory = laboratories.named(name)
        assert laboratory.held
        assert not set(laboratory.tune) & set(laboratory.held)
        assert not {*laboratory.tune, *laboratory.held} & test


def test_laboratories_of_unknown_compounds_hold_none_that_the_naive_base_may_learn(laboratories: Laboratories) -> None:
    jeol, nilu, recetox = (laboratories.named(name) for name in ("jeol", "nilu", "recetox"))
    assert {*jeol.tune, *jeol.held} == names("CCCCCCCC", "CCCCCO", "CCCCCCO", "CCCCCCCCO")
    assert {*nilu.tune, *nilu.held} == names("CCCC=O", "CCCOCC")
    assert {*recetox.tune, *recetox.held} == names("CCCCCCCCC", "CCCCCCCN", "CCCCCCCO")
    naive = {row.connectivity for row in laboratories.naive_rows if row.part == "train"}
    assert naive == names(*PUBLIC)


def test_a_shifted_instrument_weighs_each_peak_by_its_mass() -> None:
    found = shifted(Spectrum(np.array([50.0, 100.0, 200.0]), np.array([8.0, 3.0, 1.0])), 2.0)
    np.testing.assert_allclose(found.intensity, [2.0, 3.0, 4.0])


def test_a_laboratory_of_another_name_is_told(laboratories: Laboratories) -> None:
    for name in ("shift:0", "shift:far", "somewhere"):
        with pytest.raises(TrainingError, match="There is no laboratory"):
            laboratories.named(name)


def test_draws_differ_and_are_the_same_every_time(laboratories: Laboratories) -> None:
    control = laboratories.named("control")
    first, again, second = (control.draw(4, draw) for draw in (1, 1, 2))
    assert [record.inchikey for record in first] == [record.inchikey for record in again]
    assert len({record.connectivity for record in first}) == 4
    assert [record.inchikey for record in first] != [record.inchikey for record in second]


def test_sizes_that_cannot_be_filled_are_left_out_and_all_there_is_is_taken(laboratories: Laboratories) -> None:
    control = laboratories.named("control")
    assert len(control.tune) == 6
    assert control.sizes([3, 4, 300]) == [3, 4, 6]
    assert control.sizes([5, 300]) == [5]
    assert control.sizes([3, 6]) == [3, 6]


@pytest.fixture(scope="module")
def studied(laboratories: Laboratories, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaboratoryStudy]:
    """The shifted laboratory with an untrained base."""
    threads = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("FEWEST_MEASURED", 4), ("MOST_PREDICTED", 5), ("WATCHED", 3)):
            patch.setattr(public_data, name, value)
        patch.setattr(cells_module, "recommended", lambda strategy, compounds: replace(QUICK, strategy=strategy))
        laboratory = laboratories.named("shift:2")
        yield LaboratoryStudy(
            laboratory,
            save_base(tmp_path_factory.mktemp("base") / "base.json"),
            public=[],
            molecules=PUBLIC,
            val=compound_set([rows for name, rows in laboratories.val.items() if name not in laboratory.tune]),
            propose=lambda records, base: replace(QUICK, folds=2),
        )
    torch.set_num_threads(threads)


def of(strategy: str) -> StudyKey:
    return StudyKey("shift:2", 6, strategy)


def test_what_is_proposed_and_trained_alone_come_to_the_same_version(studied: LaboratoryStudy) -> None:
    proposed = studied.measure(of(PROPOSED), studied.settings_of(of(PROPOSED)))
    alone = studied.measure(of("lora"), replace(QUICK, seed=1, device="cpu"))
    assert proposed.settings == alone.settings
    assert alone.gain.mean == pytest.approx(proposed.gain.mean, abs=1e-4)
    assert alone.public_change.mean == pytest.approx(proposed.public_change.mean, abs=1e-4)
    assert proposed.gain.mean != 0
    assert (alone.power, alone.trend, alone.trained) == (proposed.power, proposed.trend, 6)
    assert proposed.told is not None
    assert proposed.told.compounds == 6
    assert alone.told is None
    assert proposed.held == len(studied.laboratory.held) == 8
    assert proposed.public >= 8


def test_an_instrument_of_steep_response_is_met_by_the_response_alone_which_leaves_public_compounds_as_they_are(
    studied: LaboratoryStudy,
) -> None:
    cell = studied.measure(of("response"), studied.settings_of(of("response")))
    assert cell.public_change.mean == 0
    assert cell.settings.strategy is Strategy.RESPONSE


class _Counted(LaboratoryStudy):
    """Counts what is tuned."""

    def __init__(self, inner: LaboratoryStudy) -> None:
        self.__dict__.update(inner.__dict__)
        self.tuned: list[StudyKey] = []

    def measure(self, key: StudyKey, settings: object) -> StudyCell:
        self.tuned.append(key)
        return super().measure(key, settings)  # type: ignore[arg-type]


def study_of(laboratories: Laboratories, folder: Path, studied: LaboratoryStudy) -> tuple[Study, _Counted]:
    counted = _Counted(studied)
    study = Study(laboratories, folder, folder, folder, lambda records, base: QUICK, lambda without: PUBLIC)
    study._studied["shift:2"] = counted
    return study, counted


def test_a_study_goes_on_where_it_stopped_and_tunes_nothing_twice(
    laboratories: Laboratories, studied: LaboratoryStudy, tmp_path: Path
) -> None:
    study, counted = study_of(laboratories, tmp_path, studied)
    keys = list(study.keys(StudyPlan(("shift:2",), (6,), (PROPOSED, "lora", "response"))))
    assert keys == [of(PROPOSED), of("lora"), of("response")]
    first = next(study.run(keys, {}))
    found = [first, *study.run(keys, {first.key: first})]
    assert [cell.key for cell in found] == keys
    # LoRA is what is proposed.
    assert counted.tuned == [of(PROPOSED), of("response")]
    assert (found[1].gain, found[1].told) == (first.gain, None)
    kept = {cell.key: cell for cell in found}
    assert list(study.run(keys, kept)) == []
    other = replace(first, settings=replace(first.settings, rate=1e-4))
    assert [cell.key for cell in study.run(keys[:1], {first.key: other})] == [of(PROPOSED)]


def test_a_cancelled_study_ends_within_a_fine_tuning(studied: LaboratoryStudy, laboratories: Laboratories) -> None:
    token = CancelToken()
    study = LaboratoryStudy(
        studied.laboratory,
        studied._file,
        public=[],
        molecules=PUBLIC,
        val=compound_set(list(laboratories.val.values())[:2]),
        propose=lambda records, base: QUICK,
        cancel=token,
    )
    token.cancel()
    with pytest.raises(Cancelled):
        study.measure(of("head"), study.settings_of(of("head")))


def test_the_naive_base_learns_from_what_it_may_only_and_is_made_once(
    laboratories: Laboratories, benchmark_folder: Path, tmp_path: Path
) -> None:
    members = tuple(MemberConfig(name, epochs=1, batch_size=8, network=config) for name, config in CONFIGS.items())
    config = TrainingConfig("naive", members, extra_rows=("low_energy", "derivatives"))
    file = naive_base(laboratories, benchmark_folder, tmp_path, config=config, device="cpu")
    domain = load_model(file)[1].domain
    assert domain is not None
    assert all(domain.holds(name) for name in names(*PUBLIC))
    jeol = laboratories.named("jeol")
    assert not any(domain.holds(name) for name in {*jeol.tune, *jeol.held, *compounds(laboratories.rows, "test")})
    written = file.stat().st_mtime_ns
    assert naive_base(laboratories, benchmark_folder, tmp_path, config=config).stat().st_mtime_ns == written
