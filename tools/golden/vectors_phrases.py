"""Writes tests/Firn.Tests/Golden/vectors_phrases.json: phrases that gensim finds in synthetic texts, and the joined texts.
And vectors_phrases_scores.json: the same with gensim's own scorers and its connector words.

Usage: /usr/bin/python3 tools/golden/vectors_phrases.py
gensim's original scorer takes the number of distinct words and pairs for N; word2phrase.c takes the number of words of the
texts. Here gensim's scorer is given the latter.
"""
import json
import pathlib
import random

from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases, original_scorer

golden = pathlib.Path(__file__).parents[2] / "tests/Firn.Tests/Golden/vectors_phrases.json"
MIN_COUNT, THRESHOLD = 4, 12.0


def scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    return original_scorer(worda_count, wordb_count, bigram_count, corpus_word_count, min_count, corpus_word_count)


def texts():
    pick = random.Random(11)
    words = [f"w{i}" for i in range(60)]
    weights = [1 / (i + 2) for i in range(60)]
    for _ in range(400):
        line = pick.choices(words, weights, k=pick.randint(1, 14))
        for phrase in (["new", "york"], ["new", "york", "times"], ["w3", "w7"], ["rare", "pair"]):
            if pick.random() < (0.02 if phrase[0] == "rare" else 0.1):
                at = pick.randint(0, len(line))
                line[at:at] = phrase
        yield line


corpus = list(texts())
model = Phrases(corpus, min_count=MIN_COUNT, threshold=THRESHOLD, scoring=scorer, delimiter="_")
golden.write_text(json.dumps({
    "minCount": MIN_COUNT,
    "threshold": THRESHOLD,
    "texts": [" ".join(line) for line in corpus],
    "phrases": model.export_phrases(),
    "joined": [" ".join(model[line]) for line in corpus],
}, indent=0) + "\n")


def connected():
    pick = random.Random(12)
    words = [f"w{i}" for i in range(60)] + ["the", "of", "and"]
    weights = [1 / (i + 2) for i in range(60)] + [0.2, 0.2, 0.1]
    for _ in range(400):
        line = pick.choices(words, weights, k=pick.randint(1, 14))
        for phrase in ("bank of america", "in the middle of", "mayor of the city", "rock and roll", "w3 w7"):
            if pick.random() < 0.1:
                at = pick.randint(0, len(line))
                line[at:at] = phrase.split()
        yield line


def case(scoring, threshold, connectors):
    model = Phrases(texts_with, min_count=MIN_COUNT, threshold=threshold, scoring=scoring, delimiter="_", connector_words=connectors)
    return {
        "scoring": scoring, "threshold": threshold, "connectors": sorted(connectors), "phrases": model.export_phrases(),
        "joined": [" ".join(model[line]) for line in texts_with],
    }


texts_with = list(connected())
golden.with_name("vectors_phrases_scores.json").write_text(json.dumps({
    "minCount": MIN_COUNT,
    "texts": [" ".join(line) for line in texts_with],
    "cases": [case(scoring, threshold, connectors) for scoring, threshold in (("default", 1.0), ("npmi", 0.3))
              for connectors in (frozenset(), ENGLISH_CONNECTOR_WORDS)],
}, indent=0) + "\n")
