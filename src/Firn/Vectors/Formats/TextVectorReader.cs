using Firn.Kernels;

namespace Firn.Vectors.Formats;

/// <summary>Reads the text formats: blocks of whole lines are parsed in parallel and merged in the order of the file.</summary>
internal static class TextVectorReader
{
    private const int BlockSize = 1 << 22;

    /// <summary>A line longer than this is refused: the widest dimension with 32 characters a number fits.</summary>
    private const int MaxLine = 1 << 25;

    public static WordVectors Read(ByteSource source, VectorFileHeader header, VectorLoadOptions options, HashSet<string>? only)
    {
        int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        long limit = options.Limit ?? long.MaxValue;
        bool known = header.Rows > 0 && options.TrustHeader && !source.Compressed && only is null;
        long initial = known ? Math.Min(header.Rows, limit) : VectorTable.UnknownRows(header.Dimension);
        var table = new VectorTable(source.Path, header.Dimension, initial, options.BlockValues);
        var blocks = new TextBlock[threads];
        for (int i = 0; i < threads; i++)
            blocks[i] = new TextBlock(header.Dimension, options, only);
        var report = new VectorLoadReport { Format = header.Format, Compressed = source.Compressed };
        long line = header.Rows >= 0 ? 1 : 0;
        byte[] rest = [];
        bool more = true;
        while (more && report.Rows < limit)
        {
            int filled = 0;
            while (filled < threads && more)
            {
                more = Fill(source, blocks[filled], ref rest, line);
                filled++;
            }
            int maxRows = (int)Math.Min(limit - report.Rows, int.MaxValue);
            Workers.Run(filled, threads, (block, _) => blocks[block].Parse(maxRows));
            for (int i = 0; i < filled && report.Rows < limit; i++)
                report = Merge(source.Path, blocks[i], table, report, limit, ref line);
        }
        if (header.Rows >= 0 && options.TrustHeader)
            CheckCount(source.Path, header.Rows, report.Rows, limit);
        return table.Build(report);
    }

    /// <summary>Takes the next bytes up to the last line feed among them; what follows it waits in <paramref name="rest"/>.</summary>
    /// <returns>False when the file has ended.</returns>
    private static bool Fill(ByteSource source, TextBlock block, ref byte[] rest, long line)
    {
        int wanted = Math.Max(BlockSize, rest.Length * 2);
        while (true)
        {
            if (block.Bytes.Length < wanted)
                block.Bytes = new byte[wanted];
            rest.CopyTo(block.Bytes, 0);
            int end = rest.Length + source.Read(block.Bytes.AsSpan(rest.Length, wanted - rest.Length));
            if (end < wanted)
            {
                block.Length = end;
                rest = [];
                return false;
            }
            int cut = block.Bytes.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
            rest = block.Bytes.AsSpan(cut, end - cut).ToArray();
            block.Length = cut;
            if (cut > 0)
                return true;
            if (wanted > MaxLine)
                Throw.BadFile(source.Path, $"after line {line}", $"a line is longer than {MaxLine} bytes", "Check that this is a text file of word vectors");
            wanted *= 2;
        }
    }

    private static VectorLoadReport Merge(
        string path, TextBlock block, VectorTable table, VectorLoadReport report, long limit, ref long line)
    {
        int rows = (int)Math.Min(block.Words.Count, limit - report.Rows);
        for (int i = 0, kept = 0; i < rows; i++)
        {
            if (block.Words[i] is { } word)
            {
                Span<float> place = table.Add(word);
                if (!place.IsEmpty)
                    block.VectorOf(kept).CopyTo(place);
                kept++;
            }
        }
        string? firstBad = report.FirstBadRow;
        if (firstBad is null && block.FirstBad is { } bad)
            firstBad = $"line {line + bad.Line}: {bad.Problem}";
        line += block.Lines;
        report = report with
        {
            Rows = report.Rows + rows,
            WordsWithSpaces = report.WordsWithSpaces + block.WordsWithSpaces,
            EmptyWords = report.EmptyWords + block.EmptyWords,
            InvalidUtf8Words = report.InvalidUtf8Words + block.InvalidUtf8Words,
            Filtered = report.Filtered + block.Filtered,
            BadRows = report.BadRows + block.BadRows,
            FirstBadRow = firstBad,
        };
        if (block.Error is { } error && report.Rows < limit)
            Throw.BadFile(path, $"line {line}", error.Problem, error.Remedy);
        return report;
    }

    private static void CheckCount(string path, long promised, long read, long limit)
    {
        if (read >= limit || read == promised)
            return;
        string remedy = read < promised
            ? "The file is truncated or its header is wrong; fetch it again, or read it with the count ignored to take the rows that are there"
            : "The header is wrong; correct it, or read the file with the count ignored to take all rows";
        Throw.BadFile(path, "line 1", $"the header promises {promised} words and the file holds {read}", remedy);
    }
}
