from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication

from bitspec_gui.domain.sketch import Sketch, SketchAtom
from bitspec_gui.ui.sketcher.sight import COMFORTABLE_BOND_PX, LEAST_ZOOM, MOST_ZOOM
from bitspec_gui.ui.theme import DARK


def wheel(canvas, at, notches, modifiers=Qt.KeyboardModifier.NoModifier, pixels=QPoint(), phase=Qt.ScrollPhase.NoScrollPhase):  # noqa: B008
    port = canvas.viewport()
    event = QWheelEvent(
        QPointF(at), QPointF(port.mapToGlobal(at)), pixels, QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton, modifiers,
        phase, False,
    )  # fmt: skip
    QApplication.sendEvent(port, event)


def line_of(atoms, spacing=1.0):
    return Sketch({key + 1: SketchAtom(spacing * key, 0.0) for key in range(atoms)}, {}, atoms + 1)


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
def test_the_wheel_zooms_at_the_pointer(hands, modifiers):
    at = QPoint(600, 150)
    place = hands.canvas.paper_point(QPointF(at))
    wheel(hands.canvas, at, 3, modifiers)
    assert hands.canvas.zoom > 1.5
    assert hands.canvas.paper_point(QPointF(at)) == pytest.approx(place, abs=0.03)


def test_zoom_stays_within_limits(hands):
    at = QPoint(400, 300)
    wheel(hands.canvas, at, 100)
    assert hands.canvas.zoom == MOST_ZOOM
    wheel(hands.canvas, at, -200)
    assert hands.canvas.zoom == LEAST_ZOOM


def test_two_fingers_on_a_touch_pad_pan(hands):
    at = hands.canvas.view_point(0, 0)
    wheel(hands.canvas, QPoint(400, 300), 0.3, pixels=QPoint(25, -14), phase=Qt.ScrollPhase.ScrollUpdate)
    moved = hands.canvas.view_point(0, 0) - at
    assert (moved.x(), moved.y()) == pytest.approx((25, -14), abs=1)
    assert hands.canvas.zoom == 1


def test_two_fingers_moving_apart_on_a_touch_pad_zoom_at_their_middle(hands):
    at = QPointF(600, 150)
    place = hands.canvas.paper_point(at)
    pad, port = QPointingDevice.primaryPointingDevice(), hands.canvas.viewport()
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, pad, 2, at, at, QPointF(port.mapToGlobal(at.toPoint())), 0.5, QPointF()
    )
    QApplication.sendEvent(port, pinch)
    assert hands.canvas.zoom == pytest.approx(1.5)
    assert hands.canvas.paper_point(at) == pytest.approx(place, abs=0.03)


def test_the_middle_button_drags_the_paper(hands):
    at = hands.canvas.view_point(0, 0)
    start = hands.canvas.paper_point(QPointF(300, 300))
    end = hands.canvas.paper_point(QPointF(380, 250))
    hands.drag(start, end, button=Qt.MouseButton.MiddleButton)
    moved = hands.canvas.view_point(0, 0) - at
    assert (moved.x(), moved.y()) == pytest.approx((80, -50), abs=2)
    assert not hands.sketch


def test_the_space_bar_and_a_drag_move_the_paper_and_select_nothing(hands, qtbot):
    hands.click((0, 0))
    atoms = hands.sketch.atoms
    at = hands.canvas.view_point(0, 0)
    qtbot.keyPress(hands.canvas, Qt.Key.Key_Space)
    assert hands.canvas.viewport().cursor().shape() == Qt.CursorShape.OpenHandCursor
    hands.drag((0, 0), (1, 0))
    qtbot.keyRelease(hands.canvas, Qt.Key.Key_Space)
    assert (hands.canvas.view_point(0, 0) - at).x() == pytest.approx(hands.canvas.bond_px, abs=2)
    assert hands.sketch.atoms == atoms
    assert not hands.editor.selection
    assert hands.canvas.viewport().cursor().shape() == Qt.CursorShape.CrossCursor


def test_fitting_shows_everything_and_never_enlarges_beyond_a_comfortable_bond(hands):
    hands.editor.replace(line_of(60), "Paste")
    port = hands.canvas.viewport().rect()
    assert all(port.contains(hands.pixel(atom)) for atom in hands.sketch.atoms)
    hands.editor.replace(line_of(2), "Paste")
    assert hands.canvas.bond_px == pytest.approx(COMFORTABLE_BOND_PX)
    left, bottom, right, top = hands.canvas.item.extent
    assert hands.canvas.view_point((left + right) / 2, (bottom + top) / 2).x() == pytest.approx(port.width() / 2, abs=1)


def test_a_drawing_that_was_fitted_stays_in_sight_when_the_window_shrinks(hands):
    hands.editor.replace(line_of(20), "Paste")
    hands.canvas.resize(300, 250)
    port = hands.canvas.viewport().rect()
    assert all(port.contains(hands.pixel(atom)) for atom in hands.sketch.atoms)


def test_a_place_that_somebody_chose_stays_in_the_middle_when_the_window_is_resized(hands):
    hands.editor.replace(line_of(20), "Paste")
    wheel(hands.canvas, QPoint(200, 300), 4)
    middle = hands.canvas.paper_point(QPointF(400, 300))
    zoom = hands.canvas.zoom
    hands.canvas.resize(500, 420)
    assert hands.canvas.paper_point(QPointF(250, 210)) == pytest.approx(middle, abs=0.05)
    assert hands.canvas.zoom == zoom


def test_what_is_drawn_before_the_canvas_is_shown_is_fitted_when_it_is(hands, qtbot):
    hands.canvas.hide()
    hands.editor.replace(line_of(40), "Paste")
    hands.canvas.resize(400, 400)
    hands.canvas.show()
    qtbot.waitExposed(hands.canvas)
    assert all(hands.canvas.viewport().rect().contains(hands.pixel(atom)) for atom in hands.sketch.atoms)


def test_undo_brings_a_drawing_that_is_out_of_sight_into_sight(hands):
    hands.click((0, 0))
    hands.editor.apply(Sketch(), "Clear")
    hands.drag((0, 0), (10, 0), button=Qt.MouseButton.MiddleButton)
    hands.drag((0, 0), (10, 0), button=Qt.MouseButton.MiddleButton)
    hands.keys("Ctrl+Z")
    assert all(hands.canvas.viewport().rect().contains(hands.pixel(atom)) for atom in hands.sketch.atoms)


def test_far_out_on_the_paper_there_is_still_paper(hands):
    for _ in range(12):
        hands.drag((0, 0), (-300 / hands.canvas.bond_px, 0), button=Qt.MouseButton.MiddleButton)
        hands.canvas.pan(QPointF(-3000, 2000))
    place = hands.canvas.paper_point(QPointF(400, 300))
    assert place[0] > 900
    hands.click(place)
    assert len(hands.sketch.atoms) == 2


def test_keys_zoom_and_fit(hands):
    hands.click((0, 0))
    hands.keys("Ctrl++", "Ctrl++")
    assert hands.canvas.zoom > 1.3
    hands.keys("Ctrl+-", "Ctrl+0")
    assert hands.canvas.bond_px == pytest.approx(COMFORTABLE_BOND_PX)


def test_empty_paper_says_what_to_do_and_a_drawing_takes_the_words_away(hands):
    hands.canvas.set_hint("")
    bare = hands.canvas.grab().toImage()
    hands.canvas.set_hint("Click to draw a bond")
    assert hands.canvas.grab().toImage() != bare
    hands.canvas.fit(0, 0, 1, 1)
    hands.editor.apply(line_of(1), "Place atom")
    drawn = hands.canvas.grab().toImage()
    hands.canvas.set_hint("")
    assert hands.canvas.grab().toImage() == drawn


def test_a_frame_shows_that_keys_go_to_the_drawing(hands):
    framed = hands.canvas.grab().toImage().pixelColor(400, 1)
    hands.canvas.clearFocus()
    assert hands.canvas.grab().toImage().pixelColor(400, 1) != framed


def test_colours_of_a_theme_reach_the_paper(hands):
    hands.canvas.set_colours(DARK)
    assert hands.canvas.grab().toImage().pixelColor(20, 20).name() == DARK.base


def test_a_pointer_that_comes_back_to_the_very_same_point_is_looked_at_again(hands):
    hands.click((0, 0))
    atom = min(hands.sketch.atoms)
    hands.point(atom)
    assert hands.editor.hover.atom == atom
    QApplication.sendEvent(hands.canvas, QEvent(QEvent.Type.Leave))
    assert not hands.editor.hover
    hands.point(atom)
    assert hands.editor.hover.atom == atom
