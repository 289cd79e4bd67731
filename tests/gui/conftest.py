from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import gc
import shutil
import time
from dataclasses import replace

import pytest
from explain_tab import Tab
from made_explanations import SMILES
from PySide6.QtCore import QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from sketch_driver import hands_on_a_canvas
from window_driver import NICOTINAMIDE_KEY, PlainLookup, PlainPredictor, measured, wait_until_quiet

from bitspec_gui.bootstrap import build_services, compound_names
from bitspec_gui.config.paths import user_paths
from bitspec_gui.services.compound_names import CompoundNames
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.library_editing import LibraryEditor
from bitspec_gui.services.library_names import LibraryNames
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.why_not import WhyNotService
from bitspec_gui.storage.library_store import open_library_store
from bitspec_gui.ui.main_window import MainWindow
from bitspec_gui.ui.sketcher.panel import SketcherPanel
from bitspec_gui.workers.runner import Runner


def _alive(*kinds):
    """Objects of these kinds that were made since the test began."""
    return [thing for thing in gc.get_objects() if issubclass(type(thing), kinds)]


@pytest.fixture(autouse=True)
def nothing_left_running(request):
    """Fails any test that leaves a QThread running or a QTimer ticking. As in the program, no collection starts in a lane."""
    gc.disable()
    # What is there already is no longer walked through: torch and RDKit bring a million objects along.
    gc.freeze()
    yield
    gc.enable()
    app = QApplication.instance()
    if app is None:
        return
    deadline = time.monotonic() + 2
    while True:
        gc.collect()
        app.processEvents()
        alive = _alive(QThread, QTimer)
        threads = [t for t in alive if isinstance(t, QThread) and _running(t)]
        timers = [t for t in alive if isinstance(t, QTimer) and _ticking(t)]
        if not (threads or timers) or time.monotonic() > deadline:
            break
        time.sleep(0.01)
    assert not threads, f"QThreads still running: {[t.objectName() for t in threads]}"
    assert not timers, f"QTimers still ticking: {[(t.objectName(), t.parent()) for t in timers]}"


def _running(thread) -> bool:
    try:
        return thread.isRunning() and thread is not QThread.currentThread() and bool(thread.objectName())
    except RuntimeError:
        return False


def _ticking(timer) -> bool:
    try:
        return timer.isActive()
    except RuntimeError:
        return False


@pytest.fixture(autouse=True)
def nothing_left_on_the_clipboard():
    """Qt's offscreen clipboard outlives Python: what a test has put there would be destroyed too late, which crashes at exit."""
    yield
    if isinstance(QApplication.instance(), QApplication):
        QApplication.clipboard().clear()


@pytest.fixture
def runner(qapp):
    lanes = Runner()
    yield lanes
    assert lanes.shutdown(timeout_s=5)


@pytest.fixture
def hands(qtbot):
    """Hands on an empty canvas."""
    return hands_on_a_canvas(qtbot)


@pytest.fixture
def ethane(hands):
    """Hands on a canvas with ethane on it."""
    hands.click((0, 0))
    return hands


@pytest.fixture
def sketcher(qtbot, runner):
    """The sketcher with its rows of buttons, in a window of its own."""
    shown = SketcherPanel(runner)
    qtbot.addWidget(shown)
    shown.resize(640, 560)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.stop()


@pytest.fixture
def predictor():
    return PlainPredictor()


@pytest.fixture
def services(tmp_path, predictor):
    paths = user_paths(tmp_path / "user")
    libraries = LibraryService(lambda: open_library_store(paths.database))
    names = CompoundNames(compound_names(), LibraryNames(libraries).find)
    prediction, lookup = PredictionService(lambda: predictor, names.resolve), PlainLookup(libraries)
    yield replace(
        build_services(paths),
        prediction=prediction,
        libraries=libraries,
        lookup=lookup,
        why_not=WhyNotService(prediction, lookup, libraries),
        editing=LibraryEditor(libraries.store),
        names=names,
    )
    libraries.close()


@pytest.fixture
def nicotinamide_library(services):
    """Two measured spectra of nicotinamide and one of benzene, in a library."""
    store = open_library_store(services.paths.database)
    library = store.open_library("Vitamins", licence="CC0", source="made for tests")
    peaks = [(39, 80), (51, 300), (78, 700), (94, 610), (106, 400), (121, 90), (122, 999)]
    store.add(
        library,
        [
            measured("Nicotinamide", NICOTINAMIDE_KEY, peaks, accession="V-1", formula="C6H6N2O", nominal_mass=122,
                     smiles="NC(=O)c1cccnc1", instrument="GC-EI-Q", energy_ev=70.0, cas="98-92-0", licence="CC0"),
            measured("Nicotinamide", NICOTINAMIDE_KEY, [(78, 999), (106, 500), (122, 600)], accession="V-2", formula="C6H6N2O",
                     nominal_mass=122, smiles="NC(=O)c1cccnc1", instrument="GC-EI-TOF", energy_ev=70.0),
            measured("Benzene", "UHOVQNZJYSORNB-UHFFFAOYSA-N", [(39, 120), (51, 200), (77, 250), (78, 999)], accession="B-1",
                     formula="C6H6", nominal_mass=78, smiles="c1ccccc1"),
        ],
    )  # fmt: skip
    store.close()
    return "Vitamins"


@pytest.fixture
def make_window(qtbot, qapp, services):
    windows = []

    def make(theme="light"):
        window = MainWindow(services, theme=theme)
        windows.append(window)
        window.show()
        return window

    yield make
    for window in windows:
        for box in window.findChildren(QDialog):
            box.close()
        window.close()
        assert window.shut_down(timeout_s=8)
        window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.processEvents()


@pytest.fixture
def window(qtbot, make_window):
    """A window that has started and shows the example."""
    shown = make_window()
    shown.start()
    wait_until_quiet(qtbot, shown)
    return shown


@pytest.fixture
def library_window(qtbot, make_window, services, library_database):
    """A window that shows the Library tab on a copy of the database that a test module made, and does nothing else."""
    services.paths.database.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(library_database, services.paths.database)
    shown = make_window()
    shown.tabs.setCurrentWidget(shown.library)
    shown.library_flow.refresh()
    wait_until_quiet(qtbot, shown)
    return shown


@pytest.fixture(scope="module")
def butylbenzene():
    from bitspec_gui.chem.parse import molecule_from_text

    return replace(molecule_from_text(SMILES), name="Butylbenzene")


@pytest.fixture
def hidden_tab(qtbot, runner, butylbenzene):
    made = Tab(qtbot, runner, butylbenzene)
    yield made
    made.model.gate.set()
    made.panel.hide()
    made.explaining.stop()
    made.quiet()


@pytest.fixture
def tab(hidden_tab):
    """The tab on show with a prediction and the measured spectrum below it."""
    return hidden_tab.show().predict(with_measured=True)
