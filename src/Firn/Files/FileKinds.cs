namespace Firn.Files;

/// <summary>Tells what a file is by its first bytes, and what to do with a file of that kind.</summary>
public static class FileKinds
{
    /// <summary>
    /// Bytes of a file's start that are enough to tell its kind; fewer only where the file has no more.
    /// </summary>
    public const int HeadLength = 1 << 14;

    private static readonly string[] PackedEndings = [".gz", ".bz2", ".xz", ".zst", ".z", ".zip", ".7z", ".rar"];

    /// <summary>Tells the kind of a file.</summary>
    /// <param name="head">The first bytes, <see cref="HeadLength"/> of them where the file has so many.</param>
    public static FileKind Recognize(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return FileKind.Empty;
        FileKind kind = FileSignatures.Find(head);
        return kind == FileKind.Binary ? TextSignatures.Find(head) : kind;
    }

    /// <summary>Whether files of this kind are text in some encoding, to be read as it stands.</summary>
    public static bool IsText(this FileKind kind) =>
        kind
            is FileKind.Text
                or FileKind.Utf16LittleEndian
                or FileKind.Utf16BigEndian
                or FileKind.Utf32LittleEndian
                or FileKind.Utf32BigEndian;

    /// <summary>
    /// Whether the file holds another one, packed; <see cref="InputFile.Open(string)"/> unpacks those that it can.
    /// </summary>
    public static bool IsPacked(this FileKind kind) =>
        kind
            is FileKind.Gzip
                or FileKind.Bzip2
                or FileKind.Xz
                or FileKind.Zstandard
                or FileKind.Lz4
                or FileKind.Compress
                or FileKind.Zip
                or FileKind.Tar
                or FileKind.SevenZip
                or FileKind.Rar;

    /// <summary>Whether the file may hold several others.</summary>
    public static bool IsArchive(this FileKind kind) =>
        kind is FileKind.Zip or FileKind.Tar or FileKind.SevenZip or FileKind.Rar;

    /// <summary>
    /// A name without the ending that says how the file is packed: <c>data.csv</c> for <c>data.csv.gz</c>.
    /// </summary>
    /// <param name="path">The name; the file need not exist.</param>
    public static string UnpackedName(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string? ending = Array.Find(PackedEndings, known => path.EndsWith(known, StringComparison.OrdinalIgnoreCase));
        return ending is null ? path : path[..^ending.Length];
    }

    /// <summary>The kind in words, with an article: <c>a Git LFS pointer, not the data itself</c>.</summary>
    public static string InWords(this FileKind kind) => KindWords.Of(kind).Name;

    /// <summary>What to do with such a file where it cannot be read, a sentence.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="path">The file, for commands that can be copied.</param>
    public static string Remedy(this FileKind kind, string path) =>
        KindWords
            .Of(kind)
            .Remedy.Replace(
                "{path}",
                path.Contains(' ', StringComparison.Ordinal) ? $"'{path}'" : path,
                StringComparison.Ordinal
            );
}
