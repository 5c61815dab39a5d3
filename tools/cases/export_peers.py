"""What others find in exported models: h5py in the Keras files, ONNX' own checker in the graph.

Exports each bundle as .h5, .keras and .onnx into a temporary folder, then
- reads both Keras files with h5py: every tensor of the bundle must stand there with the same bits (a convolution's in another order);
- runs onnx.checker with full shape inference on the graph.

Run: python3 tools/cases/export_peers.py "dotnet artifacts/bin/Firn.Cli/release/Firn.Cli.dll" BUNDLE...
Needs NumPy; h5py and onnx are skipped where they are missing. What a format cannot express is told and counts as no failure.
"""
import io
import json
import os
import shlex
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

try:
    import h5py
except ImportError:
    h5py = None
try:
    import onnx
except ImportError:
    onnx = None

TYPES = {"F32": np.float32, "I32": np.int32}


def safetensors(path):
    data = open(path, "rb").read()
    size = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name != "__metadata__" and entry["dtype"] in TYPES:
            start, end = entry["data_offsets"]
            tensors[name] = np.frombuffer(data[8 + size + start:8 + size + end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def of_bundle(folder):
    files = [f["name"] for f in json.load(open(os.path.join(folder, "model.json"), encoding="utf-8"))["files"].values() if f]
    vectors = safetensors(os.path.join(folder, next(f for f in files if f.startswith("vectors"))))
    tensors = safetensors(os.path.join(folder, next(f for f in files if f.startswith("weights"))))
    return {"embedding": vectors["embedding.rows"][vectors["embedding.row_of"]], **tensors}


def of_keras(path):
    source = io.BytesIO(zipfile.ZipFile(path).read("model.weights.h5")) if path.endswith(".keras") else path
    found = []
    with h5py.File(source, "r") as file:
        file.visititems(lambda name, node: found.append((name, node[()])) if isinstance(node, h5py.Dataset) else None)
    return found


def missing(tensors, found):
    flat = [f.ravel() for _, f in found]
    windows = [f for name, f in found if "conv1d" in name]

    def holds(name, values):
        if name.startswith("convolution"):  # one tensor for all widths, which Keras has a layer each of
            parts = [f.ravel() for f in windows if (f.ndim == 3) == name.endswith("kernel")]
            return bool(parts) and np.array_equal(np.sort(np.concatenate(parts)), np.sort(values))
        # The two biases of a GRU are rows of one tensor.
        return any(f.size % values.size == 0 and (f.reshape(-1, values.size) == values).all(axis=1).any() for f in flat if f.size <= 2 * values.size)

    return [name for name, values in tensors.items() if not holds(name, values.ravel())]


def main(firn, bundles):
    failed = 0
    for bundle in bundles:
        tensors = of_bundle(bundle)
        with tempfile.TemporaryDirectory() as folder:
            for ending, library in ((".h5", h5py), (".keras", h5py), (".onnx", onnx)):
                if library is None:
                    print(f"{bundle} {ending}: skipped, the library is missing")
                    continue
                path = os.path.join(folder, "model" + ending)
                keras = ending != ".onnx"
                run = subprocess.run(firn + ["export", bundle, "--out", path] + ["--without-linear"] * keras, capture_output=True, text=True)
                if run.returncode != 0:
                    print(f"{bundle} {ending}: not exported: {run.stderr.strip()}")
                    continue
                if keras:
                    lost = missing(tensors, of_keras(path))
                    print(f"{bundle} {ending}: {len(tensors) - len(lost)} of {len(tensors)} tensors with the same bits (h5py {h5py.__version__})" + (f"; not found: {', '.join(lost)}" if lost else ""))
                    failed += len(lost)
                    continue
                try:
                    onnx.checker.check_model(path, full_check=True)
                    onnx.shape_inference.infer_shapes(onnx.load(path), check_type=True, strict_mode=True)
                    print(f"{bundle} {ending}: accepted (onnx {onnx.__version__})")
                except Exception as error:  # the checker has several
                    print(f"{bundle} {ending}: refused: {error}")
                    failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(shlex.split(sys.argv[1]), sys.argv[2:]))
