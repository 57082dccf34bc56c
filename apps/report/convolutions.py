"""The report's figures, section 7: convolution along the image."""

from figures import ACCURACIES, Drawn, both_parts, curve_panel, figure, numbers
from results import Missing

# --- 7 Conv1D ------------------------------------------------------------------------------------------------------

CONV = (("torch-0.01", "PyTorch's start, step 0.01"),
        ("torch-0.001", "PyTorch's start, step 0.001"),
        ("uniform-0.01", "start U(-1, 1), step 0.01"),
        ("normal-0.001", "start N(0, 0.1), step 0.001"))


def conv_figure(e, epochs):
    panels, settings, missing = [], [], []
    for setting, title in CONV:
        try:
            series = both_parts(e, f"{setting}/loss", epochs)
            panels.append(curve_panel(series, f"Cross-entropy, {title},", "cross-entropy (nats)", title, log=True))
            shown = series[0][2][0][-1]
            settings.append(e.first_of(f"{setting}-{epochs}", f"{setting}-short"))
        except Missing as absent:
            missing.append(str(absent))
    if not panels:
        raise Missing(missing[0])
    note = f" Not in this run: {'; '.join(dict.fromkeys(missing))}." if missing else ""
    return Drawn("Conv1D(3, 1, 32) MaxPool1D(2, 2) Flatten Linear(4064, 100) ReLU Linear(100, 10) under cross-entropy, 200 "
                 f"training images in batches of 20, plain gradient descent under the mean, {shown} epochs (report: "
                 f"{epochs}); the report states neither step nor start. The test loss is measured every ten epochs. Mean and one "
                 f"standard deviation over {e.seeds}.{note}", panels, numbers(e, settings, ACCURACIES))


@figure("F31", "Loss over 100 epochs", "usps_conv1d")
def conv_100(e):
    return conv_figure(e, 100)


@figure("F32", "Loss over 250 epochs", "usps_conv1d")
def conv_250(e):
    return conv_figure(e, 250)
