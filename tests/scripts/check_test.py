#!/usr/bin/env python3
"""tests/check: its count of cases, its failures, its data."""

import unittest

from project import CommandTest


class CheckTest(CommandTest):
    def check(self, *arguments, status=0, **options):
        return self.run_command("tests/check", *arguments, status=status, **options)

    def test_counts_each_case(self):
        result = self.check()
        self.assertEqual(result.stdout.splitlines()[-1], "4 passed, 0 failed, 2 skipped")
        self.assertEqual(self.project.calls("apt-get"), [])

    def test_names_what_failed(self):
        (self.project.root / "tests_fail").touch()
        lines = self.check(status=1).stdout.splitlines()
        self.assertEqual(lines[-1], "5 passed, 4 failed, 2 skipped")
        expected = ["crash: FAIL, exit status -6", "fail: B.Fail", "late: FAIL, exit status 3",
                    "slow: TIMEOUT, exit status -15"]
        self.assertEqual(lines[-5:-1], [f"FAILED {name}" for name in expected])

    def test_build_failure_and_no_test(self):
        (self.project.root / "ninja_fails").touch()
        self.assertEqual(self.check(status=1).stdout, "0 passed, 1 failed, 0 skipped\n")
        (self.project.root / "ninja_fails").unlink()
        (self.project.root / "no_tests").touch()
        self.assertEqual(self.check(status=1).stdout, "0 passed, 1 failed, 0 skipped\n")

    def test_results_of_an_earlier_run_do_not_count(self):
        self.check()
        (self.project.root / "no_tests").touch()
        self.assertEqual(self.check(status=1).stdout, "0 passed, 1 failed, 0 skipped\n")

    def test_passes_arguments_on(self):
        self.check("--", "--suite", "core")
        self.assertTrue(self.project.calls("meson")[-1].endswith("--suite core"))

    def test_longer_checks_take_the_place_of_the_suite(self):
        names = ["bits", "sanitize", "coverage"]
        for name in names:
            self.check(f"--{name}")
        build = self.project.root / "build"
        self.assertEqual(self.project.calls("longer"), [f"{name}.py {build}" for name in names])
        self.assertEqual(self.project.calls("meson"), [])
        (self.project.root / "tests_fail").touch()
        self.check("--bits", status=1)

    def test_data(self):
        self.check()
        self.assertEqual(self.project.calls("NN_DATA"), [""])
        source = self.project.folder / "data"
        self.project.write_usps(source, True)
        self.check("--data", str(source))
        self.assertEqual(self.project.calls("NN_DATA")[-1], str(self.project.root / "build/data"))
        (source / "zip.test.gz").write_text("damaged")
        self.project.remove_data()
        result = self.check(status=1, environment={"NN_DATA": str(source)})
        self.assert_one_error(result, "zip.test.gz: wrong SHA-256")
        self.assertEqual(result.stdout, "0 passed, 1 failed, 0 skipped\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
