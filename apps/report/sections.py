"""The sections of the report, in its order, each with its figures and tables."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    number: str
    title: str
    finding: str  # what the report says
    parts: tuple  # keys of FIGURES and TABLES


def span(first, last):
    return tuple(f"F{i}" for i in range(first, last + 1))


SECTIONS = (
    Section("2.1", "Linear regression", "Both lines, by gradient descent and by scikit-learn, agree.", span(1, 4)),
    Section("2.2", "Linear classification", "A linear model by MSE separates two clusters, as scikit-learn's does.", span(5, 8)),
    Section("3.1", "Non-linear model, separable data", "Two layers separate them as well.", span(9, 10)),
    Section("3.2", "Non-linear model, four clouds", "Training converges; the accuracy reaches a plateau, and falls slightly "
            "past 600 epochs.", span(11, 15)),
    Section("4", "Checkerboard", "Accuracy 0.975 on the training part, 0.935 on the test part.", span(16, 19)),
    Section("5", "USPS digits", "Cross-entropy before MSE, tanh before sigmoid, more iterations help, the best step is 1e-3.",
            ("T1", "T2", "T3", "F20", "activation")),
    Section("6.1", "Auto-encoders", "Good copies from a code not much reduced, poor ones from small codes.", span(21, 25)),
    Section("6.2", "Clusters and t-SNE", "Maps of images, reconstructions and codes, coloured by class and by k-means cluster.",
            span(26, 28)),
    Section("6.3", "Denoising", "Trained on noisy images, the digits stay readable at noise 0.5; 0.8 needs more epochs.",
            span(29, 30)),
    Section("7", "Conv1D", "200 images: 0.97 and 0.66 (train and test) after 100 epochs, 1.00 and 0.77 after 250.",
            span(31, 32)),
    Section("8", "Beyond the report", "nothing of this is in it.",
            ("ceiling", "beyond", "best", "choice", "errors", "confusion", "clothes", "clothes-loss",
             "adding", "sequences")),
)


def experiments(entries):
    """Those that these figures and tables come from, in the page's order."""
    keys = [key for section in SECTIONS for key in section.parts if key in entries]
    return list(dict.fromkeys(entries[key].experiment for key in keys))
