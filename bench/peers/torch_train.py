"""The notebook's model in PyTorch, or one with another encoder, trained on request: one line "seconds" on standard input, one line "tokens seconds CPU-seconds" back.

    /usr/bin/python3 torch_train.py IDS THREADS PACKED [lstm|gru|cnn|bilstm2] [trainable]

IDS is a file of int32: number of texts, offsets, ids. Every batch holds 1024 texts in the file's order. PACKED 1 runs
ragged texts as packed sequences, 0 takes all texts as of one length. cnn has 100 filters of each of the widths 3, 4 and 5 and
max pooling; it runs padded either way. bilstm2 is two bidirectional layers. trainable trains the embedding too.
"""
import sys
import time

import numpy as np
import torch

path, threads, packed = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "1"
encoder = sys.argv[4] if len(sys.argv) > 4 else "lstm"
trainable = "trainable" in sys.argv
torch.set_num_threads(threads)
torch.manual_seed(1)
data = np.fromfile(path, dtype=np.int32)
count = int(data[0])
offsets = data[1:count + 2].astype(np.int64)
ids = torch.from_numpy(data[count + 2:].astype(np.int64))
rows, batch = int(ids.max()) + 1, 1024

embedding = torch.nn.Embedding.from_pretrained(torch.rand(rows, 300) * 0.1 - 0.05, freeze=not trainable, sparse=trainable)
dropout = torch.nn.Dropout(0.5)
if encoder == "cnn":
    layers = torch.nn.ModuleList([torch.nn.Conv1d(300, 100, w, padding="same") for w in (3, 4, 5)])
elif encoder == "gru":
    layers = torch.nn.GRU(300, 100, batch_first=True)
elif encoder == "bilstm2":
    layers = torch.nn.LSTM(300, 100, batch_first=True, num_layers=2, bidirectional=True)
else:
    layers = torch.nn.LSTM(300, 100, batch_first=True)
dense = torch.nn.Linear({"cnn": 300, "bilstm2": 200}.get(encoder, 100), 1)
adam = torch.optim.Adam([*layers.parameters(), *dense.parameters()], lr=1e-3)
sparse = torch.optim.SparseAdam(embedding.parameters(), lr=1e-3) if trainable else None
criterion = torch.nn.BCEWithLogitsLoss()
labels = torch.tensor([(i * 7 // 3) & 1 for i in range(count)], dtype=torch.float32)
at = 0


def features(x):
    if encoder == "cnn":
        x = x.transpose(1, 2)
        return torch.cat([torch.relu(layer(x)).amax(2) for layer in layers], dim=1)
    h = layers(x)[1]
    h = h[0] if isinstance(h, tuple) else h
    return torch.cat((h[-2], h[-1]), dim=1) if encoder == "bilstm2" else h[-1]


def step():
    global at
    if at + batch > count:
        at = 0
    lo, hi = int(offsets[at]), int(offsets[at + batch])
    adam.zero_grad(set_to_none=True)
    if sparse:
        sparse.zero_grad(set_to_none=True)
    if packed and encoder == "cnn":
        texts = torch.split(ids[lo:hi], np.diff(offsets[at:at + batch + 1]).tolist())
        x = dropout(embedding(torch.nn.utils.rnn.pad_sequence(texts, batch_first=True)))
    elif packed:
        lengths = torch.from_numpy(np.diff(offsets[at:at + batch + 1]))
        texts = torch.split(ids[lo:hi], lengths.tolist())
        padded = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True)
        x = torch.nn.utils.rnn.pack_padded_sequence(dropout(embedding(padded)), lengths, batch_first=True, enforce_sorted=False)
    else:
        x = dropout(embedding(ids[lo:hi].view(batch, -1)))
    loss = criterion(dense(features(x))[:, 0], labels[at:at + batch])
    loss.backward()
    adam.step()
    if sparse:
        sparse.step()
    at += batch
    return hi - lo


print("ready torch", torch.__version__, flush=True)
for line in sys.stdin:
    seconds, tokens, begin, used = float(line), 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - begin < seconds:
        tokens += step()
    print(tokens, time.perf_counter() - begin, time.process_time() - used, flush=True)
