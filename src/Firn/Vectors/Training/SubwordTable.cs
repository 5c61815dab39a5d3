using System.Text;
using Firn.Vectors.Subwords;

namespace Firn.Vectors.Training;

/// <summary>
/// The rows of each word of the training: its own and those of its character n-grams (Bojanowski et al. 2017), as
/// fastText's dictionary lists them.
/// </summary>
internal sealed class SubwordTable
{
    private const string EndOfSentence = "</s>"; // fastText gives its mark no n-grams

    private readonly int[] _offsets; // (words + 1)
    private readonly int[] _rows;

    /// <param name="words">The words of the training.</param>
    /// <param name="options">N-grams and buckets.</param>
    /// <param name="rawWords">Of words whose bytes are no UTF-8, those; null for none.</param>
    public SubwordTable(
        IReadOnlyList<string> words,
        SubwordOptions options,
        IReadOnlyDictionary<string, byte[]>? rawWords = null
    )
    {
        var hash = new SubwordHash(options.MinN, options.MaxN, options.Buckets, words.Count, null);
        _offsets = new int[words.Count + 1];
        var rows = new List<int>();
        for (int word = 0; word < words.Count; word++)
        {
            rows.Add(word);
            if (words[word] != EndOfSentence)
                hash.AddRows(Marked(words[word]), rows);
            _offsets[word + 1] = rows.Count;
        }
        _rows = [.. rows];
        Rows = words.Count + options.Buckets;

        byte[] Marked(string text) =>
            rawWords is not null && rawWords.TryGetValue(text, out byte[]? raw)
                ? [(byte)'<', .. raw, (byte)'>']
                : Encoding.UTF8.GetBytes($"<{text}>");
    }

    /// <summary>Rows of the input matrix: words, then buckets.</summary>
    public int Rows { get; }

    /// <summary>The rows of a word, its own first.</summary>
    public ReadOnlySpan<int> Of(int word) => _rows.AsSpan(_offsets[word], _offsets[word + 1] - _offsets[word]);
}
