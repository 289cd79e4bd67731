"""A process that imports, edits, undoes and indexes without end, writing down what it begins and what it has finished.

Started by `tests.crash.kill_nine`, which kills it at a random moment: ``python -m tests.crash.busy_child FOLDER SEED INDEXES``.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

from bitspec_gui.bootstrap import build_services
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.errors import EditError
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.services.catalogue import Services
from tests.crash.state import state_of

RECORDS = 1300
MOST_ENTRIES = 6000
FIRST_M_Z = 40


class Busy:
    """One thing after the other, chosen by chance."""

    def __init__(self, folder: Path, seed: str, *, indexes: bool) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.seed = seed
        self.services: Services = build_services(user_paths(folder))
        self.journal = (folder / "journal").open("a", encoding="utf-8")
        self.imports = 0
        self.actions: list[tuple[str, Callable[[], None]]] = [
            ("import", self.do_import),
            ("import", self.do_import),
            ("edit", self.do_edit),
            ("edit", self.do_delete),
            ("edit", self.do_move),
            ("edit", self.do_copy),
            ("edit", self.do_tag),
            ("edit", self.do_merge),
            ("undo", self.do_undo),
            ("undo", self.do_undo),
            ("redo", self.do_redo),
        ]
        if indexes:
            self.actions += [("index", self.services.lookup.prepare)] * 2

    def run(self) -> None:
        """Work until killed."""
        self.services.libraries.libraries()
        self.say({"ready": state_of(self.services.paths.database).digest})
        while True:
            kind, action = self.chance.choice(self.actions)
            if kind != "import":
                self.say({"begin": kind})
            try:
                action()
            except EditError:
                self.say({"refused": kind})
                continue
            self.say({"done": kind, "state": state_of(self.services.paths.database).digest})

    def say(self, what: dict[str, object]) -> None:
        """Write a line, which outlives the process once it is with the system."""
        self.journal.write(json.dumps(what) + "\n")
        self.journal.flush()

    def do_import(self) -> None:
        """Import a new file, or make room if there is much already."""
        if self.services.libraries.entry_ids(LibraryQuery()).size > MOST_ENTRIES:
            self.say({"begin": "edit"})
            self.services.editing.remove_library(self.a_library())
            return
        self.imports += 1
        path = self.folder / f"{self.seed}-{self.imports}.msp"
        path.write_text("\n".join(self.record(f"{path.stem} {number}") for number in range(RECORDS)), encoding="utf-8")
        library = self.chance.choice(["North", "South", path.stem])
        self.say({"begin": "import", "file": str(path), "library": library})
        self.services.libraries.import_paths([path], library_name=library)

    def record(self, name: str) -> str:
        """A record of few peaks that no other has."""
        peaks = {self.chance.randrange(FIRST_M_Z, 500): self.chance.randrange(1, 999) for _ in range(8)} | {500: 999}
        return f"NAME: {name}\nNum Peaks: {len(peaks)}\n" + "".join(f"{mz} {height}\n" for mz, height in sorted(peaks.items()))

    def some(self) -> list[int]:
        """Ids of some entries."""
        ids = self.services.libraries.entry_ids(LibraryQuery()).tolist()
        return self.chance.sample(ids, min(len(ids), self.chance.choice([1, 20, 700])))

    def a_library(self) -> str:
        """Name of one of the libraries."""
        names = [info.name for info in self.services.libraries.libraries()]
        return self.chance.choice(names) if names else "none"

    def do_edit(self) -> None:
        """Change fields."""
        number = self.chance.randrange(10**6)
        self.services.editing.edit(self.some(), {"comment": f"edit {number}", "retention_index": str(number / 100)})

    def do_delete(self) -> None:
        """Delete entries."""
        self.services.editing.delete(self.some())

    def do_move(self) -> None:
        """Move entries to another library, which may be new."""
        self.services.editing.move_entries(self.some(), self.chance.choice(["East", "West", self.a_library()]))

    def do_copy(self) -> None:
        """Copy entries."""
        self.services.editing.copy_entries(self.some(), self.chance.choice(["East", "West"]))

    def do_tag(self) -> None:
        """Tag entries, or take the tag off."""
        change = self.chance.choice([self.services.editing.add_tags, self.services.editing.remove_tags])
        change(self.some(), [self.chance.choice(["red", "green", "blue"])])

    def do_merge(self) -> None:
        """Merge two libraries."""
        first, second = self.a_library(), self.a_library()
        if first == second:
            raise EditError("one library cannot be merged")
        self.services.editing.merge_libraries([first, second], first)

    def do_undo(self) -> None:
        """Undo the newest edit."""
        self.services.editing.undo()

    def do_redo(self) -> None:
        """Do the edit again that was undone last."""
        self.services.editing.redo()


if __name__ == "__main__":
    Busy(Path(sys.argv[1]), sys.argv[2], indexes=sys.argv[3] == "1").run()
