from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.ui.theme import DARK
from bitspec_gui.ui.views import peaks_item
from bitspec_gui.ui.views.content import SpectrumContent, ViewMode, loss_text, mz_text, sticks_of
from bitspec_gui.ui.views.label_layout import Candidate, place_labels
from bitspec_gui.ui.views.picture import PICTURE_SUFFIXES, image_of, picture_bytes
from bitspec_gui.ui.views.spectrum_view import SpectrumView

PREDICTED = Spectrum([50, 77, 105, 122], [10, 400, 999, 300])
MEASURED = Spectrum([51, 77.04, 105, 122], [200, 500, 900, 1000])
BOTH = SpectrumContent(PREDICTED, "Predicted", MEASURED, "Measured", 122)


@pytest.fixture
def view(qtbot):
    view = SpectrumView("spectrum")
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.show_content(BOTH)
    view.show()
    qtbot.waitExposed(view)
    QApplication.processEvents()
    return view


def where(view, mz, percent):
    """A point of the plot's viewport."""
    return view.plot.mapFromScene(view._box.mapViewToScene(QPointF(mz, percent)))


def x_range(view):
    return tuple(view._box.viewRange()[0])


def wheel(view, at, delta, modifiers=Qt.KeyboardModifier.NoModifier):
    viewport = view.plot.viewport()
    event = QWheelEvent(
        QPointF(at), QPointF(viewport.mapToGlobal(at)), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def test_mirror_puts_the_measured_spectrum_below_the_axis_in_percent_of_its_base_peak():
    top, bottom = sticks_of(BOTH, ViewMode.MIRROR)
    assert top.height.max() == 100
    assert bottom.height.min() == -100
    assert bottom.mz.tolist() == [51, 77.04, 105, 122]


def test_difference_is_predicted_less_measured_on_unit_masses():
    more, less = sticks_of(BOTH, ViewMode.DIFFERENCE)
    heights = dict(zip(np.concatenate([more.mz, less.mz]), np.concatenate([more.height, less.height]), strict=True))
    assert heights[51] == pytest.approx(-20, abs=0.01)
    assert heights[105] == pytest.approx(10, abs=0.01)
    assert heights[77] == pytest.approx(100 * 400 / 999 - 50, abs=0.01)


def test_a_loss_is_counted_from_the_molecular_ion():
    assert [loss_text(mz, 122) for mz in (105, 122, 123, 140)] == ["M − 17", "M", "M + 1", ""]
    assert loss_text(105, None) == ""


def test_accurate_masses_are_labelled_with_decimals_and_unit_masses_without():
    assert [mz_text(105.0), mz_text(105.0335)] == ["105", "105.03"]


def test_no_two_labels_overlap_and_the_largest_peak_has_one():
    candidates = [Candidate(x, 200 - i, 20, i, True, i) for i, x in enumerate(range(10, 400, 3))]
    placed = place_labels(candidates, 12, (0, 0, 420, 300))
    assert max(c.index for c in candidates) in {p.index for p in placed}
    for a in placed:
        for b in placed:
            if a is not b:
                apart_x = a.left + a.width <= b.left or b.left + b.width <= a.left
                apart_y = a.top + a.height <= b.top or b.top + b.height <= a.top
                assert apart_x or apart_y


def test_wheel_zooms_masses_only_and_double_click_resets(qtbot, view):
    whole, intensity = x_range(view), view._box.viewRange()[1]
    wheel(view, where(view, 100, 20), 240)
    zoomed = x_range(view)
    assert zoomed[1] - zoomed[0] < whole[1] - whole[0]
    assert view._box.viewRange()[1] == intensity
    at = where(view, 100, 60)
    qtbot.mouseDClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: x_range(view) == pytest.approx(whole))


def test_ctrl_wheel_zooms_the_intensity(view):
    before = view._box.viewRange()[1]
    wheel(view, where(view, 100, 20), 240, Qt.KeyboardModifier.ControlModifier)
    after = view._box.viewRange()[1]
    assert after[1] < before[1]


def test_a_click_on_a_peak_picks_it(qtbot, view):
    with qtbot.waitSignal(view.peak_picked) as picked:
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=where(view, 105, 50))
    assert picked.args == [105]


def test_a_click_beside_all_peaks_picks_nothing(qtbot, view):
    with qtbot.waitSignal(view.peak_picked) as picked:
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=where(view, 90, 50))
    assert picked.args == [None]


def test_hovering_tells_mass_intensity_and_loss(qtbot, view):
    view._hovered(view._box.mapViewToScene(QPointF(77, 20)))
    assert view._hover.text() == "m/z 77 · 40.0 % · M − 45"
    view._hovered(view._box.mapViewToScene(QPointF(77, -20)))
    assert view._hover.text() == "m/z 77.04 · 50.0 % · M − 45"
    view._hovered(view._box.mapViewToScene(QPointF(60, 20)))
    assert not view._hover.isVisible()


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
def test_pictures_hold_the_spectrum_on_white_whatever_the_theme(view, suffix, tmp_path):
    view.set_colours(DARK)
    content = picture_bytes(view, suffix)
    if suffix == ".pdf":
        assert content.startswith(b"%PDF")
        return
    if suffix == ".svg":
        renderer = QSvgRenderer(content)
        assert renderer.isValid()
        assert renderer.viewBox().width() == view.plot.viewport().width()
        assert b"122" in content
        return
    image = QImage.fromData(content)
    assert image.width() == 3 * view.plot.viewport().width()
    assert image.pixelColor(2, 2).name() == "#ffffff"
    assert view.colours is DARK


def test_the_picture_shows_both_series(view):
    image = image_of(view, 1.0)
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 3)}
    assert {"#2458c6", "#c8501e"} <= colours


def test_a_title_is_drawn_whole_where_its_letters_are_wider_than_measured(view, monkeypatch):
    # As in pictures larger than the screen: letters on a screen are rounded to whole pixels.
    class Narrower(QFontMetricsF):
        def horizontalAdvance(self, *text):
            return 0.9 * super().horizontalAdvance(*text)

    view.show_content(SpectrumContent(PREDICTED, "Predicted by bitspec-ei-1", MEASURED, "Measured", 122))

    def end_of_title():
        image = image_of(view, 1.0)
        band = range(20, 65)
        title = [x for x in range(image.width() // 2) if any(image.pixelColor(x, y).name() == "#2458c6" for y in band)]
        return max(title)

    whole = end_of_title()
    monkeypatch.setattr(peaks_item, "QFontMetricsF", Narrower)
    assert end_of_title() == whole


@pytest.mark.parametrize("mass", [18, 40, 105, 122, 200])
def test_the_mark_of_m_and_the_title_keep_apart_wherever_m_lies(qtbot, view, mass):
    view.resize(360, 150)
    peaks = Spectrum([18, 40, 105, 122, 200], [999, 500, 400, 300, 200])
    view.show_content(SpectrumContent(peaks, "Predicted by a model with a long name", None, "", mass))
    view.set_labels(False, 5.0)
    QApplication.processEvents()
    colours = {"title": view.colours.predicted, "mark": view.colours.ion}
    top = round(view._box.sceneBoundingRect().top())
    image = image_of(view, 1.0)
    columns = {
        what: [x for x in range(image.width()) if any(image.pixelColor(x, y).name() == colour for y in range(top + 3, top + 16))]
        for what, colour in colours.items()
    }
    assert columns["mark"]
    assert len(columns["title"]) > 20
    apart = min(columns["title"]) - max(columns["mark"]), min(columns["mark"]) - max(columns["title"])
    assert max(apart) >= 4


def test_the_line_of_m_does_not_run_through_words(qtbot, view):
    heavy = Spectrum([50, 100, 122], [100, 300, 999])
    view.show_content(SpectrumContent(heavy, "Predicted", heavy, "Measured", 122))
    QApplication.processEvents()
    image = image_of(view, 1.0)
    x = where(view, 122, 0).x()
    tops = [where(view, 122, percent).y() for percent in (100.0, -100.0)]
    for first, last in ((tops[0] - 14, tops[0] - 5), (tops[1] + 5, tops[1] + 14)):
        near = {image.pixelColor(column, y).name() for column in (x - 1, x, x + 1) for y in range(first, last)}
        assert view.colours.ion not in near
    line = {image.pixelColor(column, y).name() for column in (x - 1, x, x + 1) for y in range(tops[1] + 22, tops[1] + 34)}
    assert view.colours.ion in line


def test_a_low_view_leaves_its_room_to_the_peaks(qtbot, view):
    def shown():
        QApplication.processEvents()
        axes = {name: view.plot.getAxis(name) for name in ("left", "bottom", "top")}
        return [name for name, axis in axes.items() if axis.isVisible()], axes["left"].label.isVisible()

    assert shown() == (["left", "bottom", "top"], True)
    view.resize(500, 120)
    assert shown() == (["left", "bottom"], False)
    assert view._box.height() > 80
    view.resize(700, 400)
    assert shown() == (["left", "bottom", "top"], True)


def test_seven_hundred_peaks_cost_little_more_paint_than_seven(qtbot, view):
    rng = np.random.default_rng(7)

    def fastest_paint(peaks):
        mz = np.linspace(1, 700, peaks)
        view.show_content(SpectrumContent(Spectrum(mz, rng.random(peaks)), "P", Spectrum(mz, rng.random(peaks)), "M", 700))
        QApplication.processEvents()
        took = []
        for _ in range(10):
            started = time.thread_time()
            view.plot.viewport().repaint()
            took.append(time.thread_time() - started)
        return min(took)

    # Some 8 times on an idle machine, 20 on one whose cores are shared; sticks drawn one by one cost 400 times as much.
    assert fastest_paint(700) < 40 * fastest_paint(7)


def test_an_empty_view_paints_and_says_what_to_do(view):
    view.show_content(None)
    view.set_hint("Choose an entry.")
    QApplication.processEvents()
    assert view._hint.isVisible()
    view.grab()
