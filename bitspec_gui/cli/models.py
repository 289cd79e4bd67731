"""``bitspec models``: the model versions of this machine, which one predicts, and versions as files."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from bitspec_gui.bootstrap import build_services
from bitspec_gui.cli import models_text
from bitspec_gui.cli.terminal import EXIT_DONE, EXIT_FAILED, ProgressLine, cancel_on_interrupt
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.errors import VersionError
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.naming import library_named
from bitspec_gui.services.tuning_time import size_text
from bitspec_gui.services.version_compare import compare
from bitspec_gui.services.version_names import find_version

_Act = Callable[[argparse.Namespace, Services], int]

NAME_HELP = "name of a version, or the first digits of its sha256"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command and its actions."""
    parser = subparsers.add_parser(
        "models",
        help="list, use, compare, export and import model versions",
        description="The model versions of this machine: the one that comes with BitSpec, those that were fine-tuned here, and "
        "those that were imported.",
    )
    actions = parser.add_subparsers(title="actions", dest="action", required=True, metavar="ACTION")
    _describe_looking(actions)
    _describe_changing(actions)
    _describe_files(actions)


def _describe_looking(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = _action(actions, "list", _list, "list the versions")
    listing.add_argument("--check", action="store_true", help="read all files and tell versions that cannot be used")
    _json(listing)
    _json(_named(_action(actions, "show", _show, "tell everything that is known of a version")))
    comparing = _action(
        actions,
        "compare",
        _compare,
        "tell two versions apart",
        "Print two versions side by side. With --dataset or --library both also predict the measured spectra there of compounds "
        "that neither was trained on.",
    )
    comparing.add_argument("first", metavar="NAME", help=NAME_HELP)
    comparing.add_argument("second", metavar="NAME")
    spectra = comparing.add_mutually_exclusive_group()
    spectra.add_argument("--dataset", metavar="NAME", help="spectra of a dataset to compare them on")
    spectra.add_argument("--library", metavar="NAME", help="measured spectra of a library to compare them on")
    comparing.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), help="where to compute (what the settings say)")
    comparing.add_argument("--quiet", action="store_true", help="no progress")
    _json(comparing)


def _describe_changing(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    _named(_action(actions, "use", _use, "predict with a version from now on"))
    _action(actions, "rollback", _roll_back, "predict with the version that was in use before")
    renaming = _named(_action(actions, "rename", _rename, "give a version another name"))
    renaming.add_argument("new_name", metavar="NEW_NAME")
    noting = _named(_action(actions, "notes", _note, "say something of a version"))
    noting.add_argument("text", metavar="TEXT", help="in place of what was said before; empty for nothing")
    response = _named(_action(actions, "response", _response, "switch the instrument's response of a version on or off"))
    response.add_argument("state", choices=("on", "off"))
    _named(_action(actions, "remove", _remove, "delete a version; restore brings it back for 30 days"))
    _named(_action(actions, "restore", _restore, "bring back a version that was deleted"), "name of a deleted version")
    merging = _named(_action(actions, "merge", _merge, "make a small version one that needs no base"))
    merging.add_argument("--name", dest="new_name", default="", metavar="NEW_NAME", help="name of the new version")


def _describe_files(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    exporting = _named(
        _action(
            actions,
            "export",
            _export,
            "write a version to a file for others",
            "Write a version, and the bases that it needs, to one .bitspec file. It holds no spectrum and no structure of yours, "
            "but fingerprints and checksums of the compounds that were learned. Whoever gets it can compare the sha256 "
            "that is printed with the one that importing prints.",
        )
    )
    exporting.add_argument("output", type=Path, metavar="FILE.bitspec")
    importing = _action(
        actions,
        "import",
        _import,
        "take in versions from files",
        "Take in versions from .bitspec files. Each is checked byte for byte and tried out first; one that was changed or cannot "
        "be used here is refused, and the exit status is then 1.",
    )
    importing.add_argument("paths", nargs="+", type=Path, metavar="FILE.bitspec")


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, act: _Act, brief: str, description: str | None = None
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=brief, description=description)
    parser.set_defaults(run=run, act=act)
    return parser


def _named(parser: argparse.ArgumentParser, words: str = NAME_HELP) -> argparse.ArgumentParser:
    parser.add_argument("name", metavar="NAME", help=words)
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(args: argparse.Namespace) -> int:
    """Do the chosen action; 0 if all went well, 1 if not."""
    act: _Act = args.act
    return act(args, build_services(user_paths(args.data_dir), device=getattr(args, "device", None)))


def _list(args: argparse.Namespace, services: Services) -> int:
    versions = services.models.versions()
    problems = services.models.problems() if args.check else []
    if args.json:
        print(models_text.versions_json(versions, problems))
    else:
        print(models_text.versions_text(versions), end="")
        for problem in problems:
            print(f"# {problem.version.version.name}: {problem.sentence}")
    return EXIT_FAILED if problems else EXIT_DONE


def _show(args: argparse.Namespace, services: Services) -> int:
    version = services.models.by_name(args.name)
    response = services.models.response(version.version_id)
    print(models_text.version_json(version) if args.json else models_text.version_text(version, response), end="")
    return EXIT_DONE


def _compare(args: argparse.Namespace, services: Services) -> int:
    models = services.models
    first, second = models.by_name(args.first), models.by_name(args.second)
    compared = compare(first, second)
    contest = None
    if args.dataset or args.library:
        records = _spectra(args, services)
        line = ProgressLine(quiet=args.quiet)
        with cancel_on_interrupt(line) as token:
            contest = models.contest(first.version_id, second.version_id, records, progress=line, cancel=token)
        line.clear()
    if args.json:
        print(json.dumps(models_text.comparison_json(compared, contest), ensure_ascii=False, indent=1))
    else:
        print(models_text.comparison_text(compared, contest), end="")
    return EXIT_DONE


def _spectra(args: argparse.Namespace, services: Services) -> list[SpectrumRecord]:
    if args.library:
        store = services.libraries.store()
        return [each for each in store.records(library_named(store, args.library).library_id) if each.predicted_by is None]
    datasets = services.tuning_data.datasets()
    found = next((each for each in datasets if each.name.casefold() == args.dataset.casefold()), None)
    if found is None:
        there = ", ".join(each.name for each in datasets) or "none"
        raise VersionError(f"There is no dataset named “{args.dataset}”. There are: {there}.")
    return services.tuning_data.used_records(found.dataset_id)


def _use(args: argparse.Namespace, services: Services) -> int:
    version = services.models.use(services.models.by_name(args.name).version_id)
    print(f"BitSpec now predicts with {version.version}.")
    return _tell_stale(services)


def _roll_back(_args: argparse.Namespace, services: Services) -> int:
    print(f"BitSpec predicts with {services.models.roll_back().version} again.")
    return _tell_stale(services)


def _tell_stale(services: Services) -> int:
    """Name the libraries of the user's that another version predicted."""
    active = services.models.active().version
    for info in services.libraries.stale(active):
        if not info.embedded:
            print(f"The library “{info.name}” was predicted by {info.made_by}: bitspec library rebuild '{info.name}' renews it.")
    return EXIT_DONE


def _rename(args: argparse.Namespace, services: Services) -> int:
    before = services.models.by_name(args.name)
    after = services.models.rename(before.version_id, args.new_name)
    print(f"“{before.version.name}” is now “{after.version.name}”.")
    return EXIT_DONE


def _note(args: argparse.Namespace, services: Services) -> int:
    version = services.models.set_notes(services.models.by_name(args.name).version_id, args.text)
    print(f"Notes on “{version.version.name}”: {version.notes or 'none'}")
    return EXIT_DONE


def _response(args: argparse.Namespace, services: Services) -> int:
    version = services.models.set_response(services.models.by_name(args.name).version_id, args.state == "on")
    print(f"“{version.version.name}” predicts {'with' if args.state == 'on' else 'without'} its instrument's response.")
    return EXIT_DONE


def _remove(args: argparse.Namespace, services: Services) -> int:
    version = services.models.remove(services.models.by_name(args.name).version_id)
    now = f" BitSpec now predicts with {services.models.active().version}." if version.active else ""
    print(f"“{version.version.name}” was deleted. Within 30 days it comes back with: bitspec models restore NAME.{now}")
    return EXIT_DONE


def _restore(args: argparse.Namespace, services: Services) -> int:
    removed = services.models.removed()
    if not removed:
        raise VersionError("There is no deleted model version that could be brought back.")
    version = services.models.restore(find_version(removed, args.name).version_id)
    print(f"“{version.version.name}” is back.")
    return EXIT_DONE


def _merge(args: argparse.Namespace, services: Services) -> int:
    merged = services.models.merge(services.models.by_name(args.name).version_id, args.new_name)
    print(f"“{merged.version.name}” needs no base ({size_text(merged.size_bytes)}).")
    return EXIT_DONE


def _export(args: argparse.Namespace, services: Services) -> int:
    file = services.models.export(services.models.by_name(args.name).version_id, args.output)
    print(f"{' with '.join(file.holds)} written to {file.path} ({size_text(file.size_bytes)}).")
    print(f"sha256 of the file: {file.sha256}")
    return EXIT_DONE


def _import(args: argparse.Namespace, services: Services) -> int:
    failed = 0
    line = ProgressLine(quiet=True)
    with cancel_on_interrupt(line) as token:
        for path in args.paths:
            try:
                found = services.models.import_file(path, cancel=token)
            except VersionError as error:
                line.say(f"bitspec: {error}")
                failed += 1
                continue
            if not found.already_there:
                print(f"“{found.version.version.name}” was imported from {path.name}.")
            for note in found.notes:
                print(note)
            print(f"sha256 of the file: {found.sha256}")
    return EXIT_FAILED if failed else EXIT_DONE
