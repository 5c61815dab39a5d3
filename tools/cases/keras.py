"""Imports public Keras models by the tool, each by one command, and holds their scores against their references.

Usage: python3 tools/cases/keras.py FOLDER [FIRN]
FOLDER holds a folder a model with its files and reference.json (ids, outputs, texts, feed, labels). FIRN is the command (./firn).
Prints a table: the largest difference over ids, and over the texts whose cleaning is known; ends with 1 where one is above 2e-5.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

# What each author's program says and the files do not; the rest of the command is made of reference.json.
KNOWN = {
    "emotion-bilstm-mask-k310": ("emocoes_best.keras", "tokenizer.pickle", []),
    "emotions-simplernn-k38": ("emotion_rnn_model.h5", "none", []),
    "epar-bilstm-functional-k24": ("epar_sentiment_analysis_lstm.h5", "tokenizer.pickle", []),
    "farm-tweets-lstm-k28": ("model.h5", "tokenizer.pkl", ["--cleaning", "notebook"]),
    "hate-conv-flatten-k215": ("hate_speech_model.keras", "tokenizer.pkl", []),
    "intent-gap-k38": ("intent_model.h5", "word_index.json", ["--num-words", "1000", "--oov-token", "<OOV>"]),
    "korean-lstm-k211": ("best_model.h5", "tokenizer.pickle", []),
    "mongolian-textcnn-functional-k23": ("model.h5", "final_info.pkl", []),
    "mood-lstm-en-k27": ("modelo_sentimientos_lemma.h5", "diccionario_lemma.json", ["--cleaning", "lower", "--num-words", "none", "--oov-token", "none"]),
    "news-lstm2-id-k27": ("model.h5", "word_index.json", ["--num-words", "4100", "--oov-token", "x"]),
    "notes-conv-bilstm-seq-zh-tf23": ("NLP_model.h5", "tokenizer.pickle", ["--step", "first"]),
    "politics-gru-frozen-id-k211": ("gru.h5", "tokenizer.pkl", []),
    "quote-gap-k30": ("sentiment_model.h5", "tokenizer.pickle", []),
    "review-conv1d-id-k34": ("model_cnn.h5", "tokenizer.pkl", []),
    "sarcasm-bilstm-frozen-k38": ("sarcasm_model.h5", "tokenizer.pkl", []),
    "spam-bigru-k24": ("spam_gru32.h5", "tokenizer.json", ["--cleaning", [{"replace": "[^a-zA-Z]", "by": " "}]]),
    "spam-gap-keras314": ("spam_model.keras", "tokenizer.pkl", []),
    "spam-gru-mask-k313": ("gru_model.keras", "none", []),
    "spam-lstm-weights-json-k23": ("lstm_model.h5", "lstm_tokenizer.pickle", []),
    "spam-simplernn-keras315": ("spam_model.keras", "tokenizer.pkl", ["--cleaning", [{"lower_case": True}, {"replace": "[^a-z0-9\\s]"}]]),
    "spam-textvec-keras315": ("spam_model.keras", None, []),
}


def run(firn, *args, text=None):
    done = subprocess.run([*firn, *args], input=text, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return done.stdout


def scores(firn, bundle, lines, *options):
    answer = json.loads(run(firn, "predict", bundle, "--json", *options, text="\n".join(lines) + "\n"))
    return [p["probabilities"] for p in answer["predictions"]]


def values(row):
    return list(row.values()) if isinstance(row, dict) else row


def difference(expected, found):
    """Of two classes with one output the tool writes both probabilities."""
    found = values(found)
    if len(expected) == 1:
        return abs(expected[0] - found[-1])
    return max(abs(a - b) for a, b in zip(expected, found, strict=True))


def expected_row(output):
    return output["first"][0] if isinstance(output, dict) else output


def main():
    folder, firn = sys.argv[1], (sys.argv[2:] or ["./firn"])
    place, worst = tempfile.mkdtemp(), 0.0
    print(f"{'model':36} {'ids':>9} {'texts':>9}")
    for name, (model, tokenizer, options) in KNOWN.items():
        with open(os.path.join(folder, name, "reference.json"), encoding="utf-8") as f:
            reference = json.load(f)
        feed, bundle = reference["feed"], os.path.join(place, name)
        options = list(options)
        for i, option in enumerate(options):
            if isinstance(option, list):
                options[i] = os.path.join(place, name + ".json")
                with open(options[i], "w", encoding="utf-8") as f:
                    json.dump(option, f)
        if tokenizer is not None:
            options += ["--tokenizer", tokenizer if tokenizer == "none" else os.path.join(folder, name, tokenizer)]
            options += ["--padding", feed["padding"], "--truncating", feed["truncating"]]
            options += [] if "--cleaning" in options or tokenizer == "none" else ["--cleaning", "keras"]
        labels = os.path.join(place, name + ".labels.json")
        with open(labels, "w", encoding="utf-8") as f:
            json.dump(reference["labels"], f)
        try:
            run(firn, "import", os.path.join(folder, name, model), "--labels", labels, "--max-len", str(feed["maxlen"]), "--out", bundle, *options)
            ids = scores(firn, bundle, [" ".join(map(str, row)) for row in reference["ids"]], "--ids")
            of_ids = max(difference(expected_row(e), f) for e, f in zip(reference["outputs"], ids, strict=True))
            known = [(t, e) for t, e in zip(reference["texts"], reference["outputs"], strict=True) if t]
            found = scores(firn, bundle, [t for t, _ in known]) if known else []
            of_texts = max((difference(expected_row(e), f) for (_, e), f in zip(known, found, strict=True)), default=None)
            worst = max(worst, of_ids, of_texts or 0)
            print(f"{name:36} {of_ids:9.1e} {'' if of_texts is None else f'{of_texts:9.1e}':>9}")
        except RuntimeError as error:
            worst = 1.0
            print(f"{name:36} {error}")
    shutil.rmtree(place)
    print(f"{len(KNOWN)} models, largest difference {worst:.1e}")
    sys.exit(0 if worst <= 2e-5 else 1)


main()
