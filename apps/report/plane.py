"""The report's figures, sections 3 and 4: networks on points of the plane."""

from dataclasses import replace

from figures import (ACCURACIES, BOTH, Drawn, ERRORS, TEST_ONLY, accuracy_panels, boundary_panels, figure, loss_panels,
                     numbers, points_panel, points_panels, table_of)
from linear import clusters_text

# --- 3.1 Non-linear model, separable data --------------------------------------------------------------------------

READINGS = (("sum", "gradient summed over the batch"), ("batch_mean", "averaged over the batch"))


@figure("F9", "Decision boundary", "separable_mlp")
def separable_boundary(e):
    return Drawn(f"Linear(2, 3) TanH Linear(3, 1) Sigmoid under MSE, step {e.flag('step')}, {e.flag('epochs')} epochs. "
                 f"{clusters_text(e)}. The report does not say whether its step is for the sum or the mean over the "
                 f"batch; the mean makes it 800 times smaller. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, READINGS, BOTH), table_of(e, READINGS, ACCURACIES))


@figure("F10", "Loss over the epochs", "separable_mlp")
def separable_loss(e):
    return Drawn(f"Settings as in figure 9; mean and one standard deviation over {e.seeds}.",
                 loss_panels(e, READINGS, log=True), table_of(e, READINGS, ERRORS))


# --- 3.2 Four clouds -----------------------------------------------------------------------------------------------

CLOUDS = (("apart", "variance 0.1"), ("overlapping", "variance 0.5, overlapping"))


@figure("F11", "The data", "four_clouds")
def clouds_data(e):
    return Drawn(f"Four Gaussian clouds, labels as in an exclusive or, {e.flag('samples')} points, split 80/20. The "
                 f"report does not state the variance: both usual ones are run. Drawn: the first of {e.seeds}.",
                 points_panels(e, CLOUDS))


@figure("F12", "Loss over the epochs", "four_clouds")
def clouds_loss(e):
    return Drawn(f"Linear(2, 50) TanH Linear(50, 1) Sigmoid under MSE, step {e.flag('step')} under the sum over all "
                 f"training points, {e.flag('epochs')} epochs; mean and one standard deviation over {e.seeds}.",
                 loss_panels(e, CLOUDS), table_of(e, CLOUDS, ERRORS))


@figure("F13", "Boundary, all data", "four_clouds")
def clouds_boundary(e):
    return Drawn(f"Settings as in figure 12. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, CLOUDS, BOTH), table_of(e, CLOUDS, ["accuracy/train"]))


@figure("F14", "Boundary, test data", "four_clouds")
def clouds_test_boundary(e):
    return Drawn(f"The same boundaries with the test points alone. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, CLOUDS, TEST_ONLY), table_of(e, CLOUDS, ["accuracy/test"]))


@figure("F15", "Accuracy over the epochs", "four_clouds")
def clouds_accuracy(e):
    return Drawn(f"Settings as in figure 12; mean and one standard deviation over {e.seeds}. The report sees a plateau, "
                 "and a slight fall past 600 epochs.", accuracy_panels(e, CLOUDS), table_of(e, CLOUDS, ACCURACIES))


# --- 4 Checkerboard ------------------------------------------------------------------------------------------------

BOARDS = (("4x4-uniform", "4x4 cells, start U(-1, 1)"), ("4x4-torch", "4x4 cells, PyTorch's start"),
          ("8x8-uniform", "8x8 cells, start U(-1, 1)"), ("8x8-torch", "8x8 cells, PyTorch's start"))


@figure("F16", "The data", "checkerboard")
def board_data(e):
    return Drawn(f"Points on a checkerboard, {e.flag('samples')} of them, split 80/20 with seed 42; labels are set before "
                 f"a jitter N(0, {e.flag('epsilon')}), so that even the true rule errs. The report does not state the "
                 f"board: 4x4 cells fit its numbers, 8x8 is the course's. Drawn: the first of {e.seeds}.",
                 [points_panel(e, "4x4-uniform", "4x4 cells"), points_panel(e, "8x8-uniform", "8x8 cells")],
                 numbers(e, ["4x4-uniform", "8x8-uniform"], ["true-rule/test"]))


@figure("F17", "Loss and accuracy over the epochs", "checkerboard")
def board_loss(e):
    pairs = zip(loss_panels(e, BOARDS), accuracy_panels(e, BOARDS))
    panels = [replace(drawn, title=f"{drawn.title}: {what}") for pair in pairs for drawn, what in zip(pair, ("loss", "accuracy"))]
    return Drawn(f"Linear(2, 50) TanH Linear(50, 20) TanH Linear(20, 1) Sigmoid under MSE, batches of 100, step "
                 f"{e.flag('step')} under the sum; mean and one standard deviation over {e.seeds}. Of the report's 10 000 "
                 "\"epochs\" the settings read some as batches (8 to an epoch), some as epochs: the axis tells.", panels,
                 table_of(e, BOARDS, ERRORS))


@figure("F18", "Boundary, all data", "checkerboard")
def board_boundary(e):
    return Drawn(f"Settings as in figure 17. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, BOARDS, BOTH), table_of(e, BOARDS, ["accuracy/train"]))


@figure("F19", "Boundary, test data", "checkerboard")
def board_test_boundary(e):
    return Drawn(f"The same boundaries with the test points alone. Drawn: the first of {e.seeds}.",
                 boundary_panels(e, BOARDS, TEST_ONLY), table_of(e, BOARDS, ["accuracy/test"]))
