"""scikit-learn on the same points that the experiments wrote."""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron

from results import LINE_POINTS, LINES, PLANES, POINTS

COEFFICIENT_TOLERANCE = 1e-5


def column(rows, *names):
    return np.array([[row[name] for name in names] for row in rows], dtype=float)


@dataclass(frozen=True)
class Line:
    slope: float
    intercept: float

    def distance(self, other):
        """The larger difference of the two coefficients."""
        return max(abs(self.slope - other.slope), abs(self.intercept - other.intercept))


def line_of(experiment, setting):
    row, = experiment.rows("lines.csv", LINES, setting)
    return Line(row["slope"], row["intercept"])


def sklearn_line(experiment):
    train = [row for row in experiment.rows("points.csv", LINE_POINTS) if row["split"] == "train"]
    model = LinearRegression().fit(column(train, "x"), column(train, "y")[:, 0])
    return Line(float(model.coef_[0]), float(model.intercept_))


@dataclass(frozen=True)
class Plane:
    """A linear classifier: the side of w . x + b = 0."""

    w: np.ndarray
    b: float

    def accuracy(self, x, y):
        return float(np.mean(np.sign(x @ self.w + self.b) == y))

    def angle(self, other):
        """Between the two boundaries, in degrees."""
        cross = self.w[0] * other.w[1] - self.w[1] * other.w[0]
        return abs(float(np.degrees(np.arctan2(cross, self.w @ other.w))))


def plane_of(experiment, setting):
    row, = experiment.rows("lines.csv", PLANES, setting)
    return Plane(np.array([row["w1"], row["w2"]]), row["b"])


def split_points(experiment, split):
    rows = [row for row in experiment.rows("points.csv", POINTS) if row["split"] == split]
    return column(rows, "x1", "x2"), column(rows, "label")[:, 0]


def sklearn_planes(experiment):
    """By name: least squares, which is what MSE leads to, and two classifiers with other aims."""
    x, y = split_points(experiment, "train")
    models = {"LinearRegression": LinearRegression(), "LogisticRegression": LogisticRegression(),
              "Perceptron": Perceptron(random_state=0)}
    planes = {}
    for name, model in models.items():
        model.fit(x, y)
        planes[name] = Plane(np.ravel(model.coef_), float(np.ravel(model.intercept_)[0]))
    return planes
