"""What a fine-tuning has told so far, put together: where it stands, its curves run by run, examples, and what was noted."""

from __future__ import annotations

import csv
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.tuning_jobs import (
    CurvePoint,
    ExampleSeen,
    JobBegan,
    JobState,
    Noted,
    PhaseBegan,
    StateChanged,
    TuningEvent,
    Usage,
    VerdictReached,
)
from bitspec_gui.domain.verdict import Verdict
from bitspec_gui.services.atomic_text import replacing

FloatArray = NDArray[np.float64]

MOST_EXAMPLES = 8
"""Compounds whose examples are kept, those of the latest run."""

MOST_NOTES = 200


class Curve(Enum):
    """A figure that is followed through a training; the value is the field of `CurvePoint`."""

    LOSS = "train_loss"
    TRAIN = "train_cosine"
    VAL = "val_cosine"
    PUBLIC = "public_cosine"


class TrainingCourse:
    """Takes the events of one job in their order, those of a journal from its start included. Not thread-safe.

    Attributes
    ----------
    began : JobBegan or None
        Where it runs, and why there.
    phase : PhaseBegan or None
        The part of the job that it is at.
    usage : Usage or None
        How far it is, and memory.
    latest : CurvePoint or None
        The point that came last.
    notes : list of str
        What was noted, the oldest first.
    examples : dict of str to ExampleSeen
        The newest example of each compound of the latest run that told any.
    said : str
        What was said with the last state.
    verdict : Verdict or None
        What the fine-tuning came to.
    version : int
        Rises with every event.
    """

    def __init__(self) -> None:
        self.began: JobBegan | None = None
        self.phase: PhaseBegan | None = None
        self.usage: Usage | None = None
        self.latest: CurvePoint | None = None
        self.notes: list[str] = []
        self.examples: dict[str, ExampleSeen] = {}
        self.state: JobState | None = None
        self.said = ""
        self.verdict: Verdict | None = None
        self.version = 0
        self._points: dict[int, list[CurvePoint]] = {}
        self._titles: dict[int, str] = {}

    @property
    def runs(self) -> tuple[int, ...]:
        """Trainings that told a point, in their order."""
        return tuple(sorted(self._points))

    @property
    def points(self) -> tuple[CurvePoint, ...]:
        """All points, run by run."""
        return tuple(point for run in self.runs for point in self._points[run])

    def title(self, run: int) -> str:
        """What a run is called, for example ``Part 2 of 5``; empty if it was not told."""
        return self._titles.get(run, "")

    def steps(self, run: int) -> int:
        """Steps that a run is to have, 0 for one that told nothing yet."""
        points = self._points.get(run)
        return points[-1].steps if points else 0

    def series(self, run: int, curve: Curve) -> tuple[FloatArray, FloatArray]:
        """Steps and values, (P,) each, of a curve of a run, where it was measured."""
        found = [(point.step, value) for point in self._points.get(run, ()) if (value := getattr(point, curve.value)) is not None]
        both = np.array(found, dtype=np.float64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def take(self, event: TuningEvent) -> None:
        """Know one event more."""
        self.version += 1
        if isinstance(event, CurvePoint):
            self._take_point(event)
        elif isinstance(event, ExampleSeen):
            self._take_example(event)
        elif isinstance(event, Usage):
            self.usage = event
        elif isinstance(event, PhaseBegan):
            self.phase = event
            if event.run is not None:
                self._titles[event.run] = event.title
        elif isinstance(event, Noted):
            self._note(event.text)
        elif isinstance(event, JobBegan):
            self.began = event
        elif isinstance(event, StateChanged):
            self.state, self.said = event.state, event.said
        elif isinstance(event, VerdictReached):
            self.verdict = event.verdict

    def _take_point(self, point: CurvePoint) -> None:
        """A job that goes on from a checkpoint does steps again: what it tells now holds."""
        points = self._points.setdefault(point.run, [])
        while points and points[-1].step >= point.step:
            points.pop()
        points.append(point)
        self.latest = point

    def _take_example(self, example: ExampleSeen) -> None:
        if any(each.run != example.run for each in self.examples.values()):
            self.examples.clear()
        if example.compound in self.examples or len(self.examples) < MOST_EXAMPLES:
            self.examples[example.compound] = example

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
            del self.notes[:-MOST_NOTES]


def write_curves(course: TrainingCourse, path: Path) -> int:
    """Write all points as CSV, one a row; returns how many.

    Raises
    ------
    ExportError
        If the file cannot be written. A file that was there before is then unchanged.
    """
    points = course.points
    with replacing(path) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(
            ("run", "part", "step", "steps", "train_loss", "learning_rate", "train_cosine", "val_cosine", "public_cosine")
        )
        for point in points:
            cosines = (point.train_cosine, point.val_cosine, point.public_cosine)
            writer.writerow(
                [point.run, course.title(point.run), point.step, point.steps]
                + [_figure(value) for value in (point.train_loss, point.learning_rate, *cosines)]
            )
    return len(points)


def _figure(value: float | None) -> str:
    """Six digits tell all that there is; empty where nothing was measured."""
    return "" if value is None else f"{value:.6g}"
