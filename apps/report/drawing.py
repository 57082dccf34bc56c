"""How figures look: axes, curves, boundaries, images, maps, each drawn into a panel, a small SVG inside the page.

Text and axes have the colour INK, which the page replaces by its own text colour, light or dark.
"""

import hashlib
import io
import re
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

INK = "#123456"
# Okabe and Ito's palette, which readers with any kind of colour blindness can tell apart.
BLUE, ORANGE, GREEN, VERMILION, SKY, PINK = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7"
SERIES = [BLUE, ORANGE, GREEN, VERMILION, PINK, SKY]
CLASSES = [BLUE, ORANGE, GREEN, VERMILION, PINK, SKY, "#999933", "#aa4499", "#ddcc77", "#888888"]
TRAIN, TEST = (BLUE, "-"), (VERMILION, "--")

matplotlib.rcParams.update({
    "svg.fonttype": "none", "font.size": 10, "legend.frameon": False, "axes.spines.top": False,
    "axes.spines.right": False, "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK,
    "ytick.color": INK, "legend.fontsize": 9, "axes.xmargin": 0.02, "savefig.dpi": 160,
})


@dataclass(frozen=True)
class Panel:
    svg: str
    title: str
    alt: str


def panel(draw, title, alt, size=(4.4, 3.2)):
    """draw(axes) makes the drawing; `alt` states what it shows to those who cannot see it."""
    figure = Figure(figsize=size, layout="constrained")
    draw(figure.add_subplot())
    return Panel(svg_of(figure, title + alt), title, alt)


def svg_of(figure, name):
    """Names inside the SVG come from `name`, so that the same results give the same bytes."""
    matplotlib.rcParams["svg.hashsalt"] = hashlib.sha256(name.encode()).hexdigest()[:12]
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg\b[^>]*?) width="[^"]*"', r"\1", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'(<svg\b[^>]*?) height="[^"]*"', r"\1", svg, count=1, flags=re.DOTALL)
    return without_idle_ids(svg).replace(INK, "currentColor")


def without_idle_ids(svg):
    """Matplotlib names each part ("axes_1"), the same in each figure; a page may have a name once only."""
    used = {name for pair in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg) for name in pair}
    return re.sub(r' id="([^"]+)"', lambda match: match[0] if match[1] in used else "", svg)


def curves(axes, series, x_label, y_label, log=False):
    """series: (label, (colour, line style), (x, mean, deviation))."""
    for label, (colour, style), (x, mean, sd) in series:
        axes.plot(x, mean, color=colour, linestyle=style, label=label, linewidth=1.6)
        axes.fill_between(x, mean - sd, mean + sd, color=colour, alpha=0.18, linewidth=0)
    if log:
        axes.set_yscale("log")
        means = np.concatenate([mean for _, _, (_, mean, _) in series])
        if (means > 0).any():
            axes.set_ylim(bottom=0.7 * means[means > 0].min())
    axes.set(xlabel=x_label, ylabel=y_label)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    legend_above(axes)


def legend_above(axes, columns=3):
    """Outside, where it hides nothing."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncol=columns, borderpad=0.2, handletextpad=0.4,
                columnspacing=1.2)


def points(axes, x1, x2, labels):
    """Two classes, with a colour and a shape each."""
    for label, colour, marker in zip(sorted(set(labels)), (BLUE, VERMILION), "o^"):
        of_class = labels == label
        axes.scatter(x1[of_class], x2[of_class], s=9, color=colour, marker=marker, linewidth=0, alpha=0.8,
                     rasterized=True, label=f"label {label:g}")
    axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


def field(axes, x1, x2, output, level, colours=(BLUE, VERMILION)):
    """The two sides of the boundary, the stronger the farther the output is from `level`; the boundary as a line."""
    scale = np.abs(output - level).max() or 1
    image = np.empty((*output.shape, 4))
    image[..., :3] = np.where((output < level)[..., None], to_rgb(colours[0]), to_rgb(colours[1]))
    image[..., 3] = 0.08 + 0.30 * np.abs(output - level) / scale
    axes.imshow(image, origin="lower", extent=(x1[0], x1[-1], x2[0], x2[-1]), interpolation="nearest")
    if output.min() < level < output.max():
        axes.contour(x1, x2, output, levels=[level], colors=[INK], linewidths=1.3)


def boundary(axes, x, y, x1, x2, output, level):
    field(axes, x1, x2, output, level)
    points(axes, x[:, 0], x[:, 1], y)
    axes.set(xlim=(x1[0], x1[-1]), ylim=(x2[0], x2[-1]))
    legend_above(axes)


def images(axes, rows, labels):
    """rows: (name, images (n, 256) in [0, 1]); one grey scale from black, 0, to white, 1."""
    pitch, columns = 17, max(len(pictures) for _, pictures in rows)  # 16 pixels and a gap
    sheet = np.full((len(rows) * pitch - 1, columns * pitch - 1), np.nan)
    for i, (_, pictures) in enumerate(rows):
        for j, picture in enumerate(pictures):
            sheet[i * pitch : i * pitch + 16, j * pitch : j * pitch + 16] = picture.reshape(16, 16)
    grey = matplotlib.colormaps["gray"].with_extremes(bad="#808080")  # the gaps
    axes.imshow(sheet, cmap=grey, vmin=0, vmax=1, interpolation="nearest")
    axes.set_xticks([j * pitch + 7.5 for j in range(columns)], labels)
    axes.set_yticks([i * pitch + 7.5 for i in range(len(rows))], [name for name, _ in rows])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


SHEET_COLUMNS = 8


def sheet(axes, pictures, labels):
    """Images (n, 256) in [0, 1] in rows, each with a label below it."""
    pitch, height = 20, 24
    rows = -(-len(pictures) // SHEET_COLUMNS)
    paper = np.full((rows * height, SHEET_COLUMNS * pitch), np.nan)
    for i, (picture, label) in enumerate(zip(pictures, labels)):
        top, left = i // SHEET_COLUMNS * height, i % SHEET_COLUMNS * pitch
        paper[top : top + 16, left : left + 16] = picture.reshape(16, 16)
        axes.text(left + 7.5, top + 16.5, label, ha="center", va="top", fontsize=9)
    axes.imshow(paper, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_axis_off()


def classes(axes, x, y, labels, names):
    """A map coloured by class; the name of each class also stands at its middle, for colours are hard to tell."""
    for i, colour in enumerate(CLASSES):
        of_class = labels == i
        axes.scatter(x[of_class], y[of_class], s=4, color=colour, linewidth=0, rasterized=True, label=names[i])
    for i in range(len(CLASSES)):
        if (labels == i).any():
            axes.text(np.median(x[labels == i]), np.median(y[labels == i]), names[i], ha="center", va="center",
                      fontsize=11, fontweight="bold", color="black",
                      bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 1})
    axes.set(xlabel="t-SNE 1 (no unit)", ylabel="t-SNE 2 (no unit)", aspect="equal", adjustable="datalim")
    axes.legend(ncol=5, loc="lower left", bbox_to_anchor=(0, 1), markerscale=3, handletextpad=0.1, columnspacing=0.8)
