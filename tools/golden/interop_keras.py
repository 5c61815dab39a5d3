"""Writes tests/Firn.Tests/Golden/interop_keras.json: what the reader of Keras files must find.

`models`: for each public model in the shared data (keras and keras_zoo) the layers in order and each tensor's name,
shape, float64 sum, first and last value, as h5py reads them. No data of the models themselves.
The rest are small files made here, deflated and in base64, with what they must give: `tokenizers` pickled under the
names that the class had, `labels` by pickle and joblib, `made` models of every form, `refused` ones.

Run with Debian's python3-h5py, python3-sklearn and python3-joblib:
/usr/bin/python3 tools/golden/interop_keras.py ../shared/data
"""
import io
import json
import os
import pickle
import re
import sys
import zipfile
from collections import OrderedDict, defaultdict

import h5py
import joblib
import numpy as np
from sklearn.preprocessing import LabelBinarizer, LabelEncoder

from interop_keras_archives import made_archives
from interop_keras_models import made_models, named_class, packed
from interop_keras_refused import refused

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "..", "tests", "Firn.Tests", "Golden", "interop_keras.json")


def text(value):
    return value.decode("utf8") if isinstance(value, bytes) else value


# ---------------------------------------------------------------- public models
def tensor(name, array):
    flat = np.asarray(array, dtype=np.float64).reshape(-1)
    return {
        "name": name,
        "shape": list(array.shape),
        "sum": float(flat.sum()),
        "first": float(flat[0]),
        "last": float(flat[-1]),
    }


def layers_of(config):
    inner = config["config"]
    return inner if isinstance(inner, list) else inner["layers"]


def archive_tensors(f):
    found = {}

    def visit(name, item):
        path = name.replace("\\", "/")
        if (
            isinstance(item, h5py.Dataset)
            and path.split("/")[0] in ("layers", "_layer_checkpoint_dependencies")
            and "seed_generator" not in path
        ):
            found[path] = item[()]

    f.visititems(visit)
    return found


def legacy_tensors(f):
    group = f["model_weights"] if "model_weights" in f else f
    return {
        text(n): [(text(w), group[text(n)][text(w)][()]) for w in group[text(n)].attrs.get("weight_names", [])]
        for n in group.attrs["layer_names"]
        if text(n) in group
    }


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


SENTENCES = [
    "The snow, the ICE!",
    "naïve Ärger: ΟΔΟΣ ΣΟΣ",
    "İstanbul 雪 ice\u00a0cream",
    "a\tb\nc don't\rstop",
    "",
    "💩 snow 💩",
    "no-such words_here",
    "ice ice ice",
]
WORDS = [
    "the",
    "snow",
    "ice",
    "naïve",
    "ärger",
    "οδος",
    "σος",
    "i̇stanbul",
    "雪",
    "ice\u00a0cream",
    "a",
    "b",
    "c",
    "don't\rstop",
    "💩",
]


def tokenizers():
    modules = [
        "keras_preprocessing.text",
        "keras.preprocessing.text",
        "keras.src.preprocessing.text",
        "keras.src.legacy.preprocessing.text",
        "tensorflow.python.keras.preprocessing.text",
        "tf_keras.src.preprocessing.text",
    ]
    result = []
    for protocol in range(6):
        t = tokenizer(
            modules[protocol],
            words=WORDS,
            num_words=9 if protocol % 2 else None,
            oov_token="<OOV>" if protocol > 2 else None,
        )
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
    config = {
        k: getattr(t, k)
        for k in ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")
    }
    as_json = json.dumps({"class_name": "Tokenizer", "config": dict(config, word_index=json.dumps(t.word_index))})
    result.append(case("to_json", as_json.encode(), t))
    result.append(case("to_json within a text", json.dumps(as_json).encode(), t))
    result.append(
        case("settings alone", json.dumps(dict(config, word_index=t.word_index), ensure_ascii=False).encode(), t)
    )
    plain = tokenizer(modules[3], words=WORDS)
    for name, data in [
        ("word_index as JSON", json.dumps(plain.word_index).encode()),
        ("index_word as JSON", json.dumps(plain.index_word).encode()),
        ("word_index as a pickle", pickle.dumps(plain.word_index, 4)),
    ]:
        missing = ["num_words", "oov_token", "filters", "lower", "split", "char_level"]
        result.append(dict(case(name, data, plain), missing=missing))
    return result


def case(name, data, t):
    return {
        "name": name,
        "data": packed(data),
        "words": len(t.word_index),
        "missing": [],
        "texts": SENTENCES,
        "ids": [ids(t, s) for s in SENTENCES],
    }


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
        result.append({"name": name, "data": packed(data), "labels": expected})

    for protocol in range(6):
        add(
            f"LabelEncoder of texts, protocol {protocol}",
            pickle.dumps(LabelEncoder().fit(names), protocol),
            sorted(names),
        )
        add(f"LabelEncoder of objects, protocol {protocol}", pickle.dumps(objects, protocol), names)
    add("LabelEncoder of numbers", pickle.dumps(LabelEncoder().fit([4, 0, 2]), 4), ["0", "2", "4"])
    add("LabelEncoder of floats", pickle.dumps(LabelEncoder().fit([1.0, 0.5]), 4), ["0.5", "1.0"])
    add("LabelEncoder of truths", pickle.dumps(LabelEncoder().fit([True, False]), 4), ["False", "True"])
    add("LabelEncoder of bytes", pickle.dumps(LabelEncoder().fit(np.array([b"x", b"yy"])), 4), ["x", "yy"])
    add("LabelBinarizer", pickle.dumps(LabelBinarizer().fit(names), 4), sorted(names))
    for compress in (0, 3, ("gzip", 3)):
        add(f"LabelEncoder of texts, joblib {compress}", dumped(LabelEncoder().fit(names), compress), sorted(names))
        add(f"LabelEncoder of objects, joblib {compress}", dumped(objects, compress), names)
    many = {f"column {i}": np.array(["x", i], dtype=object) for i in range(100)}
    add("the last of many encoders, joblib", dumped([many, objects]), names)
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


def vocabularies():
    """What TextVectorization.get_vocabulary() gives, as people keep it."""
    words = ["", "[UNK]", "the", "snow", "雪"]
    layer = {"config": {"name": "v", "max_tokens": 9}, "weights": [np.array([w.encode() for w in words], dtype=object)]}
    files = [
        ("texts of NumPy, protocol 0", pickle.dumps([np.str_(w) for w in words], 0)),
        ("texts of NumPy, protocol 5", pickle.dumps([np.str_(w) for w in words], 5)),
        ("a layer's settings and weights", pickle.dumps(layer, 4)),
        ("an array", pickle.dumps(np.array(words), 2)),
        ("a JSON list", json.dumps(words).encode()),
        ("lines of Windows", "\r\n".join(words).encode()),
        ("lines without the special words", "the\nsnow\n雪\n".encode()),
    ]
    return [{"name": name, "data": packed(data)} for name, data in files]


def main():
    golden = {
        "models": models(sys.argv[1]),
        "tokenizers": tokenizers(),
        "labels": labels(),
        "made": made_models() + made_archives(),
        "refused": refused(),
        "vocabularies": vocabularies(),
    }
    written = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
    written = re.sub(r'(\{"name":|"(?:models|tokenizers|labels|made|refused|vocabularies)":)', r"\n\1", written)
    with open(OUT, "w", encoding="utf8") as out:
        out.write(written + "\n")


if __name__ == "__main__":
    main()
