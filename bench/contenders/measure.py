"""measure.ts once more, for the contenders in Python."""
import json
import os
from time import perf_counter

LOOP_SECONDS = 0.001
LOOPS = 5  # at least, and
LOOPS_SECONDS = 0.04
WARM_UP_SECONDS = 0.04

SHORT = [b"hello world", b"hallo welt!", b"bonjour moi", b"buenos dias"]
HUNDRED = [(word * 10)[:100] for word in SHORT]
TEN_THOUSAND = [(word * 1000)[:10_000] for word in SHORT]
NON_ASCII = ["grüße, Welt", "Привет, мир", "naïve façon", "γειά κόσμε!"]


def measure(cases):
    """Cases take the number of rounds; one whose figure is not nanoseconds gives it itself."""
    names = os.environ.get("BENCH_CASES")
    results = {}
    for name in names.split(",") if names else cases:
        run = cases.get(name)
        if run is not None:
            results[name] = growth(run) if name == "growth" else nanoseconds(run)
    print(json.dumps(results))


def seconds(run, n):
    start = perf_counter()
    run(n)
    return perf_counter() - start


def nanoseconds(run):
    n = 1
    while seconds(run, n) < 0.001:
        n *= 2
    part = max(1, n // 4)
    start = perf_counter()
    while perf_counter() - start < WARM_UP_SECONDS:
        run(part)
    n = max(1, round(n * LOOP_SECONDS / seconds(run, n)))
    best = total = loops = 0
    while loops < LOOPS or total < LOOPS_SECONDS:
        taken = seconds(run, n)
        best = taken if loops == 0 else min(best, taken)
        total += taken
        loops += 1
    return best / n * 1e9


def growth(run):
    run(10_000)
    before = resident()
    for _ in range(100):
        run(10_000)
    return max(0, resident() - before) / 1e6


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
