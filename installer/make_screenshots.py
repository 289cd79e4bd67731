"""Make the pictures of README.md: the real window, on a screen of its own, with a fresh data folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SIZE = "1440x900"
PHENYLALANINE_2_TMS = "C[Si](C)(C)NC(Cc1ccccc1)C(=O)O[Si](C)(C)C"
PICTURES = {
    "predict-light.png": ["--theme", "light"],
    "predict-dark.png": ["--theme", "dark"],
    "draw-light.png": ["--theme", "light", "--molecule", "cholesterol"],
    "identify-light.png": ["--theme", "light", "--tab", "identify"],
    "library-light.png": ["--theme", "light", "--tab", "library"],
    "explain-light.png": ["--theme", "light", "--tab", "explain", "--molecule", PHENYLALANINE_2_TMS],
}
SELECTED = {"library-light.png": ("entry", 1), "explain-light.png": ("peak", 192)}
"""What is selected in a picture: the row of a library entry, or the m/z of a peak, which two methods explain."""


def main() -> int:
    """Write every picture into the folder named on the command line; 0 if all were made."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "resources/screenshots")
    environment = dict(os.environ)
    command = [sys.executable]
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        xvfb = shutil.which("xvfb-run")
        if xvfb:
            command = [xvfb, "--auto-servernum", "--server-args=-screen 0 1600x1000x24", *command]
        else:
            print("There is no display and no xvfb-run (apt-get install xvfb): drawing offscreen instead.", file=sys.stderr)
            environment["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as data:
        for name, options in PICTURES.items():
            what, number = SELECTED.get(name, ("", 0))
            program = [__file__, "--select", what, str(number)] if what else ["-m", "bitspec_gui"]
            arguments = ["--data-dir", data, "--size", SIZE, "--screenshot", str(target / name), *options]
            made = subprocess.run([*command, *program, *arguments], env=environment, check=False)
            if made.returncode != 0:
                print(f"{name} was not made (exit status {made.returncode}).", file=sys.stderr)
                return 1
            _compress(target / name)
            print(target / name)
    return 0


def _compress(picture: Path) -> None:
    """Write a picture anew with six bits a colour, which nobody sees, as small as PNG allows."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    smallest = 0
    plain = Qt.ImageConversionFlag.AvoidDither | Qt.ImageConversionFlag.ThresholdDither
    coarse = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB666, plain)
    coarse.convertToFormat(QImage.Format.Format_RGB888).save(str(picture), "PNG", smallest)


def open_window(what: str, number: int, arguments: list[str]) -> int:
    """Open the window as the program does, and select an entry or a peak as soon as nothing more is going on."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from bitspec_gui import app
    from bitspec_gui.ui.main_window import MainWindow
    from bitspec_gui.ui.views.content import LabelMode

    application = QApplication(["bitspec-gui"])
    timer = QTimer(application)

    def select() -> None:
        for window in application.topLevelWidgets():
            if not isinstance(window, MainWindow) or window.state.prediction is None or window.runner.jobs:
                continue
            timer.stop()
            if what == "entry":
                window.library.table.selectRow(number)
            else:
                window.state.set_label_mode(LabelMode.FORMULA)
                window.explain_state.set_comparing(True)
                window.explaining.select_peak(number)

    timer.timeout.connect(select)
    timer.start(50)
    return app.main(arguments)


if __name__ == "__main__":
    sys.exit(open_window(sys.argv[2], int(sys.argv[3]), sys.argv[4:]) if sys.argv[1:2] == ["--select"] else main())
