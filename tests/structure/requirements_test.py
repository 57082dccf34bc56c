#!/usr/bin/env python3
"""docs/requirements.md names, for each requirement, the folders whose tests are called after it: those and no others.

usage: requirements_test.py PROJECT
"""
import collections
import pathlib
import re
import sys

project = pathlib.Path(sys.argv[1])
folders = collections.defaultdict(set)
for path in (project / "tests").rglob("*_test.*"):
    for case in re.findall(r"(?:TEST\w*\(|def test_)[^{:]*?Case_(P\d\d)", path.read_text()):
        folders[case].add(path.relative_to(project / "tests").parts[0])

problems, listed = [], []
for line in (project / "docs/requirements.md").read_text().splitlines():
    if row := re.fullmatch(r"\| (P\d\d) \| .* \| (.*) \|", line):
        case, tests = row.groups()
        listed.append(case)
        named = set(re.findall(r"`(\w+)`", tests)) if not tests.startswith("-") else set()
        if named != folders[case]:
            problems.append(f"{case}: docs/requirements.md names {sorted(named)}, tests are in {sorted(folders[case])}")
problems += [f"{case} is not in docs/requirements.md" for case in sorted(folders) if case not in listed]
print("\n".join(problems) or f"{len(listed)} requirements, {sum(bool(folders[c]) for c in listed)} with tests")
sys.exit(bool(problems))
