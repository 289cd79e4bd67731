"""The first use of a data folder from the command line: the libraries that come along are loaded, and it is seen."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from bitspec_gui import bootstrap, cli
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.compact import CompactNotice, write_compact
from bitspec_gui.formats.compact_predicted import write_compact_predicted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def bitspec(tmp_path: Path, monkeypatch, capsys):
    """Runs a command beside a terminal in a new data folder, with a small library of each kind that comes along."""
    measured, predicted = tmp_path / "measured.bitspec", tmp_path / "predicted.bitspec"
    spectrum = Spectrum([52.0, 78.0], [200.0, 999.0])
    write_compact([SpectrumRecord(spectrum, name="Benzene")], measured, CompactNotice("Measured", "CC0", "", ""))
    record = SpectrumRecord(
        spectrum, name="Benzene", smiles="c1ccccc1", inchikey="UHOVQNZJYSORNB-UHFFFAOYSA-N", predicted_by="m-1", confidence=0.8
    )
    write_compact_predicted([record], predicted, library="Chemicals")
    monkeypatch.setattr(bootstrap, "embedded_library", lambda: measured)
    monkeypatch.setattr(bootstrap, "predicted_library", lambda: predicted)

    def run(*arguments: object) -> tuple[int, str, str]:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        status = cli.main(["--data-dir", str(tmp_path / "data"), *map(str, arguments)])
        return status, capsys.readouterr().out, terminal.getvalue()

    return run


def test_the_first_list_shows_how_far_each_library_is_loaded_and_the_second_has_nothing_to_load(bitspec):
    status, out, err = bitspec("library", "list", "--json")
    assert status == 0
    assert [(each["name"], each["spectra"]) for each in json.loads(out)] == [("Chemicals", 1), ("Measured", 1)]
    assert "\rLoading the library Measured: 1" in err
    assert "\rLoading the library Chemicals: 1 of 1" in err
    assert err.endswith("\r")
    status, out, err = bitspec("library", "list")
    assert (status, len(out.splitlines()), err) == (0, 2, "")


def test_a_first_export_shows_the_loading_too(bitspec, tmp_path):
    status, _, err = bitspec("library", "export", "Chemicals", tmp_path / "out.msp")
    assert status == 0
    assert "Loading the library Chemicals: 1 of 1" in err
    assert "Exported Chemicals: 1 of 1" in err


def test_a_quiet_export_loads_without_a_word(bitspec, tmp_path):
    status, out, err = bitspec("library", "export", "Chemicals", tmp_path / "out.msp", "--quiet")
    assert (status, err) == (0, "")
    assert out.startswith("1 spectra written")
    assert "Benzene" in (tmp_path / "out.msp").read_text()


def test_a_quiet_export_still_says_that_a_supplied_library_is_missing(bitspec, tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "embedded_library", lambda: tmp_path / "absent.bitspec")
    status, _, err = bitspec("library", "export", "Chemicals", tmp_path / "out.msp", "--quiet")
    assert status == 0
    assert "absent.bitspec" in err
    assert err.startswith("bitspec: ")
