#!/usr/bin/env python3
"""What other projects meet: the installed files, the headers under other flags, the archive's code, a cross
compiler. How they link the library is in tests/consumers.

usage: packaging_test.py PROJECT BUILD
"""
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

project, build = map(pathlib.Path, sys.argv[1:3])
compilers = [name for name in ("g++", "clang++") if shutil.which(name)]
STRICT = ["-std=c++20", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
if platform.machine() == "x86_64":
    STRICT.append("-Wno-psabi")


def run(*command, **kwargs):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **kwargs)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Packaging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        run("meson", "install", "-C", build, "--no-rebuild", env=os.environ | {"DESTDIR": str(cls.folder / "dest")})
        cls.installed = [p for p in (cls.folder / "dest").rglob("*") if p.is_file()]
        cls.prefix = next(p for p in cls.installed if p.name == "nn.hpp").parents[2]
        cls.pc_folder = next(p for p in cls.installed if p.name == "nn.pc").parent

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def pkg_config(self, *flags):
        environment = os.environ | {"PKG_CONFIG_PATH": str(self.pc_folder)}
        return run("pkg-config", *flags, env=environment).split()

    def source(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def test_no_flag_of_ours_changes_arithmetic(self):
        allowed = {"nn": {"-pthread"}, "nn_f64": {"-pthread", "-DNN_DOUBLE"}}
        for name, flags in allowed.items():
            ours = {f for f in self.pkg_config("--cflags", name) if not f.startswith("-I")}
            self.assertEqual(ours | {"-pthread"}, flags)

    def test_headers_under_other_flags(self):
        one = self.source("one.cpp", '#include "nn/nn.hpp"\nint two();\nint main() { return two(); }\n')
        two = self.source("two.cpp", '#include "nn/nn.hpp"\nint two();\n'
                                     "int two() { return static_cast<int>(nn::Tensor().numel()); }\n")
        for compiler in compilers:
            with self.subTest(compiler):
                run(compiler, *STRICT, "-O0", "-fno-exceptions", "-fno-rtti", one, two, "-o", self.folder / "both",
                    *self.pkg_config("--cflags", "--libs", "nn"))
                run(self.folder / "both")
                older = subprocess.run([compiler, "-std=c++17", "-fsyntax-only", two,
                                        *self.pkg_config("--cflags", "nn")], capture_output=True, text=True)
                self.assertNotEqual(older.returncode, 0)
                first = re.search(r"error: (.*)", older.stderr)[1]
                self.assertIn("libnn needs C++20: compile with -std=c++20", first)

    def test_headers_keep_to_their_names(self):
        for header in (project / "include").rglob("*.hpp"):
            text = header.read_text()
            self.assertNotRegex(text, r"using namespace", header)
            for macro in re.findall(r"^\s*#\s*define\s+(\w+)", text, re.MULTILINE):
                self.assertTrue(macro.startswith("NN_"), f"{header}: {macro}")

    def test_only_the_library_is_installed(self):
        names = {str(p.relative_to(self.prefix)) for p in self.installed}
        strange = [n for n in names if not re.fullmatch(r"include/nn/.*\.hpp|lib.*/libnn(_mpi)?(_f64)?\.a|"
                                                        r"lib.*/pkgconfig/nn(_mpi)?(_f64)?\.pc|"
                                                        r"lib.*/cmake/nn/nnConfig(Version)?\.cmake", n)]
        self.assertEqual(strange, [])

    def test_programs_link_parts_and_the_whole(self):
        for compiler in compilers:
            for linked in ("-Wl,--gc-sections", "-Wl,--whole-archive"):
                with self.subTest(compiler, linked=linked):
                    run(compiler, *STRICT, "-O1", "-flto", project / "tests/structure/uses_nn.cpp",
                        "-o", self.folder / "uses_nn", linked, *self.pkg_config("--cflags", "--libs", "nn"),
                        "-Wl,--no-whole-archive")
                    run(self.folder / "uses_nn")

    def test_setup_for_a_machine_whose_programs_do_not_run_here(self):
        cross = self.source("cross.ini", "[binaries]\ncpp = 'c++'\nar = 'ar'\nstrip = 'strip'\n"
                            "pkgconfig = 'pkg-config'\n[properties]\nneeds_exe_wrapper = true\n[host_machine]\n"
                            f"system = 'linux'\ncpu_family = '{platform.machine()}'\ncpu = '{platform.machine()}'\n"
                            "endian = 'little'\n")
        run("meson", "setup", self.folder / "cross", project, f"--cross-file={cross}")

    @unittest.skipUnless(platform.machine() == "x86_64" and shutil.which("objdump"), "needs objdump on x86-64")
    def test_avx_stays_in_the_kernels(self):
        archive = next(p for p in self.installed if p.name == "libnn.a")
        weak = {line.split()[-1] for line in run("nm", archive).splitlines() if re.search(r" [WV] ", line)}
        function, member, found = "", "", set()
        for line in run("objdump", "-d", "--no-show-raw-insn", archive).splitlines():
            if name := re.match(r"(\S+\.o): ", line):
                member = name[1]
            elif name := re.match(r"[0-9a-f]+ <(.*)>:$", line):
                function = name[1]
            elif re.match(r"\s*[0-9a-f]+:\s+v\w+ .*%[xyz]mm", line):
                found.add((member, function))
        self.assertTrue(found, "no AVX code at all")
        for member, function in sorted(found):
            self.assertRegex(member + function, "avx|fma", "outside the kernels")
            self.assertNotIn(function, weak, f"{member}: an inline function that other code may get")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
