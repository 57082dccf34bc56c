#!/usr/bin/env python3
"""The trainings of trainings.cpp give the same parameters on any instruction set and number of threads, in any order.

usage: bits_test.py PROGRAM
The long form, with builds of its own, is bits.py.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from bits import content, difference

PROGRAM = sys.argv[1]


class Trainings(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.names = self.run_program("--names").stdout.split()
        self.expected = self.train("expected")
        self.assertEqual(set(self.expected), {f"{name}.safetensors" for name in self.names})

    def run_program(self, *arguments, **env):
        env = {k: v for k, v in os.environ.items() if k not in ("NN_ISA", "NN_NUM_THREADS")} | env
        return subprocess.run([PROGRAM, *map(str, arguments)], env=env, capture_output=True, text=True)

    def train(self, out, *names, **env):
        (self.folder / out).mkdir(exist_ok=True)
        done = self.run_program(self.folder / out, *names, **env)
        if "lacks it" in done.stderr:
            self.skipTest(done.stderr)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return content(self.folder / out)

    def test_on_every_instruction_set(self):
        for isa in ("scalar", "avx2", "avx512"):
            with self.subTest(isa):
                self.assertIsNone(difference(self.expected, self.train(isa, NN_ISA=isa)))

    def test_on_any_number_of_threads(self):
        for threads in "1238":
            with self.subTest(threads):
                self.assertIsNone(difference(self.expected, self.train(threads, NN_NUM_THREADS=threads)))

    def test_in_any_order(self):
        for out, names in (("backwards", self.names[::-1]), ("twice", 2 * self.names)):
            self.assertIsNone(difference(self.expected, self.train(out, *names)), out)
        for name in self.names:
            self.train("alone", name)
        self.assertIsNone(difference(self.expected, content(self.folder / "alone")))


class Differences(unittest.TestCase):
    def test_are_found_and_named(self):
        table = {"a.csv": b"x\n1\n2\n", "b": b"12"}
        self.assertIsNone(difference(table, dict(table)))
        for other, place in (({**table, "a.csv": b"x\n1\n3\n"}, "a.csv: line 3"), ({**table, "b": b"13"}, "b"),
                             ({**table, "a.csv": b"x\n1\n2\n\n"}, "a.csv: line the last"),
                             ({"a.csv": table["a.csv"]}, "b: in one of the two only"),
                             ({**table, "c": b""}, "c: in one of the two only")):
            self.assertEqual(difference(table, other), place)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
