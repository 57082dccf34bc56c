#!/usr/bin/env python3
"""Finding, checking, unpacking and fetching data sets: the functions of datasets/prepare.sh and datasets/fetch."""

import gzip
import hashlib
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = {"zip.train": b"6 -1 1\n" * 500, "zip.test": b"9 -1 1\n" * 200}


class DataTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="data sets ")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.source, self.to, self.sums = (self.folder / name for name in ("source", "to", "SUMS"))
        self.source.mkdir()
        self.publish(FILES | {f"{name}.gz": gzip.compress(data, mtime=0) for name, data in FILES.items()})

    def publish(self, files):
        """Makes these contents the published ones."""
        lines = [f"{hashlib.sha256(data).hexdigest()}  usps/{name}\n" for name, data in files.items()]
        self.sums.write_text("".join(lines))

    def write(self, folder, packed=True):
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in FILES.items():
            (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(data, mtime=0) if packed else data)

    def call(self, function, *arguments):
        """Runs one function of datasets/fetch; a download is a copy."""
        script = f'source "{ROOT}/datasets/fetch"; download() {{ cp -- "$1" "$2"; }}; "$@"'
        return subprocess.run(["bash", "-c", script, "bash", function, *map(str, arguments)], text=True,
                              capture_output=True, stdin=subprocess.DEVNULL)

    def prepare(self, source=None):
        return self.call("prepare_data", source or self.source, self.to, self.sums)

    def assert_installed(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({p.name: p.read_bytes() for p in (self.to / "usps").iterdir()}, FILES)

    def assert_refused(self, done, text):
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(text, done.stderr)

    def test_packed_or_plain_in_the_folder_or_below(self):
        for place in (".", "usps"):
            for packed in (True, False):
                with self.subTest(place=place, packed=packed):
                    source = self.folder / f"{place}{packed}"
                    self.write(source / place, packed)
                    self.assert_installed(self.prepare(source))

    def test_what_is_right_is_left_alone_and_what_is_damaged_is_replaced(self):
        self.write(self.source)
        self.prepare()
        train, test = (self.to / "usps" / name for name in FILES)
        os.utime(train, (1, 1))
        test.write_text("damaged")
        self.assert_installed(self.prepare())
        self.assertEqual(train.stat().st_mtime, 1)

    def test_a_wrong_sum_is_refused(self):
        for name in ("zip.test.gz", "zip.test"):
            self.write(self.source, packed=name.endswith(".gz"))
            (self.source / name).write_bytes(gzip.compress(b"other"))
            self.assert_refused(self.prepare(), f"{self.source}/{name}: wrong SHA-256")
            self.assertFalse((self.to / "usps/zip.test").exists())

    def test_an_archive_that_is_cut_off_leaves_nothing(self):
        self.write(self.source)
        archive = self.source / "zip.train.gz"
        archive.write_bytes(archive.read_bytes()[:-6])
        self.publish(FILES | {archive.name: archive.read_bytes()})
        self.assert_refused(self.prepare(), "zip.train.gz: cannot be unpacked")
        self.assertEqual(list((self.to / "usps").iterdir()), [])

    def test_a_missing_folder_or_one_without_usps(self):
        self.assert_refused(self.prepare(self.folder / "nowhere"), "no such data folder")
        self.assert_refused(self.prepare(), f"no USPS data in {self.source}")

    def test_fetches_from_the_first_address_that_is_right(self):
        wrong = self.folder / "wrong"
        wrong.mkdir()
        for name in FILES:
            (wrong / f"{name}.gz").write_bytes(gzip.compress(b"other"))
        self.write(self.source)
        self.assert_installed(self.call("fetch_usps", self.to, self.sums, 1, self.folder / "nowhere", wrong,
                                        self.source))
        self.assert_installed(self.call("fetch_usps", self.to, self.sums, 1, self.folder / "nowhere"))

    def test_a_download_that_is_wrong_or_fails_leaves_nothing(self):
        (self.source / "zip.train.gz").write_bytes(gzip.compress(b"other"))
        for source, text in ((self.source, "wrong SHA-256, file removed"), (self.folder / "nowhere", "cannot fetch")):
            self.assert_refused(self.call("fetch_usps", self.to, self.sums, 1, source), text)
            self.assertFalse(self.to.exists())


if __name__ == "__main__":
    unittest.main()
