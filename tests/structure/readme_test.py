#!/usr/bin/env python3
"""What README.md and the pages of docs show is what happens.

A mark before each fenced block says what becomes of it:

    <!-- file: NAME -->        written to that file
    <!-- run -->               run by sh; `<!-- run: torch -->` only where Debian's Python has that module
    <!-- output -->            what the command before it prints, to the letter
    <!-- dry run -->           run by sh with `ninja -n`, which names what it would compile
    <!-- not run: REASON -->   left alone

The blocks of a document run in its order, in a folder that looks like the project's, with its archives built. At
last, docs/from_pytorch.md must have a row for each module, loss, update rule, schedule and source, and
docs/architecture.md one for each folder.

usage: readme_test.py PROJECT ARCHIVE ARCHIVE-IN-DOUBLE
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

BLOCK = re.compile(r"(?:^ *<!-- ([^\n]*) -->\n)?^( *)```\w*\n(.*?)^\2```$", re.DOTALL | re.MULTILINE)
# The commands are Debian's, and so are Python's modules.
ENVIRONMENT = {**os.environ, "PATH": "/usr/bin:" + os.environ["PATH"]}

project, *archives = (pathlib.Path(argument).absolute() for argument in sys.argv[1:])
DOCUMENTS = ["README.md", *sorted(f"docs/{path.name}" for path in (project / "docs").glob("*.md"))]


def has_module(name):
    found = subprocess.run(["python3", "-c", f"import {name}"], env=ENVIRONMENT, capture_output=True)
    return found.returncode == 0


def look_like_project(folder):
    for entry in project.iterdir():
        if not entry.name.startswith(("build", ".")):
            (folder / entry.name).symlink_to(entry)
    for build in ("build", "build/library", "build/release"):
        (folder / build / "lib").mkdir(parents=True)
        for archive in archives:
            (folder / build / "lib" / archive.name).symlink_to(archive)


def run(command, folder):
    """What a command prints, or None if it fails."""
    done = subprocess.run(["sh", "-ec", command], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode == 0:
        return done.stdout
    print(f"{command}{done.stdout}{done.stderr}", end="")


def mistakes_of(document, folder):
    """Runs the blocks of a document; says what is not as it tells."""
    printed = None
    for mark, indent, block in BLOCK.findall((project / document).read_text()):
        kind, _, detail = mark.partition(": ")
        block = textwrap.dedent(block) if indent else block
        if kind == "file":
            (folder / detail).write_text(block)
        elif kind == "run" and detail and not has_module(detail):
            print(f"{document}: no {detail}, not run:\n{block}", end="")
            return
        elif kind in ("run", "dry run"):
            printed = run(block.replace("ninja ", "ninja -n ") if kind == "dry run" else block, folder)
            if printed is None:
                yield f"this fails:\n{block}"
                return
        elif kind == "output" and printed != block:
            yield f"prints\n{printed}instead of\n{block}"
        elif kind not in ("output", "not run"):
            yield f"a block without a mark:\n{block}"


def names_in(folder, pattern):
    files = sorted((project / folder).rglob("*.[ch]pp"))
    return {name for file in files for name in re.findall(pattern, file.read_text(), re.MULTILINE)}


def missing_rows():
    """What docs/from_pytorch.md has no row for."""
    names = names_in("lib/modules", r'^      {"(\w+)", ')
    names |= names_in("include/nn/losses", r"^class (\w+) : public Loss")
    names |= names_in("include/nn/train", r"^class (\w+) final : public")
    names |= names_in("include/nn/train", r"^Schedule (\w+)\(")
    names |= names_in("include/nn/data", r"^class (\w+) : public ExampleSource")
    rows = set(re.findall(r"^\| `(\w+)", (project / "docs/from_pytorch.md").read_text(), re.MULTILINE))
    return sorted(names - rows) if len(names) > 50 else ["any: the names were not found"]


def missing_folders():
    """What docs/architecture.md has no row for; a layer has one for its folders in include, lib and tests."""
    rows = re.findall(r"^\| (`.*?`) \|", (project / "docs/architecture.md").read_text(), re.MULTILINE)
    named = set(re.findall("`(.*?)`", " ".join(rows)))
    for pattern in ("apps/*", "docs/*", "include/nn/*", "lib/*", "lib/*/*", "tests/*"):
        for path in project.glob(pattern):
            name = str(path.relative_to(project))
            layer = re.sub("^(include/nn|lib|tests)/", "", name)
            if path.is_dir() and path.name != "__pycache__" and not {name, layer} & named:
                yield name


mistakes = [f"docs/from_pytorch.md: no row for {name}" for name in missing_rows()]
mistakes += [f"docs/architecture.md: no row for {name}" for name in missing_folders()]
for path in DOCUMENTS:
    with tempfile.TemporaryDirectory(prefix="nn docs ") as temporary:
        look_like_project(pathlib.Path(temporary))
        mistakes += [f"{path}: {mistake}" for mistake in mistakes_of(path, pathlib.Path(temporary))]
if mistakes:
    sys.exit("\n".join(mistakes))
print("the documents show what happens: " + ", ".join(DOCUMENTS))
