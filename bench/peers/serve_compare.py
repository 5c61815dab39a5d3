#!/usr/bin/python3
"""Serving: `firn serve` beside FastAPI + PyTorch, the same bundle, the same load, the same cores, alternating runs.

  bench/compare serve BUNDLE --stop-words FILE [--seconds 5] [--rounds 3]

wrk sends single texts (POST :predict) to this machine only. Maximum: 16 connections, closed loop. Half load, twice: wrk with
76 connections that each think 1 to 7 ms between an answer and the next request; and Firn's own open-loop generator
(Firn.Benchmarks open-loop), which sends at half of the maximum, at random times, and counts latency from when each request
was due. Prints one JSON object; medians over the rounds. Needs wrk and the peer's packages.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
parser = argparse.ArgumentParser()
parser.add_argument("bundle")
parser.add_argument("--stop-words", required=True)
parser.add_argument("--seconds", type=int, default=5)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--text", default="i love this song so much today thanks")
options = parser.parse_args()
bundle = os.path.abspath(options.bundle)
model = os.path.basename(bundle.rstrip("/"))
ports = {"firn": 8701, "fastapi": 8702}
script = tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False)
script.write('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = %s\n'
             % json.dumps(json.dumps({"instances": [options.text]})))
script.close()
thinking = tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False)
thinking.write(open(script.name).read() + "function delay() return math.random(1, 7) end\n")
thinking.close()


def score(name):
    url = f"http://127.0.0.1:{ports[name]}/v1/models/{model}:predict"
    body = json.dumps({"instances": [options.text]}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=5))["predictions"][0][0]


def load(name, connections, seconds, requests=script.name):
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", requests,
                          f"http://127.0.0.1:{ports[name]}/v1/models/{model}:predict"], capture_output=True, text=True, check=True).stdout
    unit = {"us": 1e-3, "ms": 1, "s": 1e3}
    value, scale = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return {"connections": connections, "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)),
            "p99_ms": float(value) * unit[scale], "failed": int(refused.group(1)) if refused else 0}


def open_loop(name, rate):
    out = subprocess.run(["dotnet", f"{root}/artifacts/bin/Firn.Benchmarks/release/Firn.Benchmarks.dll", "open-loop", "--port", str(ports[name]),
                          "--path", f"/v1/models/{model}:predict", "--body", json.dumps({"instances": [options.text]}),
                          "--rate", str(rate), "--seconds", str(options.seconds), "--connections", "32"], capture_output=True, text=True, check=True).stdout
    return json.loads(out)


servers = {
    "firn": subprocess.Popen(["dotnet", f"{root}/artifacts/bin/Firn.Cli/ready/Firn.Cli.dll", "serve", bundle,
                              "--rest-port", str(ports["firn"]), "--grpc-port", "0"], stderr=subprocess.DEVNULL),
    "fastapi": subprocess.Popen(["/usr/bin/python3", f"{root}/bench/peers/serve_fastapi_torch.py", bundle,
                                 "--port", str(ports["fastapi"]), "--stop-words", options.stop_words]),
}
try:
    scores = {}
    for name in servers:
        for _ in range(200):
            try:
                scores[name] = score(name)
                break
            except OSError:
                time.sleep(0.1)
    if len(scores) < 2 or abs(scores["firn"] - scores["fastapi"]) > 1e-4:
        sys.exit(f"the two servers do not serve the same model: {scores}")
    runs = {name: [] for name in servers}
    for name in servers:
        load(name, 16, 2)
    for _ in range(options.rounds):
        for name in servers:
            runs[name].append(load(name, 16, options.seconds))
    result = {"scores": scores, "maximum": {}, "cores": os.cpu_count(), "seconds": options.seconds, "rounds": options.rounds}
    for name in servers:
        result["maximum"][name] = {"rate": statistics.median(r["rate"] for r in runs[name]),
                                   "p99_ms": statistics.median(r["p99_ms"] for r in runs[name]), "failed": sum(r["failed"] for r in runs[name])}
    result["ratio"] = result["maximum"]["firn"]["rate"] / result["maximum"]["fastapi"]["rate"]
    result["one_connection"] = {name: load(name, 1, options.seconds) for name in servers}
    thoughtful = [load("firn", 76, options.seconds, thinking.name) for _ in range(options.rounds)]
    result["half_load_thinking"] = sorted(thoughtful, key=lambda r: r["p99_ms"])[len(thoughtful) // 2]
    halves = [open_loop("firn", result["maximum"]["firn"]["rate"] / 2) for _ in range(options.rounds)]
    result["half_load"] = sorted(halves, key=lambda r: r["p99_ms"])[len(halves) // 2]
    result["half_load_of_peer"] = open_loop("fastapi", result["maximum"]["fastapi"]["rate"] / 2)
    print(json.dumps(result, indent=1))
finally:
    for process in servers.values():
        process.terminate()
    for process in servers.values():
        process.wait(10)
    os.unlink(script.name)
    os.unlink(thinking.name)
