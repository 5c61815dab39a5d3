"""Writes tests/Firn.Tests/Golden/drift.json: ridge regression and principal components of scikit-learn for the tests of Firn.Study.

Ridge with sample weights and an intercept, at three penalties, and its error on rows left out; PCA of more rows than
columns and of fewer, with the projection of other rows. Vectors are float32 values, written so that a float32 reader
gets the same bits. Run from the repository root:
  /usr/bin/python3 tools/golden/drift_sklearn.py
"""
import json

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

rng = np.random.default_rng(20260405)


def floats(a):
    return np.asarray(a, np.float32).astype(np.float64)


def ridge(rows, columns):
    x = floats(rng.normal(size=(rows, columns)) + 0.5)
    y = floats(x @ rng.normal(size=(columns, columns)) * 0.3 + rng.normal(size=(rows, columns)) * 0.2 + 0.1)
    weights = rng.integers(1, 200, rows).astype(float)
    held = np.arange(rows) % 5 == 0
    fits = []
    for alpha in (0.01, 3.0, 500.0):
        model = Ridge(alpha=alpha, solver="cholesky").fit(x, y, sample_weight=weights)
        part = Ridge(alpha=alpha, solver="cholesky").fit(x[~held], y[~held], sample_weight=weights[~held])
        error = float((weights[held, None] * (y[held] - part.predict(x[held])) ** 2).sum())
        fits.append(dict(alpha=alpha, slope=model.coef_.T.tolist(), intercept=model.intercept_.tolist(), held_out_error=error))
    return dict(x=x.tolist(), y=y.tolist(), weights=weights.tolist(), fits=fits)


def pca(rows, columns):
    x = floats(rng.normal(size=(rows, columns)) * np.linspace(2, 0.3, columns) + 1)
    other = floats(rng.normal(size=(5, columns)))
    model = PCA(n_components=2, svd_solver="full").fit(x)
    return dict(x=x.tolist(), other=other.tolist(), projected=model.transform(other).tolist(), explained=model.explained_variance_ratio_.tolist())


golden = dict(ridge=[ridge(60, 7), ridge(25, 16)], pca=[pca(40, 6), pca(9, 20)])
with open("tests/Firn.Tests/Golden/drift.json", "w") as file:
    json.dump(golden, file)
