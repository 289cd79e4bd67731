"""The process that trains, to be killed: ``python -m tests.crash.training_child FOLDER real|fake``."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from bitspec_gui.services.tuning_process import be_a_good_neighbour, leave_at_once
from tests.crash.training_place import TrainingPlace


def main() -> None:
    """Say who this is, and run what is queued."""
    folder = Path(sys.argv[1])
    (folder / "child.pid").write_text(str(os.getpid()), encoding="ascii")
    stop = threading.Event()
    be_a_good_neighbour(stop)
    TrainingPlace(folder, real=sys.argv[2] == "real").jobs.run_queue(stop=stop, give_up=leave_at_once)


if __name__ == "__main__":
    main()
