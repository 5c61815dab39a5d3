"""Ten learning rates from 0.001 to 0.5: do vectors stay finite and of a sane length, Firn beside gensim?

  vectors_rates.py TEXT NAME [--modes cbow,sg,cbow-hs,sg-hs] [--rates 0.001,...] [--firn "COMMAND"] [--only firn|gensim]

TEXT holds one text a line, words apart by white space. Both train 100 values, window 5, min_count 5, negative 5 (or
hierarchical softmax alone), 5 epochs, on one thread with one seed. Written: a table of Markdown, a row a mode and rate, with the
length of the vectors (least, median and longest) and the loss at the end. The loss is taken here, in the same way for both, from the
input and output vectors: of 20,000 positions of the text with their windows of 5 words, the mean of
-log s(h . y_w) - sum over 5 words n drawn by count^0.75 of log s(-h . y_n); h is the mean of the window (CBOW) or one of its words
(skip-gram). Chance is 6 log 2 = 4.16. With hierarchical softmax it is not taken.
"""
import argparse
import collections
import math
import pathlib
import shlex
import subprocess
import tempfile

import numpy as np

RATES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5]


def read_binary(path):
    with open(path, "rb") as file:
        words, size = map(int, file.readline().split())
        names, rows = [], np.empty((words, size), np.float32)
        for i in range(words):
            name = bytearray()
            while (byte := file.read(1)) != b" ":
                if byte != b"\n":
                    name += byte
            names.append(name.decode())
            rows[i] = np.frombuffer(file.read(4 * size), np.float32)
    return names, rows


def loss(lines, names, inputs, outputs, skip_gram):
    if outputs is None:
        return math.nan
    random = np.random.default_rng(1)
    row = {name: i for i, name in enumerate(names)}
    texts = [[row[word] for word in line if word in row] for line in lines]
    counts = collections.Counter(i for text in texts for i in text)
    noise = np.array([counts[i] ** 0.75 for i in range(len(names))])
    noise /= noise.sum()
    places = [(t, p) for t, text in enumerate(texts) for p in range(len(text)) if len(text) > 1]
    chosen = [places[i] for i in random.choice(len(places), min(20_000, len(places)), replace=False)]
    inputs, outputs = inputs.astype(np.float64), outputs.astype(np.float64)
    hidden = np.empty((len(chosen), inputs.shape[1]))
    words = np.empty(len(chosen), int)
    for i, (t, p) in enumerate(chosen):
        window = texts[t][max(0, p - 5):p] + texts[t][p + 1:p + 6]
        hidden[i] = inputs[random.choice(window)] if skip_gram else inputs[window].mean(0)
        words[i] = texts[t][p]
    total = np.logaddexp(0, -np.einsum("ij,ij->i", hidden, outputs[words]))
    for _ in range(5):
        drawn = random.choice(len(names), len(chosen), p=noise)
        total += np.where(drawn == words, 0, np.logaddexp(0, np.einsum("ij,ij->i", hidden, outputs[drawn])))
    return total.mean()


def gensim(text, rate, skip_gram, tree):
    from gensim.models import Word2Vec
    model = Word2Vec(corpus_file=text, vector_size=100, window=5, min_count=5, sg=int(skip_gram), hs=int(tree), negative=0 if tree else 5,
                     alpha=rate, min_alpha=1e-4, workers=1, seed=1, epochs=5)
    return model.wv.index_to_key, model.wv.vectors, None if tree else model.syn1neg


def firn(command, text, rate, skip_gram, tree):
    with tempfile.TemporaryDirectory() as folder:
        vectors, kept = pathlib.Path(folder, "v.bin"), pathlib.Path(folder, "o.bin")
        done = subprocess.run([*shlex.split(command), "vectors", "train", text, str(vectors), "--alpha", str(rate), "--threads", "1", *["--sg"] * skip_gram,
                               *(["--hs", "--negative", "0"] if tree else ["--save-outputs", str(kept)])], stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            print("<!--", done.stderr.strip().splitlines()[-1], "-->", flush=True)
            return None
        names, rows = read_binary(vectors)
        return names, rows, None if tree else read_binary(kept)[1]


def cells(lines, model, skip_gram):
    if model is None:
        return "stopped | | | "
    names, inputs, outputs = model
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(inputs.astype(np.float64), axis=1)
        return f"{lengths.min():.3g} | {np.median(lengths):.3g} | {lengths.max():.3g} | {loss(lines, names, inputs, outputs, skip_gram):.3f}".replace("nan", "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("text")
    parser.add_argument("name")
    parser.add_argument("--modes", default="cbow,sg")
    parser.add_argument("--rates", default=",".join(map(str, RATES)))
    parser.add_argument("--firn", default="firn")
    parser.add_argument("--only")
    asked = parser.parse_args()
    lines = [line.split() for line in open(asked.text, encoding="utf-8")]
    print("| texts | mode | rate | gensim: least | median | longest | loss | Firn: least | median | longest | loss |\n|---|---|" + "---:|" * 9)
    for mode in asked.modes.split(","):
        skip_gram, tree = mode.startswith("sg"), mode.endswith("-hs")
        for rate in map(float, asked.rates.split(",")):
            peer = " | | | " if asked.only == "firn" else cells(lines, gensim(asked.text, rate, skip_gram, tree), skip_gram)
            own = " | | | " if asked.only == "gensim" else cells(lines, firn(asked.firn, asked.text, rate, skip_gram, tree), skip_gram)
            print(f"| {asked.name} | {mode} | {rate:g} | {peer} | {own} |", flush=True)


main()
