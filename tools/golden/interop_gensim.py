"""Writes tests/Firn.Tests/Golden/interop_gensim.json: small files of gensim, base64, and the vectors that they hold.

gensim 4 writes its own. What gensim 3 and 1 wrote is made by classes of the same names with the same attributes, pickled by
their protocols. Run with Debian's python3-gensim: /usr/bin/python3 tools/golden/interop_gensim.py
"""
import base64
import json
import os
import pickle
import sys
import tempfile

import gensim
import numpy as np
from gensim.models import FastText, KeyedVectors, Word2Vec, keyedvectors, word2vec

TEXTS = [["we", "like", "snow", "and", "naïve", "雪"], ["snow", "and", "ice"], ["we", "like", "ice"]] * 10
HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "..", "tests", "Firn.Tests", "Golden", "interop_gensim.json")


def files(folder):
    return {name: base64.b64encode(open(os.path.join(folder, name), "rb").read()).decode() for name in sorted(os.listdir(folder))}


def case(name, main, save, wv, unseen=(), counted=True):
    with tempfile.TemporaryDirectory() as folder:
        save(os.path.join(folder, main))
        words = list(wv.index_to_key)
        return {
            "name": name,
            "main": main,
            "files": files(folder),
            "words": words,
            "counts": [int(wv.get_vecattr(w, "count")) for w in words] if counted else [],
            "vectors": [[float(x) for x in wv[w]] for w in words],
            "unseen": {w: [float(x) for x in wv[w]] for w in unseen},
        }


def old_class(module, name):
    made = type(name, (object,), {"__module__": module.__name__})
    setattr(module, name, made)
    return made


def gensim3(wv, protocol, inside):
    """Word2VecKeyedVectors of gensim 3: vocab, index2word, vectors; within a Word2Vec where asked."""
    vocab_class = old_class(keyedvectors, "Vocab")
    vectors_class = old_class(keyedvectors, "Word2VecKeyedVectors")
    vectors = vectors_class()
    vectors.vectors = np.array(wv.vectors)
    vectors.vectors_norm = None
    vectors.vector_size = wv.vector_size
    vectors.index2word = list(wv.index_to_key)
    vectors.vocab = {}
    for i, word in enumerate(wv.index_to_key):
        entry = vocab_class()
        entry.count, entry.index, entry.sample_int = int(wv.get_vecattr(word, "count")), i, 4294967296
        vectors.vocab[word] = entry
    root = vectors
    if inside:
        root = old_class(word2vec, "Word2Vec")()
        root.wv, root.sg, root.corpus_count = vectors, 0, len(TEXTS)

    def save(path):
        with open(path, "wb") as out:
            pickle.dump(root, out, protocol=protocol)
    return save


def gensim1(wv):
    """Word2Vec before KeyedVectors: syn0 and index2word on the model itself."""
    root = old_class(word2vec, "Word2Vec")()
    root.syn0, root.index2word, root.vector_size = np.array(wv.vectors, dtype=">f4"), list(wv.index_to_key), wv.vector_size

    def save(path):
        with open(path, "wb") as out:
            pickle.dump(root, out, protocol=0)
    return save


def main():
    w2v = Word2Vec(TEXTS, vector_size=5, min_count=1, epochs=1, workers=1, seed=1)
    ft = FastText(TEXTS, vector_size=5, min_count=1, epochs=1, workers=1, seed=1, bucket=30, min_n=2, max_n=3)
    doubles = KeyedVectors(5)
    doubles.add_vectors(list(w2v.wv.index_to_key), np.asfortranarray(w2v.wv.vectors.astype(np.float64)))
    cases = [
        case("Word2Vec.save", "model", w2v.save, w2v.wv),
        case("KeyedVectors.save", "model.kv", w2v.wv.save, w2v.wv),
        case("Word2Vec.save with its arrays beside it", "model", lambda p: w2v.save(p, sep_limit=0), w2v.wv),
        case("KeyedVectors.save with its arrays beside it", "model.kv", lambda p: w2v.wv.save(p, sep_limit=0), w2v.wv),
        case("KeyedVectors of doubles", "model.kv", doubles.save, doubles, counted=False),
        case("FastText.save", "model", ft.save, ft.wv, ["snowy", "x", "雪花"]),
        case("FastText.save with its arrays beside it", "model", lambda p: ft.save(p, sep_limit=0), ft.wv, ["iced"]),
        case("FastTextKeyedVectors.save", "model.kv", ft.wv.save, ft.wv, ["naïveté"]),
    ]
    Original = word2vec.Word2Vec
    cases += [
        case("KeyedVectors of gensim 3", "model.kv", gensim3(w2v.wv, 2, False), w2v.wv),
        case("Word2Vec of gensim 3", "model", gensim3(w2v.wv, 2, True), w2v.wv),
        case("Word2Vec of gensim 1, protocol 0, big-endian", "model", gensim1(w2v.wv), w2v.wv, counted=False),
        case("KeyedVectors of gensim 3, protocol 1", "model.kv", gensim3(w2v.wv, 1, False), w2v.wv),
        case("Word2Vec of gensim 3, protocol 3", "model", gensim3(w2v.wv, 3, True), w2v.wv),
        case("KeyedVectors of gensim 3, protocol 5", "model.kv", gensim3(w2v.wv, 5, False), w2v.wv),
    ]
    word2vec.Word2Vec = Original
    with open(OUT, "w", encoding="utf-8") as out:
        json.dump({"made_by": f"tools/golden/interop_gensim.py, gensim {gensim.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}", "cases": cases}, out, ensure_ascii=False, indent=1)
        out.write("\n")


main()
