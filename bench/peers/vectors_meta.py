"""What meta-embeddings, all but the top, PCA and alignment do to scores of word vectors.

  vectors_meta.py WIKI BOOKS TESTS... [--words N] [--firn "COMMAND"] [--folder FOLDER]

WIKI and BOOKS are plain texts, one a line, plain or gzip; of each the first N words (8 million) are taken, lower-cased,
letters a to z. TESTS are files for 'firn vectors evaluate'. Four tables are trained with window 5, min_count 10 and two
threads, 5 epochs: wiki by CBOW (200 values), wiki by skip-gram twice (100 values, two seeds) and books by skip-gram
(100 values). Written to standard output: tables of Markdown; how long it took goes to standard error.

1. On the words that all tables have in common, so that coverage is equal.
2. On all words of any table, an unknown word counted as similarity 0 and an analogy with one as wrong.
3. How alignment (orthogonal Procrustes) recovers words: fitted on the 5,000 most frequent common words, measured on the
   first 1,000 of them, on the others, and on the 5,000 words after them, which the fit has not seen. Precision at 1: the nearest of all words of the other table is
   the word itself.
"""
import argparse
import gzip
import json
import pathlib
import re
import shlex
import subprocess
import sys
import time

import numpy as np

FIT = 5000  # words that alignments are fitted on, and as many that they are measured on


def prepare(source, target, limit):
    other, count = re.compile("[^a-z]+"), 0
    opener = gzip.open if source.endswith(".gz") else open
    with opener(source, "rt", encoding="utf-8") as file, open(target, "w", encoding="ascii") as out:
        for line in file:
            words = other.sub(" ", line.lower()).split()
            if words:
                out.write(" ".join(words) + "\n")
            count += len(words)
            if count >= limit:
                break
    return count


def read(path):
    """A word2vec binary file: the words, and their vectors at length 1."""
    data = path.read_bytes()
    end = data.index(b"\n")
    count, size = map(int, data[:end].split())
    at, names, rows = end + 1, [], np.empty((count, size), np.float32)
    for i in range(count):
        space = data.index(b" ", at)
        names.append(data[at:space].lstrip(b"\n").decode())
        rows[i] = np.frombuffer(data, "<f4", size, space + 1)
        at = space + 1 + 4 * size
    return names, rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30)


def found(path, goal, words):
    """The share of words whose nearest word in the other table is the word itself."""
    (names, rows), (others, there) = read(path), read(goal)
    place, goals = {name: i for i, name in enumerate(names)}, {name: i for i, name in enumerate(others)}
    nearest = (rows[[place[word] for word in words]] @ there.T).argmax(1)
    return float(np.mean(nearest == [goals[word] for word in words]))


class Bench:
    def __init__(self, asked):
        self.command, self.tests = shlex.split(asked.firn), asked.tests
        self.folder = pathlib.Path(asked.folder)
        self.folder.mkdir(exist_ok=True)

    def at(self, name):
        return self.folder / f"{name}.bin"

    def firn(self, *arguments):
        done = subprocess.run([*self.command, "vectors", *map(str, arguments), "--json"], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr or done.stdout}")
        return json.loads(done.stdout)

    def make(self, verb, name, *arguments):
        """Runs a command that writes a table of that name; the order of its arguments depends on the verb."""
        target = self.at(name)
        parts = [target, *arguments] if verb == "combine" else [arguments[0], target, *arguments[1:]]
        if verb == "align":
            parts = [arguments[0], arguments[1], target, *arguments[2:]]
        self.firn(verb, *parts)
        return target

    def table(self, title, tables, *options):
        header = None
        for name, path in tables.items():
            scores = self.firn("evaluate", path, *self.tests, *options)["tests"]
            counts = [test.get("pairs", test.get("total")) for test in scores]
            if header is None:
                header = [test["test"] for test in scores]
                print(f"| {title} | " + " | ".join(f"{test} ({count})" for test, count in zip(header, counts)) + " |")
                print("|---|" + "---:|" * len(header))
            values = " | ".join(f"{test.get('spearman', test.get('accuracy')):.3f}" for test in scores)
            print(f"| {name} | {values} |", flush=True)
        print()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("wiki")
    parser.add_argument("books")
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--words", type=int, default=8_000_000)
    parser.add_argument("--firn", default="firn")
    parser.add_argument("--folder", default="/tmp/firn-meta")
    asked = parser.parse_args()
    bench, began = Bench(asked), time.time()
    at, make = bench.at, bench.make

    def note(what):
        print(f"{time.time() - began:5.0f} s: {what}", file=sys.stderr, flush=True)

    texts = {name: bench.folder / f"{name}.txt" for name in ("wiki", "books")}
    for name, source in (("wiki", asked.wiki), ("books", asked.books)):
        note(f"{prepare(source, texts[name], asked.words):,} words of {name}")
    plans = {
        "wiki-cbow": ("wiki", ["--vector-size", 200, "--seed", 1]),
        "wiki-sg": ("wiki", ["--sg", "--seed", 2]),
        "wiki-sg2": ("wiki", ["--sg", "--seed", 3]),
        "books-sg": ("books", ["--sg", "--seed", 4]),
    }
    for name, (text, options) in plans.items():
        facts = bench.firn("train", texts[text], at(name), "--min-count", 10, "--threads", 2, *options)
        note(f"{name}: {facts['words']:,} words")

    # CBOW has 200 values; brought to 100 it can be aligned with the others.
    make("transform", "wiki-cbow-100", at("wiki-cbow"), "--dimension", 100)
    make("combine", "all", at("wiki-sg"), at("wiki-sg2"), at("wiki-cbow"), at("books-sg"), "--words", "common")
    common = read(at("all"))[0]
    (bench.folder / "common.txt").write_text("\n".join(common) + "\n")
    for name in (*plans, "wiki-cbow-100"):
        make("convert", f"{name}-common", at(name), "--vocabulary", bench.folder / "common.txt")
    note(f"{len(common):,} words in common")

    print(f"{len(common):,} words in common; of the tests those pairs and questions whose words they hold (in brackets).\n")
    bench.table("common words", combined(bench, "-common"))
    note("common words scored")
    union = {f"{name} ({len(read(path)[0]):,} words)": path for name, path in combined(bench, "").items() if "PCA" not in name}
    bench.table("all words", union, "--dummy")
    note("all words scored")

    print("| alignment | mean cosine of the fit, before | after | found before | words 1 to 1,000 | 1,001 to 5,000 | 5,001 to 10,000 |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, one, goal in (("wiki, skip-gram: one seed on another", "wiki-sg2", "wiki-sg"), ("wiki: CBOW on skip-gram", "wiki-cbow-100", "wiki-sg"),
                            ("skip-gram: books on wiki", "books-sg", "wiki-sg")):
        facts = bench.firn("align", at(one), at(goal), at("measured"), "--first", FIT)
        both = set(read(at(goal))[0])
        words = [word for word in read(at(one))[0] if word in both][:2 * FIT]
        shares = [found(at(one), at(goal), words), *[found(at("measured"), at(goal), part) for part in (words[:1000], words[1000:FIT], words[FIT:])]]
        cells = " | ".join(f"{value:.3f}" for value in (facts["meanCosineBefore"], facts["meanCosineAfter"], *shares))
        print(f"| {name} | {cells} |", flush=True)
    note("done")


def combined(bench, kind):
    """The single tables and what is made of them, by what they are; kind is the end of the tables' names."""
    at, make = bench.at, bench.make
    cbow, cbow100, wiki, again, books = (at(name + kind) for name in ("wiki-cbow", "wiki-cbow-100", "wiki-sg", "wiki-sg2", "books-sg"))
    cbow_on_wiki = make("align", "cbow-on-wiki" + kind, cbow100, wiki, "--first", FIT)
    books_on_wiki = make("align", "books-on-wiki" + kind, books, wiki, "--first", FIT)
    again_on_wiki = make("align", "again-on-wiki" + kind, again, wiki, "--first", FIT)
    side = make("combine", "side3" + kind, cbow, wiki, books, "--by", "concatenate")
    tables = {
        "wiki, CBOW, 200": cbow,
        "wiki, CBOW, 100 by PCA": cbow100,
        "wiki, skip-gram, 100": wiki,
        "books, skip-gram, 100": books,
        "wiki, skip-gram, two seeds: mean": make("combine", "seeds" + kind, wiki, again),
        "wiki, skip-gram, two seeds: mean, aligned": make("combine", "seeds-aligned" + kind, wiki, again_on_wiki),
        "wiki, CBOW and skip-gram: mean, padded with zeros": make("combine", "mean2" + kind, cbow, wiki),
        "wiki, CBOW and skip-gram: mean, aligned": make("combine", "aligned2" + kind, cbow_on_wiki, wiki),
        "wiki, CBOW and skip-gram: side by side, 300": make("combine", "side2" + kind, cbow, wiki, "--by", "concatenate"),
        "skip-gram of wiki and books: mean": make("combine", "texts" + kind, wiki, books),
        "skip-gram of wiki and books: mean, aligned": make("combine", "texts-aligned" + kind, wiki, books_on_wiki),
        "skip-gram of wiki and books: side by side, 200": make("combine", "texts-side" + kind, wiki, books, "--by", "concatenate"),
        "all three: mean, padded with zeros": make("combine", "mean3" + kind, cbow, wiki, books),
        "all three: mean, aligned": make("combine", "aligned3" + kind, cbow_on_wiki, wiki, books_on_wiki),
        "all three: side by side, 400": side,
    }
    if kind:
        tables["all three: side by side, 100 by PCA"] = make("transform", "side3-100" + kind, side, "--dimension", 100)
        for name, table in (("wiki, CBOW, 200", cbow), ("wiki, skip-gram, 100", wiki)):
            for top in (1, 3):
                tables[f"{name}, all but the top {top}"] = make("transform", f"{table.stem}-top{top}", table, "--remove-components", top)
    return tables


main()
