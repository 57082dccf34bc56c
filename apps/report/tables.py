"""The report's tables T1 to T3, and one more that its text asks for, from summary.csv."""

from dataclasses import dataclass

from digits import STARTS
from results import Missing


@dataclass
class Table:
    key: str
    title: str
    experiment: str
    caption: str
    heads: tuple
    rows: callable  # of the experiment; raises Missing where nothing of it was run


ABSENT = "not in this run"
USPS_SETTING = ("Linear(256, 128), Linear(128, 64), Linear(64, 10), Softmax; batches of {batch}; an iteration is a batch; "
                "steps under the sum over the batch. Accuracy on the test images; mean and deviation over {seeds}.")


def cell(e, key):
    try:
        return str(e.value(key))
    except Missing:
        return ABSENT


def accuracies(cases):
    """cases: (name, setting's id without its start, iterations, report)."""
    def rows(e):
        found = [(name, f"{count}", report, *(cell(e, f"{setting}-{start}/accuracy-{count}/test")
                                               for start, _ in STARTS)) for name, setting, count, report in cases]
        if all(ours == ABSENT for row in found for ours in row[3:]):
            raise Missing(f"usps_multiclass was not run for {cases[0][2]} iterations")
        return found
    return rows


def usps_table(key, title, what, cases, note=""):
    return Table(key, title, "usps_multiclass", f"{note}{USPS_SETTING}",
                 (what, "iterations", "report", *(f"ours, {name}" for _, name in STARTS)), accuracies(cases))


NO_NUMBER = "no number"
REPORTED_STEPS = (("1e-1", "0.8315"), ("1e-2", "0.8604"), ("1e-3", "0.9014"), ("1e-4", "0.6562"), ("1e-6", "0.1225"))


TABLES = {table.key: table for table in (
    usps_table("T1", "Loss", "loss", [
        ("MSE", "T1-MSE", 1000, "0.8485"), ("cross-entropy", "T1-CE", 1000, "0.8604"),
        ("MSE, step 1e-2", "T1-MSE-1e-2", 1000, NO_NUMBER)], "tanh, step 1e-3. "),
    usps_table("T2", "Iterations", "step", [
        ("1e-3", "T2", 100, "0.8186"), ("1e-3", "T2", 500, "0.8909"), ("1e-3", "T2", 1000, "0.9014")],
        "Cross-entropy, tanh. "),
    usps_table("T3", "Step", "step", [
        (step, f"T3-{step}", count, report) for step, report in REPORTED_STEPS for count in (100, 1000)],
        "Cross-entropy, tanh. The report says 100 iterations, which its table 2 contradicts: both are run. "),
    usps_table("activation", "Hidden activation", "activation", [
        ("tanh", "tanh", 500, "0.8908"), ("sigmoid", "sigmoid", 500, "0.6586"),
        ("sigmoid, step 1e-2", "sigmoid-1e-2", 500, NO_NUMBER)], "Cross-entropy, step 1e-3. "),
)}
