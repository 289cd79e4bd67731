"""The panel of hints, with what BitSpec ships."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from bitspec_gui.bootstrap import default_hints
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.services.hints import HintService
from bitspec_gui.services.hints_file import load_hint_knowledge
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.panels.hints import HintsPanel

DICHLOROBENZENE = SpectrumRecord(
    Spectrum([50, 74, 75, 111, 113, 146, 147, 148, 150], [150, 160, 260, 380, 125, 999, 66, 640, 103]), name="Peak 3"
)


@pytest.fixture
def state(qapp) -> IdentifyState:
    return IdentifyState()


@pytest.fixture
def panel(qtbot, state, runner) -> HintsPanel:
    panel = HintsPanel(state, HintService(lambda: load_hint_knowledge(default_hints())), runner)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_an_empty_panel_says_what_to_do(panel) -> None:
    assert "Choose an unknown" in panel.notes.text()
    assert panel.masses_model.rowCount() == 0


def test_an_unknown_gets_masses_elements_and_formulae(qtbot, panel, state) -> None:
    state.add([DICHLOROBENZENE])
    qtbot.waitUntil(lambda: panel.masses_model.rowCount() > 0, timeout=20_000)
    assert panel.masses_model.index(0, 0).data() == "146"
    assert "2 × Cl" in panel.isotopes.text()
    assert panel.formulae_model.rowCount() > 1
    assert "m/z 146" in panel.masses_model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_enter_on_a_candidate_offers_it_for_the_search(qtbot, panel, state) -> None:
    state.add([DICHLOROBENZENE])
    qtbot.waitUntil(lambda: panel.masses_model.rowCount() > 0, timeout=20_000)
    for table, signal, expected in (
        (panel.masses, panel.mass_chosen, 146),
        (panel.formulae, panel.formula_chosen, panel.formulae_model.hint_at(0).formula),
    ):
        table.setFocus()
        table.setCurrentIndex(table.model().index(0, 0))
        with qtbot.waitSignal(signal, timeout=2000) as told:
            qtbot.keyClick(table, Qt.Key.Key_Return)
        assert told.args == [expected]


def test_a_hidden_panel_asks_only_when_it_is_looked_at(qtbot, panel, state, runner) -> None:
    panel.hide()
    state.add([DICHLOROBENZENE])
    assert runner.jobs == ()
    assert panel.masses_model.rowCount() == 0
    panel.show()
    qtbot.waitUntil(lambda: panel.masses_model.rowCount() > 0, timeout=20_000)


def test_taking_the_unknown_off_the_list_empties_the_panel(qtbot, panel, state) -> None:
    (unknown,) = state.add([DICHLOROBENZENE])
    qtbot.waitUntil(lambda: panel.masses_model.rowCount() > 0, timeout=20_000)
    state.remove([unknown.key])
    assert panel.masses_model.rowCount() == 0
    assert "Choose an unknown" in panel.notes.text()
