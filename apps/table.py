#!/usr/bin/env python3
"""Prints the results of experiments beside the report's numbers.

Usage: table.py OUT NAME...     reads OUT/NAME/summary.csv of each experiment NAME
Exit status: 0 done, 1 a file cannot be read or the table cannot be written, 2 wrong usage.
"""

import csv
import math
import os
import sys

HEADER = ["setting", "metric", "split", "data", "runs", "mean", "sd", "report"]


class SummaryError(Exception):
    pass


def read_summary(path):
    """The rows of a summary.csv, each a dict with runs, mean and sd as numbers."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            lines = csv.reader(file, strict=True)
            header = next(lines, None)
            if header != HEADER:
                raise SummaryError(f"{path}: line 1: expected the header {','.join(HEADER)}")
            rows = [parse_row(fields, f"{path}: line {lines.line_num}") for fields in lines if fields]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SummaryError(f"{path}: {reason}") from error
    if not rows:
        raise SummaryError(f"{path}: holds no result")
    return rows


def parse_row(fields, place):
    if len(fields) != len(HEADER):
        raise SummaryError(f"{place}: expected {len(HEADER)} fields, got {len(fields)}")
    row = dict(zip(HEADER, fields))
    try:
        row["runs"] = int(row["runs"])
        row["mean"] = float(row["mean"])
        row["sd"] = float(row["sd"] or "nan")
        if row["report"]:
            float(row["report"])
    except ValueError as error:
        raise SummaryError(f"{place}: {error}") from error
    return row


def decimals_for(mean, sd):
    """Decimals to show: two digits of the deviation, but at least four and at most eight digits of the mean."""
    magnitude = math.floor(math.log10(abs(mean))) + 1 if mean else 0
    magnitude = max(magnitude, -12)
    wanted = 1 - math.floor(math.log10(sd)) if math.isfinite(sd) and sd > 0 else 0
    return max(0, min(max(wanted, 4 - magnitude), 8 - magnitude))


def shown_mean(row):
    if not math.isfinite(row["mean"]):
        return str(row["mean"])
    if row["mean"] and not 1e-4 <= abs(row["mean"]) < 1e7:
        return f"{row['mean']:.3e}"
    return f"{row['mean']:.{decimals_for(row['mean'], row['sd'])}f}"


def shown_result(row):
    """The mean, and its deviation when several runs gave one."""
    mean = shown_mean(row)
    if row["runs"] < 2 or not math.isfinite(row["sd"]):
        return mean
    if "e" in mean or not math.isfinite(row["mean"]):
        return f"{mean} +- {row['sd']:.1e}"
    return f"{mean} +- {row['sd']:.{decimals_for(row['mean'], row['sd'])}f}"


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
    columns += [("ours", shown_result), ("report", lambda row: row["report"] or "-")]
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
        except SummaryError as error:
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
