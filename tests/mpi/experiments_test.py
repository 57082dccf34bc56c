#!/usr/bin/env python3
"""Started by mpirun, an experiment writes the files that it writes alone, and so does nn train.

usage: experiments_test.py FOLDER_OF_PROGRAMS PROGRAM_WITHOUT_MPI [-v] [EXPERIMENT...]
Runs each EXPERIMENT too, besides those that the tests name.
"""

import csv
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

from launch import MPIRUN, run, skip_without_mpirun

PROGRAMS, ALONE = pathlib.Path(sys.argv[1]), sys.argv[2]
EXPERIMENTS = [word for word in sys.argv[3:] if word != "-v"]


def files(folder):
    """All but what tells of the run itself."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "config.csv"}


def words(text):
    """All lines but those that tell of times."""
    return [line for line in text.splitlines() if "images a second" not in line]


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def alone(self, name, *arguments):
        done = run([PROGRAMS / name, *arguments])
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def ranks(self, count, name, *arguments, **options):
        return run([*MPIRUN, "-np", count, PROGRAMS / name, *arguments], **options)

    def expect_same(self, counts, name, *flags):
        """The same files, and the same words on standard output, for each number of ranks."""
        out = self.folder / name
        said = words(self.alone(name, *flags, "--out", out).stdout)
        expected = files(out)
        for count in counts:
            with self.subTest(name, ranks=count):
                for path in out.iterdir():
                    path.unlink()
                done = self.ranks(count, name, *flags, "--out", out)
                self.assertEqual((done.returncode, done.stderr, words(done.stdout)), (0, "", said))
                self.assertEqual(files(out), expected)
                with open(out / "config.csv", newline="") as file:
                    self.assertEqual(dict(csv.reader(file))["ranks"], str(count))

    def expect_line(self, done, status, *words):
        """One line with all the words, and the exit status. On a busy machine other ranks may be ended so late that they
        tell the same."""
        self.assertEqual(done.returncode, status, done.stderr)
        lines = [line for line in done.stderr.splitlines() if any(word in line for word in words)]
        self.assertEqual(len([line for line in lines if words[0] in line]), 1, done.stderr)
        for line in lines:
            for word in words[1:]:
                self.assertIn(word, line)


class SharedRuns(Folder):
    """Each rank has some of the runs."""

    def test_the_same_files_also_with_more_ranks_than_runs(self):
        self.expect_same((2, 3), "linear_regression", "--quick")

    def test_each_experiment(self):
        for name in EXPERIMENTS:
            self.expect_same((3,), name, "--quick")

    def test_what_one_run_hands_to_another_gets_there(self):
        """A choice by the scores of all runs, votes of all networks, networks that later runs use."""
        self.expect_same((3,), "usps_best", "--quick", "--epochs", 1)
        self.expect_same((3,), "usps_denoising", "--quick", "--epochs", 1)

    def test_killed_and_resumed_on_another_number_of_ranks(self):
        flags = ("sequences", "--quick", "--out", self.folder / "out", "--checkpoint", self.folder / "trainings")
        seconds = self.ranks(2, "sequences", "--quick", "--out", self.folder / "whole").seconds
        chance = random.Random(3)
        for count in (2, 3):
            try:
                self.ranks(count, *flags, "--resume", timeout=seconds * chance.uniform(0.4, 0.6))
            except subprocess.TimeoutExpired:
                pass  # it has been killed, and its ranks with it
        done = self.alone(*flags, "--resume")
        self.assertEqual(files(self.folder / "out"), files(self.folder / "whole"), done.stdout)

    def test_an_error_on_one_rank_ends_all(self):
        flags = ("usps_conv1d", "--quick", "--out", self.folder / "out", "--checkpoint", self.folder / "trainings")
        self.alone(*flags)
        for path in (self.folder / "trainings").rglob("seed-1/*.safetensors"):
            path.write_bytes(b"damaged")
        done = self.ranks(2, *flags, "--resume")
        self.expect_line(done, 1, "rank 1: ", "seed-1")

    def test_ranks_with_other_flags_are_refused(self):
        for flag in ("--runs", "--seed", "--micro-batch"):
            one, other = ([PROGRAMS / "usps_conv1d", "--quick", flag, n, "--out", self.folder / "out"] for n in (3, 4))
            done = run([*MPIRUN, "-np", 1, *one, ":", "-np", 1, *other])
            self.expect_line(done, 1, "usps_conv1d: rank 0", f"{flag} 3", f"{flag} 4")
            self.assertFalse((self.folder / "out").exists())

    def test_usage_is_told_once(self):
        done = self.ranks(3, "linear_regression", "--help")
        self.assertEqual((done.returncode, done.stdout), (0, self.alone("linear_regression", "--help").stdout))
        self.expect_line(self.ranks(3, "linear_regression", "--nonsense"), 2, "linear_regression: ", "--nonsense")

    def test_without_mpi_it_refuses_to_be_one_of_several(self):
        out = self.folder / "out"
        for variables in ({"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"}, {"PMI_SIZE": "2"},
                          {"SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"}, {"PMIX_RANK": "1"}):
            with self.subTest(variables):
                done = run([ALONE, "--quick", "--out", out], env=variables)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)
                self.assertIn("2 processes", done.stderr)
                self.assertFalse(out.exists())
        self.expect_line(run([*MPIRUN, "-np", 2, ALONE, "--quick", "--out", out]), 2, "linear_regression: ", "without MPI")
        done = run([*MPIRUN, "-np", 1, ALONE, "--quick", "--out", out])
        self.assertEqual(done.returncode, 0, done.stderr)


class SharedSteps(Folder):
    """All ranks make each step together."""

    def test_an_experiment_gives_the_same_files(self):
        flags = ("--quick", "--micro-batch", 7, "--runs", 1)
        self.expect_same((2, 3), "usps_conv1d", *flags)
        whole = files(self.folder / "usps_conv1d")
        self.alone("usps_conv1d", "--quick", "--runs", 1, "--out", self.folder / "out")
        self.assertNotEqual(files(self.folder / "out"), whole, "no step was made in parts")

    def test_one_process_goes_on_where_ranks_were_killed(self):
        flags = ("usps_conv1d", "--quick", "--micro-batch", 7, "--out", self.folder / "out",
                 "--checkpoint", self.folder / "trainings")
        seconds = self.ranks(3, *flags[:4], "--out", self.folder / "whole").seconds
        try:
            self.ranks(2, *flags, timeout=seconds * 0.6)
        except subprocess.TimeoutExpired:
            pass
        self.alone(*flags, "--resume")
        self.assertEqual(files(self.folder / "out"), files(self.folder / "whole"))
        self.expect_line(run([PROGRAMS / "usps_conv1d", "--quick", *flags[4:], "--resume"]), 1, "micro_batch")

    def table(self):
        draw = random.Random(5)
        path = self.folder / "flowers.csv"
        with open(path, "w") as file:
            file.write("length,width,species\n")
            for _ in range(150):
                kind = draw.randrange(3)
                file.write(f"{draw.gauss(kind, 1):.3f},{draw.gauss(-kind, 1):.3f},{'abc'[kind]}\n")
        return path

    def test_nn_train_writes_the_same_model(self):
        command = ("train", self.table(), "--target", "species", "--model", "Linear(8) BatchNorm ReLU", "--epochs", 5,
                   "--batch-size", 30, "--micro-batch", 8, "--out", self.folder / "model")
        said = self.alone("nn", *command).stdout
        names = ("model.safetensors", "predictions.csv", "confusion.csv", "measures.csv", "training.csv", "worst.npy")
        expected = {name: (self.folder / "model" / name).read_bytes() for name in names}
        for count in (2, 3):
            for name in names:
                (self.folder / "model" / name).unlink()
            done = self.ranks(count, "nn", *command)
            self.assertEqual((done.returncode, done.stdout), (0, said), done.stderr)
            self.assertEqual({name: (self.folder / "model" / name).read_bytes() for name in names}, expected)

    def test_nn_refuses_what_ranks_cannot_share(self):
        command = ("train", self.table(), "--target", "species", "--out", self.folder / "model")
        self.expect_line(self.ranks(2, "nn", *command), 2, "nn train: ", "--micro-batch")
        self.expect_line(self.ranks(2, "nn", "info", self.table()), 2, "nn: ", "info")
        self.assertFalse((self.folder / "model").exists())


if __name__ == "__main__":
    skip_without_mpirun()
    unittest.main(argv=[sys.argv[0], *(["-v"] if "-v" in sys.argv else [])])
