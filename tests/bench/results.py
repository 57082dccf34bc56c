"""From the lines that the programs print to the table: medians, ratios, what is behind."""

import collections
import math
import statistics

OURS = "libnn"
HIGHER_IS_BETTER = {"GFLOP/s", "samples/s"}
LOWER_IS_BETTER = {"seconds", "ns", "ns/elem", "ms-per-iteration"}
WRONG = "WRONG"

Line = collections.namedtuple("Line", "peer case metric value")
# Of medians; name is the peer's, ratio is None for a metric that is no speed, and where ours or every peer lacks the
# case. fastest is the ratio of our fastest round to the best peer's: what others do on the machine only slows.
Row = collections.namedtuple("Row", "case metric ours best name ratio fastest", defaults=[None])


def parse(text):
    """The lines of a program; ValueError for one that is not peer,case,metric,value."""
    lines = []
    for text_line in text.splitlines():
        fields = text_line.split(",")
        try:
            peer, case, metric, value = fields
            lines.append(Line(peer, case, metric, float(value)))
        except ValueError:
            raise ValueError(f"unexpected output: {text_line[:80]}") from None
    return lines


def wrong(lines):
    """(peer, case) of the results that are wrong, in order."""
    return list(dict.fromkeys((line.peer, line.case) for line in lines if line.metric == WRONG))


def by_case(lines):
    """{(case, metric): {peer: values}}, ours first in every order; what is wrong is left out."""
    bad = set(wrong(lines))
    values = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in sorted(lines, key=lambda line: line.peer != OURS):
        if (line.peer, line.case) not in bad:
            values[line.case, line.metric][line.peer].append(line.value)
    return values


def medians(lines):
    """{(case, metric): {peer: median}} of by_case()."""
    return {key: {peer: statistics.median(v) for peer, v in peers.items()} for key, peers in by_case(lines).items()}


def is_speed(metric):
    return metric in HIGHER_IS_BETTER | LOWER_IS_BETTER


def ratio(metric, ours, peer):
    """Above 1 where ours is better."""
    return ours / peer if metric in HIGHER_IS_BETTER else peer / ours


def best(metric):
    """max or min."""
    return max if metric in HIGHER_IS_BETTER else min


def make_rows(lines):
    """One row for a speed, with the best peer; one for each peer for other metrics."""
    rows = []
    for (case, metric), rounds in by_case(lines).items():
        values = {peer: statistics.median(v) for peer, v in rounds.items()}
        ours = values.pop(OURS, None)
        if not values:
            rows.append(Row(case, metric, ours, None, None, None))
        elif is_speed(metric):
            name = best(metric)(values, key=values.get)
            against = fastest = None
            if ours is not None:
                against = ratio(metric, ours, values[name])
                peaks = {peer: best(metric)(v) for peer, v in rounds.items()}
                fastest = ratio(metric, peaks.pop(OURS), best(metric)(peaks.values()))
            rows.append(Row(case, metric, ours, values[name], name, against, fastest))
        else:
            rows += [Row(case, metric, ours, value, name, None) for name, value in values.items()]
    return rows


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


def share_of_peak(row, peak, flops_per_sample):
    """Of ours, in per cent; None for what has no flops."""
    if row.ours is None or not peak:
        return None
    if row.metric == "GFLOP/s":
        return 100 * row.ours / peak
    if row.metric == "samples/s" and row.case in flops_per_sample:
        return 100 * 1e-9 * row.ours * flops_per_sample[row.case] / peak
    return None


def number(value, form=None):
    if value is None:
        return "-"
    return format(value, form or (".0f" if abs(value) >= 1000 else ".4g"))


def table(rows, peak=None, flops_per_sample=(), single=None):
    """Markdown. `single` is what medians() gives for ours on one thread: a column says what the others bring."""
    heads = ["case", "metric", "ours", "best peer", "its name", "ours/best", "fastest rounds"]
    shares = [share_of_peak(row, peak, flops_per_sample) for row in rows]
    with_shares = any(share is not None for share in shares)
    heads += ["% of peak"] * with_shares + ["2 threads/1"] * (single is not None)
    lines = [heads, ["---"] * len(heads)]
    for row, share in zip(rows, shares):
        cells = [row.case, row.metric, number(row.ours), number(row.best), row.name or "-", number(row.ratio, ".2f"),
                 number(row.fastest, ".2f")]
        if with_shares:
            cells.append(number(share, ".0f"))
        if single is not None:
            alone = single.get((row.case, row.metric), {}).get(OURS)
            known = is_speed(row.metric) and None not in (alone, row.ours)
            cells.append(number(ratio(row.metric, row.ours, alone) if known else None, ".2f"))
        lines.append(cells)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def summary(rows):
    """Lines below a table: the mean of the ratios, the worst row, those where a peer is ahead."""
    compared = [row for row in rows if row.ratio is not None]
    if not compared:
        return ["no speed to compare"]
    label = {row: f"{row.case} {row.metric} {row.ratio:.2f} ({row.name})" for row in compared}
    behind = [label[row] for row in compared if row.ratio < 1]
    mean = geometric_mean([row.ratio for row in compared])
    fastest = geometric_mean([row.fastest for row in compared])
    return [f"geometric mean of ours/best over {len(compared)} rows: {mean:.2f}, of the fastest rounds {fastest:.2f}",
            f"worst: {label[min(compared, key=lambda row: row.ratio)]}",
            f"below 1: {'; '.join(behind) or 'none'}"]
