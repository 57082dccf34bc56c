#!/usr/bin/env python3
"""apps/reproduce on programs that are built already: its runs, its failures, its page.

usage: reproduce_test.py FOLDER_OF_PROGRAMS
"""

import csv
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(sys.argv[1]).resolve()
# The command itself, but for its build and for what it installs.
SCRIPT = """source "$1/apps/reproduce"
programs=$2
build_programs() { bin=$programs; }
need_packages() { false; }
shift 2
main "$@"
"""


class ReproduceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="nn reproduce ")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "out"
        self.programs = self.folder / "programs"
        self.programs.mkdir()
        (self.programs / "linear_regression").symlink_to(PROGRAMS / "linear_regression")

    def program(self, name, body):
        path = self.programs / name
        path.write_text(f"#!/usr/bin/env bash\n{body}\n")
        path.chmod(0o755)

    def command(self, *arguments):
        return ["bash", "-c", SCRIPT, "reproduce", str(ROOT), str(self.programs), "--quick", "--out", str(self.out),
                *arguments]

    def reproduce(self, *arguments, status=0, stdout=subprocess.PIPE, **options):
        done = subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                              text=True, cwd=self.folder, timeout=100, **options)
        self.assertEqual(done.returncode, status, f"{done.stdout}\n{done.stderr}")
        self.assertNotIn("Traceback", done.stderr)
        return done

    def test_a_run_leaves_results_a_log_its_circumstances_and_the_page(self):
        done = self.reproduce("--only=linear_regression", "--runs", "3", "--threads=2", "--seed", "7")
        log = (self.out / "linear_regression/log.txt").read_text()
        self.assertEqual(done.stdout, log)
        self.assertIn("3 runs", log)
        self.assertIn("reproduce: 1/1 linear_regression\n", done.stderr)
        with open(self.out / "linear_regression/config.csv", newline="") as file:
            config = dict(csv.reader(file))
        self.assertEqual([config[f"flag_{name}"] for name in ("quick", "runs", "threads", "seed")], ["yes", "3", "2", "7"])
        with open(self.out / "linear_regression/run.csv", newline="") as file:
            facts = dict(csv.reader(file))
        self.assertRegex(facts["date"], r"^\d{4}-\d\d-\d\d \d\d:\d\d UTC$")
        self.assertRegex(facts["machine"], r", [1-9]\d* CPUs, ")
        self.assertEqual(facts["command"], "apps/reproduce --quick --out DIR --only linear_regression --runs 3 --threads 2 "
                         "--seed 7")
        self.assertEqual((self.out / "report.html").exists(), "no page, it needs" not in done.stderr)

    def test_ranks_start_each_program_by_mpirun(self):
        self.program("mpirun", 'echo "$*" >>mpirun.txt; while [[ $1 != */linear_regression ]]; do shift; done; exec "$@"')
        path = os.environ | {"PATH": f"{self.programs}:{os.environ['PATH']}"}
        for flags, threads in ((["--threads", "5"], "5"), ([], str(max(1, len(os.sched_getaffinity(0)) // 3)))):
            self.reproduce("--only", "linear_regression", "--ranks", "3", *flags, env=path)
            self.assertIn("-np 3 ", (self.folder / "mpirun.txt").read_text())
            with open(self.out / "linear_regression/config.csv", newline="") as file:
                self.assertEqual(dict(csv.reader(file))["flag_threads"], threads)

    def test_a_failed_experiment_is_named_and_the_others_go_on(self):
        self.program("four_clouds", 'echo "four_clouds: the step was too large" >&2; exit 3')
        (self.out / "four_clouds").mkdir(parents=True)
        (self.out / "four_clouds/summary.csv").write_text("of an earlier run")
        done = self.reproduce("--only", "four_clouds", "--only", "linear_regression", status=1)
        self.assertIn("four_clouds: the step was too large\nreproduce: four_clouds failed with exit status 3\n", done.stderr)
        self.assertEqual(done.stderr.splitlines()[-1], "reproduce: failed: four_clouds")
        self.assertTrue((self.out / "linear_regression/summary.csv").exists())
        self.assertFalse((self.out / "four_clouds/summary.csv").exists())

    def test_a_page_that_cannot_be_written_is_a_failure(self):
        (self.out / "report.html").mkdir(parents=True)
        done = subprocess.run(self.command("--only", "linear_regression"), capture_output=True, text=True)
        if "no page, it needs" in done.stderr:
            self.skipTest("Python has no matplotlib or no scikit-learn")
        self.assertEqual((done.returncode, done.stderr.splitlines()[-1]), (1, "reproduce: failed: page"))

    def test_out_that_cannot_be_written(self):
        self.out.write_text("a file")
        done = self.reproduce(status=1)
        self.assertEqual(done.stderr, f"reproduce: cannot write to {self.out}\n")

    def test_data_that_are_not_there(self):
        done = self.reproduce("--data", "nowhere", status=1)
        self.assertEqual(done.stderr, "reproduce: no such data folder: nowhere\n")

    def test_a_file_to_compare_with_is_looked_for_before_anything_runs(self):
        for arguments in (["--compare", "nowhere.md"], ["--compare=nowhere.md"]):
            done = self.reproduce("--only", "linear_regression", *arguments, status=1)
            self.assertEqual(done.stderr, f"reproduce: cannot read {self.folder / 'nowhere.md'}\n")
            self.assertFalse((self.out / "linear_regression").exists())

    def test_digits_are_compared_with_the_published_ones_after_the_run(self):
        published, changed = ROOT / "docs/results.md", self.folder / "changed.md"
        changed.write_text(re.sub(r"(?m)^(\| F4 .*\d)(\.\d+e-)", r"\g<1>0\2", published.read_text()))
        for arguments, file, status in ((["--compare"], published, 0), (["--compare", str(changed)], changed, 1)):
            done = subprocess.run(self.command(*arguments, "--only", "linear_regression"), text=True, capture_output=True)
            if "no page, it needs" in done.stderr:
                self.skipTest("Python has no matplotlib or no scikit-learn")
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn(f"{1 - status} of 1 rows have the digits of {file}", done.stdout)
            self.assertEqual(done.stderr.endswith("reproduce: failed: comparison\n"), status == 1)

    def test_without_usps_the_digits_stand_in_and_it_is_said(self):
        (self.programs / "usps_multiclass").symlink_to(PROGRAMS / "usps_multiclass")
        done = self.reproduce("--only", "usps_multiclass", env=os.environ | {"NN_DATA": ""})
        if (ROOT / "build/data/usps").exists():
            self.skipTest("USPS is there from an earlier run")
        self.assertIn("no USPS data, the digits inside the programs stand in", done.stderr)
        self.assertIn("digits stand in", done.stdout)

    def test_stdout_closed_or_full(self):
        closed = subprocess.run(["bash", "-c", '"$@" >&-', "bash", *self.command("--only", "linear_regression")],
                                stderr=subprocess.PIPE, text=True)
        self.assertEqual((closed.returncode, closed.stderr), (1, "reproduce: cannot write to standard output\n"))
        with open("/dev/full", "w") as full:
            done = self.reproduce("--only", "linear_regression", status=1, stdout=full)
        self.assertIn("cannot write to standard output", done.stderr)

    def test_interrupt_stops_the_running_experiment(self):
        self.program("four_clouds", "echo $$\nexec sleep 60")
        process = subprocess.Popen(self.command("--only", "four_clouds"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, start_new_session=True)
        log = self.out / "four_clouds/log.txt"
        deadline = time.monotonic() + 20
        while not (log.is_file() and log.read_text().strip()) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        self.assertEqual((process.returncode, errors.splitlines()[-1]), (130, "reproduce: interrupted"))
        with self.assertRaises(ProcessLookupError):
            os.kill(int(log.read_text()), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
