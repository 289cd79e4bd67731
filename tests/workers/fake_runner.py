"""A process that runs the queue of a folder with the fake core: ``python -m tests.workers.fake_runner FOLDER STEPS STEP_S``."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from bitspec_gui.services.tuning_process import be_a_good_neighbour
from tests.services.fake_tuner import FakeTuner, Laboratory


def main() -> None:
    """Run what is queued."""
    stop = threading.Event()
    be_a_good_neighbour(stop)
    laboratory = Laboratory(Path(sys.argv[1]), FakeTuner(int(sys.argv[2]), float(sys.argv[3])))
    laboratory.jobs.run_queue(stop=stop)


if __name__ == "__main__":
    main()
