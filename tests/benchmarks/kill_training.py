"""Kill fine-tunings at random moments, and see that they end as if undisturbed: ``python -m tests.benchmarks.kill_training``.

A window-like process supervises a process that trains small networks. One of them, or both, are ended by SIGKILL at a random
moment: every fourth time, at the moment when the version is about to be registered. Afterwards the database must be sound,
each version whole, each folder of a version registered, and the job running (if only the window was killed), interrupted or
done. It is resumed until it is done, and must then have made the same weights as one that nobody disturbed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

from bitspec_gui.domain.tuning_jobs import JobState, TuningJob
from tests.crash.training_place import TrainingPlace

TOP = Path(__file__).resolve().parents[2]
WAIT_S = 300.0
_GOING_ON = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)


class Lost(AssertionError):
    """Something is not as it should be after a kill."""


class KillTraining:
    """A folder in which job after job is disturbed.

    Parameters
    ----------
    folder : Path
        Empty folder.
    real : bool
        Whether networks are trained; else steps are counted (for a quick test of all that is around them).
    chance : random.Random
        Says when whom is killed.
    """

    def __init__(self, folder: Path, *, real: bool, chance: random.Random, compounds: int = 12) -> None:
        self.folder, self.core, self.chance = folder, "real" if real else "fake", chance
        self.place = TrainingPlace(folder, real=real)
        self.place.prepare(compounds=compounds)
        self.window: subprocess.Popen[bytes] | None = None
        self.reference = ""
        self.usual_s = 0.0
        self.done = 0
        self.outcomes: Counter[str] = Counter()
        self.told_after_s: list[float] = []

    def make_reference(self) -> None:
        """Train once without any disturbance."""
        job = self.place.queue("Undisturbed")
        self._open_window()
        self._until(lambda: self._state(job) is JobState.DONE, "the undisturbed job was not done")
        done = self.place.jobs.job(job.job_id)
        if done.started_at is not None and done.ended_at is not None:
            self.usual_s = (done.ended_at - done.started_at).total_seconds()
        self.reference = self._weights_of(job)
        self._kill_window()

    def kill_once(self, number: int) -> str:
        """Let a job go on, kill somebody, and check; returns in words what happened."""
        job = self._a_job(number)
        at_the_end = number % 4 == 0
        self._open_window()
        # Now and then somebody is killed before the lock is taken, while the child still imports what it needs.
        early = self.chance.random() < 0.15
        begun = self._child_pid if early else self._child_lives
        self._until(lambda: bool(begun()) or self._state(job).ended, "nobody began to train")
        when = self._wait(job, at_the_end)
        whom = self.chance.choice(["child", "child", "window", "both"])
        before = self._state(job)
        killed_at = time.monotonic()
        self._kill(whom)
        said = self._afterwards(job, whom, before, killed_at)
        self._check_versions()
        self.outcomes[f"{whom}: {said}"] += 1
        return f"{whom} killed {when}, job was {before.value}: {said}"

    def finish(self) -> None:
        """Let the last job end, and check it."""
        for job in self.place.jobs.jobs():
            if job.state is JobState.INTERRUPTED:
                self.place.jobs.resume(job.job_id)
        self._open_window()
        self._until(lambda: all(job.state is JobState.DONE for job in self.place.jobs.jobs()), "not all jobs were done")
        self._check_versions()
        self._kill_window()

    def close(self) -> None:
        """End what still runs."""
        self._kill_window()
        self._kill_child()
        self.place.store.close()

    def _a_job(self, number: int) -> TuningJob:
        for job in self.place.jobs.jobs():
            if job.state is JobState.INTERRUPTED:
                return self.place.jobs.resume(job.job_id)
            if job.state in _GOING_ON:
                return job
        return self.place.queue(f"Disturbed {number}")

    def _wait(self, job: TuningJob, at_the_end: bool) -> str:
        if not at_the_end:
            wait_s = self.chance.uniform(0, self.usual_s)
            time.sleep(wait_s)
            return f"{wait_s:.2f} s after its start"
        result = self.place.jobs.folder_of(job.job_id).work / "result"
        self._until(lambda: result.exists() or self._state(job).ended, "the job did not come to its end")
        time.sleep(self.chance.uniform(0, 0.05))
        return "when its result was written"

    def _kill(self, whom: str) -> None:
        if whom != "child":
            self._kill_window()
        if whom != "window":
            self._kill_child()

    def _afterwards(self, job: TuningJob, whom: str, before: JobState, killed_at: float) -> str:
        if whom == "both":
            self.place.jobs.reconcile()
        self._until(lambda: self._is_noticed(job, whom), "the death was not noticed", 30.0)
        if whom == "child" and before in (JobState.RUNNING, JobState.PAUSED) and self._state(job) is JobState.INTERRUPTED:
            self.told_after_s.append(time.monotonic() - killed_at)
        state = self._state(job)
        if state not in (JobState.INTERRUPTED, JobState.DONE, JobState.QUEUED, JobState.RUNNING):
            raise Lost(f"the job is {state.value}: {self.place.jobs.job(job.job_id).said}")
        return f"it is {state.value}"

    def _is_noticed(self, job: TuningJob, whom: str) -> bool:
        """Whether the job has ended, is run by a child, or waits in the queue because nobody is left to run it."""
        state = self._state(job)
        return state.ended or (whom != "both" and self._child_lives()) or (whom != "child" and state is JobState.QUEUED)

    def _check_versions(self) -> None:
        with contextlib.closing(sqlite3.connect(self.folder / "training.sqlite", timeout=60)) as connection:
            faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            faults += [str(row) for row in connection.execute("PRAGMA foreign_key_check")]
        if faults:
            raise Lost(f"the database is not sound: {faults}")
        versions = self.place.store.versions()
        jobs = self.place.jobs.jobs()
        for job in jobs:
            if job.state is JobState.DONE and self._weights_of(job) != self.reference:
                raise Lost(f"job {job.job_id} made other weights than the undisturbed one")
        self.done = sum(job.state is JobState.DONE for job in jobs)
        if len(versions) != self.done:
            raise Lost(f"{len(versions)} versions of {self.done} finished jobs")
        if not any(job.state in _GOING_ON for job in jobs) and not self.place.jobs.runner_alive():
            models = self.folder / "models"
            folders = set(models.iterdir()) if models.is_dir() else set()
            if folders != {version.file.parent for version in versions}:
                raise Lost("there is a folder of a version that is none")

    def _weights_of(self, job: TuningJob) -> str:
        """Sha256 of the files of the version that a job made, as the database names it."""
        version_id = self.place.jobs.job(job.job_id).version_id
        version = next(each for each in self.place.store.versions() if each.version_id == version_id)
        weights = version.file.with_suffix(".safetensors")
        found = hashlib.sha256((weights if weights.exists() else version.file).read_bytes()).hexdigest()
        if found != version.version.sha256:
            raise Lost(f"the files of version {version_id} are not those that were registered")
        return found

    def _state(self, job: TuningJob) -> JobState:
        return self.place.jobs.job(job.job_id).state

    def _open_window(self) -> None:
        if not self.place.jobs.runner_alive():
            (self.folder / "child.pid").unlink(missing_ok=True)
        if self.window is None:
            command = [sys.executable, "-m", "tests.crash.training_window", str(self.folder), self.core]
            environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
            self.window = subprocess.Popen(command, cwd=TOP, env=environment, stdout=subprocess.DEVNULL)

    def _kill_window(self) -> None:
        if self.window is not None:
            self.window.send_signal(signal.SIGKILL)
            self.window.wait()
            self.window = None

    def _child_pid(self) -> int | None:
        try:
            return int((self.folder / "child.pid").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def _child_lives(self) -> bool:
        """Whether a process trains: it holds the lock, and has said who it is."""
        return self.place.jobs.runner_alive() and self._child_pid() is not None

    def _kill_child(self) -> None:
        pid = self._child_pid()
        if pid is not None:
            # Its number may be another process's by now.
            if "tests.crash.training_child" in _command_of(pid):
                os.kill(pid, signal.SIGKILL)
            (self.folder / "child.pid").unlink(missing_ok=True)
            self._until(lambda: not self.place.jobs.runner_alive(), "the lock outlived its holder", 10.0)

    def _until(self, holds: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
        deadline = time.monotonic() + wait_s
        while not holds():
            if time.monotonic() > deadline:
                stands = [(job.job_id, job.state.value, job.said) for job in self.place.jobs.jobs()]
                raise Lost(f"{what}; jobs: {stands}; a runner lives: {self.place.jobs.runner_alive()}")
            time.sleep(0.02)


def _command_of(pid: int) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(psutil.Process(pid).cmdline())
    return ""


def main() -> int:
    """Kill as often as asked; returns 0 if nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None, help="of the random moments; printed if not given")
    parser.add_argument("--fake", action="store_true", help="count steps instead of training networks")
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="bitspec-kill-training-") as folder:
        killing = KillTraining(Path(folder), real=not chosen.fake, chance=random.Random(seed))
        try:
            killing.make_reference()
            print(f"undisturbed: {killing.usual_s:.1f} s, weights {killing.reference[:12]}", flush=True)
            for number in range(1, chosen.times + 1):
                print(f"{number:4d}  {killing.kill_once(number)}", flush=True)
            killing.finish()
        except Lost as lost:
            print(f"LOST: {lost}")
            return 1
        finally:
            killing.close()
    told = killing.told_after_s
    print(f"{chosen.times} kills, nothing lost; {killing.done - 1} disturbed jobs made the weights of the undisturbed one")
    print("; ".join(f"{count} x {what}" for what, count in sorted(killing.outcomes.items())))
    if told:
        print(f"a killed child was told of after {statistics.median(told):.2f} s (median), {max(told):.2f} s at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
