"""The notebook's model in PyTorch, trained on request: one line "seconds" on standard input, one line "tokens seconds CPU-seconds" back.

    /usr/bin/python3 torch_train.py IDS THREADS PACKED

IDS is a file of int32: number of texts, offsets, ids. Every batch holds 1024 texts in the file's order. PACKED 1 runs
ragged texts as packed sequences, 0 takes all texts as of one length.
"""
import sys
import time

import numpy as np
import torch

path, threads, packed = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "1"
torch.set_num_threads(threads)
torch.manual_seed(1)
data = np.fromfile(path, dtype=np.int32)
count = int(data[0])
offsets = data[1:count + 2].astype(np.int64)
ids = torch.from_numpy(data[count + 2:].astype(np.int64))
rows, batch = int(ids.max()) + 1, 1024

embedding = torch.nn.Embedding.from_pretrained(torch.rand(rows, 300) * 0.1 - 0.05, freeze=True)
dropout = torch.nn.Dropout(0.5)
lstm = torch.nn.LSTM(300, 100, batch_first=True)
dense = torch.nn.Linear(100, 1)
adam = torch.optim.Adam([*lstm.parameters(), *dense.parameters()], lr=1e-3)
criterion = torch.nn.BCEWithLogitsLoss()
labels = torch.tensor([(i * 7 // 3) & 1 for i in range(count)], dtype=torch.float32)
at = 0


def step():
    global at
    if at + batch > count:
        at = 0
    lo, hi = int(offsets[at]), int(offsets[at + batch])
    adam.zero_grad(set_to_none=True)
    if packed:
        lengths = torch.from_numpy(np.diff(offsets[at:at + batch + 1]))
        texts = torch.split(ids[lo:hi], lengths.tolist())
        padded = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True)
        x = torch.nn.utils.rnn.pack_padded_sequence(dropout(embedding(padded)), lengths, batch_first=True, enforce_sorted=False)
    else:
        x = dropout(embedding(ids[lo:hi].view(batch, -1)))
    _, (h, _) = lstm(x)
    loss = criterion(dense(h[0])[:, 0], labels[at:at + batch])
    loss.backward()
    adam.step()
    at += batch
    return hi - lo


print("ready torch", torch.__version__, flush=True)
for line in sys.stdin:
    seconds, tokens, begin, used = float(line), 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - begin < seconds:
        tokens += step()
    print(tokens, time.perf_counter() - begin, time.process_time() - used, flush=True)
