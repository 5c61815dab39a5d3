#!/usr/bin/python3
"""Folders under load: links swapped as Kubernetes does, folders that fail and are mended, reload requests; healthy models must not notice.

  bench/compare folders BUNDLE OTHER-BUNDLE [--reloads 1000] [--swaps 100] [--mends 100] [--connections 4]

The bundles must score the text differently. Every answer of a healthy model that is not 200 counts as failed. Reloads need
python3-grpcio. Prints one JSON object.
"""
import argparse
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
parser = argparse.ArgumentParser()
parser.add_argument("bundle")
parser.add_argument("other")
parser.add_argument("--reloads", type=int, default=1000)
parser.add_argument("--swaps", type=int, default=100)
parser.add_argument("--mends", type=int, default=100)
parser.add_argument("--connections", type=int, default=4)
parser.add_argument("--text", default="i love this song so much today thanks")
parser.add_argument("--tool", default=f"{root}/artifacts/bin/Firn.Cli/ready/Firn.Cli.dll")
options = parser.parse_args()
rest_port, grpc_port = 8741, 8742
body = json.dumps({"instances": [options.text]})


def field(number, data):
    size, length = len(data), b""
    while size > 0x7F:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + data


def config(*names):
    # ReloadConfigRequest: config 1 { model_config_list 1 { config 1 { name 1, base_path 2, model_platform 4 } } }.
    models = b"".join(field(1, field(1, name.encode()) + field(2, name.encode()) + field(4, b"tensorflow")) for name in names)
    return field(1, field(1, models))


class Load(threading.Thread):
    """One connection that asks one model without pause."""

    def __init__(self, model):
        super().__init__(daemon=True)
        self.model, self.stop, self.answered, self.failed, self.times = model, False, 0, {}, []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", rest_port, timeout=30)
        while not self.stop:
            began = time.perf_counter()
            try:
                connection.request("POST", f"/v1/models/{self.model}:predict", body)
                answer = connection.getresponse()
                text = answer.read().decode()
                why = None if answer.status == 200 else f"{answer.status} {text[:100]}"
            except (OSError, http.client.HTTPException) as error:
                why = repr(error)
                connection.close()
            if why is None:
                self.answered += 1
                self.times.append(time.perf_counter() - began)
            else:
                self.failed[why] = self.failed.get(why, 0) + 1


def get(path):
    connection = http.client.HTTPConnection("127.0.0.1", rest_port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def score(model):
    connection = http.client.HTTPConnection("127.0.0.1", rest_port, timeout=30)
    connection.request("POST", f"/v1/models/{model}:predict", body)
    return connection.getresponse().read()


def until(condition, what):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.02)
    raise SystemExit(f"waited a minute in vain: {what}")


folder = tempfile.mkdtemp()
shutil.copytree(options.bundle, f"{folder}/good/1")
os.makedirs(f"{folder}/linked/1")
for name, bundle in (("..a", options.bundle), ("..b", options.other)):
    shutil.copytree(bundle, f"{folder}/linked/1/{name}")
os.symlink("..a", f"{folder}/linked/1/..data")
for name in os.listdir(options.bundle):
    os.symlink(f"..data/{name}", f"{folder}/linked/1/{name}")
server = subprocess.Popen(["dotnet", options.tool, "serve", folder, "--rest-port", str(rest_port), "--grpc-port", str(grpc_port), "--poll-seconds", "0.05"],
                          stderr=subprocess.DEVNULL)
try:
    for _ in range(600):
        try:
            get("/readyz")
            break
        except OSError:
            time.sleep(0.05)
    load = [Load(model) for _ in range(options.connections // 2) for model in ("good", "linked")]
    for one in load:
        one.start()
    result = {}
    began = time.perf_counter()
    for swap in range(options.swaps):
        before = score("linked")
        os.symlink("..b" if swap % 2 == 0 else "..a", f"{folder}/linked/1/..tmp")
        os.replace(f"{folder}/linked/1/..tmp", f"{folder}/linked/1/..data")
        until(lambda: score("linked") != before, f"swap {swap}")
    result["swaps_noticed"] = options.swaps
    for mend in range(options.mends):
        os.makedirs(f"{folder}/ill/1")
        kind = mend % 4
        if kind == 0:
            open(f"{folder}/ill/1/model.json", "w").write("{")
        elif kind == 1:
            shutil.copy(f"{options.bundle}/vocabulary.txt", f"{folder}/ill/1")
        elif kind == 2:
            shutil.copytree(options.bundle, f"{folder}/ill/1", dirs_exist_ok=True)
            open(f"{folder}/ill/1/weights.safetensors", "r+b").truncate(1000)
        else:
            open(f"{folder}/ill/labels.json", "w").write("nonsense")
        until(lambda: '"END"' in get("/v1/models/ill")[1], f"failure {mend}")
        if get("/readyz")[0] != 200:
            raise SystemExit("a sick model made the server unready")
        shutil.copytree(options.bundle, f"{folder}/ill/1", dirs_exist_ok=True)
        until(lambda: '"AVAILABLE"' in get("/v1/models/ill")[1], f"mend {mend}")
        os.rename(f"{folder}/ill", f"{folder}/.gone")
        until(lambda: get("/v1/models/ill")[0] == 404, f"end of {mend}")
        shutil.rmtree(f"{folder}/.gone")
    result["mended"] = options.mends
    try:
        import grpc
        with grpc.insecure_channel(f"127.0.0.1:{grpc_port}") as channel:
            reload = channel.unary_unary("/tensorflow.serving.ModelService/HandleReloadConfigRequest")
            for number in range(options.reloads):
                reload(config("good", "linked") if number % 2 else config("linked", "good"), timeout=30)
        result["reloads"] = options.reloads
    except ImportError:
        result["reloads"] = "python3-grpcio is not there"
    for one in load:
        one.stop = True
    for one in load:
        one.join(30)
    times = sorted(t for one in load for t in one.times)
    failed = {}
    for one in load:
        for why, count in one.failed.items():
            failed[f"{one.model}: {why}"] = failed.get(f"{one.model}: {why}", 0) + count
    result |= {"answered": len(times), "failed": sum(failed.values()), "why": failed, "p99_ms": round(times[len(times) * 99 // 100] * 1000, 2),
               "longest_ms": round(times[-1] * 1000, 1), "seconds": round(time.perf_counter() - began, 1)}
    print(json.dumps(result))
finally:
    server.terminate()
    server.wait(60)
    shutil.rmtree(folder)
