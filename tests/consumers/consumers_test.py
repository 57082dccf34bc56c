#!/usr/bin/env python3
"""Each way of linking that docs/linking.md shows, in a project of its own: from an installed folder that was moved
and has blanks in its name, and as source.

usage: consumers_test.py PROJECT BUILD COMPILER...
"""
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

project, build = map(pathlib.Path, sys.argv[1:3])
compiler, *compiler_flags = [word for word in sys.argv[3:] if pathlib.Path(word).name != "ccache"]
consumers = project / "tests" / "consumers"
version = (project / "lib/VERSION").read_text().strip()
needs_cmake = unittest.skipUnless(shutil.which("cmake"), "needs cmake")
needs_mpi = unittest.skipUnless((build / "lib/libnn_mpi.a").exists() and shutil.which("mpirun"), "needs MPI")
# What a project may ask of itself, and not of us.
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]


class Consumers(unittest.TestCase):
    expected = {}

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name) / "other folder"
        shutil.copytree(consumers, cls.folder)
        (cls.folder / "libnn").symlink_to(project)
        run("meson", "install", "-C", build, "--no-rebuild", DESTDIR=str(cls.folder / "staged"))
        header = next((cls.folder / "staged").rglob("nn.hpp"))
        cls.prefix = cls.folder / "moved prefix"
        header.parents[2].rename(cls.prefix)
        cls.pkg_config = str(next(cls.prefix.rglob("nn.pc")).parent)
        cls.unoptimised = cls.folder / "unoptimised"

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def check(self, folder, *names):
        """Runs what was built. All programs of one precision learn the same, to the last bit."""
        for name in names:
            learned = run(self.folder / folder / f"xor_{name}")
            bits = "64" if name == "nn_f64" else "32"
            self.assertRegex(learned, rf"^libnn {version}, {bits} bits, loss ")
            self.assertEqual(learned, self.expected.setdefault(name, learned))

    def build_with_cmake(self, folder, *options, flags=(), target="all"):
        run("cmake", "-S", self.folder / folder, "-B", self.folder / folder / "build", "-G", "Ninja",
            f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_CXX_FLAGS={' '.join([*compiler_flags, *flags])}", *options)
        run("cmake", "--build", self.folder / folder / "build", "--target", target, "-j2",
            CCACHE_BASEDIR=str(self.folder))

    def build_with_meson(self, folder, *options, target="all", launcher=(), **environment):
        run("meson", "setup", self.folder / folder / "build", self.folder / folder, *options,
            CXX=shlex.join([*launcher, compiler, *compiler_flags]), **environment)
        run("ninja", "-C", self.folder / folder / "build", target, "-j2")

    @unittest.skipUnless(shutil.which("make"), "needs make")
    def test_pkg_config_and_make(self):
        run("make", "-C", self.folder / "make", f"CXX={shlex.join([compiler, *compiler_flags])}", "xor_nn", "xor_nn_f64",
            PKG_CONFIG_PATH=self.pkg_config)
        self.check("make", "nn", "nn_f64")

    def test_meson_installed(self):
        self.build_with_meson("meson", "--wrap-mode=nofallback", target="xor_nn", PKG_CONFIG_PATH=self.pkg_config)
        self.check("meson/build", "nn")

    @needs_cmake
    def test_cmake_installed(self):
        self.build_with_cmake("cmake_installed", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        self.check("cmake_installed/build", "nn", "nn_f64")

    @needs_cmake
    def test_cmake_refuses_another_version(self):
        for wanted, found in {"0.0": False, version: True, "99.0": False}.items():
            script = self.folder / "version.cmake"
            script.write_text(f'set(PACKAGE_FIND_VERSION {wanted})\n'
                              f'include("{next(self.prefix.rglob("nnConfigVersion.cmake"))}")\n'
                              'message(STATUS "${PACKAGE_VERSION_COMPATIBLE}")\n')
            self.assertEqual("TRUE" in run("cmake", "-P", script), found, wanted)

    @needs_cmake
    def test_cmake_as_source(self):
        self.build_with_cmake("cmake_source", f"-DFETCHCONTENT_SOURCE_DIR_LIBNN={self.folder / 'libnn'}",
                              "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                              f"-DCMAKE_CXX_COMPILER_LAUNCHER={self.unoptimised}", flags=STRICT, target="xor_nn")
        self.check("cmake_source/build", "nn")
        self.check_flags("cmake_source/build")

    def test_meson_subproject(self):
        source = self.folder / "meson_subproject"
        shutil.copytree(consumers / "meson", source)
        (source / "subprojects").mkdir()
        shutil.copy(project / "lib/package/libnn.wrap", source / "subprojects")
        (source / "subprojects/libnn").symlink_to(project)
        self.build_with_meson("meson_subproject", "--wrap-mode=nodownload", "--force-fallback-for=nn,nn_f64",
                              "-Dbuildtype=debug", f"-Dcpp_args={' '.join(STRICT)}",
                              launcher=[str(self.unoptimised)], target="xor_nn")
        self.check("meson_subproject/build", "nn")
        self.check_flags("meson_subproject/build")
        self.assertNotIn("gtest", run("meson", "introspect", source / "build", "--dependencies"))

    def check_mpi(self, program):
        learned = run("mpirun", "--allow-run-as-root", "--oversubscribe", "-np", "2", program, NN_NUM_THREADS="1")
        self.assertRegex(learned, "^ranks 2, accuracy (1|0.9)")

    @needs_mpi
    def test_mpi_by_pkg_config(self):
        for name in ("nn_mpi", "nn_mpi_f64"):
            flags = run("pkg-config", "--cflags", "--libs", name, PKG_CONFIG_PATH=self.pkg_config)
            run("mpicxx", "-std=c++20", self.folder / "mpi/xor.cpp", "-o", self.folder / name,
                *shlex.split(flags))
            self.check_mpi(self.folder / name)

    @needs_mpi
    @needs_cmake
    def test_mpi_by_cmake(self):
        self.build_with_cmake("mpi", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        self.check_mpi(self.folder / "mpi/build/xor_nn_mpi")

    def check_flags(self, folder):
        """Neither the consumer's settings are ours, nor ours the consumer's."""
        for entry in json.loads((self.folder / folder / "compile_commands.json").read_text()):
            flags = shlex.split(entry["command"])
            ours = "xor" not in pathlib.Path(entry["file"]).name
            for flag in ("-O3", "-DNDEBUG", "-w", "-fno-fast-math", "-ffp-contract=off"):
                self.assertEqual(flag in flags, ours, f"{flag}: {entry['command']}")


def run(*command, **environment):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=os.environ | environment)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
