using System.Text.Unicode;
using Firn.Files;

namespace Firn.Vectors.Formats;

/// <summary>What the first bytes of a file tell: its format, the dimension, and the number of rows promised.</summary>
/// <param name="Format">Never <see cref="VectorFormat.Auto"/>.</param>
/// <param name="Rows">From the header line, or -1 where there is none.</param>
/// <param name="Dimension">Numbers in each row.</param>
/// <param name="Length">Bytes of the header line with its line end, and of a byte order mark; 0 without them.</param>
internal readonly record struct VectorFileHeader(VectorFormat Format, long Rows, int Dimension, int Length)
{
    /// <summary>Far above any real table; keeps one row of a damaged file from being read as gigabytes.</summary>
    public const int MaxDimension = 1 << 20;

    private const int Look = 1 << 16;
    private const int RowsLookedAt = 16;
    private const string Remedy =
        "Check that this is a file of word vectors: word2vec text or binary, GloVe text or fastText .vec";

    public static VectorFileHeader Read(ByteSource source, VectorLoadOptions options)
    {
        VectorFormat asked = options.Format;
        ReadOnlySpan<byte> bytes = source.Peek(Look);
        if (bytes.IsEmpty)
            Throw.BadFile(source.Path, "byte 0", "the file is empty", Remedy);
        RefuseFastTextModel(source.Path, bytes);
        int bom = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        int lineEnd = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = lineEnd < 0 ? bytes[bom..] : bytes[bom..lineEnd];
        if (asked != VectorFormat.GloVe && TryParseCounts(first, out long rows, out long dimension))
        {
            CheckCounts(source, rows, dimension);
            int length = lineEnd < 0 ? bytes.Length : lineEnd + 1;
            VectorFormat told =
                asked != VectorFormat.Auto ? asked
                : LooksLikeText(bytes[length..], (int)dimension) ? VectorFormat.Word2VecText
                : VectorFormat.Word2VecBinary;
            if (options.TrustHeader)
                CheckLength(source, told, rows, dimension, length);
            return new VectorFileHeader(told, rows, (int)dimension, length);
        }
        if (asked is VectorFormat.Word2VecText or VectorFormat.Word2VecBinary)
            Throw.BadFile(
                source.Path,
                "line 1",
                "the header 'words dimension' is missing",
                "Load the file as GloVe, which has none, or let the format be told from the content"
            );
        return new VectorFileHeader(VectorFormat.GloVe, -1, DimensionOfRows(source.Path, bytes[bom..]), bom);
    }

    private static void RefuseFastTextModel(string path, ReadOnlySpan<byte> bytes)
    {
        if (Subwords.FastTextFile.Begins(bytes))
            Throw.BadFile(
                path,
                "byte 0",
                "this is a fastText model (.bin), not a table of vectors",
                "Make a table of it with 'firn vectors convert', or load it with FastTextVectors"
            );
    }

    private static bool TryParseCounts(ReadOnlySpan<byte> line, out long rows, out long dimension)
    {
        dimension = 0;
        line = line.Trim(" \t\r"u8);
        int space = line.IndexOfAny((byte)' ', (byte)'\t');
        return long.TryParse(space < 0 ? default : line[..space], null, out rows) & space > 0
            && long.TryParse(line[space..].Trim(" \t"u8), null, out dimension);
    }

    private static void CheckCounts(ByteSource source, long rows, long dimension)
    {
        if (rows < 1 || dimension < 1 || dimension > MaxDimension)
        {
            Throw.BadFile(
                source.Path,
                "line 1",
                $"the header promises {rows} words of {dimension} numbers",
                $"Words must be at least 1 and the dimension between 1 and {MaxDimension}; check the file or fetch "
                    + $"it again"
            );
        }
    }

    /// <summary>
    /// Refuses a header that promises more than the file can hold, before anything is allocated for it.
    /// </summary>
    private static void CheckLength(ByteSource source, VectorFormat format, long rows, long dimension, int headerLength)
    {
        // The shortest row: a one-letter word and one-digit numbers with a space before each, or a letter, a space and
        // floats.
        long shortest = format == VectorFormat.Word2VecText ? 2 * dimension + 1 : 4 * dimension + 2;
        if (source.MaxLength - headerLength + 1 < shortest || rows > (source.MaxLength - headerLength + 1) / shortest)
        {
            Throw.BadFile(
                source.Path,
                "line 1",
                $"the header promises {rows} words of {dimension} numbers, more than the file's "
                    + $"{(source.Compressed ? "packed " : "")}length can hold",
                "The file is truncated or its header is wrong; fetch it again, or read it with the count ignored to "
                    + "take the rows that are there"
            );
        }
    }

    /// <summary>
    /// Text or binary after a header? Text has a number after the first word, or else valid UTF-8 without control
    /// characters; float32 values of ordinary size have neither.
    /// </summary>
    private static bool LooksLikeText(ReadOnlySpan<byte> rows, int dimension)
    {
        rows = rows.TrimStart("\r\n"u8);
        int space = rows.IndexOfAny((byte)' ', (byte)'\t');
        if (space < 0)
            return false;
        ReadOnlySpan<byte> window = rows[(space + 1)..];
        window = window[..(int)Math.Min(window.Length, 4L * dimension)];
        ReadOnlySpan<byte> cut = window;
        // A window that ends inside a character is not invalid for that.
        for (int i = 0; i < 3 && !cut.IsEmpty && !Utf8.IsValid(cut); i++)
            cut = cut[..^1];
        bool control = window.ContainsAnyInRange((byte)0, (byte)8) || window.ContainsAnyInRange((byte)14, (byte)31);
        int end = window.IndexOfAny(" \t\r\n"u8);
        ReadOnlySpan<byte> number = end < 0 ? window : window[..end];
        return !control && (FloatParser.TryParse(number, out _) || (window.Length >= 8 && Utf8.IsValid(cut)));
    }

    /// <summary>
    /// The dimension of a file without header: the number of fields after the word that most of its first rows have, so
    /// that a short row is the one that is blamed; of equally many the smaller, since a word with spaces makes a row
    /// look longer.
    /// </summary>
    private static int DimensionOfRows(string path, ReadOnlySpan<byte> bytes)
    {
        var rowsOf = new SortedDictionary<int, int>();
        for (int row = 0; row < RowsLookedAt && !bytes.IsEmpty; row++)
        {
            int end = bytes.IndexOf((byte)'\n');
            if (end < 0 && row > 0 && bytes.Length < Look)
                end = bytes.Length;
            else if (end < 0)
                end = row == 0 ? bytes.Length : -1;
            if (end < 0)
                break;
            int fields = TextRow.CountFields(bytes[..end]);
            bool emptyWord = end > 0 && TextRow.WordEnd(bytes[..end]) == 0;
            if (fields > 0 && !emptyWord)
                rowsOf[fields - 1] = rowsOf.GetValueOrDefault(fields - 1) + 1;
            bytes = bytes[Math.Min(end + 1, bytes.Length)..];
        }
        // the first of equals, which is the smaller
        int dimension = rowsOf.Count == 0 ? 0 : rowsOf.MaxBy(r => r.Value).Key;
        if (dimension is < 1 or > MaxDimension)
            Throw.BadFile(
                path,
                "line 1",
                "neither a header 'words dimension' nor a word and its numbers begin the file",
                Remedy
            );
        return dimension;
    }
}
