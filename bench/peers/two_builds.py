#!/usr/bin/env python3
"""Two builds of the benchmarks in turn, on one thread, by CPU time: two_builds.py BEFORE.dll AFTER.dll [ROUNDS [SECONDS [WORK...]]]

Both are a Firn.Benchmarks.dll that knows `pace`; an older commit gets bench/Firn.Benchmarks/Pace.cs and its line in Program.cs.
Each round runs every work of both, the order of the two changing; prints medians and the median of the rounds' ratios.
"""
import statistics
import subprocess
import sys

rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 15
seconds = sys.argv[4] if len(sys.argv) > 4 else "0.4"
builds = [subprocess.Popen(["dotnet", dll, "pace"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for dll in sys.argv[1:3]]
works = [build.stdout.readline().split() for build in builds]
works = [work for work in sys.argv[5:] or works[0] if work in works[1]]


def rate(build, work):
    print(work, seconds, file=build.stdin, flush=True)
    return float(build.stdout.readline())


print("| work | before | after | after / before | quarters of the ratio |\n|---|---:|---:|---:|---:|")
for work in works:
    for build in builds:
        rate(build, work)  # warm
    pairs = []
    for i in range(rounds):
        order = builds if i % 2 == 0 else builds[::-1]
        rates = {build: rate(build, work) for build in order}
        pairs.append([rates[build] for build in builds])
    before, after = (statistics.median(column) for column in zip(*pairs))
    low, ratio, high = statistics.quantiles([b / a for a, b in pairs], n=4)
    print(f"| {work} | {before:.0f} | {after:.0f} | {ratio:.3f} | {low:.3f} to {high:.3f} |", flush=True)
for build in builds:
    build.stdin.close()
    build.wait()
