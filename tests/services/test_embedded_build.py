"""The command that makes the library that comes with BitSpec, and the one that is shipped."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from bitspec_gui.bootstrap import embedded_library
from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.compact import read_compact, read_notice
from bitspec_gui.formats.corems import LIBRARY_MEMBER
from bitspec_gui.services.embedded_build import build_embedded

MSP = "Name: ethanol\nSMILES: CCO\nNum Peaks: 2\n31 999\n45 500\n\nName: bad\nNum Peaks: 1\nx y\n\n"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(LIBRARY_MEMBER, MSP)
        archive.writestr("carrier-1.0.dist-info/licenses/LICENSE", "Copyright the measurers\n")
    return path


def test_wheel_gives_its_spectra_and_its_licence_notice(wheel: Path, tmp_path: Path) -> None:
    output = tmp_path / "out" / "library.bitspec"
    built = build_embedded(wheel, output)
    assert built.written == 1
    assert len(built.problems) == 1
    (record,) = read_compact(output)
    assert isinstance(record, SpectrumRecord)
    assert record.name.startswith("ethanol")
    assert record.licence == "BSD-2-Clause"
    assert "Copyright the measurers" in read_notice(output).notice
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["library.bitspec"]


def test_same_wheel_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    for name in ("a.bitspec", "b.bitspec"):
        build_embedded(wheel, tmp_path / name)
    assert (tmp_path / "a.bitspec").read_bytes() == (tmp_path / "b.bitspec").read_bytes()


def test_source_without_a_licence_notice_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "library.msp"
    source.write_text(MSP)
    with pytest.raises(UnreadableFile, match="notice"):
        build_embedded(source, tmp_path / "library.bitspec")
    notice = tmp_path / "NOTICE"
    notice.write_text("Copyright the measurers")
    assert build_embedded(source, tmp_path / "library.bitspec", notice).written == 1


def test_other_archive_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    other = tmp_path / "other.whl"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme", "nothing here")
        archive.writestr("other-1.0.dist-info/LICENSE", "Copyright nobody")
    with pytest.raises(UnreadableFile, match=r"other\.whl"):
        build_embedded(other, tmp_path / "library.bitspec")
    assert not (tmp_path / "library.bitspec").exists()


def test_shipped_library_is_whole_and_carries_its_notice() -> None:
    records = list(read_compact(embedded_library()))
    assert len(records) == 1284
    assert all(isinstance(record, SpectrumRecord) for record in records)
    assert "Battelle" in read_notice(embedded_library()).notice
    assert "Battelle" in embedded_library().with_suffix(".NOTICE.txt").read_text(encoding="utf-8")
