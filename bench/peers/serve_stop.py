#!/usr/bin/python3
"""SIGTERM under load: `firn serve` is stopped again and again while clients send as fast as they can.

  bench/compare stop BUNDLE [--rounds 20] [--connections 16] [--drain 1.0]

Clients hold connections and reconnect at once when told to. A request counts as lost when its connection was made and
no whole answer came, be it reset before, while or after it was sent; to be refused at connect is no loss, since nothing
was sent. gRPC calls (where python3-grpcio is there) never retry of their own: every call that fails otherwise than by a
refused connection is lost. Prints one JSON object.
"""
import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
parser = argparse.ArgumentParser()
parser.add_argument("bundle")
parser.add_argument("--rounds", type=int, default=20)
parser.add_argument("--connections", type=int, default=16)
parser.add_argument("--drain", type=float, default=1.0)
parser.add_argument("--seconds", type=float, default=0.5, help="load before the signal")
options = parser.parse_args()
bundle = os.path.abspath(options.bundle)
model = os.path.basename(bundle.rstrip("/"))
rest_port, grpc_port = 8721, 8722
body = json.dumps({"instances": ["i love this song so much today thanks"]}).encode()
request = (f"POST /v1/models/{model}:predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
           f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def answer(connection):
    """The head of one whole answer; None when the connection ended before it."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(4096)
        if not more:
            return None
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    while len(rest) < length:
        more = connection.recv(4096)
        if not more:
            return None
        rest += more
    return head if head.startswith(b"HTTP/1.1 200") else None


def rest_client(counts, lost):
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", rest_port), timeout=10)
        except OSError:
            return
        with connection:
            while True:
                try:
                    connection.sendall(request)
                    head = answer(connection)
                except OSError as error:
                    head, why = None, str(error)
                else:
                    why = "ended without an answer"
                if head is None:
                    lost.append(why)
                    break
                counts.append(1)
                if b"connection: close" in head.lower():
                    break


def grpc_client(counts, lost):
    # A child's whole life: grpcio must not be forked into. Prints answered and lost.
    out = subprocess.run(["/usr/bin/python3", __file__.replace("serve_stop.py", "grpc_load.py"), f"127.0.0.1:{grpc_port}", model],
                         capture_output=True, text=True).stdout
    if out:
        result = json.loads(out)
        counts.extend([1] * result["answered"])
        lost.extend(result["lost"])


total = {"rest": [], "grpc": []}
lost = {"rest": [], "grpc": []}
codes, stops = [], []
for _ in range(options.rounds):
    server = subprocess.Popen(["dotnet", f"{root}/artifacts/bin/Firn.Cli/ready/Firn.Cli.dll", "serve", bundle, "--rest-port", str(rest_port),
                               "--grpc-port", str(grpc_port), "--drain-seconds", str(options.drain)], stderr=subprocess.DEVNULL)
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", rest_port)).close()
            break
        except OSError:
            time.sleep(0.01)
    clients = [threading.Thread(target=rest_client, args=(total["rest"], lost["rest"])) for _ in range(options.connections)]
    clients.append(threading.Thread(target=grpc_client, args=(total["grpc"], lost["grpc"])))
    for client in clients:
        client.start()
    time.sleep(options.seconds)
    began = time.perf_counter()
    server.send_signal(signal.SIGTERM)
    codes.append(server.wait(60))
    stops.append(time.perf_counter() - began)
    for client in clients:
        client.join(30)
print(json.dumps({"rounds": options.rounds, "connections": options.connections, "drain_s": options.drain,
                  "rest": {"answered": len(total["rest"]), "lost": len(lost["rest"]), "why": sorted(set(lost["rest"]))},
                  "grpc": {"answered": len(total["grpc"]), "lost": len(lost["grpc"]), "why": sorted(set(lost["grpc"]))},
                  "exit_codes": sorted(set(codes)), "longest_stop_s": round(max(stops), 2)}))
