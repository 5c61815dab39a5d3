namespace Firn.Data;

/// <summary>
/// A folder whose folders are the classes and hold a file for each text. A folder named <c>unsup</c> is no class.
/// </summary>
internal sealed class FolderSource : CorpusSource
{
    private const int Shown = 8;
    private const string Unlabeled = "unsup";
    private readonly CorpusFile _root;
    private readonly string[] _classes;
    private readonly bool _passedOver;

    public FolderSource(CorpusFile root)
    {
        _root = root;
        string[] folders =
        [
            .. Directory
                .EnumerateDirectories(root.Path)
                .Where(folder => Path.GetFileName(folder) is not ['.', ..])
                .Order(StringComparer.Ordinal),
        ];
        _classes = [.. folders.Where(folder => Path.GetFileName(folder) is not Unlabeled)];
        _passedOver = folders.Length > _classes.Length;
        if (_classes.Length == 0)
            throw new CorpusException(
                root.Path,
                0,
                "the folder has no folders, which would be the classes",
                FilesRemedy(root.Path)
            );
        if (_classes.All(HoldsFolders))
        {
            string[] parts = [.. _classes.Select(folder => Path.GetFileName(folder))];
            string train = Path.Combine(
                root.Path,
                parts.FirstOrDefault(part => part.StartsWith("train", StringComparison.OrdinalIgnoreCase)) ?? parts[0]
            );
            throw new CorpusException(
                root.Path,
                0,
                $"its folders {string.Join(", ", parts.Take(Shown))} are no classes but parts, which hold the "
                    + $"folders of the classes",
                $"Name one of the parts, such as {train}, and the part to test on as test data."
            );
        }
        foreach (string folder in _classes)
        {
            if (TextsIn(folder).Length == 0)
            {
                string[] deeper =
                [
                    .. Directory
                        .EnumerateDirectories(folder)
                        .Select(d => Path.GetFileName(d)!)
                        .Order(StringComparer.Ordinal),
                ];
                throw new CorpusException(
                    folder,
                    0,
                    "this class has no texts",
                    deeper.Length == 0
                        ? "Remove the folder or put a file for each text there."
                        : $"It holds the folders {string.Join(", ", deeper.Take(Shown))}; name {folder} itself."
                );
            }
        }
    }

    public override CorpusFormat Format => CorpusFormat.Folders;

    public override CorpusLayout Layout =>
        new("a folder for each class, a file for each text")
        {
            Remarks = _passedOver ? [$"the folder {Unlabeled} holds texts without labels and is passed over"] : [],
        };

    public override string Description =>
        $"a folder for each class: {string.Join(", ", _classes.Take(8).Select(Path.GetFileName))}"
        + $"{(_classes.Length > 8 ? ", ..." : "")}";

    public override IEnumerable<LabeledText> Read(RowLog log)
    {
        foreach (string folder in _classes)
        {
            string label = Path.GetFileName(folder);
            foreach (string path in TextsIn(folder))
            {
                using StreamReader reader = _root.Sibling(path).OpenText();
                yield return new LabeledText(reader.ReadToEnd(), label);
            }
        }
    }

    /// <summary>Whether the folder holds folders with files, as <c>train</c> holds <c>pos</c> and <c>neg</c>.</summary>
    private static bool HoldsFolders(string folder) =>
        Directory
            .EnumerateDirectories(folder)
            .Any(inner => Path.GetFileName(inner) is not ['.', ..] && TextsIn(inner).Length > 0);

    private static string[] TextsIn(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder)
                .Where(path => Path.GetFileName(path) is not ['.', ..])
                .Order(StringComparer.Ordinal),
        ];

    private static string FilesRemedy(string folder)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal),
        ];
        return files.Length == 0
            ? "Name a file, or a folder with a folder for each class."
            : $"Name one of its files: {string.Join(", ", files.Take(8))}{(files.Length > 8 ? ", ..." : "")}.";
    }
}
