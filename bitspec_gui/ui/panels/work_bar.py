"""How far a piece of work in a lane is, with a button to stop it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.tables.jobs import duration_text
from bitspec_gui.workers.job import Job, JobState


class WorkBar(QWidget):
    """Hidden while there is no work. `name` begins the object names of its parts."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._job: Job | None = None
        self.words = OneLine(f"{name}Words", "muted", self)
        self.bar = QProgressBar(self)
        self.bar.setObjectName(f"{name}Progress")
        self.bar.setAccessibleName(words)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(160, 16)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setObjectName(f"{name}Cancel")
        self.cancel.setAccessibleName(self.tr("Cancel: %1").replace("%1", words))
        self.cancel.setToolTip(self.tr("Stop within a second; what was finished before is kept"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.bar)
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel)
        self.cancel.clicked.connect(self._cancel)
        self.hide()

    def watch(self, job: Job | None) -> None:
        """Follow a job until it ends; None for none."""
        self._job = job
        self.setVisible(job is not None)
        if job is not None:
            job.changed.connect(self._refresh)
            job.ended.connect(self._ended)
            self._refresh()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._refresh()

    def _ended(self, job: Job) -> None:
        if job is self._job:
            self.watch(None)

    def _refresh(self) -> None:
        job = self._job
        if job is None:
            return
        done, total = job.progress.done, job.progress.total
        self.bar.setRange(0, total if total > 0 else 0)
        self.bar.setValue(done)
        stopping = job.token.cancelled
        self.cancel.setEnabled(not stopping)
        parts = [job.progress.message or job.title]
        if stopping:
            parts = [self.tr("stopping…")]
        elif job.state is JobState.WAITING:
            parts.append(self.tr("waiting for other work to end"))
        elif total > 0:
            parts.append(self.tr("%1 of %2").replace("%1", f"{done:,}").replace("%2", f"{total:,}"))
        elif done > 0:
            parts.append(f"{done:,}")
        if job.seconds_left is not None and not stopping:
            parts.append(self.tr("%1 left").replace("%1", duration_text(job.seconds_left)))
        self.words.setText(" · ".join(parts))
