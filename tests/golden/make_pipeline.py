#!/usr/bin/python3
"""Writes pipeline.txt, what scikit-learn makes of a made-up table, beside this script.

The table is pipeline_train.csv and pipeline_test.csv, which are written too. golden.py describes the format. Needs
Debian's python3-sklearn besides.
"""
import csv

import numpy as np
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, MinMaxScaler, OneHotEncoder, StandardScaler

from golden import HERE, Writer

COLUMNS = ["weight", "colour", "date", "count", "shape", "level", "class"]
NUMBERS = [0, 2, 3, 5]
FEATURES = range(6)


def table(rows, phase):
    """Holes, ties, a large offset, a constant column, and letters beyond ASCII."""
    i = np.arange(rows) + phase
    columns = [np.round(50 + 20 * np.sin(1.7 * i), 2),
               np.array(["red", "gr\u00fcn", "green", "Blue"])[i * 5 % 11 % 4],
               1.7e9 + 1000 * (i * 7 % 13),
               i * 3 % 7,
               np.array(["round", "square", "x, y"])[i * 4 % 9 % 3],
               np.full(rows, 0.1),
               np.array(["b", "a", "C"])[i % 3]]
    data = np.array([column.tolist() for column in columns], dtype=object).T
    for column, every in ((0, 5), (1, 7), (3, 6), (4, 8)):
        data[i % every == 1, column] = np.nan
    return data


def write(name, data):
    with open(HERE / name, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        out.writerows([["" if cell != cell else cell for cell in row] for row in data])


def transformed(train, test, number_steps, text_steps):
    """Each column by itself, so that the columns stay in their order."""
    made = ColumnTransformer([(str(c), make_pipeline(*(number_steps() if c in NUMBERS else text_steps())), [c])
                              for c in FEATURES], sparse_threshold=0)
    made.fit(train)
    return made.transform(train).astype(float), made.transform(test).astype(float)


def main():
    train, test = table(40, 0), table(13, 40)
    test[3, 1] = "violet"
    write("pipeline_train.csv", train)
    write("pipeline_test.csv", test)
    out = Writer("pipeline.txt", f"scikit-learn {sklearn.__version__}.")
    for name, how, scaler in (("standard", "median", StandardScaler), ("min_max", "mean", MinMaxScaler),
                              ("most_frequent", "most_frequent", StandardScaler)):
        x, x_test = transformed(train, test, lambda: (SimpleImputer(strategy=how), scaler()),
                                lambda: (SimpleImputer(strategy="most_frequent"),
                                         OneHotEncoder(handle_unknown="ignore")))
        out.case(name)
        out.tensor("train", x)
        out.tensor("test", x_test)
    out.case("fills")
    for how in ("mean", "median", "most_frequent"):
        out.tensor(how, SimpleImputer(strategy=how).fit(train[:, NUMBERS]).statistics_.astype(float))
    out.case("labels")
    out.tensor("y", LabelEncoder().fit_transform(train[:, 6]))
    counts = train[:, 3].astype(float)
    out.tensor("count", LabelEncoder().fit_transform(counts[counts == counts]))


if __name__ == "__main__":
    main()
