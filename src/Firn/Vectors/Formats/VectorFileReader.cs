namespace Firn.Vectors.Formats;

/// <summary>Opens a file of vectors, tells its format and hands it to the reader of that format.</summary>
internal static class VectorFileReader
{
    public static WordVectors Read(string path, VectorLoadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (options.Limit is { } limit)
            Throw.IfNotPositive(limit, nameof(options.Limit));
        using var source = new ByteSource(path);
        VectorFileHeader header = VectorFileHeader.Read(source, options);
        source.Skip(header.Length);
        HashSet<string>? only = options.Only is null ? null : new HashSet<string>(options.Only, StringComparer.Ordinal);
        return header.Format == VectorFormat.Word2VecBinary
            ? BinaryVectorReader.Read(source, header, options, only)
            : TextVectorReader.Read(source, header, options, only);
    }
}
