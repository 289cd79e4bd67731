"""Colours and fonts of BitSpec on Qt's Fusion style, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from bitspec_gui.config.paths import resources_dir
from bitspec_gui.ui.style_sheet import TEMPLATE


@dataclass(frozen=True)
class Colours:
    """Named colours, as ``#rrggbb``."""

    dark: bool
    window: str
    base: str
    raised: str
    text: str
    muted: str
    border: str
    accent: str
    accent_text: str
    selection: str
    predicted: str
    measured: str
    ion: str
    warning: str
    warning_back: str
    danger: str
    danger_back: str
    excellent: str
    good: str
    fair: str
    weak: str
    poor: str


SMALLEST_FONT_PT = 9.0
"""Where the system's font is smaller; at 9 pt all controls of a window of 1440 pixels are in sight."""

LIGHT = Colours(
    dark=False,
    window="#f2f4f8", base="#ffffff", raised="#e9edf3", text="#1b2430", muted="#5b6878", border="#d3dae4",
    accent="#2458c6", accent_text="#ffffff", selection="#dbe6fb",
    predicted="#2458c6", measured="#c8501e", ion="#7a3fb0",
    warning="#7a4d00", warning_back="#fdf3dc", danger="#a32020", danger_back="#fde8e8",
    excellent="#1a7f4b", good="#4a8a24", fair="#a87408", weak="#b85a14", poor="#b93030",
)  # fmt: skip

DARK = Colours(
    dark=True,
    window="#181c22", base="#1f252d", raised="#2a323c", text="#e3e8ee", muted="#98a5b5", border="#343e4a",
    accent="#5b93f5", accent_text="#0d1420", selection="#2b426b",
    predicted="#6ea6ff", measured="#ff9a5c", ion="#c39bf0",
    warning="#f3cf86", warning_back="#3a301a", danger="#ff9c94", danger_back="#40211f",
    excellent="#3fb37c", good="#82b84c", fair="#d9a733", weak="#e28b4a", poor="#ea6f6a",
)  # fmt: skip


def wants_dark(choice: str) -> bool:
    """Whether a theme choice (``system``, ``light``, ``dark``) means dark here and now."""
    if choice == "system":
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return choice == "dark"


def application() -> QApplication:
    """The running application."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def apply_theme(app: QApplication, choice: str, font_size_pt: float | None) -> Colours:
    """Give the application Fusion, a palette, a style sheet and a font size; returns the colours in use."""
    colours = DARK if wants_dark(choice) else LIGHT
    # Asked for its name, a style under a style sheet says nothing; setting either anew restyles every widget that there is.
    if not app.property("bitspecStyled"):
        app.setStyle("Fusion")
        app.setProperty("bitspecStyled", True)
    app.setPalette(_palette(colours))
    sheet = style_sheet(colours, set_font_size(app, font_size_pt))
    if sheet != app.styleSheet():
        app.setStyleSheet(sheet)
    return colours


def set_font_size(app: QApplication, font_size_pt: float | None) -> float:
    """Give the application the system's font in a size, None for the system's own; returns the size in use, in points.

    To be called before widgets are made as well: until the program runs, Qt does not tell those that are there of another font.
    """
    font = QFont(_system_font(app))
    font.setPointSizeF(font_size_pt or max(SMALLEST_FONT_PT, font.pointSizeF()))
    app.setFont(font)
    return font.pointSizeF()


def _system_font(app: QApplication) -> QFont:
    kept = app.property("bitspecSystemFont")
    if not isinstance(kept, QFont):
        kept = app.font()
        app.setProperty("bitspecSystemFont", kept)
    return kept


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in {
        role.Window: colours.window, role.WindowText: colours.text, role.Base: colours.base, role.AlternateBase: colours.window,
        role.Text: colours.text, role.Button: colours.raised, role.ButtonText: colours.text, role.BrightText: colours.danger,
        role.ToolTipBase: colours.raised, role.ToolTipText: colours.text, role.PlaceholderText: colours.muted,
        role.Highlight: colours.accent, role.HighlightedText: colours.accent_text, role.Link: colours.accent,
        role.LinkVisited: colours.accent, role.Mid: colours.border, role.Midlight: colours.raised, role.Dark: colours.border,
        role.Light: colours.base, role.Shadow: "#000000",
    }.items():  # fmt: skip
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(colours.muted)
        faded.setAlpha(150)
        palette.setColor(QPalette.ColorGroup.Disabled, which, faded)
    return palette


def style_sheet(colours: Colours, size_pt: float) -> str:
    """What a palette cannot say: spacing, cards, tabs, flat buttons; larger text in proportion to `size_pt`."""
    return TEMPLATE.format(
        c=colours, arrow=_arrow(colours), title_pt=1.2 * size_pt, score_pt=1.4 * size_pt, figure_pt=1.7 * size_pt
    )


def _arrow(colours: Colours) -> str:
    """Style sheets take pictures from files only, and these cannot take the theme's colour: there is one of each."""
    return (resources_dir() / "icons" / f"arrow-{'dark' if colours.dark else 'light'}.svg").as_posix()


@lru_cache(maxsize=256)
def icon(name: str, colour: str) -> QIcon:
    """Icon of ``resources/icons/NAME.svg`` drawn in `colour`, empty if there is no such file."""
    path = resources_dir() / "icons" / f"{name}.svg"
    try:
        source = path.read_text(encoding="utf-8")
    except OSError:
        return QIcon()
    result = QIcon()
    for size in (16, 20, 24, 32, 48):
        result.addPixmap(_pixmap(source.replace("currentColor", colour), size))
    faded = QColor(colour)
    faded.setAlphaF(0.4)
    for size in (16, 20, 24, 32):
        result.addPixmap(_pixmap(source.replace("currentColor", colour), size, opacity=0.4), QIcon.Mode.Disabled)
    return result


@lru_cache(maxsize=1)
def application_icon() -> QIcon:
    """BitSpec's own icon."""
    try:
        source = (resources_dir() / "icons" / "bitspec.svg").read_text(encoding="utf-8")
    except OSError:
        return QIcon()
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_pixmap(source, size))
    return result


def _pixmap(source: str, size: int, opacity: float = 1.0) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
