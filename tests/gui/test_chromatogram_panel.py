from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from bitspec_gui.domain.run import Run
from bitspec_gui.services.runs import Trace
from bitspec_gui.ui.panels.chromatogram import ChromatogramPanel
from bitspec_gui.ui.theme import DARK, LIGHT
from bitspec_gui.ui.views.chromatogram import ChromatogramContent, ChromatogramView, PickMode
from bitspec_gui.ui.views.traces_item import line_through

SCANS = 300


def jcamp(scans=SCANS):
    """A run over 5 minutes: m/z 57 and 71 peak in the second minute, 91 in the fourth, 207 bleeds."""
    pages = ["##TITLE= essence\n##DATA TYPE= MASS SPECTRUM\n"]
    for scan in range(scans):
        first, second = (9000 * np.exp(-((scan - at) ** 2) / 18) for at in (90, 210))
        peaks = [(57, first), (71, first / 2), (91, second), (207, 500)]
        lines = "".join(f"{mz}, {round(i)}\n" for mz, i in peaks if i >= 1)
        pages.append(f"##SCAN_NUMBER= {scan + 1}\n##RETENTION_TIME= {scan}\n##XYDATA= (XY..XY)\n{lines}")
    return "".join(pages) + "##END=\n"


@pytest.fixture
def panel(qtbot, runner):
    panel = ChromatogramPanel(LIGHT, runner)
    qtbot.addWidget(panel)
    panel.resize(900, 400)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel
    panel.close_run()


@pytest.fixture
def opened(qtbot, runner, panel, tmp_path):
    path = tmp_path / "essence.jdx"
    path.write_text(jcamp())
    with qtbot.waitSignal(panel.run_opened):
        panel.open_path(path)
    quiet(qtbot, runner)
    panel.picked_records = []
    panel.spectrum_picked.connect(panel.picked_records.append)
    return panel


def quiet(qtbot, runner):
    qtbot.waitUntil(lambda: not runner.jobs)
    QApplication.processEvents()


def at(view, minutes, percent=50.0):
    return view.plot.mapFromScene(view._box.mapViewToScene(QPointF(minutes, percent)))


def click(qtbot, panel, minutes):
    with qtbot.waitSignal(panel.spectrum_picked) as picked:
        qtbot.mouseClick(panel.view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(panel.view, minutes))
    return picked.args[0]


def drag(qtbot, panel, first, last, modifiers=Qt.KeyboardModifier.NoModifier):
    viewport, left = panel.view.plot.viewport(), Qt.MouseButton.LeftButton
    start, end = at(panel.view, first), at(panel.view, last)
    qtbot.mousePress(viewport, left, modifiers, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(viewport, pos=start + (end - start) * step / 5)
        # pyqtgraph looks at a hundred moves a second and no more.
        qtbot.wait(12)
    qtbot.mouseRelease(viewport, left, modifiers, pos=end)


def key(qtbot, panel, which, modifiers=Qt.KeyboardModifier.NoModifier):
    with qtbot.waitSignal(panel.spectrum_picked) as picked:
        qtbot.keyClick(panel.view.plot, which, modifiers)
    return picked.args[0]


def test_an_empty_panel_says_what_to_do_and_offers_nothing_that_cannot_be_done(panel):
    assert "Open a GC-MS run" in panel.view._hint.text()
    controls = panel.controls
    for widget in (controls.ions, controls.subtract, controls.previous, controls.following, controls.all_peaks, controls.forget):
        assert not widget.isEnabled()


def test_an_opened_run_tells_its_name_size_and_range(opened):
    assert opened.title.text() == "essence.jdx · essence"
    assert opened.facts.text() == "300 scans · 0.00 to 4.98 min · m/z 57 to 207"
    assert opened.view.content.tops == (90, 210)
    assert not opened.remarks.isVisible()


def test_every_control_has_a_name_for_screen_readers(opened):
    controls = opened.controls
    for widget in (controls.ions, controls.subtract, controls.forget, controls.previous, controls.following, controls.all_peaks):
        assert widget.objectName()
        assert widget.accessibleName()
    assert all(button.accessibleName() and button.objectName() for button in controls.mode_buttons.values())
    assert opened.view.plot.accessibleName()


def test_a_click_picks_the_scan_there_and_its_spectrum_goes_out(qtbot, opened):
    record = click(qtbot, opened, 1.5)
    assert opened.pick.first == opened.pick.last
    assert abs(opened.pick.first - 90) <= 2
    assert record.name.startswith("essence.jdx, 1.")
    assert record.source_file.endswith("essence.jdx")
    assert record.spectrum.mz.tolist() == [57, 71, 207]
    assert opened.picked.text().endswith("· 3 peaks")


def test_arrow_keys_step_through_scans_and_stop_at_the_ends(qtbot, opened):
    click(qtbot, opened, 1.5)
    scan = opened.pick.first
    key(qtbot, opened, Qt.Key.Key_Right)
    assert opened.pick.first == scan + 1
    key(qtbot, opened, Qt.Key.Key_Left)
    key(qtbot, opened, Qt.Key.Key_Left)
    assert opened.pick.first == scan - 1
    opened._pick_scans(0, 0)
    key(qtbot, opened, Qt.Key.Key_Left)
    assert opened.pick.first == 0


def test_dragging_in_range_mode_picks_the_scans_to_average(qtbot, opened):
    qtbot.mouseClick(opened.controls.mode_buttons[PickMode.RANGE], Qt.MouseButton.LeftButton)
    zoomed = opened.view._box.viewRange()[0]
    with qtbot.waitSignal(opened.spectrum_picked) as picked:
        drag(qtbot, opened, 1.4, 1.6)
    assert opened.view._box.viewRange()[0] == zoomed
    assert abs(opened.pick.first - 84) <= 2
    assert abs(opened.pick.last - 96) <= 2
    assert "scans" in picked.args[0].name


def test_shift_and_drag_picks_a_range_and_a_plain_drag_pans(qtbot, opened):
    with qtbot.waitSignal(opened.spectrum_picked):
        drag(qtbot, opened, 1.4, 1.6, Qt.KeyboardModifier.ShiftModifier)
    assert opened.pick.scans > 5
    opened.view._box.setXRange(1, 2, padding=0)
    drag(qtbot, opened, 1.5, 1.3)
    assert opened.view._box.viewRange()[0][0] > 1.1


def test_a_background_before_and_after_is_subtracted_from_what_is_picked(qtbot, opened):
    click(qtbot, opened, 1.5)
    assert 207 in opened.picked_records[-1].spectrum.mz
    with qtbot.waitSignal(opened.spectrum_picked):
        drag(qtbot, opened, 1.0, 1.1, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(opened.controls.mode_buttons[PickMode.BACKGROUND], Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(opened.spectrum_picked) as picked:
        drag(qtbot, opened, 2.0, 2.1)
    assert len(opened.pick.background) == 2
    assert opened.controls.subtract.isChecked()
    assert picked.args[0].spectrum.mz.tolist() == [57, 71]
    assert "less the mean of" in picked.args[0].comment


def test_the_toggle_takes_the_subtraction_back_and_on_again(qtbot, opened):
    click(qtbot, opened, 1.5)
    with qtbot.waitSignal(opened.spectrum_picked):
        drag(qtbot, opened, 1.0, 1.1, Qt.KeyboardModifier.ControlModifier)
    for peaks in ([57, 71, 207], [57, 71]):
        with qtbot.waitSignal(opened.spectrum_picked) as picked:
            opened.controls.subtract.click()
        assert picked.args[0].spectrum.mz.tolist() == peaks
    with qtbot.waitSignal(opened.spectrum_picked) as picked:
        qtbot.mouseClick(opened.controls.forget, Qt.MouseButton.LeftButton)
    assert picked.args[0].spectrum.mz.tolist() == [57, 71, 207]
    assert not opened.controls.subtract.isChecked()
    assert not opened.controls.forget.isEnabled()


def test_ctrl_and_arrows_go_from_peak_to_peak_less_their_background(qtbot, opened):
    ctrl = Qt.KeyboardModifier.ControlModifier
    assert key(qtbot, opened, Qt.Key.Key_Right, ctrl).spectrum.mz.tolist() == [57, 71]
    assert key(qtbot, opened, Qt.Key.Key_Right, ctrl).spectrum.mz.tolist() == [91]
    assert key(qtbot, opened, Qt.Key.Key_Left, ctrl).spectrum.mz.tolist() == [57, 71]


def test_after_a_step_to_a_peak_a_click_elsewhere_does_not_subtract_the_background_of_that_peak(qtbot, opened):
    key(qtbot, opened, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert click(qtbot, opened, 3.5).spectrum.mz.tolist() == [91, 207]
    assert opened.pick.background == ()


def test_all_peaks_go_out_together(qtbot, opened):
    with qtbot.waitSignal(opened.peaks_picked) as picked:
        qtbot.mouseClick(opened.controls.all_peaks, Qt.MouseButton.LeftButton)
    (records,) = picked.args
    assert [record.spectrum.mz.tolist() for record in records] == [[57, 71], [91]]


def test_typed_ions_become_traces_and_a_typing_error_is_said(qtbot, runner, opened):
    qtbot.keyClicks(opened.controls.ions, "57, 91")
    qtbot.waitUntil(lambda: len(opened.view.content.ions) == 2)
    assert [trace.label for trace in opened.view.content.ions] == ["m/z 57", "m/z 91"]
    assert opened.view._legend.isVisible()
    assert opened.view.content.ions[0].intensity.argmax() == 90
    qtbot.keyClicks(opened.controls.ions, "x")
    qtbot.keyClick(opened.controls.ions, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "no m/z" in opened.problem.sentence)
    opened.controls.ions.clear()
    qtbot.waitUntil(lambda: not opened.view.content.ions)
    quiet(qtbot, runner)
    assert not opened.problem.isVisible()


def test_a_file_that_is_no_run_is_said_and_the_run_on_show_stays(qtbot, runner, opened, tmp_path):
    bad = tmp_path / "bad.cdf"
    bad.write_bytes(b"CDF\x01" + b"\xff" * 100)
    opened.open_path(bad)
    qtbot.waitUntil(lambda: "damaged" in opened.problem.sentence)
    assert opened.run is not None
    assert opened.title.text().startswith("essence.jdx")


def test_what_was_repaired_is_shown(qtbot, runner, panel, tmp_path):
    path = tmp_path / "cut.jdx"
    path.write_text(jcamp(40) + "##SCAN_NUMBER= 41\n##RETENTION_TIME= 41\n##XYDATA= (XY..XY)\n57, oh\n")
    with qtbot.waitSignal(panel.run_opened):
        panel.open_path(path)
    quiet(qtbot, runner)
    assert panel.remarks.isVisible()
    assert "“oh” is no pair of m/z and intensity." in panel.remarks.sentence


def test_a_closed_run_leaves_an_empty_panel(qtbot, runner, opened):
    opened.close_run()
    quiet(qtbot, runner)
    assert opened.run is None
    assert opened.view.content is None
    assert opened.view._hint.isVisible()
    qtbot.mouseClick(opened.view.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 80))
    qtbot.keyClick(opened.view.plot, Qt.Key.Key_Right)
    quiet(qtbot, runner)
    assert opened.picked_records == []


def test_the_close_button_puts_the_run_away(qtbot, runner, opened):
    qtbot.mouseClick(opened.close_button, Qt.MouseButton.LeftButton)
    assert opened.run is None
    assert opened.isHidden()


# The view by itself


@pytest.fixture
def view(qtbot):
    view = ChromatogramView("chromatogram")
    qtbot.addWidget(view)
    view.resize(800, 300)
    view.show()
    qtbot.waitExposed(view)
    view.show_content(content(2000))
    QApplication.processEvents()
    return view


def content(scans, ions=0):
    times = np.linspace(0, 60, scans)
    rng = np.random.default_rng(3)
    total = rng.random(scans) * 50 + 10_000 * np.exp(-((times - 20) ** 2) / 0.02) + 1000 * np.exp(-((times - 40) ** 2) / 0.02)
    return ChromatogramContent(
        times, Trace("Total ions", total), tuple(Trace(f"m/z {50 + i}", total / (i + 2)) for i in range(ions))
    )


def wheel(view, where, delta, modifiers=Qt.KeyboardModifier.NoModifier):
    viewport = view.plot.viewport()
    event = QWheelEvent(
        QPointF(where), QPointF(viewport.mapToGlobal(where)), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def test_zooming_into_small_peaks_makes_them_fill_the_height(view):
    whole = view._box.viewRange()
    assert whole[1][1] == pytest.approx(112, rel=0.01)
    view._box.setXRange(38, 42, padding=0)
    assert view._box.viewRange()[1][1] == pytest.approx(11.2, rel=0.1)


def test_wheel_zooms_time_with_ctrl_intensity_and_a_double_click_resets(qtbot, view):
    whole = view._box.viewRange()
    wheel(view, at(view, 20), 240)
    assert np.ptp(view._box.viewRange()[0]) < np.ptp(whole[0])
    before = view._box.viewRange()
    wheel(view, at(view, 20, 10), 240, Qt.KeyboardModifier.ControlModifier)
    assert view._box.viewRange()[0] == before[0]
    assert view._box.viewRange()[1][1] < before[1][1]
    qtbot.mouseDClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(view, 20, 10))
    qtbot.waitUntil(lambda: view._box.viewRange()[0] == pytest.approx(whole[0]))
    assert view._box.viewRange()[1] == pytest.approx(whole[1])


def test_plus_and_minus_zoom_around_what_is_picked(qtbot, view):
    view.mark([(1000, 1010)], [])
    middle = view.content.time_min[[1000, 1010]].mean()
    for _ in range(4):
        qtbot.keyClick(view.plot, Qt.Key.Key_Plus)
    low, high = view._box.viewRange()[0]
    assert low < middle < high < 45
    qtbot.keyClick(view.plot, Qt.Key.Key_Home)
    assert view._box.viewRange()[0][1] > 60


def test_a_picked_scan_out_of_sight_comes_into_sight(view):
    view._box.setXRange(1, 2, padding=0)
    view.mark([(1990, 1990)], [])
    low, high = view._box.viewRange()[0]
    assert low < view.content.time_min[1990] < high


def test_hovering_tells_time_scan_and_intensity(view):
    view._hovered(view._box.mapViewToScene(QPointF(20.0, 50)))
    words = view._hover.text()
    assert words.startswith("19.99") or words.startswith("20.0")
    assert "scan 66" in words


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_traces_picked_scans_and_background_are_drawn_in_their_colours(view, colours):
    view.set_colours(colours)
    view.show_content(content(2000, ions=2))
    view._box.setXRange(19, 21, padding=0)
    view.mark([(664, 664)], [(640, 645)])
    image = view.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {colours.base, colours.muted, colours.predicted, colours.excellent, colours.accent} <= seen


def test_very_many_scans_are_drawn_with_two_points_a_pixel_and_lose_no_peak(view):
    rng = np.random.default_rng(1)
    x, y = np.sort(rng.uniform(0, 700, 200_000)), rng.uniform(0, 100, 200_000)
    y[123_456], y[77_777] = 500, -40
    drawn = line_through(x, y)
    assert drawn.size() <= 2 * 701
    heights = [drawn.at(place).y() for place in range(drawn.size())]
    assert (max(heights), min(heights)) == (500, -40)
    assert line_through(x[::4000], y[::4000]).size() == 50


def test_a_run_of_one_scan_can_be_looked_at_and_picked(qtbot, runner, panel):
    one = Run("one.cdf", np.array([1.0]), np.array([5.0]), np.array([0, 1]), np.float32([57]), np.float32([5]))
    panel.show_run(one)
    quiet(qtbot, runner)
    assert click(qtbot, panel, 1.0).spectrum.mz.tolist() == [57]
