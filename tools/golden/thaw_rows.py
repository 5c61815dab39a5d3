"""Golden values of a thawed table: sparse and dense gradients, tied words, lazy Adam on rows, rules for rows, the pull.

    /usr/bin/python3 tools/golden/thaw_rows.py tests/Firn.Tests/Golden

Sixteen words share eleven rows and the zero row; ten steps of torch.optim.SparseAdam on the table and torch.optim.Adam
(with Keras' place of epsilon) on the rest, each step on another batch.
"""
import json
import math
import sys

import torch
from model_lstm import Draw, firn_layout, lstm_parameters, module, pack

E, H, ROWS, TEXTS, BATCH, STEPS, RATE = 7, 5, 12, 24, 6, 10, 0.02
ROW_OF = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 3, 3, 7, 0]  # words 12 and 13 are tied to 3, 14 to 7; 15 has no vector


class Run:
    def __init__(self, seed, cover):
        draw = Draw(seed)
        table = draw.array((ROWS, E), 2.0)
        table[0] = 0
        self.start = table.clone()
        self.table = table.requires_grad_()
        self.lstm = module(E, H, [lstm_parameters(draw, E, H)])
        self.kernel, self.bias = draw.array((H, 1), 2.0).requires_grad_(), draw.array((1,), 1.0).requires_grad_()
        lengths = [1 + draw.integer() % 5 for _ in range(TEXTS)]
        self.texts = [[draw.integer() % len(ROW_OF) for _ in range(n)] for n in lengths]
        if cover:  # a text of every word at the head of each batch
            for b in range(0, TEXTS, BATCH):
                self.texts[b] = list(range(len(ROW_OF)))
        self.labels = [draw.integer() % 2 for _ in range(TEXTS)]

    def named(self):
        return {"lstm.kernel": self.lstm.weight_ih_l0, "lstm.recurrent_kernel": self.lstm.weight_hh_l0, "lstm.bias": self.lstm.bias_ih_l0,
                "dense.kernel": self.kernel, "dense.bias": self.bias}

    def loss(self, batch, sparse):
        lengths = torch.tensor([len(self.texts[i]) for i in batch])
        rows = torch.zeros((len(batch), int(lengths.max())), dtype=torch.long)
        for r, i in enumerate(batch):
            rows[r, :lengths[r]] = torch.tensor([ROW_OF[w] for w in self.texts[i]])
        x = torch.nn.functional.embedding(rows, self.table, padding_idx=0, sparse=sparse)
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        _, (hn, _) = self.lstm(packed)
        z = (hn[0] @ self.kernel + self.bias)[:, 0]
        return torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor([float(self.labels[i]) for i in batch]))


def batch_of(step):
    first = (step * BATCH) % TEXTS
    return list(range(first, first + BATCH))


def movable(gradient, rows, start, table, pull):
    """The sparse gradient of the rows that may move, the pull added."""
    gradient = gradient.coalesce()
    index, values = gradient.indices()[0], gradient.values()
    kept = torch.tensor([int(r) != 0 and (rows is None or int(r) in rows) for r in index], dtype=torch.bool)
    index, values = index[kept], values[kept]
    values = values + pull * (table.detach()[index] - start[index])
    return torch.sparse_coo_tensor(index[None, :], values, gradient.shape)


def case(name, seed, rows=None, pull=0.0, thaw_after=0, embedding_rate=1.0, lstm_rate=1.0, cover=False, dense=False):
    run = Run(seed, cover)
    result = {"name": name, "seed": seed, "rows": rows, "pull": pull, "thaw_after": thaw_after,
              "embedding_rate": embedding_rate, "lstm_rate": lstm_rate, "cover": cover}
    for sparse in (False, True):
        run.loss(batch_of(0), sparse).backward()
        gradient = run.table.grad.to_dense() if sparse else run.table.grad
        gradient = gradient.clone()
        gradient[0] = 0
        result["gradient_sparse" if sparse else "gradient_dense"] = pack(gradient)
        run.table.grad = None
        for p in run.named().values():
            p.grad = None
    body = list(run.named().values())
    adam = torch.optim.Adam([{"params": body[:3], "lr": RATE * lstm_rate}, {"params": body[3:], "lr": RATE}], lr=RATE)
    table = (torch.optim.Adam if dense else torch.optim.SparseAdam)([run.table], lr=RATE * embedding_rate, eps=1e-7)
    for step in range(STEPS):
        adam.zero_grad()
        run.table.grad = None
        run.loss(batch_of(step), not dense).backward()
        for group in adam.param_groups:
            group["eps"] = 1e-7 / math.sqrt(1 - 0.999 ** (step + 1))
        adam.step()
        if step < thaw_after:
            continue
        if dense:
            run.table.grad[0] = 0
            table.param_groups[0]["eps"] = 1e-7 / math.sqrt(1 - 0.999 ** (step + 1 - thaw_after))
        else:
            run.table.grad = movable(run.table.grad, rows, run.start, run.table, pull)
        table.step()
    result["after"] = {"embedding.rows": pack(run.table.detach())}
    for name, p in run.named().items():
        result["after"][name] = pack(firn_layout(name, p.detach()))
    return result


def main(folder):
    some = [1, 3, 4, 7, 9]
    cases = [
        case("lazy", 301),
        case("rule", 302, rows=some),
        case("pull", 303, pull=0.3),
        case("thaw", 304, thaw_after=4),
        case("rates", 305, embedding_rate=0.25, lstm_rate=1 / 2.6),
        case("everything", 306, rows=some, pull=0.05, thaw_after=3, embedding_rate=0.5, lstm_rate=0.5),
        case("lazy, every row in every batch", 307, cover=True),
        case("dense, every row in every batch", 307, cover=True, dense=True),
        case("dense", 301, dense=True),
    ]
    with open(f"{folder}/thaw_rows.json", "w") as f:
        json.dump({"source": f"torch {torch.__version__}", "cases": cases}, f, separators=(",", ":"))


main(sys.argv[1])
