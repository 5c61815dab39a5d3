"""How long one query of a mapped table takes, the start of the process included, and how much processor time.

  vectors_start.py FILE.safetensors WORD [--firn "COMMAND"] [--runs 21]

FILE is made by 'firn vectors convert'. The first run warms the page cache and is left out. Build the tool first by calling ./firn once.
"""
import argparse
import os
import shlex
import statistics
import subprocess
import time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("word")
    parser.add_argument("--firn", default="firn")
    parser.add_argument("--runs", type=int, default=21)
    asked = parser.parse_args()
    print("| command | median ms | least ms | processor ms |\n|---|---:|---:|---:|")
    for name, arguments in (("--version", ["--version"]), ("vectors similarity, two words", ["vectors", "similarity", asked.file, asked.word, asked.word]),
                            ("vectors neighbors", ["vectors", "neighbors", asked.file, asked.word])):
        walls, cpus = [], []
        for run in range(asked.runs + 1):
            before, start = os.times(), time.perf_counter()
            subprocess.run([*shlex.split(asked.firn), *arguments], check=True, stdout=subprocess.DEVNULL)
            wall, after = time.perf_counter() - start, os.times()
            if run > 0:
                walls.append(1000 * wall)
                cpus.append(1000 * (after.children_user + after.children_system - before.children_user - before.children_system))
        print(f"| {name} | {statistics.median(walls):.0f} | {min(walls):.0f} | {statistics.median(cpus):.0f} |", flush=True)


main()
