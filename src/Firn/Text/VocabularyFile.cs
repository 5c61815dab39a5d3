using System.Text;

namespace Firn.Text;

/// <summary>
/// The file of a vocabulary: UTF-8, one word a line, ended by a line feed; the line's number from 0 is the id.
/// </summary>
internal static class VocabularyFile
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Refuses what could not be read back.</summary>
    public static void CheckToken(ReadOnlySpan<char> token)
    {
        if (token.IsEmpty)
            throw new ArgumentException("A token must not be empty.", nameof(token));
        if (token.ContainsAny('\n', '\r'))
            throw new ArgumentException(
                "A token must not hold a line break: a vocabulary file has one word a line.",
                nameof(token)
            );
        while (!token.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(token, out _, out int length) != System.Buffers.OperationStatus.Done)
                throw new ArgumentException(
                    "A token holds half of a surrogate pair and cannot be written as UTF-8.",
                    nameof(token)
                );
            token = token[length..];
        }
    }

    public static void Write(TokenTable words, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var line = new byte[256];
        for (int i = 0; i < words.Count; i++)
        {
            int needed = Strict.GetMaxByteCount(words[i].Length) + 1;
            if (needed > line.Length)
                line = new byte[needed];
            int length = Strict.GetBytes(words[i], line);
            line[length] = (byte)'\n';
            destination.Write(line, 0, length + 1);
        }
    }

    public static TokenTable Read(Stream source, string path)
    {
        using var memory = new MemoryStream();
        source.CopyTo(memory);
        ReadOnlySpan<byte> rest = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        if (!rest.IsEmpty && rest[^1] != (byte)'\n')
            Throw.BadFile(
                path,
                "end of file",
                "the last line has no line feed, so the file was cut",
                "Copy it again from where it was made."
            );

        var words = new TokenTable(rest.Count((byte)'\n'));
        var chars = new char[256];
        for (int line = 0; !rest.IsEmpty; line++)
        {
            int length = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> bytes = rest[..length];
            rest = rest[(length + 1)..];
            if (chars.Length < length)
                chars = new char[length];
            ReadOnlySpan<char> word = chars.AsSpan(0, Decode(bytes, chars, path, line));
            if (line == 0 && word is not Vocabulary.PadToken)
                Throw.BadFile(
                    path,
                    "line 0",
                    $"'{word}' stands where {Vocabulary.PadToken} is expected",
                    "A vocabulary file begins with the pad's line."
                );
            if (word.IsEmpty || word.Contains('\r'))
                Throw.BadFile(
                    path,
                    $"line {line}",
                    word.IsEmpty ? "the line is empty" : "the line holds a carriage return",
                    "Write one word a line, ended by a line feed alone."
                );
            if (words.FindOrAdd(word) != line)
                Throw.BadFile(
                    path,
                    $"line {line}",
                    $"'{word}' stands on line {words.Find(word)} already",
                    "Each word may have one id; remove one of the lines and train again."
                );
            if (line > 1 && word is Vocabulary.UnknownToken)
                Throw.BadFile(
                    path,
                    $"line {line}",
                    $"{Vocabulary.UnknownToken} is allowed on line 1 alone",
                    "Move it there or remove it."
                );
        }
        if (words.Count == 0)
            Throw.BadFile(
                path,
                "line 0",
                "the file is empty",
                $"A vocabulary file begins with the line {Vocabulary.PadToken}."
            );
        return words;
    }

    private static int Decode(ReadOnlySpan<byte> bytes, char[] chars, string path, int line)
    {
        try
        {
            return Strict.GetChars(bytes, chars);
        }
        catch (DecoderFallbackException error)
        {
            Throw.BadFile(
                path,
                $"line {line}, byte {error.Index}",
                "the bytes are not UTF-8",
                "Save the file as UTF-8."
            );
            throw;
        }
    }
}
