from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import gc
import time

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication

from bitspec_gui.workers.runner import Runner


def _alive(kind):
    found = []
    for thing in gc.get_objects():
        try:
            if type(thing) is kind or (isinstance(thing, type) is False and kind in type(thing).__mro__):
                found.append(thing)
        except ReferenceError:
            continue
    return found


@pytest.fixture(autouse=True)
def nothing_left_running(request):
    """Fails any test that leaves a QThread running or a QTimer ticking."""
    yield
    app = QApplication.instance()
    if app is None:
        return
    deadline = time.monotonic() + 2
    while True:
        gc.collect()
        app.processEvents()
        threads = [t for t in _alive(QThread) if _running(t)]
        timers = [t for t in _alive(QTimer) if _ticking(t)]
        if not (threads or timers) or time.monotonic() > deadline:
            break
        time.sleep(0.01)
    assert not threads, f"QThreads still running: {[t.objectName() for t in threads]}"
    assert not timers, f"QTimers still ticking: {[(t.objectName(), t.parent()) for t in timers]}"


def _running(thread) -> bool:
    try:
        return thread.isRunning() and thread is not QThread.currentThread() and bool(thread.objectName())
    except RuntimeError:
        return False


def _ticking(timer) -> bool:
    try:
        return timer.isActive()
    except RuntimeError:
        return False


@pytest.fixture
def runner(qapp):
    lanes = Runner()
    yield lanes
    assert lanes.shutdown(timeout_s=5)
