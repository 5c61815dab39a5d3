using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Bundles;

/// <summary>A whole predictor with random weights.</summary>
internal static class SmallPredictor
{
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
        "not",
        "very",
    ];

    public static Predictor Make(
        ulong seed = 1,
        string[]? labels = null,
        ClassifierOptions? options = null,
        int words = 10
    )
    {
        labels ??= ["negative", "positive"];
        var builder = new VocabularyBuilder();
        for (int i = 0; i < words; i++)
            builder.Add(i < Words.Length ? Words[i] : $"word{i}", 1000 - i);
        Vocabulary vocabulary = builder.Build();
        EmbeddingTable table = EmbeddingTable.Random(vocabulary.Count, 6, seed);
        foreach (ref float value in table.Rows.Span)
            value *= 20;
        options ??= new ClassifierOptions { HiddenSize = 5 };
        return new Predictor(
            new Tokenizer(CleaningOptions.Tweets),
            vocabulary,
            new TextClassifier(options with { Classes = labels.Length }, table, seed),
            labels
        );
    }
}
