"""The services a window or a command works with, wired by `bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass

from bitspec_gui.config.paths import UserPaths
from bitspec_gui.config.settings import SettingsStore
from bitspec_gui.services.compound_names import CompoundNames
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.services.hints import HintService
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.library_editing import LibraryEditor
from bitspec_gui.services.lookup import LookupService
from bitspec_gui.services.model_registry import ModelRegistry
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.training_database import TrainingDatabase
from bitspec_gui.services.tuning_data import TuningDataService
from bitspec_gui.services.tuning_jobs import TuningJobs
from bitspec_gui.services.tuning_plan import TuningPlanner
from bitspec_gui.services.why_not import WhyNotService


@dataclass(frozen=True)
class Services:
    """Built once by `bootstrap.build_services` and passed down; building it opens no file and imports no torch."""

    paths: UserPaths
    settings: SettingsStore
    prediction: PredictionService
    libraries: LibraryService
    lookup: LookupService
    hints: HintService
    why_not: WhyNotService
    editing: LibraryEditor
    names: CompoundNames
    explaining: ExplanationService
    models: ModelRegistry
    training: TrainingDatabase
    tuning_data: TuningDataService
    planner: TuningPlanner
    tuning_jobs: TuningJobs
