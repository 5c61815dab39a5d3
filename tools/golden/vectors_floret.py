"""Writes tests/Firn.Tests/Golden/vectors_floret.json: a floret table and the vectors of words, computed with the
library libmurmurhash by the definition of spaCy's floret mode (the word in its marks and all n-grams of it, one to four rows each, mean).

Usage: /usr/bin/python3 tools/golden/vectors_floret.py (Debian: libmurmurhash2 python3-numpy)
"""
import ctypes
import json
import os

import numpy as np

WORDS = ["the", "a", "snowflake", "naïve", "雪の結晶", "😀", "a-very-long-word-of-more-than-sixteen-bytes"]
MURMUR = ctypes.CDLL("libmurmurhash.so.2")
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "Firn.Tests", "Golden", "vectors_floret.json")


def vector(word, table, minn, maxn, hashes, seed, bow, eow):
    key = bow + word + eow
    pieces = [key] + [key[i:i + n] for n in range(minn, maxn + 1) for i in range(len(key) - n + 1)]
    rows = []
    for piece in pieces:
        data, found = piece.encode("utf-8"), (ctypes.c_uint32 * 4)()
        MURMUR.lmmh_x64_128(data, ctypes.c_uint(len(data)), ctypes.c_uint32(seed), found)
        rows += [found[i] % len(table) for i in range(hashes)]
    return table[rows].mean(axis=0)


random = np.random.RandomState(1)
cases = []
for buckets, minn, maxn, hashes, seed, bow, eow in [(11, 2, 3, 2, 2166136261, "<", ">"), (50, 1, 5, 4, 7, "<", ">"), (5, 4, 5, 1, 0, "[", "]]")]:
    table = random.uniform(-1, 1, (buckets, 3)).astype(np.float32)
    lines = [f"{buckets} 3 {minn} {maxn} {hashes} {seed} {bow} {eow}"]
    lines += [f"{i} " + " ".join(repr(float(np.float32(x))) for x in row) for i, row in enumerate(table)]
    cases.append({"file": "\n".join(lines) + "\n", "vectors": {w: [float(x) for x in vector(w, table, minn, maxn, hashes, seed, bow, eow)] for w in WORDS}})
with open(OUT, "w", encoding="utf-8") as out:
    json.dump({"made_by": "tools/golden/vectors_floret.py", "cases": cases}, out, ensure_ascii=False, indent=1)
    out.write("\n")
