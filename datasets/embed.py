#!/usr/bin/env python3
"""Writes a C++ source that holds a file's bytes.

Usage: embed.py IN OUT
For IN = path/digits.txt, OUT defines
    extern const char nn::embedded::digits_text[];           // the bytes, then one 0
    extern const unsigned long nn::embedded::digits_size;    // their number, without that 0
Numbers, not a string literal: compilers warn about literals above 65536 characters.
"""

import pathlib
import re
import sys

BYTES_PER_LINE = 66  # one image of digits.txt a line


def source_for(name, data):
    if max(data, default=0) > 127:
        raise ValueError("only ASCII text can be embedded")
    rows = (data[i : i + BYTES_PER_LINE] for i in range(0, len(data), BYTES_PER_LINE))
    numbers = "".join(",".join(map(str, row)) + ",\n" for row in rows)
    return (
        f"// Made from {name} by embed.py.\n"
        "namespace nn::embedded {\n"
        f"extern const char {stem(name)}_text[] = {{\n{numbers}0}};\n"
        f"extern const unsigned long {stem(name)}_size = {len(data)};\n"
        "}\n"
    )


def stem(name):
    return re.sub(r"[^0-9A-Za-z_]", "_", pathlib.Path(name).stem)


def main(arguments):
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    source, out = map(pathlib.Path, arguments)
    try:
        out.write_text(source_for(source.name, source.read_bytes()), encoding="ascii", newline="\n")
    except (OSError, ValueError) as error:
        print(f"embed.py: {source}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
