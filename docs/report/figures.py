"""The report's figures F1 to F32, one function each: from an experiment's CSV files to panels, caption and numbers."""

from dataclasses import dataclass, replace

import numpy as np

import drawing
from drawing import BLUE, GREEN, ORANGE, PINK, TEST, TRAIN, VERMILION, panel
from results import BOUNDARY, DataError, EMBEDDING, HISTORY, IMAGES, LINE_POINTS, PIXELS, POINTS, Missing
from twins import column, line_of, plane_of, sklearn_line, sklearn_planes, split_points

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

# --- 2.1 Linear regression -----------------------------------------------------------------------------------------


def line_points(e, split):
    rows = column([row for row in e.rows("points.csv", LINE_POINTS) if row["split"] == split], "x", "y")
    return rows[:, 0], rows[:, 1]


def draw_line_data(axes, e):
    for split, colour, marker in (("train", BLUE, "o"), ("test", VERMILION, "^")):
        axes.scatter(*line_points(e, split), s=14, color=colour, marker=marker, linewidth=0, label=split)
    axes.set(xlabel="x", ylabel="y")


def draw_lines(axes, e, lines):
    draw_line_data(axes, e)
    x = np.array([0.0, 2.0])
    for name, line, colour, style in lines:
        axes.plot(x, line.slope * x + line.intercept, style, color=colour, label=name, linewidth=1.8)
    drawing.legend_above(axes)


@figure("F1", "The data", "linear_regression")
def line_data(e):
    def draw(axes):
        draw_line_data(axes, e)
        drawing.legend_above(axes)
    n_train, n_test = len(line_points(e, "train")[0]), len(line_points(e, "test")[0])
    alt = f"{n_train} training and {n_test} test points scattered about a rising line."
    return Drawn(f"y = 8 x + 2 + N(0, 1) noise, x uniform in [0, 2]; {e.flag('samples')} points from NumPy's seed "
                 f"{e.flag('data-seed')}, split 80/20 with seed {e.flag('split-seed')}.", [panel(draw, "", alt)])


@figure("F2", "Loss over the epochs", "linear_regression")
def line_loss(e):
    series = both_parts(e, "descent/mse")
    return Drawn(f"Linear(1, 1) under MSE, all training points in a batch, step {float(e.config['step_used']):.3g} "
                 f"(the best by the Hessian), {e.flag('epochs')} epochs; mean and one standard deviation over "
                 f"{e.seeds} of the weights. The scale is logarithmic.",
                 [curve_panel(series, "Mean squared error", "mean squared error", log=True)],
                 numbers(e, ["descent"], (*ERRORS, "epochs/train")))


@figure("F3", "The fitted line", "linear_regression")
def fitted_line(e):
    line = line_of(e, "descent")
    alt = f"The points and the line y = {line.slope:.3f} x + {line.intercept:.3f} through them."
    drawn = panel(lambda axes: draw_lines(axes, e, [("gradient descent", line, GREEN, "-")]), "", alt)
    return Drawn(f"The line with the lowest training loss of {e.flag('epochs')} epochs; drawn: the first of {e.seeds}.",
                 [drawn], numbers(e, ["descent"], ("slope/train", "intercept/train")))


@figure("F4", "The same with scikit-learn", "linear_regression")
def sklearn_fitted_line(e):
    ours, theirs = line_of(e, "descent"), sklearn_line(e)
    gap = ours.distance(theirs)
    alt = f"Our line and scikit-learn's lie on each other: their coefficients differ by {gap:.1e} at most."
    lines = [("gradient descent", ours, GREEN, "-"), ("LinearRegression", theirs, ORANGE, "--")]
    rows = []
    for quantity in ("slope", "intercept"):
        own, other = getattr(ours, quantity), getattr(theirs, quantity)
        rows.append((quantity, f"{own:.6f}", f"{other:.6f}", f"{abs(own - other):.1e}", FIGURE_ONLY))
    return Drawn("scikit-learn's LinearRegression on the same training points, drawn over the line of figure 3.",
                 [panel(lambda axes: draw_lines(axes, e, lines), "", alt)],
                 Numbers(["coefficient", "ours", "scikit-learn", "difference", "report"], rows))


# --- 2.2 Linear classification -------------------------------------------------------------------------------------


def clusters_text(e):
    return (f"Two Gaussian clusters about (1, 1) and (-1, -1), variance {e.flag('sigma')}, {e.flag('samples')} points, "
            f"split 80/20")


@figure("F5", "The data", "linear_classification")
def cluster_data(e):
    return Drawn(f"{clusters_text(e)}; labels -1 and 1. Drawn: the first of {e.seeds}.", [points_panel(e, "mse")])


@figure("F6", "Loss over the epochs", "linear_classification")
def cluster_loss(e):
    return Drawn(f"Linear(2, 1) under MSE, all training points in a batch, step {e.flag('step')} under the batch mean, "
                 f"{e.flag('epochs')} epochs; mean and one standard deviation over {e.seeds}.",
                 [curve_panel(both_parts(e, "mse/mse"), "Mean squared error", "mean squared error", log=True)],
                 numbers(e, ["mse"], ERRORS))


@figure("F7", "Its decision boundary", "linear_classification")
def cluster_boundary(e):
    return Drawn(f"Where the trained model's output is 0, with all points; drawn: the first of {e.seeds}.",
                 [boundary_panel(e, "mse", BOTH, 0)], numbers(e, ["mse"], ACCURACIES))


@figure("F8", "scikit-learn's linear classifiers", "linear_classification")
def sklearn_boundaries(e):
    ours = plane_of(e, "mse")
    others = sklearn_planes(e)
    x, y = points_of(e, "mse", BOTH)
    test_x, test_y = split_points(e, "test")

    def draw(axes):
        drawing.points(axes, x[:, 0], x[:, 1], y)
        styles = [(GREEN, "-"), (ORANGE, "--"), (PINK, "-."), ("#888888", ":")]
        t = np.array([-2.2, 2.2])
        for (name, plane), (colour, style) in zip([("ours, MSE", ours), *others.items()], styles):
            axes.plot(t, -(plane.w[0] * t + plane.b) / plane.w[1], style, color=colour, label=name, linewidth=1.8)
        axes.set(xlim=(-2.2, 2.2), ylim=(-2.2, 2.2))
        drawing.legend_above(axes, columns=2)

    rows = [("ours, MSE", f"{ours.accuracy(test_x, test_y):.4f}", "0", FIGURE_ONLY)]
    rows += [(name, f"{plane.accuracy(test_x, test_y):.4f}", f"{ours.angle(plane):.3f}", FIGURE_ONLY)
             for name, plane in others.items()]
    alt = "Boundaries through the gap between the clusters. Angle to ours: " + ", ".join(
        f"{name} {ours.angle(plane):.2f} degrees" for name, plane in others.items()) + "."
    return Drawn("scikit-learn on the same training points. LinearRegression on the labels is the right twin, for it "
                 "minimises the same error; LogisticRegression and Perceptron have other aims and draw other lines.",
                 [panel(draw, "", alt, size=(4.4, 4.0))],
                 Numbers(["classifier", "test accuracy", "angle to ours in degrees", "report"], rows))


# --- 3.1 Non-linear model, separable data --------------------------------------------------------------------------

READINGS = (("sum", "gradient summed over the batch"), ("batch_mean", "averaged over the batch"))


@figure("F9", "Decision boundary", "separable_mlp")
def separable_boundary(e):
    return Drawn(f"Linear(2, 3) TanH Linear(3, 1) Sigmoid under MSE, step {e.flag('step')}, {e.flag('epochs')} epochs. "
                 f"{clusters_text(e)}. The report does not say whether its step is for the sum or the mean over the "
                 f"batch; the mean makes it 800 times smaller. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, READINGS, BOTH), table_of(e, READINGS, ACCURACIES))


@figure("F10", "Loss over the epochs", "separable_mlp")
def separable_loss(e):
    return Drawn(f"Settings as in figure 9; mean and one standard deviation over {e.seeds}.",
                 loss_panels(e, READINGS, log=True), table_of(e, READINGS, ERRORS))


# --- 3.2 Four clouds -----------------------------------------------------------------------------------------------

CLOUDS = (("apart", "variance 0.1"), ("overlapping", "variance 0.5, overlapping"))


@figure("F11", "The data", "four_clouds")
def clouds_data(e):
    return Drawn(f"Four Gaussian clouds, labels as in an exclusive or, {e.flag('samples')} points, split 80/20. The "
                 f"report does not state the variance: both usual ones are run. Drawn: the first of {e.seeds}.",
                 points_panels(e, CLOUDS))


@figure("F12", "Loss over the epochs", "four_clouds")
def clouds_loss(e):
    return Drawn(f"Linear(2, 50) TanH Linear(50, 1) Sigmoid under MSE, step {e.flag('step')} under the sum over all "
                 f"training points, {e.flag('epochs')} epochs; mean and one standard deviation over {e.seeds}.",
                 loss_panels(e, CLOUDS), table_of(e, CLOUDS, ERRORS))


@figure("F13", "Boundary, all data", "four_clouds")
def clouds_boundary(e):
    return Drawn(f"Settings as in figure 12. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, CLOUDS, BOTH), table_of(e, CLOUDS, ["accuracy/train"]))


@figure("F14", "Boundary, test data", "four_clouds")
def clouds_test_boundary(e):
    return Drawn(f"The same boundaries with the test points alone. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, CLOUDS, TEST_ONLY), table_of(e, CLOUDS, ["accuracy/test"]))


@figure("F15", "Accuracy over the epochs", "four_clouds")
def clouds_accuracy(e):
    return Drawn(f"Settings as in figure 12; mean and one standard deviation over {e.seeds}. The report sees a plateau, "
                 "and a slight fall past 600 epochs.", accuracy_panels(e, CLOUDS), table_of(e, CLOUDS, ACCURACIES))


# --- 4 Checkerboard ------------------------------------------------------------------------------------------------

BOARDS = (("4x4-uniform", "4x4 cells, start U(-1, 1)"), ("4x4-torch", "4x4 cells, PyTorch's start"),
          ("8x8-uniform", "8x8 cells, start U(-1, 1)"), ("8x8-torch", "8x8 cells, PyTorch's start"))


@figure("F16", "The data", "checkerboard")
def board_data(e):
    return Drawn(f"Points on a checkerboard, {e.flag('samples')} of them, split 80/20 with seed 42; labels are set before "
                 f"a jitter N(0, {e.flag('epsilon')}), so that even the true rule errs. The report does not state the "
                 f"board: 4x4 cells fit its numbers, 8x8 is the course's. Drawn: the first of {e.seeds}.",
                 [points_panel(e, "4x4-uniform", "4x4 cells"), points_panel(e, "8x8-uniform", "8x8 cells")],
                 numbers(e, ["4x4-uniform", "8x8-uniform"], ["true-rule/test"]))


@figure("F17", "Loss and accuracy over the epochs", "checkerboard")
def board_loss(e):
    pairs = zip(loss_panels(e, BOARDS), accuracy_panels(e, BOARDS))
    panels = [replace(drawn, title=f"{drawn.title}: {what}") for pair in pairs for drawn, what in zip(pair, ("loss", "accuracy"))]
    return Drawn(f"Linear(2, 50) TanH Linear(50, 20) TanH Linear(20, 1) Sigmoid under MSE, batches of 100, step "
                 f"{e.flag('step')} under the sum; mean and one standard deviation over {e.seeds}. Of the report's 10 000 "
                 "\"epochs\" the settings read some as batches (8 to an epoch), some as epochs: the axis tells.", panels,
                 table_of(e, BOARDS, ERRORS))


@figure("F18", "Boundary, all data", "checkerboard")
def board_boundary(e):
    return Drawn(f"Settings as in figure 17. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, BOARDS, BOTH), table_of(e, BOARDS, ["accuracy/train"]))


@figure("F19", "Boundary, test data", "checkerboard")
def board_test_boundary(e):
    return Drawn(f"The same boundaries with the test points alone. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, BOARDS, TEST_ONLY), table_of(e, BOARDS, ["accuracy/test"]))


# --- 5 USPS --------------------------------------------------------------------------------------------------------

STARTS = (("torch", "PyTorch's start"), ("uniform", "start U(-0.5, 0.5)"))
STEPS = ("1e-1", "1e-2", "1e-3", "1e-4", "1e-6")


@figure("F20", "Mean loss for each step", "usps_multiclass")
def loss_by_step(e):
    panels = []
    for start, title in STARTS:
        series = [(f"step {step}", (colour, style), history(e, f"CE-tanh-{step}-{start}/loss/train"))
                  for step, colour, style in zip(STEPS, drawing.SERIES, ("-", "--", "-.", ":", "-"))]
        panels.append(curve_panel(series, f"Cross-entropy, {title},", "training cross-entropy (nats)", title,
                                  "iteration", log=True))
    return Drawn(f"Training loss, mean over each 20 iterations, then mean and one standard deviation over {e.seeds}; "
                 f"cross-entropy, tanh, batches of {e.flag('batch-size')}, {e.flag('iterations')} iterations, the step "
                 "under the sum over the batch. The accuracies are in table 3.", panels)


# --- 6.1 Auto-encoders ---------------------------------------------------------------------------------------------


def ten_images(e, setting):
    """One image of each digit, in the order of the digits."""
    first = {}
    for row in e.rows("images.csv", IMAGES, setting):
        first.setdefault(row["label"], row)
    return sorted(first), column([first[label] for label in sorted(first)], *PIXELS)


def image_panel(labels, rows, title, alt):
    return panel(lambda axes: drawing.images(axes, rows, labels), title, alt, size=(5.6, 0.4 + 0.4 * len(rows)))


def reconstruction_panel(e, settings, title):
    """settings: (id, short name), below the original images."""
    labels, original = ten_images(e, "original")
    rows = [("original", original), *((name, ten_images(e, setting)[1]) for setting, name in settings)]
    said = ", ".join(f"{name}: {e.value(f'{setting}/psnr/test').mean:.1f} dB" for setting, name in settings)
    return image_panel(labels, rows, title, "Ten test digits above what is made of them. Mean peak signal-to-noise ratio on "
                       f"the test part: {said}.")


QUALITY = ("bce/train", "bce/test", "mse/test", "psnr/test")
IMAGES_NOTE = "The same test images throughout, one of each digit; one grey scale from 0, black, to 1, white."


def coder_figure(e, net, size, text):
    adam = e.first_of(f"{net}-adam-200", f"{net}-adam-short")
    drawn = reconstruction_panel(e, [(adam, "auto-encoder"), (f"pca-{size}", f"PCA {size}")], "")
    return Drawn(f"{text} {e.value(f'{adam}/psnr/test').setting}, under binary cross-entropy; PCA with as many numbers "
                 f"per image beside it; mean and deviation over {e.seeds}, drawn: the first. {IMAGES_NOTE}",
                 [drawn], numbers(e, [adam, f"pca-{size}", "perfect"], QUALITY))


@figure("F21", "Original and reconstruction: 256-128-64", "usps_autoencoder")
def wide_coder(e):
    return coder_figure(e, "wide", 64, "A code not much reduced.")


@figure("F22", "Original and reconstruction: 256-100-10", "usps_autoencoder")
def small_coder(e):
    return coder_figure(e, "small", 10, "A code of ten numbers.")


NETS = {"wide": "256-128-64", "small": "256-100-10", "deep": "256-128-64-32", "narrow": "256-128-15-10",
        "tiny": "256-15-10"}
TWO_NETS = ("wide", "small")


def compared(e, panels, caption):
    """panels: by title, the (setting, short name) in it."""
    settings = [setting for rows in panels.values() for setting, _ in rows]
    return Drawn(f"{caption} Mean and deviation over {e.seeds}, drawn: the first. {IMAGES_NOTE}",
                 [reconstruction_panel(e, rows, title) for title, rows in panels.items()],
                 numbers(e, settings, QUALITY))


@figure("F23", "Three layers, and very small ones", "usps_autoencoder")
def deep_and_narrow_coders(e):
    nets = ("deep", "narrow", "tiny")
    return compared(e, {
        "SGD, step 0.03, batches of 10, 100 epochs":
            [(f"{net}-sgd-0.03-10-100", NETS[net]) for net in nets],
        "Adam, batches of 50, 100 epochs": [(f"{net}-adam-100", NETS[net]) for net in nets],
    }, "Three encoder layers that halve, and layers of 15 and 10 units. The report does not state its step: its finding "
       "appears at a step that is too high (first), less so under Adam (second).")


@figure("F24", "Batches of 10 against 50", "usps_autoencoder")
def batch_sizes(e):
    return compared(e, {
        f"SGD, step {step}, 100 epochs": [(f"{net}-sgd-{step}-{batch}-100", f"{NETS[net]}, batch {batch}")
                                          for net in TWO_NETS for batch in (10, 50)]
        for step in ("0.03", "0.01")
    }, "The report finds 50 better. The answer depends on the step, which the report does not state.")


@figure("F25", "100 epochs against 200", "usps_autoencoder")
def epoch_counts(e):
    return compared(e, {
        f"SGD, step {step}, batches of 10": [(f"{net}-sgd-{step}-10-{epochs}", f"{NETS[net]}, {epochs} epochs")
                                             for net in nets for epochs in (100, 200)]
        for step, nets in (("0.03", (*TWO_NETS, "deep")), ("0.01", TWO_NETS))
    }, "The report finds 200 epochs worse. Train and test errors stand side by side below: where both rise, it is the "
       "step and not over-fitting.")


# --- 6.2 Clusters and t-SNE ----------------------------------------------------------------------------------------

MAP_NUMBERS = ("neighbours/test", "trust/test", "kl/test", "rand/test", "nmi/test", "purity/test")


def map_panels(e, setting, title):
    values = column(e.rows("embedding.csv", EMBEDDING, setting), "x", "y", "label", "cluster")
    near = e.value(f"{setting}/neighbours/test").mean
    rand = e.value(f"{setting}/rand/test").mean
    panels = []
    for i, what, names, alt in (
            (2, "class", [str(k) for k in range(10)], f"{near:.1%} of the points have the class of most of their five "
             "nearest neighbours on the map."),
            (3, "k-means cluster", list("abcdefghij"), f"The clusters agree with the classes by an adjusted Rand index "
             f"of {rand:.2f}.")):
        panels.append(panel(lambda axes, i=i, names=names: drawing.classes(
            axes, values[:, 0], values[:, 1], values[:, i], names), f"{title}, by {what}",
            f"Map of {len(values)} test images, {title}, coloured by {what}. {alt}", size=(4.6, 4.4)))
    return panels


def map_figure(e, settings, text, extra=()):
    return Drawn(f"{text} {e.flag('iterations')} iterations of t-SNE, perplexity 30; k-means with ten clusters, the best "
                 f"of ten starts; auto-encoders trained {e.flag('epochs')} epochs by Adam; mean and deviation over "
                 f"{e.seeds}, drawn: the first. A low KL is not better: collapsed inputs are easy to meet.",
                 [drawn for setting, title in settings for drawn in map_panels(e, setting, title)],
                 table_of(e, settings, (*MAP_NUMBERS, *extra)))


@figure("F26", "t-SNE of the original images", "usps_latent_space")
def original_map(e):
    return map_figure(e, [("original", "original images")], "The test images as they are.",
                      ["classifier/test"])


@figure("F27", "t-SNE of the reconstructions", "usps_latent_space")
def reconstruction_map(e):
    return map_figure(e, [(f"{net}-reconstruction", f"reconstructions by {NETS[net]}") for net in TWO_NETS],
                      "What the auto-encoders make of the test images.")


@figure("F28", "t-SNE of the codes", "usps_latent_space")
def code_map(e):
    return map_figure(e, [(f"{net}-code", f"codes of {NETS[net]}") for net in TWO_NETS],
                      "The codes of the test images. The last two numbers: how well a network with one hidden "
                      "layer classifies from the code, and how much of the code is saturated.",
                      ["classifier/test", "saturated/test"])


# --- 6.3 Denoising -------------------------------------------------------------------------------------------------

DENOISED = ("mse/test", "psnr/test", "recognised/test")


def denoising_panel(e, level, kinds):
    """kinds: (kind, short name), below the clean and the noisy images."""
    labels, clean = ten_images(e, f"{level}-clean")
    shown = [("noisy", "noisy"), *kinds]
    rows = [("clean", clean), *((name, ten_images(e, f"{level}-{kind}")[1]) for kind, name in shown)]
    said = ", ".join(f"{name} {e.value(f'{level}-{kind}/recognised/test').mean:.1%}" for kind, name in shown)
    return image_panel(labels, rows, f"noise {level}",
                       f"Ten digits clean, under noise {level}, and denoised. Recognised by a classifier: {said}.")


def denoising_figure(e, kind, text, extra=()):
    panels = [denoising_panel(e, "0.5", [(kind, "denoised")]), denoising_panel(e, "0.8", [(kind, "denoised"), *extra])]
    settings = [f"{level}-{which}" for level in ("0.1", "0.2", "0.3", "0.5", "0.8") for which in ("noisy", kind)]
    settings += [f"0.8-{which}" for which, _ in extra]
    return Drawn(f"{text} 256-128-64, noise clip(x + level N(0, 1), 0, 1), {e.flag('epochs')} epochs of Adam; the "
                 f"classifier was trained on clean images; mean and deviation over {e.seeds}, drawn: the first. "
                 f"{IMAGES_NOTE}", panels, numbers(e, settings, DENOISED))


@figure("F29", "Denoising by an auto-encoder trained on clean images", "usps_denoising")
def clean_denoiser(e):
    return denoising_figure(e, "clean-trained", "Trained on clean images, asked to clean noisy ones.")


@figure("F30", "Denoising by an auto-encoder trained on noisy images", "usps_denoising")
def noisy_denoiser(e):
    return denoising_figure(e, "noisy-trained", "Trained to give the clean image for a noisy one.",
                            [("noisy-trained-long", "3 x as long")])


# --- 7 Conv1D ------------------------------------------------------------------------------------------------------

CONV = (("torch-0.01", "PyTorch's start, step 0.01"),
        ("torch-0.001", "PyTorch's start, step 0.001"),
        ("uniform-0.01", "start U(-1, 1), step 0.01"),
        ("normal-0.001", "start N(0, 0.1), step 0.001"))


def conv_figure(e, epochs):
    panels, settings, missing = [], [], []
    for setting, title in CONV:
        try:
            series = both_parts(e, f"{setting}/loss", epochs)
            panels.append(curve_panel(series, f"Cross-entropy, {title},", "cross-entropy (nats)", title, log=True))
            shown = series[0][2][0][-1]
            settings.append(e.first_of(f"{setting}-{epochs}", f"{setting}-short"))
        except Missing as absent:
            missing.append(str(absent))
    if not panels:
        raise Missing(missing[0])
    note = f" Not in this run: {'; '.join(dict.fromkeys(missing))}." if missing else ""
    return Drawn("Conv1D(3, 1, 32) MaxPool1D(2, 2) Flatten Linear(4064, 100) ReLU Linear(100, 10) under cross-entropy, 200 "
                 f"training images in batches of 20, plain gradient descent under the mean, {shown} epochs (report: "
                 f"{epochs}); the report states neither step nor start. The test loss is measured every ten epochs. Mean and one "
                 f"standard deviation over {e.seeds}.{note}", panels, numbers(e, settings, ACCURACIES))


@figure("F31", "Loss over 100 epochs", "usps_conv1d")
def conv_100(e):
    return conv_figure(e, 100)


@figure("F32", "Loss over 250 epochs", "usps_conv1d")
def conv_250(e):
    return conv_figure(e, 250)
