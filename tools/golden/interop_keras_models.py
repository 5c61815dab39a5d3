"""Small Keras models of every form, made here, and what Firn must find in them; used by interop_keras.py."""
import base64
import io
import json
import pickle
import sys
import types
import zlib

import h5py
import numpy as np


def packed(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()


def named_class(module, name):
    """A class that pickles under a name of Keras, which is not installed."""
    parts = module.split(".")
    for i in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:i]), types.ModuleType(".".join(parts[:i])))
    made = type(name, (object,), {"__module__": module})
    setattr(sys.modules[module], name, made)
    return made


def saved(write):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as f:
        write(f)
    return buffer.getvalue()


def legacy(f, config, layers, version, backend="tensorflow", whole=True, as_bytes=False):
    group = f.create_group("model_weights") if whole else f
    if whole:
        dumped_config = json.dumps(config)
        f.attrs["model_config"] = dumped_config.encode() if as_bytes else dumped_config
    names = [n.encode() for n, _ in layers]
    group.attrs["layer_names"] = names
    if version:
        group.attrs["keras_version"] = version.encode()
        f.attrs["keras_version"] = version.encode()
    f.attrs["backend"] = backend.encode()
    for name, weights in layers:
        inner = group.create_group(name)
        inner.attrs["weight_names"] = [n.encode() for n, _ in weights]
        for n, array in weights:
            inner.create_dataset(n, data=array)


def numbered(*shape, start=0):
    count = int(np.prod(shape))
    return (np.arange(count, dtype=np.float32).reshape(shape) + start) / 16


def from_cudnn(kernel, gates, recurrent):
    """_convert_rnn_weights of Keras 2: from CuDNN's layout to the plain one."""

    def turned(k):
        return k.T if recurrent else k.T.reshape(k.shape, order="F")

    return np.hstack([turned(k) for k in np.hsplit(kernel, gates)])


def adder(result):
    def add(name, data, expected, **more):
        tensors = {
            n: [[r, list(a.shape), np.asarray(a, np.float64).reshape(-1).tolist()] for r, a in w] for n, w in expected
        }
        result.append(dict({"name": name, "data": packed(data), "tensors": tensors}, **more))

    return add


def made_models():
    result = []

    add = adder(result)
    table = numbered(5, 2)
    embedding1 = {
        "class_name": "Embedding",
        "config": {"name": "emb", "input_dim": 5, "output_dim": 2, "batch_input_shape": [None, 7]},
    }

    # Keras 1: gates in tensors of their own, a kernel with an axis of one, Theano's order of steps
    gates = [
        (f"{p}_{g}", numbered(*s, start=100 * i + 10 * j))
        for i, g in enumerate("icfo")
        for j, (p, s) in enumerate([("W", (4, 3)), ("U", (3, 3)), ("b", (3,))])
    ]
    by = dict(gates)
    conv = numbered(2, 1, 2, 4)
    config = {
        "class_name": "Sequential",
        "config": [
            embedding1,
            {
                "class_name": "Convolution1D",
                "config": {
                    "name": "conv",
                    "nb_filter": 4,
                    "filter_length": 2,
                    "border_mode": "same",
                    "activation": "relu",
                    "bias": True,
                },
            },
            {
                "class_name": "LSTM",
                "config": {"name": "lstm", "output_dim": 3, "activation": "tanh", "inner_activation": "hard_sigmoid"},
            },
            {"class_name": "Dense", "config": {"name": "out", "output_dim": 1, "activation": "sigmoid"}},
        ],
    }
    layers = [
        ("emb", [("emb_W", table)]),
        ("conv", [("conv_W", conv), ("conv_b", numbered(4))]),
        ("lstm", gates),
        ("out", [("out_W", numbered(3, 1)), ("out_b", numbered(1))]),
    ]

    def joined(part):
        return np.concatenate([by[f"{part}_{g}"] for g in "ifco"], axis=-1)

    for backend in ("tensorflow", "theano"):
        kernel = conv[:, 0] if backend == "tensorflow" else conv[::-1, 0]
        add(
            f"Keras 1 on {backend}",
            saved(lambda f: legacy(f, config, layers, "1.2.2", backend, as_bytes=True)),
            [
                ("emb", [("embeddings", table)]),
                ("conv", [("kernel", kernel), ("bias", numbered(4))]),
                ("lstm", [("kernel", joined("W")), ("recurrent_kernel", joined("U")), ("bias", joined("b"))]),
                ("out", [("kernel", numbered(3, 1)), ("bias", numbered(1))]),
            ],
        )

    # CuDNN's layers
    kernel, recurrent, bias = numbered(4, 12), numbered(3, 12, start=7), numbered(24, start=3)
    gru, gru_recurrent, gru_bias = numbered(3, 6), numbered(2, 6, start=5), numbered(12, start=1)
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "s",
            "layers": [
                {"class_name": "Embedding", "config": {"name": "emb", "input_dim": 5, "output_dim": 4}},
                {"class_name": "CuDNNLSTM", "config": {"name": "lstm", "units": 3, "return_sequences": True}},
                {"class_name": "CuDNNGRU", "config": {"name": "gru", "units": 2}},
            ],
        },
    }
    layers = [
        ("emb", [("e", numbered(5, 4))]),
        ("lstm", [("k", kernel), ("r", recurrent), ("b", bias)]),
        ("gru", [("k", gru), ("r", gru_recurrent), ("b", gru_bias)]),
    ]
    add(
        "CuDNN",
        saved(lambda f: legacy(f, config, layers, "2.2.4")),
        [
            ("emb", [("embeddings", numbered(5, 4))]),
            (
                "lstm",
                [
                    ("kernel", from_cudnn(kernel, 4, False)),
                    ("recurrent_kernel", from_cudnn(recurrent, 4, True)),
                    ("bias", bias[:12] + bias[12:]),
                ],
            ),
            (
                "gru",
                [
                    ("kernel", from_cudnn(gru, 3, False)),
                    ("recurrent_kernel", from_cudnn(gru_recurrent, 3, True)),
                    ("bias", gru_bias.reshape(2, 6)),
                ],
            ),
        ],
    )

    # a model within a model: first what training moves, then the rest; a frozen embedding and a BatchNormalization
    inner = {
        "class_name": "Sequential",
        "config": {
            "name": "inner",
            "layers": [
                {
                    "class_name": "Embedding",
                    "config": {"name": "emb", "trainable": False, "input_dim": 5, "output_dim": 2},
                },
                {"class_name": "BatchNormalization", "config": {"name": "norm", "epsilon": 0.001}},
                {"class_name": "Dense", "config": {"name": "dense", "units": 3, "activation": "relu"}},
            ],
        },
    }
    config = {
        "class_name": "Functional",
        "config": {
            "name": "outer",
            "layers": [
                {
                    "class_name": "InputLayer",
                    "name": "in",
                    "config": {"name": "in", "batch_input_shape": [None, 7]},
                    "inbound_nodes": [],
                },
                dict(inner, name="inner", inbound_nodes=[[["in", 0, 0, {}]]]),
                {
                    "class_name": "GlobalMaxPooling1D",
                    "name": "max",
                    "config": {"name": "max"},
                    "inbound_nodes": [[["inner", 0, 0, {}]]],
                },
                {
                    "class_name": "Dense",
                    "name": "out",
                    "config": {"name": "out", "units": 1},
                    "inbound_nodes": [[["max", 0, 0, {}]]],
                },
            ],
            "input_layers": [["in", 0, 0]],
            "output_layers": [["out", 0, 0]],
        },
    }
    norm = [numbered(2, start=i) for i in range(4)]
    layers = [
        ("in", []),
        (
            "inner",
            [
                ("gamma", norm[0]),
                ("beta", norm[1]),
                ("kernel", numbered(2, 3)),
                ("bias", numbered(3)),
                ("embeddings", table),
                ("mean", norm[2]),
                ("variance", norm[3]),
            ],
        ),
        ("max", []),
        ("out", [("kernel", numbered(3, 1)), ("bias", numbered(1))]),
    ]
    add(
        "a model within a model",
        saved(lambda f: legacy(f, config, layers, "2.6.0")),
        [
            ("inner/emb", [("embeddings", table)]),
            ("inner/norm", list(zip(("gamma", "beta", "moving_mean", "moving_variance"), norm))),
            ("inner/dense", [("kernel", numbered(2, 3)), ("bias", numbered(3))]),
            ("out", [("kernel", numbered(3, 1)), ("bias", numbered(1))]),
        ],
    )

    # arrays that were packed anew, of other types and byte orders, and names too long for one attribute
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "s",
            "layers": [
                {"class_name": "Embedding", "config": {"name": "emb", "input_dim": 70, "output_dim": 9}},
                {"class_name": "Flatten", "config": {"name": "flat"}},
                {"class_name": "Dense", "config": {"name": "a", "units": 4}},
                {"class_name": "Dense", "config": {"name": "b", "units": 2}},
                {"class_name": "Dense", "config": {"name": "c", "units": 2, "use_bias": False}},
            ],
        },
    }
    big = numbered(70, 9)

    def packed_anew(f):
        legacy(
            f,
            config,
            [
                ("emb", []),
                ("flat", []),
                ("a", [("k", numbered(9, 4).astype(np.float64)), ("b", numbered(4).astype(">f4"))]),
                ("b", [("k", numbered(4, 2).astype(np.float16)), ("b", np.arange(2))]),
                ("c", []),
            ],
            "2.9.0",
        )
        g = f["model_weights"]
        g["emb"].create_dataset("e", data=big, chunks=(16, 4), compression="gzip", shuffle=True, fletcher32=True)
        g["emb"].attrs["weight_names0"] = ["e"]
        del g["emb"].attrs["weight_names"]
        g["c"].create_dataset("k", data=numbered(2, 2), chunks=(2, 2))
        g["c"].attrs["weight_names"] = ["k"]
        names = g.attrs["layer_names"]
        del g.attrs["layer_names"]
        g.attrs["layer_names0"], g.attrs["layer_names1"] = names[:3], names[3:]

    add(
        "packed arrays, other numbers",
        saved(packed_anew),
        [
            ("emb", [("embeddings", big)]),
            ("a", [("kernel", numbered(9, 4)), ("bias", numbered(4))]),
            ("b", [("kernel", numbered(4, 2)), ("bias", np.arange(2))]),
            ("c", [("kernel", numbered(2, 2))]),
        ],
    )

    # weights alone in the newer form of HDF5's headers, under other names than the architecture has
    buffer = io.BytesIO()
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "s",
            "layers": [
                {
                    "class_name": "Embedding",
                    "config": {"name": "emb_9", "input_dim": 5, "output_dim": 2, "input_length": 7},
                },
                {"class_name": "Flatten", "config": {"name": "flat_9"}},
                {"class_name": "Dense", "config": {"name": "out_9", "units": 1}},
            ],
        },
        "keras_version": "2.4.3",
        "backend": "tensorflow",
    }
    with h5py.File(buffer, "w", libver="latest") as f:
        legacy(
            f,
            None,
            [("emb", [("e", table)]), ("flat", []), ("out", [("k", numbered(14, 1)), ("b", numbered(1))])],
            None,
            whole=False,
        )
    add(
        "weights alone",
        buffer.getvalue(),
        [("emb_9", [("embeddings", table)]), ("out_9", [("kernel", numbered(14, 1)), ("bias", numbered(1))])],
        architecture=json.dumps(json.dumps(config)),
    )

    # a Keras 2.2 model as its __getstate__ pickles it
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "s",
            "layers": [
                embedding1,
                {"class_name": "Flatten", "config": {"name": "flat"}},
                {"class_name": "Dense", "config": {"name": "out", "units": 1}},
            ],
        },
    }
    state = {
        "keras_version": b"2.2.4",
        "backend": b"tensorflow",
        "model_config": json.dumps(config).encode(),
        "model_weights": {
            "layer_names": [b"emb", b"flat", b"out"],
            "emb": {"weight_names": [b"emb/e:0"], "emb/e:0": np.asfortranarray(table)},
            "flat": {"weight_names": []},
            "out": {"weight_names": [b"out/k:0", b"out/b:0"], "out/k:0": numbered(14, 1), "out/b:0": numbered(1)},
        },
    }
    holder = named_class("keras.engine.sequential", "Sequential")()
    holder.__dict__.update(state)
    for protocol in (0, 2, 4):
        add(
            f"Keras 2.2 pickled by protocol {protocol}",
            pickle.dumps(holder, protocol),
            [("emb", [("embeddings", table)]), ("out", [("kernel", numbered(14, 1)), ("bias", numbered(1))])],
        )
    return result
