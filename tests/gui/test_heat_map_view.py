"""The heat map of an explanation: colours and marks on the drawing, hands on it, and copies of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from heat_map_example import IDS, INFO, PROPANOL, SIGNED, explained, nearly
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from sketch_examples import ring
from test_sketch_painting import Screen

from bitspec_gui.domain.heat_colours import DARK_HEAT, LIGHT_HEAT, heat_colour
from bitspec_gui.domain.sketch import SketchAtom, SketchBond
from bitspec_gui.ui.sketcher.contours import LABEL_REACH, REACH, contours_around
from bitspec_gui.ui.sketcher.drawing import drawing_of
from bitspec_gui.ui.sketcher.palette import heat_palette
from bitspec_gui.ui.sketcher.sketch_item import SketchItem
from bitspec_gui.ui.theme import DARK, LIGHT
from bitspec_gui.ui.views.heat_map import HeatMapView
from bitspec_gui.ui.views.heat_map_content import HeatMapContent
from bitspec_gui.ui.views.heat_map_picture import heat_map_bytes, image_of
from bitspec_gui.ui.views.heat_map_words import summary_words

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def view(qtbot):
    shown = HeatMapView("heatMap")
    qtbot.addWidget(shown)
    shown.resize(420, 300)
    with qtbot.waitActive(shown):
        shown.show()
        shown.activateWindow()
    shown.setFocus()
    shown.show_molecule(PROPANOL, IDS)
    shown.told_atoms = []
    shown.atoms_picked.connect(shown.told_atoms.append)
    return shown


def pixel(view, place):
    """Where an atom is on the view, by its id, or a place on paper."""
    if isinstance(place, int):
        atom = view.content.sketch.atoms[place]
        place = (atom.x, atom.y)
    return view.view_point(*place).toPoint()


def click(view, place, held=Qt.KeyboardModifier.NoModifier):
    QTest.mouseMove(view.viewport(), pixel(view, place))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, held, pixel(view, place))


def lasso(view, *corners, held=Qt.KeyboardModifier.NoModifier):
    port = view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, held, pixel(view, corners[0]))
    for corner in corners[1:]:
        QTest.mouseMove(port, pixel(view, corner))
        QApplication.processEvents()
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, held, pixel(view, corners[-1]))


AROUND_THE_OH = ((1.4, -0.6), (3.4, -0.6), (3.4, 1.2), (1.4, 1.2))


def painted(view, place):
    """Colour of the view beside an atom or bond: off the ink, within its tint."""
    at = pixel(view, place) + QPoint(0, -round(0.15 * view.bond_px))
    return view.viewport().grab().toImage().pixelColor(at)


# Colours


def test_paper_of_the_colour_scale_is_that_of_the_themes():
    assert (LIGHT_HEAT.paper, DARK_HEAT.paper) == (LIGHT.base, DARK.base)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_atoms_have_the_colours_of_their_scores_wherever_they_stand_in_the_drawing(view, colours):
    view.set_colours(colours)
    view.show_explanation(explained([1.0, 0.5, 0.0, -0.4]), SIGNED)
    for atom, score in zip(IDS, (1.0, 0.5, 0.0, -0.4), strict=True):
        assert nearly(painted(view, atom), heat_colour(score, dark=colours.dark)), atom


def test_bonds_have_colours_of_their_own(view):
    view.show_explanation(explained([0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.3]), INFO)
    middles = {102: (1.3, 0.25), 101: (0.435, 0.25), 103: (2.165, 0.25)}
    assert nearly(painted(view, middles[102]), heat_colour(1.0))
    assert nearly(painted(view, middles[101]), heat_colour(0.3))
    assert nearly(painted(view, middles[103]), LIGHT.base)


def test_a_method_that_scores_atoms_only_joins_the_colours_of_neighbours(view):
    view.show_explanation(explained([1.0, 0.6, 0.0, 0.0]), INFO)
    shades = view.content.bond_tint(dark=False)
    assert list(shades) == [103]
    # The bond begins at the carbon (0.6), by its ids 3 and 4.
    assert (shades[103][0], shades[103][-1]) == (heat_colour(0.6), heat_colour(1.0))


def test_below_the_threshold_nothing_has_a_colour(view):
    view.show_explanation(explained([1.0, 0.5, 0.2, -0.6], [0.7, 0.1, 0.4]), SIGNED)
    view.set_threshold(0.5)
    assert set(view.content.tint(dark=False)) == {4, 3, 1}
    assert set(view.content.bond_tint(dark=False)) == {103}
    assert nearly(painted(view, 2), LIGHT.base)
    view.set_threshold(0.0)
    assert not nearly(painted(view, 2), LIGHT.base)


def test_an_explanation_of_another_molecule_is_refused(view):
    with pytest.raises(ValueError, match="scores 3 atoms"):
        view.show_explanation(replace(explained([1.0, 0.0, 0.0]), bonds=()), INFO)
    assert view.content.explanation is None


def test_another_molecule_takes_colours_fragment_and_picked_atoms_away(view):
    view.show_explanation(explained([1.0, 0.5, 0.2, 0.0]), INFO)
    view.set_fragment((0, 1))
    view.set_picked((2,))
    view.show_molecule(ring(6), (1, 2, 3, 4, 5, 6))
    assert (view.content.explanation, view.content.kept, view.picked) == (None, None, frozenset())
    assert view.content.tint(dark=False) == {}


# The fragment


def darkest(picture, x, y):
    """Lightness of the ink at a place of a line."""
    return min(picture.at(x, y + off / 50).lightness() for off in range(-4, 5))


def test_the_kept_fragment_is_outlined_and_the_lost_part_grey(view):
    view.set_fragment((0, 1))
    picture = Screen(view.item)
    assert {LIGHT_HEAT.kept, LIGHT_HEAT.lost, LIGHT_HEAT.ink} <= picture.colours()
    # On the bond of the lost end of the chain, and on that to the oxygen.
    assert darkest(picture, 0.435, 0.25) == QColor(LIGHT_HEAT.lost).lightness()
    assert darkest(picture, 2.1, 0.213) == QColor(LIGHT_HEAT.ink).lightness()
    view.set_fragment(None)
    again = Screen(view.item).colours()
    assert LIGHT_HEAT.kept not in again
    assert LIGHT_HEAT.lost not in again


def test_hydrogens_drawn_on_a_kept_atom_are_kept_with_it():
    atoms = {**PROPANOL.atoms, 9: SketchAtom(1.73, -1.0, "H")}
    sketch = replace(PROPANOL, atoms=atoms, bonds={**PROPANOL.bonds, 109: SketchBond(3, 9)})
    content = HeatMapContent(sketch, IDS, kept=(0, 1))
    assert content.kept_ids == {4, 3, 9}
    assert content.lost_ids == {1, 2, 101, 102}
    assert content.places_of((9,)) == {1}


def distance_to(sketch, point, bond):
    begin, end = (np.array((sketch.atoms[key].x, sketch.atoms[key].y)) for key in (bond.begin, bond.end))
    along = end - begin
    part = np.clip(np.dot(point - begin, along) / np.dot(along, along), 0, 1)
    return float(np.linalg.norm(begin + part * along - point))


def test_one_line_runs_around_a_fragment_at_an_even_distance_without_going_into_rings():
    sketch = ring(6)
    lines = contours_around(sketch, drawing_of(sketch), sketch.atoms)
    assert len(lines) == 1
    off = [min(distance_to(sketch, np.array(point), bond) for bond in sketch.bonds.values()) for point in lines[0]]
    assert min(off) > 0.9 * REACH
    assert max(off) < 1.3 * REACH
    steps = np.diff(np.array([*lines[0], lines[0][0]]), axis=0)
    turns = np.abs(np.angle(np.exp(1j * np.diff(np.arctan2(steps[:, 1], steps[:, 0])))))
    assert turns[np.hypot(*steps[:-1].T) > 0.03].max() < np.radians(40)


def test_a_line_is_drawn_within_a_ring_around_what_does_not_belong_to_the_fragment():
    around = ring(6)
    wide = replace(around, atoms={key: replace(atom, x=3 * atom.x, y=3 * atom.y) for key, atom in around.atoms.items()})
    lone = replace(wide, atoms={**wide.atoms, 50: SketchAtom(0.0, 0.0, "O")})
    assert len(contours_around(wide, drawing_of(wide), wide.atoms)) == 1
    assert len(contours_around(lone, drawing_of(lone), wide.atoms)) == 2


def test_the_line_runs_clear_of_labels_and_around_each_part():
    drawing = drawing_of(PROPANOL)
    left, right = sorted(contours_around(PROPANOL, drawing, (1, 4)), key=lambda line: line[0][0])
    assert max(x for x, _ in left) < 0.87
    box = drawing.label_of[4].box
    assert max(x for x, _ in right) > box.right + 0.8 * LABEL_REACH
    assert contours_around(PROPANOL, drawing, (77,)) == []


# Hands


def test_a_click_picks_an_atom_and_a_bond_both_of_its_atoms(view):
    click(view, 4)
    click(view, (0.435, 0.25))
    assert view.told_atoms == [(0,), (2, 3)]
    assert view.picked == {2, 3}


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier])
def test_a_click_with_ctrl_or_shift_adds_an_atom_and_takes_it_away_again(view, held):
    click(view, 4)
    click(view, 3, held)
    click(view, 4, held)
    assert view.told_atoms == [(0,), (0, 1), (1,)]


def test_a_click_on_paper_picks_none_and_is_told_once(view):
    click(view, 4)
    click(view, (2.6, -1.5))
    click(view, (2.6, -1.5))
    assert view.told_atoms == [(0,), ()]


def test_a_lasso_picks_what_is_within_and_with_shift_adds_it(view):
    click(view, 1)
    lasso(view, *AROUND_THE_OH)
    lasso(view, (-0.5, -0.5), (0.4, -0.5), (0.4, 0.5), (-0.5, 0.5), held=Qt.KeyboardModifier.ShiftModifier)
    assert view.told_atoms == [(3,), (0, 1), (0, 1, 3)]


def test_esc_within_a_lasso_gives_it_up_and_the_next_picks_none(view):
    click(view, 4)
    port = view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=pixel(view, (-0.5, -0.5)))
    for corner in ((0.4, -0.5), (0.4, 0.5), (-0.5, 0.5)):
        QTest.mouseMove(port, pixel(view, corner))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=pixel(view, (-0.5, 0.5)))
    assert view.told_atoms == [(0,)]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.told_atoms == [(0,), ()]


def test_arrows_walk_along_the_molecule_and_space_picks(view):
    click(view, 4)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_Space):
        QTest.keyClick(view, key)
    assert view.told_atoms == [(0,), (0, 1), (0, 1, 3), (0, 1)]
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.told_atoms[-1] == (3,)


def test_shift_and_an_arrow_walk_to_a_bond(view):
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert view.told_atoms == [(0, 1)]


def test_what_others_pick_is_ringed_and_not_told_back(view):
    before = Screen(view.item).colours()
    view.set_picked((1, 99))
    assert (view.picked, view.told_atoms) == ({1}, [])
    assert LIGHT_HEAT.ink in Screen(view.item).colours()
    assert Screen(view.item).at(1.73 + 0.42, 0.0) != Screen(view.item).base
    view.set_picked(())
    assert Screen(view.item).colours() == before


def test_wheel_zooms_double_click_fits_and_resizing_keeps_it_fitted_until_then(view):
    fitted = view.bond_px
    view.resize(170, 130)
    QApplication.processEvents()
    assert view.bond_px < fitted
    small = view.bond_px
    at = QPointF(pixel(view, 1))
    wheel = QWheelEvent(
        at, view.viewport().mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), wheel)
    zoomed = view.bond_px
    assert zoomed > 1.3 * small
    view.resize(420, 300)
    QApplication.processEvents()
    assert view.bond_px == zoomed
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=pixel(view, (1.3, -0.6)))
    assert view.bond_px == pytest.approx(fitted)


# Words


def test_the_figures_of_what_is_pointed_at_are_told(view):
    view.show_explanation(explained([1.0, 0.82, 0.0, -0.25], [0.5, 0.1, 0.0]), SIGNED)
    QTest.mouseMove(view.viewport(), pixel(view, 3))
    assert QToolTip.text() == "C1: 0.82\n0.328 · parts of a test"
    QTest.mouseMove(view.viewport(), pixel(view, (2.165, 0.25)))
    assert QToolTip.text() == "O0–C1: 0.50\n0.2 · parts of a test"
    QTest.mouseMove(view.viewport(), pixel(view, 1))
    assert QToolTip.text() == "C3: −0.25\n−0.1 · parts of a test"


def test_a_bond_of_a_method_that_scores_atoms_only_says_so(view):
    view.show_explanation(explained([1.0, 0.82, 0.0, 0.0]), INFO)
    QTest.mouseMove(view.viewport(), pixel(view, (2.165, 0.25)))
    assert QToolTip.text() == "O0–C1: this method scores atoms only (O0 1.00, C1 0.82)"


def test_screen_readers_are_told_the_highest_atoms_and_where_the_keyboard_is(view):
    view.show_explanation(explained([1.0, 0.82, 0.0, -0.25]), SIGNED)
    words = view.accessibleDescription()
    assert "Made-up method, mean of both, m/z 31 · CH₃O⁺ · 34 % of the ion current" in words
    assert "highest: O0 1.00, C1 0.82; against it: C3 −0.25" in words
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.accessibleDescription().startswith("C1: 0.82")
    assert view.accessibleName()


def test_an_empty_map_says_what_to_do_next(view):
    view.show_molecule(replace(PROPANOL, atoms={}, bonds={}), ())
    blank = view.viewport().grab().toImage()
    view.set_hint("Draw a molecule and predict its spectrum.")
    assert view.accessibleDescription() == "Draw a molecule and predict its spectrum."
    assert view.viewport().grab().toImage() != blank
    assert view.copy_to_clipboard() == ""


def test_while_a_new_map_is_computed_the_old_one_is_pale(view):
    view.show_explanation(explained([1.0, 1.0, 0.0, 0.0]), INFO)
    view.set_busy(True)
    pale = painted(view, 4)
    view.set_busy(False)
    assert QColor(LIGHT.base).blue() > pale.blue() > painted(view, 4).blue() + 40


# Copies

SHOWN = HeatMapContent(PROPANOL, IDS, explained([1.0, 0.5, 0.0, -0.4]), SIGNED, kept=(0, 1))


def test_pictures_are_light_whatever_the_theme_and_twice_as_fine_as_the_screen(view):
    view.show_explanation(SHOWN.explanation, SIGNED)
    light = heat_map_bytes([view.content], ".png")
    view.set_colours(DARK)
    assert heat_map_bytes([view.content], ".png") == light
    image = QImage.fromData(light)
    assert image.pixelColor(2, 2).name() == "#ffffff"
    assert (image.size() - image_of([view.content], scale=1.0).size() * 2).width() in (-1, 0, 1)
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
    assert {heat_colour(1.0), heat_colour(-0.4)} <= colours


def test_ctrl_c_copies_the_map_with_its_legend(view, qtbot):
    view.show_explanation(SHOWN.explanation, SIGNED)
    with qtbot.waitSignal(view.told) as told:
        QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["Heat map copied as a picture"]
    assert QGuiApplication.clipboard().image().size() == image_of([view.content]).size()
    assert QGuiApplication.clipboard().text() == summary_words(view.content)


def test_a_map_in_the_colours_of_a_heat_map_has_one_ink_for_all_elements():
    item = SketchItem()
    item.set_palette(heat_palette(LIGHT))
    item.set_sketch(PROPANOL)
    assert {LIGHT_HEAT.ink, LIGHT.base} <= Screen(item).colours()
    assert heat_palette(LIGHT).of_element("O") == LIGHT_HEAT.ink


@pytest.mark.parametrize("bond_px", [14, 30, 51])
def test_the_outline_of_the_whole_molecule_has_room_in_the_view(view, bond_px):
    left, _, right, _ = view.item.extent
    view.resize(round((right - left) * bond_px) + 44, 300)
    QApplication.processEvents()
    sketch = view.content.sketch
    places = [view.view_point(*point) for line in contours_around(sketch, drawing_of(sketch), sketch.atoms) for point in line]
    port = view.viewport().rect()
    assert min(min(place.x(), place.y()) for place in places) >= 2
    assert max(place.x() for place in places) <= port.width() - 2
    assert max(place.y() for place in places) <= port.height() - 2
