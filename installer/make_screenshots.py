"""Make the pictures of README.md: the real window, on a screen of its own, with a fresh data folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord

SIZE = "1440x900"
PHENYLALANINE_2_TMS = "C[Si](C)(C)NC(Cc1ccccc1)C(=O)O[Si](C)(C)C"
PICTURES = {
    "predict-light.png": ["--theme", "light"],
    "predict-dark.png": ["--theme", "dark"],
    "draw-light.png": ["--theme", "light", "--molecule", "cholesterol"],
    "identify-light.png": ["--theme", "light", "--tab", "identify"],
    "library-light.png": ["--theme", "light", "--tab", "library"],
    "explain-light.png": ["--theme", "light", "--tab", "explain", "--molecule", PHENYLALANINE_2_TMS],
    "train-light.png": ["--theme", "light", "--tab", "train"],
}
SELECTED = {"library-light.png": ("entry", 1), "explain-light.png": ("peak", 192), "train-light.png": ("verdict", 0)}
"""What is selected in a picture: the row of a library entry, the m/z of a peak, which two methods explain, or a verdict."""

LABORATORY_COMPOUNDS = 60
HEAVY_IONS_WEAKER = 1.5
"""The laboratory of the picture is simulated: spectra of the library that comes along, as an instrument would record them that
shows ions of m/z by (100 / (m/z)) to this power weaker."""


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
            if what == "verdict" and not _tune_on_simulated_laboratory(Path(data), environment):
                return 1
            arguments = ["--data-dir", data, "--size", SIZE, "--screenshot", str(target / name), *options]
            made = subprocess.run([*command, *program, *arguments], env=environment, check=False)
            if made.returncode != 0:
                print(f"{name} was not made (exit status {made.returncode}).", file=sys.stderr)
                return 1
            _compress(target / name)
            print(target / name)
    return 0


def _tune_on_simulated_laboratory(data: Path, environment: dict[str, str]) -> bool:
    """Have a version tuned on spectra of an instrument that does not exist, so that there is a verdict to show."""
    from bitspec_gui.bootstrap import build_services
    from bitspec_gui.config.paths import user_paths
    from bitspec_gui.domain.library import LibraryQuery
    from bitspec_gui.formats.msp import write_msp

    services = build_services(user_paths(data))
    entries, _count = services.libraries.entries(LibraryQuery(predicted=False, limit=LABORATORY_COMPOUNDS))
    services.libraries.close()
    spectra = data / "My instrument.msp"
    with spectra.open("w", encoding="utf-8") as stream:
        write_msp((_as_recorded(entry.record) for entry in entries), stream)
    command = [sys.executable, "-m", "bitspec_gui.cli", "finetune", "--data-dir", str(data), "--data", str(spectra)]
    return subprocess.run([*command, "--name", "My instrument"], env=environment, check=False).returncode == 0


def _as_recorded(record: SpectrumRecord) -> SpectrumRecord:
    spectrum = record.spectrum
    weaker = spectrum.intensity * (100.0 / spectrum.mz) ** HEAVY_IONS_WEAKER
    return replace(record, spectrum=Spectrum(spectrum.mz, weaker), accession=None, instrument="simulated")


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
    from bitspec_gui.ui.train_state import TrainPage
    from bitspec_gui.ui.views.content import LabelMode

    application = QApplication(["bitspec-gui"])
    timer = QTimer(application)

    def select() -> None:
        for window in application.topLevelWidgets():
            if not isinstance(window, MainWindow) or window.state.prediction is None or window.runner.jobs:
                continue
            if what == "verdict":
                if window.training.train.verdict is not None:
                    timer.stop()
                    window.training.look_at(TrainPage.VERDICT)
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
