"""Composition root of the window: arguments, display, QApplication, services, window, and a clean end."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui import __version__
from bitspec_gui.config.logs import start_logging
from bitspec_gui.config.paths import user_paths

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from bitspec_gui.ui.main_window import MainWindow

SCREENSHOT_WAIT_S = 120.0
SETTLED_MS = 500

SWITCH_INTERVAL_S = 0.001
"""How long a busy lane keeps Python to itself while the window waits for it. A table asks Python a thousand things as it is
painted: with Python's usual 5 ms for each, scrolling stood still for seconds beside a lane that reads structures (measured)."""

_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libXrender.so.1": "libxrender1",
    "libXext.so.6": "libxext6",
    "libexpat.so.1": "libexpat1",
}
"""Debian packages of the system libraries that Qt and RDKit need."""

_XCB_PACKAGES = "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0"

_log = logging.getLogger(__name__)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Options of the window."""
    parser = argparse.ArgumentParser(prog="bitspec-gui", description="Predicted and measured EI mass spectra, side by side.")
    parser.add_argument("--version", action="version", version=f"BitSpec {__version__}")
    parser.add_argument("--data-dir", type=Path, help="keep libraries, settings and logs in this folder")
    parser.add_argument("--theme", choices=("system", "light", "dark"), help="theme of this run")
    parser.add_argument("--molecule", help="SMILES, InChI, name or CAS number to begin with")
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="save a picture of the window with its spectra, then quit"
    )
    tabs = ("predict", "batch", "identify", "explain", "train", "library")
    parser.add_argument("--tab", choices=tabs, default="predict", help="tab to begin with")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window in pixels")
    return parser.parse_args(arguments)


def _size(text: str) -> tuple[int, int]:
    """Width and height of ``1280x800``; raises ValueError, which argparse turns into a sentence."""
    width, _, height = text.partition("x")
    return int(width), int(height)


def missing_display(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """A sentence if there is no display to open a window on, else nothing."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return ""
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "BitSpec cannot open its window: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
        "Start it from a desktop session, or use the command `bitspec`, which needs no display."
    )


def missing_library(error: ImportError) -> str:
    """What to install when Qt cannot be loaded."""
    library = next((name for name in _PACKAGES if name in str(error)), None)
    if library is None:
        return f"BitSpec cannot open its window, because a library could not be loaded: {error}"
    return (
        f"BitSpec cannot open its window: the system library {library} is missing.\n"
        f"On Debian or Ubuntu install it with: sudo apt install {_PACKAGES[library]}"
    )


def missing_xcb(platform: str = sys.platform) -> str:
    """What to install when Qt's X11 plugin would not load, which otherwise aborts the process; else nothing."""
    if not platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM", "xcb") != "xcb" or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    import ctypes

    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError:
        return (
            "BitSpec cannot open its window: the system library libxcb-cursor.so.0 is missing.\n"
            f"On Debian or Ubuntu install it with: sudo apt install {_XCB_PACKAGES}"
        )
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and run until it is closed.

    Returns
    -------
    int
        0, or 1 if no window could be opened or the screenshot could not be made.
    """
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    fault = missing_display(os.environ) or missing_xcb()
    if fault:
        print(fault, file=sys.stderr)
        return 1
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        print(missing_library(error), file=sys.stderr)
        return 1
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["bitspec-gui"])
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app.setApplicationName("BitSpec")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("bitspec")
    return _run(app, options)


def _run(app: QApplication, options: argparse.Namespace) -> int:
    from PySide6.QtCore import QTimer

    from bitspec_gui.bootstrap import build_services
    from bitspec_gui.ui.main_window import MainWindow
    from bitspec_gui.workers.garbage import GarbageTimer

    paths = user_paths(options.data_dir)
    log_file = start_logging(paths.logs)
    _log.info("BitSpec %s starts", __version__)
    window = MainWindow(build_services(paths), log_file=log_file, theme=options.theme)
    window.failures.install()
    garbage = GarbageTimer()
    for loaded in (
        window.state.model_changed,
        window.training.train.spectra_changed,
        window.training.train.verdict_changed,
    ):
        loaded.connect(garbage.set_aside_what_is_there)
    if options.size:
        window.resize(*options.size)
    window.show()
    QTimer.singleShot(0, lambda: _begin(window, options))
    status = app.exec()
    garbage.stop()
    window.failures.uninstall()
    ended = window.shut_down()
    _log.info("BitSpec ends")
    logging.shutdown()
    if not ended:
        # A lane is deep in code that cannot be interrupted (loading torch): nothing is left to save, so leave at once.
        os._exit(status)
    return status


def _begin(window: MainWindow, options: argparse.Namespace) -> None:
    window.start(options.molecule)
    tabs = {
        "batch": window.batch, "identify": window.identify, "explain": window.explain, "train": window.training.panel,
        "library": window.library,
    }  # fmt: skip
    window.tabs.setCurrentWidget(tabs.get(options.tab, window.predict))
    if options.screenshot is not None:
        _picture_when_settled(window, options.screenshot)


def _picture_when_settled(window: MainWindow, path: Path) -> None:
    """Save a picture once nothing has been going on for a moment, then quit: 0, or 1 if there is no spectrum to see."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    began = time.monotonic()
    quiet_since = [began]
    timer = QTimer(window)

    def look() -> None:
        now = time.monotonic()
        if window.runner.jobs:
            quiet_since[0] = now
        late = now - began > SCREENSHOT_WAIT_S
        if not late and now - quiet_since[0] < SETTLED_MS / 1000:
            return
        timer.stop()
        if window.tabs.currentWidget() is window.library and window.library.model.rowCount() and window.state.entry is None:
            window.library.table.selectRow(0)
            quiet_since[0] = now
            timer.start(50)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        saved = window.grab().save(str(path))
        QApplication.exit(0 if saved and window.state.prediction is not None else 1)

    timer.timeout.connect(look)
    timer.start(50)
