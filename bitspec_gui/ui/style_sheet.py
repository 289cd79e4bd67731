"""Qt style sheet of BitSpec, to be filled with the colours `c` and sizes of a theme."""

from __future__ import annotations

TEMPLATE = """
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
QTableView::indicator:unchecked, QTreeView::indicator:unchecked {{ width: 11px; height: 11px; border: 1px solid {c.muted};
  border-radius: 2px; background: {c.base}; }}
QTableView[role="narrow"]::item {{ padding: 1px; }}
QHeaderView {{ background: {c.base}; }}
QHeaderView::section {{ background: {c.window}; color: {c.muted}; border: none; border-bottom: 1px solid {c.border};
  padding: 4px 6px; }}
QAbstractSpinBox[fault="true"], QLineEdit[fault="true"] {{ border-color: {c.danger}; }}
QToolButton[role="chooser"] {{ background: {c.base}; border: 1px solid {c.border}; padding: 3px 8px; min-height: 18px; }}
QPushButton {{ background: {c.raised}; border: 1px solid {c.border}; border-radius: 4px; padding: 5px 12px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
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
QComboBox::down-arrow {{ image: url("{arrow}"); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {c.base}; border: 1px solid {c.border}; selection-background-color: {c.selection};
  selection-color: {c.text}; padding: 2px; }}
QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 4px 7px; background: transparent; }}
QToolButton:hover {{ background: {c.raised}; }}
QToolButton:focus {{ border-color: {c.accent}; }}
QToolButton:checked {{ background: {c.selection}; color: {c.text}; }}
QToolButton[role="legend"] {{ color: {c.muted}; text-decoration: line-through; padding: 2px 5px; }}
QToolButton[role="legend"]:checked {{ background: transparent; text-decoration: none; }}
QToolButton[role="tool"] {{ padding: 3px; font-weight: 600; }}
QToolButton[role="fact"] {{ padding: 0 6px; border-color: {c.border}; }}
QToolButton[role="step"] {{ padding: 5px 12px; border-radius: 5px; color: {c.muted}; }}
QToolButton[role="step"]:checked {{ background: {c.selection}; color: {c.text}; font-weight: 600; }}
QToolButton[role="step"][tight="true"] {{ padding: 4px 5px; }}
QToolButton[role="chip"] {{ padding: 2px 9px; border-radius: 9px; border-color: {c.border}; }}
QToolButton[role="chip"]:checked {{ border-color: {c.accent}; }}
QToolButton[role="chip"]:focus {{ border-color: {c.accent}; }}
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
QLabel[role="title"] {{ font-size: {title_pt:.1f}pt; font-weight: 600; }}
QLabel[role="figure"] {{ font-size: {figure_pt:.1f}pt; font-weight: 600; }}
QLabel[role="score"] {{ font-size: {score_pt:.1f}pt; font-weight: 700; border-radius: 5px; padding: 2px 10px; }}
QLineEdit[role="fact"] {{ background: transparent; border: none; padding: 0; margin: 0; }}
QLabel[role="section"] {{ color: {c.muted}; font-weight: 600; }}
QLabel[role="note"] {{ background: {c.base}; border: 1px solid {c.border}; border-radius: 5px; }}
QLabel[role="error"] {{ color: {c.danger}; }}
QLabel[role="badge"] {{ background: {c.raised}; color: {c.muted}; border-radius: 8px; padding: 1px 9px; }}
QFrame[role="warning"] {{ background: {c.warning_back}; border-radius: 5px; }}
QFrame[role="warning"] QLabel {{ color: {c.warning}; }}
QFrame[role="danger"] {{ background: {c.danger_back}; border-radius: 5px; }}
QFrame[role="danger"] QLabel {{ color: {c.danger}; }}
QFrame[role="drop"] {{ border: 1px dashed {c.muted}; border-radius: 6px; background: transparent; }}
QFrame[role="drop"][over="true"] {{ border: 2px dashed {c.accent}; background: {c.selection}; }}
QFrame[role="choice"] {{ background: {c.base}; border: 1px solid {c.border}; border-radius: 5px; }}
QFrame[role="choice"]:hover {{ border-color: {c.accent}; }}
QFrame[role="choice"][chosen="true"] {{ border: 1px solid {c.accent}; background: {c.selection}; }}
QFrame[role="card"] {{ background: {c.base}; border: 1px solid {c.border}; border-radius: 5px; }}
"""
