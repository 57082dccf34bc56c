#!/usr/bin/env python3
"""Finding, checking, unpacking and fetching data sets."""

import gzip
import os
import subprocess
import unittest

from project import CommandTest


class DataTest(CommandTest):
    def prepared(self, name="zip.train"):
        return self.project.root / "build/data/usps" / name

    def uses_usps(self):
        return f"--data {self.project.root}/build/data" in (self.out / "usps_fine/log.txt").read_text()

    def run_with(self, source, status=0, **options):
        arguments = ["--data", str(source)] if source else []
        return self.reproduce("--only", "usps_fine", *arguments, status=status, **options)

    def test_packed_plain_and_in_a_subfolder(self):
        for place in (".", "usps"):
            for packed in (True, False):
                with self.subTest(place=place, packed=packed):
                    source = self.project.folder / f"data{place}{packed}"
                    self.project.write_usps(source / place, packed)
                    self.project.remove_data()
                    result = self.run_with(source)
                    self.assertTrue(self.uses_usps())
                    self.assertEqual(self.prepared().read_bytes(), self.project.usps["zip.train"])
                    self.assertNotIn("WARNING", result.stdout)
                    self.assertEqual(len(list(self.prepared().parent.iterdir())), 2)

    def test_the_variable_and_no_variable_for_the_programs(self):
        source = self.project.folder / "data"
        self.project.write_usps(source, True)
        self.run_with(None, environment={"NN_DATA": str(source)})
        self.assertTrue(self.uses_usps())
        self.assertNotIn("NN_DATA=", (self.out / "usps_fine/log.txt").read_text())

    def test_up_to_date_is_left_alone_and_found_without_options(self):
        source = self.project.folder / "data"
        self.project.write_usps(source, True)
        self.run_with(source)
        os.utime(self.prepared(), (1, 1))
        self.run_with(source)
        self.run_with(None)
        self.assertEqual(self.prepared().stat().st_mtime, 1)
        self.assertTrue(self.uses_usps())

    def test_damaged_is_replaced(self):
        source = self.project.folder / "data"
        self.project.write_usps(source, True)
        self.run_with(source)
        self.prepared().write_text("damaged")
        self.run_with(source)
        self.assertEqual(self.prepared().read_bytes(), self.project.usps["zip.train"])

    def test_wrong_sum_of_a_packed_or_plain_file(self):
        for name in ("zip.test.gz", "zip.test"):
            with self.subTest(name=name):
                source = self.project.folder / name
                self.project.write_usps(source, packed=name.endswith(".gz"))
                (source / name).write_bytes(gzip.compress(b"other"))
                result = self.run_with(source, status=1)
                self.assertIn(f"{source}/{name}: wrong SHA-256", result.stderr)
                self.assertFalse(self.prepared("zip.test").exists())

    def test_cut_off_archive_with_the_right_sum_leaves_nothing(self):
        source = self.project.folder / "data"
        self.project.write_usps(source, True)
        archive = source / "zip.train.gz"
        archive.write_bytes(archive.read_bytes()[:-6])
        self.project.publish("usps/zip.train.gz", archive.read_bytes())
        self.assertIn("zip.train.gz: cannot be unpacked", self.run_with(source, status=1).stderr)
        self.assertEqual(list(self.prepared().parent.iterdir()), [])

    def test_folder_that_is_missing_or_a_file(self):
        file = self.project.folder / "file"
        file.touch()
        for source in (self.project.folder / "nowhere", file):
            self.assert_one_error(self.run_with(source, status=1), f"no such data folder: {source}")

    def test_folder_without_usps_is_as_none(self):
        source = self.project.folder / "empty"
        source.mkdir()
        result = self.run_with(source)
        self.assertIn(f"no USPS data in {source}", result.stderr)
        self.assertIn("the digits inside the programs stand in", result.stderr)
        self.assertFalse(self.uses_usps())

    def test_fetched_when_the_network_is_there(self):
        self.project.write_usps(self.project.web, True)
        self.run_with(None)
        self.assertTrue(self.uses_usps())

    def test_not_fetched_for_experiments_that_need_none(self):
        self.reproduce("--only", "fine")
        self.assertEqual(self.project.calls("curl"), [])


class FetchTest(CommandTest):
    def fetch(self, *arguments, status=0):
        return self.run_command("datasets/fetch", "--out", str(self.out), *arguments, status=status)

    def test_usps_is_fetched_once(self):
        self.project.write_usps(self.project.web, True)
        self.fetch()
        calls = self.project.calls("curl")
        self.fetch("usps")
        self.assertEqual(self.project.calls("curl"), calls)
        for name, content in self.project.usps.items():
            self.assertEqual((self.out / "usps" / name).read_bytes(), content)

    def test_the_mirror_is_tried(self):
        self.project.write_usps(self.project.web, True)
        (self.project.root / "first_address_fails").touch()
        self.fetch()
        self.assertEqual(len(self.project.calls("curl")), 4)

    def test_no_network(self):
        result = self.fetch(status=1)
        self.assert_one_error(result, "cannot fetch zip.train.gz")
        self.assertIn("Could not resolve host", result.stderr)
        self.assertFalse(self.out.exists())

    def test_wrong_sum(self):
        self.project.write_usps(self.project.web, True)
        (self.project.web / "zip.test.gz").write_bytes(gzip.compress(b"other"))
        result = self.fetch(status=1)
        self.assert_one_error(result, "wrong SHA-256, file removed")
        self.assertEqual([file.name for file in (self.out / "usps").iterdir()], ["zip.train"])

    def test_fashion_from_a_folder(self):
        source = self.project.folder / "fashion"
        source.mkdir()
        for name, content in self.project.fashion.items():
            (source / f"{name}.gz").write_bytes(self.project.packed(content))
        call = 'source "$1/datasets/fetch"; fetch_fashion "$2" "$1/datasets/SHA256SUMS" "$3"'
        shell = ["bash", "-c", call, "bash", str(self.project.root), str(self.out)]
        done = subprocess.run([*shell, str(source)], env=self.project.environment, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name, content in self.project.fashion.items():
            self.assertEqual((self.out / "fashion-mnist" / name).read_bytes(), content)
        absent = subprocess.run([*shell, "/nowhere"], env=self.project.environment, stderr=subprocess.PIPE, text=True)
        self.assertEqual(absent.returncode, 1)
        self.assertIn("apt-get install dataset-fashion-mnist", absent.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
