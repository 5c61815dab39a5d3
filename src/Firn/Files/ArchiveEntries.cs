namespace Firn.Files;

/// <summary>Chooses the file in an archive that is meant.</summary>
internal static class ArchiveEntries
{
    private static readonly string[] Remarks =
    [
        "readme",
        "license",
        "licence",
        "copying",
        "notice",
        "changelog",
        "authors",
        "citation",
        "contents",
    ];

    /// <summary>The name that was asked for, or that of the only file with data.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="names">The files in it, in order.</param>
    /// <param name="asked">The name asked for, or null.</param>
    /// <exception cref="InvalidDataException">There is no such file, none with data, or more than one.</exception>
    public static string Choose(string path, IReadOnlyList<string> names, string? asked)
    {
        string[] data = [.. names.Where(IsData)];
        if (asked is not null)
        {
            string[] fitting = [.. names.Where(name => name == asked)];
            if (fitting.Length == 0) // without its folder, where that is enough
                fitting = [.. names.Where(name => name[(name.LastIndexOf('/') + 1)..] == asked)];
            if (fitting.Length == 1)
                return fitting[0];
            throw new InvalidDataException(
                fitting.Length == 0
                    ? $"{path}: there is no file '{asked}' in this archive. It holds {List(data)}."
                    : $"{path}: there is more than one file '{asked}' in this archive. Name one with its folder: "
                        + $"{List(fitting)}."
            );
        }
        return data.Length switch
        {
            1 => data[0],
            0 => throw new InvalidDataException(
                $"{path}: there is no file with data in this archive. Name another file."
            ),
            _ => throw new InvalidDataException(
                $"{path}: this archive holds {data.Length} files. Name one as {path}:{data[0]}; there are {List(data)}."
            ),
        };
    }

    /// <summary>
    /// Whether a name is one of a file with data: no folder, nothing hidden or of macOS, no remark of the author's.
    /// </summary>
    private static bool IsData(string name)
    {
        string file = name[(name.LastIndexOf('/') + 1)..];
        if (
            file.Length == 0
            || file[0] == '.'
            || file == "Thumbs.db"
            || name.StartsWith("__MACOSX/", StringComparison.Ordinal)
        )
            return false;
        string stem = Path.GetFileNameWithoutExtension(file);
        string extension = Path.GetExtension(file);
        bool remark =
            extension is "" or ".txt" or ".md" or ".rst" or ".pdf" or ".html"
            && Remarks.Any(r => stem.StartsWith(r, StringComparison.OrdinalIgnoreCase));
        return !remark && extension is not (".md" or ".pdf" or ".rst" or ".names");
    }

    private static string List(string[] names) =>
        names.Length == 0
            ? "none"
            : string.Join(", ", names.Take(12)) + (names.Length > 12 ? $" and {names.Length - 12} more" : "");

    /// <summary>What .NET's readers of archives throw where the archive's own numbers lead them astray.</summary>
    public static bool IsDamage(Exception error) =>
        error
            is IOException
                or InvalidDataException
                or FormatException
                or ArgumentException
                or NotSupportedException
                or InvalidOperationException
                or ArithmeticException
                or IndexOutOfRangeException;
}
