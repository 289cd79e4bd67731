"""How long after a stroke the new spectrum is on show, in the real window with the real model.

    python -m tests.benchmarks.live_prediction [--strokes 40] [--batch]

Each stroke is a click of the mouse on an atom of the drawing (a bond sprouts) or its undoing. Measured is the time from the
release of the button until the plot has been painted with the new prediction, and how long the drawing itself took to be painted.
With ``--batch`` a collection of molecules is predicted meanwhile.
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
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from bitspec_gui.bootstrap import build_services
from bitspec_gui.config.paths import user_paths
from bitspec_gui.ui.main_window import MainWindow
from bitspec_gui.ui.state import Phase

MOLECULES = {
    "caffeine": "CN1C=NC2=C1C(=O)N(C)C(=O)N2C",
    "cholesterol": "CC(C)CCCC(C)C1CCC2C1(CCC3C2CC=C4C3(CCC(C4)O)C)C",
    "isobutyl octadecanoate": "CCCCCCCCCCCCCCCCCC(=O)OCC(C)C",
    "nifedipine": "CC1=C(C(C(=C(N1)C)C(=O)OC)c2ccccc2[N+](=O)[O-])C(=O)OC",
    "codeine acetate": "CC(=O)OC1C=CC2C3Cc4ccc(OC)c5OC1C2(CCN3C)c45",
}
"""14 to 28 heavy atoms."""


class PaintWatch(QObject):
    """Remembers when a widget was last painted."""

    def __init__(self, widget: QObject) -> None:
        super().__init__()
        self.painted_at = 0.0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note the time of each paint."""
        if event.type() == QEvent.Type.Paint:
            self.painted_at = time.perf_counter()
        return False


def wait_until(condition, timeout_s: float = 60.0) -> None:
    """Let the window live until something is so: its event loop waits as it does in the program, and is asked now and then."""
    end = time.perf_counter() + timeout_s
    loop, timer = QEventLoop(), QTimer()
    timer.setInterval(2)
    timer.timeout.connect(lambda: loop.quit() if condition() or time.perf_counter() > end else None)
    timer.start()
    loop.exec()
    timer.stop()
    if not condition():
        raise TimeoutError("The window did not get there in time.")


def click(window: MainWindow, atom: int) -> float:
    """Click on an atom of the drawing; returns when the button was released."""
    canvas = window.predict.sketcher.canvas
    drawn = canvas.editor.sketch.atoms[atom]
    port, at = canvas.viewport(), canvas.view_point(drawn.x, drawn.y)
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    kinds = ((QEvent.Type.MouseMove, none, none), (QEvent.Type.MouseButtonPress, left, left))
    for kind, button, buttons in (*kinds, (QEvent.Type.MouseButtonRelease, left, none)):
        released = time.perf_counter()
        event = QMouseEvent(kind, QPointF(at), port.mapToGlobal(at), button, buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(port, event)
    return released


def measure(window: MainWindow, smiles: str, strokes: int) -> tuple[list[float], list[float]]:
    """Milliseconds until the spectrum and until the drawing were painted, of each stroke."""
    state, sketcher = window.state, window.predict.sketcher
    window.predict_text(smiles)
    wait_until(lambda: state.phase is Phase.SHOWN and state.molecule is not None and not window.runner.jobs)
    shown_at = [0.0]
    state.prediction_changed.connect(lambda: shown_at.__setitem__(0, time.perf_counter()))
    plot, paper = PaintWatch(window.predict.view.plot.viewport()), PaintWatch(sketcher.canvas.viewport())
    spectrum_ms, drawing_ms = [], []
    for stroke in range(strokes):
        atoms = [
            a for a in sketcher.sketch.atoms if len(sketcher.sketch.bonds_of[a]) == 1 and sketcher.sketch.atoms[a].symbol == "C"
        ]
        if stroke % 2:
            started = time.perf_counter()
            sketcher.editor.undo_stack.undo()
        else:
            started = click(window, atoms[stroke % len(atoms)])
        wait_until(lambda started=started: paper.painted_at > started)
        drawing_ms.append(1000 * (paper.painted_at - started))
        wait_until(lambda started=started: plot.painted_at > shown_at[0] > started)
        spectrum_ms.append(1000 * (plot.painted_at - started))
        wait_until(lambda: not [job for job in window.runner.jobs if not job.visible])
    return spectrum_ms, drawing_ms


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strokes", type=int, default=40)
    parser.add_argument("--batch", action="store_true")
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(build_services(user_paths(Path(folder) / "user")), theme="light")
        window.resize(1500, 920)
        window.show()
        window.start()
        wait_until(lambda: window.state.phase is Phase.SHOWN and not window.runner.jobs, 300)
        if options.batch:
            collection = Path(folder) / "collection.smi"
            collection.write_text(
                "".join(f"C{'C' * (n % 12)}C(=O)N{'C' * (n % 9)}c1ccc({'C' * (n % 7)}O)cc1\n" for n in range(5000))
            )
            window.batch.open([collection])
            wait_until(lambda: bool(window.runner.jobs))
        print(f"{'molecule':24} {'spectrum: median':>17} {'p95':>6} {'max':>6}   {'drawing: median':>16} {'p95':>6}  (ms)")
        for name, smiles in MOLECULES.items():
            spectrum, drawing = measure(window, smiles, options.strokes)
            numbers = (
                np.median(spectrum),
                np.percentile(spectrum, 95),
                max(spectrum),
                np.median(drawing),
                np.percentile(drawing, 95),
            )
            print("{:24} {:17.0f} {:6.0f} {:6.0f}   {:16.1f} {:6.1f}".format(name, *numbers))
        window.close()
        window.shut_down()
    app.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
