using System.Runtime.CompilerServices;

namespace Firn.Vectors.Formats;

/// <summary>One line of a text format: a word, and numbers separated by spaces or tabs.</summary>
internal static class TextRow
{
    /// <summary>What a line turned out to be.</summary>
    public enum Kind
    {
        Vector,
        VectorOfSpacedWord,
        Blank,
        EmptyWord,
        Bad,
    }

    /// <summary>
    /// Splits a line (without its line feed) into the word's bytes and <paramref name="values"/>. The word is all that
    /// stands before the last D fields, so that words with spaces inside (GloVe 840B) are kept.
    /// </summary>
    /// <param name="line">The bytes of the line.</param>
    /// <param name="values">Receives the D numbers.</param>
    /// <param name="word">The bytes of the word.</param>
    /// <param name="problem">For <see cref="Kind.Bad"/>: what is wrong.</param>
    public static Kind Parse(
        ReadOnlySpan<byte> line,
        Span<float> values,
        out ReadOnlySpan<byte> word,
        out string problem
    )
    {
        problem = "";
        int wordEnd = WordEnd(line);
        word = line[..wordEnd];
        if (TryParseNumbers(line[wordEnd..], values) && wordEnd > 0)
            return Kind.Vector;
        return ParseOdd(line, values, out word, out problem);
    }

    /// <summary>Length of the first field.</summary>
    public static int WordEnd(ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny((byte)' ', (byte)'\t');
        return end < 0 ? line.Length : end;
    }

    /// <summary>Number of fields between spaces and tabs.</summary>
    public static int CountFields(ReadOnlySpan<byte> line)
    {
        int fields = 0;
        bool inside = false;
        foreach (byte b in line)
        {
            bool separator = IsSeparator(b);
            if (!separator && !inside)
                fields++;
            inside = !separator;
        }
        return fields;
    }

    // Optimized at once: the first file is read before the runtime would replace quick code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryParseNumbers(ReadOnlySpan<byte> text, Span<float> values)
    {
        int at = 0;
        for (int i = 0; i < values.Length; i++)
        {
            int before = at;
            while ((uint)at < (uint)text.Length && (text[at] == ' ' || text[at] == '\t'))
                at++;
            if (at == before || !FloatParser.TryRead(text[at..], out values[i], out int used))
                return false;
            at += used;
        }
        while ((uint)at < (uint)text.Length && IsSeparator(text[at]))
            at++;
        return at == text.Length;
    }

    /// <summary>Everything but a plain row: what it is, or what is wrong with it. Speed does not matter here.</summary>
    private static Kind ParseOdd(
        ReadOnlySpan<byte> line,
        Span<float> values,
        out ReadOnlySpan<byte> word,
        out string problem
    )
    {
        problem = "";
        word = default;
        int fields = CountFields(line);
        if (fields == 0)
            return Kind.Blank;
        // Walk back over the last D fields; what stands before them is the word.
        int at = line.Length;
        while (at > 0 && IsSeparator(line[at - 1]))
            at--;
        int numbers = 0;
        for (; numbers < values.Length && at > 0; numbers++)
        {
            int end = at;
            while (at > 0 && !IsSeparator(line[at - 1]))
                at--;
            ReadOnlySpan<byte> field = line[at..end];
            if (!FloatParser.TryParse(field, out values[^(numbers + 1)]))
            {
                problem = DescribeField(line, field, fields, values.Length);
                return Kind.Bad;
            }
            while (at > 0 && IsSeparator(line[at - 1]))
                at--;
        }
        word = line[..at];
        int start = 0;
        while (start < word.Length && IsSeparator(word[start]))
            start++;
        word = word[start..];
        if (word.IsEmpty && numbers == values.Length)
            return Kind.EmptyWord;
        // "word 0.1 0.2" before the last D numbers is no word with spaces but a row of another dimension.
        if (numbers < values.Length || AllNumbers(word[WordEnd(word)..]))
        {
            problem = $"{fields - 1} numbers follow the word where {values.Length} are expected";
            return Kind.Bad;
        }
        return Kind.VectorOfSpacedWord;
    }

    private static string DescribeField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field, int fields, int dimension)
    {
        if (fields - 1 < dimension)
            return $"{fields - 1} numbers follow the word where {dimension} are expected";
        string shown = System.Text.Encoding.UTF8.GetString(field[..Math.Min(field.Length, 40)]);
        line.Overlaps(field, out int column);
        return $"'{shown}' in column {column + 1} is not a finite number";
    }

    private static bool AllNumbers(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            text = text.TrimStart(" \t"u8);
            int end = WordEnd(text);
            if (end > 0 && !FloatParser.TryParse(text[..end], out _))
                return false;
            text = text[end..];
        }
        return true;
    }

    private static bool IsSeparator(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r';
}
