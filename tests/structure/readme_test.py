#!/usr/bin/env python3
"""The README's program compiles and links by the README's command and prints what the README says.

usage: readme_test.py PROJECT ARCHIVE
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

project, archive = map(pathlib.Path, sys.argv[1:])
readme = (project / "README.md").read_text()


def block(name):
    """The fenced block that follows the mark of that name."""
    found = re.search(rf"<!-- readme: {name} -->\n```\w*\n(.*?)```", readme, re.DOTALL)
    if not found:
        sys.exit(f"README.md: no block marked {name}")
    return found[1]


compile_command = shlex.split(block("command").split("&&")[0])
with tempfile.TemporaryDirectory() as folder:
    program = pathlib.Path(folder) / "program.cpp"
    program.write_text(block("program"))
    replaced = {
        "program.cpp": str(program),
        "program": str(program.with_suffix("")),
        "-Iinclude": f"-I{project / 'include'}",
        "build/release/lib/libnn.a": str(archive),
    }
    subprocess.run([replaced.get(word, word) for word in compile_command], check=True)
    output = subprocess.run([program.with_suffix("")], check=True, capture_output=True, text=True).stdout
if output != block("output"):
    sys.exit(f"the README's program printed\n{output}instead of\n{block('output')}")
print("the README's program prints what the README says")
