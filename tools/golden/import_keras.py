"""Small Keras models of every layer and option that `firn import` takes, and what each answers; writes import_keras.json.

The answers are computed here by Keras' equations in NumPy, double precision; recurrent layers and convolutions that PyTorch has too are
held against it. Run: /usr/bin/python3 tools/golden/import_keras.py (needs h5py, NumPy, PyTorch).
"""
import json
import os

import numpy as np
import torch

from interop_keras_models import legacy, packed, saved

RNG = np.random.default_rng(16)
VOCABULARY, WIDTH = 12, 5


def array(*shape, scale=0.6):
    return (RNG.standard_normal(shape) * scale).astype(np.float32)


# Layers: (class name, config, weights by name in Keras' order)
def embedding(mask=False, trainable=True, zero=False):
    table = array(VOCABULARY, WIDTH)
    if zero:
        table[[0, 4, 7]] = 0
    return "Embedding", {"input_dim": VOCABULARY, "output_dim": WIDTH, "mask_zero": mask, "trainable": trainable}, [("embeddings", table)]


def dense(inputs, units, activation="linear", bias=True):
    weights = [("kernel", array(inputs, units))] + ([("bias", array(units))] if bias else [])
    return "Dense", {"units": units, "activation": activation, "use_bias": bias}, weights


def recurrent(kind, inputs, units, gates, **config):
    bias = config.get("use_bias", True)
    rows = (2, gates * units) if config.get("reset_after") else (gates * units,)
    weights = [("kernel", array(inputs, gates * units)), ("recurrent_kernel", array(units, gates * units))]
    return kind, {"units": units, **config}, weights + ([("bias", array(*rows))] if bias else [])


def lstm(inputs, units, **config):
    return recurrent("LSTM", inputs, units, 4, **{"activation": "tanh", "recurrent_activation": "sigmoid", **config})


def gru(inputs, units, **config):
    return recurrent("GRU", inputs, units, 3, **{"activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": False, **config})


def rnn(inputs, units, **config):
    return recurrent("SimpleRNN", inputs, units, 1, **{"activation": "tanh", **config})


def both(forward, backward, merge="concat"):
    inner = {"class_name": forward[0], "config": {"name": "inner", **forward[1]}}
    weights = [("forward_inner/" + n, w) for n, w in forward[2]] + [("backward_inner/" + n, w) for n, w in backward[2]]
    return "Bidirectional", {"layer": inner, "merge_mode": merge}, weights


def conv(inputs, filters, size, groups=1, bias=True, **config):
    weights = [("kernel", array(size, inputs // groups, filters))] + ([("bias", array(filters))] if bias else [])
    return "Conv1D", {"filters": filters, "kernel_size": [size], "use_bias": bias, "groups": groups,
                      **{"activation": "relu", "padding": "valid", "strides": [1], "dilation_rate": [1], **config}}, weights


def norm(width, center=True, scale=True):
    weights = ([("gamma", array(width) + 1)] if scale else []) + ([("beta", array(width))] if center else [])
    weights += [("moving_mean", array(width)), ("moving_variance", np.abs(array(width)) + np.float32(0.3))]
    return "BatchNormalization", {"axis": [2], "epsilon": 0.001, "momentum": 0.9, "center": center, "scale": scale}, weights


def layer_norm(width):
    return "LayerNormalization", {"axis": [-1], "epsilon": 0.001, "center": True, "scale": True}, [("gamma", array(width) + 1), ("beta", array(width))]


def plain(kind, **config):
    return kind, config, []


def each(inner):
    return "TimeDistributed", {"layer": {"class_name": inner[0], "config": {"name": "inner", **inner[1]}}}, inner[2]


# Keras' equations
def activate(name, x, version):
    functions = {
        "linear": lambda v: v, "relu": lambda v: np.maximum(v, 0), "tanh": np.tanh, "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
        "hard_sigmoid": lambda v: np.clip(v / 6 + 0.5 if version.startswith("3") else 0.2 * v + 0.5, 0, 1),
        "softplus": lambda v: np.log1p(np.exp(v)), "softsign": lambda v: v / (1 + np.abs(v)),
        "elu": lambda v: np.where(v > 0, v, np.exp(np.minimum(v, 0)) - 1),
        "selu": lambda v: 1.0507009873554805 * np.where(v > 0, v, 1.6732632423543772 * (np.exp(np.minimum(v, 0)) - 1)),
        "swish": lambda v: v / (1 + np.exp(-v)),
        "gelu": lambda v: v * 0.5 * (1 + torch.erf(torch.tensor(v / np.sqrt(2))).numpy()),
        "softmax": lambda v: np.exp(v - v.max(-1, keepdims=True)) / np.exp(v - v.max(-1, keepdims=True)).sum(-1, keepdims=True),
    }
    return functions[name](x)


def step(kind, config, w, x, h, c, version):
    units = config["units"]
    act, gate = config["activation"], config.get("recurrent_activation")
    kernel, inner = w[0].astype(float), w[1].astype(float)
    bias = w[2].astype(float) if len(w) > 2 else np.zeros(kernel.shape[1])
    if kind == "SimpleRNN":
        return activate(act, x @ kernel + h @ inner + bias, version), c
    if kind == "LSTM":
        i, f, g, o = np.split(x @ kernel + h @ inner + bias, 4)
        c = activate(gate, f, version) * c + activate(gate, i, version) * activate(act, g, version)
        return activate(gate, o, version) * activate(act, c, version), c
    if config["reset_after"]:
        rows = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
        a, b = x @ kernel + rows[0], h @ inner + rows[1]
        z, r = activate(gate, a[:units] + b[:units], version), activate(gate, a[units:2 * units] + b[units:2 * units], version)
        n = activate(act, a[2 * units:] + r * b[2 * units:], version)
    else:
        a = x @ kernel + bias
        z = activate(gate, a[:units] + h @ inner[:, :units], version)
        r = activate(gate, a[units:2 * units] + h @ inner[:, units:2 * units], version)
        n = activate(act, a[2 * units:] + (r * h) @ inner[:, 2 * units:], version)
    return z * h + (1 - z) * n, c


def run_recurrent(kind, config, w, x, mask, version, zero):
    units = config["units"]
    h = c = shown = np.zeros(units)
    order = range(len(x) - 1, -1, -1) if config.get("go_backwards") else range(len(x))
    rows = []
    for t in order:
        if mask is None or mask[t]:
            h, c = step(kind, config, w, x[t], h, c, version)
            shown = h
        elif zero:
            shown = np.zeros(units)
        rows.append(shown)
    return np.array(rows) if config.get("return_sequences") else h


def run(layer, inputs, mask, version):
    kind, config, weights = layer
    x, w = inputs[0], [a for _, a in weights]
    if kind == "Embedding":
        return w[0].astype(float)[x], (x != 0) if config["mask_zero"] else None
    if kind in ("Dropout", "SpatialDropout1D", "GaussianNoise"):
        return x, mask
    if kind == "Activation":
        return activate(config["activation"], x, version), mask
    if kind == "Dense":
        return activate(config["activation"], x @ w[0].astype(float) + (w[1].astype(float) if len(w) > 1 else 0), version), mask
    if kind == "TimeDistributed":
        return run((config["layer"]["class_name"], config["layer"]["config"], weights), inputs, mask, version)
    if kind in ("LSTM", "GRU", "SimpleRNN"):
        return run_recurrent(kind, config, w, x, mask, version, False), mask if config.get("return_sequences") else None
    if kind == "Bidirectional":
        inner, half = config["layer"], len(w) // 2
        sequences = inner["config"].get("return_sequences", False)
        f = run_recurrent(inner["class_name"], inner["config"], w[:half], x, mask, version, sequences)
        b = run_recurrent(inner["class_name"], {**inner["config"], "go_backwards": True}, w[half:], x, mask, version, sequences)
        b = b[::-1] if sequences else b
        joined = {"concat": lambda: np.concatenate([f, b], -1), "sum": lambda: f + b, "mul": lambda: f * b, "ave": lambda: (f + b) / 2}
        return joined[config["merge_mode"]](), mask if sequences else None
    if kind == "Conv1D":
        size, rate, stride, groups = config["kernel_size"][0], config["dilation_rate"][0], config["strides"][0], config["groups"]
        span, steps, kernel = (size - 1) * rate + 1, len(x), w[0].astype(float)
        if config["padding"] == "causal":
            x = np.pad(x, ((span - 1, 0), (0, 0)))
        elif config["padding"] == "same":
            total = max((-(-steps // stride) - 1) * stride + span - steps, 0)
            x = np.pad(x, ((total // 2, total - total // 2), (0, 0)))
        rows, own, part = [], kernel.shape[1], config["filters"] // groups
        for t in range(0, len(x) - span + 1, stride):
            row = [sum(x[t + o * rate, g * own:(g + 1) * own] @ kernel[o, :, g * part:(g + 1) * part] for o in range(size)) for g in range(groups)]
            rows.append(np.concatenate(row) + (w[1] if len(w) > 1 else 0))
        return activate(config["activation"], np.array(rows), version), None
    if kind in ("MaxPooling1D", "AveragePooling1D"):
        size, stride = config["pool_size"][0], config["strides"][0]
        reduce = np.max if kind[0] == "M" else np.mean
        if config["padding"] == "same":
            total = max((-(-len(x) // stride) - 1) * stride + size - len(x), 0)
            places = [range(t - total // 2, t - total // 2 + size) for t in range(0, len(x), stride)]
            return np.array([reduce(x[[p for p in place if 0 <= p < len(x)]], axis=0) for place in places]), None
        return np.array([reduce(x[t:t + size], axis=0) for t in range(0, len(x) - size + 1, stride)]), None
    if kind == "GlobalMaxPooling1D":
        return x.max(0), None
    if kind == "GlobalAveragePooling1D":
        return (x if mask is None else x[mask] if mask.any() else np.zeros((1, x.shape[1]))).mean(0), None
    if kind == "Flatten":
        return x.reshape(-1), None
    if kind == "BatchNormalization":
        by = {n: a.astype(float) for n, a in weights}
        return (x - by["moving_mean"]) / np.sqrt(by["moving_variance"] + config["epsilon"]) * by.get("gamma", 1) + by.get("beta", 0), mask
    if kind == "LayerNormalization":
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + config["epsilon"]) * w[0] + w[1], mask
    joins = {"Concatenate": lambda v: np.concatenate(v, -1), "Add": sum, "Average": lambda v: sum(v) / len(v), "Multiply": lambda v: np.prod(v, axis=0)}
    return joins[kind](inputs), mask


def answer(nodes, ids, version):
    values = {"input": (np.array(ids), None)}
    for name, layer, inbound in nodes:
        values[name] = run(layer, [values[i][0] for i in inbound], values[inbound[0]][1], version)
    return values[nodes[-1][0]][0]


def check_against_torch():
    """The LSTM, the GRU and the convolution above are PyTorch's."""
    x = array(7, WIDTH).astype(float)
    for made, torch_layer, order in ((lstm(WIDTH, 4), torch.nn.LSTM(WIDTH, 4), [0, 1, 2, 3]), (gru(WIDTH, 4, reset_after=True), torch.nn.GRU(WIDTH, 4), [1, 0, 2])):
        kernel, inner, bias = (w for _, w in made[2])
        parts = [np.split(v, len(order), axis=-1) for v in (kernel, inner)]
        turned = [np.concatenate([p[o] for o in order], -1).T for p in parts]
        rows = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
        biases = [np.concatenate([np.split(r, len(order))[o] for o in order]) for r in rows]
        layer = torch_layer.double()
        with torch.no_grad():
            for p, v in zip(layer.parameters(), [*turned, *biases]):
                p.copy_(torch.tensor(v.astype(float)))
            expected = layer(torch.tensor(x))[0].numpy()
        found = run_recurrent(made[0], {**made[1], "return_sequences": True}, [w for _, w in made[2]], x, None, "2", False)
        assert np.abs(found - expected).max() < 1e-12, made[0]
    made = conv(6, 4, 3, groups=2, dilation_rate=[2], activation="linear")
    y = array(9, 6).astype(float)
    expected = torch.nn.functional.conv1d(torch.tensor(y.T)[None], torch.tensor(made[2][0][1].astype(float).transpose(2, 1, 0)),
                                          torch.tensor(made[2][1][1].astype(float)), dilation=2, groups=2)[0].numpy().T
    assert np.abs(run(made, [y], None, "2")[0] - expected).max() < 1e-12


def sequential(*layers):
    names = [f"{kind.lower()}_{i}" for i, (kind, _, _) in enumerate(layers)]
    return [(name, layer, [names[i - 1] if i else "input"]) for i, (name, layer) in enumerate(zip(names, layers))]


def file_of(nodes, length, version):
    three = version.startswith("3")
    shape = {"batch_shape" if three else "batch_input_shape": [None, length]}
    layers = [{"class_name": "InputLayer", "name": "input", "inbound_nodes": [], "config": {"name": "input", "dtype": "float32", **shape}}]
    for name, (kind, config, _), inbound in nodes:
        layers.append({"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": [[[i, 0, 0, {}] for i in inbound]]})
    config = {"class_name": "Functional", "config": {"name": "m", "layers": layers, "input_layers": [["input", 0, 0]], "output_layers": [[nodes[-1][0], 0, 0]]}}
    weights = [(name, [(f"{name}/{n}:0", a) for n, a in layer[2]]) for name, layer, _ in nodes]
    return saved(lambda f: legacy(f, config, weights, version))


def sentences(length, masked, side):
    rows = []
    for n in (length, length - 1, length // 2, 2, 1, 0):
        words = [int(i) for i in RNG.integers(1, VOCABULARY, max(n, 0))]
        pads = [0] * (length - len(words))
        rows.append(pads + words if side == "pre" else words + pads)
    return rows


def cases():
    head = dense(4, 1, "sigmoid")
    for side in ("pre", "post"):
        for mask in (False, True):
            yield f"LSTM, {side}, mask {mask}", sequential(embedding(mask), lstm(WIDTH, 4), head), side
            yield f"two LSTM, {side}, mask {mask}", sequential(embedding(mask), lstm(WIDTH, 3, return_sequences=True), plain("Dropout", rate=0.3), lstm(3, 4), head), side
            yield f"sequences and the maximum, {side}, mask {mask}", sequential(embedding(mask), both(lstm(WIDTH, 2, return_sequences=True), lstm(WIDTH, 2)), plain("GlobalMaxPooling1D"), head), side
            yield f"one direction and the maximum, {side}, mask {mask}", sequential(embedding(mask), lstm(WIDTH, 4, return_sequences=True), plain("GlobalMaxPooling1D"), head), side
            yield f"mean, {side}, mask {mask}", sequential(embedding(mask), plain("GlobalAveragePooling1D"), dense(WIDTH, 4, "relu"), head), side
            yield f"GRU with reset before, {side}, mask {mask}", sequential(embedding(mask), gru(WIDTH, 4), head), side
    yield "frozen table with zero rows", sequential(embedding(trainable=False, zero=True), lstm(WIDTH, 4), head), "pre"
    yield "frozen table, pad not zero", sequential(embedding(trainable=False), lstm(WIDTH, 4), head), "pre"
    yield "GRU with reset after, two rows of bias", sequential(embedding(), gru(WIDTH, 4, reset_after=True), head), "pre"
    yield "GRU without bias", sequential(embedding(), gru(WIDTH, 4, reset_after=True, use_bias=False), head), "pre"
    yield "LSTM without bias", sequential(embedding(), lstm(WIDTH, 4, use_bias=False), head), "pre"
    yield "SimpleRNN, relu", sequential(embedding(), rnn(WIDTH, 4, activation="relu"), head), "post"
    yield "LSTM, other activations", sequential(embedding(), lstm(WIDTH, 4, activation="softsign", recurrent_activation="hard_sigmoid"), head), "pre"
    yield "LSTM, hard_sigmoid of Keras 3", sequential(embedding(), lstm(WIDTH, 4, recurrent_activation="hard_sigmoid"), head), "pre", "3.4.1"
    yield "backwards", sequential(embedding(), lstm(WIDTH, 4, go_backwards=True), head), "pre"
    yield "backwards, sequences", sequential(embedding(), gru(WIDTH, 3, go_backwards=True, return_sequences=True), lstm(3, 4), head), "post"
    for merge in ("concat", "sum", "mul", "ave"):
        width = 4 if merge == "concat" else 2
        yield f"two directions, {merge}", sequential(embedding(), both(gru(WIDTH, 2, reset_after=True), gru(WIDTH, 2, reset_after=True), merge), dense(width, 1, "sigmoid")), "pre"
        yield f"two directions, sequences, {merge}", sequential(embedding(True), both(rnn(WIDTH, 2, return_sequences=True), rnn(WIDTH, 2), merge), rnn(width, 4), head), "post"
    for padding in ("valid", "same", "causal"):
        yield f"convolution, {padding}", sequential(embedding(), conv(WIDTH, 4, 3, padding=padding), plain("GlobalMaxPooling1D"), head), "post"
        yield f"convolution, {padding}, every second", sequential(embedding(), conv(WIDTH, 4, 3, padding=padding, strides=[2]), lstm(4, 4), head), "pre"
        yield f"convolution, {padding}, spread", sequential(embedding(), conv(WIDTH, 4, 3, padding=padding, dilation_rate=[2], bias=False), plain("GlobalAveragePooling1D"), head), "pre"
    yield "convolution in groups", sequential(embedding(), dense(WIDTH, 6), conv(6, 4, 2, groups=2), plain("GlobalMaxPooling1D"), head), "pre"
    yield "convolution behind a mask", sequential(embedding(True), conv(WIDTH, 4, 2), plain("GlobalMaxPooling1D"), head), "post"
    for kind in ("MaxPooling1D", "AveragePooling1D"):
        for padding in ("valid", "same"):
            yield f"{kind}, {padding}", sequential(embedding(), conv(WIDTH, 3, 2), plain(kind, pool_size=[3], strides=[2], padding=padding), lstm(3, 4), head), "pre"
    yield "flattened", sequential(embedding(), conv(WIDTH, 3, 2), plain("MaxPooling1D", pool_size=[2], strides=[2], padding="valid"), plain("Flatten"), dense(9, 4, "relu"), head), "pre"
    yield "each step by itself", sequential(embedding(), lstm(WIDTH, 3, return_sequences=True), each(dense(3, 4, "relu")), plain("GlobalAveragePooling1D"), head), "pre"
    yield "normalized steps", sequential(embedding(), norm(WIDTH), lstm(WIDTH, 4), norm(4, center=False), dense(4, 1, "sigmoid")), "pre"
    yield "normalized without scale", sequential(embedding(), plain("GlobalMaxPooling1D"), norm(WIDTH, scale=False), dense(WIDTH, 1, "sigmoid")), "pre"
    yield "layers normalized", sequential(embedding(), layer_norm(WIDTH), lstm(WIDTH, 4), layer_norm(4), head), "pre"
    for name in ("relu", "tanh", "softplus", "softsign", "elu", "selu", "swish", "gelu", "hard_sigmoid", "sigmoid"):
        yield f"dense, {name}", sequential(embedding(), plain("GlobalAveragePooling1D"), dense(WIDTH, 4, name), head), "pre"
    yield "softmax of three", sequential(embedding(), lstm(WIDTH, 4), dense(4, 3, "softmax")), "pre"
    yield "softmax of two", sequential(embedding(), lstm(WIDTH, 4), dense(4, 2, "softmax")), "pre"
    yield "two sigmoids", sequential(embedding(), lstm(WIDTH, 4), dense(4, 2, "sigmoid")), "pre"
    yield "activation behind", sequential(embedding(), lstm(WIDTH, 4), dense(4, 3), plain("Activation", activation="softmax")), "pre"
    yield "relu, then softmax", sequential(embedding(), lstm(WIDTH, 4), dense(4, 3, "relu"), plain("Activation", activation="softmax")), "pre"
    yield "no dense layer at the end", sequential(embedding(), lstm(WIDTH, 3), plain("Activation", activation="softmax")), "pre"
    yield "normalized before the softmax", sequential(embedding(), lstm(WIDTH, 4), dense(4, 3), norm(3), plain("Activation", activation="softmax")), "pre"
    names = ["e", "a", "b", "c", "p", "q", "r", "join", "out"]
    made = [embedding(), conv(WIDTH, 2, 2), conv(WIDTH, 2, 3), conv(WIDTH, 2, 4), *[plain("GlobalMaxPooling1D")] * 3, plain("Concatenate", axis=-1), dense(6, 3, "softmax")]
    yield "three widths side by side", list(zip(names, made, [["input"], ["e"], ["e"], ["e"], ["a"], ["b"], ["c"], ["p", "q", "r"], ["join"]])), "post"
    names = ["e", "s", "m", "x", "join", "d", "back", "out"]
    made = [embedding(), lstm(WIDTH, 4, return_sequences=True), plain("GlobalMaxPooling1D"), plain("GlobalAveragePooling1D"), plain("Concatenate", axis=1), dense(8, 8, "relu"), plain("Add"), dense(8, 1, "sigmoid")]
    yield "mean and maximum, and a short way", list(zip(names, made, [["input"], ["e"], ["s"], ["s"], ["m", "x"], ["join"], ["join", "d"], ["back"]])), "pre"
    names = ["e", "l", "c", "mul", "ave", "g", "out"]
    made = [embedding(), dense(WIDTH, 4, "tanh"), conv(WIDTH, 4, 3, padding="same"), plain("Multiply"), plain("Average"), plain("GlobalAveragePooling1D"), dense(4, 1, "sigmoid")]
    yield "branches in branches", list(zip(names, made, [["input"], ["e"], ["e"], ["l", "c"], ["mul", "c"], ["ave"], ["g"]])), "pre", "2.8.0", "feeds several layers"
    def no(name, says, *layers):
        return name, sequential(embedding(), *layers), "pre", "2.8.0", says

    mean = plain("GlobalAveragePooling1D")
    yield no("masking by value", "has no layer of Firn's that does the same", plain("Masking", mask_value=0.0), lstm(WIDTH, 4), head)
    yield no("leaky", "has the activation LeakyRelu of slope 0.1", mean, dense(WIDTH, 4), plain("LeakyReLU", alpha=0.1), head)
    yield no("kept axis", "has keepdims", plain("GlobalMaxPooling1D", keepdims=True), dense(WIDTH, 1, "sigmoid"))
    yield no("wide window", "spans 66 steps", conv(WIDTH, 4, 2, dilation_rate=[65]), mean, head)
    yield no("no probability", "answers with Relu, which gives no probabilities", mean, dense(WIDTH, 1, "relu"))
    yield no("always one", "a softmax of one number", mean, dense(WIDTH, 1, "softmax"))
    yield no("code", "is a Lambda with code in it", plain("Lambda", function={"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}), lstm(WIDTH, 4), head)
    yield no("repeated", "has no layer of Firn's that does the same", mean, plain("RepeatVector", n=3), lstm(WIDTH, 4), head)
    yield no("gelu within", "has the activation Gelu within", lstm(WIDTH, 4, activation="gelu"), head)
    names = ["e", "f", "join", "l", "out"]
    made = [embedding(), embedding(), plain("Concatenate", axis=-1), lstm(2 * WIDTH, 4), head]
    yield "two tables", list(zip(names, made, [["input"], ["input"], ["e", "f"], ["join"], ["l"]])), "pre", "2.8.0", "2 Embedding layers ('e', 'f')"
    names = ["e", "a", "b", "less", "out"]
    made = [embedding(), plain("GlobalMaxPooling1D"), mean, plain("Subtract"), dense(WIDTH, 1, "sigmoid")]
    yield "difference", list(zip(names, made, [["input"], ["e"], ["e"], ["a", "b"], ["less"]])), "pre", "2.8.0", "has no layer of Firn's that does the same"
    yield "a step of each", sequential(embedding(), lstm(WIDTH, 3, return_sequences=True), dense(3, 4, "relu"), dense(4, 1, "sigmoid")), "pre"


def main():
    check_against_torch()
    length, written = 7, []
    for case in cases():
        name, nodes, side, version, refused = [*case, *["2.8.0", None][len(case) - 3:]] if len(case) < 5 else case
        masked = nodes[0][1][1]["mask_zero"]
        ids = sentences(length, masked, side)
        outputs = [np.asarray(answer(nodes, row, version)) for row in ids] if not refused else []
        written.append({
            "name": name, "padding": side, "version": version, "ids": ids, "refused": refused,
            "outputs": [np.round(o, 9).tolist() for o in outputs], "data": packed(file_of(nodes, length, version)),
        })
    path = os.path.join(os.path.dirname(__file__), "../../tests/Firn.Tests/Golden/import_keras.json")
    with open(path, "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(json.dumps(c) for c in written) + "\n]\n")
    print(f"{len(written)} models")


main()
