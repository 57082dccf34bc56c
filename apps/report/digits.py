"""The report's figures, section 5: classes of USPS digits."""

import drawing
from figures import Drawn, curve_panel, figure, history

# --- 5 USPS --------------------------------------------------------------------------------------------------------

STARTS = (("torch", "PyTorch's start"), ("uniform", "start U(-0.5, 0.5)"))
STEPS = ("1e-1", "1e-2", "1e-3", "1e-4", "1e-6")


@figure("F20", "Mean loss for each step", "usps_multiclass")
def loss_by_step(e):
    panels = []
    for start, title in STARTS:
        series = [(f"step {step}", (colour, style), history(e, f"CE-tanh-{step}-{start}/loss/train"))
                  for step, colour, style in zip(STEPS, drawing.SERIES, ("-", "--", "-.", ":", "-"))]
        panels.append(curve_panel(series, f"Cross-entropy, {title},", "training cross-entropy (nats)", title,
                                  "iteration", log=True))
    return Drawn(f"Training loss, mean over each 20 iterations, then mean and one standard deviation over {e.seeds}; "
                 f"cross-entropy, tanh, batches of {e.flag('batch-size')}, {e.flag('iterations')} iterations, the step "
                 "under the sum over the batch. The accuracies are in table 3.", panels)
