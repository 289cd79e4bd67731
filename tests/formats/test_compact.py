import gzip

import numpy as np
import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.compact import CompactNotice, read_compact, read_notice, write_compact
from bitspec_gui.formats.registry import sources

NOTICE = CompactNotice("Test library", "CC0", "Do as you like.\n", "made here")


def some(count=3):
    return [
        SpectrumRecord(
            Spectrum(mz=np.array([43.0, 58.0417]), intensity=np.array([999.0, 0.25])),
            name=f"カフェイン {i}",
            accession=f"A{i}",
            synonyms=("a", "b"),
            inchikey="RYYVLZVUVIJVGH-UHFFFAOYSA-N",
            nominal_mass=194,
            exact_mass=194.080376,
            retention_index=1840.5,
            energy_ev=70.0,
            extra=(("k", "v"), ("k", "w")),
        )
        for i in range(count)
    ]


def test_what_is_written_is_read_back_and_the_bytes_are_always_the_same(tmp_path):
    first, second = tmp_path / "a.bitspec", tmp_path / "other.bitspec"
    assert write_compact(some(), first, NOTICE) == write_compact(some(), second, NOTICE) == 3
    assert first.read_bytes() == second.read_bytes()
    back = list(read_compact(first))
    assert [(r.name, r.extra, r.spectrum, r.exact_mass, r.line) for r in back] == [
        (r.name, r.extra, r.spectrum, r.exact_mass, line) for line, r in enumerate(some(), start=2)
    ]
    assert read_notice(first) == NOTICE


def test_library_is_recognised_by_its_content(tmp_path):
    path = tmp_path / "library.dat"
    write_compact(some(), path, NOTICE)
    (source,) = sources([path])
    assert len(list(source.records())) == 3


def test_damaged_library_is_refused_in_words(tmp_path):
    path = tmp_path / "a.bitspec"
    write_compact(some(200), path, NOTICE)
    data = path.read_bytes()
    for broken in (data[:-20], data[: len(data) // 2], b"", b"rubbish", data[:40] + b"\x00\x01\x02" + data[43:]):
        path.write_bytes(broken)
        with pytest.raises(UnreadableFile, match=r"a\.bitspec"):
            list(read_compact(path))


def test_library_of_a_later_format_is_refused_in_words(tmp_path):
    path = tmp_path / "a.bitspec"
    path.write_bytes(gzip.compress(b'{"format":"BitSpec library","number":2}\n'))
    with pytest.raises(UnreadableFile, match="format 2; this BitSpec reads format 1"):
        list(read_compact(path))


@pytest.mark.parametrize(
    "line", ["[]", "{}", '{"mz":[1],"intensity":[1,2]}', '{"mz":["x"],"intensity":[1]}', '{"mz":[-1],"intensity":[1]}']
)
def test_bad_record_in_a_library_costs_only_itself(tmp_path, line):
    path = tmp_path / "a.bitspec"
    good = '{"name":"g","mz":[1],"intensity":[1]}'
    path.write_bytes(gzip.compress(f'{{"format":"BitSpec library","number":1}}\n{line}\n{good}\n'.encode()))
    problem, record = read_compact(path)
    assert isinstance(problem, Problem)
    assert (problem.line, problem.rejected, record.name) == (2, True, "g")
