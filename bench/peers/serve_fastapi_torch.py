#!/usr/bin/python3
"""The peer of `firn serve`: the same bundle behind FastAPI and PyTorch, as a Python team would serve it.

Reads a bundle of the preset notebook (its cleaning is simple enough to repeat exactly), builds torch's LSTM from its
weights, and answers POST /v1/models/NAME:predict with {"instances": [...]} -> {"predictions": [[...], ...]}.

  /usr/bin/python3 bench/peers/serve_fastapi_torch.py BUNDLE --port 8601 --stop-words FILE

Needs Debian's python3-fastapi, python3-uvicorn, python3-torch.
"""
import argparse
import json
import os
import re

import numpy as np
import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

parser = argparse.ArgumentParser()
parser.add_argument("bundle")
parser.add_argument("--port", type=int, default=8601)
parser.add_argument("--threads", type=int, default=1, help="torch's threads; one is the fastest for single texts")
parser.add_argument("--stop-words", required=True, help="one word a line: NLTK's English list")
options = parser.parse_args()
torch.set_num_threads(options.threads)


def safetensors(path):
    with open(path, "rb") as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
        start = f.tell()
    kinds = {"F32": np.float32, "I32": np.int32, "I64": np.int64}
    whole = np.memmap(path, mode="r")
    tensors = {}
    for name, t in header.items():
        if name != "__metadata__":
            a, b = t["data_offsets"]
            tensors[name] = np.frombuffer(whole[start + a:start + b].tobytes(), kinds[t["dtype"]]).reshape(t["shape"])
    return tensors


card = json.load(open(os.path.join(options.bundle, "model.json")))


def part(stem):
    return next(os.path.join(options.bundle, f) for f in sorted(os.listdir(options.bundle), reverse=True) if f.startswith(stem))


weights, table = safetensors(part("weights")), safetensors(part("vectors"))
words = open(part("vocabulary"), encoding="utf-8").read().split("\n")
ids = {w: i for i, w in enumerate(words) if i > 0 and w}
stop = set(open(options.stop_words, encoding="utf-8").read().split())
expression = re.compile(r"@\S+|https?:\S+|http?:\S|[^A-Za-z0-9]+")
rows = torch.from_numpy(table["embedding.rows"].copy())
row_of = torch.from_numpy(table["embedding.row_of"].astype(np.int64))
width, hidden = rows.shape[1], weights["lstm.recurrent_kernel"].shape[0]
lstm = torch.nn.LSTM(width, hidden)
dense = torch.nn.Linear(hidden, 1)
with torch.no_grad():
    lstm.weight_ih_l0.copy_(torch.from_numpy(weights["lstm.kernel"].T.copy()))
    lstm.weight_hh_l0.copy_(torch.from_numpy(weights["lstm.recurrent_kernel"].T.copy()))
    lstm.bias_ih_l0.copy_(torch.from_numpy(weights["lstm.bias"].copy()))
    lstm.bias_hh_l0.zero_()
    dense.weight.copy_(torch.from_numpy(weights["dense.kernel"].T.copy()))
    dense.bias.copy_(torch.from_numpy(weights["dense.bias"].copy()))
app = FastAPI()


class Request(BaseModel):
    instances: list[str]


@app.post("/v1/models/{name}:predict")
async def predict(name: str, request: Request):
    encoded = []
    for text in request.instances:
        tokens = expression.sub(" ", text.lower()).strip().split()
        encoded.append([ids[t] for t in tokens if t not in stop and t in ids] or [0])
    lengths = torch.tensor([len(e) for e in encoded])
    padded = torch.nn.utils.rnn.pad_sequence([torch.tensor(e) for e in encoded])
    with torch.inference_mode():
        packed = torch.nn.utils.rnn.pack_padded_sequence(rows[row_of[padded]], lengths, enforce_sorted=False)
        _, (state, _) = lstm(packed)
        scores = torch.sigmoid(dense(state[0]))
    return {"predictions": scores.tolist()}


uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)
