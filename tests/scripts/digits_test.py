#!/usr/bin/env python3
"""The digits of datasets/: the file and its making."""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

REAL_ROOT = pathlib.Path(__file__).resolve().parents[2]


def python_with_sklearn():
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-c", "import sklearn"]
        if os.path.exists(python) and subprocess.run(command, capture_output=True).returncode == 0:
            return python
    return None


class DigitsTest(unittest.TestCase):
    FILE = REAL_ROOT / "datasets/digits.txt"

    def test_every_line_is_an_image(self):
        lines = self.FILE.read_text(encoding="ascii").splitlines()
        self.assertEqual([line for line in lines if not re.fullmatch('"[0-9][A-Q]{64}",', line)], [])
        count = collections.Counter(line[1] for line in lines)
        # The class sizes of the test part, as UCI states them.
        self.assertEqual([count[str(i)] for i in range(10)], [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])

    def test_remade_from_sklearn_byte_for_byte(self):
        python = python_with_sklearn()
        if python is None:
            self.skipTest("scikit-learn is not installed")
        with tempfile.TemporaryDirectory() as folder:
            made = pathlib.Path(folder) / "digits.txt"
            subprocess.run([python, str(REAL_ROOT / "datasets/make_digits.py"), str(made)], check=True)
            self.assertEqual(made.read_bytes(), self.FILE.read_bytes())


if __name__ == "__main__":
    unittest.main(verbosity=2)
