from __future__ import annotations

from conftest import wait_until_quiet

from bitspec_gui.ui.state import Phase


def test_first_start_shows_an_example_beside_its_measured_spectrum(qtbot, nicotinamide_library, window):
    assert window.state.phase is Phase.SHOWN
    assert window.state.prediction.molecule.formula == "C6H6N2O"
    assert [match.record.accession for match in window.state.matches] == ["V-1", "V-2"]
    assert window.predict.comparison.match_factor.value.text() == str(window.state.matches[0].match_factor)
    assert window.details.structure.is_drawn
    window.grab().save("/tmp/first.png")
