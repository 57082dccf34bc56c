"""Runs the programs, ours and the peers', and finds the settings with which the peers are at their best."""

import os
import pathlib
import subprocess
import sys

from builds import ROOT, Failure
from cases import groups
from programs import KINDS, MODULES, blas_settings, environment
from results import OURS, parse

FOLDER = pathlib.Path(__file__).resolve().parent
BUILD = ROOT / "build" / "bench"
LONGEST = 3600  # seconds for one program


def say(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


def shell(script, *arguments, env=None):
    """A command of the shell with the functions of apps/common.sh and datasets/prepare.sh."""
    head = 'program=compare root=$1; shift; . "$root/apps/common.sh"; . "$root/datasets/prepare.sh"; '
    return subprocess.run(["bash", "-c", head + script, "bash", str(ROOT), *arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, env=os.environ | (env or {}))


def python_with(module):
    """Debian's Python first: Debian's packages are for it. None if no Python has the module."""
    return shell('python_with "$1"', module, env={"PYTHON": "/usr/bin/python3 python3"}).stdout.strip() or None


def binary(program, isa):
    """The peers' programs that are compiled for this CPU have a second form without AVX-512."""
    return program + "_avx2" if isa == "avx2" and program != "peak" else program


def on_threads(count):
    return "1 thread" if count == 1 else f"{count} threads"


class Runner:
    """Runs programs on the last CPUs that this process may use."""

    def __init__(self, options, features, data):
        self.options, self.features, self.data = options, features, data
        self.cpus = sorted(os.sched_getaffinity(0))
        self.blas = {}  # the settings of OpenBLAS and BLIS
        self.kept = []  # what the file of --out holds

    def command(self, program):
        if program in MODULES:
            return [python_with(MODULES[program]), FOLDER / "peers" / program]
        if program.startswith("bench_"):
            return [BUILD / "tests/bench" / program]
        return [BUILD / "tests/bench/peers" / binary(program, self.options.isa)]

    def start(self, program, threads, arguments=(), word=None, blas=None):
        """What it prints, parsed; Failure if it does not end well."""
        env = environment(threads, self.options.isa, self.features, word, self.blas if blas is None else blas)
        os.sched_setaffinity(0, self.cpus[-threads:])
        try:
            done = subprocess.run([str(a) for a in (*self.command(program), *arguments)], env=env, text=True,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST)
            if done.returncode != 0:
                message = done.stderr.strip().splitlines() or ["no message"]
                raise Failure(f"exit status {done.returncode}: {message[-1]}")
            return parse(done.stdout)
        except (ValueError, subprocess.TimeoutExpired) as error:
            raise Failure(str(error)) from None
        finally:
            os.sched_setaffinity(0, self.cpus)

    def measure(self, kind, threads, peers):
        """The lines of all rounds, and {label: why} of the peers that failed, of which no line is among them. All
        programs run a few cases before any goes on: the machine's speed changes from minute to minute."""
        arguments = [self.data / KINDS[kind].data] if KINDS[kind].data else []
        programs = {OURS: KINDS[kind].ours} | {peer.label: peer.program for peer in peers}
        lines, failed = {label: [] for label in programs}, {}
        for number in range(1, self.options.rounds + 1):
            say(f"{kind}, {on_threads(threads)}: round {number} of {self.options.rounds}")
            words = [self.options.filter] if self.options.filter else groups(kind)
            for word, label in ((word, label) for word in words for label in programs if label not in failed):
                try:
                    new = self.start(programs[label], threads, arguments, word)
                except Failure as failure:
                    if label == OURS:
                        raise Failure(f"{programs[label]}: {failure}") from None
                    failed[label] = str(failure)
                    continue
                lines[label] += new
                self.kept += [f"{number},{threads},{','.join(map(str, line))}" for line in new]
        return [line for label in programs if label not in failed for line in lines[label]], failed

    def speed_of_512(self, program, variable, value):
        """GFLOP/s, the best of three: a slow library is slow each time."""
        env = {variable: value} if value else {}
        return max(self.start(program, 1, word="sq512-NN", blas=env)[0].value for _ in range(3))


def choose_blas(runner, absent, vendor_is_amd, peak):
    """Settles what OpenBLAS and BLIS run with, by one product with each setting; a line on each for the reader."""
    notes = []
    for program, variable, candidates in blas_settings(runner.features, vendor_is_amd, runner.options.isa):
        if program in absent:
            continue
        try:
            speeds = {value: runner.speed_of_512(program, variable, value) for value in candidates}
        except Failure as failure:
            notes.append(f"{variable}: unset, as {program} fails ({failure})")
            continue
        best = max(speeds, key=speeds.get)
        if speeds[best] < 1.05 * speeds[candidates[0]]:
            best = candidates[0]
        if best:
            runner.blas[variable] = best
        tried = ", ".join(f"{value or 'unset'} {speed:.0f}" for value, speed in speeds.items())
        slow = "; LESS THAN HALF OF THE PEAK: slow code, or a busy CPU" if peak and speeds[best] < peak / 2 else ""
        notes.append(f"{variable}: {best or 'unset'} (GFLOP/s at 512^3: {tried}{slow})")
    return notes


def measure_peaks(runner, absent):
    """{threads: GFLOP/s} of multiply-adds in registers, and {threads: {cache: GB/s}}."""
    if "peak" in absent:
        return {}, {}
    say("measuring the peak")
    lines = {threads: runner.start("peak", threads) for threads in runner.options.threads}
    allowed = {"fma-avx2"} if runner.options.isa else {"fma-avx2", "fma-avx512"}
    flops = {threads: max((line.value for line in of if line.case in allowed), default=None)
             for threads, of in lines.items()}
    return flops, {threads: {line.case: line.value for line in of if line.metric == "GB/s"}
                   for threads, of in lines.items()}
