"""HDF5 files that h5py reads and Firn refuses by name, made here; used by interop_keras.py."""
import io

import h5py

from interop_keras_models import legacy, numbered, packed


def refused():
    """HDF5 files that h5py reads and Firn does not, with what its error must say."""
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "s",
            "layers": [{"class_name": "Embedding", "config": {"name": "emb", "input_dim": 5, "output_dim": 2}}],
        },
    }
    result = []

    def add(name, says, put, **options):
        buffer = io.BytesIO()
        with h5py.File(buffer, "w", **options) as f:
            legacy(f, config, [("emb", [])], "2.9.0")
            f["model_weights/emb"].attrs["weight_names"] = [b"e"]
            put(f["model_weights/emb"])
        result.append({"name": name, "says": says, "data": packed(buffer.getvalue())})

    table = numbered(5, 2)
    add(
        "a filter of h5py's own",
        "an array is packed by filter 32000",
        lambda g: g.create_dataset("e", data=table, chunks=(5, 2), compression="lzf"),
    )
    add(
        "pieces in the newest form",
        "an array is laid out in HDF5's newer form",
        lambda g: g.create_dataset("e", data=table, chunks=(5, 2)),
        libver="latest",
    )
    add(
        "many names in the newest form",
        "the names of a group are kept in HDF5's newer form",
        lambda g: [g.create_dataset(f"e{i}", data=table) for i in range(20)],
        libver="latest",
    )
    add(
        "many attributes in the newest form",
        "the attributes are kept in HDF5's newer form",
        lambda g: [g.attrs.__setitem__(f"a{i}", i) for i in range(20)],
        libver="latest",
    )
    add(
        "texts for numbers",
        "an array holds something else than numbers",
        lambda g: g.create_dataset("e", data=[b"a", b"b"]),
    )
    add("no numbers yet", "an array was announced and never written", lambda g: g.create_dataset("e", (5, 2), "f4"))
    add(
        "pieces that are missing",
        "an array has 1 of its 2 pieces",
        lambda g: g.create_dataset("e", (10, 2), "f4", chunks=(5, 2)).__setitem__(slice(0, 5), table),
    )
    add(
        "a link to another file",
        "lists the tensor 'e', which the file lacks",
        lambda g: g.__setitem__("e", h5py.ExternalLink("/etc/passwd", "/e")),
    )
    return result
