"""Measured spectra that contradict their structure: marked in the Library tab, with the reason wherever one is looked at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from window_driver import measured, wait_until_quiet

from bitspec_gui.storage.library_store import open_library_store

REASON = "38 % of this spectrum lies above the molecular ion (m/z 78): it may be that of a heavier compound."
ROLE = Qt.ItemDataRole


@pytest.fixture
def library_tab(qtbot, services, window):
    store = open_library_store(services.paths.database)
    library = store.open_library("Mixed")
    benzene = {"smiles": "c1ccccc1", "formula": "C6H6", "nominal_mass": 78}
    store.add(
        library,
        [
            measured("Benzene", "UHOVQNZJYSORNB-UHFFFAOYSA-N", [(51, 200), (78, 999)], accession="B-1", **benzene),
            measured("Not benzene", "UHOVQNZJYSORNB-UHFFFAOYSA-N", [(78, 999), (150, 600)], doubt=REASON, **benzene),
        ],
    )
    store.close()
    window.library_flow.refresh()
    window.tabs.setCurrentWidget(window.library)
    wait_until_quiet(qtbot, window)
    assert window.library.model.rowCount() == 2
    return window.library


def cell(panel, name: str, heading: str):
    model = panel.model
    headings = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    names = [model.index(row, 0).data() for row in range(model.rowCount())]
    return model.index(names.index(name), headings.index(heading))


def click(qtbot, panel, name: str) -> None:
    place = panel.table.visualRect(cell(panel, name, "Name")).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_doubtful_entry_is_marked_in_the_table_with_the_reason(library_tab):
    doubtful = cell(library_tab, "Not benzene", "Name")
    assert not doubtful.data(ROLE.DecorationRole).isNull()
    assert doubtful.data(ROLE.ToolTipRole) == f"Not benzene\nDoubtful: {REASON}"
    assert doubtful.data(ROLE.AccessibleTextRole) == f"Not benzene, Doubtful: {REASON}"
    kind = cell(library_tab, "Not benzene", "Spectrum")
    assert (kind.data(), kind.data(ROLE.ToolTipRole)) == ("doubtful", f"Doubtful: {REASON}")
    trusted = cell(library_tab, "Benzene", "Name")
    assert trusted.data(ROLE.DecorationRole) is None
    assert trusted.data(ROLE.ToolTipRole) == "Benzene"
    assert cell(library_tab, "Benzene", "Spectrum").data() == "measured"


def test_the_mark_is_drawn_beside_the_name(qtbot, library_tab, window):
    colour = window.state.colours.warning

    def drawn(name: str) -> bool:
        place = library_tab.table.visualRect(cell(library_tab, name, "Name"))
        picture = library_tab.table.viewport().grab(place).toImage()
        points = ((x, y) for x in range(min(24, picture.width())) for y in range(picture.height()))
        return any(picture.pixelColor(x, y).name() == colour for x, y in points)

    assert drawn("Not benzene")
    assert not drawn("Benzene")


def test_a_doubtful_entry_says_why_above_its_spectrum_and_in_the_details(qtbot, library_tab, window):
    fact = window.details.facts["doubtful"]
    click(qtbot, library_tab, "Not benzene")
    qtbot.waitUntil(lambda: library_tab.caution.isVisible())
    assert library_tab.caution.sentence == f"This spectrum may not be that of the compound that it is filed under: {REASON}"
    assert library_tab.caution.accessibleName() == library_tab.caution.sentence
    assert (fact.text(), fact.isVisibleTo(window)) == (REASON, True)
    click(qtbot, library_tab, "Benzene")
    qtbot.waitUntil(lambda: not library_tab.caution.isVisible())
    assert (fact.text(), fact.isVisibleTo(window)) == ("", False)


def test_rows_that_are_copied_say_that_they_are_doubtful(qtbot, library_tab, window):
    click(qtbot, library_tab, "Not benzene")
    library_tab.copy_rows()
    assert "Not benzene\tdoubtful\tC6H6\t" in QGuiApplication.clipboard().text()


def test_the_reason_goes_when_the_entry_is_no_longer_listed(qtbot, library_tab, window):
    click(qtbot, library_tab, "Not benzene")
    qtbot.waitUntil(lambda: library_tab.caution.isVisible())
    qtbot.keyClicks(library_tab.search, "nothing of that name")
    qtbot.keyClick(library_tab.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: library_tab.model.rowCount() == 0)
    assert not library_tab.caution.isVisible()
    assert not window.details.facts["doubtful"].isVisibleTo(window)


def test_doubtful_entries_can_be_listed_by_themselves(qtbot, library_tab):
    kind = library_tab.kind
    kind.setFocus()
    qtbot.keyClick(kind, Qt.Key.Key_End)
    assert kind.currentText() == "Doubtful only"
    qtbot.waitUntil(lambda: library_tab.model.rowCount() == 1)
    assert cell(library_tab, "Not benzene", "Spectrum").data() == "doubtful"
    assert library_tab.count.text() == "1 spectrum"
    qtbot.keyClick(kind, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: library_tab.model.rowCount() == 2)
