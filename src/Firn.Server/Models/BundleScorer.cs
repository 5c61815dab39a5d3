using System.Collections.Concurrent;
using System.Security.Cryptography;
using Firn.Client;
using Firn.Evaluation;
using Firn.Model;
using Firn.Server.Batching;
using Firn.Text;

namespace Firn.Server.Models;

/// <summary>A bundle on disk as a scorer.</summary>
internal sealed class BundleScorer : IScorer
{
    private const int WarmUpPasses = 40;

    // Up to here one text after the other, without allocation, is as fast as planning and laying out a batch (about
    // 14 us a tweet alone, 10 us in a batch of 64, on one core with AVX-512); the bits are the same either way.
    private const int FewTexts = 32;

    private const int LargestKeptCarrier = 4096;

    [ThreadStatic]
    private static TokenBuffer? _tokens;

    private readonly Predictor _predictor;
    private readonly Scorer _plain;
    private volatile Scorer? _folded;
    private readonly ConcurrentBag<ScoringWorkspace> _workspaces = [];
    private readonly ConcurrentBag<VectorCarrier> _carriers = [];

    private BundleScorer(Predictor predictor)
    {
        _predictor = predictor;
        Rule = predictor.Rule;
        RuleTag = LabelRules.TagOf(Rule);
        _plain = new Scorer(predictor.Classifier, FoldPrecision.None);
        var file = new MemoryStream();
        predictor.Vocabulary.Save(file);
        VocabularyFile = file.ToArray();
        CleaningRules = VocabularyIdentity.Serialize(predictor.Tokenizer.Options);
        VocabularyHash = VocabularyIdentity.Of(SHA256.HashData(VocabularyFile.Span), CleaningRules.Span);
    }

    public IReadOnlyList<string> Labels => _predictor.Labels;

    public LabelRule Rule { get; }

    public string RuleTag { get; }

    public int OutputSize => _predictor.Classifier.Options.OutputSize;

    public int Dimension => _predictor.Classifier.Embedding.Dimension;

    public int VocabularySize => _predictor.Vocabulary.Count;

    public int MaxTokens => _predictor.MaxTokens;

    public Truncation Truncation => _predictor.Truncation;

    public int? ReadsPadsFrom =>
        _predictor.Classifier.Options.Padding is { Masked: false } padded ? padded.Length : null;

    public string VocabularyHash { get; }

    public ReadOnlyMemory<byte> VocabularyFile { get; }

    public ReadOnlyMemory<byte> CleaningRules { get; }

    /// <summary>Loads a bundle, which checks its hashes and its own stored scores.</summary>
    /// <exception cref="InvalidDataException">The bundle is damaged or of another version.</exception>
    public static BundleScorer Load(string folder) => new(Predictor.Load(folder));

    /// <summary>
    /// Folds the table, which takes longer than to load it where it is large, and runs the model until its code is
    /// compiled.
    /// </summary>
    public void WarmUp()
    {
        // Half of the cores, since the others answer requests meanwhile: with all of them the first request after a
        // start waited for the pool's threads, some 100 ms.
        _folded = new Scorer(_predictor.Classifier, threads: Math.Max(1, Environment.ProcessorCount / 2));
        WarmUpOnce();
    }

    public int Encode(string text, List<int> ids, List<float> unseen) =>
        _predictor.Encode(text, _tokens ??= new TokenBuffer(), ids, unseen);

    public ReadOnlySpan<float> VectorOf(int id)
    {
        var table = _predictor.Classifier.Embedding;
        return table.Rows.Span.Slice(table.RowOf[id] * table.Dimension, table.Dimension);
    }

    public bool TakesVectors => !_predictor.Classifier.HasLinearBranch;

    public void Score(RaggedIds texts, Span<float> probabilities)
    {
        Scorer? scorer = _folded;
        if (scorer is null || texts.Count > FewTexts)
        {
            (scorer ?? _plain).Score(texts, probabilities, threads: 1);
            return;
        }
        ScoringWorkspace workspace = _workspaces.TryTake(out ScoringWorkspace? free) ? free : scorer.CreateWorkspace();
        for (int i = 0; i < texts.Count; i++)
            scorer.Score(texts[i], UnseenOf(texts, i), workspace, probabilities.Slice(i * OutputSize, OutputSize));
        _workspaces.Add(workspace);
    }

    private ReadOnlySpan<float> UnseenOf(RaggedIds texts, int text) =>
        texts.Unseen is { } unseen ? unseen.AsSpan(text * (OutputSize + 1), OutputSize + 1) : [];

    public void ScoreVectors(ReadOnlySpan<float> vectors, ReadOnlySpan<int> offsets, Span<float> probabilities)
    {
        int tokens = offsets[^1];
        if (!_carriers.TryTake(out VectorCarrier? carrier) || carrier.Capacity < tokens)
            carrier = new VectorCarrier(_predictor.Classifier, tokens);
        carrier.Score(vectors, offsets, probabilities);
        // A carrier for a giant request is not kept: its memory would never come back.
        if (carrier.Capacity <= LargestKeptCarrier)
            _carriers.Add(carrier);
    }

    public void Dispose() => _predictor.Dispose();

    private void WarmUpOnce()
    {
        int last = VocabularySize - 1;
        int[] ids = [.. Enumerable.Range(0, 12).Select(i => Math.Min(i + 1, last))];
        var single = new RaggedIds(ids, [0, ids.Length]);
        var batch = RaggedIds.From([.. Enumerable.Range(0, 32).Select(i => ids[..(i % ids.Length)])]);
        float[] scores = new float[batch.Count * OutputSize];
        for (int i = 0; i < WarmUpPasses && last > 0; i++)
        {
            Score(single, scores.AsSpan(0, OutputSize));
            Score(batch, scores);
        }
    }
}
