"""What is known of the model version that is looked at, in words that can be copied."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.services.tuning_time import size_text
from bitspec_gui.ui.training_words import (
    date_words,
    forgetting_basis,
    forgetting_words,
    interval_words,
    strategy_words,
)


class VersionDetails(QLabel):
    """A table of facts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("versionDetails")
        self.setAccessibleName(self.tr("What is known of this model"))
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def show_version(self, version: RegisteredVersion | None, muted: str) -> None:
        """Show a version, with headings in the colour `muted`."""
        rows = self._facts(version) if version is not None else []
        cells = "".join(
            f'<tr><td style="color:{muted}; padding-right:14px; white-space:nowrap">{escape(what)}</td>'
            f"<td>{escape(value).replace(chr(10), '<br>')}</td></tr>"
            for what, value in rows
            if value
        )
        self.setText(f"<table>{cells}</table>")
        self.setAccessibleDescription(". ".join(f"{what}: {value}" for what, value in rows if value))

    def _facts(self, version: RegisteredVersion) -> list[tuple[str, str]]:
        metrics, settings = version.metrics, version.settings
        rows = [(self.tr("Verdict"), metrics.sentence if metrics is not None else "")]
        if metrics is not None:
            held_out = self.tr("%1 → %2 on %3 held-out compounds, %4").replace("%1", f"{metrics.before:.3f}")
            held_out = held_out.replace("%2", f"{metrics.after:.3f}").replace("%3", f"{metrics.compounds:,}")
            public = f"{forgetting_words(metrics.forgetting)}, {forgetting_basis(metrics.forgetting)}"
            rows += [
                (self.tr("Cosine"), held_out.replace("%4", interval_words(metrics.gain))),
                (self.tr("Public"), public),
            ]
        data = f"{version.dataset_name} ({version.dataset_hash[:12]})" if version.dataset_hash else version.dataset_name
        parent = f"{version.parent_name} ({version.parent_sha256[:12]})" if version.parent_name else ""
        needs = self.tr("%1, which it needs to be used").replace("%1", parent) if version.small and parent else parent
        origin = self.tr("comes with BitSpec") if version.supplied else self.tr("imported") if version.imported else ""
        rows += [
            (self.tr("Origin"), origin),
            (self.tr("Tuned on"), data),
            (self.tr("Tuned from"), needs),
            (self.tr("How"), _settings_words(settings) if settings is not None else ""),
            (self.tr("Made"), date_words(version.made_at)),
            (self.tr("Size"), size_text(version.size_bytes) if version.size_bytes else ""),
            (self.tr("Licence"), version.version.licence),
            (self.tr("Checksum"), _in_groups(version.version.sha256)),
            (self.tr("Notes"), version.notes),
        ]
        return rows


def _in_groups(sha256: str) -> str:
    """In four groups, which are compared by eye more easily and need less room."""
    return " ".join(sha256[start : start + 16] for start in range(0, len(sha256), 16))


def _settings_words(settings: TuningSettings) -> str:
    """The settings that decide most."""
    parts = [strategy_words(settings.strategy)]
    if settings.strategy.value != "response":
        parts += [
            f"{settings.epochs} epochs",
            f"rate {settings.rate:g}",
            f"batch {settings.batch}",
            f"replay {settings.replay:g}",
        ]
        if settings.share < 1:
            parts.append(f"share {settings.share:g}")
    parts.append(f"{settings.folds} folds" if settings.folds else f"{settings.held_out:.0%} held out")
    return ", ".join(parts)
