namespace Firn.Files;

/// <summary>What a decoder unpacks.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Entry">The file inside of it that was asked for (<c>archive.zip:inner/name.csv</c>), or null.</param>
/// <param name="Open">
/// Opens the packed bytes, from the start, as often as asked; the caller disposes of each stream.
/// </param>
public sealed record PackedInput(string Path, string? Entry, Func<Stream> Open)
{
    /// <summary>
    /// Opens the packed bytes as a stream that can be read at any place, by a temporary copy where it must be.
    /// </summary>
    public Stream OpenSeekable()
    {
        Stream stream = Open();
        if (stream.CanSeek)
            return stream;
        using (stream)
            return Spool.Of(Path, stream).Open();
    }
}
