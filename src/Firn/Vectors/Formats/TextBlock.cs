using System.Text;
using System.Text.Unicode;

namespace Firn.Vectors.Formats;

/// <summary>
/// A run of whole lines of a text format and what parsing made of it; parsed on any thread, merged in order.
/// </summary>
internal sealed class TextBlock(int dimension, VectorLoadOptions options, HashSet<string>? only)
{
    private readonly List<string?> _words = [];
    private readonly Encoding _encoding = options.Encoding ?? Encoding.UTF8;
    private float[] _values = []; // of the words that are kept
    private int _kept;

    public byte[] Bytes { get; set; } = [];

    /// <summary>Bytes in use; they end with a line feed unless the file ends without one.</summary>
    public int Length { get; set; }

    public long Lines { get; private set; }

    public int WordsWithSpaces { get; private set; }

    public int EmptyWords { get; private set; }

    public int InvalidUtf8Words { get; private set; }

    public long Filtered { get; private set; }

    public long BadRows { get; private set; }

    /// <summary>The first row left out for what is wrong with it, by its line in this block from 1.</summary>
    public (long Line, string Problem)? FirstBad { get; private set; }

    /// <summary>What stopped the parsing at line <see cref="Lines"/> of this block, or null.</summary>
    public (string Problem, string Remedy)? Error { get; private set; }

    /// <summary>The words in order; null stands for a row that was left out.</summary>
    public IReadOnlyList<string?> Words => _words;

    /// <summary>The vector of the i-th word that is not null.</summary>
    public ReadOnlySpan<float> VectorOf(int i) => _values.AsSpan(i * dimension, dimension);

    public void Parse(int maxRows)
    {
        _words.Clear();
        (Lines, WordsWithSpaces, EmptyWords, InvalidUtf8Words, Filtered, Error) = (0, 0, 0, 0, 0, null);
        (BadRows, FirstBad, _kept) = (0, null, 0);
        ReadOnlySpan<byte> rest = Bytes.AsSpan(0, Length);
        while (!rest.IsEmpty && Error is null && _words.Count < maxRows)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            Lines++;
            ParseLine(line, last: end < 0);
        }
    }

    private void ParseLine(ReadOnlySpan<byte> line, bool last)
    {
        int at = _kept * dimension;
        if (_values.Length < at + dimension)
            Array.Resize(ref _values, Math.Max(at + dimension, _values.Length * 2));
        Span<float> values = _values.AsSpan(at, dimension);
        if (only is not null && IsPassedOver(line))
        {
            Filtered++;
            _words.Add(null);
            return;
        }
        switch (TextRow.Parse(line, values, out ReadOnlySpan<byte> word, out string problem))
        {
            case TextRow.Kind.VectorOfSpacedWord:
                WordsWithSpaces++;
                AddWord(word);
                break;
            case TextRow.Kind.Vector:
                AddWord(word);
                break;
            case TextRow.Kind.EmptyWord:
                EmptyWords++;
                _words.Add(null);
                break;
            case TextRow.Kind.Bad when options.SkipBadRows:
                BadRows++;
                FirstBad ??= (Lines, problem);
                _words.Add(null);
                break;
            case TextRow.Kind.Bad:
                Error = (
                    problem,
                    last
                        ? "The file ends here without a line feed, so it is probably truncated; fetch or make it again"
                        : "Correct or delete the line; every row must have as many finite numbers as the first"
                );
                break;
        }
    }

    /// <summary>
    /// Whether a row can be left out unparsed: its first field is not asked for, and no word with a space inside begins
    /// so.
    /// </summary>
    private bool IsPassedOver(ReadOnlySpan<byte> line)
    {
        if (TextRow.CountFields(line) != dimension + 1)
            return false;
        string word = _encoding.GetString(line[..TextRow.WordEnd(line)]);
        return !only!.Contains(word);
    }

    private void AddWord(ReadOnlySpan<byte> bytes)
    {
        if (options.Encoding is null && !Utf8.IsValid(bytes))
        {
            InvalidUtf8Words++;
            if (options.InvalidUtf8 == InvalidUtf8Policy.Stop)
            {
                Error = ($"the word '{Encoding.UTF8.GetString(bytes)}' is not valid UTF-8", Utf8Remedy);
                return;
            }
            if (options.InvalidUtf8 == InvalidUtf8Policy.Skip)
            {
                _words.Add(null);
                return;
            }
        }
        string word = _encoding.GetString(bytes);
        bool keep = only is null || only.Contains(word);
        Filtered += keep ? 0 : 1;
        _words.Add(keep ? word : null);
        _kept += keep ? 1 : 0;
    }

    public const string Utf8Remedy = "Name its encoding, or have such words replaced or skipped";
}
