"""A sketch on the screen and as a picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QGraphicsScene
from sketch_examples import chain, ring, star

from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond
from bitspec_gui.services.sketching import sketch_of_text
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.sketcher import sketch_item
from bitspec_gui.ui.sketcher.drawing import drawing_of
from bitspec_gui.ui.sketcher.glyphs import label_font, natural_scale, outline
from bitspec_gui.ui.sketcher.letters import CAP_HEIGHT, advance
from bitspec_gui.ui.sketcher.palette import sketch_palette
from bitspec_gui.ui.sketcher.picture import PICTURE_SUFFIXES, image_of, picture_bytes
from bitspec_gui.ui.sketcher.sketch_item import SCALE, SketchItem
from bitspec_gui.ui.theme import DARK, LIGHT

SVG = "{http://www.w3.org/2000/svg}"
ZOOM = 2.0
ALANINE = "C[C@H]([NH3+])C(=O)[O-]"

pytestmark = pytest.mark.usefixtures("qapp")


class Screen:
    """What an item paints, to be looked at by places on paper."""

    def __init__(self, item, colours=LIGHT):
        scene = QGraphicsScene()
        scene.addItem(item)
        self.rect = item.boundingRect()
        self.base = QColor(colours.base)
        self.image = QImage((self.rect.size() * ZOOM).toSize(), QImage.Format.Format_RGB32)
        self.image.fill(self.base)
        painter = QPainter(self.image)
        scene.render(painter, QRectF(self.image.rect()), self.rect)
        painter.end()
        scene.removeItem(item)

    def at(self, x, y):
        """Colour at a place in bond lengths."""
        at_x = round((x * SCALE - self.rect.left()) * ZOOM)
        at_y = round((-y * SCALE - self.rect.top()) * ZOOM)
        return self.image.pixelColor(at_x, at_y)

    def is_blank(self, x, y):
        return self.at(x, y) == self.base

    def colours(self):
        """All colours that are somewhere to be seen."""
        image = self.image
        return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def item_of(sketch, colours=LIGHT, **marks):
    item = SketchItem(colours)
    item.set_sketch(sketch)
    for name, value in marks.items():
        getattr(item, f"set_{name}")(value)
    return item


def nearness(one, other):
    return sum(abs(a - b) for a, b in zip(one.getRgb(), QColor(other).getRgb(), strict=True))


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_are_painted_in_ink_and_letters_in_the_colour_of_their_element(colours):
    palette = sketch_palette(colours)
    screen = Screen(item_of(star("N", 180, 60, -60), colours), colours)
    assert screen.at(-0.6, 0).name() == palette.ink
    assert palette.of_element("N") in screen.colours()
    assert palette.of_element("N") != palette.ink
    assert screen.is_blank(-0.6, 0.3)
    assert abs(QColor(palette.ink).lightness() - QColor(colours.base).lightness()) > 150


def test_ring_corners_have_no_gaps():
    palette = sketch_palette(LIGHT)
    screen = Screen(item_of(ring(6)))
    for atom in ring(6).atoms.values():
        assert nearness(screen.at(atom.x, atom.y), palette.ink) < 60


def test_pointer_and_selection_are_marked_behind_atoms_and_bonds():
    sketch = chain((0, 0), (1, 0), (2, 0.5))
    plain = Screen(item_of(sketch))
    assert plain.is_blank(0.0, 0.15)
    atom = Screen(item_of(sketch, hover=Picked(atom=1)))
    assert not atom.is_blank(0.0, 0.15)
    assert atom.is_blank(1.0, -0.15)
    bond = Screen(item_of(sketch, hover=Picked(bond=101)))
    assert not bond.is_blank(0.5, 0.12)
    assert Screen(item_of(sketch, hover=None)).image == plain.image
    assert Screen(item_of(sketch, hover=Picked())).image == plain.image
    chosen = item_of(sketch)
    chosen.set_selection(frozenset({1, 2}), frozenset())
    screen = Screen(chosen)
    assert all(screen.at(*place).name() == sketch_palette(LIGHT).selection for place in ((0.0, 0.15), (0.5, 0.12), (1.0, -0.15)))
    assert screen.is_blank(2.0, 0.7)


def test_faults_are_ringed_and_told_where_the_pointer_is():
    sketch = star("C", 0, 72, 144, 216, 288)
    item = item_of(sketch, faults={1: "Carbon has five bonds.", 106: "Too much."})
    assert LIGHT.danger in Screen(item).colours()
    assert item.toolTip() == ""
    item.set_hover(Picked(atom=1))
    assert item.toolTip() == "Carbon has five bonds."
    item.set_hover(Picked(atom=2))
    assert item.toolTip() == ""
    item.set_hover(Picked(bond=106))
    assert item.toolTip() == "Too much."
    item.set_faults({})
    assert item.toolTip() == ""
    assert LIGHT.danger not in Screen(item).colours()


def test_heat_map_lies_behind_tinted_atoms_and_the_bonds_between_them():
    screen = Screen(item_of(chain((0, 0), (1, 0), (1.5, 0.87)), tint={1: "#ff0000", 2: "#00ff00", 77: "#0000ff"}))
    assert screen.at(-0.2, 0.2).name() == "#ff0000"
    assert screen.at(1.0, -0.25).name() == "#00ff00"
    between = screen.at(0.5, 0.1)
    assert between.red() > 60
    assert between.green() > 60
    assert screen.is_blank(1.5, 0.7)


def test_aromatic_circles_take_the_place_of_double_bonds():
    sketch = ring(6, 0, 2, 4)
    palette = sketch_palette(LIGHT)
    radius = drawing_of(sketch, aromatic_rings=[tuple(range(1, 7))]).circles[0].radius
    screen = Screen(item_of(sketch, aromatic_rings=(tuple(range(1, 7)),)))
    assert nearness(screen.at(radius, 0), palette.ink) < 150
    assert Screen(item_of(sketch)).is_blank(radius, 0)


def test_stereo_labels_are_written_small_and_grey():
    sketch = sketch_of_text(ALANINE)
    key = next(bond.begin for bond in sketch.bonds.values() if bond.style is not BondStyle.PLAIN)
    note = sketch_palette(LIGHT).note
    assert note in Screen(item_of(sketch, stereo_labels={key: "S"})).colours()
    assert note not in Screen(item_of(sketch)).colours()


def test_preview_shows_what_is_new_in_lighter_ink_and_what_is_gone_not_at_all():
    before = chain((0, 0), (1, 0), (2, 0))
    atoms = {key: atom for key, atom in before.atoms.items() if key != 3} | {200: SketchAtom(0.0, 1.0)}
    after = Sketch(atoms, {101: before.bonds[101], 201: SketchBond(1, 200)}, 202)
    palette = sketch_palette(LIGHT)
    item = item_of(before, preview=after)
    screen = Screen(item)
    assert screen.at(0.5, 0).name() == palette.ink
    assert screen.at(0, 0.5).name() == palette.faint
    assert screen.is_blank(1.5, 0)
    assert item.sketch is before
    item.set_preview(None)
    assert Screen(item).at(1.5, 0).name() == palette.ink


def test_what_is_only_moved_keeps_its_ink_while_it_is_dragged():
    before = chain((0, 0), (1, 0))
    moved = Sketch({key: replace(atom, y=atom.y + 2) for key, atom in before.atoms.items()}, before.bonds, before.next_id)
    assert Screen(item_of(before, preview=moved)).at(0.5, 2).name() == sketch_palette(LIGHT).ink


def test_painting_again_works_nothing_out_again(monkeypatch):
    asked = []

    def counted(sketch, **options):
        asked.append(sketch)
        return drawing_of(sketch, **options)

    monkeypatch.setattr(sketch_item, "drawing_of", counted)
    item = item_of(ring(6, 0, 2, 4))
    for atom in range(1, 7):
        item.set_hover(Picked(atom=atom))
        item.set_selection(frozenset({atom}), frozenset())
        Screen(item)
    assert len(asked) == 1
    item.set_sketch(ring(5))
    Screen(item)
    assert len(asked) == 2


def test_room_of_an_item_holds_the_drawing_and_its_marks():
    item = item_of(star("O", 180))
    box = drawing_of(star("O", 180)).box
    rect = item.boundingRect()
    assert rect.contains(QRectF(box.left * SCALE, -box.top * SCALE, SCALE, (box.top - box.bottom) * SCALE))
    assert item_of(Sketch()).boundingRect().isEmpty()
    assert Screen(item).image.width() > 0


def test_outlines_of_letters_are_as_wide_and_high_as_the_layout_reckons_with():
    for text in ("N", "OH", "Cl", "Br", "3", "2−", "+"):
        assert outline(text).boundingRect().width() == pytest.approx(advance(text), abs=0.2)
    assert outline("H").boundingRect().height() == pytest.approx(CAP_HEIGHT, abs=0.03)
    wide, high = natural_scale("NH")
    assert wide == pytest.approx(high, rel=0.25)
    assert label_font().pixelSize() > 100


def words_of(svg):
    """What an SVG says, label by label."""
    groups = ET.fromstring(svg).iter(f"{SVG}g")
    return ["".join(group.itertext()) for group in groups if group.find(f"{SVG}text") is not None]


def test_svg_holds_the_labels_as_text_and_lines_of_acs_proportions():
    svg = picture_bytes(sketch_of_text(ALANINE), ".svg", title="L-Alanine & <salt>")
    root = ET.fromstring(svg)
    written = [label.text for label in drawing_of(sketch_of_text(ALANINE)).labels]
    assert len(written) == 3
    assert words_of(svg) == written
    assert {"O", "O−"} < set(written)
    assert root.find(f"{SVG}title").text == "L-Alanine & <salt>"
    assert root.find(f"{SVG}desc").text
    assert "Arial" in svg.decode()
    assert 'stroke-width="0.6"' in svg.decode()
    sizes = {text.get("font-size") for text in root.iter(f"{SVG}text")}
    assert sizes == {"10", "7"}
    assert set(re.findall(r"#[0-9a-f]{6}", svg.decode())) == {"#000000"}
    assert QSvgRenderer(svg).isValid()


def test_svg_is_as_large_as_the_drawing_and_a_border():
    root = ET.fromstring(picture_bytes(chain((0, 0), (10, 0)), ".svg"))
    assert float(root.get("width").removesuffix("pt")) == pytest.approx(10 * 14.4 + 0.6 + 8, abs=0.01)
    assert root.get("viewBox").split()[2:] == [root.get("width").removesuffix("pt"), root.get("height").removesuffix("pt")]


def test_coloured_picture_has_the_colours_of_the_elements():
    assert len(set(re.findall(r"#[0-9a-f]{6}", picture_bytes(sketch_of_text(ALANINE), ".svg", coloured=True).decode()))) == 3


def test_png_is_black_on_white_at_300_dots_per_inch():
    content = picture_bytes(chain((0, 0), (6, 0)), ".png")
    image = QImage.fromData(content, "PNG")
    assert content.startswith(b"\x89PNG")
    assert image.dotsPerMeterX() == round(300 / 0.0254)
    assert image.width() == pytest.approx((6 * 14.4 + 0.6 + 8) / 72 * 300, abs=1)
    assert image.pixelColor(0, 0) == QColor("white")
    assert image.pixelColor(image.width() // 2, image.height() // 2) == QColor("black")


def test_huge_drawing_gives_a_picture_of_bounded_size():
    image = image_of(chain((0, 0), (3000, 0)))
    assert image.width() <= 8001
    assert not image.isNull()


def test_pdf_is_one_page_as_large_as_the_drawing_with_fonts_in_it():
    content = picture_bytes(sketch_of_text(ALANINE), ".pdf", title="Alanine")
    assert content.startswith(b"%PDF")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    drawn = b""
    for stream in streams:
        try:
            drawn += zlib.decompress(stream)
        except zlib.error:
            drawn += stream
    assert b"BT" in drawn
    assert b"/FontFile" in content or b"/FontFile2" in content or b"/FontFile3" in content
    box = re.search(rb"/MediaBox \[\s*([\d. ]+)\]", content)
    svg = ET.fromstring(picture_bytes(sketch_of_text(ALANINE), ".svg"))
    assert float(box.group(1).split()[2]) == pytest.approx(float(svg.get("width").removesuffix("pt")), abs=1)
    assert content.count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
def test_picture_of_nothing_is_an_empty_picture(suffix):
    assert len(picture_bytes(Sketch(), suffix)) > 60


def test_pictures_made_beside_the_window_are_the_same():
    sketch = sketch_of_text(ALANINE)
    with ThreadPoolExecutor(2) as lane:
        made = list(lane.map(lambda suffix: picture_bytes(sketch, suffix), (".svg", ".png") * 4))
    assert made == [picture_bytes(sketch, ".svg"), picture_bytes(sketch, ".png")] * 4


def test_picture_of_another_kind_is_refused():
    with pytest.raises(ValueError, match=r"\.bmp"):
        picture_bytes(Sketch(), ".bmp")
