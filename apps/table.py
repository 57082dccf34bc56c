#!/usr/bin/env python3
"""Prints the results of experiments beside the report's numbers.

Usage: table.py OUT NAME...     reads OUT/NAME/summary.csv of each experiment NAME
Exit status: 0 done, 1 a file cannot be read or the table cannot be written, 2 wrong usage.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "report"))
from results import DataError, read_summary, shown_result  # noqa: E402


def runs_text(runs):
    return "1 run" if runs == 1 else f"mean +- sd over {runs} runs"


def block(name, rows):
    """An experiment's lines. What is the same in all rows stands in the title, else in a column."""
    titles, columns = [], [("setting", lambda row: row["setting"] or "-"), ("metric", lambda row: row["metric"]),
                           ("split", lambda row: row["split"])]
    for key, text in (("runs", runs_text), ("data", lambda data: f"data: {data}")):
        if len({row[key] for row in rows}) == 1:
            titles.append(text(rows[0][key]))
        else:
            columns.append((key, lambda row, key=key: str(row[key])))
    if len({row["runs"] for row in rows}) > 1:
        titles.insert(0, "mean +- sd over the runs")
    columns += [("ours", lambda row: shown_result(row["mean"], row["sd"], row["runs"], "+-")),
                ("report", lambda row: "-" if row["report"] is None else f"{row['report']:g}")]
    cells = [[title for title, _ in columns]] + [[cell(row) for _, cell in columns] for row in rows]
    return [f"{name} ({', '.join(titles)})"] + aligned(cells, right=len(columns) - 2)


def aligned(cells, right):
    """Rows of equal columns; those from `right` on are set against their right edge."""
    widths = [max(map(len, column)) for column in zip(*cells)]
    return [
        ("  " + "  ".join(
            cell.rjust(width) if i >= right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        )).rstrip()
        for row in cells
    ]


def substitutes(results):
    """The experiments of USPS that ran on other data, each with the data it used."""
    used = {name: sorted({row["data"] for row in rows} - {"usps"}) for name, rows in results.items()}
    return {name: data for name, data in used.items() if data and name.startswith("usps_")}


def warning(stand_ins):
    lines = ["WARNING: NOT MEASURED ON USPS, so not comparable with the report's numbers:"]
    lines += [f"  {name} ran on: {', '.join(data)}" for name, data in stand_ins.items()]
    lines.append("Get USPS with datasets/fetch usps, or name its folder with --data, and run again.")
    rule = "*" * max(map(len, lines))
    return [rule, *lines, rule]


def main(arguments):
    if len(arguments) < 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    out, *names = arguments
    results, status = {}, 0
    for name in names:
        try:
            results[name] = read_summary(os.path.join(out, name, "summary.csv"))
        except DataError as error:
            print(f"table.py: {error}", file=sys.stderr)
            status = 1
    blocks = [block(name, rows) for name, rows in results.items()]
    if stand_ins := substitutes(results):
        blocks.append(warning(stand_ins))
    return max(status, write("\n\n".join("\n".join(lines) for lines in blocks)))


def write(text):
    try:
        print(text, flush=True)
    except OSError as error:
        print(f"table.py: cannot write to standard output: {error.strerror}", file=sys.stderr)
        # What is still in the buffer must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
