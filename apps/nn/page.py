#!/usr/bin/env python3
"""Writes FOLDER/report.html from what "nn train" left in FOLDER.

Usage: page.py FOLDER
Exit status: 0 done, 1 a file is missing, damaged or cannot be written, 2 wrong usage, 3 there is no matplotlib.
"""

import csv
import html
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
DRAWING = HERE.parent / "report"
MOST_EXAMPLES, MOST_ROWS = 24, 12
MOST_NUMBERS = 25  # rows of a confusion matrix that is written out


def text(value):
    return html.escape(str(value), quote=True)


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def table(rows):
    """The first column names the row."""
    heads = list(rows[0])
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{text(row[heads[0]])}</th>'
        + "".join(f'<td data-head="{text(name)}">{text(row[name])}</td>' for name in heads[1:]) + "</tr>"
        for row in rows)
    return (f'<div class="scroll" role="region" tabindex="0"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>")


def rounded(row):
    """Five significant digits, for reading."""
    short = {}
    for key, value in row.items():
        try:
            short[key] = value if value.lstrip("-").isdigit() else f"{float(value):.5g}"
        except ValueError:
            short[key] = value
    return short


def curve_panel(drawing, history, columns, name):
    import numpy as np
    epochs = np.array([int(row["epoch"]) for row in history])
    styles = (drawing.TRAIN, drawing.TEST)
    series = [(column.replace("_", " "), style, (epochs, np.array([float(row[column]) for row in history]), 0))
              for column, style in zip(columns, styles)]
    last = ", ".join(f"{label} {values[-1]:.4g}" for label, _, (_, values, _) in series)
    return drawing.panel(lambda axes: drawing.curves(axes, series, "epoch", name), "",
                         f"{name} over {len(epochs)} epochs; at the end {last}")


def confusion_panel(drawing, rows):
    import numpy as np
    names = [row["is"] for row in rows]
    counts = np.array([[int(value) for key, value in row.items() if key != "is"] for row in rows])

    def draw(axes):
        axes.imshow(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
        for (i, j), count in np.ndenumerate(counts) if len(names) <= MOST_NUMBERS else ():
            share = count / max(counts[i].sum(), 1)
            axes.text(j, i, count, ha="center", va="center", color="white" if share > 0.6 else "black", fontsize=9)
        if len(names) > MOST_NUMBERS:
            axes.set(xlabel="taken for", ylabel="is", xticks=[], yticks=[])
            return
        axes.set_xticks(range(len(names)), names, rotation=45 if max(map(len, names)) > 3 else 0, ha="right")
        axes.set_yticks(range(len(names)), names)
        axes.set(xlabel="taken for", ylabel="is")

    size = min(max(3.2, 0.4 * len(names) + 1.5), 0.4 * MOST_NUMBERS)
    return drawing.panel(draw, "", f"{int(np.trace(counts))} of {counts.sum()} right", (size + 0.8, size))


def scatter_panel(drawing, predictions, target):
    import numpy as np
    truth, found = (np.array([float(row[key]) for row in predictions]) for key in ("truth", target))

    def draw(axes):
        ends = [min(truth.min(), found.min()), max(truth.max(), found.max())]
        axes.plot(ends, ends, color=drawing.INK, linewidth=1)
        axes.scatter(truth, found, s=12, color=drawing.BLUE, linewidth=0, alpha=0.7)
        axes.set(xlabel=f"{target}, true", ylabel=f"{target}, predicted")

    return drawing.panel(draw, "", f"{len(truth)} rows; the line is where both are equal")


def images_panel(drawing, images, labels):
    import numpy as np
    columns = 8
    height, width = images.shape[1] + 6, images.shape[2] + 2
    paper = np.full((-(-len(images) // columns) * height, columns * width), np.nan)

    def draw(axes):
        for i, (image, label) in enumerate(zip(images, labels)):
            top, left = i // columns * height, i % columns * width
            paper[top : top + image.shape[0], left : left + image.shape[1]] = image
            axes.text(left + width / 2, top + image.shape[0], label, ha="center", va="top", fontsize=7)
        axes.imshow(paper, cmap="gray", interpolation="nearest")
        axes.set_axis_off()

    return drawing.panel(draw, "", "Images, each with its class and what it was taken for",
                         (8, 8 * paper.shape[0] / paper.shape[1]))


def as_images(worst):
    """(n, height, width) if they look like grey images."""
    if worst.ndim == 4 and worst.shape[3] == 1:
        worst = worst[..., 0]
    return worst if worst.ndim == 3 else None


def worst_html(drawing, folder, predictions, target):
    import numpy as np
    worst = sorted(predictions, key=lambda row: -float(row["cost"]))[:MOST_EXAMPLES]
    images = as_images(np.load(folder / "worst.npy"))
    if images is not None and len(images) == len(worst):
        labels = [f"{row['truth']} as {row[target]}" for row in worst]
        return figure([images_panel(drawing, images, labels)], columns=1)
    return table([rounded({key: row[key] for key in ("row", "truth", target, "cost")}) for row in worst[:MOST_ROWS]])


def figure(panels, columns=2):
    drawn = "".join(f'<div class="panel">{panel.svg.replace("<svg", f"""<svg role="img" aria-label="{text(panel.alt)}" """, 1)}'
                    "</div>" for panel in panels)
    wide = ' style="grid-template-columns: 1fr"' if columns == 1 else ""
    return f'<figure><div class="panels"{wide}>{drawn}</div></figure>'


def page_html(folder, drawing):
    training = {row["key"]: row["value"] for row in rows_of(folder / "training.csv")}
    history, predictions = rows_of(folder / "history.csv"), rows_of(folder / "predictions.csv")
    target = list(predictions[0])[3]
    measure = list(history[0])[-1]
    panels = [curve_panel(drawing, history, ("loss", "validation_loss"), "loss"),
              curve_panel(drawing, history, (measure,), measure.replace("_", " "))]
    confusion = folder / "confusion.csv"
    how = (confusion_panel(drawing, rows_of(confusion)) if confusion.exists()
           else scatter_panel(drawing, predictions, target))
    parts = [
        ("On the rows held out", table([rounded(row) for row in rows_of(folder / "measures.csv")]) + figure([how])),
        ("Training", f"<p>{text(training['training_rows'])} rows to train with, {text(training['validation_rows'])} held "
                     f"out. The parameters of epoch {text(training['best_epoch'])} of {text(training['epochs'])} were "
                     f"kept, which had the lowest loss on the rows held out.</p>{figure(panels)}"),
        ("The examples that cost most", worst_html(drawing, folder, predictions, target)),
        ("The network", f'<div class="scroll"><pre>{text(training["network"])}</pre></div>'),
        ("Again, to the bit", f"<p><code>{text(training['command'])}</code> (libnn {text(training['version'])})</p>"),
    ]
    body = "".join(f"<section><h2>{title}</h2>{content}</section>" for title, content in parts)
    style = (DRAWING / "style.css").read_text(encoding="utf-8")
    title = f"A model of {text(target)}"
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            f'content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>{title}</title>'
            f"<style>\n{style}</style></head><body><header><h1>{title}</h1></header><main>{body}</main></body></html>\n")


def main(arguments):
    if arguments in (["--help"], ["-h"]):
        print(__doc__.strip())
        return 0
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    sys.path.insert(0, str(DRAWING))
    try:
        import drawing
    except ImportError:
        return 3
    folder = pathlib.Path(arguments[0])
    try:
        page = page_html(folder, drawing)
        new = folder / ".report.html.new"
        new.write_text(page, encoding="utf-8")
        os.replace(new, folder / "report.html")
    except (OSError, ValueError, KeyError, IndexError, csv.Error) as error:
        print(f"page.py: {folder}: {error!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
