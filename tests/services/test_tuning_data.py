"""Files of spectra and of structures become datasets: what is taken over, what is not used and why, and what joins the two."""

from __future__ import annotations

import zipfile

import pytest

from bitspec_gui.bootstrap import predicted_library
from bitspec_gui.domain.errors import Cancelled, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.domain.tuning_data import Standing
from bitspec_gui.services import dataset_intake
from tests.services.tuning_bench import PEAKS, msp, told

# What is taken over


def test_dropped_spectra_are_good_with_canonical_structures_and_keys(bench):
    dataset, report = bench.drop(bench.file(msp("Toluene", "Ethanol").replace("Cc1ccccc1", "C1=CC=CC=C1C")))
    assert (report.added, report.rejected, report.doubtful) == (2, 0, 0)
    toluene = bench.by_name(dataset)["Toluene"]
    assert (toluene.standing, toluene.record.smiles) == (Standing.GOOD, "Cc1ccccc1")
    assert toluene.compound == "YXFVVABEGXRONW"
    assert toluene.used
    info = bench.service.dataset(dataset)
    assert (info.name, info.used, info.compounds) == ("lab", 2, 2)


def test_dropped_msp_with_one_bad_record_keeps_the_others(bench):
    text = msp("Toluene") + "Name: Broken\nNum Peaks: 2\n41 x\n\n" + msp("Ethanol")
    dataset, report = bench.drop(bench.file(text))
    assert (report.added, report.rejected) == (2, 1)
    (problem,) = [each for each in report.problems if each.rejected]
    assert problem.line is not None
    assert set(bench.by_name(dataset)) == {"Toluene", "Ethanol"}


def test_the_report_of_an_import_is_kept_with_the_dataset(bench):
    dataset, report = bench.drop(bench.file(msp("Toluene")))
    (kept,) = bench.service.reports(dataset)
    assert kept.report == report


def test_a_second_dataset_of_the_same_file_gets_a_number(bench):
    path = bench.file(msp("Toluene"), "twice.msp")
    names = [bench.service.dataset(bench.drop(path)[0]).name for _ in range(2)]
    assert names == ["twice", "twice (2)"]


def test_a_file_that_is_dropped_again_adds_nothing(bench):
    path = bench.file(msp("Toluene", "Ethanol"))
    dataset, _ = bench.drop(path)
    again, report = bench.drop(path, into=dataset)
    assert (again, report.added, report.already_there) == (dataset, 0, 2)


def test_files_in_folders_and_archives_are_taken_over_with_their_tables(bench):
    folder = bench.folder / "lab"
    folder.mkdir()
    (folder / "a.msp").write_text(msp("Toluene", structures=False))
    (folder / "names.csv").write_text("Name,SMILES\nToluene,Cc1ccccc1\n")
    archive = bench.folder / "other.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        stream.writestr("b.msp", msp("Ethanol", structures=False))
        stream.writestr("names.csv", "Name,SMILES\nEthanol,CCO\n")
    dataset, report = bench.drop(folder, archive)
    assert {record.smiles for record in bench.service.used_records(dataset)} == {"Cc1ccccc1", "CCO"}
    assert "holds no spectra" not in told(report)


def test_a_run_is_refused_with_a_sentence_on_structures_and_the_spectra_beside_it_are_kept(bench):
    run = bench.folder / "run.mzML"
    run.write_bytes(b'<?xml version="1.0"?>\n<mzML xmlns="http://psi.hupo.org/ms/mzml"><run/></mzML>\n')
    _, report = bench.drop(run, bench.file(msp("Toluene")))
    assert "A run carries no structures" in told(report)
    assert report.added == 1
    with pytest.raises(UnreadableFile, match="carries no structures"):
        bench.drop(run)


def test_the_predicted_library_is_refused_as_a_whole(bench):
    with pytest.raises(UnreadableFile, match="predicted spectra, not measured ones"):
        bench.drop(predicted_library())


def test_files_that_hold_nothing_are_refused_and_make_no_dataset(bench):
    before = len(bench.service.datasets())
    for path in (bench.file("Name,Formula\nEthanol,C2H6O\n", "no.csv"), bench.file("hello", "x.txt"), bench.folder / "missing"):
        with pytest.raises(UnreadableFile):
            bench.drop(path)
    with pytest.raises(UnreadableFile, match="Its columns are: Name, Formula"):
        bench.drop(bench.folder / "no.csv")
    with pytest.raises(UnreadableFile):
        bench.drop(bench.file("Name: x\nNum Peaks: 1\nabc\n\n", "broken.msp"))
    assert len(bench.service.datasets()) == before


def test_a_cancelled_import_keeps_what_was_read_and_goes_on_when_dropped_again(bench, monkeypatch):
    monkeypatch.setattr(dataset_intake, "BATCH_RECORDS", 2)
    path, token = bench.file(msp(*PEAKS)), CancelToken()
    dataset, report = bench.service.import_files([path], progress=lambda _progress: token.cancel(), cancel=token)
    assert report.cancelled
    assert report.added == 2
    _, again = bench.drop(path, into=dataset)
    assert (again.added, again.already_there) == (2, 2)


def test_an_import_cancelled_before_anything_was_read_makes_no_dataset(bench):
    before, token = len(bench.service.datasets()), CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        bench.service.import_files([bench.file(msp("Toluene"))], cancel=token)
    assert len(bench.service.datasets()) == before


def test_a_dataset_takes_no_more_than_it_can_hold_and_says_so(bench, monkeypatch):
    monkeypatch.setattr(dataset_intake, "MOST_SPECTRA", 3)
    dataset, report = bench.drop(bench.file(msp(*PEAKS)))
    assert report.added == 3
    assert "3 spectra at most" in told(report)
    assert len(bench.service.spectra(dataset)) == 3


# What is not used, and why


@pytest.mark.parametrize(
    ("text", "standing", "words"),
    [
        (msp("Toluene", structures=False), Standing.NO_STRUCTURE, "gives no structure"),
        (msp("Toluene").replace("Cc1ccccc1", "C1CC"), Standing.NO_STRUCTURE, "cannot be read"),
        (msp("Toluene").replace("Cc1ccccc1", "CCO.Cl"), Standing.REFUSED, "mixture or salt"),
        (msp("Toluene").replace("Cc1ccccc1", "[2H]c1ccccc1C"), Standing.REFUSED, "labelled"),
        (msp("Toluene", more="Predicted_by: bitspec-ei-2\n"), Standing.REFUSED, "not measured"),
        (msp("Toluene", more="Instrument: QCEIMS\n"), Standing.REFUSED, "Computed"),
        (msp("Toluene", more="Ion_mode: Negative\n"), Standing.REFUSED, "negative ions"),
        (msp("Toluene", more="Instrument_type: GC-PCI-TOF\n"), Standing.REFUSED, "electron ionisation"),
        (msp("Toluene", more="Ionization_energy: 20 eV\n"), Standing.DOUBTFUL, "20 eV"),
        (msp("Toluene").replace("Cc1ccccc1", "CCO"), Standing.DOUBTFUL, "above the molecular ion"),
        (msp("Toluene", more="Formula: C8H10\n"), Standing.DOUBTFUL, "formula C8H10"),
        (msp("Toluene", more="InChIKey: LFQSCWFLJHTTHZ-UHFFFAOYSA-N\n"), Standing.DOUBTFUL, "not that of its structure"),
        ("Name: T\nSMILES: Cc1ccccc1\nNum Peaks: 2\n91 999\n92 700\n\n", Standing.DOUBTFUL, "only 2 peaks"),
        ("Name: T\nSMILES: Cc1ccccc1\nNum Peaks: 2\n1091 999\n1092 700\n\n", Standing.REFUSED, "m/z 1 to 1000"),
    ],
)  # fmt: skip
def test_spectra_that_teach_nothing_good_are_kept_with_the_reason_and_not_used(bench, text, standing, words):
    dataset, report = bench.drop(bench.file(text))
    (spectrum,) = bench.service.spectra(dataset)
    assert (spectrum.standing, spectrum.used) == (standing, False)
    assert words in spectrum.reason
    (doubt,) = report.doubts
    assert spectrum.reason in doubt.what
    assert (doubt.line, doubt.rejected) == (1, False)


def test_the_same_peaks_of_a_compound_on_another_scale_are_a_duplicate_of_the_first(bench):
    other = msp("Toluene").replace("999", "9990").replace(" 700", " 7000")
    for height in ("100", "80", "90", "130", "40", "50"):
        other = other.replace(f" {height}\n", f" {height}0\n")
    dataset, _ = bench.drop(bench.file(msp("Toluene")), bench.file(other, "again.msp"))
    first, second = bench.service.spectra(dataset)
    assert (first.standing, second.standing) == (Standing.GOOD, Standing.DUPLICATE)
    assert second.duplicate_of == first.spectrum_id


def test_duplicates_within_one_batch_and_of_an_earlier_import_name_the_first(bench):
    text = msp("Toluene") + msp("Ethanol") + msp("Toluene")
    dataset, _ = bench.drop(bench.file(text))
    bench.drop(bench.file(msp("Ethanol"), "later.msp"), into=dataset)
    spectra = bench.service.spectra(dataset)
    originals = {each.record.name: each.spectrum_id for each in spectra if each.standing is Standing.GOOD}
    repeats = [each for each in spectra if each.standing is Standing.DUPLICATE]
    assert [(each.record.name, each.duplicate_of) for each in repeats] == [
        ("Toluene", originals["Toluene"]),
        ("Ethanol", originals["Ethanol"]),
    ]


def test_the_same_peaks_under_another_structure_are_doubtful(bench):
    isomer = msp("Toluene").replace("Name: Toluene", "Name: Other").replace("Cc1ccccc1", "C1=CC=CC=CC1")
    dataset, _ = bench.drop(bench.file(msp("Toluene") + isomer))
    other = bench.by_name(dataset)["Other"]
    assert other.standing is Standing.DOUBTFUL
    assert "filed under another compound too (“Toluene”)" in other.reason


# Structures of tables


TABLE = "Compound;SMILES\nTOLUENE;Cc1ccccc1\neth anol;CCO\nBenzene;c1ccccc1\n"


def test_spectra_without_structures_find_them_in_a_table_whatever_the_order(bench):
    spectra, table = bench.file(msp("Toluene", "Ethanol", structures=False)), bench.file(TABLE, "names.csv")
    for paths in ((spectra, table), (table, spectra)):
        dataset, report = bench.drop(*paths)
        assert {record.smiles for record in bench.service.used_records(dataset)} == {"Cc1ccccc1", "CCO"}
        assert "2 spectra were given a structure: the column “Compound” is their name." in told(report)
        assert "2 of 3 rows found a spectrum." in told(report)
        (alone,) = [each for each in report.problems if "No spectrum is called" in each.what]
        assert (alone.line, alone.file) == (4, str(table))
        assert report.doubtful == 0


def test_a_table_dropped_later_joins_spectra_that_are_there_and_that_can_be_undone(bench):
    dataset, _ = bench.drop(bench.file(msp("Toluene", structures=False)))
    bench.drop(bench.file(TABLE, "names.csv"), into=dataset)
    assert bench.service.dataset(dataset).used == 1
    assert "names.csv" in bench.service.history(dataset).undo_text
    bench.service.undo(dataset)
    assert bench.service.dataset(dataset).used == 0


def test_a_table_dropped_first_joins_spectra_that_come_later(bench):
    dataset, report = bench.drop(bench.file(TABLE, "names.csv"))
    assert report.added == 0
    (told,) = report.problems
    assert "no spectrum yet" in told.what
    assert not told.rejected
    _, report = bench.drop(bench.file(msp("Toluene", "Acetone", structures=False)), into=dataset)
    assert not any("no spectrum yet" in problem.what for problem in report.problems)
    assert [record.name for record in bench.service.used_records(dataset)] == ["Toluene"]
    assert report.doubtful == 1


@pytest.mark.parametrize(
    ("field", "header", "cell", "words"),
    [
        ("DB#: LAB-7\n", "sample", "lab-7", "accession"),
        ("CAS#: 108-88-3\n", "Registry", "108883", "CAS number"),
        ("InChIKey: YXFVVABEGXRONW-UHFFFAOYSA-N\n", "key", "yxfvvabegxronw-uhfffaoysa-n", "InChIKey"),
        ("Vial: V 12\n", "vial", "v12", "the field of the same name"),
        ("Synon: Methylbenzene\n", "Name", "methylbenzene", "name"),
    ],
)
def test_tables_join_by_whatever_column_matches(bench, field, header, cell, words):
    spectra = bench.file(msp("Toluene", structures=False, more=field))
    dataset, report = bench.drop(spectra, bench.file(f"{header},SMILES\n{cell},Cc1ccccc1\nother,CCO\n", "keys.csv"))
    assert len(bench.service.used_records(dataset)) == 1
    assert f"the column “{header}” is their {words}" in told(report)


def test_a_table_joins_by_file_names_where_each_file_is_a_spectrum(bench):
    folder = bench.folder / "files"
    folder.mkdir()
    for number, name in enumerate(("Toluene", "Ethanol")):
        (folder / f"v{number}x.msp").write_text(msp(name, structures=False).replace(f"Name: {name}", "Name: Scan 1"))
    dataset, report = bench.drop(folder, bench.file("file,SMILES\nv0x.msp,Cc1ccccc1\nV1X,CCO\n", "files.csv"))
    assert [record.smiles for record in bench.service.used_records(dataset)] == ["Cc1ccccc1", "CCO"]
    assert "file name" in told(report)


def test_rows_with_one_name_and_two_structures_are_told_and_join_nothing(bench):
    table = bench.file("Name,SMILES\nToluene,Cc1ccccc1\nEthanol,CCO\nToluene,CCC\n", "names.csv")
    dataset, report = bench.drop(bench.file(msp("Toluene", "Ethanol", structures=False)), table)
    assert [record.name for record in bench.service.used_records(dataset)] == ["Ethanol"]
    (problem,) = [each for each in report.problems if "different structures" in each.what]
    assert "(lines 2 and 4)" in problem.what


def test_a_row_that_contradicts_the_spectrums_own_structure_is_told_and_changes_nothing(bench):
    table = bench.file("Name,SMILES\nToluene,CCO\n", "names.csv")
    dataset, report = bench.drop(bench.file(msp("Toluene")), table)
    assert bench.by_name(dataset)["Toluene"].record.smiles == "Cc1ccccc1"
    (problem,) = [each for each in report.problems if "its own file says" in each.what]
    assert problem.line == 2


def test_name_and_number_that_point_at_different_rows_are_told_as_a_contradiction(bench):
    spectra = bench.file(msp("Toluene", structures=False, more="CAS#: 64-17-5\n") + msp("Acetone", structures=False))
    table = "Name,CAS,SMILES\nToluene,108-88-3,Cc1ccccc1\nEthanol,64-17-5,CCO\nAcetone,67-64-1,CC(C)=O\n"
    dataset, report = bench.drop(spectra, bench.file(table, "names.csv"))
    assert [record.name for record in bench.service.used_records(dataset)] == ["Acetone"]
    assert "Rows for “Toluene” have different structures" in told(report)


def test_running_numbers_join_nothing_where_names_do(bench):
    spectra = bench.file(msp("Toluene", more="DB#: 2\n", structures=False) + msp("Ethanol", more="DB#: 1\n", structures=False))
    dataset, _ = bench.drop(spectra, bench.file("No,Name,SMILES\n1,Toluene,Cc1ccccc1\n2,Ethanol,CCO\n", "names.csv"))
    assert {each.record.name: each.record.smiles for each in bench.service.spectra(dataset)} == {
        "Toluene": "Cc1ccccc1",
        "Ethanol": "CCO",
    }


def test_a_column_that_says_the_same_of_all_joins_nothing(bench):
    spectra = bench.file(msp("Toluene", "Ethanol", structures=False, more="Column: DB-5\n"))
    table = "Name,Column,SMILES\nToluene,DB-5,Cc1ccccc1\nEthanol,DB-5,CCO\nAcetone,DB-5,CC(C)=O\n"
    dataset, report = bench.drop(spectra, bench.file(table, "names.csv"))
    assert len(bench.service.used_records(dataset)) == 2
    assert "different structures" not in told(report)


def test_a_row_whose_structure_cannot_be_read_is_told_with_its_line(bench):
    table = bench.file("Name,SMILES\nToluene,C1CC\nEthanol,CCO\n", "names.csv")
    dataset, report = bench.drop(bench.file(msp("Toluene", "Ethanol", structures=False)), table)
    assert [record.name for record in bench.service.used_records(dataset)] == ["Ethanol"]
    assert any(each.line == 2 and "not a SMILES" in each.what for each in report.problems)


def test_structures_that_were_kept_and_are_damaged_are_passed_over(bench):
    dataset, _ = bench.drop(bench.file(TABLE, "names.csv"))
    (kept,) = (bench.folder / "training" / "structures").iterdir()
    lines = kept.read_text().splitlines()
    kept.write_text("\n".join(['{"structure": "C"}', lines[1], lines[0][:30]]))
    bench.drop(bench.file(msp("Toluene", "Ethanol", structures=False)), into=dataset)
    assert [record.name for record in bench.service.used_records(dataset)] == ["Ethanol"]


def test_a_cancel_while_structures_are_joined_keeps_the_spectra_and_says_so(bench):
    spectra, table, token = bench.file(msp("Toluene", structures=False)), bench.file(TABLE, "names.csv"), CancelToken()

    def stop(progress: Progress) -> None:
        if "Joining" in progress.message:
            token.cancel()

    dataset, report = bench.service.import_files([spectra, table], progress=stop, cancel=token)
    assert (report.added, report.cancelled) == (1, True)
    assert "Drop the table again" in told(report)
    bench.drop(table, into=dataset)
    assert bench.service.dataset(dataset).used == 1


def test_replicates_joined_by_one_row_that_have_the_same_peaks_are_one_spectrum_and_a_duplicate(bench):
    text = msp("Toluene", structures=False) * 2
    dataset, _ = bench.drop(bench.file(text), bench.file(TABLE, "names.csv"))
    assert [each.standing for each in bench.service.spectra(dataset)] == [Standing.GOOD, Standing.DUPLICATE]
