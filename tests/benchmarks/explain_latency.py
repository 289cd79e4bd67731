"""How long after a click on a peak its heat map is on show, and how the window ticks meanwhile, with the real model.

    python -m tests.benchmarks.explain_latency [--peaks 20] [--size 1400x880]

Each peak is clicked with the mouse, once, so that no map is kept from before. Measured is the time from the release of the button
until the map has been painted with the scores of that peak: by the predictor's fragments, and by GNNExplainer with the pause that
the window makes before it begins anything slow. A tick is the time between two turns of the window's loop, beyond what its timer
asks for: while one lasts the window answers nobody.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from bitspec_gui.app import SWITCH_INTERVAL_S
from bitspec_gui.bootstrap import build_services
from bitspec_gui.config.paths import user_paths
from bitspec_gui.ui.explain_state import Choice
from bitspec_gui.ui.main_window import MainWindow
from bitspec_gui.ui.state import Phase
from bitspec_gui.workers.garbage import GarbageTimer
from tests.benchmarks.live_prediction import PaintWatch, wait_until

MOLECULES = {
    "butylbenzene": "CCCCc1ccccc1",
    "caffeine": "CN1C=NC2=C1C(=O)N(C)C(=O)N2C",
    "codeine acetate": "CC(=O)OC1C=CC2C3Cc4ccc(OC)c5OC1C2(CCN3C)c45",
    "cholesterol": "CC(C)CCCC(C)C1CCC2C1(CCC3C2CC=C4C3(CCC(C4)O)C)C",
    "cholesterol TMS": "CC(C)CCCC(C)C1CCC2C1(CCC3C2CC=C4C3(CCC(C4)O[Si](C)(C)C)C)C",
}
"""10 to 32 heavy atoms."""

TICK_MS = 4
SLOW = "gnnexplainer"
SLOW_PEAKS = 3
"""Of each molecule, by GNNExplainer."""


class Ticks:
    """Remembers how late each tick of the window's loop came."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._before = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Forget what was, and begin."""
        self.late_ms, self._before = [], time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """End."""
        self._tick()
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, 1000 * (now - self._before) - TICK_MS))
        self._before = now


def click_peak(window: MainWindow, mz: int) -> float:
    """Click a predicted peak a little above the axis; returns when the button was released."""
    view = window.explain.view
    port = view.plot.viewport()
    at = view.plot.mapFromScene(view._box.mapViewToScene(QPointF(mz, 0.5)))
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    kinds = ((QEvent.Type.MouseMove, none, none), (QEvent.Type.MouseButtonPress, left, left))
    for kind, button, buttons in (*kinds, (QEvent.Type.MouseButtonRelease, left, none)):
        released = time.perf_counter()
        event = QMouseEvent(kind, QPointF(at), port.mapToGlobal(at), button, buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(port, event)
    return released


def peaks_of(window: MainWindow, most: int) -> list[int]:
    """The largest predicted peaks that stand apart, so that a click meets them and no other."""
    spectrum = window.explain_state.subject.prediction.spectrum
    chosen: list[int] = []
    for place in np.argsort(-spectrum.intensity, kind="stable"):
        mz = int(spectrum.mz[place] + 0.5)
        if mz != window.explain_state.mz and all(abs(mz - other) > 2 for other in chosen):
            chosen.append(mz)
        if len(chosen) == most:
            break
    return chosen


def quiet(window: MainWindow) -> None:
    """Wait until nothing is going on, what was measured of the map included."""
    wait_until(lambda: not window.runner.jobs and not window.explain_state.busy, 120)
    wait_until(lambda: window.explain_state.sides[0].faithfulness is not None or bool(window.explain_state.sides[0].doubt), 120)


def measure(window: MainWindow, method: str, peaks: list[int], ticks: Ticks) -> tuple[list[float], list[float]]:
    """Milliseconds from each click to the painted map, and how late the window's ticks were meanwhile."""
    state, view = window.explain_state, window.explain.maps[0].view
    paper = PaintWatch(view.viewport())
    map_ms, late_ms = [], []
    state.choose(0, Choice(method))
    quiet(window)
    shown = [0.0]
    state.side_changed.connect(lambda side: shown.__setitem__(0, time.perf_counter()) if side == 0 else None)
    for mz in peaks:
        ticks.start()
        clicked = click_peak(window, mz)
        if state.mz != mz:
            ticks.stop()
            continue
        wait_until(
            lambda mz=mz: (
                view.content.explanation is not None
                and view.content.explanation.request.mz == mz
                and not state.sides[0].busy
                and paper.painted_at > shown[0]
            )
        )
        map_ms.append(1000 * (paper.painted_at - clicked))
        quiet(window)
        ticks.stop()
        late_ms += ticks.late_ms
    return map_ms, late_ms


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peaks", type=int, default=20)
    parser.add_argument("--size", default="1400x880")
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(build_services(user_paths(Path(folder) / "user")), theme="light")
        garbage = GarbageTimer()
        window.state.model_changed.connect(garbage.set_aside_what_is_there)
        window.resize(*(int(side) for side in options.size.split("x")))
        window.show()
        window.start()
        wait_until(lambda: window.state.phase is Phase.SHOWN and not window.runner.jobs, 300)
        ticks = Ticks()
        heads = f"{'map: median':>11} {'p95':>6} {'max':>6}   {'tick: p99':>9} {'max':>6}  (ms)"
        print(f"{'molecule':16} {'method':13} peaks {heads}")
        for name, smiles in MOLECULES.items():
            window.predict_text(smiles)
            wait_until(lambda: window.state.phase is Phase.SHOWN and not window.state.stale and not window.runner.jobs)
            window.tabs.setCurrentWidget(window.explain)
            quiet(window)
            for method, most in (("fragments", options.peaks), (SLOW, SLOW_PEAKS)):
                found, late = measure(window, method, peaks_of(window, most), ticks)
                numbers = (np.median(found), np.percentile(found, 95), max(found), np.percentile(late, 99), max(late))
                print(f"{name:16} {method:13} {len(found):5} " + "{:11.0f} {:6.0f} {:6.0f}   {:9.1f} {:6.1f}".format(*numbers))
        garbage.stop()
        window.close()
        window.shut_down()
    app.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
