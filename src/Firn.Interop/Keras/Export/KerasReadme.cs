using System.Globalization;
using System.Text;
using Firn.Interop.Export;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Interop.Keras.Export;

/// <summary>The page of code beside a Keras model.</summary>
internal static class KerasReadme
{
    public static string Of(Predictor predictor, ExportTarget target, IReadOnlyList<string> notes)
    {
        string Name(string part) => Path.GetFileName(target.PlaceOf(part));
        PaddedInput? rule = ShortModel.PaddingOf(predictor.Classifier.Options);
        string length = "padding=\"post\"",
            padding = "Texts may be padded with 0 on either side, to any length: pads are masked.";
        if (rule is { Length: > 0 })
        {
            string side = rule.Side == PaddingSide.Pre ? "pre" : "post",
                cut = rule.Truncating == Truncation.Head ? "post" : "pre";
            length = string.Create(
                CultureInfo.InvariantCulture,
                $"maxlen={rule.Length}, padding=\"{side}\", truncating=\"{cut}\""
            );
            padding =
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The model was made for texts padded {(rule.Side == PaddingSide.Pre ? "in front" : "behind")} "
                        + $"to {rule.Length} ids"
                ) + (rule.Masked ? "." : " and reads the pads.");
        }
        int outputs = predictor.Classifier.Options.OutputSize;
        var page = new StringBuilder();
        page.Append(
            $$"""
            # {{string.Join(", ", predictor.Labels.Take(8))}}{{(predictor.Labels.Count > 8 ? ", ..." : "")}}

            A text classifier of Firn {{Bundle.FirnVersion}} as a model of Keras. {{padding}}

            | file | what |
            |---|---|
            | `{{target.ModelName}}` | token ids [batch, time] to probabilities [batch, {{outputs}}] |
            | `{{Name(
                KerasTokenizerJson.Name
            )}}` | the vocabulary as Keras' `Tokenizer.to_json()`: splits cleaned texts {{(
                predictor.Tokenizer.Options.Keras?.Cut == KerasCut.Characters ? "between characters" : "at spaces"
            )}} |
            | `{{Name(
                Companions.Cleaning
            )}}` | from text to words: the rules (docs/text.md of Firn); {{Companions.UnknownWordsOf(
                predictor
            )}}; at most {{predictor.MaxTokens}} ids ({{predictor.Truncation}}) |
            | `{{Name(Companions.Labels)}}` | names, threshold |
            | `{{Name(Companions.Golden)}}` | texts, their ids, and the probabilities they must give: run it first |

            """
        );
        foreach (string note in notes)
            page.Append("\n**Note**: ").Append(note).Append('\n');
        page.Append(
            $$"""

            ```python
            import json
            import keras
            import numpy as np
            from keras.utils import pad_sequences  # keras.preprocessing.sequence in Keras 2

            model = keras.models.load_model("{{target.ModelName}}", compile=False)

            golden = json.load(open("{{Name(Companions.Golden)}}", encoding="utf-8"))
            ids = pad_sequences([t["ids"] for t in golden["texts"]], {{length}})
            expected = [t["probabilities"] for t in golden["texts"]]
            assert np.allclose(model.predict(ids), expected, rtol=0, atol=golden["tolerance"])

            # From words to ids, as the bundle makes them, without Keras' Tokenizer, which Keras 3 no longer has:
            id_of = json.loads(json.load(open("{{Name(
                KerasTokenizerJson.Name
            )}}", encoding="utf-8"))["config"]["word_index"])

            {{Companions.IdsInPython(predictor, Name(Companions.Cleaning))}}

            print(model.predict(pad_sequences([ids_of(["a", "text", "after", "the", "cleaning"])], {{length}})))
            ```

            """
        );
        return page.ToString().ReplaceLineEndings("\n");
    }
}
