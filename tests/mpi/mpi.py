#!/usr/bin/env python3
"""Builds libnn_mpi.a and runs the tests of trainings by several processes.

usage: mpi.py FOLDER
Builds in FOLDER/mpi. Ends with the line "N passed, N failed, N skipped".
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/scripts"))
from builds import Failure, build  # noqa: E402


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0]).resolve() / "mpi"
    programs = ["tests/mpi/ranks", "tests/mpi/ranks_f64"]
    try:
        build(folder, ["-Dmpi=enabled", "-Dapps=false", "-Db_ndebug=false"], programs)
    except Failure as failure:
        print(f"FAILED build: {failure}\n0 passed, 1 failed, 0 skipped")
        return 1
    done = subprocess.run([sys.executable, ROOT / "tests/mpi/mpi_test.py", *(folder / name for name in programs), "-v"],
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    print(done.stderr, file=sys.stderr)
    results = re.findall(r"\.\.\. (ok|skipped|FAIL|ERROR)", done.stderr)
    skipped, passed = results.count("skipped"), results.count("ok")
    failed = max(len(results) - passed - skipped, int(done.returncode != 0))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
