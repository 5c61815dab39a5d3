using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Firn.Interop.Export;
using Firn.Text;

namespace Firn.Interop.Keras.Export;

/// <summary>
/// A vocabulary as Keras' <c>Tokenizer.to_json</c> gives it. The ids are the same: 0 is no word, the unknown word is
/// the <c>oov_token</c>, and ids without a word are left out. It splits cleaned texts at spaces, or between characters,
/// and changes nothing else.
/// </summary>
internal static class KerasTokenizerJson
{
    public const string Name = "tokenizer.json";

    private static readonly JsonSerializerOptions AsTheyAre = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static ExportPart Of(Predictor predictor)
    {
        Vocabulary vocabulary = predictor.Vocabulary;
        int unknown = vocabulary.UnknownId;
        JsonObject ids = [],
            words = [];
        for (int id = 1; id < vocabulary.Count; id++)
        {
            if (id != unknown && KerasWords.IsUnused(vocabulary, id))
                continue;
            ids[vocabulary[id]] = id;
            words[id.ToString(System.Globalization.CultureInfo.InvariantCulture)] = vocabulary[id];
        }
        return Companions.Json(
            Name,
            new JsonObject
            {
                ["class_name"] = "Tokenizer",
                ["config"] = new JsonObject
                {
                    ["num_words"] = null,
                    ["filters"] = "",
                    ["lower"] = false,
                    ["split"] = " ",
                    ["char_level"] = predictor.Tokenizer.Options.Keras?.Cut == KerasCut.Characters,
                    ["oov_token"] = unknown > 0 ? vocabulary[unknown] : null,
                    ["document_count"] = 0,
                    ["word_counts"] = "{}",
                    ["word_docs"] = "{}",
                    ["index_docs"] = "{}",
                    ["index_word"] = words.ToJsonString(AsTheyAre),
                    ["word_index"] = ids.ToJsonString(AsTheyAre),
                },
            }
        );
    }
}
