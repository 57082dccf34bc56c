#!/usr/bin/env python3
"""Written ONNX files give in ONNX Runtime what the library predicts, to 1e-5, for batches of 1 and 7.

usage: onnx_runtime_test.py WRITE_CASES

WRITE_CASES is the program that writes the files. NN_ONNXRUNTIME names the folder of npm's package onnxruntime-node;
tests/check installs it. Skipped without it, and without node.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77  # Meson's exit status for a skipped test


def main():
    package = os.environ.get("NN_ONNXRUNTIME")
    if not shutil.which("node") or not package or not pathlib.Path(package).is_dir():
        print("skipped: needs node, and in NN_ONNXRUNTIME the folder of npm's package onnxruntime-node")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        script = pathlib.Path(__file__).with_name("run_cases.js")
        return subprocess.run(["node", script, pathlib.Path(package).resolve(), folder], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
