#!/usr/bin/env python3
"""The mistakes of tests/planted/bugs.py are edits of the code as it is now. Usage: planted_test.py ROOT"""

import pathlib
import sys
import unittest

root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root / "tests/planted"))
from bugs import BUGS  # noqa: E402


class PlantedTest(unittest.TestCase):
    def test_each_place_is_there_once(self):
        for bug in BUGS:
            with self.subTest(bug.name):
                self.assertEqual((root / bug.file).read_text().count(bug.right), 1)

    def test_the_page_lists_each(self):
        page = (root / "docs/testing.md").read_text()
        for bug in BUGS:
            with self.subTest(bug.name):
                self.assertIn(f"\n| {bug.name} |", page)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
