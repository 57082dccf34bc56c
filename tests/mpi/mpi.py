#!/usr/bin/env python3
"""Builds libnn_mpi.a and the experiments with it, and runs the tests of several processes.

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

EXPERIMENTS = [name for group in ("experiments", "beyond") for name in (ROOT / f"apps/{group}.txt").read_text().split()]


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0]).resolve() / "mpi"
    ranks = [f"tests/mpi/ranks{suffix}" for suffix in ("", "_f64", "_other_version")]
    apps = ["tests/mpi/linear_regression_alone", "apps/nn"]
    apps += [f"apps/{name}" for name in EXPERIMENTS]
    try:
        build(folder, ["-Dmpi=enabled", "-Db_ndebug=false"], [*ranks, *apps])
    except Failure as failure:
        print(f"FAILED build: {failure}\n0 passed, 1 failed, 0 skipped")
        return 1
    passed = failed = skipped = 0
    for test, programs in (("mpi_test.py", [folder / name for name in ranks]),
                           ("experiments_test.py", [folder / "apps", folder / apps[0], *EXPERIMENTS])):
        done = subprocess.run([sys.executable, ROOT / "tests/mpi" / test, *programs, "-v"],
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        print(done.stderr, file=sys.stderr)
        results = re.findall(r"\.\.\. (ok|skipped|FAIL|ERROR)", done.stderr)
        passed, skipped = passed + results.count("ok"), skipped + results.count("skipped")
        wrong = len(results) - results.count("ok") - results.count("skipped")
        failed += max(wrong, int(done.returncode != 0))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
