"""Writes tests/Firn.Tests/Golden/baselines.json: scikit-learn's TF-IDF rows, logistic regression and naive Bayes.

Cases "two", "three": small texts drawn from a seeded list of words (letters beyond ASCII, digits, underscores, emoji,
one-letter words), stored with the n-grams that scikit-learn finds, rows, decision values and probabilities.
Case "tweets": figures only, for the first 20,000 training and 2,000 test tweets of the fixed split of
sentiment140_union.csv.gz (train_test_split(test_size=0.1, random_state=42)). Run from the repository root with the data
folder: /usr/bin/python3 tools/golden/baselines_sklearn.py ../shared/data
"""
import csv
import gzip
import json
import sys

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB

WORDS = ("good bad Film film FILM a I not n't don't it's so-so under_score 3rd 2009 x2 caf\u00e9 na\u00efve \u00c9t\u00e9 "
         "\u4f60\u597d \U0001F600 \u00b2 \u00bd \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 #tag @user http://t.co/x ... !! yes no maybe").split()


def small(name, classes, seed):
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(WORDS, size=rng.integers(0, 12))) for _ in range(60)]
    labels = np.array([(t.count("good") + 2 * t.count("no") + i) % classes for i, t in enumerate(texts)])
    train, test = texts[:45], texts[45:]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2))
    rows = vectorizer.fit_transform(train)
    held = vectorizer.transform(test)
    model = LogisticRegression(tol=1e-12, max_iter=100000).fit(rows, labels[:45])
    counter = CountVectorizer(ngram_range=(1, 2))
    bayes = MultinomialNB().fit(counter.fit_transform(train), labels[:45])
    sublinear = TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True).fit(train)
    return dict(name=name, classes=classes, texts=texts, labels=labels.tolist(), train=45,
                features=len(vectorizer.vocabulary_), sublinear_features=len(sublinear.vocabulary_),
                rows=[sorted(r.data.tolist()) for r in held],
                sublinear_rows=[sorted(r.data.tolist()) for r in sublinear.transform(test)],
                decisions=np.asarray(model.decision_function(held)).tolist(),
                probabilities=model.predict_proba(held).tolist(),
                bayes=bayes.predict_proba(counter.transform(test)).tolist())


def tweets(folder):
    with gzip.open(f"{folder}/sentiment140/sentiment140_union.csv.gz", "rt", encoding="utf-8", newline="") as file:
        data = list(csv.DictReader(file))
    texts = [r["text"] for r in data]
    labels = np.array([int(r["target"] == "4") for r in data])
    train, test = train_test_split(np.arange(len(texts)), test_size=0.1, random_state=42)
    train, test = train[:20000], test[:2000]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2))
    rows = vectorizer.fit_transform([texts[i] for i in train])
    held = vectorizer.transform([texts[i] for i in test])
    model = LogisticRegression(max_iter=1000).fit(rows, labels[train])
    counter = CountVectorizer(ngram_range=(1, 2))
    bayes = MultinomialNB().fit(counter.fit_transform([texts[i] for i in train]), labels[train])
    bayes_score = bayes.predict_proba(counter.transform([texts[i] for i in test]))[:, 1]
    score = model.predict_proba(held)[:, 1]
    return dict(features=len(vectorizer.vocabulary_), accuracy=float((model.predict(held) == labels[test]).mean()),
                auc=roc_auc_score(labels[test], score), scores=score[:20].tolist(),
                bayes_accuracy=float(((bayes_score > 0.5) == labels[test]).mean()), bayes_auc=roc_auc_score(labels[test], bayes_score))


def main():
    golden = dict(cases=[small("two", 2, 1), small("three", 3, 2)], tweets=tweets(sys.argv[1]))
    with open("tests/Firn.Tests/Golden/baselines.json", "w", encoding="utf-8") as file:
        json.dump(golden, file, separators=(",", ":"))


main()
