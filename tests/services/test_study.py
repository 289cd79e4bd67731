"""A study of fine-tuning: what is kept of it, what its figures come to, and what is written of them."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.domain.tuning_defaults import recommended
from bitspec_gui.domain.tuning_study import PROPOSED, LaboratoryFacts, StudyCell, StudyKey, ToldVerdict
from bitspec_gui.domain.verdict import Interval, Judgement
from bitspec_gui.services.study_card import BEGIN, END, measured_part, with_measured
from bitspec_gui.services.study_file import StudyFile
from bitspec_gui.services.study_plot import study_svg
from bitspec_gui.services.study_summary import Place, StudySummary
from bitspec_gui.services.study_tables import COLUMNS, gains_table, study_csv

LABORATORIES = [
    LaboratoryFacts("north", "records of one contributor", "naive", 120, 100, differs=True),
    LaboratoryFacts("control", "nothing to gain", "supplied", 40, 40, differs=False),
]


def cell(
    laboratory: str = "north",
    size: int = 100,
    strategy: str = PROPOSED,
    gain: float = 0.06,
    forgetting: float = 0.004,
    draw: int = 1,
    told: ToldVerdict | None = None,
) -> StudyCell:
    used = Strategy.LORA if strategy == PROPOSED else Strategy(strategy)
    return StudyCell(
        key=StudyKey(laboratory, size, strategy, draw),
        settings=recommended(used, size),
        base="naive",
        held=100,
        public=648,
        before=0.6,
        gain=Interval(gain, gain - 0.02, gain + 0.02),
        public_before=0.75,
        public_change=Interval(-forgetting, -forgetting - 0.002, -forgetting + 0.002),
        public_with_response=-0.02,
        power=0.9,
        trend=0.1,
        share=1.0,
        trained=size,
        cpu_s=14.2,
        wall_s=15.0,
        peak_mb=900.0,
        told=told,
    )


def told(judgement: Judgement, mean: float, low: float, high: float) -> ToldVerdict:
    return ToldVerdict(Interval(mean, low, high), 100, judgement, f"Said: {judgement.value}.", -0.01)


SOME = [
    cell(told=told(Judgement.BETTER, 0.05, 0.03, 0.07)),
    cell(strategy="lora"),
    cell(strategy="full", gain=0.065),
    cell(strategy="head", gain=0.03),
    cell(size=10, gain=0.0, forgetting=0.02, told=told(Judgement.BETTER, 0.03, 0.01, 0.05)),
    cell(size=10, strategy="full", gain=0.04),
    cell("control", 10, gain=0.025, told=told(Judgement.NO_GAIN, 0.0, -0.02, 0.02)),
    cell("control", 10, strategy="lora", gain=0.025),
]


def test_cells_come_back_from_their_file_and_the_last_one_of_a_key_counts(tmp_path: Path) -> None:
    file = StudyFile(tmp_path / "cells.jsonl")
    assert file.read() == {}
    for each in (SOME[0], SOME[1], replace(SOME[0], cpu_s=20.0)):
        file.append(each)
    assert file.read() == {SOME[0].key: replace(SOME[0], cpu_s=20.0), SOME[1].key: SOME[1]}


def test_a_line_that_a_crash_cut_off_is_dropped_and_measured_again(tmp_path: Path) -> None:
    file = StudyFile(tmp_path / "cells.jsonl")
    for each in SOME[:2]:
        file.append(each)
    content = (tmp_path / "cells.jsonl").read_bytes()
    (tmp_path / "cells.jsonl").write_bytes(content[:-40])
    assert list(file.read()) == [SOME[0].key]
    file.append(SOME[2])
    assert list(file.read()) == [SOME[0].key, SOME[2].key]


def test_a_damaged_line_among_others_is_told_with_its_number(tmp_path: Path) -> None:
    file = StudyFile(tmp_path / "cells.jsonl")
    file.append(SOME[0])
    content = (tmp_path / "cells.jsonl").read_text()
    (tmp_path / "cells.jsonl").write_text("{}\n" + content)
    with pytest.raises(UnreadableFile, match="line 1"):
        file.read()


def test_what_is_proposed_is_compared_with_the_largest_gain_of_its_place() -> None:
    summary = StudySummary(SOME)
    assert summary.best(Place("north", 100)) == ("full", summary.entry(Place("north", 100), "full"))
    assert summary.behind(Place("north", 100)) == pytest.approx(0.005)
    assert summary.behind(Place("north", 10)) == pytest.approx(0.04)
    assert summary.near_best == (2, 3)


def test_exactly_a_hundredth_behind_still_counts_as_near() -> None:
    assert StudySummary([cell(gain=0.05), cell(strategy="full", gain=0.06)]).near_best == (1, 1)
    assert StudySummary([cell(gain=0.05), cell(strategy="full", gain=0.0601)]).near_best == (0, 1)


def test_draws_are_averaged() -> None:
    entry = StudySummary([cell(size=10, gain=0.02), cell(size=10, gain=0.06, draw=2)]).entry(Place("north", 10), PROPOSED)
    assert entry is not None
    assert (entry.gain, entry.low, entry.draws) == (pytest.approx(0.04), pytest.approx(0.02), 2)


def test_a_verdict_that_promises_what_is_not_there_or_overlooks_a_gain_is_wrong() -> None:
    found = {str(each.cell.key): (each.covered, each.consistent, each.wrong) for each in StudySummary(SOME).agreements}
    assert found == {
        "north, 100 compounds, proposed, draw 1": (True, True, ""),
        "north, 10 compounds, proposed, draw 1": (False, False, "said to be better, and is not"),
        "control, 10 compounds, proposed, draw 1": (False, True, "a gain was overlooked"),
    }


def test_time_is_in_no_other_figure() -> None:
    timed = cell("time", 500, gain=-0.9)
    summary = StudySummary([*SOME, timed])
    assert summary.timed == [timed]
    assert all(place.laboratory != "time" for place in summary.places)
    assert "14 s of one core" in measured_part(summary, LABORATORIES, [10, 100])


def test_csv_has_a_line_for_each_fine_tuning_with_what_was_told() -> None:
    rows = list(csv.DictReader(io.StringIO(study_csv(SOME))))
    assert len(rows) == len(SOME)
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["gain"], rows[0]["forgetting"], rows[0]["told_judgement"]) == ("0.06", "0.004", "better")
    assert rows[1]["told_sentence"] in ("", None)


def test_table_marks_the_best_and_what_is_too_far_behind_it() -> None:
    lines = gains_table(StudySummary(SOME)).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    small, large = (next(line for line in lines if line.startswith(f"| north | {size} ")) for size in (10, 100))
    assert "**+0.065** / +0.004" in large
    assert "**!**" not in large
    assert "0.040 **!**" in small


def test_card_says_which_aims_are_met() -> None:
    text = measured_part(StudySummary(SOME), LABORATORIES, [10, 100, 300])
    assert "**met**, reached in 1 of 1 (north +0.060)" in text
    assert "**missed**, kept in 2 of 3 (beyond it: north 10 +0.0200)" in text
    assert "**missed**, 2 of 3 (67%)" in text
    assert "500 spectra on two cores in 5 minutes or less: not measured." in text
    assert "Too few compounds for: north 300; control 100, 300." in text
    assert "Not measured: control 30." in measured_part(StudySummary(SOME), LABORATORIES[1:], [10, 30])
    assert "2 sentences are wrong" in text


def test_words_around_what_was_measured_stay() -> None:
    card = f"# Card\n\nBefore.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n"
    assert with_measured(card, "new\n") == f"# Card\n\nBefore.\n\n{BEGIN}\nnew\n{END}\n\nAfter.\n"
    first = with_measured("", "new\n")
    assert first.startswith("# ")
    assert with_measured(first, "new\n") == first


def test_plot_is_well_formed_and_has_a_panel_for_each_laboratory_within_its_frame() -> None:
    root = ElementTree.fromstring(study_svg(StudySummary(SOME)))
    space = "{http://www.w3.org/2000/svg}"
    words = [element.text for element in root.iter(f"{space}text")]
    assert {"north", "control", "proposed", "lora"} <= set(words)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in root.iter(f"{space}circle")]
    assert len(dots) == 2 * len(SOME)
    assert all(math.isfinite(x + y) and 0 < x < width and 0 < y < height for x, y in dots)
