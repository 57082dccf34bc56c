"""Whether a run has the numbers of a published results.md, digit by digit."""

import re
from dataclasses import dataclass

from results import DataError
from verdicts import NOT_RUN

CLAIMS, RUN = "The claims", "The run"
# Columns without a result of this run, and those with times. The table of the run itself is left out too.
LEFT_OUT = {"claim", "setting", "report", "reference", "verdict, and why", "PyTorch", "source", "images/s"}
NUMBER = re.compile(r"-?\d[\d.]*(?:e[-+]?\d+)?|\b(?:nan|inf)\b")


@dataclass(frozen=True)
class Row:
    cells: tuple  # of the columns with results
    absent: bool

    @property
    def numbers(self):
        return [NUMBER.findall(cell) for cell in self.cells]


def cells_of(line):
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def rows_of(text, name):
    """By table, row and how often these names came before: a row's name is its first cell, of a claim also its setting."""
    rows, table, heads, claim = {}, None, None, ""
    for number, line in enumerate(text.splitlines(), 1):
        if title := re.match(r"## (.+)|\*\*(.+?)\.\*\*", line):
            table, heads = title[1] or title[2], None
        if not line.startswith("|"):
            continue
        cells = cells_of(line)
        if heads is None:
            heads = cells
            continue
        if len(cells) != len(heads):
            raise DataError(f"{name}: line {number}: expected {len(heads)} cells, got {len(cells)}")
        if table == RUN or set(cells) == {"---"}:
            continue
        claim = cells[0] or claim
        key = (table, claim, cells[1]) if table == CLAIMS else (table, claim)
        while key in rows:
            key += ("again",)
        kept = [cell for i, (head, cell) in enumerate(zip(heads, cells)) if i > 0 and head not in LEFT_OUT]
        rows[key] = Row(tuple(kept), any(cell.startswith(NOT_RUN) for cell in kept))
    if not any(key[0] == CLAIMS for key in rows):
        raise DataError(f"{name}: holds no table of claims")
    return rows


def compare(ours, path):
    """ours: the text of this run's results.md. The lines to print, and whether all numbers are the same."""
    try:
        with open(path, encoding="utf-8") as file:
            theirs = rows_of(file.read(), path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: {error}") from error
    found = {key: row for key, row in rows_of(ours, "this run").items() if not row.absent}
    lines = []
    for key, row in found.items():
        published = theirs.get(key)
        if published is None or published.numbers != row.numbers:
            told = "no such row" if published is None else " | ".join(published.cells)
            lines.append(f"{', '.join(key)}\n  this run:  {' | '.join(row.cells)}\n  published: {told}")
    if not found:
        raise DataError("the run has no result to compare")
    rest = len(theirs.keys() - found.keys())
    lines.append(f"{len(found) - len(lines)} of {len(found)} rows have the digits of {path}"
                 + (f"; {rest} of its rows are not in this run" if rest else ""))
    return lines, len(lines) == 1
