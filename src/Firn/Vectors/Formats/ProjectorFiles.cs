using System.Globalization;
using System.Text;
using Firn.Files;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Formats;

/// <summary>Writes the files that TensorBoard's Embedding Projector loads.</summary>
internal static class ProjectorFiles
{
    public static void Write(IWordTable vectors, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        OutputFile.Write(Path.Combine(folder, "vectors.tsv"), stream => Lines(stream, vectors.Count, row => string.Join('\t', Numbers(vectors, row))));
        // A metadata file of one column has no header line.
        OutputFile.Write(Path.Combine(folder, "metadata.tsv"), stream => Lines(stream, vectors.Count, row => OneField(vectors.Words[row])));
    }

    private static IEnumerable<string> Numbers(IWordTable vectors, int row)
    {
        var values = new float[vectors.Dimension];
        vectors.CopyTo(row, values);
        return values.Select(value => value.ToString(CultureInfo.InvariantCulture));
    }

    private static string OneField(string word) => word.Length == 0 ? " " : string.Concat(word.Select(c => char.IsControl(c) ? ' ' : c));

    private static void Lines(Stream stream, int count, Func<int, string> line)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        for (int row = 0; row < count; row++)
            writer.WriteLine(line(row));
    }
}
