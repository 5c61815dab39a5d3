"""Writes an .h5 of the notebook's shape, 350 MB: Embedding(290419, 300, frozen), of whose rows a ninth is not zero, Dropout, LSTM(100), Dense(1).

Usage: python3 tools/cases/keras_large.py FOLDER [rows]; then FOLDER/model.h5 and FOLDER/tokenizer.json are imported by
    firn import FOLDER/model.h5 --tokenizer FOLDER/tokenizer.json --labels NEGATIVE,POSITIVE --padding pre --cleaning notebook --out BUNDLE
`all` behind the folder fills every row, as in a table that was trained.
"""
import json
import os
import sys

import h5py
import numpy as np

folder, full = sys.argv[1], sys.argv[2:] == ["all"]
os.makedirs(folder, exist_ok=True)
rng = np.random.default_rng(1)
rows, width, units = 290_419, 300, 100
table = np.zeros((rows, width), np.float32)
table[0 if full else 1 : rows if full else 31_000] = rng.standard_normal((rows if full else 30_999, width), np.float32) * 0.1
layers = [
    ("InputLayer", {"name": "input", "batch_input_shape": [None, 300], "dtype": "float32"}, []),
    ("Embedding", {"name": "embedding", "input_dim": rows, "output_dim": width, "mask_zero": False, "trainable": full}, [("embeddings:0", table)]),
    ("Dropout", {"name": "dropout", "rate": 0.5}, []),
    ("LSTM", {"name": "lstm", "units": units, "activation": "tanh", "recurrent_activation": "sigmoid", "dropout": 0.2, "recurrent_dropout": 0.2},
     [("kernel:0", rng.standard_normal((width, 4 * units), np.float32) * 0.05), ("recurrent_kernel:0", rng.standard_normal((units, 4 * units), np.float32) * 0.05),
      ("bias:0", np.zeros(4 * units, np.float32))]),
    ("Dense", {"name": "dense", "units": 1, "activation": "sigmoid"}, [("kernel:0", rng.standard_normal((units, 1), np.float32)), ("bias:0", np.zeros(1, np.float32))]),
]
with h5py.File(os.path.join(folder, "model.h5"), "w") as f:
    f.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": c, "config": s} for c, s, _ in layers]}})
    f.attrs["keras_version"], f.attrs["backend"] = b"2.2.4", b"tensorflow"
    group = f.create_group("model_weights")
    group.attrs["layer_names"] = [s["name"].encode() for _, s, _ in layers]
    for _, settings, weights in layers:
        inner = group.create_group(settings["name"])
        inner.attrs["weight_names"] = [f"{settings['name']}/{n}".encode() for n, _ in weights]
        for name, values in weights:
            inner.create_dataset(f"{settings['name']}/{name}", data=values)
index = {f"word{i}": i for i in range(1, rows)}
config = {"num_words": None, "filters": "!", "lower": True, "split": " ", "char_level": False, "oov_token": None, "word_index": json.dumps(index)}
with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as f:
    json.dump({"class_name": "Tokenizer", "config": config}, f)
