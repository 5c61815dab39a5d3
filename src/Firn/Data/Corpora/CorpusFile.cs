using System.Text;
using Firn.Files;

namespace Firn.Data;

/// <summary>
/// Opens the files of a corpus, packed or not whatever the name, and in the encoding that was asked for or found.
/// </summary>
internal sealed class CorpusFile
{
    /// <summary>Characters that a layout is told by.</summary>
    public const int HeadLength = 1 << 19;

    private const int EncodingBytes = 1 << 16;
    private readonly string _encoding;
    private TextDecoding? _decoding;
    private FileKind? _kind;

    public CorpusFile(string path, string encoding)
    {
        Path = path;
        _encoding = encoding;
    }

    public string Path { get; }

    /// <summary>The encoding that was asked for.</summary>
    public string AskedEncoding => _encoding;

    /// <summary>How many bytes were none of the encoding, since it was last set to 0; shared with siblings.</summary>
    public InvalidBytes Invalid { get; private init; } = new();

    /// <summary>How bytes become characters, as asked for or as the first bytes show.</summary>
    /// <exception cref="CorpusException">
    /// The file cannot be opened, or is in no encoding that may be guessed.
    /// </exception>
    public TextDecoding Decoding => _decoding ??= FindDecoding();

    /// <summary>What decodes the bytes where the file has no byte order mark.</summary>
    public Encoding Encoding => Decoding.Encoding;

    /// <summary>
    /// Whether bytes may be handed on as they are, because invalid UTF-8 is dealt with where they are decoded.
    /// </summary>
    public bool IsUtf8 => Decoding.IsUtf8;

    /// <summary>A file beside this one that is read in the same way.</summary>
    public CorpusFile Sibling(string other) => new(other, _encoding) { Invalid = Invalid };

    /// <summary>The decompressed bytes.</summary>
    public Stream Open()
    {
        if (Directory.Exists(Path))
            throw new CorpusException(Path, 0, "this is a folder where a file is expected", "Name one file in it.");
        if (!InputFile.Exists(Path))
            throw new CorpusException(Path, 0, "there is no such file", Suggestion.For(Path));
        try
        {
            Stream stream = InputFile.Open(Path, out InputFile.Content content);
            _kind = content.Kind;
            return stream;
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error);
        }
    }

    /// <summary>The characters.</summary>
    public StreamReader OpenText() => Decoding.Read(Open());

    /// <summary>The first characters, enough to tell a format by; an empty file is refused.</summary>
    public string Head()
    {
        if (CorpusTables.Reads(Kind()))
            throw new CorpusException(
                Path,
                0,
                $"this is {Kind().InWords()}",
                "Read it as a table with {Format = Auto}."
            );
        RequireText();
        using StreamReader reader = OpenText();
        var head = new char[HeadLength];
        int length;
        try
        {
            length = reader.ReadBlock(head);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error);
        }
        if (head.AsSpan(0, length).IsWhiteSpace())
            throw new CorpusException(Path, 0, "the file is empty", "Name a file that holds texts.");
        return new string(head, 0, length);
    }

    private TextDecoding FindDecoding()
    {
        var head = new byte[EncodingBytes];
        int length;
        using (Stream stream = Open())
        {
            try
            {
                length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            }
            catch (InvalidDataException error)
            {
                throw Damaged(error);
            }
        }
        return EncodingDetection.Find(_encoding, head.AsSpan(0, length), Invalid).Unsuspected(Path);
    }

    /// <summary>The error of a file that cannot be unpacked, whose message names file, reason and remedy.</summary>
    public CorpusException Damaged(InvalidDataException error)
    {
        string reason = error.Message;
        // The archive is named without its file.
        if (
            Array.Find(
                new[] { Path, InputFile.Split(Path).File },
                name => reason.StartsWith(name + ": ", StringComparison.Ordinal)
            ) is
            { } named
        )
            reason = reason[(named.Length + 2)..];
        int end = reason.IndexOf(". ", StringComparison.Ordinal);
        return new CorpusException(
            Path,
            0,
            end < 0 ? reason.TrimEnd('.') : reason[..end],
            end < 0 ? "Copy or download the file again." : reason[(end + 2)..],
            error
        );
    }

    /// <summary>What the file is, once unpacked.</summary>
    public FileKind Kind()
    {
        if (_kind is null)
            Open().Dispose();
        return _kind!.Value;
    }

    /// <summary>Refuses what is no text; an empty file is one.</summary>
    public void RequireText()
    {
        FileKind kind = Kind();
        if (kind != FileKind.Empty && !kind.IsText())
            throw new CorpusException(Path, 0, $"this is {kind.InWords()}", kind.Remedy(Path));
    }
}
