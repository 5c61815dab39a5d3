using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Server.Tests;

/// <summary>Small bundles with random weights, in a folder that goes away with the test.</summary>
internal sealed class TestModels : IDisposable
{
    public const string Name = "tweets";
    private static readonly string[] Words =
    [
        "good",
        "bad",
        "love",
        "song",
        "day",
        "rain",
        "happy",
        "sad",
        "very",
        "school",
    ];

    public string Root { get; } = Directory.CreateTempSubdirectory("firn-server-").FullName;

    public static Predictor Make(ulong seed, int words = 40, string[]? labels = null, int hidden = 6, int width = 8)
    {
        labels ??= ["negative", "positive"];
        var builder = new VocabularyBuilder();
        for (int i = 0; i < words; i++)
            builder.Add(i < Words.Length ? Words[i] : $"word{i}", 100_000 - i);
        Vocabulary vocabulary = builder.Build();
        EmbeddingTable table = EmbeddingTable.Random(vocabulary.Count, width, seed);
        foreach (ref float value in table.Rows.Span)
            value *= 20;
        var options = new ClassifierOptions { HiddenSize = hidden, Classes = labels.Length };
        return new Predictor(
            new Tokenizer(CleaningOptions.Tweets),
            vocabulary,
            new TextClassifier(options, table, seed),
            labels
        );
    }

    /// <summary>Saves a predictor as a version of a model; returns its folder.</summary>
    public string Add(Predictor predictor, long version, string name = Name)
    {
        string folder = Path.Combine(Root, name, version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        predictor.Save(folder);
        return folder;
    }

    /// <summary>The scores that the library gives to texts, one by one.</summary>
    public static float[] Offline(Predictor predictor, params string[] texts) =>
        [.. texts.SelectMany(text => predictor.Probabilities(predictor.Encode([text])))];

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // A server that is still closing may hold a file; the system's temporary folder is swept anyway.
        }
    }
}
