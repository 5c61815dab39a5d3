"""Archives of Keras 3 (.keras), made here, and what Firn must find in them; used by interop_keras.py."""
import io
import json
import pickle
import zipfile

import numpy as np

from interop_keras_models import adder, numbered, saved


class PickledArchive:
    """Pickles as the BytesIO into which Keras 3 puts the archive of a model that is pickled."""

    def __init__(self, data):
        self.data = data

    def __reduce__(self):
        return io.BytesIO, (self.data,)


def made_archives():
    result = []
    add = adder(result)
    table = numbered(5, 2)

    # Keras 3 archives: numbers by class, names noted beside the tensors, deflated; also within a pickle
    def layer3(kind, **config):
        return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}

    def tensor3(layer):
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None, 7], "dtype": "float32", "keras_history": [layer, 0, 0]},
        }

    def called(layer, name, *sources, **kwargs):
        args = [[tensor3(s) for s in sources]] if len(sources) > 1 else [tensor3(s) for s in sources]
        return dict(layer, name=name, inbound_nodes=[{"args": args, "kwargs": kwargs}])

    lstm = {"units": 3, "activation": "tanh", "recurrent_activation": "hard_sigmoid", "return_sequences": True}
    not_equal = dict(
        called(
            {
                "module": "keras.src.ops.numpy",
                "class_name": "NotEqual",
                "config": {"name": "not_equal"},
                "registered_name": "NotEqual",
            },
            "not_equal",
            "ids",
        )
    )
    not_equal["inbound_nodes"][0]["args"].append(0)
    config3 = {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": {
            "name": "f",
            "trainable": True,
            "layers": [
                dict(
                    layer3("InputLayer", name="ids", batch_shape=[None, 7], dtype="int64"), name="ids", inbound_nodes=[]
                ),
                called(layer3("Embedding", name="emb_4", input_dim=5, output_dim=2, mask_zero=True), "emb_4", "ids"),
                not_equal,
                called(
                    layer3(
                        "Bidirectional",
                        name="both",
                        merge_mode="sum",
                        layer=layer3("LSTM", name="forward_lstm", **lstm),
                        backward_layer=layer3("LSTM", name="backward_lstm", go_backwards=True, **lstm),
                    ),
                    "both",
                    "emb_4",
                    mask=tensor3("not_equal"),
                ),
                called(layer3("GlobalMaxPooling1D", name="max"), "max", "both"),
                called(layer3("GlobalAveragePooling1D", name="mean"), "mean", "both", mask=tensor3("not_equal")),
                called(layer3("Concatenate", name="cat", axis=-1), "cat", "max", "mean"),
                called(layer3("Dense", name="dense_8", units=4, activation="relu"), "dense_8", "cat"),
                called(layer3("Dense", name="dense_7", units=2, activation="softmax"), "dense_7", "dense_8"),
            ],
            "input_layers": ["ids", 0, 0],
            "output_layers": ["dense_7", 0, 0],
        },
    }
    cells = {
        d: [numbered(2, 12, start=i), numbered(3, 12, start=i + 1), numbered(12, start=i + 2)]
        for i, d in enumerate(("forward", "backward"))
    }
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
            for name, data in [
                ("metadata.json", json.dumps({"keras_version": version})),
                ("config.json", json.dumps(config3)),
                ("model.weights.h5", saved(lambda f: weights3(f, separator, noted))),
            ]:
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                entry.compress_type = compression
                z.writestr(entry, data)
        return buffer.getvalue()

    roles = ("kernel", "recurrent_kernel", "bias")
    expected = [
        ("emb_4", [("embeddings", table)]),
        ("both", [(f"{d}/{r}", a) for d in ("forward", "backward") for r, a in zip(roles, cells[d])]),
        ("dense_8", list(zip(("kernel", "bias"), dense["dense_8"]))),
        ("dense_7", list(zip(("kernel", "bias"), dense["dense_7"]))),
    ]
    add("archive, groups out of order with names noted", archive(), expected)
    add("archive of Windows that skips numbers", archive("\\", False, version="2.13.1"), expected)
    add("archive, deflated", archive(compression=zipfile.ZIP_DEFLATED), expected)
    add("weights.h5 with config.json", saved(weights3), expected, architecture=json.dumps(config3))

    add("archive within a pickle", pickle.dumps(PickledArchive(archive()), 4), expected)
    return result
