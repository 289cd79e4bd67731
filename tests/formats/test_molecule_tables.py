import gzip
import os
import threading

import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.molecule_tables import read_molecule_inputs

MOLBLOCK = """{name}
  BitSpec

  2  1  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0
    1.5000    0.0000    0.0000 O   0  0
  1  2  1  0
M  END
"""


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def found(path):
    return [
        (item.text, item.name, item.identifier, item.line) if isinstance(item, MoleculeInput) else ("problem", item.line)
        for item in read_molecule_inputs(path)
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_comes_through_a_pipe_is_read_from_its_beginning(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"smiles,id\nCCO,a1\n",))
    writer.start()
    try:
        assert found(pipe) == [("CCO", "", "a1", 2)]
    finally:
        writer.join(5)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_table_is_read_whatever_its_delimiter_and_the_case_of_its_columns(tmp_path, delimiter, bom):
    rows = [["ID", "Smiles", "NAME"], ["a1", "CCO", "ethanol"], ["a2", "c1ccccc1", "benzene"]]
    content = bom + "\r\n".join(delimiter.join(row) for row in rows).encode()
    path = write(tmp_path, "molecules.csv", content)
    assert found(path) == [("CCO", "ethanol", "a1", 2), ("c1ccccc1", "benzene", "a2", 3)]


def test_quoted_cells_keep_their_commas_and_line_breaks(tmp_path):
    path = write(tmp_path, "m.csv", 'name,smiles,id\n"ethanol, ""dry""\nfirst",CCO,1\nwater-free,CCC,2\n')
    assert found(path) == [("CCO", 'ethanol, "dry" first', "1", 2), ("CCC", "water-free", "2", 4)]


def test_unclosed_quote_costs_no_other_row(tmp_path):
    path = write(tmp_path, "m.csv", 'smiles,name\nCCO,"stray\nCCC,propane\nCCCC,butane\n')
    assert found(path) == [("CCO", "stray", "", 2), ("CCC", "propane", "", 3), ("CCCC", "butane", "", 4)]


def test_row_without_smiles_is_told_with_its_line_and_the_others_are_kept(tmp_path):
    path = write(tmp_path, "m.tsv", "id\tsmiles\n1\tCCO\n2\t\n\n3\tCCC\n4\n")
    assert found(path) == [("CCO", "", "1", 2), ("problem", 3), ("CCC", "", "3", 5), ("problem", 6)]


def test_table_without_smiles_column_is_refused_naming_its_columns(tmp_path):
    path = write(tmp_path, "m.csv", "id,structure\n1,CCO\n")
    with pytest.raises(UnreadableFile, match=r"no column named “smiles”.*id, structure"):
        read_molecule_inputs(path)


def test_canonical_smiles_column_serves_where_it_is_the_only_one(tmp_path):
    path = write(tmp_path, "m.csv", "id,Canonical_SMILES\n1,CCO\n")
    assert found(path) == [("CCO", "", "1", 2)]


def test_smiles_list_gives_names_and_skips_blank_and_remark_lines(tmp_path):
    path = write(tmp_path, "m.smi", "# list\nCCO ethyl alcohol\n\nC1CCCCC1\tcyclohexane\nCC\n")
    assert found(path) == [("CCO", "ethyl alcohol", "", 2), ("C1CCCCC1", "cyclohexane", "", 4), ("CC", "", "", 5)]


def test_heading_of_a_smiles_list_is_no_molecule(tmp_path):
    assert found(write(tmp_path, "m.smi", "SMILES Name\nCCO ethanol\n")) == [("CCO", "ethanol", "", 2)]


def test_text_file_that_is_a_table_is_read_as_one(tmp_path):
    assert found(write(tmp_path, "m.txt", "name,smiles\nethanol,CCO\n")) == [("CCO", "ethanol", "", 2)]


@pytest.mark.parametrize(("encoding", "name"), [("cp932", "カフェイン"), ("cp1252", "α-like café"[2:]), ("utf-16", "カフェイン")])
def test_names_in_other_encodings_are_read(tmp_path, encoding, name):
    path = write(tmp_path, "m.csv", f"smiles,name\nCCO,{name}\n".encode(encoding))
    assert found(path) == [("CCO", name, "", 2)]


def test_sd_file_gives_molblocks_with_names_ids_and_lines(tmp_path):
    first = MOLBLOCK.format(name="methanol") + "> <ID>\nX-1\n\n$$$$\n"
    second = MOLBLOCK.format(name="") + ">  25  <Compound_Name>\nsecond\n\n$$$$\n"
    items = list(read_molecule_inputs(write(tmp_path, "m.sdf", first + "\n$$$$\n" + second)))
    assert items[0].text == MOLBLOCK.format(name="methanol")
    assert (items[0].name, items[0].identifier, items[0].line) == ("methanol", "X-1", 1)
    assert isinstance(items[1], Problem)
    assert items[1].line == 13
    assert items[1].rejected
    assert (items[2].name, items[2].line) == ("second", 15)


def test_missing_empty_and_binary_files_are_refused_in_words(tmp_path):
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read_molecule_inputs(tmp_path / "none.csv")
    with pytest.raises(UnreadableFile, match="is empty"):
        read_molecule_inputs(write(tmp_path, "m.csv", "\n\n"))
    with pytest.raises(UnreadableFile, match="not a text file"):
        read_molecule_inputs(write(tmp_path, "m.smi", b"CDF\x01\x00\x00\x00\n"))


def test_packed_files_are_read_as_what_is_in_them(tmp_path):
    table = "id,smiles\nA,CCO\nB,c1ccccc1\n"
    assert found(write(tmp_path, "a.csv.gz", gzip.compress(table.encode()))) == found(write(tmp_path, "a.csv", table))
    record = MOLBLOCK.format(name="methanol") + "$$$$\n"
    packed = write(tmp_path, "a.sdf.gz", gzip.compress(record.encode() * 300))
    items = list(read_molecule_inputs(packed))
    assert len(items) == 300
    assert {item.name for item in items} == {"methanol"}


def test_packed_file_that_was_cut_off_gives_what_stands_before_the_cut(tmp_path):
    rows = "".join(f"{'C' * (1 + n % 30)}O molecule number {n}\n" for n in range(20_000))
    packed = gzip.compress(rows.encode())
    items = []
    cut = read_molecule_inputs(write(tmp_path, "a.smi.gz", packed[: len(packed) // 2]))
    with pytest.raises(UnreadableFile, match="cut off"):
        items.extend(cut)
    assert len(items) > 1000
    with pytest.raises(UnreadableFile):
        read_molecule_inputs(write(tmp_path, "b.smi.gz", packed[:30]))
