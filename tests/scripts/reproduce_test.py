#!/usr/bin/env python3
"""apps/reproduce: its runs, its failures, and the packages it installs."""

import csv
import os
import pty
import re
import signal
import subprocess
import time
import unittest

from project import CommandTest


class ReproduceTest(CommandTest):
    def arguments_of(self, name):
        return (self.out / name / "log.txt").read_text()

    def test_runs_twice_from_any_folder_and_through_a_link(self):
        link = self.project.folder / "link"
        link.symlink_to(self.project.root / "apps/reproduce")
        for command in ("apps/reproduce", str(link)):
            result = self.run_command(command, "--only=fine", "--out", "here", cwd=self.project.folder)
            self.assertIn("fine (1 run, data: synthetic)", result.stdout)
            self.assertTrue((self.project.folder / "here/fine/summary.csv").is_file())
        self.assertEqual(self.project.calls("apt-get"), [])
        self.assertEqual(len([call for call in self.project.calls("meson") if call.startswith("setup")]), 1)

    def test_passes_options_on(self):
        self.reproduce("--only", "fine", "--quick", "--runs", "3", "--threads=2", "--seed", "7")
        expected = f"--out {self.out}/fine --runs 3 --threads 2 --seed 7 --quick\n"
        self.assertEqual(self.arguments_of("fine"), expected)

    def test_runs_in_the_order_of_the_list(self):
        result = self.reproduce("--only", "usps_fine", "--only", "fine", "--only", "fine")
        self.assertEqual(re.findall(r"(\S+): started", result.stderr), ["fine", "usps_fine"])

    def test_without_a_terminal_a_line_at_start_and_end(self):
        result = self.reproduce("--only", "fine")
        self.assertEqual(re.findall(r"1/1 fine: (\w+)", result.stderr), ["started", "ended"])
        self.assertNotIn("\r", result.stderr)

    def test_on_a_terminal_a_bar_with_the_time_left(self):
        try:
            reader, terminal = pty.openpty()
        except OSError as error:
            self.skipTest(f"no pseudo-terminal here: {error}")
        self.reproduce("--only", "fine", stderr=terminal)
        os.close(terminal)
        shown = os.read(reader, 65536).decode()
        os.close(reader)
        self.assertRegex(shown, r"\[#* *\] +\d+%  fine  \d+:\d\d left")

    def test_a_failed_experiment_does_not_stop_the_others(self):
        result = self.reproduce("--only", "broken", "--only", "usps_fine", "--only", "silent", status=1)
        self.assertIn("broken failed (exit status 3): broken: the step was too large", result.stderr)
        self.assertIn("silent failed: it wrote no summary.csv", result.stderr)
        self.assertEqual(result.stderr.splitlines()[-1], "reproduce: failed: broken silent")
        self.assertIn("usps_fine (", result.stdout)

    def test_an_old_summary_does_not_count(self):
        (self.out / "silent").mkdir(parents=True)
        (self.out / "silent/summary.csv").write_text("old")
        self.assertIn("it wrote no summary.csv", self.reproduce("--only", "silent", status=1).stderr)

    def test_a_failed_build_ends_it(self):
        (self.project.root / "ninja_fails").touch()
        result = self.reproduce(status=1)
        self.assertIn("x.cpp:1: error", result.stderr)
        self.assertEqual(result.stderr.splitlines()[-1], "reproduce: the build failed")

    def test_out_that_cannot_be_written(self):
        self.out.write_text("a file")
        self.assert_one_error(self.reproduce(status=1), f"cannot write to {self.out}")

    def test_stdout_closed(self):
        command = [str(self.project.root / "apps/reproduce"), "--only", "fine", "--out", str(self.out)]
        shell = ["bash", "-c", '"$@" >&-', "bash", *command]
        result = subprocess.run(shell, env=self.project.environment, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 1)
        self.assert_one_error(result, "cannot write to standard output")

    def test_stdout_full(self):
        with open("/dev/full", "w") as full:
            result = self.reproduce("--only", "fine", status=1, stdout=full)
        self.assertIn("cannot write to standard output", result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_interrupt_stops_the_running_experiment(self):
        command = [str(self.project.root / "apps/reproduce"), "--only", "slow", "--out", str(self.out)]
        process = subprocess.Popen(command, env=self.project.environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, start_new_session=True)
        pid_file = self.out / "slow/log.txt"
        deadline = time.monotonic() + 20
        while not (pid_file.is_file() and pid_file.read_text().strip()) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(errors.splitlines()[-1], "reproduce: interrupted")
        with self.assertRaises(ProcessLookupError):
            os.kill(int(pid_file.read_text()), 0)


class PageTest(CommandTest):
    def test_is_written_after_the_experiments(self):
        result = self.reproduce("--only", "fine")
        self.assertEqual(self.project.calls("page"), [str(self.out)])
        self.assertIn(f"reproduce: the page is {self.out}/report.html", result.stderr.splitlines())

    def test_failing_is_a_failure(self):
        (self.project.root / "page_fails").touch()
        result = self.reproduce("--only", "fine", status=1)
        self.assertIn("fine (1 run", result.stdout)
        self.assertNotIn("the page is", result.stderr)

    def test_is_not_tried_without_a_result(self):
        self.reproduce("--only", "broken", status=1)
        self.assertEqual(self.project.calls("page"), [])

    def test_what_it_needs_is_installed_or_named(self):
        (self.project.root / "no_page_packages").touch()
        (self.project.root / "apt_fails").touch()
        result = self.reproduce("--only", "fine")
        self.assertIn("reproduce: installing python3-matplotlib python3-sklearn", result.stderr.splitlines())
        self.assertIn("reproduce: no page, it needs python3-matplotlib python3-sklearn (install them as root: "
                      "apt-get install python3-matplotlib python3-sklearn)", result.stderr.splitlines())
        self.assertIn("fine (1 run", result.stdout)
        self.assertFalse((self.out / "report.html").exists())

    def test_each_experiment_gets_date_machine_and_command(self):
        data = self.project.folder / "data"
        self.project.write_usps(data, True)
        self.reproduce("--only", "fine", "--quick", "--data", str(data))
        with open(self.out / "fine/run.csv", newline="") as file:
            facts = dict(csv.reader(file))
        self.assertRegex(facts["date"], r"^\d{4}-\d\d-\d\d \d\d:\d\d UTC$")
        self.assertRegex(facts["machine"], r", [1-9]\d* CPUs, ")
        self.assertEqual(facts["command"], "apps/reproduce --out DIR --only fine --quick --data DIR")


class PackagesTest(CommandTest):
    def test_missing_and_not_installable(self):
        for name in ("g++", "ninja", "apt-get"):
            (self.project.tools / name).unlink()
        result = self.reproduce(status=1)
        self.assert_one_error(result, "missing packages: g++ ninja-build")

    def test_missing_and_installed(self):
        (self.project.tools / "g++").unlink()
        self.reproduce("--only", "fine")
        calls = self.project.calls("apt-get")
        self.assertEqual(len(calls), 2)
        self.assertTrue(calls[0].endswith("update"))
        self.assertTrue(calls[1].endswith("install -y --no-install-recommends g++"))

    def test_missing_and_the_installation_fails(self):
        (self.project.tools / "g++").unlink()
        (self.project.root / "apt_fails").touch()
        result = self.reproduce(status=1)
        self.assertIn("E: no network", result.stderr)
        self.assertEqual(result.stderr.splitlines()[-1], "reproduce: could not install g++")


if __name__ == "__main__":
    unittest.main(verbosity=2)
