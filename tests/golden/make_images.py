#!/usr/bin/python3
"""Writes images.txt, images that SciPy moved and deformed, beside this script.

golden.py describes the format. Needs Debian's python3-torch and python3-scipy.
"""
import numpy as np
import scipy.ndimage

from golden import Writer, wave


def affine_map(size, down=0, right=0, rotation=0, scale=1, shear=0):
    """matrix and offset of scipy's affine_transform for a change about the centre, in this order:
    scale, shear, rotation, shift."""
    angle, slope = np.radians(rotation), np.tan(np.radians(shear))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.linalg.inv(turn @ np.array([[1, 0], [slope, 1]]) * scale)
    centre = (np.array(size) - 1) / 2
    return matrix, centre - matrix @ (centre + [down, right])


def philox(counters, key):
    """Philox4x32-10 of counters (n, 4); Salmon et al., "Parallel Random Numbers", SC'11."""
    c, low = counters.astype(np.uint64), np.uint64(0xFFFFFFFF)
    key = list(key)
    for _ in range(10):
        a, b = c[:, 0] * np.uint64(0xD2511F53), c[:, 2] * np.uint64(0xCD9E8D57)
        c = np.stack([b >> np.uint64(32) ^ c[:, 1] ^ np.uint64(key[0]), b & low,
                      a >> np.uint64(32) ^ c[:, 3] ^ np.uint64(key[1]), a & low], axis=1)
        key = [(key[0] + 0x9E3779B9) % 2**32, (key[1] + 0xBB67AE85) % 2**32]
    return c


def elastic_fields(size, row, alpha, sigma, seed, step):
    """How far each pixel's place is moved, (2, height, width), as nn/data/augment.hpp says."""
    place = 0x6175676D656E7400
    key = philox(np.array([[step, 0, place % 2**32, place >> 32]]), (seed, 0))[0, :2]
    blocks = np.arange(size[0] * -(-2 * size[1] // 16))  # of 16 numbers; lines begin a new one
    counters = np.stack([blocks, 0 * blocks + 2, 0 * blocks + row, 0 * blocks], axis=1)
    words = philox(counters, [int(k) for k in key])
    numbers = np.stack([words >> np.uint64(8 * i) & np.uint64(255) for i in range(4)], axis=1)
    fields = (2 * numbers.reshape(size[0], -1)[:, :2 * size[1]].astype(float) - 255) / 256
    fields = fields.reshape(size[0], 2, size[1]).transpose(1, 0, 2)  # down and right
    return alpha * np.stack([scipy.ndimage.gaussian_filter(f, sigma, mode="constant")
                             for f in fields])


def make_images():
    out = Writer("images.txt", f"Images, changed by SciPy {scipy.__version__}.")
    changes = {"shift": {"down": 1.25, "right": -2.5}, "rotation": {"rotation": 33},
               "scale": {"scale": 1.3}, "smaller": {"scale": 0.6}, "shear": {"shear": 20},
               "all": {"down": -0.7, "right": 1.1, "rotation": -100, "scale": 0.9, "shear": -15}}
    for name, change in changes.items():
        for shape in ((2, 9, 7), (2, 5, 8, 3)):
            out.case(f"{name}_{len(shape)}")
            images = wave(*shape).numpy()
            matrix, offset = affine_map(shape[1:3], **change)
            images = images.reshape(*shape[:3], -1)
            changed = np.stack(
                [np.stack([scipy.ndimage.affine_transform(image[:, :, c], matrix, offset, order=1,
                                                          mode="constant", cval=-1)
                           for c in range(image.shape[2])], axis=2) for image in images])
            out.tensor("change", [change.get(key, 1 if key == "scale" else 0) for key in
                                  ("down", "right", "rotation", "scale", "shear")])
            out.tensor("matrix", matrix)
            out.tensor("offset", offset)
            out.tensor("images", images.reshape(shape))
            out.tensor("changed", changed.reshape(shape))
    out.case("elastic")
    images = wave(3, 11, 9).numpy()
    places = [np.indices(images.shape[1:]) +
              elastic_fields(images.shape[1:], row, 30, 2.5, seed=12, step=34) for row in range(3)]
    out.tensor("images", images)
    out.tensor("changed", np.stack([scipy.ndimage.map_coordinates(image, place, order=1,
                                                                  mode="constant", cval=-1)
                                    for image, place in zip(images, places)]))


if __name__ == "__main__":
    make_images()
