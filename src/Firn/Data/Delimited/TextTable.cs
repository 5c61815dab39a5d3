using System.Text;
using System.Text.Unicode;
using Firn.Files;

namespace Firn.Data;

/// <summary>
/// Texts with all that stands beside them, row by row and in bounded memory: what a prediction is written back to. No
/// row is left out; one that cannot be read has a <see cref="Problem"/>.
/// </summary>
public abstract class TextTable : IDisposable
{
    private readonly TextDecoding _decoding;

    // What reads the rows' bytes: the input's own rule where they are handed on as they are, else UTF-8, to which they
    // were turned.
    private readonly Encoding _rows;

    private byte[] _valid = [];

    private protected TextTable(TableInput input) =>
        (Name, _decoding, _rows) = (
            input.File.Path,
            input.Decoding,
            input.Decoding.IsUtf8 ? input.Decoding.Encoding : Encoding.UTF8
        );

    /// <summary>What errors call the input.</summary>
    public string Name { get; }

    /// <summary>The name of the encoding, as asked for or found.</summary>
    public string EncodingName => _decoding.Name;

    /// <summary>The layout; never <see cref="TextTableFormat.Auto"/>.</summary>
    public abstract TextTableFormat Format { get; }

    /// <summary>What separates the fields of a delimited table.</summary>
    public char Separator { get; private protected init; } = ',';

    /// <summary>Whether double quotes enclose fields of a delimited table.</summary>
    public bool Quoted { get; private protected init; } = true;

    /// <summary>
    /// Whether its quotes are RFC 4180's, so that a row may be copied into a file of the same separator.
    /// </summary>
    public bool HasUsualQuotes { get; private protected init; } = true;

    /// <summary>Whether the first row names the columns.</summary>
    public bool HasHeader { get; private protected init; }

    /// <summary>
    /// Names of the columns; numbers from 1 where there is no header; the one name "text" for plain lines.
    /// </summary>
    public IReadOnlyList<string> Columns { get; private protected init; } = ["text"];

    /// <summary>Indices of the text's columns; several are joined by a space.</summary>
    public IReadOnlyList<int> TextColumns { get; private protected init; } = [0];

    /// <summary>Rows read so far, the header not counted.</summary>
    public long Row { get; private protected set; }

    /// <summary>The line, from 1, on which the row begins.</summary>
    public abstract long Line { get; }

    /// <summary>What is wrong with the row, so that it has no text; null for nothing.</summary>
    public string? Problem { get; private protected set; }

    /// <summary>The header as it stands in the input, as UTF-8 without its line end; empty without a header.</summary>
    public ReadOnlyMemory<byte> RawHeader { get; private protected set; }

    /// <summary>Opens a file, packed or not.</summary>
    /// <exception cref="CorpusException">
    /// The file cannot be read, or has no such column; the message says what to do.
    /// </exception>
    public static TextTable Open(string path, TextTableOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new CorpusFile(path, TextEncodings.Auto);
        return Open(file, file.Open(), int.MaxValue, options ?? new TextTableOptions());
    }

    /// <summary>Opens a stream, such as standard input; it is not unpacked.</summary>
    /// <param name="source">Read from where it stands; disposed of with the table.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="options">As for a file.</param>
    /// <exception cref="CorpusException">As for a file.</exception>
    public static TextTable Open(Stream source, string name, TextTableOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Open(new CorpusFile(name, TextEncodings.Auto), source, lines: 2, options ?? new TextTableOptions());
    }

    /// <summary>Reads the next row.</summary>
    /// <exception cref="CorpusException">
    /// The rest cannot be read: a quote is never closed, gzip data is damaged.
    /// </exception>
    public abstract bool Read();

    /// <summary>The row as it stands in the input, as UTF-8 without its line end; valid until the next read.</summary>
    public abstract ReadOnlySpan<byte> Raw { get; }

    /// <summary>The text; empty where there is a <see cref="Problem"/>.</summary>
    public abstract string Text { get; }

    /// <summary>
    /// The row's values; a JSON value that is no string, or one that no text can hold, is given as JSON, a property
    /// that is absent as empty.
    /// </summary>
    public abstract string[] Fields();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the input.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>The bytes as valid UTF-8: what is none is read by the file's own rule.</summary>
    private protected ReadOnlySpan<byte> AsUtf8(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            return bytes;
        _valid = Encoding.UTF8.GetBytes(_rows.GetString(bytes));
        return _valid;
    }

    private protected string Decode(ReadOnlySpan<byte> bytes) => _rows.GetString(bytes);

    private static TextTable Open(CorpusFile file, Stream source, int lines, TextTableOptions options)
    {
        try
        {
            var bytes = HeadedStream.OfLines(source, lines, out bool isWhole);
            TextDecoding decoding = DecodingOf(file.Path, bytes.Head, options.Encoding);
            string head = HeadOf(decoding, bytes.Head);
            var input = new TableInput(file, bytes, decoding, head) { IsWhole = isWhole };
            TextTableFormat format =
                options.Format == TextTableFormat.Auto
                    ? FormatOf(file.Path, head, options.TextColumn is not null)
                    : options.Format;
            return format switch
            {
                TextTableFormat.Delimited => DelimitedTable.Open(input, options),
                TextTableFormat.JsonLines => LineTable.Json(input, options),
                _ => LineTable.Plain(input),
            };
        }
        catch (InvalidDataException error)
        {
            source.Dispose();
            throw file.Damaged(error);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static TextTableFormat FormatOf(string path, string head, bool named) =>
        Path.GetExtension(FileKinds.UnpackedName(path)).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" or ".tab" => TextTableFormat.Delimited,
            ".jsonl" or ".ndjson" => TextTableFormat.JsonLines,
            _ when !named => TextTableFormat.Lines,
            _ => head.AsSpan().TrimStart().StartsWith("{") ? TextTableFormat.JsonLines : TextTableFormat.Delimited,
        };

    private static TextDecoding DecodingOf(string path, ReadOnlySpan<byte> head, string encoding)
    {
        FileKind kind = FileKinds.Recognize(head);
        if (kind != FileKind.Empty && !kind.IsText())
            throw new CorpusException(path, 0, $"this is {kind.InWords()}", kind.Remedy(path));
        return EncodingDetection.Find(encoding, head, new InvalidBytes()).Unsuspected(path);
    }

    private static string HeadOf(TextDecoding decoding, ReadOnlySpan<byte> bytes)
    {
        using StreamReader reader = decoding.Read(new MemoryStream(bytes.ToArray()));
        return reader.ReadToEnd();
    }
}

/// <summary>A table's input while its layout is told.</summary>
/// <param name="File">Its name, for errors.</param>
/// <param name="Bytes">Its bytes, from the start.</param>
/// <param name="Decoding">How they become characters.</param>
/// <param name="Head">The first characters.</param>
internal sealed record TableInput(CorpusFile File, Stream Bytes, TextDecoding Decoding, string Head)
{
    /// <summary>Whether the head is all.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The characters.</summary>
    public StreamReader OpenText() => Decoding.Read(Bytes);
}
