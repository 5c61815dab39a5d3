"""Writes tests/Firn.Tests/Golden/multilabel.json: figures of scikit-learn on indicator matrices, the loss and its
gradient by the logits of PyTorch, for texts with any number of labels. Run from the repository root:
  /usr/bin/python3 tools/golden/multilabel_sklearn.py
"""
import json

import numpy as np
import torch
from sklearn import metrics

rng = np.random.default_rng(20240923)
n, classes, threshold = 200, 5, np.float32(0.4)
truth = (rng.random((n, classes)) < np.array([0.5, 0.3, 0.2, 0.1, 0.05])).astype(int)
score = np.clip(rng.random((n, classes)) * 0.6 + truth * 0.3 * rng.random((n, classes)), 0, 1).astype(np.float32)
predicted = (score >= threshold).astype(int)

figures = {}
for average in ("micro", "macro", "weighted"):
    p, r, f, _ = metrics.precision_recall_fscore_support(truth, predicted, average=average, zero_division=0)
    figures[average] = [p, r, f]
p, r, f, s = metrics.precision_recall_fscore_support(truth, predicted, zero_division=0)

logits = torch.tensor(rng.normal(size=(7, classes)) * 3, dtype=torch.float64, requires_grad=True)
has = torch.tensor((rng.random((7, classes)) < 0.4).astype(float))
weight = torch.tensor([1.0, 2.5, 0.5, 4.0, 1.0], dtype=torch.float64)
loss = torch.nn.BCEWithLogitsLoss(pos_weight=weight, reduction="none")(logits, has).mean(dim=1)
loss.sum().backward()

json.dump(dict(
    threshold=float(threshold), truth=truth.tolist(), scores=[[float(v) for v in row] for row in score],
    precision=p.tolist(), recall=r.tolist(), f1=f.tolist(), support=s.tolist(), **figures,
    accuracy=metrics.accuracy_score(truth, predicted), hamming=metrics.hamming_loss(truth, predicted),
    auc=metrics.roc_auc_score(truth, score, average="macro"),
    loss=float(np.mean([metrics.log_loss(truth[:, c], score[:, c].astype(np.float64)) for c in range(classes)])),
    torch=dict(logits=logits.detach().tolist(), has=has.tolist(), weights=weight.tolist(), loss=loss.tolist(), gradient=logits.grad.tolist()),
), open("tests/Firn.Tests/Golden/multilabel.json", "w"))
