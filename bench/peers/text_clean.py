"""The notebook's cleaning in Python: asked for a number of seconds, answers with tweets cleaned and seconds taken."""
import csv, gzip, re, sys, time

STOP = set(sys.argv[2].split())
EXPRESSION = r"@\S+|https?:\S+|http?:\S|[^A-Za-z0-9]+"
with gzip.open(sys.argv[1], "rt", encoding="utf-8", newline="") as file:
    tweets = [row["text"] for row in csv.DictReader(file)][:20000]

print("ready Python", sys.version.split()[0], flush=True)
for line in sys.stdin:
    seconds, done, start = float(line), 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for text in tweets:
            text = re.sub(EXPRESSION, ' ', str(text).lower()).strip()
            [token for token in text.split() if token not in STOP]
        done += len(tweets)
    print(done, time.perf_counter() - start, flush=True)
