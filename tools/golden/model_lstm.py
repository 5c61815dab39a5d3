"""Golden values of the LSTM layer and of whole classifiers, from PyTorch (a stranger to Firn's kernels).

    /usr/bin/python3 tools/golden/model_lstm.py tests/Firn.Tests/Golden

Inputs are not stored: both sides draw them with `draw` below, whose values are exact in float32. Results are stored
as base64 of little-endian float32. Needs torch (Debian: python3-torch).
"""
import base64
import json
import math
import sys

import numpy as np
import torch

torch.manual_seed(0)
torch.set_num_threads(1)


class Draw:
    """The minimal standard generator modulo 2^31; values k / 2^15 in [-0.5, 0.5) times a power of two."""

    def __init__(self, seed):
        self.state = seed

    def integer(self):
        self.state = (self.state * 1103515245 + 12345) % 2**31
        return self.state >> 15  # 16 bits

    def array(self, shape, scale):
        n = int(np.prod(shape))
        values = [(self.integer() / 2**16 - 0.5) * scale for _ in range(n)]
        return torch.tensor(np.array(values, dtype=np.float32).reshape(shape))


def pack(tensor):
    return base64.b64encode(tensor.detach().numpy().astype("<f4").tobytes()).decode()


def lstm_parameters(draw, e, h):
    return {"kernel": draw.array((e, 4 * h), 1.0), "recurrent_kernel": draw.array((h, 4 * h), 1.0), "bias": draw.array((4 * h,), 1.0)}


def module(e, h, directions):
    """nn.LSTM with the weights of each direction set to Firn's layout transposed; the second bias stays zero."""
    lstm = torch.nn.LSTM(e, h, bidirectional=len(directions) == 2, batch_first=True)
    with torch.no_grad():
        for suffix, p in zip(("", "_reverse"), directions):
            getattr(lstm, "weight_ih_l0" + suffix).copy_(p["kernel"].T)
            getattr(lstm, "weight_hh_l0" + suffix).copy_(p["recurrent_kernel"].T)
            getattr(lstm, "bias_ih_l0" + suffix).copy_(p["bias"])
            getattr(lstm, "bias_hh_l0" + suffix).zero_()
            getattr(lstm, "bias_hh_l0" + suffix).requires_grad_(False)
    return lstm


def layer_case(seed, e, h, lengths, both):
    """Layer alone: non-zero initial states, ragged lengths (falling), a gradient for every output."""
    draw = Draw(seed)
    n, longest = len(lengths), lengths[0]
    directions = [lstm_parameters(draw, e, h) for _ in range(2 if both else 1)]
    x = draw.array((n, longest, e), 2.0).requires_grad_()
    h0 = draw.array((len(directions), n, h), 1.0).requires_grad_()
    c0 = draw.array((len(directions), n, h), 2.0).requires_grad_()
    dy = draw.array((n, longest, h * len(directions)), 1.0)
    dlast = draw.array((len(directions), n, h), 1.0)
    lstm = module(e, h, directions)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
    out, (hn, cn) = lstm(packed, (h0, c0))
    y, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=longest)
    ((y * dy).sum() + (hn * dlast).sum()).backward()
    result = {"seed": seed, "e": e, "h": h, "lengths": lengths, "both": both,
              "y": pack(y), "hn": pack(hn), "cn": pack(cn), "dx": pack(x.grad), "dh0": pack(h0.grad), "dc0": pack(c0.grad)}
    for d, suffix in enumerate(("", "_reverse")[:len(directions)]):
        result[f"dkernel{d}"] = pack(getattr(lstm, "weight_ih_l0" + suffix).grad.T)
        result[f"drecurrent{d}"] = pack(getattr(lstm, "weight_hh_l0" + suffix).grad.T)
        result[f"dbias{d}"] = pack(getattr(lstm, "bias_ih_l0" + suffix).grad)
    return result


class Classifier:
    def __init__(self, seed, e, h, both, pooling, classes, rows):
        draw = self.draw = Draw(seed)
        self.h, self.both, self.pooling, self.classes = h, both, pooling, classes
        f, k = h * (2 if both else 1), 1 if classes == 2 else classes
        table = draw.array((rows, e), 2.0)
        table[0] = 0
        self.embedding = torch.nn.Embedding(rows, e, padding_idx=0, sparse=True, _weight=table)
        directions = [lstm_parameters(draw, e, h) for _ in range(2 if both else 1)]
        self.lstm = module(e, h, directions)
        self.attention = None
        if pooling == "attention":
            self.attention = [draw.array((f, f), 1.0).requires_grad_(), draw.array((f,), 1.0).requires_grad_(), draw.array((f,), 2.0).requires_grad_()]
        self.dense = [draw.array((f, k), 2.0).requires_grad_(), draw.array((k,), 1.0).requires_grad_()]

    def named(self):
        out = {}
        for prefix, suffix in (("lstm", ""), ("lstm_backward", "_reverse"))[:2 if self.both else 1]:
            out[prefix + ".kernel"] = getattr(self.lstm, "weight_ih_l0" + suffix)
            out[prefix + ".recurrent_kernel"] = getattr(self.lstm, "weight_hh_l0" + suffix)
            out[prefix + ".bias"] = getattr(self.lstm, "bias_ih_l0" + suffix)
        if self.attention:
            for name, p in zip(("kernel", "bias", "context"), self.attention):
                out["attention." + name] = p
        out["dense.kernel"], out["dense.bias"] = self.dense
        return out

    def logits(self, texts):
        alive = [i for i, t in enumerate(texts) if t]
        lengths = torch.tensor([len(texts[i]) for i in alive])
        ids = torch.zeros((len(alive), int(lengths.max())), dtype=torch.long)
        for r, i in enumerate(alive):
            ids[r, :len(texts[i])] = torch.tensor(texts[i])
        packed = torch.nn.utils.rnn.pack_padded_sequence(self.embedding(ids), lengths, batch_first=True, enforce_sorted=False)
        out, (hn, _) = self.lstm(packed)
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
        mask = (torch.arange(y.shape[1])[None, :] < lengths[:, None])[:, :, None]
        if self.pooling == "last":
            f = torch.cat(tuple(hn), dim=1)
        elif self.pooling == "mean":
            f = (y * mask).sum(1) / lengths[:, None]
        elif self.pooling == "max":
            f = y.masked_fill(~mask, -math.inf).max(1).values
        else:
            a, b, v = self.attention
            score = (torch.tanh(y @ a + b) @ v).masked_fill(~mask[:, :, 0], -math.inf)
            f = (torch.softmax(score, 1)[:, :, None] * y).sum(1)
        features = torch.zeros((len(texts), f.shape[1])).index_copy(0, torch.tensor(alive), f)
        return features @ self.dense[0] + self.dense[1]



def firn_layout(name, tensor):
    return tensor.T if name.startswith("lstm") and tensor.dim() == 2 else tensor


def mean_loss(logits, labels, weights):
    """The mean over texts of the weighted cross-entropy; one logit is that of class 1 of two."""
    if logits.shape[1] == 1:
        each = torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 0], labels.to(logits.dtype), reduction="none")
    else:
        each = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
    return (each * weights[labels]).sum() / len(labels)


def ten_steps(parameters, embedding, loss):
    """Ten steps of Adam with Keras' place of epsilon: torch divides sqrt(v) by sqrt(1 - b2^t) before adding it."""
    adam = torch.optim.Adam(parameters, lr=0.01, eps=1e-7)
    sparse = torch.optim.SparseAdam([embedding], lr=0.01, eps=1e-7)
    for t in range(1, 11):
        adam.zero_grad()
        sparse.zero_grad()
        loss().backward()
        adam.param_groups[0]["eps"] = 1e-7 / math.sqrt(1 - 0.999**t)
        adam.step()
        sparse.step()


def model_case(seed, e, h, both, pooling, classes):
    rows, n = 12, 9
    model = Classifier(seed, e, h, both, pooling, classes, rows)
    draw = model.draw
    lengths = [draw.integer() % 7 for _ in range(n)]
    lengths[0], lengths[3] = 6, 0
    texts = [[draw.integer() % rows for _ in range(length)] for length in lengths]
    labels = torch.tensor([draw.integer() % classes for _ in range(n)])
    weights = torch.tensor([1.0 + 0.5 * c for c in range(classes)])
    logits = model.logits(texts)
    loss = mean_loss(logits, labels, weights)
    loss.backward()
    result = {"seed": seed, "e": e, "h": h, "both": both, "pooling": pooling, "classes": classes, "rows": rows, "texts": n,
              "logits": pack(logits), "loss": float(loss.detach()), "gradients": {}, "after": {}}
    named = model.named()
    for name, p in named.items():
        result["gradients"][name] = pack(firn_layout(name, p.grad))
    dense_rows = model.embedding.weight.grad.to_dense()
    dense_rows[0] = 0
    result["gradients"]["embedding.rows"] = pack(dense_rows)

    ten_steps(list(named.values()), model.embedding.weight, lambda: mean_loss(model.logits(texts), labels, weights))
    for name, p in named.items():
        result["after"][name] = pack(firn_layout(name, p))
    result["after"]["embedding.rows"] = pack(model.embedding.weight)
    return result


def main(folder):
    layers = [
        layer_case(1, 7, 5, [4, 4, 3, 1], False),
        layer_case(2, 7, 5, [6, 2, 2, 1, 1], True),
        layer_case(3, 20, 16, [5, 3, 3], False),
        layer_case(4, 9, 21, [7, 7, 4, 2, 1, 1, 1, 1, 1, 1, 1], True),
    ]
    models, seed = [], 100
    for both in (False, True):
        for pooling in ("last", "mean", "max", "attention"):
            for classes in (2, 3):
                seed += 1
                models.append(model_case(seed, 7, 5, both, pooling, classes))
    models.append(model_case(200, 20, 16, False, "last", 2))
    models.append(model_case(201, 11, 18, True, "attention", 4))
    for name, value in (("lstm_layers", layers), ("classifiers", models)):
        with open(f"{folder}/{name}.json", "w") as f:
            json.dump({"source": f"torch {torch.__version__}", "cases": value}, f, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
