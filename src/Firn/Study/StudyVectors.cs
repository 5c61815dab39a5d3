using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Firn.Files;
using Firn.Layers;
using Firn.Recipes;
using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Training;

namespace Firn.Study;

/// <summary>
/// The word vectors that a study starts from: read from a file, or trained on all texts with labels unread.
/// </summary>
internal static class StudyVectors
{
    /// <summary>The first words of the file, and those of the data.</summary>
    public static WordVectors Load(string path, int words, TokenTable data)
    {
        HashSet<string> known = new(data.Count, StringComparer.Ordinal);
        for (int i = 0; i < data.Count; i++)
            known.Add(data[i].ToString());
        WordVectors ours = WordVectors.Load(path, new VectorLoadOptions { Only = known });
        if (ours.Count == 0)
            throw new InvalidDataException(
                $"{path} has a vector for none of the {data.Count} words of the texts; choose vectors of their "
                    + $"language and cleaning."
            );
        WordVectors? first = words > 0 ? WordVectors.Load(path, new VectorLoadOptions { Limit = words }) : null;
        return first is null ? ours : Join(first, ours);
    }

    /// <summary>Trains word2vec on all corpora together.</summary>
    public static WordVectors Train(
        IReadOnlyList<RawCorpus> corpora,
        Word2VecOptions options,
        StageClock clock,
        CancellationToken cancellation
    )
    {
        TokenTable words = corpora[0].Words;
        int texts = corpora.Sum(c => c.Ids.Count),
            at = 0,
            text = 0;
        var ids = new int[corpora.Sum(c => c.Ids.TotalTokens)];
        var offsets = new int[texts + 1];
        foreach (RawCorpus corpus in corpora)
        {
            for (int i = 0; i < corpus.Ids.Count; i++)
            {
                foreach (int token in corpus.Ids[i])
                    ids[at++] = token + 1; // 0 is no word
                offsets[++text] = at;
            }
        }
        return Word2Vec.Train(
            new RaggedIds(ids, offsets),
            words.Count + 1,
            id => words[id - 1].ToString(),
            options,
            new Progress(clock),
            cancellation
        );
    }

    /// <summary>
    /// Ids of all words of the vectors, in their order after the pad and the unknown word, which has no vector.
    /// </summary>
    public static Vocabulary VocabularyOf(WordVectors vectors)
    {
        var words = new TokenTable(vectors.Count + 2);
        words.FindOrAdd(Vocabulary.PadToken);
        words.FindOrAdd(Vocabulary.UnknownToken);
        foreach (string word in vectors.Words)
        {
            VocabularyFile.CheckToken(word);
            words.FindOrAdd(word);
        }
        return new Vocabulary(words, new long[words.Count], UnknownWords.Row);
    }

    /// <summary>
    /// A table of the same rows with random values, uniform in [-0.05, 0.05] as Keras' Embedding starts; words that
    /// have no vector share the zero row here too, so that a random table differs in nothing but its values.
    /// </summary>
    public static EmbeddingTable Randomized(EmbeddingTable table, ulong seed) =>
        new(table.RowOf.ToArray(), EmbeddingTable.Random(table.RowCount, table.Dimension, seed).Rows, table.Dimension);

    /// <summary>A table of its own that training may change.</summary>
    public static EmbeddingTable Copy(EmbeddingTable table) =>
        new(table.RowOf.ToArray(), table.CopyRows(), table.Dimension);

    /// <summary>Tells vectors from others, as 64 hexadecimal digits.</summary>
    public static string HashOf(WordVectors vectors)
    {
        using MappedHold hold = vectors.Hold();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string word in vectors.Words)
            hash.AppendData(Encoding.UTF8.GetBytes(word + "\n"));
        hash.AppendData(MemoryMarshal.AsBytes(vectors.TableInPlace));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static WordVectors Join(WordVectors first, WordVectors others)
    {
        int[] added = [.. Enumerable.Range(0, others.Count).Where(row => !first.TryGetRow(others.Words[row], out _))];
        if (added.Length == 0)
            return first;
        var table = new float[checked((first.Count + added.Length) * first.Dimension)];
        using (first.Hold())
            first.TableInPlace.CopyTo(table);
        for (int i = 0; i < added.Length; i++)
            others.CopyTo(added[i], table.AsSpan((first.Count + i) * first.Dimension, first.Dimension));
        return new WordVectors([.. first.Words, .. added.Select(row => others.Words[row])], table, first.Dimension);
    }

    private sealed class Progress(StageClock clock) : IProgress<Word2VecProgress>
    {
        public void Report(Word2VecProgress value) =>
            clock.Tell(
                value.Fraction,
                () => $"epoch {value.Epoch} of {value.Epochs}, {value.WordsPerSecond / 1e6:f2} M words/s"
            );
    }
}
