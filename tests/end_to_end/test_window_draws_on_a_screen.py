"""Molecules drawn from an empty canvas with a real mouse and keyboard, without a SMILES, and known again by their InChIKeys."""

from __future__ import annotations

import random
import shutil
import time

import pytest
from screen_hands import SIZE, Screen, beside, environment_on, hexagon, middle
from test_window_on_a_screen import needs_model, needs_xdotool, wait_for

pytestmark = [
    pytest.mark.xvfb,
    needs_model,
    needs_xdotool,
    pytest.mark.skipif(shutil.which("import") is None, reason="ImageMagick is not installed: the paper was not looked for"),
]

CAFFEINE = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
ASPIRIN = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"
GONANE = "UACIBCPNAKBWHX-UHFFFAOYSA-N"
STERENE = "CBKAHYBYIWZZPP-UHFFFAOYSA-N"
BENZENE = "UHOVQNZJYSORNB-UHFFFAOYSA-N"
TOLUENE = "YXFVVABEGXRONW-UHFFFAOYSA-N"
BIPHENYL = "ZUOUZKKEUPVFJK-UHFFFAOYSA-N"
PHENOL_TMS = "OJAJJFGMKAZGRZ-UHFFFAOYSA-N"


@pytest.fixture(scope="module")
def program(display, tmp_path_factory):
    """One program for all tests: each begins with an empty drawing."""
    folder = tmp_path_factory.mktemp("drawing")
    screen = Screen(environment_on(display, folder / "user"), folder)
    try:
        assert wait_for(lambda: screen.predicted(), 120), screen.told()
        yield screen
        assert "Traceback" not in screen.quit()
    finally:
        screen.kill()


@pytest.fixture
def screen(program):
    program.find_paper()
    program.take("single")
    yield program
    assert program.lives(), program.told()


def test_caffeine_of_two_rings_with_tools_and_keys_over_atoms(screen):
    c6, c5, c4, n3, c2, n1 = hexagon()
    n7, c8, n9 = (1.817, 0.809), (2.405, 0), (1.817, -0.809)
    screen.take("ring6")
    screen.click((0, 0))
    screen.take("ring5")
    screen.click(middle(c4, c5))
    for nitrogen in (n1, n3, n7, n9):
        screen.hover_and_press(nitrogen, "n")
    for carbonyl, way in ((c6, 90), (c2, 210)):
        screen.hover_and_press(carbonyl, "2")
        screen.hover_and_press(beside(carbonyl, way), "o")
    for nitrogen in (n1, n3, n7):
        screen.hover_and_press(nitrogen, "1")
    screen.hover_and_press(middle(c4, c5), "2")
    screen.hover_and_press(middle(c8, n9), "2")
    assert screen.shows(CAFFEINE), screen.predicted()


def test_caffeine_of_single_bonds_only(screen):
    c6, c5, c4, n3, c2, n1 = hexagon()
    n7, c8, n9 = (1.817, 0.809), (2.405, 0), (1.817, -0.809)
    for bond in (
        (n1, c2), (c2, n3), (n3, c4), (c4, c5), (c5, c6), (c6, n1), (c5, n7), (n7, c8), (c4, n9), (n9, c8),
        (c6, beside(c6, 90)), (c2, beside(c2, 210)), (n1, beside(n1, 150)), (n3, beside(n3, 270)), (n7, beside(n7, 72)),
    ):  # fmt: skip
        screen.drag(*bond)
    double = ((c4, c5), (c8, n9), (c6, beside(c6, 90)), (c2, beside(c2, 210)))
    screen.click(*(middle(*bond) for bond in double))
    screen.take("N")
    screen.click(n1, n3, n7, n9)
    screen.take("O")
    screen.click(beside(c6, 90), beside(c2, 210))
    assert screen.shows(CAFFEINE), screen.predicted()


def test_aspirin_of_benzene_and_single_atoms(screen):
    top, right = hexagon()[:2]
    ester, acetyl, acid = beside(top, 90), beside(beside(top, 90), 150), beside(right, 30)
    screen.take("benzene")
    screen.click((0, 0))
    screen.take("single")
    screen.click(top, right)
    screen.hover_and_press(ester, "o", "1")
    screen.hover_and_press(acetyl, "2", "1")
    screen.hover_and_press(beside(acetyl, 90), "o")
    screen.hover_and_press(acid, "1", "2")
    screen.hover_and_press(beside(acid, 90), "o")
    screen.hover_and_press(beside(acid, -30), "o")
    assert screen.shows(ASPIRIN), screen.predicted()


def test_aspirin_of_benzene_and_typed_groups(screen):
    top, right = hexagon()[:2]
    screen.take("benzene")
    screen.click((0, 0))
    screen.take("single")
    screen.click(top, right)
    for place, group in ((beside(top, 90), "OAc"), (beside(right, 30), "CO2H")):
        screen.hover_and_press(place, "Return")
        screen.write(group)
    assert screen.shows(ASPIRIN), screen.predicted()


def test_the_ring_system_of_cholesterol_with_four_clicks(screen):
    screen.take("ring6")
    screen.click((0, 0), (0.87, 0), (2.17, 0.75))
    screen.take("ring5")
    screen.click((3.46, 1.5))
    assert screen.shows(GONANE), screen.predicted()
    screen.hover_and_press((1.3, -0.75), "2")
    assert screen.shows(STERENE), screen.predicted()


def test_a_trimethylsilyl_ether_of_silicon_and_three_methyls(screen):
    top = hexagon()[0]
    oxygen, silicon = beside(top, 90), beside(beside(top, 90), 30)
    screen.take("benzene")
    screen.click((0, 0))
    screen.take("O")
    screen.drag(top, oxygen)
    screen.take("Si")
    screen.drag(oxygen, silicon)
    screen.take("single")
    screen.click(silicon)
    screen.click(silicon)
    screen.click(silicon)
    assert screen.shows(PHENOL_TMS), screen.predicted()


@pytest.mark.parametrize(("typed_at", "group"), [("bond", "OTMS"), ("oxygen", "TMS")])
def test_a_trimethylsilyl_ether_of_a_typed_group(screen, typed_at, group):
    top = hexagon()[0]
    screen.take("benzene")
    screen.click((0, 0))
    screen.hover_and_press(top, "1")
    end = beside(top, 90)
    if typed_at == "oxygen":
        screen.hover_and_press(end, "o", "1")
        end = beside(end, 30)
    screen.take("text")
    screen.click(end)
    screen.write(group)
    assert screen.shows(PHENOL_TMS), screen.predicted()


def test_a_trimethylsilyl_ether_with_the_keyboard_alone(screen):
    screen.press("a", "1", "o", "1", "Shift+s", "1", "Down", "1", "Left", "1")
    assert screen.shows(PHENOL_TMS), screen.predicted()


def test_phenol_with_menus_alone(screen):
    top = hexagon()[0]
    screen.choose("alt+d", "r", "b")
    screen.click((0, 0))
    screen.choose("alt+d", "n", "Down", "Down", "Down", "Return")
    screen.drag(top, beside(top, 90))
    assert screen.shows("ISWSIDIOOBJBQZ-UHFFFAOYSA-N"), screen.predicted()


def test_every_stroke_is_undone_to_the_empty_paper_and_done_again(screen):
    top, right = hexagon()[:2]
    screen.take("benzene")
    screen.click((0, 0))
    screen.hover_and_press(top, "1")
    screen.hover_and_press(beside(top, 90), "o")
    screen.hover_and_press(right, "1")
    screen.hover_and_press(beside(right, 30), "Return")
    screen.write("CO2H")
    salicylic = "YGSDEFSMJLZEOE-UHFFFAOYSA-N"
    assert screen.shows(salicylic), screen.predicted()
    screen.point_away()
    screen.press(*["ctrl+z"] * 5)
    assert wait_for(screen.is_blank, 5)
    screen.press(*["ctrl+shift+z"] * 5)
    assert screen.shows(salicylic), screen.predicted()


def test_parts_are_selected_by_box_and_lasso_and_erased(screen):
    top, right = hexagon()[:2]
    screen.take("benzene")
    screen.click((0, 0))
    screen.take("single")
    screen.click(top, right)
    screen.take("select")
    screen.drag((-0.6, 1.6), (0.6, 2.4))
    screen.press("Delete")
    assert screen.shows(TOLUENE), screen.predicted()
    methyl = beside(right, 30)
    screen.take("lasso")
    screen.drag(*(beside(methyl, degrees, 0.5) for degrees in range(0, 361, 45)))
    screen.press("Delete")
    assert screen.shows(BENZENE), screen.predicted()
    screen.take("erase")
    screen.drag((-1.2, 1.3), (1.2, 1.3), (1.2, -1.3), (-1.2, -1.3), (-1.2, 1.3))
    screen.drag(*hexagon(), (0, 1))
    screen.point_away()
    assert wait_for(screen.is_blank, 5)


def test_a_part_is_copied_pasted_and_moved(screen):
    screen.take("benzene")
    screen.click((-1.2, 0))
    screen.press("ctrl+a", "ctrl+c")
    assert wait_for(lambda: "c1ccccc1" in screen.clipboard().get("text/plain", b"").decode().lower(), 5)
    screen.point((1.6, 0))
    screen.press("ctrl+v")
    screen.take("single")
    screen.drag((-0.33, 0.5), (0.75, 0.5))
    assert screen.shows(BIPHENYL), screen.predicted()


def test_other_programs_find_the_drawing_on_the_clipboard(screen):
    from rdkit import Chem

    screen.take("benzene")
    screen.click((0, 0))
    screen.hover_and_press((0, 1), "1")
    assert screen.shows(TOLUENE), screen.predicted()
    screen.press("ctrl+c")
    assert wait_for(lambda: "chemical/x-mdl-molfile" in screen.clipboard(), 5)
    offered = screen.clipboard()
    molecule = Chem.MolFromMolBlock(offered["chemical/x-mdl-molfile"].decode())
    assert Chem.MolToInchiKey(molecule) == TOLUENE
    assert offered["image/svg+xml"].lstrip().startswith(b"<")
    assert len(offered["application/x-qt-image"]) > 100 or "image/png" in offered


def test_rough_hands_break_nothing(screen):
    screen.take("benzene")
    screen.click((0, 0))
    screen.take("single")
    top = screen.pixel((0, 1))
    # Thirty clicks on one atom, as fast as they come; and all of them back.
    screen.do("mousemove", *top, "click", "--repeat", 30, "--delay", 1, 1)
    screen.press(*["ctrl+z"] * 30)
    # Out of the window and back, and let go outside.
    screen.do("mousemove", *top, "mousedown", 1, "mousemove", 1399, 0, "mousemove", 0, 899, "mousemove", 5, 5, "mouseup", 1)
    # Undo, other tools, the wheel and the other buttons while a bond is dragged.
    screen.do("mousemove", *top, "mousedown", 1, "mousemove", *screen.pixel((0, 2)), "key", "ctrl+z", "key", "n")
    screen.do("click", "--repeat", 8, "--delay", 1, 4, "click", "--repeat", 8, "--delay", 1, 5, "mousedown", 3, "mouseup", 3)
    screen.do("mousemove", *screen.pixel((2, 2)), "key", "Escape", "mouseup", 1, "key", "Escape")
    # The window changes its size under a stroke.
    screen.do("mousemove", *top, "mousedown", 1, "mousemove", *screen.pixel((1, 2)), "windowsize", screen.window, 1000, 820)
    time.sleep(0.5)
    screen.do("mousemove", *screen.pixel((1, 3)), "windowsize", screen.window, *SIZE)
    time.sleep(0.5)
    screen.do("mouseup", 1)
    # Wild zoom and the drawing hidden and shown.
    screen.do("mousemove", *top, "click", "--repeat", 60, "--delay", 1, 4, "click", "--repeat", 120, "--delay", 1, 5)
    screen.press("F4", "F4", "ctrl+0", "Escape", "Escape")
    assert screen.lives(), screen.told()


def test_five_hundred_random_keys_break_nothing(screen):
    chance = random.Random(7)
    letters = [
        *"abcdefhilnoprswy12345678",
        "plus",
        "minus",
        "period",
        "bracketleft",
        "Up",
        "Down",
        "Left",
        "Right",
        "Home",
        "End",
    ]
    others = ["Delete", "BackSpace", "Escape", "space", "shift+c", "shift+b", "shift+s", "shift+Left", "ctrl+Right"]
    commands = ["ctrl+z", "ctrl+z", "ctrl+y", "ctrl+shift+z", "ctrl+a", "ctrl+c", "ctrl+x", "ctrl+v", "ctrl+plus", "ctrl+0"]
    keys = [*letters, *others, *commands]
    for _ in range(10):
        place = screen.pixel((chance.uniform(-2, 2), chance.uniform(-3, 3)))
        screen.do("mousemove", *place, "key", "--delay", 3, *chance.choices(keys, k=50))
    assert screen.lives(), screen.told()
    # It still draws.
    screen.press("Escape", "Escape")
    screen.find_paper()
    screen.press("a", "1")
    assert screen.shows(TOLUENE), screen.predicted()


def test_rubbish_on_the_clipboard_is_refused_and_the_drawing_stays(screen):
    screen.press("a", "1")
    assert screen.shows(TOLUENE), screen.predicted()
    screen.point_away()
    before = screen.drawing()
    with screen.others_copy(
        {"text/plain": b"C1CC(((", "chemical/x-mdl-molfile": b"\x00\xff no molfile", "chemical/x-cdx": b"VjCD"}
    ):
        screen.press("ctrl+v")
        time.sleep(1.0)
        assert screen.lives(), screen.told()
    with screen.others_copy({"application/octet-stream": bytes(range(256)) * 100}):
        screen.press("ctrl+v")
        time.sleep(0.5)
    assert (screen.drawing() == before).all()
    assert screen.predicted() == "Cc1ccccc1"


def test_a_molfile_that_another_program_copied_is_drawn(screen):
    from rdkit import Chem

    molblock = Chem.MolToMolBlock(Chem.MolFromSmiles("Cc1ccccc1"))
    with screen.others_copy({"chemical/x-mdl-molfile": molblock.encode(), "text/plain": b"toluene"}):
        screen.press("ctrl+v")
        assert screen.shows(TOLUENE), screen.predicted()
        assert not screen.is_blank()
