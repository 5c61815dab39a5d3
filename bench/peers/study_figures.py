"""Computes a study's figures a second time, by NumPy and SciPy, from the lines of its results: study_figures.py FOLDER...

FOLDER is what `firn study --out` wrote. Means, differences and McNemar's p follow from the test texts that each classifier got
right (`correct`, bits in base64) and must equal summary.json's; intervals are bootstraps with other random numbers and must be
near them. The exit status is 1 where they are not.
"""
import base64
import json
import pathlib
import sys

import numpy as np
from scipy.stats import binomtest

RESAMPLES, NEAR = 1000, 0.25  # of an interval's width


def bits(text, count):
    return np.unpackbits(np.frombuffer(base64.b64decode(text), np.uint8), bitorder="little")[:count].astype(bool)


def interval(values, random):
    """95% of the mean when seeds and texts are drawn with replacement; values [seeds, texts]."""
    seeds, texts = values.shape
    means = [values[np.ix_(random.integers(0, seeds, seeds), random.integers(0, texts, texts))].mean() for _ in range(RESAMPLES)]
    return np.percentile(means, [2.5, 97.5])


def check(folder):
    summary = json.loads((folder / "summary.json").read_text())
    lines = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()[1:]]
    right = {(r["size"], r["policy"], r["seed"]): bits(r["correct"], r["test_texts"]) for r in lines}
    exact = apart = 0.0
    random = np.random.default_rng(1)
    rows = summary["rows"]
    for row in rows:
        size, policy = row["texts"], row["policy"]
        policies = {r["policy"] for r in rows if r["texts"] == size}
        seeds = [s for s in sorted({key[2] for key in right}) if all((size, p, s) in right for p in policies)]
        assert len(seeds) == row["seeds"], (size, policy, seeds)
        values = np.stack([right[size, policy, s] for s in seeds]).astype(float)
        figures = [(values, row["accuracy"])]
        if row["againstFrozen"]:
            frozen = np.stack([right[size, "frozen", s] for s in seeds]).astype(float)
            figures.append((values - frozen, row["againstFrozen"]))
            won, lost = ((values > frozen).sum(axis=1), (values < frozen).sum(axis=1))
            p = np.median([binomtest(int(w), int(w + l)).pvalue if w + l else 1.0 for w, l in zip(won, lost)])
            exact = max(exact, abs(p - row["mcNemar"]))
        for figure, told in figures:
            exact = max(exact, abs(figure.mean() - told[0]))
            low, high = interval(figure, random)
            width = max(told[2] - told[1], 1e-9)
            apart = max(apart, abs(low - told[1]) / width, abs(high - told[2]) / width)
    good = exact < 1e-6 and apart < NEAR
    print(f"{folder.name}: {len(rows)} rows, {len(lines)} results; means, differences and p differ by at most {exact:.1e}, "
          f"ends of intervals by {apart:.2f} of their width: {'as told' if good else 'NOT AS TOLD'}")
    return good


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(0 if all([check(pathlib.Path(folder)) for folder in sys.argv[1:]]) else 1)
