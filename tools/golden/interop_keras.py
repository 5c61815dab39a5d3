"""Writes tests/Firn.Tests/Golden/interop_keras.json: what the reader of Keras files must find.

`models`: for each public model in the shared data (keras and keras_zoo) the layers in order and each tensor's name, shape,
float64 sum, first and last value, as h5py reads them. No data of the models themselves.
`files`: small files made here, base64: HDF5 in the forms of Keras 1 and of packed arrays, pickles of tokenizers under the
names that the class had, label encoders by pickle and joblib, with what they must give.

Run with Debian's python3-h5py, python3-sklearn and python3-joblib:
/usr/bin/python3 tools/golden/interop_keras.py ../shared/data
"""
import base64
import io
import json
import os
import pickle
import re
import sys
import types
import zipfile
from collections import OrderedDict, defaultdict

import h5py
import joblib
import numpy as np
from sklearn.preprocessing import LabelBinarizer, LabelEncoder

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "..", "tests", "Firn.Tests", "Golden", "interop_keras.json")


def text(value):
    return value.decode("utf8") if isinstance(value, bytes) else value


# ---------------------------------------------------------------- public models
def tensor(name, array):
    flat = np.asarray(array, dtype=np.float64).reshape(-1)
    return {"name": name, "shape": list(array.shape), "sum": float(flat.sum()), "first": float(flat[0]), "last": float(flat[-1])}


def layers_of(config):
    inner = config["config"]
    return inner if isinstance(inner, list) else inner["layers"]


def archive_tensors(f):
    found = {}

    def visit(name, item):
        path = name.replace("\\", "/")
        if isinstance(item, h5py.Dataset) and path.split("/")[0] in ("layers", "_layer_checkpoint_dependencies") \
                and "seed_generator" not in path:
            found[path] = item[()]
    f.visititems(visit)
    return found


def legacy_tensors(f):
    group = f["model_weights"] if "model_weights" in f else f
    return {text(n): [(text(w), group[text(n)][text(w)][()]) for w in group[text(n)].attrs.get("weight_names", [])]
            for n in group.attrs["layer_names"] if text(n) in group}


def model(path):
    data = open(path, "rb").read()
    if data[:2] == b"PK":
        z = zipfile.ZipFile(io.BytesIO(data))
        config = json.loads(z.read("config.json"))
        found = archive_tensors(h5py.File(io.BytesIO(z.read("model.weights.h5")), "r"))
        tensors = [tensor(n, a) for n, a in sorted(found.items())]
        version = json.loads(z.read("metadata.json"))["keras_version"]
    else:
        f = h5py.File(io.BytesIO(data), "r")
        if "model_config" in f.attrs:
            config = json.loads(text(f.attrs["model_config"]))
        else:
            config = json.load(open(os.path.splitext(path)[0] + ".json"))
        found = legacy_tensors(f)
        tensors = [tensor(n, a) for weights in found.values() for n, a in weights]
        version = text(f.attrs["keras_version"])
    return {
        "version": version,
        "layers": [[layer["class_name"], layer["config"]["name"]] for layer in layers_of(config)],
        "tensors": tensors,
    }


def models(data):
    result = {}
    for folder, _, names in sorted(os.walk(data)):
        if "keras" not in os.path.relpath(folder, data).split(os.sep)[0]:
            continue
        for name in sorted(names):
            if name.endswith((".h5", ".keras")):
                path = os.path.join(folder, name)
                result[os.path.relpath(path, data).replace(os.sep, "/")] = model(path)
    return result


# ---------------------------------------------------------------- small files made here
def named_class(module, name):
    """A class that pickles under a name of Keras, which is not installed."""
    parts = module.split(".")
    for i in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:i]), types.ModuleType(".".join(parts[:i])))
    made = type(name, (object,), {"__module__": module})
    setattr(sys.modules[module], name, made)
    return made


def tokenizer(module, **settings):
    made = named_class(module, "Tokenizer")()
    words = settings.pop("words")
    made.word_counts = OrderedDict((w, 9 - i) for i, w in enumerate(words))
    made.word_docs = defaultdict(int, {w: 1 for w in words})
    made.filters = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
    made.split, made.lower, made.num_words, made.document_count, made.char_level = " ", True, None, 3, False
    made.oov_token = None
    for key, value in settings.items():
        setattr(made, key, value)
    order = ([made.oov_token] if made.oov_token else []) + [w for w in words]
    made.index_docs = defaultdict(int)
    made.word_index = dict(zip(order, range(1, len(order) + 1)))
    made.index_word = {i: w for w, i in made.word_index.items()}
    return made


def translate(word_list, filters, lower, split):
    """keras.preprocessing.text.text_to_word_sequence."""
    if lower:
        word_list = word_list.lower()
    return [w for w in word_list.translate(str.maketrans({c: split for c in filters})).split(split) if w]


def ids(t, sentence):
    """Tokenizer.texts_to_sequences of Keras 2.2 to 3."""
    oov = t.word_index.get(t.oov_token)
    if t.char_level:
        sequence = sentence.lower() if t.lower else sentence
    else:
        sequence = translate(sentence, t.filters, t.lower, t.split)
    result = []
    for w in sequence:
        i = t.word_index.get(w)
        if i is not None:
            if t.num_words and i >= t.num_words:
                if oov is not None:
                    result.append(oov)
            else:
                result.append(i)
        elif t.oov_token is not None:
            result.append(oov)
    return result


SENTENCES = ["The snow, the ICE!", "naïve Ärger: ΟΔΟΣ ΣΟΣ", "İstanbul 雪 ice\u00a0cream", "a\tb\nc don't\rstop", "",
             "💩 snow 💩", "no-such words_here", "ice ice ice"]
WORDS = ["the", "snow", "ice", "naïve", "ärger", "οδος", "σος", "i̇stanbul", "雪", "ice\u00a0cream", "a", "b", "c", "don't\rstop", "💩"]


def tokenizers():
    modules = ["keras_preprocessing.text", "keras.preprocessing.text", "keras.src.preprocessing.text",
               "keras.src.legacy.preprocessing.text", "tensorflow.python.keras.preprocessing.text", "tf_keras.src.preprocessing.text"]
    result = []
    for protocol in range(6):
        t = tokenizer(modules[protocol], words=WORDS, num_words=9 if protocol % 2 else None, oov_token="<OOV>" if protocol > 2 else None)
        holder = [t, (t, 100), ["labels", [1, 2], t], {"tokenizer": t}, t, t][protocol]
        result.append(case(f"protocol {protocol}, {modules[protocol]}", pickle.dumps(holder, protocol), t))
    t = tokenizer(modules[0], words=list("snow 雪💩"), char_level=True, oov_token="<UNK/>")
    result.append(case("characters", pickle.dumps(t, 2), t))
    t = tokenizer(modules[0], words=WORDS, split="||", filters="|", lower=False, num_words=np.int64(5))
    result.append(case("another separator, NumPy's numbers", pickle.dumps(t, 4), t))
    t = tokenizer(modules[3], words=WORDS, oov_token="ice")
    t.word_index["ice"] = 7
    result.append(case("the unknown word is also a word", pickle.dumps(t, 4), t))
    for compress in (0, 3, ("gzip", 3)):
        buffer = io.BytesIO()
        joblib.dump(tokenizer(modules[2], words=WORDS), buffer, compress=compress)
        result.append(case(f"joblib, compress {compress}", buffer.getvalue(), tokenizer(modules[2], words=WORDS)))
    t = tokenizer(modules[3], words=WORDS, oov_token="<OOV>", num_words=8)
    config = {k: getattr(t, k) for k in ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")}
    as_json = json.dumps({"class_name": "Tokenizer", "config": dict(config, word_index=json.dumps(t.word_index))})
    result.append(case("to_json", as_json.encode(), t))
    result.append(case("to_json within a text", json.dumps(as_json).encode(), t))
    result.append(case("settings alone", json.dumps(dict(config, word_index=t.word_index), ensure_ascii=False).encode(), t))
    plain = tokenizer(modules[3], words=WORDS)
    for name, data in [("word_index as JSON", json.dumps(plain.word_index).encode()),
                       ("index_word as JSON", json.dumps(plain.index_word).encode()),
                       ("word_index as a pickle", pickle.dumps(plain.word_index, 4))]:
        missing = ["num_words", "oov_token", "filters", "lower", "split", "char_level"]
        result.append(dict(case(name, data, plain), missing=missing))
    return result


def case(name, data, t):
    return {"name": name, "data": base64.b64encode(data).decode(), "words": len(t.word_index), "missing": [],
            "texts": SENTENCES, "ids": [ids(t, s) for s in SENTENCES]}


def dumped(value, compress=0):
    buffer = io.BytesIO()
    joblib.dump(value, buffer, compress=compress)
    return buffer.getvalue()


def labels():
    names = ["anger", "Freude", "雪"]
    objects = LabelEncoder()
    objects.classes_ = np.array(names, dtype=object)
    result = []

    def add(name, data, expected):
        result.append({"name": name, "data": base64.b64encode(data).decode(), "labels": expected})
    for protocol in range(6):
        add(f"LabelEncoder of texts, protocol {protocol}", pickle.dumps(LabelEncoder().fit(names), protocol), sorted(names))
        add(f"LabelEncoder of objects, protocol {protocol}", pickle.dumps(objects, protocol), names)
    add("LabelEncoder of numbers", pickle.dumps(LabelEncoder().fit([4, 0, 2]), 4), ["0", "2", "4"])
    add("LabelEncoder of floats", pickle.dumps(LabelEncoder().fit([1.0, 0.5]), 4), ["0.5", "1.0"])
    add("LabelEncoder of truths", pickle.dumps(LabelEncoder().fit([True, False]), 4), ["False", "True"])
    add("LabelEncoder of bytes", pickle.dumps(LabelEncoder().fit(np.array([b"x", b"yy"])), 4), ["x", "yy"])
    add("LabelBinarizer", pickle.dumps(LabelBinarizer().fit(names), 4), sorted(names))
    for compress in (0, 3, ("gzip", 3)):
        add(f"LabelEncoder of texts, joblib {compress}", dumped(LabelEncoder().fit(names), compress), sorted(names))
        add(f"LabelEncoder of objects, joblib {compress}", dumped(objects, compress), names)
    add("encoder among others", pickle.dumps({"model": None, "encoder": objects}, 4), names)
    add("array", pickle.dumps(np.array(names), 4), names)
    add("list of NumPy texts", pickle.dumps([np.str_(n) for n in names], 4), names)
    add("names to numbers", pickle.dumps({"b": 1, "a": np.int64(0)}, 4), ["a", "b"])
    add("numbers to names", pickle.dumps({1: "b", 0: "a"}, 4), ["a", "b"])
    add("JSON list", json.dumps(names).encode(), names)
    add("JSON names to numbers", b'{"b": 1, "a": 0}', ["a", "b"])
    add("JSON numbers to names", b'{"1": "b", "0": "a "}', ["a", "b"])
    add("JSON of a model card", b'{"x": 1, "id2label": {"0": "a", "1": "b"}}', ["a", "b"])
    add("lines", "anger\r\nFreude  \r\n雪\r\n\r\n".encode(), names)
    add("blanks that tell names apart", b'["a", "a "]', ["a", "a "])
    return result


# ---------------------------------------------------------------- models made here
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


def made_models():
    result = []

    def add(name, data, expected, **more):
        tensors = {n: [[r, list(a.shape), np.asarray(a, np.float64).reshape(-1).tolist()] for r, a in w] for n, w in expected}
        result.append(dict({"name": name, "data": base64.b64encode(data).decode(), "tensors": tensors}, **more))

    table = numbered(5, 2)
    embedding1 = {"class_name": "Embedding", "config": {"name": "emb", "input_dim": 5, "output_dim": 2, "batch_input_shape": [None, 7]}}

    # Keras 1: gates in tensors of their own, a kernel with an axis of one, Theano's order of steps
    gates = [(f"{p}_{g}", numbered(*s, start=100 * i + 10 * j)) for i, g in enumerate("icfo")
             for j, (p, s) in enumerate([("W", (4, 3)), ("U", (3, 3)), ("b", (3,))])]
    by = dict(gates)
    conv = numbered(2, 1, 2, 4)
    config = {"class_name": "Sequential", "config": [
        embedding1,
        {"class_name": "Convolution1D", "config": {"name": "conv", "nb_filter": 4, "filter_length": 2, "border_mode": "same",
                                                   "activation": "relu", "bias": True}},
        {"class_name": "LSTM", "config": {"name": "lstm", "output_dim": 3, "activation": "tanh", "inner_activation": "hard_sigmoid"}},
        {"class_name": "Dense", "config": {"name": "out", "output_dim": 1, "activation": "sigmoid"}}]}
    layers = [("emb", [("emb_W", table)]), ("conv", [("conv_W", conv), ("conv_b", numbered(4))]), ("lstm", gates),
              ("out", [("out_W", numbered(3, 1)), ("out_b", numbered(1))])]

    def joined(part):
        return np.concatenate([by[f"{part}_{g}"] for g in "ifco"], axis=-1)
    for backend in ("tensorflow", "theano"):
        kernel = conv[:, 0] if backend == "tensorflow" else conv[::-1, 0]
        add(f"Keras 1 on {backend}", saved(lambda f: legacy(f, config, layers, "1.2.2", backend, as_bytes=True)), [
            ("emb", [("embeddings", table)]), ("conv", [("kernel", kernel), ("bias", numbered(4))]),
            ("lstm", [("kernel", joined("W")), ("recurrent_kernel", joined("U")), ("bias", joined("b"))]),
            ("out", [("kernel", numbered(3, 1)), ("bias", numbered(1))])])

    # CuDNN's layers
    kernel, recurrent, bias = numbered(4, 12), numbered(3, 12, start=7), numbered(24, start=3)
    gru, gru_recurrent, gru_bias = numbered(3, 6), numbered(2, 6, start=5), numbered(12, start=1)
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Embedding", "config": {"name": "emb", "input_dim": 5, "output_dim": 4}},
        {"class_name": "CuDNNLSTM", "config": {"name": "lstm", "units": 3, "return_sequences": True}},
        {"class_name": "CuDNNGRU", "config": {"name": "gru", "units": 2}}]}}
    layers = [("emb", [("e", numbered(5, 4))]), ("lstm", [("k", kernel), ("r", recurrent), ("b", bias)]),
              ("gru", [("k", gru), ("r", gru_recurrent), ("b", gru_bias)])]
    add("CuDNN", saved(lambda f: legacy(f, config, layers, "2.2.4")), [
        ("emb", [("embeddings", numbered(5, 4))]),
        ("lstm", [("kernel", from_cudnn(kernel, 4, False)), ("recurrent_kernel", from_cudnn(recurrent, 4, True)),
                  ("bias", bias[:12] + bias[12:])]),
        ("gru", [("kernel", from_cudnn(gru, 3, False)), ("recurrent_kernel", from_cudnn(gru_recurrent, 3, True)),
                 ("bias", gru_bias.reshape(2, 6))])])

    # a model within a model: first what training moves, then the rest; a frozen embedding and a BatchNormalization
    inner = {"class_name": "Sequential", "config": {"name": "inner", "layers": [
        {"class_name": "Embedding", "config": {"name": "emb", "trainable": False, "input_dim": 5, "output_dim": 2}},
        {"class_name": "BatchNormalization", "config": {"name": "norm", "epsilon": 0.001}},
        {"class_name": "Dense", "config": {"name": "dense", "units": 3, "activation": "relu"}}]}}
    config = {"class_name": "Functional", "config": {"name": "outer", "layers": [
        {"class_name": "InputLayer", "name": "in", "config": {"name": "in", "batch_input_shape": [None, 7]}, "inbound_nodes": []},
        dict(inner, name="inner", inbound_nodes=[[["in", 0, 0, {}]]]),
        {"class_name": "GlobalMaxPooling1D", "name": "max", "config": {"name": "max"}, "inbound_nodes": [[["inner", 0, 0, {}]]]},
        {"class_name": "Dense", "name": "out", "config": {"name": "out", "units": 1}, "inbound_nodes": [[["max", 0, 0, {}]]]}],
        "input_layers": [["in", 0, 0]], "output_layers": [["out", 0, 0]]}}
    norm = [numbered(2, start=i) for i in range(4)]
    layers = [("in", []), ("inner", [("gamma", norm[0]), ("beta", norm[1]), ("kernel", numbered(2, 3)), ("bias", numbered(3)),
                                     ("embeddings", table), ("mean", norm[2]), ("variance", norm[3])]),
              ("max", []), ("out", [("kernel", numbered(3, 1)), ("bias", numbered(1))])]
    add("a model within a model", saved(lambda f: legacy(f, config, layers, "2.6.0")), [
        ("inner/emb", [("embeddings", table)]),
        ("inner/norm", list(zip(("gamma", "beta", "moving_mean", "moving_variance"), norm))),
        ("inner/dense", [("kernel", numbered(2, 3)), ("bias", numbered(3))]),
        ("out", [("kernel", numbered(3, 1)), ("bias", numbered(1))])])

    # arrays that were packed anew, of other types and byte orders, and names too long for one attribute
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Embedding", "config": {"name": "emb", "input_dim": 70, "output_dim": 9}},
        {"class_name": "Flatten", "config": {"name": "flat"}},
        {"class_name": "Dense", "config": {"name": "a", "units": 4}},
        {"class_name": "Dense", "config": {"name": "b", "units": 2}},
        {"class_name": "Dense", "config": {"name": "c", "units": 2, "use_bias": False}}]}}
    big = numbered(70, 9)

    def packed(f):
        legacy(f, config, [("emb", []), ("flat", []), ("a", [("k", numbered(9, 4).astype(np.float64)), ("b", numbered(4).astype(">f4"))]),
                           ("b", [("k", numbered(4, 2).astype(np.float16)), ("b", np.arange(2))]), ("c", [])], "2.9.0")
        g = f["model_weights"]
        g["emb"].create_dataset("e", data=big, chunks=(16, 4), compression="gzip", shuffle=True, fletcher32=True)
        g["emb"].attrs["weight_names0"] = ["e"]
        del g["emb"].attrs["weight_names"]
        g["c"].create_dataset("k", data=numbered(2, 2), chunks=(2, 2))
        g["c"].attrs["weight_names"] = ["k"]
        names = g.attrs["layer_names"]
        del g.attrs["layer_names"]
        g.attrs["layer_names0"], g.attrs["layer_names1"] = names[:3], names[3:]
    add("packed arrays, other numbers", saved(packed), [
        ("emb", [("embeddings", big)]), ("a", [("kernel", numbered(9, 4)), ("bias", numbered(4))]),
        ("b", [("kernel", numbered(4, 2)), ("bias", np.arange(2))]), ("c", [("kernel", numbered(2, 2))])])

    # weights alone in the newer form of HDF5's headers, under other names than the architecture has
    buffer = io.BytesIO()
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Embedding", "config": {"name": "emb_9", "input_dim": 5, "output_dim": 2, "input_length": 7}},
        {"class_name": "Flatten", "config": {"name": "flat_9"}},
        {"class_name": "Dense", "config": {"name": "out_9", "units": 1}}]}, "keras_version": "2.4.3", "backend": "tensorflow"}
    with h5py.File(buffer, "w", libver="latest") as f:
        legacy(f, None, [("emb", [("e", table)]), ("flat", []), ("out", [("k", numbered(14, 1)), ("b", numbered(1))])], None, whole=False)
    add("weights alone", buffer.getvalue(), [("emb_9", [("embeddings", table)]), ("out_9", [("kernel", numbered(14, 1)), ("bias", numbered(1))])],
        architecture=json.dumps(json.dumps(config)))

    # a Keras 2.2 model as its __getstate__ pickles it
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [
        embedding1, {"class_name": "Flatten", "config": {"name": "flat"}}, {"class_name": "Dense", "config": {"name": "out", "units": 1}}]}}
    state = {"keras_version": b"2.2.4", "backend": b"tensorflow", "model_config": json.dumps(config).encode(), "model_weights": {
        "layer_names": [b"emb", b"flat", b"out"],
        "emb": {"weight_names": [b"emb/e:0"], "emb/e:0": np.asfortranarray(table)},
        "flat": {"weight_names": []},
        "out": {"weight_names": [b"out/k:0", b"out/b:0"], "out/k:0": numbered(14, 1), "out/b:0": numbered(1)}}}
    holder = named_class("keras.engine.sequential", "Sequential")()
    holder.__dict__.update(state)
    for protocol in (0, 2, 4):
        add(f"Keras 2.2 pickled by protocol {protocol}", pickle.dumps(holder, protocol), [
            ("emb", [("embeddings", table)]), ("out", [("kernel", numbered(14, 1)), ("bias", numbered(1))])])

    # Keras 3 archives: numbers by class, names noted beside the tensors, deflated; also within a pickle
    def layer3(kind, **config):
        return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}

    def tensor3(layer):
        return {"class_name": "__keras_tensor__", "config": {"shape": [None, 7], "dtype": "float32", "keras_history": [layer, 0, 0]}}

    def called(layer, name, *sources, **kwargs):
        args = [[tensor3(s) for s in sources]] if len(sources) > 1 else [tensor3(s) for s in sources]
        return dict(layer, name=name, inbound_nodes=[{"args": args, "kwargs": kwargs}])
    lstm = {"units": 3, "activation": "tanh", "recurrent_activation": "hard_sigmoid", "return_sequences": True}
    not_equal = dict(called({"module": "keras.src.ops.numpy", "class_name": "NotEqual", "config": {"name": "not_equal"},
                             "registered_name": "NotEqual"}, "not_equal", "ids"))
    not_equal["inbound_nodes"][0]["args"].append(0)
    config3 = {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional", "config": {
        "name": "f", "trainable": True, "layers": [
            dict(layer3("InputLayer", name="ids", batch_shape=[None, 7], dtype="int64"), name="ids", inbound_nodes=[]),
            called(layer3("Embedding", name="emb_4", input_dim=5, output_dim=2, mask_zero=True), "emb_4", "ids"),
            not_equal,
            called(layer3("Bidirectional", name="both", merge_mode="sum", layer=layer3("LSTM", name="forward_lstm", **lstm),
                          backward_layer=layer3("LSTM", name="backward_lstm", go_backwards=True, **lstm)),
                   "both", "emb_4", mask=tensor3("not_equal")),
            called(layer3("GlobalMaxPooling1D", name="max"), "max", "both"),
            called(layer3("GlobalAveragePooling1D", name="mean"), "mean", "both", mask=tensor3("not_equal")),
            called(layer3("Concatenate", name="cat", axis=-1), "cat", "max", "mean"),
            called(layer3("Dense", name="dense_8", units=4, activation="relu"), "dense_8", "cat"),
            called(layer3("Dense", name="dense_7", units=2, activation="softmax"), "dense_7", "dense_8")],
        "input_layers": ["ids", 0, 0], "output_layers": ["dense_7", 0, 0]}}
    cells = {d: [numbered(2, 12, start=i), numbered(3, 12, start=i + 1), numbered(12, start=i + 2)] for i, d in enumerate(("forward", "backward"))}
    dense = {"dense_8": [numbered(6, 4), numbered(4)], "dense_7": [numbered(4, 2), numbered(2, start=3)]}

    def weights3(f, separator="/", noted=True):
        def put(path, arrays, owner=None):
            group = f.create_group(path.replace("/", separator, 1) + "/vars")
            if owner and noted:
                group.attrs["name"] = owner
            for i, a in enumerate(arrays):
                group.create_dataset(str(i), data=a)
        put("layers/embedding", [table], "emb_4")
        put("layers/bidirectional/forward_layer/cell", cells["forward"])
        put("layers/bidirectional/backward_layer/cell", cells["backward"])
        put("layers/dense_1" if noted else "layers/dense", dense["dense_8"], "dense_8")
        put("layers/dense" if noted else "layers/dense_2", dense["dense_7"], "dense_7")
        f.create_group("optimizer/vars").create_dataset("0", data=np.zeros(3))

    def archive(separator="/", noted=True, compression=zipfile.ZIP_STORED, version="3.8.0"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", compression) as z:
            z.writestr("metadata.json", json.dumps({"keras_version": version}))
            z.writestr("config.json", json.dumps(config3))
            z.writestr("model.weights.h5", saved(lambda f: weights3(f, separator, noted)))
        return buffer.getvalue()
    roles = ("kernel", "recurrent_kernel", "bias")
    expected = [("emb_4", [("embeddings", table)]),
                ("both", [(f"{d}/{r}", a) for d in ("forward", "backward") for r, a in zip(roles, cells[d])]),
                ("dense_8", list(zip(("kernel", "bias"), dense["dense_8"]))), ("dense_7", list(zip(("kernel", "bias"), dense["dense_7"])))]
    add("archive, groups out of order with names noted", archive(), expected)
    add("archive of Windows that skips numbers", archive("\\", False, version="2.13.1"), expected)
    add("archive, deflated", archive(compression=zipfile.ZIP_DEFLATED), expected)
    add("weights.h5 with config.json", saved(weights3), expected, architecture=json.dumps(config3))

    add("archive within a pickle", pickle.dumps(PickledArchive(archive()), 4), expected)
    return result


def refused():
    """HDF5 files that h5py reads and Firn does not, with what its error must say."""
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Embedding", "config": {"name": "emb", "input_dim": 5, "output_dim": 2}}]}}
    result = []

    def add(name, says, put, **options):
        buffer = io.BytesIO()
        with h5py.File(buffer, "w", **options) as f:
            legacy(f, config, [("emb", [])], "2.9.0")
            f["model_weights/emb"].attrs["weight_names"] = [b"e"]
            put(f["model_weights/emb"])
        result.append({"name": name, "says": says, "data": base64.b64encode(buffer.getvalue()).decode()})
    table = numbered(5, 2)
    add("a filter of h5py's own", "an array is packed by filter 32000",
        lambda g: g.create_dataset("e", data=table, chunks=(5, 2), compression="lzf"))
    add("pieces in the newest form", "an array is laid out in HDF5's newer form",
        lambda g: g.create_dataset("e", data=table, chunks=(5, 2)), libver="latest")
    add("many names in the newest form", "the names of a group are kept in HDF5's newer form",
        lambda g: [g.create_dataset(f"e{i}", data=table) for i in range(20)], libver="latest")
    add("many attributes in the newest form", "the attributes are kept in HDF5's newer form",
        lambda g: [g.attrs.__setitem__(f"a{i}", i) for i in range(20)], libver="latest")
    add("texts for numbers", "an array holds something else than numbers", lambda g: g.create_dataset("e", data=[b"a", b"b"]))
    add("no numbers yet", "an array was announced and never written", lambda g: g.create_dataset("e", (5, 2), "f4"))
    add("pieces that are missing", "an array has 1 of its 2 pieces", lambda g: g.create_dataset("e", (10, 2), "f4", chunks=(5, 2))
        .__setitem__(slice(0, 5), table))
    add("a link to another file", "lists the tensor 'e', which the file lacks",
        lambda g: g.__setitem__("e", h5py.ExternalLink("/etc/passwd", "/e")))
    return result


class PickledArchive:
    """Pickles as a Keras 3 model does: a function of the class, called with the archive in a BytesIO."""

    def __init__(self, data):
        self.data = data

    def __reduce__(self):
        return io.BytesIO, (self.data,)


def main():
    golden = {"models": models(sys.argv[1]), "tokenizers": tokenizers(), "labels": labels(), "made": made_models(), "refused": refused()}
    written = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
    written = re.sub(r'(\{"name":|"(?:models|tokenizers|labels|made|refused)":)', r"\n\1", written)
    with open(OUT, "w", encoding="utf8") as out:
        out.write(written + "\n")


if __name__ == "__main__":
    main()
