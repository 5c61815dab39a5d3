"""Writes tests/Firn.Tests/Golden/metrics.json: figures of scikit-learn for the tests of Firn.Training.Evaluation.

Cases: two classes, with many tied scores; three classes; a class that is never predicted; a class without texts.
Scores are float32 values, written so that a float32 reader gets the same bits. Run from the repository root:
  /usr/bin/python3 tools/golden/metrics_sklearn.py
"""
import json
import warnings

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20240611)


def expected_calibration_error(confidence, hit, bins=10):
    ids = np.searchsorted(np.linspace(0.0, 1.0, bins + 1)[1:-1], confidence)
    total = 0.0
    for b in range(bins):
        inside = ids == b
        if inside.any():
            total += inside.sum() * abs(hit[inside].mean() - confidence[inside].mean())
    return total / len(confidence)


def common(y, predicted, classes):
    p, r, f, s = metrics.precision_recall_fscore_support(y, predicted, labels=range(classes), zero_division=0)
    out = dict(precision=p.tolist(), recall=r.tolist(), f1=f.tolist(), support=s.tolist(),
               accuracy=metrics.accuracy_score(y, predicted),
               confusion=metrics.confusion_matrix(y, predicted, labels=range(classes)).tolist())
    for average in ("macro", "weighted"):
        p, r, f, _ = metrics.precision_recall_fscore_support(y, predicted, average=average, zero_division=0)
        out[average] = [p, r, f]
    return out


def binary(name, y, score):
    score64 = score.astype(np.float64)
    out = common(y, (score64 >= 0.5).astype(int), 2)
    fpr, tpr, thresholds = metrics.roc_curve(y, score, drop_intermediate=False)
    true, mean = calibration_curve(y, score64, n_bins=10)
    out.update(name=name, classes=2, labels=y.tolist(), probabilities=[float(v) for v in score],
               loss=metrics.log_loss(y, score64), auc=metrics.roc_auc_score(y, score), brier=metrics.brier_score_loss(y, score64),
               roc=[fpr.tolist(), tpr.tolist(), thresholds[1:].astype(float).tolist()],
               calibration=[true.tolist(), mean.tolist()], ece=expected_calibration_error(score64, y))
    return out


def several(name, y, p, classes):
    p64 = p.astype(np.float64)
    top = p64.argmax(1)
    out = common(y, top, classes)
    whole = len(set(y.tolist())) == classes
    out.update(name=name, classes=classes, labels=y.tolist(), probabilities=[float(v) for v in p.reshape(-1)],
               loss=float(-np.log(p64[np.arange(len(y)), y]).mean()),
               auc=float(np.mean([metrics.roc_auc_score(y == c, p64[:, c]) for c in range(classes)])) if whole else None,
               brier=float(((p64 - np.eye(classes)[y]) ** 2).sum(1).mean()),
               ece=expected_calibration_error(p64.max(1), (top == y).astype(float)))
    if whole:  # float32 rows do not sum to 1 closely enough for scikit-learn's own check; the curves are the same
        normalised = p64 / p64.sum(1, keepdims=True)
        out["log_loss_sklearn"] = metrics.log_loss(y, normalised, labels=range(classes))
    return out


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return (e / e.sum(1, keepdims=True)).astype(np.float32)


cases = []
y = rng.integers(0, 2, 200)
cases.append(binary("binary", y, (1 / (1 + np.exp(-(1.5 * (2 * y - 1) + 2 * rng.normal(size=200))))).astype(np.float32)))
y = rng.integers(0, 2, 150)
cases.append(binary("binary with ties", y, (np.clip(np.round((0.3 * y + rng.random(150) * 0.7) * 8) / 8, 0.125, 0.875)).astype(np.float32)))
y = (rng.random(60) < 0.1).astype(int)
cases.append(binary("binary, positive never predicted", y, (0.3 * rng.random(60) + 0.1 * y + 0.01).astype(np.float32)))
y = rng.integers(0, 3, 180)
cases.append(several("three classes", y, softmax(1.2 * np.eye(3)[y] + rng.normal(size=(180, 3))), 3))
y = rng.integers(0, 3, 90)
z = 1.2 * np.eye(3)[y] + rng.normal(size=(90, 3))
z[:, 1] -= 9
cases.append(several("three classes, one never predicted", y, softmax(z), 3))
y = rng.choice([0, 2, 3], 80)
z = 1.5 * np.eye(5)[y] + rng.normal(size=(80, 5))
z[:, 4] -= 20
cases.append(several("five classes, one without texts, one in neither", y, softmax(z), 5))

with open("tests/Firn.Tests/Golden/metrics.json", "w") as f:
    json.dump(cases, f)
