"""``bitspec models``, and ``--model`` with the name of a version, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_versions import FakeCore, Machine

from bitspec_gui import bootstrap, cli
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.ml import predictor, version_core
from bitspec_gui.services.version_headers import read_header
from bitspec_gui.storage.library_store import open_library_store


class Named:
    """Predicts m/z 43 and the length of its version's name; has learned from butane."""

    device = "CPU"

    def __init__(self, file: Path) -> None:
        self.version = read_header(file).version

    def predict(self, molecules, cancel=None, *, annotate=False):
        spectrum = Spectrum([43.0, 57.0], [999.0, 50.0 * len(self.version.name)])
        return [Prediction(each, spectrum, self.version, trained_on=each.smiles == "CCCC") for each in molecules]


class Core(FakeCore):
    def load(self, file, find_base, response):
        return Named(file)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch):
    """A data folder with one tuned version, used through commands."""
    made = Machine(tmp_path / "data")
    monkeypatch.setattr(bootstrap, "default_model", lambda: made.supplied)
    for name in ("embedded_library", "predicted_library"):
        monkeypatch.setattr(bootstrap, name, lambda: tmp_path / "absent.bitspec")
    monkeypatch.setattr(version_core, "VersionCore", lambda *_device: Core())
    monkeypatch.setattr(predictor, "load_predictor", lambda file, *_device, **_more: Named(file))
    made.tuned("Lab 1", response=True)
    yield made
    made.store.close()


@pytest.fixture
def bitspec(machine, capsys):
    def run(*arguments: object, data: Path | None = None) -> tuple[int, str, str]:
        status = cli.main(["--data-dir", str(data or machine.folder), *map(str, arguments)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_list_shows_the_supplied_version_first_and_marks_the_one_in_use(bitspec):
    assert bitspec("models", "use", "lab 1")[0] == 0
    status, out, _err = bitspec("models", "list")
    heading, supplied, tuned = [line.split("\t") for line in out.splitlines()]
    assert status == 0
    assert heading[:2] == ["use", "name"]
    assert (supplied[0], supplied[1], supplied[3]) == ("", "bitspec-ei-2", "comes with BitSpec")
    assert (tuned[0], tuned[1], tuned[3:7]) == (
        "*", "Lab 1", ["bitspec-ei-2", "GC lab (12121212)", "lora", "+0.110 (+0.070 to +0.150)"],
    )  # fmt: skip
    objects = json.loads(bitspec("models", "list", "--json")[1])
    assert [(each["version"]["name"], each["active"]) for each in objects] == [("bitspec-ei-2", False), ("Lab 1", True)]
    assert objects[1]["metrics"]["gain"]["low"] == 0.07


def test_show_tells_everything_and_names_that_are_not_there_are_told(bitspec):
    out = bitspec("models", "show", "Lab 1")[1]
    for words in ("Better on your compounds by 0.11", "Instrument's response\ton", "epochs 7", "Licence\tCC BY-NC-SA 4.0"):
        assert words in out
    status, _out, err = bitspec("models", "show", "Lab 7")
    assert (status, err) == (1, "bitspec: There is no model named “Lab 7”. There are: bitspec-ei-2, Lab 1.\n")


def test_the_version_in_use_predicts_and_rolling_back_or_naming_one_changes_that(bitspec):
    def predicted_by(*options: object) -> str:
        status, out, _err = bitspec("predict", "CCO", "--quiet", *options)
        assert status == 0
        return next(name for name in ("bitspec-ei-2", "Lab 1") if name in out)

    assert predicted_by() == "bitspec-ei-2"
    bitspec("models", "use", "Lab 1")
    assert predicted_by() == "Lab 1"
    assert predicted_by("--model", "BITSPEC-EI-2") == "bitspec-ei-2"
    status, out, _err = bitspec("models", "rollback")
    assert (status, "bitspec-ei-2" in out) == (0, True)
    assert predicted_by() == "bitspec-ei-2"
    assert predicted_by("--model", "lab 1") == "Lab 1"
    status, _out, err = bitspec("predict", "CCO", "--model", "Lab 9")
    assert (status, "no model named “Lab 9”" in err) == (1, True)


def test_names_notes_and_the_response_are_changed(bitspec, machine):
    assert bitspec("models", "rename", "Lab 1", "GC 3")[1] == "“Lab 1” is now “GC 3”.\n"
    assert bitspec("models", "notes", "GC 3", "new column")[0] == 0
    assert "without its instrument's response" in bitspec("models", "response", "GC 3", "off")[1]
    version = machine.registry.by_name("GC 3")
    assert (version.notes, machine.registry.response(version.version_id)) == ("new column", False)
    assert bitspec("models", "rename", "GC 3", "bitspec-ei-2")[0] == 1


def test_a_removed_version_is_restored_by_its_name(bitspec):
    bitspec("models", "use", "Lab 1")
    out = bitspec("models", "remove", "Lab 1")[1]
    assert "BitSpec now predicts with bitspec-ei-2" in out
    assert "Lab 1" not in bitspec("models", "list")[1]
    assert bitspec("models", "restore", "Lab 1")[1] == "“Lab 1” is back.\n"
    assert bitspec("models", "restore", "Lab 1")[0] == 1


def test_an_exported_version_is_imported_elsewhere_with_the_same_hash(bitspec, tmp_path):
    status, out, _err = bitspec("models", "export", "Lab 1", tmp_path / "lab.bitspec")
    sha256 = out.splitlines()[1]
    assert (status, sha256[:20]) == (0, "sha256 of the file: ")
    elsewhere = tmp_path / "elsewhere"
    status, out, _err = bitspec("models", "import", tmp_path / "lab.bitspec", data=elsewhere)
    assert (status, out.splitlines()) == (0, ["“Lab 1” was imported from lab.bitspec.", sha256])
    assert "there already" in bitspec("models", "import", tmp_path / "lab.bitspec", data=elsewhere)[1]
    damaged = tmp_path / "damaged.bitspec"
    damaged.write_bytes((tmp_path / "lab.bitspec").read_bytes()[:-1])
    status, out, err = bitspec("models", "import", damaged, tmp_path / "absent.bitspec", data=tmp_path / "third")
    assert (status, out, err.count("bitspec: ")) == (1, "", 2)


def test_merge_makes_a_version_that_needs_no_base(bitspec, machine):
    assert bitspec("models", "merge", "Lab 1", "--name", "Lab 1 whole")[0] == 0
    assert machine.registry.by_name("Lab 1 whole").small is False


def test_damaged_versions_are_told_on_request(bitspec, machine):
    machine.registry.by_name("Lab 1").file.with_suffix(".safetensors").write_bytes(b"cut")
    assert bitspec("models", "list")[0] == 0
    status, out, _err = bitspec("models", "list", "--check")
    assert (status, "# Lab 1: The weights of “Lab 1” are damaged" in out) == (1, True)


def test_two_versions_are_compared_by_what_is_known_and_on_measured_spectra(bitspec, machine):
    store = open_library_store(machine.folder / "bitspec.sqlite")
    spectra = [SpectrumRecord(Spectrum([43.0, 57.0], [999.0, 250.0]), "C" * n, smiles="C" * n) for n in range(4, 18)]
    store.add(store.open_library("Alkanes"), spectra)
    store.close()
    out = bitspec("models", "compare", "bitspec-ei-2", "Lab 1")[1]
    assert "≠\tStrategy\t–\tlora" in out
    status, out, _err = bitspec("models", "compare", "bitspec-ei-2", "Lab 1", "--library", "Alkanes", "--quiet")
    assert (status, "“Lab 1” is better by" in out, "1 compound was left out" in out) == (0, True, True)
    found = json.loads(bitspec("models", "compare", "bitspec-ei-2", "Lab 1", "--library", "Alkanes", "--json")[1])
    assert (len(found["measured"]["compounds"]), found["measured"]["left_out"]) == (13, 1)
    status, _out, err = bitspec("models", "compare", "bitspec-ei-2", "Lab 1", "--dataset", "None")
    assert (status, "no dataset named “None”" in err) == (1, True)


def test_a_predicted_library_is_rebuilt_by_the_version_in_use(bitspec, tmp_path):
    table = tmp_path / "in.csv"
    table.write_text("name,smiles\nbutane,CCCC\npentane,CCCCC\n", encoding="utf-8")
    assert bitspec("library", "build", "--input", table, "--name", "Alkanes", "--quiet")[0] == 0
    assert "“Alkanes” was predicted by bitspec-ei-2" in bitspec("models", "use", "Lab 1")[1]
    status, out, _err = bitspec("library", "rebuild", "Alkanes", "--quiet")
    assert (status, "“Alkanes” now holds 2 spectra predicted by Lab 1" in out) == (0, True)
    (info,) = json.loads(bitspec("library", "list", "--json")[1])
    assert (info["name"], info["made_by"]) == ("Alkanes", "Lab 1")
