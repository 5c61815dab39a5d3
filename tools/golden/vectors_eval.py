"""Writes tests/Firn.Tests/Golden/vectors_eval.json: gensim's scores and neighbors of the sample vectors.

Usage: /usr/bin/python3 tools/golden/vectors_eval.py DATA_FOLDER
"""
import json
import pathlib
import sys

from gensim.models import KeyedVectors

data = pathlib.Path(sys.argv[1])
google = KeyedVectors.load_word2vec_format(str(data / "vectors/googlenews_1000common_300d.txt"))
glove = KeyedVectors.load_word2vec_format(str(data / "vectors/glove.6B.100d.171words.txt"), no_header=True)
euclid = KeyedVectors.load_word2vec_format(str(data / "vectors/euclidean_vectors.bin"), binary=True)
tables = {"google": google, "glove": glove, "euclid": euclid}
out = {"pairs": [], "analogies": [], "nearest": [], "add": [], "multiply": [], "odd": []}

for name, kv in tables.items():
    for dummy in (False, True):
        for path in sorted((data / "word_eval/similarity").glob("EN-*.txt")):
            delimiter = "\t" if "\t" in path.read_text().splitlines()[0] else " "
            try:
                pearson, spearman, oov = kv.evaluate_word_pairs(str(path), delimiter=delimiter, dummy4unknown=dummy)
            except ValueError:
                continue
            if spearman[0] == spearman[0]:
                out["pairs"].append([name, path.name, dummy, float(spearman[0]), float(pearson[0]), float(oov)])
    for restrict in (300000, 500):
        score, sections = kv.evaluate_word_analogies(
            str(data / "word_eval/analogy/questions-words.txt"), restrict_vocab=min(restrict, len(kv)))
        counts = [[s["section"], len(s["correct"]), len(s["correct"]) + len(s["incorrect"])] for s in sections[:-1]]
        out["analogies"].append([name, min(restrict, len(kv)), counts])

for word in ("good", "man", "king", "day", "water"):
    out["nearest"].append([word, google.most_similar(word, topn=10)])
for a, b, c in (("man", "king", "woman"), ("good", "better", "bad"), ("day", "days", "week")):
    out["add"].append([a, b, c, google.most_similar(positive=[b, c], negative=[a], topn=10)])
    out["multiply"].append([a, b, c, google.most_similar_cosmul(positive=[b, c], negative=[a], topn=10)])
for words in (["man", "woman", "boy", "water"], ["day", "week", "month", "king"], ["good", "bad", "great", "house"]):
    out["odd"].append([words, google.doesnt_match(words)])

target = pathlib.Path(__file__).parents[2] / "tests/Firn.Tests/Golden/vectors_eval.json"
target.write_text(json.dumps(out, separators=(",", ":")).replace("],[", "],\n[") + "\n")
