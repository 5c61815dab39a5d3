#!/usr/bin/python3
"""The notebook's recipe on gensim and PyTorch: what `firn train --preset notebook` is measured against.

Clean with the notebook's expression, split 80/20 with seed 42, word2vec (CBOW, 300 dimensions, window 7, min_count 10,
32 epochs), a frozen embedding, Dropout(0.5), LSTM(100), one sigmoid, Adam, batch 1024, 8 epochs, the last tenth for
validation. Texts are packed (no padding), which is the fastest PyTorch can do on ragged texts. Prints one JSON object.

  /usr/bin/python3 bench/peers/notebook_gensim_torch.py TWEETS.csv.gz [--epochs 8] [--word2vec-epochs 32] [--threads 2]

Needs Debian's python3-torch, libopenblas0-pthread, python3-gensim, python3-sklearn.
"""
import argparse
import csv
import gzip
import io
import json
import re
import resource
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("--stop-words", required=True, help="one word a line: NLTK's English list")
parser.add_argument("--epochs", type=int, default=8)
parser.add_argument("--word2vec-epochs", type=int, default=32)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()

import numpy as np
import torch
from gensim.models import Word2Vec
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)
seconds = {}


def timed(stage, start):
    seconds[stage] = round(time.perf_counter() - start, 2)
    print(f"{stage}: {seconds[stage]} s", file=sys.stderr)


begin = start = time.perf_counter()
with gzip.open(options.data, "rb") as f:
    rows = list(csv.DictReader(io.TextIOWrapper(f, encoding="utf-8", newline="")))
texts = [r["text"] for r in rows]
labels = np.array([1 if r["target"] == "4" else 0 for r in rows], dtype=np.float32)
timed("read", start)

start = time.perf_counter()
expression = re.compile(r"@\S+|https?:\S+|http?:\S|[^A-Za-z0-9]+")
stop = set(open(options.stop_words, encoding="utf-8").read().split())
documents = [[w for w in expression.sub(" ", t.lower()).strip().split() if w not in stop] for t in texts]
timed("clean", start)

train, test = train_test_split(np.arange(len(documents)), test_size=1 - 0.8, random_state=42)
start = time.perf_counter()
w2v = Word2Vec(vector_size=300, window=7, min_count=10, workers=options.threads, seed=options.seed)
corpus = [documents[i] for i in train]
w2v.build_vocab(corpus)
w2v.train(corpus, total_examples=len(corpus), epochs=options.word2vec_epochs)
timed("word2vec", start)

start = time.perf_counter()
counts = {}
for document in corpus:
    for word in document:
        counts[word] = counts.get(word, 0) + 1
ids = {w: i + 1 for i, (w, _) in enumerate(sorted(counts.items(), key=lambda p: -p[1]))}
table = np.zeros((len(ids) + 1, 300), dtype=np.float32)
for word, i in ids.items():
    if word in w2v.wv:
        table[i] = w2v.wv[word]
encoded = [torch.tensor([ids[w] for w in d if w in ids] or [0]) for d in documents]
timed("embedding", start)


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding.from_pretrained(torch.from_numpy(table), freeze=True)
        self.dropout = torch.nn.Dropout(0.5)
        self.lstm = torch.nn.LSTM(300, 100)
        self.dense = torch.nn.Linear(100, 1)

    def forward(self, batch):
        lengths = torch.tensor([len(t) for t in batch])
        padded = torch.nn.utils.rnn.pad_sequence(batch)
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            self.dropout(self.embedding(padded)), lengths, enforce_sorted=False)
        _, (h, _) = self.lstm(packed)
        return self.dense(h[0])[:, 0]


model = Classifier()
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-3, eps=1e-7)
loss_of = torch.nn.BCEWithLogitsLoss()
fit = train[: int(len(train) * 0.9)]
truth = torch.from_numpy(labels)
history = []
start = time.perf_counter()
tokens = 0
for epoch in range(options.epochs):
    model.train()
    order = np.random.default_rng(options.seed * 1000 + epoch).permutation(fit)
    total = 0.0
    for i in range(0, len(order), 1024):
        chosen = order[i : i + 1024]
        batch = [encoded[j] for j in chosen]
        tokens += sum(len(t) for t in batch)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(batch), truth[chosen])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(chosen)
    history.append(total / len(order))
    print(f"epoch {epoch + 1}: loss {history[-1]:.4f}, {time.perf_counter() - start:.0f} s", file=sys.stderr)
timed("lstm", start)

start = time.perf_counter()
model.eval()
with torch.no_grad():
    logits = torch.cat([model([encoded[j] for j in test[i : i + 1024]]) for i in range(0, len(test), 1024)])
probabilities = torch.sigmoid(logits).numpy()
timed("evaluate", start)
print(json.dumps({
    "torch": torch.__version__, "threads": options.threads, "seconds": seconds,
    "total_seconds": round(time.perf_counter() - begin, 1),
    "lstm_tokens_per_second": round(tokens / seconds["lstm"]),
    "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    "losses": history,
    "accuracy": float(((probabilities > 0.5) == labels[test]).mean()),
    "auc": float(roc_auc_score(labels[test], probabilities)),
}))
