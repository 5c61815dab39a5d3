using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Tests.Bundles;
using Firn.Text;

namespace Firn.Tests.Interop.Export;

/// <summary>Small models to export, and texts for them.</summary>
internal static class ExportModels
{
    public const int Words = 60;

    /// <summary>
    /// A model with weights that are not zero anywhere, over a table in which some words have no vector and two share
    /// one.
    /// </summary>
    public static Predictor Make(ClassifierOptions options, bool linear = false, bool prior = false)
    {
        string[] labels = [.. Enumerable.Range(0, options.Classes).Select(c => $"label{c}")];
        Predictor plain = SmallPredictor.Make(7, labels, options, Words);
        EmbeddingTable table = plain.Classifier.Embedding;
        int[] rowOf = table.RowOf.ToArray();
        (rowOf[3], rowOf[8], rowOf[9]) = (0, 0, rowOf[10]);
        var model = new TextClassifier(
            plain.Classifier.Options,
            new EmbeddingTable(rowOf, table.Rows, table.Dimension),
            3
        );
        var random = new Random(11);
        foreach (Parameter bias in model.Parameters.Where(p => p.Name.EndsWith("bias", StringComparison.Ordinal)))
        {
            foreach (ref float value in bias.Values.Span)
                value += (float)(random.NextDouble() - 0.5);
        }
        if (linear)
        {
            int[] classOf = [.. Enumerable.Range(0, 120).Select(i => i % options.Classes)];
            var wide = new LinearBranchOptions { LongestCharacters = options.Layers > 1 ? 4 : 0 };
            model.LinearBranch = NgramClassifier.Fit(
                Texts(120),
                plain.Vocabulary,
                classOf,
                options.Classes,
                [],
                wide,
                1
            );
        }
        if (prior)
            model.Prior = [.. Enumerable.Range(0, options.OutputSize).Select(k => 0.1f + 0.2f * k)];
        return new Predictor(plain.Tokenizer, plain.Vocabulary, model, labels);
    }

    /// <summary>Texts of 0 to 300 words.</summary>
    public static RaggedIds Texts(int count)
    {
        var random = new Random(5);
        int[] lengths = [0, 1, 2, 3, 299, 300];
        int[] Words(int length) =>
            [
                .. Enumerable
                    .Range(0, length)
                    .Select(_ => 1 + (int)(ExportModels.Words * Math.Pow(random.NextDouble(), 2) * 0.98)),
            ];
        return RaggedIds.From([
            .. Enumerable.Range(0, count).Select(i => Words(i < lengths.Length ? lengths[i] : random.Next(25))),
        ]);
    }
}
