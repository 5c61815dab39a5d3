"""Writes tests/Firn.Tests/Golden/vectors_queries.json: queries and table algebra by gensim, NumPy and SciPy.

Usage: /usr/bin/python3 tools/golden/vectors_queries.py
Word Mover's Distance is solved by scipy.optimize.linprog, since gensim's wmdistance needs a package of its own.
"""
import json
import pathlib

import numpy as np
from gensim.models import KeyedVectors
from scipy.linalg import orthogonal_procrustes
from scipy.optimize import linprog

golden = pathlib.Path(__file__).parents[2] / "tests/Firn.Tests/Golden/vectors_queries.json"
random = np.random.default_rng(5)
WORDS, SIZE = 40, 6
words = [f"w{i}" for i in range(WORDS)]
table = (random.normal(size=(WORDS, SIZE)) * random.uniform(0.5, 3, (WORDS, 1)) + [0.5, 0, 0, 0, 0, 0]).astype(np.float32)
vectors = KeyedVectors(SIZE)
vectors.add_vectors(words, table)


def mover(a, b):
    (x, n), (y, m) = (np.unique(a, return_counts=True), np.unique(b, return_counts=True))
    unit = lambda word: table[words.index(word)].astype(np.float64) / np.linalg.norm(table[words.index(word)].astype(np.float64))
    costs = np.array([[np.linalg.norm(unit(i) - unit(j)) for j in y] for i in x])
    rows = [np.kron(np.eye(len(x))[i], np.ones(len(y))) for i in range(len(x))] + [np.kron(np.ones(len(x)), np.eye(len(y))[j]) for j in range(len(y))]
    found = linprog(costs.ravel(), A_eq=np.array(rows), b_eq=np.concatenate([n / n.sum(), m / m.sum()]), method="highs")
    relaxed = max((costs.min(1) * n / n.sum()).sum(), (costs.min(0) * m / m.sum()).sum())
    return {"a": list(a), "b": list(b), "exact": found.fun, "relaxed": relaxed, "cosine": float(vectors.n_similarity(list(a), list(b)))}


def query(positive, negative):
    return {
        "positive": positive, "negative": negative,
        "found": vectors.most_similar(positive=[tuple(p) for p in positive], negative=[(w, -k) for w, k in negative], topn=8),
    }


texts = [(random.choice(words, n), random.choice(words, m)) for n, m in ((1, 1), (3, 5), (8, 2), (12, 12), (40, 30))]
centered = table.astype(np.float64) - table.astype(np.float64).mean(0)
_, _, axes = np.linalg.svd(centered, full_matrices=False)
axes = np.array([axis * np.sign(axis[np.abs(axis).argmax()]) for axis in axes])
other = (table @ np.linalg.qr(random.normal(size=(SIZE, SIZE)))[0] + random.normal(size=table.shape) * 0.1).astype(np.float32)
unit = lambda t: t / np.linalg.norm(t, axis=1, keepdims=True)
rotation, _ = orthogonal_procrustes(unit(other.astype(np.float64)), unit(table.astype(np.float64)))
golden.write_text(json.dumps({
    "words": words, "size": SIZE, "table": table.ravel().tolist(),
    "queries": [
        query([["w1", 1.0]], []), query([["w1", 1.0], ["w2", 0.5], ["w3", 2.0]], [["w4", 1.0]]),
        query([["w7", 0.3]], [["w8", 1.5], ["w9", 0.25]]), query([], [["w5", 1.0]]),
    ],
    "closer": [{"word": a, "other": b, "closer": vectors.closer_than(a, b), "rank": vectors.rank(a, b)} for a, b in (("w1", "w2"), ("w3", "w30"), ("w9", "w9"))],
    "texts": [mover(a, b) for a, b in texts],
    "centered": centered.ravel().tolist(),
    "without2": (centered - centered @ axes[:2].T @ axes[:2]).ravel().tolist(),
    "reduced3": (centered @ axes[:3].T).ravel().tolist(),
    "other": other.ravel().tolist(),
    "aligned": (other.astype(np.float64) @ rotation).ravel().tolist(),
}) + "\n")
