"""The left dock: molecules of this session, libraries, models, recent files, and where to drop things."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.molecule import MoleculeInput, is_block
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.session import Kept, Session
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.libraries import kind_of
from bitspec_gui.ui.tables.unknowns import title_of
from bitspec_gui.ui.theme import icon

_THING = Qt.ItemDataRole.UserRole

MOST_UNKNOWNS = 12
"""Unknowns listed here; all of them are in the *Identify* tab."""


class DropZone(QFrame):
    """Says that things can be dropped; the window takes them wherever they fall."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dropZone")
        self.setProperty("role", "drop")
        self.setAccessibleName(self.tr("Drop zone"))
        self._sign = QLabel(self)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = QLabel(self.tr("Drop structures to predict,\nspectra or runs to identify"), self)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 10)
        layout.addWidget(self._sign)
        layout.addWidget(words)

    def set_over(self, over: bool) -> None:
        """Light up while something is dragged over the window."""
        self.setProperty("over", "true" if over else "false")
        self.style().unpolish(self)
        self.style().polish(self)

    def paint_sign(self, colour: str) -> None:
        """Draw the sign in a colour."""
        self._sign.setPixmap(icon("drop", colour).pixmap(QSize(24, 24)))


class ProjectPanel(QWidget):
    """What is at hand. A click predicts a molecule, lists a library, tells of a model, and opens a file again.

    `menu_wanted` brings the `Kept` molecule that was right-clicked (or on which the menu key was pressed), and where.
    """

    molecule_wanted = Signal(object)
    menu_wanted = Signal(object, object)
    input_wanted = Signal(object)
    library_wanted = Signal(str)
    unknown_wanted = Signal(int)
    version_wanted = Signal(int)
    file_wanted = Signal(object)

    def __init__(self, state: WindowState, session: Session, unknowns: IdentifyState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("projectPanel")
        self._state, self._session, self._unknowns = state, session, unknowns
        self._offered: tuple[MoleculeInput, ...] = ()
        self.setMinimumWidth(165)
        self.drop_zone = DropZone(self)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("projectTree")
        self.tree.setAccessibleName(self.tr("Molecules, libraries and recent files"))
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.setIndentation(14)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, self.tree.header().ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, self.tree.header().ResizeMode.ResizeToContents)
        self.molecules = self._section(self.tr("Molecules"))
        self.unknowns = self._section(self.tr("Unknowns"))
        self.libraries = self._section(self.tr("Libraries"))
        self.models = self._section(self.tr("Models"))
        self.files = self._section(self.tr("Recent files"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.drop_zone)
        self.tree.itemClicked.connect(self._clicked)
        self.tree.itemActivated.connect(self._clicked)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu_asked)
        session.changed.connect(self._show_molecules)
        state.prediction_changed.connect(self._mark_shown)
        state.libraries_changed.connect(self._show_libraries)
        unknowns.unknowns_changed.connect(self._show_unknowns)
        state.colours_changed.connect(self._repaint)
        self._show_molecules()
        self._show_unknowns()
        self._show_libraries()
        self.show_versions(())
        self.show_files(())

    def offer(self, molecules: tuple[MoleculeInput, ...]) -> None:
        """List structures that were opened but not predicted yet."""
        self._offered = molecules
        self._show_molecules()

    def show_files(self, files: tuple[str, ...]) -> None:
        """List recent files."""
        self._fill(self.files, [(Path(file).name or file, "", Path(file), file) for file in files], self.tr("none yet"))

    def show_versions(self, versions: Sequence[RegisteredVersion]) -> None:
        """List model versions, the one in use in bold; nothing is said as long as there is but the one that comes along."""
        tuned = [each for each in versions if not each.supplied]
        self.models.setHidden(not tuned)
        rows = [(each.version.name, self.tr("in use") if each.active else "", each, each.notes) for each in versions]
        self._fill(self.models, rows if tuned else [], "")
        for row, version in enumerate(versions if tuned else ()):
            font = self.models.child(row).font(0)
            font.setBold(version.active)
            self.models.child(row).setFont(0, font)

    def _show_molecules(self) -> None:
        rows = [_row_of(each) for each in self._session.kept]
        rows += [(*self._title_of_input(each), each, each.text[:200]) for each in self._offered]
        self._fill(self.molecules, rows, self.tr("none yet"))
        self._mark_shown()

    def _mark_shown(self) -> None:
        """Show in bold which molecule of the list is the one on show."""
        shown = self._state.prediction
        for row in range(self.molecules.childCount()):
            item = self.molecules.child(row)
            thing = item.data(0, _THING)
            font = item.font(0)
            font.setBold(isinstance(thing, Kept) and shown is not None and thing.molecule.smiles == shown.molecule.smiles)
            item.setFont(0, font)

    def _menu_asked(self, place: QPoint) -> None:
        item = self.tree.itemAt(place) or self.tree.currentItem()
        thing = item.data(0, _THING) if item is not None else None
        if isinstance(thing, Kept):
            self.menu_wanted.emit(thing, self.tree.viewport().mapToGlobal(place))

    def _show_unknowns(self) -> None:
        unknowns = self._unknowns.unknowns
        shown = [(title_of(each), "", each.key, each.record.source_file) for each in unknowns[:MOST_UNKNOWNS]]
        self._fill(self.unknowns, shown, self.tr("none yet"))
        if len(unknowns) > MOST_UNKNOWNS:
            self.unknowns.addChild(QTreeWidgetItem([self.tr("%1 more").replace("%1", f"{len(unknowns) - MOST_UNKNOWNS:,}")]))

    def _show_libraries(self) -> None:
        state = self._state
        if state.libraries is None:
            self._fill(self.libraries, [], self.tr("being opened…"))
            return
        rows = [(self._title_of(each), f"{each.spectra:,}", each.name, _about(each)) for each in state.libraries]
        self._fill(self.libraries, rows, self.tr("cannot be read") if state.library_problem else self.tr("none"))
        for row, library in enumerate(state.libraries):
            if library.wholly_predicted:
                slanted = self.libraries.child(row).font(0)
                slanted.setItalic(True)
                self.libraries.child(row).setFont(0, slanted)

    def _title_of_input(self, molecule: MoleculeInput) -> tuple[str, str]:
        """What a structure is called that was opened: its name, else its text, or its file and line if it is a block."""
        if molecule.name or molecule.identifier:
            return molecule.name or molecule.identifier, ""
        if not is_block(molecule.text):
            return molecule.text.strip()[:40], ""
        line = "" if molecule.line is None else self.tr("line %1").replace("%1", str(molecule.line))
        return Path(molecule.file).name, line

    def _title_of(self, library: LibraryInfo) -> str:
        """Name of a library, which says that it is predicted if the name itself does not."""
        if not library.wholly_predicted or "predicted" in library.name.lower():
            return library.name
        return self.tr("%1 (predicted)").replace("%1", library.name)

    def _section(self, title: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree, [title])
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setExpanded(True)
        return item

    def _fill(self, section: QTreeWidgetItem, rows: Sequence[tuple[str, str, object, str]], nothing: str) -> None:
        section.takeChildren()
        for text, right, thing, tip in rows:
            item = QTreeWidgetItem(section, [text, right])
            item.setData(0, _THING, thing)
            item.setToolTip(0, tip)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setForeground(1, self.palette().placeholderText())
        if not rows:
            item = QTreeWidgetItem(section, [nothing])
            item.setFlags(Qt.ItemFlag.NoItemFlags)

    def _clicked(self, item: QTreeWidgetItem) -> None:
        thing = item.data(0, _THING)
        if isinstance(thing, Kept):
            self.molecule_wanted.emit(thing.molecule)
        elif isinstance(thing, MoleculeInput):
            self._offered = tuple(each for each in self._offered if each is not thing)
            self.input_wanted.emit(thing)
        elif isinstance(thing, RegisteredVersion):
            self.version_wanted.emit(thing.version_id)
        elif isinstance(thing, Path):
            self.file_wanted.emit(thing)
        elif isinstance(thing, int):
            self.unknown_wanted.emit(thing)
        elif isinstance(thing, str):
            self.library_wanted.emit(thing)

    def _repaint(self) -> None:
        self.drop_zone.paint_sign(self._state.colours.muted)
        self._show_molecules()
        self._show_libraries()


def _row_of(kept: Kept) -> tuple[str, str, object, str]:
    """Name and formula of a molecule of the list, with what its prediction says as tooltip."""
    molecule, prediction = kept.molecule, kept.prediction
    formula = with_subscripts(molecule.formula)
    lines = [molecule.name, f"{formula}  ·  M {molecule.nominal_mass}", molecule.smiles]
    if prediction is not None:
        largest = sorted(zip(prediction.spectrum.intensity, prediction.spectrum.mz, strict=True), reverse=True)[:5]
        lines.append("m/z " + ", ".join(f"{mz:.0f}" for _intensity, mz in largest))
    return molecule.name or formula, formula if molecule.name else "", kept, "\n".join(line for line in lines if line)


def _about(library: LibraryInfo) -> str:
    lines = (library.name, kind_of(library) if library.predicted else "", library.licence, library.source)
    return "\n".join(line for line in lines if line)
