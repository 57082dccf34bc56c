#!/usr/bin/env python3
"""The reference has every public name, none of the inner ones, and the examples; a name without a comment is an
error. Skipped without Doxygen.

usage: reference_test.py PROJECT
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

project = pathlib.Path(sys.argv[1]).absolute()
SKIPPED = 77


def make(source, folder):
    return subprocess.run([sys.executable, source / "docs" / "reference.py", source, folder], capture_output=True,
                          text=True)


class Reference(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def test_pages(self):
        done = make(project, self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        html = self.folder / "html"
        pages = [page for page in html.glob("*.html") if not page.name.endswith("_source.html")]
        text = "".join(page.read_text() for page in pages)
        self.assertIsNone(re.search("NN_PRECISION|f32::|nn::detail", text))
        self.assertTrue("xor_8cpp-example.html" in (html / "classnn_1_1Linear.html").read_text())
        names = {page.name for page in pages}
        for header in (project / "include").rglob("*.hpp"):
            outer = header.read_text().split("namespace detail {")[0]
            for name in re.findall(r"^(?:class|struct)(?: \[\[\w+\]\])? (\w+).* \{$", outer, re.MULTILINE):
                self.assertTrue(names & {f"{kind}nn_1_1{inner}{name}.html" for kind in ("class", "struct")
                                         for inner in ("", "mpi_1_1")}, name)

    def fails_for(self, declaration):
        copy = self.folder / "project"
        for folder in ("docs", "apps/examples"):
            shutil.copytree(project / folder, copy / folder)
        (copy / "lib").mkdir()
        shutil.copy(project / "lib/VERSION", copy / "lib")
        (copy / "include/nn").mkdir(parents=True)
        (copy / "include/nn/own.hpp").write_text("#pragma once\n\nnamespace nn { inline namespace NN_PRECISION {\n\n" +
                                                 declaration + "\n\n}}  // namespace nn::NN_PRECISION\n")
        return "own.hpp" in make(copy, self.folder / "out").stdout

    def test_a_name_without_a_comment(self):
        self.assertTrue(self.fails_for("int own(int x);"))

    def test_a_member_without_a_comment(self):
        self.assertTrue(self.fails_for("/// A class.\nclass Own {\n public:\n  Own();\n  int own() const;\n};"))

    def test_a_comment_for_several_names(self):
        self.assertFalse(self.fails_for("/// Two functions,\n/// or three.\nint one(int x);\nint two(int x);\n\n"
                                        "/// A class.\nclass Own {\n public:\n  Own();\n  int own() const;  // x\n};"))


if not shutil.which("doxygen"):
    print("doxygen is not installed")
    sys.exit(SKIPPED)
unittest.main(argv=sys.argv[:1])
