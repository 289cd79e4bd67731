"""A window as far as fine-tuning is concerned, to be killed: ``python -m tests.crash.training_window FOLDER real|fake``.

Supervises by the same `Trainer` as the window, and writes down the states that it was told.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from bitspec_gui.domain.tuning_jobs import TuningJob
from bitspec_gui.workers.trainer import Trainer
from tests.crash.training_place import TrainingPlace

TOP = Path(__file__).resolve().parents[2]


def main() -> int:
    """Supervise until killed."""
    folder, core = Path(sys.argv[1]), sys.argv[2]
    application = QCoreApplication(sys.argv)
    place = TrainingPlace(folder, real=core == "real")

    def start_runner() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.crash.training_child", str(folder), core]
        with (folder / "runner.log").open("ab") as log:
            return subprocess.Popen(command, cwd=TOP, stdout=log, stderr=log, start_new_session=True)

    def write_down(jobs: tuple[TuningJob, ...]) -> None:
        with (folder / "window.log").open("a", encoding="utf-8") as log:
            log.writelines(f"{time.time():.3f} {job.job_id} {job.state.value}\n" for job in jobs)

    trainer = Trainer(place.jobs, start_runner)
    trainer.jobs_changed.connect(write_down)
    for job in place.jobs.jobs():
        trainer.attach(job.job_id)
    trainer.open()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
