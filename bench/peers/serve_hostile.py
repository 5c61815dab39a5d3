#!/usr/bin/python3
"""Hostile requests of 16 MB: each must be answered or refused within --request-seconds, and cost nothing once its client has left;
sixty slow bodies at once must leave memory flat and other clients fast.

  bench/compare hostile BUNDLE [--request-seconds 5] [--memory-mb 768] [--bodies 60]

The memory limit is the runtime's own (DOTNET_GCHeapHardLimit). Prints one JSON object.
"""
import argparse
import base64
import gzip
import http.client
import json
import os
import re
import socket
import subprocess
import threading
import time

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
parser = argparse.ArgumentParser()
parser.add_argument("bundle")
parser.add_argument("--request-seconds", type=float, default=5)
parser.add_argument("--memory-mb", type=int, default=768)
parser.add_argument("--bodies", type=int, default=60)
parser.add_argument("--port", type=int, default=8751)
parser.add_argument("--log", default=os.devnull, help="where the server's own lines go")
parser.add_argument("--tool", default=f"{root}/artifacts/bin/Firn.Cli/ready/Firn.Cli.dll")
options = parser.parse_args()
bundle = os.path.abspath(options.bundle)
model = os.path.basename(bundle.rstrip("/"))
predict = f"/v1/models/{model}:predict"
size = (16 << 20) - 1000


def texts(unit, length):
    """Texts of a length that the limits let pass, as many as fit in four million characters, in 16 MB of JSON with spaces."""
    one = json.dumps(unit * (length // len(unit)))
    count = max(1, min(4000, (4 << 20) // length - 1))
    return ('{"instances":[' + ",".join([one] * count) + "]}").encode().ljust(size)


def one_text(unit):
    return b'{"instances":["' + unit * ((size - 18) // len(unit)) + b'"]}'


kinds = {f"one text of {unit.decode()!r}": (predict, one_text(unit), {}) for unit in (b"a.", b"a.b.", b"(", b"www.", b"a'", b"a-", b"<a", b"&#1", b"love ", b"@", b"#", b":)")}
kinds |= {f"4 M characters of {unit!r} in texts of {length}": (predict, texts(unit, length), {}) for unit in ("a.", "(", "&#1", "<a", "love ") for length in (1000, 50_000, 99_000)}
kinds |= {
    "deep lists": (predict, b'{"instances":' + b"[" * (size - 20), {}),
    "empty lists": (predict, b'{"instances":[' + b"[]," * (size // 3 - 10) + b"[]]}", {}),
    "ids": (predict, b'{"signature_name":"ids","instances":[' + b",".join([b"[" + b",".join([b"1"] * 2000) + b"]"] * 4000) + b"]}", {}),
    "ids in one list": (predict, b'{"signature_name":"ids","instances":[[' + b"1," * (size // 2 - 30) + b"1]]}", {}),
    "numbers for an input": (f"/v2/models/{model}/infer", b'{"inputs":[{"name":"ids","shape":[1,1],"datatype":"INT32","data":[' + b"1," * (size // 2 - 50) + b"1]}]}", {}),
    "many inputs": (f"/v2/models/{model}/infer", b'{"inputs":[' + b"{}," * (size // 3 - 10) + b"{}]}", {}),
    "a context of a million features": (f"/v1/models/{model}:classify", b'{"examples":[' + b",".join([b'{"text":"a"}'] * 4000) + b'],"context":{'
                                        + b",".join(b'"f%d":1' % i for i in range(1_000_000)) + b"}}", {}),
    "a key of 16 MB": (predict, b'{"' + b"k" * (size - 30) + b'":1,"instances":["a"]}', {}),
    "a signature of 16 MB": (predict, b'{"signature_name":"' + b"k" * (size - 50) + b'","instances":["a"]}', {}),
    "base64": (predict, b'{"instances":[{"b64":"' + base64.b64encode(b"a." * (size // 3)) + b'"}]}', {}),
    "gzip of 16 MB": (predict, gzip.compress(one_text(b"a.")), {"Content-Encoding": "gzip"}),
    "gzip of 1 GB": (predict, gzip.compress(b" " * (1 << 30), 1), {"Content-Encoding": "gzip"}),
    "zeros": (predict, bytes(size), {}),
}


def cpu():
    fields = open(f"/proc/{server.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident():
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{server.pid}/status").read()).group(1)) // 1024


def send(path, body, headers):
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=120)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    except (OSError, http.client.HTTPException) as error:
        status = type(error).__name__
    connection.close()
    return status, time.perf_counter() - began


def leave(path, body, headers):
    """Sends a request, leaves at once, and tells the CPU that the server uses from a moment after."""
    with socket.create_connection(("127.0.0.1", options.port)) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
        try:
            connection.sendall(head.encode() + body)
        except OSError:
            pass
    time.sleep(0.5)
    before = cpu()
    time.sleep(1.5)
    return cpu() - before


class Others(threading.Thread):
    """An ordinary client."""

    def __init__(self):
        super().__init__(daemon=True)
        self.stop, self.times, self.failed = False, [], {}

    def note(self, why):
        self.failed[why] = self.failed.get(why, 0) + 1

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=30)
        while not self.stop:
            began = time.perf_counter()
            try:
                connection.request("POST", predict, '{"instances":["love great"]}')
                answer = connection.getresponse()
                text = answer.read().decode()
                if answer.status != 200:
                    self.note(f"{answer.status} {text[:80]}")
            except (OSError, http.client.HTTPException) as error:
                self.note(repr(error))
                connection.close()
            self.times.append(time.perf_counter() - began)
            time.sleep(0.005)


server = subprocess.Popen(["dotnet", options.tool, "serve", bundle, "--rest-port", str(options.port), "--grpc-port", "0", "--request-seconds", str(options.request_seconds)],
                          stderr=open(options.log, "w"), env=os.environ | {"DOTNET_GCHeapHardLimit": hex(options.memory_mb << 20)})
try:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", options.port)).close()
            break
        except OSError:
            time.sleep(0.05)
    for _ in range(200):
        send(predict, b'{"instances":["love great"]}', {})
    answers = {}
    for name, (path, body, headers) in kinds.items():
        status, seconds = send(path, body, headers)
        answers[name] = {"status": status, "seconds": round(seconds, 2), "cpu_after_leaving_s": round(leave(path, body, headers), 2)}
    late = [name for name, answer in answers.items() if answer["seconds"] > options.request_seconds + 0.5 or not isinstance(answer["status"], int) or answer["status"] == 500]
    busy = [name for name, answer in answers.items() if answer["cpu_after_leaving_s"] > 0.3]

    others = Others()
    others.start()
    time.sleep(1)
    others.times.clear()
    memory = [resident()]
    held = []
    payload = one_text(b"a")[:-4]
    head = f"POST {predict} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode()
    for _ in range(options.bodies):
        try:
            connection = socket.create_connection(("127.0.0.1", options.port), timeout=10)
            connection.sendall(head + payload)
            held.append(connection)
        except OSError:
            pass
        memory.append(resident())
    for _ in range(10):
        time.sleep(0.5)
        memory.append(resident())
    others.stop = True
    others.join()
    for connection in held:
        connection.close()
    times = sorted(others.times)
    print(json.dumps({"request_seconds": options.request_seconds, "kinds": len(answers), "late_or_failed": late, "busy_after_leaving": busy, "answers": answers,
                      "slow_bodies": {"bodies": options.bodies, "memory_limit_mb": options.memory_mb, "alive": server.poll() is None, "memory_mb_first_most_last": [memory[0], max(memory), memory[-1]],
                                      "others": len(times), "others_failed": others.failed, "others_p50_ms": round(times[len(times) // 2] * 1000, 2),
                                      "others_p99_ms": round(times[len(times) * 99 // 100] * 1000, 2), "others_longest_ms": round(times[-1] * 1000, 1)}}))
finally:
    server.terminate()
    server.wait(60)
