"""Quality of word vectors, Firn beside gensim, seed by seed.

  vectors_quality.py prepare wiki|tweets SOURCE TEXT      lower-cased, letters a-z, one text a line
  vectors_quality.py gensim TEXT TARGET.bin SEED SG MIN_COUNT   100 values, window 5, negative 5, sample 1e-3, 5 epochs
  vectors_quality.py table FOLDER NAME...                 FOLDER/NAME-SEED.json, each written by 'firn vectors evaluate --json'

gensim reads TEXT with one worker: with several, corpus_file's learning rate does not follow the schedule it documents.
"""
import csv
import gzip
import json
import pathlib
import re
import statistics
import sys


def prepare(kind, source, target):
    other = re.compile("[^a-z]+")
    marks = re.compile(r"https?://\S+|www\.\S+|@\w+|&\w+;")
    with gzip.open(source, "rt", newline="") as file, open(target, "w") as out:
        texts = file if kind == "wiki" else (marks.sub(" ", row["text"]) for row in csv.DictReader(file))
        for text in texts:
            words = other.sub(" ", text.lower()).strip()
            if words:
                out.write(words + "\n")


def train(text, target, seed, sg, min_count):
    from gensim.models import Word2Vec
    model = Word2Vec(vector_size=100, window=5, min_count=int(min_count), sg=int(sg), negative=5, sample=1e-3, workers=1,
                     seed=int(seed), epochs=5)
    model.build_vocab(corpus_file=text)
    model.train(corpus_file=text, total_words=model.corpus_total_words, total_examples=model.corpus_count, epochs=model.epochs)
    model.wv.save_word2vec_format(target, binary=True)


def table(folder, names):
    print("| vectors | seeds | WordSim-353 | SimLex-999 | analogies | coverage |\n|---|---:|---:|---:|---:|---:|")
    for name in names:
        scores, coverage = {}, set()
        files = sorted(pathlib.Path(folder).glob(name + "-[0-9]*.json"))
        for file in files:
            tests = json.loads(file.read_text())["tests"]
            for test in tests:
                scores.setdefault(test["test"], []).append(test.get("spearman", test.get("accuracy")))
            coverage.add(" ".join(str(test.get("pairs", test.get("total"))) for test in tests))
        cells = [f"{statistics.mean(v):.4f} ± {statistics.stdev(v) if len(v) > 1 else 0:.4f}" for v in scores.values()]
        print(f"| {name} | {len(files)} | {' | '.join(cells)} | {', '.join(sorted(coverage))} |")


{"prepare": prepare, "gensim": train, "table": lambda folder, *names: table(folder, names)}[sys.argv[1]](*sys.argv[2:])
