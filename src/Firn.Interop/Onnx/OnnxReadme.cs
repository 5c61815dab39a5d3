using System.Globalization;
using System.Text;
using Firn.Interop.Export;
using Firn.Model;

namespace Firn.Interop.Onnx;

/// <summary>The page of code beside an ONNX model.</summary>
internal static class OnnxReadme
{
    public static string Of(Predictor predictor, ExportTarget target, IReadOnlyList<string> notes)
    {
        string Name(string part) => Path.GetFileName(target.PlaceOf(part));
        var page = new StringBuilder();
        page.Append(
            $"""
            # {predictor.Labels.Count} labels: {string.Join(", ", predictor.Labels.Take(8))}{(
                predictor.Labels.Count > 8 ? ", ..." : ""
            )}

            A text classifier of Firn {Bundle.FirnVersion} in ONNX: opset {OnnxGraph.Opset}, IR version
            {OnnxGraph.IrVersion}, for ONNX Runtime 1.7 and later.

            | | name | type | shape |
            |---|---|---|---|
            | input | `ids` | int64 | [batch, time], each text from the left, anything behind its end |
            | input | `lengths` | int64 | [batch], the number of ids of each text, 0 for an empty one |
            | output | `probabilities` | float | [batch, {predictor.Classifier.Options.OutputSize}] |

            {Meaning(predictor)}

            | file | what |
            |---|---|
            | `{Name(Companions.Vocabulary)}` | a word a line; the line's number, from 0, is the id; 0 is no word |
            | `{Name(
                Companions.Cleaning
            )}` | from text to words: the rules (docs/text.md of Firn); {Companions.UnknownWordsOf(
                predictor
            )}; at most {predictor.MaxTokens} ids ({predictor.Truncation}) |
            | `{Name(Companions.Labels)}` | names, threshold |
            | `{Name(Companions.Golden)}` | texts, their ids, and the probabilities they must give: run it first |

            """
        );
        foreach (string note in notes)
            page.Append("\n**Note**: ").Append(note).Append('\n');
        page.Append(
            $$"""

            ## Python

            ```python
            import json
            import numpy as np
            import onnxruntime

            session = onnxruntime.InferenceSession("{{target.ModelName}}")

            def score(texts):  # lists of ids
                lengths = np.array([len(t) for t in texts], np.int64)
                ids = np.zeros((len(texts), max(lengths, default=0)), np.int64)
                for row, text in zip(ids, texts):
                    row[:len(text)] = text
                return session.run(None, {"ids": ids, "lengths": lengths})[0]

            golden = json.load(open("{{Name(Companions.Golden)}}", encoding="utf-8"))
            found = score([t["ids"] for t in golden["texts"]])
            assert np.allclose(found, [t["probabilities"] for t in golden["texts"]], rtol=0, atol=golden["tolerance"])

            # From words to ids, as the bundle makes them:
            words = open("{{Name(Companions.Vocabulary)}}", encoding="utf-8", newline="").read().split("\n")[:-1]
            id_of = {word: id for id, word in enumerate(words) if id > 0}

            {{Companions.IdsInPython(predictor, Name(Companions.Cleaning))}}

            print(score([ids_of(["a", "text", "after", "the", "cleaning"])]))
            ```

            ## JavaScript

            ```js
            const ort = require("onnxruntime-node"); // in a browser: onnxruntime-web
            const fs = require("fs");

            async function score(session, texts) { // arrays of ids
              const time = Math.max(0, ...texts.map(t => t.length));
              const ids = new BigInt64Array(texts.length * time);
              texts.forEach((text, i) => text.forEach((id, t) => { ids[i * time + t] = BigInt(id); }));
              const lengths = BigInt64Array.from(texts, t => BigInt(t.length));
              const output = await session.run({
                ids: new ort.Tensor("int64", ids, [texts.length, time]),
                lengths: new ort.Tensor("int64", lengths, [texts.length]),
              });
              return output.probabilities; // .data, .dims
            }

            async function main() {
              const session = await ort.InferenceSession.create("{{target.ModelName}}");
              const golden = JSON.parse(fs.readFileSync("{{Name(Companions.Golden)}}", "utf8"));
              const found = (await score(session, golden.texts.map(t => t.ids))).data;
              const expected = golden.texts.flatMap(t => t.probabilities);
              if (expected.some((p, i) => Math.abs(p - found[i]) > golden.tolerance)) throw new Error("other scores");
              console.log("golden.json agrees");
            }
            main();
            ```

            """
        );
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Meaning(Predictor predictor) =>
        predictor.Classifier.Options.Output switch
        {
            OutputActivation.Softmax => "One probability a label, in the order above; they sum to 1.",
            OutputActivation.Sigmoids => string.Create(
                CultureInfo.InvariantCulture,
                $"One probability a label, each by itself; a text has those from {predictor.Threshold} on."
            ),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"The probability of `{predictor.Labels[1]}`; from {predictor.Threshold} on that is the label, below "
                    + $"it `{predictor.Labels[0]}`."
            ),
        };
}
