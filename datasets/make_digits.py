#!/usr/bin/env python3
"""Remakes digits.txt, byte for byte, from the digits that scikit-learn ships.

Usage: make_digits.py [OUT]        (default: digits.txt beside this script)
Needs scikit-learn (Debian: python3-sklearn). The format is described in README.md.
"""

import os
import pathlib
import sys


def digit_line(label, pixels):
    """One image as a C++ string: its label, then one character a pixel, 'A' for 0 to 'Q' for 16."""
    values = [int(pixel) for pixel in pixels]
    if len(values) != 64 or not all(0 <= value <= 16 for value in values) or not 0 <= label <= 9:
        raise ValueError(f"not an 8x8 image with values 0 to 16: label {label}, {values}")
    return f'"{label}{"".join(chr(ord("A") + value) for value in values)}",\n'


def main(arguments):
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print(__doc__.strip(), file=sys.stderr)
        return 0 if arguments == ["--help"] else 2
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        print("make_digits.py: scikit-learn is needed (apt-get install python3-sklearn)", file=sys.stderr)
        return 1
    digits = load_digits()
    text = "".join(digit_line(int(label), pixels) for label, pixels in zip(digits.target, digits.data))
    out = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).with_name("digits.txt")
    partial = out.with_name(out.name + ".partial")
    partial.write_text(text, encoding="ascii", newline="\n")
    os.replace(partial, out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
