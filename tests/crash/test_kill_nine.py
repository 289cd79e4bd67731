from __future__ import annotations

import os
import random

import pytest

from tests.crash.kill_nine import Harness


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_killed_at_random_moments_the_database_keeps_all_that_was_finished(tmp_path):
    harness = Harness(tmp_path, indexes=False, longest_s=1.0, chance=random.Random(20))
    for number in range(3):
        harness.kill_once(number)
