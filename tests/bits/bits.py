#!/usr/bin/env python3
"""The same seed gives the same bits: compares what builds, instruction sets and numbers of threads write.

usage: bits.py FOLDER
Builds in FOLDER/bits-*, runs all experiments and the trainings of trainings.cpp, and compares every byte of their CSV
files (but config.csv, which holds times and facts about the machine) and of the trained parameters with those of the
release build of g++ on two threads. Prints a line for each comparison, then "N passed, N failed, N skipped".
"""

import collections
import functools
import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scripts"))
from builds import ROOT, Failure, build, command  # noqa: E402

EXPERIMENTS = [line.split()[0] for line in (ROOT / "apps/experiments.txt").read_text().splitlines()]
LONG = [("checkerboard", "--runs", "1")]
SHORT = [(name, "--quick", "--runs", "1") for name in EXPERIMENTS]
# An emulated CPU is some thirty times slower.
SHORTER = {"checkerboard": ["--iterations", "500"], "usps_multiclass": ["--iterations", "20"],
           "usps_latent_space": ["--epochs", "1", "--iterations", "60"], "usps_denoising": ["--epochs", "1"]}
SHORTEST = [(*experiment, *SHORTER.get(experiment[0], [])) for experiment in SHORT]


class Skip(Exception):
    """What is to be compared cannot run here."""


def say(text):
    print(text, file=sys.stderr, flush=True)


class Build:
    """The experiments and the trainings, built by one compiler; `wrapper` runs programs of another CPU."""

    def __init__(self, folder, name, compiler, *options, link=(), wrapper=()):
        self.folder, self.name, self.compiler, self.options = folder / f"bits-{name}", name, compiler, options
        self.link, self.wrapper = link, wrapper
        self.error = None  # "" once it is built

    def make(self):
        for tool in (self.compiler, *self.wrapper):
            if not shutil.which(tool):
                raise Skip(f"no {tool}")
        if self.error is None:
            try:
                self._make()
                self.error = ""
            except Failure as failure:
                self.error = str(failure)
        if self.error:
            raise Failure(self.error)

    def _make(self):
        say(f"building in {self.folder}")
        compiler = None if "--cross-file" in self.options else self.compiler
        build(self.folder, ["-Dtests=false", *self.options],
              ["lib/libnn.a", *(f"apps/{name}" for name in EXPERIMENTS)], compiler)
        command([self.compiler, "-std=c++20", "-O1", "-I", ROOT / "include", ROOT / "tests/bits/trainings.cpp",
                 self.folder / "lib/libnn.a", "-pthread", *self.link, "-o", self.folder / "trainings"])

    def run(self, program, *arguments, env=None):
        return command([*self.wrapper, self.folder / program, *arguments], {"NN_NUM_THREADS": "2", **(env or {})})

    def trainings(self, out, *names, env=None):
        out.mkdir(parents=True, exist_ok=True)
        self.run("trainings", out, *names, env=env)

    def everything(self, experiments, out, threads=2, env=None):
        """The experiments' CSV files and the trainings' parameters."""
        env = {"NN_NUM_THREADS": str(threads), **(env or {})}
        self.trainings(out / "parameters", env=env)
        for name, *flags in experiments:
            self.run(f"apps/{name}", *flags, "--out", out / " ".join([name, *flags]), env=env)


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != "config.csv"}


def difference(expected, got):
    """Where two folders differ first, in words; None where they do not."""
    for name in sorted(expected.keys() | got.keys()):
        if name not in expected or name not in got:
            return f"{name}: in one of the two only"
        if expected[name] != got[name]:
            lines = zip(expected[name].split(b"\n"), got[name].split(b"\n"))
            line = next((i for i, (a, b) in enumerate(lines, 1) if a != b), "the last")
            return f"{name}: line {line}" if name.endswith(".csv") else name
    return None


def equal(files, found):
    """In words; Failure if a difference was found."""
    if found:
        raise Failure(f"DIFFERS in {found}")
    return f"{files} files equal"


class Report:
    def __init__(self):
        self.count = collections.Counter()

    def row(self, what, judge):
        """judge() says what passed, or raises Skip or Failure."""
        say(f"checking: {what}")
        try:
            result, text = "passed", judge()
        except Skip as skip:
            result, text = "skipped", f"skipped: {skip}"
        except Failure as failure:
            result, text = "failed", f"FAILED {failure}"
        self.count[result] += 1
        print(f"{what:<42} {text}", flush=True)

    def end(self):
        print(f"{self.count['passed']} passed, {self.count['failed']} failed, {self.count['skipped']} skipped")
        return 1 if self.count["failed"] else 0


class Bits:
    def __init__(self, folder):
        release = "-Dbuildtype=release"
        self.gcc = Build(folder, "gcc", "g++", release)
        self.clang = Build(folder, "clang", "clang++", release)
        self.debug = Build(folder, "debug", "g++", "-Dbuildtype=debug")
        self.arm = Build(folder, "aarch64", "aarch64-linux-gnu-g++", release, "--cross-file",
                         ROOT / "tests/portability/aarch64.ini", link=["-static"], wrapper=["qemu-aarch64"])
        self.out = folder / "bits-out"

    @functools.cached_property
    def reference(self):
        """What the release build of g++ writes: {folder: its content}."""
        self.gcc.make()
        self.gcc.everything(list(dict.fromkeys(SHORT + LONG + SHORTEST)), self.out / "reference")
        return {folder.name: content(folder) for folder in (self.out / "reference").iterdir()}

    def against_reference(self, build, label, experiments, **variant):
        build.make()
        names = ["parameters", *(" ".join(experiment) for experiment in experiments)]
        expected = {f"{name}/{file}": data for name in names for file, data in self.reference[name].items()}
        build.everything(experiments, self.out / label, **variant)
        return equal(len(expected), difference(expected, content(self.out / label)))

    def instruction_set(self, isa):
        self.gcc.make()
        try:
            self.gcc.trainings(self.out / "probe", "hinge", env={"NN_ISA": isa})
        except Failure as failure:
            raise (Skip("this CPU lacks it") if "lacks it" in str(failure) else failure)
        return self.against_reference(self.gcc, isa, SHORT + LONG, env={"NN_ISA": isa})

    def orders(self):
        """Nothing that a training leaves in the process changes the next one."""
        expected = self.reference["parameters"]
        names = self.gcc.run("trainings", "--names").split()
        out = self.out / "orders"
        self.gcc.trainings(out / "backwards", *reversed(names))
        self.gcc.trainings(out / "twice", *names, *names)
        for name in names:
            self.gcc.trainings(out / "alone", name)
        found = (difference(expected, content(out / order)) for order in ("backwards", "twice", "alone"))
        return equal(3 * len(expected), next(filter(None, found), None))

    def compare_all(self):
        report = Report()
        for isa in ("scalar", "avx2", "avx512"):
            report.row(f"NN_ISA={isa}", lambda: self.instruction_set(isa))
        for threads in (1, 3, 8):
            report.row(f"{threads} threads",
                       lambda: self.against_reference(self.gcc, f"{threads} threads", SHORT + LONG, threads=threads))
        report.row("trainings in another order, alone, again", self.orders)
        report.row("clang++", lambda: self.against_reference(self.clang, "clang", SHORT + LONG))
        report.row("debug build", lambda: self.against_reference(self.debug, "debug", SHORT))
        report.row("aarch64, emulated", lambda: self.against_reference(self.arm, "aarch64", SHORTEST))
        return report.end()


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    bits = Bits(pathlib.Path(arguments[0]).resolve())
    os.environ.pop("NN_DATA", None)
    os.environ.pop("NN_ISA", None)
    shutil.rmtree(bits.out, ignore_errors=True)
    return bits.compare_all()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
