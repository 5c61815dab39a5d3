#!/usr/bin/python3
"""Calls Predict without pause until the server refuses connections; prints how many calls were answered and why others were not.

  grpc_load.py HOST:PORT MODEL

Needs python3-grpcio. The request is written by hand, so that no generated module is needed.
"""
import json
import sys

try:
    import grpc
except ImportError:
    sys.exit()


def field(number, data):
    size, length = len(data), b""
    while size > 0x7F:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + data


# TensorProto: dtype 1 (DT_STRING is 7), tensor_shape 2 { dim 2 { size 1 } }, string_val 8. PredictRequest: model_spec 1 { name 1 }, inputs 2 { key 1, value 2 }.
tensor = b"\x08\x07" + field(2, field(2, b"\x08\x01")) + field(8, b"i love this song so much today thanks")
request = field(1, field(1, sys.argv[2].encode())) + field(2, field(1, b"text") + field(2, tensor))
answered, lost = 0, []
with grpc.insecure_channel(sys.argv[1], options=[("grpc.enable_retries", 0)]) as channel:
    predict = channel.unary_unary("/tensorflow.serving.PredictionService/Predict")
    while True:
        try:
            predict(request, timeout=10)
            answered += 1
        except grpc.RpcError as error:
            detail = error.details() or ""
            if error.code() == grpc.StatusCode.UNAVAILABLE and ("failed to connect" in detail.lower() or "refused" in detail.lower()):
                break
            lost.append(f"{error.code().name}: {detail}")
            if len(lost) > 100:
                break
print(json.dumps({"answered": answered, "lost": lost}))
