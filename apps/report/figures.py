"""What the report's figures are made of. The modules of its sections hold one function for each figure, F1 to F32: from an
experiment's CSV files to panels, caption and numbers."""

from dataclasses import dataclass

import numpy as np

import drawing
from drawing import TEST, TRAIN, panel
from results import BOUNDARY, DataError, HISTORY, POINTS, Missing
from twins import column

FIGURE_ONLY, NO_NUMBER, NOT_MEASURED = "figure\u00a0only", "no number", "not measured"


@dataclass
class Numbers:
    """A table of text; the first column names the row."""

    heads: list
    rows: list


@dataclass
class Drawn:
    caption: str
    panels: list
    numbers: Numbers = None


@dataclass(frozen=True)
class Entry:
    """A figure of the report: its number, title and experiment, and the function that draws it."""

    key: str
    title: str
    experiment: str
    draw: callable


FIGURES = {}


def figure(key, title, experiment):
    def register(draw):
        FIGURES[key] = Entry(key, title, experiment, draw)
        return draw
    return register


# --- What several figures share ------------------------------------------------------------------------------------


def numbers(e, settings, quantities):
    """A row for each setting, ours for each quantity ("metric/split"), and behind it the report's where it has one."""
    heads, rows = ["setting"], []
    found = [[value_or_none(e, f"{setting}/{quantity}") for quantity in quantities] for setting in settings]
    for setting, values in zip(settings, found):
        if not any(values):
            e.value(f"{setting}/{quantities[0]}")  # says what is missing
        rows.append([next(value.setting for value in values if value)])
    for i, quantity in enumerate(quantities):
        column = [values[i] for values in found]
        heads.append(next((f"{value.metric} ({value.split})" for value in column if value), quantity))
        for row, value in zip(rows, column):
            row.append(str(value) if value else NOT_MEASURED)
        if any(value and value.report is not None for value in column):
            heads.append("report")
            for row, value in zip(rows, column):
                row.append(f"{value.report:g}" if value and value.report is not None else NO_NUMBER)
    if "report" not in heads:
        heads.append("report")
        for row in rows:
            row.append(FIGURE_ONLY)
        if len(quantities) > 2 * len(settings):
            return turned(heads, rows)
    return Numbers(heads, rows)


def turned(heads, rows):
    """A row for each quantity: for many of them in few settings."""
    body = [list(row) for row in zip(heads[1:-1], *(row[1:-1] for row in rows))]
    return Numbers(["quantity", *(row[0] for row in rows), "report"], [[*row, FIGURE_ONLY] for row in body])


def value_or_none(e, key):
    try:
        return e.value(key)
    except Missing:
        return None


def history(e, curve, until=None):
    """Of a curve, "setting/metric/split": epochs, mean and deviation over the runs; the deviation of one run is 0."""
    by_epoch = {}
    for row in e.rows("history.csv", HISTORY, curve):
        if until is None or row["epoch"] <= until:
            by_epoch.setdefault(row["epoch"], []).append(row["value"])
    epochs = sorted(by_epoch)
    mean = np.array([np.mean(by_epoch[epoch]) for epoch in epochs])
    sd = np.array([np.std(by_epoch[epoch], ddof=1) if len(by_epoch[epoch]) > 1 else 0.0 for epoch in epochs])
    return np.array(epochs), mean, sd


def both_parts(e, curve, until=None):
    """curve: "setting/metric"."""
    return [("train", TRAIN, history(e, f"{curve}/train", until)), ("test", TEST, history(e, f"{curve}/test", until))]


def curve_panel(series, what, y_label, title="", x_label="epoch", log=False):
    ends = "; ".join(f"{label} ends at {mean[-1]:.3g}" for label, _, (_, mean, _) in series)
    alt = f"{what} over {series[0][2][0][-1]} {x_label}s: {ends}."
    return panel(lambda axes: drawing.curves(axes, series, x_label, y_label, log), title, alt)


def points_of(e, setting, splits):
    rows = [row for row in e.rows("points.csv", POINTS, setting) if row["split"] in splits]
    return column(rows, "x1", "x2"), column(rows, "label")[:, 0]


def grid_of(e, setting):
    """The boundary's grid: x1, x2 and output (x2, x1)."""
    values = column(e.rows("boundary.csv", BOUNDARY, setting), "x1", "x2", "output")
    x1, x2 = np.unique(values[:, 0]), np.unique(values[:, 1])
    if len(values) != len(x1) * len(x2):
        raise DataError(f"{e.path('boundary.csv')}: {setting}: {len(values)} rows are no full grid of "
                        f"{len(x1)} by {len(x2)}")
    order = np.lexsort((values[:, 0], values[:, 1]))
    return x1, x2, values[order, 2].reshape(len(x2), len(x1))


def points_panel(e, setting, title=""):
    x, y = points_of(e, setting, ("train", "test"))
    alt = f"{len(y)} points in the plane: {', '.join(f'{(y == c).sum()} of label {c:g}' for c in np.unique(y))}."

    def draw(axes):
        drawing.points(axes, x[:, 0], x[:, 1], y)
        drawing.legend_above(axes)
    return panel(draw, title, alt)


def boundary_data(e, setting, splits):
    """Of a boundary's drawing: its points, their labels, the grid's coordinates and outputs."""
    return *points_of(e, setting, splits), *grid_of(e, setting)


def boundary_panel(e, setting, splits, level, title=""):
    data = boundary_data(e, setting, splits)
    shares = ", ".join(f"{e.value(f'{setting}/accuracy/{split}').mean:.1%} of the {split} points" for split in splits)
    alt = f"Decision boundary with the {' and '.join(splits)} points; on the right side, mean over the runs: {shares}."
    return panel(lambda axes: drawing.boundary(axes, *data, level), title, alt)


# The same for each of several settings: (id, title).

def points_panels(e, settings):
    return [points_panel(e, setting, title) for setting, title in settings]


def boundary_panels(e, settings, splits):
    return [boundary_panel(e, setting, splits, 0.5, title) for setting, title in settings]


def loss_panels(e, settings, log=False):
    return [curve_panel(both_parts(e, f"{setting}/mse"), f"Mean squared error, {title},", "mean squared error", title,
                        log=log) for setting, title in settings]


def accuracy_panels(e, settings):
    return [curve_panel(both_parts(e, f"{setting}/accuracy"), f"Accuracy, {title},", "accuracy (share of points)", title)
            for setting, title in settings]


def table_of(e, settings, quantities):
    return numbers(e, [setting for setting, _ in settings], quantities)


BOTH, TEST_ONLY = ("train", "test"), ("test",)
ACCURACIES = ("accuracy/train", "accuracy/test")
ERRORS = ("mse/train", "mse/test")
