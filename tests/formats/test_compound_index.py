"""The file of the index of compound names."""

from __future__ import annotations

import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.formats.compound_index import MAGIC, IndexedCompound, read_compound_index, write_compound_index

COMPOUNDS = [
    IndexedCompound("CCO", "ethanol", ("ethyl alcohol", "spirit"), ("64-17-5", "8000-16-6")),
    IndexedCompound("C", "methane"),
    IndexedCompound("O=C=O", "carbon dioxide", (), ("124-38-9",)),
]


@pytest.fixture
def index(tmp_path):
    path = tmp_path / "names.bitspec"
    write_compound_index(COMPOUNDS, path, source="from here", licence="MIT", notice="Notice\nof two lines")
    return path


def test_columns_come_back_as_they_were_written(index):
    columns = read_compound_index(index)
    assert columns.smiles == b"CCO\nC\nO=C=O\n"
    assert columns.usual == b"ethanol\nmethane\ncarbon dioxide\n"
    assert columns.others == b"ethyl alcohol\tspirit\n\n\n"
    assert columns.cas == b"64-17-5\t8000-16-6\n\n124-38-9\n"
    notice = columns.notice
    assert (notice.compounds, notice.names, notice.licence) == (3, 5, "MIT")
    assert notice.notice == "Notice\nof two lines"


def test_index_that_is_cut_short_anywhere_is_refused(index):
    whole = index.read_bytes()
    for length in range(0, len(whole), 7):
        index.write_bytes(whole[:length])
        with pytest.raises(UnreadableFile, match=r"names\.bitspec"):
            read_compound_index(index)


def test_index_with_a_flipped_bit_is_refused_or_reads_the_same(index):
    whole = index.read_bytes()
    good = read_compound_index(index)
    refused = 0
    for place in range(len(MAGIC), len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        index.write_bytes(bytes(damaged))
        try:
            assert read_compound_index(index) == good
        except UnreadableFile:
            refused += 1
    assert refused > 0.9 * len(range(len(MAGIC), len(whole), 3))


def test_index_of_a_later_format_is_told_from_another_file(index):
    index.write_bytes(index.read_bytes().replace(MAGIC + b"1\n", MAGIC + b"2\n", 1))
    with pytest.raises(UnreadableFile, match="another format"):
        read_compound_index(index)
    index.write_bytes(b"Something else\n" * 10)
    with pytest.raises(UnreadableFile, match="not an index of compound names"):
        read_compound_index(index)


@pytest.mark.parametrize("odd", [IndexedCompound("CCO", "two\nlines"), IndexedCompound("CCO", "β-name")])
def test_text_that_would_break_the_columns_is_not_written(tmp_path, odd):
    with pytest.raises(ValueError, match=r"line end|ascii"):
        write_compound_index([odd], tmp_path / "names.bitspec", source="", licence="", notice="")
    assert not (tmp_path / "names.bitspec").exists()
