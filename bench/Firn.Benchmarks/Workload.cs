using Firn.Data;
using Firn.Kernels;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Benchmarks;

/// <summary>The notebook's model and the texts that comparisons run on.</summary>
internal static class Workload
{
    public const int Embedding = 300,
        Hidden = 100,
        Batch = 1024,
        Vocabulary = 30_000;

    /// <summary>
    /// Multiply-adds counted twice: 4H(E+H) forward, the same for the weights' gradients, 4H*H for the state's.
    /// </summary>
    public const double FlopPerToken = 2.0 * (2 * 4 * Hidden * (Embedding + Hidden) + 4 * Hidden * Hidden);

    public static TextClassifier Model(ClassifierOptions options, int vocabulary = Vocabulary) =>
        new(options, EmbeddingTable.Random(vocabulary, Embedding, 3), 4);

    /// <summary>Texts of one length, words spread like words: the rank is log-uniform.</summary>
    public static RaggedIds FixedLength(int count, int length, int vocabulary = Vocabulary)
    {
        var random = new CounterRandom(11);
        var ids = new int[count * length];
        var offsets = new int[count + 1];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = Math.Clamp(
                (int)Math.Exp(random.UniformDouble((ulong)i) * Math.Log(vocabulary)),
                1,
                vocabulary - 1
            );
        for (int i = 0; i <= count; i++)
            offsets[i] = i * length;
        return new RaggedIds(ids, offsets);
    }

    /// <summary>
    /// Real tweets by the notebook's cleaning, shuffled; null where the data is absent. Empty ones are left out: packed
    /// sequences cannot hold them. Returns the vocabulary's size too.
    /// </summary>
    public static (RaggedIds Texts, int Vocabulary)? Tweets(int count)
    {
        string? folder = Environment.GetEnvironmentVariable("FIRN_DATA");
        string path = Path.Combine(folder ?? "", "sentiment140", "sentiment140_union.csv.gz");
        if (folder is null || !File.Exists(path))
            return null;
        var tokenizer = new Tokenizer(CleaningOptions.Notebook);
        var builder = new VocabularyBuilder();
        var buffer = new TokenBuffer();
        var texts = new List<string[]>();
        foreach (LabeledText row in CorpusReader.Open(path))
        {
            tokenizer.Tokenize(row.Text, buffer);
            if (buffer.Count == 0)
                continue;
            builder.Add(buffer);
            texts.Add(buffer.ToArray());
        }
        Vocabulary vocabulary = builder.Build();
        int[] order = [.. Enumerable.Range(0, texts.Count)];
        new CounterRandom(3).Shuffle<int>(order);
        RaggedIds ids = RaggedIds.From([
            .. order.Take(count).Select(i => texts[i].Select(w => vocabulary.IdOf(w)).ToArray()),
        ]);
        return (ids, vocabulary.Count);
    }

    /// <summary>Writes texts for a peer: int32 count, offsets, ids.</summary>
    public static string WriteTemporary(RaggedIds texts)
    {
        string path = Path.GetTempFileName();
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write(texts.Count);
        foreach (int offset in texts.Offsets)
            writer.Write(offset);
        foreach (int id in texts.Ids)
            writer.Write(id);
        return path;
    }
}
