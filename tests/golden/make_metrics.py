#!/usr/bin/python3
"""Writes metrics.txt, scikit-learn's measures of made-up outputs, beside this script.

golden.py describes the format. Needs Debian's python3-sklearn besides.
"""
import numpy as np
import sklearn
from sklearn import metrics

from golden import Writer, wave


def classes(out, name, y, scores):
    """(n, classes) probabilities; equal ones now and then."""
    taken, labels = scores.argmax(1), range(scores.shape[1])
    out.case(name)
    out.tensor("y", y)
    out.tensor("scores", scores)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        y, taken, labels=labels, zero_division=0)
    for key, value in (("precision", precision), ("recall", recall), ("f1", f1), ("support", support)):
        out.tensor(key, value)
    averages = [metrics.f1_score(y, taken, labels=labels, average=average, zero_division=0)
                for average in ("macro", "weighted")]
    out.tensor("averages", averages)
    out.tensor("top", [metrics.top_k_accuracy_score(y, scores, k=k, labels=labels) for k in (1, 2, 3)])
    out.tensor("log_loss", [metrics.log_loss(y, scores, labels=labels)])
    if set(y) == set(labels):
        out.tensor("area", [metrics.roc_auc_score(y, scores, multi_class="ovr", labels=labels)])


def main():
    out = Writer("metrics.txt", f"scikit-learn {sklearn.__version__}.")
    rows = np.arange(60)
    scores = np.exp(2 * wave(60, 4).numpy())
    scores[rows, rows % 4] *= 1 + rows % 3
    scores /= scores.sum(1, keepdims=True)
    classes(out, "four_classes", rows * 7 % 11 % 4, scores)
    classes(out, "absent_class", rows % 3, scores)
    out.case("two_classes")
    p = np.round(0.5 + 0.45 * wave(60, phase=1).numpy(), 1)  # many are equal
    y = (p + 0.4 * wave(60, phase=2).numpy() > 0.5).astype(float)
    out.tensor("y", y)
    out.tensor("p", p)
    out.tensor("area", [metrics.roc_auc_score(y, p)])
    out.tensor("log_loss", [metrics.log_loss(y, p)])
    out.case("numbers")
    y, yhat = wave(30, 3).numpy(), wave(30, 3).numpy() + 0.3 * wave(30, 3, phase=1).numpy()
    y[:, 2] = 0.5
    out.tensor("y", y)
    out.tensor("yhat", yhat)
    out.tensor("r2", [metrics.r2_score(y, yhat), metrics.r2_score(y[:, 0], yhat[:, 0])])
    out.tensor("mae", [metrics.mean_absolute_error(y, yhat)])


if __name__ == "__main__":
    main()
