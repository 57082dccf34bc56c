#!/usr/bin/env python3
"""Other CPUs, systems and standard libraries: what builds and passes there, and that the bits are the same.

usage: portable.py FOLDER [NAME...]
Builds the library in FOLDER/portable-* for each platform, with assertions, and runs there the trainings of
tests/bits/trainings.cpp, whose parameters must be those of g++ on this CPU to the bit, and some of the tests of the
library. Prints a line for each, then "N passed, N failed, N skipped". Without names: all of them.
"""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/scripts"), str(ROOT / "tests/bits"), str(ROOT / "docs/playground")]
import build as playground  # noqa: E402
from bits import Report, Skip, content, difference, equal, say  # noqa: E402
from builds import Failure, build, command  # noqa: E402

FILES = ROOT / "tests/portability"
# Each folder of lib/ is one unit, and -O1 compiles in a third of the time; the kernels are built with -O3 always. Where
# sizes have 32 bits, compilers warn of conversions that are checked.
OPTIONS = ["-Dbuildtype=release", "-Db_ndebug=false", "-Dunity=on", "-Dapps=false", "-Dwerror=false"]
LAYERS = ["core", "kernels", "ops", "modules", "io"]
# Without an instruction for fused multiply-adds, the others take minutes on an emulated CPU.
SHORT = ["copying", "hinge", "robust", "two_ways"]
# Tests of what qemu does not emulate (programs that start themselves again, limits of memory, filters of system calls),
# and of kernels that emulate vectors, which no platform uses.
LEFT_OUT = "*DeathTest*:Process.*:LittleMemory.*:HostileSizes.*:Predictor.MakesNoSystemCall:*/emulated"


class Platform:
    """How programs are compiled for it, the command that runs them, the layers whose tests run there, and the
    trainings (all, if none is named). `library` names another platform whose library it takes."""

    def __init__(self, name, compiler, *, options=(), level="1", flags=(), link=("-pthread",), runner=(), layers=(),
                 trainings=(), library=None):
        self.name, self.compiler, self.flags, self.link = name, compiler, flags, link
        self.options = [*OPTIONS, f"-Doptimization={level}", "-Dtests=" + ("true" if layers else "false"), *options]
        self.runner, self.layers, self.names, self.library = runner, layers, trainings, library or name

    def trainings(self, root):
        """{file: bytes} of the parameters, as a user's program makes them."""
        folder = self.build(root, "lib/libnn.a")
        program, out = folder / f"{self.name}.exe", folder / f"{self.name}-out"
        command([self.compiler, "-std=c++20", "-O1", *self.flags, "-I", ROOT / "include",
                 ROOT / "tests/bits/trainings.cpp", folder / "lib/libnn.a", *self.link, "-o", program])
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        self.run(program, out, *self.names)
        return content(out)

    def test(self, root, layer):
        """How many cases of the layer passed, in words."""
        program = self.build(root, f"tests/test_{layer}") / f"tests/test_{layer}"
        return re.search(r"PASSED  \] (\d+ tests?)", self.run(program, f"--gtest_filter=-{LEFT_OUT}"))[1]

    def build(self, root, target):
        for tool in (self.compiler, *self.runner[:1]):
            if not shutil.which(tool):
                raise Skip(f"no {tool}")
        folder = root / f"portable-{self.library}"
        say(f"building {target} in {folder}")
        build(folder, self.options, [target], None if "--cross-file" in self.options else self.compiler)
        return folder

    def run(self, program, *arguments):
        return command([*self.runner, program, *arguments], {"NN_NUM_THREADS": "2"})


class WebAssembly(Platform):
    """As the playground is compiled, run by node. It has one thread, and an exception ends it: no reading ahead."""

    def __init__(self, trainings):
        super().__init__("wasm", playground.COMPILER, runner=["node", "--no-warnings", FILES / "wasi.mjs"],
                         trainings=trainings)

    def trainings(self, root):
        if reason := playground.missing() or ("" if shutil.which("node") else "no node"):
            raise Skip(reason)
        folder = root / "portable-wasm"
        try:
            program = playground.compile_program(folder, ROOT / "tests/bits/trainings.cpp",
                                                 [*playground.PAGE_LAYERS, "io"])
        except subprocess.CalledProcessError as error:
            raise Failure("it does not compile") from error
        out = folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        command([*self.runner, program, out, *self.names], {"NN_NUM_THREADS": "1"})
        return content(out)


def cross(name, compiler, runner, **settings):
    return Platform(name, compiler, options=["--cross-file", FILES / f"{name}.ini"], runner=[runner],
                    **{"link": ["-pthread", "-static"], **settings})


NATIVE = Platform("x86_64", "g++")
PLATFORMS = [
    cross("aarch64", "aarch64-linux-gnu-g++", "qemu-aarch64", layers=LAYERS),
    cross("armhf", "arm-linux-gnueabihf-g++", "qemu-arm", layers=LAYERS, trainings=SHORT),
    cross("riscv64", "riscv64-linux-gnu-g++", "qemu-riscv64", layers=LAYERS),
    cross("i386", "i686-linux-gnu-g++", "qemu-i386", layers=LAYERS, trainings=SHORT, flags=["-msse2", "-mfpmath=sse"]),
    Platform("no-avx", "g++", library="x86_64", runner=["qemu-x86_64", "-cpu", "Nehalem"], trainings=SHORT),
    Platform("libc++", "clang++", flags=["-stdlib=libc++"],
             options=["-Dcpp_args=-stdlib=libc++", "-Dcpp_link_args=-stdlib=libc++"]),
    Platform("size", "g++", level="s"),
    # What a program asks for is its own affair: it may do without type information, and with -ffast-math.
    Platform("program-flags", "g++", library="x86_64", flags=["-fno-rtti", "-ffast-math"]),
    cross("windows", "x86_64-w64-mingw32-g++-posix", "wine"),
    WebAssembly(["copying", "hinge", "image", "plane", "reading", "residual", "robust", "separable", "signal", "two_ways",
                 "words"]),
]


class Portability:
    def __init__(self, root):
        self.root, self.report = root, Report()

    @functools.cached_property
    def expected(self):
        return NATIVE.trainings(self.root)

    def same_bits(self, platform):
        got = platform.trainings(self.root)
        names = [f"{name}.safetensors" for name in platform.names] or self.expected
        return equal(len(got), difference({name: self.expected[name] for name in names}, got))

    def check(self, platform):
        self.report.row(f"{platform.name}: the trainings' bits", lambda: self.same_bits(platform))
        for layer in platform.layers:
            self.report.row(f"{platform.name}: tests of {layer}", lambda: platform.test(self.root, layer))


def main(arguments):
    chosen = arguments[1:]
    if not arguments or not set(chosen) <= {platform.name for platform in PLATFORMS}:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    for name in ("NN_ISA", "NN_DATA"):
        os.environ.pop(name, None)
    check = Portability(pathlib.Path(arguments[0]).resolve())
    for platform in PLATFORMS:
        if not chosen or platform.name in chosen:
            check.check(platform)
    return check.report.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
