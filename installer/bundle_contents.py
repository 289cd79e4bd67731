"""What goes into the bundle and what stays out. Read by the recipe ``bitspec.spec``; needs no PyInstaller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatch
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

MIGRATIONS = ("bitspec_gui/storage/migrations", "bitspec_gui/storage/training/migrations")
"""Alembic runs these scripts as files, so they travel as files, at the place where `storage.opening` looks for them."""

LEFT_OUT_RESOURCES = ("screenshots/*",)
"""Pictures of the README; the program never shows them."""

UNUSED_MODULES = (
    # Tools of developers, and what they bring along.
    *("pytest", "_pytest", "py", "pytestqt", "hypothesis", "mypy", "mypyc", "ruff", "importlinter", "grimp", "pip", "setuptools"),
    *("pkg_resources", "_distutils_hack", "PyInstaller", "IPython", "rich", "pygments", "click", "tomlkit", "networkx"),
    # Asked for by libraries only where they are there; BitSpec goes without.
    *("matplotlib", "pandas", "scipy", "sklearn", "cupy", "h5py", "PIL", "aiohttp", "multidict", "yarl", "tensorboard"),
    *("tkinter", "idlelib", "lib2to3", "ensurepip", "turtledemo", "curses", "test", "distutils"),
    # Qt beyond widgets, SVG and printing.
    *(f"PySide6.Qt{name}" for name in ("Qml", "Quick", "QuickControls2", "QuickTest", "QuickWidgets", "Designer", "Help")),
    *(f"PySide6.Qt{name}" for name in ("UiTools", "Sql", "Network", "Xml", "Concurrent", "Test")),
    *(f"PySide6.Qt{name}" for name in ("WebEngineCore", "WebEngineWidgets", "WebEngineQuick", "WebChannel", "WebView")),
    *("pyqtgraph.examples", "pyqtgraph.opengl", "pyqtgraph.jupyter"),
    # Compiling and exporting networks; BitSpec only runs and trains them.
    *("torch.utils.tensorboard", "torch.utils.benchmark", "torch.utils.bottleneck", "torch.utils.model_dump"),
    *("torch.utils.cpp_extension", "torch.utils.hipify", "torch.distributed.benchmarks", "torch_geometric.graphgym"),
    *(f"torch._inductor.{name}" for name in ("codegen", "kernel", "fx_passes", "compile_fx", "scheduler", "lowering", "ir")),
)

MODULES_ASKED_FOR_BY_NAME = ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets")
"""Imported through a name that pyqtgraph puts together, which PyInstaller cannot see."""

NEEDED_OF_TORCH_TESTING = ("__init__", "logging_tensor", "common_dtype", "distributed")
"""Parts of torch's own tests that ``import torch`` and ``import torch_geometric`` read."""

LEFT_OUT_FILES = (
    "PySide6/Qt/translations/*",
    "PySide6/Qt/qml/*",
    *(f"PySide6/Qt/lib/libQt6{name}*" for name in ("Qml", "Quick", "Labs", "VirtualKeyboard", "Network", "Pdf", "EglF", "Sql")),
    *(f"PySide6/Qt/lib/libQt6{name}*" for name in ("WaylandCompositor", "WaylandEglCompositor", "Designer", "Test")),
    *(f"PySide6/Qt/plugins/{name}/*" for name in ("egldeviceintegrations", "generic", "networkinformation", "tls", "sqldrivers")),
    *(f"PySide6/Qt/plugins/{name}/*" for name in ("designer", "qmllint", "qmltooling", "wayland-graphics-integration-server")),
    *(f"PySide6/Qt/plugins/platforms/libq{name}*" for name in ("eglfs", "linuxfb", "minimal", "vnc", "vkkhrdisplay")),
    "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboard*",
    "PySide6/Qt/plugins/imageformats/libqpdf*",
    "PySide6/Qt/plugins/imageformats/libqtiff*",
    # It would tie the bundle to the GTK of the machine that it is built on; the desktop portal serves GNOME, too.
    "PySide6/Qt/plugins/platformthemes/libqgtk3*",
    *(f"lib{name}.so*" for name in ("gtk-3", "gdk-3", "gdk_pixbuf-2.0", "atk-1.0", "atk-bridge-2.0", "atspi", "cairo")),
    *(f"lib{name}.so*" for name in ("cairo-gobject", "pango-1.0", "pangocairo-1.0", "pangoft2-1.0")),
    "torch/test/*",
    "torch/include/*",
    "torch/share/*",
    "torch/lib/*test.so",
    "torch/lib/libbackend_with_compiler.so",
    "torch/lib/libaoti_custom_ops.so",
    "torch/*.a",
    "pyqtgraph/examples/*",
)
"""Places in the bundle (with ``/``) of files that hooks collect and BitSpec does not use."""

NEEDED_FILES = ("torch/bin/torch_shm_manager",)
"""``import torch`` refuses to go on without it; the rest of ``torch/bin`` are tests."""

NEEDED_OF_RDKIT = ("Data/FragmentDescriptors.csv", "Data/Crippen.txt", "Data/Salts.txt", "Data/BaseFeatures.fdef")

_LICENCE_WORDS = ("licen", "copying", "notice", "authors")


def resource_files(root: Path = ROOT) -> list[tuple[str, str]]:
    """Files of ``resources`` with their folders in the bundle, and BitSpec's own licence."""
    resources = root / "resources"
    files = [(str(root / "LICENSE"), ".")]
    for path in sorted(resources.rglob("*")):
        place = path.relative_to(resources).as_posix()
        if path.is_file() and not any(fnmatch(place, pattern) for pattern in LEFT_OUT_RESOURCES):
            files.append((str(path), path.parent.relative_to(root).as_posix()))
    return files


def migration_files(root: Path = ROOT) -> list[tuple[str, str]]:
    """Alembic scripts with their folders in the bundle."""
    scripts = [path for folder in MIGRATIONS for path in sorted((root / folder).rglob("*.py"))]
    return [(str(path), path.parent.relative_to(root).as_posix()) for path in scripts]


def package_files() -> list[tuple[str, str]]:
    """Data files of libraries that no hook of PyInstaller knows of, with their folders in the bundle."""
    rdkit, torch_geometric = _folder_of("rdkit"), _folder_of("torch_geometric")
    paths = [rdkit / name for name in NEEDED_OF_RDKIT] + sorted(torch_geometric.rglob("*.jinja"))
    return [(str(path), path.parent.relative_to(rdkit.parent).as_posix()) for path in paths if path.is_file()]


def excluded_modules() -> list[str]:
    """Modules that stay out, as PyInstaller's ``excludes``."""
    tests = _folder_of("torch") / "testing" / "_internal"
    names = {path.stem for path in tests.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    return [*UNUSED_MODULES, *(f"torch.testing._internal.{name}" for name in sorted(names.difference(NEEDED_OF_TORCH_TESTING)))]


def is_left_out(place: str) -> bool:
    """Whether the file that would be at `place` in the bundle stays out."""
    place = place.replace("\\", "/")
    if place in NEEDED_FILES:
        return False
    return place.startswith("torch/bin/") or any(fnmatch(place, pattern) for pattern in LEFT_OUT_FILES)


def linked_libraries(system: Mapping[str, str], others: Iterable[str], links_of: Callable[[str], Iterable[str]]) -> set[str]:
    """Which of the build machine's libraries are linked by what goes into the bundle.

    Parameters
    ----------
    system : mapping
        Paths of the build machine's libraries by file name.
    others : iterable of str
        Paths of the other binaries of the bundle.
    links_of : callable
        Names of the libraries that the binary at a path links directly.
    """
    found: set[str] = set()
    waiting = list(others)
    while waiting:
        new = {name for name in links_of(waiting.pop()) if name in system} - found
        found |= new
        waiting += [system[name] for name in new]
    return found


def third_parties(places: Iterable[str], own: str = "bitspec-gui") -> list[metadata.Distribution]:
    """Distributions that the modules and files at `places` in the bundle come from.

    Parameters
    ----------
    places : iterable of str
        Names of modules (``torch.nn``) and places of files (``torch/lib/libc10.so``).
    own : str
        The distribution to leave out: BitSpec itself.
    """
    tops = {place.replace("\\", "/").split("/")[0].split(".")[0] for place in places}
    owners = metadata.packages_distributions()
    names = {name for top in tops for name in owners.get(top, [])} - {own}
    return sorted((metadata.distribution(name) for name in names), key=lambda each: each.metadata["Name"].lower())


def licence_files(distribution: metadata.Distribution) -> Iterator[tuple[Path, str]]:
    """Licence texts of a distribution and the folders in the bundle that they go to."""
    name = distribution.metadata["Name"]
    for file in distribution.files or []:
        inside = [part for part in file.parts if part.endswith(".dist-info")]
        if inside and any(word in file.name.lower() for word in _LICENCE_WORDS):
            folders = "/".join(file.parts[1:-1]).removeprefix("licenses").strip("/")
            yield Path(str(file.locate())), f"licences/{name}/{folders}".rstrip("/")


def licence_table(distributions: Iterable[metadata.Distribution]) -> str:
    """A line for each distribution: name, version, licence."""
    lines = [
        "BitSpec is under the MIT licence (LICENSE). Its network and its two libraries, a measured and a predicted one, have",
        "notices of their own, in resources/models and resources/libraries. The bundle also carries the following; their texts",
        "are beside this file.",
        "Qt and PySide6 are used under the LGPL 3: their libraries are the files in PySide6 and shiboken6, and may be replaced.",
        "",
    ]
    for each in distributions:
        about = each.metadata
        licence = about.get("License-Expression") or (about.get("License") or "").strip().split("\n")[0] or _classified(each)
        lines.append(f"{about['Name']:<24} {each.version:<14} {licence}")
    return "\n".join(lines) + "\n"


def _classified(distribution: metadata.Distribution) -> str:
    stated = [line for line in distribution.metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    return ", ".join(line.split(" :: ")[-1] for line in stated) or "see its licence text"


def _folder_of(package: str) -> Path:
    """Folder of an installed package, found without importing it."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed in this environment.")
    return Path(found.origin).parent
