#!/usr/bin/env python3
"""Runs every experiment with --quick and judges what it writes; then what each does with wrong input.

usage: apps_test.py FOLDER_OF_PROGRAMS EXPERIMENT...
"""
import csv
import gzip
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time
import unittest

folder, experiments = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
SUMMARY = ["id", "setting", "metric", "split", "data", "runs", "mean", "sd", "report"]
HISTORY = ["id", "run", "setting", "epoch", "metric", "split", "value"]


def run(name, *flags, **kwargs):
    env = {k: v for k, v in os.environ.items() if k not in ("NN_DATA", "NN_ISA", "NN_NUM_THREADS")}
    env |= kwargs.pop("env", {})
    return subprocess.run([folder / name, *map(str, flags)], capture_output="stdout" not in kwargs, text=True,
                          env=env, **kwargs)


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class Outputs(unittest.TestCase):
    """One quick run of each experiment, shared by the tests."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.temporary.name)
        cls.runs = {name: run(name, "--quick", "--out", cls.out / name) for name in experiments}

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def value(self, name, key):
        found = [float(r["mean"]) for r in rows(self.out / name / "summary.csv") if r["id"] == key]
        self.assertEqual(len(found), 1, (name, key))
        return found[0]

    def test_each_ends_well_and_writes_its_files(self):
        for name, done in self.runs.items():
            with self.subTest(name):
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                summary, history = (rows(self.out / name / f"{f}.csv") for f in ("summary", "history"))
                self.assertEqual(list(summary[0]), SUMMARY)
                self.assertEqual(list(history[0]), HISTORY)
                config = {r["key"]: r["value"] for r in rows(self.out / name / "config.csv")}
                self.assertEqual(config["experiment"], name)
                self.assertEqual({r["data"] for r in summary}, {config["data_set"]})
                each = [r for r in summary if not r["id"].startswith("ensemble/")]  # all runs together are one
                self.assertEqual({r["runs"] for r in each}, {"2"})
                for table in (summary, history):  # an id names one thing, and each thing has one
                    words = {(r["id"], r["setting"], r["metric"], r["split"]) for r in table}
                    for part in (slice(0, 1), slice(1, 4)):
                        self.assertEqual(len({word[part] for word in words}), len(words))
                self.assertEqual(len({r["id"] for r in summary}), len(summary))
                self.assertGreater(float(config["seconds"]), 0)
                self.assertFalse(list((self.out / name).glob("*.tmp*")))

    def test_linear_regression_finds_the_least_squares_line(self):
        for setting, tolerance in (("exact", 1e-6), ("descent", 1e-5)):
            for metric, expected in (("slope/train", 7.990259101), ("intercept/train", 2.206340189),
                                     ("mse/train", 1.011336091), ("mse/test", 0.917753247)):
                got = self.value("linear_regression", f"{setting}/{metric}")
                self.assertLess(abs(got - expected), tolerance, (setting, metric))
        self.assertLess(self.value("linear_regression", "descent/epochs/train"), 200)

    def test_linear_classification_separates(self):
        self.assertGreaterEqual(self.value("linear_classification", "mse/accuracy/test"), 0.99)
        self.assertLess(self.value("linear_classification", "mse/angle/train"), 1)

    def test_separable_mlp_needs_the_sum(self):
        self.assertGreaterEqual(self.value("separable_mlp", "sum/accuracy/test"), 0.99)
        self.assertGreater(self.value("separable_mlp", "batch_mean/mse/train"), 0.05)

    def test_four_clouds_are_learnt(self):
        self.assertGreaterEqual(self.value("four_clouds", "apart/accuracy/test"), 0.98)
        self.assertGreaterEqual(self.value("four_clouds", "overlapping/accuracy/test"), 0.78)

    def test_checkerboard_is_learnt_and_stays_below_its_ceiling(self):
        self.assertGreaterEqual(self.value("checkerboard", "4x4-uniform/accuracy/train"), 0.92)
        self.assertGreaterEqual(self.value("checkerboard", "4x4-uniform/accuracy/test"), 0.85)
        self.assertGreater(self.value("checkerboard", "4x4-uniform/true-rule/test"), 0.93)

    def test_digits_stand_in_for_usps_and_it_is_said(self):
        for name in (name for name in experiments if name.startswith("usps_")):
            with self.subTest(name):
                self.assertIn("digits stand in", self.runs[name].stdout)
                config = rows(self.out / name / "config.csv")
                self.assertTrue(any("digits stand in" in r["value"] for r in config if r["key"] == "note"))
                self.assertEqual({r["data"] for r in rows(self.out / name / "summary.csv")}, {"digits-8x8"})

    def test_usps_multiclass_learns_at_the_right_step(self):
        self.assertGreater(self.value("usps_multiclass", "T2-torch/accuracy-100/test"), 0.7)
        self.assertLess(self.value("usps_multiclass", "T3-1e-6-torch/accuracy-100/test"), 0.4)

    def test_usps_autoencoder_lies_between_the_mean_image_and_a_perfect_copy(self):
        floor = self.value("usps_autoencoder", "perfect/bce/test")
        for net in ("wide", "small"):
            self.assertTrue(floor < self.value("usps_autoencoder", f"{net}-adam-short/bce/test") < 0.5)
        errors = [self.value("usps_autoencoder", f"pca-{size}/mse/test") for size in (10, 32, 64)]
        self.assertEqual(errors, sorted(errors, reverse=True))
        examples = rows(self.out / "usps_autoencoder" / "images.csv")
        original, copies = ([r["example"] for r in examples if r["id"] == key] for key in ("original", "pca-64"))
        self.assertEqual(original, copies)
        self.assertEqual(len(original), 20)

    def test_usps_latent_space_finds_the_digits(self):
        for metric, least in (("rand", 0.5), ("purity", 0.6), ("trust", 0.95), ("neighbours", 0.9), ("classifier", 0.85)):
            self.assertGreater(self.value("usps_latent_space", f"original/{metric}/test"), least, metric)

    def test_usps_denoising_takes_noise_off(self):
        noisy = self.value("usps_denoising", "0.5-noisy/mse/test")
        self.assertAlmostEqual(noisy, 0.118, delta=0.01)
        self.assertLess(self.value("usps_denoising", "0.5-noisy-trained/mse/test"), noisy / 2)
        self.assertGreater(self.value("usps_denoising", "clean/recognised/test"), 0.85)

    def test_usps_conv1d_learns_from_200_images(self):
        self.assertGreater(self.value("usps_conv1d", "torch-0.01-short/accuracy/test"), 0.7)

    def test_sequences_are_learnt(self):
        mean = self.value("sequences", "adding-mean/mse/test")
        self.assertAlmostEqual(mean, 1 / 6, delta=0.02)
        for kind in ("lstm", "gru"):
            self.assertLess(self.value("sequences", f"adding-{kind}/mse/test"), mean / 5, kind)
            self.assertGreater(self.value("sequences", f"digits-{kind}/accuracy/test"), 0.5, kind)

    def test_usps_best_chooses_on_a_part_of_the_training_set(self):
        choice = rows(self.out / "usps_best" / "choice.csv")
        self.assertEqual({(r["model"], r["augmentation"]) for r in choice},
                         {(m, a) for m in ("conv", "mlp") for a in ("none", "affine", "elastic")})
        for r in choice:
            self.assertEqual((r["train"], r["validation"]), ("450", "150"))
        errors, confusion = (rows(self.out / "usps_best" / f"{f}.csv") for f in ("errors", "confusion"))
        wrong = sum(float(r["count"]) for r in confusion if r["digit"] != r["taken_for"])
        total = sum(float(r["count"]) for r in confusion)
        self.assertEqual(len(errors), wrong)
        self.assertAlmostEqual(self.value("usps_best", "ensemble/accuracy/test"), 1 - wrong / total, places=6)

    def test_fashion_mnist_chooses_on_a_part_of_the_training_set(self):
        choice = rows(self.out / "fashion_mnist" / "choice.csv")
        self.assertEqual({(r["model"], r["augmentation"]) for r in choice},
                         {(m, a) for m in ("mlp", "small") for a in ("none", "flip", "crop", "erase")})
        self.assertEqual({(r["train"], r["validation"]) for r in choice}, {("450", "150")})
        for model, chosen_with in (("mlp", "mlp"), ("small", "small"), ("large", "small")):
            best = max((r for r in choice if r["model"] == chosen_with), key=lambda r: float(r["accuracy"]))
            self.assertGreater(self.value("fashion_mnist", f"{model}-{best['augmentation']}/accuracy/test"), 0.5)

    def test_fashion_mnist_says_what_it_is_trained_on(self):
        self.assertIn("digits stand in", self.runs["fashion_mnist"].stdout)
        config = {r["key"]: r["value"] for r in rows(self.out / "fashion_mnist" / "config.csv")}
        self.assertEqual(config["data_set"], "digits-8x8")
        self.assertGreater(float(config["images_per_second_small"]), 0)

    def test_the_same_bytes_on_every_isa_and_any_number_of_threads(self):
        for variant, env, flags in (("scalar", {"NN_ISA": "scalar"}, []), ("one", {}, ["--threads", 1]),
                                    ("three", {}, ["--threads", 3])):
            for name in experiments:
                with self.subTest(name=name, variant=variant):
                    other = self.out / variant / name
                    done = run(name, "--quick", *flags, "--out", other, env=env)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    for path in sorted((self.out / name).glob("*.csv")):
                        if path.name != "config.csv":
                            self.assertEqual(path.read_bytes(), (other / path.name).read_bytes(), path.name)

    def test_killed_and_resumed_the_same_bytes(self):
        chance = random.Random(2)
        for name in ("usps_best", "sequences", "fashion_mnist", "usps_conv1d"):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                flags = (name, "--quick", "--out", f"{folder}/out", "--checkpoint", f"{folder}/trainings")
                started = time.monotonic()
                self.assertEqual(run(name, "--quick", "--out", f"{folder}/whole").returncode, 0)
                seconds = time.monotonic() - started
                for _ in range(4):
                    try:
                        run(*flags, "--resume", timeout=seconds * chance.uniform(0.1, 0.6))
                    except subprocess.TimeoutExpired:
                        pass  # subprocess.run has killed it
                done = run(*flags, "--resume")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                for path in sorted((self.out / name).glob("*.csv")):
                    if path.name != "config.csv":
                        self.assertEqual(path.read_bytes(), (pathlib.Path(folder) / "out" / path.name).read_bytes())
                self.assertIn("has checkpoints", run(*flags).stderr)


class Errors(unittest.TestCase):
    def check(self, done, status, *words):
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_wrong_flags_are_status_2(self):
        for name in experiments:
            for flags, word in ((["--nonsense"], "--nonsense"), (["stray"], "stray"), (["--runs"], "--runs"),
                                (["--runs", "0"], "--runs"), (["--runs", "two"], "two"), (["--seed", "-1"], "--seed"),
                                (["--quick=yes"], "--quick"), (["--threads", "1000"], "--threads")):
                with self.subTest(name=name, flags=flags):
                    with tempfile.TemporaryDirectory() as out:
                        self.check(run(name, *flags, cwd=out), 2, name, word)
                        self.assertEqual(os.listdir(out), [])

    def test_resuming_without_a_folder(self):
        with tempfile.TemporaryDirectory() as out:
            self.check(run("sequences", "--quick", "--resume", cwd=out), 2, "--checkpoint")
            self.assertEqual(os.listdir(out), [])

    def test_checkpoints_of_other_flags(self):
        with tempfile.TemporaryDirectory() as out:
            flags = ("sequences", "--quick", "--out", out, "--checkpoint", out + "/trainings", "--resume")
            self.assertEqual(run(*flags).returncode, 0)
            self.check(run(*flags, "--epochs", "3"), 1, "trainings", "--epochs 2", "--epochs 3")

    def test_help(self):
        for name in experiments:
            done = run(name, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for flag in ("--out", "--data", "--seed", "--runs", "--threads", "--quick"):
                self.assertIn(flag, done.stdout)

    def test_a_folder_that_cannot_be_written_to(self):
        with tempfile.NamedTemporaryFile() as file:
            for name in experiments:
                self.check(run(name, "--quick", "--out", file.name + "/below"), 1, name, file.name)

    def test_a_training_that_diverges(self):
        with tempfile.TemporaryDirectory() as out:
            for name, step in (("linear_regression", "100"), ("linear_classification", "1e37"),
                               ("four_clouds", "1e37")):
                self.check(run(name, "--quick", "--step", step, "--out", out), 1, name, "diverged", "smaller step")
                self.assertEqual(os.listdir(out), ["config.csv"])

    def test_output_that_nobody_takes(self):
        with tempfile.TemporaryDirectory() as out:
            with open("/dev/full", "w") as full:
                done = run("linear_regression", "--quick", "--out", out, stdout=full, stderr=subprocess.PIPE)
            self.check(done, 1, "standard output")
            reader, writer = os.pipe()
            os.close(reader)
            done = run("linear_regression", "--quick", "--out", out, stdout=writer, stderr=subprocess.PIPE)
            os.close(writer)
            self.check(done, 1, "standard output")
            self.assertTrue(rows(pathlib.Path(out) / "summary.csv"))

    def test_a_closed_output(self):
        with tempfile.TemporaryDirectory() as out:
            done = run("linear_regression", "--quick", "--out", out, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                       preexec_fn=lambda: os.close(1))
            self.check(done, 1, "standard output")
            for path in pathlib.Path(out).glob("*.csv"):
                self.assertTrue(rows(path), "what was printed went into a table")

    def test_a_disk_that_is_full(self):
        with tempfile.TemporaryDirectory() as out:
            before = {name: "of an earlier run\n" for name in ("history.csv", "summary.csv")}
            for name, text in before.items():
                (pathlib.Path(out) / name).write_text(text)
            limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
            self.check(run("linear_regression", "--quick", "--out", out, preexec_fn=limit), 1, "cannot be written")
            self.assertEqual({path.name: path.read_text() for path in pathlib.Path(out).iterdir()}, before)

    def test_killed_at_any_moment(self):
        with tempfile.TemporaryDirectory() as out:
            flags = ("four_clouds", "--quick", "--out", out)
            started = time.monotonic()
            self.assertEqual(run(*flags).returncode, 0)
            seconds = time.monotonic() - started
            tables = {path.name: path.read_bytes() for path in pathlib.Path(out).glob("*.csv")}
            chance = random.Random(1)
            for _ in range(6):
                try:
                    run(*flags, timeout=max(0.01, seconds * chance.uniform(0.5, 1.1)))
                except subprocess.TimeoutExpired:
                    pass  # subprocess.run has killed it
                for name, content in tables.items():
                    found = (pathlib.Path(out) / name).read_bytes()
                    if name == "config.csv":
                        self.assertEqual(found.count(b"\n"), content.count(b"\n"))
                    else:
                        self.assertEqual(found, content, name)
            self.assertEqual(run(*flags).returncode, 0)

    def test_an_instruction_set_that_is_not_there(self):
        with tempfile.TemporaryDirectory() as out:
            done = run("linear_regression", "--quick", "--out", out, env={"NN_ISA": "abacus"})
            self.check(done, 1, "NN_ISA", "abacus")

    def test_damaged_data(self):
        good = "6 " + " ".join(["0.5"] * 256) + "\n"
        cases = {"expected zip.train and zip.test": None, "zip.train:2": good + good[:100], "zip.train:1": "6 0.5\n",
                 "11": good.replace("6", "11", 1)}
        for word, text in cases.items():
            with self.subTest(word), tempfile.TemporaryDirectory() as data:
                (pathlib.Path(data) / "zip.test").write_text(good)
                if text:
                    (pathlib.Path(data) / "zip.train").write_text(text)
                done = run("usps_multiclass", "--quick", "--data", data, "--out", data + "/out")
                self.check(done, 1, word)
                self.assertFalse((pathlib.Path(data) / "out" / "summary.csv").exists())

    def test_fashion_mnist_needs_its_data(self):
        with tempfile.TemporaryDirectory() as data:
            self.check(run("fashion_mnist", "--out", data + "/out"), 1, "Fashion-MNIST", "dataset-fashion-mnist")
            (pathlib.Path(data) / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
            for flags in ([], ["--quick"]):
                self.check(run("fashion_mnist", *flags, "--data", data, "--out", data + "/out"), 1, data)

    def test_packed_data_are_read(self):
        with tempfile.TemporaryDirectory() as data:
            for name, text in {"zip.train.gz": "6 0.5\n", "zip.test.gz": ""}.items():
                (pathlib.Path(data) / name).write_bytes(gzip.compress(text.encode()))
            done = run("usps_multiclass", "--quick", "--data", data, "--out", data + "/out")
            self.check(done, 1, "zip.train.gz:1")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
