"""What meta-embeddings, all but the top, PCA and alignment do to scores of word vectors.

  vectors_meta.py WIKI.txt BOOKS.txt TESTS... [--firn "COMMAND"] [--folder FOLDER]

WIKI.txt and BOOKS.txt hold lower-cased words, one text a line; TESTS are files for 'firn vectors evaluate'. Trained are, with 100 values, window 5,
min_count 10, seeds of their own: wiki by CBOW (5 epochs), wiki by skip-gram (3 epochs), books by skip-gram (3 epochs). Written: tables of Markdown. All are
scored on the words that the three have in common, so that coverage is equal.
"""
import argparse
import json
import pathlib
import shlex
import subprocess

import numpy as np


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("wiki")
    parser.add_argument("books")
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--firn", default="firn")
    parser.add_argument("--folder", default="/tmp/firn-meta")
    asked = parser.parse_args()
    folder = pathlib.Path(asked.folder)
    folder.mkdir(exist_ok=True)

    def firn(*arguments, json_answer=False):
        done = subprocess.run([*shlex.split(asked.firn), "vectors", *map(str, arguments), *["--json"] * json_answer], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout) if json_answer else done.stdout

    def at(name):
        return folder / f"{name}.bin"

    for name, text, options in (("wiki-cbow", asked.wiki, ["--epochs", 5, "--seed", 1]), ("wiki-sg", asked.wiki, ["--sg", "--epochs", 3, "--seed", 2]),
                                ("books-sg", asked.books, ["--sg", "--epochs", 3, "--seed", 3]), ("wiki-sg-other-seed", asked.wiki, ["--sg", "--epochs", 3, "--seed", 4])):
        if not at(name).exists():
            firn("train", text, at(name), "--min-count", 10, "--threads", 2, *options)
    # The common words, with a column a table: two halves of a concatenation are the tables again.
    for name in ("wiki-cbow", "wiki-sg", "books-sg"):
        others = [other for other in ("wiki-cbow", "wiki-sg", "books-sg") if other != name]
        words = folder / "common.txt"
        firn("combine", at("all"), at(name), *[at(other) for other in others], "--words", "common")
        words.write_text("\n".join(read(at("all"))[0]) + "\n")
        firn("convert", at(name), at(name + "-common"), "--vocabulary", words)
    tables = {"wiki, CBOW": at("wiki-cbow-common"), "wiki, skip-gram": at("wiki-sg-common"), "books, skip-gram": at("books-sg-common")}
    a, b, c = tables.values()
    made = {
        "mean of the two of wiki": ["combine", at("mean2"), a, b], "side by side": ["combine", at("side2"), a, b, "--by", "concatenate"],
        "mean of all three": ["combine", at("mean3"), a, b, c], "side by side, three": ["combine", at("side3"), a, b, c, "--by", "concatenate"],
    }
    aligned = firn("align", a, b, at("a-on-b"), json_answer=True), firn("align", c, b, at("c-on-b"), json_answer=True)
    made["mean of the two, CBOW aligned first"] = ["combine", at("aligned2"), at("a-on-b"), b]
    made["mean of all three, aligned first"] = ["combine", at("aligned3"), at("a-on-b"), b, at("c-on-b")]
    made["side by side, three, reduced to 100 by PCA"] = ["transform", at("side3"), at("side3-100"), "--dimension", 100]
    for name, table in (("wiki, CBOW", a), ("wiki, skip-gram", b)):
        made[f"{name}, all but the top 1"] = ["transform", table, at(table.stem + "-abtt1"), "--remove-components", 1]
        made[f"{name}, all but the top 3"] = ["transform", table, at(table.stem + "-abtt3"), "--remove-components", 3]
        made[f"{name}, reduced to 50 by PCA"] = ["transform", table, at(table.stem + "-pca50"), "--dimension", 50]
    for name, command in made.items():
        firn(*command)
        tables[name] = command[1] if command[0] == "combine" else command[2]
    header = None
    for name, path in tables.items():
        scores = firn("evaluate", path, *asked.tests, json_answer=True)["tests"]
        if header is None:
            header = [f"{test['test']} ({test.get('pairs', test.get('total'))})" for test in scores]
            print("| vectors | " + " | ".join(header) + " |\n|---|" + "---:|" * len(header))
        print(f"| {name} | " + " | ".join(f"{test.get('spearman', test.get('accuracy')):.3f}" for test in scores) + " |", flush=True)
    same = firn("align", at("wiki-sg"), at("wiki-sg-other-seed"), at("seeds"), "--first", 5000, json_answer=True)
    print("\n| alignment | words of the fit | mean cosine before | after | nearest is the word itself, before | after |\n|---|---:|---:|---:|---:|---:|")
    for name, facts, before, after, goal in (("wiki, skip-gram: seed 2 on seed 4", same, at("wiki-sg"), at("seeds"), at("wiki-sg-other-seed")),
                                             ("wiki: CBOW on skip-gram", aligned[0], a, at("a-on-b"), b), ("skip-gram: books on wiki", aligned[1], c, at("c-on-b"), b)):
        print(f"| {name} | {facts['pairs']:.0f} | {facts['meanCosineBefore']:.3f} | {facts['meanCosineAfter']:.3f} | {found(before, goal):.3f} | {found(after, goal):.3f} |")


def read(path):
    with open(path, "rb") as file:
        words, size = map(int, file.readline().split())
        names, rows = [], np.empty((words, size), np.float32)
        for i in range(words):
            name = bytearray()
            while (byte := file.read(1)) != b" ":
                name += byte if byte != b"\n" else b""
            names.append(name.decode())
            rows[i] = np.frombuffer(file.read(4 * size), np.float32)
    return names, rows


def found(path, goal):
    """The share of the words 5,001 to 10,000 (those past the fit) whose nearest word in the other table is the word itself."""
    (names, rows), (others, there) = read(path), read(goal)
    place = {name: i for i, name in enumerate(others)}
    rows, there = (t / np.maximum(np.linalg.norm(t, axis=1, keepdims=True), 1e-30) for t in (rows, there))
    asked = [i for i, name in enumerate(names) if name in place][5000:10000]
    nearest = (rows[asked] @ there.T).argmax(1)
    return float(np.mean([others[n] == names[i] for i, n in zip(asked, nearest)]))


main()
