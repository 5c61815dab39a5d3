using Firn.Server.Batching;
using Firn.Text;

namespace Firn.Server.Tests;

/// <summary>A scorer that waits at a gate, so that tests can fill queues, and tells what it was asked.</summary>
internal sealed class GatedScorer : IScorer
{
    private readonly ManualResetEventSlim _gate = new(true);
    private int _passes;
    private int _waiting;
    private int _admitted;
    private int _encoded;

    public IReadOnlyList<string> Labels { get; } = ["negative", "positive"];

    public int OutputSize => 1;

    public int Dimension => 2;

    public int VocabularySize => 1000;

    public int MaxTokens => 300;

    public Truncation Truncation => Truncation.Tail;

    public string VocabularyHash { get; init; } = new('a', 64);

    public ReadOnlyMemory<byte> VocabularyFile => "<pad>\n"u8.ToArray();

    public ReadOnlyMemory<byte> CleaningRules => "{}"u8.ToArray();

    public bool TakesVectors => true;

    public bool Disposed { get; private set; }

    public bool Settled { get; private set; }

    /// <summary>Why settling fails, if it does.</summary>
    public Exception? Settling { get; init; }

    /// <summary>Passes through the model so far.</summary>
    public int Passes => Volatile.Read(ref _passes);

    /// <summary>Passes that stand at the gate.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public List<int> BatchSizes { get; } = [];

    public Exception? Failure { get; set; }

    /// <summary>
    /// Shuts the gate until <see cref="Open"/>, or until the result is disposed of, so that a failed test cannot hang
    /// its server.
    /// </summary>
    public IDisposable Close()
    {
        _gate.Reset();
        return new Opener(this);
    }

    public void Open() => _gate.Set();

    /// <summary>Lets those through who wait now, and no others.</summary>
    public void Step() => Volatile.Write(ref _admitted, Passes);

    /// <summary>Texts encoded so far.</summary>
    public int Encoded => Volatile.Read(ref _encoded);

    /// <summary>How long it takes to encode a text.</summary>
    public TimeSpan EncodingTime { get; init; }

    public int Encode(string text, List<int> ids, List<float> unseen)
    {
        Interlocked.Increment(ref _encoded);
        if (EncodingTime > TimeSpan.Zero)
            Thread.Sleep(EncodingTime);
        int before = ids.Count;
        ids.AddRange(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => (w[0] % 999) + 1));
        return ids.Count - before;
    }

    public ReadOnlySpan<float> VectorOf(int id) => new float[] { id, -id };

    public void Score(RaggedIds texts, Span<float> probabilities)
    {
        int pass = Interlocked.Increment(ref _passes);
        Interlocked.Increment(ref _waiting);
        while (!_gate.Wait(1) && pass > Volatile.Read(ref _admitted)) { }
        Interlocked.Decrement(ref _waiting);
        ObjectDisposedException.ThrowIf(Disposed, this);
        if (Failure is not null)
            throw Failure;
        lock (BatchSizes)
            BatchSizes.Add(texts.Count);
        for (int i = 0; i < texts.Count; i++)
            probabilities[i] = ScoreOf(texts[i]);
    }

    /// <summary>The first number of each text's first vector.</summary>
    public void ScoreVectors(ReadOnlySpan<float> vectors, ReadOnlySpan<int> offsets, Span<float> probabilities)
    {
        Assert.Equal(offsets[^1] * Dimension, vectors.Length);
        lock (BatchSizes)
            BatchSizes.Add(offsets.Length - 1);
        for (int i = 0; i < probabilities.Length; i++)
            probabilities[i] = offsets[i] < offsets[i + 1] ? vectors[offsets[i] * Dimension] : 0;
    }

    public static float ScoreOf(ReadOnlySpan<int> ids)
    {
        int sum = 0;
        foreach (int id in ids)
            sum += id;
        return sum / 1000f;
    }

    public void WarmUp()
    {
        if (Settling is not null)
            throw Settling;
        Settled = true;
    }

    public void Dispose() => Disposed = true;

    private sealed class Opener(GatedScorer scorer) : IDisposable
    {
        public void Dispose() => scorer.Open();
    }
}
