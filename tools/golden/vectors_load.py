"""Writes tests/Firn.Tests/Golden/vectors_load.json: what gensim reads from the sample vector files.

Usage: /usr/bin/python3 tools/golden/vectors_load.py DATA_FOLDER
"""
import hashlib
import json
import pathlib
import sys
import tempfile

from gensim.models import KeyedVectors

FILES = [
    ("googlenews_1000common_300d.txt", dict()),
    ("word2vec_pre_kv_c", dict()),
    ("euclidean_vectors.bin", dict(binary=True)),
    ("pang_lee_polarity_fasttext.vec", dict(unicode_errors="replace")),  # holds bytes that are not UTF-8
    ("lee_fasttext.vec", dict()),
    ("crime-and-punishment.vec", dict()),
    ("glove.6B.100d.171words.txt", dict(no_header=True)),
    ("glove.6B.100d.sample.txt.gz", dict(no_header=True)),
    ("glove.6B.300d.sample.txt.gz", dict(no_header=True)),
    ("test_glove.txt", dict(no_header=True)),
]

folder = pathlib.Path(sys.argv[1]) / "vectors"
out = []
for name, options in FILES:
    kv = KeyedVectors.load_word2vec_format(str(folder / name), **options)
    out.append({
        "file": name,
        "count": len(kv),
        "dimension": kv.vector_size,
        "words_sha256": hashlib.sha256("\n".join(kv.index_to_key).encode()).hexdigest(),
        "table_sha256": hashlib.sha256(kv.vectors.astype("<f4").tobytes()).hexdigest(),
    })
target = pathlib.Path(__file__).parents[2] / "tests/Firn.Tests/Golden/vectors_load.json"
target.write_text(json.dumps(out, indent=1) + "\n")
