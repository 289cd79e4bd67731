"""``bitspec finetune``: spectra of one's own -> a plan, a fine-tuning, its verdict, and the jobs there are."""

from __future__ import annotations

import argparse
import json
import logging
import threading
from pathlib import Path
from typing import Any

from bitspec_gui.bootstrap import build_services
from bitspec_gui.cli import finetune_benchmark
from bitspec_gui.cli.first_use import load_supplied
from bitspec_gui.cli.terminal import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, ProgressLine, cancel_on_interrupt
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.errors import Cancelled, TrainingError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.tuning import Strategy, TuningPlan, TuningSettings
from bitspec_gui.domain.tuning_jobs import JobState, TuningJob, Wish
from bitspec_gui.domain.verdict import Verdict
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.tuning_faults import PUT_OFF

AUTO = "auto"
PROBLEMS_SHOWN = 20

_OWN_SETTINGS = ("epochs", "rate", "replay", "folds", "seed", "device")
"""Options that are settings of the same name."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "finetune",
        help="fine-tune the model on spectra of your own, and see whether it helped",
        description="Fine-tune the model on spectra of your own. Files of spectra with structures (or with a table of structures "
        "beside them) become a dataset; a plan is made and told; then the model is tuned, judged on compounds that it was not "
        "tuned on, and kept as a version. Ctrl-C puts the fine-tuning off; --resume goes on with it.",
    )
    what = parser.add_argument_group("what is done")
    what.add_argument("--plan", action="store_true", help="only import the data and tell the plan")
    what.add_argument("--jobs", action="store_true", help="list the fine-tunings there are")
    what.add_argument("--resume", type=int, metavar="JOB", help="go on with a fine-tuning that was put off or interrupted")
    what.add_argument("--cancel", type=int, metavar="JOB", help="end one that runs or waits, and leave nothing of it")
    what.add_argument("--run-queue", action="store_true", help=argparse.SUPPRESS)
    _add_data_options(parser)
    _add_settings(parser)
    finetune_benchmark.add_options(parser)
    parser.add_argument("--json", action="store_true", help="plan, jobs or outcome as JSON on standard output")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.set_defaults(run=run, usage_error=parser.error)


def _add_data_options(parser: argparse.ArgumentParser) -> None:
    data = parser.add_argument_group("on what")
    data.add_argument("--data", nargs="+", type=Path, metavar="FILE", help="files, folders or zips of spectra, and tables")
    data.add_argument("--dataset", metavar="NAME", help="dataset to add the data to, or to use as it is if there are no --data")
    data.add_argument("--base", metavar="VERSION", help="model version to begin with (the one in use)")
    data.add_argument("--name", metavar="NAME", help="name of the new version (that of the dataset, numbered)")
    data.add_argument("--use", action="store_true", help="predict with the new version from now on, if it is better")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    settings = parser.add_argument_group("how; what is not given is as proposed")
    choices = [AUTO, *(strategy.value for strategy in Strategy)]
    settings.add_argument("--strategy", choices=choices, default=AUTO, help="what of the networks learns (what is proposed)")
    settings.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), help="where to compute (auto)")
    settings.add_argument("--epochs", type=int, metavar="N", help="passes over your compounds")
    settings.add_argument("--rate", type=float, metavar="X", help="highest learning rate")
    settings.add_argument("--replay", type=float, metavar="X", help="public compounds in a step for each of yours")
    settings.add_argument("--folds", type=int, metavar="N", help="parts that are held out in turn; 0 holds one part out")
    settings.add_argument("--seed", type=int, metavar="N", help="of everything that is drawn by chance")


def run(args: argparse.Namespace) -> int:
    """Do what is asked; 0 if a version was made, 1 if not, 130 if it was put off."""
    if args.benchmark is not None:
        return finetune_benchmark.run(args)
    services = build_services(user_paths(args.data_dir))
    if args.run_queue:
        return _run_queue(services)
    if args.jobs:
        return _list(services, as_json=args.json)
    if args.cancel is not None:
        return _cancel(services, args.cancel)
    line = ProgressLine(quiet=args.quiet)
    if args.resume is not None:
        return _train(args, services, services.tuning_jobs.resume(args.resume), line)
    if not args.data and not args.dataset:
        args.usage_error("give --data FILE..., --dataset NAME, --resume JOB or --jobs")
    with cancel_on_interrupt(line) as token:
        dataset_id = _dataset(args, services, line, token)
        base = services.models.by_name(args.base) if args.base else services.models.active()
        look = services.planner.look(dataset_id, base=base, progress=line, cancel=token)
        plan = services.planner.plan(look, overrides=_overrides(args))
        line.clear()
        _tell_plan(args, plan, line)
        if args.plan or plan.refusal:
            return EXIT_FAILED if plan.refusal else EXIT_DONE
        load_supplied(services.libraries, line, token)
        if token.cancelled:
            raise Cancelled("Nothing was trained.")
        settings = _settings(args, plan, look.compounds)
        job = services.tuning_jobs.queue(_name(args, services, dataset_id, base), dataset_id, base, settings)
    return _train(args, services, job, line)


def _run_queue(services: Services) -> int:
    """The process that trains beside a window."""
    from bitspec_gui.services.tuning_process import be_a_good_neighbour, leave_at_once

    logging.getLogger("bitspec_gui").setLevel(logging.INFO)
    stop = threading.Event()
    be_a_good_neighbour(stop)
    services.tuning_jobs.run_queue(stop=stop, give_up=leave_at_once)
    return EXIT_DONE


def _cancel(services: Services, job_id: int) -> int:
    """Cancel a job; raises `TrainingError` for one that is over, of which there is nothing to cancel."""
    job = services.tuning_jobs.job(job_id)
    if job.state.ended and job.state is not JobState.INTERRUPTED:
        raise TrainingError(f"The fine-tuning {job.name} is over ({job.state.value}): there is nothing to cancel.")
    services.tuning_jobs.wish(job_id, Wish.CANCEL)
    return EXIT_DONE


def _list(services: Services, *, as_json: bool) -> int:
    from bitspec_gui.cli.finetune_text import jobs_text
    from bitspec_gui.domain.tuning_json import as_json as plain

    services.tuning_jobs.reconcile()
    jobs = services.tuning_jobs.jobs()
    if as_json:
        print(json.dumps([plain(job) for job in jobs], ensure_ascii=False, indent=1))
    else:
        print(jobs_text(jobs), end="")
    return EXIT_DONE


def _dataset(args: argparse.Namespace, services: Services, line: ProgressLine, token: CancelToken) -> int:
    """Id of the dataset that is meant, with the data added to it."""
    known = {info.name.casefold(): info.dataset_id for info in services.tuning_data.datasets()}
    found = known.get(args.dataset.casefold()) if args.dataset else None
    if not args.data:
        if found is None:
            raise TrainingError(f"There is no dataset {args.dataset}. Give its spectra by --data.")
        return found
    dataset_id, report = services.tuning_data.import_files(
        args.data, dataset_id=found, name=args.dataset or "", progress=line, cancel=token
    )
    line.clear()
    _tell_import(report, line)
    token.raise_if_cancelled()
    return dataset_id


def _tell_import(report: ImportReport, line: ProgressLine) -> None:
    line.say(
        f"{report.library}: {report.added:,} spectra added, {report.already_there:,} already there, "
        f"{report.rejected:,} rejected, {report.doubtful:,} not used without being asked for."
    )
    told = [*report.problems, *report.doubts]
    for problem in told[:PROBLEMS_SHOWN]:
        line.say(str(problem))
    if len(told) > PROBLEMS_SHOWN:
        line.say(f"... and {len(told) - PROBLEMS_SHOWN:,} more; the Train tab of the window shows them all.")


def _overrides(args: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(args, name) for name in _OWN_SETTINGS if getattr(args, name) is not None}


def _settings(args: argparse.Namespace, plan: TuningPlan, compounds: int) -> TuningSettings:
    """Settings of the strategy that is asked for; raises `TrainingError` for those that make no sense."""
    from bitspec_gui.services.tuning_settings import setting_faults

    wanted = {option.info.strategy.value: option for option in plan.options}
    option = plan.proposed if args.strategy == AUTO else wanted.get(args.strategy)
    if option is None:
        raise TrainingError(f"The strategy {args.strategy} cannot be used on this dataset.")
    settings = option.settings
    faults = setting_faults(settings, compounds)
    if faults:
        raise TrainingError(" ".join(faults.values()))
    return settings


def _name(args: argparse.Namespace, services: Services, dataset_id: int, base: RegisteredVersion) -> str:
    """Name of the version to be: as asked for, else that of the dataset with the first number that is free."""
    if args.name:
        return str(args.name)
    jobs = services.tuning_jobs.jobs()
    taken = {version.version.name.casefold() for version in services.models.versions()}
    taken |= {job.name.casefold() for job in jobs if not job.state.ended or job.state.can_resume} | {base.version.name.casefold()}
    dataset = services.tuning_data.dataset(dataset_id).name
    number = 1
    while f"{dataset} {number}".casefold() in taken:
        number += 1
    return f"{dataset} {number}"


def _tell_plan(args: argparse.Namespace, plan: TuningPlan, line: ProgressLine) -> None:
    from bitspec_gui.cli.finetune_text import plan_json, plan_text

    if args.plan and args.json:
        print(json.dumps(plan_json(plan), ensure_ascii=False, indent=1))
    elif args.plan:
        print(plan_text(plan), end="")
    else:
        line.say(plan_text(plan).rstrip("\n"))


def _train(args: argparse.Namespace, services: Services, job: TuningJob, line: ProgressLine) -> int:
    """Train in this process, and tell what came of it."""
    from bitspec_gui.cli.finetune_run import train_here

    line.say(f"Job {job.job_id}: {job.name}, {job.settings.strategy.value} from {job.base_name}.")
    ended, verdict = train_here(services.tuning_jobs, job.job_id, line)
    version = services.models.version(ended.version_id) if ended.version_id is not None else None
    _tell_outcome(args, ended, version, verdict, line)
    if ended.state is JobState.INTERRUPTED:
        line.say(f"Go on with: bitspec finetune --resume {ended.job_id}")
        return EXIT_INTERRUPTED if ended.said == PUT_OFF else EXIT_FAILED
    if version is None:
        return EXIT_FAILED
    if args.use:
        _use(services, version, line)
    return EXIT_DONE


def _tell_outcome(
    args: argparse.Namespace, job: TuningJob, version: RegisteredVersion | None, verdict: Verdict | None, line: ProgressLine
) -> None:
    from bitspec_gui.cli.finetune_text import outcome_json, verdict_text

    if args.json:
        print(json.dumps(outcome_json(job, version, verdict), ensure_ascii=False, indent=1))
    elif verdict is not None and version is not None:
        print(verdict_text(verdict), end="")
        print(f"Version: {version.version}, {version.file}")
    if version is None:
        line.say(f"bitspec: {job.said}")


def _use(services: Services, version: RegisteredVersion, line: ProgressLine) -> None:
    if version.metrics is not None and version.metrics.judgement.worth_using:
        services.models.use(version.version_id)
        line.say(f"BitSpec predicts with {version.version.name} from now on.")
    else:
        line.say(f"The model in use stays. To use the new one nevertheless: bitspec models use “{version.version.name}”")
