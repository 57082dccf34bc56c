"""The report's figures, section 6: auto-encoders."""

import drawing
from drawing import panel
from figures import Drawn, figure, numbers, table_of
from results import EMBEDDING, IMAGES, PIXELS
from twins import column

# --- 6.1 Auto-encoders ---------------------------------------------------------------------------------------------


def ten_images(e, setting):
    """One image of each digit, in the order of the digits."""
    first = {}
    for row in e.rows("images.csv", IMAGES, setting):
        first.setdefault(row["label"], row)
    return sorted(first), column([first[label] for label in sorted(first)], *PIXELS)


def image_panel(labels, rows, title, alt):
    return panel(lambda axes: drawing.images(axes, rows, labels), title, alt, size=(5.6, 0.4 + 0.4 * len(rows)))


def reconstruction_panel(e, settings, title):
    """settings: (id, short name), below the original images."""
    labels, original = ten_images(e, "original")
    rows = [("original", original), *((name, ten_images(e, setting)[1]) for setting, name in settings)]
    said = ", ".join(f"{name}: {e.value(f'{setting}/psnr/test').mean:.1f} dB" for setting, name in settings)
    return image_panel(labels, rows, title, "Ten test digits above what is made of them. Mean peak signal-to-noise ratio on "
                       f"the test part: {said}.")


QUALITY = ("bce/train", "bce/test", "mse/test", "psnr/test")
IMAGES_NOTE = "The same test images throughout, one of each digit; one grey scale from 0, black, to 1, white."


def coder_figure(e, net, size, text):
    adam = e.first_of(f"{net}-adam-200", f"{net}-adam-short")
    drawn = reconstruction_panel(e, [(adam, "auto-encoder"), (f"pca-{size}", f"PCA {size}")], "")
    return Drawn(f"{text} {e.value(f'{adam}/psnr/test').setting}, under binary cross-entropy; PCA with as many numbers "
                 f"per image beside it; mean and deviation over {e.seeds}, drawn: the first. {IMAGES_NOTE}",
                 [drawn], numbers(e, [adam, f"pca-{size}", "perfect"], QUALITY))


@figure("F21", "Original and reconstruction: 256-128-64", "usps_autoencoder")
def wide_coder(e):
    return coder_figure(e, "wide", 64, "A code not much reduced.")


@figure("F22", "Original and reconstruction: 256-100-10", "usps_autoencoder")
def small_coder(e):
    return coder_figure(e, "small", 10, "A code of ten numbers.")


NETS = {"wide": "256-128-64", "small": "256-100-10", "deep": "256-128-64-32", "narrow": "256-128-15-10",
        "tiny": "256-15-10"}
TWO_NETS = ("wide", "small")


def compared(e, panels, caption):
    """panels: by title, the (setting, short name) in it."""
    settings = [setting for rows in panels.values() for setting, _ in rows]
    return Drawn(f"{caption} Mean and deviation over {e.seeds}, drawn: the first. {IMAGES_NOTE}",
                 [reconstruction_panel(e, rows, title) for title, rows in panels.items()],
                 numbers(e, settings, QUALITY))


@figure("F23", "Three layers, and very small ones", "usps_autoencoder")
def deep_and_narrow_coders(e):
    nets = ("deep", "narrow", "tiny")
    return compared(e, {
        "SGD, step 0.03, batches of 10, 100 epochs":
            [(f"{net}-sgd-0.03-10-100", NETS[net]) for net in nets],
        "Adam, batches of 50, 100 epochs": [(f"{net}-adam-100", NETS[net]) for net in nets],
    }, "Three encoder layers that halve, and layers of 15 and 10 units. The report does not state its step: its finding "
       "appears at a step that is too high (first), less so under Adam (second).")


@figure("F24", "Batches of 10 against 50", "usps_autoencoder")
def batch_sizes(e):
    return compared(e, {
        f"SGD, step {step}, 100 epochs": [(f"{net}-sgd-{step}-{batch}-100", f"{NETS[net]}, batch {batch}")
                                          for net in TWO_NETS for batch in (10, 50)]
        for step in ("0.03", "0.01")
    }, "The report finds 50 better. The answer depends on the step, which the report does not state.")


@figure("F25", "100 epochs against 200", "usps_autoencoder")
def epoch_counts(e):
    return compared(e, {
        f"SGD, step {step}, batches of 10": [(f"{net}-sgd-{step}-10-{epochs}", f"{NETS[net]}, {epochs} epochs")
                                             for net in nets for epochs in (100, 200)]
        for step, nets in (("0.03", (*TWO_NETS, "deep")), ("0.01", TWO_NETS))
    }, "The report finds 200 epochs worse. Train and test errors stand side by side below: where both rise, it is the "
       "step and not over-fitting.")


# --- 6.2 Clusters and t-SNE ----------------------------------------------------------------------------------------

MAP_NUMBERS = ("neighbours/test", "trust/test", "kl/test", "rand/test", "nmi/test", "purity/test")


def map_panels(e, setting, title):
    values = column(e.rows("embedding.csv", EMBEDDING, setting), "x", "y", "label", "cluster")
    near = e.value(f"{setting}/neighbours/test").mean
    rand = e.value(f"{setting}/rand/test").mean
    panels = []
    for i, what, names, alt in (
            (2, "class", [str(k) for k in range(10)], f"{near:.1%} of the points have the class of most of their five "
             "nearest neighbours on the map."),
            (3, "k-means cluster", list("abcdefghij"), f"The clusters agree with the classes by an adjusted Rand index "
             f"of {rand:.2f}.")):
        panels.append(panel(lambda axes, i=i, names=names: drawing.classes(
            axes, values[:, 0], values[:, 1], values[:, i], names), f"{title}, by {what}",
            f"Map of {len(values)} test images, {title}, coloured by {what}. {alt}", size=(4.6, 4.4)))
    return panels


def map_figure(e, settings, text, extra=()):
    return Drawn(f"{text} {e.flag('iterations')} iterations of t-SNE, perplexity 30; k-means with ten clusters, the best "
                 f"of ten starts; auto-encoders trained {e.flag('epochs')} epochs by Adam; mean and deviation over "
                 f"{e.seeds}, drawn: the first. A low KL is not better: collapsed inputs are easy to meet.",
                 [drawn for setting, title in settings for drawn in map_panels(e, setting, title)],
                 table_of(e, settings, (*MAP_NUMBERS, *extra)))


@figure("F26", "t-SNE of the original images", "usps_latent_space")
def original_map(e):
    return map_figure(e, [("original", "original images")], "The test images as they are.",
                      ["classifier/test"])


@figure("F27", "t-SNE of the reconstructions", "usps_latent_space")
def reconstruction_map(e):
    return map_figure(e, [(f"{net}-reconstruction", f"reconstructions by {NETS[net]}") for net in TWO_NETS],
                      "What the auto-encoders make of the test images.")


@figure("F28", "t-SNE of the codes", "usps_latent_space")
def code_map(e):
    return map_figure(e, [(f"{net}-code", f"codes of {NETS[net]}") for net in TWO_NETS],
                      "The codes of the test images. The last two numbers: how well a network with one hidden "
                      "layer classifies from the code, and how much of the code is saturated.",
                      ["classifier/test", "saturated/test"])


# --- 6.3 Denoising -------------------------------------------------------------------------------------------------

DENOISED = ("mse/test", "psnr/test", "recognised/test")


def denoising_panel(e, level, kinds):
    """kinds: (kind, short name), below the clean and the noisy images."""
    labels, clean = ten_images(e, f"{level}-clean")
    shown = [("noisy", "noisy"), *kinds]
    rows = [("clean", clean), *((name, ten_images(e, f"{level}-{kind}")[1]) for kind, name in shown)]
    said = ", ".join(f"{name} {e.value(f'{level}-{kind}/recognised/test').mean:.1%}" for kind, name in shown)
    return image_panel(labels, rows, f"noise {level}",
                       f"Ten digits clean, under noise {level}, and denoised. Recognised by a classifier: {said}.")


def denoising_figure(e, kind, text, extra=()):
    panels = [denoising_panel(e, "0.5", [(kind, "denoised")]), denoising_panel(e, "0.8", [(kind, "denoised"), *extra])]
    settings = [f"{level}-{which}" for level in ("0.1", "0.2", "0.3", "0.5", "0.8") for which in ("noisy", kind)]
    settings += [f"0.8-{which}" for which, _ in extra]
    return Drawn(f"{text} 256-128-64, noise clip(x + level N(0, 1), 0, 1), {e.flag('epochs')} epochs of Adam; the "
                 f"classifier was trained on clean images; mean and deviation over {e.seeds}, drawn: the first. "
                 f"{IMAGES_NOTE}", panels, numbers(e, settings, DENOISED))


@figure("F29", "Denoising by an auto-encoder trained on clean images", "usps_denoising")
def clean_denoiser(e):
    return denoising_figure(e, "clean-trained", "Trained on clean images, asked to clean noisy ones.")


@figure("F30", "Denoising by an auto-encoder trained on noisy images", "usps_denoising")
def noisy_denoiser(e):
    return denoising_figure(e, "noisy-trained", "Trained to give the clean image for a noisy one.",
                            [("noisy-trained-long", "3 x as long")])
