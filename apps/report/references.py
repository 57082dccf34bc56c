"""PyTorch's and scikit-learn's numbers in the experiments' settings, from reference.csv, which apps/reference/run writes."""

import collections
import functools
import pathlib

from results import NUMBER, TEXT, WHOLE, Value, read_table

FILE = pathlib.Path(__file__).resolve().parent / "reference.csv"
COLUMNS = {"experiment": TEXT, "id": TEXT, "first_seed": WHOLE, "runs": WHOLE, "mean": NUMBER, "sd": "spread",
           "torch": TEXT, "scikit-learn": TEXT, "numpy": TEXT}
NONE = "none is comparable"


@functools.cache
def rows():
    return read_table(FILE, COLUMNS)


def value(experiment, key):
    """None where nothing comparable was run."""
    for row in rows():
        if (row["experiment"], row["id"]) == (experiment, key):
            return Value("", "", "", row["mean"], row["sd"], row["runs"])
    return None


def shown(experiment, key):
    return str(value(experiment, key) or NONE)


def origin():
    """Where the numbers come from, in sentences."""
    versions = [sorted({row[name] for row in rows()}) for name in ("torch", "scikit-learn")]
    torch, sklearn = (" and ".join(names) for names in versions)
    most = {}
    for row in rows():
        last = row["first_seed"] + row["runs"] - 1
        most[row["experiment"]] = max(most.get(row["experiment"], (0, 0)), (last, row["first_seed"]))
    seeds = collections.defaultdict(list)
    for experiment, (last, first) in most.items():
        seeds[f"{first} to {last}" if last > first else str(first)].append(experiment)
    told = "; ".join(f"{span} ({', '.join(names)})" for span, names in sorted(seeds.items()))
    return (f"References are runs of PyTorch {torch} and scikit-learn {sklearn} in the same settings, by apps/reference/run, on "
            f"data and orders of their own draw; mean and standard deviation. Seeds: {told}.")
