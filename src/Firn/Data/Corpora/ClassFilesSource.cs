namespace Firn.Data;

/// <summary>
/// One text a line and a file for each class: <c>x.neg</c> and <c>x.pos</c>. The extension is the label.
/// </summary>
internal sealed class ClassFilesSource(CorpusFile file) : CorpusSource
{
    private static readonly string[] Extensions = [".neg", ".pos"];

    public override CorpusFormat Format => CorpusFormat.ClassFiles;

    public override string Description => "a file for each class: .neg and .pos";

    /// <summary>Whether this is one of such a pair and the other is there.</summary>
    public static bool Fits(string path) =>
        Extensions.Contains(Path.GetExtension(path)) && Extensions.All(e => File.Exists(Path.ChangeExtension(path, e)));

    public override IEnumerable<LabeledText> Read(RowLog log)
    {
        foreach (string extension in Extensions)
        {
            string label = extension[1..];
            using var lines = new LineReader(file.Sibling(Path.ChangeExtension(file.Path, extension)));
            while (Next(lines, out string text))
                yield return new LabeledText(text, label);
        }
    }

    private static bool Next(LineReader lines, out string text)
    {
        bool read;
        ReadOnlySpan<char> line;
        do read = lines.Read(out line);
        while (read && line.IsWhiteSpace());
        text = read ? line.ToString() : "";
        return read;
    }
}
