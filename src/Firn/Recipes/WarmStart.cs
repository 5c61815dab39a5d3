using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Firn.Data;
using Firn.Files;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Recipes;

/// <summary>
/// What a recipe takes from a trained bundle: first general, then particular data (Howard, Ruder 2018, "Universal
/// language model fine-tuning"; Severyn, Moschitti 2015, who go from emoticon labels to human ones).
/// </summary>
internal sealed class WarmStart : IDisposable
{
    private readonly TrainedBundle _source;

    /// <param name="source">Let go with this object.</param>
    public WarmStart(TrainedBundle source) => _source = source;

    /// <summary>What the bundle itself was trained on.</summary>
    public DataSource Data => _source.Data;

    /// <summary>The options with what the bundle decides: cleaning, unknown words, the shape of the LSTM.</summary>
    public RecipeOptions Apply(RecipeOptions options)
    {
        CleaningOptions cleaning = _source.Cleaning;
        ClassifierOptions shape = _source.Classifier.Options;
        if (shape.Padding is { Length: > 0 } padded)
            options = options with { MaxTokens = padded.Length, Truncation = padded.Truncating };
        return options with
        {
            // A bundle's words are as its cleaning gives them; hash tags left out or given beside their words change
            // none of them.
            Cleaning = cleaning with
            {
                KeepHashTags = cleaning.KeepHashTags || options.Cleaning.KeepHashTags,
                DropHashTags = cleaning.DropHashTags || options.Cleaning.DropHashTags,
            },
            Vocabulary = options.Vocabulary with { Unknown = _source.Vocabulary.Unknown },
            Classifier = options.Classifier with
            {
                Encoder = shape.Encoder,
                Layers = shape.Layers,
                Widths = shape.Widths,
                HiddenSize = shape.HiddenSize,
                Bidirectional = shape.Bidirectional,
                Pooling = shape.Pooling,
                Dense = shape.Dense,
                DenseActivation = shape.DenseActivation,
                Model = shape.Model,
                Multichannel = shape.Multichannel,
                Padding = shape.Padding,
                PaddedLength = shape.Model.Count > 0 || shape.Padding is not null ? 0 : options.Classifier.PaddedLength,
                EmbeddingDropout = shape.Model.Count > 0 ? shape.EmbeddingDropout : options.Classifier.EmbeddingDropout,
            },
        };
    }

    /// <summary>The bundle's words with their ids, and the new texts' other words behind them.</summary>
    public Vocabulary Extend(Vocabulary words) =>
        _source.Vocabulary.With(Enumerable.Range(1, words.Count - 1).Select(id => words[id]));

    /// <summary>
    /// The bundle's table, copied, and a row for each other word that is frequent enough: small random values, as
    /// Keras' Embedding starts, that say next to nothing until they train.
    /// </summary>
    /// <param name="vocabularySize">V of what <see cref="Extend"/> gave.</param>
    /// <param name="texts">The new texts.</param>
    /// <param name="seed">Decides the values of new rows.</param>
    /// <param name="least">Occurrences in them from which a word gets a row; null gives none a row.</param>
    public EmbeddingTable Table(int vocabularySize, RaggedIds texts, ulong seed, int? least)
    {
        EmbeddingTable old = _source.Classifier.Embedding;
        var rowOf = new int[vocabularySize];
        old.RowOf.CopyTo(rowOf);
        var counts = new int[vocabularySize];
        foreach (int id in texts.Ids)
            counts[id]++;
        int count = old.RowCount;
        for (int id = 1; id < rowOf.Length; id++)
        {
            if (rowOf[id] == 0 && counts[id] >= least)
                rowOf[id] = count++;
        }
        var rows = new float[checked(count * old.Dimension)];
        using (old.Hold())
            old.InPlace.Span.CopyTo(rows);
        EmbeddingTable
            .Random(count - old.RowCount + 1, old.Dimension, seed)
            .Rows.Span[old.Dimension..]
            .CopyTo(rows.AsSpan(old.Rows.Length));
        return new EmbeddingTable(rowOf, rows, old.Dimension);
    }

    /// <summary>
    /// Copies encoder, pooling and hidden dense layers, and the output layer where it has the same classes; false where
    /// that starts fresh.
    /// </summary>
    public bool CopyWeights(TextClassifier model, IReadOnlyList<string> labels)
    {
        bool same = labels.SequenceEqual(_source.Labels);
        foreach (Parameter parameter in model.Parameters.Where(p => p.Group != ParameterGroup.Embedding))
        {
            if (same || !parameter.Name.StartsWith("dense.", StringComparison.Ordinal))
                _source.Classifier[parameter.Name].Values.CopyTo(parameter.Values);
        }
        return same;
    }

    /// <summary>Hash of the bundle's weights, which tells a checkpoint of another start apart.</summary>
    public string WeightsHash()
    {
        using MappedHold hold = _source.Classifier.Embedding.Hold();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Parameter parameter in _source.Classifier.Parameters)
            hash.AppendData(MemoryMarshal.AsBytes(parameter.InPlace.Span));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    public void Dispose() => _source.Owner.Dispose();
}

/// <summary>The parts of a trained bundle that further training starts from.</summary>
/// <param name="Classifier">Its model.</param>
/// <param name="Vocabulary">Its words.</param>
/// <param name="Cleaning">What its words were made by.</param>
/// <param name="Labels">Names of its classes, [C].</param>
/// <param name="Data">What it was trained on.</param>
/// <param name="Owner">What holds it.</param>
internal sealed record TrainedBundle(
    TextClassifier Classifier,
    Vocabulary Vocabulary,
    CleaningOptions Cleaning,
    IReadOnlyList<string> Labels,
    DataSource Data,
    IDisposable Owner
);
