import csv
from types import SimpleNamespace

import pytest

from bitspec_gui.cli import main
from bitspec_gui.domain.derivatives import DerivativeKind
from bitspec_gui.domain.errors import Cancelled, ExportError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.services.derivatising import (
    base_peak,
    derivatisation_plan,
    derivatives,
    drawing_of_sites,
    predicted,
    write_table,
)
from bitspec_gui.services.prediction import PredictionService

DOPAMINE = "NCCc1ccc(O)c(O)c1"


class KnownAnswers:
    version = ModelVersion("known-answers", "c" * 64, "CC0")
    device = "CPU: chosen by the test"

    def __init__(self):
        self.asked = []
        self.bad = ""

    def predict(self, molecules, cancel=None, *, annotate=False):
        self.asked.append(len(molecules))
        if any(molecule.smiles == self.bad for molecule in molecules):
            raise RuntimeError("odd")
        return [
            Prediction(molecule, Spectrum([73.0, molecule.nominal_mass - 15.0], [999.0, 400.0]), self.version)
            for molecule in molecules
        ]


@pytest.fixture
def network():
    return KnownAnswers()


@pytest.fixture
def service(network, monkeypatch):
    service = PredictionService(lambda: network)
    monkeypatch.setattr("bitspec_gui.cli.derivatise.build_services", lambda *_a, **_k: SimpleNamespace(prediction=service))
    return service


@pytest.fixture
def dopamine(service):
    return derivatisation_plan(service.molecule(DOPAMINE, "dopamine"), DerivativeKind.TMS)


def all_of(plan):
    return derivatives(plan, plan.usual, 0, 4).derivatives


def test_derivatives_are_predicted_in_their_order_with_their_names(service, dopamine):
    listed = all_of(dopamine)
    results = list(predicted(service, [each.molecule for each in listed]))
    assert [each.molecule.name for each in results] == [each.molecule.name for each in listed]
    assert base_peak(results[0]) == 73


def test_derivative_that_cannot_be_predicted_leaves_a_sentence_and_the_others_spectra(service, network, dopamine):
    listed = all_of(dopamine)
    network.bad = listed[3].molecule.smiles
    results = list(predicted(service, [each.molecule for each in listed]))
    assert [isinstance(each, str) for each in results] == [place == 3 for place in range(len(listed))]
    assert "odd" in results[3]


def test_cancel_keeps_the_spectra_that_came_before(service, dopamine):
    token = CancelToken()
    results = predicted(service, [each.molecule for each in all_of(dopamine)], cancel=token)
    first = [next(results) for _ in range(8)]
    token.cancel()
    with pytest.raises(Cancelled):
        next(results)
    assert all(isinstance(each, Prediction) for each in first)


def test_drawing_numbers_each_site_and_tints_the_ticked_ones(dopamine):
    with_all = drawing_of_sites(dopamine, dopamine.usual, 340, 230, dark=False)
    with_none = drawing_of_sites(dopamine, (), 340, 230, dark=False)
    assert with_all.count("note") == with_none.count("note") > 0
    assert with_all.count("<ellipse") > with_none.count("<ellipse") == 0


def test_table_tells_names_structures_masses_and_ions(tmp_path, dopamine):
    write_table(all_of(dopamine), tmp_path / "dopamine.csv")
    with (tmp_path / "dopamine.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 12
    assert (rows[0]["name"], rows[0]["nominal_mass"], rows[0]["ions"]) == ("dopamine, 4 TMS (O,O,N,N)", "441", "M-15=426")


def test_table_of_an_unknown_suffix_is_refused_and_nothing_written(tmp_path, dopamine):
    with pytest.raises(ExportError, match=r"\.csv or \.tsv"):
        write_table(all_of(dopamine), tmp_path / "dopamine.docx")
    assert list(tmp_path.iterdir()) == []


def derivatise(*args):
    return main(["derivatise", DOPAMINE, "--name", "dopamine", *args])


@pytest.mark.usefixtures("service")
def test_command_lists_derivatives_as_a_table(capsys):
    assert derivatise("--sites", "3-4") == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split("\t")[0] for row in rows] == [
        "name",
        "dopamine, 4 TMS (O,O,N,N)",
        "dopamine, 3 TMS (O,N,N) at 1,2,3",
        "dopamine, 3 TMS (O,N,N) at 1,2,4",
        "dopamine, 3 TMS (O,O,N)",
    ]


@pytest.mark.usefixtures("service")
def test_command_lists_sites(capsys):
    assert derivatise("--list-sites") == 0
    out = capsys.readouterr().out
    assert "2\tN1\tprimary amine N-H, second hydrogen" in out
    assert "3\tO8\tphenol O-H" in out


@pytest.mark.usefixtures("service")
def test_command_writes_predicted_spectra(tmp_path, capsys):
    path = tmp_path / "dopamine.msp"
    assert derivatise("--on", "3,4", "--sites", "1-2", "--predict", "--output", str(path)) == 0
    text = path.read_text(encoding="utf-8")
    assert text.count("Num Peaks: 2") == 3
    assert "Name: dopamine, 2 TMS (O,O)" in text
    assert "3 spectra written" in capsys.readouterr().err


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    "args",
    [
        ("--sites", "4-2"),
        ("--sites", "many"),
        ("--on", "9"),
        ("--on", "a,b"),
        ("--output", "x.msp"),
        ("--predict", "--output", "x.docx"),
        ("--format", "msp"),
        ("--kind", "gold"),
    ],
)
def test_command_refuses_what_cannot_be_meant(args, capsys):
    with pytest.raises(SystemExit) as refusal:
        derivatise(*args)
    assert refusal.value.code == 2
    assert "derivatise: error:" in capsys.readouterr().err


@pytest.mark.usefixtures("service")
def test_command_says_why_there_is_nothing_to_list(capsys):
    assert main(["derivatise", "CCOCC"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "stay as they are: ether" in shown.err
    assert "Nothing in this molecule reacts" in shown.err


def test_command_reports_the_derivatives_without_a_spectrum(service, network, tmp_path, capsys):
    plan = derivatisation_plan(service.molecule(DOPAMINE, "dopamine"), DerivativeKind.TMS)
    network.bad = derivatives(plan, plan.usual, 4, 4).derivatives[0].molecule.smiles
    assert derivatise("--sites", "3-4", "--predict", "--output", str(tmp_path / "d.msp")) == 1
    assert "odd" in capsys.readouterr().err
    assert (tmp_path / "d.msp").read_text(encoding="utf-8").count("Name:") == 3
