#!/usr/bin/env python3
"""Writes one page with the report's figures and tables re-created, from the CSV files of the experiments alone.

Usage: page.py RESULTS                    writes RESULTS/report.html
       page.py RESULTS --docs             writes docs/results.md and docs/figures/ from a full run on USPS
       page.py RESULTS --compare [FILE]   prints each row whose numbers are not those of FILE (docs/results.md), times aside
Exit status: 0 done, 1 a file is damaged or cannot be written or numbers differ, 2 wrong usage.
Needs matplotlib and scikit-learn (Debian: python3-matplotlib, python3-sklearn).
"""

import collections
import html
import os
import pathlib
import sys
import tempfile

import beyond
import coders  # noqa: F401  A section's module adds its figures to figures.FIGURES.
import comparison
import convolutions  # noqa: F401
import digits  # noqa: F401
import documents
import figures
import linear  # noqa: F401
import pictures
import plane  # noqa: F401
import references
import tables
from claims import CLAIMS
from results import HEADS, DataError, Missing, commands, facts, load, run_line
from sections import SECTIONS, experiments
from verdicts import NOT_COMPARABLE, ORDER, RULES, judge, sensitivity

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
PUBLISHED = PROJECT / "docs/results.md"
TITLE = "The report, re-created"
FIGURES, TABLES = figures.FIGURES | beyond.FIGURES, tables.TABLES | beyond.TABLES


def text(value):
    return html.escape(str(value).replace(" ± ", "\u00a0±\u00a0"), quote=True)


# --- Small pieces --------------------------------------------------------------------------------------------------


def table(heads, rows, label):
    """The first column names the row."""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{text(row[0])}</th>'
        + "".join(f'<td data-head="{text(name)}">{text(cell)}</td>' for name, cell in zip(heads[1:], row[1:])) + "</tr>"
        for row in rows)
    return (f'<div class="scroll" role="region" tabindex="0" aria-label="{text(label)}"><table>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def heading(level, key, title):
    return f'<h{level} id="{key}"><a href="#{key}">{text(title)}</a></h{level}>'


def missing(reason):
    return f'<p class="missing">Not in this run: {text(reason)}.</p>'


def verdict(word):
    return f'<span class="verdict {word.split()[0]}">{text(word)}</span>'


# --- Figures and tables --------------------------------------------------------------------------------------------


def panel_html(panel):
    title = f"<p>{text(panel.title)}</p>" if panel.title else ""
    svg = panel.svg.replace("<svg", f'<svg role="img" aria-label="{text(panel.alt)}"', 1)
    return f'<div class="panel">{title}{svg}</div>'


def not_comparable(experiment):
    if not experiment.stands_in:
        return ""
    return f'<p>{verdict(NOT_COMPARABLE)} with the report: measured on {text(experiment.data)}, not on USPS.</p>'


def key_title(key, title):
    kind = {"F": "Figure", "T": "Table"}.get(key[0]) if key[1:].isdigit() else None
    return f"{kind} {key[1:]}. {title}" if kind else title


def figure_html(key, run):
    """Also the reason where it cannot be drawn from this run."""
    entry = FIGURES[key]
    title = key_title(key, entry.title)
    try:
        if entry.experiment not in run:
            raise Missing(f"{entry.experiment} was not run")
        drawn = entry.draw(run[entry.experiment])
    except Missing as absent:
        return f'<figure data-key="{key}">{heading(3, key, title)}{missing(absent)}</figure>', str(absent)
    panels = "".join(map(panel_html, drawn.panels))
    numbers = table(drawn.numbers.heads, drawn.numbers.rows, f"{title}: numbers") if drawn.numbers else ""
    return (f'<figure data-key="{key}">{heading(3, key, title)}<figcaption>{text(drawn.caption)}</figcaption>'
            f'{not_comparable(run[entry.experiment])}<div class="panels">{panels}</div>{numbers}</figure>'), None


def table_html(key, run):
    entry = TABLES[key]
    title = key_title(key, entry.title)
    try:
        if entry.experiment not in run:
            raise Missing(f"{entry.experiment} was not run")
        experiment = run[entry.experiment]
        rows = entry.rows(experiment)
    except Missing as absent:
        return f'<div class="table" data-key="{key}">{heading(3, key, title)}{missing(absent)}</div>', str(absent)
    caption = entry.caption.format(batch=experiment.flag("batch-size"), seeds=experiment.seeds)
    return (f'<div class="table" data-key="{key}">{heading(3, key, title)}<p class="caption">{text(caption)}</p>'
            f"{not_comparable(experiment)}{table(entry.heads, rows, title)}</div>"), None


def section_html(section, run):
    parts, absent = [], {}
    for key in section.parts:
        part, reason = (figure_html if key in FIGURES else table_html)(key, run)
        parts.append(part)
        if reason:
            absent[key] = reason
    name = f"s{section.number}"
    return (f'<section aria-labelledby="{name}">{heading(2, name, f"{section.number} {section.title}")}'
            f"<p>The report: {text(section.finding)}</p>{''.join(parts)}</section>"), absent


# --- The first screen ----------------------------------------------------------------------------------------------


def judged_claims(run):
    """(claim, its verdict, [(reading, result)])."""
    judged = []
    for claim in CLAIMS:
        results = [(reading, judge(reading.measure, run)) for reading in claim.readings]
        judged.append((claim, results[0][1].verdict, results))
    return judged


def claim_html(claim, word, results):
    """A sentence with the verdict, why, and a row for each reading."""
    place = f'<a href="#{claim.where}">{claim.where if claim.where[1:].isdigit() else "Table"}</a>'
    rows = [(reading.setting, result.shown, reading.measure.reference(), result.verdict) for reading, result in results]
    return (f'<div class="claim"><p>{place} <strong>{text(claim.text)}.</strong> Report: {text(claim.report)}. {verdict(word)}'
            f"{sensitivity([result for _, result in results])}</p><p>{text(claim.why)}</p>"
            f'{table(("setting", "ours, mean ± sd", "reference", "verdict"), rows, claim.text)}</div>')


def claims_html(judged):
    """Folded by section."""
    parts = []
    for section in SECTIONS:
        of_section = [item for item in judged if item[0].where in section.parts]
        if of_section:
            count = tally(of_section)
            words = "".join(f" <span>{count[word]} {verdict(word)}</span>" for word in ORDER if count[word])
            parts.append(f"<details><summary><strong>{section.number} {text(section.title)}</strong>{words}</summary>"
                         f"{''.join(claim_html(*item) for item in of_section)}</details>")
    return "".join(parts)


def tally(judged):
    return collections.Counter(word for _, word, _ in judged)


def tally_html(judged):
    count = tally(judged)
    items = "".join(f"<li><strong>{count[word]}</strong>{verdict(word)}</li>" for word in ORDER if count[word])
    return f'<ul class="tally" aria-label="{len(judged)} claims">{items}</ul>'


def pictures_html(run):
    shown = "".join(f'<figure class="picture">{panel_html(panel)}<figcaption>{text(panel.alt)} '
                    f'<a href="#{picture.place}">More</a></figcaption></figure>' for picture, panel in pictures.drawn(run))
    return f'<div class="panels pictures">{shown}</div>' if shown else ""


def run_html(run):
    lines = "".join(f"<p>Command: <code>{text(command)}</code></p>" for command in commands(run))
    notes = "".join(f"<li>{text(e.name)}: {text(note)}</li>" for e in run.values() for note in e.notes)
    notes = f"<ul>{notes}</ul>" if notes else ""
    return (f"{heading(2, 'run', 'The run')}{lines}"
            f"{table(HEADS, [facts(e) for e in run.values()], 'The run')}{notes}")


def first_lines(run):
    """What a reader has to know before any number."""
    stand_ins = [e for e in run.values() if e.stands_in]
    lines = []
    if stand_ins:
        used = ", ".join(sorted({e.data for e in stand_ins}))
        lines.append(f"Not measured on USPS: {used} stood in for it in {', '.join(e.name for e in stand_ins)}. Their rows "
                     "are marked \"not comparable\".")
    if any(e.quick for e in run.values()):
        lines.append("A quick run: trainings are shorter than the report's, and the numbers rougher.")
    return "".join(f'<p class="warning" role="note">{text(line)}</p>' for line in lines)


def absent_html(absent):
    if not absent:
        return ""
    by_reason = collections.defaultdict(list)
    for key, reason in absent.items():
        by_reason[reason].append(key if key[1:].isdigit() else (FIGURES | TABLES)[key].title)
    items = "".join(f"<li>{text(', '.join(keys))}: {text(reason)}</li>" for reason, keys in by_reason.items())
    return f'<div class="missing"><p>Not in this run:</p><ul>{items}</ul></div>'


def page_html(run):
    sections, absent = [], {}
    for section in SECTIONS:
        part, reasons = section_html(section, run)
        sections.append(part)
        absent |= reasons
    judged = judged_claims(run)
    links = "".join(f'<li><a href="#s{s.number}">{s.number} {text(s.title)}</a></li>' for s in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{TITLE}</title>
<style>
{(HERE / "style.css").read_text(encoding="utf-8")}</style>
</head>
<body>
{first_lines(run)}
<a class="skip" href="#claims">Skip to the claims</a>
<header><h1>{TITLE}</h1>
<p>Every figure and table of the report on modular neural networks, in its order, from our own runs; beside them the report's
numbers and those of the reference, PyTorch and scikit-learn. The last chapter goes further.</p></header>
<main>
{pictures_html(run)}
<nav aria-label="Sections"><ul>{links}<li><a href="#run">The run</a></li></ul></nav>
{heading(2, "claims", "Does it reproduce?")}
{tally_html(judged)}
<p>{text(run_line(run))} <a href="#run">Seconds for each experiment</a>.
<a href="#rules">How a verdict is reached</a>.</p>
{claims_html(judged)}
<p>{text(references.origin())}</p>
{absent_html(absent)}
{heading(2, "rules", "How a verdict is reached")}
<p>{text(RULES)}</p>
{''.join(sections)}
{run_html(run)}
</main>
<script>addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(part => part.open = true))</script>
</body>
</html>
"""


# --- The command ---------------------------------------------------------------------------------------------------


def write(path, content):
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".page.", delete=False) as file:
        try:
            file.write(content)
            file.close()
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def load_run(folder):
    run = load(folder, experiments(FIGURES | TABLES))
    if not run:
        raise DataError(f"{folder}: holds no results of an experiment")
    return run


def main(arguments):
    if arguments == ["--help"]:
        print(__doc__.strip())
        return 0
    folder, option, file = (*arguments, None, None, None)[:3]
    if not arguments or len(arguments) > (3 if option == "--compare" else 2) or option not in (None, "--docs", "--compare"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        run = load_run(folder)
        if option == "--compare":
            lines, same = comparison.compare(documents.results_text(run, judged_claims(run)), file or PUBLISHED)
            print("\n".join(lines))
            return 0 if same else 1
        if option == "--docs":
            for path, content in documents.files(run, judged_claims(run)).items():
                write(PROJECT / "docs" / path, content)
        else:
            write(pathlib.Path(folder) / "report.html", page_html(run).encode())
    except DataError as error:
        print(f"page.py: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"page.py: {error.filename2 or error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
