#!/usr/bin/env python3
"""The commands themselves: help, wrong usage, and tests/check's last line."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WRONG = {
    "apps/reproduce": [["--bogus"], ["word"], [""], ["--quick=yes"], ["--out"], ["--out", "--quick"],
                       ["--only", "nothing"], ["--runs", "0"], ["--threads", "1.5"], ["--ranks", "0"],
                       ["--seed", "4294967296"]],
    "tests/check": [["--bogus"], ["word"], ["--data"]],
    "datasets/fetch": [["mnist"], ["--timeout", "soon"], ["--out"]],
}


def run(command, *arguments, **streams):
    return subprocess.run([ROOT / command, *arguments], stdin=subprocess.DEVNULL, text=True, timeout=60,
                          **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams})


class Usage(unittest.TestCase):
    def test_wrong_usage_is_one_line_that_names_it_and_exit_2(self):
        for command, cases in WRONG.items():
            for arguments in cases:
                with self.subTest(command, arguments=arguments):
                    done = run(command, *arguments)
                    self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1))
                    self.assertTrue(any(word.split("=")[0] in done.stderr for word in arguments), done.stderr)

    def test_help(self):
        for command in [*WRONG, "tests/bench/compare"]:
            with self.subTest(command):
                done = run(command, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(done.stdout.lower().startswith("usage:"))

    def test_a_full_device_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = run("apps/reproduce", "--help", stdout=full)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))
        self.assertIn("cannot write to standard output", done.stderr)


class Count(unittest.TestCase):
    """tests/scripts/count_cases.py on what Meson leaves behind."""

    def count(self, *programs):
        """Each program: (name, result, exit status, its cases in JUnit)."""
        with tempfile.TemporaryDirectory() as folder:
            logs = pathlib.Path(folder) / "meson-logs"
            logs.mkdir()
            lines, suites = "", ""
            for name, result, status, cases in programs:
                lines += json.dumps({"name": name, "result": result, "returncode": status}) + "\n"
                inside = "".join(f'<testcase name="{case}">{outcome}</testcase>' for case, outcome in cases.items())
                suites += f'<testsuite name="libnn.{name}.Suite">{inside}</testsuite>'
            (logs / "testlog.json").write_text(lines)
            (logs / "testlog.junit.xml").write_text(f"<testsuites>{suites}</testsuites>")
            done = subprocess.run([sys.executable, ROOT / "tests/scripts/count_cases.py", folder], text=True,
                                  capture_output=True)
        return done.returncode, done.stdout.splitlines()

    def test_each_case_counts(self):
        self.assertEqual(self.count(("core", "OK", 0, {"A": "", "B": "<skipped/>", "C": ""}), ("plain", "OK", 0, {}),
                                    ("absent", "SKIP", 77, {})), (0, ["3 passed, 0 failed, 2 skipped"]))

    def test_failures_are_named(self):
        status, lines = self.count(("core", "FAIL", 1, {"A": "", "B": "<failure/>"}), ("crash", "FAIL", -6, {}),
                                   ("at_exit", "FAIL", 3, {"C": ""}), ("slow", "TIMEOUT", -15, {}))
        self.assertEqual((status, lines[-1]), (1, "2 passed, 4 failed, 0 skipped"))
        self.assertEqual(lines[:-1], ["FAILED core: Suite.B", "FAILED crash: FAIL, exit status -6",
                                      "FAILED at_exit: FAIL, exit status 3", "FAILED slow: TIMEOUT, exit status -15"])

    def test_no_test_is_a_failure(self):
        self.assertEqual(self.count(), (1, ["FAILED no test ran", "0 passed, 1 failed, 0 skipped"]))


if __name__ == "__main__":
    unittest.main()
