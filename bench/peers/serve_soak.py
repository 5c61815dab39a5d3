#!/usr/bin/python3
"""Memory: `firn serve` under full load from wrk for minutes, its resident memory every ten seconds.

  bench/compare soak BUNDLE [--seconds 600]

Memory, not time, is what it shows, so other work may run beside it. Prints one JSON object. Needs wrk.
"""
import argparse
import json
import os
import re
import subprocess
import tempfile
import time
import urllib.request

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
parser = argparse.ArgumentParser()
parser.add_argument("bundle")
parser.add_argument("--seconds", type=int, default=600)
parser.add_argument("--port", type=int, default=8731)
parser.add_argument("--text", default="i love this song so much today thanks")
parser.add_argument("--tool", default=f"{root}/artifacts/bin/Firn.Cli/ready/Firn.Cli.dll")
options = parser.parse_args()
bundle = os.path.abspath(options.bundle)
url = f"http://127.0.0.1:{options.port}/v1/models/{os.path.basename(bundle.rstrip('/'))}"
script = tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False)
script.write('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = %s\n' % json.dumps(json.dumps({"instances": [options.text]})))
script.close()
server = subprocess.Popen(["dotnet", options.tool, "serve", bundle, "--rest-port", str(options.port), "--grpc-port", "0"], stderr=subprocess.DEVNULL)
try:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=5).read()
            break
        except OSError:
            time.sleep(0.1)
    load = subprocess.Popen(["wrk", "-t1", "-c16", f"-d{options.seconds}s", "-s", script.name, url + ":predict"], stdout=subprocess.PIPE, text=True)
    memory = []
    while load.poll() is None:
        time.sleep(10)
        status = open(f"/proc/{server.pid}/status").read()
        memory.append(round(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024, 1))
    out = load.stdout.read()
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    sockets = re.search(r"Socket errors: (.*)", out)
    print(json.dumps({"seconds": options.seconds, "requests": int(re.search(r"(\d+) requests in", out).group(1)), "failed": int(failed.group(1)) if failed else 0,
                      "socket_errors": sockets.group(1) if sockets else "none", "memory_mb": memory}))
finally:
    server.terminate()
    server.wait(60)
    os.unlink(script.name)
