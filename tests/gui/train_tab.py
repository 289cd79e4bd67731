"""The *Train* tab in a window of its own, with the hands on it, on a real database and with a small predictor."""

from __future__ import annotations

from contextlib import contextmanager

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from bitspec_gui.domain.model_registry import SUPPLIED, RegisteredVersion
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.services.tuning_data import TuningDataService
from bitspec_gui.services.tuning_jobs import TuningJobs
from bitspec_gui.services.tuning_plan import TuningPlanner
from bitspec_gui.storage.training.store import open_training_store
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.panels.train import NAMES, TrainPanel
from bitspec_gui.ui.panels.train_plan import TrainPlanPage
from bitspec_gui.ui.panels.train_spectra import TrainSpectraPage
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.dataset_spectra import COLUMNS
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.train_planning import TrainPlanning
from bitspec_gui.ui.train_prediction import TrainPrediction
from bitspec_gui.ui.train_state import TrainPage, TrainState
from bitspec_gui.ui.training_asking import TrainingAsking
from bitspec_gui.ui.training_data import TrainingData

LEFT = Qt.MouseButton.LeftButton

ALCOHOLS = {
    "methanol": ("CO", 32), "ethanol": ("CCO", 46), "1-propanol": ("CCCO", 60), "1-butanol": ("CCCCO", 74),
    "1-pentanol": ("CCCCCO", 88), "1-hexanol": ("CCCCCCO", 102), "1-heptanol": ("CCCCCCCO", 116),
    "1-octanol": ("CCCCCCCCO", 130), "1-nonanol": ("CCCCCCCCCO", 144), "1-decanol": ("CCCCCCCCCCO", 158),
    "benzyl alcohol": ("OCc1ccccc1", 108), "phenol": ("Oc1ccccc1", 94),
}  # fmt: skip


def msp_record(name, smiles, mass, *, line="", shift=0):
    """A spectrum as an instrument could have measured it: M, losses of 1 and 18, and small ions."""
    peaks = {mass: 300 + shift, mass - 1: 120, mass - 18: 640, 31: 999, 29: 410, 27: 90 + shift}
    lines = [f"Name: {name}", *([f"SMILES: {smiles}"] if smiles else []), *([line] if line else [])]
    lines += ["Instrument: GC-MS of the second floor", "Ionization_energy: 70 eV", f"Num Peaks: {len(peaks)}"]
    return "\n".join([*lines, *(f"{mz} {height}" for mz, height in sorted(peaks.items()))]) + "\n\n"


def laboratory_file(folder, *, compounds=12, without=()):
    """An MSP file of alcohols; those in `without` bear no structure, and `methanol` is there twice with the same peaks."""
    path = folder / "alcohols.msp"
    some = list(ALCOHOLS.items())[:compounds]
    text = "".join(msp_record(name, "" if name in without else smiles, mass) for name, (smiles, mass) in some)
    path.write_text(text + msp_record("methanol", "CO", 32), encoding="utf-8")
    return path


class TrainTab:
    """The tab in a window of its own."""

    def __init__(self, qtbot, runner, services, folder, *, core=lambda: None):
        self.qtbot, self.runner, self.services, self.folder = qtbot, runner, services, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.store = open_training_store(folder / "training.sqlite")
        self.service = TuningDataService(
            lambda: self.store, folder, libraries=services.libraries.store, find_name=services.names.find
        )
        self.base_file = folder / "base.json"
        self.base_file.write_text("{}", encoding="utf-8")
        base = ModelVersion("test-model", "0123456789abcdef" * 4, "CC BY 4.0")
        self.versions = (RegisteredVersion(SUPPLIED, base, self.base_file, active=True, size_bytes=15_000_000),)
        self.jobs = TuningJobs(lambda: self.store, folder, services.libraries, lambda _sha: self.base_file, core)
        self.window, self.state = WindowState(), TrainState()
        self.thumbnails = Thumbnails(services.prediction, runner)
        self.drawings = Drawings(services.prediction, runner)
        self.data = TrainingData(self.service, runner, self.state)
        self.predictions = TrainPrediction(services.prediction, runner, self.window)
        self.planning = TrainPlanning(TuningPlanner(self.service, services.prediction), self.jobs, runner, self.state)
        self.panel = TrainPanel(self.window, self.state)
        self.spectra = TrainSpectraPage(
            self.window, self.state, self.data, self.predictions, self.thumbnails, self.drawings, self.panel
        )
        self.asking = TrainingAsking(
            self.spectra, self.window, self.state, self.data, services.libraries, self.drawings, self.thumbnails, lambda: ""
        )
        self.plan = TrainPlanPage(self.window, self.state, self.planning, self.panel)
        self.panel.put(TrainPage.SPECTRA, self.spectra)
        self.panel.put(TrainPage.PLAN, self.plan)
        self.panel.put(TrainPage.TRAINING, QWidget(self.panel))
        self.panel.files_dropped.connect(self.data.add_files)
        self.told: list[str] = []
        self.failed: list[Exception] = []
        for each in (self.data, self.asking, self.spectra, self.planning):
            each.told.connect(self.told.append)
        for each in (self.data, self.planning):
            each.failed.connect(self.failed.append)
        for pause in self.pauses:
            pause.setInterval(0)
        self.panel.resize(1100, 720)
        with qtbot.waitExposed(self.panel):
            self.panel.show()
        self.panel.activateWindow()
        self.state.set_versions(self.versions)
        self.data.refresh()
        self.quiet()

    def quiet(self):
        self.qtbot.waitUntil(lambda: not (self.runner.jobs or any(each.isActive() for each in self.pauses)), timeout=20_000)
        QApplication.processEvents()
        return self

    @property
    def pauses(self):
        return self.data._group_soon, self.spectra._looked, self.spectra.kinds._typed

    def add(self, *paths):
        """Files are read; the report is closed if one opens."""
        self.data.add_files(list(paths))
        self.quiet()
        for dialog in self.dialogs():
            dialog.close()
        return self

    def dialogs(self):
        return [each for each in self.panel.findChildren(QDialog) if each.isVisible()]

    def dialog(self, name):
        self.qtbot.waitUntil(lambda: any(each.objectName() == name for each in self.dialogs()), timeout=5_000)
        return next(each for each in self.dialogs() if each.objectName() == name)

    def named(self, name, within=None):
        found = (within or self.panel).findChild(QWidget, name)
        assert found is not None, name
        return found

    def click(self, name, within=None):
        self.qtbot.mouseClick(self.named(name, within), LEFT)
        QApplication.processEvents()

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier, widget=None):
        target = widget or self.table
        self.panel.activateWindow()
        target.setFocus()
        self.qtbot.waitUntil(target.hasFocus, timeout=5_000)
        self.qtbot.keyClick(target, key, modifier)
        QApplication.processEvents()

    def page(self, page):
        self.click(f"trainStep{NAMES[page]}")
        return self.quiet()

    @property
    def table(self):
        return self.spectra.table

    @property
    def model(self):
        return self.spectra.model

    @property
    def names(self):
        return [each.record.name for each in self.model.spectra_at(range(self.model.rowCount()))]

    def text(self, row, column):
        return self.model.index(row, COLUMNS.index(column)).data()

    def row_of(self, name):
        return self.names.index(name)

    def click_row(self, row, column="name", modifier=Qt.KeyboardModifier.NoModifier):
        place = self.table.visualRect(self.model.index(row, COLUMNS.index(column)))
        self.qtbot.mouseClick(self.table.viewport(), LEFT, modifier, place.center())
        self.quiet()

    def spectrum(self, name):
        return next(each for each in self.state.spectra if each.record.name == name)

    def end(self):
        for dialog in self.dialogs():
            dialog.close()
        self.panel.hide()
        for part in (self.data, self.spectra, self.planning, self.thumbnails):
            part.stop()
        self.quiet()
        self.store.close()
        self.panel.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@contextmanager
def open_train_tab(*args, **kwargs):
    """The tab, closed in the end."""
    made = TrainTab(*args, **kwargs)
    try:
        yield made
    finally:
        made.end()
