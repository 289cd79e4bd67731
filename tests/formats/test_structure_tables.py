from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats import structure_tables as tables_module
from bitspec_gui.formats.structure_tables import StructureRow, column_names, structure_tables

CSV = "Name,CAS,SMILES,Remark\nCaffeine,58-08-2,Cn1cnc2c1c(=O)n(C)c(=O)n2C,bought\n“Ethanol”,64-17-5,CCO,\n"
MSP = "Name: Ethanol\nNum Peaks: 2\n31 999\n45 500\n\n"


def _rows(path: Path) -> list[StructureRow | Problem]:
    (table,) = structure_tables(path)
    return list(table.rows())


def _written(folder: Path, text: str, name: str = "structures.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_cell_but_the_structure_is_kept_with_its_column_and_line(tmp_path):
    path = _written(tmp_path, CSV)
    caffeine, ethanol = _rows(path)
    assert caffeine == StructureRow(
        "Cn1cnc2c1c(=O)n(C)c(=O)n2C", (("Name", "Caffeine"), ("CAS", "58-08-2"), ("Remark", "bought")), str(path), 2
    )
    assert ethanol.cells == (("Name", "“Ethanol”"), ("CAS", "64-17-5"))


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("id;smiles", "A1;CCO"),
        ("id\tCanonical SMILES", "A1\tCCO"),
        ("Compound ID|Structure", "A1|CCO"),
        ("id,InChI", 'A1,"InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3"'),
        ("sep=;\nid;SMILES (isomeric)", "A1;CCO"),
    ],
)
def test_structure_columns_are_found_under_the_names_that_people_give_them(tmp_path, header, row):
    (found,) = _rows(_written(tmp_path, f"{header}\n{row}\n"))
    assert found.structure in ("CCO", "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3")
    assert found.cells[0][1] == "A1"


def test_smiles_counts_before_inchi_and_inchi_where_smiles_is_missing(tmp_path):
    path = _written(tmp_path, "id,InChI,SMILES\na,InChI=1S/CH4/h1H4,CCO\nb,InChI=1S/CH4/h1H4,\n")
    assert [row.structure for row in _rows(path)] == ["CCO", "InChI=1S/CH4/h1H4"]


def test_a_row_without_structure_or_without_a_name_is_told_with_its_line_and_the_others_are_kept(tmp_path):
    first, second, third = _rows(_written(tmp_path, "Name,SMILES\nEthanol,\n,CCO\nMethane,C\n"))
    assert isinstance(first, Problem)
    assert (first.line, first.rejected) == (2, False)
    assert "Ethanol" in first.what
    assert isinstance(second, Problem)
    assert second.line == 3
    assert third.structure == "C"


def test_spectra_and_tables_without_structures_are_no_structure_tables(tmp_path):
    assert structure_tables(_written(tmp_path, MSP, "lab.msp")) == []
    assert structure_tables(_written(tmp_path, "Name,Formula\nEthanol,C2H6O\n")) == []
    assert structure_tables(_written(tmp_path, "m/z,intensity\n31,999\n45,500\n46,100\n", "peaks.csv")) == []


def test_the_columns_of_a_table_without_structures_can_be_told(tmp_path):
    assert column_names(_written(tmp_path, "Name,Formula\nEthanol,C2H6O\n")) == ["Name", "Formula"]
    assert column_names(tmp_path / "missing.csv") == []


def test_tables_are_found_in_folders_and_archives_and_unpacked(tmp_path):
    folder = tmp_path / "lab"
    (folder / "deeper").mkdir(parents=True)
    _written(folder, MSP, "lab.msp")
    _written(folder / "deeper", CSV)
    (folder / "packed.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    assert [Path(table.label).name for table in structure_tables(folder)] == ["packed.csv.gz", "structures.csv"]
    archive = tmp_path / "lab.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        stream.writestr("lab.msp", MSP)
        stream.writestr("sub/structures.csv", CSV)
    (table,) = structure_tables(archive)
    assert table.label == f"{archive}/sub/structures.csv"
    assert len(list(table.rows())) == 2
    assert len(list(table.rows())) == 2, "the rows can be asked for again"


def test_a_structure_file_is_a_table_of_names(tmp_path):
    path = _written(tmp_path, "CCO ethanol\nC methane\n", "list.smi")
    assert [(row.structure, row.cells) for row in _rows(path)] == [("CCO", (("name", "ethanol"),)), ("C", (("name", "methane"),))]


def test_a_table_that_goes_on_and_on_ends_with_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(tables_module, "MAX_ROWS", 3)
    *kept, told = _rows(_written(tmp_path, "id,SMILES\n" + "".join(f"a{n},C\n" for n in range(9))))
    assert len(kept) == 3
    assert isinstance(told, Problem)
    assert "more than 3 rows" in told.what


def test_a_file_that_disappears_between_looking_and_reading_is_a_problem(tmp_path):
    path = _written(tmp_path, CSV)
    (table,) = structure_tables(path)
    path.unlink()
    (told,) = table.rows()
    assert isinstance(told, Problem)


def _workbook(path: Path, rows: list[list[object]]) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Notes").write(0, 0, "nothing here")
        sheet = book.add_worksheet("Compounds")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def test_sheets_of_excel_workbooks_are_tables(tmp_path):
    rows = [
        ["Laboratory list"],
        [],
        ["Vial", "Name", "SMILES"],
        [12, "Ethanol", "CCO"],
        [],
        [13, "Methane <&> é", "C"],
        [14, "x"],
    ]
    path = _workbook(tmp_path / "list.xlsx", rows)
    first, second, third = _rows(path)
    assert first == StructureRow("CCO", (("Vial", "12"), ("Name", "Ethanol")), str(path), 4)
    assert (second.line, second.cells[1]) == (6, ("Name", "Methane <&> é"))
    assert isinstance(third, Problem)
    (again,) = structure_tables(tmp_path)
    assert again.label == str(path)


def test_workbooks_without_structures_and_damaged_ones_are_no_tables(tmp_path):
    path = _workbook(tmp_path / "list.xlsx", [["Name", "Mass"], ["Ethanol", 46]])
    assert structure_tables(path) == []
    whole = _workbook(tmp_path / "whole.xlsx", [["Name", "SMILES"], ["Ethanol", "CCO"]])
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(tmp_path / "cut.xlsx", "w") as cut:
        for name in archive.namelist():
            content = archive.read(name)
            cut.writestr(name, content[:-40] if "sheet2" in name else content)
    with pytest.raises(UnreadableFile, match="damaged"):
        structure_tables(tmp_path / "cut.xlsx")
    assert len(structure_tables(tmp_path)) == 1, "in a folder the others are kept"


def test_a_workbook_that_declares_entities_is_refused(tmp_path):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bomb)
    with pytest.raises(UnreadableFile, match="entities"):
        structure_tables(tmp_path / "bomb.xlsx")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("CAS-Nummer;Struktur;Menge\n58-08-2;Cn1cnc2c1c(=O)n(C)c(=O)n2C;1,5\n64-17-5;CCO;2,0\n", "utf-8-sig"),
        ("58-08-2,Cn1cnc2c1c(=O)n(C)c(=O)n2C\n64-17-5,CCO\n", "utf-8"),
        ("化合物名,構造\n58-08-2,Cn1cnc2c1c(=O)n(C)c(=O)n2C\n64-17-5,CCO\n", "cp932"),
        ("化合物名,構造\n58-08-2,Cn1cnc2c1c(=O)n(C)c(=O)n2C\n64-17-5,CCO\n", "utf-16"),
    ],
    ids=["German", "no header", "Shift JIS", "UTF-16"],
)
def test_a_column_of_structures_is_known_by_its_cells_whatever_its_header_says(tmp_path, text, encoding):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    rows = _rows(path)
    assert [row.structure for row in rows] == ["Cn1cnc2c1c(=O)n(C)c(=O)n2C", "CCO"]
    assert [row.cells[0][1] for row in rows] == ["58-08-2", "64-17-5"]


def test_names_formulae_and_yes_or_no_are_no_structures(tmp_path):
    table = "Name,Formel,Rein\nEthan,C2H6,NO\nPropan-2-ol,C3H8O,NO\nButen,C4H8,NO\n"
    assert structure_tables(_written(tmp_path, table)) == []
    assert structure_tables(_written(tmp_path, "a sentence, and (another) one\nwith = signs, and [more]\n", "notes.txt")) == []
