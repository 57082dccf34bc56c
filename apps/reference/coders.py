"""Auto-encoders of USPS digits: usps_autoencoder, usps_latent_space and usps_denoising in PyTorch and scikit-learn."""

import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors

from stack import Member, Stack, accuracies, binary_cross_entropy, cross_entropy

WIDTHS = {"wide": (256, 128, 64), "small": (256, 100, 10), "deep": (256, 128, 64, 32), "narrow": (256, 128, 15, 10)}


def coder(net, members):
    widths = WIDTHS[net] + WIDTHS[net][-2::-1]
    return Stack(widths, [torch.tanh] * (len(widths) - 2) + [torch.sigmoid], members)


def images(run):
    """Pixels in [0, 1] and labels: to train, to test."""
    return [((x + 1) / 2, y) for x, y in run.usps]


def of_images(copies, x):
    """Of each member."""
    mse = ((copies - x) ** 2).mean((1, 2)).tolist()
    return {"bce": (binary_cross_entropy(copies, x.expand_as(copies)) / x.shape[-1]).mean(1).tolist(), "mse": mse}


# --- usps_autoencoder -------------------------------------------------------------------------------------------------


def by_descent(net, steps, batch, epochs):
    """steps: under the mean of the batch, as texts. epochs: when to measure."""
    def job(run):
        (x, _), (x_test, _) = images(run)
        stack = coder(net, [Member(seed, float(step) / batch) for step in steps for seed in run.seeds])
        wanted = {run.length(epoch) * (len(x) // batch): epoch for epoch in epochs}
        values, count = {}, len(run.seeds)
        for iteration in stack.train(x, x, binary_cross_entropy, batch, run.length(max(epochs)), drop_last=True):
            if iteration in wanted:
                bce = of_images(stack.predict(x_test), x_test)["bce"]
                for i, step in enumerate(steps):
                    values[f"{net}-sgd-{step}-{batch}-{wanted[iteration]}/bce/test"] = bce[i * count:(i + 1) * count]
        return values
    return job


def trained_by_adam(run, net, epochs, prepare=lambda x: x, members=None, drop_last=False):
    (x, _), _ = images(run)
    stack = coder(net, members or [Member(seed) for seed in run.seeds])
    for _ in stack.train(x, x, binary_cross_entropy, 50, run.length(epochs), adam=1e-3, drop_last=drop_last, prepare=prepare):
        pass
    return stack


def by_adam(net, epochs):
    def job(run):
        stack, (_, (x, _)) = trained_by_adam(run, net, epochs, drop_last=True), images(run)
        return {f"{net}-adam-{epochs}/{metric}/test": values for metric, values in of_images(stack.predict(x), x).items()}
    return job


def principal_components(run):
    (x, _), (x_test, _) = images(run)
    model = PCA(64, svd_solver="full").fit(x.numpy())
    copies = model.inverse_transform(model.transform(x_test.numpy()))
    return {"pca-64/mse/test": [float(np.mean((copies - x_test.numpy()) ** 2))]}


# --- usps_latent_space ------------------------------------------------------------------------------------------------


def neighbours(points, labels):
    """The share whose label is the most frequent one of their five nearest neighbours."""
    _, near = NearestNeighbors(n_neighbors=6).fit(points).kneighbors(points)
    found = [np.bincount(labels[rows[1:]], minlength=10).argmax() for rows in near]
    return float(np.mean(found == labels))


def on_a_map(features, labels, seed):
    return neighbours(TSNE(init="pca", learning_rate="auto", random_state=seed).fit_transform(features), labels)


def original(run):
    _, (x, y) = images(run)
    x, y = x.numpy(), y.numpy()
    clusters = [KMeans(10, n_init=10, random_state=seed).fit_predict(x) for seed in run.seeds]
    return {"original/rand/test": [adjusted_rand_score(y, found) for found in clusters],
            "original/neighbours/test": [on_a_map(x, y, seed) for seed in run.seeds[:1]]}


def codes(net):
    def job(run):
        stack, (_, (x, y)) = trained_by_adam(run, net, 100), images(run)
        half = len(WIDTHS[net]) - 1
        features = {"reconstruction": stack.predict(x), "code": stack.predict(x, last=half)}
        return {f"{net}-{kind}/neighbours/test": [on_a_map(part.numpy(), y.numpy(), seed)
                                                  for part, seed in zip(parts, run.seeds)]
                for kind, parts in features.items()}
    return job


# --- usps_denoising ---------------------------------------------------------------------------------------------------


def with_noise(x, level, generator):
    """level: a number, or one for each member."""
    return (x + level * torch.randn(x.shape, generator=generator)).clamp(0, 1)


def classifier(run):
    (x, y), _ = images(run)
    stack = Stack((256, 128, 64, 10), [torch.tanh, torch.tanh, lambda z: z], [Member(seed) for seed in run.seeds])
    for _ in stack.train(x, y, cross_entropy, 100, run.length(20), adam=2e-3, falling=False):
        pass
    return stack


def denoising(run):
    """The members: trained on clean images, on noise 0.5, on noise 0.8; each for all seeds."""
    (_, _), (x, y) = images(run)
    reader, count = classifier(run), len(run.seeds)
    noise = torch.Generator().manual_seed(run.seeds[0])
    levels = torch.tensor([0, 0.5, 0.8]).repeat_interleave(count)[:, None, None]
    stack = trained_by_adam(run, "wide", 60, lambda z: with_noise(z, levels, noise), [Member(s) for s in run.seeds] * 3)
    long = trained_by_adam(run, "wide", 180, lambda z: with_noise(z, 0.8, noise))
    values = {}
    for i, level in ((1, 0.5), (2, 0.8)):
        noisy = with_noise(x.expand(count, *x.shape), level, noise)
        every = stack.predict(noisy.repeat(3, 1, 1))
        copies = {f"{level}-clean-trained": every[:count], f"{level}-noisy-trained": every[i * count:(i + 1) * count]}
        if level == 0.8:
            copies["0.8-noisy-trained-long"] = long.predict(noisy)
        for name, made in copies.items():
            values[f"{name}/mse/test"] = of_images(made, x)["mse"]
            values[f"{name}/recognised/test"] = accuracies(reader.predict(made), y)
    return values


JOBS = {"usps_autoencoder/pca": principal_components,
        **{f"usps_autoencoder/{net}-adam-{epochs}": by_adam(net, epochs)
           for net, epochs in (("wide", 200), ("small", 200), ("small", 100), ("narrow", 100))},
        "usps_latent_space/original": original,
        "usps_latent_space/wide": codes("wide"), "usps_latent_space/small": codes("small"), "usps_denoising": denoising,
        **{f"usps_autoencoder/{net}-sgd-50": by_descent(net, ("0.03", "0.01"), 50, [100]) for net in ("wide", "small")},
        **{f"usps_autoencoder/{net}-sgd-10": by_descent(net, ("0.03", "0.01"), 10, [100, 200]) for net in ("wide", "small")},
        "usps_autoencoder/deep-sgd-10": by_descent("deep", ("0.03",), 10, [100, 200]),
        "usps_autoencoder/narrow-sgd-10": by_descent("narrow", ("0.03",), 10, [100])}
