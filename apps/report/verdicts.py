"""How a claim of the report is judged: by a stated rule, from the numbers of the run alone.

A claim has several readings where the report leaves settings open. Each reading has one of the measures below, which
gives what we found and a verdict. The first reading is the primary one: its verdict is the claim's.
"""

import math
from dataclasses import dataclass

import references
from results import Missing, shown_mean

REPRODUCED, BETTER, DIFFERS = "reproduced", "better", "differs"
NOT_COMPARABLE, NOT_RUN = "not comparable", "not in this run"
ORDER = (REPRODUCED, BETTER, DIFFERS, NOT_COMPARABLE, NOT_RUN)

LEAST, MOST = 0.01, 0.05
# For what the report leaves open, so that no result decides which reading counts. Claims keep to it by their order.
DEFAULTS = """weights start as in Torch and PyTorch; gradients are summed over the batch, as modules that accumulate them
do; numbers of epochs and iterations are meant as they are written; the checkerboard has the 8x8 cells of the course;
steps and nets come in the order in which the experiment lists them"""
RULES = f"""A number is reproduced if our mean lies within two standard deviations of a run of it. This tolerance is at least
{LEAST:g}, because a smaller gap is chance, and at most {MOST:g}, because a wide scatter proves nothing. Outside it, our number is
better if it is on the good side, else it differs. Where the report shows a figure without a number, the reference's
number takes its place; where that is not a share, the tolerance is {LEAST:.0%} to {MOST:.0%} of it. An order ("A above B") is
reproduced if the means have it and lie more than two standard errors apart. A bound or an agreement is reproduced if it
is met. Where the report leaves a setting open, there are several readings, each with its own verdict. The verdict of the claim
is that of its primary reading, which comes first: the settings that the report states, and where it states none, {DEFAULTS}.
The other readings show how much the open settings matter; they decide nothing.""".replace("\n", " ")


@dataclass(frozen=True)
class At:
    """A row of an experiment's summary.csv."""

    experiment: str
    key: str  # "setting/metric/split"

    def value(self, run):
        if self.experiment not in run:
            raise Missing(f"{self.experiment} was not run")
        return run[self.experiment].value(self.key)

    def reference(self):
        """The row of reference.csv, or None."""
        return references.value(self.experiment, self.key)


def tolerance(value, target, share):
    """How far from `target` still counts as the same."""
    deviation = value.sd if value.runs > 1 and math.isfinite(value.sd) else 0
    unit = 1 if share else abs(target)
    return min(max(2 * deviation, LEAST * unit), MOST * unit)


@dataclass(frozen=True)
class Near:
    """A number of the report, or where it shows a figure only, of the reference: its row."""

    at: At
    target: float | At
    share: bool = True  # an accuracy or the like, in [0, 1]
    high_is_good: bool = True

    @property
    def experiments(self):
        return [self.at.experiment]

    def judge(self, run):
        value = self.at.value(run)
        target = self._target()
        gap = value.mean - target
        if abs(gap) <= tolerance(value, target, self.share):
            return str(value), REPRODUCED
        return str(value), BETTER if (gap > 0) == self.high_is_good and math.isfinite(gap) else DIFFERS

    def _target(self):
        if not isinstance(self.target, At):
            return self.target
        if found := self.target.reference():
            return found.mean
        raise Missing(f"no reference for {self.target.experiment}/{self.target.key}")

    def reference(self):
        return str(self.at.reference() or references.NONE)


@dataclass(frozen=True)
class Above:
    """`high` lies above `low`."""

    high: At
    low: At
    names: tuple

    @property
    def experiments(self):
        return [self.high.experiment, self.low.experiment]

    def judge(self, run):
        high, low = self.high.value(run), self.low.value(run)
        error = math.hypot(*(v.sd / math.sqrt(v.runs) if v.runs > 1 else 0 for v in (high, low)))
        return self._shown(high, low), REPRODUCED if high.mean - low.mean > 2 * error else DIFFERS

    def reference(self):
        high, low = self.high.reference(), self.low.reference()
        return self._shown(high, low) if high and low else references.NONE

    def _shown(self, high, low):
        return f"{self.names[0]} {high}, {self.names[1]} {low}"


@dataclass(frozen=True)
class Bound:
    """At least, or at most, a bound that stands for the report's words."""

    at: At
    least: float = -math.inf
    most: float = math.inf

    @property
    def experiments(self):
        return [self.at.experiment]

    def judge(self, run):
        value = self.at.value(run)
        return str(value), REPRODUCED if self.least <= value.mean <= self.most else DIFFERS

    def reference(self):
        return str(self.at.reference() or references.NONE)


@dataclass(frozen=True)
class Measured:
    """A number that a function takes from the CSV files, at most `most`, or at least `least`."""

    experiment: str
    measure: callable
    least: float = -math.inf
    most: float = math.inf
    unit: str = ""
    reference: callable = lambda: references.NONE

    @property
    def experiments(self):
        return [self.experiment]

    def judge(self, run):
        if self.experiment not in run:
            raise Missing(f"{self.experiment} was not run")
        value = self.measure(run[self.experiment])
        return f"{shown_mean(value, 0)}{self.unit}", REPRODUCED if self.least <= value <= self.most else DIFFERS


@dataclass(frozen=True)
class Judged:
    shown: str
    verdict: str


def judge(measure, run):
    """One reading's result in this run."""
    try:
        shown, verdict = measure.judge(run)
    except Missing as absent:
        return Judged(f"{NOT_RUN}: {absent}", NOT_RUN)
    if any(run[name].stands_in for name in measure.experiments):
        verdict = NOT_COMPARABLE
    return Judged(shown, verdict)


def sensitivity(results):
    """In parentheses: how many of the readings that were run beside the primary one reproduce the claim."""
    others = [result.verdict for result in results[1:] if result.verdict != NOT_RUN]
    return f" (other readings: {others.count(REPRODUCED)} of {len(others)} reproduced)" if others else ""
