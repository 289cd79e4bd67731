"""The second page of the *Train* tab: what BitSpec proposes for a dataset, why, what else could be done, and the start."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.services.tuning_time import duration_text, size_text
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.train_settings import TrainSettings
from bitspec_gui.ui.panels.train_strategies import StrategyList
from bitspec_gui.ui.panels.work_bar import WorkBar
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.train_planning import TrainPlanning
from bitspec_gui.ui.train_state import TrainPage, TrainState

_LONGEST_NAME = 200
NAMED_FROM_PX = 480
WIDEST_PX = 900
"""Lines longer than this are hard to read."""


class TrainPlanPage(QWidget):
    """The plan, scrolled where it is too long, above a row that always shows time, name and start."""

    def __init__(self, window: WindowState, train: TrainState, planning: TrainPlanning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainPlanPage")
        self._window, self._train, self._planning = window, train, planning
        self._named_for: tuple[int | None, str] = (None, "")
        self._refusal = ""
        self.base = QComboBox(self)
        self.again = QPushButton(self.tr("Look again"), self)
        self.problem = Notice("trainPlanProblem", "danger", self)
        self.retry = self.problem.add_button("trainPlanRetry", self.tr("Try again"))
        self.empty = Notice("trainPlanEmpty", "warning", self)
        self.to_spectra = self.empty.add_button("trainToSpectra", self.tr("To the spectra"))
        self.work = WorkBar("trainLook", self.tr("Looking at the dataset"), self)
        self.headline = self._label("trainPlanHeadline", "title")
        self.reasons = self._label("trainReasons", "")
        self.cautions = Notice("trainCautions", "warning", self)
        self.strategies = StrategyList(self)
        self.ways = self._label("trainWays", "section")
        self.device = self._label("trainDevice", "muted")
        self.settings = TrainSettings(self)
        self.faults = Notice("trainFaults", "danger", self)
        self.name = QLineEdit(self)
        self.time = OneLine("trainTime", "", self)
        self.begin = QPushButton(self.tr("Start training"), self)
        self._arrange()
        self._connect()
        self._show_versions()
        self._show_busy(planning.busy)

    def minimumSizeHint(self) -> QSize:
        """Room for a few lines of the plan."""
        return QSize(330, 280)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the line for the name says by itself what it is for."""
        super().resizeEvent(event)
        self._named.setVisible(self.width() >= NAMED_FROM_PX)

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if role:
            label.setProperty("role", role)
        return label

    def _arrange(self) -> None:
        self.ways.setText(self.tr("Ways to learn"))
        heading = QWidget(self)
        row = FlowRow(heading)
        begin_with = QLabel(self.tr("Begin with the model"), self)
        begin_with.setBuddy(self.base)
        self.base.setObjectName("trainBase")
        self.base.setAccessibleName(self.tr("Model to begin with"))
        self.base.setToolTip(
            self.tr("The model that learns from your spectra. It stays as it is; what comes out is a new version")
        )
        self.base.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.again.setObjectName("trainLookAgain")
        self.again.setAccessibleName(self.tr("Look at the dataset again"))
        self.again.setToolTip(self.tr("Compare the spectra with the model once more, and make the plan anew"))
        for widget in (begin_with, self.base, self.again):
            row.addWidget(widget)
        inside = QWidget(self)
        inside.setObjectName("trainPlanInside")
        inside.setMaximumWidth(WIDEST_PX)
        self._inside = inside
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 2, 6, 2)
        column.setSpacing(8)
        for part in (self.headline, self.reasons, self.cautions, self.ways, self.strategies, self.device, self.settings):
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setObjectName("trainPlanScroll")
        area.setAccessibleName(self.tr("The plan"))
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        self._area = area
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for above in (heading, self.problem, self.empty, self.work):
            layout.addWidget(above)
        layout.addWidget(area, 1)
        layout.addWidget(self.faults)
        layout.addWidget(self._ending())

    def _ending(self) -> QWidget:
        ending = QFrame(self)
        ending.setObjectName("trainStart")
        ending.setProperty("role", "card")
        self.name.setObjectName("trainName")
        self.name.setAccessibleName(self.tr("Name of the new version"))
        self.name.setToolTip(self.tr("What the model that comes out is called; the model that you begin with stays as it is"))
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.setMinimumWidth(90)
        self.name.setAcceptDrops(False)
        self.name.setPlaceholderText(self.tr("Name of the new version"))
        self.begin.setObjectName("trainBegin")
        self.begin.setAccessibleName(self.tr("Start training"))
        self.begin.setProperty("primary", "true")
        self.time.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._named = named = QLabel(self.tr("&Name"), self)
        named.setBuddy(self.name)
        row = QHBoxLayout(ending)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(8)
        row.addWidget(named)
        row.addWidget(self.name, 2)
        row.addWidget(self.time, 3)
        row.addWidget(self.begin)
        return ending

    def _connect(self) -> None:
        train, planning = self._train, self._planning
        self.base.activated.connect(lambda index: self._choose_base(self.base.itemData(index)))
        self.again.clicked.connect(lambda _checked=False: planning.make())
        self.retry.clicked.connect(lambda _checked=False: planning.make())
        self.to_spectra.clicked.connect(lambda _checked=False: train.show_page(TrainPage.SPECTRA))
        self.strategies.chosen.connect(planning.choose)
        self.settings.changed.connect(planning.change)
        self.settings.reset_wanted.connect(planning.as_proposed)
        self.begin.clicked.connect(lambda _checked=False: self._start())
        self.name.returnPressed.connect(self._start)
        self.name.textChanged.connect(lambda _text: self._refuse(""))
        planning.refused.connect(self._refuse)
        planning.queued.connect(lambda _job: self._name_next())
        planning.busy_changed.connect(self._show_busy)
        planning.problem_changed.connect(lambda _sentence: self._show_plan())
        planning.starting_changed.connect(lambda _starting: self._show_start())
        train.versions_changed.connect(self._show_versions)
        train.plan_changed.connect(self._show_plan)
        train.settings_changed.connect(self._show_settings)
        for signal in (train.datasets_changed, train.dataset_changed):
            signal.connect(self._show_plan)

    def _choose_base(self, version_id: int) -> None:
        self._train.choose_base(version_id)
        self._planning.make()

    def _show_versions(self) -> None:
        train = self._train
        self.base.clear()
        for each in train.versions:
            words = self.tr("%1 (in use)") if each.active else "%1"
            self.base.addItem(words.replace("%1", each.version.name), each.version_id)
        base = train.base
        self.base.setCurrentIndex(-1 if base is None else self.base.findData(base.version_id))

    def _show_busy(self, job: object) -> None:
        self.work.watch(self._planning.busy)
        self.again.setEnabled(job is None)
        self._show_plan()

    def _show_plan(self) -> None:
        train, planning = self._train, self._planning
        plan, dataset = train.plan, train.dataset
        nothing = dataset is None or not dataset.used
        words = self.tr("There is nothing to learn from yet: the plan needs spectra with structures that are used.")
        self.empty.say(words if nothing else "")
        refusal = plan.refusal if plan is not None else ""
        self.problem.say("" if nothing else planning.problem or refusal)
        there = plan is not None and bool(plan.options) and not nothing
        self._inside.setVisible(there)
        self.again.setEnabled(not nothing and planning.busy is None)
        base = train.base
        self.base.setCurrentIndex(-1 if base is None else self.base.findData(base.version_id))
        if plan is None or not there:
            self._show_start()
            return
        proposed = plan.proposed
        title = proposed.info.title if proposed is not None else ""
        self.headline.setText(self.tr("Proposed: %1").replace("%1", title) if title else "")
        self.reasons.setText("\n".join(f"•  {reason}" for reason in plan.reasons))
        self.cautions.say("\n".join(f"•  {each}" for each in plan.cautions) if len(plan.cautions) > 1 else "".join(plan.cautions))
        self.strategies.show_options(plan.options)
        self.device.setText(self.tr("Runs on: %1").replace("%1", plan.device) if plan.device else "")
        self.device.setVisible(bool(plan.device))
        self._suggest_name()
        self._show_settings()

    def _suggest_name(self) -> None:
        """A name of its own for each dataset, unless somebody typed one."""
        dataset = self._train.dataset
        suggested_for, suggested = self._named_for
        mine = bool(self.name.text().strip()) and self.name.text() != suggested
        if not mine or suggested_for != (dataset.dataset_id if dataset is not None else None):
            name = self._planning.free_name()
            self._named_for = (dataset.dataset_id if dataset is not None else None, name)
            self.name.setText(name)

    def _show_settings(self) -> None:
        settings, option = self._train.settings, self._planning.option
        if settings is not None and option is not None:
            self.strategies.mark(settings.strategy)
            self.settings.show_settings(settings, option.settings)
        self._show_start()

    def _show_start(self) -> None:
        planning, train = self._planning, self._train
        faults = planning.faults
        self.settings.mark_faults(faults)
        self.faults.say(" ".join(dict.fromkeys([*faults.values(), *([self._refusal] if self._refusal else [])])))
        seconds, size = planning.seconds, planning.size_bytes
        parts = []
        if seconds is not None:
            parts.append(duration_text(seconds))
        if size is not None and train.settings is not None:
            parts.append(size_text(size))
        text = " · ".join(parts)
        self.time.setText(text)
        tip = self.tr("Expected time on this computer, and size of the new version on disk")
        self.time.setToolTip(f"{text}\n{tip}" if text else "")
        why = self._why_not()
        self.begin.setEnabled(not why)
        self.begin.setToolTip(
            why or self.tr("Train a new version beside the one you begin with; you can go on working meanwhile")
        )

    def _refuse(self, sentence: str) -> None:
        """Say why nothing was started, until another name is typed or it is tried again."""
        self._refusal = sentence
        self._show_start()

    def _why_not(self) -> str:
        planning, train = self._planning, self._train
        if planning.busy is not None:
            return self.tr("The plan is being made.")
        if train.settings is None or not train.plan_is_current:
            return self.tr("There is no plan yet.")
        if planning.faults:
            return self.tr("Something is wrong with the settings; it is said above.")
        if not self.name.text().strip():
            return self.tr("The new version needs a name.")
        return self.tr("It is being put into the queue.") if planning.starting else ""

    def _start(self) -> None:
        if not self._why_not():
            self._refuse("")
            self._planning.start(self.name.text().strip())

    def _name_next(self) -> None:
        """The name is taken now: propose one for the next version."""
        self._named_for = (None, "")
        self._suggest_name()
