#!/usr/bin/python3
"""Restart: `kill -9` on a serving `firn serve`, started anew at once, until the first right score over REST.

  bench/compare restart BUNDLE [--rounds 10] [--help-rounds 10]

The clock runs from the start of the new process to the end of the first answer; the scores must equal those before the
kill, digit for digit. Also times `firn --help`, whose cost is the start of the runtime. Prints one JSON object; medians.
"""
import argparse
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import time

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
tool = ["dotnet", f"{root}/artifacts/bin/Firn.Cli/ready/Firn.Cli.dll"]
parser = argparse.ArgumentParser()
parser.add_argument("bundle")
parser.add_argument("--rounds", type=int, default=10)
parser.add_argument("--port", type=int, default=8711)
options = parser.parse_args()
bundle = os.path.abspath(options.bundle)
model = os.path.basename(bundle.rstrip("/"))
texts = ["", "i love this song so much today thanks", "so sad, rain all day", "Soooo GOOD!!! not bad :)"]
body = json.dumps({"instances": texts})


def score():
    connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=5)
    try:
        connection.request("POST", f"/v1/models/{model}:predict", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.read().decode() if answer.status == 200 else None
    except OSError:
        return None
    finally:
        connection.close()


def start():
    began = time.perf_counter()
    process = subprocess.Popen(tool + ["serve", bundle, "--rest-port", str(options.port), "--grpc-port", "0"], stderr=subprocess.DEVNULL)
    while (scores := score()) is None:
        if process.poll() is not None or time.perf_counter() - began > 60:
            sys.exit("the server did not start")
        time.sleep(0.002)
    return process, time.perf_counter() - began, scores


def helped():
    began = time.perf_counter()
    subprocess.run(tool + ["--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


process, first, before = start()
seconds = []
try:
    for _ in range(options.rounds):
        process.send_signal(signal.SIGKILL)
        process.wait()
        process, time_taken, after = start()
        if after != before:
            sys.exit(f"other scores after the restart: {before} {after}")
        seconds.append(time_taken)
finally:
    process.kill()
    process.wait()
helps = [helped() for _ in range(options.rounds)]
print(json.dumps({
    "rounds": options.rounds, "cores": os.cpu_count(), "load_average": os.getloadavg()[0], "table_mb": round(os.path.getsize(f"{bundle}/vectors.safetensors") / 1e6, 1),
    "first_start_s": round(first, 3), "restart_s": {"median": round(statistics.median(seconds), 3), "min": round(min(seconds), 3), "max": round(max(seconds), 3)},
    "help_s": {"median": round(statistics.median(helps), 3), "min": round(min(helps), 3)}}))
