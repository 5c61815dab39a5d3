"""Golden values for the notebook's cleaning, the Keras vocabulary and scikit-learn's split.

  /usr/bin/python3 tools/golden/text_notebook.py DATA tests/Firn.Tests/Golden/Text

DATA is the folder that holds sentiment140/ and text/. Needs Debian's python3-sklearn and python3-nltk. Writes hashes and
ids only, no tweet. Python's own re, str.lower and str.split are the measure.
"""
import csv, gzip, hashlib, json, os, random, re, sys
from collections import OrderedDict
from nltk.stem import SnowballStemmer
from sklearn.model_selection import train_test_split

data, out = sys.argv[1:3]
CLEANING = r"@\S+|https?:\S+|http?:\S|[^A-Za-z0-9]+"
STOP = set(open(os.path.join(data, "text/nltk_stopwords_english.txt")).read().split())
stemmer = SnowballStemmer("english")
# Where NLTK 3.8 departs from Snowball's algorithm: it forgets R2 in step 2 (realize gives realiz, realization realize).
# snowball_english_classic decides: sensational gives sensat there, realize gives realiz.
SNOWBALL = {"120sized": "120size", "ionizer": "ioniz", "realization": "realiz", "realizations": "realiz", "sensationalism": "sensat",
            "tweeplization": "tweepliz"}


def clean(text):
    return re.sub(CLEANING, ' ', str(text).lower()).strip()


def sha(lines):
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def write(name, value):
    with open(os.path.join(out, name), "w", encoding="ascii", newline="\n") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def fit(documents, oov=None):
    """keras.preprocessing.text.Tokenizer.fit_on_texts on token lists, re-implemented."""
    counts = OrderedDict()
    for tokens in documents:
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: item[1], reverse=True)
    words = ([oov] if oov else []) + [word for word, _ in ordered]
    return {word: i + 1 for i, word in enumerate(words)}, counts


with gzip.open(os.path.join(data, "sentiment140/sentiment140_union.csv.gz"), "rt", encoding="utf-8", newline="") as file:
    tweets = [row["text"] for row in csv.DictReader(file)]
cleaned = [clean(t) for t in tweets]
tokens = [[w for w in t.split() if w not in STOP] for t in cleaned]
stems = {w: SNOWBALL.get(w) or stemmer.stem(w) for w in set(w for t in tokens for w in t)}
stemmed = [[stems[w] for w in t] for t in tokens]

pieces = ["@", "@a", "@ b", " ", "  ", "\t", "\n", "http", "http:", "htt:", "https:", "htt", "HTTP://", "httpss:", "x", "7", "ab", "://",
          "\u0130", "\u212a", "\u03a3", "\u00df", "\x1c", "\x1f", "\x85", "\xa0", "\u2003", "\u200b", "\u3000", "\u180e", "\ufeff",
          "\U0001f600", "\U00010400", "\u00e9", "&amp;", "don't", "'", "_", "-", "h", "ht", "t", "s:", ":", "A", "Z9"]
random.seed(1)
cases = ["", " ", "@", "@@", "@ @", "a@b", "a@ b", "hi @you", "@you hi", "!@you", "a.@b", "@a @b c", "@a@b c", "http:", "http: x", "http:x y",
         "htt:x", "htt:xyz", "htt:/xyz", "htt:@ab c", "htt: x", "https:", "https://a.b c", "xhttp://foo bar", "httphttp://a b", "hhttp:/ a",
         "htt:\u0130xyz", "htt:\u0130\u0130x", "htt:\U0001f600@ab c", "\u0130", "a\u0130b", "@\u0130 b", "\u0130@a b", "HTTP://X y",
         "HT\u0130P://x", "\u212aelvin", "O\u212a", "a\x1cb", "@a\x1cb", "@a\x85b", "@a\u200bb c", "@a\u3000b", "http:\xa0b", "http:\x1fb",
         "\u1e9e", "\ufb01", "\u01c5", "stra\u00dfe", "1,000.50", "don't", "_x_", "caf\u00e9", "htt:h", "htt:http://a b", "htt:htt:htt:abc"]
cases += ["".join(random.choice(pieces) for _ in range(random.randint(1, 12))) for _ in range(1500)]

write("notebook.json", {
    "tweets": len(tweets),
    "raw_sha256": sha(tweets),
    "cleaned_sha256": sha(cleaned),
    "tokens_sha256": sha(" ".join(t) for t in tokens),
    "stemmed_sha256": sha(" ".join(t) for t in stemmed),
    "cleaned_first": [hashlib.sha256(c.encode()).hexdigest()[:12] for c in cleaned[:3000]],
    "cases": [[case, clean(case)] for case in cases],
})

train, test = train_test_split(list(range(len(tweets))), test_size=1 - 0.8, random_state=42)
index, counts = fit(tokens[i] for i in train)
words = list(index)
encoded = [[index[w] for w in tokens[i] if w in index] for i in test]
write("vocabulary.json", {
    "rows": len(index) + 1,
    "words_sha256": sha(words),
    "first": words[:50],
    "counts_first": [counts[w] for w in words[:50]],
    "file_sha256": sha(["<pad>"] + words),
    "file_with_unknown_sha256": sha(["<pad>", "<unk>"] + words),
    "test_ids_sha256": sha(" ".join(map(str, ids)) for ids in encoded),
    "test_ids": sum(map(len, encoded)),
})

splits = []
for n in (2, 3, 10, 97, 1000, 32768, 65536, 65537, 218063, 1600000):
    for size, text in ((0.2, "0.2"), (1 - 0.8, "1-0.8"), (0.1, "0.1"), (0.5, "0.5"), (0.333, "0.333")):
        for seed in (0, 42, 4294967295):
            if n > 100000 and (size not in (0.2, 1 - 0.8) or seed == 0 and n > 1000000):
                continue
            try:
                train, test = train_test_split(list(range(n)), test_size=size, random_state=seed)
            except ValueError:
                continue
            splits.append({"n": n, "size": text, "seed": seed, "tests": len(test), "trains": len(train), "test_first": test[:5],
                           "sha256": sha([" ".join(map(str, test)), " ".join(map(str, train))])})
write("split.json", splits)
