"""Make the pictures of README.md: the real window, on a screen of its own, with a fresh data folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SIZE = "1440x900"
PICTURES = {
    "predict-light.png": ["--theme", "light"],
    "predict-dark.png": ["--theme", "dark"],
    "library-light.png": ["--theme", "light", "--tab", "library"],
}


def main() -> int:
    """Write every picture into the folder named on the command line; 0 if all were made."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "resources/screenshots")
    environment = dict(os.environ)
    command = [sys.executable, "-m", "bitspec_gui"]
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        xvfb = shutil.which("xvfb-run")
        if xvfb:
            command = [xvfb, "--auto-servernum", "--server-args=-screen 0 1600x1000x24", *command]
        else:
            print("There is no display and no xvfb-run (apt-get install xvfb): drawing offscreen instead.", file=sys.stderr)
            environment["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as data:
        for name, options in PICTURES.items():
            arguments = ["--data-dir", data, "--size", SIZE, "--screenshot", str(target / name), *options]
            made = subprocess.run([*command, *arguments], env=environment, check=False)
            if made.returncode != 0:
                print(f"{name} was not made (exit status {made.returncode}).", file=sys.stderr)
                return 1
            print(target / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
