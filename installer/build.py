"""Make the one-folder bundle of BitSpec in ``dist/bitspec`` and check that it works: ``make installer``."""

from __future__ import annotations

import argparse
import importlib.util
import lzma
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "installer" / "bitspec.spec"
DIST = ROOT / "dist"
BUNDLE = DIST / "bitspec"
PICTURE = DIST / "bitspec-window.png"
MODEL = "bitspec-ei-2.json"

ETHANOL = "CCO"
CAFFEINE = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"
UNKNOWN = "Name: toluene, roughly\nNum Peaks: 6\n39 90; 51 60; 63 70; 65 120; 91 999; 92 650\n"

MEASURED_LIBRARY = "PNNL metabolites"
TUNED_SPECTRA = 12

START_LIMIT_S = 300.0
MANY_SYMBOLS = ("torch/lib/libtorch_cpu.so", "torch/lib/libtorch_python.so", "libpython3.*.so*")
"""Libraries of which a fifth and more is the names of functions, which only a debugger reads."""

_OURS = ("PYTHON", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "QT_", "BITSPEC_", "XDG_", "DISPLAY", "WAYLAND_DISPLAY")


class BundleFault(Exception):
    """The bundle cannot be made or does not work; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make, check, measure and, if asked, pack the bundle; 0 if it works, else 1."""
    parser = argparse.ArgumentParser(prog="build.py", description=__doc__)
    parser.add_argument("--check-only", action="store_true", help="make nothing, check the bundle that is in dist/")
    parser.add_argument("--pack", action="store_true", help="pack the bundle into one archive, which takes minutes")
    options = parser.parse_args(arguments)
    if sys.platform != "linux":
        print("The bundle has been tried on Linux only. The recipe runs here, but nobody has tested what it makes.")
    try:
        if not options.check_only:
            make()
        check()
        print(sizes())
        if options.pack:
            archive = pack()
            print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size / 1e6:,.0f} MB packed")
    except BundleFault as fault:
        print(f"make installer: {fault}", file=sys.stderr)
        return 1
    return 0


def make() -> None:
    """Run PyInstaller on the recipe."""
    if importlib.util.find_spec("PyInstaller") is None:
        raise BundleFault(f"PyInstaller is missing. Run `make installer`, or {sys.executable} -m pip install '.[installer]'")
    if not (ROOT / "resources" / "models" / MODEL).is_file():
        raise BundleFault(f"resources/models/{MODEL} is missing: a bundle without a network could not predict.")
    began = time.monotonic()
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    command += ["--distpath", str(DIST), "--workpath", str(ROOT / "build" / "installer"), str(RECIPE)]
    print("PyInstaller makes dist/bitspec; this takes some minutes.", flush=True)
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise BundleFault("PyInstaller could not make the bundle; its messages above say why.")
    shutil.copy(ROOT / "LICENSE", BUNDLE / "LICENSE")
    shutil.copy(ROOT / "installer" / "bundle_readme.txt", BUNDLE / "README.txt")
    _strip(BUNDLE)
    print(f"dist/bitspec was made in {time.monotonic() - began:.0f} s.", flush=True)


def check() -> None:
    """Compare what the bundle predicts with what the checkout predicts, and look at its window.

    Raises
    ------
    BundleFault
        If anything differs or does not start.
    """
    command = _program("bitspec")
    if not command.is_file():
        raise BundleFault("there is no bundle in dist/bitspec; run `make installer`.")
    with tempfile.TemporaryDirectory() as folder:
        unknown = Path(folder, "unknown.msp")
        unknown.write_text(UNKNOWN, encoding="ascii")
        searched = ["search", "--query", str(unknown), "--top", "10", "--quiet"]
        explained = ["explain", CAFFEINE, "--peak", "109", "--method", "gnnexplainer", "--quiet"]
        for arguments in (["predict", ETHANOL, CAFFEINE, "--quiet"], explained, ["library", "list"], searched):
            _compare(command, arguments)
    _check_training(command)
    _check_window()


def _compare(command: Path, arguments: Sequence[str]) -> None:
    """Let the bundle and the checkout do the same, each with an empty home; raises `BundleFault` if they say different things."""
    checkout = [sys.executable, "-m", "bitspec_gui.cli"]
    with fresh_home() as environment:
        expected = _run([*checkout, *arguments], environment | {"PYTHONPATH": str(ROOT)})[0]
    with fresh_home() as environment:
        shown, seconds = _run([str(command), *arguments], environment)
    if shown != expected or not shown.strip():
        raise BundleFault(
            f"`bitspec {' '.join(arguments)}` of the bundle differs from the checkout's.\n"
            f"The bundle says:\n{shown}\nThe checkout says:\n{expected}"
        )
    print(f"bitspec {arguments[0]}: the same as in the checkout, in {seconds:.1f} s", flush=True)


def sizes() -> str:
    """Size of the bundle, and of its largest parts."""
    parts: Counter[str] = Counter()
    for path in BUNDLE.rglob("*"):
        if path.is_file() and not path.is_symlink():
            parents = path.relative_to(BUNDLE).parts
            parts["/".join(parents[: 2 if len(parents) > 2 else 1])] += path.stat().st_size
    lines = [f"dist/bitspec: {sum(parts.values()) / 1e6:,.0f} MB unpacked, of which"]
    lines += [f"  {size / 1e6:6,.0f} MB  {name}" for name, size in parts.most_common(10)]
    return "\n".join(lines)


def pack() -> Path:
    """Pack the bundle into one ``.tar.xz``, with all cores where the tool xz is there."""
    sys.path.insert(0, str(ROOT))
    from bitspec_gui import __version__

    archive = DIST / f"bitspec-{__version__}-{sys.platform}-{platform.machine()}.tar.xz"
    xz = shutil.which("xz")
    if xz is None:
        with lzma.open(archive, "wb", preset=6) as stream:
            _write_tar(stream)
        return archive
    with archive.open("wb") as target, subprocess.Popen([xz, "-6", "-T0", "-c"], stdin=subprocess.PIPE, stdout=target) as packer:
        _write_tar(packer.stdin)
        packer.stdin.close()
    if packer.returncode:
        raise BundleFault(f"xz could not write {archive}.")
    return archive


def _check_training(command: Path) -> None:
    """Let the bundle tune its model a little on spectra of the library that comes along, and predict with what comes of it."""
    with fresh_home() as environment, tempfile.TemporaryDirectory() as folder:
        whole, few = Path(folder, "whole.msp"), Path(folder, "few.msp")
        _run([str(command), "library", "export", MEASURED_LIBRARY, str(whole)], environment)
        records = whole.read_text(encoding="utf-8").split("\n\n")[:TUNED_SPECTRA]
        few.write_text("\n\n".join(records) + "\n\n", encoding="utf-8")
        tuning = ["finetune", "--data", str(few), "--name", "tried", "--strategy", "lora", "--epochs", "1", "--quiet"]
        seconds = _run([str(command), *tuning], environment)[1]
        _run([str(command), "models", "use", "tried"], environment)
        predicted = _run([str(command), "predict", ETHANOL, "--quiet"], environment)[0]
    if "tried" not in predicted:
        raise BundleFault(f"the bundle does not predict with the version that it tuned. It said:\n{predicted}")
    print(f"bitspec finetune: a version tuned on {TUNED_SPECTRA} spectra and used, in {seconds:.1f} s", flush=True)


@contextmanager
def fresh_home() -> Iterator[dict[str, str]]:
    """Environment of someone who has just unpacked BitSpec: an empty home, and nothing of Python or of this checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    with tempfile.TemporaryDirectory(prefix="bitspec-home-") as home:
        if os.name == "posix":
            kept |= {"PATH": os.defpath, "HOME": home}
        yield kept | {"BITSPEC_DATA_DIR": str(Path(home) / "data")}


@contextmanager
def virtual_display(xvfb: str) -> Iterator[str]:
    """A display of Xvfb that nobody sees."""
    reading, writing = os.pipe()
    command = [xvfb, "-displayfd", str(writing), "-screen", "0", "1440x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            raise BundleFault("Xvfb did not start.")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def _check_window() -> None:
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        print("Xvfb is not there, so the window of the bundle was not looked at.")
        return
    PICTURE.unlink(missing_ok=True)
    with fresh_home() as environment, virtual_display(xvfb) as display:
        command = [str(_program("bitspec-gui")), "--molecule", CAFFEINE, "--screenshot", str(PICTURE)]
        said, seconds = _run(command, environment | {"DISPLAY": display})
    if not PICTURE.is_file():
        raise BundleFault(f"bitspec-gui of the bundle ended without a picture of its window. It said:\n{said}")
    print(f"bitspec-gui: window with a predicted spectrum in {seconds:.1f} s, see {PICTURE.relative_to(ROOT)}", flush=True)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[str, float]:
    """Standard output and seconds of a command, run away from the checkout."""
    began = time.monotonic()
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=tempfile.gettempdir(),
            capture_output=True,
            text=True,
            timeout=START_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BundleFault(f"{' '.join(command)} did not end within {START_LIMIT_S:.0f} s.") from error
    if done.returncode:
        raise BundleFault(f"{' '.join(command)} ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout, time.monotonic() - began


def _program(name: str) -> Path:
    return BUNDLE / (f"{name}.exe" if os.name == "nt" else name)


def _strip(bundle: Path) -> None:
    """Take the debugger's names out of the largest libraries, where the tool for it is there."""
    strip = shutil.which("strip")
    if sys.platform != "linux" or strip is None:
        return
    for place in MANY_SYMBOLS:
        for library in (bundle / "_internal").glob(place):
            subprocess.run([strip, "--strip-unneeded", str(library)], check=True)


def _write_tar(stream: object) -> None:
    def without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        return entry

    with tarfile.open(fileobj=stream, mode="w|") as archive:  # type: ignore[call-overload]
        archive.add(BUNDLE, arcname=BUNDLE.name, filter=without_owner)


if __name__ == "__main__":
    sys.exit(main())
