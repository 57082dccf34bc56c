"""docs/results.md and docs/figures, from a full run on USPS. No image of USPS is in them."""

import collections
import io

from matplotlib.figure import Figure

import beyond
import references
from figures import FIGURES
from pictures import PICTURES, SIZE
from results import HEADS, DataError, Missing, commands, facts, run_line
from sections import experiments
from verdicts import ORDER, RULES, sensitivity


def files(run, judged):
    """By name below docs/: the bytes of each file."""
    require_full(run)
    published = [picture for picture in PICTURES if picture.file]
    return {"results.md": results_text(run, judged).encode(),
            **{f"figures/{p.file}": png(lambda axes, p=p: p.draw(axes, run[p.experiment])) for p in published}}


def require_full(run):
    for name in experiments(FIGURES):
        problem = None
        if name not in run:
            problem = "was not run"
        elif run[name].quick:
            problem = "ran its short version"
        elif run[name].stands_in:
            problem = f"did not run on USPS but on {run[name].data}"
        elif not run[name].run:
            problem = "has no run.csv with date, machine and command, which apps/reproduce writes"
        if problem:
            raise DataError(f"the documents tell of a full run on USPS by apps/reproduce: {name} {problem}")


# --- docs/results.md -----------------------------------------------------------------------------------------------


def markdown_table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def claim_rows(claim, word, results):
    """A row for each reading. The first also has the claim, the report's number and the verdict."""
    place = f"{claim.where} " if claim.where[1:].isdigit() else ""
    others = sensitivity([result for _, result in results])
    rows = [[f"{place}{claim.text}", reading.setting, claim.report, result.shown, result.verdict, reading.measure.reference(),
             f"**{word}**{others}: {claim.why}"] for reading, result in results]
    for row in rows[1:]:
        row[0] = row[2] = row[6] = ""
    return rows


def beyond_text(run):
    """The tables of the last chapter that this run has."""
    parts = []
    for entry in beyond.TABLES.values():
        try:
            rows = entry.rows(run[entry.experiment])
        except (KeyError, Missing):
            continue
        caption = entry.caption.format(seeds=run[entry.experiment].seeds)
        parts.append(f"**{entry.title}.** {caption}\n\n{markdown_table(entry.heads, rows)}")
    return "\n\n".join(parts)


def results_text(run, judged):
    count = collections.Counter(word for _, word, _ in judged)
    tally = ", ".join(f"{count[word]} {word}" for word in ORDER if count[word])
    claims = markdown_table(
        ("claim", "setting", "report", "ours, mean ± sd", "this reading", "reference", "verdict, and why"),
        [row for item in judged for row in claim_rows(*item)])
    return f"""# Does the report reproduce?

{len(judged)} claims: {tally}. Written by `apps/report/page.py RESULTS --docs`; the page `report.html` that
`apps/reproduce` writes has them too, with every figure.

{run_line(run)} Command: {', '.join(f'`{command}`' for command in commands(run))}.

## The claims

{claims}

{references.origin()}

## How a verdict is reached

{RULES}

## Beyond the report

{beyond_text(run)}

## The run

{markdown_table(HEADS, [facts(e) for e in run.values()])}
"""


# --- docs/figures ----------------------------------------------------------------------------------------------


def png(draw):
    """On white, for pages whose background is not ours."""
    figure = Figure(figsize=SIZE, layout="constrained", facecolor="white")
    draw(figure.add_subplot())
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110, metadata={"Software": None})
    return out.getvalue()
