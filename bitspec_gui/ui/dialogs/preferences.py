"""Theme, font size, device, and where the libraries are kept."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.config.settings import Settings


class PreferencesDialog(QDialog):
    """Edits a copy of the settings; read `chosen` after it was accepted."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferencesDialog")
        self.setWindowTitle(self.tr("Preferences"))
        self._settings = settings
        self.theme = self._choice(
            "themeChoice",
            {"system": self.tr("As the system"), "light": self.tr("Light"), "dark": self.tr("Dark")},
            settings.theme,
        )
        self.theme.setAccessibleName(self.tr("Theme"))
        devices = {
            "auto": self.tr("Best available"),
            "cpu": "CPU",
            "cuda": self.tr("NVIDIA GPU (CUDA)"),
            "mps": self.tr("Apple GPU"),
        }
        self.device = self._choice("deviceChoice", devices, settings.device)
        self.device.setAccessibleName(self.tr("Device"))
        self.own_size = QCheckBox(self.tr("Own size"), self)
        self.own_size.setObjectName("ownFontSize")
        self.font_size = QDoubleSpinBox(self)
        self.font_size.setObjectName("fontSize")
        self.font_size.setAccessibleName(self.tr("Font size in points"))
        self.font_size.setRange(7.0, 28.0)
        self.font_size.setSingleStep(0.5)
        self.font_size.setDecimals(1)
        self.font_size.setSuffix(" pt")
        self.font_size.setValue(settings.font_size_pt or self.font().pointSizeF())
        self.own_size.setChecked(settings.font_size_pt is not None)
        self.font_size.setEnabled(settings.font_size_pt is not None)
        self.own_size.toggled.connect(self.font_size.setEnabled)
        font_row = QHBoxLayout()
        font_row.addWidget(self.own_size)
        font_row.addWidget(self.font_size, 1)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(10)
        form.addRow(self.tr("Theme"), self.theme)
        form.addRow(self.tr("Font"), font_row)
        form.addRow(self.tr("Device"), self.device)
        self.database_url = self._make_database_url(settings.database_url)
        form.addRow(self.tr("Libraries"), self.database_url)
        note = QLabel(
            self.tr(
                "Libraries are kept in a file of your own unless the address of a database is given here, for example that of a "
                "PostgreSQL server which your laboratory shares. Changes of device and libraries take effect when BitSpec is "
                "started again."
            ),
            self,
        )
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel, self)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(buttons)
        self.setMinimumWidth(460)

    @property
    def chosen(self) -> Settings:
        """The settings as they stand in the dialog."""
        return replace(
            self._settings,
            theme=self.theme.currentData(),
            device=self.device.currentData(),
            font_size_pt=self.font_size.value() if self.own_size.isChecked() else None,
            database_url=self.database_url.text().strip(),
        )

    def _make_database_url(self, address: str) -> QLineEdit:
        line = QLineEdit(address, self)
        line.setObjectName("databaseUrl")
        line.setAccessibleName(self.tr("Address of the library database"))
        line.setPlaceholderText(self.tr("your own file"))
        line.setClearButtonEnabled(True)
        line.setCursorPosition(0)
        line.setToolTip(
            self.tr(
                "postgresql+psycopg://user@server/database, or sqlite:////folder/file.sqlite. A password is better kept in the "
                "file .pgpass of your home folder than here."
            )
        )
        return line

    def _choice(self, name: str, choices: dict[str, str], chosen: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        for value, text in choices.items():
            box.addItem(text, value)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        return box
