using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Firn.Interop.Export;
using Firn.Text;

namespace Firn.Interop.Keras.Export;

/// <summary>
/// A vocabulary as Keras' <c>Tokenizer.to_json</c> gives it. The ids are the same: 0 is no word, and <c>&lt;unk&gt;</c> is 1
/// where unknown words have a row. It splits cleaned texts at spaces and changes nothing else.
/// </summary>
internal static class KerasTokenizerJson
{
    public const string Name = "tokenizer.json";

    private static readonly JsonSerializerOptions AsTheyAre = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ExportPart Of(Vocabulary vocabulary)
    {
        JsonObject ids = [], words = [];
        for (int id = 1; id < vocabulary.Count; id++)
        {
            ids[vocabulary[id]] = id;
            words[id.ToString(System.Globalization.CultureInfo.InvariantCulture)] = vocabulary[id];
        }
        return Companions.Json(Name, new JsonObject
        {
            ["class_name"] = "Tokenizer",
            ["config"] = new JsonObject
            {
                ["num_words"] = null,
                ["filters"] = "",
                ["lower"] = false,
                ["split"] = " ",
                ["char_level"] = false,
                ["oov_token"] = vocabulary.UnknownId > 0 ? Vocabulary.UnknownToken : null,
                ["document_count"] = 0,
                ["word_counts"] = "{}",
                ["word_docs"] = "{}",
                ["index_docs"] = "{}",
                ["index_word"] = words.ToJsonString(AsTheyAre),
                ["word_index"] = ids.ToJsonString(AsTheyAre),
            },
        });
    }
}
