#!/usr/bin/env python3
"""Prints the public headers below a folder, one a line, as they are included."""
import pathlib
import sys

root = pathlib.Path(sys.argv[1])
for header in sorted(root.rglob("*.hpp")):
    print(header.relative_to(root))
