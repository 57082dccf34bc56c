"""The cases of gemm_cases.hpp, train_cases.hpp and predict_cases.hpp, read from there."""

import collections
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parent

Layer = collections.namedtuple("Layer", "name m k n")
PredictCase = collections.namedtuple("PredictCase", "net batch inputs outputs")
TrainCase = collections.namedtuple("TrainCase", "net batch inputs classes flops_per_sample")


def rows(header, row_type):
    """Lines such as {"sq32", 32, 32, 32}: a word, then as many whole numbers as the type has fields besides."""
    pattern = r'^    \{"(\w+)"' + r", (\d+)" * (len(row_type._fields) - 1) + r"\},"
    found = re.findall(pattern, (FOLDER / header).read_text(), re.MULTILINE)
    return [row_type(word, *map(int, numbers)) for word, *numbers in found]


def layers():
    return rows("gemm_cases.hpp", Layer)


def trainings():
    return rows("train_cases.hpp", TrainCase)


def predictions():
    return rows("predict_cases.hpp", PredictCase)


def groups(kind):
    """Words that share out the cases of a kind; [None] for those that stay together."""
    if kind == "gemm":
        return [*(layer.name for layer in layers()), "gemv"]
    nets = {"train": trainings, "predict": predictions}
    return list(dict.fromkeys(f"{case.net}-" for case in nets[kind]())) if kind in nets else [None]


def flops_per_sample():
    """By the name of the case."""
    return {f"{c.net}-b{c.batch}": c.flops_per_sample for c in trainings()}
