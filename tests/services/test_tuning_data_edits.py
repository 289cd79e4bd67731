"""Datasets are edited and every edit is undone; replicates, proposals by name, and entries of libraries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bitspec_gui.domain.chemical_names import KnownCompound
from bitspec_gui.domain.errors import EditError, StorageError
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning_data import Standing
from bitspec_gui.services.tuning_data import TuningDataService
from bitspec_gui.storage.library_store import open_library_store
from tests.services.tuning_bench import PEAKS, msp

# Edits


def test_a_doubtful_spectrum_is_used_if_the_user_says_so_and_left_alone_after_undo(bench):
    dataset, _ = bench.drop(bench.file(msp("Toluene", more="Ionization_energy: 20 eV\n")))
    (spectrum,) = bench.service.spectra(dataset)
    bench.service.set_choice(dataset, [spectrum.spectrum_id], True)
    assert bench.service.dataset(dataset).used == 1
    bench.service.undo(dataset)
    assert bench.service.dataset(dataset).used == 0
    bench.service.redo(dataset)
    assert bench.service.dataset(dataset).used == 1


def test_a_refused_spectrum_cannot_be_used_and_the_sentence_says_why(bench):
    dataset, _ = bench.drop(bench.file(msp("Toluene").replace("Cc1ccccc1", "CCO.Cl")))
    with pytest.raises(EditError, match="mixture or salt"):
        bench.service.set_choice(dataset, [bench.service.spectra(dataset)[0].spectrum_id], True)


def test_typing_a_structure_looks_at_the_spectrum_anew(bench):
    dataset, _ = bench.drop(bench.file(msp("Toluene", structures=False)))
    (spectrum,) = bench.service.spectra(dataset)
    bench.service.change_fields(dataset, [spectrum.spectrum_id], {"smiles": "CCO"})
    (wrong,) = bench.service.spectra(dataset)
    assert wrong.standing is Standing.DOUBTFUL
    bench.service.change_fields(dataset, [spectrum.spectrum_id], {"smiles": "C1=CC=CC=C1C", "energy_ev": "70"})
    (right,) = bench.service.spectra(dataset)
    assert (right.standing, right.record.smiles, right.record.energy_ev) == (Standing.GOOD, "Cc1ccccc1", 70.0)
    bench.service.change_fields(dataset, [spectrum.spectrum_id], {"smiles": ""})
    assert bench.service.spectra(dataset)[0].standing is Standing.NO_STRUCTURE
    bench.service.undo(dataset)
    assert bench.service.spectra(dataset)[0] == right


def test_nonsense_is_refused_in_a_sentence_and_changes_nothing(bench):
    dataset, _ = bench.drop(bench.file(msp("Toluene")))
    before = bench.service.spectra(dataset)
    for changes in ({"smiles": "C1CC"}, {"energy_ev": "many"}, {"peaks": "41 1"}, {"name": "Toluene"}):
        with pytest.raises(EditError):
            bench.service.change_fields(dataset, [before[0].spectrum_id], changes)
    assert bench.service.spectra(dataset) == before


def test_when_a_spectrum_is_removed_what_repeated_it_takes_its_place(bench):
    dataset, _ = bench.drop(bench.file(msp("Toluene") * 2))
    first, _second = bench.service.spectra(dataset)
    bench.service.remove_spectra(dataset, [first.spectrum_id])
    (left,) = bench.service.spectra(dataset)
    assert (left.standing, left.duplicate_of) == (Standing.GOOD, None)
    bench.service.undo(dataset)
    bench.service.undo(dataset)
    assert [each.standing for each in bench.service.spectra(dataset)] == [Standing.GOOD, Standing.DUPLICATE]


def test_datasets_are_renamed_removed_and_brought_back(bench):
    dataset, _ = bench.drop(bench.file(msp("Toluene")))
    bench.service.rename_dataset(dataset, "  Our   lab ")
    assert bench.service.dataset(dataset).name == "Our lab"
    with pytest.raises(EditError):
        bench.service.rename_dataset(dataset, "  ")
    with pytest.raises(StorageError):
        bench.service.new_dataset("our lab")
    bench.service.remove_dataset(dataset)
    assert dataset not in [info.dataset_id for info in bench.service.datasets()]
    bench.service.restore_dataset(dataset)
    assert dataset in [info.dataset_id for info in bench.service.datasets()]
    bench.service.rename_dataset(dataset, "Elsewhere")


# Replicates, names, libraries


def test_replicates_that_do_not_agree_are_pointed_at_with_a_reason(bench):
    odd = "Name: Toluene\nSMILES: Cc1ccccc1\nNum Peaks: 5\n39 999\n51 500\n63 400\n65 600\n91 20\n\n"
    similar = msp("Toluene").replace(" 130\n", " 120\n").replace(" 700\n", " 650\n")
    dataset, _ = bench.drop(bench.file(msp("Toluene", "Ethanol") + similar + odd))
    spectra = bench.service.spectra(dataset)
    toluene, ethanol = bench.service.groups(dataset)
    assert toluene.spectrum_ids == tuple(each.spectrum_id for each in spectra if each.record.name == "Toluene")
    assert toluene.disagreeing == (spectra[-1].spectrum_id,)
    assert "One of the 3 spectra" in toluene.said
    assert toluene.mean_cosine is not None
    assert toluene.mean_cosine < 0.8
    assert (ethanol.mean_cosine, ethanol.said, ethanol.disagreeing) == (None, "", ())


def test_known_names_are_proposed_but_used_only_once_the_user_accepts(bench):
    ethanol_known = KnownCompound("Ethanol", "CCO")
    known = {"Toluene": KnownCompound("Toluene", "Cc1ccccc1"), "64-17-5": ethanol_known, "Odd": ethanol_known}
    service = TuningDataService(lambda: bench.store, bench.folder, find_name=known.get)
    odd = msp("Cyclohexane", structures=False).replace("Name: Cyclohexane", "Name: Odd")
    text = msp("Toluene", structures=False) + msp("Ethanol", structures=False, more="CAS#: 64-17-5\n") + odd
    dataset, _ = bench.drop(bench.file(text + msp("Acetone", structures=False)))
    toluene, ethanol, wrong = service.name_proposals(dataset)
    assert service.dataset(dataset).used == 0
    assert [each.by for each in (toluene, ethanol)] == ["Toluene", "64-17-5"]
    assert (toluene.caution, bool(wrong.caution)) == ("", True)
    service.accept_proposals(dataset, [toluene, ethanol])
    assert {record.smiles for record in service.used_records(dataset)} == {"Cc1ccccc1", "CCO"}
    service.undo(dataset)
    assert service.dataset(dataset).used == 0


def test_entries_of_a_library_are_taken_over_predicted_ones_refused(bench):
    libraries = open_library_store(bench.folder / "bitspec.sqlite")
    smiles, _ = PEAKS["Toluene"]
    spectrum = Spectrum(np.array([65.0, 91.0, 92.0, 93.0]), np.array([13.0, 100.0, 70.0, 5.0]))
    measured = SpectrumRecord(spectrum, name="Toluene", smiles=smiles)
    library = libraries.open_library("Mine")
    libraries.add(library, [measured, replace(measured, name="Predicted", predicted_by="bitspec-ei-2")])
    ids = [entry.entry_id for entry in libraries.entries_by_id(range(1, 10))]
    service = TuningDataService(lambda: bench.store, bench.folder, libraries=lambda: libraries)
    dataset, report = service.from_library(ids)
    assert report.added == 2
    assert {each.record.name: each.standing for each in service.spectra(dataset)} == {
        "Toluene": Standing.GOOD,
        "Predicted": Standing.REFUSED,
    }
    assert service.dataset(dataset).sources == ("Mine",)
    assert service.from_library(ids, dataset_id=dataset)[1].already_there == 2
