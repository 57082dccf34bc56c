"""What the peers' programs in Python share, as bench.hpp has it. Imported before numpy and torch, which read the
environment when they load."""

import os
import pathlib
import sys
import time

THREADS = int(os.environ.get("PB_THREADS", "1"))
for library in ("OMP", "OPENBLAS", "BLIS"):
    os.environ[f"{library}_NUM_THREADS"] = str(THREADS)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))


def selected(case):
    return os.environ.get("PB_FILTER", "") in case


def report(peer, case, metric, value):
    print(f"{peer},{case},{metric},{value:.6g}", flush=True)


def seconds_of(f, calls=1):
    begin = time.perf_counter()
    for _ in range(calls):
        f()
    return time.perf_counter() - begin


def time_of(f):
    """Seconds per call of f, as in bench.hpp: the least of many slices, each of as many calls as fill 0.3 ms."""
    f()
    calls = 1
    while (seconds := seconds_of(f, calls)) < 0.0003:
        calls = max(calls + 1, int(calls * min(10, 1.2 * 0.0003 / seconds)))
    least, slices, begin = seconds_of(f, calls), 0, time.perf_counter()
    while slices < 5 or time.perf_counter() - begin < 0.3:
        least, slices = min(least, seconds_of(f, calls)), slices + 1
    return least / calls
