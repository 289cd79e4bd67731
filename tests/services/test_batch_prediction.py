"""Lists of molecules: read row by row, predicted a few at a time, each compound once."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bitspec_gui.domain.batch import RowState, packed, unpacked
from bitspec_gui.domain.errors import Cancelled, ModelFileError
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.services import batch_prediction
from bitspec_gui.services.batch_order import BatchOrder, arranged
from bitspec_gui.services.batch_prediction import BatchPrediction
from bitspec_gui.services.prediction import MOST_BESIDE_DRAWING_DA, MOST_IN_A_TURN_DA, SUGGESTED_FOR, PredictionService

VERSION = ModelVersion("known-answers", "0" * 64, "CC0")


class KnownAnswers:
    """M, M-1 and m/z 15; the base peak is M. Confidence is 0.5 with an oxygen and 0.9 without."""

    version = VERSION
    device = "CPU: chosen by the test"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.turns: list[int] = []
        self.at_each_turn = lambda: None

    def predict(
        self, molecules: Sequence[Molecule], cancel: CancelToken | None = None, *, annotate: bool = False
    ) -> list[Prediction]:
        self.at_each_turn()
        self.seen += [molecule.smiles for molecule in molecules]
        self.turns.append(sum(molecule.nominal_mass for molecule in molecules))
        return [self._one(molecule) for molecule in molecules]

    @staticmethod
    def _one(molecule: Molecule) -> Prediction:
        mass = molecule.nominal_mass
        spectrum = Spectrum([15.0, mass - 1, mass], [100.25, 333.5, 999.0])
        return Prediction(molecule, spectrum, VERSION, 0.5 if "O" in molecule.smiles else 0.9, trained_on=False)


@pytest.fixture
def predictor() -> KnownAnswers:
    return KnownAnswers()


@pytest.fixture
def batch(predictor: KnownAnswers) -> BatchPrediction:
    return BatchPrediction(PredictionService(lambda: predictor))


def chain_file(path: Path, number: int) -> Path:
    """SMILES of different chains with something at their end, each with a name."""
    ends = ("O", "Cl", "N", "Br", "F", "S", "I", "C#N", "C=O", "C(=O)O")
    texts = [f"{'C' * (1 + n // 10)}{ends[n % 10]} number {n}" for n in range(number)]
    path.write_text("\n".join(texts) + "\n")
    return path


def states(batch: BatchPrediction) -> list[str]:
    return [row.state.value for row in batch.rows.all()]


def test_rows_of_a_table_are_predicted_in_the_order_of_the_file_and_keep_what_the_file_says(
    batch: BatchPrediction, tmp_path: Path
) -> None:
    table = tmp_path / "list.csv"
    table.write_text("id,name,cas,smiles\nA1,ethanol,64-17-5,CCO\nA2,benzene,71-43-2,c1ccccc1\n")
    batch.add([table])
    batch.work()
    first, second = batch.rows.all()
    assert (first.number, first.identifier, first.name, first.cas, first.line) == (1, "A1", "ethanol", "64-17-5", 2)
    assert first.compound is not None
    assert (first.compound.formula, first.compound.nominal_mass, first.compound.base_peak) == ("C2H6O", 46, 46)
    prediction = second.prediction
    assert prediction is not None
    assert (prediction.molecule.name, prediction.molecule.inchikey) == ("benzene", "UHOVQNZJYSORNB-UHFFFAOYSA-N")
    assert prediction.spectrum == Spectrum([15.0, 77.0, 78.0], [100.25, 333.5, 999.0])
    assert (prediction.model_version, prediction.confidence, prediction.trained_on) == (VERSION, 0.9, False)
    assert not batch.has_work


def test_bad_rows_say_why_with_file_and_line_and_the_others_are_predicted(batch: BatchPrediction, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("smiles,name\nCCO,good\nC(C,open\n,empty\nC1CC,ring\n[Na+].[Cl-],salt\nCCN,good too\n")
    batch.add([table])
    batch.work()
    assert states(batch) == ["predicted", "refused", "refused", "refused", "refused", "predicted"]
    report = batch.report()
    assert (report.counts.rows, report.counts.predicted, report.counts.refused) == (6, 2, 4)
    assert [problem.line for problem in report.problems] == [3, 4, 5, 6]
    assert all(problem.file == str(table) for problem in report.problems)
    assert "parenthes" in report.problems[0].what
    assert "salt" in report.problems[3].what


def test_compound_that_comes_again_is_predicted_once_and_keeps_its_own_name(
    batch: BatchPrediction, predictor: KnownAnswers, tmp_path: Path
) -> None:
    file = tmp_path / "list.smi"
    file.write_text("OCC spirit\nCCN amine\nCCO ethanol\n" + "C(C)O again\n" * 60)
    batch.add([file])
    batch.work()
    assert sorted(predictor.seen) == ["CCN", "CCO"]
    rows = batch.rows.all()
    assert [row.name for row in rows[:4]] == ["spirit", "amine", "ethanol", "again"]
    assert [row.same_as for row in rows[:4]] == [0, 0, 1, 1]
    assert rows[62].prediction.spectrum == rows[0].prediction.spectrum
    assert batch.rows.counts.repeated == 61


def test_rows_in_sight_are_computed_before_the_others(
    batch: BatchPrediction, predictor: KnownAnswers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_prediction, "ROUND", 4)
    batch.add([chain_file(tmp_path / "list.smi", 40)])
    batch.look_at([30, 31])
    batch.work()
    looked_at = [batch.rows[30].compound.smiles, batch.rows[31].compound.smiles]
    assert set(looked_at) <= set(predictor.seen[:4])
    assert all(state == "predicted" for state in states(batch))


def test_one_turn_is_never_more_than_someone_who_draws_can_wait_for(
    batch: BatchPrediction, predictor: KnownAnswers, tmp_path: Path
) -> None:
    batch.add([chain_file(tmp_path / "list.smi", 100)])
    batch.work()
    assert len(predictor.turns) > 3
    assert max(predictor.turns) <= MOST_IN_A_TURN_DA


def test_turns_are_smaller_while_someone_draws(predictor: KnownAnswers, tmp_path: Path) -> None:
    service = PredictionService(lambda: predictor)
    batch = BatchPrediction(service)
    batch.add([chain_file(tmp_path / "list.smi", 100)])
    service.predict_text("c1ccccc1I")
    predictor.turns.clear()
    batch.work()
    assert max(predictor.turns) <= MOST_BESIDE_DRAWING_DA
    assert batch.rows.counts.predicted == 100


def test_single_prediction_does_not_wait_for_the_list(predictor: KnownAnswers, tmp_path: Path) -> None:
    service = PredictionService(lambda: predictor)
    batch = BatchPrediction(service)
    batch.add([chain_file(tmp_path / "list.smi", 120)])
    asked, answered = threading.Event(), []

    def ask_once() -> None:
        if not asked.is_set():
            asked.set()
            drawing.start()
            deadline = time.monotonic() + 10
            while service._computing.waiting == 0 and time.monotonic() < deadline:
                time.sleep(0.001)

    drawing = threading.Thread(target=lambda: answered.append(service.predict_text("c1ccccc1I")))
    predictor.at_each_turn = ask_once
    batch.work()
    drawing.join(10)
    assert answered
    first_turn = predictor.seen.index("Ic1ccccc1")
    # It came right after the turn that was under way, before the second of the list.
    assert sum(1 for _ in predictor.seen[:first_turn]) < 60
    assert predictor.turns[1] == 204


def test_cancel_keeps_what_is_done_and_the_rest_is_predicted_later(
    batch: BatchPrediction, predictor: KnownAnswers, tmp_path: Path
) -> None:
    token = CancelToken()
    batch.add([chain_file(tmp_path / "list.smi", 200)])

    def stop_after_some() -> None:
        if len(predictor.turns) == 6:
            token.cancel()

    predictor.at_each_turn = stop_after_some
    with pytest.raises(Cancelled):
        batch.work(cancel=token)
    done = batch.rows.counts.predicted
    assert 0 < done < 200
    assert batch.has_work
    seen: list[Progress] = []
    batch.work(seen.append)
    assert batch.rows.counts.predicted == 200
    # The time left is counted from what this call had to do.
    assert seen[-1].done == seen[-1].total == 200 - done


def test_file_added_while_the_work_goes_on_is_read_by_it(batch: BatchPrediction, predictor: KnownAnswers, tmp_path: Path) -> None:
    other = tmp_path / "other.smi"
    other.write_text("c1ccccc1 benzene\n")
    batch.add([chain_file(tmp_path / "list.smi", 60)])
    predictor.at_each_turn = lambda: batch.add([other]) if len(predictor.turns) == 1 else None
    batch.work()
    assert batch.rows[60].name == "benzene"
    assert batch.rows.counts.predicted == 61
    assert [Path(file).name for file in batch.files] == ["list.smi", "other.smi"]


def test_unreadable_files_are_told_of_and_the_others_are_read(batch: BatchPrediction, tmp_path: Path) -> None:
    binary, empty, good = tmp_path / "photo.csv", tmp_path / "empty.smi", tmp_path / "good.smi"
    remarks = tmp_path / "remarks.smi"
    binary.write_bytes(b"\x89PNG\x00\x00")
    empty.write_text("")
    remarks.write_text("# nothing here\n")
    good.write_text("CCO\n")
    batch.add([tmp_path / "absent.sdf", binary, empty, remarks, good])
    batch.work()
    assert states(batch) == ["predicted"]
    told = {Path(problem.file).name: problem.what for problem in batch.problems}
    assert set(told) == {"absent.sdf", "photo.csv", "empty.smi", "remarks.smi"}
    assert "No such file" in told["absent.sdf"]
    assert "no structures" in told["remarks.smi"]
    assert not batch.has_work


def test_ten_thousand_bad_lines_are_refused_one_by_one_and_the_report_stays_bounded(
    batch: BatchPrediction, predictor: KnownAnswers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_prediction, "MOST_PROBLEMS", 100)
    file = tmp_path / "prose.smi"
    file.write_text("".join(f"C( line{n}\n" for n in range(3000)))
    batch.add([file])
    batch.work()
    report = batch.report()
    assert report.counts.refused == 3000
    assert (len(report.problems), report.untold) == (100, 2900)
    assert not predictor.seen


def test_names_are_suggested_for_the_first_bad_rows_only(predictor: KnownAnswers, tmp_path: Path) -> None:
    from bitspec_gui.domain.errors import UnknownName

    asked = {"near": 0, "quick": 0}

    def finder(kind: str, near: tuple[str, ...]):
        def find(text: str):
            asked[kind] += 1
            raise UnknownName(f"No compound of the name {text} is known.", near)

        return find

    service = PredictionService(lambda: predictor, finder("near", ("caffeine",)), finder("quick", ()))
    batch = BatchPrediction(service)
    file = tmp_path / "names.csv"
    file.write_text("smiles\n" + "".join(f"caffeinne-{n}\n" for n in range(60)))
    batch.add([file])
    batch.work()
    assert batch.rows.counts.refused == 60
    assert asked == {"near": SUGGESTED_FOR, "quick": 60 - SUGGESTED_FOR}
    assert "caffeine" in batch.rows[0].sentence
    assert "known" in batch.rows[59].sentence


def test_structure_too_long_for_any_vapour_is_refused_without_reading_it(batch: BatchPrediction, tmp_path: Path) -> None:
    file = tmp_path / "list.smi"
    file.write_text("C" * 5000 + "\nCCO\n")
    batch.add([file])
    batch.work()
    assert states(batch) == ["refused", "predicted"]
    assert "too long" in batch.rows[0].sentence


def test_list_has_an_end_and_says_so(batch: BatchPrediction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_prediction, "MOST_ROWS", 10)
    batch.add([chain_file(tmp_path / "list.smi", 30), chain_file(tmp_path / "more.smi", 3)])
    batch.work()
    assert batch.rows.counts.predicted == 10
    assert "at most 10 rows" in batch.problems[0].what


def test_model_that_cannot_be_loaded_leaves_the_rows_waiting(tmp_path: Path, predictor: KnownAnswers) -> None:
    answers = iter([ModelFileError("The model file m.json is missing."), predictor])

    def load() -> KnownAnswers:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    batch = BatchPrediction(PredictionService(load))
    batch.add([chain_file(tmp_path / "list.smi", 5)])
    with pytest.raises(ModelFileError):
        batch.work()
    assert states(batch) == ["waiting"] * 5
    batch.work()
    assert states(batch) == ["predicted"] * 5


def test_news_tell_which_rows_have_become_others(batch: BatchPrediction, tmp_path: Path) -> None:
    batch.add([chain_file(tmp_path / "list.smi", 5)])
    batch.work()
    news = batch.rows.take_news()
    assert (news.rows, news.changed) == (5, (0, 1, 2, 3, 4))
    assert batch.rows.take_news().changed == ()


def test_drawings_of_an_sd_file_are_kept_as_they_were_drawn(batch: BatchPrediction, tmp_path: Path) -> None:
    molblock = PredictionService(KnownAnswers).molecule("CC(=O)Oc1ccccc1C(=O)O").molblock.replace("\n", "aspirin\n", 1)
    file = tmp_path / "list.sdf"
    file.write_text(molblock + "$$$$\n" + "broken\n\n\n$$$$\n")
    batch.add([file])
    batch.work()
    assert states(batch) == ["predicted", "refused"]
    assert batch.rows[0].text == molblock
    assert batch.rows[0].name == "aspirin"


def test_text_is_packed_without_loss() -> None:
    for text in ("", "CCO", "é☃", "C" * 1000, "x\udcffy" * 100):
        assert unpacked(packed(text)) == text


def test_rows_are_sorted_by_any_column_and_narrowed_by_words(batch: BatchPrediction, tmp_path: Path) -> None:
    file = tmp_path / "list.smi"
    file.write_text("CCCO propanol\nC( broken\nCO methanol\nCCl chloromethane\n")
    batch.add([file])
    batch.work()
    rows = batch.rows.all()

    def order(**what) -> list[int]:
        return arranged(rows, BatchOrder(**what)).tolist()

    assert order() == [0, 1, 2, 3]
    assert order(descending=True) == [3, 2, 1, 0]
    assert order(column="name") == [1, 3, 2, 0]
    assert order(column="mass") == [2, 3, 0, 1]
    # What has no mass comes last in both directions; equal values stay in the order of the file.
    assert order(column="mass", descending=True) == [0, 3, 2, 1]
    assert order(column="confidence", descending=True) == [3, 0, 2, 1]
    assert order(column="base_peak") == [2, 3, 0, 1]
    assert order(column="peaks") == [2, 3, 0, 1]
    assert order(words="ANOL c3h8") == [0]
    assert order(words="parenthes") == [1]
    assert order(state=RowState.REFUSED) == [1]
    assert order(state=RowState.PREDICTED, column="formula") == [3, 2, 0]


def test_file_that_breaks_off_keeps_the_rows_before_and_says_so(batch: BatchPrediction, tmp_path: Path) -> None:
    rows = "".join(f"{'C' * (1 + n % 30)}O molecule number {n}\n" for n in range(20_000))
    file, other = tmp_path / "list.smi.gz", tmp_path / "other.smi"
    packed_rows = gzip.compress(rows.encode())
    file.write_bytes(packed_rows[: len(packed_rows) // 4])
    other.write_text("c1ccccc1 benzene\n")
    batch.add([file, other])
    batch.work()
    counts = batch.rows.counts
    assert counts.rows == counts.predicted > 1000
    assert batch.rows[counts.rows - 1].name == "benzene"
    assert [Path(problem.file).name for problem in batch.problems] == ["list.smi.gz"]
    assert "cut off" in batch.problems[0].what
