#!/usr/bin/env python3
"""Labels 1.6 million tweets from CSV to CSV and checks what came out: predict_files.py BUNDLE... [--folder FOLDER] [--rounds N]
[--before FOLDER]

With --before, the folder of another build's Firn.Cli.dll, both builds run in turn, and the least CPU time of each is compared.
The input is the union file in FIRN_DATA, repeated to the size of Sentiment140. Each round is a process of its own; time is by
the clock from its start to its end, memory the largest resident set. Writes bench/results/predict.md.
"""
import argparse
import csv
import gzip
import os
import platform
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 1_600_000


def write_input(path):
    source = os.path.join(os.environ["FIRN_DATA"], "sentiment140", "sentiment140_union.csv.gz")
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    head, rows = rows[0], rows[1:]
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        for i in range(ROWS):
            writer.writerow(rows[i % len(rows)])


def run(tool, bundle, source, target):
    if os.path.exists(target):
        os.remove(target)
    began = time.perf_counter()
    process = subprocess.Popen(["dotnet", tool, "predict", bundle, source, "--text-column", "text", "--out", target],
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status != 0:
        sys.exit(f"predict ended with status {status}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def check(source, target):
    with open(source, encoding="utf-8", newline="") as a, open(target, encoding="utf-8", newline="") as b:
        before, after = csv.reader(a), csv.reader(b)
        names, added = next(before), next(after)
        assert added == names + ["label", "probability", "known_words"], added
        count = 0
        for row, scored in zip(before, after, strict=True):
            assert scored[:3] == row and scored[3] and 0 <= float(scored[4]) <= 1, (row, scored)
            count += 1
        assert count == ROWS, count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bundles", nargs="+")
    parser.add_argument("--folder", default=tempfile.gettempdir())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before")
    options = parser.parse_args()
    tool = os.path.join(HERE, "..", "..", "artifacts", "bin", "Firn.Cli", "ready", "Firn.Cli.dll")
    source, target = (os.path.join(options.folder, name) for name in ("firn-predict.csv", "firn-predict-scored.csv"))
    write_input(source)
    lines = ["# predict", "",
             f"{platform.machine()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}, load of other work {os.getloadavg()[0]:.1f}", "",
             f"{ROWS:,} tweets from CSV ({os.path.getsize(source) / 1e6:.0f} MB) to CSV, the process from start to end; "
             f"the best of {options.rounds} rounds, every row checked.", "",
             "| bundle | seconds | thousand texts/s | CPU seconds | peak memory, MB |", "|---|---:|---:|---:|---:|"]
    tools = {"": tool}
    if options.before:
        tools = {" (before)": os.path.join(options.before, "Firn.Cli.dll"), " (after)": tool}
    for bundle in options.bundles:
        rounds = {build: [] for build in tools}
        for _ in range(options.rounds):
            for build, path in tools.items():
                rounds[build].append(run(path, bundle, source, target))
        check(source, target)
        for build, figures in rounds.items():
            seconds, cpu = min(r[0] for r in figures), min(r[1] for r in figures)
            lines.append(f"| {os.path.basename(os.path.normpath(bundle))}{build} | {seconds:.1f} | {ROWS / seconds / 1000:.0f} "
                         f"| {cpu:.1f} | {max(r[2] for r in figures):.0f} |")
            print(lines[-1], flush=True)
    lines += ["", "Command: `bench/compare predict BUNDLE..." + (" --before FOLDER`" if options.before else "`")]
    with open(os.path.join(HERE, "..", "results", "predict.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    os.remove(source)
    os.remove(target)


main()
