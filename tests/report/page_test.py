#!/usr/bin/env python3
"""The page with the report's figures: from a quick run, from parts of one, from damaged files.

usage: page_test.py FOLDER_OF_PROGRAMS EXPERIMENT...
"""

import contextlib
import io
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

from support import CODE, PageCase, Reader, require_modules, rows, write_page

require_modules()
import claims  # noqa: E402
import comparison  # noqa: E402
import documents  # noqa: E402
import page  # noqa: E402
import references  # noqa: E402
import results  # noqa: E402
import tables  # noqa: E402
import twins  # noqa: E402
from sections import SECTIONS  # noqa: E402
from verdicts import DIFFERS, NOT_COMPARABLE, NOT_RUN, judge  # noqa: E402

ORDER = [*(f"F{i}" for i in range(1, 20)), "T1", "T2", "T3", "F20", "activation", *(f"F{i}" for i in range(21, 33)),
         "ceiling", "beyond", "best", "choice", "errors", "confusion", "clothes",
         "clothes-loss", "adding", "sequences"]
# What the short versions leave out.
NOT_IN_QUICK = {"T1", "activation", "F23", "F24", "F25", "beyond"}


class Page(PageCase):
    names = sys.argv[2:]
    programs = sys.argv[1]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.html = cls.file.read_text()
        cls.read = Reader(cls.html)

    def copy(self, *names):
        """The results of these experiments in a folder of their own."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        out = pathlib.Path(folder.name)
        for name in names:
            shutil.copytree(self.out / name, out / name)
        return out

    def test_every_figure_and_table_in_the_reports_order(self):
        self.assertEqual(self.read.keys, ORDER)
        self.assertEqual([key for section in SECTIONS for key in section.parts], ORDER)
        self.assertEqual(self.read.missing, NOT_IN_QUICK)

    def test_every_cell_is_filled(self):
        self.assertGreater(len(self.read.cells), 400)
        self.assertNotIn("", [cell.strip() for cell in self.read.cells])
        self.assertEqual([cell for cell in self.read.cells if cell in ("nan", "None")], [])

    def test_alternative_texts_state_what_is_seen(self):
        self.assertGreater(len(self.read.drawings), 40)
        for drawing in self.read.drawings:
            self.assertEqual(drawing["role"], "img")
            self.assertRegex(drawing["aria-label"], r"\d.*\.$")

    def test_links_lead_somewhere_and_names_are_unique(self):
        self.assertEqual({link.removeprefix("#") for link in self.read.links} - set(self.read.ids), set())
        own = [name for name in self.read.ids if name in (*ORDER, "claims", "run", "rules")]
        self.assertEqual(len(own), len(set(own)))

    def test_needs_nothing_from_outside_and_stays_small(self):
        outside = [address for address in self.read.loads if not address.startswith(("data:", "#"))]
        self.assertEqual(outside, [])
        self.assertNotIn("@import", self.html)
        self.assertLess(self.file.stat().st_size, 8e6)

    def test_says_on_its_first_line_that_digits_stood_in(self):
        body = Reader(self.html[self.html.index("<body>"):]).text.split()
        self.assertEqual(" ".join(body[:4]), "Not measured on USPS:")
        judged = self.judged(self.out)
        on_usps = [word for claim, word in judged if claim.readings[0].measure.experiments[0].startswith("usps_")]
        self.assertEqual(set(on_usps), {NOT_COMPARABLE, NOT_RUN})
        self.assertNotIn(NOT_COMPARABLE, [word for claim, word in judged if not claim.where.startswith("T")
                                          and not claim.readings[0].measure.experiments[0].startswith("usps_")])

    def test_the_same_results_give_the_same_bytes(self):
        out = self.copy(*self.names)
        self.assertEqual(write_page(out), (0, ""))
        self.assertEqual((out / "report.html").read_bytes(), self.file.read_bytes())

    def test_the_run_is_told(self):
        config = {row["key"]: row["value"] for row in rows(self.out / "checkerboard/config.csv")}
        for key in ("isa", "compiler", "version"):
            self.assertIn(config[key], self.read.cells)
        self.assertIn(f"{float(config['seconds']):.3g}", self.read.cells)

    def test_a_run_of_one_experiment(self):
        out = self.copy("four_clouds")
        self.assertEqual(write_page(out), (0, ""))
        read = Reader((out / "report.html").read_text())
        self.assertEqual(read.keys, ORDER)
        self.assertEqual(read.missing, set(ORDER) - {"F11", "F12", "F13", "F14", "F15"})
        self.assertIn("checkerboard was not run", read.text)

    def test_a_file_that_is_not_there_is_named(self):
        out = self.copy("four_clouds")
        (out / "four_clouds/boundary.csv").unlink()
        self.assertEqual(write_page(out), (0, ""))
        read = Reader((out / "report.html").read_text())
        self.assertEqual(set(ORDER) - read.missing, {"F11", "F12", "F15"})
        self.assertIn("four_clouds has no file boundary.csv", read.text)

    def test_no_results_and_wrong_usage(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(write_page(folder), (1, f"page.py: {folder}: holds no results of an experiment\n"))
        for arguments in ([], ["a", "b"], ["a", "--docs", "c"], ["a", "--compare", "b", "c"]):
            self.assertEqual(write_page(*arguments)[0], 2)

    def test_a_page_that_cannot_be_written(self):
        out = self.copy("linear_regression")
        (out / "report.html").mkdir()
        done = subprocess.run([sys.executable, CODE / "page.py", out], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))
        self.assertIn("Is a directory", done.stderr)
        self.assertEqual(sorted(path.name for path in out.iterdir()), ["linear_regression", "report.html"])

    def damaged(self, name, change):
        out = self.copy(name.split("/")[0])
        path = out / name
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(change(lines)))
        status, messages = write_page(out)
        self.assertEqual((status, messages.count("\n")), (1, 1), messages)
        self.assertFalse((out / "report.html").exists())
        return messages.replace(str(out), "OUT")

    def test_a_damaged_file_is_named_with_its_line(self):
        files = ["linear_regression/points.csv", "linear_regression/lines.csv", "linear_classification/lines.csv",
                 "linear_classification/points.csv", "separable_mlp/boundary.csv", "four_clouds/history.csv",
                 "checkerboard/summary.csv", "usps_autoencoder/images.csv", "usps_latent_space/embedding.csv",
                 "usps_conv1d/config.csv"]
        for name in files:
            with self.subTest(name):
                error = self.damaged(name, lambda lines: [*lines[:2], lines[2].rsplit(",", 1)[0] + "\n", *lines[3:]])
                self.assertIn(f"OUT/{name}: line 3: expected", error)

    def test_other_damage(self):
        cases = {
            "a word for a number": (lambda lines: [*lines[:-1], lines[-1].rsplit(",", 1)[0] + ",x\n"], "could not convert"),
            "a cut": (lambda lines: [*lines[:-1], lines[-1][:-1]], "the file is cut off"),
            "another header": (lambda lines: ["a,b\n", *lines[1:]], "line 1: expected the header"),
            "no row": (lambda lines: lines[:1], "holds no result"),
            "infinity": (lambda lines: [*lines[:-1], lines[-1].rsplit(",", 1)[0] + ",inf\n"], "not a finite number"),
            "a missing row": (lambda lines: lines[:-1], "are no full grid"),
        }
        for case, (change, message) in cases.items():
            with self.subTest(case):
                error = self.damaged("separable_mlp/boundary.csv", change)
                self.assertIn("OUT/separable_mlp/boundary.csv", error)
                self.assertIn(message, error)

    def test_scikit_learn_agrees(self):
        run = results.load(self.out, self.names)
        line = run["linear_regression"]
        for setting in ("descent", "exact"):
            self.assertLess(twins.line_of(line, setting).distance(twins.sklearn_line(line)), 1e-5, setting)
        plane = run["linear_classification"]
        theirs = twins.sklearn_planes(plane)
        self.assertEqual(set(theirs), {"LinearRegression", "LogisticRegression", "Perceptron"})
        self.assertLess(twins.plane_of(plane, "exact").angle(theirs["LinearRegression"]), 0.01)
        self.assertLess(twins.plane_of(plane, "mse").angle(theirs["LinearRegression"]), 1)
        x, y = twins.split_points(plane, "test")
        self.assertEqual(theirs["LinearRegression"].accuracy(x, y), twins.plane_of(plane, "mse").accuracy(x, y))

    def test_the_reports_numbers_are_those_of_the_experiments(self):
        """They stand in the claims and tables too, which have to say them also where nothing was run."""
        run = results.load(self.out, self.names)
        compared = 0
        for claim in claims.CLAIMS:
            for reading in claim.readings:
                try:
                    value = reading.measure.at.value(run)
                except (AttributeError, results.Missing):
                    continue
                if value.report is not None:
                    self.assertEqual((value.report, float(claim.report)), (reading.measure.target,) * 2, claim.text)
                    compared += 1
        self.assertGreater(compared, 15)
        for key in ("T2", "T3"):
            for row in tables.TABLES[key].rows(run["usps_multiclass"]):
                if tables.ABSENT not in row:
                    table = "T2" if key == "T2" else f"T3-{row[0]}"
                    value = run["usps_multiclass"].value(f"{table}-torch/accuracy-{row[1]}/test")
                    self.assertEqual(value.report, float(row[2]))

    def test_begins_with_four_pictures_each_with_a_sentence_that_has_a_number(self):
        first = Reader(self.html[self.html.index("<main>"):self.html.index("<details>")])
        self.assertEqual(len(first.drawings), 4)
        self.assertTrue(all(re.search(r"\d%", drawing["aria-label"]) for drawing in first.drawings))

    def test_every_claim_is_told_once_inside_a_fold_of_its_section(self):
        folds = re.findall(r"<details>.*?</details>", self.html, re.DOTALL)
        self.assertEqual(len(folds), 10)
        for claim in claims.CLAIMS:
            told = [fold for fold in folds if f"<strong>{page.text(claim.text)}.</strong>" in fold
                    and page.text(claim.report) in fold]
            self.assertTrue(told, claim.text)
        self.assertEqual("".join(folds).count('class="claim"'), len(claims.CLAIMS))

    def test_every_reading_has_a_number_of_the_reference_and_says_where_it_comes_from(self):
        for claim in claims.CLAIMS:
            for reading in claim.readings:
                self.assertRegex(reading.measure.reference(), r"\d|same CSV data", claim.text)
        self.assertIn(references.origin(), self.read.text)
        self.assertRegex(references.origin(), r"PyTorch \d.*scikit-learn \d.*Seeds: 0 ")

    def test_a_damaged_table_of_references_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "reference.csv"
            for content in (None, "", "a,b\n1,2\n"):
                if content is not None:
                    file.write_text(content)
                references.rows.cache_clear()
                with unittest.mock.patch.object(references, "FILE", file):
                    status, messages = write_page(self.copy("four_clouds"))
                references.rows.cache_clear()
                self.assertEqual((status, messages.count("\n")), (1, 1))
                self.assertIn(str(file), messages)

    def test_documents_want_a_full_run(self):
        status, messages = write_page(self.out, "--docs")
        self.assertEqual(status, 1)
        self.assertIn("linear_regression ran its short version", messages)

    def as_full(self, **config):
        """The quick run with its configuration changed: as if it had been a full one on USPS, but for `config`."""
        run = results.load(self.out, self.names)
        for experiment in run.values():
            experiment.config |= {"flag_quick": "no"} | config
            experiment.summary = [row | {"data": "usps"} for row in experiment.summary]
            experiment.run = {"date": "2000-01-01 00:00 UTC", "machine": "one | two", "command": "apps/reproduce"}
        return run

    def test_documents_hold_every_reading_and_the_run(self):
        run = self.as_full()
        documents.require_full(run)
        judged = [(claim, DIFFERS, [(reading, judge(reading.measure, run)) for reading in claim.readings])
                  for claim in claims.CLAIMS]
        text = documents.results_text(run, judged)
        self.assertEqual(text, documents.results_text(run, judged))
        for word in ("2000-01-01 00:00 UTC", "`apps/reproduce`", "one \\| two", f"{len(judged)} differs"):
            self.assertIn(word, text)
        cells = [len(re.findall(r"(?<!\\)\|", line)) - 1 for line in text.splitlines() if line.startswith("|")]
        readings = sum(len(claim.readings) for claim in claims.CLAIMS)
        self.assertEqual(cells[:2 + readings], [7] * (2 + readings))
        self.assertEqual(cells[-2 - len(run):], [10] * (2 + len(run)))
        self.assertIn("the true rule", text)

    def test_documents_want_all_experiments_on_usps_and_the_machine(self):
        run = self.as_full()
        del run["usps_conv1d"]
        with self.assertRaisesRegex(results.DataError, "usps_conv1d was not run"):
            documents.require_full(run)
        run = self.as_full(data_set="digits-8x8")
        run["usps_conv1d"].summary = [row | {"data": "digits-8x8"} for row in run["usps_conv1d"].summary]
        with self.assertRaisesRegex(results.DataError, "usps_conv1d did not run on USPS but on digits-8x8"):
            documents.require_full(run)
        run = self.as_full()
        run["checkerboard"].run = {}
        with self.assertRaisesRegex(results.DataError, "checkerboard has no run.csv"):
            documents.require_full(run)

    def documents_text(self, *names):
        run = results.load(self.out, names or self.names)
        return documents.results_text(run, page.judged_claims(run))

    def test_a_run_has_its_own_digits_whatever_its_times(self):
        published = self.copy() / "results.md"
        text = self.documents_text()
        seconds = results.facts(results.load(self.out, ["checkerboard"])["checkerboard"])[3]
        row = next(line for line in text.splitlines() if line.startswith("| checkerboard |"))
        changed = text.replace(row, row.replace(f"| {seconds} |", "| 1e9 |"))
        self.assertNotEqual(changed, text)
        changed = changed.replace("| not recorded |", "| 1999-09-09 09:09 UTC |")
        published.write_text(changed)
        lines, same = comparison.compare(text, published)
        self.assertTrue(same, lines)
        self.assertRegex(lines[-1], r"^(\d{2,}) of \1 rows have the digits of ")

    def test_each_row_with_another_digit_is_printed(self):
        published = self.copy() / "results.md"
        text = self.documents_text("four_clouds")
        value = str(results.load(self.out, ["four_clouds"])["four_clouds"].value("apart/accuracy/test"))
        other = value[:-1] + ("1" if value[-1] != "1" else "2")
        before, after = text.split("| F13")
        published.write_text(f"{before}| F13{after.replace(f'| {value} |', f'| {other} |', 1)}")
        lines, same = comparison.compare(text, published)
        self.assertFalse(same)
        self.assertEqual(len(lines), 2)
        for words in ("variance 0.1; test accuracy", f"this run:  {value}", f"published: {other}"):
            self.assertIn(words, lines[0])

    def test_part_of_a_run_is_compared_with_its_own_rows(self):
        out = self.copy("four_clouds")
        published = out / "results.md"
        published.write_text(self.documents_text())
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            self.assertEqual(write_page(out, "--compare", published), (0, ""))
        self.assertRegex(printed.getvalue(), r"^(\d+) of \1 rows have the digits of .*; \d+ of its rows are not in this run\n$")

    def test_a_file_to_compare_with_that_is_missing_or_damaged(self):
        out = self.copy("four_clouds")
        text = self.documents_text("four_clouds")
        row = next(line for line in text.splitlines() if line.startswith("| F13"))
        for content, error in ((None, "No such file"), ("", "no table of claims"), (b"\xff", "can't decode"),
                               (text.replace(row, row[:60]), "expected 7 cells"), (text[:200], "no table of claims")):
            file = out / "published.md"
            if content is not None:
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
            status, messages = write_page(out, "--compare", file)
            self.assertEqual((status, messages.count("\n")), (1, 1), error)
            self.assertIn(str(file), messages)
            self.assertIn(error, messages)

    def judged(self, out):
        run = results.load(out, self.names)
        return [(claim, judge(claim.readings[0].measure, run).verdict) for claim in claims.CLAIMS]


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
