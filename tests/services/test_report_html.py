"""A report as one HTML file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from html_page import Page
from made_hits import LIBRARIES, NICOTINAMIDE, UNKNOWN, hit, hit_list, three_hit_lists
from reported_explanations import NicotinamidePeaks

from bitspec_gui import __version__
from bitspec_gui.domain.errors import Cancelled, ModelFileError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, MethodInfo
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.search import HitFilter, HitList, PeakCondition, Score, SearchSettings
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.services.report_content import ReportSettings, query_report
from bitspec_gui.services.report_html import write_html_report
from bitspec_gui.services.report_peaks import NO_PROOF, NO_TIME, HitPeaks
from bitspec_gui.services.search_words import SCORE_WORDS, settings_in_words

WHEN = datetime(2026, 3, 4, 15, 30, tzinfo=timezone(timedelta(hours=9), "JST"))


def written(tmp_path: Path, hit_lists: list[HitList], **more: object) -> tuple[Page, str]:
    target = tmp_path / "report.html"
    assert write_html_report(hit_lists, target, LIBRARIES, created=WHEN, **more) == len(hit_lists)
    html = target.read_text(encoding="utf-8")
    return Page(html), html


def test_report_tells_date_version_settings_libraries_and_licences(tmp_path: Path) -> None:
    page, _ = written(tmp_path, three_hit_lists())
    facts = dict(zip(page.said("dt"), page.said("dd"), strict=True))
    assert facts["Date"] == "2026-03-04 15:30 (JST)"
    assert facts["Program"] == f"BitSpec {__version__}"
    assert facts["Predicted spectra by"] == "bitspec-ei-2"
    assert facts["Mass window"] == "± 2 Da"
    assert facts["Elements"] == "C, N"
    cells = page.said("td")
    assert {"Vitamins", "CC BY 4.0", "made for tests", "Chemicals, predicted", "900 predicted", "CC BY-NC-SA 4.0"} <= set(cells)


def test_report_on_several_has_a_summary_with_links_and_each_query_begins_a_page(tmp_path: Path) -> None:
    page, html = written(tmp_path, three_hit_lists())
    assert page.said("h1") == ["Identification of 3 spectra"]
    assert [link["href"] for tag, link in page.elements if tag == "a"] == ["#q1", "#q2", "#q3"]
    assert [each.get("id") for tag, each in page.elements if tag == "section"] == ["q1", "q2", "q3"]
    assert page.said("h2") == ["Summary", "Peak 7", "Peak 9", "Peak 11"]
    assert '<body class="many">' in html
    assert ".many section.query { break-before: page; }" in html
    assert "no hit" in page.said("td")


def test_report_on_one_bears_its_name_and_has_no_summary(tmp_path: Path) -> None:
    page, _ = written(tmp_path, [hit_list()])
    assert page.said("h1") == ["Identification of Peak 7"]
    assert "Summary" not in page.said("h2")


def test_each_hit_has_its_structure_and_is_drawn_against_the_unknown(tmp_path: Path) -> None:
    page, _ = written(tmp_path, [hit_list()])
    # Two rows with a thumbnail, and two hits with a plot and a larger drawing.
    assert page.count("svg") == 2 + 2 * 2
    assert page.said("h3")[:2] == ["1. Nicotinamide", "2. Picolinamide"]
    assert "Predicted spectra are computed from the structure; nobody measured them." in page.said("p")


def test_unknown_without_a_hit_is_drawn_alone_and_the_report_says_so(tmp_path: Path) -> None:
    page, _ = written(tmp_path, three_hit_lists()[1:2])
    assert page.count("svg") == 1
    assert any(said.startswith("No spectrum of the libraries agrees") for said in page.said("p"))
    assert page.count("table") == 0


def test_text_of_records_is_shown_and_never_taken_for_html(tmp_path: Path) -> None:
    bad = '<script>alert("x")</script> & <b>'
    record = replace(NICOTINAMIDE, name=bad, formula=bad, licence=bad, authors=bad, accession=bad, doubt=bad, instrument=bad)
    query = replace(UNKNOWN, name=bad, comment=bad)
    hit_lists = [HitList(query, SearchSettings(filter=HitFilter(name=bad)), (hit(1, record, bad, 0.9),), 1, notes=(bad,))] * 2
    page, html = written(tmp_path, hit_lists)
    assert page.count("script") == page.count("b") == 0
    assert "<script" not in html
    assert page.said("h2")[1] == bad


def test_report_needs_no_network_and_no_script(tmp_path: Path) -> None:
    page, html = written(tmp_path, three_hit_lists())
    assert "default-src 'none'" in html
    assert {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "object"} == set()
    addresses = re.findall(r"https?://[^\s\"'<>]+", html)
    assert set(addresses) == {"http://www.w3.org/2000/svg"}
    assert "url(" not in html


def test_table_and_drawings_are_as_long_as_wanted_and_the_rest_is_said(tmp_path: Path) -> None:
    page, _ = written(tmp_path, [hit_list()], wanted=ReportSettings(hits_listed=1, hits_drawn=0))
    assert page.count("svg") == 1 + 1  # one thumbnail, and the unknown alone
    assert "The table shows the best 1 of 2 hits." in page.said("p")


@pytest.mark.parametrize(
    ("probability", "shown"), [(0.0, "0 %"), (0.0004, "< 1 %"), (0.12, "12 %"), (0.9999, "> 99 %"), (1.0, "100 %"), (None, "")]
)
def test_small_probability_is_not_shown_as_none_nor_a_large_one_as_certain(probability: float | None, shown: str) -> None:
    report = query_report(HitList(UNKNOWN, SearchSettings(), (hit(1, NICOTINAMIDE, "L", 0.9, probability),), 1))
    assert report.lines[0].cells[8] == shown


def test_structure_that_cannot_be_read_leaves_its_place_empty() -> None:
    broken = replace(NICOTINAMIDE, smiles="C1CC")
    report = query_report(HitList(UNKNOWN, SearchSettings(), (hit(1, broken, "L", 0.9),), 1))
    assert report.lines[0].structure == report.plots[0].structure == ""
    assert "<svg" in report.plots[0].plot


def test_report_that_is_broken_off_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")

    def broken_off() -> Iterator[HitList]:
        yield hit_list()
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        write_html_report(broken_off(), target)
    assert target.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_every_score_and_every_filter_has_words() -> None:
    assert set(SCORE_WORDS) == set(Score)
    wanted = HitFilter(
        libraries=("A",), predicted=False, formula="C6H6", elements=("C",), without_elements=("Cl",), name="benz", cas="71",
        inchikey="UH", licence="CC0", substructure="c1ccccc1", peaks=(PeakCondition(78, 50.0),), min_mass_da=70, max_mass_da=90,
    )  # fmt: skip
    said = settings_in_words(
        SearchSettings(mass_window_da=2, molecular_mass_da=78, use_retention_index=True, retention_index=650.0, filter=wanted)
    )
    assert dict(said) == {
        "Score": SCORE_WORDS[Score.COMBINED], "Hits wanted": "at most 100", "Molecular mass": "78 Da", "Mass window": "± 2 Da",
        "Retention index": "650, tolerance 30", "Libraries": "A", "Spectra": "measured ones only", "Formula": "C6H6",
        "Elements": "C", "Without elements": "Cl", "Name contains": "benz", "CAS contains": "71", "InChIKey contains": "UH",
        "Licence contains": "CC0",
        "Substructure": "c1ccccc1", "Peaks": "m/z 78 at 50 to 100 %", "Mass": "70 to 90 Da",
    }  # fmt: skip


WIDE = replace(UNKNOWN, spectrum=Spectrum([51.0, 78.1, 90.0, 106.0, 122.04, 207.0, 40.0], [40, 70, 10, 60, 100, 20, 0.5]))


def test_peaks_of_the_best_hit_are_drawn_where_fragments_make_most_of_them(tmp_path: Path) -> None:
    service = NicotinamidePeaks()
    page, html = written(tmp_path, [hit_list(WIDE)], wanted=ReportSettings(1, 0), peaks=HitPeaks(service))
    assert page.said("h3")[0] == "What the peaks are made of, if it is hit 1: Nicotinamide"
    # The thumbnail and the unknown alone, three maps (m/z 51 is a tenth explained, 90 and 207 not at all), and their scale.
    assert page.count("svg") == 2 + 3 + 1
    headings = [said for said in page.said("text") if said.startswith("m/z ")]
    assert headings == ["m/z 122, C6H6N2O+", "m/z 78, C5H4N+", "m/z 106, C6H4NO+"]
    assert sorted(service.asked) == [51, 78, 90, 106, 122, 207]
    assert NO_PROOF in page.said("p")
    assert "One smaller peak is not listed." in page.said("p")
    assert html.count('class="peaks"') == 1


def test_table_of_peaks_adds_up_what_they_are_made_of(tmp_path: Path) -> None:
    page, _ = written(tmp_path, [hit_list(WIDE)], wanted=ReportSettings(1, 0), peaks=HitPeaks(NicotinamidePeaks()))
    facts = dict(zip(page.said("dt"), page.said("dd"), strict=True))
    # 100 of m/z 122, all 70 of 78, four fifths of the 60 of 106, a tenth of the 40 of 51; of 300.5 in all.
    assert facts["Explained by fragments"] == "74 % of the measured ion current, each peak by its probability"
    cells = page.said("td")
    start = cells.index("78")
    # Two fragments of one formula are one ion.
    assert cells[start : start + 8] == ["78", "70 %", "23 %", "100 %", "C5H4N+", "−CH2NO", "80 %", "C4H2N2+ 20 %"]
    start = cells.index("207")
    assert cells[start : start + 5] == ["207", "20 %", "7 %", "0 %", "no fragment"]


def test_maps_of_peaks_share_one_scale_of_probability(tmp_path: Path) -> None:
    _, html = written(tmp_path, [hit_list(WIDE)], wanted=ReportSettings(1, 0), peaks=HitPeaks(NicotinamidePeaks()))
    scores = re.findall(r'data-atom="1" data-element="C" data-score="([\d.]+)"', html)
    assert [float(each) for each in scores] == [1.0, pytest.approx(0.3), 0.8]


@pytest.mark.parametrize("smiles", [None, "C1CC"])
def test_best_hit_without_a_structure_has_no_page_of_peaks(tmp_path: Path, smiles: str | None) -> None:
    record = replace(NICOTINAMIDE, smiles=smiles)
    found = HitList(UNKNOWN, SearchSettings(), (hit(1, record, "L", 0.9),), 1)
    _, html = written(tmp_path, [found], peaks=HitPeaks(NicotinamidePeaks()))
    assert 'class="peaks"' not in html


def test_hit_of_another_mass_and_no_hit_have_no_page_of_peaks(tmp_path: Path) -> None:
    shifted = replace(hit(1, NICOTINAMIDE, "L", 0.9), mass_shift_da=14)
    empty = three_hit_lists()[1]
    peaks = HitPeaks(NicotinamidePeaks())
    assert [peaks.page(each) for each in (HitList(UNKNOWN, SearchSettings(), (shifted,), 1), empty)] == [None, None]


def test_report_says_where_there_was_no_time_left_for_peaks() -> None:
    times = iter(range(0, 1000, 20))
    service = NicotinamidePeaks()
    peaks = HitPeaks(service, budget_s=30, clock=lambda: float(next(times)))
    pages = [peaks.page(hit_list()) for _ in range(4)]
    assert [bool(each.maps) for each in pages if each is not None] == [True, True, False, False]
    assert [each.notes for each in pages if each is not None][2:] == [(NO_TIME,), (NO_TIME,)]


def test_model_that_cannot_be_loaded_is_said_and_the_report_is_written(tmp_path: Path) -> None:
    class Broken(NicotinamidePeaks):
        def method(self, key: str) -> MethodInfo:
            raise ModelFileError("The model file is damaged.")

    page, _ = written(tmp_path, [hit_list()], peaks=HitPeaks(Broken()))
    assert "Nothing can be said of its peaks: The model file is damaged." in page.said("p")


def test_explaining_peaks_stops_when_asked_to(tmp_path: Path) -> None:
    token = CancelToken()

    class Stopping(NicotinamidePeaks):
        def explain(self, request: ExplanationRequest, *, cancel: CancelToken | None = None) -> Explanation:
            token.cancel()
            return super().explain(request, cancel=cancel)

    service = Stopping()
    with pytest.raises(Cancelled):
        written(tmp_path, [hit_list()], peaks=HitPeaks(service, cancel=token))
    assert len(service.asked) == 1
    assert not list(tmp_path.iterdir())
