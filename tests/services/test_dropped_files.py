from __future__ import annotations

from bitspec_gui.services.dropped_files import MOST_MOLECULES, sort_dropped


def test_spectra_structures_and_folders_are_told_apart_by_content(tmp_path):
    msp = tmp_path / "spectra.txt"
    msp.write_text("Name: A\nNum Peaks: 1\n50 999\n")
    smiles = tmp_path / "list.smi"
    smiles.write_text("CCO ethanol\nCCC\n")
    folder = tmp_path / "records"
    folder.mkdir()
    found = sort_dropped([msp, smiles, folder])
    assert found.libraries == (msp, folder)
    assert [(each.text, each.name) for each in found.molecules] == [("CCO", "ethanol"), ("CCC", "")]
    assert found.problems == ()


def test_a_file_that_cannot_be_read_never_loses_the_others(tmp_path):
    good = tmp_path / "a.smi"
    good.write_text("CCO\n")
    binary = tmp_path / "b.bin"
    binary.write_bytes(b"\x00\x01" * 50)
    found = sort_dropped([tmp_path / "absent.smi", binary, good])
    assert [each.text for each in found.molecules] == ["CCO"]
    assert len(found.problems) == 2
    assert str(found.problems[1]).startswith(f"{binary}: This file is not a text file.")


def test_a_whole_collection_is_cut_and_the_rest_counted(tmp_path):
    file = tmp_path / "many.smi"
    file.write_text("".join(f"{'C' * (1 + n % 20)}\n" for n in range(MOST_MOLECULES + 7)))
    found = sort_dropped([file])
    assert len(found.molecules) == MOST_MOLECULES
    assert found.left_over == 7


def test_runs_are_told_from_spectra_also_as_agilent_folders(tmp_path):
    netcdf, agilent, spectra = tmp_path / "run.bin", tmp_path / "RUN.D", tmp_path / "a.csv"
    netcdf.write_bytes(b"CDF\x01" + bytes(50))
    agilent.mkdir()
    (agilent / "DATA.MS").write_bytes(b"\x012\x00\x00")
    spectra.write_text("m/z,intensity\n41,320\n43,999\n")
    found = sort_dropped([netcdf, agilent, spectra])
    assert found.runs == (netcdf, agilent)
    assert found.libraries == (spectra,)
    assert found.problems == ()


def test_file_with_neither_spectra_nor_structures_is_told(tmp_path):
    remarks = tmp_path / "a.smi"
    remarks.write_text("# nothing but a remark\n")
    assert "neither spectra nor structures" in sort_dropped([remarks]).problems[0].what
