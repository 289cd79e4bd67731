"""Kill the program at random moments of its work, and see that nothing is lost: ``python -m tests.crash.kill_nine --times 100``.

A child imports, edits, undoes and builds indexes (`tests.crash.busy_child`) and is ended by SIGKILL. Then the database must open
and be sound; what the child had said to be finished must be there, to the byte; what it was at must be there wholly, not at all,
or, for an import, as whole batches that the next import completes; undoing must lead back to the state before; and a search must
find the spectra that are there now.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bitspec_gui.bootstrap import build_services
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.search import Score, SearchSettings
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.ingest import BATCH_RECORDS
from tests.crash.busy_child import RECORDS
from tests.crash.state import State, faults_of, state_of

READY_S = 120.0
_TOP = Path(__file__).resolve().parents[2]


class Lost(AssertionError):
    """Something is not as it should be after a kill."""


@dataclass
class Journal:
    """What a child wrote before it was killed: the state last finished, and what it was at."""

    digest: str = ""
    at: dict[str, str] | None = None
    finished: Counter[str] = field(default_factory=Counter)

    @classmethod
    def read(cls, path: Path) -> Journal:
        """The journal of the last child; a line that was cut off was not yet said."""
        found = cls()
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if not line.endswith("\n"):
                break
            said = json.loads(line)
            if "ready" in said:
                found = cls(digest=said["ready"])
            elif "begin" in said:
                found.at = said
            elif "refused" in said:
                found.at = None
            else:
                found.digest, found.at = said["state"], None
                found.finished[said["done"]] += 1
        return found


class Harness:
    """A folder in which child after child works and is killed."""

    def __init__(self, folder: Path, *, indexes: bool, longest_s: float, chance: random.Random) -> None:
        self.folder = folder
        self.indexes = indexes
        self.longest_s = longest_s
        self.chance = chance
        self.database = user_paths(folder).database

    def kill_once(self, number: int) -> str:
        """Start a child, kill it, check; returns in words what it was at."""
        (self.folder / "journal").write_text("", encoding="utf-8")
        seed = f"{number}-{self.chance.randrange(10**9)}"
        command = [sys.executable, "-m", "tests.crash.busy_child", str(self.folder), seed, "1" if self.indexes else "0"]
        child = subprocess.Popen(command, cwd=_TOP, stderr=subprocess.PIPE, text=True)
        try:
            self._wait_until_ready(child)
            time.sleep(self.chance.uniform(0.0, self.longest_s))
            if child.poll() is not None:
                raise Lost(f"the child ended by itself: {child.stderr.read() if child.stderr else ''}")
        finally:
            child.send_signal(signal.SIGKILL)
            child.communicate()
        journal = Journal.read(self.folder / "journal")
        outcome = self._check(journal)
        at = journal.at["begin"] if journal.at else "nothing"
        return f"killed at {at}: {outcome} ({sum(journal.finished.values())} finished before)"

    def _wait_until_ready(self, child: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + READY_S
        while "ready" not in (self.folder / "journal").read_text(encoding="utf-8"):
            if child.poll() is not None or time.monotonic() > deadline:
                raise Lost(f"the child did not start: {child.stderr.read() if child.stderr and child.poll() is not None else ''}")
            time.sleep(0.02)

    def _check(self, journal: Journal) -> str:
        services = build_services(user_paths(self.folder))
        try:
            services.libraries.libraries()
            if faults := faults_of(self.database):
                raise Lost(f"the database is not sound: {faults}")
            now = state_of(self.database)
            at = journal.at or {"begin": "nothing"}
            if at["begin"] == "import":
                outcome = self._import_is_whole(services, journal, Path(at["file"]), at["library"])
            elif now.digest == journal.digest:
                outcome = "as before"
            else:
                outcome = self._leads_back(services, at["begin"], journal.digest, now.digest)
            if self.indexes:
                self._is_found(services)
            return outcome
        finally:
            services.libraries.close()

    def _leads_back(self, services: Services, at: str, before: str, now: str) -> str:
        editing = services.editing
        back, again = {"edit": (editing.undo, editing.redo), "redo": (editing.undo, editing.redo)}.get(
            at, (editing.redo, editing.undo)
        )
        if at not in ("edit", "undo", "redo"):
            raise Lost(f"what was finished before is not there as it was (while at {at})")
        back()
        if state_of(self.database).digest != before:
            raise Lost(f"the way back from {at} does not lead to the state before")
        again()
        if state_of(self.database).digest != now:
            raise Lost(f"doing {at} again gives another state")
        return "done, and undone without a trace"

    def _import_is_whole(self, services: Services, journal: Journal, path: Path, library: str) -> str:
        now = state_of(self.database)
        new = self._without_import(now, path, library)
        if new.digest != journal.digest and not self._made_library(new, library, journal.digest):
            raise Lost("an import changed what was there before")
        ids = services.libraries.entry_ids(LibraryQuery(path.stem))
        names = [entry.record.name for entry in services.libraries.entries_by_id(ids)]
        if names != [f"{path.stem} {number}" for number in range(len(names))]:
            raise Lost("an import left gaps")
        if len(names) % BATCH_RECORDS and len(names) != RECORDS:
            raise Lost(f"{len(names)} records are no whole batches")
        report = services.libraries.import_paths([path], library_name=library)
        if (report.already_there, report.added, report.rejected) != (len(names), RECORDS - len(names), 0):
            raise Lost(f"the next import did not complete it: {report}")
        if services.libraries.import_reports()[0].report != report:
            raise Lost("the report of an import was not kept")
        return f"{len(names)} of {RECORDS} records, completed"

    def _without_import(self, state: State, path: Path, library: str) -> State:
        """The state less what the import of `path` added: its entries are the last of their library."""
        added = _count_named(self.database, path.stem)
        rest = dict(state.libraries)
        if added:
            rest[library] = rest[library][: len(rest[library]) - added]
        return State(rest)

    @staticmethod
    def _made_library(state: State, library: str, digest: str) -> bool:
        """Whether the state is that of before but for the empty library that the import made."""
        rest = {name: entries for name, entries in state.libraries.items() if name != library}
        return not state.libraries.get(library) and State(rest).digest == digest

    def _is_found(self, services: Services) -> None:
        total = services.libraries.entry_ids(LibraryQuery()).size
        if not total:
            return
        services.lookup.prepare()
        ids = services.libraries.entry_ids(LibraryQuery())
        wanted = services.libraries.entries_by_id([int(self.chance.choice(ids))])[0].record
        found = services.lookup.search(wanted, SearchSettings(score=Score.WEIGHTED_COSINE, top=5))
        if found.searched != total or found.hits[0].match != 999:
            raise Lost(f"a search among {found.searched} of {total} spectra found {[hit.match for hit in found.hits]}")


def _count_named(database: Path, stem: str) -> int:
    import sqlite3

    connection = sqlite3.connect(database, timeout=60)
    try:
        count = "SELECT count(*) FROM spectrum JOIN library USING (library_id) WHERE removed_by IS NULL AND spectrum.name LIKE ?"
        return int(connection.execute(count, (f"{stem} %",)).fetchone()[0])
    finally:
        connection.close()


def main() -> int:
    """Kill as often as asked; returns 0 if nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None, help="of the random moments; printed if not given")
    parser.add_argument("--longest", type=float, default=6.0, help="seconds that a child works at most")
    parser.add_argument("--no-indexes", action="store_true")
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="bitspec-kill-") as folder:
        harness = Harness(Path(folder), indexes=not chosen.no_indexes, longest_s=chosen.longest, chance=random.Random(seed))
        for number in range(1, chosen.times + 1):
            try:
                print(f"{number:4d}  {harness.kill_once(number)}", flush=True)
            except Lost as lost:
                print(f"{number:4d}  LOST: {lost}")
                return 1
    print(f"{chosen.times} kills, nothing lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())
