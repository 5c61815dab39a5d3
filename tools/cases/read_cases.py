#!/usr/bin/env python3
"""Reads every file of a folder through `firn peek --json` and compares rows, texts and labels with what pandas reads.

    tools/cases/read_cases.py FOLDER [--firn "dotnet Firn.Cli.dll"] [--only NAME]

Prints a line a file: `same` (the same rows, texts and labels), `line` (refused with one clear line), or FAULT with what differs.
What pandas is to read is told by layout in EXPECTED below; a file that is not listed is read with pandas' defaults and the columns
`text` and `label`.
"""
import argparse
import ast
import bz2
import concurrent.futures
import csv
import gzip
import io
import json
import lzma
import pathlib
import re
import shlex
import subprocess
import tarfile
import zipfile

import pandas as pd


def table(text="text", label="label", **options):
    """A delimited file: columns by name, or by number from 0 where there is no header."""
    def read(path):
        data = pd.read_csv(path, dtype=str, keep_default_na=False, **options)
        data = data[~(data == "").all(axis=1)]
        texts = data[text] if not isinstance(text, list) else data[text].agg(" ".join, axis=1)
        return [(label_of(l), t) for l, t in zip(data[label] if data[label].ndim == 1 else data[label].iloc[:, 0], texts)]
    return read


def label_of(value):
    return str(value).strip()


def lines(split):
    def read(path):
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig", errors="surrogateescape")
        return [split(line.rstrip("\r")) for line in text.split("\n") if line.strip()]
    return read


def json_lines(text, label):
    def read(path):
        raw = path.read_bytes()
        body = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        rows = [json.loads(line) for line in body.split("\n") if line.strip()]
        return [(label_of(r[label]), r[text]) for r in rows]
    return read


def json_frame(text="text", label="label"):
    def read(path):
        value = json.loads(path.read_text("utf-8-sig"))
        if isinstance(value, dict) and len(value) == 1:
            value = next(iter(value.values()))
        if isinstance(value, dict):
            columns = [list(c.values()) if isinstance(c, dict) else c for c in (value[text], value[label])]
            return [(label_of(l), t) for t, l in zip(*columns)]
        return [(label_of(r[label]), r[text]) for r in value]
    return read


def excel(text="text", label="label"):
    def read(path):
        data = pd.read_excel(path, dtype=str, keep_default_na=False)
        return [(label_of(l), t) for l, t in zip(data[label], data[text])]
    return read


def parquet(text="text", label="label"):
    def read(path):
        data = pd.read_parquet(path)
        return [(label_of(l), t) for l, t in zip(data[label], data[text])]
    return read


def arff(path):
    body = path.read_text("utf-8").split("@data", 1)[1].strip()
    return [(row[1].strip(), row[0]) for row in csv.reader(io.StringIO(body), quotechar="'", escapechar="\\")]


def trees(path):
    rows = []
    for line in path.read_text("utf-8").split("\n"):
        if line.strip():
            words = re.findall(r"\(\d ([^()]+)\)", line)
            rows.append((line[1], " ".join(words)))
    return rows


def several(split, text="text", label="labels"):
    """Several labels in one cell: joined by bars, in any order."""
    def read(path):
        data = pd.read_csv(path, dtype=str, keep_default_na=False)
        return [("|".join(sorted(split(l))) or "|", t) for l, t in zip(data[label], data[text])]
    return read


def one_hot(text, *columns):
    def read(path):
        data = pd.read_csv(path)
        return [("|".join(sorted(c for c in columns if row[c] == 1)) or "|", row[text]) for _, row in data.iterrows()]
    return read


def json_lists(path):
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    return [("|".join(sorted(r["labels"])) or "|", r["text"]) for r in rows]


def prodigy(path):
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    return [(r["label"], r["text"]) for r in rows if r["answer"] == "accept"]


def intents(path):
    return [(i["tag"], p) for i in json.loads(path.read_text("utf-8"))["intents"] for p in i["patterns"]]


def fast_text(path):
    rows = []
    for line in path.read_text("utf-8-sig").split("\n"):
        if line.strip():
            words = line.split()
            labels = sorted(w[9:] for w in words if w.startswith("__label__"))
            rows.append(("|".join(labels), " ".join(w for w in words if not w.startswith("__label__"))))
    return rows


def folders(path):
    rows = []
    for folder in sorted(p for p in path.iterdir() if p.is_dir() and p.name != "unsup"):
        for file in sorted(p for p in folder.iterdir() if p.is_file()):
            rows.append((folder.name, file.read_bytes().decode("utf-8", errors="surrogateescape")))
    return rows


def inner(opener):
    def read(path):
        return table()(io.BytesIO(opener(path)))
    return read


def tarred(path):
    with tarfile.open(path) as archive:
        return archive.extractfile(archive.getmembers()[0]).read()


def zipped(path):
    with zipfile.ZipFile(path) as archive:
        return archive.read(archive.namelist()[0])


LINE = "line"      # must be refused with one clear line
EITHER = "either"  # may be refused or read; told by eye

# By pattern of the file's name: how pandas (or a few lines of Python) reads the layout, or LINE.
EXPECTED = [
    (r"IMDB Dataset\.csv", table("review", "sentiment")),
    (r"SMSSpamCollection", lines(lambda l: tuple(l.split("\t", 1)))),
    (r"News_.*\.json", json_lines("headline", "category")),
    (r"Sarcasm.*\.json", json_lines("headline", "is_sarcastic")),
    (r"yelp\.json", json_lines("text", "stars")),
    (r"(utf16|bom_jsonl)\.jsonl", json_lines("text", "label")),
    (r"(array|array_pretty|columns|columns_list|wrapped_pretty)\.json", json_frame()),
    (r"ag_kaggle\.csv", table("Description", "Class Index")),
    (r"ag/train\.csv|amazon_(train|sorted)\.csv|dbpedia_train\.csv", table([1, 2], 0, header=None)),
    (r"(amazon\.ft|bom_ft|ft_end|cooking).*\.txt", fast_text),
    (r"backslash_quotes\.csv", table(escapechar="\\")),
    (r"labeledTrainData\.tsv", table("review", "sentiment", sep="\t", escapechar="\\")),
    (r"bbc-text\.csv", table("text", "category")),
    (r"bom_labelfirst\.txt|(plain|kim).*_first\.txt", lines(lambda l: tuple(l.split(" ", 1)))),
    (r"bom_noheader\.csv", table(1, 0, header=None, encoding="utf-8-sig")),
    (r"conll.*\.txt|numbers_plain\.txt|textonly\.csv|.*_test\.txt|latin1_de\.(txt|gold)|ml_(train|test)\.txt|zero\.csv|header_only\.csv|utf16_jsonl\.jsonl", LINE),
    (r"data\.pkl|aclImdb$|empty_label\.csv|open_quote\.csv|inner_quote\.csv|comma_unquoted\.csv|quora_pairs\.csv|gbk\.csv", LINE),
    (r"disaster_test\.csv|rt_test\.tsv", LINE),
    (r"data\.zip", inner(zipped)),
    (r".*\.csv\.bz2", inner(lambda p: bz2.decompress(p.read_bytes()))),
    (r".*\.csv\.xz", inner(lambda p: lzma.decompress(p.read_bytes()))),
    (r".*\.csv\.gz", inner(lambda p: gzip.decompress(p.read_bytes()))),
    (r"disaster_train\.csv", table("text", "target")),
    (r"emotions_train\.txt", table(0, 1, header=None, sep=";")),
    (r"semi_commas\.txt", table(0, 1, header=None, sep=";")),
    (r"semi_decimal\.csv", table(sep=";")),
    (r"sepline\.csv", table(sep=";", skiprows=1)),
    (r"preamble\.csv", table(comment="#")),
    (r"single_quotes\.csv", table(quotechar="'")),
    (r"space_(after_comma|quoted)\.csv", table(skipinitialspace=True)),
    (r"float_labels\.csv", table("clean_text", "category")),
    (r"latin1_de\.csv", table(encoding="latin-1")),
    (r"utf16_nobom\.csv", table(encoding="utf-16le")),
    (r"utf16_tab\.txt", table(encoding="utf-16", sep=None, engine="python")),
    (r"utf16(be|le)\.csv", table(encoding="utf-16")),
    (r"utf8bom.*\.csv", table(encoding="utf-8-sig")),
    (r"quora_train\.csv", table("question_text", "target")),
    (r"rt_train\.tsv", table("Phrase", "Sentiment", sep="\t")),
    (r"semeval_trailingtab\.txt|twitter-.*\.txt", table(2, 1, header=None, sep="\t", quoting=csv.QUOTE_NONE)),
    (r"spam_v1v2\.csv", table("v2", "v1", encoding="latin-1")),
    (r"test_other\.tsv", table("review", "stars", sep="\t")),
    (r"trailing_empty_rows\.csv", table("text", "sentiment")),
    (r"trec\.txt", lines(lambda l: tuple(l.split(" ", 1)))),
    (r"twitter_training\.csv", table(3, 2, header=None)),
    (r"unknown_cols\.csv", table("foo", "bar")),
    (r"data\.parquet", parquet()),
    (r"data\.xlsx", excel()),
    (r".*\.tar\.gz", inner(tarred)),
    (r"arff\.arff", arff),
    (r"sst_.*\.txt", trees),
    (r"lists\.jsonl", json_lists),
    (r"prodigy\.jsonl", prodigy),
    (r"intents\.json", intents),
    (r"jigsaw.*\.csv", one_hot("comment_text", "toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")),
    (r"ml_onehot.*\.csv", one_hot("text", "sport", "tech", "politics", "food", "travel")),
    (r"ml_pylist\.csv", several(ast.literal_eval)),
    (r"ml_comma\.csv", several(lambda l: [part for part in l.split(",") if part])),
    (r"ml_.*\.csv", several(lambda l: [part for part in l.split("|") if part])),
]


def expected(name):
    for pattern, how in EXPECTED:
        if re.fullmatch(pattern, name):
            return how
    return table() if name.endswith((".csv", ".txt", ".tsv")) else EITHER


def number(label):
    try:
        return float(label)
    except ValueError:
        return label


def same_label(a, b):
    return a == b or number(a) == number(b) or sorted(a.split("|")) == sorted(b.split("|")) or a.lower() == b.lower() in ("true", "false")


def same_text(a, b):
    def plain(text):  # bytes that are no UTF-8 are Windows-1252 to one and escapes to the other; pandas cuts at a NUL
        text = "".join(bytes([ord(c) - 0xDC00]).decode("cp1252", errors="replace") if 0xDC80 <= ord(c) <= 0xDCFF else c for c in text)
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return plain(a) == plain(b) or "\0" in a and plain(a).split("\0")[0] == plain(b)


def check(command, path, name):
    how = expected(name)
    run = subprocess.run([*command, "peek", str(path), "--json", "--rows", "1000"], capture_output=True, text=True)
    if run.returncode != 0:
        words = run.stderr.strip()
        if "\n" in words or "internal error" in words or run.returncode != 1:
            return "FAULT", f"exit {run.returncode}: {words[:300]}"
        return ("line" if how in (LINE, EITHER) else "line?"), words[:230]
    found = json.loads(run.stdout)
    told = f"{found['layout']}, {found['encoding']}, text {found['textColumn']}, label {found['labelColumn']}, {found['rows']} rows, {found['distinctLabels']} labels"
    if found["remarks"]:
        told += " | " + "; ".join(found["remarks"])
    if how == LINE:
        return ("FAULT" if found["rows"] else "line"), told
    if how == EITHER:
        return "eye", told
    rows = [(row["label"], row["text"]) for row in found["first"]]
    try:
        wanted = how(path)
    except ImportError as error:  # a reader that is not installed
        return "eye", f"{error}".split(".")[0] + f"; {told}"
    except Exception as error:  # pandas refuses where the tool reads
        return "FAULT", f"pandas: {error}; {told}"
    if found["rows"] != len(wanted):
        return "FAULT", f"{found['rows']} rows, pandas has {len(wanted)}; {told}"
    for i, (row, want) in enumerate(zip(rows, wanted)):
        if not same_label(row[0], want[0]) or not same_text(row[1], want[1]):
            return "FAULT", f"row {i + 1}: {row!r}, pandas has {want!r}; {told}"[:400]
    return "same", told


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--firn", default="./firn")
    parser.add_argument("--only")
    given = parser.parse_args()
    paths = sorted(p for p in given.folder.iterdir())
    paths = [inner for p in paths for inner in ([p / "train.csv"] if p.is_dir() and (p / "train.csv").exists() else [p])]
    jobs = [(p, str(p.relative_to(given.folder))) for p in paths if not given.only or re.search(given.only, p.name)]
    jobs = [(p, n, folders) if p.is_dir() and n != "aclImdb" else (p, n, None) for p, n in jobs]
    counts = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        def one(job):
            path, name, how = job
            if how is not None:
                EXPECTED.insert(0, (re.escape(name), how))
            return name, *check(shlex.split(given.firn), path, name)
        for name, verdict, told in pool.map(one, jobs):
            counts[verdict] = counts.get(verdict, 0) + 1
            print(f"{verdict:6} {name:26} {told}")
    print(", ".join(f"{n} {v}" for v, n in sorted(counts.items())))
    raise SystemExit(1 if "FAULT" in counts else 0)


if __name__ == "__main__":
    main()
