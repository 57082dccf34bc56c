"""What the tests of the page share: a Python that has what the page needs, a quick run, the page read back."""

import contextlib
import csv
import html.parser
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from importlib.util import find_spec

PROJECT = pathlib.Path(__file__).resolve().parents[2]
CODE = PROJECT / "apps" / "report"
NEEDED = ("matplotlib", "sklearn")
DEBIAN_PYTHON = "/usr/bin/python3"
SKIPPED = 77  # Meson's exit status for a skipped test


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def require_modules():
    """Goes on in Debian's Python where this one lacks what the page needs; skips where that lacks it too."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing and sys.executable != DEBIAN_PYTHON and os.path.exists(DEBIAN_PYTHON):
        os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])
    if missing:
        skip(f"Python has no {' and no '.join(missing)}")
    sys.path.insert(0, str(CODE))


def write_page(*arguments):
    """Exit status and messages of the page's command."""
    import page
    messages = io.StringIO()
    with contextlib.redirect_stderr(messages):
        status = page.main([str(argument) for argument in arguments])
    return status, messages.getvalue()


def quick_run(programs, names, folder):
    """Results of each experiment's short version, on the embedded digits."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("NN_")}
    for name in names:
        subprocess.run([pathlib.Path(programs) / name, "--quick", "--out", folder / name], check=True, env=env,
                       stdout=subprocess.DEVNULL)


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class PageCase(unittest.TestCase):
    """One quick run and its page, shared by the tests of a class."""

    programs, names = None, []

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.temporary.name)
        quick_run(cls.programs, cls.names, cls.out)
        status, messages = write_page(cls.out)
        if status != 0:
            raise AssertionError(messages)
        cls.file = cls.out / "report.html"

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()


class Reader(html.parser.HTMLParser):
    """What the tests ask of a page: its parts by key, cells, links, ids, drawings, and all its text."""

    def __init__(self, text):
        super().__init__()
        self.keys, self.cells, self.links, self.ids, self.drawings, self.loads = [], [], [], [], [], []
        self.text, self.missing, self._open = "", set(), []
        self._cell = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "data-key" in attributes:
            self.keys.append(attributes["data-key"])
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "svg":
            self.drawings.append(attributes)
        if tag == "p" and attributes.get("class") == "missing":
            self.missing.add(self.keys[-1])
        if tag in ("td", "th"):
            self._cell = ""
        for name in ("src", "href", "xlink:href"):
            if name in attributes and tag != "a":
                self.loads.append(attributes[name])

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cells.append(self._cell)
            self._cell = None

    def handle_data(self, data):
        self.text += data
        if self._cell is not None:
            self._cell += data
