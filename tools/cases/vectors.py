"""Runs every file of a folder through `firn vectors` and holds what comes out against gensim.

Usage: /usr/bin/python3 tools/cases/vectors.py FOLDER [FIRN]
Each file must give what gensim reads of it (words, dimensions, numbers), or one clear line. FIRN is the command (./firn).
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from gensim.models import FastText, KeyedVectors, Word2Vec
from gensim.models.fasttext import load_facebook_model

CORPORA = ("corp", "tiny", "train", "oneword", "blankcorp", "emptycorp", "phr", "part", "tw.txt", "unk.txt", "lab.csv")
TESTS = ("p1", "p_", "p.csv", "a_", "a1", "case_an", "case_pairs")
LISTS = ("vocab", "vdup", "allnew")


def run(firn, *args):
    done = subprocess.run([*firn, *args], capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def fault(code, err, allowed=(0, 1, 2)):
    """What is wrong with the way a command ended; None for nothing."""
    if code not in allowed:
        return f"exit {code}"
    for bad in ("internal error", "Unhandled exception", "   at Firn", "Traceback"):
        if bad in err:
            return bad
    lines = [line for line in err.splitlines() if line.startswith("firn: ")]
    if code != 0 and len(lines) == 0:
        return "no line says why"
    if any(ord(c) < 32 and c not in "\t\n\r" for c in err):
        return "control characters on the terminal"
    return None


def peer(path):
    """Words and numbers as gensim reads them, by the first way that works."""
    ways = [
        lambda: KeyedVectors.load_word2vec_format(path, binary=False),
        lambda: KeyedVectors.load_word2vec_format(path, binary=False, no_header=True),
        lambda: KeyedVectors.load_word2vec_format(path, binary=True),
        lambda: load_facebook_model(path).wv,
        lambda: KeyedVectors.load(path) if path.endswith(".kv") else None,
        lambda: Word2Vec.load(path).wv if path.endswith(".model") else None,
        lambda: FastText.load(path).wv if path.endswith(".model") else None,
    ]
    for way in ways:
        try:
            found = way()
            if found is not None and len(found.index_to_key) > 0 and np.isfinite(found.vectors).all():
                return found
        except Exception:  # noqa: BLE001 the next way is tried
            continue
    return None


def table(firn, path, folder):
    out = os.path.join(folder, "out.vec")
    if os.path.exists(out):
        os.remove(out)
    code, _, err = run(firn, "vectors", "convert", path, out, "--to", "glove")
    if code != 0:
        return code, err, None
    rows = {}
    for line in open(out, encoding="utf-8"):
        fields = line.rstrip("\n").split(" ")
        rows[line] = fields
    return code, err, rows


def check_vectors(firn, path, folder):
    code, err, rows = table(firn, path, folder)
    wrong = fault(code, err)
    if wrong:
        return "FAULT", wrong + ": " + err.strip()[:200]
    if code != 0:
        return "one line", err.strip().splitlines()[-1][:150]
    theirs = peer(path)
    if theirs is None:
        return "read", f"{len(rows)} words; gensim reads none"
    size = theirs.vector_size
    ours = {}
    for fields in rows.values():
        ours[" ".join(fields[:-size]) if len(fields) > size else fields[0]] = fields[-size:]
    same = [w for w in ours if w in theirs.key_to_index]
    if len(ours) != len(theirs.index_to_key) or len(same) != len(ours):
        return "differs", f"{len(ours)} words here, {len(theirs.index_to_key)} in gensim, {len(same)} in both"
    worst = max(float(np.abs(np.array(ours[w], dtype=np.float32) - theirs[w]).max()) for w in same)
    return ("same", f"{len(ours)} words") if worst < 1e-5 else ("differs", f"numbers by {worst}")


def check_corpus(firn, path, folder):
    out = os.path.join(folder, "trained.vec")
    if os.path.exists(out):
        os.remove(out)
    code, _, err = run(firn, "vectors", "train", path, out, "--min-count", "1", "--vector-size", "4", "--epochs", "1", "--threads", "1")
    wrong = fault(code, err)
    if wrong:
        return "FAULT", wrong + ": " + err.strip()[:200]
    if code != 0:
        return ("FAULT", "a file was left") if os.path.exists(out) else ("one line", err.strip().splitlines()[-1][:150])
    words = [line.split(" ")[0] for line in open(out, encoding="utf-8")][1:]
    return "trained", f"{len(words)} words: {' '.join(words[:6])}"


def check_test(firn, path, folder):
    base = os.path.join(os.path.dirname(path), "base.vec")
    code, out, err = run(firn, "vectors", "evaluate", base, path, "--json")
    wrong = fault(code, err)
    if wrong:
        return "FAULT", wrong + ": " + err.strip()[:200]
    if code != 0:
        return "one line", err.strip().splitlines()[-1][:150]
    return "evaluated", json.dumps({k: v for k, v in json.loads(out)["tests"][0].items() if k != "sections"})[:140]


def main():
    folder = sys.argv[1]
    firn = sys.argv[2].split() if len(sys.argv) > 2 else ["./firn"]
    counts = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            kind = check_corpus if any(part in name for part in CORPORA) else check_test if name.startswith(TESTS) else check_vectors
            verdict, detail = ("list", "") if name.startswith(LISTS) else kind(firn, path, scratch)
            counts[verdict] = counts.get(verdict, 0) + 1
            print(f"{verdict:<10} {name:<28} {detail}")
    print(", ".join(f"{n} {v}" for v, n in sorted(counts.items())))
    sys.exit(1 if "FAULT" in counts else 0)


main()
