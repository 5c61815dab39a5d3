"""Writes tests/Firn.Tests/Golden/vectors_fasttext*: vectors that fastText gives to known and unknown words.

Usage: /usr/bin/python3 tools/golden/vectors_fasttext.py DATA_FOLDER      (needs the fasttext command)
The quantized models are trained here on synthetic text; those of the data folder are read where they lie.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from gensim.models.fasttext import load_facebook_vectors

data = pathlib.Path(sys.argv[1]) / "vectors"
golden = pathlib.Path(__file__).parents[2] / "tests/Firn.Tests/Golden"
ENGLISH = ["the", "government", "governments", "zzzz", "a", "x", "night", "nights", "accommodation", "naïve", "日本語", "</s>", "it's"]
RUSSIAN = ["и", "он", "человек", "человеку", "landau", "что-нибудь", "ё", "</s>"]


def ask(model, words):
    text = subprocess.run(["fasttext", "print-word-vectors", str(model)], input="\n".join(words) + "\n", text=True,
                          capture_output=True, check=True).stdout
    return [[float(v) for v in line.split()[-dim(model):]] for line in text.splitlines()]


def dim(model):
    with open(model, "rb") as f:
        f.read(8)
        return int.from_bytes(f.read(4), "little")


out = []
for name, words in (("lee_fasttext_new.bin", ENGLISH), ("pang_lee_polarity_fasttext.bin", ENGLISH), ("crime-and-punishment.bin", RUSSIAN)):
    out.append({"file": name, "words": words, "vectors": ask(data / name, words)})
for name, words in (("lee_fasttext.bin", ENGLISH[:-2]), ("non_ascii_fasttext.bin", RUSSIAN[:-1])):
    kv = load_facebook_vectors(str(data / name))
    out.append({"file": name, "words": words, "vectors": [[round(float(v), 7) for v in kv.get_vector(w)] for w in words]})

random.seed(1)
stems = ["red", "blue", "green", "warm", "cold", "bright", "dark", "soft"]
with tempfile.TemporaryDirectory() as folder:
    text = pathlib.Path(folder) / "text"
    text.write_text("\n".join(
        f"__label__{i % 3} " + " ".join(random.choice(stems[i % 3 * 2:i % 3 * 2 + 4]) + random.choice(["", "er", "est", "ly", "ness"]) for _ in range(9))
        for i in range(600)) + "\n")
    for name, extra in (("norm", ["-qnorm"]), ("pruned", ["-cutoff", "300", "-retrain", "-epoch", "1", "-dsub", "3"])):
        model = pathlib.Path(folder) / name
        train = ["-input", str(text), "-output", str(model), "-thread", "1"]
        subprocess.run(["fasttext", "supervised", *train, "-dim", "10", "-minn", "2", "-maxn", "4", "-bucket", "500", "-epoch", "5"], check=True, capture_output=True)
        subprocess.run(["fasttext", "quantize", *train, *extra], check=True, capture_output=True)
        fixture = golden / f"vectors_fasttext_{name}.ftz"
        fixture.write_bytes(model.with_suffix(".ftz").read_bytes())
        words = ["red", "reddest", "blueness", "qqq", "warmly", "é"]
        out.append({"file": fixture.name, "words": words, "vectors": ask(fixture, words)})
(golden / "vectors_fasttext.json").write_text(json.dumps(out, separators=(",", ":"), ensure_ascii=False).replace('{"file', '\n{"file') + "\n")
