#!/usr/bin/env python3
"""tests/bench/compare: its wrong usage, and how lines of programs become a table. Nothing is timed or built."""

import math
import pathlib
import subprocess
import sys
import unittest
import unittest.mock

BENCH = pathlib.Path(__file__).resolve().parents[1] / "bench"
sys.path.insert(0, str(BENCH))
from cases import flops_per_sample, layers  # noqa: E402
from programs import blas_settings, environment  # noqa: E402
from results import Line, geometric_mean, make_rows, medians, parse, ratio, summary, table, wrong  # noqa: E402


class Usage(unittest.TestCase):
    def run_compare(self, *arguments):
        return subprocess.run([sys.executable, BENCH / "compare", *arguments], capture_output=True, text=True)

    def test_help(self):
        done = self.run_compare("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for option in ("--install", "--kinds", "--rounds", "--filter", "--threads", "--isa", "--out", "--data"):
            self.assertIn(option, done.stdout)

    def test_wrong_usage_names_what_was_wrong(self):
        for arguments, message in ((["--kinds", "gemm,foo"], "no such kind: 'foo'"), (["--rounds", "0"], "got '0'"),
                                   (["--fast"], "--fast")):
            done = self.run_compare(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(message, done.stderr)

    def test_a_file_that_cannot_be_written(self):
        done = self.run_compare("--out", "/no/such/folder/x.csv")
        self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())), (1, "", 1))
        self.assertIn("/no/such/folder/x.csv", done.stderr)


class Parsing(unittest.TestCase):
    def test_lines(self):
        self.assertEqual(parse("libnn,sq32-NN,GFLOP/s,10.5\nblis,sq32-NN,GFLOP/s,1e3\n"),
                         [Line("libnn", "sq32-NN", "GFLOP/s", 10.5), Line("blis", "sq32-NN", "GFLOP/s", 1000)])
        self.assertEqual(parse(""), [])

    def test_anything_else_is_an_error_that_shows_it(self):
        for text in ("hello", "a,b,c", "a,b,c,d", "a,b,c,1,2"):
            with self.assertRaisesRegex(ValueError, f"unexpected output: {text}"):
                parse(text)

    def test_the_cases_of_the_headers(self):
        self.assertEqual(len(layers()), 16)
        self.assertEqual(flops_per_sample()["odd-b100"], 89460)
        self.assertEqual(len(flops_per_sample()), 8)


class Comparison(unittest.TestCase):
    def lines(self, *fields):
        return [Line(peer, case, metric, value) for peer, case, metric, value in fields]

    def test_medians_over_the_rounds(self):
        lines = self.lines(*(("blis", "a", "seconds", v) for v in (9, 1, 2)), ("libnn", "a", "seconds", 4))
        self.assertEqual(medians(lines), {("a", "seconds"): {"libnn": 4, "blis": 2}})

    def test_ratios_are_above_1_where_ours_is_better(self):
        self.assertEqual(ratio("GFLOP/s", 30, 20), 1.5)
        self.assertEqual(ratio("samples/s", 20, 40), 0.5)
        self.assertEqual(ratio("seconds", 2, 3), 1.5)
        self.assertEqual(ratio("ns/elem", 4, 2), 0.5)

    def test_the_best_peer_by_the_metric(self):
        fast, slow = ("GFLOP/s", 30), ("GFLOP/s", 20)
        row, = make_rows(self.lines(("x", "a", *slow), ("y", "a", *fast), ("libnn", "a", "GFLOP/s", 15)))
        self.assertEqual((row.ours, row.best, row.name, row.ratio), (15, 30, "y", 0.5))
        row, = make_rows(self.lines(("x", "a", "seconds", 1), ("y", "a", "seconds", 3), ("libnn", "a", "seconds", 2)))
        self.assertEqual((row.name, row.ratio), ("x", 0.5))

    def test_the_fastest_rounds_of_each_side_are_compared_too(self):
        rows = make_rows(self.lines(*(("libnn", "a", "samples/s", v) for v in (50, 20, 90)),
                                    *(("x", "a", "samples/s", v) for v in (40, 60, 10)),
                                    *(("y", "a", "samples/s", v) for v in (30, 30, 30)),
                                    *(("libnn", "b", "seconds", v) for v in (3, 9, 9)), ("x", "b", "seconds", 6)))
        self.assertEqual([(row.ratio, row.fastest) for row in rows], [(1.25, 1.5), (6 / 9, 2)])

    def test_what_is_no_speed_has_no_ratio_and_all_peers(self):
        rows = make_rows(self.lines(*((peer, "exp", "max-ulp", v) for peer, v in (("libnn", 1), ("x", 2), ("y", 3)))))
        self.assertEqual([(row.best, row.name, row.ratio) for row in rows], [(2, "x", None), (3, "y", None)])
        self.assertEqual(summary(rows), ["no speed to compare"])

    def test_a_case_that_one_side_lacks(self):
        alone, missing = make_rows(self.lines(("x", "b", "seconds", 1), ("libnn", "a", "seconds", 2)))
        self.assertEqual((alone.case, alone.ours, alone.best, alone.ratio), ("a", 2, None, None))
        self.assertEqual((missing.case, missing.ours, missing.best, missing.ratio), ("b", None, 1, None))

    def test_a_wrong_result_is_left_out_and_named(self):
        lines = self.lines(("libnn", "a", "GFLOP/s", 10), ("x", "a", "GFLOP/s", 90), ("x", "a", "WRONG", 1e9),
                           ("y", "a", "GFLOP/s", 20), ("x", "b", "GFLOP/s", 5))
        self.assertEqual(wrong(lines), [("x", "a")])
        first, second = make_rows(lines)
        self.assertEqual((first.best, first.name), (20, "y"))
        self.assertEqual((second.case, second.name), ("b", "x"))

    def test_the_summary(self):
        lines = self.lines(("libnn", "a", "GFLOP/s", 40), ("x", "a", "GFLOP/s", 10), ("libnn", "b", "seconds", 2),
                           ("x", "b", "seconds", 1))
        self.assertEqual(summary(make_rows(lines)), ["geometric mean of ours/best over 2 rows: 1.41, of the "
                                                     "fastest rounds 1.41",
                                                     "worst: b seconds 0.50 (x)", "below 1: b seconds 0.50 (x)"])
        self.assertEqual(summary(make_rows(lines[:2]))[2], "below 1: none")
        self.assertTrue(math.isclose(geometric_mean([0.5, 2, 8]), 2))

    def test_the_table(self):
        lines = self.lines(("libnn", "mlp-b1", "samples/s", 1e6), ("x", "mlp-b1", "samples/s", 8e5),
                           ("libnn", "c", "GFLOP/s", 50))
        single = medians(self.lines(("libnn", "mlp-b1", "samples/s", 5e5)))
        self.assertEqual(table(make_rows(lines), 200, {"mlp-b1": 100000}, single).splitlines(), [
            "| case | metric | ours | best peer | its name | ours/best | fastest rounds | % of peak | 2 threads/1 |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            "| mlp-b1 | samples/s | 1000000 | 800000 | x | 1.25 | 1.25 | 50 | 2.00 |",
            "| c | GFLOP/s | 50 | - | - | - | - | 25 | - |"])
        self.assertNotIn("peak", table(make_rows(self.lines(("libnn", "a", "seconds", 1))), 200))


class Environment(unittest.TestCase):
    AVX512 = {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx2", "fma"}

    def candidates(self, *arguments):
        return [values for _, _, values in blas_settings(*arguments)]

    def test_blas_by_the_features_of_the_cpu(self):
        self.assertEqual(self.candidates(self.AVX512, True, None), [["SkylakeX", None], ["0", None]])
        self.assertEqual(self.candidates({"avx2", "fma"}, True, None), [["Zen", None], [None, "3"]])
        self.assertEqual(self.candidates({"avx2", "fma"}, False, None), [["Haswell", None], [None, "3"]])
        self.assertEqual(self.candidates(self.AVX512, False, "avx2"), [["Haswell"], ["3"]])
        self.assertEqual(self.candidates(set(), False, None), [[None], [None]])

    def test_the_callers_settings_do_not_count(self):
        foreign = {"OPENBLAS_CORETYPE": "Prescott", "NN_ISA": "scalar", "HOME": "/h"}
        with unittest.mock.patch.dict("os.environ", foreign):
            env = environment(2, None, set(), "sq64", {"BLIS_ARCH_TYPE": "0"})
            held = environment(1, "avx2", self.AVX512, None, {})
        self.assertFalse({"OPENBLAS_CORETYPE", "NN_ISA"} & env.keys())
        names = ("HOME", "OMP_NUM_THREADS", "PB_THREADS", "PB_FILTER", "BLIS_ARCH_TYPE")
        self.assertEqual([env[name] for name in names], ["/h", "2", "2", "sq64", "0"])
        self.assertEqual((held["NN_ISA"], held["ONEDNN_MAX_CPU_ISA"], held["LIBXSMM_TARGET"]), ("avx2", "AVX2", "hsw"))
        self.assertNotIn("PB_FILTER", held)


if __name__ == "__main__":
    unittest.main()
