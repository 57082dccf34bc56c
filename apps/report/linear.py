"""The report's figures, section 2: linear models."""

import numpy as np

import drawing
from drawing import BLUE, GREEN, ORANGE, PINK, VERMILION, panel
from figures import (ACCURACIES, BOTH, Drawn, ERRORS, FIGURE_ONLY, Numbers, both_parts, boundary_panel, curve_panel,
                     figure, numbers, points_of, points_panel)
from results import LINE_POINTS
from twins import column, line_of, plane_of, sklearn_line, sklearn_planes, split_points

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
