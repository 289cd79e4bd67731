"""What fine-tuning costs on this machine: time of a step and memory, by strategy, batch, threads and options.

    python -m tests.benchmarks.finetune_speed [--device DEVICE] [--steps N] [--only WORDS] [MODEL.json]

Every row is a process of its own, so that its memory is its own: MB above what the process had before training. `first` is the
time of the first step (compiling), `step` wall time and `cpu` processor time of the later ones, in ms, of both networks
together, on 16 own and 16 replayed compounds unless the row says otherwise. The last lines say what 500 own compounds take.
Needs the benchmark's data. For figures worth quoting, let nothing else run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import torch

from bitspec_gui.bootstrap import default_model
from bitspec_gui.cli.train import DEFAULT_DATA
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.domain.tuning_defaults import recommended
from bitspec_gui.domain.tuning_jobs import RunControl
from bitspec_gui.formats.benchmark_set import compounds, load_benchmark
from bitspec_gui.ml.checkpoint import load_model
from bitspec_gui.ml.datasets import CompoundSet, compound_set
from bitspec_gui.ml.device import choose_device
from bitspec_gui.ml.finetuning.devices import memory_mb, threads_for
from bitspec_gui.ml.finetuning.loop import MemberTuning
from bitspec_gui.ml.finetuning.replay import subset
from bitspec_gui.ml.finetuning.strategies import steps_of

OWN, REPLAYED = 128, 128
COMPOUNDS = 500


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    title: str
    settings: TuningSettings
    threads: int = 1
    chunk: int | None = None


@dataclass(frozen=True)
class Cost:
    """What a row comes to: seconds, and MB."""

    first: float
    step: float
    processor: float
    memory: float
    notes: tuple[str, ...] = ()


class PeakMemory:
    """Watches the resident memory of this process while it is entered."""

    def __enter__(self) -> PeakMemory:
        self._process, self._over = psutil.Process(), threading.Event()
        self._before = self.highest = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.005):
            self.highest = max(self.highest, self._process.memory_info().rss)

    @property
    def mb(self) -> float:
        """Above what there was before."""
        return (self.highest - self._before) / 1e6


def cost_of(row: Row, model: Path, device: str, steps: int, own: CompoundSet, public: CompoundSet) -> Cost:
    """Train both networks for some steps, one after the other; memory is that of the larger one."""
    torch.set_num_threads(row.threads)
    where, _ = choose_device(device)
    base, _ = load_model(model)
    first = step = processor = memory = 0.0
    notes: list[str] = []
    for name, member in base.members.items():
        with PeakMemory() as peak:
            tuning = MemberTuning(name, member, row.settings, own, replay=public, device=where, note=notes.append)  # type: ignore[arg-type]
            tuning.chunk = row.chunk or tuning.chunk
            started = time.perf_counter()
            tuning.advance(1, RunControl())
            first += time.perf_counter() - started
            started, used = time.perf_counter(), time.process_time()
            tuning.advance(steps, RunControl())
            step += (time.perf_counter() - started) / steps
            processor += (time.process_time() - used) / steps
        memory = max(memory, memory_mb(where) or peak.mb)
        del tuning
    return Cost(first, step, processor, memory, tuple(notes))


def table() -> list[Row]:
    """Rows to measure: strategies, then everything else with LoRA."""
    lora = recommended(Strategy.LORA, COMPOUNDS)
    rows = [Row(strategy.value, recommended(strategy, COMPOUNDS)) for strategy in Strategy if strategy is not Strategy.RESPONSE]
    rows += [Row(f"lora, batch {batch}", replace(lora, batch=batch)) for batch in (4, 8, 32, 64)]
    rows += [Row(f"lora, {chunk} at once", lora, chunk=chunk) for chunk in (16, 4)]
    rows += [Row(f"lora, {threads} threads", lora, threads) for threads in sorted({2, os.cpu_count() or 1})]
    for strategy in (Strategy.LORA, Strategy.FULL):
        usual = recommended(strategy, COMPOUNDS)
        rows += [
            Row(f"{strategy.value}, half precision", replace(usual, amp=True)),
            Row(f"{strategy.value}, checkpointed", replace(usual, checkpointed=True)),
            Row(f"{strategy.value}, compiled", replace(usual, compiled=True)),
        ]
    return rows


def main() -> int:
    """Run the benchmark; 0 when done, 1 if the data is not there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", nargs="?", type=Path, default=default_model())
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--only", default="", help="rows whose titles hold this")
    asked = parser.parse_args()
    if not (DEFAULT_DATA / "index.csv").is_file():
        print(f"The benchmark's data is not in {DEFAULT_DATA}.")
        return 1
    every = compound_set(list(compounds(load_benchmark(DEFAULT_DATA), "train").values())[: OWN + REPLAYED])
    own, public = subset(every, range(OWN)), subset(every, range(OWN, OWN + REPLAYED))
    print(f"{'':28} {'first ms':>9} {'step ms':>8} {'cpu ms':>8} {'MB':>6}")
    context = multiprocessing.get_context("spawn")
    for row in table():
        if asked.only not in row.title:
            continue
        with ProcessPoolExecutor(1, mp_context=context) as process:
            cost = process.submit(cost_of, row, asked.model, asked.device, asked.steps, own, public).result()
        times = f"{1000 * cost.first:9.0f} {1000 * cost.step:8.0f} {1000 * cost.processor:8.0f} {cost.memory:6.0f}"
        print(f"{row.title:28} {times}  {' '.join(cost.notes)}", flush=True)
        if row.title in {strategy.value for strategy in Strategy}:
            steps = steps_of(row.settings, COMPOUNDS)
            print(f"{'':4}{COMPOUNDS} compounds, {steps} steps of {row.settings.batch} own and as many replayed: "
                  f"{steps * cost.processor:.0f} s on one core", flush=True)  # fmt: skip
    print(f"Beside a window, this machine trains with {threads_for()} of {os.cpu_count()} cores.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
