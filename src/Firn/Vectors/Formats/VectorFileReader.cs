using Firn.Files;

namespace Firn.Vectors.Formats;

/// <summary>Opens a file of vectors, tells its format and hands it to the reader of that format.</summary>
internal static class VectorFileReader
{
    public static VectorFileContent Read(string path, VectorLoadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (options.Limit is { } limit)
            Throw.IfNotPositive(limit, nameof(options.Limit));
        HashSet<string>? only = options.Only is null ? null : new HashSet<string>(options.Only, StringComparer.Ordinal);
        // Told apart before anything is buffered, so that opening takes no longer than mapping does.
        if (
            options.Format == VectorFormat.Safetensors
            || (options.Format == VectorFormat.Auto && MappedVectorFile.Begins(path))
        )
            return MappedVectorFile.Open(path, options);
        using var source = new ByteSource(path);
        if (source.Compressed && MappedVectorFile.Begins(source.Peek(16)))
            Throw.BadFile(
                path,
                "byte 0",
                "a compressed safetensors file cannot be mapped into memory",
                "Unpack it with gunzip first"
            );
        if (
            !source.Kind.IsText()
            && source.Kind is not (FileKind.Empty or FileKind.Binary or FileKind.FastText or FileKind.ProtocolBuffers)
        )
            Throw.BadFile(path, "byte 0", $"this is {source.Kind.InWords()}", source.Kind.Remedy(path).TrimEnd('.'));
        if (source.Kind.IsText() && source.Kind != FileKind.Text)
            Throw.BadFile(
                path,
                "byte 0",
                $"this is {source.Kind.InWords()}",
                "Convert it to UTF-8, for instance with 'iconv -f utf-16 -t utf-8'"
            );
        VectorFileHeader header = VectorFileHeader.Read(source, options);
        source.Skip(header.Length);
        return header.Format == VectorFormat.Word2VecBinary
            ? BinaryVectorReader.Read(source, header, options, only)
            : TextVectorReader.Read(source, header, options, only);
    }
}
