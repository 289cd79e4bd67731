"""Progress on standard error."""

from __future__ import annotations

import io

from bitspec_gui.cli.terminal import ProgressLine
from bitspec_gui.domain.jobs import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_progress_rewrites_one_line_and_sentences_stand_alone() -> None:
    stream = Terminal()
    line = ProgressLine(stream=stream, every_s=0.0)
    line(Progress(64, 0, "Predicting"))
    line.say("in.csv, line 3: no SMILES.")
    assert "\rPredicting: 64" in stream.getvalue()
    assert stream.getvalue().endswith("\rin.csv, line 3: no SMILES.\n")


def test_in_a_log_progress_is_a_line_now_and_then() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream=stream, every_s=3600.0)
    for done in range(1000):
        line(Progress(done, 1000))
    assert stream.getvalue() == ""
    often = ProgressLine(stream=stream, every_s=0.0)
    often(Progress(500, 11969, "Importing"))
    assert stream.getvalue() == "Importing: 500 of 11,969\n"


def test_quiet_shows_no_progress_but_says_sentences() -> None:
    stream = Terminal()
    line = ProgressLine(quiet=True, stream=stream, every_s=0.0)
    line(Progress(1, 2))
    line.say("kept")
    assert stream.getvalue() == "kept\n"
