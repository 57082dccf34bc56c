#!/usr/bin/env python3
"""Fails if a file includes one of a layer above its own (docs/architecture.md, "Layers")."""
import pathlib
import re
import sys

# What each layer may include besides itself.
BELOW = {
    "core": [],
    "kernels": ["core"],
    "ops": ["core", "kernels"],
    "modules": ["core", "kernels", "ops"],
    "losses": ["core", "kernels", "ops"],
    "io": ["core"],
    "onnx": ["core", "kernels", "ops", "modules", "io"],
    "data": ["core", "kernels", "ops", "io"],
    "train": ["core", "kernels", "ops", "modules", "losses", "data", "io"],
    "mpi": ["core", "train"],
    "unsupervised": ["core", "kernels", "ops"],
}
INCLUDE = re.compile(r'#include "(?:nn/)?(\w+)/')


def violations(root):
    for folder in (root / "include" / "nn", root / "lib"):
        for path in sorted(folder.rglob("*.[hci][pn][pl]")):
            layer = path.relative_to(folder).parts[0]
            if layer not in BELOW:
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if match and match[1] != layer and match[1] not in BELOW[layer]:
                    yield f"{path.relative_to(root)}:{number}: {layer} may not include {match[1]}"


found = list(violations(pathlib.Path(sys.argv[1])))
print("\n".join(found) or "every include goes downward")
sys.exit(bool(found))
