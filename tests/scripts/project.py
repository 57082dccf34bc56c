"""A copy of the project's commands in a folder of its own, with stand-ins for all that they call.

So the commands are tested without a compiler, a package manager or the network. CommandTest gives each test a copy.
A stand-in writes its arguments to calls/NAME. Empty files in the project's folder switch failures on (see STUBS).
"""

import gzip
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

REAL_ROOT = pathlib.Path(__file__).resolve().parents[2]
COPIED = ["apps/reproduce", "apps/common.sh", "datasets/fetch", "datasets/prepare.sh",
          "docs/report/results.py", "tests/check", "tests/scripts/count_cases.py"]
# What the commands may use of the system: nothing else is on their PATH.
TOOLS = ["bash", "cat", "chmod", "cp", "dirname", "env", "grep", "gzip", "head", "mkdir", "mktemp", "mv", "nproc",
         "readlink", "realpath", "rm", "sed", "sha256sum", "sleep", "tail", "true"]

STUBS = {
    "g++": "",
    "pkg-config": "",
    "sudo": '[[ $1 != -n ]] || shift\nexec "$@"\n',
    "apt-get": """record apt-get "$*"
[[ ! -e $ROOT/apt_fails ]] || { echo "E: no network"; exit 100; }
[[ $* != *install*g++* ]] || cp "$TOOLS/pkg-config" "$TOOLS/g++"
""",
    "ninja": """[[ ! -e $ROOT/ninja_fails ]] || { echo "x.cpp:1: error"; exit 1; }
""",
    "meson": """record meson "$*"
case $1 in
  --version) echo 1.0.1 ;;
  setup) mkdir -p "$2/apps" "$2/meson-logs"; : >"$2/build.ninja"; cp "$ROOT"/programs/* "$2/apps" ;;
  test)
    record NN_DATA "${NN_DATA:-}"
    [[ ! -e $ROOT/no_tests ]] || exit 0
    if [[ -e $ROOT/tests_fail ]]; then logs=bad; else logs=good; fi
    cp "$ROOT/logs/$logs"/* "$3/meson-logs"
    [[ $logs == good ]] ;;
esac
""",
    "curl": """address=${*: -1}
record curl "$address"
while [[ $1 != --output ]]; do shift; done
[[ ! -e $ROOT/first_address_fails || $address != https://hastie.su.domains/* ]] || exit 22
cat "$ROOT/web/${address##*/}" >"$2" 2>/dev/null || { echo "curl: (6) Could not resolve host: x" >&2; exit 6; }
""",
}

# Answers for the packages that the page needs; runs all else.
PYTHON = """case $1 in
  -c) [[ ! -e $ROOT/no_page_packages ]] ;;
  */docs/report/page.py) record page "$2"; [[ ! -e $ROOT/page_fails ]] || exit 1; : >"$2/report.html" ;;
  */bits.py | */sanitize.py | */coverage.py) record longer "${1##*/} $2"; [[ ! -e $ROOT/tests_fail ]] ;;
  *) exec "$TOOLS/real-python" "$@" ;;
esac
"""

# Each stand-in of an experiment gets --out first; log.txt receives what it prints.
SUMMARY = """data=%s
[[ $* != *--data* ]] || data=usps
printf 'id,setting,metric,split,data,runs,mean,sd,report\\na,,accuracy,test,%%s,1,0.9,0,0.8\\n' "$data" >"$2/summary.csv"
"""
PROGRAMS = {
    "fine": 'echo "$*"\nsleep 0.3\n' + SUMMARY % "synthetic",
    "usps_fine": 'echo "$*${NN_DATA:+ NN_DATA=$NN_DATA}"\n' + SUMMARY % "digits",
    "broken": 'echo "some noise" >&2\necho "broken: the step was too large" >&2\nexit 3\n',
    "silent": "",
    "slow": "echo $$\nexec sleep 60\n",
}

# What Meson writes: (program, result, exit status, its cases in JUnit, None where the program left no file).
GOOD = [
    ("libnn:core / good", "OK", 0, {"A": {"Ok": "", "Data": "<skipped/>"}, "Some/P": {"X/0": "", "X/1": ""}}),
    ("libnn / plain", "OK", 0, None),
    ("libnn / absent", "SKIP", 77, None),
]
BAD = GOOD + [
    ("libnn / crash", "FAIL", -6, None),
    ("libnn:core / fail", "FAIL", 1, {"B": {"Fail": "<failure/>"}}),
    ("libnn:core+x / late", "FAIL", 3, {"B": {"Late": ""}}),
    ("libnn / slow", "TIMEOUT", -15, None),
]


class Project:
    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "the project"
        self.tools = folder / "tools"
        self.web = self.root / "web"
        self.usps = {"zip.train": b"6 -1 1\n" * 500, "zip.test": b"9 -1 1\n" * 200}
        prefixes = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
        self.fashion = {f"{prefix}-ubyte": prefix.encode() * 9 for prefix in prefixes}
        self.sums = {}
        self.environment = {"PATH": str(self.tools), "HOME": str(folder), "TMPDIR": str(folder),
                            "PYTHON": "python3"}
        self._copy_commands()
        self._make_tools()
        self._make_logs("good", GOOD)
        self._make_logs("bad", BAD)
        for dataset, files in (("usps", self.usps), ("fashion-mnist", self.fashion)):
            for name, content in files.items():
                self.publish(f"{dataset}/{name}", content)
                self.publish(f"{dataset}/{name}.gz", self.packed(content))

    def run(self, command, *arguments, cwd=None, stdout=subprocess.PIPE, stderr=subprocess.PIPE, environment=None,
            preexec_fn=None):
        return subprocess.run([str(self.root / command), *arguments], cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout,
                              stderr=stderr, text=True, timeout=60, env={**self.environment, **(environment or {})},
                              preexec_fn=preexec_fn)

    def calls(self, name):
        """What the stand-in NAME was called with, a line a call."""
        file = self.root / "calls" / name
        return file.read_text().splitlines() if file.exists() else []

    @staticmethod
    def packed(content):
        return gzip.compress(content, mtime=0)

    def publish(self, name, content):
        """Makes CONTENT the right one for this name in SHA256SUMS."""
        self.sums[name] = hashlib.sha256(content).hexdigest()
        lines = (f"{value}  {key}\n" for key, value in self.sums.items())
        (self.root / "datasets/SHA256SUMS").write_text("".join(lines))

    def write_usps(self, folder, packed):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.usps.items():
            (folder / (name + ".gz" * packed)).write_bytes(self.packed(content) if packed else content)

    def remove_data(self):
        shutil.rmtree(self.root / "build/data", ignore_errors=True)

    def _copy_commands(self):
        for name in COPIED:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REAL_ROOT / name, self.root / name)
        (self.root / "calls").mkdir()
        self.web.mkdir()
        experiments = "".join(f"{name}\n" for name in PROGRAMS)
        (self.root / "apps/experiments.txt").write_text(experiments)

    def _make_tools(self):
        for folder, scripts in ((self.tools, STUBS), (self.root / "programs", PROGRAMS)):
            folder.mkdir()
            for name, body in scripts.items():
                self._write_script(folder / name, body)
        for name in TOOLS:
            (self.tools / name).symlink_to(shutil.which(name))
        (self.tools / "real-python").symlink_to(sys.executable)
        self._write_script(self.tools / "python3", PYTHON)

    def _write_script(self, path, body):
        head = f'#!{shutil.which("bash")}\nROOT="{self.root}" TOOLS="{self.tools}"\n'
        path.write_text(head + 'record() { printf "%s\\n" "$2" >>"$ROOT/calls/$1"; }\n' + body)
        path.chmod(0o755)

    def _make_logs(self, name, programs):
        folder = self.root / "logs" / name
        folder.mkdir(parents=True)
        lines, suites = [], []
        for program, result, status, cases in programs:
            lines.append(json.dumps({"name": program, "result": result, "returncode": status}) + "\n")
            for suite, tests in (cases or {}).items():
                suites.append(f'<testsuite name="libnn.{program}.{suite}">')
                suites += [f'<testcase name="{test}">{inside}</testcase>' for test, inside in tests.items()]
                suites.append("</testsuite>")
        (folder / "testlog.json").write_text("".join(lines))
        (folder / "testlog.junit.xml").write_text(f"<testsuites>{''.join(suites)}</testsuites>")


class CommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="nn scripts ")
        self.addCleanup(folder.cleanup)
        self.project = Project(pathlib.Path(folder.name))
        self.out = self.project.folder / "out"

    def run_command(self, command, *arguments, status=0, **options):
        result = self.project.run(command, *arguments, **options)
        self.assertEqual(result.returncode, status, f"{result.stdout}\n{result.stderr}")
        return result

    def reproduce(self, *arguments, status=0, **options):
        return self.run_command("apps/reproduce", "--out", str(self.out), *arguments, status=status, **options)

    def assert_one_error(self, result, text):
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertIn(text, result.stderr)
