using System.Text;
using Firn.Files;

namespace Firn.Text;

/// <summary>Opens the files of a corpus, packed or not whatever the name, and in the encoding that was asked for or found.</summary>
internal sealed class CorpusFile
{
    /// <summary>Characters that a layout is told by.</summary>
    public const int HeadLength = 1 << 19;

    private const int EncodingBytes = 1 << 16;
    private readonly string encoding;
    private TextDecoding? decoding;

    public CorpusFile(string path, string encoding)
    {
        Path = path;
        this.encoding = encoding;
    }

    public string Path { get; }

    /// <summary>The encoding that was asked for.</summary>
    public string AskedEncoding => encoding;

    /// <summary>How many bytes were none of the encoding, since it was last set to 0; shared with siblings.</summary>
    public InvalidBytes Invalid { get; private init; } = new();

    /// <summary>How bytes become characters, as asked for or as the first bytes show.</summary>
    /// <exception cref="CorpusException">The file cannot be opened, or is in no encoding that may be guessed.</exception>
    public TextDecoding Decoding => decoding ??= FindDecoding();

    /// <summary>What decodes the bytes where the file has no byte order mark.</summary>
    public Encoding Encoding => Decoding.Encoding;

    /// <summary>Whether bytes may be handed on as they are, because invalid UTF-8 is dealt with where they are decoded.</summary>
    public bool IsUtf8 => Encoding is not Windows1252 && Encoding.CodePage == Encoding.UTF8.CodePage;

    /// <summary>A file beside this one that is read in the same way.</summary>
    public CorpusFile Sibling(string other) => new(other, encoding) { Invalid = Invalid };

    /// <summary>The decompressed bytes.</summary>
    public Stream Open()
    {
        if (Directory.Exists(Path))
            throw new CorpusException(Path, 0, "this is a folder where a file is expected", "Name one file in it.");
        if (!InputFile.Exists(Path))
            throw new CorpusException(Path, 0, "there is no such file", Suggestion.For(Path));
        try
        {
            return InputFile.Open(Path);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error);
        }
    }

    /// <summary>The characters.</summary>
    public StreamReader OpenText() => TextOf(Open());

    /// <summary>The characters of bytes that were opened already.</summary>
    public StreamReader TextOf(Stream bytes) => new(bytes, Encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);

    /// <summary>The first characters, enough to tell a format by; an empty file is refused.</summary>
    public string Head()
    {
        RefuseOtherKinds();
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
        TextDecoding found = EncodingDetection.Find(encoding, head.AsSpan(0, length), Invalid);
        return found.Suspicion is null ? found : throw new CorpusException(Path, 0,
            $"the bytes are not UTF-8, and too many and too close together for Windows-1252; they decode as {found.Suspicion}", "Name the encoding with {Encoding}.");
    }

    /// <summary>The error of a file that cannot be unpacked, whose message names file, reason and remedy.</summary>
    public CorpusException Damaged(InvalidDataException error)
    {
        string reason = error.Message.StartsWith(Path + ": ", StringComparison.Ordinal) ? error.Message[(Path.Length + 2)..] : error.Message;
        int end = reason.IndexOf(". ", StringComparison.Ordinal);
        return new CorpusException(Path, 0, end < 0 ? reason.TrimEnd('.') : reason[..end], end < 0 ? "Copy or download the file again." : reason[(end + 2)..], error);
    }

    /// <summary>What the file is, once unpacked.</summary>
    public FileKind Kind()
    {
        using Stream stream = Open();
        try
        {
            return FileKinds.Recognize(HeadedStream.Of(stream).Head);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error);
        }
    }

    private void RefuseOtherKinds()
    {
        FileKind kind = Kind();
        if (kind != FileKind.Empty && !kind.IsText())
            throw new CorpusException(Path, 0, $"this is {kind.InWords()}", CorpusTables.Reads(kind) ? "Read it as a table with {Format = Auto}." : kind.Remedy(Path));
    }
}
