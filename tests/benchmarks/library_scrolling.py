"""How smoothly a library of many entries scrolls in the window: time a frame, the event loop's tick, and rows after a jump.

python -m tests.benchmarks.library_scrolling --entries 200000 --data /tmp/many
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

SMILES = ("c1ccccc1", "CCCCCCO", "CC(=O)OC", "NC(=O)c1cccnc1", "C[Si](C)(C)OCCc1ccccc1", "ClCCCl", "CCCCCCCCCCCC(=O)OC")


def make_library(database: Path, entries: int) -> None:
    """A library of `entries` spectra that no one measured, quick to make and as large as real ones."""
    from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
    from bitspec_gui.storage.library_store import open_library_store

    store = open_library_store(database)
    library = store.open_library("Many")
    rng = np.random.default_rng(7)
    for start in range(0, entries, 2000):
        records = []
        for number in range(start, min(start + 2000, entries)):
            mz = np.unique(rng.integers(27, 420, 60))
            records.append(
                SpectrumRecord(
                    Spectrum(mz, rng.integers(1, 1000, mz.size)),
                    name=f"Compound {rng.integers(10**6):06} of the {number % 97}th series",
                    smiles=SMILES[number % len(SMILES)] + "C" * (number // len(SMILES) % 23),
                    formula=f"C{6 + number % 30}H{8 + number % 61}O{number % 5}",
                    cas=f"{number}-00-0",
                    nominal_mass=int(mz[-1]),
                    instrument="GC-EI-Q",
                    licence="CC0",
                )
            )
        store.add(library, records)
        print(f"\r{start + len(records):,}", end="", file=sys.stderr)
    print(file=sys.stderr)
    store.close()


def main() -> None:
    """Make the library if need be, open the window, scroll, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    from bitspec_gui.bootstrap import build_services
    from bitspec_gui.config.paths import user_paths

    paths = user_paths(options.data)
    if not paths.database.exists():
        make_library(paths.database, options.entries)
    from PySide6.QtWidgets import QApplication

    from bitspec_gui.ui.main_window import MainWindow

    app = QApplication(["scrolling"])
    window = MainWindow(build_services(paths), theme="light")
    window.resize(1280, 860)
    window.show()
    window.library_flow.refresh()
    window.tabs.setCurrentWidget(window.library)
    wait(app, lambda: window.library.model.rowCount() > 0 and not window.runner.jobs, 60)
    measure(app, window)
    window.close()
    window.shut_down()


def wait(app, condition, timeout_s: float) -> float:
    """Run the event loop until `condition` holds; returns the seconds it took."""
    began = time.perf_counter()
    while not condition():
        app.processEvents()
        if time.perf_counter() - began > timeout_s:
            raise TimeoutError
    return time.perf_counter() - began


def measure(app, window) -> None:
    """Scroll in several ways and print times in ms."""
    panel = window.library
    table, model, bar = panel.table, panel.model, panel.table.verticalScrollBar()
    print(f"{model.rowCount():,} rows")

    def complete() -> bool:
        first = table.rowAt(0)
        last = table.rowAt(table.viewport().height() - 1)
        last = model.rowCount() - 1 if last < 0 else last
        return all(model.entry_at(row) is not None for row in range(first, last + 1))

    jumps = []
    for share in (1.0, 0.5, 0.25, 0.9, 0.1, 1.0, 0.0, 0.77, 0.33, 0.61):
        bar.setValue(int(share * bar.maximum()))
        jumps.append(1000 * wait(app, complete, 10))
    report("jump to rows shown", jumps)
    for words, step, frames in (("wheel, 3 rows a frame", 180, 400), ("drag, 400 rows a frame", 24_000, 300)):
        bar.setValue(0)
        wait(app, complete, 10)
        ticks, missing = [], 0
        for frame in range(frames):
            began = time.perf_counter()
            bar.setValue(frame * step)
            app.processEvents()
            ticks.append(1000 * (time.perf_counter() - began))
            missing += not complete()
            time.sleep(max(0.0, 0.016 - (time.perf_counter() - began)))
        report(f"{words}: time a frame ({missing} of {frames} frames with rows still coming)", ticks)
    measure_sorting(app, window)
    began = time.perf_counter()
    table.selectAll()
    app.processEvents()
    print(f"select all: {1000 * (time.perf_counter() - began):.0f} ms, {table.selected_number:,} selected")
    measure_edits(app, window)


def ticking(app, over) -> list[float]:
    """Times in ms between two turns of the event loop until `over` says so."""
    ticks = []
    while not over():
        began = time.perf_counter()
        app.processEvents()
        time.sleep(0.001)
        ticks.append(1000 * (time.perf_counter() - began))
    return ticks


def measure_sorting(app, window) -> None:
    """Sort by columns and print how long it took and how the window answered meanwhile."""
    from PySide6.QtCore import Qt

    from bitspec_gui.ui.tables.entry_columns import COLUMNS

    table, model = window.library.table, window.library.model
    for column in ("name", "mass"):
        began, before = time.perf_counter(), model.ids
        table.sortByColumn(COLUMNS.index(column), Qt.SortOrder.AscendingOrder)
        ticks = ticking(app, lambda before=before: model.ids is not before)
        print(f"sorted by {column}: {1000 * (time.perf_counter() - began):.0f} ms")
        report("  the window's tick meanwhile", ticks)


def measure_edits(app, window) -> None:
    """Delete a tenth of all entries and bring them back."""
    panel = window.library
    rows = panel.model.rowCount()
    panel.table.selectRow(0)
    from PySide6.QtCore import QItemSelection, QItemSelectionModel

    model = panel.model
    tenth = QItemSelection(model.index(0, 0), model.index(rows // 10, model.columnCount() - 1))
    panel.table.selectionModel().select(tenth, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    for words, action in (("deleted a tenth", panel.edits.delete_entries), ("brought them back", panel.edits.undo)):
        began = time.perf_counter()
        action.trigger()
        ticks = ticking(app, lambda: not window.runner.jobs)
        print(f"{words}: {time.perf_counter() - began:.1f} s, now {model.rowCount():,} rows")
        report("  the window's tick meanwhile", ticks)


def report(words: str, times: list[float]) -> None:
    """Median, 99th percentile and worst of some times in ms."""
    p50, p99 = np.percentile(times, [50, 99])
    print(f"{words}: median {p50:.1f}, p99 {p99:.1f}, worst {max(times):.1f} ms")


if __name__ == "__main__":
    main()
