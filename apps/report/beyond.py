"""The last chapter: what the report did not try. Its figures and tables, from the experiments' CSV files."""

import drawing
import references
from drawing import panel
from figures import Drawn, Entry, curve_panel, history, value_or_none
from results import FINITE, WHOLE, Missing
from tables import Table, cell
from twins import column

PIXELS = [f"x{j}" for j in range(256)]
ERRORS = {"image": WHOLE, "digit": WHOLE, "taken_for": WHOLE, "probability": FINITE, "of_the_digit": FINITE,
          **dict.fromkeys(PIXELS, FINITE)}
CONFUSION = {"digit": WHOLE, "taken_for": WHOLE, "count": WHOLE}
OURS, TEST_IMAGES, MOST_ERRORS = "ours", 2007, 64


def tested(e, *settings, rows):
    """The rows, unless none of the settings was run."""
    if not any(e.first_of(setting, None) for setting in settings):
        raise Missing(f"{e.name} ran its short version" if e.quick else f"{e.name} has none of these settings")
    return rows


# --- The checkerboard and Conv1D ------------------------------------------------------------------------------------


def ceiling_rows(e):
    boards = ("4x4-best", "8x8-best")
    return tested(e, *boards, rows=[
        (e.value(f"{board}/accuracy/test").setting, cell(e, f"{board}/accuracy/train"), cell(e, f"{board}/accuracy/test"),
         cell(e, f"{board}/true-rule/test")) for board in boards])


CONV1D = ("all-max-15", "all-average-15", "all-directions-15", "all-conv2d-15", "all-plain-10", "average-100", "average-250",
          "directions-100", "directions-250", "conv2d-100", "conv2d-250")


def conv1d_rows(e):
    return tested(e, *CONV1D, rows=[
        (e.value(f"{setting}/accuracy/test").setting, cell(e, f"{setting}/accuracy/train"),
         cell(e, f"{setting}/accuracy/test")) for setting in CONV1D if e.first_of(setting, None)])


# --- USPS, as well as a small network can ---------------------------------------------------------------------------

# (what, error in %, test images, source). The numbers were read in the sources: a paper, its abstract, or a file.
PUBLISHED = (
    ("tangent vectors and local features", "2.0", "40", "Keysers et al., SSPR 2002 (abstract)"),
    ("Gaussian mixtures, copies of the test image", "2.2", "44", "Dahmen et al., MCS 2001 (abstract)"),
    ("kernel density, tangent distance, virtual data", "2.2", "44", "Keysers et al., ICPR 2000 (abstract)"),
    ("people", "2.37", "-", "Human Performance on the USPS Database (abstract)"),
    ("nearest neighbour by tangent distance", "2.6", "52", "Hastie et al., Elements of Statistical Learning, table 13.1"),
    ("histograms of orientations, additive kernel", "3.4", "68", "Maji and Malik 2009 (abstract)"),
    ("LeCun's network of 1989", "5.0", "102", "karpathy/lecun1989-repro, README"),
)


def augmented(e, model):
    """The setting that was chosen for a model."""
    return next((f"{model}-{kind}" for kind in ("elastic", "affine") if value_or_none(e, f"{model}-{kind}/accuracy/test")),
                f"{model}-none")


def best_rows(e):
    conv, mlp = augmented(e, "conv"), augmented(e, "mlp")
    ours = (("all seeds' networks together, over shifts", "ensemble/shifts"), ("all seeds' networks together",
            "ensemble/accuracy"), ("convolutions, over shifts", f"{conv}/shifts"), ("convolutions, averaged weights",
            f"{conv}/average"), ("convolutions", f"{conv}/accuracy"), ("perceptron", f"{mlp}/accuracy"),
            ("convolutions without augmentation", "conv-none/accuracy"),
            ("perceptron without augmentation", "mlp-none/accuracy"))
    rows = []
    for what, key in ours:
        if value := value_or_none(e, f"{key}/test"):
            spread = f" ± {100 * value.sd:.2f}" if value.runs > 1 else ""
            images = f"{TEST_IMAGES * (1 - value.mean):.3g}" if not e.stands_in else "-"
            rows.append((what, f"{100 * (1 - value.mean):.2f}{spread}", images, OURS))
    return rows + list(PUBLISHED)


def choice_rows(e):
    kinds = ("none", "affine", "elastic")
    return [(model, *(cell(e, f"choice-{key}-{kind}/accuracy/validation") for kind in kinds))
            for key, model in (("conv", "convolutions"), ("mlp", "perceptron"))]


def errors(e):
    every = e.rows("errors.csv", ERRORS)
    wrong = every[:MOST_ERRORS]
    labels = [f"{row['digit']}→{row['taken_for']}  {row['probability']:.2f}" for row in wrong]
    images = (column(wrong, *PIXELS) + 1) / 2
    lines = -(-len(wrong) // drawing.SHEET_COLUMNS)
    said = "; ".join(f"image {row['image']}, a {row['digit']} taken for a {row['taken_for']}" for row in wrong)
    drawn = panel(lambda axes: drawing.sheet(axes, images, labels), "", f"{len(wrong)} of {len(every)} test images: {said}.",
                  size=(6.4, lines))
    shown = "Each" if len(wrong) == len(every) else f"The first {len(wrong)} of {len(every)}"
    return Drawn(f"{shown}: a test image that all seeds' networks together get wrong, the digit, what it is taken for, and with "
                 "which probability.", [drawn])


def confusion_rows(e):
    counts = {(row["digit"], row["taken_for"]): row["count"] for row in e.rows("confusion.csv", CONFUSION)}
    return [(digit, *(counts[digit, taken] for taken in range(10))) for digit in range(10)]


# --- Fashion-MNIST ----------------------------------------------------------------------------------------------------

CLOTHES = (("long", "long"), ("large", "large"), ("small", "small"), ("mlp", "perceptron"))
# (what, parameters, accuracy, source): read in the table of zalandoresearch/fashion-mnist or a report there.
PUBLISHED_CLOTHES = (
    ("WRN-40-4, crops, flips", "8.9 million", "0.967", "ajbrock"),
    ("DenseNet-BC, crops, flips", "768 000", "0.954", "ajbrock"),
    ("crops, flips, erasing", "295 968", "0.947", "fashion-mnist#93"),
    ("3 convolutions, 2 linear layers", "about 1 million", "0.9403", "fashion-mnist#148"),
    ("2 convolutions, 30 epochs", "83 466", "0.9247", "hardmaru"),
    ("perceptron 256-128-64", "-", "0.900", "lianghong"),
    ("people without training", "-", "0.835", "the table itself"),
)


def clothes_setting(e, model):
    """The augmentation that was chosen."""
    return e.first_of(*(f"{model}-{kind}" for kind in ("none", "flip", "crop", "erase")))


def clothes_rows(e):
    rows = []
    for model, _ in CLOTHES:
        setting = clothes_setting(e, model)
        if accuracy := value_or_none(e, f"{setting}/accuracy/test"):
            speed = e.config.get(f"images_per_second_{model}", "-")
            size = f"{e.value(f'{setting}/parameters/train').mean:.0f}"
            rows.append((accuracy.setting, size, str(accuracy), cell(e, f"{setting}/mirrored/test"), speed, OURS))
            if reference := references.value("fashion_mnist", f"{setting}/accuracy/test"):
                rows.append((accuracy.setting, size, str(reference), "-", "-", "PyTorch"))
    return rows + [(what, size, accuracy, "-", "-", source) for what, size, accuracy, source in PUBLISHED_CLOTHES]


def clothes(e):
    styles = ((drawing.BLUE, "-"), (drawing.GREEN, "-."), (drawing.VERMILION, "--"), (drawing.ORANGE, ":"))
    series = [(name, style, history(e, f"{clothes_setting(e, model)}/loss/train"))
              for (model, name), style in zip(CLOTHES, styles)
              if value_or_none(e, f"{clothes_setting(e, model)}/accuracy/test")]
    drawn = curve_panel(series, "Fashion-MNIST, training cross-entropy,", "cross-entropy (nats)")
    return Drawn(f"Training loss of each network with smoothed labels, mean and one standard deviation over {e.seeds}.",
                 [drawn])


# --- Sequences ------------------------------------------------------------------------------------------------------

CELLS = (("lstm", "LSTM"), ("gru", "GRU"), ("rnn", "plain"))


def adding(e):
    series = [(name, style, history(e, f"adding-{key}/mse/train"))
              for (key, name), style in zip(CELLS, ((drawing.BLUE, "-"), (drawing.GREEN, "-."), (drawing.VERMILION, "--")))]
    drawn = curve_panel(series, "Adding problem, mean squared error", "mean squared error", x_label="step", log=True)
    return Drawn(f"The sum of two marked numbers among {e.flag('length')}; new examples in each batch. Who always answers 1 has "
                 f"an error of 1/6. Mean over each 50 steps, then mean and one standard deviation over {e.seeds}.", [drawn])


def sequence_rows(e):
    rows = [("adding problem, always 1", "mean squared error", cell(e, "adding-mean/mse/test"), "0.1667 (1/6)")]
    for task, metric, what in (("adding", "mse", "mean squared error"), ("digits", "accuracy", "accuracy")):
        for key, name in CELLS:
            rows.append((f"{'adding problem' if task == 'adding' else 'digits, row by row'}, {name}", what,
                         cell(e, f"{task}-{key}/{metric}/test"), references.shown("sequences", f"{task}-{key}/{metric}/test")))
    return rows


FIGURES = {entry.key: entry for entry in (
    Entry("errors", "USPS: every error", "usps_best", errors),
    Entry("clothes-loss", "Fashion-MNIST: training", "fashion_mnist", clothes),
    Entry("adding", "Sequences: the adding problem", "sequences", adding),
)}

TABLES = {table.key: table for table in (
    Table("ceiling", "Checkerboard: as near to its ceiling as the network comes", "checkerboard",
          "The report's network with 5000 points, a wide start, Adam at 0.01 and a falling step. Labels are set before the "
          "jitter, so that the rule that made them errs too: its accuracy is the ceiling. Mean and deviation over {seeds}.",
          ("setting", "ours, train", "ours, test", "the true rule, test"), ceiling_rows),
    Table("beyond", "Conv1D: all images, other poolings, two directions, two dimensions", "usps_conv1d",
          "The report stopped at 200 images for want of compute. Accuracy; mean and deviation over {seeds}.",
          ("setting", "ours, train", "ours, test"), conv1d_rows),
    Table("best", "USPS: as well as a small network can", "usps_best",
          "Error on the test images. Augmentation is chosen on held-out training images (below); then each network is "
          "trained on all training images and meets the test images once for each of {seeds}. One image more or less is 0.05; "
          "0.3 is one standard deviation of an error of 2 %.",
          ("what", "wrong, %", "of 2007 images", "source"), best_rows),
    Table("choice", "USPS: the choice", "usps_best",
          "Accuracy on images held out from the training set, 1291 of 7291 in a full run, after half of the epochs.",
          ("network", "no augmentation", "moved, turned, enlarged, sheared", "and bent"), choice_rows),
    Table("confusion", "USPS: confusion matrix", "usps_best",
          "Test images by digit (rows) and by what all seeds' networks together take them for (columns).",
          ("digit", *map(str, range(10))), confusion_rows),
    Table("clothes", "Fashion-MNIST", "fashion_mnist",
          "Accuracy on the 10 000 test images, as they are and averaged with their mirror images; mean and deviation over "
          "{seeds}. Augmentation is chosen on held-out training images, 5000 in a full run. Images a second: of a training on one thread.",
          ("what", "parameters", "accuracy", "with mirror images", "images/s", "source"), clothes_rows),
    Table("sequences", "Sequences: LSTM, GRU and a plain network", "sequences",
          "On examples that training never saw; mean and deviation over {seeds}. PyTorch in the same setting, by "
          "apps/reference/run.", ("task", "metric", "ours", "PyTorch"), sequence_rows),
)}
