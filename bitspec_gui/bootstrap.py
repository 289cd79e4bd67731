"""Wiring of the services, without Qt. Nothing is opened and nothing heavy is imported before it is used."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.config.paths import DATABASE_VARIABLE, UserPaths, resources_dir, user_paths
from bitspec_gui.config.settings import SettingsStore
from bitspec_gui.domain.ports import ExplainableModel, LibraryStore, Predictor
from bitspec_gui.domain.tuning_ports import FineTuner, TrainingStore
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.compound_names import CompoundNames
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.services.hints import HintService
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.library_editing import LibraryEditor
from bitspec_gui.services.library_names import LibraryNames
from bitspec_gui.services.lookup import LookupService
from bitspec_gui.services.model_registry import ModelRegistry
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.training_database import TrainingDatabase
from bitspec_gui.services.tuning_data import TuningDataService
from bitspec_gui.services.tuning_jobs import TuningJobs
from bitspec_gui.services.tuning_plan import TuningPlanner
from bitspec_gui.services.version_book import ModelCore
from bitspec_gui.services.why_not import WhyNotService

if TYPE_CHECKING:
    from bitspec_gui.services.hints_file import HintKnowledge
    from bitspec_gui.spectra.ranking import Ranking

DEFAULT_MODEL = "bitspec-ei-2.json"
"""File in ``resources/models`` of the network that BitSpec predicts with unless told otherwise."""

EMBEDDED_LIBRARY = "pnnl-metabolites.bitspec"
"""File in ``resources/libraries`` of the measured library that comes with BitSpec."""

PREDICTED_LIBRARY = "chemicals-predicted.bitspec"
"""File in ``resources/libraries`` of the predicted library that comes with BitSpec."""


COMPOUND_NAMES = "compound-names.bitspec"
"""File in ``resources/compounds`` of names and CAS numbers with their structures."""

HINTS = "unknown-hints-1.json"
"""File in ``resources/models`` of what hints on unknowns rest on."""

RANKING = "ranking-1.json"
"""File in ``resources/models`` of what orders hits and says how probable they are."""

TRAINING_DATABASE = "training.sqlite"
"""File in the user's training folder of datasets, jobs and model versions."""

TEXTBOOK_CASES = "textbook-cases.csv"
"""File in ``resources/explaining`` of peaks of which it is known where in the molecule they come from."""


def default_model() -> Path:
    """Where the network that comes with BitSpec is."""
    return resources_dir() / "models" / DEFAULT_MODEL


def embedded_library() -> Path:
    """Where the measured library that comes with BitSpec is."""
    return resources_dir() / "libraries" / EMBEDDED_LIBRARY


def predicted_library() -> Path:
    """Where the predicted library that comes with BitSpec is."""
    return resources_dir() / "libraries" / PREDICTED_LIBRARY


def compound_names() -> Path:
    """Where the index of names that comes with BitSpec is."""
    return resources_dir() / "compounds" / COMPOUND_NAMES


def default_hints() -> Path:
    """Where what hints on unknowns rest on is."""
    return resources_dir() / "models" / HINTS


def default_ranking() -> Path:
    """Where the ranking of hits that comes with BitSpec is."""
    return resources_dir() / "models" / RANKING


def textbook_cases() -> Path:
    """Where the textbook cases for explanations are."""
    return resources_dir() / "explaining" / TEXTBOOK_CASES


_ONE_DATABASE_AT_A_TIME = threading.Lock()
"""SQLAlchemy and Alembic are imported when the first database is opened; imported by two threads at once they break."""


def build_services(paths: UserPaths | None = None, *, model: Path | None = None, device: str | None = None) -> Services:
    """Everything a window or a command works with.

    Parameters
    ----------
    paths : UserPaths, optional
        Folders of the user; those of the platform if not given.
    model : Path, optional
        Model file (.json), or name of a registered version, to predict with instead of the active one.
    device : str, optional
        ``auto``, ``cpu``, ``cuda`` or ``mps``; what the settings say if not given, read when the network is loaded.
    """
    folders = paths or user_paths()
    settings = SettingsStore(folders.settings)

    def wanted_device() -> str:
        return device or settings.load().device

    def load_file(file: Path, response: bool = True) -> Predictor:
        from bitspec_gui.ml.predictor import load_predictor

        return load_predictor(file, wanted_device(), find_base=models.find, response=response)

    def load() -> Predictor:
        return models.load(load_file) if model is None else load_file(*models.named_file(model))

    def load_explainable() -> ExplainableModel:
        from bitspec_gui.ml.explaining.explainable import explainable_of

        return explainable_of(prediction.predictor())

    training = TrainingDatabase(partial(_open_training, folders))
    models = ModelRegistry(training.store, folders.training / "models", default_model(), partial(_load_core, wanted_device))
    libraries = LibraryService(partial(_open_libraries, folders, settings), embedded_library(), predicted_library())
    names = CompoundNames(compound_names(), LibraryNames(libraries).find)
    prediction = PredictionService(load, names.resolve, partial(names.resolve, suggest=False))
    lookup = LookupService(libraries.store, folders.indexes, _load_ranking)
    tuning_data = TuningDataService(training.store, folders.training, libraries=libraries.store, find_name=names.find)
    return Services(
        paths=folders,
        settings=settings,
        prediction=prediction,
        libraries=libraries,
        lookup=lookup,
        hints=HintService(_load_hint_knowledge),
        why_not=WhyNotService(prediction, lookup, libraries),
        editing=LibraryEditor(libraries.store),
        names=names,
        explaining=ExplanationService(load_explainable),
        models=models,
        training=training,
        tuning_data=tuning_data,
        planner=TuningPlanner(tuning_data, prediction, load_file),
        tuning_jobs=TuningJobs(
            training.store, folders.training, libraries, models.find, partial(_load_tuner, models.find), predicted_library()
        ),
    )


def _open_libraries(folders: UserPaths, settings: SettingsStore) -> LibraryStore:
    with _ONE_DATABASE_AT_A_TIME:
        from bitspec_gui.storage.library_store import open_library_store

        address = os.environ.get(DATABASE_VARIABLE, "").strip() or settings.load().database_url.strip()
        return open_library_store(address or folders.database)


def _open_training(folders: UserPaths) -> TrainingStore:
    with _ONE_DATABASE_AT_A_TIME:
        from bitspec_gui.storage.training.store import open_training_store

        return open_training_store(folders.training / TRAINING_DATABASE)


def _load_core(device: Callable[[], str]) -> ModelCore:
    from bitspec_gui.ml.version_core import VersionCore

    return VersionCore(device)


def _load_tuner(find_base: Callable[[str], Path | None]) -> FineTuner:
    from bitspec_gui.ml.finetuning.tuner import NetworkTuner

    return NetworkTuner(find_base)


def _load_ranking() -> Ranking:
    from bitspec_gui.spectra.ranking import load_ranking

    return load_ranking(default_ranking())


def _load_hint_knowledge() -> HintKnowledge:
    from bitspec_gui.services.hints_file import load_hint_knowledge

    return load_hint_knowledge(default_hints())
