#!/usr/bin/env python3
"""shellcheck finds nothing in the shell scripts and pyflakes3 nothing in the Python ones. Skipped where they are not
installed. A line says why a finding does not count, in the tools' own words: `# shellcheck disable=...`, `# noqa`.
"""

import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = (".ci", "apps", "datasets", "docs", "lib", "tests")


def scripts(suffix, shell):
    """The files of one language: by the ending, or without one by the first line."""
    found = []
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix == suffix:
                found.append(path)
            elif path.is_file() and not path.suffix:
                with path.open("rb") as file:
                    found += [path] if re.match(rb"#!.*\b" + shell, file.readline()) else []
    return sorted(found)


def findings(command, files):
    return subprocess.run([*command, *files], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout


def is_allowed(finding):
    path, line = re.match(r"(.*?):(\d+):", finding).groups()
    return "# noqa" in pathlib.Path(path).read_text().splitlines()[int(line) - 1]


class Lint(unittest.TestCase):
    @unittest.skipUnless(shutil.which("shellcheck"), "needs shellcheck")
    def test_shell(self):
        files = scripts(".sh", rb"(ba)?sh\b")
        self.assertIn(ROOT / "tests/check", files)
        shellcheck = ["shellcheck", "--format=gcc", "--external-sources", f"--source-path={ROOT}"]
        self.assertEqual(findings(shellcheck, files), "")

    @unittest.skipUnless(shutil.which("pyflakes3"), "needs pyflakes3")
    def test_python(self):
        files = scripts(".py", rb"python3\b")
        self.assertIn(ROOT / "tests/bench/compare", files)
        found = findings(["pyflakes3"], files).splitlines()
        self.assertEqual([finding for finding in found if not is_allowed(finding)], [])


if __name__ == "__main__":
    unittest.main()
