"""The *Train* tab: its steps as a row of buttons, and a page for each of them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from bitspec_gui.domain.tuning_jobs import JobState
from bitspec_gui.ui.panels.molecule_input import local_paths
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.train_state import TrainPage, TrainState

NAMES = {
    TrainPage.SPECTRA: "Spectra", TrainPage.PLAN: "Plan", TrainPage.TRAINING: "Training", TrainPage.VERDICT: "Verdict",
    TrainPage.MODELS: "Models",
}  # fmt: skip
"""Names of the pages in object names."""


class TrainPanel(QWidget):
    """Steps above, the page of the one that is looked at below; ``files_dropped`` carries paths dropped anywhere on the tab."""

    files_dropped = Signal(list)
    came_into_view = Signal()

    def __init__(self, window: WindowState, train: TrainState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainPanel")
        self.setAcceptDrops(True)
        self._window, self._train = window, train
        self.notice = Notice("trainNotice", "danger", self)
        self.pages = QStackedWidget(self)
        self.pages.setObjectName("trainPages")
        self._placed: dict[TrainPage, QWidget] = {}
        self._short = False
        self.steps = {page: self._step(page) for page in TrainPage}
        self._drop_frame = QFrame(self)
        self._drop_frame.setProperty("role", "drop")
        self._drop_frame.setProperty("over", "true")
        self._drop_frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._drop_frame.hide()
        self._arrange()
        for signal in (
            train.datasets_changed, train.dataset_changed, train.spectra_changed, train.plan_changed, train.settings_changed,
            train.jobs_changed, train.job_changed, train.verdict_changed, train.versions_changed,
        ):  # fmt: skip
            signal.connect(self._mark_steps)
        train.page_changed.connect(self._show_page)
        self._mark_steps()
        self._show_page()

    def put(self, page: TrainPage, widget: QWidget) -> None:
        """Give a page its widget."""
        self._placed[page] = widget
        self.pages.addWidget(widget)
        self._show_page()

    def minimumSizeHint(self) -> QSize:
        """Room for the steps and for the page on show."""
        shown = self._placed.get(self._train.page)
        below = shown.minimumSizeHint().expandedTo(shown.minimumSize()) if shown is not None else QSize(0, 0)
        return QSize(max(330, below.width() + 24), below.height() + self._row.sizeHint().height() + 32)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the frame that says that files can be dropped around all of it."""
        super().resizeEvent(event)
        self._drop_frame.setGeometry(self.rect().adjusted(3, 3, -3, -3))
        self._shorten()

    def showEvent(self, event: QShowEvent) -> None:
        """The tab was opened."""
        super().showEvent(event)
        self._shorten()
        self.came_into_view.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files can be dropped anywhere."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()
            self._drop_frame.raise_()
            self._drop_frame.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They were carried elsewhere."""
        super().dragLeaveEvent(event)
        self._drop_frame.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on the files."""
        self._drop_frame.hide()
        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def _step(self, page: TrainPage) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"trainStep{NAMES[page]}")
        button.setCheckable(True)
        button.setProperty("role", "step")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda _checked=False: self._train.show_page(page))
        key = QShortcut(QKeySequence(f"Alt+{page.value + 1}"), self, context=Qt.ShortcutContext.WindowShortcut)
        key.activated.connect(lambda: self._train.show_page(page))
        return button

    def _arrange(self) -> None:
        group = QButtonGroup(self)
        self._row = QWidget(self)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for page, button in self.steps.items():
            if page is TrainPage.MODELS:
                row.addStretch(1)
            group.addButton(button)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self._row)
        layout.addWidget(self.notice)
        layout.addWidget(self.pages, 1)

    def _words(self, page: TrainPage) -> tuple[str, str, str]:
        """Title of a step, its title where there is little room, and what is done there."""
        return {
            TrainPage.SPECTRA: (
                self.tr("Spectra"),
                "",
                self.tr("Your own spectra with their structures, and which of them count"),
            ),
            TrainPage.PLAN: (self.tr("Plan"), "", self.tr("What BitSpec proposes for your spectra, why, and how long it takes")),
            TrainPage.TRAINING: (self.tr("Training"), "", self.tr("How far it is, pause, cancel, and earlier trainings")),
            TrainPage.VERDICT: (self.tr("Verdict"), "", self.tr("Whether it helped, on compounds that were held out")),
            TrainPage.MODELS: (self.tr("Models"), "", self.tr("All versions of the model: use, compare, roll back, hand on")),
        }[page]

    def _mark_steps(self) -> None:
        done, running = self._train.done, self._train.running
        for page, button in self.steps.items():
            title, _, tip = self._words(page)
            numbered = page is not TrainPage.MODELS and not self._short
            number = ("✓ " if page in done else f"{page.value + 1}  ") if numbered else ""
            busy = page is TrainPage.TRAINING and running is not None
            paused = busy and running is not None and running.state is JobState.PAUSED
            # Where there is little room the word is worth more than the mark; the status bar tells the rest.
            mark = "" if self._short else " ‖" if paused else " …" if busy else ""
            button.setText(f"{number}{title}{mark}")
            state = self.tr("done") if page in done else self.tr("running") if busy else ""
            button.setAccessibleName(", ".join(part for part in (title, state) if part))
            words = f"{tip} ({self.tr('Alt')}+{page.value + 1})"
            button.setToolTip(words)
            button.setStatusTip(words)

    def _shorten(self) -> None:
        """No numbers, and less space around the words, where there is too little room for them."""
        self._set_short(False)
        if sum(button.sizeHint().width() + 4 for button in self.steps.values()) > self._row.width():
            self._set_short(True)

    def _set_short(self, short: bool) -> None:
        self._short = short
        for button in self.steps.values():
            button.setProperty("tight", "true" if short else "false")
            button.style().unpolish(button)
            button.style().polish(button)
        self._mark_steps()

    def _show_page(self) -> None:
        page = self._train.page
        self.steps[page].setChecked(True)
        shown = self._placed.get(page)
        for each in self._placed.values():
            policy = QSizePolicy.Policy.Preferred if each is shown else QSizePolicy.Policy.Ignored
            each.setSizePolicy(policy, policy)
        if shown is not None:
            self.pages.setCurrentWidget(shown)
        self.updateGeometry()
