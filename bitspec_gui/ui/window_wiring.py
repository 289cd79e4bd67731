"""Which part of the window listens to which: the signals of flows and panels, connected in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from bitspec_gui.ui.main_window import MainWindow


def connect_window(window: MainWindow) -> None:
    """Connect all parts of a window once they are made."""
    _connect_what_is_told(window)
    _connect_prediction(window)
    _connect_drawing(window)
    _connect_libraries(window)
    _connect_opening(window)
    _connect_identification(window)
    _connect_batch(window)
    _connect_explanation(window)
    _connect_training(window)
    window.tabs.currentChanged.connect(lambda _index: window.tab_changed())
    QGuiApplication.styleHints().colorSchemeChanged.connect(window.appearance.system_changed)


def _connect_what_is_told(window: MainWindow) -> None:
    """Sentences go to the status bar, errors that nobody expected to the one who reports them, folders to the memory."""
    identification = window.identification
    for told in (
        window.predicting.told, window.predict.sketcher.told, window.library_flow.told, window.library.told,
        window.library_rebuilding.told,
        window.library_editing.told, window.exporting.told, window.on_show.told, window.memory.told, window.batch.told,
        window.derivatising.told, window.session_export.told, window.explaining.told,
        window.explain.told, window.explain_shown.told, window.explain_output.told, window.explain_output.files.told,
        identification.told, identification.reports.told, window.training.told, window.model_switch.told,
    ):  # fmt: skip
        told.connect(window.status.tell)
    for failed in (
        window.predictions.unexpected, window.runner.failed, window.predict.sketcher.failed, window.library_flow.failed,
        window.library_rebuilding.failed,
        window.library_editing.failed, window.opening.failed, window.exporting.failed, window.batch.failed,
        window.derivatising.failed, window.intake.failed, window.identify.hints.failed, identification.search.failed,
        identification.reports.failed, window.session_export.failed, window.explaining.failed, window.explain_shown.failed,
        window.explain_output.files.failed, window.training.failed, window.model_switch.failed,
    ):  # fmt: skip
        failed.connect(window.failures.report)
    for folder_changed in (
        window.library_commands.folder_chosen, window.exporting.folder_changed, window.batch.folder_changed,
        window.predict.sketcher.saving.folder_changed, identification.reports.folder_changed,
        window.session_export.folder_changed, window.explain_output.files.folder_changed, window.training.folder_changed,
    ):  # fmt: skip
        folder_changed.connect(window.memory.remember_folder)
    for text_to_save in (
        window.library_commands.text_to_save, window.log.save_wanted, window.batch.text_to_save, window.training.text_to_save,
    ):  # fmt: skip
        text_to_save.connect(window.exporting.save_text)
    for told_at_length in (window.opening.told, window.intake.told):
        told_at_length.connect(window.failures.tell)


def _connect_prediction(window: MainWindow) -> None:
    predicting, project = window.predicting, window.project
    predicting.shown.connect(lambda: window.tabs.setCurrentWidget(window.predict))
    window.predict.retry_wanted.connect(window.predictions.predict_again)
    window.predict.add_library_wanted.connect(window.library_commands.ask)
    window.library.predict_wanted.connect(predicting.predict_entry)
    window.identify.hits.predict_wanted.connect(predicting.predict_entry)
    project.molecule_wanted.connect(predicting.predict_molecule)
    project.menu_wanted.connect(window.session_menu.open_for)
    project.input_wanted.connect(lambda each: window.predict_text(each.text, each.name))


def _connect_drawing(window: MainWindow) -> None:
    sketcher = window.predict.sketcher
    sketcher.window_paste_wanted.connect(window.paste_here)
    sketcher.structures_found.connect(window.predicting.take_structures)
    sketcher.set_look_up(window.services.prediction.structure_text)
    sketcher.saving.folder = window.settings.last_folder
    sketcher.sketch_changed.connect(window.memory.remember_drawing)
    window.actions_.drawing.toggled.connect(window.memory.remember_whether_drawing)


def _connect_libraries(window: MainWindow) -> None:
    window.library.add_library_wanted.connect(window.library_commands.ask)
    window.library.model.failed.connect(window.entries_failed)
    window.library_commands.paths_chosen.connect(window.libraries_chosen)
    window.state.libraries_changed.connect(window.prepare_search)
    window.library_flow.changed.connect(window.predictions.look_up)
    window.project.library_wanted.connect(window.show_library)
    window.model_switch.outdated.connect(window.library_rebuilding.offer)


def _connect_opening(window: MainWindow) -> None:
    opening = window.opening
    opening.text_found.connect(window.predict_text)
    opening.drawing_found.connect(window.draw)
    opening.molecules_found.connect(window.molecules_found)
    opening.collections_found.connect(window.collections_found)
    opening.spectra_found.connect(window.intake.take_files)
    opening.peaks_found.connect(window.intake.take_text)
    opening.runs_found.connect(window.identification.open_runs)
    opening.models_found.connect(window.training.import_models)
    opening.opened.connect(window.memory.remember_files)
    window.predict.input.peaks_pasted.connect(window.intake.take_text)
    window.predict.input.window_paste_wanted.connect(window.paste_here)
    window.intake.library_wanted.connect(window.library_flow.add)
    window.memory.files_changed.connect(window.project.show_files)
    window.project.file_wanted.connect(lambda path: opening.open([path]))


def _connect_identification(window: MainWindow) -> None:
    identification, state, unknowns = window.identification, window.state, window.unknowns
    window.library_flow.changed.connect(identification.libraries_changed)
    window.predicting.identify_wanted.connect(identification.take)
    identification.shown.connect(lambda: window.tabs.setCurrentWidget(window.identify))
    identification.files_changed.connect(lambda: window.memory.remember_unknowns(identification.files))
    unknowns.hit_changed.connect(window.draw_ahead)
    window.project.unknown_wanted.connect(window.show_unknown)
    window.identify.add_library_wanted.connect(window.library_commands.ask)
    for signal in (unknowns.unknown_changed, unknowns.hit_changed, state.chosen_changed, state.matches_changed):
        signal.connect(window.enable_actions)


def _connect_batch(window: MainWindow) -> None:
    batch = window.batch
    batch.show_wanted.connect(lambda prediction: window.predicting.predict_molecule(prediction.molecule))
    batch.identify_wanted.connect(window.predicting.identify_prediction)
    batch.keep_wanted.connect(window.session.keep_all)
    batch.looked_at_changed.connect(lambda: window.details.show_row(batch.prediction))
    batch.looked_at_changed.connect(window.enable_actions)
    batch.library_changed.connect(window.library_flow.has_changed)


def _connect_explanation(window: MainWindow) -> None:
    window.explain_shown.shown.connect(lambda: window.tabs.setCurrentWidget(window.explain))
    window.explain_state.subject_changed.connect(window.subject_changed)
    for asking in (window.explain, window.explain_menu):
        asking.export_wanted.connect(window.explain_output.take)
    window.explain.help_wanted.connect(window.explain_menu.show_help)
    window.explain_menu.tab_wanted.connect(lambda: window.tabs.setCurrentWidget(window.explain))
    window.explain_menu.whole_wanted.connect(window.explain_shown.explain_whole)
    window.identify.hits.explain_wanted.connect(window.explain_shown.explain)


def _connect_training(window: MainWindow) -> None:
    training = window.training
    training.model_chosen.connect(window.model_switch.take)
    training.closing_allowed.connect(window.close)
    training.train.versions_changed.connect(lambda: window.project.show_versions(training.train.versions))
    window.project.version_wanted.connect(training.show_version)
    window.library_editing.learn_wanted.connect(training.learn_from)
    training.shown.connect(lambda: window.tabs.setCurrentWidget(training.panel))
    training.spectrum_changed.connect(window.look_at_details)
    training.standing_changed.connect(window.status.say_training)
    window.status.training_wanted.connect(training.show_run)
