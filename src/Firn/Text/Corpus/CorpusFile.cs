using System.Text;
using Firn.Files;

namespace Firn.Text;

/// <summary>Opens the files of a corpus, packed or not whatever the name, and in the encoding that was asked for.</summary>
internal sealed class CorpusFile(string path, CorpusEncoding encoding)
{
    private const int HeadLength = 1 << 16;

    public string Path { get; } = path;

    /// <summary>What decodes the bytes where the file has no byte order mark.</summary>
    public Encoding Encoding { get; } = encoding switch
    {
        CorpusEncoding.Utf8 => new UTF8Encoding(false),
        CorpusEncoding.Latin1 => Encoding.Latin1,
        CorpusEncoding.Windows1252 => new Windows1252(),
        _ => Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new Windows1252Fallback()),
    };

    /// <summary>Whether bytes may be handed on as they are, because invalid UTF-8 is dealt with where they are decoded.</summary>
    public bool IsUtf8 => Encoding is not Windows1252 && Encoding.CodePage == Encoding.UTF8.CodePage;

    /// <summary>A file beside this one that is read in the same way.</summary>
    public CorpusFile Sibling(string other) => new(other, encoding);

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
    public StreamReader OpenText() => new(Open(), Encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);

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

    /// <summary>The error of a file that cannot be unpacked, whose message names file, reason and remedy.</summary>
    public CorpusException Damaged(InvalidDataException error)
    {
        string reason = error.Message.StartsWith(Path + ": ", StringComparison.Ordinal) ? error.Message[(Path.Length + 2)..] : error.Message;
        int end = reason.IndexOf(". ", StringComparison.Ordinal);
        return new CorpusException(Path, 0, end < 0 ? reason.TrimEnd('.') : reason[..end], end < 0 ? "Copy or download the file again." : reason[(end + 2)..], error);
    }

    private void RefuseOtherKinds()
    {
        FileKind kind;
        using (Stream stream = Open())
            kind = FileKinds.Recognize(HeadedStream.Of(stream).Head);
        if (kind != FileKind.Empty && !kind.IsText())
            throw new CorpusException(Path, 0, $"this is {kind.InWords()}", kind.Remedy(Path));
    }
}
