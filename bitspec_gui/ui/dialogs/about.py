"""Version, model card, licences."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from bitspec_gui import __version__
from bitspec_gui.config.paths import resources_dir
from bitspec_gui.ui.theme import application_icon

_NOTICE_NAMES = ("*NOTICE*", "*LICENSE*", "*LICENCE*", "*notice*", "*licence*", "*license*")


class AboutDialog(QDialog):
    """What BitSpec is, what its model is, and under which licences its parts come."""

    def __init__(self, device: str, log_file: Path | None, data: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(self.tr("About BitSpec"))
        sign = QLabel(self)
        sign.setPixmap(application_icon().pixmap(64, 64))
        words = QLabel(
            self.tr(
                "<b style='font-size:150%'>BitSpec %1</b><br>Predicted and measured electron-ionisation mass spectra, "
                "side by side. Works offline; nothing leaves this computer."
            ).replace("%1", __version__),
            self,
        )
        words.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(words, 1)
        tabs = QTabWidget(self)
        tabs.setObjectName("aboutTabs")
        tabs.addTab(self._page("modelCard", model_cards()), self.tr("Model card"))
        tabs.addTab(self._page("notices", notices()), self.tr("Licences"))
        where = [self.tr("Device: %1").replace("%1", device or self.tr("not known yet"))]
        where.append(self.tr("Libraries and settings: %1").replace("%1", str(data)))
        where.append(self.tr("Log: %1").replace("%1", str(log_file) if log_file else self.tr("not written to a file")))
        tabs.addTab(self._page("places", "\n\n".join(where)), self.tr("This computer"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(tabs, 1)
        layout.addWidget(buttons)
        self.resize(680, 560)

    def _page(self, name: str, text: str) -> QTextBrowser:
        page = QTextBrowser(self)
        page.setObjectName(name)
        page.setOpenExternalLinks(True)
        page.setMarkdown(text)
        return page


def model_cards() -> str:
    """Text of the model cards that come with BitSpec."""
    folder = resources_dir() / "models"
    models = {path.stem for path in folder.glob("*.json")}
    cards = [path for path in sorted(folder.glob("*.md")) if any(path.stem.startswith(model) for model in models)]
    return _joined(cards) or "No model card was found."


def notices() -> str:
    """Licence of BitSpec and the notices of what it carries."""
    folder = resources_dir()
    found = {path for pattern in _NOTICE_NAMES for path in folder.glob(f"**/{pattern}") if path.is_file()}
    return "\n\n---\n\n".join(text for text in (_own_licence(folder.parent), _joined(sorted(found))) if text)


def _own_licence(top: Path) -> str:
    """BitSpec's licence: in the checkout or the bundle, else in the metadata of the installed package."""
    own = _joined([top / "LICENSE"])
    if own:
        return own
    try:
        text = metadata.distribution("bitspec-gui").read_text("licenses/LICENSE")
    except metadata.PackageNotFoundError:
        text = None
    return f"### LICENSE\n\n```\n{text}\n```" if text else "BitSpec is under the MIT licence."


def _joined(paths: list[Path]) -> str:
    texts = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        texts.append(text if path.suffix == ".md" else f"### {path.name}\n\n```\n{text}\n```")
    return "\n\n---\n\n".join(texts)
