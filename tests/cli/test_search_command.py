"""``bitspec search`` with hits that are known: what is asked of the search, what goes where, and with which exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from made_hits import LIBRARIES, NICOTINAMIDE, PREDICTED, hit
from reported_explanations import NicotinamidePeaks

from bitspec_gui.cli import main
from bitspec_gui.domain.errors import SearchError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.search import HitFilter, HitList, PeakCondition, Score, SearchSettings
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.msp import read_msp
from bitspec_gui.services.hit_rows import HIT_COLUMNS
from bitspec_gui.spectra.binning import to_bins

QUERIES = """Name: first
Num Peaks: 2
78 100
122 999

Name: without peaks
Num Peaks: 0

Name: too heavy
Num Peaks: 1
1500 999

Name: last
MW: 122
Num Peaks: 2
106 500
122 999
"""


class KnownHits:
    """A look-up service that finds the same two hits for every unknown, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, SearchSettings]] = []
        self.ranking_version = "ranking-1"
        self.prepared = 0
        self.fault: Exception | None = None
        self.notes: tuple[str, ...] = ()
        self.after: Callable[[], None] = lambda: None

    def prepare(self, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> None:
        self.prepared += 1
        progress(Progress(1, 1, "Indexing"))

    def search(
        self,
        record: SpectrumRecord,
        settings: SearchSettings,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> HitList:
        if cancel is not None:
            cancel.raise_if_cancelled()
        if self.fault is not None:
            raise self.fault
        if not to_bins(record.spectrum).any():
            raise SearchError("No peak of this spectrum lies within m/z 1 to 1000.")
        self.asked.append((record.name, settings))
        self.after()
        hits = (hit(1, NICOTINAMIDE, "Vitamins", 0.9, 0.8), hit(2, PREDICTED, "Chemicals, predicted", 0.7))
        return HitList(record, settings, hits[: settings.top], 902, notes=self.notes)


@pytest.fixture
def lookup(monkeypatch: pytest.MonkeyPatch) -> KnownHits:
    known = KnownHits()
    libraries = SimpleNamespace(
        ensure_embedded=lambda *_: None, ensure_predicted=lambda *_: None, libraries=lambda: list(LIBRARIES)
    )
    services = SimpleNamespace(lookup=known, libraries=libraries, explaining=NicotinamidePeaks())
    monkeypatch.setattr("bitspec_gui.cli.search.build_services", lambda *_: services)
    return known


pytestmark = pytest.mark.usefixtures("lookup")


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    path = tmp_path / "in.msp"
    path.write_text(QUERIES, encoding="utf-8")
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.msp"
    path.write_text("Name: a\nNum Peaks: 1\n78 999\n\nName: b\nNum Peaks: 1\n91 999\n", encoding="utf-8")
    return path


def search(*arguments: object) -> int:
    return main(["search", *map(str, arguments)])


def test_hits_are_printed_as_csv_with_the_promised_columns(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search("--query", good, "--top", 1) == 0
    shown = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(shown.out)))
    assert tuple(rows[0]) == HIT_COLUMNS
    assert [(row["query"], row["rank"], row["name"], row["source"]) for row in rows] == [
        ("a", "1", "Nicotinamide", "measured"),
        ("b", "1", "Nicotinamide", "measured"),
    ]
    assert shown.err == ""


def test_records_that_cannot_be_read_or_searched_are_told_with_file_and_line_and_the_others_are_searched(
    queries: Path, lookup: KnownHits, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "hits.json"
    assert search("--query", queries, "--output", output) == 1
    assert [name for name, _ in lookup.asked] == ["first", "last"]
    assert [row["query"] for row in json.loads(output.read_text())] == ["first", "first", "last", "last"]
    error = capsys.readouterr().err
    assert "in.msp, line 6" in error
    assert "in.msp, line 9: too heavy: No peak of this spectrum lies within m/z 1 to 1000." in error
    assert f"2 spectra searched; 2 could not be read or searched. 4 hits written to {output}." in error


def test_several_files_are_searched_and_one_that_is_not_there_is_told(
    good: Path, lookup: KnownHits, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert search("--query", tmp_path / "absent.msp", good, "--query", good) == 1
    assert [name for name, _ in lookup.asked] == ["a", "b", "a", "b"]
    assert "absent.msp" in capsys.readouterr().err


def test_if_no_file_is_there_nothing_is_loaded(lookup: KnownHits, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search("--query", tmp_path / "absent.msp") == 1
    assert lookup.prepared == 0
    assert "absent.msp does not exist" in capsys.readouterr().err


def test_options_say_how_to_search(good: Path, lookup: KnownHits) -> None:
    options = (
        "--top 5 --score entropy --mass 122 --mass-window 2 --ri 1450 --ri-tolerance 20 --library Vitamins --measured-only "
        "--formula H6C6N2O --elements C,N --without-elements Cl --substructure c1ccncc1 --name amide --cas 98 --inchikey DFP "
        "--licence CC --peak 78:50-100 --peak 122 --min-mass 100 --max-mass 200"
    )
    assert search("--query", good, *options.split()) == 0
    (_, settings), _ = lookup.asked
    assert settings == SearchSettings(
        score=Score.ENTROPY, top=5, molecular_mass_da=122, mass_window_da=2, retention_index=1450.0, use_retention_index=True,
        retention_index_tolerance=20.0,
        filter=HitFilter(
            libraries=("Vitamins",), predicted=False, formula="H6C6N2O", elements=("C", "N"), without_elements=("Cl",),
            name="amide", cas="98", inchikey="DFP", licence="CC", substructure="c1ccncc1",
            peaks=(PeakCondition(78, 50.0, 100.0), PeakCondition(122)), min_mass_da=100, max_mass_da=200,
        ),
    )  # fmt: skip


def test_retention_index_of_the_record_is_used_if_none_is_given(good: Path, lookup: KnownHits) -> None:
    assert search("--query", good, "--ri", "--predicted-only", "--library", "Vitamins", "Chemicals, predicted") == 0
    settings = lookup.asked[0][1]
    assert (settings.use_retention_index, settings.retention_index) == (True, None)
    assert settings.filter == HitFilter(libraries=("Vitamins", "Chemicals, predicted"), predicted=True)


def test_unknown_library_is_told_with_those_that_there_are(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search("--query", good, "--library", "Vitamin") == 1
    assert (
        "There is no library named “Vitamin”. The libraries are: “Chemicals, predicted”, “Vitamins”." in capsys.readouterr().err
    )


def test_filter_that_cannot_be_read_ends_the_search_and_leaves_the_old_file(
    good: Path, lookup: KnownHits, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lookup.fault = SearchError("The substructure cannot be read.")
    output = tmp_path / "hits.csv"
    output.write_text("old")
    assert search("--query", good, "--substructure", "c1cc", "--output", output) == 1
    assert capsys.readouterr().err == "bitspec: The substructure cannot be read.\n"
    assert output.read_text() == "old"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--elements C,Xx", "Xx is not the symbol of an element"),
        ("--formula 12", "12 is not a molecular formula"),
        ("--top 0", "must be from 1 to 1000"),
        ("--mass-window -1", "-1 is not a whole number"),
        ("--peak 91:80-20", "should go up"),
        ("--ri abc", "abc is not a positive number"),
        ("--output hits.txt", "should end in .csv, .json, .xlsx, .html, .msp, .jdx"),
        ("--output hits.pdf", "print an .html report"),
        ("--output hits.json --format csv", "does not agree"),
        ("--output hits.csv --explain", "--explain is for a report"),
        ("--measured-only --predicted-only", "not allowed with"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_loaded(
    good: Path, lookup: KnownHits, capsys: pytest.CaptureFixture[str], arguments: str, said: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        search("--query", good, *arguments.split())
    assert stop.value.code == 2
    assert said in capsys.readouterr().err
    assert lookup.prepared == 0


def test_output_never_overwrites_a_query(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        search("--query", good, "--output", good)
    assert "--output would overwrite --query" in capsys.readouterr().err


def test_report_lists_as_many_hits_as_wanted_and_names_the_libraries(good: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    assert search("--query", good, "--output", output, "--plots", 1, "--quiet") == 0
    html = output.read_text(encoding="utf-8")
    assert html.count('class="query"') == 2
    assert html.count('class="hit"') == 2
    assert html.count("Picolinamide") == 2
    assert "made for tests" in html
    assert "ranking-1" in html
    assert "What the peaks are made of" not in html


def test_report_says_what_the_peaks_are_made_of_if_asked_to(good: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    assert search("--query", good, "--output", output, "--explain", "--quiet") == 0
    assert output.read_text(encoding="utf-8").count("What the peaks are made of, if it is hit 1: Nicotinamide") == 2


@pytest.mark.parametrize("suffix", ["xlsx", "msp", "jdx"])
def test_other_formats_are_written_too(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str) -> None:
    output = tmp_path / f"hits.{suffix}"
    assert search("--query", good, "--output", output) == 0
    assert output.stat().st_size > 500
    what = "4 hits" if suffix == "xlsx" else "6 spectra"
    assert capsys.readouterr().err == f"2 spectra searched. {what} written to {output}.\n"
    if suffix == "msp":
        assert [record.name for record in read_msp(output.read_bytes()) if isinstance(record, SpectrumRecord)][:2] == [
            "a",
            "Nicotinamide",
        ]


def test_notes_are_told_once_with_how_many_spectra_they_hold_for(
    good: Path, lookup: KnownHits, capsys: pytest.CaptureFixture[str]
) -> None:
    lookup.notes = ("The mass window was not used.",)
    assert search("--query", good, "--mass-window", 2) == 0
    assert capsys.readouterr().err == "The mass window was not used. (2 spectra of 2)\n"


def test_interrupt_keeps_what_was_searched_and_says_so(
    tmp_path: Path, lookup: KnownHits, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "many.msp"
    path.write_text("".join(f"Name: q{number}\nNum Peaks: 1\n78 999\n\n" for number in range(50)), encoding="utf-8")
    lookup.after = lambda: os.kill(os.getpid(), signal.SIGINT) if len(lookup.asked) == 3 else None
    assert threading.current_thread() is threading.main_thread()
    output = tmp_path / "hits.csv"
    assert search("--query", path, "--output", output) == 130
    with output.open(newline="") as stream:
        assert [row["query"] for row in csv.DictReader(stream)] == ["q0", "q0", "q1", "q1", "q2", "q2"]
    assert "3 spectra searched (interrupted). 6 hits written" in capsys.readouterr().err


def test_if_nothing_could_be_searched_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.msp"
    path.write_text("Name: heavy\nNum Peaks: 1\n1500 999\n", encoding="utf-8")
    output = tmp_path / "hits.csv"
    assert search("--query", path, "--output", output) == 1
    assert not output.exists()
    assert "0 spectra searched; 1 could not be read or searched. Nothing was written." in capsys.readouterr().err
