"""Reads what the experiments write: OUT/NAME/*.csv. Rows are found by their ids; other words are for people.

A damaged file is a DataError with file and line. What a run does not have (another setting, a file, an experiment) is
a Missing with the name of what is not there.
"""

import csv
import math
import os
from dataclasses import dataclass

TEXT, WHOLE, NUMBER, FINITE = "text", "whole number", "number", "finite number"

SUMMARY = {"id": TEXT, "setting": TEXT, "metric": TEXT, "split": TEXT, "data": TEXT, "runs": WHOLE, "mean": NUMBER,
           "sd": "spread", "report": "optional"}
HISTORY = {"id": TEXT, "run": WHOLE, "setting": TEXT, "epoch": WHOLE, "metric": TEXT, "split": TEXT, "value": NUMBER}
CONFIG = {"key": TEXT, "value": TEXT}
LINE_POINTS = {"x": FINITE, "y": FINITE, "split": TEXT}
POINTS = {"id": TEXT, "setting": TEXT, "x1": FINITE, "x2": FINITE, "label": FINITE, "split": TEXT}
BOUNDARY = {"id": TEXT, "setting": TEXT, "x1": FINITE, "x2": FINITE, "output": FINITE}
LINES = {"id": TEXT, "setting": TEXT, "slope": FINITE, "intercept": FINITE}
PLANES = {"id": TEXT, "setting": TEXT, "w1": FINITE, "w2": FINITE, "b": FINITE}
PIXELS = [f"p{j}" for j in range(256)]
IMAGES = {"id": TEXT, "setting": TEXT, "kind": TEXT, "example": WHOLE, "label": WHOLE, **dict.fromkeys(PIXELS, FINITE)}
EMBEDDING = {"id": TEXT, "setting": TEXT, "x": FINITE, "y": FINITE, "label": WHOLE, "cluster": WHOLE}

NOT_RECORDED = "not recorded"


class DataError(Exception):
    pass


class Missing(Exception):
    pass


def parse(text, kind):
    if kind == TEXT:
        return text
    if kind == WHOLE:
        return int(text)
    if kind == "optional":
        return float(text) if text else None
    if kind == "spread":
        return float(text or "nan")
    value = float(text)
    if kind == FINITE and not math.isfinite(value):
        raise ValueError(f"not a finite number: '{text}'")
    return value


def parse_row(fields, columns, place):
    if len(fields) != len(columns):
        raise DataError(f"{place}: expected {len(columns)} fields, got {len(fields)}")
    row = {}
    for text, (name, kind) in zip(fields, columns.items()):
        try:
            row[name] = parse(text, kind)
        except ValueError as error:
            raise DataError(f"{place}: {name}: {error}") from error
    return row


def read_table(path, columns):
    """The rows of a CSV file, each a dict. `columns` gives name and kind of each column, in the file's order."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            text = file.read()
        lines = csv.reader(text.splitlines(keepends=True), strict=True)
        header = next(lines, None)
        if header != list(columns):
            raise DataError(f"{path}: line 1: expected the header {shortened(columns)}")
        rows = [parse_row(fields, columns, f"{path}: line {lines.line_num}") for fields in lines if fields]
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: {error}") from error
    if not text.endswith("\n"):
        raise DataError(f"{path}: line {lines.line_num}: the file is cut off, its last line has no end")
    if not rows:
        raise DataError(f"{path}: holds no result")
    return rows


def shortened(columns):
    names = list(columns)
    return ",".join(names if len(names) < 20 else [*names[:6], "...", names[-1]])


# --- Numbers as text -----------------------------------------------------------------------------------------------


def decimals_for(mean, sd):
    """Decimals to show: two digits of the deviation, but at least four and at most eight digits of the mean."""
    magnitude = math.floor(math.log10(abs(mean))) + 1 if mean else 0
    magnitude = max(magnitude, -12)
    wanted = 1 - math.floor(math.log10(sd)) if math.isfinite(sd) and sd > 0 else 0
    return max(0, min(max(wanted, 4 - magnitude), 8 - magnitude))


def shown_mean(mean, sd):
    if not math.isfinite(mean):
        return str(mean)
    if mean and not 1e-4 <= abs(mean) < 1e7:
        return f"{mean:.3e}"
    return f"{mean:.{decimals_for(mean, sd)}f}"


def shown_result(mean, sd, runs):
    """The mean, and its deviation when several runs gave one."""
    text = shown_mean(mean, sd)
    if runs < 2 or not math.isfinite(sd):
        return text
    if "e" in text or not math.isfinite(mean):
        return f"{text} ± {sd:.1e}"
    return f"{text} ± {sd:.{decimals_for(mean, sd)}f}"


# --- One experiment ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """A row of summary.csv."""

    setting: str
    metric: str
    split: str
    mean: float
    sd: float
    runs: int
    report: float | None = None

    def __str__(self):
        return shown_result(self.mean, self.sd, self.runs)


class Experiment:
    def __init__(self, folder, name):
        self.name = name
        self.folder = os.path.join(folder, name)
        self.summary = read_table(self.path("summary.csv"), SUMMARY)
        self.config, self.notes = self._read_config("config.csv")
        self.run = self._read_config("run.csv")[0] if os.path.exists(self.path("run.csv")) else {}
        self._tables = {}

    def path(self, file):
        return os.path.join(self.folder, file)

    def _read_config(self, file):
        rows = read_table(self.path(file), CONFIG)
        notes = [row["value"] for row in rows if row["key"] == "note"]
        return {row["key"]: row["value"] for row in rows if row["key"] != "note"}, notes

    def rows(self, file, columns, key=None):
        """The rows of a file with this id, or all of them; the file is read once."""
        if file not in self._tables:
            if not os.path.exists(self.path(file)):
                raise Missing(f"{self.name} has no file {file}")
            self._tables[file] = read_table(self.path(file), columns)
        rows = self._tables[file]
        if key is not None:
            rows = [row for row in rows if row["id"] == key]
            if not rows:
                raise self._missing(f"{key} in {file}")
        return rows

    def value(self, key):
        """The row of summary.csv with this id: "setting/metric/split"."""
        for row in self.summary:
            if row["id"] == key:
                return Value(row["setting"], row["metric"], row["split"], row["mean"], row["sd"], row["runs"],
                             row["report"])
        raise self._missing(f"result {key}")

    def _missing(self, what):
        return Missing(f"{self.name} ran its short version" if self.quick else f"{self.name} has no {what}")

    def first_of(self, *settings):
        """The first of the settings that has results."""
        measured = {row["id"].split("/")[0] for row in self.summary}
        return next((setting for setting in settings if setting in measured), settings[0])

    def flag(self, name):
        return self.config.get(f"flag_{name}", NOT_RECORDED)

    @property
    def quick(self):
        return self.flag("quick") == "yes"

    @property
    def data(self):
        return self.config.get("data_set", NOT_RECORDED)

    @property
    def stands_in(self):
        """Whether an experiment on USPS ran on other images."""
        return self.name.startswith("usps_") and any(row["data"] != "usps" for row in self.summary)

    @property
    def seconds(self):
        text = self.config.get("seconds", "")
        try:
            return float(text)
        except ValueError as error:
            raise DataError(f"{self.path('config.csv')}: seconds: {error}") from error

    @property
    def seeds(self):
        """ "seeds 0 to 9"."""
        runs = max(row["runs"] for row in self.summary)
        first = self.flag("seed")
        if not first.isdigit():
            return f"{runs} runs"
        return f"seed {first}" if runs == 1 else f"seeds {first} to {int(first) + runs - 1}"


def load(folder, names):
    """The experiments, by name, that have results in the folder."""
    return {name: Experiment(folder, name) for name in names
            if os.path.exists(os.path.join(folder, name, "summary.csv"))}


# --- What a run was ------------------------------------------------------------------------------------------------

HEADS = ("experiment", "data set", "runs", "seconds", "date", "machine", "ISA", "threads", "compiler", "version")


def facts(experiment):
    config, run = experiment.config, experiment.run
    length = "quick, " if experiment.quick else ""
    return (experiment.name, experiment.data, f"{length}{experiment.seeds}", f"{experiment.seconds:.3g}",
            run.get("date", NOT_RECORDED), run.get("machine", NOT_RECORDED), config.get("isa", NOT_RECORDED),
            config.get("library_threads", NOT_RECORDED), config.get("compiler", NOT_RECORDED),
            config.get("version", NOT_RECORDED))


def commands(run):
    return sorted({e.run["command"] for e in run.values() if "command" in e.run})


def run_line(run):
    """The run in a sentence; what differs between experiments is named with all its values."""
    def values(head):
        column = HEADS.index(head)
        return ", ".join(sorted({facts(e)[column] for e in run.values()}))
    dates = sorted({facts(e)[HEADS.index("date")] for e in run.values()})
    date = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    total = sum(e.seconds for e in run.values())
    return (f"{len(run)} experiments in {total:.0f} seconds; date {date}; machine {values('machine')}; instruction "
            f"set {values('ISA')}; threads {values('threads')}; compiler {values('compiler')}; libnn {values('version')}; "
            f"data {values('data set')}.")
