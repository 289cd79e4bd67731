"""Starting the process that trains, and what that process does to be a good neighbour of the window."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

from bitspec_gui.config.paths import UserPaths

LOG_NAME = "runner.log"
_LOG_BYTES = 1_000_000
_NICENESS = 10


def runner_command(paths: UserPaths) -> list[str]:
    """Command line of the process that runs the queue of these folders."""
    command = [*_program(), "finetune", "--run-queue"]
    # Folders of the platform are found by the command itself; they are not all under one.
    return [*command, "--data-dir", str(paths.data)] if paths.config == paths.data else command


def _program() -> list[str]:
    if getattr(sys, "frozen", False):
        # The bundle has the command beside the window.
        return [str(Path(sys.executable).with_name("bitspec.exe" if os.name == "nt" else "bitspec"))]
    return [sys.executable, "-m", "bitspec_gui.cli"]


def start_runner(paths: UserPaths) -> subprocess.Popen[bytes]:
    """Start it, detached: it goes on if whoever started it ends. What it says goes into ``runner.log``; raises OSError."""
    paths.training.mkdir(parents=True, exist_ok=True)
    log = paths.training / LOG_NAME
    too_long = log.is_file() and log.stat().st_size > _LOG_BYTES
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    with log.open("wb" if too_long else "ab") as output:
        return subprocess.Popen(
            runner_command(paths),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(),
            start_new_session=os.name != "nt",
            creationflags=flags,
        )


def _environment() -> dict[str, str]:
    """That of this process; a checkout that is not installed is found as it is found here."""
    environment = dict(os.environ)
    if not getattr(sys, "frozen", False):
        top = str(Path(__file__).resolve().parents[2])
        environment["PYTHONPATH"] = os.pathsep.join([top, *filter(None, [environment.get("PYTHONPATH")])])
    return environment


def be_a_good_neighbour(stop: threading.Event) -> None:
    """Let the window go first, ignore Ctrl-C of its terminal, and take being asked to end for the wish to put off.

    Parameters
    ----------
    stop : threading.Event
        Set when the system asks this process to end.
    """

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    if hasattr(os, "nice"):
        # Where the system does not allow it, training is not polite, but right.
        with contextlib.suppress(OSError):
            os.nice(_NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, asked)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


def leave_at_once() -> None:
    """End this process as it stands: what it has on disk is whole at any moment, and the system frees its lock."""
    os._exit(0)
