namespace Firn.Text;

/// <summary>A folder whose folders are the classes and hold a file for each text. A folder named <c>unsup</c> is no class.</summary>
internal sealed class FolderSource : CorpusSource
{
    private readonly CorpusFile root;
    private readonly string[] classes;

    public FolderSource(CorpusFile root)
    {
        this.root = root;
        classes = [.. Directory.EnumerateDirectories(root.Path)
            .Where(folder => Path.GetFileName(folder) is not "unsup" and not ['.', ..])
            .Order(StringComparer.Ordinal)];
        if (classes.Length == 0)
            throw new CorpusException(root.Path, 0, "the folder has no folders, which would be the classes", FilesRemedy(root.Path));
        foreach (string folder in classes)
        {
            if (TextsIn(folder).Length == 0)
            {
                string[] deeper = [.. Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];
                throw new CorpusException(folder, 0, "this class has no texts",
                    deeper.Length == 0 ? "Remove the folder or put a file for each text there." : $"It holds the folders {string.Join(", ", deeper.Take(8))}; name {folder} itself.");
            }
        }
    }

    public override CorpusFormat Format => CorpusFormat.Folders;

    public override string Description => $"a folder for each class: {string.Join(", ", classes.Take(8).Select(Path.GetFileName))}{(classes.Length > 8 ? ", ..." : "")}";

    public override IEnumerable<LabeledText> Read(RowLog log)
    {
        foreach (string folder in classes)
        {
            string label = Path.GetFileName(folder);
            foreach (string path in TextsIn(folder))
            {
                using StreamReader reader = root.Sibling(path).OpenText();
                yield return new LabeledText(reader.ReadToEnd(), label);
            }
        }
    }

    private static string[] TextsIn(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(path => Path.GetFileName(path) is not ['.', ..]).Order(StringComparer.Ordinal)];

    private static string FilesRemedy(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        return files.Length == 0 ? "Name a file, or a folder with a folder for each class." : $"Name one of its files: {string.Join(", ", files.Take(8))}{(files.Length > 8 ? ", ..." : "")}.";
    }
}
