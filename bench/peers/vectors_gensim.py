"""gensim beside Firn: trains on a file of one text a line, loads a file, or searches one. One line of JSON out."""
import json
import resource
import sys
import time

import gensim
from gensim.models import KeyedVectors, Word2Vec


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


command = sys.argv[1]
out = {"version": "gensim " + gensim.__version__}
if command == "train":
    corpus, target = sys.argv[2:4]
    o = json.loads(sys.argv[4])
    model = Word2Vec(vector_size=o["size"], window=o["window"], min_count=o["min_count"], sg=o["sg"], negative=5, sample=1e-3,
                     workers=o["threads"], seed=o["seed"], epochs=o["epochs"])
    model.build_vocab(corpus_file=corpus)
    _, out["seconds"], out["cpu"] = timed(lambda: model.train(
        corpus_file=corpus, total_words=model.corpus_total_words, total_examples=model.corpus_count, epochs=o["epochs"]))
    model.wv.save_word2vec_format(target, binary=True)
elif command == "convert":
    KeyedVectors.load_word2vec_format(sys.argv[2], binary=True).save(sys.argv[3])
else:
    path = sys.argv[2]
    load = {
        "binary": lambda: KeyedVectors.load_word2vec_format(path, binary=True),
        "text": lambda: KeyedVectors.load_word2vec_format(path),
        "mapped": lambda: KeyedVectors.load(path, mmap="r"),
    }[sys.argv[3]]
    vectors, out["load"], _ = timed(load)
    if command == "search":
        words = vectors.index_to_key[:200]
        vectors.most_similar(words[0])
        _, seconds, _ = timed(lambda: [vectors.most_similar(word) for word in words])
        out["query"] = seconds / len(words)
out["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps(out))
