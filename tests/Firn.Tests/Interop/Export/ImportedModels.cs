using System.Text.Json;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Preprocessing;
using Firn.Tests.Interop.Keras;

namespace Firn.Tests.Interop.Export;

/// <summary>Models of <c>tools/golden/import_keras.py</c> with a tokenizer of some words.</summary>
internal static class ImportedModels
{
    /// <summary>An LSTM of twelve ids over texts padded to seven.</summary>
    public static Predictor Make(string folder, KerasTokenizerOptions options, IEnumerable<(string Word, int Id)> words)
    {
        JsonElement golden = KerasLayerTests
            .All.EnumerateArray()
            .Single(c => c.GetProperty("name").GetString() == "LSTM, pre, mask False");
        string model = KerasGolden.Write(golden, folder, "imported.h5"),
            tokenizer = Path.Combine(folder, "imported.json");
        var config = new Dictionary<string, object?>
        {
            ["num_words"] = options.NumWords,
            ["filters"] = options.Filters,
            ["lower"] = options.Lower,
            ["split"] = options.Split,
            ["char_level"] = options.CharLevel,
            ["oov_token"] = options.OovToken,
            ["word_index"] = JsonSerializer.Serialize(words.ToDictionary(w => w.Word, w => w.Id)),
        };
        File.WriteAllText(
            tokenizer,
            JsonSerializer.Serialize(
                new Dictionary<string, object> { ["class_name"] = "Tokenizer", ["config"] = config }
            )
        );
        return KerasModel.Import(
            model,
            new KerasImportOptions
            {
                Tokenizer = tokenizer,
                Labels = ["bad", "good"],
                Padding = KerasSide.Pre,
                Cleaning = KerasCleaning.Keras,
            }
        );
    }
}
