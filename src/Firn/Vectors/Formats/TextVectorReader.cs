using System.Runtime.ExceptionServices;
using Firn.Files;
using Firn.Kernels;

namespace Firn.Vectors.Formats;

/// <summary>
/// Reads the text formats in blocks of whole lines. Each thread takes the next block from the file, parses it while it
/// is still in its cache, and merges it when all blocks before are merged; so reading, parsing and merging overlap, and
/// the order is the file's on any number of threads.
/// </summary>
internal sealed class TextVectorReader
{
    private const int BlockSize = 1 << 20;

    /// <summary>A line longer than this is refused: the widest dimension with 32 characters a number fits.</summary>
    private const int MaxLine = 1 << 25;

    private readonly ByteSource _source;
    private readonly VectorTable _table;
    private readonly long _limit;
    private readonly Lock _reading = new();
    private readonly object _merging = new(); // a monitor that each merged block pulses
    private VectorLoadReport _report;
    private byte[] _rest = [];
    private bool _ended;
    private long _taken,
        _merged;
    private long _line;
    private ExceptionDispatchInfo? _failure;

    private TextVectorReader(ByteSource source, VectorFileHeader header, VectorTable table, long limit)
    {
        _source = source;
        _table = table;
        _limit = limit;
        _report = new VectorLoadReport { Format = header.Format, Compressed = source.Compressed };
        _line = header.Rows >= 0 ? 1 : 0;
    }

    public static VectorFileContent Read(
        ByteSource source,
        VectorFileHeader header,
        VectorLoadOptions options,
        HashSet<string>? only
    )
    {
        int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        long limit = options.Limit ?? long.MaxValue;
        bool known = header.Rows > 0 && options.TrustHeader && !source.Compressed && only is null;
        long initial = known ? Math.Min(header.Rows, limit) : VectorTable.UnknownRows(header.Dimension);
        var table = new VectorTable(source.Path, header.Dimension, initial, options.BlockValues);
        var reader = new TextVectorReader(source, header, table, limit);
        Workers.Run(threads, threads, (_, _) => reader.Work(new TextBlock(header.Dimension, options, only)));
        reader._failure?.Throw();
        if (header.Rows >= 0 && options.TrustHeader)
            CheckCount(source.Path, header.Rows, reader._report.Rows, limit);
        return table.Build(reader._report);
    }

    /// <summary>Reads, parses and merges blocks until none is left.</summary>
    private void Work(TextBlock block)
    {
        while (true)
        {
            long number;
            ExceptionDispatchInfo? failure = null;
            lock (_reading)
            {
                if (_ended)
                    return;
                number = _taken++;
                try
                {
                    _ended = !Fill(block);
                }
                catch (Exception error)
                {
                    failure = ExceptionDispatchInfo.Capture(error);
                    _ended = true;
                }
            }
            try
            {
                if (failure is null)
                    block.Parse((int)Math.Min(_limit, int.MaxValue));
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
            if (!MergeInTurn(block, number, failure))
                return;
        }
    }

    /// <summary>Waits for the blocks before this one; a failure counts only when none of them failed.</summary>
    /// <returns>Whether to go on.</returns>
    private bool MergeInTurn(TextBlock block, long number, ExceptionDispatchInfo? failure)
    {
        lock (_merging)
        {
            while (_merged < number)
                Monitor.Wait(_merging);
            bool more = _failure is null && _report.Rows < _limit;
            if (more)
            {
                _failure = failure;
                try
                {
                    if (failure is null)
                        Merge(block);
                }
                catch (Exception error)
                {
                    _failure = ExceptionDispatchInfo.Capture(error);
                }
            }
            _merged++;
            Monitor.PulseAll(_merging);
            return _failure is null && _report.Rows < _limit;
        }
    }

    /// <summary>
    /// Takes the next bytes up to the last line feed among them; what follows it waits for the next block.
    /// </summary>
    /// <returns>False when the file has ended.</returns>
    private bool Fill(TextBlock block)
    {
        int wanted = Math.Max(BlockSize, _rest.Length * 2);
        while (true)
        {
            if (block.Bytes.Length < wanted)
                block.Bytes = new byte[wanted];
            _rest.CopyTo(block.Bytes, 0);
            int end = _rest.Length + _source.Read(block.Bytes.AsSpan(_rest.Length, wanted - _rest.Length));
            if (end < wanted)
            {
                block.Length = end;
                _rest = [];
                return false;
            }
            int cut = block.Bytes.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
            _rest = block.Bytes.AsSpan(cut, end - cut).ToArray();
            block.Length = cut;
            if (cut > 0)
                return true;
            if (wanted > MaxLine)
            {
                Throw.BadFile(
                    _source.Path,
                    $"before byte {_source.Position}",
                    $"a line is longer than {MaxLine} bytes",
                    "Check that this is a text file of word vectors"
                );
            }
            wanted *= 2;
        }
    }

    private void Merge(TextBlock block)
    {
        int left = (int)Math.Min(_limit - _report.Rows, int.MaxValue);
        // Only the rows up to the limit are counted.
        if (block.Words.Count > left)
            block.Parse(left);
        int rows = block.Words.Count;
        for (int i = 0, kept = 0; i < rows; i++)
        {
            if (block.Words[i] is { } word)
            {
                Span<float> place = _table.Add(word);
                if (!place.IsEmpty)
                    block.VectorOf(kept).CopyTo(place);
                kept++;
            }
        }
        string? firstBad = _report.FirstBadRow;
        if (firstBad is null && block.FirstBad is { } bad)
            firstBad = $"line {_line + bad.Line}: {bad.Problem}";
        _line += block.Lines;
        _report = _report with
        {
            Rows = _report.Rows + rows,
            WordsWithSpaces = _report.WordsWithSpaces + block.WordsWithSpaces,
            EmptyWords = _report.EmptyWords + block.EmptyWords,
            InvalidUtf8Words = _report.InvalidUtf8Words + block.InvalidUtf8Words,
            Filtered = _report.Filtered + block.Filtered,
            BadRows = _report.BadRows + block.BadRows,
            FirstBadRow = firstBad,
        };
        if (block.Error is { } error && _report.Rows < _limit)
            Throw.BadFile(_source.Path, $"line {_line}", error.Problem, error.Remedy);
    }

    private static void CheckCount(string path, long promised, long read, long limit)
    {
        if (read >= limit || read == promised)
            return;
        string remedy =
            read < promised
                ? "The file is truncated or its header is wrong; fetch it again, or read it with the count ignored "
                    + "to take the rows that are there"
                : "The header is wrong; correct it, or read the file with the count ignored to take all rows";
        Throw.BadFile(path, "line 1", $"the header promises {promised} words and the file holds {read}", remedy);
    }
}
