#!/usr/bin/env python3
"""From a table to a model that other programs use, by the program nn alone; then nn with wrong input.

usage: nn_test.py PROGRAM PROJECT ARCHIVE COMPILER...
"""
import csv
import json
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

program, project, archive, *compiler = sys.argv[1:]

GUIDE = (pathlib.Path(project) / "docs" / "your_own_data.md").read_text()
READER = re.search("```cpp\n(.*?)```", GUIDE, re.S)[1]
RUN_ONNX = """const ort = require(process.env.NN_ONNXRUNTIME);
const rows = JSON.parse(require('fs').readFileSync(process.argv[3]));
ort.InferenceSession.create(process.argv[2]).then(async session => {
  const x = new ort.Tensor('float32', Float32Array.from(rows.flat()), [rows.length, rows[0].length]);
  const z = (await session.run({[session.inputNames[0]]: x}))[session.outputNames[0]];
  console.log(JSON.stringify({shape: z.dims, values: Array.from(z.data)}));
});
"""


def nn(*words, **kwargs):
    env = {k: v for k, v in os.environ.items() if k not in ("NN_ISA", "NN_NUM_THREADS")} | kwargs.pop("env", {})
    return subprocess.run([program, *map(str, words)], text=True, env=env,
                          **({"capture_output": True} | kwargs))


def rows(text):
    return list(csv.DictReader(text.splitlines()))


def flowers(count, seed):
    """Three classes of three numbers and a text, some of each missing."""
    draw = random.Random(seed)
    for _ in range(count):
        kind = draw.randrange(3)
        numbers = [f"{draw.gauss(kind * 2, 1):.3f}", f"{draw.gauss(-kind, 1):.3f}", f"{draw.gauss(0, 100):.1f}"]
        colour = draw.choice(["red", "blue"]) if kind else "white, mostly"
        cells = [*numbers, colour]
        if draw.random() < 0.2:
            cells[draw.randrange(4)] = draw.choice(["", "NA"])
        yield [*cells, ["rose", "tulip", "lily"][kind]]


def write_table(path, lines, target=True):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["length", "width", "noise", "colour", "species"][:5 if target else 4])
        out.writerows(line[:5 if target else 4] for line in lines)


def read_npy(path):
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<H", data[8:10])[0]
    header = eval(data[10:10 + length], {})  # written by nn a moment ago
    values = struct.unpack(f"<{(len(data) - 10 - length) // 4}f", data[10 + length:])
    width = header["shape"][1]
    return [list(values[i:i + width]) for i in range(0, len(values), width)]


def read_safetensors(path):
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + length]), data[8 + length:]


class Story(unittest.TestCase):
    """One training, whose model each test uses in another way."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="nn test ")
        cls.at = pathlib.Path(cls.temporary.name)
        write_table(cls.at / "train.csv", flowers(300, 1))
        new = list(flowers(100, 2))
        write_table(cls.at / "test.csv", new)
        write_table(cls.at / "new.csv", new, target=False)
        cls.train = nn("train", cls.at / "train.csv", "--target", "species", "--model", "Linear(16) ReLU",
                       "--epochs", 40, "--out", cls.at / "out")
        cls.model = cls.at / "out" / "model.safetensors"
        cls.predicted = rows(nn("predict", cls.model, cls.at / "new.csv", "--inputs", cls.at / "x.npy").stdout)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_training_leaves_what_it_promises(self):
        self.assertEqual(self.train.returncode, 0, self.train.stderr)
        names = {path.name for path in (self.at / "out").iterdir()}
        self.assertLessEqual({"model.safetensors", "history.csv", "predictions.csv", "confusion.csv", "measures.csv"},
                             names)
        self.assertTrue("report.html" in names or "matplotlib" in self.train.stderr, self.train.stderr)
        held_out = rows((self.at / "out" / "predictions.csv").read_text())
        self.assertEqual(len(held_out), 60)
        table = rows((self.at / "train.csv").read_text())
        for row in held_out:
            self.assertEqual(table[int(row["row"]) - 1]["species"], row["truth"])

    def test_the_same_command_gives_the_same_bytes(self):
        first = self.model.read_bytes()
        for env in ({"NN_ISA": "scalar"}, {"NN_NUM_THREADS": "3"}):
            nn("train", self.at / "train.csv", "--target", "species", "--model", "Linear(16) ReLU", "--epochs", 40,
               "--out", self.at / "out", env=env)
            self.assertEqual(self.model.read_bytes(), first)

    def test_evaluation_counts_what_prediction_says(self):
        truth = [row["species"] for row in rows((self.at / "test.csv").read_text())]
        right = sum(row["species"] == kind for row, kind in zip(self.predicted, truth))
        told = nn("evaluate", self.model, self.at / "test.csv")
        measures = {row["measure"]: float(row["value"]) for row in rows(told.stdout)}
        self.assertAlmostEqual(measures["accuracy"], right / len(truth))
        self.assertGreater(measures["accuracy"], 0.7)

    def test_a_program_of_a_few_lines_predicts_the_same(self):
        self.assertLessEqual(len(READER.splitlines()), 15)
        source = self.at / "reader.cpp"
        source.write_text(READER)
        subprocess.run([*compiler, "-std=c++20", "-I" + str(pathlib.Path(project) / "include"), source, archive,
                        "-pthread", "-o", self.at / "reader"], check=True)
        for table in ("new.csv", "test.csv"):
            said = subprocess.run([self.at / "reader", self.model, self.at / table], check=True, capture_output=True,
                                  text=True).stdout.split("\n")[:-1]
            self.assertEqual(said, [row["species"] for row in self.predicted])

    def test_its_tensors_make_the_same_predictions(self):
        header, data = read_safetensors(self.model)
        tensors = {}
        for name, entry in header.items():
            if name != "__metadata__":
                begin, end = entry["data_offsets"]
                tensors[name] = (entry["shape"], struct.unpack(f"<{(end - begin) // 4}f", data[begin:end]))
        self.assertEqual(set(tensors), {"0.weight", "0.bias", "2.weight", "2.bias"})

        def linear(x, layer):  # PyTorch's layout: (out, in)
            (out, width), w = tensors[f"{layer}.weight"]
            b = tensors[f"{layer}.bias"][1]
            return [b[i] + sum(w[i * width + j] * x[j] for j in range(width)) for i in range(out)]

        classes = json.loads(header["__metadata__"]["nn.model"])["classes"]
        for x, row in zip(read_npy(self.at / "x.npy"), self.predicted):
            z = linear([max(0, h) for h in linear(x, 0)], 2)
            self.assertEqual(classes[z.index(max(z))], row["species"])

    def test_pytorch_loads_its_tensors(self):
        done = subprocess.run(["/usr/bin/python3", "-c",
                               "import sys, safetensors.torch as s; print(sorted(s.load_file(sys.argv[1])))", self.model],
                              capture_output=True, text=True)
        if "ModuleNotFoundError" in done.stderr or "No such file" in done.stderr:
            self.skipTest("no safetensors for Python")
        self.assertEqual(done.stdout.strip(), "['0.bias', '0.weight', '2.bias', '2.weight']")

    def test_onnx_runtime_predicts_the_same(self):
        if not shutil.which("node") or not os.path.isdir(os.environ.get("NN_ONNXRUNTIME", "")):
            self.skipTest("needs node, and in NN_ONNXRUNTIME the folder of npm's package onnxruntime-node")
        self.assertEqual(nn("export", self.model, "--onnx", self.at / "m.onnx").returncode, 0)
        (self.at / "run.js").write_text(RUN_ONNX)
        (self.at / "x.json").write_text(json.dumps(read_npy(self.at / "x.npy")))
        z = json.loads(subprocess.run(["node", self.at / "run.js", self.at / "m.onnx", self.at / "x.json"], check=True,
                                      capture_output=True).stdout)
        count, width = map(int, z["shape"])
        self.assertEqual(count, len(self.predicted))
        classes = [name[2:] for name in list(self.predicted[0])[1:]]
        for i, row in enumerate(self.predicted):
            scores = z["values"][i * width:(i + 1) * width]
            self.assertEqual(classes[scores.index(max(scores))], row["species"])

    def test_files_are_as_the_docs_say(self):
        """The Python of docs/files.md reads them."""
        shutil.copy(self.model, self.at / "model.safetensors")
        shutil.copy(self.at / "out" / "predictions.csv", self.at)
        (self.at / "labels.idx").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
        text = (pathlib.Path(project) / "docs" / "files.md").read_text()
        done = subprocess.run([sys.executable, "-c", "\n".join(re.findall("```python\n(.*?)```", text, re.S))],
                              cwd=self.at, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        for told in ("0.weight [16, 6]", "0 Linear {'in': 6, 'out': 16, 'bias': True}", "(3,) [7, 8, 9]",
                     "(100, 6)"):
            self.assertIn(told, done.stdout)

    def test_the_commands_of_the_guides_run(self):
        """Those of docs/your_own_data.md and of the README, in their order, in a folder with the reader's tables."""
        folder = self.at / "guides"
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "nn").symlink_to(pathlib.Path(program).resolve())
        (folder / "flowers.csv").write_text((self.at / "train.csv").read_text())
        for table in ("new.csv", "test.csv"):
            shutil.copy(self.at / table, folder)
        readme = (pathlib.Path(project) / "README.md").read_text().split("## Without C++")[1]
        for guide in (GUIDE, readme):
            for block in re.findall("```sh\n(nn .*?)```", guide, re.S):
                done = subprocess.run(["sh", "-ec", block], cwd=folder, capture_output=True, text=True,
                                      env=os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"})
                self.assertEqual(done.returncode, 0, block + done.stderr)
            self.assertTrue((folder / "flowers.onnx").exists())
            (folder / "flowers.onnx").unlink()

    def test_info_tells_what_a_file_holds(self):
        told = nn("info", self.model).stdout
        for word in ("Linear(6, 16)", "species", "rose", "colour", "white, mostly", "nn train"):
            self.assertIn(word, told)
        self.assertIn('"white, mostly"', told)
        self.assertIn("length: numbers", nn("info", self.at / "train.csv").stdout)

    def test_parameters_go_out_and_in_again(self):
        self.assertEqual(nn("convert", self.model, self.at / "w.safetensors").returncode, 0)
        self.assertEqual(nn("convert", self.model, self.at / "m2.safetensors", "--weights",
                            self.at / "w.safetensors").returncode, 0)
        self.assertEqual((self.at / "m2.safetensors").read_bytes(), self.model.read_bytes())
        (self.at / "npy").mkdir()
        self.assertEqual(nn("convert", self.model, self.at / "npy").returncode, 0)
        self.assertEqual(len(read_npy(self.at / "npy" / "0.weight.npy")), 16)

    def test_numbers_are_predicted_in_their_own_units(self):
        draw = random.Random(3)
        with open(self.at / "price.csv", "w") as file:
            file.write("size,price\n")
            for _ in range(200):
                size = draw.uniform(20, 200)
                file.write(f"{size:.2f},{3000 * size + draw.gauss(0, 5000):.2f}\n")
        done = nn("train", self.at / "price.csv", "--target", "price", "--epochs", 60, "--out", self.at / "price")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = nn("evaluate", self.at / "price" / "model.safetensors", self.at / "price.csv").stdout
        self.assertGreater(float(next(row["value"] for row in rows(told) if row["measure"] == "r2")), 0.98)


class WrongInput(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.at = pathlib.Path(self.temporary.name)
        self.addCleanup(self.temporary.cleanup)
        write_table(self.at / "train.csv", flowers(40, 1))

    def check(self, status, words, *names):
        done = nn(*words)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for name in names:
            self.assertIn(str(name), done.stderr)

    def test_a_wrong_command_line(self):
        self.check(2, [], "--help")
        self.check(2, ["trian"], "trian")
        self.check(2, ["train"], "DATA")
        self.check(2, ["train", self.at / "train.csv"], "--target")
        self.check(2, ["train", self.at / "train.csv", "--taget", "x"], "--taget")
        self.check(2, ["predict", "a", "b", "c"], "c")
        self.check(2, ["train", self.at / "train.csv", "--target", "species", "--rule", "adm"], "adam")
        for words in (["--help"], ["-h"], *([command, flag] for flag in ("--help", "-h") for command in
                                            ("train", "predict", "evaluate", "info", "export", "convert"))):
            self.assertIn("usage: nn", nn(*words).stdout)

    def test_a_wrong_file(self):
        train, nowhere = self.at / "train.csv", self.at / "nowhere"
        self.check(1, ["train", nowhere, "--target", "x"], nowhere)
        self.check(1, ["train", train, "--target", "speces"], "speces", "species")
        self.check(1, ["train", train, "--target", "species", "--model", "Linaer(3)"], "Linear")
        self.check(1, ["predict", nowhere, train], nowhere)
        self.check(1, ["predict", train, train], train)
        self.check(1, ["info", nowhere], nowhere)
        (self.at / "file").write_text("")
        self.check(1, ["train", train, "--target", "species", "--out", self.at / "file"], self.at / "file")

    def test_another_table_than_the_model_expects(self):
        nn("train", self.at / "train.csv", "--target", "species", "--epochs", 1, "--out", self.at)
        (self.at / "other.csv").write_text("length,width,noise\n1,2,3\n")
        self.check(1, ["predict", self.at / "model.safetensors", self.at / "other.csv"], "colour")
        (self.at / "text.csv").write_text("length,width,noise,colour\n1,2,x,red\n")
        self.check(1, ["predict", self.at / "model.safetensors", self.at / "text.csv"], "text.csv:2", "noise")

    def test_a_closed_pipe(self):
        read, write = os.pipe()
        os.close(read)
        done = nn("info", self.at / "train.csv", stdout=write, stderr=subprocess.PIPE, capture_output=False)
        os.close(write)
        self.assertEqual((done.returncode, "standard output" in done.stderr), (1, True))


if __name__ == "__main__":
    sys.argv = sys.argv[:1]
    unittest.main()
