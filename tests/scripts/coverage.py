#!/usr/bin/env python3
"""Measures which lines of lib/ the tests of the library run.

usage: coverage.py FOLDER
Builds in FOLDER/coverage, runs the tests of every layer in float, and prints gcovr's table with the lines that no test
runs, then "N passed, N failed, N skipped".
"""

import pathlib
import shutil
import sys

from builds import ROOT, Failure, build, command
from sanitize import LAYERS, counted


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    if not shutil.which("gcovr"):
        sys.exit("coverage.py: no gcovr (Debian: apt-get install gcovr)")
    folder = pathlib.Path(arguments[0]).resolve() / "coverage"
    try:
        build(folder, ["-Dbuildtype=debug", "-Db_coverage=true", "-Dapps=false", "-Dwerror=false"],
              [f"tests/test_{layer}" for layer in LAYERS])
        for counts in folder.rglob("*.gcda"):
            counts.unlink()
        command(["meson", "test", "-C", folder, "--no-rebuild", "--timeout-multiplier", "10", *LAYERS])
    except Failure as failure:
        print(failure)
    print(command(["gcovr", "--root", ROOT, "--filter", f"{ROOT}/lib/", folder]))
    passed, failed, skipped = counted(folder)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
