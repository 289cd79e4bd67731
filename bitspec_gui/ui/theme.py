"""Colours and fonts of BitSpec on Qt's Fusion style, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from bitspec_gui.config.paths import resources_dir


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


def apply_theme(app: QApplication, choice: str, font_size_pt: float | None) -> Colours:
    """Give the application Fusion, a palette, a style sheet and a font size; returns the colours in use."""
    colours = DARK if wants_dark(choice) else LIGHT
    if app.style().objectName().lower() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(_palette(colours))
    font = QFont(_system_font(app))
    font.setPointSizeF(font_size_pt or max(9.5, font.pointSizeF()))
    app.setFont(font)
    app.setStyleSheet(style_sheet(colours, font.pointSizeF()))
    return colours


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


def style_sheet(c: Colours, size_pt: float) -> str:
    """What a palette cannot say: spacing, cards, tabs, flat buttons; larger text in proportion to `size_pt`."""
    return f"""
QToolTip {{ color: {c.text}; background: {c.raised}; border: 1px solid {c.border}; padding: 3px; }}
QMainWindow::separator {{ background: {c.border}; width: 1px; height: 1px; }}
QDockWidget {{ font-weight: 600; }}
QDockWidget::title {{ background: {c.window}; padding: 6px 8px; border-bottom: 1px solid {c.border}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {c.border}; }}
QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tab {{ padding: 6px 16px; border: none; border-bottom: 2px solid transparent; color: {c.muted};
  background: transparent; }}
QTabBar::tab:selected {{ color: {c.text}; border-bottom: 2px solid {c.accent}; }}
QTabBar::tab:hover {{ color: {c.text}; }}
QTabBar::tab:focus {{ color: {c.accent}; }}
QPlainTextEdit, QLineEdit, QTableView, QTreeView, QListView, QTextBrowser {{
  background: {c.base}; border: 1px solid {c.border}; border-radius: 4px; selection-background-color: {c.selection};
  selection-color: {c.text}; }}
QLineEdit, QPlainTextEdit {{ padding: 3px 6px; }}
QPlainTextEdit:focus, QLineEdit:focus, QTableView:focus, QTreeView:focus, QListView:focus {{ border-color: {c.accent}; }}
QTableView {{ gridline-color: transparent; alternate-background-color: {c.window}; }}
QTableView::item {{ padding: 1px 4px; }}
QHeaderView {{ background: {c.base}; }}
QHeaderView::section {{ background: {c.window}; color: {c.muted}; border: none; border-bottom: 1px solid {c.border};
  padding: 4px 6px; }}
QPushButton {{ background: {c.raised}; border: 1px solid {c.border}; border-radius: 4px; padding: 5px 12px; }}
QPushButton:hover {{ border-color: {c.accent}; }}
QPushButton:focus {{ border-color: {c.accent}; }}
QPushButton:pressed {{ background: {c.selection}; }}
QPushButton:disabled {{ color: {c.muted}; background: {c.window}; }}
QPushButton[primary="true"] {{ background: {c.accent}; color: {c.accent_text}; border-color: {c.accent}; font-weight: 600; }}
QPushButton[primary="true"]:hover {{ background: {c.predicted}; }}
QPushButton[primary="true"]:disabled {{ background: {c.raised}; color: {c.muted}; border-color: {c.border}; }}
QComboBox {{ background: {c.base}; border: 1px solid {c.border}; border-radius: 4px; padding: 3px 8px; min-height: 18px; }}
QComboBox:hover, QComboBox:focus {{ border-color: {c.accent}; }}
QComboBox:disabled {{ color: {c.muted}; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url("{_arrow(c)}"); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {c.base}; border: 1px solid {c.border}; selection-background-color: {c.selection};
  selection-color: {c.text}; padding: 2px; }}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 4px 7px; background: transparent; }}
QToolButton:hover {{ background: {c.raised}; }}
QToolButton:focus {{ border-color: {c.accent}; }}
QToolButton:checked {{ background: {c.selection}; color: {c.text}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
QScrollBar:vertical {{ background: transparent; width: 11px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 11px; margin: 0; }}
QScrollBar::handle {{ background: {c.border}; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {c.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMenu {{ background: {c.base}; border: 1px solid {c.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 22px 5px 22px; border-radius: 3px; }}
QMenu::item:selected {{ background: {c.selection}; color: {c.text}; }}
QMenu::item:disabled {{ color: {c.muted}; }}
QMenu::separator {{ height: 1px; background: {c.border}; margin: 4px 8px; }}
QMenuBar {{ background: {c.window}; border-bottom: 1px solid {c.border}; }}
QMenuBar::item {{ padding: 4px 9px; }}
QMenuBar::item:selected {{ background: {c.selection}; border-radius: 3px; }}
QStatusBar {{ border-top: 1px solid {c.border}; }}
QStatusBar::item {{ border: none; }}
QProgressBar {{ border: 1px solid {c.border}; border-radius: 4px; background: {c.window}; text-align: center; min-height: 14px; }}
QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
QLabel[role="muted"] {{ color: {c.muted}; }}
QLabel[role="title"] {{ font-size: {1.2 * size_pt:.1f}pt; font-weight: 600; }}
QLabel[role="figure"] {{ font-size: {1.7 * size_pt:.1f}pt; font-weight: 600; }}
QLabel[role="score"] {{ font-size: {1.4 * size_pt:.1f}pt; font-weight: 700; border-radius: 5px; padding: 2px 10px; }}
QLineEdit[role="fact"] {{ background: transparent; border: none; padding: 0; margin: 0; }}
QLabel[role="section"] {{ color: {c.muted}; font-weight: 600; }}
QLabel[role="error"] {{ color: {c.danger}; }}
QLabel[role="badge"] {{ background: {c.raised}; color: {c.muted}; border-radius: 8px; padding: 1px 9px; }}
QFrame[role="warning"] {{ background: {c.warning_back}; border-radius: 5px; }}
QFrame[role="warning"] QLabel {{ color: {c.warning}; }}
QFrame[role="danger"] {{ background: {c.danger_back}; border-radius: 5px; }}
QFrame[role="danger"] QLabel {{ color: {c.danger}; }}
QFrame[role="drop"] {{ border: 1px dashed {c.muted}; border-radius: 6px; background: transparent; }}
QFrame[role="drop"][over="true"] {{ border: 2px dashed {c.accent}; background: {c.selection}; }}
QFrame[role="card"] {{ background: {c.base}; border: 1px solid {c.border}; border-radius: 5px; }}
"""


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
