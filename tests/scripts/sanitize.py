#!/usr/bin/env python3
"""Runs the tests of the library under sanitizers and valgrind.

usage: sanitize.py FOLDER [address|thread|valgrind|fast]...
Builds in FOLDER/sanitize-*; without names: the first three.
  address    every layer's tests under AddressSanitizer and UndefinedBehaviorSanitizer
  thread     the tests that use several threads under ThreadSanitizer
  valgrind   the tests of the core under valgrind, with NN_ISA=scalar (valgrind knows no AVX-512)
  fast       as address, but for the layers whose tests take long to compile or run
Prints the failed cases and a line for each part, then "N passed, N failed, N skipped" over all of them.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time

from builds import ROOT, Failure, build

LAYERS = ["core", "kernels", "ops", "modules", "losses", "data", "io", "onnx", "train", "unsupervised"]
FAST = ["core", "ops", "losses", "data", "io", "onnx"]
THREADED = ["core", "ops", "modules", "train", "unsupervised"]
THREAD_TESTS = "*Thread*:*Storage*"
# -O1 for the kernels too: the compiler takes a minute and a half for each at -O3. With sanitizers, g++ warns of what is
# not there.
SANITIZED = ["-Dbuildtype=debug", "-Doptimization=1", "-Dcpp_args=-O1 -w", "-Dapps=false"]

ADDRESS = [*SANITIZED, "-Db_sanitize=address,undefined"]
UBSAN = {"UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}

# name: options of the build, programs, what `meson test` gets besides, environment
PARTS = {
    "address": (ADDRESS, LAYERS, [], UBSAN),
    "fast": (ADDRESS, FAST, [], UBSAN),
    "thread": ([*SANITIZED, "-Db_sanitize=thread"], THREADED, [f"--test-args=--gtest_filter={THREAD_TESTS}"],
               {"TSAN_OPTIONS": "halt_on_error=1", "NN_NUM_THREADS": "4"}),
    "valgrind": (SANITIZED, ["core"],
                 ["--wrap=valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite"],
                 {"NN_ISA": "scalar"}),
}


def run(folder, name):
    """(passed, failed, skipped) of one part."""
    options, layers, arguments, env = PARTS[name]
    if name == "valgrind" and not shutil.which("valgrind"):
        print("valgrind     skipped: not installed", flush=True)
        return 0, 0, 1
    started = time.monotonic()
    folder = folder / f"sanitize-{name}"
    try:
        build(folder, options, ["tests/libtest_plugin.so", *(f"tests/test_{layer}" for layer in layers)])
    except Failure as failure:
        print(f"FAILED {name}: {failure}", flush=True)
        return 0, 1, 0
    built = time.monotonic()
    for stale in [*folder.glob("*.xml"), *folder.glob("meson-logs/testlog*")]:
        stale.unlink()
    subprocess.run(["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs", "--timeout-multiplier", "10",
                    *arguments, *layers], stdout=sys.stderr, stdin=subprocess.DEVNULL, env=os.environ | env)
    counts = counted(folder)
    print(f"{name:<12} {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped "
          f"(built in {built - started:.0f} s, run in {time.monotonic() - built:.0f} s)", flush=True)
    return counts


def counted(folder):
    """What count_cases.py says of the folder, its list of failures printed."""
    done = subprocess.run([sys.executable, ROOT / "tests/scripts/count_cases.py", folder], capture_output=True,
                          text=True)
    *failures, last = done.stdout.splitlines() or ["0 passed, 1 failed, 0 skipped"]
    for line in failures:
        print(line)
    return [int(word) for word in last.split()[::2]]


def main(arguments):
    if not arguments or not set(arguments[1:]) <= PARTS.keys():
        print(__doc__.strip(), file=sys.stderr)
        return 2
    parts = [run(pathlib.Path(arguments[0]).resolve(), name) for name in arguments[1:] or ("address", "thread", "valgrind")]
    passed, failed, skipped = map(sum, zip(*parts))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
