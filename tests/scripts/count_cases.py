#!/usr/bin/env python3
"""Counts the test cases of the last `meson test`, each case of GoogleTest by itself.

Usage: count_cases.py BUILD_DIR
Prints the failed cases, then the line "N passed, N failed, N skipped". Exit status 1 if one failed or none ran.

Meson's JUnit file knows the cases of a GoogleTest program, but shows a timeout as a pass, and a program that fails
only when it ends (a leak, a crash after main) not at all; its JSON file has one true result for each program.
"""

import collections
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

PASSED = {"OK", "EXPECTEDFAIL"}


def case_result(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") == "notrun":
        return "skipped"
    return "passed"


def cases_by_suite(junit_file):
    """The cases of each suite: {"project.program.Suite": [(case, result)]}."""
    suites = collections.defaultdict(list)
    for suite in ElementTree.parse(junit_file).iter("testsuite"):
        suites[suite.get("name")] += [(case.get("name"), case_result(case)) for case in suite.iter("testcase")]
    return suites


def program_cases(program, suites):
    """The GoogleTest cases of a program; none if it is another kind of test, or wrote no result."""
    found = []
    for suite, cases in suites.items():
        _, _, behind_project = suite.partition(".")
        owner, _, case_suite = behind_project.rpartition(".")
        if owner == program["name"]:
            found += [(f"{short_name(program)}: {case_suite}.{case}", result) for case, result in cases]
    return found


def short_name(program):
    """Meson writes "project:suite / name"."""
    return program["name"].rpartition(" / ")[2]


def program_results(program, suites):
    """(name, result) of each case of one line of testlog.json."""
    name = short_name(program)
    cases = program_cases(program, suites)
    if program["result"] in PASSED:
        return cases or [(name, "passed")]
    if program["result"] == "SKIP":
        return cases or [(name, "skipped")]
    if not any(result == "failed" for _, result in cases):
        cases.append((f"{name}: {program['result']}, exit status {program.get('returncode')}", "failed"))
    return cases


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    logs = pathlib.Path(arguments[0]) / "meson-logs"  # a wrapper's name may be part of the files' names
    suites = cases_by_suite(next(logs.glob("testlog*.junit.xml")))
    with open(next(logs.glob("testlog*.json")), encoding="utf-8") as lines:
        results = [result for line in lines if line.strip() for result in program_results(json.loads(line), suites)]
    if not results:
        results.append(("no test ran", "failed"))
    for name, result in results:
        if result == "failed":
            print(f"FAILED {name}")
    count = collections.Counter(result for _, result in results)
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped", flush=True)
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
