#!/usr/bin/env python3
"""How tests/bench/compare makes a table from lines of programs. Nothing is timed or built."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
from cases import flops_per_sample, groups, layers, predictions, trainings  # noqa: E402
from programs import blas_settings, environment  # noqa: E402
from results import Line, make_rows, parse, summary, table, wrong  # noqa: E402


def lines(*fields):
    return [Line(peer, case, metric, value) for peer, case, metric, value in fields]


class Results(unittest.TestCase):
    def test_what_is_no_line_is_an_error_that_shows_it(self):
        self.assertEqual(parse("blis,sq32-NN,GFLOP/s,1e3\n"), [Line("blis", "sq32-NN", "GFLOP/s", 1000)])
        for text in ("hello", "a,b,c", "a,b,c,d", "a,b,c,1,2"):
            with self.assertRaisesRegex(ValueError, f"unexpected output: {text}"):
                parse(text)

    def test_the_cases_of_the_headers(self):
        self.assertEqual((len(layers()), flops_per_sample()["odd-b100"]), (16, 89460))

    def test_each_case_is_in_one_group(self):
        nets = [("train", f"{c.net}-b{c.batch}") for c in trainings()]
        nets += [("predict", f"{c.net}-b{c.batch}") for c in predictions()]
        for kind, case in [("gemm", "gemv256x128"), *(("gemm", f"{layer.name}-NN") for layer in layers()), *nets]:
            self.assertEqual([word in case for word in groups(kind)].count(True), 1, case)

    def test_the_best_peer_by_the_metric_and_by_medians(self):
        for metric, best, name, of_medians in (("GFLOP/s", 30, "y", 0.5), ("seconds", 20, "x", 4 / 3)):
            row, = make_rows(lines(("x", "a", metric, 20), ("y", "a", metric, 30), ("libnn", "a", metric, 90),
                                   ("libnn", "a", metric, 15), ("libnn", "a", metric, 1)))
            self.assertEqual((row.ours, row.best, row.name, row.ratio), (15, best, name, of_medians))

    def test_a_case_that_one_side_lacks(self):
        alone, missing = make_rows(lines(("x", "b", "seconds", 1), ("libnn", "a", "seconds", 2)))
        self.assertEqual((alone.ours, alone.best, alone.ratio), (2, None, None))
        self.assertEqual((missing.ours, missing.best, missing.ratio), (None, 1, None))

    def test_a_wrong_result_is_left_out_and_named(self):
        given = lines(("libnn", "a", "GFLOP/s", 10), ("x", "a", "GFLOP/s", 90), ("x", "a", "WRONG", 1e9),
                      ("y", "a", "GFLOP/s", 20))
        self.assertEqual(wrong(given), [("x", "a")])
        self.assertEqual(make_rows(given)[0].name, "y")

    def test_summary_and_table(self):
        rows = make_rows(lines(("libnn", "a", "GFLOP/s", 40), ("x", "a", "GFLOP/s", 10), ("libnn", "b", "seconds", 2),
                               ("x", "b", "seconds", 1)))
        self.assertIn("over 2 rows: 1.41", summary(rows)[0])
        self.assertEqual(summary(rows)[1], "worst: b seconds 0.50 (x)")
        self.assertIn("| a | GFLOP/s | 40 | 10 | x | 4.00 | 4.00 | 20 |", table(rows, 200).splitlines())

    def test_each_peer_runs_at_the_best_setting_for_the_cpu(self):
        avx512 = {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx2", "fma"}
        for flags, amd, isa, best in ((avx512, True, None, "SkylakeX"), ({"avx2", "fma"}, True, None, "Zen"),
                                      (avx512, False, "avx2", "Haswell")):
            self.assertEqual(blas_settings(flags, amd, isa)[0][2][0], best)
        env = environment(2, "avx2", avx512, None, {})
        self.assertEqual((env["NN_ISA"], env["OMP_NUM_THREADS"]), ("avx2", "2"))


if __name__ == "__main__":
    unittest.main()
