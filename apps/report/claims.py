"""The claims of the report, in its order: what it says, and where our numbers and the reference's for it are."""

from dataclasses import dataclass

import numpy as np

import references
from figures import FIGURE_ONLY
from results import HISTORY, Missing, shown_mean
from twins import COEFFICIENT_TOLERANCE, line_of, plane_of, sklearn_line, sklearn_planes
from verdicts import Above, At, Bound, Measured, Near


@dataclass(frozen=True)
class Reading:
    setting: str
    measure: object  # also tells the reference's number


@dataclass(frozen=True)
class Claim:
    where: str  # the figure or table: F1 to F32, T1 to T3, or a section's key
    text: str
    report: str
    readings: list  # the primary one first: see DEFAULTS in verdicts.py
    why: str


def live():
    return "scikit-learn, on the same CSV data"



def figure_only(at, *options):
    """Near the reference's number, where the report has none."""
    return Near(at, at, *options)


# --- 2 to 4: points in the plane -----------------------------------------------------------------------------------


def largest_coefficient_gap(e):
    return line_of(e, "descent").distance(sklearn_line(e))


def angle_to_least_squares(e):
    return plane_of(e, "mse").angle(sklearn_planes(e)["LinearRegression"])


def fall_after_600(e):
    """Test accuracy at epoch 600 less that at the end, in standard errors of the mean over the runs."""
    rows = e.rows("history.csv", HISTORY, "overlapping/accuracy/test")
    last = max((row["epoch"] for row in rows), default=0)
    at = {epoch: {row["run"]: row["value"] for row in rows if row["epoch"] == epoch} for epoch in (600, last)}
    if last <= 600 or len(at[600]) < 2:
        raise Missing("four_clouds has not two runs past 600 epochs")
    falls = np.array([at[600][run] - at[last][run] for run in at[600]])
    return in_errors(falls.mean(), falls.std(ddof=1), len(falls))


def in_errors(mean, sd, runs):
    return float(mean * np.sqrt(runs) / sd) if sd > 0 else 0.0


def fall_of_reference():
    fall = references.value("four_clouds", "overlapping/fall-after-600/test")
    return f"{shown_mean(in_errors(fall.mean, fall.sd, fall.runs), 0)} standard errors"


PLANE_CLAIMS = [
    Claim("F4", "Gradient descent finds the line of scikit-learn's LinearRegression", "both lines agree", [
        Reading("largest difference of a coefficient, at most 1e-5",
                Measured("linear_regression", largest_coefficient_gap, most=COEFFICIENT_TOLERANCE, reference=live)),
    ], "200 epochs are enough at the best step."),
    Claim("F7", "A linear model trained by MSE separates two clusters", FIGURE_ONLY, [
        Reading("test accuracy, at least 0.99",
                Bound(At("linear_classification", "mse/accuracy/test"), least=0.99)),
    ], "The clusters hardly overlap at variance 0.1."),
    Claim("F8", "Its boundary is that of a linear classifier of scikit-learn", FIGURE_ONLY, [
        Reading("angle to LinearRegression, at most 1 degree",
                Measured("linear_classification", angle_to_least_squares, most=1, unit=" degrees", reference=live)),
    ], "Least squares minimises the same error. Logistic regression (about 1 degree) and the perceptron (10 degrees "
       "and more) have other aims: see figure 8."),
    Claim("F9", "A 2-3-1 network separates them too, at step 0.01", "good", [
        Reading("step under the sum; test accuracy, at least 0.99",
                Bound(At("separable_mlp", "sum/accuracy/test"), least=0.99)),
        Reading("step under the batch mean; the same",
                Bound(At("separable_mlp", "batch_mean/accuracy/test"), least=0.99)),
    ], "The report does not say whether the gradient is summed or averaged over the batch: 800 times the step."),
    Claim("F13", "A 2-50-1 network learns the four clouds at step 1e-4", "converges", [
        Reading("variance 0.1; test accuracy", figure_only(At("four_clouds", "apart/accuracy/test"))),
        Reading("variance 0.5; test accuracy", figure_only(At("four_clouds", "overlapping/accuracy/test"))),
        Reading("variance 0.1, step under the mean; test accuracy",
                Near(At("four_clouds", "mean/accuracy/test"), At("four_clouds", "apart/accuracy/test"))),
    ], "Only with the gradient summed over the batch; under the mean this step is 800 times too small."),
    Claim("F15", "Past 600 epochs the accuracy falls slightly: over-fitting", "a slight fall", [
        Reading("variance 0.5; fall from epoch 600 to the end, at least 2 standard errors",
                Measured("four_clouds", fall_after_600, least=2, unit=" standard errors",
                         reference=fall_of_reference)),
    ], "One run can show such a fall by chance; over the seeds it has to be larger than its error to count."),
    Claim("F18", "Checkerboard, training accuracy", "0.975", [
        Reading("8x8 cells, PyTorch's start, read as epochs",
                Near(At("checkerboard", "8x8-torch/accuracy/train"), 0.975)),
        Reading("8x8 cells, start U(-1, 1), read as epochs",
                Near(At("checkerboard", "8x8-uniform/accuracy/train"), 0.975)),
        Reading("4x4 cells, PyTorch's start, 0.3 of that as epochs",
                Near(At("checkerboard", "4x4-torch/accuracy/train"), 0.975)),
        Reading("4x4 cells, start U(-1, 1), 10 000 read as batches",
                Near(At("checkerboard", "4x4-uniform/accuracy/train"), 0.975)),
    ], "The report states neither the board nor what an epoch counts."),
    Claim("F19", "Checkerboard, test accuracy", "0.935", [
        Reading("8x8 cells, PyTorch's start, read as epochs",
                Near(At("checkerboard", "8x8-torch/accuracy/test"), 0.935)),
        Reading("8x8 cells, start U(-1, 1), read as epochs",
                Near(At("checkerboard", "8x8-uniform/accuracy/test"), 0.935)),
        Reading("4x4 cells, PyTorch's start, 0.3 of that as epochs",
                Near(At("checkerboard", "4x4-torch/accuracy/test"), 0.935)),
        Reading("4x4 cells, start U(-1, 1), 10 000 read as batches",
                Near(At("checkerboard", "4x4-uniform/accuracy/test"), 0.935)),
    ], "800 points are too few for 64 cells, but enough for 16. Labels are set before the jitter, so that even "
       "the true rule reaches about 0.976 only."),
]

# --- 5: USPS, multi-class ------------------------------------------------------------------------------------------

TORCH, NARROW = "torch", "uniform"
START_NAMES = {TORCH: "PyTorch's start", NARROW: "start U(-0.5, 0.5)"}


def usps(table, start, iterations):
    return At("usps_multiclass", f"{table}-{start}/accuracy-{iterations}/test")


def usps_claim(where, text, report, table, iterations, why):
    """iterations: one number or several."""
    readings = [Reading(f"{START_NAMES[start]}, {count} iterations", Near(usps(table, start, count), report))
                for count in iterations for start in START_NAMES]
    return Claim(where, text, f"{report:.4f}", readings, why)


STARTS_MATTER = ("The report does not state how weights start; this alone moves the result by several points, in PyTorch "
                 "too.")
CONTRADICTION = ("Tables 2 and 3 of the report contradict each other (0.8186 and 0.9014 for the same step after 100 "
                 "iterations): both 100 and 1000 iterations are read.")
BOTH = (100, 1000)

USPS_CLAIMS = [
    usps_claim("T1", "Loss MSE", 0.8485, "T1-MSE", (1000,), STARTS_MATTER),
    usps_claim("T1", "Loss cross-entropy", 0.8604, "T1-CE", (1000,), STARTS_MATTER),
    Claim("T1", "Cross-entropy does better than MSE", "0.8604 above 0.8485", [
        Reading(f"{START_NAMES[start]}, the same step",
                Above(usps("T1-CE", start, 1000), usps("T1-MSE", start, 1000), ("CE", "MSE")))
        for start in START_NAMES
    ], "True at this step; at ten times the step MSE catches up (table 1)."),
    usps_claim("T2", "100 iterations", 0.8186, "T2", (100,), STARTS_MATTER),
    usps_claim("T2", "500 iterations", 0.8909, "T2", (500,), STARTS_MATTER),
    usps_claim("T2", "1000 iterations", 0.9014, "T2", (1000,), STARTS_MATTER),
    usps_claim("T3", "Step 1e-1", 0.8315, "T3-1e-1", BOTH,
               f"Under the sum over a batch of 100 this step diverges. {CONTRADICTION}"),
    usps_claim("T3", "Step 1e-2", 0.8604, "T3-1e-2", BOTH,
               f"At the edge of stability, where some seeds fail. {CONTRADICTION}"),
    usps_claim("T3", "Step 1e-3", 0.9014, "T3-1e-3", BOTH, CONTRADICTION),
    usps_claim("T3", "Step 1e-4", 0.6562, "T3-1e-4", BOTH,
               f"Between our numbers for 100 and for 1000 iterations if those lie on its two sides. {CONTRADICTION}"),
    usps_claim("T3", "Step 1e-6", 0.1225, "T3-1e-6", BOTH,
               "Hardly any training: what the start gives, near chance (0.1)."),
    usps_claim("activation", "Hidden activation tanh", 0.8908, "tanh", (500,), STARTS_MATTER),
    usps_claim("activation", "Hidden activation sigmoid", 0.6586, "sigmoid", (500,),
               "Slow at this step: a step ten times as large closes the gap to tanh."),
    Claim("activation", "tanh does better than sigmoid", "0.8908 above 0.6586", [
        Reading(f"{START_NAMES[start]}, 500 iterations",
                Above(usps("tanh", start, 500), usps("sigmoid", start, 500), ("tanh", "sigmoid")))
        for start in START_NAMES
    ], "True at this step; see the row above."),
]

# --- 6: auto-encoders ----------------------------------------------------------------------------------------------

NETS = {"wide": "256-128-64", "small": "256-100-10"}


def adam(net, epochs=200, metric="bce"):
    return At("usps_autoencoder", f"{net}-adam-{epochs}/{metric}/test")


def sgd(net, step, batch, epochs):
    return At("usps_autoencoder", f"{net}-sgd-{step}-{batch}-{epochs}/bce/test")


def by_step(pair):
    """One reading for each net and step."""
    return [Reading(f"{NETS[net]}, step {step}; BCE", pair(net, step))
            for step in ("0.03", "0.01") for net in NETS]


CODER_CLAIMS = [
    Claim("F21", "256-128-64: reconstructions almost identical to the originals", FIGURE_ONLY, [
        Reading("Adam, 200 epochs; BCE per pixel", figure_only(adam("wide"), False, False)),
        Reading("Adam, 200 epochs; MSE below that of PCA with 64 numbers",
                Above(At("usps_autoencoder", "pca-64/mse/test"), adam("wide", metric="mse"),
                      ("PCA", "network"))),
    ], "Pixels are grey, so that even a perfect copy has a BCE of 0.1288."),
    Claim("F22", "256-100-10: information is lost", FIGURE_ONLY, [
        Reading("Adam, 200 epochs; BCE per pixel above that of 256-128-64",
                Above(adam("small"), adam("wide"), ("code of 10", "code of 64"))),
        Reading("Adam, 200 epochs; BCE per pixel", figure_only(adam("small"), False, False)),
    ], "Ten numbers cannot hold an image of 256, but they hold more than PCA's ten."),
    Claim("F23", "Very small layers: the images do not resemble the originals", FIGURE_ONLY, [
        Reading("256-128-15-10, SGD, step 0.03; BCE above that of 256-100-10",
                Above(sgd("narrow", "0.03", 10, 100), sgd("small", "0.03", 10, 100), ("narrow", "256-100-10"))),
        Reading("256-128-15-10, Adam; the same",
                Above(adam("narrow", 100), adam("small", 100), ("narrow", "256-100-10"))),
    ], "At a step that is too high the tanh units saturate and all images become the mean image; under Adam little is "
       "lost."),
    Claim("F24", "Batches of 50 do better than batches of 10", "50 better", by_step(
        lambda net, step: Above(sgd(net, step, 10, 100), sgd(net, step, 50, 100), ("batch 10", "batch 50"))),
        "True where the step is too high for batches of 10; the report does not state its step."),
    Claim("F25", "200 epochs do worse than 100: over-fitting", "200 worse", by_step(
        lambda net, step: Above(sgd(net, step, 10, 200), sgd(net, step, 10, 100), ("200 epochs", "100 epochs"))) + [
        Reading("256-128-64-32, step 0.03; BCE",
                Above(sgd("deep", "0.03", 10, 200), sgd("deep", "0.03", 10, 100),
                      ("200 epochs", "100 epochs")))],
        "Where the test error rises, so does that of training (figure 25): saturation at too high a step, not "
        "over-fitting."),
    Claim("F26", "t-SNE of the images shows the digits as groups", FIGURE_ONLY, [
        Reading("5-nearest-neighbour accuracy on the map",
                figure_only(At("usps_latent_space", "original/neighbours/test"))),
        Reading("k-means, adjusted Rand index",
                figure_only(At("usps_latent_space", "original/rand/test"))),
    ], "k-means depends on its start: the best of ten is taken."),
    Claim("F27", "t-SNE of the reconstructions shows them as well", FIGURE_ONLY, [
        Reading(f"{NETS[net]}; 5-nearest-neighbour accuracy",
                figure_only(At("usps_latent_space", f"{net}-reconstruction/neighbours/test")))
        for net in NETS
    ], "The copies keep what tells the digits apart, a code of 64 more of it."),
    Claim("F28", "t-SNE of the codes shows them as well", FIGURE_ONLY, [
        Reading(f"{NETS[net]}; 5-nearest-neighbour accuracy",
                figure_only(At("usps_latent_space", f"{net}-code/neighbours/test")))
        for net in NETS
    ], "A low KL does not make a map better: collapsed codes are easy to meet."),
]

# --- 6.3 and 7 -----------------------------------------------------------------------------------------------------


def denoised(level, kind, metric="mse"):
    return At("usps_denoising", f"{level}-{kind}/{metric}/test")


CLEAN, NOISY = "clean-trained", "noisy-trained"

DENOISING_CLAIMS = [
    Claim("F30", "Training on noisy images does better than on clean ones", "noisy better", [
        Reading(f"noise {level}; MSE per pixel",
                Above(denoised(level, CLEAN), denoised(level, NOISY), ("clean", "noisy")))
        for level in ("0.5", "0.8")
    ], "The gap grows with the noise."),
    Claim("F30", "At noise 0.5 the digits stay readable", "readable", [
        Reading("trained on noisy images; accuracy of a classifier on the result",
                figure_only(denoised("0.5", NOISY, "recognised"))),
        Reading("trained on clean images; the same",
                Near(denoised("0.5", CLEAN, "recognised"), denoised("0.5", NOISY, "recognised"))),
    ], "Readable is read as: a classifier trained on clean images still knows them."),
    Claim("F30", "Noise 0.8 needs more epochs", "more epochs needed", [
        Reading("three times as long; MSE per pixel",
                Above(denoised("0.8", NOISY), denoised("0.8", f"{NOISY}-long"), ("once", "three times"))),
    ], "Each epoch draws new noise, so that longer training does not over-fit at once."),
]


def conv(setting, epochs, split):
    return At("usps_conv1d", f"{setting}-{epochs}/accuracy/{split}")


CONV_STARTS = (("torch-0.01", "PyTorch's start, step 0.01"), ("torch-0.001", "PyTorch's start, step 0.001"),
               ("uniform-0.01", "start U(-1, 1), step 0.01"),
               ("normal-0.001", "start N(0, 0.1), step 0.001"))


def conv_claim(where, text, report, epochs, split, why):
    return Claim(where, text, f"{report:.2f}", [
        Reading(shown, Near(conv(name, epochs, split), report)) for name, shown in CONV_STARTS], why)


TOO_WIDE = ("The report states neither start nor step. PyTorch's start does far better, and too wide a start comes near the "
            "report's number.")

CONV_CLAIMS = [
    conv_claim("F31", "Conv1D, 200 images, 100 epochs: training accuracy", 0.97, 100, "train", TOO_WIDE),
    conv_claim("F31", "Conv1D, 200 images, 100 epochs: test accuracy", 0.66, 100, "test", TOO_WIDE),
    conv_claim("F32", "Conv1D, 200 images, 250 epochs: training accuracy", 1.00, 250, "train", TOO_WIDE),
    conv_claim("F32", "Conv1D, 200 images, 250 epochs: test accuracy", 0.77, 250, "test",
               f"{TOO_WIDE} No single reading of the reference gives 0.66 and then 0.77."),
]

CLAIMS = PLANE_CLAIMS + USPS_CLAIMS + CODER_CLAIMS + DENOISING_CLAIMS + CONV_CLAIMS
