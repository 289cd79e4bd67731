from __future__ import annotations

from bitspec_gui.services.dropped_files import FEW, sort_dropped


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


def test_more_than_a_few_structures_are_a_collection_in_one_file_or_in_many(tmp_path):
    file, few = tmp_path / "many.smi", tmp_path / "few.smi"
    file.write_text("".join(f"{'C' * n}\n" for n in range(1, FEW + 2)))
    few.write_text("".join(f"{'C' * n}\n" for n in range(1, FEW + 1)))
    found = sort_dropped([file])
    assert (found.collections, found.molecules, found.problems) == ((file,), (), ())
    assert len(sort_dropped([few]).molecules) == FEW
    singles = [tmp_path / f"{n}.smi" for n in range(FEW + 1)]
    for single in singles:
        single.write_text("CCO\n")
    assert sort_dropped(singles).collections == tuple(singles)


def test_collection_is_not_read_to_its_end_before_it_is_shown(tmp_path, monkeypatch):
    from bitspec_gui.formats import molecule_tables

    given = []

    def endless(path):
        while True:
            given.append(path)
            yield molecule_tables.MoleculeInput("CCO")

    file = tmp_path / "endless.smi"
    file.write_text("CCO\n")
    monkeypatch.setattr(molecule_tables, "read_molecule_inputs", endless)
    assert sort_dropped([file]).collections == (file,)
    assert len(given) == FEW + 1


def test_bad_rows_of_a_few_are_told_and_those_of_a_collection_left_to_its_list(tmp_path):
    table = tmp_path / "list.csv"
    table.write_text("name,smiles\nethanol,CCO\nnothing,\n")
    few = sort_dropped([table])
    assert (len(few.molecules), [problem.line for problem in few.problems]) == (1, [3])
    table.write_text("name,smiles\n" + "nothing,\n" * 30)
    many = sort_dropped([table])
    assert (many.collections, many.problems) == ((table,), ())


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
