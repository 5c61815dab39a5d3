"""Golden values of models as lists of layers, from PyTorch (a stranger to Firn's kernels).

    /usr/bin/python3 tools/golden/model_layers.py tests/Firn.Tests/Golden

A case holds the list of layers as Firn's JSON; `Model` below runs it slowly, text by text, with torch's own kernels where torch
has them (lstm, gru, rnn, conv1d, pooling, norms) and written out with autograd where not (other activations, the reset before
the product, masks). Pads and masks stand in the tensors as Keras has them. Weights and texts are drawn as model_lstm.py draws.
Needs torch (Debian: python3-torch).
"""
import json
import sys

import torch
import torch.nn.functional as F

from model_lstm import Draw, mean_loss, pack, ten_steps

torch.set_num_threads(1)

ACTIVATIONS = {
    "linear": lambda x: x, "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "elu": F.elu, "gelu": F.gelu, "selu": F.selu,
    "softplus": F.softplus, "softsign": F.softsign, "silu": F.silu, "softmax": lambda x: torch.softmax(x, -1),
    "hard_sigmoid": lambda x: torch.clamp(0.2 * x + 0.5, 0, 1), "hard_sigmoid_sixth": lambda x: torch.clamp(x / 6 + 0.5, 0, 1),
}
WITHOUT_STATE = {"dropout", "spatial_dropout", "activate", "dense", "layer_normalization", "batch_normalization"}


class Signal:
    """Rows of a text [T,F] and which count, or features [F] (then over_time is false)."""

    def __init__(self, x, mask=None, over_time=True):
        self.x, self.mask, self.over_time = x, mask, over_time


class Model:
    def __init__(self, case, dtype):
        self.case, self.dtype = case, dtype
        self.draw = draw = Draw(case["seed"])
        table = draw.array((case["rows"] + 1, case["e"]), 2.0)
        table[0] = 0
        self.embedding = torch.nn.Embedding(case["rows"] + 1, case["e"], padding_idx=0, sparse=True, _weight=table.to(dtype))
        self.named, self.statistics, self.shapes = {}, {}, []
        self.training = self.follows = False
        self.counts = {}

    # Weights are made when they are first asked for; the names follow from the order of layers.
    def weight(self, name, *shape):
        if name not in self.named:
            self.shapes.append([name, list(shape)])
            self.named[name] = self.draw.array(shape, 1.0 if name != "dense.kernel" else 2.0).to(self.dtype).requires_grad_()
        return self.named[name]

    def statistic(self, name, width):
        if name not in self.statistics:
            self.shapes.append([name, [width]])
            values = self.draw.array((width,), 1.0)
            self.statistics[name] = (values.abs() + 0.5 if name.endswith("variance") else values).to(self.dtype)
        return self.statistics[name]

    def name(self, layer, kind):
        if "name" in layer:
            return layer["name"], layer["name"] + "_backward"
        number = self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind == "dense":
            return f"dense_{number}", None
        end = "" if number == 1 else f"_{number}"
        return kind + end, kind + "_backward" + end

    def run(self, layers, signals):
        for i, layer in enumerate(layers):
            kind = layer["layer"]
            last = i + 1 < len(layers) and layers[i + 1]["layer"] == "last_state"
            signals = getattr(self, kind)(layer, signals, **({"last": last} if kind in ("lstm", "gru", "simple_rnn") else {}))
        return signals

    def each(self, signals, function):
        return [Signal(function(s), s.mask, s.over_time) for s in signals]

    # Recurrent layers.
    def lstm(self, layer, signals, last):
        return self.recurrent(layer, signals, last, "lstm", 4, False)

    def gru(self, layer, signals, last):
        return self.recurrent(layer, signals, last, "gru", 3, layer.get("reset_after", True))

    def simple_rnn(self, layer, signals, last):
        return self.recurrent(layer, signals, last, "simple_rnn", 1, False)

    def recurrent(self, layer, signals, last, kind, gates, second_bias):
        h, e = layer["units"], signals[0].x.shape[1]
        names = self.name(layer, kind)
        both, backwards = layer.get("bidirectional", False), layer.get("reversed", False)
        directions = []
        for name in names[:2 if both else 1]:
            w = [self.weight(name + ".kernel", e, gates * h), self.weight(name + ".recurrent_kernel", h, gates * h), self.weight(name + ".bias", gates * h)]
            if second_bias:
                w.append(self.weight(name + ".recurrent_bias", gates * h))
            directions.append(w)
        out = []
        for s in signals:
            length, hold = s.x.shape[0], not both
            parts, states = [], []
            for d, w in enumerate(directions):
                turned = backwards or d == 1
                x = s.x.flip(0) if turned else s.x
                mask = s.mask.flip(0) if turned and s.mask is not None else s.mask
                y, state = self.direction(layer, kind, w, x, mask, hold)
                parts.append(y.flip(0) if d == 1 else y)
                states.append(state)
            merge = layer.get("merge", "concatenate") if both else "concatenate"
            if last:
                out.append(Signal(self.join(states, merge)[None, :], None))
            else:
                mask = s.mask.flip(0) if backwards and s.mask is not None else s.mask
                out.append(Signal(self.join(parts, merge) if length else torch.zeros((0, h * (len(parts) if merge == "concatenate" else 1)), dtype=self.dtype), mask))
        return out

    @staticmethod
    def join(parts, how):
        if how == "concatenate":
            return torch.cat(parts, -1)
        total = parts[0]
        for part in parts[1:]:
            total = total * part if how == "multiply" else total + part
        return total / len(parts) if how == "average" else total

    def direction(self, layer, kind, w, x, mask, hold):
        """Outputs [T,H], the last state."""
        h = layer["units"]
        act, gate = ACTIVATIONS[layer.get("activation", "tanh")], ACTIVATIONS[layer.get("gate_activation", "sigmoid")]
        state, shown, cell = (torch.zeros(h, dtype=self.dtype) for _ in range(3))
        usual = layer.get("activation", "tanh") == "tanh" and layer.get("gate_activation", "sigmoid") == "sigmoid"
        if usual and mask is None and len(x) and (kind != "gru" or layer.get("reset_after", True)):
            return self.torch_direction(kind, w, x, h)
        rows = []
        for t in range(len(x)):
            if mask is None or bool(mask[t]):
                s = x[t] @ w[0] + w[2]
                if kind == "simple_rnn":
                    state = act(s + state @ w[1])
                elif kind == "lstm":
                    i, f, g, o = (s + state @ w[1]).chunk(4)
                    cell = gate(f) * cell + gate(i) * act(g)
                    state = gate(o) * act(cell)
                else:
                    sz, sr, sc = s.chunk(3)
                    uz, ur, uc = w[1].chunk(3, 1)
                    if len(w) == 4:
                        bz, br, bc = w[3].chunk(3)
                        z, r = gate(sz + state @ uz + bz), gate(sr + state @ ur + br)
                        c = act(sc + r * (state @ uc + bc))
                    else:
                        z, r = gate(sz + state @ uz), gate(sr + state @ ur)
                        c = act(sc + (r * state) @ uc)
                    state = z * state + (1 - z) * c
                shown = state
            elif not hold:
                shown = torch.zeros_like(state)
            rows.append(shown)
        return (torch.stack(rows) if rows else torch.zeros((0, h), dtype=self.dtype)), state

    def torch_direction(self, kind, w, x, h):
        turn = (lambda t: torch.cat([t.chunk(3, -1)[k] for k in (1, 0, 2)], -1)) if kind == "gru" else (lambda t: t)
        flat = [turn(w[0]).T.contiguous(), turn(w[1]).T.contiguous(), turn(w[2]), turn(w[3]) if len(w) == 4 else torch.zeros_like(w[2])]
        zero = torch.zeros((1, 1, h), dtype=self.dtype)
        if kind == "lstm":
            y, hn, _ = torch.lstm(x[None], (zero, zero), flat, True, 1, 0.0, False, False, True)
        else:
            y, hn = (torch.gru if kind == "gru" else torch.rnn_tanh)(x[None], zero, flat, True, 1, 0.0, False, False, True)
        return y[0], hn[0, 0]

    # Layers over windows: they know no mask.
    def convolution(self, layer, signals):
        widths, filters, e = layer["widths"], layer["filters"], signals[0].x.shape[1]
        name = self.name(layer, "convolution")[0]
        kernel = self.weight(name + ".kernel", e, sum(widths) * filters)
        bias = self.weight(name + ".bias", len(widths) * filters) if layer.get("bias", True) else None
        padding, stride, act = layer.get("padding", "same"), layer.get("stride", 1), ACTIVATIONS[layer.get("activation", "relu")]

        def one(s):
            parts, column, length = [], 0, len(s.x)
            for i, w in enumerate(widths):
                own = kernel[:, column:column + w * filters].reshape(e, w, filters).permute(2, 0, 1)
                column += w * filters
                left, right = self.around(length, w, stride, padding)
                x = F.pad(s.x.T, (left, right))
                if x.shape[1] < w or length == 0:
                    parts.append(torch.zeros((0, filters), dtype=self.dtype))
                    continue
                parts.append(F.conv1d(x[None], own, None if bias is None else bias[i * filters:(i + 1) * filters], stride)[0].T)
            return act(torch.cat(parts, 1))
        return [Signal(one(s)) for s in signals]

    @staticmethod
    def around(length, w, stride, padding):
        if padding == "valid":
            return 0, 0
        if padding == "causal":
            return w - 1, 0
        missing = max(0, ((length + stride - 1) // stride - 1) * stride + w - length)
        return missing // 2, missing - missing // 2

    def max_pooling(self, layer, signals):
        return self.pooled(layer, signals, lambda rows: rows.max(0).values)

    def average_pooling(self, layer, signals):
        return self.pooled(layer, signals, lambda rows: rows.mean(0))

    def pooled(self, layer, signals, function):
        window = layer["window"]
        stride, padding = layer.get("stride") or window, layer.get("padding", "valid")

        def one(s):
            length = len(s.x)
            left, right = self.around(length, window, stride, padding)
            starts = range(-left, length + right - window + 1, stride) if length else []
            rows = [function(s.x[max(0, a):min(length, a + window)]) for a in starts]
            return torch.stack(rows) if rows else s.x[:0]
        return [Signal(one(s)) for s in signals]

    # From a sequence to features.
    def global_max_pooling(self, layer, signals):
        return [Signal(s.x.max(0).values if len(s.x) else s.x.sum(0), None, False) for s in signals]

    def global_average_pooling(self, layer, signals):
        def one(s):
            x = s.x if s.mask is None else s.x[s.mask]
            return x.mean(0) if len(x) else x.sum(0)
        return [Signal(one(s), None, False) for s in signals]

    def attention_pooling(self, layer, signals):
        f, name = signals[0].x.shape[1], self.name(layer, "attention")[0]
        a, b, v = self.weight(name + ".kernel", f, f), self.weight(name + ".bias", f), self.weight(name + ".context", f)

        def one(s):
            x = s.x if s.mask is None else s.x[s.mask]
            return torch.softmax(torch.tanh(x @ a + b) @ v, 0) @ x if len(x) else x.sum(0)
        return [Signal(one(s), None, False) for s in signals]

    def last_state(self, layer, signals):
        return [Signal(s.x[-1] if len(s.x) else s.x.sum(0), None, False) for s in signals]

    def flatten(self, layer, signals):
        return [Signal(s.x.reshape(-1), None, False) for s in signals]

    # Row by row.
    def dense(self, layer, signals):
        name = self.name(layer, "dense")[0]
        kernel = self.weight(name + ".kernel", signals[0].x.shape[-1], layer["units"])
        bias = self.weight(name + ".bias", layer["units"]) if layer.get("bias", True) else 0
        act = ACTIVATIONS[layer.get("activation", "linear")]
        return self.each(signals, lambda s: act(s.x @ kernel + bias))

    def activate(self, layer, signals):
        return self.each(signals, lambda s: ACTIVATIONS[layer["activation"]](s.x))

    def dropout(self, layer, signals):
        return signals

    spatial_dropout = dropout

    def layer_normalization(self, layer, signals):
        name, f = self.name(layer, "layer_normalization")[0], signals[0].x.shape[-1]
        gamma, beta = self.weight(name + ".gamma", f), self.weight(name + ".beta", f)
        return self.each(signals, lambda s: F.layer_norm(s.x, (f,), gamma, beta, layer.get("epsilon", 1e-3)))

    def batch_normalization(self, layer, signals):
        name, f = self.name(layer, "batch_normalization")[0], signals[0].x.shape[-1]
        gamma, beta = self.weight(name + ".gamma", f), self.weight(name + ".beta", f)
        mean, variance = self.statistic(name + ".moving_mean", f), self.statistic(name + ".moving_variance", f)
        epsilon, momentum = layer.get("epsilon", 1e-3), layer.get("momentum", 0.99)
        rows = torch.cat([s.x if s.over_time else s.x[None] for s in signals])
        if not self.training:
            return self.each(signals, lambda s: F.batch_norm(s.x.reshape(-1, f), mean, variance, gamma, beta, False, 0, epsilon).reshape(s.x.shape) if s.x.numel() else s.x)
        if self.follows:
            with torch.no_grad():
                self.statistics[name + ".moving_mean"] = momentum * mean + (1 - momentum) * rows.mean(0)
                self.statistics[name + ".moving_variance"] = momentum * variance + (1 - momentum) * rows.var(0, unbiased=False)
        y, out, at = F.batch_norm(rows, None, None, gamma, beta, True, 0, epsilon), [], 0
        for s in signals:
            count = len(s.x) if s.over_time else 1
            part = y[at:at + count]
            out.append(Signal(part if s.over_time else part[0], s.mask, s.over_time))
            at += count
        return out

    # Side by side.
    def branches(self, layer, signals):
        results = [self.run(branch, signals) for branch in layer["lists"]]
        return [Signal(self.join([r[i].x for r in results], layer.get("join", "concatenate")), results[0][i].mask, results[0][i].over_time)
                for i in range(len(signals))]

    def residual(self, layer, signals):
        beside = self.run(layer["list"], signals)
        return [Signal(s.x + b.x, s.mask, s.over_time) for s, b in zip(signals, beside)]

    def logits(self, texts):
        padding = self.case.get("padding")
        self.counts = {}
        signals = []
        for ids in texts:
            mask = None
            if padding:
                length = padding["length"]
                ids = ids[-length:] if padding.get("truncating", "tail") == "tail" else ids[:length]
                pads = [0] * (length - len(ids))
                ids = ids + pads if padding.get("side", "pre") == "post" else pads + ids
                if padding.get("masked"):
                    mask = torch.tensor([i != 0 for i in ids])
            signals.append(Signal(self.embedding(torch.tensor(ids, dtype=torch.long) + 1), mask))
        features = torch.stack([s.x for s in self.run(self.case["layers"], signals)])
        k = 1 if self.case["classes"] == 2 else self.case["classes"]
        return features @ self.weight("dense.kernel", features.shape[1], k) + self.weight("dense.bias", k)


def texts_of(case, draw):
    masked = bool(case.get("padding") and case["padding"].get("masked"))
    lengths = [draw.integer() % case["longest"] for _ in range(case["texts"])]
    lengths[0], lengths[3] = case["longest"] - 1, case["shortest"]
    lengths = [max(length, case["shortest"]) for length in lengths]
    low = 1 if masked else 0
    texts = [[low + draw.integer() % (case["rows"] - low) for _ in range(length)] for length in lengths]
    labels = [draw.integer() % case["classes"] for _ in texts]
    return texts, labels


def run(case, dtype):
    model = Model(case, dtype)
    # Weights are drawn by a run over one text, in the order of layers; then the texts.
    model.logits([[1] * case["longest"]] * 2)
    texts, labels = texts_of(case, model.draw)
    labels = torch.tensor(labels)
    weights = torch.tensor([1.0 + 0.5 * c for c in range(case["classes"])], dtype=dtype)
    result = {**case, "weights": model.shapes, "logits": pack(model.logits(texts).float())}
    model.training = True
    loss = mean_loss(model.logits(texts), labels, weights)
    loss.backward()
    rows = model.embedding.weight.grad.to_dense()
    rows[0] = 0
    result["loss"] = float(loss.detach())
    result["gradients"] = {name: pack(p.grad.float()) for name, p in model.named.items()} | {"embedding.rows": pack(rows.float())}
    model.follows = True
    ten_steps(list(model.named.values()), model.embedding.weight, lambda: mean_loss(model.logits(texts), labels, weights))
    result["numbers"] = [p.detach().double() for p in [*model.named.values(), model.embedding.weight, *model.statistics.values()]]
    after = {**model.named, **model.statistics, "embedding.rows": model.embedding.weight}
    result["after"] = {name: pack(p.float()) for name, p in after.items()}
    return result


def layer(kind, **members):
    return {"layer": kind, **members}


MAX, MEAN, LAST, FLAT, ATTENTION = (layer(k) for k in ("global_max_pooling", "global_average_pooling", "last_state", "flatten", "attention_pooling"))
PRE, POST = {"length": 7}, {"length": 7, "side": "post", "truncating": "head"}
MASKED_PRE, MASKED_POST = {**PRE, "masked": True}, {**POST, "masked": True}

CASES = [
    # Each kind of recurrent layer by itself.
    {"layers": [layer("simple_rnn", units=5), LAST]},
    {"layers": [layer("simple_rnn", units=18, activation="relu", bidirectional=True), MAX], "classes": 3},
    {"layers": [layer("lstm", units=5, activation="relu", gate_activation="hard_sigmoid"), LAST]},
    {"layers": [layer("lstm", units=17, activation="softsign", gate_activation="hard_sigmoid_sixth", bidirectional=True), ATTENTION]},
    {"layers": [layer("gru", units=5, activation="relu", gate_activation="hard_sigmoid"), MEAN]},
    {"layers": [layer("gru", units=5, reset_after=False), LAST], "classes": 3},
    {"layers": [layer("gru", units=18, reset_after=False, gate_activation="hard_sigmoid", bidirectional=True), MAX]},
    # Directions and how they are merged.
    {"layers": [layer("lstm", units=5, bidirectional=True, merge="sum"), LAST]},
    {"layers": [layer("gru", units=5, bidirectional=True, merge="multiply"), MAX]},
    {"layers": [layer("lstm", units=5, bidirectional=True, merge="average"), layer("dense", units=4, activation="tanh"), MEAN]},
    {"layers": [layer("lstm", units=5, bidirectional=True, merge="multiply"), LAST, layer("dense", units=3, activation="elu")]},
    {"layers": [layer("gru", units=5, reversed=True), layer("lstm", units=6, reversed=True), LAST]},
    # Convolutions.
    {"layers": [layer("convolution", filters=5, widths=[3], padding="valid"), MAX]},
    {"layers": [layer("convolution", filters=17, widths=[2, 5], padding="causal", activation="tanh"), MEAN], "classes": 3},
    {"layers": [layer("convolution", filters=5, widths=[4], padding="same", stride=2, activation="gelu"), MAX]},
    {"layers": [layer("convolution", filters=5, widths=[3], padding="valid", stride=2, bias=False, activation="linear"), MEAN]},
    {"layers": [layer("convolution", filters=6, widths=[2, 3]), layer("convolution", filters=5, widths=[3], padding="valid", activation="sigmoid"), MAX]},
    # Windows.
    {"layers": [layer("convolution", filters=5, widths=[2]), layer("max_pooling", window=2), layer("lstm", units=5), LAST]},
    {"layers": [layer("max_pooling", window=3, stride=1, padding="same"), layer("gru", units=5), MAX]},
    {"layers": [layer("average_pooling", window=3, stride=2, padding="same"), layer("dense", units=6), MEAN], "classes": 3},
    {"layers": [layer("lstm", units=5, bidirectional=True), layer("average_pooling", window=2), MAX]},
    # The embedding as it is.
    {"layers": [MEAN, layer("dense", units=6, activation="relu")]},
    {"layers": [MAX]},
    {"layers": [ATTENTION, layer("activate", activation="softplus")]},
    {"layers": [LAST, layer("dense", units=6, activation="selu", bias=False)]},
    # Row by row.
    {"layers": [layer("dense", units=6, activation="silu"), layer("dense", units=4, activation="softmax"), MEAN]},
    {"layers": [layer("lstm", units=5), layer("activate", activation="softmax"), LAST]},
    {"layers": [MEAN, layer("dense", units=6, activation="softsign"), layer("dense", units=4, activation="gelu"), layer("activate", activation="softmax")], "classes": 3},
    {"layers": [layer("lstm", units=6), layer("layer_normalization"), MAX]},
    {"layers": [MEAN, layer("layer_normalization", epsilon=1e-5), layer("dense", units=5, activation="tanh")]},
    {"layers": [layer("batch_normalization"), layer("gru", units=5), LAST]},
    {"layers": [layer("convolution", filters=6, widths=[3], activation="linear", bias=False), layer("batch_normalization", momentum=0.9, epsilon=1e-5), layer("activate", activation="relu"), MAX]},
    {"layers": [layer("lstm", units=6), LAST, layer("batch_normalization", momentum=0.5), layer("dense", units=5, activation="tanh"), layer("batch_normalization", epsilon=1e-2)]},
    # Side by side.
    {"layers": [layer("branches", lists=[[layer("convolution", filters=4, widths=[w], padding="valid"), MAX] for w in (2, 3, 4)]), layer("dense", units=6, activation="relu")]},
    {"layers": [layer("branches", lists=[[layer("lstm", units=5)], [layer("gru", units=5)]], join="sum"), MAX], "classes": 3},
    {"layers": [layer("branches", lists=[[layer("lstm", units=4, bidirectional=True)], []]), ATTENTION]},
    {"layers": [layer("gru", units=5), layer("branches", lists=[[MAX], [MEAN], [LAST]])]},
    {"layers": [layer("gru", units=5), layer("branches", lists=[[MAX], [layer("dense", units=5, activation="sigmoid"), MEAN]], join="multiply")]},
    {"layers": [MEAN, layer("branches", lists=[[layer("dense", units=5)], [layer("dense", units=5, activation="tanh")], [layer("dense", units=5)]], join="average")]},
    {"layers": [layer("residual", list=[layer("dense", units=7, activation="tanh")]), layer("gru", units=5), layer("residual", list=[layer("lstm", units=5)]), layer("layer_normalization"), MAX]},
    # Several together.
    {"layers": [layer("lstm", units=4, bidirectional=True, name="reader"), layer("convolution", filters=6, widths=[3], padding="valid"), layer("max_pooling", window=2), layer("dense", units=5, activation="tanh", name="each"), MEAN, layer("dense", units=4, activation="relu")]},
    {"layers": [layer("gru", units=5), layer("gru", units=6, reset_after=False), layer("gru", units=5), LAST]},
    # Pads as tokens.
    {"layers": [layer("lstm", units=5), LAST], "padding": PRE},
    {"layers": [layer("gru", units=5), layer("gru", units=4), LAST], "padding": PRE, "classes": 3},
    {"layers": [layer("gru", units=5, reset_after=False), LAST], "padding": PRE},
    {"layers": [layer("simple_rnn", units=5), layer("dense", units=6, activation="tanh"), layer("lstm", units=4), LAST], "padding": PRE},
    {"layers": [layer("lstm", units=5, bidirectional=True), MAX], "padding": PRE},
    {"layers": [layer("lstm", units=5), LAST], "padding": POST},
    {"layers": [MEAN, layer("dense", units=5, activation="relu")], "padding": POST},
    {"layers": [layer("convolution", filters=4, widths=[3], padding="valid"), layer("max_pooling", window=2), FLAT, layer("dense", units=5, activation="relu")], "padding": PRE},
    {"layers": [FLAT, layer("dense", units=6, activation="tanh")], "padding": POST},
    # Masks.
    {"layers": [layer("lstm", units=5), LAST], "padding": MASKED_POST},
    {"layers": [layer("lstm", units=5, bidirectional=True), MAX, layer("dense", units=5, activation="relu")], "padding": MASKED_POST},
    {"layers": [layer("gru", units=5), MAX], "padding": MASKED_PRE},
    {"layers": [layer("gru", units=5), MAX], "padding": MASKED_POST},
    {"layers": [layer("gru", units=5, reversed=True), layer("convolution", filters=4, widths=[2], padding="valid"), MAX], "padding": MASKED_PRE},
    {"layers": [layer("lstm", units=5, bidirectional=True), layer("dense", units=4, activation="sigmoid"), FLAT], "padding": MASKED_PRE},
    {"layers": [MEAN, layer("dense", units=5, activation="relu")], "padding": MASKED_PRE},
    {"layers": [layer("convolution", filters=4, widths=[3], padding="valid"), MAX], "padding": MASKED_POST},
    {"layers": [layer("lstm", units=5, bidirectional=True), layer("gru", units=4), layer("branches", lists=[[MAX], [layer("dense", units=4), MAX]])], "padding": MASKED_POST},
    # Last states read twice.
    {"layers": [layer("lstm", units=5), layer("branches", lists=[[LAST, layer("dense", units=4)], [LAST, layer("dense", units=5, activation="tanh")]])]},
    {"layers": [layer("gru", units=5), layer("branches", lists=[[LAST], [LAST, layer("dense", units=4)], [MAX]])]},
]


def stable(case):
    """
    The case with the first seed at which float32 can answer: Adam divides a gradient by its size, so one that is nearly zero
    turns its rounding into a step. There torch's own float32 and float64 part, and no golden value can be had.
    """
    for _ in range(400):
        result, exact = run(case, torch.float32).copy(), run(case, torch.float64)["numbers"]
        off = max(float((a - b).abs().max() / b.abs().max().clamp(min=1e-9)) for a, b in zip(result.pop("numbers"), exact))
        # Nor can a lone value that ends next to zero be held to a share of itself.
        if off < 1.5e-6 and min(float(b.abs().max()) for b in exact) > 0.05:
            return result
        case["seed"] += 100
    raise SystemExit(f"no seed: {case}")


def main(folder):
    results = []
    for i, case in enumerate(CASES):
        padded = bool(case.get("padding"))
        full = {"seed": 700 + i, "e": 7, "rows": 12, "texts": 9, "classes": 2, "longest": 10 if padded else 8, "shortest": 1 if padded else 0, **case}
        results.append(stable(full))
    with open(f"{folder}/layers.json", "w") as f:
        json.dump({"source": f"torch {torch.__version__}", "cases": results}, f, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
