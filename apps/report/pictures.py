"""The four pictures that the page begins with, a sentence each. Three are in docs/figures too: no image of USPS is."""

from dataclasses import dataclass

import drawing
from coders import ten_images
from digits import STARTS
from drawing import panel
from figures import boundary_data, history, value_or_none
from plane import BOARDS
from results import EMBEDDING, Missing
from twins import column


@dataclass(frozen=True)
class Picture:
    experiment: str
    place: str  # the part of the page that tells more
    draw: callable  # (axes, experiment)
    sentence: callable  # of the experiment; states numbers, for those too who cannot see the drawing
    file: str = None  # in docs/figures


SIZE = (4.8, 3.8)


def share(e, key):
    return f"{e.value(key).mean:.1%}"


BOARD, _ = BOARDS[1]


def draw_board(axes, e):
    drawing.boundary(axes, *boundary_data(e, BOARD, ("test",)), level=0.5)


def tell_board(e):
    ours = e.value(f"{BOARD}/accuracy/test")
    return (f"A network learns a checkerboard: {ours.mean:.1%} of the test points lie on the right side of its boundary "
            f"(report: {ours.report:.1%}).")


def marks(e):
    """(iterations, result) of the report's table 2."""
    found = [(count, value_or_none(e, f"T2-torch/accuracy-{count}/test")) for count in (100, 500, 1000)]
    return [(count, value) for count, value in found if value]


def draw_iterations(axes, e):
    series = [(f"ours, {name}", style, history(e, f"CE-tanh-1e-3-{start}/accuracy/test"))
              for (start, name), style in zip(STARTS, (drawing.TRAIN, drawing.TEST))]
    drawing.curves(axes, series, "iteration (a batch of 100)", "accuracy on the test images")
    axes.plot(*zip(*((count, value.report) for count, value in marks(e))), "D", color="#888888", label="the report's table 2", zorder=3)
    axes.set_ylim(0.6, 0.95)
    drawing.legend_above(axes, columns=2)


def tell_iterations(e):
    count, ours = marks(e)[-1]
    return (f"A network learns digits: after {count} batches {ours.mean:.1%} of the test images get the right one (report: "
            f"{ours.report:.1%}).")


def draw_map(axes, e):
    values = column(e.rows("embedding.csv", EMBEDDING, "small-code"), "x", "y", "label")
    drawing.classes(axes, *values.T, [str(k) for k in range(10)])


def tell_map(e):
    return (f"An auto-encoder keeps ten numbers of each digit; on a t-SNE map of these, "
            f"{share(e, 'small-code/neighbours/test')} of the images lie among their own kind.")


def draw_denoised(axes, e):
    labels, clean = ten_images(e, "0.5-clean")
    rows = [("clean", clean)]
    for level in ("0.3", "0.5", "0.8"):
        rows += [(f"noise {level}", ten_images(e, f"{level}-noisy")[1]),
                 ("denoised", ten_images(e, f"{level}-noisy-trained")[1])]
    drawing.images(axes, rows, labels)


def tell_denoised(e):
    return (f"Under noise of 0.5 a classifier knows {share(e, '0.5-noisy/recognised/test')} of the digits; after an auto-encoder "
            f"that was trained on noisy images, {share(e, '0.5-noisy-trained/recognised/test')}.")


PICTURES = (
    Picture("checkerboard", "F19", draw_board, tell_board, "checkerboard.png"),
    Picture("usps_multiclass", "T2", draw_iterations, tell_iterations, "usps_iterations.png"),
    Picture("usps_latent_space", "F28", draw_map, tell_map),
    Picture("usps_denoising", "F30", draw_denoised, tell_denoised),
)


def drawn(run):
    """(picture, its panel) of those that this run can show."""
    found = []
    for picture in PICTURES:
        try:
            e = run[picture.experiment]
            found.append((picture, panel(lambda axes, p=picture, e=e: p.draw(axes, e), "", picture.sentence(e), SIZE)))
        except (KeyError, Missing):
            continue
    return found
