#!/usr/bin/env python3
"""Any number of ranks gives the bits of one process, and no rank waits for one that has failed.

usage: mpi_test.py PROGRAM PROGRAM_F64 OTHER_VERSION [-v] [TEST...]
The programs are ranks.cpp in float, in double, and with another version.
"""

import pathlib
import re
import sys
import tempfile
import unittest

from launch import MPIRUN, run, skip_without_mpirun

PROGRAM, PROGRAM_F64, OTHER_VERSION = sys.argv[1:4]
ISAS = ("scalar", "avx2", "avx512")
SECONDS = 30  # in which all ranks have to end after a fault: 10 on a machine that does nothing else


def columns(path):
    """A history without the times."""
    rows = [line.split(",") for line in path.read_text().splitlines()]
    return [row[:2] + row[3:] for row in rows]


class Ranks(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def new_folder(self, name):
        folder = self.folder / name
        folder.mkdir()
        return folder

    def ranks(self, count, folder, *task):
        return run([*MPIRUN, "-np", count, PROGRAM, folder, *task])

    def alone(self, folder, *task):
        done = run([PROGRAM, "--alone", folder, *task])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done

    def expect_same(self, expected, got, ranks):
        """Every rank has the network of the process alone."""
        network = (expected / "0.safetensors").read_bytes()
        for rank in range(ranks):
            self.assertEqual((got / f"{rank}.safetensors").read_bytes(), network, f"rank {rank} of {ranks}")

    def expect_same_trainings(self, alone, got, ranks):
        for name in ("mlp", "conv", "lstm", "weighted", "own_loop"):
            with self.subTest(name, ranks=ranks):
                self.expect_same(alone / name, got / name, ranks)
                if name != "own_loop":
                    self.assertEqual(columns(got / name / "history.csv"), columns(alone / name / "history.csv"))

    def test_any_number_of_ranks_gives_the_bits_of_one_process(self):
        """Also costs that are not finite in a step, and more ranks than micro-batches."""
        alone = self.new_folder("alone")
        said = self.alone(alone, "all").stdout
        self.assertEqual(said.count("diverged 0"), 4)
        self.assertIn("nan", said)
        for count in (1, 2, 3, 4, 8, 11):
            folder = self.new_folder(str(count))
            done = self.ranks(count, folder, "all")
            self.assertEqual((done.returncode, done.stdout), (0, said), done.stderr)
            self.expect_same_trainings(alone, folder, count)

    def test_ranks_of_different_instruction_sets(self):
        alone, folder = self.new_folder("alone"), self.new_folder("isas")
        self.alone(alone, "all")
        command = list(MPIRUN)
        for isa in ISAS:
            command += ["-np", 1, "-x", f"NN_ISA={isa}", PROGRAM, folder, "all", ":"]
        done = run(command[:-1])
        if "lacks it" in done.stderr:
            self.skipTest(done.stderr)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.expect_same_trainings(alone, folder, len(ISAS))

    def test_a_training_that_diverges_ends_on_all_ranks(self):
        alone, folder = self.new_folder("alone"), self.new_folder("three")
        said = self.alone(alone, "mlp", "nan").stdout
        self.assertIn("diverged 1", said)
        self.assertEqual(self.ranks(3, folder, "mlp", "nan").stdout, said)
        self.expect_same(alone, folder, 3)

    def test_bytes_are_as_documented(self):
        for count, subtrees in ((1, 1), (2, 2), (4, 4), (8, 8), (3, 5)):
            done = self.ranks(count, self.new_folder(str(count)), "own_loop")
            found = [list(map(int, m)) for m in re.findall(r"bytes (\d+) scalars (\d+) of (\d+)", done.stderr)]
            self.assertEqual(len(found), count, done.stderr)
            _, scalars, size = found[0]
            expected = (subtrees * (count - 1) / count + count - 1) * scalars * size + 8 * (count - 1) * 8
            # Slices differ by one scalar at most.
            self.assertAlmostEqual(sum(f[0] for f in found), expected, delta=size * subtrees)

    def test_resumes_on_another_number_of_ranks(self):
        alone = self.new_folder("alone")
        self.alone(alone, "mlp")
        folder = self.new_folder("ranks")
        for count, fault in ((3, "kill"), (2, "throw")):
            self.assertNotEqual(self.ranks(count, folder, "mlp", fault).returncode, 0)
            self.assertIn("checkpoint-6.safetensors", {p.name for p in (folder / "checkpoints").iterdir()})
        self.assertEqual(self.ranks(4, folder, "mlp").returncode, 0)
        self.expect_same(alone, folder, 4)
        self.assertEqual(columns(folder / "history.csv"), columns(alone / "history.csv"))

    def test_one_process_goes_on_with_a_checkpoint_of_ranks(self):
        alone, folder = self.new_folder("alone"), self.new_folder("ranks")
        self.alone(alone, "conv")
        self.ranks(2, folder, "conv", "kill")
        self.alone(folder, "conv")
        self.expect_same(alone, folder, 1)

    def test_the_first_rank_decides_when_to_stop(self):
        done = self.ranks(3, self.new_folder("stop"), "mlp", "stop")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("iterations 8,", done.stdout)

    def test_all_ranks_get_the_texts_of_all(self):
        for count, expected in ((1, "."), (4, ".1.22.333.")):
            done = self.ranks(count, self.folder, "gather")
            self.assertEqual((done.returncode, done.stdout.split()), (0, [expected] * count), done.stderr)

    def expect_end(self, done, *words):
        """One line of ours, which says what happened, and no rank that waits."""
        self.assertNotEqual(done.returncode, 0)
        self.assertLess(done.seconds, SECONDS)
        lines = [line for line in done.stderr.splitlines() if re.match(r".*ranks\w*: rank \d+: ", line)]
        self.assertEqual(len(lines), 1, done.stderr)
        for word in words:
            self.assertIn(word, lines[0])

    def test_ranks_that_differ_are_refused(self):
        for fault, word in (("parameters", "parameters"), ("micro_batch", "micro_batch"), ("rows", "examples"),
                            ("data", "training_data"), ("step", "step"), ("generator", "generator")):
            with self.subTest(fault):
                self.expect_end(self.ranks(4, self.new_folder(fault), "mlp", fault), "rank 3", word)

    def test_a_rank_of_another_precision_or_version_is_refused(self):
        for program, word in ((PROGRAM_F64, "rank 2"), (OTHER_VERSION, "version")):
            with self.subTest(program):
                folder = self.new_folder(word)
                done = run([*MPIRUN, "-np", 2, PROGRAM, folder, "mlp", ":", "-np", 1, program, folder, "mlp"])
                self.expect_end(done, word)

    def test_a_rank_that_lacks_the_checkpoint_is_refused(self):
        folder, other = self.new_folder("one"), self.new_folder("two")
        self.ranks(2, folder, "mlp", "throw")
        done = run([*MPIRUN, "-np", 1, PROGRAM, folder, "mlp", ":", "-np", 1, PROGRAM, other, "mlp"])
        self.expect_end(done, "rank 1")

    def test_an_exception_on_one_rank_ends_all(self):
        self.expect_end(self.ranks(3, self.new_folder("throw"), "mlp", "throw"), "rank 2: thrown by a callback")

    def test_a_bad_target_is_named_by_its_row_in_the_data(self):
        self.expect_end(self.ranks(3, self.new_folder("target"), "mlp", "target"), "row 17")

    def test_a_killed_rank_ends_all_and_the_checkpoint_is_whole(self):
        folder = self.new_folder("kill")
        done = self.ranks(3, folder, "mlp", "kill")
        self.assertNotEqual(done.returncode, 0)
        self.assertLess(done.seconds, SECONDS)
        self.assertEqual(self.ranks(2, folder, "mlp").returncode, 0)

    def test_a_full_disk_ends_all(self):
        self.expect_end(self.ranks(3, self.new_folder("disk"), "mlp", "disk"), "rank 0")


if __name__ == "__main__":
    skip_without_mpirun()
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
