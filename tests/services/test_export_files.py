"""Predictions and spectra as files: what is in them, and what happens when they cannot be written."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.services.export import (
    export_format,
    peaks_as_tsv,
    record_of,
    stream_predictions,
    write_predictions,
    write_spectrum,
)

SHA = "ab" * 32


def prediction(name: str = "ethanol", identifier: str = "X1", warnings: tuple[str, ...] = ()) -> Prediction:
    molecule = Molecule(
        smiles="CCO", inchikey="LFQSCWFLJHTTHZ-UHFFFAOYSA-N", formula="C2H6O", nominal_mass=46, exact_mass=46.041864813,
        molblock="", name=name, identifier=identifier, warnings=warnings,
    )  # fmt: skip
    spectrum = Spectrum(np.array([27.0, 31.0, 45.0, 46.0]), np.array([0.5, 999.0, 511.5, 215.49]))
    return Prediction(molecule, spectrum, ModelVersion("bitspec-ei-1", SHA, "CC BY-NC-SA 4.0"))


def fields_of(msp: str) -> dict[str, str]:
    lines = (line.split(":", 1) for line in msp.splitlines() if ":" in line)
    return {key.strip().lower(): value.strip() for key, value in lines}


def test_msp_carries_identity_structure_masses_model_and_whole_intensities(tmp_path: Path) -> None:
    target = tmp_path / "out.msp"
    assert write_predictions([prediction(warnings=("The structure is a radical.",))], target) == 1
    text = target.read_text(encoding="utf-8")
    found = fields_of(text)
    assert found["name"] == "ethanol"
    assert found["id"] == "X1"
    assert found["smiles"] == "CCO"
    assert found["inchikey"] == "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"
    assert found["formula"] == "C2H6O"
    assert found["mw"] == "46"
    assert float(found["exactmass"]) == pytest.approx(46.041864813, abs=1e-6)
    assert "bitspec-ei-1" in text
    assert SHA in text
    assert "The structure is a radical." in found["comment"]
    assert found["num peaks"] == "4"
    peaks = [tuple(map(int, line.split())) for line in text.splitlines() if line[:1].isdigit()]
    assert peaks == [(27, 1), (31, 999), (45, 512), (46, 215)]


def test_csv_has_a_row_a_peak_with_name_and_identifier_kept(tmp_path: Path) -> None:
    target = tmp_path / "out.CSV"
    write_predictions([prediction(name='a "b", c'), prediction(name="", identifier="")], target)
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 8
    assert rows[0]["name"] == 'a "b", c'
    assert [(row["mz"], row["intensity"]) for row in rows[:4]] == [("27", "1"), ("31", "999"), ("45", "512"), ("46", "215")]
    assert rows[0]["model"] == f"bitspec-ei-1 sha256:{SHA}"
    assert (rows[4]["id"], rows[4]["name"], rows[4]["smiles"]) == ("", "", "CCO")


def test_json_is_a_list_with_model_and_warnings(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write_predictions([prediction(name="エタノール"), prediction(warnings=("A guess.",))], target)
    first, second = json.loads(target.read_text(encoding="utf-8"))
    assert first["name"] == "エタノール"
    assert first["model"] == {"name": "bitspec-ei-1", "sha256": SHA}
    assert first["peaks"] == [[27, 1], [31, 999], [45, 512], [46, 215]]
    assert second["warnings"] == ["A guess."]


def test_record_of_a_nameless_molecule_is_named_by_its_smiles() -> None:
    assert record_of(prediction(name="", identifier="")).name == "CCO"


def test_measured_spectrum_is_written_with_its_own_numbers(tmp_path: Path) -> None:
    record = SpectrumRecord(Spectrum(np.array([31.0184, 45.0]), np.array([1000.0, 37.25])), name="measured", accession="MB1")
    for suffix in ("msp", "csv", "json"):
        write_spectrum(tmp_path / f"one.{suffix}", record)
        text = (tmp_path / f"one.{suffix}").read_text(encoding="utf-8")
        assert "31.0184" in text
        assert "37.25" in text
        assert "measured" in text


def test_peaks_for_the_clipboard_are_tab_separated() -> None:
    assert peaks_as_tsv(Spectrum(np.array([15.0, 31.0184]), np.array([1.0, 999.0]))) == "m/z\tintensity\n15\t1\n31.0184\t999\n"


def test_unknown_suffix_is_refused_with_the_choices(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.msp, \.jdx, \.csv or \.json"):
        write_predictions([prediction()], tmp_path / "out.txt")
    with pytest.raises(ExportError):
        export_format(Path("noending"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_error_half_way_keeps_the_old_file_and_leaves_no_part_behind(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"out.{suffix}"
    target.write_text("old")

    def stops() -> Iterator[Prediction]:
        yield prediction()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_predictions(stops(), target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_full_disk_is_said_in_a_sentence_and_the_old_file_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError, match="the disk is full"):
        write_predictions([prediction()], target)
    assert target.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_file_marked_read_only_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    target.chmod(0o444)
    with pytest.raises(ExportError, match="read-only"):
        write_predictions([prediction()], target)
    assert target.read_text() == "old"


def test_absent_folder_is_said_before_anything_is_predicted(tmp_path: Path) -> None:
    asked = []

    def ask() -> Iterator[Prediction]:
        asked.append(1)
        yield prediction()

    with pytest.raises(ExportError, match="the folder does not exist"):
        write_predictions(ask(), tmp_path / "absent" / "out.csv")
    assert asked == []


def test_nothing_predicted_writes_nothing_and_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(ExportError, match="no spectrum was predicted"):
        write_predictions([], target)
    assert target.read_text() == "old"


def test_link_is_followed_not_replaced(tmp_path: Path) -> None:
    real = tmp_path / "real.csv"
    real.write_text("old")
    link = tmp_path / "link.csv"
    link.symlink_to(real)
    write_predictions([prediction()], link)
    assert link.is_symlink()
    assert "ethanol" in real.read_text()


def test_stream_gets_the_format_asked_for() -> None:
    stream = io.StringIO()
    assert stream_predictions([prediction(), prediction()], stream, "json") == 2
    assert len(json.loads(stream.getvalue())) == 2
    with pytest.raises(ExportError, match="no format"):
        stream_predictions([prediction()], stream, "xlsx")


def test_jcamp_and_msp_files_have_the_line_ends_that_nists_programs_want(tmp_path: Path) -> None:
    for suffix in ("jdx", "msp"):
        target = tmp_path / f"out.{suffix}"
        assert write_predictions([prediction(), prediction("second")], target) == 2
        data = target.read_bytes()
        assert data.count(b"\n") == data.count(b"\r\n") > 10
    text = (tmp_path / "out.jdx").read_text(encoding="utf-8")
    assert text.count("##END=") == 2
    assert "##TITLE=ethanol\n" in text
    assert "27,1 31,999 45,512 46,215" in text
    assert "##$PREDICTED BY=bitspec-ei-1" in text
