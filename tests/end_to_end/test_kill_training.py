from __future__ import annotations

import os
import random

import pytest

from tests.benchmarks.kill_training import KillTraining


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_training_goes_on_and_ends_as_usual_though_the_window_is_killed(tmp_path):
    killing = KillTraining(tmp_path, real=False, chance=random.Random(29), compounds=6)
    try:
        killing.make_reference()
        assert killing.kill_once(1).startswith("window killed")
        killing.finish()
        assert killing.done >= 2
    finally:
        killing.close()
