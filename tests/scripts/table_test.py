#!/usr/bin/env python3
"""The table of results that apps/table.py prints."""

import subprocess
import sys
import unittest

from project import CommandTest


class TableTest(CommandTest):
    HEADER = "setting,metric,split,data,runs,mean,sd,report\n"

    def table(self, text, name="usps_multiclass", status=0):
        (self.out / name).mkdir(parents=True, exist_ok=True)
        (self.out / name / "summary.csv").write_text(text)
        command = [sys.executable, str(self.project.root / "apps/table.py"), str(self.out), name]
        result = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(result.returncode, status, result.stderr)
        return result

    def test_columns_rounding_and_quotes(self):
        rows = (
            "loss=mse,accuracy,test,usps,5,0.931212345,0.00213,0.8485\n"
            '"a ""b"", c",loss,train,usps,5,123456.789,1.53,\n'
            ",accuracy,test,usps,5,nan,nan,0.86\n"
            "tiny,loss,,usps,5,3.2e-9,1e-10,\n"
        )
        expected = [
            "usps_multiclass (mean +- sd over 5 runs, data: usps)",
            "  setting   metric    split                  ours  report",
            "  loss=mse  accuracy  test       0.9312 +- 0.0021  0.8485",
            '  a "b", c  loss      train       123456.8 +- 1.5       -',
            "  -         accuracy  test                    nan    0.86",
            "  tiny      loss             3.200e-09 +- 1.0e-10       -",
        ]
        self.assertEqual(self.table(self.HEADER + rows).stdout.splitlines(), expected)

    def test_one_run_has_no_deviation(self):
        lines = self.table(self.HEADER + "s,m,train,synthetic,1,8.0123456,0,8\n", "line").stdout.splitlines()
        self.assertEqual(lines[0], "line (1 run, data: synthetic)")
        self.assertEqual(lines[2].split(), ["s", "m", "train", "8.012", "8"])

    def test_differing_runs_and_data_get_columns(self):
        rows = "a,m,test,usps,1,0.5,0,\nb,m,test,digits,3,0.5,0.1,\n"
        lines = self.table(self.HEADER + rows).stdout.splitlines()
        self.assertEqual(lines[1].split(), ["setting", "metric", "split", "runs", "data", "ours", "report"])
        self.assertEqual(lines[3].split(), ["b", "m", "test", "3", "digits", "0.5000", "+-", "0.1000", "-"])

    def test_stand_ins_are_announced(self):
        row = "a,accuracy,test,digits,1,0.9,0,0.8\n"
        self.assertIn("WARNING: NOT MEASURED ON USPS", self.table(self.HEADER + row).stdout)
        self.assertNotIn("WARNING", self.table(self.HEADER + row, "digits_only").stdout)
        self.assertNotIn("WARNING", self.table(self.HEADER + row.replace("digits", "usps")).stdout)

    def test_malformed_files(self):
        cases = {
            "": "line 1: expected the header",
            "a,b\n": "line 1: expected the header",
            self.HEADER: "holds no result",
            self.HEADER + "a,b\n": "line 2: expected 8 fields, got 2",
            self.HEADER + "a,m,s,d,one,1,0,\n": "line 2: runs: invalid literal",
            self.HEADER + "a,m,s,d,1,x,0,\n": "line 2: mean: could not convert",
            self.HEADER + "a,m,s,d,1,1,0,": "line 2: the file is cut off",
            self.HEADER + '"a,m,s,d,1,1,0,\n': "unexpected end of data",
        }
        for text, message in cases.items():
            with self.subTest(text=text):
                self.assert_one_error(self.table(text, status=1), message)


if __name__ == "__main__":
    unittest.main(verbosity=2)
