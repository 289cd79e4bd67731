from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

FIRST_DISPLAY = 100
DISPLAYS_A_PROCESS = 20


@pytest.fixture(scope="session")
def display():
    """A screen of our own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed: the window was not tested on a screen")
    # Each process of a test run has numbers of its own: servers that look for a free one at the same time may both take it.
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST_DISPLAY + DISPLAYS_A_PROCESS * process
    for number in range(first, first + DISPLAYS_A_PROCESS):
        server = _started(number)
        if server is not None:
            break
    else:
        pytest.skip("Xvfb did not start: the window was not tested on a screen")
    yield f":{number}"
    server.terminate()
    server.wait(10)


def _started(number: int) -> subprocess.Popen[bytes] | None:
    """A server that is ready to show windows; None if the number is taken."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", f":{number}", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as pipe:
        if pipe.readline().strip():
            return server
    server.kill()
    server.wait(10)
    return None


@pytest.fixture
def environment(display, tmp_path):
    kept = {key: value for key, value in os.environ.items() if key not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    return {**kept, "DISPLAY": display, "BITSPEC_DATA_DIR": str(tmp_path / "user")}


@pytest.fixture
def start(environment):
    """Starts the program as a user would."""
    started = []

    def run(*arguments):
        command = [sys.executable, "-m", "bitspec_gui", *arguments]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
